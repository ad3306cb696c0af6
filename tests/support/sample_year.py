"""A year that holds everything the wheel and the page show, and years of any size."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register
from kultursam.plans.model import DaySpan, Deadline, ForumRecord, Meeting, Origin, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kultursam.forumfile.register import Register

MADE = datetime(2024, 11, 1, 23, 30)  # noqa: DTZ001 - UTC by the plan's own convention
DAY = timedelta(days=1)
YEAR = 2025

FILE = """
name: Kultur i Halland
language: {language}
timezone: Europe/Stockholm
domain: example.org
{addresses}
contact: {{name: Kulturenheten, email: kultur@example.org}}
organisations:
  region: {{name: Region Halland}}
  hylte: {{name: Hylte kommun, short: Hylte}}
  varberg: {{name: Varbergs kommun, short: Varberg}}
  skane: {{name: Region Skåne}}
calendar:
  country: SE
  periods:
    - {{name: Sommaruppehåll, weeks: 26-32}}
    - {{name: Valrörelse, from: 08-18, to: 10-10, for_roles: [presidium]}}
dates:
  budget: {{name: Mål och budget beslutas, on: 06-18}}
forums:
  samrad:
    name: Kulturpolitiskt samråd
    purpose: Förtroendevalda träffas.
    cadence: as needed
    members: [{{role: presidium, from: [region, hylte, varberg]}}]
    time: 13:30-16:30
    contact: {{name: Anna, email: anna@example.org}}
  styrgrupp:
    name: Styrgrupp för kulturplanen
    cadence: as needed
    members: [{{role: chef, from: [region, varberg]}}]
    time: 09:00-11:00
    format: online
  bibliotek:
    name: Biblioteksledarnätverket
    cadence: as needed
    members: [{{role: chef, from: [hylte, varberg]}}]
    time: 10:00-15:00
    format: hybrid
    also: [{{name: Mediagruppen, minutes: 60}}]
  konferens:
    name: Samverkanskonferens för Halländska överenskommelsen
    cadence: as needed
    members: [{{role: chef, from: [region]}}]
    time: 09:00-12:00
  grupp:
    name: Operativ grupp
    cadence: as needed
    members: [{{role: chef, from: [hylte]}}]
    time: 09:00-12:00
  sydsverige:
    name: Regionsamverkan Sydsverige
    cadence: external
    members: [{{role: chef, from: [region, skane]}}]
    time: 09:00-12:00
  museer:
    name: Museernas årsmöte
    cadence: external
    publish: yes
    members: [{{role: chef, from: [region]}}]
    time: 09:00-12:00
