"""Why no plan exists: an irreducible set of hard constraints, and the cheapest ways out.

Two deletion filters [1] find the set: what is left out in turn stays out if the rest is still infeasible.
First go forums, then rules, so that without any rule of the set its forums have a plan. Each way out is a
relaxation that was found by solving: with that change alone, everything has a plan.

[1] J. W. Chinneck, E. W. Dravnieks: Locating minimal infeasible constraint sets in linear programs. ORSA
    Journal on Computing 3 (1991), 157-168.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile.meeting_models import Preparation, Together
from kultursam.forumfile.register import Register
from kultursam.forumfile.yaml_source import Tree, Where
from kultursam.i18n import translations
from kultursam.planner.components import free_slots
from kultursam.planner.feasibility import conflicting, most_together
from kultursam.planner.model import Commitments
from kultursam.planner.relaxations import (
    Relaxation,
    Scale,
    other_numbers,
    other_rooms,
    relaxations,
    relaxed,
    smaller_buffer,
)
from kultursam.planner.shortage import Shortage
from kultursam.planner.situation import Situation, evaluated
from kultursam.planner.solver import UnsolvedError
from kultursam.rules import days_off, for_each, prepared_by, rooms, shared_members, spacing, together_with
from kultursam.rules.context import EvaluatedYear, RuleKey, YearContext
from kultursam.rules.evaluate import evaluate_year, hard_constraints

BLAMED_LAST = (spacing.ID, shared_members.ID, days_off.ID)
"""Rules that apply without being written for a forum: others are named in preference."""

MOST_FORUMS = 40
"""Forums in conflict among which the fewest are sought; of more, the numbers alone are told."""


class NoPlanError(KultursamError):
    """The rules leave a year no plan; the problems say which, and which changes would be enough."""

    code = "no-plan"


class UndecidedPlanError(KultursamError):
    """No plan of a year was found within the limit of work, nor is it proven that there is none."""

    code = "undecided"

    def __init__(self, situation: Situation, forums: Sequence[str]) -> None:
        register = situation.register
        text = translations(register.file.language).gettext(
            "No plan for {year} was found within the limit of work, and there may be none. Fewer meetings, "
            "or wider windows, make it easier for: {forums}"
        )
        names = ", ".join(register.forums[forum].name for forum in forums)
        super().__init__(
            Problem(text.format(year=situation.planning_year, forums=names), file=register.source.name)
        )


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Coupled forums without a plan."""

    context: YearContext
    commitments: Commitments
    component: tuple[str, ...]
    forums: tuple[str, ...]
    """The fewest of the component that have no plan."""

    def within(self, context: YearContext, forums: Sequence[str]) -> tuple[str, ...]:
        """Return those of some forums that are known to leave each other no plan by themselves."""
        try:
            return self._conflicting(context, forums)
        except UnsolvedError:
            return ()

    def open(self, context: YearContext, forums: Sequence[str]) -> tuple[str, ...]:
        """Return those of some forums that are not known to have a plan by themselves."""
        try:
            return self._conflicting(context, forums)
        except UnsolvedError:
            return tuple(forums)

    def _conflicting(self, context: YearContext, forums: Sequence[str]) -> tuple[str, ...]:
        absent = {*self.component} - {*forums}
        outside = {
            (prepared_by.ID, origin)
            for forum in context.register.forums
            for origin, link in prepared_by.links(context, forum)
            if link.forum in absent
        }
        outside |= {
            (together_with.ID, ("forums", forum, "together_with"))
            for forum in forums
            if (link := context.forum(forum).together_with) and link.forum in absent
        }
        outside |= {
            (for_each.ID, ("forums", forum, "for_each"))
            for forum in forums
            if (rule := context.forum(forum).for_each) and rule.forum in absent
        }
        year = evaluate_year(replace(context, ignored=context.ignored | outside), forums, ideals=False)
        return conflicting(year, self.commitments, forums)


def explain_infeasibility(
    situation: Situation, commitments: Commitments, component: Sequence[str], found: Sequence[str] = ()
) -> list[Problem]:
    """Return why a component has no plan: the rules that conflict, then the ways out as tips.

    `found` are the forums of it that were seen to conflict.
    """
    year, register = evaluated(situation, commitments), situation.register
    _ = translations(register.file.language).gettext
    conflict = _irreducible_forums(
        _Conflict(year.context, commitments, tuple(component), tuple(found or component))
    )
    if len(conflict.forums) > MOST_FORUMS:
        return [_crowd(situation, conflict)]
    rules = _irreducible_rules(year, conflict)
    numbers = _numbers(year, conflict, rules)
    head = _("There is no plan for {year}: these rules conflict with each other.")
    if not rules:
        head = _("There is no plan for {year}: the meetings already decided leave no room for the others.")
    elif numbers:
        head = _("There is no plan for {year}. {numbers}. These rules conflict with each other:")
    text = head.format(year=situation.planning_year, numbers=numbers)
    problems = [Problem(text, file=register.source.name)]
    problems += [_problem(register, _place(conflict, key), _words(year, conflict, key)) for key in rules]
    ways_out, text = _ways_out(conflict, rules), _("This change would be enough: {change}")
    # Forums that nothing couples to these have not been asked: they may have no plan either.
    apart = not free_slots(year, commitments).keys() <= {*component}
    if apart:
        text = _("This change would be enough for these forums: {change}")
    if not ways_out:
        ways_out = _ways_out(conflict, rules, alone=True)
        text = _("This change would be enough here, but other rules conflict too: {change}")
    for way, place in ways_out:
        told = text
        if place == shared_members.ORIGIN and place not in register.source.marks:
            told = _("This line, anywhere outside the forums, would be enough: {change}")
            if apart:
                told = _("This line, anywhere outside the forums, would be enough for these forums: {change}")
        change = told.format(change=way.text)
        problems.append(replace(_problem(register, place, change), severity="tip"))
    # What forums have from `defaults` is changed there, once.
    return list(dict.fromkeys(problems))


