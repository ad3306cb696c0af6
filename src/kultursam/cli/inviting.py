"""The steps of `invite`: find what is due, show it, write it to files, or send it.

No name or address of the people file is printed: people are shown as a role at an organisation.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kultursam import storage
from kultursam.atomic import replace_private
from kultursam.cli import output, steps
from kultursam.cli.options import Options, Selection
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session
from kultursam.cli.terminal import say
from kultursam.cli.years import UsageError
from kultursam.diagnostics import KultursamError, Problem, printable
from kultursam.i18n import N_, Message
from kultursam.mail.delivery import Postman, Report, deliver, written
from kultursam.mail.invitations import NOTHING_MORE, Invitations, News, Row, Wanted, letters, outdated
from kultursam.mail.messages import Writer
from kultursam.mail.outbox import Method, Outbox, outboxes
from kultursam.mail.people import People, read_people
from kultursam.mail.settings import Server, read_settings
from kultursam.mail.transport import Mailer
from kultursam.paths import displayed
from kultursam.presentation import days_in_words, hours_in_words, state
from kultursam.render import data

NAMED = 6
"""As many roles at organisations are named on a line; of more, the number."""

ANOTHER_ORGANISER = N_(
    "another organiser has invited to what is due ({number}), and calendars take changes from that one "
    "alone; put the former address of organiser back, and let its mails be forwarded"
)


class TooManyMailsError(KultursamError):
    """More mails are due than may be sent at once."""

    code = "too-many-mails"

    def __init__(self, number: int, limit: int) -> None:
        text = Message(
            "{number} mails are due, and at most {limit} may be sent; nothing was sent",
            number=number,
            limit=limit,
        )
        super().__init__(Problem(text))


class SendOrWriteError(UsageError):
    """Mails are to be sent and written to files at once."""

    def __init__(self) -> None:
        super().__init__(
            Problem(Message("write one of --send and --write: what is written is sent to nobody"))
        )


class PublishedFolderError(KultursamError):
    """Mails are to be written into the folder that is published."""

    code = "published-folder"

    def __init__(self, folder: Path) -> None:
        text = Message("this folder is published, and mails name people; name another")
        super().__init__(Problem(text, file=displayed(folder)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be done with what is due."""

    send: bool = False
    folder: Path | None = None
    """Where to write messages as files."""
    test: str = ""
    """The address of a mailbox that gets all of them instead."""
    limit: int | None = None
    wanted: Wanted = NOTHING_MORE


@dataclass(frozen=True, slots=True)
class Year:
    """What is due of one year."""

    number: int
    outbox: Outbox
    invitations: Invitations
    every: list[Row]
    rows: list[Row]
    """Those that were asked for."""
    waiting: bool
    """Whether some meetings are not announced yet."""

    @property
    def letters(self) -> list[list[Row]]:
        """What is due, as messages."""
        return letters(self.rows)


def invite(options: Options, year: str | None, selection: Selection, asked: Asked) -> None:
    """Show what people are to be told of their meetings, write it to files, or send it."""
    if asked.send and asked.folder is not None:
        raise SendOrWriteError
    noting = asked.send and not asked.test
    with steps.open_project(options, writing=noting) as session:
        people, warnings = _people(session)
        years = [
            _year(session, people, number, selection, asked) for number in session.years(year and [year])
        ]
        due = sum(len(one.letters) for one in years)
        if asked.limit is not None and due > asked.limit:
            raise TooManyMailsError(due, asked.limit)
        warnings += _invited_by_others(session, years)
        # As they stand before anything is noted.
        lines = [line for one in years for line in _lines(session, one)]
        report = None
        if asked.folder:
            _write(session, people, years, asked, asked.folder)
        elif asked.send or asked.test:
            report, more = _send(session, people, years, asked)
            warnings += more
        problems = [*session.all_warnings, *warnings, *(_problems(session, report) if report else ())]
        if options.json:
            output.json_document(_document(session, years, report, problems))
        else:
            _show(session, years, lines, asked, report)
        steps.finish(session, problems, failed=bool(report and not report.complete))


def _people(session: Session) -> tuple[People, list[Problem]]:
    people, problems = read_people(session.project.people_file, session.register)
    if people is None:
        raise KultursamError(*problems)
    return people, problems


