"""Calendars of others from the web: what is asked for, what is kept, what a server can do to a project."""

from __future__ import annotations

import errno
import os
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from calendar_server import (
    CalendarServer,
    Said,
    hanging_up,
    packed,
    page,
    redirect,
    serving,
    versioned,
)
from fault_injection import FaultyFileSystem, failing
from project_folder import Folder, Run

TODAY = "2024-09-15"
CLOCK = "1726444800"
"""16 September 2024, for quiet runs."""
FORUMS = """
name: Kultur i Väst
language: sv
timezone: Europe/Stockholm
domain: vast.example
organisations: {{ekby: {{name: Ekby}}, lindmo: {{name: Lindmo}}}}
calendar:
  country: SE
  busy:
    - {{name: Fullmäktige, url: "{url}", {more}}}
forums:
  natverk:
    name: Nätverket
    cadence: once a year
    members: [{{role: chef, from: [ekby, lindmo]}}]
    time: 09:00-12:00
    windows: [{{from: 03-10, to: 03-14}}]
"""
"""A network that meets in one week; its ideal is the Wednesday."""
EVENT = """BEGIN:VEVENT
UID:{day}@hemlig.example
DTSTAMP:20240101T000000Z
SUMMARY:Hemligt möte
LOCATION:Hemlig sal
DTSTART:{day}T080000Z
DTEND:{day}T100000Z
END:VEVENT
"""


def calendar(*days: str) -> bytes:
    """Return a council's calendar with a meeting on each of some days."""
    events = "".join(EVENT.format(day=day) for day in days)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//x//EN\n{events}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


WITHOUT = f"ingen händelse från och med {TODAY}, och kopian har 1"
WEDNESDAY, THURSDAY = calendar("20250312"), calendar("20250312", "20250313")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CalendarServer]:
    """Return a server with a council's calendar."""
    with serving(tmp_path) as server:
        server.answers["/rad.ics"] = versioned(WEDNESDAY, '"1"')
        yield server


@pytest.fixture
def project(tmp_path: Path, server: CalendarServer) -> Folder:
    """Return a project that reads the council's calendar."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Folder(folder, FORUMS.format(url=server.url("rad.ics"), more="local: yes, file: rad.ics"))


def fetch(project: Folder, server: CalendarServer, *more: str, today: str = TODAY) -> Run:
    """Fetch, and trust the server."""
    return project.run("fetch", "--today", today, *more, env=server.env)


def planned(project: Folder, *more: str, today: str = TODAY) -> str:
    """Return the day of the meeting, planned anew."""
    project.fine("plan", "2025", "--replan", "--today", today, *more)
    (meeting,) = project.meetings(2025).values()
    return str(meeting["date"])


# --- what is fetched --------------------------------------------------------------------------------


def test_a_calendar_is_fetched_and_planned_around(
    project: Folder, server: CalendarServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy holds times alone; planning reads it, and needs no network."""
    run = fetch(project, server)
    assert (run.code, run.out, run.err) == (0, "nytt: Fullmäktige (rad.ics)\n", "")
    copy = project.place("rad.ics").read_bytes()
    assert b"20250312T080000Z" in copy
    assert b"emlig" not in b"".join(project.files().values())
    monkeypatch.setattr(socket, "socket", None)
    assert planned(project) == "2025-03-13"


def test_what_has_not_changed_is_left_untouched(project: Folder, server: CalendarServer) -> None:
    """The server says so; or it sends the same again, made anew, and that is no change either."""
    fetch(project, server)
    before = project.stamps()
    assert fetch(project, server).out == "oförändrat: Fullmäktige (rad.ics)\n"
    assert server.requests[-1].headers["If-None-Match"] == '"1"'
    assert project.stamps().items() >= before.items() - {("plans/.fetched.json", 0)}
    server.answers["/rad.ics"] = packed(WEDNESDAY.replace(b"20240101T000000Z", b"20240202T020202Z"))
    assert fetch(project, server, "--quiet").out == ""
    assert project.stamps()["rad.ics"] == before["rad.ics"]
    server.answers["/rad.ics"] = versioned(THURSDAY, '"2"')
    assert fetch(project, server, "--quiet").out == "ändrat: Fullmäktige (rad.ics)\n"
    assert planned(project) == "2025-03-11"
    assert fetch(project, server, "--json").document == {
        "schema": 2,
        "calendars": [{"name": "Fullmäktige", "file": "rad.ics", "outcome": "unchanged", "checked": TODAY}],
        "problems": [],
    }


