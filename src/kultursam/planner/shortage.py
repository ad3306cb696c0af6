"""The numbers that leave no plan, in words: how many meetings are asked for, and how many there is room for.

Everything is counted by the rules of an irreducible subset alone, so the numbers need no other rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from gettext import NullTranslations
from itertools import combinations

from kultursam.i18n import translations
from kultursam.planner.feasibility import most_meetings
from kultursam.planner.model import Commitments, pooled_dates, pools
from kultursam.presentation import day_in_words
from kultursam.rules import fixed_dates, prepared_by, shared_members, spacing, together_with
from kultursam.rules.context import EvaluatedYear, Hours
from kultursam.rules.evaluate import fills_slot


@dataclass(frozen=True)
class Shortage:
    """Forums that leave each other no plan, under the rules that it takes and no others."""

    year: EvaluatedYear
    commitments: Commitments
    forums: Sequence[str]

    def sentence(self) -> str:
        """Return the numbers that leave no plan; nothing if there are none to tell."""
        ways = (*map(self._of_one, self.forums), self._of_links(), self._of_members(), self._of_any())
        return next((text for several in ways for text in several), "")

    @cached_property
    def _open_days(self) -> dict[str, dict[int, list[date]]]:
        """By forum and the first slot of each of its windows: the days on which it may meet."""
        found: dict[str, dict[int, list[date]]] = {}
        for forum in self.forums:
            found[forum] = {pool[0]: [] for pool in pools(self.year.slots[forum])}
            for priced in pooled_dates(self.year, forum, self.commitments):
                found[forum][priced.slot].append(priced.date)
        return found

    def _all_days(self, forum: str) -> set[date]:
        return {day for days in self._open_days[forum].values() for day in days}

    def _decided(self, forum: str) -> bool:
        """Return whether some of a forum's slots are filled already: its windows are not counted then."""
        return any(map(fills_slot, self.commitments.fixed_by_forum.get(forum, ())))

    def _of_one(self, forum: str) -> Iterator[str]:
        """Yield what a forum lacks by itself: days, days far enough apart, days on one side of a date."""
        if self._decided(forum):
            return
        slots, name = self.year.slots[forum], self._name(forum)
        apart = spacing.must_days(self.year.context, forum)
        for pool in pools(slots):
            days, slot = self._open_days[forum][pool[0]], slots[pool[0]]
            if len(days) < len(pool):
                text = self._("{forum}: {meetings}, but {days}")
                if self.year.context.forum(forum).windows or slot.nominal:
                    text = self._("{forum}: {meetings}, but {days} from {first} to {last}")
                yield text.format(
                    forum=name,
                    meetings=self._meetings(len(pool)),
                    days=self._open(forum, len(days)),
                    first=self._day(slot.first),
                    last=self._day(slot.last),
                )
        days = sorted(self._all_days(forum))
        if (room := _room(days, apart)) < len(slots):
            text = self._("{forum}: {meetings}, but only {room} with {days} from one to the next")
            yield text.format(
                forum=name, meetings=self._meetings(len(slots)), room=room, days=self._n_days(apart)
            )
        for limit in fixed_dates.must_limits(self.year, forum):
            if not any(map(limit.allows, days)):
                before, after = (
                    self._("{forum}: no open day up to {day}"),
                    self._("{forum}: no open day from {day} on"),
                )
                text = before if limit.before else after
                yield text.format(forum=name, day=self._day(limit.day))

    def _of_links(self) -> Iterator[str]:
        """Yield what a forum lacks of another that prepares it or that it meets together with."""
        context = self.year.context
        for forum, link in together_with.must_links(self.year, self.forums):
            if link.forum not in self.forums:
                continue
            args = {"forum": self._name(forum), "other": self._name(link.forum)}
            if shared_members.exclude(self.year, self._hours(forum), self._hours(link.forum)):
                text = self._(
                    "{forum} meets together with {other}, but they share members and begin and end too near"
                )
                yield text.format(**args)
            asked, given = len(self.year.slots[forum]), self._number(link.forum)
            if asked > given:
                text = self._("{forum} meets {times} on days when {other} meets, and {other} meets {given}")
                yield text.format(**args, times=self._times(asked), given=self._times(given))
            common = self._all_days(forum) & self._all_days(link.forum)
            if len(common) < asked and not self._fixed(link.forum):
                text = self._("{forum} meets {times} on days when {other} meets, and {days} suit both")
                yield text.format(**args, times=self._times(asked), days=self._n_days(len(common)))
        for forum, preparation in prepared_by.must_links(self.year, self.forums):
            if preparation.forum not in self.forums or self._fixed(preparation.forum):
                continue
            low, high = preparation.days_before.low, preparation.days_before.high
            sources = self._all_days(preparation.forum)
            prepared = [
                day
                for day in sorted(self._all_days(forum))
                if any(low <= (day - other).days <= high for other in sources)
            ]
            asked = len(self.year.slots[forum])
            if (room := _room(prepared, spacing.must_days(context, forum))) < asked:
                text = self._("{forum}: {meetings}, but {other} can prepare none of them {range} days before")
                if room:
                    text = self._(
                        "{forum}: {meetings}, but {other} can prepare {room} of them, {range} days before"
                    )
                yield text.format(
                    forum=self._name(forum), meetings=self._meetings(asked), room=room,
                    other=self._name(preparation.forum), range=str(preparation.days_before),
                )  # fmt: skip

    def _of_members(self) -> Iterator[str]:
        """Yield how many days forums lack that can never meet on the same day."""
        pairs = combinations(self.forums, 2)
        exclude = (
            shared_members.exclude(self.year, self._hours(one), self._hours(other)) for one, other in pairs
        )
        days = set().union(*map(self._all_days, self.forums))
        asked = sum(len(self.year.slots[forum]) for forum in self.forums)
        if (
            len(self.forums) > 1
            and all(exclude)
            and len(days) < asked
            and not any(map(self._fixed, self.forums))
        ):
            text = self._("{forums} share members: {meetings} that need a day each, but {days} for them")
            names = ", ".join(map(self._name, self.forums))
            yield text.format(forums=names, meetings=self._meetings(asked), days=self._n_days(len(days)))

    def _of_any(self) -> Iterator[str]:
        """Yield how many meetings a forum can have at most while the others have all of theirs."""
        for forum in self.forums:
            asked = len(self.year.slots[forum])
            room = (
                None
                if self._decided(forum)
                else most_meetings(self.year, self.commitments, self.forums, forum)
            )
            if room is not None and room < asked:
                text = self._("{forum}: {meetings}, but with the others' there is room for {room}")
                yield text.format(forum=self._name(forum), meetings=self._meetings(asked), room=room)

    def _fixed(self, forum: str) -> bool:
        """Return whether some meetings of a forum are settled, in this or a neighbouring year."""
        settled = (self.commitments.fixed_by_forum, self.commitments.neighbours_by_forum)
        return any(one.get(forum) for one in settled)

    def _number(self, forum: str) -> int:
        """Return how many meetings of a forum there are, decided ones too."""
        fixed = self.commitments.fixed_by_forum.get(forum, ())
        return len(self.year.slots[forum]) + sum(one.live and not fills_slot(one) for one in fixed)

    def _hours(self, forum: str) -> Hours:
        time = self.year.context.forum(forum).time
        return Hours(forum, time.start, time.end)

    # --- words ---

    def _(self, message: str) -> str:
        return self._spoken.gettext(message)

    @cached_property
    def _spoken(self) -> NullTranslations:
        return translations(self.year.register.file.language)

    def _name(self, forum: str) -> str:
        return self.year.context.forum(forum).name

    def _day(self, day: date) -> str:
        return day_in_words(day, self.year.register.file.language, short=True)

    def _meetings(self, number: int) -> str:
        return self._spoken.ngettext("{n} meeting", "{n} meetings", number).format(n=number)

    def _times(self, number: int) -> str:
        return self._spoken.ngettext("{n} time", "{n} times", number).format(n=number)

    def _n_days(self, number: int) -> str:
        return self._spoken.ngettext("{n} day", "{n} days", number).format(n=number)

    def _open(self, forum: str, number: int) -> str:
        """Return a number of open days, by name where the forum has one weekday."""
        spoken = self._spoken
        weekdays = {day.weekday() for day in self._all_days(forum)}
        texts = (
            spoken.ngettext("{n} open Monday", "{n} open Mondays", number),
            spoken.ngettext("{n} open Tuesday", "{n} open Tuesdays", number),
            spoken.ngettext("{n} open Wednesday", "{n} open Wednesdays", number),
            spoken.ngettext("{n} open Thursday", "{n} open Thursdays", number),
            spoken.ngettext("{n} open Friday", "{n} open Fridays", number),
            spoken.ngettext("{n} open Saturday", "{n} open Saturdays", number),
            spoken.ngettext("{n} open Sunday", "{n} open Sundays", number),
        )
        text = texts[weekdays.pop()] if len(weekdays) == 1 and number > 1 else None
        return (text or spoken.ngettext("{n} open day", "{n} open days", number)).format(n=number)


def _room(days: Sequence[date], apart: int) -> int:
    """Return how many of some days in order can be chosen so far apart: the first that fits, always."""
    number, last = 0, date.min
    for day in days:
        if not number or (day - last).days >= apart:
            number, last = number + 1, day
    return number
