"""Cells as they stand in a file: their text, what the file says they are, and where they are.

Belongs here: the form in which every reader hands over a sheet. Does not belong here: any file format.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import compress, zip_longest
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from pipelines.sheets.columns import LONG_COLUMN, arrow, listed, shown, under, written
from pipelines.text import INVISIBLE

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from pipelines.sheets.columns import Texts


_UNSEEN = INVISIBLE + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


class CellKind(IntEnum):
    """What the file itself says that a cell holds."""

    EMPTY = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOLEAN = 4
    ERROR = 5
    NO_RESULT = 6
    PERCENT = 7
    """A number that is shown a hundredfold, with « % »; its text is what is shown."""


NUMERIC = (CellKind.NUMBER, CellKind.PERCENT)
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


@dataclass(frozen=True)
class Grid:
    """One sheet of one file, from A1: the texts of its ``columns``, and the ``kind`` (int8) of its rows of cells.

    ``merged``: the areas merged into one cell. ``from_1904``: the workbook counts its days from 1904, not 1900.
    """

    sheet: str
    columns: tuple[Texts, ...]
    kind: np.ndarray
    merged: tuple[Area, ...] = ()
    from_1904: bool = False

    @cached_property
    def text(self) -> np.ndarray:
        """The texts as an array of objects of the shape of ``kind``: for sheets that are shown, or few cells."""
        texts = np.empty(self.kind.shape, dtype=object)
        for position, column in enumerate(self.columns):
            texts[:, position] = listed(column)
        return texts

    def row(self, position: int) -> list[str]:
        """The texts of one row, from 0."""
        return [text for column in self.columns for text in listed(column[position : position + 1])]


@dataclass
class Extent:
    """How far the filled cells of a sheet reach: ``rows`` and ``columns`` from A1, how many ``cells``, bytes of text.

    ``deepest`` and ``widest``: the first cell (row, column, from 0) on the last row, and in the last column.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    text: int = 0
    deepest: tuple[int, int] = (0, 0)
    widest: tuple[int, int] = (0, 0)

    @property
    def area(self) -> int:
        """The cells of the rectangle that holds them, blank ones included."""
        return self.rows * self.columns

    def reach(self, row: int, column: int) -> None:
        """Counts one filled cell."""
        self.cells += 1
        if row >= self.rows:
            self.rows, self.deepest = row + 1, (row, column)
        if column >= self.columns:
            self.columns, self.widest = column + 1, (row, column)


def column_letter(index: int) -> str:
    """The letter of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1 << 15)
def column_index(letters: str) -> int:
    """The column counted from 0 of a letter: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def is_blank(text: str) -> bool:
    """Whether a text shows nothing: spaces of any kind, invisible characters."""
    return not text or (text[0] in _UNSEEN and not text.strip(_UNSEEN))


class Marked(NamedTuple):
    """What a cell shows and is, where a value reader hands over something else."""

    text: str
    kind: CellKind


def cell_text(value: object) -> tuple[str, CellKind]:
    """The text of a native cell value and its kind; whole numbers lose their « .0 », dates become ISO."""
    if value is None or (isinstance(value, str) and is_blank(value)):
        return "", CellKind.EMPTY
    if isinstance(value, str):
        return (value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value), CellKind.TEXT
    if isinstance(value, bool):
        return ("oui" if value else "non"), CellKind.BOOLEAN
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return str(value), CellKind.ERROR
        return (str(int(value)) if float(value).is_integer() else repr(value)), CellKind.NUMBER
    if isinstance(value, dt.datetime):
        at_midnight = value.time() == dt.time(0)
        return (value.date().isoformat() if at_midnight else value.isoformat(sep=" ")), CellKind.DATE
    if isinstance(value, dt.date):
        return value.isoformat(), CellKind.DATE
    if isinstance(value, dt.time):
        value = dt.datetime.combine(dt.date.min, value) - dt.datetime.min
    return (duration_text(value) if isinstance(value, dt.timedelta) else str(value)), CellKind.TEXT


def duration_text(value: dt.timedelta) -> str:
    """A time of day or a duration, to the millisecond: « 13:30:00 », « 36:00:00 »."""
    seconds, thousandths = divmod(round(abs(value) / dt.timedelta(milliseconds=1)), 1000)
    minutes, seconds = divmod(seconds, 60)
    sign, fraction = "-" if value < dt.timedelta() else "", f".{thousandths:03d}".rstrip("0") if thousandths else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}{fraction}"


def grid(sheet: str, rows: Sequence[Sequence[object]]) -> Grid:
    """A grid from native values, padded to a rectangle."""
    columns = [_read_column(list(values)) for values in zip_longest(*rows, fillvalue="")]
    kind = np.empty((len(rows), len(columns)), dtype=np.int8, order="F")
    for place, (_, kinds) in enumerate(columns):
        kind[:, place] = kinds
    return Grid(sheet=sheet, columns=tuple(texts for texts, _ in columns), kind=kind)