def test_a_copy_that_was_touched_is_fetched_whole(project: Folder, server: CalendarServer) -> None:
    """That the server has nothing new says nothing of a copy that is lost, spoilt, or of another address."""
    fetch(project, server)
    copy = project.place("rad.ics").read_bytes()
    for spoilt in (None, copy.replace(b"0312", b"0313"), copy):
        if spoilt is None:
            project.place("rad.ics").unlink()
        else:
            project.place("rad.ics").write_bytes(spoilt)
        fetch(project, server)
        assert project.place("rad.ics").read_bytes() == copy
    server.answers["/annan.ics"] = versioned(THURSDAY, '"1"')
    project.edit("/rad.ics", "/annan.ics")
    assert fetch(project, server).out.startswith("ändrat")
    for damaged in (b"", b"[]", b'{"rad.ics": {}}', b'{"rad.ics": 1}', b"[" * 100_000):
        project.place("plans/.fetched.json").write_bytes(damaged)
        assert fetch(project, server).code == 0


def test_plan_fetches_first_if_asked(project: Folder, server: CalendarServer) -> None:
    """In one run: fetched, planned, written; and where nothing is to be written, nothing is."""
    for looking in ("--dry-run", "--check"):
        project.run("plan", "2025", "--fetch", looking, "--today", TODAY, env=server.env)
        assert project.files() == {}
    run = project.fine("plan", "2025", "--fetch", "--today", TODAY, env=server.env)
    assert "tors 13 mars" in run.out
    assert project.place("rad.ics").exists()
    asked = len(server.requests)
    project.fine("plan", "2025", "--today", TODAY)
    assert len(server.requests) == asked


def test_a_refused_plan_writes_no_copy_either(project: Folder, server: CalendarServer) -> None:
    """Exit code 1 means that nothing was written."""
    server.answers["/rad.ics"] = Said(calendar(*(f"202503{day}" for day in range(10, 15))))
    run = project.run("plan", "2025", "--fetch", "--today", TODAY, env=server.env)
    assert (run.code, project.files()) == (1, {})
    assert "Fullmäktige" in run.err


def test_an_external_forum_is_fetched(project: Folder, server: CalendarServer) -> None:
    """Its dates come from the address; names are kept where the forum is published, and only there."""
    forum = """  rad:
    name: Rådet
    cadence: external
    publish: {publish}
    members: [{{role: ordförande, from: [ekby]}}]
    time: 09:00-12:00
    dates: {{url: "{url}", local: yes}}
"""
    text = FORUMS.format(url=server.url("rad.ics"), more="local: yes")
    for publish, place in (("no", None), ("yes", "Hemlig sal")):
        project.write(text + forum.format(publish=publish, url=server.url("rad.ics")))
        assert fetch(project, server).code == 0
        (copy,) = project.folder.glob("fetched/127.0.0.1-*.ics")
        assert (b"Hemligt" in copy.read_bytes()) == (publish == "yes")
        project.fine("plan", "2025", "--replan", "--today", TODAY)
        run = project.fine("show", "2025", "--json", "--today", TODAY)
        meetings = {one["forum"]: one for one in run.document["meetings"]}
        assert (meetings["rad"]["date"], meetings["rad"]["place"]) == ("2025-03-12", place)


