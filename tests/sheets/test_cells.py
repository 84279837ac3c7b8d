"""Cells as they stand in a file: addresses, native values, grids."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.sheets.cells import CellKind, cell_text, column_index, column_letter, grid
from pipelines.sheets.columns import LONG_COLUMN, listed


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letter(index) == letters
    assert column_index(letters) == index


@given(st.integers(min_value=0, max_value=20_000))
def test_letters_come_back(index: int) -> None:
    assert column_index(column_letter(index)) == index


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (None, "", CellKind.EMPTY),
        ("", "", CellKind.EMPTY),
        ("   ", "", CellKind.EMPTY),
        ("\u00a0\n", "", CellKind.EMPTY),
        (" Alpes ", " Alpes ", CellKind.TEXT),
        ("01", "01", CellKind.TEXT),
        (True, "oui", CellKind.BOOLEAN),
        (False, "non", CellKind.BOOLEAN),
        (0, "0", CellKind.NUMBER),
        (1200.0, "1200", CellKind.NUMBER),
        (1.2, "1.2", CellKind.NUMBER),
        (-0.5, "-0.5", CellKind.NUMBER),
        (1e16, "10000000000000000", CellKind.NUMBER),
        (dt.date(2014, 12, 16), "2014-12-16", CellKind.DATE),
        (dt.datetime(2014, 12, 16), "2014-12-16", CellKind.DATE),
        (dt.datetime(2014, 12, 16, 10, 30), "2014-12-16 10:30:00", CellKind.DATE),
        (dt.time(10, 30), "10:30:00", CellKind.TEXT),
    ],
)
def test_cell_text(value: object, text: str, kind: CellKind) -> None:
    assert cell_text(value) == (text, kind)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value(number: float) -> None:
    text, kind = cell_text(number)
    assert kind is CellKind.NUMBER
    assert float(text) == number


@given(st.lists(st.floats() | st.integers(-(10**17), 10**17).map(float), min_size=1, max_size=50))
@settings(max_examples=20, deadline=None)
@example([9_999_999_999.5, 999_999_999.5, -0.0, 1e15, 999_999_999_999_999.9, 0.0001, 0.00009, 1e22])
def test_a_long_column_of_numbers_and_others_reads_as_one_by_one(numbers: list[float]) -> None:
    others = ["Coût", "", " ", None, True, dt.date(2015, 3, 1)]
    values = [*others, *numbers] * (LONG_COLUMN // len(numbers))
    read = grid("Actions", [[value] for value in values])
    assert [*zip(listed(read.columns[0]), read.kind[:, 0].tolist(), strict=True)] == list(map(cell_text, values))


@pytest.mark.parametrize("more", [0, 1])
def test_a_long_column_of_dates_and_others_reads_as_one_by_one(more: int) -> None:
    said: list[object] = [
        None,
        "",
        " ",
        12,
        "a\r\nb",
        dt.date(2015, 6, 25),
        dt.datetime(2015, 6, 25, 8, 30),
        dt.timedelta(hours=30),
    ]
    values = said * (LONG_COLUMN // len(said)) + said[3 : 3 + more]
    found = grid("Feuille", [[value] for value in values])
    assert list(zip(listed(found.columns[0]), found.kind[:, 0].tolist(), strict=True)) == list(map(cell_text, values))


def test_grid_is_a_rectangle_from_a1() -> None:
    made = grid("S", [["", "a"], [], [None, 3.0, " ", True]])
    assert made.text.tolist() == [["", "a", "", ""], [""] * 4, ["", "3", "", "oui"]]
    assert made.kind.tolist() == [[0, 1, 0, 0], [0] * 4, [0, 2, 0, 4]]


def test_grid_of_nothing() -> None:
    assert grid("S", []).text.shape == (0, 0)
