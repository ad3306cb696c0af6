"""Polls as people and programs keep them are read for certain, or refused with row and cell."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planner_instances import register_of

from kultursam.dates.wishes import Wish
from kultursam.diagnostics import KultursamError
from kultursam.forumfile.values import TimeSpan
from kultursam.intake.polls import ANSWERS, read_wishes
from kultursam.intake.text_tables import STRAY
from kultursam.render import data

if TYPE_CHECKING:
    from kultursam.forumfile.register import Register

REGISTER = register_of("""
name: K
language: sv
timezone: Europe/Stockholm
domain: example.org
organisations: {varberg: {name: Varbergs kommun, short: Varberg}, hylte: {name: Hylte}, region: {name: R}}
forums: {f: {name: F, cadence: once a year, time: 09:00-12:00, members: [{role: chef, from: [varberg]}]}}
""")
OF_NOTHING = "has no date or no organisation at its head"
OF_NOBODY = "is no organisation; write which one, as in:"
THIRD, FOURTH = date(2027, 3, 3), date(2027, 3, 4)
NO_ON_THE_THIRD = Wish(THIRD, "varberg", cannot=True)
MAYBE_ON_THE_FOURTH = Wish(FOURTH, "hylte", cannot=False)


def read(text: str, register: Register = REGISTER) -> list[Wish]:
    """Read a poll that must be sound."""
    return list(read_wishes("svar.csv", text.encode(), register))


def refused(text: str) -> list[str]:
    """Return what is told of a poll that is refused."""
    with pytest.raises(KultursamError) as raised:
        read(text)
    assert all(
        problem.file == "svar.csv" and problem.severity == "error" for problem in raised.value.problems
    )
    return [str(problem.in_language("en").text) for problem in raised.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "datum;Varberg;Hylte\n2027-03-03;nej;ja\n2027-03-04;;kanske\n",
        "Datum;Veckodag;Tid;Varbergs kommun;hylte;R\n3 mars 2027;onsdag;;Nej;JA;\n4 mars 2027;;;ok;(ja);\n",
        "date,varberg,hylte\n2027-03-03,❌,✔\n2027-03-04,,❔\n",
        ";2027-03-03;2027-03-04\nVarberg;Nej;Ja\nHylte;Ja;Om det behövs\nTotalt;1;1\n",
        'Participant,"March 3, 2027","March 4, 2027"\nAnna (Varberg),No,Yes\nBo (hylte),Yes,If need be\n',
        "namn\t2027-03-03\t2027-03-04\nchef@varberg\tkan inte\t\nchef@hylte\t\t?\n",
        "Svar på vår fråga\n\n;2027-03-03;2027-03-04\nAnna (Varberg);nej;\nBo (Varberg);ja;\nHylte;;kanske\n",
        "Vecka;Datum;Varberg;Hylte\n9;2027-03-03;nej;\n9;2027-03-04;;kanske\nAntal ja;;0;0\n",
        "Dag;Datum;Varberg;Hylte\nonsdag;2027-03-03;nej;\ntorsdag;2027-03-04;;kanske\n",
        "Datum;2027-03-03;2027-03-04;Kommentar\nVarberg;nej;;vi är borta\nHylte;;kanske;\nAntal ja;0;0\n",
    ],
)
def test_either_way_round(text: str) -> None:
    """Dates may be rows or columns; people answer for the organisation that stands beside their names."""
    assert read(text) == [NO_ON_THE_THIRD, MAYBE_ON_THE_FOURTH]


@pytest.mark.parametrize(
    "text",
    [
        "datum;tid;Varberg\n2027-03-03;09:00-10:30;nej\n2027-03-03;13:00-14:00;ja\n",
        ";2027-03-03;2027-03-03\n;09:00-10:30;13:00-14:00\nVarberg;nej;ja\n",
        ";2027-03-03 09:00-10:30;2027-03-03 13:00-14:00\nVarberg;nej;ja\n",
        "datum;tid;Varberg\n2027-03-03;13:00-14:00;ja\n;09:00-10:30;nej\n",
        ";2027-03-03;\n;13:00-14:00;09:00-10:30\nVarberg;ja;nej\n",
    ],
)
def test_answers_have_the_hours_that_were_asked_for(text: str) -> None:
    """They stand in a column, in a row, or with the date."""
    assert read(text) == [Wish(THIRD, "varberg", cannot=True, start=time(9), end=time(10, 30))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("datum;Varberg\n2027-03-03;x\n", 'B2: "x" is no answer; write yes, maybe or no'),
        ("datum;Hylt\n2027-03-03;ja\n", f'B1: "Hylt" {OF_NOBODY} Hylt (varberg); did you mean "hylte"?'),
        (";2027-03-03\nAnna Berg;nej\n", f'A2: "Anna Berg" {OF_NOBODY} Anna Berg (varberg)'),
        ("datum;Varberg\n3 mars;nej\n", 'A2: "3 mars": write the year too'),
        ("datum;Varberg\n2027-02-30;nej\n", 'A2: "2027-02-30": there is no such day'),
        ("datum;Varberg\n2027-13-03;\n", 'A2: "2027-13-03": there is no such day'),
        ("datum;;Varberg\n2027-03-03;nej;ja\n", f'B2: "nej" {OF_NOTHING}'),
        ("datum;Varberg\n2027-03-03;ja;nej\n", f'C2: "nej" {OF_NOTHING}'),
        (";2027-03-03;\nVarberg;ja;nej\n", f'C2: "nej" {OF_NOTHING}'),
        (";2027-03-03\n;efter lunch\nVarberg;nej\n", f'B2: "efter lunch" {OF_NOTHING}'),
        ("datum;tid;Varberg\n2027-03-03;sent;nej\n", 'B2: "sent" is no time'),
        ('datum;Varberg\n2027-03-03;"nej; x\n2027-03-04;nej\n', f"B2: {STRAY}"),
    ],
)  # fmt: skip
def test_what_is_uncertain_is_refused_with_its_cell(text: str, told: str) -> None:
    """An answer that is missed would be a wrong date."""
    assert refused(text) == [told]


def test_an_organisation_may_be_called_as_a_column_is() -> None:
    """Its answers are read, not left aside as a column of boards."""
    text = """