def test_no_address_no_fetching(project: Folder) -> None:
    """A project without addresses is told so, and nothing is written."""
    project.write(
        FORUMS.format(url="x", more="").replace('    - {name: Fullmäktige, url: "x", }\n', "    []\n")
    )
    run = project.fine("fetch")
    assert "url" in run.out
    assert project.files() == {}


# --- what a server may do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "words", "quiet"),
    [
        (page(), "webbsida", False),
        (Said(calendar()), "ingen händelse, och", False),
        (Said(THURSDAY.replace(b"END:VEVENT", b"STATUS:CANCELLED\r\nEND:VEVENT")), WITHOUT, False),
        (Said(THURSDAY.replace(b"VERSION", b"METHOD:CANCEL\r\nVERSION")), WITHOUT, False),
        (Said(calendar("20190312", "20240313")), WITHOUT, False),
        (Said(THURSDAY[:-40]), "hel kalender", False),
        (Said(THURSDAY, length=len(THURSDAY) + 9), "avbröt", True),
        (Said(b"", 404), "404", False),
        (Said(b"", 401), "401", False),
        (Said(b"", 503), "503", True),
        (Said(b"", 200), "iCalendar", False),
        (Said(THURSDAY.replace(b"20250313T080000Z", b"20259999")), "kommit", False),
        (redirect("http://127.0.0.1/"), "https", False),
        (hanging_up, "avbröt", True),
        (None, "nås inte", True),
    ],
    ids=[
        "page",
        "empty",
        "off",
        "method",
        "past",
        "half",
        "short",
        "404",
        "401",
        "503",
        "nothing",
        "day",
        "http",
        "mute",
        "gone",
    ],
)
def test_a_good_copy_stays_until_a_good_one_comes(
    project: Folder, server: CalendarServer, answer: Callable[..., None] | None, words: str, quiet: bool
) -> None:
    """Whatever comes instead is told, with the line, and changes nothing.

    A quiet run does not tell of what may be over by itself; of the age of the copy it tells in time.
    """
    fetch(project, server)
    before = project.files()
    if answer:
        server.answers["/rad.ics"] = answer
    else:
        project.edit(server.url("rad.ics"), "https://127.0.0.1:1/rad.ics")
    run = fetch(project, server)
    assert (run.code, run.out) == (0, "inte hämtat: Fullmäktige (rad.ics)\n")
    assert words in run.err
    assert "forums.yaml:10:" in run.err
    assert f"kopian från {TODAY} används fortfarande" in run.err
    assert project.files() == before
    assert bool(fetch(project, server, "--quiet").err) is not quiet
    run = project.fine("plan", "2025", "--fetch", "--today", TODAY, env=server.env)
    assert words in run.err
    assert "tors 13 mars" in run.out


@pytest.mark.parametrize("answer", [page(), Said(b"", 503), Said(THURSDAY[:-40])])
def test_without_a_copy_nothing_is_done(
    project: Folder, server: CalendarServer, answer: Callable[..., None]
) -> None:
    """The first time there is nothing to go on with: exit code 1, nothing written, nor any other calendar."""
    server.answers["/bra.ics"] = versioned(WEDNESDAY, '"1"')
    good = f'    - {{name: Bra, url: "{server.url("bra.ics")}", local: yes}}\n'
    project.edit("forums:\n", f"{good}forums:\n")
    server.answers["/rad.ics"] = answer
    for command in (("fetch",), ("plan", "2025", "--fetch")):
        run = project.run(*command, "--today", TODAY, env=server.env)
        assert (run.code, run.out, project.files()) == (1, "", {})
        assert "Fullmäktige" in run.err
    run = project.run("plan", "2025", "--today", TODAY)
    assert run.code == 1
    assert "kultursam fetch" in run.err


