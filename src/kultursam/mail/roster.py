"""What is missing or doubtful in a people file that is valid: roles without a person, addresses listed twice.

No finding names a person or an address: a role, an organisation and lines of the file say who is meant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kultursam.diagnostics import Problem, Severity
from kultursam.forumfile.calendar_models import Active
from kultursam.forumfile.register import ALWAYS, Member, Register
from kultursam.i18n import Message
from kultursam.mail.people import People, Person

DAY = timedelta(days=1)
Span = tuple[date, date]
"""Days from first to last."""


def findings(register: Register, people: People, days: Span, file: str) -> Iterator[Problem]:
    """Yield what is missing over some days, of which the first is today, and what is doubtful in the file."""
    found = (
        *_without_person(register, people, days),
        *_listed_twice(people),
        *_at_once(people),
        *_over(people, days[0]),
    )
    for severity, code, text, line in found:
        yield Problem(text, severity, file, line, code=code)


def members_without_person(register: Register, people: People, day: date) -> list[Member]:
    """Return the members of forums whose role nobody holds on a day."""
    return [
        member
        for member, needed in _needed(register, (day, day)).items()
        if needed and not people.holding(member.role, member.organisation, day)
    ]


Finding = tuple[Severity, str, Message, int | None]
"""How grave it is, its code, its text and the line."""


def _without_person(register: Register, people: People, days: Span) -> Iterator[Finding]:
    terms: dict[Member, list[Span]] = defaultdict(list)
    for person in people.people:
        terms[Member(person.role, person.at)].append(_term(person))
    for member, needed in sorted(_needed(register, days).items()):
        said = {"role": member.role, "at": member.organisation}
        gaps = [gap for span in needed for gap in _gaps(span, terms[member])]
        if gaps and gaps == needed:
            yield "warning", "member-without-person", Message("nobody is {role} at {at}", **said), None
            continue
        for first, last in gaps:
            text = Message("nobody is {role} at {at} from {first} to {last}", first=first, last=last, **said)
            if last == days[1]:
                text = Message("nobody is {role} at {at} from {first} on", first=first, **said)
            yield "warning", "member-without-person", text, None


def _needed(register: Register, days: Span) -> dict[Member, list[Span]]:
    """Return the days among some on which each member of a forum takes part in something, in order."""
    spans: dict[Member, list[Span]] = defaultdict(list)
    for forum, members in register.members.items():
        for member in members:
            # A forum lives no longer than those who take part in it.
            life = _both(register.forums[forum].active or ALWAYS, register.life(member.organisation))
            spans[member].append((max(days[0], life[0]), min(days[1], life[1])))
    return {member: _merged(some) for member, some in spans.items()}


def _both(one: Active, other: Active) -> Span:
    return max(one.from_ or date.min, other.from_ or date.min), min(one.to or date.max, other.to or date.max)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap or touch as one, and those that hold no day left out."""
    merged: list[Span] = []
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if merged and first <= merged[-1][1] + DAY:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def _gaps(span: Span, terms: Iterable[Span]) -> Iterator[Span]:
    """Yield the days of a span that lie in none of some terms."""
    first, last = span
    for begins, ends in sorted(terms):
        if begins > last:
            break
        if first < begins:
            yield first, begins - DAY
        if ends >= last:
            return
        first = max(first, ends + DAY)
    yield first, last


def _term(person: Person) -> Span:
    return person.begins or date.min, person.ends or date.max


def _listed_twice(people: People) -> Iterator[Finding]:
    first: dict[str, Person] = {}
    for person in people.people:
        other = first.setdefault(person.email.casefold(), person)
        if other is not person:
            text = Message("this is the address of line {line} too", line=other.line)
            if other.name != person.name:
                text = Message("this is the address of line {line} too, under another name", line=other.line)
            yield "tip" if other.name == person.name else "warning", "address-twice", text, person.line


def _at_once(people: People) -> Iterator[Finding]:
    """Yield who holds a role at an organisation together with another: that may be meant."""
    holders: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people.people:
        holders[person.role, person.at].append(person)
    for (role, at), persons in holders.items():
        for index, person in enumerate(persons):
            other = next((one for one in persons[:index] if _overlap(one, person)), None)
            if other:
                text = Message(
                    "{role} at {at} is the person of line {line} too", role=role, at=at, line=other.line
                )
                yield "tip", "role-twice", text, person.line


def _overlap(one: Person, other: Person) -> bool:
    (first, last), (begins, ends) = _term(one), _term(other)
    return first <= ends and begins <= last


def _over(people: People, today: date) -> Iterator[Finding]:
    for person in people.people:
        if person.ends and person.ends < today:
            text = Message("this term is over; the person can leave the file once everything is sent")
            yield "tip", "term-over", text, person.line
