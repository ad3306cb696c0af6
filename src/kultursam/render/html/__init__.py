"""The page of a year and the page of all years: one file each, which asks for nothing else.

Both lie in the folder of calendars, so calendars are linked from there. The list is filtered by the style
sheet alone, whose hash the Content-Security-Policy names: no script runs, and no other style holds.
Templates hold what people read; what they are given is plain, and is escaped there.
"""

from collections.abc import Sequence

from markupsafe import Markup

from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.presentation import is_published, signs_of
from kultursam.render.html.calendars import calendar_links
from kultursam.render.html.environment import render, script
from kultursam.render.html.meeting_list import MeetingList


def year_page(plan: Plan, register: Register, wheel: str) -> str:
    """Return the page of a year around its wheel, which is an SVG and trusted."""
    year = MeetingList(plan, register)
    events = [year.event(meeting) for meeting in plan.chronological() if is_published(register, meeting)]
    return render(
        "year.html.j2",
        register,
        year.options,
        calendars=calendar_links(register, [plan], year.signs),
        events=script({"@context": "https://schema.org", "@graph": events}),
        months=year.months(),
        plan=plan,
        wheel=Markup(wheel),  # noqa: S704 - our own drawing, escaped where it is drawn
        year=year,
    )


def index_page(plans: Sequence[Plan], register: Register) -> str:
    """Return the page that lists the years of some plans, newest first, and the calendars of all."""
    by_year = sorted(plans, key=lambda plan: plan.year)
    calendars = calendar_links(register, by_year, signs_of(register, by_year))
    return render("index.html.j2", register, [], plans=by_year[::-1], calendars=calendars)
