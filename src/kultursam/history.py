"""What changed of a year's meetings, in words."""

from datetime import date

from kultursam.forumfile.values import ALL_DAY
from kultursam.i18n import N_
from kultursam.plans.model import Change, Meeting
from kultursam.presentation import DASH, YearView, format_day

KINDS = {
    "new": N_("new"),
    "moved": N_("moved"),
    "changed": N_("changed"),
    "confirmed": N_("confirmed"),
    "cancelled": N_("cancelled"),
    "restored": N_("restored"),
    "renamed": N_("renamed"),
}
"""What happened to a meeting, in the order of lists."""
ARROW = " → "


def change_in_words(year: YearView, change: Change) -> str:
    """Return a change in a line: moved: Styrgrupp: tis 18 mars → ons 19 mars."""
    return f"{year.gettext(KINDS[change.kind])}: {what_changed(year, change)}"


def what_changed(year: YearView, change: Change) -> str:
    """Return of which meeting what changed; one that has left the plan goes by its id."""
    meeting = year.plan.meeting(change.meeting)
    if meeting is None:
        return change.meeting
    steps = [text or DASH for text in (change.before, change.after)]
    if change.kind == "renamed":
        # A name is that of all meetings of a forum, or of those that an organisation hosts.
        return ARROW.join(steps)
    name = year.name(meeting)
    if change.kind == "moved":
        return f"{name}: {_move(year, change, meeting)}"
    name = f"{name}, {_day(year, meeting.date)}"
    return f"{name}: {ARROW.join(steps)}" if change.kind == "changed" else name


def _move(year: YearView, change: Change, meeting: Meeting) -> str:
    steps = [_moment(year, moment) for moment in (change.before, change.after) if moment]
    return ARROW.join(steps) + (f" ({year.gettext('pinned')})" if meeting.pinned else "")


def _moment(year: YearView, moment: str) -> str:
    """Return a moment, an ISO date that may have times, in words."""
    day, *times = moment.split(" ")
    days = f" {DASH} ".join(_day(year, date.fromisoformat(each)) for each in day.split("/"))
    words = " ".join(times).replace(ALL_DAY[0], year.gettext("all day"))
    return " ".join([days, *(words.replace("-", DASH) for _ in times[:1])])


def _day(year: YearView, day: date) -> str:
    """Return a date as it stands in a sentence."""
    return f"{format_day(day, year.language, 'EEE')} {year.short_day(day)}"
