"""What `explain` prints: why a meeting is on its date, and what another date would cost."""

from collections.abc import Iterable, Iterator
from datetime import date

from kultursam.cli.output import as_data, json_document
from kultursam.cli.session import Session
from kultursam.cli.terminal import say
from kultursam.plans.model import Assessment, Change, Meeting, Origin, Plan, Reason, Status
from kultursam.presentation import day_in_words, days_in_words, hours_in_words, name_of
from kultursam.render import data


def summary(session: Session, plan: Plan, meeting_id: str) -> None:
    """Print why a meeting is on its date and what that costs; no JSON."""
    if session.options.json:
        return
    _ = session.translated
    meeting, assessment = _meeting(plan, meeting_id)
    say(f"{name_of(session.register, plan, meeting)} ({meeting.id})")
    language = session.register.file.language
    day, hours = days_in_words(meeting, language, year=True), hours_in_words(meeting, language)
    say(_("It is on {day}, {hours}.", day=day, hours=hours))
    if assessment.ideal:
        say(_ideal(session, meeting, assessment.ideal, assessment.ideal_reason))
    elif assessment.ideal_reason:
        say(_("It is for a meeting of another forum: {why}.", why=assessment.ideal_reason))
    for line in _decided(session, meeting):
        say(line)
    if any(reason.date == meeting.date for reason in assessment.reasons):
        say(_total(session, assessment))
    _print_costs(session, meeting, assessment)


def better_dates(session: Session, plan: Plan, meeting_id: str) -> None:
    """Print the reasons against dates that look better; as JSON, the meeting and all reasons."""
    if session.options.json:
        json_document(_document(session, plan, meeting_id))
        return
    meeting, assessment = _meeting(plan, meeting_id)
    better = [reason for reason in assessment.reasons if reason.date != meeting.date]
    _ = session.translated
    strengths = {"must": _("breaks a must"), "should": _("breaks a should"), "prefer": _("costs more")}
    if better:
        say(_("Dates that look better, and the reason against each:"))
    for days, reason in _grouped(better, session.register.file.language):
        say(f"  {days}: {reason.text} ({strengths[reason.strength]}){_line(session, reason)}")


def other_date(session: Session, before: Plan, after: Plan, meeting_id: str) -> None:
    """Print what another date of a meeting costs the year, and what else moves."""
    if session.options.json:
        instead = other_date_data(session, before, after, meeting_id)
        json_document(_document(session, before, meeting_id, instead))
        return
    other_date_in_words(session, before, after, meeting_id)


def other_date_data(session: Session, before: Plan, after: Plan, meeting_id: str) -> data.JsonInstead:
    """Return as plain data what another date of a meeting costs the year, and what else moves."""
    moved = _moved(before, after, meeting_id)
    changes = [Change(new.id, "moved", str(old.date), str(new.date)) for old, new in moved]
    return {
        **_of_meeting(session, after, meeting_id),
        "year_should": after.should - before.should,
        "year_points": after.points - before.points,
        "changes": [data.change(one, after, session.register) for one in changes],
        "problems": as_data(session, after.problems),
    }


def _moved(before: Plan, after: Plan, meeting_id: str) -> list[tuple[Meeting, Meeting]]:
    """Return the other meetings that are on another day in the second of two plans, as they were and are."""
    return [
        (old, meeting)
        for meeting in after.meetings
        if (old := before.meeting(meeting.id)) and old.date != meeting.date and meeting.id != meeting_id
    ]


def other_date_in_words(session: Session, before: Plan, after: Plan, meeting_id: str) -> None:
    """Print in words what another date of a meeting costs the year, and what else moves."""
    moved = _moved(before, after, meeting_id)
    meeting, assessment = _meeting(after, meeting_id)
    should, points = after.should - before.should, after.points - before.points
    _, language = session.translated, session.register.file.language
    say(_("On {day} instead:", day=day_in_words(meeting.date, language)))
    text = _(
        "for the year: {points:+} points, {should:+} troubled organisations", points=points, should=should
    )
    say(f"  {text}")
    _print_costs(session, meeting, assessment)
    if not moved:
        say("  " + _("no other meeting moves"))
    for old, new in moved:
        name = name_of(session.register, after, new)
        start, end = day_in_words(old.date, language), day_in_words(new.date, language)
        text = _("{forum} moves from {before} to {after}", forum=name, before=start, after=end)
        say(f"  {text}")


