"""The calendars that the pages offer, to import or to subscribe to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from kultursam.feeds import role_names, roles_in
from kultursam.forumfile.calendar_models import Contact
from kultursam.forumfile.register import Register
from kultursam.i18n import translations
from kultursam.plans.model import ForumRecord, Plan
from kultursam.presentation import Sign, forums_with_calendar, forums_with_deadlines, life_in_words

OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url={url}&name={name}"
"""Where Outlook on the web subscribes to a calendar."""


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A calendar to import or to subscribe to."""

    path: str
    name: str
    title: str
    """What a subscription is called."""
    address: str
    """Of its feed; empty where it is not known."""
    sign: Sign | None = None
    purpose: str | None = None
    also: str = ""
    """What the same people do in the same meeting, as a sentence."""
    people: tuple[str, ...] = ()
    contacts: tuple[tuple[date | None, Contact], ...] = ()
    """Whom to ask, each with the day from which on, if not from the beginning."""
    only_feed: bool = False
    """There is no file of one year."""

    @property
    def webcal(self) -> str:
        """The address by which phones and Macs subscribe to it."""
        return re.sub("^https?", "webcal", self.address)

    @property
    def outlook(self) -> str:
        """Where Outlook on the web subscribes to it."""
        name = quote(self.title, safe="", errors="ignore")
        return OUTLOOK.format(url=quote(self.address, safe=""), name=name)


def calendar_links(
    register: Register, plans: Sequence[Plan], signs: Mapping[str, Sign]
) -> dict[str, list[CalendarLink]]:
    """Return the calendars of some years: those of everything, of organisations, roles and forums."""
    gettext = translations(register.file.language).gettext
    published = forums_with_calendar(register, plans)
    forums = {key: published[key] for key in signs if key in published}
    takes_part = {organisation for record in forums.values() for organisation in record.organisations}
    present = {
        role
        for key, record in forums.items()
        for role, _ in record.roles or (register.roles_of(key) if key in register.forums else ())
    }
    shared = {"all": gettext("All meetings"), "deadlines": gettext("Deadlines")}
    return {
        "shared": [_link(register, path, name) for path, name in shared.items()],
        "organisations": [
            replace(
                _link(register, f"organisations/{key}", organisation.name),
                purpose=life_in_words(register, key),
            )
            for key, organisation in register.file.organisations.items()
            if key in takes_part
        ],
        "roles": [
            replace(_link(register, f"roles/{path}", role), only_feed=True)
            for role, path in role_names(roles_in(register, plans)).items()
            if role in present
        ],
        "forums": [
            replace(_forum_link(register, key, record, signs[key]), contacts=_contacts(register, plans, key))
            for key, record in forums.items()
        ],
        "deadlines": [
            replace(
                _link(register, f"deadlines/{key}", f"{shared['deadlines']}: {record.name}"),
                only_feed=True,
                sign=signs[key],
            )
            for key, record in forums_with_deadlines(register, plans).items()
        ],
    }


def _forum_link(register: Register, key: str, record: ForumRecord, sign: Sign) -> CalendarLink:
    organisations, model = register.file.organisations, register.forums.get(key)
    people = tuple(_attending(register, key, body) for body in record.organisations if body in organisations)
    link = replace(_link(register, key, record.name), sign=sign, people=people)
    if model is None:
        return link
    names = ", ".join(activity.name for activity in model.also)
    pattern = translations(register.file.language).gettext("In the same meeting: {names}") if names else ""
    return replace(link, purpose=model.purpose, also=pattern.format(names=names))


def _attending(register: Register, forum: str, organisation: str) -> str:
    """Return the short name of an organisation, marked where the forum meets without any that it sends."""
    name, sent = register.label(organisation), register.roles_of(forum) if forum in register.forums else ()
    roles = [role for role, present in sent if organisation in present]
    if not roles or not all(register.is_optional(forum, role, organisation) for role in roles):
        return name
    return translations(register.file.language).gettext("{name} (optional)").format(name=name)


def _contacts(
    register: Register, plans: Sequence[Plan], forum: str
) -> tuple[tuple[date | None, Contact], ...]:
    """Return whom to ask about a forum in the years of some plans, each with the day on which that begins."""
    model, years = register.forums.get(forum), [plan.planning_year for plan in plans]
    if model is None:
        return ()
    first, last = min(year.first for year in years), max(year.last for year in years)
    changed = sorted(change.from_ for change in model.changes if first < change.from_ <= last)
    found: list[tuple[date | None, Contact | None]] = [(None, model.on(first).contact)]
    for day in changed:
        if (contact := model.on(day).contact) != found[-1][1]:
            found.append((day, contact))
    return tuple((day, contact) for day, contact in found if contact)


def _link(register: Register, path: str, name: str) -> CalendarLink:
    return CalendarLink(path, name, f"{name} – {register.file.name}", register.address(f"feeds/{path}.ics"))
