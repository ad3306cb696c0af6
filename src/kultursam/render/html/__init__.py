"""The page of a year and the page of all years: one file each, which asks for nothing else.

Both lie in the folder of calendars, so calendars are linked from there. The list is filtered by the style
sheet alone, whose hash the Content-Security-Policy names: no script runs, and no other style holds.
Templates hold what people read; what they are given is plain, and is escaped there.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kultursam import presentation
from kultursam.forumfile.register import Register
from kultursam.plans.model import Plan
from kultursam.render.html.calendars import calendars_of
from kultursam.render.html.environment import render, script
from kultursam.render.html.year import Year


def year_page(plan: Plan, register: Register, wheel: str) -> str:
    """Write the page of a year around its wheel, which is an SVG and trusted."""
    year = Year(plan, register)
    events = [year.event(one) for one in plan.chronological() if register.publishes(one.forum)]
    return render(
        "year.html.j2",
        register,
        year.choices,
        calendars=calendars_of(register, [plan], year.signs),
        events=script({"@context": "https://schema.org", "@graph": events}),
        months=year.months(),
        plan=plan,
        wheel=Markup(wheel),  # noqa: S704 - our own drawing, escaped where it is drawn
        year=year,
    )


def index_page(plans: Sequence[Plan], register: Register) -> str:
    """Write the page that lists the years of some plans, newest first, and the calendars of all."""
    newest = sorted(plans, key=lambda plan: -plan.year)
    calendars = calendars_of(register, newest, presentation.of_forums(register, newest))
    return render("index.html.j2", register, [], plans=newest, calendars=calendars)
