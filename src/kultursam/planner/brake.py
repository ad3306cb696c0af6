"""The brake: planning that would undo much of what was published is refused until somebody says yes."""

from collections.abc import Iterator, Mapping, Sequence

from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import translations
from kultursam.planner import explain
from kultursam.planner.situation import Situation
from kultursam.plans.model import Meeting, Origin, Status
from kultursam.presentation import is_published
from kultursam.rules.context import Effect, EvaluatedYear
from kultursam.rules.evaluate import meeting_effects

MOST, MOST_IN = 3, 3
"""So many meetings may be cancelled or moved at once, or one in so many if that is more."""


class TooMuchChangeError(KultursamError):
    """Planning would cancel confirmed meetings, or cancel or move many that were published."""

    code = "too-much-change"

    def __init__(
        self, situation: Situation, year: EvaluatedYear, touched: Mapping[str, Meeting], to_come: int
    ) -> None:
        register = situation.register
        _ = translations(register.file.language).gettext
        head = _(
            "{touched} of the {number} meetings of {year} to come would be cancelled or moved; nothing was "
            "done. If that is what you want, run it again with --accept"
        )
        confirmed = sum(_is_confirmed(situation.recorded_by_id[key]) for key in touched)
        if confirmed:
            head = _(
                "{touched} of the {number} meetings of {year} to come would be cancelled or moved, "
                "{confirmed} of them confirmed; nothing was done. "
                "If that is what you want, run it again with --accept"
            )
        text = head.format(
            touched=len(touched), number=to_come, year=situation.planning_year, confirmed=confirmed
        )
        super().__init__(Problem(text, file=register.source.name), *_listed(situation, year, touched))


def hold(situation: Situation, year: EvaluatedYear, planned: Sequence[Meeting]) -> None:
    """Raise `TooMuchChangeError` if planned meetings undo too much that was published and is to come."""
    after = {meeting.id: meeting for meeting in planned}
    to_come = [
        meeting
        for meeting in situation.recorded
        if meeting.live and meeting.id not in situation.over and is_published(situation.register, meeting)
    ]
    touched = {
        meeting.id: after[meeting.id]
        for meeting in to_come
        if not after[meeting.id].live or after[meeting.id].date != meeting.date
    }
    undone = any(_is_confirmed(meeting) and meeting.id in touched for meeting in to_come)
    if undone or (len(touched) > MOST and len(touched) * MOST_IN > len(to_come)):
        raise TooMuchChangeError(situation, year, touched, len(to_come))


def _is_confirmed(meeting: Meeting) -> bool:
    """Return whether people here confirmed a meeting: what others decide they change themselves."""
    return meeting.status is Status.CONFIRMED and meeting.origin is not Origin.EXTERNAL


def _listed(situation: Situation, year: EvaluatedYear, touched: Mapping[str, Meeting]) -> Iterator[Problem]:
    """Yield a problem for each meeting that would be cancelled or moved: its cause, at that line."""
    register = situation.register
    _ = translations(register.file.language).gettext
    effects = meeting_effects(year, situation.recorded, situation.neighbours)
    for old in situation.recorded:
        if new := touched.get(old.id):
            pattern = _("{meeting} on {date} would be cancelled: {why}")
            if new.live:
                pattern = _("{meeting} on {date} would be moved to {new_date}: {why}")
            why, where = _cause(year, old, new, effects.get(old.id, ()))
            text = pattern.format(meeting=old.id, date=old.date, new_date=new.date, why=why)
            # The line alone: the same one is the cause of many.
            line, column = register.source.position(register.written(where), key=True)
            yield Problem(text, "error", register.source.name, line, column)


def _cause(year: EvaluatedYear, old: Meeting, new: Meeting, effects: Sequence[Effect]) -> tuple[str, Where]:
    """Return why a meeting is cancelled or moved, and the place in the forum file that brings it about."""
    register = year.register
    _ = translations(register.file.language).gettext
    if old.forum not in register.forums:
        text = _(
            'forum "{forum}" is not in the file any more; if you renamed it, keep its id and change its name'
        )
        return text.format(forum=old.forum), ("forums",)
    if old.origin is Origin.EXTERNAL:
        return _("the dates decided elsewhere do not have it any more"), ("forums", old.forum)
    if not new.live and register.forums[old.forum].for_each:
        return _("there is no meeting any more that it is for"), ("forums", old.forum, "for_each")
    if not new.live:
        return _("the file has fewer meetings of this forum now"), ("forums", old.forum, "cadence")
    hard = [effect for effect in effects if effect.strength == "must"]
    if hard:
        return explain.sentence(year, hard[0]), hard[0].origin
    return _("other meetings need its date, or have left it"), ("forums", old.forum)
