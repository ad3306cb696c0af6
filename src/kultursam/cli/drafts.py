"""Drafts of a year, kept beside its plan of record: made, compared with it, and taken in its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kultursam import storage
from kultursam.atomic import write_files
from kultursam.cli import output, steps
from kultursam.cli.options import Selection, draft_name
from kultursam.cli.progress import progress_bar
from kultursam.cli.session import Session
from kultursam.cli.terminal import say
from kultursam.cli.years import UsageError
from kultursam.diagnostics import Problem
from kultursam.i18n import Message
from kultursam.planner import Situation, alternatives, assess_recorded, plan_year
from kultursam.plans.model import Change, Plan, diff
from kultursam.render import data


class OneYearError(UsageError):
    """Alternatives are wanted of several years."""

    def __init__(self) -> None:
        super().__init__(Problem(Message("alternatives are those of one year: name it")))


class OneOfTheseError(UsageError):
    """Options are used together of which each does something of its own."""

    def __init__(self, used: Iterable[str]) -> None:
        super().__init__(Problem(Message("use only one of these: {options}", options=", ".join(used))))


def require_one(options: Mapping[str, object], together: Sequence[set[str]] = ()) -> None:
    """Raise `OneOfTheseError` if more than one of some options is used, but for some that go together."""
    used = [name for name, value in options.items() if value]
    if len(used) > 1 and set(used) not in together:
        raise OneOfTheseError(used)


def check_options(
    draft: str | None,
    take: str | None,
    alternatives: int | None,
    *,
    check: bool,
    replan: bool,
    certificate: Path | None,
) -> None:
    """Raise `UsageError` if `plan` is asked for what does not go together."""
    asked = {"--draft": draft, "--take": take, "--alternatives": alternatives, "--check": check}
    require_one(asked, together=[{"--draft", "--alternatives"}])
    if take or alternatives:
        require_one({"--take": take, "--alternatives": alternatives, "--certificate": certificate})
    if take:
        require_one({"--take": take, "--replan": replan})
    if draft and alternatives:
        draft_name(_numbered(draft, alternatives))


def _numbered(draft: str, number: int) -> str:
    """Return what the draft of an alternative is called."""
    return f"{draft}-{number}"


def keep(session: Session, drafts: Sequence[tuple[str, Plan]]) -> None:
    """Write plans as drafts, each under its name, and say how to go on; and what this run fetched."""
    files = [storage.draft(session.project, name, plan) for name, plan in drafts]
    write_files([*session.fetched.items(), *files], durable=True)
    for name, plan in drafts:
        text = session.translated(
            "Kept as a draft. Compare it with: kultursam show {year} --compare {name}; make it the plan "
            "with: kultursam plan {year} --take {name}",
            year=plan.year,
            name=name,
        )
        output.message(session, text)


def planning(session: Session, take: str | None) -> Callable[..., Plan]:
    """Return planning that no brake holds; by a draft to `take`, a proposed meeting gets its date there."""

    def plan(situation: Situation, **options: Any) -> Plan:  # noqa: ANN401 - as `plan_year`
        toward = storage.load_draft(session.project, session.register, take, situation.year) if take else None
        return plan_year(situation, toward=toward, accept=True, **options)

    return plan


@dataclass(frozen=True, slots=True)
class Alternatives:
    """How many plans are wanted to choose from, and of what kind."""

    number: int
    draft: str | None
    """What their drafts are called, if they are to be kept."""
    replan: bool
    whole_year: bool


def plan_alternatives(
    session: Session, years: Sequence[int], asked: Alternatives, found: Iterable[Problem]
) -> None:
    """Print the best plan of a year, and the best that differ from those before; keep them if asked to.

    `found` are problems that this run has met already.
    """
    if len(years) != 1:
        raise OneYearError
    situation = session.situation(years[0])
    label = session.translated("Planning {year}", year=situation.planning_year)
    with progress_bar(label, wanted=not session.options.quiet) as progress:
        planned = alternatives(
            situation, asked.number, replan=asked.replan, whole_year=asked.whole_year, progress=progress
        )
        plans = [*planned]
    warnings = [*session.warnings, *found, *session.old_copies, *steps.check_countries(session)]
    _show_alternatives(session, plans, asked.number, warnings)
    if asked.draft:
        keep(session, [(_numbered(asked.draft, at), plan) for at, plan in enumerate(plans, 1)])
    else:
        further = " --replan" if asked.replan else ""
        command = f"kultursam plan {years[0]} --alternatives {asked.number}{further} --draft NAME"
        text = session.translated("Nothing was written. Keep them as drafts with: {command}", command=command)
        output.message(session, text)
    steps.finish(session, [*warnings, *plans[0].problems])


def _show_alternatives(
    session: Session, plans: Sequence[Plan], number: int, warnings: Iterable[Problem]
) -> None:
    """Print the best plan whole, how it differs from the plan of record, and how the others from it."""
    if session.options.json:
        output.json_document(output.years(session, plans, warnings))
        return
    best, *others = plans
    output.listed(session, best)
    say("")
    say(_costs(session, session.translated("Alternative {number}, the year above", number=1), best))
    if best.year in session.plans:
        output.differences(session, best.changes, best)
    for at, plan in enumerate(others, 2):
        say("")
        say(_costs(session, session.translated("Alternative {number}", number=at), plan))
        output.differences(session, diff(best, plan), plan)
    if len(others) + 1 < number:
        output.message(session, session.translated("No other plan differs in a fifth of the meetings."))


@dataclass(frozen=True, slots=True)
class Compared:
    """A draft, and how it differs from the plan of record, or where there is none, from the first draft."""

    name: str
    plan: Plan
    changes: tuple[Change, ...]


def compare(session: Session, year: int, names: Sequence[str], selection: Selection) -> None:
    """Print how drafts of a year differ from its plan of record, and what each costs by the rules.

    Where the year has none, they are compared with the first of them. Of differences, those of the meetings
    that are wanted are printed.
    """
    situation = session.situation(year, planning=False)
    record = assess_recorded(situation, ()) if situation.recorded_plan else None
    compared: list[Compared] = []
    for name in names:
        draft = storage.load_draft(session.project, session.register, name, year)
        plan = assess_recorded(replace(situation, recorded_plan=draft), ())
        base = record or (compared[0].plan if compared else plan)
        wanted = {
            meeting.id
            for one in (base, plan)
            for meeting in steps.selected(session.register, one, selection).meetings
        }
        changes = tuple(change for change in diff(base, plan) if change.meeting in wanted)
        compared.append(Compared(name, plan, changes))
    if session.options.json:
        output.json_document(_document(session, year, record, compared))
        return
    if record:
        say(_costs(session, session.translated("The plan of record"), record))
    for one in compared:
        say("")
        say(_costs(session, session.translated('The draft "{name}"', name=one.name), one.plan))
        output.differences(session, one.changes, one.plan)


def _document(
    session: Session, year: int, record: Plan | None, compared: Sequence[Compared]
) -> data.JsonComparison:
    return {
        "schema": data.SCHEMA,
        "year": year,
        "record": _weighed(record) if record else None,
        "drafts": [
            {
                "name": one.name,
                **_weighed(one.plan),
                "changes": [data.change(change, one.plan, session.register) for change in one.changes],
            }
            for one in compared
        ],
        "problems": output.as_data(session, session.all_warnings),
    }


def _weighed(plan: Plan) -> data.JsonWeighed:
    return {"optimal": plan.optimal, "should": plan.should, "points": plan.points}


def _costs(session: Session, what: str, plan: Plan) -> str:
    """Return what a plan costs, and whether that is proven to be the least."""
    points = session.counted("{n} point", "{n} points", plan.points)
    trouble = session.translated("troubles nobody")
    if plan.should:
        trouble = session.counted(
            "troubles organisations {n} time", "troubles organisations {n} times", plan.should
        )
    text = f"{what}: {trouble}, {points}"
    return text if plan.optimal else session.translated("{costs} (not proven to be the best)", costs=text)
