"""What is valid by itself but does not fit the rest of the forum file."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise, product
from operator import attrgetter

from kultursam.forumfile.cadence import NamedDays
from kultursam.forumfile.errors import mapping_at
from kultursam.forumfile.keys import listed, rotation
from kultursam.forumfile.meeting_models import DeadlineRule, Window
from kultursam.forumfile.models import Forum, ForumFile, calendars_of_others, planned_number, share
from kultursam.forumfile.planning_year import PlanningYear
from kultursam.forumfile.recurrence_rules import interval, may_name_between, near_days, weekdays_of
from kultursam.forumfile.values import MINUTES_A_DAY, DayOfYear, TimeSpan, folded
from kultursam.forumfile.weekends import working_days
from kultursam.forumfile.yaml_source import Tree, Where
from kultursam.i18n import N_, Message

A_WEEKDAY = (
    Message("a Monday"),
    Message("a Tuesday"),
    Message("a Wednesday"),
    Message("a Thursday"),
    Message("a Friday"),
    Message("a Saturday"),
    Message("a Sunday"),
)
TRIAL_YEARS = 2024, 2025
"""In which windows are looked at: a leap year, and one that is none."""
OWN_MEETINGS = Message("a forum keeps its own meetings apart with the key spacing")


def check_references(file: ForumFile, tree: Tree) -> Iterator[tuple[Message, Where]]:
    """Yield each problem with its place; the tree is the file as written, without what is inherited."""
    yield from _check_groups(file)
    yield from _check_rooms(file)
    yield from _check_copies(file)
    for forum_id, forum in file.forums.items():
        yield from _check_forum(file, forum_id, forum)
        yield from _check_named_days(file, forum_id, mapping_at(tree, ("forums", forum_id)))
    yield from _check_circles(
        {
            key: [link.forum for link in (*forum.prepared_by, forum.together_with) if link]
            for key, forum in file.forums.items()
        },
        "forums",
        N_('"{key}" prepares or accompanies itself: {circle}'),
    )
    leaders = {key: forum.for_each.forum for key, forum in file.forums.items() if forum.for_each}
    yield from _check_circles(
        {key: [leader] for key, leader in leaders.items()},
        "forums",
        N_('"{key}" meets for each meeting of its own: {circle}'),
    )


def _check_leader(file: ForumFile, where: Where, leader: str) -> Iterator[tuple[Message, Where]]:
    linked = file.forums.get(leader)
    if linked and linked.cadence.kind == "as needed":
        text = Message('"{forum}" meets as needed; no meetings of it are planned', forum=leader)
        yield text, (*where, "for_each", "forum")


def _check_groups(file: ForumFile) -> Iterator[tuple[Message, Where]]:
    for group in file.groups:
        if group in file.organisations:
            text = Message('"{group}" is an organisation already; a group needs another id', group=group)
            yield text, ("groups", group)
    links = {group: [key for key in ids if key in file.groups] for group, ids in file.groups.items()}
    yield from _check_circles(links, "groups", N_('"{key}" contains itself: {circle}'))


def _check_rooms(file: ForumFile) -> Iterator[tuple[Message, Where]]:
    """Yield the rooms whose name stands for another room: a meeting's place must tell which it is in."""
    names: dict[str, str] = {}
    for key, room in file.rooms.items():
        other = names.setdefault(folded(room.name), key)
        if other != key:
            yield Message('the room "{room}" has the same name', room=other), ("rooms", key, "name")
        elif folded(room.name) in file.rooms.keys() - {key}:
            yield Message('"{name}" is the id of another room', name=room.name), ("rooms", key, "name")


def _check_circles(
    links: dict[str, list[str]], section: str, sentence: str
) -> Iterator[tuple[Message, Where]]:
    for start, onward in links.items():
        path, open_paths = [start], [iter(onward)]
        seen = {start}
        while open_paths:
            step = next(open_paths[-1], None)
            if step is None:
                open_paths.pop()
                path.pop()
            elif step == start:
                yield Message(sentence, key=start, circle=" → ".join([*path, start])), (section, start)
                break
            elif step in links and step not in seen:
                seen.add(step)
                path.append(step)
                open_paths.append(iter(links[step]))


