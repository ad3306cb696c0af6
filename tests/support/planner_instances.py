"""Small forum files with records, few enough plans each that all of them can be tried."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from itertools import filterfalse
from typing import TYPE_CHECKING, Any, TypeVar

import evaluator
import yaml
from hypothesis import strategies as st

from kultursam.dates.wishes import Wish
from kultursam.forumfile import yaml_source
from kultursam.forumfile.register import read_register
from kultursam.forumfile.values import time_span
from kultursam.planner.model import Commitments
from kultursam.plans.model import Meeting, Origin, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kultursam.forumfile.register import Register

    Dates = dict[str, list[date]]
    Keys = dict[str, Any]

T = TypeVar("T")
ORGANISATIONS = ("a", "b", "c", "d")
ANCHORS = ("01-08", "02-12", "03-10", "04-08", "04-28", "06-04", "06-17", "10-27", "12-12", "12-28")
TIMES = ("09:00-12:00", "13:00-15:00", "12:15-14:00", "08:00-09:00", "11:30-12:30")
WEEKDAYS = ("mon", "tue", "onsdag", "thu", "fri")
CODES = ("MO", "TU", "WE", "TH", "FR")
SATURDAY = 5
WORKING = ("Trettondedag jul", "Långfredagen", "Första maj", "2025-06-06", "Annandag påsk")
STRENGTHS = ("should", "prefer", "must")
RANGES = ("0-3", "1-4", "2", "3-10", "5-9", "7-14", "1-20", "10-30")
SHARES = {1: ([1],), 2: ([2], [1, 1]), 3: ([3], [1, 2], [2, 1])}
RULES = (
    "FREQ=MONTHLY;BYMONTH={month};BYDAY=1MO,2MO",
    "FREQ=YEARLY;BYWEEKNO={week};BYDAY=TU,FR",
    "FREQ=WEEKLY;BYMONTH={month};BYDAY=WE",
    "FREQ=WEEKLY;INTERVAL=2;BYMONTH={month};BYDAY=TH",
    "FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}",
)
"""Recurrence rules that name few days near each other, but for the last."""
RHYTHMS = ("weekly", "every other week", "varannan vecka", "monthly", "twice a month", "quarterly")
WRITTEN = datetime(2024, 1, 1, tzinfo=UTC)
TOWNS = """
name: Towns
language: en
timezone: Europe/Stockholm
domain: towns.example
calendar: {country: SE}
organisations: {%s}
defaults: {weekdays: [tue, thu, wed], time: "09:00-12:00"}
forums:
"""
TOWN = """
  board-{town}:
    name: Board {town}
    cadence: {number} times a year
    members: [{{role: chair, from: [{town}]}}]
  staff-{town}:
    name: Staff {town}
    cadence: {number} times a year
    members: [{{role: chair, from: [{town}]}}]
    prepared_by: {{forum: board-{town}, days_before: 7-21}}
