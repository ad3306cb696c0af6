"""Connected components of the forums that rules couple: each is planned apart from the others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from kultursam.planner.model import Commitments, grouped
from kultursam.rules import COUPLING_RULES
from kultursam.rules.context import EvaluatedYear
from kultursam.rules.evaluate import fills_slot


class Component(NamedTuple):
    """Coupled forums, with all that matters to them of the year and of what is settled."""

    year: EvaluatedYear
    commitments: Commitments
    forums: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of meetings to plan."""
        return sum(len(self.year.slots[forum]) for forum in self.forums)


def connected_components(year: EvaluatedYear, commitments: Commitments) -> list[Component]:
    """Return the components of the forums with free slots, in the order of the file."""
    couplings = Couplings(year)
    order = {forum: place for place, forum in enumerate(year.register.forums)}
    components = []
    for forums in couplings.connected(free_slots(year, commitments)):
        present = sorted((*forums, *couplings.around(forums)), key=order.__getitem__)
        components.append(Component(year.restricted_to(present), commitments.restricted_to(present), forums))
    return components


def free_slots(year: EvaluatedYear, commitments: Commitments) -> dict[str, int]:
    """Return the number of slots that no fixed meeting fills, for the forums that have any."""
    free = {forum: len(slots) for forum, slots in year.slots.items()}
    for meeting in commitments.fixed:
        if meeting.forum in free:
            free[meeting.forum] -= fills_slot(meeting)
    return {forum: number for forum, number in free.items() if number > 0}


@dataclass(frozen=True)
class Couplings:
    """Which forums of a year the rules couple."""

    year: EvaluatedYear

    @cached_property
    def sets(self) -> list[Sequence[str]]:
        """The sets of forums that some rule couples."""
        return [forums for rule in COUPLING_RULES for forums in rule.couplings(self.year)]

    @cached_property
    def _sets_of(self) -> dict[str, list[Sequence[str]]]:
        return grouped((forum, forums) for forums in self.sets for forum in forums)

    def connected(self, forums: Iterable[str]) -> list[tuple[str, ...]]:
        """Return the connected components of some forums, in their order."""
        leader = {forum: forum for forum in forums}

        def find(forum: str) -> str:
            while leader[forum] != forum:
                leader[forum] = leader[leader[forum]]
                forum = leader[forum]
            return forum

        for coupled in self.sets:
            for forum, other in pairwise(forum for forum in coupled if forum in leader):
                leader[find(other)] = find(forum)
        return [tuple(component) for component in grouped((find(forum), forum) for forum in leader).values()]

    def around(self, forums: Sequence[str]) -> list[str]:
        """Return the other forums whose fixed meetings matter to some."""
        register = self.year.register
        organisations = {one for forum in forums for one in register.organisations[forum]}
        near = {forum for organisation in organisations for forum in register.forums_of[organisation]}
        near.update(*(coupled for forum in forums for coupled in self._sets_of.get(forum, ())))
        return sorted(near.difference(forums))