def _invited_by_others(session: Session, years: Iterable[Year]) -> Iterator[Problem]:
    """Yield that what is due would come from another organiser than what calendars have, if that is so."""
    number = sum(row.due and year.invitations.invited_by_another(row) for year in years for row in year.rows)
    if number:
        file = displayed(session.project.people_file)
        yield Problem(Message(ANOTHER_ORGANISER, number=number), "warning", file, code="organiser-changed")


def _server(session: Session) -> tuple[Server, list[Problem]]:
    settings, problems = read_settings(session.project.mail_file, os.environ)
    if settings is None:
        raise KultursamError(*problems)
    return settings.server("smtp"), problems


def _year(session: Session, people: People, number: int, selection: Selection, asked: Asked) -> Year:
    session.require_plan(number)
    plan = session.plans[number]
    steps.require_known(session.register, plan, selection)
    outbox = Outbox.read(session.project.outbox(number))
    invitations = Invitations(session.register, plan, people, session.today)
    every = invitations.rows(outbox, asked.wanted)

    def wanted(row: Row) -> bool:
        return selection.has(row.forum, row.now.date, [row.guest.organisation], [row.guest.role])

    rows = [row for row in every if wanted(row)]
    waiting = any(meeting.date >= session.today and state(meeting) == "proposed" for meeting in plan.meetings)
    return Year(number, outbox, invitations, every, rows, waiting)


def _writer(session: Session, people: People, year: Year, asked: Asked) -> Writer:
    plan = session.plans[year.number]
    return Writer(session.register, plan, year.invitations, people.organiser, test=asked.test)


def _write(session: Session, people: People, years: Sequence[Year], asked: Asked, folder: Path) -> None:
    if folder.resolve().is_relative_to(session.output.resolve()):
        raise PublishedFolderError(folder)
    for year in years:
        writer = _writer(session, people, year, asked)
        place = folder if len(years) == 1 else folder / str(year.number)
        for name, raw in written(year.outbox, writer, year.letters, session.now, test=bool(asked.test)):
            storage.require_other(session.project, place / name)
            replace_private(place / name, [raw])


def _send(
    session: Session, people: People, years: Sequence[Year], asked: Asked
) -> tuple[Report, list[Problem]]:
    """Send what is due, year by year; return what became of it, and warnings."""
    report = Report()
    server, problems = _server(session)
    total = sum(len(year.letters) for year in years)
    label = session.translated("Sending mails")
    with progress_bar(label, wanted=not session.options.quiet) as progress, Mailer(server) as mailer:
        done = 0

        def one_more() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        for year in years:
            writer = _writer(session, people, year, asked)
            postman = Postman(year.outbox, writer, mailer, people.organiser.email, session.now)
            if not asked.test:
                year.outbox.tidy(session.today)
                for message in outdated(year.every, year.outbox):
                    year.outbox.strike(message)
            sending = postman.send_unnoted if asked.test else postman.send
            deliver(year.letters, sending, one_more, report)
            if not asked.test:
                year.outbox.tidy(session.today)
    if not asked.test:
        # Of years that are over, too.
        for outbox in outboxes(session.project.outboxes, [year.outbox.path for year in years]):
            outbox.tidy(session.today)
    return report, problems


# --- what is shown ------------------------------------------------------------------------------------


def _problems(session: Session, report: Report) -> Iterator[Problem]:
    """Yield what kept messages from being sent."""
    for row, refusal in report.refused:
        why = session.translated("refused for good") if refusal.permanent else session.translated("put off")
        yield _unsent(session, row, why, code=refusal.code)
    for row in report.unsure:
        text = session.translated("it may have arrived; the next run sends the same mail again")
        yield _unsent(session, row, text)
    if report.left:
        text = session.counted("{n} mail was not tried", "{n} mails were not tried", report.left)
        yield Problem(text, severity="warning", code="unsent")
    if report.error:
        yield from report.error.problems


def _unsent(session: Session, row: Row, why: str, code: int | None = None) -> Problem:
    text = session.translated(
        "not sent: {meeting} for {who}: {why}", meeting=row.meeting, who=_who(row), why=why
    )
    if code is not None:
        text = session.translated("{text} (the server answered {code})", text=text, code=code)
    return Problem(text, severity="warning", code="unsent")


def _who(row: Row) -> str:
    return f"{row.guest.role}@{row.guest.organisation}"