def test_an_empty_calendar_may_begin_and_may_be_taken(project: Folder, server: CalendarServer) -> None:
    """Where there was no event, none is missing; and whoever removes the copy wants the new one."""
    server.answers["/rad.ics"] = Said(calendar())
    assert fetch(project, server).out.startswith("nytt")
    server.answers["/rad.ics"] = Said(WEDNESDAY)
    assert fetch(project, server).out.startswith("ändrat")
    server.answers["/rad.ics"] = Said(calendar())
    assert "rad.ics" in fetch(project, server).err
    project.place("rad.ics").unlink()
    assert fetch(project, server).out.startswith("nytt")


def test_the_age_of_a_copy_is_told_when_it_is_too_old(project: Folder, server: CalendarServer) -> None:
    """By every run that plans or checks, quiet ones too, also where nothing else has changed."""
    project.edit("local: yes", "local: yes, max_age_days: 3")
    fetch(project, server)
    project.fine("plan", "2025", "--quiet", env={"SOURCE_DATE_EPOCH": CLOCK})
    for days, told in ((0, False), (2, False), (3, True)):
        later = {"SOURCE_DATE_EPOCH": str(int(CLOCK) + days * 86_400)}
        for command in (("plan", "--quiet"), ("check", "--quiet"), ("plan",), ("show", "2025")):
            run = project.fine(*command, env=later)
            assert ("4 dagar gammal" in run.err) is told, (command, days)
            assert not told or "forums.yaml:10:" in run.err
    server.answers["/rad.ics"] = Said(b"", 503)
    run = project.fine("plan", "--fetch", "--quiet", env=later | server.env)
    assert "4 dagar gammal" in run.err
    server.answers["/rad.ics"] = versioned(WEDNESDAY, '"1"')
    run = project.fine("plan", "--fetch", "--quiet", env=later | server.env)
    assert (run.out, run.err) == ("", "")


# --- who is asked, and with what --------------------------------------------------------------------


def test_the_local_network_is_asked_only_where_the_file_allows_it(
    project: Folder, server: CalendarServer
) -> None:
    """Nobody sees a file of yours look around in your network."""
    project.edit("local: yes, ", "")
    run = fetch(project, server)
    assert (run.code, server.requests) == (1, [])
    assert "local: yes" in run.err


def test_credentials_come_from_the_environment_and_go_nowhere_else(
    project: Folder, server: CalendarServer
) -> None:
    """They are sent to their server, and are in no message and no file, whatever goes wrong."""
    project.edit(server.url("rad.ics"), "$KULTURSAM_URL_RAD")
    run = fetch(project, server)
    assert (run.code, "KULTURSAM_URL_RAD" in run.err) == (1, True)
    secret = f"https://anna:l%C3%B6sen@127.0.0.1:{server.port}/t0ken/rad.ics"
    env = server.env | {"KULTURSAM_URL_RAD": secret}
    said = []
    for answer in (
        versioned(WEDNESDAY, '"1"'),
        page(),
        redirect(server.url("x", "localhost")),
        Said(b"", 500),
    ):
        server.answers["/t0ken/rad.ics"] = answer
        for form in ((), ("--json",)):
            run = project.run("fetch", "--today", TODAY, *form, env=env)
            said.append(run.out + run.err)
    for wrong in ("http://anna:lösen@x/t0ken", "anna:lösen/t0ken", "https://anna:lösen@127.0.0.1:1/t0ken"):
        run = project.run("fetch", env=server.env | {"KULTURSAM_URL_RAD": wrong})
        said.append(run.out + run.err)
    said += [data.decode() for data in project.files().values()]
    assert not [text for text in said for word in ("anna", "lösen", "l%C3", "t0ken", "YW5u") if word in text]
    asked = {request.headers["Host"]: request.headers.get("Authorization") for request in server.requests}
    assert asked == {f"127.0.0.1:{server.port}": "Basic YW5uYTpsw7ZzZW4=", f"localhost:{server.port}": None}


