"""Where weekdays take turns, each meeting has the weekday of its turn.

    forums:
      board: {cadence: twice a year, weekdays: {rotate: [tue, thu]}}
    # passes: board meets 2025-03-04, 2025-09-11

    forums:
      board: {cadence: twice a year, weekdays: {rotate: [tue, thu]}}
    # fails: board meets 2025-03-04, 2025-09-09

Strength: must. The turns go on from the meetings of last year: of the weekdays that had the fewest of them,
the first is that which comes next. One that is closed in all of a slot's window, such as the week of a
weekly forum, gives way to the next, and has its turn after that. What is recorded on another of the weekdays
stays there; days of `otherwise` are nobody's turn.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.slots import Slot
from kultursam.forumfile.keys import rotation
from kultursam.forumfile.register import TAKES_TURNS
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_
from kultursam.rules import weekdays
from kultursam.rules.context import Effect, EvaluatedYear, RuleKey, YearContext, violation

ID = "weekday-turns"
MONDAY_SENTENCE = N_("it is Monday's turn")
TUESDAY_SENTENCE = N_("it is Tuesday's turn")
WEDNESDAY_SENTENCE = N_("it is Wednesday's turn")
THURSDAY_SENTENCE = N_("it is Thursday's turn")
FRIDAY_SENTENCE = N_("it is Friday's turn")
SATURDAY_SENTENCE = N_("it is Saturday's turn")
SUNDAY_SENTENCE = N_("it is Sunday's turn")
SENTENCES = (
    MONDAY_SENTENCE,
    TUESDAY_SENTENCE,
    WEDNESDAY_SENTENCE,
    THURSDAY_SENTENCE,
    FRIDAY_SENTENCE,
    SATURDAY_SENTENCE,
    SUNDAY_SENTENCE,
)
"""By weekday, from Monday on."""


def hard_constraints(year: EvaluatedYear, forum: str) -> Iterator[RuleKey]:
    """Yield the rule for each list of weekdays that take turns."""
    windows = (None, *range(len(year.context.forum(forum).windows)))
    for window in windows:
        if rotation_in(year.context, forum, window):
            yield ID, weekdays.origin(forum, window)


def rotation_in(context: YearContext, forum: str, window: int | None) -> tuple[int, ...]:
    """Return the weekdays that take turns in a window of a forum with a list of its own, or outside such."""
    model = context.forum(forum)
    if model.cadence.kind not in TAKES_TURNS["weekdays"] or not context.holds(
        ID, weekdays.origin(forum, window)
    ):
        return ()
    return rotation(model.weekdays if window is None else model.windows[window].weekdays)


def price(context: YearContext, forum: str, slot: Slot, day: date) -> tuple[int, int] | None:
    """Return that a day costs nothing in its turn; None out of it."""
    return None if _is_out_of_turn(context, forum, slot, day) else (0, 0)


def effect(context: YearContext, forum: str, slot: Slot, day: date) -> Effect | None:
    """Return what a day breaks that is another one's turn."""
    if slot.turn is None or not _is_out_of_turn(context, forum, slot, day):
        return None
    origin = _origin(context, forum, slot)
    return violation(ID, "must", origin, SENTENCES[slot.turn.weekday], context.size(forum))


def _is_out_of_turn(context: YearContext, forum: str, slot: Slot, day: date) -> bool:
    return not slot.is_in_turn(day) and day not in context.recorded.get(forum, ())


def _origin(context: YearContext, forum: str, slot: Slot) -> Where:
    return weekdays.origin(forum, weekdays.window_on(context, forum, slot.first))
