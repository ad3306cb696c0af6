"""What commands print: results on stdout, messages on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kultursam import storage
from kultursam.checksum import NAME, with_shown
from kultursam.cli.unchanged import Heard, look
from kultursam.diagnostics import Problem, has_errors
from kultursam.plans.model import Origin, Status
from kultursam.presentation import day_in_words
from kultursam.render import data as tabular

if TYPE_CHECKING:
    from kultursam.cli.session import Session
    from kultursam.planner.alternatives import Suggestion
    from kultursam.plans.model import Assessment, Meeting, Plan, Reason


def plans(session: Session, shown: Sequence[Plan]) -> None:
    """Show planned years: the list of each, what changed, and what is wrong."""
    if session.options.json:
        documents(session, shown, session.warnings)
    elif not session.options.quiet:
        _remember(session, shown, "".join(_shown(session, one) for one in shown))
    problems([*session.warnings, *(problem for one in shown for problem in one.problems)], session)


def _shown(session: Session, shown: Plan) -> str:
    """Show a planned year and what changed; give what will be printed of it when nothing has."""
    from kultursam.render import table

    listed, changed, unchanged = (Heard(sys.stdout, aloud=aloud) for aloud in (True, True, False))
    table.print_view(table.list_view(shown, session.register, notes=_notes(session, shown)), stdout=listed)
    table.print_view(table.changes_view(shown.changes, shown, session.register), stdout=changed)
    table.print_view(table.changes_view((), shown, session.register), stdout=unchanged)
    return listed.getvalue() + unchanged.getvalue()


def _remember(session: Session, shown: Sequence[Plan], text: str) -> None:
    if session.seen is not None:
        years = [one.year for one in shown]
        note = with_shown(session.output, years, session.seen, look(sys.stdout, years), text)
        if note is not None:
            storage.write_files([(session.output / NAME, note)])


def plan(session: Session, shown: Plan, view: str, *, csv: bool) -> None:
    """Show one year in the view that was asked for."""
    if session.options.json:
        documents(session, [shown], session.warnings)
    elif csv:
        if hasattr(sys.stdout, "reconfigure"):
            # Its lines end as spreadsheets want them; Windows would make that \r\r\n.
            sys.stdout.reconfigure(newline="")
        print(tabular.to_csv(shown, session.register), end="")
    else:
        from kultursam.render import table

        views = {
            "list": lambda: table.list_view(shown, session.register, notes=_notes(session, shown)),
            "line": lambda: table.line_view(shown, session.register),
            "month": lambda: table.month_view(shown, session.register),
        }
        table.print_view(views[view](), stdout=sys.stdout)
    problems([*session.warnings, *shown.problems], session)


def documents(session: Session, shown: Sequence[Plan], told: Sequence[Problem]) -> None:
    """Print plans as one JSON document: a list where there are several. What is told stands in the first."""
    found = [tabular.document(one, session.register) for one in shown]
    found[0]["problems"] = [*tabular.problems(told), *found[0]["problems"]]
    print(tabular.to_json(found if len(found) > 1 else found[0]), end="")


def explanation(session: Session, shown: Plan, meeting_id: str, *, brief: bool) -> None:
    """Tell where a meeting lies, what it costs, and what speaks against each date that looks better."""
    if session.options.json:
        if not brief:
            print(tabular.to_json(_meeting_document(session, shown, meeting_id)), end="")
        return
    _, language = session.translated, session.register.file.language
    meeting, assessment = _found(shown, meeting_id)
    print(f"{shown.forums[meeting.forum].name} ({meeting.id})")
    day = day_in_words(meeting.date, language, year=True)
    print(
        _(
            "It lies on {day}, {start}–{end}.",
            day=day,
            start=f"{meeting.start:%H:%M}",
            end=f"{meeting.end:%H:%M}",
        )
    )
    for line in (*_even(session, meeting, assessment.ideal), *_decided(session, meeting)):
        print(line)
    mine = [one for one in assessment.reasons if one.date == meeting.date]
    if mine:
        print(_total(session, assessment))
    for one in mine:
        print(f"  {_cost(session, one)}: {one.text}{_line(session, one)}")
    better = [one for one in assessment.reasons if one.date != meeting.date]
    if better and not brief:
        print(_("Dates that look better, and what this meeting would meet with there:"))
        for days, one in _grouped(better, language):
            print(f"  {days}: {one.text} ({_weight(session, one)}){_line(session, one)}")


def _even(session: Session, meeting: Meeting, ideal: date | None) -> Iterator[str]:
    """Tell where the meeting would lie if there were nothing but its forum's cadence."""
    if ideal is None:
        return
    _, model = session.translated, session.register.forums.get(meeting.forum)
    ruled, there = model is not None and model.cadence.kind == "rrule", ideal == meeting.date
    day = day_in_words(ideal, session.register.file.language)
    if ruled:
        yield (
            _("That is the date of the recurrence rule.")
            if there
            else _("The recurrence rule has it on {day}.", day=day)
        )
    else:
        yield (
            _("That is where an even spread of the year puts it.")
            if there
            else _("An even spread of the year would put it on {day}.", day=day)
        )


