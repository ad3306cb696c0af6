"""Where bodies meet: the language, the country and the time zone of their lists, and what shows these."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kultursam.dates.calendar_zones import country_of, zones_in
from kultursam.dates.holidays import is_known
from kultursam.i18n import Message

SWEDISH, ENGLISH = "sv", "en"
USUAL_COUNTRY = "SE"
OF_SWEDISH = re.compile(
    "[åäö]|^(?:datum|tid|plats|dag|vecka|maj|okt|mars|juni|juli|och|styrelse|utskott|nämnd|beredning)$"
)
OF_ENGLISH = re.compile(
    "^(?:date|time|place|location|venue|where|day|week|weekday|meeting|meetings|committee|board|council|group|"
    "network|of|the|and|may|oct|january|february|march|june|july|october|host|body|subject|title)$"
)
ASKED = Message("as asked for")
BY_WORDS = Message("by the words of the lists")
BY_CALENDARS = Message("by the calendars")
BY_DEFAULT = Message("nothing says otherwise")
BY_COUNTRY = Message("by the country")
_NAMED_ZONE = re.compile(rb'(?:TZID|X-WR-TIMEZONE)[:=]"?([A-Za-z_]+/[A-Za-z_/]+)')


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for all bodies; each with what shows it."""

    language: str = SWEDISH
    by_language: Message = BY_DEFAULT
    country: str = USUAL_COUNTRY
    by_country: Message = BY_DEFAULT
    zone: str = "Europe/Stockholm"
    by_zone: Message = BY_COUNTRY


def surroundings_of(
    texts: Iterable[str], files: Iterable[bytes], language: str | None = None, country: str | None = None
) -> Surroundings:
    """Return what the words of lists and the zones of calendars show, unless something else is asked for."""
    words = [word.casefold() for text in texts for word in re.findall(r"\w+", text)]
    swedish, english = (sum(bool(of.search(word)) for word in words) for of in (OF_SWEDISH, OF_ENGLISH))
    spoken = language or (ENGLISH if english > swedish else SWEDISH)
    by_language = ASKED if language else BY_WORDS if english != swedish else BY_DEFAULT
    named = Counter(name.decode() for data in files for name in _NAMED_ZONE.findall(data))
    zones = [zone for zone, _ in named.most_common() if is_known(country_of(zone))]
    where = country or next(map(country_of, zones), USUAL_COUNTRY)
    by_country = ASKED if country else BY_CALENDARS if zones else BY_DEFAULT
    own = [zone for zone in zones if country_of(zone) == where.partition("-")[0]]
    zone = next(iter([*own, *zones_in(where.partition("-")[0])]), "UTC")
    return Surroundings(spoken, by_language, where, by_country, zone, BY_CALENDARS if own else BY_COUNTRY)
