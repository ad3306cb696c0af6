"""The words of lists: names of columns and months, states of meetings, in Swedish and English."""

import re
from collections.abc import Mapping

from kultursam.forumfile.values import WEEKDAYS, folded
from kultursam.plans.model import Status

COLUMNS = {
    "date": (
        "datum", "date", "mötesdatum", "sammanträdesdatum", "sammanträdesdag", "sammanträdesdagar",
        "mötesdag",
        "startdatum", "start date", "meeting date", "när", "when", "dag", "day",
    ),
    "end_date": ("slutdatum", "end date", "till datum", "t o m", "to date"),
    "weekday": ("veckodag", "weekday", "dag", "day"),
    "time": ("tid", "time", "klockslag", "kl", "klockan", "mötestid", "tider", "hours", "times"),
    "start": ("start", "starttid", "börjar", "från", "start time", "starts", "from", "begins"),
    "end": ("slut", "sluttid", "slutar", "till", "end", "end time", "ends", "to"),
    "forum": (
        "forum", "forumnamn", "organ", "instans", "nämnd", "nämnd/styrelse", "styrelse",
        "styrelse/nämnd", "möte",
        "sammanträde", "grupp", "mötesgrupp", "ämne", "rubrik", "titel", "namn", "aktivitet", "body",
        "committee",
        "board", "group", "meeting", "name", "subject", "summary", "title", "forum name", "forum_name",
    ),
    "place": ("plats", "lokal", "ort", "rum", "plats/lokal", "place", "location", "venue", "where",
    "var", "room"),
    "status": ("status", "läge", "state", "mötesstatus"),
    "host": ("värd", "värdskap", "värdkommun", "host"),
    "id": ("id", "mötes-id", "mötesid", "meeting id", "meeting-id"),
    "format": ("format", "mötesform", "form"),
    "link": ("länk", "möteslänk", "link", "url"),
    "modified": ("ändrad", "modified", "senast ändrad", "last modified"),
    "reason": ("orsak", "skäl", "reason"),
    "number": ("nummer", "nr", "number", "no", "mötesnr"),
    "week": ("vecka", "v", "week", "wk", "veckonr", "veckonummer"),
}  # fmt: skip
"""What a column holds, by what stands at its head; of a word that two have, the first that is free counts."""
BY_HEAD: dict[str, tuple[str, ...]] = {}
for _meaning, _heads in COLUMNS.items():
    for _head in _heads:
        BY_HEAD[_head] = (*BY_HEAD.get(_head, ()), _meaning)
STATES: Mapping[str, Status] = {
    **dict.fromkeys(
        (
            "bekräftad", "bekräftat", "beslutad", "beslutat", "fastställd", "fastställt", "bestämd",
            "bestämt", "klar",
            "klart", "spikad", "spikat", "ja", "confirmed", "decided", "final", "fixed", "yes",
            "flyttad", "flyttat",
            "moved",
        ),
        Status.CONFIRMED,
    ),
    **dict.fromkeys(
        (
            "preliminär", "preliminärt", "prel", "prel.", "preliminary", "föreslagen", "föreslaget",
            "förslag",
            "planerad", "planerat", "reserverad", "reserverat", "proposed", "tentative", "planned",
            "reserved",
        ),
        Status.PROPOSED,
    ),
    **dict.fromkeys(
        ("inställd", "inställt", "avlyst", "avbokad", "avbokat", "struken", "utgår", "cancelled", "canceled"),
        Status.CANCELLED,
    ),
}  # fmt: skip
OFF = ("inställd", "inställt", "inställda", "ställs in", "avlyst", "avbokad", "avbokat", "struken", "struket",
       "utgår", "cancelled", "canceled")  # fmt: skip
OPEN = ("preliminär", "preliminärt", "preliminära", "prel.", "prel", "preliminary", "tentative", "obekräftad",
        "obekräftat", "ej bekräftad", "ej bekräftat", "unconfirmed", "tbc")  # fmt: skip
