"""A forum file from the dates of former years: the evidence for each key in a comment, and what is open."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from kultursam.dates.holidays import Country, holidays_of
from kultursam.diagnostics import printable
from kultursam.forumfile.values import RESERVED_IDS, folded
from kultursam.intake.habits import MOST, Body, Lead, leads

LONG_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
USUAL_TIME = "09:00-12:00"
LONGEST_ID = 40
HEAD = """\
# A first forum file, made from the dates of {files}.
# Each key has its evidence beside it. Look at what is marked OPEN, change what is not so, then run:
#     kultursam check        kultursam plan {year}
# Editors such as VS Code can complete keys and underline slips as you type; see: kultursam schema --help

name: {name}
language: sv                        # OPEN: sv or en
timezone: Europe/Stockholm          # OPEN
domain: samverkan.example           # OPEN: part of every calendar entry's identity; set it once
"""


def forum_file(bodies: Sequence[Body], rare: Iterable[str], files: Sequence[str]) -> str:
    """Return a forum file that plans the year after the bodies' latest dates as they have met until now."""
    ids = _ids([body.name for body in bodies])
    hosts = _ids(sorted({host for body in bodies for host in body.rotation}), taken={"organisation"})
    year = max(body.latest[0].year for body in bodies) + 1
    name = bodies[0].name if len(bodies) == 1 else "Våra möten"
    head = HEAD.format(files=_said(", ".join(files)), year=year, name=_quoted(name))
    lines = [*head.splitlines(), "", "organisations:                      # OPEN: who takes part"]
    lines.append("  organisation: {name: Organisationen}")
    lines += [f"  {key}: {{name: {_quoted(host)}}}" for host, key in hosts.items()]
    lines += ["", *_calendar(bodies), "", "forums:"]
    prepared = leads(bodies)
    for body in bodies:
        lines += [*_forum(body, ids, hosts), *_preparation(body, ids, prepared.get(body.name)), ""]
    if rare:
        lines.append("# OPEN: with one date alone, so left out: " + _said(", ".join(rare)))
    return "\n".join(lines).rstrip() + "\n"


def _calendar(bodies: Sequence[Body]) -> Iterator[str]:
    first, last = min(body.dates[0] for body in bodies), max(body.dates[-1] for body in bodies)
    calendar = holidays_of(Country("SE"), "sv", date(first.year, 1, 1), date(last.year, 12, 31))
    number = sum(len(body.dates) for body in bodies)
    held = sum(len(body.on_days_off(calendar)) for body in bodies)
    strength = "must" if held == 0 else "should"
    yield "calendar:"
    yield "  country: SE                       # OPEN: whose holidays count"
    yield f"  public_holidays: {strength:<15}  # {held} of {number} meetings on a public holiday of Sweden"
    yield f"  de_facto_holidays: {strength}"


def _forum(body: Body, ids: Mapping[str, str], hosts: Mapping[str, str]) -> Iterator[str]:
    number = len(body.dates)
    yield f"  {ids[body.name]}:"
    yield f"    name: {_quoted(body.name)}"
    yield f"    members: [{{role: {_quoted(body.name)}, from: [organisation]}}]   # OPEN: who meets"
    yield from _cadence(body)
    (weekday, times), *_ = body.weekdays
    yield (
        f"    weekdays: [{SHORT_WEEKDAYS[weekday]}]  "
        f"# {times} of {number} meetings on a {LONG_WEEKDAYS[weekday]}; {body.years}"
    )
    others = [SHORT_WEEKDAYS[day] for day in _others(body)]
    yield f"    otherwise: [{', '.join(others)}]  # in weeks in which no {LONG_WEEKDAYS[weekday]} is free"
    if body.times:
        time, held = body.times.most_common(1)[0]
        yield f"    time: {time}  # {held} of {number} meetings"
    else:
        yield f"    time: {USUAL_TIME}  # OPEN: no dates had times"
    if body.places and (best := body.places.most_common(1)[0])[1] >= MOST * number:
        yield f"    place: {_quoted(best[0])}  # {best[1]} of {number} meetings"
    elif body.places:
        yield f"    # OPEN: {len(body.places)} places: {_said(', '.join(sorted(body.places)[:5]))}"
    if body.rotation:
        turns = ", ".join(hosts[host] for host in body.rotation)
        yield f"    host: {{rotate: [{turns}]}}  # they took turns in {len(body.hosts)} meetings"


def _preparation(body: Body, ids: Mapping[str, str], lead: Lead | None) -> Iterator[str]:
    if lead:
        days = str(lead.low) if lead.low == lead.high else f"{lead.low}-{lead.high}"
        rule = f"forum: {ids[lead.preparer.name]}, days_before: {days}, strength: should"
        yield f"    prepared_by: {{{rule}}}  # before {lead.held} of {len(body.latest)} meetings"


def _cadence(body: Body) -> Iterator[str]:
    latest = body.latest[0].year
    counts = ", ".join(f"{year}: {len(days)}" for year, days in sorted(body.by_year.items()))
    if body.of_the_month:
        rule, agreeing = body.of_the_month
        yield f"    cadence: {rule}  # {agreeing} of {len(body.latest)} meetings in {latest}; {counts}"
    elif body.windows:
        yield f"    cadence: {body.number} times a year  # {counts}"
        yield f"    windows:                        # one meeting each, in the weeks of {latest}"
        yield from (f"      - {{from: {first:%m-%d}, to: {last:%m-%d}}}" for first, last in body.windows)
    else:
        yield f"    cadence: {body.number} times a year  # {counts}; OPEN: they lie too close for a rule"
    if not body.of_the_month:
        days = 1 if body.windows else body.least_days
        yield f"    spacing: {{min_days: {days}}}" + (
            "  # the windows keep them apart" if body.windows else ""
        )
    if body.free_months:
        free = ", ".join(MONTHS[month - 1] for month in body.free_months)
        yield f"    # no meetings in {free}; {body.years}"


def _others(body: Body) -> list[int]:
    """Return the weekdays that serve where the usual one does not: those it met on, then others that work."""
    first, *further = (day for day, _ in body.weekdays)
    return [*further, *(day for day in range(5) if day not in {first, *further})]


def _quoted(text: str) -> str:
    return json.dumps(printable(text), ensure_ascii=False)


def _said(text: str) -> str:
    """Return a text for a comment: in one line."""
    return " ".join(printable(text).split())[:200]


def _ids(names: Sequence[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an id for each name, none twice."""
    used, ids = {*taken, *RESERVED_IDS}, dict[str, str]()
    for name in names:
        latin = unicodedata.normalize("NFKD", folded(name)).encode("ascii", "ignore").decode()
        base = re.sub("[^a-z0-9]+", "-", latin).strip("-")[:LONGEST_ID].strip("-") or "forum"
        key = next(
            key for key in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if key not in used
        )
        used.add(key)
        ids[name] = key
    return ids