def _decided(session: Session, meeting: Meeting) -> Iterator[str]:
    """Tell who decided the date, where that was not the planner."""
    _ = session.translated
    if meeting.origin is Origin.EXTERNAL:
        yield _("Its date is decided elsewhere, and stands in the forum file.")
    elif meeting.status is Status.CANCELLED:
        yield _("It is cancelled: {reason}", reason=meeting.reason or "")
    elif meeting.status is Status.CONFIRMED:
        yield _("It is confirmed: planning leaves it there.")
    elif meeting.decided and meeting.origin is Origin.ADDED:
        yield _("A person added it: planning leaves it there.")
    elif meeting.decided:
        yield _("A person moved it there: planning leaves it there.")
    elif meeting.date < session.today:
        yield _("It lies in the past: planning leaves it there.")
    if meeting.forced:
        yield _("A person broke rules for it knowingly: {rules}", rules=", ".join(meeting.forced))


def _total(session: Session, assessment: Assessment) -> str:
    points = session.counted("{n} point", "{n} points", assessment.points)
    if not assessment.should:
        return session.translated("It costs {points}:", points=points)
    organisations = session.counted("{n} organisation", "{n} organisations", assessment.should)
    return session.translated(
        "It costs {points} and troubles {organisations}:", points=points, organisations=organisations
    )


def instead(session: Session, before: Plan, after: Plan, meeting_id: str) -> None:
    """Tell what another date of a meeting costs the year, and what else moves."""
    should, points = after.should - before.should, after.points - before.points
    moved = [
        one
        for one in after.meetings
        if (old := before.meeting(one.id)) and old.date != one.date and one.id != meeting_id
    ]
    meeting, assessment = _found(after, meeting_id)
    if session.options.json:
        document = _meeting_document(session, before, meeting_id)
        changes = [
            {
                "meeting": one.id,
                "kind": "moved",
                "from": str(_found(before, one.id)[0].date),
                "to": str(one.date),
            }
            for one in moved
        ]
        document["instead"] = {
            **_meeting_document(session, after, meeting_id),
            "date": meeting.date.isoformat(),
            "year_should": should,
            "year_points": points,
            "changes": changes,
        }
        print(tabular.to_json(document), end="")
        return
    _, language = session.translated, session.register.file.language
    print(_("On {day} instead:", day=day_in_words(meeting.date, language)))
    print(
        "  "
        + _(
            "the year gets {points:+} points and {should:+} in trouble with should-rules",
            points=points,
            should=should,
        )
    )
    for one in assessment.reasons:
        if one.date == meeting.date:
            print(f"  {_cost(session, one)}: {one.text}{_line(session, one)}")
    if not moved:
        print("  " + _("nothing else has to move"))
    for later in moved:
        print(
            "  "
            + _(
                "{forum} moves from {before} to {after}",
                forum=after.forums[later.forum].name,
                before=day_in_words(_found(before, later.id)[0].date, language),
                after=day_in_words(later.date, language),
            )
        )


def suggestions(session: Session, forum: str, best: Sequence[Suggestion]) -> None:
    """Show free dates, what speaks against each, and the line that adds the first."""
    if session.options.json:
        dates = [
            {
                "date": one.date.isoformat(),
                "should": one.trouble,
                "reasons": [tabular.reason(two) for two in one.reasons],
            }
            for one in best
        ]
        print(tabular.to_json({"forum": forum, "dates": dates, "problems": []}), end="")
        return
    _, language = session.translated, session.register.file.language
    if not best:
        print(_("No day of that time is free."))
        return
    wk = _("wk")
    for one in best:
        week = one.date.isocalendar().week
        against = "; ".join(two.text for two in one.reasons) or _("nothing speaks against it")
        print(f"{one.date}  {wk} {week:>2}  {day_in_words(one.date, language)}: {against}")
    print(f"kultursam add {forum} {best[0].date}")


