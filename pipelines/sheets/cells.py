"""Cells as they stand in a file: their text, what the file says they are, and where they are.

Belongs here: the form in which every reader hands over a sheet. Does not belong here: any file format.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pipelines.text import INVISIBLE

if TYPE_CHECKING:
    import pandas as pd


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
    """One sheet of one file: ``text`` and ``kind`` are arrays of the same shape, whose first cell is A1.

    ``merged``: the areas merged into one cell. ``from_1904``: the workbook counts its days from 1904, not 1900.
    """

    sheet: str
    text: np.ndarray
    kind: np.ndarray
    merged: tuple[Area, ...] = ()
    from_1904: bool = False


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


def grid(sheet: str, rows: list[list[object]]) -> Grid:
    """A grid from native values, padded to a rectangle."""
    width = max((len(row) for row in rows), default=0)
    text = np.full((len(rows), width), "", dtype=object)
    kind = np.zeros((len(rows), width), dtype=np.int8)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value != "" and value is not None:
                text[r, c], kind[r, c] = cell_text(value)
    return Grid(sheet=sheet, text=text, kind=kind)


def extended(one: Grid, place: tuple[int, int]) -> Grid:
    """The same grid, with blank cells added where it did not reach ``place`` (row, column, from 0)."""
    missing = [(0, max(0, wanted + 1 - size)) for wanted, size in zip(place, one.text.shape, strict=True)]
    if not any(after for _, after in missing):
        return one
    return replace(
        one,
        text=np.pad(one.text, missing, constant_values=""),
        kind=np.pad(one.kind, missing, constant_values=int(CellKind.EMPTY)),
    )


def percent_text(number: str) -> str:
    """What a percentage cell shows: 0.425 → « 42,5 % »."""
    hundredfold = (Decimal(number) * 100).normalize()
    return f"{hundredfold:f} %".replace(".", ",")


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a sheet under its labels: one column per declared label found, one row per non-blank row.

    ``texts`` (str, as objects) and ``kinds`` (int8): arrays of rows times ``labels``. ``numbers``: the row's number in
    the sheet. ``letters``: the column letter of each label. ``merged``: areas of several cells among these rows, by the
    row number and label of their first cell, with their address.
    """

    labels: tuple[str, ...]
    texts: np.ndarray
    kinds: np.ndarray
    numbers: np.ndarray
    letters: dict[str, str]
    header_row: int
    merged: tuple[tuple[int, str, str], ...] = ()
    from_1904: bool = False

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def text(self) -> pd.DataFrame:
        """``texts`` as a frame, indexed by the row's number in the sheet."""
        import pandas as pd

        return pd.DataFrame(self.texts, index=self.numbers, columns=list(self.labels), dtype="str")

    @cached_property
    def kind(self) -> pd.DataFrame:
        """``kinds`` as a frame, indexed by the row's number in the sheet."""
        import pandas as pd

        return pd.DataFrame(self.kinds, index=self.numbers, columns=list(self.labels))