def _check_copies(file: ForumFile) -> Iterator[tuple[Message, Where]]:
    """Yield a problem for each address whose copy would lie where that of another lies."""
    known: dict[str, str] = {}
    for calendar, _, where in calendars_of_others(file):
        if calendar.url and calendar.file and known.setdefault(calendar.file, calendar.url) != calendar.url:
            text = Message('the copy of another address is kept in "{file}"', file=calendar.file)
            yield text, (*where, "url")


def _check_forum(file: ForumFile, forum_id: str, forum: Forum) -> Iterator[tuple[Message, Where]]:
    where: Where = ("forums", forum_id)
    for other, at in _links(forum):
        linked = file.forums.get(other)
        if linked and linked.cadence.kind == "as needed" and not planned_number(linked):
            text = Message('"{forum}" meets as needed; no meetings of it are planned', forum=other)
            yield text, (*where, *at, "forum")
    if forum.for_each:
        yield from _check_leader(file, where, forum.for_each.forum)
    for index, apart in enumerate(forum.apart):
        if apart.forum == forum_id:
            yield OWN_MEETINGS, (*where, "apart", index, "forum")
    yield from _check_kind(forum, where)
    yield from _check_windows(forum, where, file.year.from_)
    yield from _check_changes(forum, where)
    yield from _check_names(forum, where)
    yield from _check_places_in_turn(file, forum, where)
    partner = file.forums.get(forum.together_with.forum) if forum.together_with else None
    yield from _check_days(file, forum, where)
    usual = getattr(file, "timezone", None)
    if partner and (forum.timezone or usual) == (partner.timezone or usual):
        yield from _check_times(forum, partner, where)


