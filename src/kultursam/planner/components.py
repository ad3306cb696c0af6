"""Connected components of the forums that rules couple: each is planned apart from the others."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kultursam.planner.model import Commitments
from kultursam.rules import COUPLING_RULES
from kultursam.rules.context import EvaluatedYear, fills_slot, grouped


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
    sets, free = couplings(year), free_slots(year, commitments)
    if commitments.unlike:
        sets.append([*free])
    order = {forum: place for place, forum in enumerate(year.register.forums)}
    components = []
    for forums in _connected(sets, free):
        present = sorted((*forums, *around(year, forums, sets)), key=order.__getitem__)
        components.append(Component(year.restricted_to(present), commitments.restricted_to(present), forums))
    return components


def free_slots(year: EvaluatedYear, commitments: Commitments) -> dict[str, int]:
    """Return the number of slots that no fixed meeting fills, for the forums that have any."""
    free = {forum: len(slots) for forum, slots in year.slots.items()}
    for meeting in commitments.fixed:
        if meeting.forum in free:
            free[meeting.forum] -= fills_slot(meeting)
    return {forum: number for forum, number in free.items() if number > 0}


def couplings(year: EvaluatedYear) -> list[Sequence[str]]:
    """Return the sets of forums that some rule couples."""
    return [forums for rule in COUPLING_RULES for forums in rule.couplings(year)]


def around(year: EvaluatedYear, forums: Sequence[str], sets: Iterable[Sequence[str]]) -> list[str]:
    """Return the other forums whose fixed meetings matter to some; `sets` are the year's couplings."""
    register, chosen = year.register, set(forums)
    organisations = {key for forum in forums for key in register.organisations[forum]}
    near = {forum for organisation in organisations for forum in register.forums_of[organisation]}
    near.update(*(coupled for coupled in sets if not chosen.isdisjoint(coupled)))
    return sorted(near - chosen)


def _connected(sets: Iterable[Sequence[str]], forums: Iterable[str]) -> list[tuple[str, ...]]:
    leader = {forum: forum for forum in forums}

    def find(forum: str) -> str:
        while leader[forum] != forum:
            leader[forum] = leader[leader[forum]]
            forum = leader[forum]
        return forum

    for coupled in sets:
        for forum, other in pairwise(forum for forum in coupled if forum in leader):
            leader[find(other)] = find(forum)
    return [tuple(component) for component in grouped((find(forum), forum) for forum in leader).values()]
