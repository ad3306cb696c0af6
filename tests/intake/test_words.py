"""What titles say beside a name: states of meetings."""

from __future__ import annotations

import pytest

from kultursam.intake.words import meanings_of, month_of, name_and_states
from kultursam.plans.model import Status

OFF, OPEN, SET = Status.CANCELLED, Status.PROPOSED, Status.CONFIRMED


@pytest.mark.parametrize(
    ("title", "states"),
    [
        ("Inställt: {}", [OFF]),
        ("Inställt möte – {}", [OFF]),
        ("OBS! Inställt: {}", [OFF]),
        ("INSTÄLLD {}", [OFF]),
        ("[INSTÄLLT] {}", [OFF]),
        ("{} (inställt)", [OFF]),
        ("{} INSTÄLLT!", [OFF]),
        ("{} är inställt", [OFF]),
        ("Canceled: {}", [OFF]),
        ("cancelled {}", [OFF]),
        ("Prel: {}", [OPEN]),
        ("Prel. {}", [OPEN]),
        ("Preliminärt {}", [OPEN]),
        ("{} (preliminärt datum)", [OPEN]),
        ("{}, prel.", [OPEN]),
        ("{} - tentative", [OPEN]),
        ("Ej bekräftat: {}", [OPEN]),
        ("Inställt: Prel: {}", [OFF, OPEN]),
        ("Bekräftad: {}", [SET]),
        ("Flyttad: {}", [None]),
        ("{} (flyttat)", [None]),
    ],
)
@pytest.mark.parametrize("name", ["Nätverket", "Nätverk (chefer)", "Nämnden för prel. frågor"])
def test_a_state_is_no_name(title: str, states: list[Status | None], name: str) -> None:
    """Before or behind it, between marks or alone; the name stays whole."""
    assert name_and_states(title.format(name)) == (name, states)


@pytest.mark.parametrize(
    "title",
    [
        "Nätverk (chefer)",
        "Nätverk (ej inställt)",
        "Nätverket ej inställt",
        "Ej inställt: Nätverket",
        "Förslag till budget",
        "Klart språk",
        "Prelaterna",
        "Inställt",
        "Planerad verksamhet",
        "Uppskjutet: Nätverket",
        "Inställningsmöte",
    ],
)
def test_what_may_be_a_name_stays(title: str) -> None:
    """Part of a word, words of everyday, what is denied, and a state alone."""
    assert name_and_states(title) == (title, [])


def test_texts_without_end_are_not_searched_through_again_and_again() -> None:
    """A cell may have 32,767 characters; each of these took a second or more."""
    title, states = name_and_states("inställt: " * 3000 + "Nämnden")
    assert title.endswith("inställt: Nämnden")
    assert 0 < len(states) < 10
    assert meanings_of("datum " + "(" * 30_000) == ()
    assert meanings_of("Datum (åååå-mm-dd)") == ("date",)
    assert month_of("mars" + "." * 30_000 + "x") is None
