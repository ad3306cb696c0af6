"""The page of a year and the page of all years: one file each, which asks for nothing else.

Both lie in the folder of calendars, so calendars are linked from there. The list is filtered by the style
sheet alone, whose hash the Content-Security-Policy names: no script runs, and no other style holds.
Templates hold what people read; what they are given is plain, and is escaped there.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from kultursam import presentation
from kultursam.diagnostics import UNSEEN
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import Plan
from kultursam.render.html.calendars import calendar_links
from kultursam.render.html.meeting_list import FilterOption, MeetingList


def year_page(plan: Plan, register: Register, wheel: str) -> str:
    """Return the page of a year around its wheel, which is an SVG and trusted."""
    year = MeetingList(plan, register)
    events = [
        year.event(meeting)
        for meeting in plan.chronological()
        if presentation.is_published(register, meeting)
    ]
    return _render(
        "year.html.j2",
        register,
        year.options,
        calendars=calendar_links(register, [plan], year.signs),
        events=_script({"@context": "https://schema.org", "@graph": events}),
        months=year.months(),
        plan=plan,
        wheel=Markup(wheel),  # noqa: S704 - our own drawing, escaped where it is drawn
        year=year,
    )


def index_page(plans: Sequence[Plan], register: Register) -> str:
    """Return the page that lists the years of some plans, newest first, and the calendars of all."""
    by_year = sorted(plans, key=lambda plan: plan.year)
    calendars = calendar_links(register, by_year, presentation.signs_of(register, by_year))
    return _render("index.html.j2", register, [], plans=by_year[::-1], calendars=calendars)


def _render(template: str, register: Register, options: Sequence[FilterOption], **values: object) -> str:
    """Return a page made of a template; the options are what its style sheet lets be shown alone."""
    environment = _environment(register.file.language)
    style = environment.get_template("style.css.j2").render(options=options)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sheet = Markup(style)  # noqa: S704 - a style sheet of ours
    page = environment.get_template(template)
    return page.render(options=options, digest=digest, file=register.file, style=sheet, **values)


def _source(template: str) -> str:
    return (Path(__file__).parent / "templates" / template).read_text(encoding="utf-8")


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=lambda value: type(value)(UNSEEN.sub("", value)) if isinstance(value, str) else value,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        day=partial(presentation.format_day, language=language, pattern="d MMMM"),
        weekday=partial(presentation.format_day, language=language, pattern="EEE d MMMM"),
        short=partial(presentation.day_in_words, language=language, short=True),
        month=lambda day, year: presentation.month_in_words(day, language, year),
        totals=partial(presentation.totals, language=language),
        state=presentation.state,
        anchor=lambda path: "calendar-" + path.replace("/", "_"),  # which no id in a forum file holds
    )
    return environment


def _script(data: object) -> Markup:
    """Return data for a script element, which no text in it can end."""
    text = UNSEEN.sub("", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 - nothing in it is markup any more
