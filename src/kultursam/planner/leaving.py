"""What has left the forum file since a plan was recorded: forums, organisations, and members of forums."""

from collections.abc import Iterator
from dataclasses import replace

from kultursam.diagnostics import Problem
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import translations
from kultursam.planner.situation import Situation, is_fixed
from kultursam.plans.model import Plan
from kultursam.rules.context import grouped


def problems(situation: Situation, plan: Plan) -> Iterator[Problem]:
    """Yield as warnings what has left the file since the recorded plan, and hosts that have left it."""
    if recorded := situation.recorded_plan:
        yield from _forums(situation, recorded, plan)
        yield from _organisations(situation, recorded, plan)
        yield from _members(situation, recorded, plan)
    yield from _hosts(situation, plan)


def _forums(situation: Situation, recorded: Plan, plan: Plan) -> Iterator[Problem]:
    """Yield the forums whose meetings to come are cancelled as the file does not have them any more."""
    ngettext = translations(situation.register.file.language).ngettext
    cancelled = grouped(
        (meeting.forum, meeting.id)
        for meeting in plan.meetings
        if meeting.forum not in situation.register.forums
        and not meeting.live
        and (old := recorded.meeting(meeting.id))
        and old.live
    )
    for forum, ids in cancelled.items():
        text = ngettext(
            'forum "{forum}" ({name}) is not in the file any more: its meeting of {year} to come is '
            "cancelled; if you renamed it, keep its id and change its name",
            'forum "{forum}" ({name}) is not in the file any more: its {number} meetings of {year} to come '
            "are cancelled; if you renamed it, keep its id and change its name",
            len(ids),
        ).format(forum=forum, name=plan.forums[forum].name, number=len(ids), year=plan.planning_year)
        yield _warning(situation, text, ("forums",), "forum-left")


def _organisations(situation: Situation, recorded: Plan, plan: Plan) -> Iterator[Problem]:
    """Yield the organisations that are not in the file any more."""
    _ = translations(situation.register.file.language).gettext
    for key in plan.left:
        if key not in recorded.left:
            text = _(
                'organisation "{organisation}" ({name}) is not in the file any more: its calendar ends, and '
                "the meetings of {year} to come are cancelled in it; if you renamed it, keep its id and "
                "change its name"
            ).format(organisation=key, name=plan.label(key), year=plan.planning_year)
            yield _warning(situation, text, ("organisations",), "organisation-left")


def _members(situation: Situation, recorded: Plan, plan: Plan) -> Iterator[Problem]:
    """Yield the organisations that no longer take part in meetings to come of a forum, or do so again.

    Of one that has left the file itself, that was told.
    """
    register = situation.register
    ngettext = translations(register.file.language).ngettext
    of_forum = grouped(
        ((meeting.forum, one.organisation, one.ahead > 0), meeting.id)
        for meeting in plan.meetings
        for one in meeting.left
        if one.organisation in register.file.organisations
        and meeting.forum in register.forums
        and (old := recorded.meeting(meeting.id))
        and old.live
        and one not in old.left
    )
    for (forum, organisation, is_back), ids in of_forum.items():
        text = ngettext(
            "{organisation} no longer takes part in {forum}: one meeting of {year} to come is cancelled in "
            "its calendar",
            "{organisation} no longer takes part in {forum}: {number} meetings of {year} to come are "
            "cancelled in its calendar",
            len(ids),
        )
        if is_back:
            text = ngettext(
                "{organisation} takes part in {forum} again: one meeting of {year} to come is on again in "
                "its calendar",
                "{organisation} takes part in {forum} again: {number} meetings of {year} to come are on "
                "again in its calendar",
                len(ids),
            )
        text = text.format(
            organisation=plan.label(organisation),
            forum=plan.forums[forum].name,
            number=len(ids),
            year=plan.planning_year,
        )
        code = "member-back" if is_back else "member-left"
        yield _warning(situation, text, ("forums", forum, "members"), code)


def _hosts(situation: Situation, plan: Plan) -> Iterator[Problem]:
    """Yield the meetings to come whose host has left the file and stays theirs, or takes no part then."""
    _ = translations(situation.register.file.language).gettext
    for meeting in plan.meetings:
        pattern = ""
        if not meeting.live or meeting.date < situation.today or meeting.host is None:
            continue
        if meeting.host in plan.left and is_fixed(meeting, situation.today):
            pattern = _(
                "{meeting} on {date} is to be hosted by {name}, which is not in the file any more; name "
                "another with: kultursam move {meeting} {date} --host ORGANISATION"
            )
        elif not situation.register.takes_part(meeting.host, meeting.date):
            pattern = _(
                "{meeting} on {date} is to be hosted by {name}, which takes no part in anything then; name "
                "another with: kultursam move {meeting} {date} --host ORGANISATION"
            )
        if pattern:
            text = pattern.format(meeting=meeting.id, date=meeting.date, name=plan.label(meeting.host))
            yield _warning(situation, text, ("forums", meeting.forum), "host-left")


def _warning(situation: Situation, text: str, where: Where, code: str) -> Problem:
    register = situation.register
    problem = register.source.problem(text, register.written(where), key=True, warning=True)
    return replace(problem, code=code)