MOVED = ("flyttad", "flyttat", "moved", "rescheduled")
IN_TITLES: Mapping[str, Status | None] = {
    **{word: state for word, state in STATES.items() if word not in {"ja", "yes", "klar", "klart", "fixed"}},
    **dict.fromkeys(OFF, Status.CANCELLED),
    **dict.fromkeys(OPEN, Status.PROPOSED),
    **dict.fromkeys(MOVED),
}
"""What a title says beside a name, between marks; one that was moved has no other state for that."""
NOT_STATED = r"(?<!\bej )(?<!\binte )(?<!\bnot )(?<!\bev )(?<!\bev\. )(?<!\beventuellt )(?<!\bkanske )"
_ALL = "|".join(re.escape(word) for word in sorted(IN_TITLES, key=len, reverse=True))
_SURE = "|".join(re.escape(word) for word in sorted((*OFF, *OPEN, *MOVED), key=len, reverse=True))
_THING = r"(?:\s+(?:möte|sammanträde|datum|tid|bokning|bokat|meeting|event|date))?"
_MARKED = r"obs\b\s*[!:]*\s*"
TITLES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"^(?:{_MARKED})?(?P<state>{_ALL}){_THING}\s*(?:[:!]+|\s[-–—]\s)\s*(?=\S)",
        rf"^\s*[\[(](?:{_MARKED})?(?P<state>{_ALL}){_THING}[!.]*[\])]\s*[:\-–—]?\s*(?=\S)",
        rf"(?<=\S)\s*[\[(](?:{_MARKED})?(?P<state>{_ALL}){_THING}[!.]*[\])]\s*$",
        rf"(?<=\S)\s*(?:[:,;]|\s[-–—])\s*(?P<state>{_ALL}){_THING}[!.]*\s*$",
        rf"^(?:{_MARKED})?(?P<state>{_SURE}){_THING}\s+(?=\S)",
        rf"(?<=\S)\s+(?:är\s+|is\s+|{_MARKED})?{NOT_STATED}(?P<state>{_SURE})[!.]*\s*$",
    )
)
"""How states stand in titles: before or after the name, between marks; or alone, if sure to be states."""
BRACKET = re.compile(r"\s*[\[(](?P<text>[^()\[\]]*)[\])]\s*$")
"""What stands in brackets after a name: it may be part of it."""


MOST_STATES = 4
"""Of one title: each takes a look through all of it."""


def name_and_states(title: str) -> tuple[str, list[Status | None]]:
    """Return what a title names, and the states that it says beside, each as it stands there.

    A title that is nothing but a state is a name.
    """
    states: list[Status | None] = []
    for _ in range(MOST_STATES):
        match = next((found for form in TITLES if (found := form.search(title))), None)
        if match is None:
            break
        states.append(IN_TITLES[folded(match["state"])])
        title = f"{title[: match.start()]} {title[match.end() :]}".strip()
    return title, states


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january januar", "feb februari february februar", "mar mars march marts",
            "apr april", "maj may mai", "jun juni june", "jul juli july", "aug augusti august",
            "sep sept september", "okt oct oktober october", "nov november", "dec december desember",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAY_WORDS = {
    **WEEKDAYS,
    "må": 0,
    "ti": 1,
    "fr": 4,
    "lö": 5,
    "sö": 6,
    "mand": 0,
    "månd": 0,
    "tisd": 1,
    "onsd": 2,
    "torsd": 3,
    "fred": 4,
    "lörd": 5,
    "sönd": 6,
}
FORMATS = {
    "fysiskt": "in person", "på plats": "in person", "in person": "in person", "digitalt": "online",
    "online": "online", "teams": "online", "hybrid": "hybrid", "hybridmöte": "hybrid",
}  # fmt: skip
NONE = {"none", "ingen", "inget", "ingen plats"}
"""What says that there is to be no place, host or link."""


LONGEST_HEAD = 100
"""Characters of a text that may be the head of a column, or name a month."""


def head_of(text: str) -> str:
    """Return the head of a column in the form that the lists above have: without marks and brackets."""
    return folded(re.sub(r"\([^()]*\)|[:*.]+$", "", text)).strip(" :*.")


def meanings_of(head: str) -> tuple[str, ...]:
    """Return what a column with a head may hold."""
    return BY_HEAD.get(head_of(head), ()) if len(head) <= LONGEST_HEAD else ()


def month_of(text: str) -> int | None:
    """Return the month that a text names, alone or with a year."""
    if len(text) > LONGEST_HEAD:
        return None
    return MONTHS.get(re.sub(r"[\s.]*(?:'?\d{2}|\d{4})?$", "", folded(text)))