"""


@dataclass(frozen=True)
class Instance:
    """A forum file, a year, and what is decided already. Dates are by forum."""

    text: str
    year: int
    added: Dates = field(default_factory=dict)
    neighbours: Dates = field(default_factory=dict)
    confirmed: Dates = field(default_factory=dict)
    cancelled: Dates = field(default_factory=dict)
    proposed: Dates = field(default_factory=dict)
    not_before: dict[str, date] = field(default_factory=dict)

    @cached_property
    def world(self) -> evaluator.World:
        """The file as the evaluator reads it."""
        return evaluator.load(self.text)

    @property
    def record(self) -> evaluator.Record:
        """What is decided of forums with slots, for the evaluator."""
        return evaluator.Record(self.confirmed, self.cancelled, self.proposed, self.not_before)

    def given(self) -> Commitments:
        """Return what is decided, external dates of the file too, for the planner."""
        world, year = self.world, self.year
        external = {name: forum.external for name, forum in world.forums.items()}
        inside = partial(evaluator.in_year, world, year)
        ours = {name: [*filter(inside, days)] for name, days in external.items()}
        beside = {name: [*filterfalse(inside, days)] for name, days in external.items()}
        confirmed = Status.CONFIRMED
        return Commitments(
            fixed=(
                *_meetings(world, ours, "x", origin=Origin.EXTERNAL, status=confirmed),
                *_meetings(world, self.added, "added", origin=Origin.ADDED, decided=True),
                *_meetings(world, self.confirmed, "c", status=confirmed, decided=True),
                *_meetings(world, self.cancelled, "n", status=Status.CANCELLED, decided=True),
            ),
            neighbours=(
                *_meetings(world, beside, "y", origin=Origin.EXTERNAL, status=confirmed),
                *_meetings(world, self.neighbours, "z"),
            ),
            movable=tuple(_meetings(world, self.proposed, "p")),
            not_before=self.not_before,
        )


def _meetings(world: evaluator.World, dates: Dates, mark: str, **keys: Any) -> Iterator[Meeting]:  # noqa: ANN401
    for name, days in dates.items():
        for number, day in enumerate(days, start=1):
            it = evaluator.keys_on(world.forums[name], day)
            span, last = time_span(it["time"]), it.get("last_day")
            times: dict[str, Any] = {"start": span.start, "end": span.end, "days": int(it.get("days", 1))}
            times |= {"last_day": time_span(last) if last else None, "timezone": it.get("timezone")}
            yield Meeting(
                id=f"{name}-{mark}{number}", forum=name, number=number, date=day, **times,
                place=evaluator.room_on(world, name, day),
                modified=WRITTEN, created=WRITTEN, **keys,
            )  # fmt: skip


def register_of(text: str) -> Register:
    """Read a forum file that must be without fault."""
    read, problems = yaml_source.parse(text.encode(), "forums.yaml")
    assert read, problems
    register, problems = read_register(read)
    assert register, problems
    return register


def towns(*numbers: int) -> str:
    """Return a forum file of towns that have nothing to do with each other, of two forums each."""
    names = [f"t{place}" for place, _ in enumerate(numbers)]
    head = TOWNS % ", ".join(f"{name}: {{name: Town {name}}}" for name in names)
    return head + "".join(
        TOWN.format(town=name, number=number) for name, number in zip(names, numbers, strict=True)
    )


# --- forum files ---


class Dice:
    """What chance decides. A program may put others in their place."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Let hypothesis throw."""
        self._draw = draw

    def number(self, first: int, last: int) -> int:
        """Return a number from first to last."""
        return self._draw(st.integers(first, last))

    def one(self, pool: Sequence[T]) -> T:
        """Return one of a pool."""
        return pool[self.number(0, len(pool) - 1)]

    def some(self, pool: Iterable[T], first: int, last: int) -> list[T]:
        """Return from first to last of a pool, in any order."""
        rest = list(pool)
        return [
            rest.pop(self.number(0, len(rest) - 1)) for _ in range(min(self.number(first, last), len(rest)))
        ]

    def often(self, chance: int) -> bool:
        """Return whether something of so many in a hundred holds; the simplest is that it does not."""
        return self.number(0, 99) >= 100 - chance

    def near(self, day: date, first: int, last: int) -> date:
        """Return a day so many days from another."""
        return day + timedelta(days=self.number(first, last))