def exported(session: Session, path: Path, number: int) -> None:
    """Tell what was written for import."""
    if session.options.json:
        print(tabular.to_json({"file": str(path), "meetings": number, "problems": []}), end="")
    else:
        _ = session.translated
        some = _("{number} meetings written to {file}; import it once.", number=number, file=path)
        none = _("Nothing is new or changed: {file} holds no meeting to import.", file=path)
        message(session, some if number else none)


def _meeting_document(session: Session, shown: Plan, meeting_id: str) -> dict[str, Any]:
    document = tabular.document(shown, session.register)
    meeting = next(one for one in document["meetings"] if one["id"] == meeting_id)
    return {**meeting, "problems": document["problems"]}


def _found(shown: Plan, meeting_id: str) -> tuple[Meeting, Assessment]:
    meeting = shown.meeting(meeting_id)
    if meeting is None:
        raise LookupError(meeting_id)
    return meeting, shown.assessments[meeting_id]


def _cost(session: Session, reason: Reason) -> str:
    if reason.strength == "must":
        return session.translated("breaks a must")
    if reason.trouble:
        return session.counted("troubles {n} organisation", "troubles {n} organisations", reason.trouble)
    return session.counted("{n} point", "{n} points", reason.points)


def _weight(session: Session, reason: Reason) -> str:
    _ = session.translated
    words = {"must": _("must not be"), "should": _("should not be"), "prefer": _("would cost more")}
    return words[reason.strength]


def _line(session: Session, reason: Reason) -> str:
    return session.translated(" [line {line}]", line=reason.line) if reason.line else ""


def _grouped(reasons: Sequence[Reason], language: str) -> Iterator[tuple[str, Reason]]:
    """Give dates with the same reason together, by date."""
    same: dict[tuple[str, str], list[Reason]] = {}
    for one in reasons:
        same.setdefault((one.rule, one.text), []).append(one)
    for several in same.values():
        days = sorted(one.date for one in several)
        yield ", ".join(day_in_words(day, language, short=True) for day in days), several[0]


def _notes(session: Session, shown: Plan) -> dict[str, str]:
    return {one.id: note for one in shown.meetings if (note := _note(session, shown, one.id))}


def changes(session: Session, shown: Sequence[Plan], warnings: Sequence[Problem], *, dry_run: bool) -> None:
    """Show what a change did, what it broke, and what to do next."""
    if session.options.json:
        documents(session, shown, warnings)
    elif not session.options.quiet:
        from kultursam.render import table

        for plan in shown:
            table.print_view(table.changes_view(plan.changes, plan, session.register), stdout=sys.stdout)
        if dry_run:
            print(session.translated("Nothing was written."))
        elif any(plan.changes for plan in shown):
            print(
                session.translated(
                    "The calendars are written. Subscribers see the change within a day; tell the others."
                )
            )
    problems([*warnings, *(problem for plan in shown for problem in plan.problems)], session)


def _note(session: Session, shown: Plan, meeting_id: str) -> str | None:
    """Give a short reason for a meeting that is not in its ideal's week."""
    meeting, assessment = _found(shown, meeting_id)
    if not assessment.ideal or not meeting.live or meeting.decided:
        return None
    week = assessment.ideal.isocalendar()[:2]
    if meeting.date.isocalendar()[:2] == week:
        return None
    near = [
        one for one in assessment.reasons if one.date.isocalendar()[:2] == week and one.date != meeting.date
    ]
    if not near:
        return None
    day = day_in_words(near[0].date, session.register.file.language, short=True)
    return session.translated("not {day}: {why}", day=day, why=near[0].text)


def checked(session: Session) -> None:
    """Show that a forum file has no faults, and its warnings."""
    storage.check_country(session.register)
    if session.options.json:
        print(tabular.to_json({"problems": tabular.problems(session.warnings)}), end="")
    elif not session.options.quiet:
        print(f"{session.register.source.name}: {len(session.register.forums)} forums, no errors")
    problems(session.warnings, session)


def message(session: Session, text: str) -> None:
    """Tell something on stderr."""
    if not session.options.quiet:
        print(text, file=sys.stderr)


def problems(several: Iterable[Problem], session: Session) -> None:
    """Tell problems on stderr; where all is well, quiet says nothing."""
    for problem in several:
        if problem.severity == "error" or not session.options.quiet:
            print(problem, file=sys.stderr)


def failed(session: Session, shown: Iterable[Plan]) -> bool:
    """Tell whether something in the plans needs attention."""
    return has_errors([*session.warnings, *(problem for plan in shown for problem in plan.problems)])
