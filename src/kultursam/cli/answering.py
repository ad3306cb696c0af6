"""The steps of `replies`: read a mailbox, keep and show the answers, weigh other times that are proposed."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from kultursam.cli import explanation, output, steps
from kultursam.cli.options import Options
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session
from kultursam.cli.terminal import in_quotes, say
from kultursam.cli.years import UsageError
from kultursam.diagnostics import KultursamError, Problem, printable, width
from kultursam.forumfile.values import WHOLE_DAY, TimeSpan
from kultursam.i18n import Message
from kultursam.mail import mailboxes
from kultursam.mail.incoming import Clock, Status
from kultursam.mail.people import People, read_people
from kultursam.mail.replies import Given, Heard, Letters, Proposal, Standing, discretion, hear
from kultursam.planner import assess_recorded, what_if
from kultursam.plans.model import Meeting, Plan
from kultursam.presentation import day_in_words, days_in_words, name_of
from kultursam.render import data

MOST_WEIGHED = 20
"""Proposals that are weighed in a run: each is planning the year again."""
EARLIER = timedelta(days=2)
"""How long before the first invitation a mailbox is read from: clocks differ."""


class SourceError(UsageError):
    """More than one mailbox is named."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("name one of --mbox, --maildir and --imap")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which answers are wanted, and the mailbox to look in."""

    year: str | None
    forums: Sequence[str]
    mbox: Path | None
    maildir: Path | None
    imap: bool
    mailbox: str | None

    def check(self) -> None:
        """Raise `SourceError` if more than one mailbox is named."""
        if (self.mbox is not None) + (self.maildir is not None) + self.imap > 1 or (
            self.mailbox and not self.imap
        ):
            raise SourceError

    @property
    def reads(self) -> bool:
        """Whether a mailbox is read."""
        return bool(self.mbox or self.maildir or self.imap)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who is invited to a meeting of a plan."""

    plan: Plan
    meeting: Meeting
    standing: Standing

    @property
    def who(self) -> str:
        """The role at its organisation: no name."""
        return f"{self.standing.role}@{self.standing.organisation}"


@dataclass(slots=True)
class Weighed:
    """Another time that is proposed for a meeting, by whom, and what becomes of the year with it."""

    seat: Seat
    proposal: Proposal
    who: list[str]
    before: Plan | None = None
    after: Plan | None = None
    refused: tuple[Problem, ...] = ()

    @property
    def time(self) -> TimeSpan | None:
        """The time of day, where it is not that of the meeting."""
        start, end, whole_days = self.proposal
        meeting = self.seat.meeting
        span = WHOLE_DAY if whole_days else TimeSpan(start.time(), end.time())
        if (
            meeting.days > 1
            or end - start > timedelta(days=1)
            or (span == meeting.time and not meeting.last_day)
        ):
            return None
        return span

    @property
    def command(self) -> str:
        """The command that takes it."""
        command = f"kultursam move {self.seat.meeting.id} {self.proposal.start.date()}"
        if self.time:
            command += f" --time {in_quotes(str(self.time))}"
        return command


def replies(options: Options, wanted: Wanted) -> None:
    """Read a mailbox if one is named, keep what it says, and show who answered what."""
    wanted.check()
    with steps.open_project(options, writing=wanted.reads) as session:
        steps.require_forums(wanted.forums, [*session.register.forums, *_forums(session)])
        years = session.years([wanted.year] if wanted.year else ())
        for year in years:
            session.require_plan(year)
        people, told = _people(session)
        letters = {year: Letters.read(session.project.outbox(year)) for year in sorted(session.plans)}
        heard = Heard()
        if wanted.reads:
            clock = Clock(session.zone, session.now)
            heard = hear(_mails(session, wanted, letters.values()), letters.values(), people, clock)
        seats = [
            seat
            for year in years
            for seat in _seats(session.plans[year], letters[year])
            if not wanted.forums or seat.meeting.forum in wanted.forums
        ]
        weighed = list(_weighed(session, seats))
        problems = [*session.all_warnings, *told, *heard.problems]
        report = _Report(session, people, seats, heard, weighed, reads=wanted.reads)
        if options.json:
            output.json_document(report.document(years, problems))
        else:
            report.say(years)
        steps.finish(session, problems)


def _forums(session: Session) -> set[str]:
    return {forum for plan in session.plans.values() for forum in plan.forums}


def _people(session: Session) -> tuple[People | None, list[Problem]]:
    """Return what the people file says, if there is one, and its warnings."""
    path = session.project.people_file
    if not path.exists():
        return None, []
    people, problems = read_people(path, session.register)
    if people is None:
        raise KultursamError(*problems)
    return people, problems


def _mails(session: Session, wanted: Wanted, letters: Iterable[Letters]) -> Iterator[mailboxes.Mail]:
    """Yield the mails of the mailbox that is named."""
    if wanted.mbox:
        yield from mailboxes.read_mbox(wanted.mbox)
    elif wanted.maildir:
        yield from mailboxes.read_maildir(wanted.maildir)
    else:
        # Only here is what goes online loaded.
        from kultursam.mail.settings import read_settings
        from kultursam.mail.transport import imap_messages

        settings, problems = read_settings(session.project.mail_file, os.environ)
        if settings is None:
            raise KultursamError(*problems)
        mailbox = wanted.mailbox or settings.mailbox
        first = min((one.first for one in letters if one.first), default=session.today)
        messages = imap_messages(settings.server("imap"), mailbox, first - EARLIER)
        yield from mailboxes.numbered(mailbox, messages)


def _seats(plan: Plan, letters: Letters) -> Iterator[Seat]:
    """Yield those who are invited to meetings that are held, in order of time."""
    by_uid: dict[str, list[Standing]] = {}
    for standing in letters.standings():
        by_uid.setdefault(standing.uid, []).append(standing)
    for meeting in plan.chronological():
        if meeting.live:
            of_meeting = by_uid.get(plan.uid(meeting.id), ())
            for standing in sorted(of_meeting, key=lambda one: (one.organisation, one.role)):
                yield Seat(plan, meeting, standing)


# --- other times ------------------------------------------------------------------------------------------


def _weighed(session: Session, seats: Iterable[Seat]) -> Iterator[Weighed]:
    """Yield the other times that are proposed for meetings to come, each once, with what they cost."""
    proposed: dict[tuple[str, Proposal], Weighed] = {}
    for seat in seats:
        given = seat.standing.given
        if given and given.proposal and not seat.standing.outdated and seat.meeting.date >= session.today:
            key = (seat.meeting.id, given.proposal)
            proposed.setdefault(key, Weighed(seat, given.proposal, [])).who.append(seat.who)
    several = [
        one for one in proposed.values() if one.time or one.proposal.start.date() != one.seat.meeting.date
    ]
    label = session.translated("Weighing proposals")
    with progress_bar(label, wanted=not session.options.quiet and bool(several)) as progress:
        for number, one in enumerate(several):
            progress(number, len(several))
            if number < MOST_WEIGHED:
                _weigh(session, one)
            yield one


def _weigh(session: Session, one: Weighed) -> None:
    """Plan the year again with a meeting at the time that is proposed, or note why it cannot be."""
    meeting = one.seat.meeting
    try:
        situation = session.situation(one.seat.plan.year)
        before = assess_recorded(situation, {meeting.id})
        after = what_if(situation, before, meeting.id, one.proposal.start.date(), one.time)
    except KultursamError as error:
        one.refused = error.problems
    else:
        one.before, one.after = before, after


# --- what is shown ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Report:
    """What is shown of answers."""

    session: Session
    people: People | None
    seats: Sequence[Seat]
    heard: Heard
    weighed: Sequence[Weighed]
    reads: bool

    @property
    def language(self) -> str:
        """The forum file's."""
        return self.session.register.file.language

    @property
    def words(self) -> Mapping[Status | None, str]:
        """What answers are called."""
        _ = self.session.translated
        return {
            Status.ACCEPTED: _("accepted"),
            Status.TENTATIVE: _("tentative"),
            Status.DECLINED: _("declined"),
            Status.DELEGATED: _("delegated"),
            None: _("no answer"),
        }

    def say(self, years: Sequence[int]) -> None:
        """Print who answered what; if `quiet`, what is new alone."""
        _, quiet = self.session.translated, self.session.options.quiet
        if self.reads and not quiet:
            text = _(
                "Mails: {mails}; new answers: {new}; known: {known}; about other things: {others}.",
                mails=self.heard.mails,
                new=len(self.heard.new),
                known=self.heard.known,
                others=self.heard.others,
            )
            say(text)
        if not quiet:
            self._say_counts(years)
        new = {one.pair for one in self.heard.new}
        last = ""
        for seat in self.seats:
            given = seat.standing.given
            if (given.pair in new or not quiet) if given else not (seat.standing.delivered or quiet):
                if seat.meeting.id != last:
                    last = seat.meeting.id
                    say(printable(self._heading(seat)))
                say(printable(f"  {seat.who}: {'; '.join(self._parts(seat))}"))
        for one in self.weighed:
            if not quiet or any(given.proposal == one.proposal for given in self.heard.new):
                self._say_weighed(one)

    def _say_counts(self, years: Sequence[int]) -> None:
        """Print how many of each organisation answered what, forum by forum."""
        _ = self.session.translated
        if not self.seats:
            say(_("Nobody is known to be invited."))
            return
        heads = [_("Forum"), _("Organisation"), *self.words.values()]
        rows = [
            [row.forum_name, row.organisation_name, *(str(row.counts[word]) for word in self.words)]
            for row in self._counts(years)
        ]
        cells = [[printable(cell) for cell in row] for row in (heads, *rows)]
        widths = [max(width(row[column]) for row in cells) for column in range(len(cells[0]))]
        for line in cells:
            texts = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
            print("  ".join(texts).rstrip())

    def _counts(self, years: Sequence[int]) -> list["_Row"]:
        """Return how many answered what, by forum in file order and by organisation."""
        counts: dict[tuple[str, str], _Row] = {}
        order = {forum: at for year in years for at, forum in enumerate(self.session.plans[year].forums)}
        for seat in self.seats:
            forum, organisation = seat.meeting.forum, seat.standing.organisation
            name = seat.plan.forums[forum].name
            row = _Row(forum, organisation, name, seat.plan.label(organisation))
            counts.setdefault((forum, organisation), row).counts[seat.standing.status] += 1
        return sorted(counts.values(), key=lambda row: (order[row.forum], row.organisation))

    def _heading(self, seat: Seat) -> str:
        register, meeting = self.session.register, seat.meeting
        day = days_in_words(meeting, self.language, year=True)
        return f"{day}, {name_of(register, seat.plan, meeting)} {seat.plan.number(meeting)} ({meeting.id})"

    def _parts(self, seat: Seat) -> Iterator[str]:
        """Yield what is said of somebody's answer."""
        _, standing, given = self.session.translated, seat.standing, seat.standing.given
        if standing.delivered is False:
            yield _("the invitation did not arrive")
        elif standing.delivered is None:
            yield _("the invitation has not arrived yet")
        if given is None:
            return
        if given.status:
            yield self.words[given.status]
        if given.delegate:
            yield _("{who} comes instead", who=given.delegate)
        if given.proposal:
            yield _("proposes {time}", time=self._time(given.proposal))
        if standing.outdated and given.about and given.about != standing.item.told.date:
            day = day_in_words(given.about, self.language)
            yield _("that was about the old date, {day}", day=day)
        elif standing.outdated:
            yield _("that was before the last change")
        if comment := self._comment(given):
            yield f"“{comment}”"

    def _comment(self, given: Given) -> str:
        return self.discreet(given.comment)

    @cached_property
    def discreet(self) -> Callable[[str], str]:
        """What takes names and addresses out of what somebody wrote."""
        return discretion(self.people)

    def _time(self, proposal: Proposal) -> str:
        start, end, whole_days = proposal
        day = day_in_words(start.date(), self.language)
        if whole_days:
            return day
        last = "" if start.date() == end.date() else f"{day_in_words(end.date(), self.language)} "
        return f"{day} {start:%H:%M}–{last}{end:%H:%M}"

    def _say_weighed(self, one: Weighed) -> None:
        """Print what another time costs, and the command that takes it."""
        _ = self.session.translated
        time, who = self._time(one.proposal), ", ".join(one.who)
        text = _("{meeting}: {who} proposes {time}", meeting=self._heading(one.seat), who=who, time=time)
        say(printable(text))
        if one.before and one.after:
            explanation.other_date_in_words(self.session, one.before, one.after, one.seat.meeting.id)
        for problem in one.refused:
            text = problem.in_language(self.language).text
            say("  " + printable(_("not possible: {reason}", reason=text)))
        if not one.refused:
            # As it is: a line to copy is one line.
            print(f"  {one.command}")

    # --- for programs ---

    def document(self, years: Sequence[int], problems: Sequence[Problem]) -> data.JsonReplies:
        """Return all of it as plain data."""
        return {
            "schema": data.SCHEMA,
            "mails": self.heard.mails,
            "new": len(self.heard.new),
            "known": self.heard.known,
            "others": self.heard.others,
            "counts": [row.as_data() for row in self._counts(years)],
            "answers": [self._as_data(seat) for seat in self.seats],
            "proposals": [self._weighed_as_data(one) for one in self.weighed],
            "problems": output.as_data(self.session, problems),
        }

    def _as_data(self, seat: Seat) -> data.JsonAnswer:
        standing, given = seat.standing, seat.standing.given
        return {
            "meeting": seat.meeting.id,
            "forum": seat.meeting.forum,
            "date": seat.meeting.date.isoformat(),
            "role": standing.role,
            "organisation": standing.organisation,
            "answer": given.status if given else None,
            "at": given.at.isoformat() if given else None,
            "outdated": standing.outdated,
            "about": given.about.isoformat() if given and given.about else None,
            "comment": self._comment(given) if given else "",
            "delegate": given.delegate if given else "",
            "proposal": _proposal_as_data(given.proposal) if given and given.proposal else None,
            "delivered": standing.delivered,
        }

    def _weighed_as_data(self, one: Weighed) -> data.JsonProposal:
        meeting, instead = one.seat.meeting, None
        if one.before and one.after:
            instead = explanation.other_date_data(self.session, one.before, one.after, meeting.id)
        return {
            "meeting": meeting.id,
            "who": one.who,
            **_proposal_as_data(one.proposal),
            "instead": instead,
            "refused": output.as_data(self.session, one.refused),
            "command": None if one.refused else one.command,
        }


@dataclass(slots=True)
class _Row:
    """How many of an organisation answered what about a forum's meetings."""

    forum: str
    organisation: str
    forum_name: str
    organisation_name: str
    counts: Counter[Status | None] = field(default_factory=Counter)

    def as_data(self) -> data.JsonAnswers:
        """Return it as plain data."""
        return {
            "forum": self.forum,
            "organisation": self.organisation,
            "accepted": self.counts[Status.ACCEPTED],
            "tentative": self.counts[Status.TENTATIVE],
            "declined": self.counts[Status.DECLINED],
            "delegated": self.counts[Status.DELEGATED],
            "unanswered": self.counts[None],
        }


def _proposal_as_data(proposal: Proposal) -> data.JsonProposedTime:
    return {
        "start": proposal.start.isoformat(),
        "end": proposal.end.isoformat(),
        "all_day": proposal.whole_days,
    }