"""
ADDRESSES = """
base_url: https://kultur.example.org/kalender/
accessibility_url: https://kultur.example.org/tillganglighet
"""
MEETINGS = {
    "samrad": ["2025-04-24", "2025-11-06"],
    "styrgrupp": ["2025-01-29", "2025-03-19", "2025-03-21", "2025-06-04", "2025-09-10"],
    "bibliotek": ["2025-02-04", "2025-05-08", "2025-10-09", "2026-01-08"],
    "konferens": ["2025-10-30"],
    "sydsverige": ["2025-01-23", "2025-10-09"],
    "museer": ["2025-05-20"],
}
CHANGED: dict[str, dict[str, Any]] = {
    "samrad-2025-1": {"host": "varberg", "status": Status.CONFIRMED},
    "samrad-2025-2": {"host": "borta", "place": "Rådhuset"},
    "styrgrupp-2025-2": {"status": Status.CONFIRMED, "moved_from": date(2025, 3, 18)},
    "styrgrupp-2025-4": {"moved_from": date(2025, 6, 5), "modified": MADE + 30 * DAY},
    "bibliotek-2025-1": {"status": Status.CONFIRMED, "host": "hylte"},
    "bibliotek-2025-2": {"status": Status.CANCELLED, "reason": "för få anmälda"},
    "konferens-2025-1": {"origin": Origin.RESERVED, "place": "Stadsteatern"},
    "sydsverige-2025-1": {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED},
    "sydsverige-2025-2": {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED},
    "museer-2025-1": {"origin": Origin.EXTERNAL, "status": Status.CONFIRMED},
}
FORMATS = {"styrgrupp": "online", "bibliotek": "hybrid"}
SPANS = (
    DaySpan(date(2025, 1, 1), date(2025, 1, 7), "Jul och nyår"),
    DaySpan(date(2025, 2, 17), date(2025, 2, 23), "Sportlov"),
    DaySpan(date(2025, 5, 1), date(2025, 5, 1), "Första maj", "holiday"),
    DaySpan(date(2025, 6, 23), date(2025, 8, 10), "Sommaruppehåll"),
    DaySpan(date(2025, 8, 18), date(2025, 10, 10), "Valrörelse"),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><b>",
    "</title><!--",
    "]]>",
    "\"x' onload=alert(1) ",
    "&amp; &lt; &",
    "{{ 7*7 }}{% raw %}",
    "%(name)s %s {n} {}",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\N{RIGHT-TO-LEFT MARK}שלום",
    "x" * 200,
    "文化" * 40,
    "e\N{COMBINING ACUTE ACCENT}" * 40,
    "\N{LINE SEPARATOR}a\N{ZERO WIDTH SPACE}",
    "\x00\x07\x1b[31m\ufffe\ud800",
    "#{x}${y}\\",
)
"""Names that end what they stand in, or turn or widen the text around them."""


def register(language: str = "sv", addresses: str = ADDRESSES) -> Register:
    """Read the forum file of the sample."""
    return parsed(FILE, language, addresses)


def parsed(text: str, language: str = "en", addresses: str = ADDRESSES) -> Register:
    """Read a variant of the forum file of the sample."""
    return _read(text.format(language=language, addresses=addresses))


def _read(text: str) -> Register:
    read, faults = yaml_source.parse(text.encode(), "forums.yaml")
    assert read, faults
    found, problems = read_register(read)
    assert found, problems
    return found


def records_of(known: Register) -> dict[str, ForumRecord]:
    """Return the forums of a file as a plan records them."""
    return {
        key: ForumRecord(one.name, known.organisations[key], known.roles_of(key))
        for key, one in known.forums.items()
    }


def meeting(forum: str, number: int, day: date, start: str = "09:00", **more: Any) -> Meeting:  # noqa: ANN401
    """Return a proposed meeting of three hours, held as its forum is."""
    begins = time.fromisoformat(start)
    facts = {"start": begins, "end": begins.replace(hour=begins.hour + 3), "modified": MADE, "created": MADE}
    facts["format"] = FORMATS.get(forum)
    return Meeting(id=f"{forum}-{YEAR}-{number}", forum=forum, number=number, date=day, **{**facts, **more})


def plan(meetings: Iterable[Meeting] | None = None, **more: Any) -> Plan:  # noqa: ANN401
    """Return the year of the sample, or one of other meetings."""
    known = register()
    found = [
        replace(one, **CHANGED.get(one.id, {}))
        for forum, days in MEETINGS.items()
        for number, day in enumerate(days, 1)
        for one in [meeting(forum, number, date.fromisoformat(day), str(known.forums[forum].time.start))]
    ]
    deadlines = (
        *(Deadline(one.id, "Kallelse", one.date - 14 * DAY, one.forum, 1, MADE, MADE) for one in found[:2]),
        Deadline(found[0].id, "Handlingar", found[0].date - 7 * DAY, "samrad", 2, MADE, MADE),
        Deadline(None, "Samrådet förnyas", date(2025, 9, 30), "samrad", 1, MADE, MADE),
        Deadline(None, "Utgår", date(2025, 9, 29), "samrad", 2, MADE, MADE, cancelled=True),
    )
    facts: dict[str, Any] = {
        "year": YEAR,
        "name": "Kultur i Halland",
        "domain": "example.org",
        "forums": records_of(known),
        "meetings": tuple(found if meetings is None else meetings),
        "deadlines": deadlines if meetings is None else (),
        "spans": SPANS,
    }
    return Plan(**{**facts, **more})


def hostile(name: str) -> Plan:
    """Return the sample with one text everywhere."""
    year = plan()
    return replace(
        year,
        name=name,
        forums={key: replace(record, name=name) for key, record in year.forums.items()},
        meetings=tuple(replace(one, place=name, reason=name, host=name) for one in year.meetings),
        deadlines=tuple(replace(one, name=name) for one in year.deadlines),
        spans=tuple(replace(span, name=name) for span in year.spans),
    )


def renamed(name: str) -> Register:
    """Return the sample's file with one text for every name in it."""
    known = register()

    def update(one: Any) -> Any:  # noqa: ANN401 - any of the file's models
        return one.model_copy(update={"name": name, "short": name, "purpose": name})

    file = known.file.model_copy(
        update={
            "name": name,
            "contact": update(known.file.contact),
            **{
                key: {inner: update(one) for inner, one in getattr(known.file, key).items()}
                for key in ("organisations", "dates", "forums")
            },
        }
    )
    return replace(known, file=file)


def large(forums: int, meetings: int, organisations: int = 9) -> tuple[Register, Plan]:
    """Return a file of some forums, each of two organisations, and their meetings spread over the year."""
    lines = [
        "name: Stort\nlanguage: sv\ntimezone: Europe/Stockholm\ndomain: example.org\norganisations:",
        *(f"  o{key}: {{name: Organisation {key}}}" for key in range(organisations)),
        "forums:",
        *(
            f"  f{key}: {{name: Forum {key}, cadence: as needed, time: 09:00-12:00, members: "
            f"[{{role: chef, from: [o{key % organisations}, o{(key + 1) % organisations}]}}]}}"
            for key in range(forums)
        ),
    ]
    known = _read("\n".join(lines))
    days = [date(YEAR, 1, 1) + DAY * (index * 364 // meetings) for index in range(meetings)]
    held = [meeting(f"f{index % forums}", index // forums + 1, day) for index, day in enumerate(days)]
    records = records_of(known)
    order = {key: index for index, key in enumerate(records)}
    return known, plan(sorted(held, key=lambda one: (order[one.forum], one.number)), forums=records, spans=())
