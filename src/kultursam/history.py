"""What changed of a year's meetings since a day, by what the plan of record remembers, and in words."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from kultursam.forumfile.values import ALL_DAY
from kultursam.i18n import N_
from kultursam.plans.model import DETAILS, Change, Former, Meeting, Plan, Status, change_of_details
from kultursam.presentation import DASH, DAY, YearView, format_day

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


def changes_since(plan: Plan, day: date, zone: tzinfo) -> tuple[Change, ...]:
    """Return how meetings differ from what they were when a day began, by their dates now.

    What came and went since then is no change. Of what others decide only the last move is remembered, and
    that is so of all that older versions recorded.
    """
    return tuple(
        change for meeting in plan.chronological() for change in _since(plan, meeting, day, zone) if change
    )


def changes_since_planned(plan: Plan, zone: tzinfo) -> tuple[Change, ...]:
    """Return how meetings differ from what they were when the day was over on which the year was planned."""
    planned = min((meeting.created for meeting in plan.meetings), default=None)
    return changes_since(plan, planned.astimezone(zone).date() + DAY, zone) if planned else ()


def _since(plan: Plan, meeting: Meeting, day: date, zone: tzinfo) -> Sequence[Change | None]:
    was = next((one for one in meeting.former if one.until and _lies_in(one.until, day, zone)), None)
    was_off = was is not None and was.cancelled
    if was and was.cancelled_at:
        was_off = not _lies_in(was.cancelled_at, day, zone)
    if _lies_in(meeting.created, day, zone) or (was and was.unannounced):
        return [Change(meeting.id, "new", None, meeting.when) if meeting.live else None]
    if not meeting.live:
        is_news = _lies_in(meeting.cancelled_at or meeting.modified, day, zone) and not was_off
        return [Change(meeting.id, "cancelled", (was or meeting).when) if is_news else None]
    if was_off:
        return [Change(meeting.id, "restored", None, meeting.when)]
    found = (_move(meeting, was), _other_details(plan, meeting, was)) if was else ()
    return found if any(found) else [_without_memory(meeting, day, zone)]


def _lies_in(moment: datetime, day: date, zone: tzinfo) -> bool:
    """Return whether a moment lies on a day or after it."""
    return moment.astimezone(zone).date() >= day


def _without_memory(meeting: Meeting, day: date, zone: tzinfo) -> Change | None:
    """Return its last move, where nothing else is kept of a meeting, or that it was confirmed."""
    if meeting.moved_from and not meeting.former and meeting.announced_on(zone) >= day:
        return Change(meeting.id, "moved", str(meeting.moved_from), meeting.when)
    # A change after a confirmation hides when that was.
    confirmed = meeting.status is Status.CONFIRMED and meeting.announced
    if confirmed and _lies_in(meeting.modified, day, zone):
        return Change(meeting.id, "confirmed", meeting.when, meeting.when)
    return None


def _move(meeting: Meeting, was: Former) -> Change | None:
    """Return how the days differ, with their times where the first day is the same."""
    if (was.date, was.start, was.end, was.days) == (meeting.date, meeting.start, meeting.end, meeting.days):
        return None
    if was.date != meeting.date:
        return Change(meeting.id, "moved", was.when, meeting.when)
    return Change(meeting.id, "moved", f"{was.when} {was.time}", f"{meeting.when} {meeting.time}")


def _other_details(plan: Plan, meeting: Meeting, was: Former) -> Change | None:
    """Return how place, host, format and link differ."""
    pairs = [(getattr(was, name), getattr(meeting, name)) for name in DETAILS]
    sides = [
        [plan.label(one) if name == "host" else one for name, one in zip(DETAILS, side, strict=True)]
        for side in zip(*pairs, strict=True)
    ]
    return change_of_details(meeting.id, *sides)


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
        return f"{name}: {_steps(year, change, meeting)}"
    name = f"{name}, {_day(year, meeting.date)}"
    if change.kind == "changed":
        return f"{name}: {ARROW.join(steps)}"
    return f"{name}: {meeting.reason}" if change.kind == "cancelled" and meeting.reason else name


def _steps(year: YearView, change: Change, meeting: Meeting) -> str:
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