def _irreducible_forums(conflict: _Conflict) -> _Conflict:
    """Return a conflict with the fewest forums that are needed for it; at first they may be more."""

    def needed_of(forums: tuple[str, ...]) -> tuple[str, ...]:
        found = conflict.within(conflict.context, forums)
        if not found or found == forums:
            return found
        # What a relaxation blames may need the forums that these are linked to as well.
        return found if conflict.within(conflict.context, found) else forums

    needed = needed_of(conflict.forums) or conflict.component
    for forum in needed if len(needed) <= MOST_FORUMS else ():
        fewer = tuple(other for other in needed if other != forum)
        if forum in needed and fewer:
            needed = needed_of(fewer) or needed
    return replace(conflict, forums=needed)


def _linked(conflict: _Conflict, forums: Sequence[str]) -> tuple[str, ...]:
    """Return the forums whose dates depend on those of some by preparing or accompanying, with these."""
    models = {forum: conflict.context.forum(forum) for forum in conflict.component}
    links = [
        {forum, link.forum}
        for forum, model in models.items()
        for link in (*model.prepared_by, model.together_with, model.for_each)
        if link and link.forum in models
    ]
    linked = set(forums)
    while more := [link for link in links if link & linked and not link <= linked]:
        linked = linked.union(*more)
    return tuple(forum for forum in conflict.component if forum in linked)


def _irreducible_rules(year: EvaluatedYear, conflict: _Conflict) -> list[RuleKey]:
    keys = list(dict.fromkeys(key for forum in conflict.forums for key in hard_constraints(year, forum)))
    ignored: frozenset[RuleKey] = frozenset()
    for key in sorted(keys, key=lambda key: key[0] not in BLAMED_LAST):
        if conflict.within(replace(conflict.context, ignored=ignored | {key}), conflict.forums):
            ignored |= {key}
    return [key for key in keys if key not in ignored]


def _crowd(situation: Situation, conflict: _Conflict) -> Problem:
    """Return how many meetings of very many forums there is room for."""
    register = situation.register
    spoken = translations(register.file.language)
    year = evaluate_year(conflict.context, conflict.forums, ideals=False)
    asked = sum(map(len, year.slots.values()))
    text = spoken.gettext(
        "There is no plan for {year}. {number} forums that share members are to have {asked} meetings, but "
        "there is room for {room} at most."
    )
    room = most_together(year, conflict.commitments, conflict.forums)
    names = {"year": situation.planning_year, "number": len(conflict.forums), "asked": asked, "room": room}
    return Problem(text.format(**names), file=register.source.name)


def _numbers(year: EvaluatedYear, conflict: _Conflict, rules: Sequence[RuleKey]) -> str:
    """Return the numbers that make the rules conflict, told under no other rules.

    The days of one forum are counted under all of its rules: the others close further days.
    """
    every = {key for forum in conflict.forums for key in hard_constraints(year, forum)}
    left_out = every - {*rules} if len(conflict.forums) > 1 else set()
    context = replace(conflict.context, ignored=conflict.context.ignored | left_out)
    return Shortage(
        evaluate_year(context, conflict.forums, ideals=False), conflict.commitments, conflict.forums
    ).sentence()


# --- the words of the file ------------------------------------------------------------------------


def _problem(register: Register, place: Where, text: str) -> Problem:
    """Return a problem at a key, or of the whole file if a key of the file itself is not written."""
    if len(place) == 1 and place not in register.source.marks:
        return Problem(text, file=register.source.name)
    return register.source.problem(text, register.written(place), key=True)


def _place(conflict: _Conflict, key: RuleKey) -> Where:
    """Return where a rule is seen: a buffer that is not written is in the members that are shared."""
    register = conflict.context.register
    if key[1] == shared_members.ORIGIN and key[1] not in register.source.marks:
        return ("forums", conflict.forums[-1], "members")
    return key[1]


