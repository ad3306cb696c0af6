"""How templates become pages: in a language, with every text escaped and the style sheet inside."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

from babel.core import Locale
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from kultursam import presentation
from kultursam.diagnostics import UNSEEN
from kultursam.forumfile.register import Register
from kultursam.i18n import totals, translations
from kultursam.plans.model import Plan
from kultursam.render.html.year import Choice

TEMPLATES = Path(__file__).parent / "templates"


class _Words:
    """What is put into words of a language."""

    def __init__(self, language: str) -> None:
        self._language = language
        locale = Locale.parse(language)
        self._weekdays = locale.days["format"]["abbreviated"]
        self._months, self._short = locale.months["format"]["wide"], locale.months["format"]["abbreviated"]
        self._alone = locale.months["stand-alone"]["wide"]

    def day(self, day: date) -> str:
        """Give a date as it stands in a sentence."""
        return f"{day.day} {self._months[day.month]}"

    def weekday(self, day: date) -> str:
        """Give a date with its weekday."""
        weekday = str(self._weekdays[day.weekday()])
        return f"{weekday.rstrip('.')} {self.day(day)}"

    def totals(self, plan: Plan) -> str:
        """Count meetings and forums; what is cancelled does not count."""
        live = [one.forum for one in plan.meetings if one.live]
        return totals(live, self._language)

    def short(self, day: date) -> str:
        """Give a date in few letters."""
        return f"{day.day} {self._short[day.month].rstrip('.')}"

    def month(self, day: date, year: int) -> str:
        """Give a month as a heading, with its year where that is another one."""
        name = str(self._alone[day.month])
        return name[:1].upper() + name[1:] + ("" if day.year == year else f" {day.year}")


class _Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates where Python keeps its own compiled modules, if it may write there."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=None if sys.dont_write_bytecode else _Compiled(str(TEMPLATES / "__pycache__")),
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
    words = _Words(language)
    names = ("day", "weekday", "short", "month", "totals")
    environment.filters.update({name: getattr(words, name) for name in names}, state=presentation.state)
    return environment


def render(name: str, register: Register, choices: Sequence[Choice], **values: object) -> str:
    """Make a page of a template: choices are what its style sheet lets be shown alone."""
    environment = _environment(register.file.language)
    style = environment.get_template("style.css.j2").render(choices=choices)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(name).render(
        choices=choices,
        digest=digest,
        file=register.file,
        style=Markup(style),  # noqa: S704 - a style sheet of ours
        **values,
    )


def script(data: object) -> Markup:
    """Write data for a script element, which no text in it can end."""
    text = UNSEEN.sub("", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 - nothing in it is markup any more
