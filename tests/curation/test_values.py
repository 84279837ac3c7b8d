"""Dates, numbers and yes/no as people type them."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation.values import DateValue, parse_boolean, parse_date, parse_number
from pipelines.sheets.cells import cell_text

MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
)
DATES = st.dates(min_value=dt.date(1000, 1, 1))
SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "  "])


def day(year: int, month: int, number: int, wording: str | None = None) -> DateValue:
    return DateValue(dt.date(year, month, number), "jour", wording)


@pytest.mark.parametrize(
    "text",
    [
        "16/12/2014",
        "16.12.2014",
        "2014-12-16",
        "2014-12-16 00:00:00",
        "2014-12-16T00:00",
        "16 décembre 2014",
        "16 DÉCEMBRE 2014",
        "16 decembre 2014",
        "16 déc. 2014",
        "16\u00a0décembre\u202f2014",
        " 16  décembre 2014 ",
        "16-déc-2014",
    ],
)
def test_a_day(text: str) -> None:
    assert parse_date(text) == parse_date(text, "end") == day(2014, 12, 16)


@pytest.mark.parametrize(
    "text", ["1er mars 2015", "1 mars 2015", "01/03/2015", "1/3/2015", "2015-3-1", "1ER MARS 2015"]
)
def test_the_first_of_a_month(text: str) -> None:
    assert parse_date(text) == day(2015, 3, 1)


@pytest.mark.parametrize("text", ["décembre 2014", "déc. 2014", "dec 2014", "12/2014", "2014-12", "DÉCEMBRE 2014"])
def test_a_month(text: str) -> None:
    assert parse_date(text) == DateValue(dt.date(2014, 12, 1), "mois")
    assert parse_date(text, "end") == DateValue(dt.date(2014, 12, 31), "mois")


@pytest.mark.parametrize(("text", "last"), [("février 2015", 28), ("02/2016", 29), ("2100-02", 28), ("avril 2016", 30)])
def test_the_end_of_a_month(text: str, last: int) -> None:
    found = parse_date(text, "end")
    assert found.date is not None
    assert found.date.day == last


def test_a_year() -> None:
    assert parse_date("2014") == DateValue(dt.date(2014, 1, 1), "annee")
    assert parse_date("2014", "end") == DateValue(dt.date(2014, 12, 31), "annee")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2016 {printemps 2016}", DateValue(dt.date(2016, 1, 1), "annee", "printemps 2016")),
        ("2014-08 {mi-août}", DateValue(dt.date(2014, 8, 1), "mois", "mi-août")),
        ("16/12/2014{ à Paris }", day(2014, 12, 16, "à Paris")),
        ("{printemps}", DateValue(None, None, "printemps")),
        ("03/04 {le 3 avril}", DateValue(None, None, "le 3 avril", "date-ambigue")),
        ("bientôt {plus tard}", DateValue(None, None, "plus tard", "date-illisible")),
        ("2016 {}", DateValue(problem="date-illisible")),
        ("2016 {a} {b}", DateValue(problem="date-illisible")),
        ("2016 {a} b", DateValue(problem="date-illisible")),
        ("2016 {a", DateValue(problem="date-illisible")),
    ],
)
def test_the_words_of_a_source(text: str, found: DateValue) -> None:
    assert parse_date(text) == found


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u200b"])
def test_no_date(text: str) -> None:
    assert parse_date(text) == DateValue()


@pytest.mark.parametrize("text", ["03/04", "3/4", "03-04", "03.04", "03/04/14", "03-04-14", "16/12/14", "31/12"])
def test_ambiguous_dates(text: str) -> None:
    assert parse_date(text) == DateValue(problem="date-ambigue")


@pytest.mark.parametrize(
    "text",
    [
        "31 février 2014",
        "31 février",
        "31/02/2014",
        "2014-02-31",
        "29 février 2015",
        "31/04/2014",
        "00/12/2014",
        "16/00/2014",
        "0 décembre 2014",
        "2014-00",
        "2014-00-16",
        "2014-12-00",
        "00/2014",
        "32/12/2014",
        "16/13/2014",
        "13/2014",
        "2014-13",
        "0999",
        "20144",
        "41989",
        "14",
        "2014-2015",
        "printemps 2016",
        "brumaire 2014",
        "16 décembre",
        "décembre",
        "vers 2014",
        "2014 ?",
        "16/12/2014 10:30",
        "2014-12-16 10:30:00",
        "demain",
        "-",
        "#N/A",
    ],
)
@pytest.mark.parametrize("bound", ["start", "end"])
def test_unreadable_dates(text: str, bound: str) -> None:
    assert parse_date(text, "end" if bound == "end" else "start") == DateValue(problem="date-illisible")


@given(DATES, SPACES, st.booleans(), st.sampled_from([0, 1]))
def test_written_dates_come_back(date: dt.date, space: str, upper: bool, short: int) -> None:
    month = MONTHS[short].split()[date.month - 1]
    number = "1er" if date.day == 1 else str(date.day)
    text = space.join((number, month, f"{date.year}"))
    expected = DateValue(date, "jour")
    for typed in (text.upper() if upper else text, f"{date:%d/%m/%Y}", date.isoformat(), cell_text(date)[0]):
        assert parse_date(typed) == expected, typed


@given(DATES)
def test_months_and_years_are_bounded(date: dt.date) -> None:
    last = calendar.monthrange(date.year, date.month)[1]
    month = f"{date.month:02}/{date.year:04}"
    assert parse_date(month).date == date.replace(day=1)
    assert parse_date(month, "end").date == date.replace(day=last)
    start, end = parse_date(f"{date.year:04}").date, parse_date(f"{date.year:04}", "end").date
    assert start is not None
    assert end is not None
    assert start <= date <= end


@given(st.text(alphabet="0123456789/-. {}eédcr\u00a0", max_size=16), st.sampled_from(["start", "end"]))
def test_any_text_gives_a_date_or_a_problem(text: str, bound: str) -> None:
    found = parse_date(text, "end" if bound == "end" else "start")
    assert (found.date is None) == (found.precision is None)
    assert found.problem in (None, "date-illisible", "date-ambigue")
    assert found.problem is None or found.date is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("990000", "990000"),
        ("990 000", "990000"),
        ("990\u00a0000", "990000"),
        ("1\u202f200\u202f000", "1200000"),
        ("1 200,50 €", "1200.5"),
        ("1\u00a0200,50\u00a0€", "1200.5"),
        ("1 200.50", "1200.5"),
        ("1,5 M€", "1500000"),
        ("1,5M€", "1500000"),
        ("2 Md€", "2000000000"),
        ("75 k€", "75000"),
        ("75 K€", "75000"),
        ("75 euros", "75"),
        ("75 EUR", "75"),
        ("42 %", "42"),
        ("0,5", "0.5"),
        ("0,125", "0.125"),
        ("12,3456", "12.3456"),
        ("1200,500", "1200.5"),
        ("-3", "-3"),
        ("−3,5", "-3.5"),
        ("007", "7"),
        ("1,", "1"),
        ("0", "0"),
        ("100000000000000", "100000000000000"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    found = parse_number(text)
    assert found.problem is None
    assert found.number == Decimal(number)
    assert "E" not in str(found.number)


@pytest.mark.parametrize("text", ["1,200", "1.200", "12,345", "999.999", "1,200 €", "1.200 M€", "-1,200"])
def test_ambiguous_numbers(text: str) -> None:
    assert parse_number(text).problem == "nombre-ambigu"


@pytest.mark.parametrize(
    "text",
    [
        "beaucoup",
        "1 20",
        "1 2000",
        "12 00,5",
        "1,200,300",
        "1.200,50",
        "1,5,5",
        "1,5 5",
        ",5",
        "€ 75",
        "75 $",
        "75 m",
        "75 kg",
        "5-10",
        "5 à 10",
        "- 5",
        "+5",
        "1e5",
        "²",
        "٣",
        "½",
        "#N/A",
        "9" * 19,
        "1," + "9" * 18,
    ],
)
def test_unreadable_numbers(text: str) -> None:
    assert parse_number(text).problem == "nombre-illisible"


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
@pytest.mark.parametrize("native", [True, False])
def test_no_number(text: str, native: bool) -> None:
    found = parse_number(text, native)
    assert found.number is None
    assert found.problem is None


@pytest.mark.parametrize(
    ("text", "number"), [("1.2", "1.2"), ("1.200", "1.2"), ("1200", "1200"), ("1e-07", "0.0000001")]
)
def test_native_numbers_are_never_ambiguous(text: str, number: str) -> None:
    found = parse_number(text, native=True)
    assert found.number == Decimal(number)
    assert found.problem is None


def test_native_text_is_no_number() -> None:
    assert parse_number("oui", native=True).problem == "nombre-illisible"


@given(
    st.decimals(min_value=0, max_value=Decimal("999999999999"), places=2),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
    st.sampled_from(["", " €", "€", " euros"]),
    st.booleans(),
)
def test_amounts_come_back(amount: Decimal, space: str, unit: str, negative: bool) -> None:
    text = f"{amount:,.2f}".replace(",", space).replace(".", ",")
    found = parse_number(f"{'-' if negative else ''}{text}{unit}")
    assert found.problem is None
    assert found.number == (-amount if negative else amount)


@given(st.integers(min_value=0, max_value=999), st.integers(min_value=0, max_value=99))
def test_multiples(whole: int, cents: int) -> None:
    typed = f"{whole},{cents:02}"
    number = Decimal(f"{whole}.{cents:02}")
    assert parse_number(f"{typed} k€").number == number * 1_000
    assert parse_number(f"{typed} M€").number == number * 1_000_000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_native_numbers_come_back(number: float) -> None:
    found = parse_number(cell_text(number)[0], native=True).number
    assert found is not None
    assert float(found) == number


@given(st.text(alphabet="0123456789., €kM%-−\u00a0", max_size=24))
def test_any_text_gives_a_number_or_a_problem(text: str) -> None:
    found = parse_number(text)
    assert found.problem in (None, "nombre-illisible", "nombre-ambigu")
    assert found.problem is None or found.number is None


@pytest.mark.parametrize("text", ["oui", "OUI", " Oui ", "o", "x", "X", "vrai", "true", "1"])
def test_yes(text: str) -> None:
    assert parse_boolean(text) is True


@pytest.mark.parametrize("text", ["non", "NON", "n", "faux", "false", "0", "", "  ", "\u00a0"])
def test_no(text: str) -> None:
    assert parse_boolean(text) is False


@pytest.mark.parametrize("text", ["peut-être", "oui ?!a", "—", "?", "2", "ouii", "✓"])
def test_neither(text: str) -> None:
    assert parse_boolean(text) is None
