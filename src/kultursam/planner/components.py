"""Forums that hang together by some rule: each group is planned apart from the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from kultursam.planner.model import Commitments
from kultursam.rules import COUPLING_RULES
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.evaluate import fills_slot


class Task(NamedTuple):
    """Forums that hang together, and of the year and what is given all that matters to them."""

    year: EvaluatedYear
    commitments: Commitments
    group: tuple[str, ...]

    @property
    def size(self) -> int:
        """How much there is to plan: meetings."""
        return sum(len(self.year.slots[forum]) for forum in self.group)


def tasks(year: EvaluatedYear, commitments: Commitments) -> list[Task]:
    """Divide a year into what can be planned apart, in the order of the file."""
    couplings = Couplings(year)
    order = {forum: place for place, forum in enumerate(year.register.forums)}
    found = []
    for group in couplings.groups(free_places(year, commitments)):
        forums = sorted((*group, *couplings.around(group)), key=order.__getitem__)
        found.append(Task(year.restricted_to(forums), commitments.restricted_to(forums), group))
    return found


def free_places(year: EvaluatedYear, commitments: Commitments) -> dict[str, int]:
    """Count the slots to fill of the forums that have any, in the order of the file."""
    filled: dict[str, int] = {}
    for meeting in commitments.fixed:
        filled[meeting.forum] = filled.get(meeting.forum, 0) + fills_slot(meeting)
    places = {forum: len(slots) - filled.get(forum, 0) for forum, slots in year.slots.items()}
    return {forum: number for forum, number in places.items() if number > 0}


@dataclass(frozen=True)
class Couplings:
    """Which forums of a year the rules couple."""

    year: EvaluatedYear

    @cached_property
    def coupled(self) -> list[Sequence[str]]:
        """The forums that hang together by some rule, set by set."""
        return [forums for rule in COUPLING_RULES for forums in rule.couplings(self.year)]

    @cached_property
    def _of_forum(self) -> dict[str, list[int]]:
        """The places of the sets that a forum is in."""
        found: dict[str, list[int]] = {}
        for place, forums in enumerate(self.coupled):
            for forum in forums:
                found.setdefault(forum, []).append(place)
        return found

    def groups(self, free: Iterable[str]) -> list[tuple[str, ...]]:
        """Give those of some forums that hang together, in their order."""
        leader = {forum: forum for forum in free}

        def find(forum: str) -> str:
            while leader[forum] != forum:
                leader[forum] = leader[leader[forum]]
                forum = leader[forum]
            return forum

        for forums in self.coupled:
            present = [forum for forum in forums if forum in leader]
            for one, other in pairwise(present):
                leader[find(other)] = find(one)
        together: dict[str, list[str]] = {}
        for forum in leader:
            together.setdefault(find(forum), []).append(forum)
        return [tuple(several) for several in together.values()]

    def around(self, group: Sequence[str]) -> list[str]:
        """Give the forums whose given meetings matter to a group."""
        register = self.year.register
        organisations = {one for forum in group for one in register.organisations[forum]}
        near = {forum for organisation in organisations for forum in register.forums_of[organisation]}
        places = {place for forum in group for place in self._of_forum.get(forum, ())}
        near.update(*(self.coupled[place] for place in places))
        return sorted(near.difference(group))
