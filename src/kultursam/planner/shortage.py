"""The numbers that leave no plan, in words: how many meetings are asked for, and how many there is room for.

Everything is counted by the rules of an irreducible subset alone, so the numbers need no other rule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from gettext import NullTranslations
from itertools import combinations, product

from kultursam.dates.slots import Turn
from kultursam.forumfile.values import Cell
from kultursam.i18n import translations
from kultursam.planner.feasibility import most_meetings
from kultursam.planner.model import Commitments, pooled_dates, pools
from kultursam.presentation import day_in_words
from kultursam.rules import (
    fixed_dates,
    for_each,
    limits,
    max_spacing,
    prepared_by,
    rooms,
    shared_members,
    spacing,
    together_with,
)
from kultursam.rules.context import Candidate, EvaluatedYear, fills_slot
from kultursam.rules.max_spacing import MaxSpacing

MOST_NAMES = 3
"""Forums that are named in a sentence; of more, their number is told: the rules below it name them."""


@dataclass(frozen=True)
class Shortage:
    """Forums that leave each other no plan, under the rules that it takes and no others."""

    year: EvaluatedYear
    commitments: Commitments
    forums: Sequence[str]

    def sentence(self) -> str:
        """Return the numbers that leave no plan; nothing if there are none to tell."""
        each = map(self._of_one, self.forums)
        ways = (
            *each,
            self._of_links(),
            self._of_members(),
            self._of_rooms(),
            self._of_limits(),
            self._of_any(),
        )
        return next((text for several in ways for text in several), "")

    @cached_property
    def _open_days(self) -> dict[str, dict[int, list[date]]]:
        """By forum and the first slot of each of its windows: the days on which it may meet."""
        found: dict[str, dict[int, list[date]]] = {}
        for forum in self.forums:
            found[forum] = {pool[0]: [] for pool in pools(self.year, forum)}
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
        for pool in pools(self.year, forum):
            days, slot = self._open_days[forum][pool[0]], slots[pool[0]]
            if len(days) < len(pool):
                text = self._("{forum}: {meetings}, but {days}")
                if len(slots) > len(pool) or self.year.context.forum(forum).windows:
                    text = self._("{forum}: {meetings}, but {days} from {first} to {last}")
                yield text.format(
                    forum=name,
                    meetings=self._meetings(len(pool)),
                    days=self._open(forum, len(days), slot.turn),
                    first=self._day(slot.first),
                    last=self._day(slot.last),
                )
        days = sorted(self._all_days(forum))
        if (room := _room(days, apart)) < len(slots):
            text = self._("{forum}: {meetings}, but only {room} with {days} from one to the next")
            yield text.format(
                forum=name, meetings=self._meetings(len(slots)), room=room, days=self._n_days(apart)
            )
        longest = max_spacing.in_force(self.year, forum)
        must = longest and longest.strength == "must"
        if longest and must and (room := _chain(days, apart, longest)) < len(slots):
            text = self._("{forum}: {meetings}, but only {room} with {days} at most from one to the next")
            most, asked = self._n_days(longest.most), self._meetings(len(slots))
            yield text.format(forum=name, meetings=asked, room=room, days=most)
        for limit in fixed_dates.must_limits(self.year, forum):
            if not any(map(limit.allows, days)):
                text = self._("{forum}: no open day from {first} to {last}")
                if limit.relation.days.high is None:
                    up_to = self._("{forum}: no open day up to {last}")
                    text = up_to if limit.before else self._("{forum}: no open day from {first} on")
                yield text.format(forum=name, first=self._day(limit.first), last=self._day(limit.last))

    def _of_links(self) -> Iterator[str]:
        """Yield what a forum lacks of another that prepares it or that it meets together with."""
        for forum, link in together_with.must_links(self.year, self.forums):
            longest = max(self.year.context.forum(key).longest for key in (forum, link.forum))
            if link.forum not in self.forums or longest > 1:
                continue  # several meetings may lie on the days of one, each at its own hours
            args = {"forum": self._name(forum), "other": self._name(link.forum)}
            if self._exclude(forum, link.forum):
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
        yield from self._of_preparers()
        yield from self._of_leaders()

    def _of_leaders(self) -> Iterator[str]:
        """Yield how many of another forum's meetings there can be one for, where there must be for each."""
        for link in for_each.links(self.year):
            ours = link.leader in self.forums
            if (
                link.forum not in self.forums
                or self._fixed(link.forum)
                or (ours and self._fixed(link.leader))
            ):
                continue
            open_days = sorted(self._all_days(link.forum))
            if ours:
                days = sorted(self._all_days(link.leader))
                apart = spacing.must_days(self.year.context, link.leader)
                asked = len(self.year.slots[link.leader])
            else:
                settled = self.commitments.fixed_by_forum.get(link.leader, ())
                days, apart = sorted({meeting.date for meeting in settled if meeting.live}), 1
                days = [day for day in days if not for_each.is_over(self.year, link, day)]
                asked = len(days)
            room = _room([day for day in days if _within(open_days, *link.span(day))], apart)
            if room < asked:
                text = self._(
                    "{forum}: one for each of {meetings} of {other}, but {room} have an open day "
                    "{range} after"
                )
                if link.rule.is_before:
                    text = self._(
                        "{forum}: one for each of {meetings} of {other}, but {room} have an open day "
                        "{range} before"
                    )
                yield text.format(
                    forum=self._name(link.forum), other=self._name(link.leader),
                    meetings=self._meetings(asked), room=room,
                    range=self._("{days} days").format(days=link.rule.range),
                )  # fmt: skip

    def _of_preparers(self) -> Iterator[str]:
        """Yield how many meetings of a forum another can prepare, external ones too."""
        forums = self.year.register.forums
        external = [forum for forum, model in forums.items() if model.cadence.kind == "external"]
        for link in prepared_by.must_links(self.year, (*self.forums, *external)):
            if link.preparer not in self.forums or self._fixed(link.preparer):
                continue
            ours = link.forum in self.forums
            days = sorted(self._all_days(link.forum)) if ours else self._external_days(link)
            asked = len(self.year.slots[link.forum]) if ours else len(days)
            apart = spacing.must_days(self.year.context, link.forum) if ours else 1
            sources = sorted(self._all_days(link.preparer))
            # By each day that can be prepared: the days on which it can.
            choices = {day: found for day in days if (found := _within(sources, *link.lead.span(day)))}
            sentence = self._("{days} working days") if link.in_working_days else self._("{days} days")
            words = {
                "forum": self._name(link.forum),
                "other": self._name(link.preparer),
                "meetings": self._meetings(asked),
                "range": sentence.format(days=link.preparation.range),
            }
            if (room := _room([*choices], apart)) < asked:
                text = self._("{forum}: {meetings}, but {other} can prepare none of them {range} before")
                if room:
                    text = self._(
                        "{forum}: {meetings}, but {other} can prepare {room} of them, {range} before"
                    )
                yield text.format(**words, room=room)
            given = len(self.year.slots[link.preparer])
            if not ours and (needed := _fewest(choices.values())) > given:
                text = self._(
                    "{forum}: {meetings} to be prepared, {range} before; that takes {needed} of {other}, "
                    "which has {given}"
                )
                yield text.format(**words, needed=self._meetings(needed), given=given)

    def _external_days(self, link: prepared_by.Link) -> list[date]:
        """Return the days of an external forum that can still be prepared."""
        fixed = self.commitments.fixed_by_forum.get(link.forum, ())
        days = {meeting.date for meeting in fixed if meeting.live}
        return sorted(day for day in days if not prepared_by.is_too_late(self.year, link, day))

    def _of_members(self) -> Iterator[str]:
        """Yield how many days forums lack that can never meet on the same day."""
        pairs = combinations(self.forums, 2)
        exclude = (self._exclude(one, other) for one, other in pairs)
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

    def _of_rooms(self) -> Iterator[str]:
        """Yield how many days forums lack that can never meet in one room on the same day."""
        for room in self.year.register.file.rooms:
            forums = [forum for forum in self.forums if rooms.is_in(self.year, forum, room)]
            pairs = combinations(forums, 2)
            days = set().union(*map(self._all_days, forums))
            asked = sum(len(self.year.slots[forum]) for forum in forums)
            if (
                len(days) < asked
                and all(self._overlap(one, other) for one, other in pairs)
                and not any(map(self._fixed, forums))
            ):
                text = self._("{room}: {meetings} that need a day each, but {days} for them")
                name = self.year.register.file.rooms[room].name
                yield text.format(room=name, meetings=self._meetings(asked), days=self._n_days(len(days)))

    def _of_limits(self) -> Iterator[str]:
        """Yield how many meetings there are for which somebody has no room."""
        for limit in limits.in_force(self.year):
            forums = [forum for forum in self.forums if limit.counts(self.year.context, forum, None)]
            if limit.limit.strength != "must" or any(map(self._fixed, forums)):
                continue
            asked = sum(len(self.year.slots[forum]) for forum in forums)
            days = set().union(*map(self._all_days, forums))
            cells = len({limits.cell(limit.limit.per, day) for day in days})
            if asked > limit.limit.most * cells:
                text = {
                    "day": self._("{name}: {meetings}, but {most} a day at most, and {cells}"),
                    "week": self._("{name}: {meetings}, but {most} a week at most, and {cells}"),
                    "month": self._("{name}: {meetings}, but {most} a month at most, and {cells}"),
                }[limit.limit.per]
                yield text.format(
                    name=limit.limit.name,
                    meetings=self._meetings(asked),
                    most=limit.limit.most,
                    cells=self._open_cells(limit.limit.per, cells),
                )

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
                yield self._squeezed(forum, asked, room)

    def _squeezed(self, forum: str, asked: int, room: int) -> str:
        """Return how often a forum can meet while the others have all of their meetings."""
        others = [self._name(other) for other in self.forums if other != forum]
        text = self._("{forum} is to meet {times}, but no day is left for it")
        if others:
            text = self._(
                "{forum} is to meet {times}, but no day is left for it if {others} meet as often as asked"
            )
        if room:
            text = self._("{forum} is to meet {times}, but can meet only {room}")
        if room and others:
            text = self._(
                "{forum} is to meet {times}, but can meet only {room} if {others} meet as often as asked"
            )
        return text.format(
            forum=self._name(forum),
            times=self._times(asked),
            room=self._times(room),
            others=self._listed(others),
        )

    def _listed(self, names: Sequence[str]) -> str:
        """Return names in words; of many, how many they are."""
        if len(names) > MOST_NAMES:
            return self._("the other {n} forums").format(n=len(names))
        return ", ".join(names)

    def _fixed(self, forum: str) -> bool:
        """Return whether some meetings of a forum are settled, in this or a neighbouring year."""
        settled = (self.commitments.fixed_by_forum, self.commitments.neighbours_by_forum)
        return any(one.get(forum) for one in settled)

    def _number(self, forum: str) -> int:
        """Return how many meetings of a forum there are, decided ones too."""
        fixed = self.commitments.fixed_by_forum.get(forum, ())
        return len(self.year.slots[forum]) + sum(one.live and not fills_slot(one) for one in fixed)

    def _exclude(self, one: str, other: str) -> bool:
        """Return whether two forums can never meet on one day, whichever of their times they have then."""
        return self._alike(one, other) and all(
            shared_members.exclude(self.year, *both, always=True) for both in self._at_all_times(one, other)
        )

    def _overlap(self, one: str, other: str) -> bool:
        """Return whether two forums overlap whenever they meet on one day."""
        return self._alike(one, other) and all(
            self.year.context.overlap(*both) for both in self._at_all_times(one, other)
        )

    def _alike(self, one: str, other: str) -> bool:
        """Return whether the times of two forums are of one zone: else what overlaps depends on the day."""
        return self._zone(one) == self._zone(other)

    def _zone(self, forum: str) -> str:
        return self.year.context.forum(forum).timezone or self.year.register.file.timezone

    def _at_all_times(self, one: str, other: str) -> Iterator[tuple[Candidate, Candidate]]:
        """Yield meetings of two forums on one day, at each of the times that these have."""
        return product(self._at_each_time(one), self._at_each_time(other))

    def _at_each_time(self, forum: str) -> list[Candidate]:
        """Return meetings of a forum on a day that may be any, at each of its times."""
        context, meetings = self.year.context, []
        for model in context.forum(forum).every_said:
            meeting = Candidate(-1, forum, context.first, slot=None, fixed=False, **model.times)
            if meeting not in meetings:
                meetings.append(meeting)
        return meetings

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

    def _open_cells(self, per: Cell, number: int) -> str:
        spoken = self._spoken
        texts = {
            "day": spoken.ngettext("{n} open day", "{n} open days", number),
            "week": spoken.ngettext("{n} open week", "{n} open weeks", number),
            "month": spoken.ngettext("{n} open month", "{n} open months", number),
        }
        return texts[per].format(n=number)

    def _open(self, forum: str, number: int, turn: Turn | None) -> str:
        """Return a number of open days, by name where the forum has one weekday, or it is the turn of one."""
        spoken = self._spoken
        weekdays = {turn.weekday} if turn else {day.weekday() for day in self._all_days(forum)}
        texts = (
            spoken.ngettext("{n} open Monday", "{n} open Mondays", number),
            spoken.ngettext("{n} open Tuesday", "{n} open Tuesdays", number),
            spoken.ngettext("{n} open Wednesday", "{n} open Wednesdays", number),
            spoken.ngettext("{n} open Thursday", "{n} open Thursdays", number),
            spoken.ngettext("{n} open Friday", "{n} open Fridays", number),
            spoken.ngettext("{n} open Saturday", "{n} open Saturdays", number),
            spoken.ngettext("{n} open Sunday", "{n} open Sundays", number),
        )
        text = texts[weekdays.pop()] if len(weekdays) == 1 and (turn or number > 1) else None
        return (text or spoken.ngettext("{n} open day", "{n} open days", number)).format(n=number)


def _within(days: Sequence[date], first: date, last: date) -> Sequence[date]:
    """Return those of some days in order that lie between two days."""
    return days[bisect_left(days, first) : bisect_right(days, last)]


def _fewest(choices: Iterable[Sequence[date]]) -> int:
    """Return how many days it takes to have one of each choice: the last of the first to end, always."""
    number, last = 0, date.min
    for days in sorted(choices, key=lambda days: days[-1]):
        if days[0] > last:
            number, last = number + 1, days[-1]
    return number


def _chain(days: Sequence[date], apart: int, longest: MaxSpacing) -> int:
    """Return how many of some days in order follow on each other, so far apart and no farther, at most."""
    numbers: list[int] = []
    for place, day in enumerate(days):
        before = (
            number
            for earlier, number in zip(days[:place], numbers, strict=True)
            if (day - earlier).days >= apart and longest.days(earlier, day) <= longest.most
        )
        numbers.append(1 + max(before, default=0))
    return max(numbers, default=0)


def _room(days: Sequence[date], apart: int) -> int:
    """Return how many of some days in order can be chosen so far apart: the first that fits, always."""
    number, last = 0, date.min
    for day in days:
        if not number or (day - last).days >= apart:
            number, last = number + 1, day
    return number