@dataclass
class _Maker:
    """Makes a forum file for a year, with meetings near one day."""

    dice: Dice
    year: int
    anchor: date
    forums: dict[str, Keys] = field(default_factory=dict)
    starts: dict[str, date] = field(default_factory=dict)
    """Where the meetings of each forum begin."""

    def text(self) -> str:
        """Make the file."""
        dice = self.dice
        names = [f"f{number}" for number in range(dice.one((3, 2, 1, 4)))]
        for name in names:
            self.starts[name] = dice.near(self.anchor, -4, 14)
            self.forums[name] = self._forum(name)
        self._let_meet_together()
        tree: Keys = {
            "name": "Small",
            "timezone": "Europe/Stockholm",
            "domain": "small.example",
            "organisations": {name: self._organisation(name) for name in ORGANISATIONS},
            "groups": {"some": ["a", "more"], "more": ["b", "c"]},
            "dates": {
                "here": {"name": "Here", "on": _month_day(dice.near(self.anchor, -3, 15))},
                "there": {"name": "There", "on": str(dice.near(self.anchor, -3, 15))},
            },
        }
        if dice.often(75):
            tree["calendar"] = self._calendar(names)
            for organisation in tree["organisations"].values():
                if dice.often(12):
                    organisation["country"] = dice.one(("FI", "SA", "GB-SCT", "EE"))
        if dice.often(20):
            tree["buffer_minutes"] = dice.one(("0", "60"))
        if dice.often(40):
            tree["rooms"] = self._rooms()
        if dice.often(35):
            tree["limits"] = [self._limit(names) for _ in range(dice.number(1, 2))]
        tree["forums"] = {name: self.forums[name] for name in dice.some(names, 4, 4)}
        return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)

    def _let_meet_together(self) -> None:
        """Leave forums that meet together the times that were chosen to suit each other."""
        for keys in self.forums.values():
            if "together_with" in keys:
                for one in (keys, self.forums[keys["together_with"]["forum"]]):
                    one.pop("changes", None)
                    for window in one.get("windows", ()):
                        window.pop("time", None)
                        window.pop("last_day", None)

    def _rooms(self) -> Keys:
        """Make rooms, in which the forums meet."""
        dice, rooms = self.dice, {"hall": {"name": "The hall"}, "cellar": {"name": "The cellar"}}
        places = ({"room": "hall"}, {"room": "hall"}, {"room": "cellar"}, {"place": "The hall"})
        elsewhere = {"place": "Elsewhere"}
        for forum in self.forums.values():
            forum.update(dice.one(places))
            for window in forum.get("windows", ()):
                window.update(dice.one((elsewhere, *places)) if dice.often(25) else {})
            for change in forum.get("changes", ()):
                change.update(dice.one((elsewhere, places[-1])) if dice.often(25) else {})
        return rooms

    def _calendar(self, names: list[str]) -> Keys:
        dice = self.dice
        found: Keys = {"country": dice.one(("SE", "SE", "GB-ENG"))}
        for key in ("public_holidays", "de_facto_holidays", "half_days", "squeeze_days"):
            if dice.often(30):
                found[key] = dice.one(STRENGTHS)
        if dice.often(30):
            half = found.get("half_days", "should")
            found["half_days"] = {"strength": half, "from": dice.one(("12:00", "14:00"))}
        if dice.often(15):
            found["weekend"] = dice.one((["sun"], ["lör", "sön"], ["sat"]))
        if dice.often(15):
            found["working"] = dice.some(WORKING, 1, 3)
        found["periods"] = [self._period(names) for _ in range(dice.number(0, 3))]
        return found

    def _organisation(self, name: str) -> Keys:
        """Make an organisation, which may join or leave while forums meet."""
        dice, keys = self.dice, {"name": name.upper()}
        if not dice.often(12):
            return keys
        first, last = dice.near(self.anchor, -6, 14), dice.near(self.anchor, 14, 60)
        life = dice.one(({"from": str(first)}, {"to": str(first)}, {"from": str(first), "to": str(last)}))
        return keys | {"active": life}

    def _forum(self, name: str) -> Keys:
        keys = self._of_an_hour(name)
        if "together_with" in keys:
            keys |= self._days(keys) if self.dice.often(25) else {}
        else:
            keys |= self._times(keys)
        if "windows" not in keys and "year" not in keys.get("cadence", "") and self.dice.often(20):
            keys["windows"] = self._windows(self.dice.near(self.starts[name], -3, 3), 2)
            for window in keys["windows"]:
                window.pop("meetings", None)
        self._say_otherwise(keys)
        return keys

    def _say_otherwise(self, keys: Keys) -> None:
        """Let some of a forum's meetings have other times, days or weekdays, perhaps."""
        dice, has_last_day = self.dice, "last_day" in keys
        mixes = keys["time"] == "all day" or has_last_day
        for window in keys.get("windows", ()):
            if not dice.often(30):
                continue
            if dice.often(60):
                window["time"] = dice.one(TIMES if mixes else (*TIMES, "22:00-01:00"))
            if dice.often(30):
                listed = dice.one((["tue", "wed", "fri"], ["fri", "lör"], ["thu", "mon", "fri"]))
                window["weekdays"] = {"rotate": listed} if dice.often(30) else listed
            numbers = set(evaluator._weekdays(window.get("weekdays", keys.get("weekdays", []))))
            in_a_row = not numbers or any((number + 1) % 7 in numbers for number in numbers)
            if "days" in keys and not in_a_row:
                window["days"] = "1"
            elif in_a_row and window["from"] != window["to"] and dice.often(40):
                window["days"] = dice.one(("2", "1"))
                if window["days"] == "2" and not mixes and dice.often(50):
                    window["last_day"] = dice.one(TIMES)
        for _ in range(dice.number(1, 2) if dice.often(12) else 0):
            begins = str(dice.near(self.anchor, -3, 12))
            if all(change["from"] != begins for change in keys.get("changes", ())):
                keys.setdefault("changes", []).append({"from": begins, "time": dice.one(TIMES)})

    def _times(self, keys: Keys) -> Keys:
        """Let a forum meet on several days, whole days, over midnight or in another zone, perhaps."""
        dice = self.dice
        if not dice.often(25):
            return {}
        found: Keys = {}
        if dice.often(50):
            found["time"] = dice.one(("all day", "22:00-01:00", "23:00-09:00", "15:00-00:00"))
        found |= self._days(keys)
        time = found.get("time", "")
        if found.get("days") == "2" and time != "all day" and dice.often(50):
            found["last_day"] = dice.one(TIMES)
        if time != "all day" and dice.often(30):
            found["timezone"] = dice.one(("America/New_York", "Asia/Tokyo"))
        return found

    def _days(self, keys: Keys) -> Keys:
        """Let a forum meet on two days, perhaps, where its weekdays and windows have room for that."""
        numbers = set(evaluator._weekdays(keys.get("weekdays", [])))
        in_a_row = not numbers or any((number + 1) % 7 in numbers for number in numbers)
        if in_a_row and all(window["from"] != window["to"] for window in keys.get("windows", ())):
            return {"days": self.dice.one(("2", "2", "1"))}
        return {}

    def _of_an_hour(self, name: str) -> Keys:
        dice, role = self.dice, self.dice.one((name, "chief", "clerk"))
        keys: Keys = {"name": name.upper(), "time": dice.one(TIMES)}
        keys["members"] = self._members(role)
        if dice.often(10):
            keys["buffer_minutes"] = dice.one(("0", "15", "45", "120"))
        kind = dice.one(("number",) * 8 + ("named", "named", "rhythm", "external", "as needed"))
        leaders = [other for other, keys in self.forums.items() if keys.get("cadence") != "as needed"]
        if leaders and dice.often(15):
            return keys | self._with_longest(self._follower(name, dice.one(leaders)))
        if kind == "external":
            keys["dates"] = sorted(
                {str(dice.near(self.starts[name], -9, 12)) for _ in range(dice.number(0, 3))}
            )
            links = self._links(name) if dice.often(50) else {}
            keys |= {key: links[key] for key in ("prepared_by", "apart") if key in links}
        if kind in {"external", "as needed"}:
            return keys | {"cadence": kind}
        keys |= self._links(name)
        make = {"named": self._named, "rhythm": self._rhythm, "number": self._number}[kind]
        keys |= self._with_longest(make(self.starts[name]))
        if kind != "named" and "weekdays" in keys and dice.often(40):
            keys["weekdays"] = {"rotate": keys["weekdays"]}
        if dice.often(12):
            keys["otherwise"] = dice.some((*WEEKDAYS, "lör"), 1, 2)
        for key in ("before", "after"):
            if dice.often(12):
                rule = {"date": dice.one(("here", "there")), "days": self._distance()}
                keys[key] = [rule | {"strength": dice.one(STRENGTHS)}]
        if dice.often(4):
            keys["active"] = dice.one(({"from": "2024-01-01"}, {"to": "2033-12-31"}, {"to": "2023-12-31"}))
        return keys

    def _members(self, role: str) -> list[Keys]:
        dice = self.dice
        found: list[Keys] = [{"role": role, "from": dice.some(ORGANISATIONS, 1, 3)}]
        if dice.often(15):
            found.append({"role": "chief", "from": ["some"]})
        for entry in found:
            if dice.often(25):
                entry["optional"] = "true"
        return found

    def _with_longest(self, keys: Keys) -> Keys:
        """Return keys with a longest spacing, perhaps."""
        dice = self.dice
        if dice.often(30):
            spacing = keys.setdefault("spacing", {})
            least = int(spacing.get("min_days", 0))
            spacing["max_days"] = str(max(least, dice.one((8, 5, 12, 3, 30, 100))))
            if "strength" not in spacing and dice.often(60):
                spacing["strength"] = dice.one(STRENGTHS)
        return keys

    def _distance(self) -> str:
        least = self.dice.number(0, 9)
        return f"{least}-{least + self.dice.number(0, 6)}" if self.dice.often(50) else str(least)

    def _links(self, name: str) -> Keys:
        """Bind a forum to others, and let it begin where that can be kept."""
        dice = self.dice
        found: Keys = {}
        others = [other for other, keys in self.forums.items() if keys.get("cadence") != "as needed"]
        plain = [other for other in others if "timezone" not in self.forums[other]]
        plain = [other for other in plain if self.forums[other]["time"] in TIMES]
        if plain and dice.often(20):
            other = dice.one(plain)
            apart = [time for time in TIMES if not _overlap(time, self.forums[other]["time"])]
            found |= {
                "together_with": {"forum": other, "strength": dice.one(STRENGTHS)},
                "time": dice.one(apart),
            }
            self.starts[name] = self.starts[other]
        if others and dice.often(45):
            first = self._preparation(others)
            found["prepared_by"] = first if dice.often(70) else [first, self._preparation(others)]
            if "together_with" not in found or dice.often(50):
                low, high = (int(first["days_before"].split("-")[end]) for end in (0, -1))
                self.starts[name] = dice.near(
                    self.starts[first["forum"]], (low + high) // 2 - 3, (low + high) // 2 + 3
                )
            for rule in found["prepared_by"] if isinstance(found["prepared_by"], list) else [first]:
                if dice.often(25):
                    rule["working_days_before"] = rule.pop("days_before")
        if others and dice.often(25):
            found["apart"] = [self._apart(others) for _ in range(dice.number(1, 2))]
        return found

    def _named(self, start: date) -> Keys:
        dice, week = self.dice, start.isocalendar().week
        rule = dice.one(RULES).format(month=start.month, day=start.day, week=week)
        weekdays = dice.some(WEEKDAYS, 1, 2) if dice.often(50) else []
        # A list without the weekday that is named is refused.
        named = [day for day, code in zip(WEEKDAYS, CODES, strict=True) if re.search(f"BYDAY=.*{code}", rule)]
        found: Keys = {"weekdays": [*dict.fromkeys((*weekdays, *named))]} if weekdays else {}
        if dice.often(40):
            found["when_closed"] = dice.one(("skip", "move", "restart"))
        if "INTERVAL" in rule and dice.often(50):
            # A Thursday of the month, in this year or the one before.
            first = date(self.year - dice.number(0, 1), start.month, 1)
            begun = first + timedelta(days=(3 - first.weekday()) % 7 + 7 * dice.number(0, 1))
            found["starting"] = str(begun)
        near = [start + timedelta(days=number) for number in range(12)]
        working = [day for day in near if day.year == self.year and day.weekday() < SATURDAY]
        working = [
            day for day in working if "weekdays" not in found or WEEKDAYS[day.weekday()] in found["weekdays"]
        ]
        if working and dice.often(25):
            found["except"] = sorted({str(dice.one(working))})
        of = [day for day in working if str(day) not in found.get("except", ())]
        if of and dice.often(25):
            found["instead"] = [{"of": str(dice.one(of)), "on": str(dice.one(working))}]
        return {"cadence": f"RRULE:{rule}", **found}

    def _rhythm(self, start: date) -> Keys:
        """Make a rhythm with windows so narrow that few plans fit them."""
        dice = self.dice
        weekdays = {"weekdays": dice.some(WEEKDAYS, 1, 4)} if dice.often(50) else {}
        windows = self._windows(start, dice.one((1, 2)))
        for window in windows:
            window.pop("meetings", None)
        return {"cadence": dice.one(RHYTHMS), "windows": windows, **weekdays}

    def _apart(self, others: Sequence[str]) -> Keys:
        dice = self.dice
        found = {"forum": dice.one(others), "strength": dice.one(STRENGTHS)}
        found |= (
            {"days": dice.one(("2", "3", "6", "9"))} if dice.often(60) else {"weeks": dice.one(("1", "2"))}
        )
        return found | ({"side": dice.one(("before", "after"))} if dice.often(40) else {})

    def _preparation(self, others: Sequence[str]) -> Keys:
        dice, days = self.dice, self.dice.one(RANGES)
        found = {"forum": dice.one(others), "days_before": days, "strength": dice.one(STRENGTHS)}
        if dice.often(25):
            found["best"] = str(dice.number(*(int(days.split("-")[end]) for end in (0, -1))))
        return found

    def _follower(self, name: str, leader: str) -> Keys:
        """Let a forum meet for each meeting of another."""
        dice, key = self.dice, self.dice.one(("days_before", "days_after"))
        keys: Keys = {"for_each": {"forum": leader, key: dice.one(("0", "1", "2", "1-3", "2-6", "0-4"))}}
        if dice.often(40):
            keys["weekdays"] = dice.some(WEEKDAYS, 2, 4)
        self.starts[name] = self.starts[leader]
        return keys

    def _number(self, start: date) -> Keys:
        """Make a number of meetings, and windows so narrow that few plans fit them."""
        dice, number = self.dice, self.dice.one((1, 1, 2, 2, 3))
        found: Keys = {"cadence": ("once a year", "twice a year", "3 times a year")[number - 1]}
        if dice.often(50):
            found["weekdays"] = dice.some((*WEEKDAYS, "lördag"), number, 5)
        if number > 1 or dice.often(96) or len(found.get("weekdays", WEEKDAYS)) > 1:
            found["windows"] = self._windows(start, number)
        if number > 1 and dice.often(90):
            found["spacing"] = {"min_days": dice.one(("1", "1", "2", "3"))}
            if dice.often(12):
                days, strength = dice.one(("2", "3", "5", "8", "30")), dice.one(("should", "prefer"))
                found["spacing"] = {"min_days": days, "strength": strength}
        return found

    def _windows(self, start: date, number: int) -> list[Keys]:
        dice, share, found = self.dice, self.dice.one(SHARES[number]), []
        says_number = len(set(share)) > 1 or dice.often(10)
        says_year = start.year == self.year and dice.often(15)
        for meetings in share:
            end = dice.near(start, *{1: (4, 13), 2: (4, 9), 3: (6, 9)}[number])
            write = str if says_year and end.year == self.year else _month_day
            window = {"from": write(start), "to": write(end)}
            found.append(window | ({"meetings": str(meetings)} if says_number else {}))
            start = end + timedelta(days=dice.one((2, 3, 6, 20, 95, 120)))
        return found

    def _limit(self, names: list[str]) -> Keys:
        dice = self.dice
        key, pool = dice.one(
            (
                ("organisations", (*ORGANISATIONS, "some")),
                ("forums", tuple(names)),
                ("roles", ("chief", "clerk")),
            )
        )
        found: Keys = {"name": "Staff", key: dice.some(pool, 1, 3), "per": dice.one(("week", "day", "month"))}
        if dice.often(40):
            found["most"] = dice.one(("2", "1", "3"))
        return found | ({"strength": dice.one(STRENGTHS)} if dice.often(80) else {})

    def _period(self, names: list[str]) -> Keys:
        dice, first = self.dice, self.dice.near(self.anchor, -10, 20)
        last = dice.near(first, 0, 6)
        found: Keys = {"name": f"Away {first}", "strength": dice.one(STRENGTHS)}
        way = dice.one(("days", "year", "weeks", "easter"))
        if way == "weeks":
            one, other = (day.isocalendar().week for day in (first, last))
            found["weeks"] = f"{one}-{other}" if dice.often(50) else f"{one}"
        elif way == "easter":
            low = dice.number(-9, 9)
            found["easter"] = [str(low), str(low + dice.number(0, 5))]
        else:
            write = str if way == "year" else _month_day
            found |= {"from": write(first), "to": write(last)}
        for key, pool, chance in (
            ("days", (*WEEKDAYS, "sat"), 20),
            ("for", (*ORGANISATIONS, "some"), 40),
            ("for_roles", ("chief", "clerk"), 20),
            ("for_forums", tuple(names), 25),
        ):
            if dice.often(chance):
                found[key] = dice.some(pool, 1, 2)
        return found


