"""Why no plan exists: a smallest set of rules that cannot hold together, and the cheapest ways out.

The set is irreducible: without any one of its rules there is a plan for the forums concerned. Each way
out was found by solving: with that change alone, everything has a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile.register import Register
from kultursam.forumfile.yaml_source import Tree, Where
from kultursam.i18n import translations
from kultursam.planner.model import Commitments
from kultursam.planner.relaxations import Variant, least_days, ways
from kultursam.planner.search import feasible
from kultursam.planner.situation import Situation, evaluated
from kultursam.rules import days_off, prepared_by, shared_members, spacing, together_with
from kultursam.rules.context import EvaluatedYear, RuleKey, YearContext
from kultursam.rules.evaluate import evaluate_year, hard_constraints

BLAMED_LAST = (spacing.ID, shared_members.ID, days_off.ID)
"""Rules that nobody chose for this forum: where others explain as much, those are named."""


class NoPlanError(KultursamError):
    """The rules leave a year no plan; the problems say which, and what would help."""


@dataclass(frozen=True, slots=True)
class _Search:
    """The forums that have no plan, and what may be asked of them."""

    context: YearContext
    commitments: Commitments
    forums: tuple[str, ...]
    """All that hang together."""
    concerned: tuple[str, ...]
    """The fewest that have no plan."""

    def possible(self, context: YearContext, forums: Sequence[str]) -> bool:
        """Tell whether some forums have a plan by themselves."""
        outside = {
            (rule.ID, ("forums", forum, key))
            for forum in forums
            for rule, key in ((prepared_by, "prepared_by"), (together_with, "together_with"))
            if (link := getattr(context.forum(forum), key)) and link.forum in set(self.forums) - set(forums)
        }
        year = evaluate_year(replace(context, ignored=context.ignored | outside), forums)
        linked = _linked(self, self.concerned)
        return feasible(year, self.commitments, forums, linked if set(linked) < set(forums) else ())

    def would_do(self, variant: Variant, forums: Sequence[str]) -> bool:
        """Tell whether some forums have a plan with a change."""
        return self.possible(replace(self.context, register=variant.register), forums)


def explain_infeasibility(
    situation: Situation, commitments: Commitments, forums: Sequence[str]
) -> list[Problem]:
    """Explain why forums that hang together have no plan: the rules, then the ways out."""
    year, register = evaluated(situation), situation.register
    _ = translations(register.file.language).gettext
    search = _fewest_forums(_Search(year.context, commitments, tuple(forums), tuple(forums)))
    core = _fewest_rules(year, search)
    head = _("There is no plan for {year}: these rules cannot hold together.").format(year=situation.year)
    if not core:
        text = _("There is no plan for {year}: what is decided already leaves no room.")
        head = text.format(year=situation.year)
    problems = [Problem(head, file=register.source.name)]
    problems += [
        register.source.problem(_words(register, key), _place(register, key), key=True) for key in core
    ]
    ways = [(way, key) for key in core for way in _ways_out(search, register, key)]
    for way, key in sorted(ways, key=lambda one: (one[0].size, core.index(one[1]), one[0].text)):
        text = _("This change would do: {change}").format(change=way.text)
        problems.append(
            replace(register.source.problem(text, _place(register, key), key=True), severity="tip")
        )
    # What forums have from `defaults` is changed there, once.
    return list(dict.fromkeys(problems))


def _fewest_forums(search: _Search) -> _Search:
    """Leave out the forums without which there is no plan either."""
    needed = next((few for few in _few(search) if not search.possible(search.context, few)), search.forums)
    for forum in needed:
        fewer = tuple(one for one in needed if one != forum)
        if fewer and not search.possible(search.context, fewer):
            needed = fewer
    return replace(search, concerned=needed)


def _few(search: _Search) -> Iterator[tuple[str, ...]]:
    """Give each forum alone, then with those that it is linked to: most conflicts are among these."""
    yield from ((forum,) for forum in search.forums)
    yield from dict.fromkeys(_linked(search, (forum,)) for forum in search.forums)


def _linked(search: _Search, forums: Sequence[str]) -> tuple[str, ...]:
    """Give the forums whose dates hang together with those of some by preparing or accompanying."""
    models = {forum: search.context.forum(forum) for forum in search.forums}
    links = [
        {forum, link.forum}
        for forum, model in models.items()
        for link in (model.prepared_by, model.together_with)
        if link and link.forum in models
    ]
    found = set(forums)
    while more := [link for link in links if link & found and not link <= found]:
        found = found.union(*more)
    return tuple(forum for forum in search.forums if forum in found)


def _fewest_rules(year: EvaluatedYear, search: _Search) -> list[RuleKey]:
    """Leave out the rules without which there is no plan either."""
    keys = list(dict.fromkeys(key for forum in search.concerned for key in hard_constraints(year, forum)))
    ignored: frozenset[RuleKey] = frozenset()
    for key in sorted(keys, key=lambda one: one[0] not in BLAMED_LAST):
        if not search.possible(replace(search.context, ignored=ignored | {key}), search.concerned):
            ignored |= {key}
    return [key for key in keys if key not in ignored]


# --- the words of the file ------------------------------------------------------------------------


def _place(register: Register, key: RuleKey) -> Where:
    return register.written(key[1])


def _words(register: Register, key: RuleKey) -> str:
    """Give a rule as the file has it, with the forum's name; what is not written, as it is understood."""
    rule, where = key
    written = _at(register.source.tree, register.written(where))
    text = f"{where[-1]}: {_flow(written)}" if isinstance(where[-1], str) else _flow(written)
    if written is None:
        text = f"{where[-1]}: {_understood(register, where)}"
    if rule == spacing.ID and where[-1] == "cadence":
        text += f" → spacing: {{min_days: {least_days(register, str(where[1]))}}}"
    return f"{register.forums[str(where[1])].name}: {text}" if where[0] == "forums" else text


def _at(tree: Tree, where: Where) -> Tree | None:
    value: Any = tree
    for part in where:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value  # type: ignore[no-any-return]


def _understood(register: Register, where: Where) -> object:
    value: Any = register.file
    for part in where:
        value = value[part] if isinstance(value, (dict, tuple)) else getattr(value, str(part))  # type: ignore[index]
    return value


def _flow(tree: Tree | None) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_flow(value) for value in tree) + "]"
    return str(tree)


# --- ways out -------------------------------------------------------------------------------------


def _ways_out(search: _Search, register: Register, key: RuleKey) -> Iterator[Variant]:
    """Give, for each way to change a rule, the least change that would do."""
    for most, make in ways(register, key):
        if found := _least(search, most, make):
            yield found


def _least(search: _Search, most: int, make: Callable[[int], Variant]) -> Variant | None:
    """Find the smallest change that would do for the forums concerned, for those linked, and for all."""
    least = 1
    for forums in dict.fromkeys((search.concerned, _linked(search, search.concerned), search.forums)):
        if least <= most and search.would_do(make(least), forums):
            continue
        if least >= most or not search.would_do(make(most), forums):
            return None
        # A larger change of its kind would do too.
        low, high = least + 1, most
        while low < high:
            middle = (low + high) // 2
            if search.would_do(make(middle), forums):
                high = middle
            else:
                low = middle + 1
        least = high
    return make(least)