def _show(
    session: Session, years: Sequence[Year], lines: Iterable[str], asked: Asked, report: Report | None
) -> None:
    for line in lines:
        say(printable(line))
    if session.options.quiet:
        return
    _ = session.translated
    counts = Counter(row.kind for year in years for row in year.rows)
    told = ", ".join(f"{_(kind.value)} {counts[kind]}" for kind in News if counts[kind])
    if told:
        say(_("Person by meeting: {counts}", counts=told))
    due = sum(len(year.letters) for year in years)
    if report:
        say(session.counted("{n} mail was sent.", "{n} mails were sent.", report.sent))
    elif asked.folder:
        say(session.counted("{n} mail was written.", "{n} mails were written.", due))
    elif due:
        say(session.counted("{n} mail is due.", "{n} mails are due.", due))
        say(_("Nothing was sent. Send it with: {command}", command="kultursam invite --send"))
    else:
        say(_("Nothing is due."))
    if not asked.wanted.proposed and any(one.waiting for one in years):
        say(_("Meetings that are only proposed are left out; confirm them, or take them too: --proposed"))


def _lines(session: Session, year: Year) -> Iterator[str]:
    """Yield what is due: of each meeting who is told what, and why."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in year.rows:
        if row.due:
            grouped.setdefault((row.meeting, _what(session, year, row)), []).append(row)
    for (meeting, what), rows in grouped.items():
        yield f"{rows[0].now.date} {_name(session, year, meeting, rows[0])}: {what}: {_whom(session, rows)}"


def _name(session: Session, year: Year, meeting_id: str, row: Row) -> str:
    plan = session.plans[year.number]
    meeting = plan.meeting(meeting_id)
    return f"{plan.forums[meeting.forum].name} {plan.number(meeting)}" if meeting else row.now.name


def _whom(session: Session, rows: Sequence[Row]) -> str:
    if len(rows) <= NAMED:
        return ", ".join(map(_who, rows))
    return session.counted("{n} person", "{n} persons", len(rows))


def _what(session: Session, year: Year, row: Row) -> str:
    """Return what a row tells, why, and whether it was to be sent before."""
    _ = session.translated
    what = _(row.kind.value)
    if why := _why(session, year, row):
        what = f"{what} ({why})"
    if row.again:
        unsent = year.outbox.unsent[row.again]
        state = _("unsent since {day}", day=unsent.entry.at.astimezone(session.zone).date())
        if unsent.code:
            state = _("{text} (the server answered {code})", text=state, code=unsent.code)
        what = f"{what}, {state}"
    return what


def _why(session: Session, year: Year, row: Row) -> str:
    _, before, now = session.translated, row.before, row.now
    if row.kind is News.CANCELLED:
        meeting = session.plans[year.number].meeting(row.meeting)
        return _("takes part no longer") if row.left else (meeting and meeting.reason) or ""
    if before is None:
        return ""
    if row.kind is News.CONFIRMED:
        return f"{_(before.status.value)} → {_(now.status.value)}"
    language, usual = session.register.file.language, session.register.file.timezone
    said: list[Callable[[Any], str]] = [
        lambda one: days_in_words(one.as_meeting(usual), language),
        lambda one: hours_in_words(one.as_meeting(usual), language),
        lambda one: one.location,
        lambda one: one.link or "",
    ]
    pairs = [(one(before) or "–", one(now) or "–") for one in said]
    return ", ".join(f"{old} → {new}" for old, new in pairs if old != new)


def _document(
    session: Session, years: Iterable[Year], report: Report | None, problems: Sequence[Problem]
) -> data.JsonInvitations:
    rows = [(year, row) for year in years for row in year.rows]
    return {
        "schema": data.SCHEMA,
        "rows": [_row(session, year, row) for year, row in rows],
        "counts": dict(sorted(Counter(row.kind.value for _, row in rows).items())),
        "due": sum(len(year.letters) for year in years),
        "sent": report.sent if report else 0,
        "problems": output.as_data(session, problems),
    }


def _row(session: Session, year: Year, row: Row) -> data.JsonInvitationRow:
    return {
        "meeting": row.meeting,
        "uid": row.uid,
        "forum": row.forum,
        "role": row.guest.role,
        "organisation": row.guest.organisation,
        "kind": row.kind.value,
        "method": row.method.value if row.due else None,
        "sequence": row.sequence if row.method is not Method.DIGEST else None,
        "date": row.now.date.isoformat(),
        "why": _why(session, year, row),
        "unsent": bool(row.again),
    }