def _check_times(forum: Forum, partner: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    """Yield the times of a forum that never have room beside those of the one it meets together with."""
    if any(entry.time or entry.file for entry in partner.dates):
        return
    if not any(one.said for each in (forum, partner) for one in (*each.windows, *each.changes)):
        forum, partner = (each.model_copy(update={"windows": ()}) for each in (forum, partner))
    in_vain: dict[Where, tuple[TimeSpan, TimeSpan] | None] = {}
    for day in _trial_days(forum, partner):
        own = _meeting_on(forum, day)
        for later in range(1 - partner.longest, own.days) if own else ():
            other = _meeting_on(partner, day + timedelta(later))
            if own and other and other.days > -later:
                at = _source_of_times(forum, day)
                pair = in_vain.get(at, (own.time, other.time))
                in_vain[at] = pair if _overlap(own, other, later) else None
    for at, pair in in_vain.items():
        if pair:
            text = Message(
                "the time {time} overlaps {other} of the forum that it meets together with",
                time=pair[0],
                other=pair[1],
            )
            yield text, (*where, *at)


def _trial_days(*forums: Forum) -> Iterator[date]:
    """Yield days on which forums' times are compared: all of some years, where these depend on the day."""
    written = {window.from_.year for forum in forums for window in forum.windows}
    changed = {change.from_.year + later for one in forums for change in one.changes for later in (0, 1)}
    for year in sorted(filter(None, {*TRIAL_YEARS, *written, *changed})):
        first = date(year, 1, 1)
        days = (
            (date(year, 12, 31) - first).days + 1 if any(one.windows or one.changes for one in forums) else 1
        )
        yield from (first + timedelta(number) for number in range(days))


def _meeting_on(forum: Forum, day: date) -> Forum | None:
    """Return a forum as a meeting that begins on a day has it; None if its windows hold no such meeting."""
    held_back = forum.windows and forum.cadence.kind in {"number", "rhythm", "as needed"}
    return None if held_back and not forum.window_on(day) else forum.on(day)


def _source_of_times(forum: Forum, day: date) -> Where:
    """Return the place of what says when a meeting of a day is held, if not the forum."""
    window = forum.window_on(day)
    if window and (window.time or window.days or window.last_day):
        return "windows", forum.windows.index(window)
    begun = [change for change in forum.changes if change.time and change.from_ <= day]
    last = max(begun, key=attrgetter("from_"), default=None)
    return ("changes", forum.changes.index(last)) if last else ("together_with",)


def _overlap(one: Forum, other: Forum, later: int) -> bool:
    """Return whether two meetings overlap, of which the other begins so many days later."""
    return any(
        start < finish and begin < end
        for (start, end), (begin, finish) in product(_minutes(one, 0), _minutes(other, later))
    )


def _minutes(forum: Forum, first: int) -> Iterator[tuple[int, int]]:
    """Yield when a meeting begins and ends on each of its days, in minutes from a midnight."""
    for day in range(forum.days):
        span = forum.last_day if forum.last_day and 0 < day == forum.days - 1 else forum.time
        start, end = span.minutes
        yield start + (first + day) * MINUTES_A_DAY, end + (first + day) * MINUTES_A_DAY


def _check_days(file: ForumFile, forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    """Yield what hinders a forum to meet on consecutive days."""
    if forum.cadence.kind == "external":
        return
    yield from _check_days_of_week(file, forum, (*where, "days"))
    for index, window in enumerate(forum.windows):
        place, model = (*where, "windows", index), forum.model_copy(update=window.said)
        if window.days or window.weekdays:
            yield from _check_days_of_week(file, model, (*place, "days" if window.days else "weekdays"))
        begins = _only_year(window, file.year.from_) or TRIAL_YEARS[0]
        span = window.within(PlanningYear(begins, file.year.from_))
        if span and (span[1] - span[0]).days + 1 < model.days:
            yield Message("a meeting of {days} days has no room in it", days=model.days), place


def _check_days_of_week(file: ForumFile, forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    """Yield where a forum does not meet on as many consecutive days of a week as its meetings have."""
    meets_on = {
        *(listed(forum.weekdays) or working_days(getattr(file, "calendar", None))),
        *(forum.otherwise or ()),
    }
    if isinstance(forum.cadence, NamedDays):
        meets_on |= {*working_days(getattr(file, "calendar", None))}
    if not any(all((day + later) % 7 in meets_on for later in range(forum.days)) for day in meets_on):
        text = Message(
            "the forum does not meet on {days} consecutive days of a week; see weekdays", days=forum.days
        )
        yield text, where


def _links(forum: Forum) -> Iterator[tuple[str, Where]]:
    """Yield the forums whose meetings a forum's own need, with the places of what says so."""
    for index, preparation in enumerate(forum.prepared_by):
        yield preparation.forum, ("prepared_by", index)
    if forum.together_with:
        yield forum.together_with.forum, ("together_with",)


def _check_names(forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    of_windows = ((("windows", index), one.deadlines or ()) for index, one in enumerate(forum.windows))
    places: list[tuple[Where, tuple[DeadlineRule, ...]]] = [((), forum.deadlines), *of_windows]
    for at, deadlines in places:
        names = [deadline.name for deadline in deadlines]
        for index, name in enumerate(names):
            if name in names[:index]:
                text = Message('there are two deadlines "{name}"', name=name)
                yield text, (*where, *at, "deadlines", index)


def _check_kind(forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    kind = forum.cadence.kind
    if forum.dates and kind != "external":
        yield Message('dates are allowed only with the cadence "external"'), (*where, "dates")
    if forum.publish and kind != "external":
        text = Message(
            'publish is allowed only with the cadence "external"; other forums are always published'
        )
        yield text, (*where, "publish")
    if forum.reserve and kind != "as needed":
        yield Message('reserve is allowed only with the cadence "as needed"'), (*where, "reserve")


def _check_named_days(
    file: ForumFile, forum_id: str, own: dict[str, Tree]
) -> Iterator[tuple[Message, Where]]:
    forum, where = file.forums[forum_id], ("forums", forum_id)
    if not isinstance(forum.cadence, NamedDays):
        return
    rules = forum.cadence.rules
    # A list that is inherited is for the forums that spread a number of meetings; it closes no named day.
    own_days = listed(forum.weekdays)
    further = forum.otherwise or ()
    working = () if own_days and "weekdays" in own else working_days(getattr(file, "calendar", None))
    allowed = {*own_days, *further, *working}
    for number in sorted({number for rule in rules for number in weekdays_of(rule)} - allowed):
        text = Message(
            "the cadence names {weekday}, on which the forum does not meet; see weekdays",
            weekday=A_WEEKDAY[number],
        )
        yield text, (*where, "cadence")
    for index, exchange in enumerate(forum.instead):
        place: Where = (*where, "instead", index)
        if exchange.on.weekday() not in allowed:
            weekday = A_WEEKDAY[exchange.on.weekday()]
            text = Message(
                "this is {weekday}, on which the forum does not meet; see weekdays", weekday=weekday
            )
            yield text, (*place, "on")
        begins = file.year.from_
        if PlanningYear.of(exchange.on, begins) != PlanningYear.of(exchange.of, begins):
            yield Message("no meeting leaves its year"), (*place, "on")
        if exchange.of in {*forum.except_, *(other.of for other in forum.instead[:index])}:
            yield Message("{day} is excepted or exchanged already", day=exchange.of), (*place, "of")
    yield from _check_start(forum, rules, where)


def _check_start(forum: Forum, rules: Iterable[str], where: Where) -> Iterator[tuple[Message, Where]]:
    counted = [rule for rule in rules if interval(rule) > 1]
    start = forum.starting
    if start and counted and not may_name_between(counted, None, start, start):
        text = Message("{day} is no day that the cadence names", day=start)
        match near_days(counted, start):
            case [only]:
                text = Message("{sentence}; write {advice}", sentence=text, advice=only)
            case [earlier, later]:
                either = Message("{one} or {other}", one=earlier, other=later)
                text = Message("{sentence}; write {advice}", sentence=text, advice=either)
        yield text, (*where, "starting")


def _check_windows(forum: Forum, where: Where, begins: DayOfYear) -> Iterator[tuple[Message, Where]]:
    number, where = planned_number(forum), (*where, "windows")
    own = any(window.said or window.name for window in forum.windows)
    if not forum.windows or not (number or own):
        return
    dated = {_only_year(window, begins) for window in forum.windows} - {None}
    for year in (dated or {None}) if number else ():
        windows = [window for window in forum.windows if _only_year(window, begins) in {None, year}]
        if problem := share(number, [window.meetings for window in windows])[1]:
            yield problem, where
            break
    for year in (*TRIAL_YEARS, *sorted(filter(None, dated))):
        planning_year = PlanningYear(year, begins)
        spans = sorted(span for window in forum.windows for span in _spans(window, planning_year))
        if any(first <= last for (_, last), (first, _) in pairwise(spans)):
            yield Message("the windows overlap"), where
            return


def _check_places_in_turn(file: ForumFile, forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    """Yield the places that take turns though they are rooms: these may be taken."""
    rooms = {*file.rooms, *(folded(room.name) for room in file.rooms.values())}
    of_changes = ((("changes", index), change.place) for index, change in enumerate(forum.changes))
    of_windows = ((("windows", index), window.place) for index, window in enumerate(forum.windows))
    places: list[tuple[Where, object]] = [((), forum.place), *of_changes, *of_windows]
    for at, place in places:
        for index, name in enumerate(rotation(place)):
            if folded(name) in rooms:
                text = Message('"{place}" is a room; rooms take no turns, as one may be taken', place=name)
                yield text, (*where, *at, "place", "rotate", index)


def _check_changes(forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    begun = [change.from_ for change in forum.changes]
    for index, day in enumerate(begun):
        if day in begun[:index]:
            yield Message("two changes begin the same day"), (*where, "changes", index, "from")


def _only_year(window: Window, begins: DayOfYear) -> int | None:
    """Return the planning year in which alone a window begins, None if it returns every year."""
    day = window.from_.within(window.from_.year) if window.from_.year else None
    return PlanningYear.of(day, begins).number if day else None


def _spans(window: Window, year: PlanningYear) -> Iterator[tuple[date, date]]:
    for start in (year.later(-1), year):
        if span := window.within(start):
            yield span