def _print_costs(session: Session, meeting: Meeting, assessment: Assessment) -> None:
    for reason in assessment.reasons:
        if reason.date == meeting.date:
            say(f"  {_cost(session, reason)}: {reason.text}{_line(session, reason)}")


def _ideal(session: Session, meeting: Meeting, ideal: date, reason: str) -> str:
    """Return a sentence on the meeting's ideal and the reason for it."""
    _ = session.translated
    forum = session.register.forums.get(meeting.forum)
    by_rule = forum is not None and forum.cadence.kind == "named days"
    why = f": {reason}" if reason else ""
    if ideal == meeting.date:
        if by_rule:
            return _("That is the day that the cadence names.")
        return _("That is the date that the forum would choose by itself{why}.", why=why)
    day = day_in_words(ideal, session.register.file.language)
    if by_rule:
        return _("The cadence names {day}.", day=day)
    return _("By itself the forum would choose {day}{why}.", day=day, why=why)


def _decided(session: Session, meeting: Meeting) -> Iterator[str]:
    """Yield sentences on who decided the date, if the planner did not."""
    _ = session.translated
    if meeting.origin is Origin.EXTERNAL:
        yield _("Its date is decided elsewhere and given in the forum file.")
    elif meeting.status is Status.CANCELLED:
        yield (
            _("It is cancelled: {reason}", reason=meeting.reason) if meeting.reason else _("It is cancelled.")
        )
    elif meeting.status is Status.CONFIRMED:
        yield _("It is confirmed: planning does not move it.")
    elif meeting.pinned:
        yield _("It is pinned: a person decided on its date, and planning does not move it.")
    elif meeting.date < session.today:
        yield _("It is in the past: planning does not move it.")
    if meeting.forced:
        yield _("A person forced it to break rules: {rules}", rules=", ".join(meeting.forced))


def _total(session: Session, assessment: Assessment) -> str:
    points = session.counted("{n} point", "{n} points", assessment.points)
    if not assessment.should:
        return session.translated("It costs {points}:", points=points)
    organisations = session.counted("{n} organisation", "{n} organisations", assessment.should)
    return session.translated(
        "It costs {points} and troubles {organisations}:", points=points, organisations=organisations
    )


def _cost(session: Session, reason: Reason) -> str:
    if reason.strength == "must":
        return session.translated("breaks a must")
    if reason.trouble:
        return session.counted("troubles {n} organisation", "troubles {n} organisations", reason.trouble)
    return session.counted("{n} point", "{n} points", reason.points)


def _line(session: Session, reason: Reason) -> str:
    return session.translated(" [line {line}]", line=reason.line) if reason.line else ""


def _grouped(reasons: Iterable[Reason], language: str) -> Iterator[tuple[str, Reason]]:
    """Yield each reason once, with all its dates in words."""
    groups: dict[tuple[str, str], list[Reason]] = {}
    for reason in reasons:
        groups.setdefault((reason.rule, reason.text), []).append(reason)
    for group in groups.values():
        days = sorted(reason.date for reason in group)
        yield ", ".join(day_in_words(day, language, short=True) for day in days), group[0]


def _meeting(plan: Plan, meeting_id: str) -> tuple[Meeting, Assessment]:
    meeting = plan.meeting(meeting_id)
    if meeting is None:
        raise LookupError(meeting_id)
    return meeting, plan.assessments[meeting_id]


def _of_meeting(session: Session, plan: Plan, meeting_id: str) -> data.JsonMeeting:
    document = data.document(plan, session.register)
    return next(meeting for meeting in document["meetings"] if meeting["id"] == meeting_id)


def _document(
    session: Session, plan: Plan, meeting_id: str, instead: data.JsonInstead | None = None
) -> data.JsonExplanation:
    return {
        "schema": data.SCHEMA,
        **_of_meeting(session, plan, meeting_id),
        "instead": instead,
        "problems": as_data(session, plan.problems),
    }
