"""The calendars that the pages offer, to import or to subscribe to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from kultursam import signs
from kultursam.i18n import translations
from kultursam.plan import ForumRecord, Plan
from kultursam.register import Register
from kultursam.surroundings import Contact

OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url={url}&name={name}"
"""Where Outlook on the web takes a subscription."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar to import or to subscribe to."""

    path: str
    name: str
    title: str
    """What a subscription is called."""
    address: str
    """Of its feed; empty where it is not known."""
    sign: signs.Sign | None = None
    purpose: str | None = None
    also: str = ""
    """What the same people do in the same meeting, as a sentence."""
    people: tuple[str, ...] = ()
    contact: Contact | None = None

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return anchor(self.path)

    @property
    def webcal(self) -> str:
        """Its address as phones and Macs take it for a subscription."""
        return re.sub("^https?", "webcal", self.address)

    @property
    def outlook(self) -> str:
        """Where Outlook on the web subscribes to it."""
        name = quote(self.title, safe="", errors="ignore")
        return OUTLOOK.format(url=quote(self.address, safe=""), name=name)


def anchor(path: str) -> str:
    """Give the id of a calendar on the page."""
    return "calendar-" + path.replace("/", "_")  # which no id in a forum file holds


def calendars_of(
    register: Register, plans: Sequence[Plan], marks: Mapping[str, signs.Sign]
) -> dict[str, list[Calendar]]:
    """Give the calendars of some years: those of everything, of organisations, and of forums."""
    gettext = translations(register.file.language).gettext
    organisations = register.file.organisations
    forums = {key: record for plan in reversed(plans) for key, record in plan.forums.items()}
    forums = {key: forums[key] for key in marks if key in forums and register.publishes(key)}
    takes_part = {organisation for record in forums.values() for organisation in record.organisations}

    def calendar(path: str, name: str, **more: Any) -> Calendar:  # noqa: ANN401 - the fields of a calendar
        address = register.address(f"feeds/{path}.ics")
        return Calendar(path, name, f"{name} – {register.file.name}", address, **more)

    def of_forum(key: str, record: ForumRecord) -> Calendar:
        people = tuple(organisations[one].label for one in record.organisations if one in organisations)
        more: dict[str, Any] = {"sign": marks[key], "people": people}
        if model := register.forums.get(key):
            names = ", ".join(one.name for one in model.also)
            also = gettext("In the same meeting: {names}").format(names=names) if names else ""
            more |= {"purpose": model.purpose, "also": also, "contact": model.contact}
        return calendar(key, record.name, **more)

    return {
        "shared": [calendar("all", gettext("All meetings")), calendar("deadlines", gettext("Deadlines"))],
        "organisations": [
            calendar(f"organisations/{key}", one.name)
            for key, one in organisations.items()
            if key in takes_part
        ],
        "forums": [of_forum(key, record) for key, record in forums.items()],
    }
