"""The calendars that the pages offer, to import or to subscribe to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from kultursam import presentation
from kultursam.forumfile.models import Contact
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import ForumRecord, Plan

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
    sign: presentation.Sign | None = None
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
    register: Register, plans: Sequence[Plan], marks: Mapping[str, presentation.Sign]
) -> dict[str, list[Calendar]]:
    """Give the calendars of some years: those of everything, of organisations, and of forums."""
    gettext = translations(register.file.language).gettext
    planned = {key: record for plan in reversed(plans) for key, record in plan.forums.items()}
    forums = {key: planned[key] for key in marks if key in planned and register.publishes(key)}
    takes_part = {organisation for record in forums.values() for organisation in record.organisations}
    shared = {"all": gettext("All meetings"), "deadlines": gettext("Deadlines")}
    return {
        "shared": [_calendar(register, path, name) for path, name in shared.items()],
        "organisations": [
            _calendar(register, f"organisations/{key}", one.name)
            for key, one in register.file.organisations.items()
            if key in takes_part
        ],
        "forums": [_of_forum(register, key, record, marks[key]) for key, record in forums.items()],
    }


def _of_forum(register: Register, key: str, record: ForumRecord, sign: presentation.Sign) -> Calendar:
    organisations = register.file.organisations
    people = tuple(organisations[one].label for one in record.organisations if one in organisations)
    calendar = replace(_calendar(register, key, record.name), sign=sign, people=people)
    model = register.forums.get(key)
    if model is None:
        return calendar
    names = ", ".join(one.name for one in model.also)
    pattern = translations(register.file.language).gettext("In the same meeting: {names}")
    also = pattern.format(names=names) if names else ""
    return replace(calendar, purpose=model.purpose, also=also, contact=model.contact)


def _calendar(register: Register, path: str, name: str) -> Calendar:
    return Calendar(path, name, f"{name} – {register.file.name}", register.address(f"feeds/{path}.ics"))
