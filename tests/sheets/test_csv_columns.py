"""CSV read at once is CSV read row by row: the same grid, or nothing at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.sheets import csv_text
from pipelines.sheets.cells import Grid, grid
from pipelines.sheets.csv_columns import is_utf8, ordinary
from pipelines.sheets.csv_text import read_grid, read_rows
from pipelines.sheets.files import UnreadableFileError
from tests.conftest import labels

PATH = Path("Actions.csv")
_MARKS = ['"', '""', '"x"', ",", ";", "\t", ",,", '",', "\n", "\r\n", "\r", '\n"', "\0"]
_LETTERS = [
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\x0b",
    "\u2028",
    "\x85",
    "a",
    "é",
    "😀",
    "Intitulé",
    "Axe",
    "NULL",
    "nan",
]
PIECES = st.sampled_from([*_MARKS, *_LETTERS])
ANY_TEXT = st.lists(PIECES, max_size=24).map("".join)
CELLS = st.lists(st.sampled_from([*'aé"\n;,\t \u00a0\u200b😀', "\r\n"]), max_size=5).map("".join)


def one_by_one(raw: bytes) -> Grid | str:
    """What row by row gives: a grid, or the reason of the refusal."""
    try:
        return grid("Actions", read_rows(PATH, raw))
    except UnreadableFileError as error:
        return error.reason


def at_once(raw: bytes) -> Grid | str | None:
    try:
        return csv_text._read_at_once(PATH, raw)
    except UnreadableFileError as error:
        return error.reason


def same(one: Grid, other: Grid) -> None:
    assert one.text.tolist() == other.text.tolist()
    assert one.kind.tolist() == other.kind.tolist()
    assert one.kind.shape == other.kind.shape and one.kind.dtype == other.kind.dtype


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
@example("a,b\n1,\n", "utf-8")
@example('a,b\n"x"y,z\n', "utf-8")
@example('a,b\nx"y,z\n', "utf-8")
@example("a\n\nb\n", "utf-8")
@example('"a\n\n', "utf-8")
@example('a,""\n"","b"""\n', "utf-8")
@example("\ufeffa,b\n", "utf-8-sig")
@example("a,b\r1,2\r\r\n", "utf-8")
@example(' , \n"\n",\n', "utf-8")
def test_any_text_is_read_at_once_as_row_by_row_or_not_at_all(text: str, encoding: str) -> None:
    raw = text.encode(encoding, "replace")
    found, wanted = at_once(raw), one_by_one(raw)
    if isinstance(found, Grid):
        assert isinstance(wanted, Grid)
        same(found, wanted)
    elif found is not None:
        assert found == wanted


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_programs_write_is_read_at_once(rows: list[list[str]], mark: str, end: str, quoting: int) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=mark, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["Intitulé", "Axe", "Type", "Sources"][: len(rows[0])], *rows])
    raw = stream.getvalue().encode()
    found, wanted = ordinary("Actions", raw, mark), one_by_one(raw)
    assert isinstance(found, Grid)
    if len(rows[0]) > 1:  # the mark of a single column cannot be told
        assert isinstance(wanted, Grid)
        same(found, wanted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_long_file_of_any_encoding_is_read_at_once(encoding: str) -> None:
    line = f"{','.join(['Fiche d’été'] * len(labels('x/Actions')))}\n"
    raw = (",".join(labels("x/Actions")) + "\n" + line * 4_000).encode(encoding, "replace")
    found = read_grid(PATH, raw)
    assert not isinstance(found.columns[0], list)
    wanted = one_by_one(raw)
    assert isinstance(wanted, Grid)
    same(found, wanted)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "1,2\n" * 20_000 + "3\n",
        "Titre\na,b\n" + "1,2\n" * 20_000,
        "a,b\n" + '1,x "y" z\n' * 10_000,
    ],
    ids=["short row", "title", "quotes within"],
)
def test_what_is_not_ordinary_is_read_all_the_same(text: str) -> None:
    assert at_once(text.encode()) is None
    wanted = one_by_one(text.encode())
    assert isinstance(wanted, Grid)
    same(read_grid(PATH, text.encode()), wanted)


def test_a_mistake_in_a_long_file_is_said_as_in_a_short_one() -> None:
    text = "a,b\n" + "1,2\n" * 20_000 + '"x"y,z\n'
    with pytest.raises(UnreadableFileError, match=r"ligne 20002 \(un guillemet ferme une cellule avant sa fin"):
        read_grid(PATH, text.encode())


@pytest.mark.parametrize(
    ("raw", "so"), [(b"", True), ("été".encode(), True), (b"\xe9t\xe9", False), (b"\xed\xa0\x80", False)]
)
def test_utf8_is_known(raw: bytes, so: bool) -> None:
    assert is_utf8(raw) is so