def _words(year: EvaluatedYear, conflict: _Conflict, key: RuleKey) -> str:
    """Return a rule as the file has it, with the names of its forums; a default as it is understood."""
    (rule, where), register = key, year.register
    written = _at(register.source.tree, register.written(where))
    text = f"{where[-1]}: {_flow(written)}" if isinstance(where[-1], str) else _flow(written)
    if written is None:
        text = f"{where[-1]}: {_at(register.file, where)}"
    if rule == spacing.ID and where[-1] == "cadence":
        text += f" → spacing: {{min_days: {spacing.days_of(register.forums[str(where[1])])}}}"
    names = [register.forums[x].name for x in conflict.forums if key in hard_constraints(year, x)]
    if where[0] == "forums":
        names = [register.forums[str(where[1])].name]
        text = text if isinstance(where[-1], str) else f"{where[-2]}: {text}"
    return f"{', '.join(names)}: {text}"


def _at(value: Any, where: Iterable[Any]) -> Any:  # noqa: ANN401 - any part of a file, as written or read
    for part in where:
        try:
            value = value[part] if isinstance(value, (dict, list, tuple)) else getattr(value, str(part))
        except (LookupError, TypeError, AttributeError):
            return None
    return value


def _flow(tree: Tree | None) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_flow(value) for value in tree) + "]"
    return str(tree)


# --- ways out -------------------------------------------------------------------------------------


def _ways_out(
    conflict: _Conflict, rules: Sequence[RuleKey], *, alone: bool = False
) -> list[tuple[Relaxation, Where]]:
    """Return the relaxations with which the component has a plan, and where each is told; the least first.

    With `alone`, those are enough with which the forums of the conflict have one.
    """
    asked = _Asked(conflict, conflict.forums if alone else conflict.component, [conflict.forums])
    found = [
        (way, place)
        for place, (where, scale) in _scales(conflict, rules)
        if (way := asked.least(where, *scale))
    ]
    places = list(dict.fromkeys(place for _, place in found))
    return sorted(found, key=lambda way_out: (way_out[0].size, places.index(way_out[1]), way_out[0].text))


def _scales(conflict: _Conflict, rules: Sequence[RuleKey]) -> Iterator[tuple[Where, tuple[Where, Scale]]]:
    """Yield what may be changed: the place where that is told, the part of the file that changes, and how."""
    register = conflict.context.register
    for _, rule in rules:
        for relaxation in relaxations(register, rule):
            _, (most, _) = relaxation
            if most:
                yield rule, relaxation
    own_buffers = any(register.forums[forum].buffer_minutes is not None for forum in conflict.forums)
    for forum in conflict.forums:
        place: Where = ("forums", forum)
        if own_buffers and shared_members.ORIGIN in {where for _, where in rules}:
            yield (*place, "buffer_minutes"), (place, smaller_buffer(register, forum))
        if rooms.ID in {rule for rule, _ in rules}:
            for scale in other_rooms(register, forum):
                yield (*place, "room"), (place, scale)
        # More meetings help others that meet together with the forum or that it prepares; fewer may help any.
        more = any(forum in _awaited(register, where) for _, where in rules)
        # In a year that has begun, the number that is left is no number of the file.
        if forum not in conflict.context.left_out:
            for scale in other_numbers(register, forum, more=more):
                yield (*place, "cadence"), (place, scale)


def _awaited(register: Register, where: Where) -> set[str]:
    """Return the forums whose meetings a rule asks for at each meeting of another."""
    found = _at(register.file, where)
    links = found if isinstance(found, tuple) else (found,)
    return {link.forum for link in links if isinstance(link, (Preparation, Together))}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The forums that are to have a plan after a change, and sets of them that were seen to conflict.

    These sets are asked first: each is small. What is found meanwhile is added.
    """

    conflict: _Conflict
    forums: Sequence[str]
    culprits: list[tuple[str, ...]]

    def least(self, where: Where, most: int, scale: Callable[[int], Relaxation]) -> Relaxation | None:
        """Return the least relaxation of a part of the file that is enough, if any is."""

        def left(steps: int, forums: Sequence[str]) -> tuple[str, ...]:
            context = self.conflict.context
            register = relaxed(context.register, where, scale(steps))
            try:
                return self.conflict.open(replace(context, register=register), forums)
            except KultursamError:  # windows that cannot hold that number of meetings
                return tuple(forums)

        def is_enough(forums: Sequence[str], steps: int) -> bool:
            return not left(steps, forums)

        steps, asked = 1, sorted(self.culprits, key=len)
        if any(left(most, forums) for forums in asked):
            return None
        for forums in asked:  # which grows meanwhile
            if left(steps, forums):
                steps = _first(steps + 1, most, partial(is_enough, forums))
            if forums is asked[-1] and (found := left(steps, self.forums)):
                sets = (found, _linked(self.conflict, found))
                new = next((some for some in sets if left(steps, some)), tuple(self.forums))
                self.culprits.append(new)
                if left(most, new):
                    return None
                asked.append(new)
        return scale(steps)


def _first(low: int, high: int, is_enough: Callable[[int], bool]) -> int:
    """Return the least number of steps that is enough; `high` is, and what is enough stays so with more."""
    while low < high:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle + 1
    return high