@pytest.mark.parametrize(
    "place", ["calendars/feeds/x.ics", "plans/x.ics", "egen.ics", "länk.ics", "mapp.ics", "länkad/x.ics"]
)
def test_a_copy_takes_no_place_of_somebody_else(
    project: Folder, server: CalendarServer, tmp_path: Path, place: str
) -> None:
    """Neither one among what is published, nor one over what is not ours or through a link, is written."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.ics").write_bytes(WEDNESDAY)
    project.place("egen.ics").write_bytes(WEDNESDAY)
    project.place("mapp.ics").mkdir()
    project.place("länk.ics").symlink_to(elsewhere / "x.ics")
    project.place("länkad").symlink_to(elsewhere)
    project.edit("file: rad.ics", f"file: {place}")
    before = project.files()
    run = fetch(project, server)
    assert run.err
    assert project.files() == before
    assert [path.read_bytes() for path in elsewhere.iterdir()] == [WEDNESDAY]


def test_each_write_may_fail(project: Folder, server: CalendarServer) -> None:
    """A copy is whole, the old one or the new one; the next run completes."""
    fetch(project, server)
    old = project.place("rad.ics").read_bytes()
    server.answers["/rad.ics"] = versioned(THURSDAY, '"2"')
    number, left = 0, set()
    while True:
        number += 1
        files = FaultyFileSystem(number, failing(errno.ENOSPC))
        with files.in_use():
            run = fetch(project, server)
        if run.code == 0:
            break
        assert os.strerror(errno.ENOSPC) in run.err
        assert not [name for name in project.files() if name.endswith(".tmp")]
        left.add(project.place("rad.ics").read_bytes())
    assert left == {old, project.place("rad.ics").read_bytes()}


# --- two projects -----------------------------------------------------------------------------------


OTHER = """  andra:
    name: Andra
    cadence: external
    publish: yes
    members: [{{role: ordförande, from: [ekby]}}]
    time: 09:00-12:00
    dates: {{url: "{url}", local: yes}}
"""


@pytest.mark.parametrize("mirrored", [False, True], ids=["apart", "each publishes the other's dates"])
def test_two_projects_that_read_each_others_feeds_settle_at_once(
    tmp_path: Path, server: CalendarServer, *, mirrored: bool
) -> None:
    """Each plans around the other; after one round nothing changes any more, byte by byte.

    So it is where each publishes what the other decided: nobody gives way to an echo of an own meeting.
    """
    projects = {}
    for own, other in (("ett", "tva"), ("tva", "ett")):
        url = server.url(f"{other}/all.ics")
        text = FORUMS.format(url=url, more="local: yes") + (OTHER.format(url=url) if mirrored else "")
        (tmp_path / own).mkdir()
        projects[own] = Folder(tmp_path / own, text.replace("vast.example", f"{own}.example"))
    server.answers["/tva/all.ics"] = Said(calendar())

    def round_of_both() -> list[dict[str, bytes]]:
        for own, project in projects.items():
            project.fine("plan", "2025", "--fetch", "--today", TODAY, env=server.env)
            data = project.place("calendars/feeds/all.ics").read_bytes()
            server.answers[f"/{own}/all.ics"] = Said(data)
        return [project.files() for project in projects.values()]

    def days() -> list[dict[str, str]]:
        plans = [project.meetings(2025) for project in projects.values()]
        return [{one["forum"]: one["date"] for one in plan.values()} for plan in plans]

    round_of_both()
    assert [plan["natverk"] for plan in days()] == ["2025-03-12", "2025-03-13"]
    settled = round_of_both()
    assert [plan.get("andra") for plan in days()] == (
        ["2025-03-13", "2025-03-12"] if mirrored else [None] * 2
    )
    assert round_of_both() == settled
    assert [plan["natverk"] for plan in days()] == ["2025-03-12", "2025-03-13"]


def test_python_itself_reads_the_server(server: CalendarServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests is one to others too: it speaks as servers do."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    with urllib.request.urlopen(server.url("rad.ics")) as response:  # noqa: S310 - it is https
        assert response.read() == WEDNESDAY