name: K
language: sv
timezone: Europe/Stockholm
domain: example.org
organisations: {styrelsen: {name: Styrelse}}
forums: {f: {name: F, cadence: once a year, time: 09:00-12:00, members: [{role: chef, from: [styrelsen]}]}}
"""
    found = read("datum;Styrelse\n2027-03-03;nej\n", register_of(text))
    assert found == [Wish(THIRD, "styrelsen", cannot=True)]


def test_all_faults_are_told_at_once() -> None:
    """So a table is mended in one go."""
    assert len(refused("datum;Varberg;Någon\n2027-03-03;ja;ja\n2027-03-04;x;\n2027-13-04;;\n")) == 3


@pytest.mark.parametrize(
    "text",
    ["", "hej\n", "Varberg;Hylte\nja;nej\n", "<html>\n", "datum;tid\n2027-03-03;09:00\n", ";2027-03-03\n"],
)
def test_what_is_no_poll_is_told_as_such(text: str) -> None:
    """One sentence says what is missing."""
    (told,) = refused(text)
    assert told.startswith("this file ")


@given(
    st.dictionaries(
        st.dates(date(2027, 1, 1), date(2027, 12, 31)),
        st.lists(st.sampled_from(sorted(ANSWERS)), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["sv", "en"]),
)
def test_our_own_polls_come_back_as_they_were_answered(answers: dict[date, list[str]], language: str) -> None:
    """Every word for an answer is read in the table that `suggest` writes."""
    span = TimeSpan(time(9), time(12))
    table = data.poll([(day, span) for day in sorted(answers)], ["Varberg", "Hylte"], language)
    head, *rows = table.splitlines()
    mark = ";" if language == "sv" else ","
    filled = [
        row.rsplit(mark, 2)[0] + mark + mark.join(answers[day])
        for row, day in zip(rows, sorted(answers), strict=True)
    ]
    expected = {
        Wish(day, who, ANSWERS[word] == "no", span.start, span.end)
        for day, words in answers.items()
        for who, word in zip(("varberg", "hylte"), words, strict=True)
        if ANSWERS[word] != "yes"
    }
    assert set(read("\n".join([head, *filled]))) == expected


@given(st.text("ab;,\n\t\"'0123456789-/✔❌ jaenvrgh", max_size=200))
def test_nothing_written_in_it_is_a_fault_of_ours(text: str) -> None:
    """Whatever stands there, it is read or refused in words."""
    with suppress(KultursamError):
        read(text)
