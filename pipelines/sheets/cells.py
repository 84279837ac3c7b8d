"""Cells as they stand in a file: their text, what the file says they are, and where they are.

Belongs here: the form in which every reader hands over a sheet. Does not belong here: any file format.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd


class CellKind(IntEnum):
    """What the file itself says that a cell holds."""

    EMPTY = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOLEAN = 4
    ERROR = 5
    NO_RESULT = 6


@dataclass(frozen=True)
class Grid:
    """One sheet of one file: ``text`` and ``kind`` are arrays of the same shape, whose first cell is A1."""

    sheet: str
    text: np.ndarray
    kind: np.ndarray


def column_letter(index: int) -> str:
    """The letter of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The column counted from 0 of a letter: A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_text(value: object) -> tuple[str, CellKind]:
    """The text of a native cell value and its kind; whole numbers lose their « .0 », dates become ISO."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return "", CellKind.EMPTY
    if isinstance(value, str):
        return value, CellKind.TEXT
    if isinstance(value, bool):
        return ("oui" if value else "non"), CellKind.BOOLEAN
    if isinstance(value, int | float):
        return (str(int(value)) if float(value).is_integer() else repr(value)), CellKind.NUMBER
    if isinstance(value, dt.datetime):
        at_midnight = value.time() == dt.time(0)
        return (value.date().isoformat() if at_midnight else value.isoformat(sep=" ")), CellKind.DATE
    if isinstance(value, dt.date):
        return value.isoformat(), CellKind.DATE
    return str(value), CellKind.TEXT


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
    return Grid(
        sheet=one.sheet,
        text=np.pad(one.text, missing, constant_values=""),
        kind=np.pad(one.kind, missing, constant_values=int(CellKind.EMPTY)),
    )


@dataclass(frozen=True)
class LabelledRows:
    """The rows of a sheet under its labels.

    ``text`` (str) and ``kind`` (int8): one column per declared label found, one row per non-blank row of the sheet,
    indexed by the row's number in the sheet. ``letters``: the column letter of each label.
    """

    text: pd.DataFrame
    kind: pd.DataFrame
    letters: dict[str, str]
    header_row: int
