"""The steps of `export`: choose what of a year is wanted, make one file of it, write it or print it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kultursam import storage
from kultursam.atomic import write_files
from kultursam.cli import output, steps
from kultursam.cli.formats import maker_of
from kultursam.cli.options import Kind, Options, Selection
from kultursam.cli.session import Session
from kultursam.cli.years import UsageError
from kultursam.diagnostics import Problem
from kultursam.history import changes_since, changes_since_planned
from kultursam.i18n import Message
from kultursam.planner import assess_recorded
from kultursam.plans.model import Plan
from kultursam.presentation import label
from kultursam.render import data
from kultursam.render.ics import Calendars
from kultursam.render.wheel import wheel

PRINTABLE = {"ics", "csv"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported, and where to."""

    year: str
    kind: Kind
    since: date | None
    output: Path | None
    selection: Selection


class NotForTerminalError(UsageError):
    """A file that is no text would go to a terminal."""

    def __init__(self, kind: str) -> None:
        text = Message("{kind} is not for a terminal: name a file with --output FILE", kind=kind.upper())
        super().__init__(Problem(text))


class NoOutputError(UsageError):
    """With --json a file would stand where programs read the document."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("with --json, name a file with --output FILE")))


def export(options: Options, wanted: Wanted) -> None:
    """Write one file of a year, to import or to take away."""
    if wanted.output is None and wanted.kind not in PRINTABLE and sys.stdout.isatty():
        raise NotForTerminalError(wanted.kind)
    with steps.open_project(options) as session:
        if wanted.output:
            storage.require_other(session.project, wanted.output)
        make = _calendar if wanted.kind == "ics" else _table
        file, number = make(session, wanted)
        if wanted.output is None and options.json:
            raise NoOutputError
        if wanted.output is None:
            sys.stdout.buffer.write(file)
        else:
            write_files([(wanted.output, file)])
            output.exported(session, wanted.output, number, once=wanted.kind == "ics")


def _calendar(session: Session, wanted: Wanted) -> tuple[bytes, int]:
    """Return a calendar to import, and how many entries it has."""
    recorded = session.plan_of(wanted.year)
    entries = [
        entry
        for entry in steps.selected_entries(session.register, recorded, wanted.selection)
        if not wanted.since or entry.announced_on(session.zone) >= wanted.since
    ]
    calendars = Calendars(session.register, [recorded])
    return calendars.calendar(recorded.name, entries, feed=False), len(entries)


def _table(session: Session, wanted: Wanted) -> tuple[bytes, int]:
    """Return a table, a workbook or a document, and how many meetings it has."""
    make: Callable[[Plan], bytes]
    if wanted.kind == "csv":
        # Excel reads UTF-8 only after a byte order mark.
        make = lambda plan: data.to_csv(plan, session.register).encode("utf-8-sig")  # noqa: E731
    else:
        maker = maker_of(wanted.kind)
        make = lambda plan: maker(plan, session.register, wheel(plan, session.register))  # noqa: E731
    plan = _chosen(session, wanted)
    return make(plan), len(plan.meetings)


def _chosen(session: Session, wanted: Wanted) -> Plan:
    """Return the plan of record with what was selected, and a name that says so."""
    year = session.plan_of(wanted.year).year
    plan = assess_recorded(session.situation(year, planning=False), (), timeless=True)
    plan = steps.selected(session.register, plan, wanted.selection)
    if wanted.since:
        meetings = [one for one in plan.meetings if one.announced_on(session.zone) >= wanted.since]
        known = {one.id for one in meetings}
        deadlines = [one for one in plan.deadlines if one.meeting in known]
        plan = replace(plan, meetings=tuple(meetings), deadlines=tuple(deadlines))
        plan = replace(plan, changes=changes_since(plan, wanted.since, session.zone))
    else:
        plan = replace(plan, changes=changes_since_planned(plan, session.zone))
    names = _names(session, plan, wanted)
    return replace(plan, name=f"{plan.name}: {', '.join(names)}") if names else plan


def _names(session: Session, plan: Plan, wanted: Wanted) -> Sequence[str]:
    """Return in words whose meetings were selected."""
    chosen = wanted.selection
    forums = [plan.forums[key].name for key in chosen.forum or ()]
    organisations = [label(session.register, plan, key) for key in chosen.organisation or ()]
    since = [session.translated("changed since {date}", date=wanted.since)] if wanted.since else []
    return [*forums, *organisations, *(chosen.role or ()), *since]
