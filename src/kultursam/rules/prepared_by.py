"""Every meeting is prepared by a meeting of another forum, so many days earlier.

    forums:
      politiskt-samrad:
        prepared_by: {forum: strategiskt-natverk, days_before: 14-28}   # strength: should is possible

Default strength: must. The preparer is the latest meeting of that forum at least the range's lower end
earlier; it lies in the range. Prefer: the square of the days between, less the range's middle, is the price.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from kultursam.forums import Preparation
from kultursam.i18n import N_
from kultursam.plan import Meeting, Origin
from kultursam.rules.context import Choice, Effect, Frame, Model, RuleKey, Schedule, Year, broken
from kultursam.rules.spacing import must_days

ID = "prepared-by"
SENTENCE = N_("no meeting of {forum} {days} days earlier")
DISTANCE_SENTENCE = N_("{days} days after {forum}, {middle} would be best")


def _links(year: Year, forums: Iterable[str]) -> Iterator[tuple[str, Preparation]]:
    for forum in forums:
        link = year.frame.forum(forum).prepared_by
        if link and year.frame.holds(ID, ("forums", forum, "prepared_by")):
            yield forum, link


def musts(frame: Frame, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    link = frame.forum(forum).prepared_by
    if link and link.strength == "must":
        yield ID, ("forums", forum, "prepared_by")


def couples(year: Year) -> Iterator[Sequence[str]]:
    """Give the forums whose dates hang together."""
    return ((forum, link.forum) for forum, link in _links(year, year.slots))


def preparer(link: Preparation, meeting: Meeting, schedule: Schedule) -> Meeting | None:
    """Give the meeting that prepares another, if one lies in the range."""
    early_enough = [
        one for one in schedule.around(link.forum) if (meeting.date - one.date).days >= link.days_before.low
    ]
    if early_enough and (meeting.date - early_enough[-1].date).days <= link.days_before.high:
        return early_enough[-1]
    return None


def preparations(year: Year, schedule: Schedule) -> Iterator[tuple[Meeting, Meeting]]:
    """Give each preparing meeting with the meeting that it prepares."""
    for forum, link in _links(year, schedule.planned_in(year)):
        for meeting in schedule.of_year(forum):
            if found := preparer(link, meeting, schedule):
                yield found, meeting


def findings(year: Year, schedule: Schedule) -> Iterator[tuple[Meeting, Effect]]:
    """Give the meetings without a preparer, and the price of the others."""
    for forum, link in _links(year, schedule.planned_in(year)):
        origin, name = ("forums", forum, "prepared_by"), year.frame.forum(link.forum).name
        for meeting in schedule.of_year(forum):
            found = preparer(link, meeting, schedule)
            if found is None:
                size = year.frame.size(forum)
                yield (
                    meeting,
                    broken(ID, link.strength, origin, SENTENCE, size, forum=name, days=str(link.days_before)),
                )
                continue
            days, middle = (meeting.date - found.date).days, link.days_before.middle
            if days != middle:
                args = {"forum": name, "days": days, "middle": middle}
                yield meeting, Effect(ID, "prefer", origin, DISTANCE_SENTENCE, args, 0, (days - middle) ** 2)


def constrain(year: Year, model: Model) -> None:
    """Let each prepared date be reached by one arc from a preparer date; the arcs are a flow."""
    for forum, link in _links(year, year.slots):
        if not model.priced:
            _cover(year, model, forum, link)
            continue
        spread = link.days_before.high - link.days_before.low
        # A preparer serves one meeting alone, and is the latest, wherever two cannot lie within the range.
        serves_one = not _may_crowd(year, model, forum, spread)
        may_hide = _may_crowd(year, model, link.forum, spread)
        outgoing: dict[int, list[int]] = {}
        for choices in _by_day(model, forum):
            arcs = _arcs(model, link, choices)
            slack = model.slack(
                link.strength, year.frame.size(forum), given=any(one.given for one in choices)
            )
            incoming = [(column, 1.0) for _, column in arcs] + [(column, 1.0) for column in slack]
            model.row([*incoming, *((one.column, -1.0) for one in choices)], least=0, most=0)
            for source, column in arcs:
                outgoing.setdefault(source.column, []).append(column)
                if slack:
                    model.row([(slack[0], 1.0), (source.column, 1.0)], most=1)
            if may_hide:
                _take_the_latest(model, arcs)
        for source_column, columns in outgoing.items():
            groups = [columns] if serves_one else [[column] for column in columns]
            for group in groups:
                model.row([*((column, 1.0) for column in group), (source_column, -1.0)], most=0)


def _may_crowd(year: Year, model: Model, forum: str, days: int) -> bool:
    """Tell whether two meetings of a forum may lie within so many days of each other."""
    if forum not in year.slots or must_days(year.frame, forum) <= days:
        return True
    choices = model.choices(forum)
    given = sorted({one.date for one in choices if one.given})
    if any((later - earlier).days <= days for earlier, later in pairwise(given)):
        return True
    # Added meetings keep no distance; those of other years do.
    return any(one.slot is None and one.origin not in {Origin.PLANNED, Origin.RESERVED} for one in choices)


def _cover(year: Year, model: Model, forum: str, link: Preparation) -> None:
    """Ask for a preparer of each date, whichever it is."""
    for choices in _by_day(model, forum):
        days = range(link.days_before.low, link.days_before.high + 1)
        sources = [one for n in days for one in model.on(link.forum, choices[0].date - timedelta(days=n))]
        slack = model.slack(link.strength, year.frame.size(forum), given=any(one.given for one in choices))
        prepared = [*((one.column, 1.0) for one in sources), *((column, 1.0) for column in slack)]
        model.row([*prepared, *((one.column, -1.0) for one in choices)], least=0)


def _by_day(model: Model, forum: str) -> Iterator[Sequence[Choice]]:
    for day in dict.fromkeys(one.date for one in model.choices(forum) if one.of_year):
        yield model.on(forum, day)


def _arcs(model: Model, link: Preparation, choices: Sequence[Choice]) -> list[tuple[Choice, int]]:
    arcs = []
    for days in range(link.days_before.high, link.days_before.low - 1, -1):
        for source in model.on(link.forum, choices[0].date - timedelta(days=days)):
            column = model.column(points=(days - link.days_before.middle) ** 2)
            arcs.append((source, column))
    return arcs


def _take_the_latest(model: Model, arcs: list[tuple[Choice, int]]) -> None:
    for source, _ in arcs:
        earlier = [column for other, column in arcs if other.date < source.date]
        if earlier:
            model.row([*((column, 1.0) for column in earlier), (source.column, 1.0)], most=1)