def _month_day(day: date) -> str:
    return f"{day:%m-%d}"


def _overlap(one: str, other: str) -> bool:
    (start, end), (other_start, other_end) = one.split("-"), other.split("-")
    return start < other_end and other_start < end


# --- what is decided ---


def make_first(dice: Dice) -> Instance:
    """Make a year of which nothing is decided."""
    year = dice.number(2024, 2032)
    return Instance(_Maker(dice, year, date.fromisoformat(f"{year}-{dice.one(ANCHORS)}")).text(), year)


def make_asked(dice: Dice) -> Instance:
    """Make a year of whose dates organisations were asked; the name of each poll tells what they answered."""
    found = make_first(dice)
    tree = yaml.load(found.text, Loader=yaml.BaseLoader)  # noqa: S506  BaseLoader makes only text
    for name, forum in found.world.forums.items():
        places = evaluator.slots(found.world, name, found.year)
        days = sorted(
            {day for place in places for day in evaluator._candidates(found.world, forum, place, None)}
        )
        if days and dice.often(80):
            answers = {
                f"{dice.one(days)}_{dice.one(ORGANISATIONS)}_{dice.one(('no', 'maybe'))}"
                for _ in range(dice.number(1, 6))
            }
            tree["forums"][name]["wishes"] = [{"file": "+".join(sorted(answers))}]
    return replace(found, text=yaml.safe_dump(tree, sort_keys=False, allow_unicode=True))


