"""A meeting lies in its window of the year.

    forums:
      politiskt-samrad:
        windows: [{from: 03-01, to: 05-31}, {from: 10-01, to: 11-30}]   # one meeting in each

Strength: must. Without windows the window is the year; a meeting with a nominal date has the seven
days on either side of it.
"""

from collections.abc import Iterator
from datetime import date

from kultursam.dates.slots import Slot
from kultursam.i18n import N_
from kultursam.rules.context import Effect, Frame, RuleKey, broken

ID = "windows"
SENTENCE = N_("outside the window {first} – {last}")


def musts(frame: Frame, forum: str) -> Iterator[RuleKey]:
    """Name the must-rules of this kind that a forum is under."""
    if frame.forum(forum).windows and frame.forum(forum).cadence.kind != "rrule":
        yield ID, ("forums", forum, "windows")


def effect(frame: Frame, forum: str, slot: Slot, day: date) -> Effect | None:
    """Give what a day outside the slot's window breaks."""
    if slot.holds(day):
        return None
    origin = ("forums", forum, "windows" if frame.forum(forum).windows and not slot.nominal else "cadence")
    if not frame.holds(ID, origin):
        return None
    return broken(ID, "must", origin, SENTENCE, frame.size(forum), first=slot.first, last=slot.last)
