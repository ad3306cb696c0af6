"""What is valid by itself but does not fit the rest of the forum file."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from kultursam.forumfile.models import Forum, ForumFile, Window, planned_number, share
from kultursam.forumfile.yaml_source import Where
from kultursam.i18n import N_, Message


def check_references(file: ForumFile) -> Iterator[tuple[Message, Where]]:
    """Yield each problem with its place."""
    yield from _check_groups(file)
    for forum_id, forum in file.forums.items():
        yield from _check_forum(file, forum_id, forum)
    yield from _check_circles(
        {
            key: [link.forum for link in (forum.prepared_by, forum.together_with) if link]
            for key, forum in file.forums.items()
        },
        "forums",
        N_('"{key}" prepares or accompanies itself: {circle}'),
    )


def _check_groups(file: ForumFile) -> Iterator[tuple[Message, Where]]:
    for group in file.groups:
        if group in file.organisations:
            text = Message('"{group}" is an organisation already; a group needs another id', group=group)
            yield text, ("groups", group)
    links = {group: [key for key in ids if key in file.groups] for group, ids in file.groups.items()}
    yield from _check_circles(links, "groups", N_('"{key}" contains itself: {circle}'))


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


def _check_forum(file: ForumFile, forum_id: str, forum: Forum) -> Iterator[tuple[Message, Where]]:
    where: Where = ("forums", forum_id)
    for key in ("prepared_by", "together_with"):
        other = link.forum if (link := getattr(forum, key)) else ""
        linked = file.forums.get(other)
        if linked and linked.cadence.kind == "as needed" and not planned_number(linked):
            text = Message('"{forum}" meets as needed; no meetings of it are planned', forum=other)
            yield text, (*where, key, "forum")
    yield from _check_kind(forum, where)
    yield from _check_windows(forum, where)
    yield from _check_names(forum, where)
    partner = file.forums.get(forum.together_with.forum) if forum.together_with else None
    if partner and forum.time.start < partner.time.end and partner.time.start < forum.time.end:
        text = Message(
            "the time {time} overlaps {other} of the forum that it meets together with",
            time=forum.time,
            other=partner.time,
        )
        yield text, (*where, "together_with")


def _check_names(forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    names = [deadline.name for deadline in forum.deadlines]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Message('there are two deadlines "{name}"', name=name), (*where, "deadlines", index)


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


def _check_windows(forum: Forum, where: Where) -> Iterator[tuple[Message, Where]]:
    number = planned_number(forum)
    if not forum.windows or not number:
        return
    where = (*where, "windows")
    dated = {window.from_.year for window in forum.windows if window.from_.year}
    years: set[int | None] = {*dated} or {None}
    for year in years:
        windows = [window for window in forum.windows if window.from_.year in {None, year}]
        if problem := share(number, [window.meetings for window in windows])[1]:
            yield problem, where
            break
    for year in (2024, 2025, *sorted(dated)):
        spans = sorted(span for window in forum.windows for span in _spans(window, year))
        if any(first <= last for (_, last), (first, _) in pairwise(spans)):
            yield Message("the windows overlap"), where
            return


def _spans(window: Window, year: int) -> Iterator[tuple[date, date]]:
    for start in (year - 1, year):
        if span := window.within(start):
            yield span