def text_column(column: pa.LargeStringArray) -> tuple[Texts, np.ndarray]:
    """A column of texts as `cell_text` reads each of them, and their kinds."""
    texts, seen = shown(column, _UNSEEN)
    return texts, np.where(seen, np.int8(CellKind.TEXT), np.int8(CellKind.EMPTY))


def _read_column(values: list[object]) -> tuple[Texts, Sequence[int] | np.ndarray]:
    """`cell_text` of each value, texts apart from kinds."""
    types = set(map(type, values))
    if types == {str}:
        return _read_texts(cast("list[str]", values))
    if float in types and len(values) >= LONG_COLUMN:
        return _read_numbers(values)
    if bool in types or Marked in types:  # a truth is equal to a number, as no other value is to one of another kind
        read = [value if isinstance(value, Marked) else cell_text(value) for value in values]
    elif len(values) >= LONG_COLUMN:
        return _read_distinct(values)
    else:
        read = list(map({value: cell_text(value) for value in set(values)}.__getitem__, values))
    return [text for text, _ in read], [kind for _, kind in read]


def _read_distinct(values: list[object]) -> tuple[Texts, np.ndarray]:
    """The same of a long column, each distinct value once."""
    import pyarrow as pa

    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    texts, kinds = zip(*map(cell_text, places), strict=True)
    rows = np.fromiter(map(places.__getitem__, values), dtype=np.int64, count=len(values))
    return arrow(list(texts)).take(pa.array(rows)), np.array(kinds, dtype=np.int8)[rows]


def _read_numbers(values: list[object]) -> tuple[Texts, np.ndarray]:
    """The same of a long column, whose numbers are written apart from the rest, all at once."""
    import pyarrow as pa

    apart = [type(value) is float for value in values]
    counted = np.array(apart)
    numbers = np.array(list(compress(values, apart)), dtype=np.float64)
    rest, kinds = _read_column(list(compress(values, ~counted)))
    kind = np.empty(len(values), dtype=np.int8)
    kind[counted] = np.where(np.isfinite(numbers), CellKind.NUMBER, CellKind.ERROR)
    kind[~counted] = kinds
    order = np.empty(len(values), dtype=np.int64)
    order[np.concatenate([np.flatnonzero(counted), np.flatnonzero(~counted)])] = np.arange(len(values))
    return pa.concat_arrays([written(numbers), arrow(rest)]).take(pa.array(order)), kind


def _read_texts(values: list[str]) -> tuple[Texts, Sequence[int] | np.ndarray]:
    if len(values) >= LONG_COLUMN:
        return text_column(arrow(values))
    if "\r" in "".join(values):
        values = [value.replace("\r\n", "\n").replace("\r", "\n") for value in values]
    texts = [value if value and (value[0] not in _UNSEEN or value.strip(_UNSEEN)) else "" for value in values]
    return texts, [CellKind.TEXT if text else CellKind.EMPTY for text in texts]


def percent_text(number: str) -> str:
    """What a percentage cell shows: 0.425 → « 42,5 % »."""
    hundredfold = (Decimal(number) * 100).normalize()
    return f"{hundredfold:f} %".replace(".", ",")


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a sheet under its labels: one column per declared label found, one row per non-blank row.

    ``columns``: the texts of each of the ``labels``. ``kinds`` (int8): an array of rows times labels. ``numbers``: the
    row's number in the sheet. ``letters``: the column letter of each label. ``merged``: areas of several cells among
    these rows, by the row number and label of their first cell, with their address.
    """

    labels: tuple[str, ...]
    columns: tuple[Texts, ...]
    kinds: np.ndarray
    numbers: np.ndarray
    letters: dict[str, str]
    header_row: int
    merged: tuple[tuple[int, str, str], ...] = ()
    from_1904: bool = False

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, kept: np.ndarray) -> LabelledRows:
        """The rows that are ``kept``."""
        columns = tuple(under(column, 0, kept) for column in self.columns)
        return replace(self, columns=columns, kinds=self.kinds[kept], numbers=self.numbers[kept])

    @cached_property
    def text(self) -> pd.DataFrame:
        """The texts as a frame, indexed by the row's number in the sheet."""
        import pandas as pd

        columns = {
            name: pd.array(arrow(column), dtype="str") for name, column in zip(self.labels, self.columns, strict=True)
        }
        return pd.DataFrame(columns, index=self.numbers)

    @cached_property
    def kind(self) -> pd.DataFrame:
        """``kinds`` as a frame, indexed by the row's number in the sheet."""
        import pandas as pd

        return pd.DataFrame(self.kinds, index=self.numbers, columns=list(self.labels))