def wishes_of(register: Register) -> dict[str, tuple[Wish, ...]]:
    """Return the answers that the names of a forum file's polls tell."""
    names = [poll.file for forum in register.forums.values() for poll in forum.wishes]
    return {name: tuple(Wish(*answer) for answer in evaluator.answers_in(name)) for name in names}


def make_later(dice: Dice) -> Instance:
    """Make a year of which something is decided."""
    found = make_first(dice)
    for name, forum in found.world.forums.items():
        places = evaluator.slots(found.world, name, found.year)
        days = [evaluator._candidates(found.world, forum, place, None) for place in places]
        if any(days):
            _decide(dice, found, forum, days)
        elif forum.keys["cadence"] == "as needed" and "for_each" not in forum.keys:
            near = date.fromisoformat(found.world.keys["dates"]["there"]["on"])
            found.added[name] = sorted({dice.near(near, -15, 20) for _ in range(dice.number(0, 2))})
    return found


def _decide(dice: Dice, found: Instance, forum: evaluator.Forum, days: list[list[date]]) -> None:
    """Decide something of a forum whose slots may lie on some days."""
    name, every = forum.id, sorted({day for several in days for day in several})
    binding = {"before", "after", "prepared_by", "together_with", "apart"}
    spacing = forum.keys.get("spacing", {})
    near = "max_days" in spacing and spacing.get("strength") == "must"
    if not forum.keys.keys() & binding and not near and dice.often(15):
        found.added[name] = [dice.one(every)]
    if dice.often(25):
        gap = timedelta(days=dice.one((1, 2, 3, 6, 10, 31, 91, 181)))
        both = [every[0] - gap, every[-1] + gap]
        found.neighbours[name] = dice.one((both[:1], both[1:], both))
    taken: list[date] = []
    for several in days:
        rest = [day for day in several if not taken or day > taken[-1]]
        if rest and dice.often(25 if len(days) == 1 else 40):
            taken.append(dice.one(rest))
    for day in taken:
        decided = found.cancelled if dice.often(35) else found.confirmed
        decided.setdefault(name, []).append(day)
    if dice.often(50):
        old = [*every, *(every[0] + timedelta(days=number) for number in range(-2, 9))]
        found.proposed[name] = sorted(set(dice.some(old, 1, len(days))))
    if dice.often(12):
        found.not_before[name] = dice.one(every)


