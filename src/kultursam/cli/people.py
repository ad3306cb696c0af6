"""The steps of `people`: count who is listed, check whether all are, and forget somebody.

No name or address is printed.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from kultursam import atomic
from kultursam.cli import output, steps
from kultursam.cli.options import Options
from kultursam.cli.session import Session
from kultursam.cli.terminal import say
from kultursam.cli.years import UsageError
from kultursam.diagnostics import KultursamError, Problem
from kultursam.i18n import Message
from kultursam.mail.outbox import outboxes
from kultursam.mail.people import People, Send, read_people
from kultursam.mail.roster import findings, members_without_person
from kultursam.paths import displayed
from kultursam.render import data

Action = Literal["check", "forget"]


class NoAddressError(UsageError):
    """Nobody is named who is to be forgotten, or somebody where nobody is."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("an address goes with forget, and with nothing else")))


def people(options: Options, action: Action | None, address: str | None) -> None:
    """Count the people that are listed, check their list, or forget an address."""
    if (action == "forget") != (address is not None):
        raise NoAddressError
    if address is not None:
        _forget(options, address)
    elif action == "check":
        _check(options)
    else:
        _count(options)


def _read(session: Session) -> tuple[People, list[Problem]]:
    people, problems = read_people(session.project.people_file, session.register)
    if people is None:
        raise KultursamError(*problems)
    return people, problems


def _count(options: Options) -> None:
    with steps.open_project(options) as session:
        people, problems = _read(session)
        sent = Counter(person.send for person in people.people)
        serving = sum(person.serves(session.today) for person in people.people)
        missing = len(members_without_person(session.register, people, session.today))
        if options.json:
            document: data.JsonPeople = {
                "schema": data.SCHEMA,
                "persons": len(people.people),
                "in_office": serving,
                "send": {send: sent[send] for send in get_args(Send)},
                "members_without_person": missing,
                "problems": output.as_data(session, problems),
            }
            output.json_document(document)
        elif not options.quiet:
            _ = session.translated
            words: dict[Send, str] = {
                "invitations": _("invitations"),
                "digest": _("digests"),
                "nothing": _("nothing"),
            }
            told = ", ".join(f"{words[send]} {sent[send]}" for send in words if sent[send])
            say(_("Persons: {number} ({told})", number=len(people.people), told=told or "–"))
            say(_("In their roles today: {number}", number=serving))
            if missing:
                say(_("Members of forums without a person today: {number}", number=missing))
        steps.finish(session, problems)


def _check(options: Options) -> None:
    with steps.open_project(options) as session:
        people, problems = _read(session)
        last = session.register.planning_year(max(session.to_come, default=session.this)).last
        file = displayed(session.project.people_file)
        days: tuple[date, date] = session.today, max(last, session.today)
        problems += findings(session.register, people, days, file)
        if options.json:
            found: data.JsonProblems = {"schema": data.SCHEMA, "problems": output.as_data(session, problems)}
            output.json_document(found)
        elif not options.quiet and not problems:
            counted = session.counted("{n} person", "{n} persons", len(people.people))
            complete = session.translated("nothing is missing")
            say(f"{file}: {counted}, {complete}")
        failed = any(problem.severity != "tip" for problem in problems)
        steps.finish(session, problems, failed=failed)


def _forget(options: Options, address: str) -> None:
    with steps.open_project(options, writing=True) as session:
        folder = session.project.outboxes
        known = outboxes(folder)
        _remove_stale(folder)
        number = sum(outbox.forget(address) for outbox in known)
        problems = list(_still_listed(session, address))
        if options.json:
            done: data.JsonForgotten = {
                "schema": data.SCHEMA,
                "forgotten": number,
                "problems": output.as_data(session, problems),
            }
            output.json_document(done)
        elif not options.quiet:
            text = session.translated("The outbox has nothing of that address.")
            if number:
                text = session.translated("Taken out of the outbox: {number}", number=number)
            say(text)
        steps.finish(session, problems)


def _remove_stale(folder: Path) -> None:
    """Remove what a killed run left beside the files of the outbox."""
    for path in folder.glob(".*.jsonl.tmp"):
        with atomic.naming(path):
            atomic.file_system.remove(path)


def _still_listed(session: Session, address: str) -> Iterator[Problem]:
    file = session.project.people_file
    people, _ = read_people(file, session.register) if file.exists() else (None, [])
    for person in people.people if people else ():
        if person.email.casefold() == address.casefold():
            text = Message("this address is still listed here: invitations would go to it anew")
            yield Problem(text, "warning", displayed(file), person.line, code="still-listed")
