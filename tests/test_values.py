"""Dates and numbers as people type them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation.values import Bound, parse_boolean, parse_date, parse_number


@pytest.mark.parametrize(
    ("text", "bound", "date", "precision"),
    [
        ("16/12/2014", "start", "2014-12-16", "jour"),
        ("2014-12-16", "start", "2014-12-16", "jour"),
        ("1er mars 2015", "start", "2015-03-01", "jour"),
        ("déc. 2014", "start", "2014-12-01", "mois"),
        ("déc. 2014", "end", "2014-12-31", "mois"),
        ("02/2016", "end", "2016-02-29", "mois"),
        ("2014", "start", "2014-01-01", "annee"),
        ("2014", "end", "2014-12-31", "annee"),
        ("2016 {printemps 2016}", "start", "2016-01-01", "annee"),
    ],
)
def test_dates_understood(text: str, bound: Bound, date: str, precision: str) -> None:
    value = parse_date(text, bound)
    assert (value.date, value.precision, value.problem) == (dt.date.fromisoformat(date), precision, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31 février 2014", "date-illisible"),
        ("2014-00", "date-illisible"),
        ("16/00/2014", "date-illisible"),
        ("00/12/2014", "date-illisible"),
        ("bientôt", "date-illisible"),
        ("03/04", "date-ambigue"),
        ("12/03/14", "date-ambigue"),
    ],
)
def test_dates_refused(text: str, problem: str) -> None:
    assert parse_date(text).problem == problem


def test_the_words_of_a_source_are_kept() -> None:
    assert parse_date("2016 {printemps 2016}").wording == "printemps 2016"
    assert parse_date("{avant le contrat}").date is None


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2100, 12, 31)))
def test_any_day_is_read_back(day: dt.date) -> None:
    assert parse_date(day.isoformat()).date == parse_date(f"{day:%d/%m/%Y}").date == day


@pytest.mark.parametrize(
    ("text", "number"),
    [("1 200,50 €", "1200.5"), ("1,5 M€", "1500000"), ("75 k€", "75000"), ("990000", "990000"), ("42 %", "42")],
)
def test_numbers_understood(text: str, number: str) -> None:
    assert parse_number(text).number == Decimal(number)


@pytest.mark.parametrize(
    ("text", "problem"), [("1,200", "nombre-ambigu"), ("1.200", "nombre-ambigu"), ("1 2", "nombre-illisible")]
)
def test_numbers_refused(text: str, problem: str) -> None:
    assert parse_number(text).problem == problem


def test_a_number_of_the_file_itself_is_never_ambiguous() -> None:
    assert parse_number("1.2", native=True).number == Decimal("1.2")


@pytest.mark.parametrize(("text", "value"), [("oui", True), ("x", True), ("non", False), ("", False), ("bof", None)])
def test_yes_and_no(text: str, value: bool | None) -> None:
    assert parse_boolean(text) is value
