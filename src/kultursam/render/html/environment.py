"""How templates become pages: in a language, with every text escaped and the style sheet inside."""

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kultursam.diagnostics import UNSEEN
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.presentation import day_in_words, format_day, month_in_words, state, totals
from kultursam.render.html.meeting_list import FilterOption

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
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
        day=partial(format_day, language=language, pattern="d MMMM"),
        weekday=partial(format_day, language=language, pattern="EEE d MMMM"),
        short=partial(day_in_words, language=language, short=True),
        month=lambda day, year: month_in_words(day, language, year),
        totals=partial(totals, language=language),
        state=state,
    )
    return environment


def render(template: str, register: Register, options: Sequence[FilterOption], **values: object) -> str:
    """Return a page made of a template; the options are what its style sheet lets be shown alone."""
    environment = _environment(register.file.language)
    style = environment.get_template("style.css.j2").render(options=options)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(
        options=options,
        digest=digest,
        file=register.file,
        style=Markup(style),  # noqa: S704 - a style sheet of ours
        **values,
    )


def script(data: object) -> Markup:
    """Return data for a script element, which no text in it can end."""
    text = UNSEEN.sub("", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 - nothing in it is markup any more
