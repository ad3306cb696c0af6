"""Turns: of what is listed, one comes after the other, and after the last the first again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Turns(Generic[T]):
    """What takes turns: whose turn it is comes first."""

    waiting: list[T] = field(default_factory=list)

    @classmethod
    def after(cls, listed: Sequence[T], before: Sequence[T]) -> Self:
        """Return the turns of what is listed after those of the year before, in order of time.

        The first of those who had the fewest begins, as they come after the one who was last.
        """
        had = [one for one in before if one in listed]
        last = listed.index(had[-1]) + 1 if had else 0
        order = [*listed[last:], *listed[:last]]
        first = order.index(min(order, key=had.count))
        return cls([*order[first:], *order[:first]])

    def next(self, suits: Callable[[T], bool]) -> T:
        """Return the first whom its turn suits; the first of all if it suits none."""
        return next(filter(suits, self.waiting), self.waiting[0])

    def had(self, one: T) -> None:
        """Let one have had its turn: it comes after all others. Whoever takes no turns changes nothing."""
        if one in self.waiting:
            self.waiting.remove(one)
            self.waiting.append(one)
