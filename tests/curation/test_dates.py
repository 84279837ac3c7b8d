"""A column of dates says what each of its texts says alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation.dates import MANY, parse_dates
from pipelines.curation.values import MONTHS, Bound, DateValue, parse_date

BOUNDS: Any = st.sampled_from(["start", "end"])
NUMBERS = st.one_of(st.integers(0, 32).map(str), st.integers(0, 32).map("{:02}".format), st.sampled_from(["1er", "٣"]))
NAMES = st.sampled_from([*MONTHS, "Août", "FÉVR.", "déc.", "décembre.", "mi-mars", "printemps", "\uff4dars", "لا", "١"])
YEARS = st.sampled_from(["2015", "2016", "1900", "0999", "1000", "9999", "15", "20155", "２０１５"])
FORMS = st.sampled_from(
    [
        "{y}",
        "{y}-{m}",
        "{y}-{m}-{d}",
        "{d}/{m}/{y}",
        "{d}.{m}.{y}",
        "{d}/{m}.{y}",
        "{m}/{y}",
        "{m}.{y}",
        "{d}-{m}-{y}",
        "{y}-{m}-{d}T00:00",
    ]
)
WRITTEN = st.sampled_from(["{d} {n} {y}", "{n} {y}", "{d}er {n} {y}", "{d}-{n}-{y}", "{d} {n} {y} 00:00", "{n}{y}"])
WORDS = st.sampled_from(["", "", "", " {au printemps}", " {", "}", "{}", " ", " 00:00"])
DATES = st.builds(
    lambda form, day, month, name, year, words: form.format(d=day, m=month, n=name, y=year) + words,
    st.one_of(FORMS, WRITTEN),
    NUMBERS,
    NUMBERS,
    NAMES,
    YEARS,
    WORDS,
)
ANY = st.text(alphabet="0123456789/-. {}eédcrmars\u00a0", max_size=16)


def said(texts: list[str], bound: Bound) -> list[DateValue]:
    """What a column of these texts, then of many others, says of these."""
    found = parse_dates(pa.array(texts + ["2015"] * MANY, pa.large_string()), bound)
    columns = [found.date, found.precision, found.wording, found.problem]
    return [
        DateValue(*values) for values in zip(*(column[: len(texts)].to_pylist() for column in columns), strict=True)
    ]


@given(st.lists(st.one_of(DATES, ANY), max_size=20), BOUNDS)
def test_a_column_says_what_each_text_says(texts: list[str], bound: Bound) -> None:
    expected = [parse_date(text, bound) for text in texts]
    assert said(texts, bound) == expected
    few = parse_dates(pa.array(texts, pa.large_string()), bound)
    assert few.date.to_pylist() == [value.date for value in expected]


@given(st.dates(min_value=dt.date(1000, 1, 1)), BOUNDS)
def test_every_day_in_every_form(day: dt.date, bound: Bound) -> None:
    names = [name for name, number in MONTHS.items() if number == day.month]
    texts = [day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%Y-%m}", f"{day:%m/%Y}", f"{day:%Y}"]
    texts += [text for name in names for text in (f"{day.day} {name} {day.year}", f"{name} {day.year}")]
    assert said(texts, bound) == [parse_date(text, bound) for text in texts]


@pytest.mark.parametrize("text", ["2015-02-29", "31/04/2015", "30 février 2016", "2015-13", "00/2015", "0 mars 2015"])
def test_days_that_do_not_exist(text: str) -> None:
    assert said([text, "2016-02-29"], "start") == [
        DateValue(problem="date-illisible"),
        DateValue(dt.date(2016, 2, 29), "jour"),
    ]