def make_dense(dice: Dice) -> Instance:
    """Make two weeks of March into which one forum, or two of which one prepares the other, hardly fit."""
    first = date(2025, 3, 3)
    forums: dict[str, Keys] = {}
    found = Instance("", 2025)
    for name in dice.one((("f", "g"), ("f", "g"), ("f",))):
        number, length = dice.one((3, 2, 1)), dice.one((11, 9, 8))
        days = [first + timedelta(days=place) for place in range(-4, length + 4)]
        forums[name] = {
            "name": name,
            "time": dice.one(("09:00-12:00", "13:00-15:00")),
            "cadence": ("once a year", "twice a year", "3 times a year")[number - 1],
            "windows": [{"from": _month_day(first), "to": _month_day(first + timedelta(days=length))}],
        }
        if number > 1 or dice.often(50):
            least, strength = dice.one(("2", "3", "1", "4", "5")), dice.one((*STRENGTHS, "must"))
            forums[name]["spacing"] = {"min_days": least, "strength": strength}
            if dice.often(40):
                forums[name]["spacing"]["max_days"] = str(max(int(least), dice.one((4, 6, 3))))
        forums[name]["members"] = [{"role": name, "from": dice.some(ORGANISATIONS[:2], 1, 2)}]
        spacing = forums[name].get("spacing", {})
        near = "max_days" in spacing and spacing["strength"] == "must"
        if name == "f" and not near and dice.often(50):
            found.added[name] = sorted(dice.some(days, 1, 3))
        inside = dice.some(days[4:-4], number, number)
        if number > 1 and dice.often(50):
            found.confirmed[name] = sorted(inside[dice.number(1, 2) :])
        if dice.often(25):
            found.cancelled[name] = inside[:1]
        if name not in found.added and dice.often(40):
            rule = {"date": "here", "days": str(dice.number(0, 3)), "strength": dice.one(STRENGTHS)}
            forums[name][dice.one(("before", "after"))] = [rule]
    if "g" in forums:
        link = {"forum": "f", "days_before": dice.one(("1-8", "0-3", "2", "2-12", "3-10"))}
        forums["g"]["prepared_by"] = link | {"strength": dice.one(STRENGTHS)}
        forums["g"]["windows"] = [{"from": "03-04", "to": "03-18"}]
        if dice.often(35):
            apart = {"forum": "f", "days": dice.one(("2", "3", "5")), "strength": dice.one(STRENGTHS)}
            forums["g"]["apart"] = [
                apart | ({"side": dice.one(("before", "after"))} if dice.often(50) else {})
            ]
    tree: Keys = {
        "name": "Dense",
        "timezone": "Europe/Stockholm",
        "domain": "dense.example",
        "organisations": {name: {"name": name.upper()} for name in ORGANISATIONS},
        "dates": {"here": {"name": "Here", "on": str(dice.near(first, 1, 9))}},
        "calendar": {"country": "SE", "periods": [_away(dice, first) for _ in range(dice.number(0, 2))]},
        "forums": dict(sorted(forums.items(), reverse=dice.often(50))),
    }
    return replace(found, text=yaml.safe_dump(tree, sort_keys=False))


def _away(dice: Dice, first: date) -> Keys:
    start = dice.near(first, 0, 9)
    end = dice.near(start, 0, 3)
    return {"name": f"Away {start}", "from": str(start), "to": str(end), "strength": dice.one(STRENGTHS)}


def dense_plans() -> st.SearchStrategy[Instance]:
    """Draw two weeks of which much is decided, and where few dates are good."""
    return st.composite(lambda draw: make_dense(Dice(draw)))()


def first_plans() -> st.SearchStrategy[Instance]:
    """Draw years of which nothing is decided."""
    return st.composite(lambda draw: make_first(Dice(draw)))()


def asked_plans() -> st.SearchStrategy[Instance]:
    """Draw years of whose dates organisations were asked."""
    return st.composite(lambda draw: make_asked(Dice(draw)))()


def later_plans() -> st.SearchStrategy[Instance]:
    """Draw years of which something is decided."""
    return st.composite(lambda draw: make_later(Dice(draw)))()
