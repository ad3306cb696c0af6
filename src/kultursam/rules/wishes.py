"""Meetings keep off the dates that an organisation said no to in a poll, and rather off its maybes.

    forums: {board: {wishes: [{file: answers.csv}]}}
    # answers.csv: 2025-03-04 north no
    # passes: board meets 2025-03-05

    forums: {board: {wishes: [{file: answers.csv}]}}
    # answers.csv: 2025-03-04 north no
    # fails: board meets 2025-03-04

Strength: should; a maybe, and a no of organisations whose members are all optional, is weighed as `prefer`.
A no counts the organisations that said it, each once, while they take part. Source: tables of dates and
organisations, as polls give them. An answer is of its date, and of meetings at its time where it has one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter

from kultursam.dates.wishes import Wish
from kultursam.forumfile.values import Strength
from kultursam.i18n import N_
from kultursam.rules.context import Effect, YearContext, grouped, violation

ID = "wishes"
CANNOT_SENTENCE = N_("{names} cannot, by the poll")
RATHER_NOT_SENTENCE = N_("{names} would rather not")


def effects(context: YearContext, forum: str) -> Iterator[tuple[date, Effect]]:
    """Yield the days on which an organisation of the forum cannot meet, or would rather not."""
    register = context.register
    required = {member.organisation for member in register.required[forum]}
    for (day, index), wishes in _by_day_and_poll(context, forum).items():
        no = {wish.organisation for wish in wishes if wish.cannot}
        firm = no & required
        kinds: tuple[tuple[Strength, str, set[str]], ...] = (
            ("should", CANNOT_SENTENCE, firm),
            ("prefer", RATHER_NOT_SENTENCE, {wish.organisation for wish in wishes} - firm),
        )
        for strength, sentence, present in kinds:
            if present:
                names = _names(context, forum, present)
                origin = ("forums", forum, "wishes", index)
                yield day, violation(ID, strength, origin, sentence, len(present), names=names)


def _by_day_and_poll(context: YearContext, forum: str) -> Mapping[tuple[date, int], Sequence[Wish]]:
    """Return what organisations say of a day, by the poll that says it first, each once: no before maybe."""
    register, model = context.register, context.forum(forum)
    said = [
        (not wish.cannot, index, wish)
        for index, poll in enumerate(model.wishes)
        for wish in context.wishes.get(poll.file, ())
        if wish.organisation in register.organisations[forum]
        and context.first <= wish.date <= context.last
        and wish.concerns(model.on(wish.date).time)
        and register.takes_part(wish.organisation, wish.date)
    ]
    counted: dict[tuple[date, str], tuple[date, int, Wish]] = {}
    for _, index, wish in sorted(said, key=itemgetter(0, 1)):
        counted.setdefault((wish.date, wish.organisation), (wish.date, index, wish))
    return grouped(
        ((day, index), wish) for day, index, wish in sorted(counted.values(), key=itemgetter(0, 1))
    )


def _names(context: YearContext, forum: str, organisations: Iterable[str]) -> str:
    register = context.register
    return ", ".join(register.label(key) for key in register.organisations[forum] if key in organisations)
