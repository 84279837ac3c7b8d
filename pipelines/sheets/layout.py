"""How a curator's workbook is laid out, whatever its format: columns, notes, messages, lists, typed cells.

Belongs here: what the declarations and the frames become for a person who fills sheets. Does not belong here: any
file format (``workbook`` writes XLSX, ``ods`` writes ODS), the welcome page (``guide``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.sheets.cells import CellKind, cell_text
from pipelines.sheets.examples import example
from pipelines.sheets.hints import Hint, hint
from schemas.declaration import Field, Kind, Sheet
from schemas.registry import workbook_sheets
from schemas.vocabularies import VOCABULARIES

Vocabularies = Mapping[str, Sequence[tuple[str, str]]]

CREATED = dt.date(2026, 11, 1)
"""The date that every workbook bears, so that equal contents make equal files."""

LISTS_FIRST_ROW = 3
"""Row number of the first code on the sheet of lists."""
PREPARED_ROWS = 500
"""Drop-downs and messages reach this row, and always a hundred rows under the last one filled."""
EARLIEST_SERIAL = 18264
"""1950-01-01 as spreadsheets count days: a smaller number in a date cell is a year read as a day (2014 is in 1905)."""
LINE_POINTS = 15
"""Height of a line of text."""

NOTE_WIDTH = 48
"""Characters of a line in the note of a header."""
_TALLEST_LINES = 26

_FIRST_DATE = dt.date(1900, 3, 1)
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_PLAIN_NUMBER = re.compile(r"^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$")
NUMBER_KINDS = frozenset({Kind.EUROS, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT})

_WIDTHS = {
    Kind.IDENTIFIER: 28,
    Kind.CODE: 15,
    Kind.DATE: 13,
    Kind.EUROS: 16,
    Kind.INTEGER: 11,
    Kind.DECIMAL: 11,
    Kind.PERCENT: 9,
    Kind.BOOLEAN: 9,
    Kind.URL: 30,
    Kind.SIREN: 12,
}


@dataclass(frozen=True, kw_only=True)
class Choices:
    """A drop-down: the codes of a vocabulary, on the sheet of lists in ``column`` (from 0), or fixed ``words``."""

    words: tuple[str, ...]
    column: int | None = None


@dataclass(frozen=True, kw_only=True)
class Header:
    """One column of a sheet: its label, its looks, what is said of it and what may be chosen."""

    label: str
    hint: Hint
    width: int
    choices: Choices | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """One sheet of data: its headers and the texts of its rows, column by column in the order of the headers.

    ``example``: the texts of the greyed row above the others, or nothing.
    """

    sheet: Sheet
    headers: tuple[Header, ...]
    rows: tuple[tuple[str, ...], ...]
    example: tuple[str, ...] = ()

    @property
    def last_row(self) -> int:
        """Number of the last row that is prepared for typing."""
        return max(PREPARED_ROWS, len(self.rows) + 101)

    def height(self, row: tuple[str, ...]) -> int:
        """The height in points at which the texts of a row show in full, roughly."""
        cells = zip(row, self.headers, strict=True)
        return LINE_POINTS * min(max(lines(text, header.width) for text, header in cells), _TALLEST_LINES)


@dataclass(frozen=True, kw_only=True)
class VocabularyList:
    """One vocabulary on the sheet of lists: its title and its (code, meaning) pairs."""

    name: str
    title: str
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Book:
    """A whole workbook, ready to be written in any format."""

    national: bool
    pages: tuple[Page, ...]
    lists: tuple[VocabularyList, ...]
    examples: bool = False


def template_version() -> str:
    """Eight characters that change whenever the sheets, their columns or what these hold change."""
    declared = [
        (name, sheet.national, sheet.single, field.label, field.optional, type(field).__name__, *_said(field, sheet))
        for name, sheet in workbook_sheets().items()
        for field in sheet.fields
    ]
    return hashlib.sha256(repr(declared).encode()).hexdigest()[:8]


def _said(field: Field, sheet: Sheet) -> tuple[object, ...]:
    found = hint(field, sheet)
    limits = (found.minimum, found.maximum)
    return found.kind.value, found.required, found.unit, found.vocabulary, found.several, *limits


def book(
    sheets: Mapping[str, pd.DataFrame], vocabularies: Vocabularies, national: bool, examples: bool = False
) -> Book:
    """Lays out a workbook: every declared sheet in order, with or without rows; with ``examples``, a greyed row each.

    Raises:
        ValueError: a frame bears a name or a column that the declared sheets of such a workbook do not have.
    """
    declared = {name: sheet for name, sheet in workbook_sheets().items() if sheet.national or not national}
    _refuse_unknown(sheets, declared)
    hints = {name: tuple((field, hint(field, sheet)) for field in sheet.fields) for name, sheet in declared.items()}
    used = {one.vocabulary for pairs in hints.values() for _, one in pairs if one.vocabulary}
    lists = tuple(
        VocabularyList(name=name, title=vocabulary.title.fr, terms=tuple(vocabularies[name]))
        for name, vocabulary in VOCABULARIES.items()
        if name in used and vocabularies.get(name)
    )
    choices = {
        one.name: Choices(words=tuple(code for code, _ in one.terms), column=2 * position)
        for position, one in enumerate(lists)
    }
    pages = tuple(
        Page(
            sheet=sheet,
            headers=tuple(_header(field.label, one, choices, tuple(declared)) for field, one in hints[name]),
            rows=_rows(sheet, sheets.get(name)),
            example=tuple(example(sheet).values()) if examples else (),
        )
        for name, sheet in declared.items()
    )
    return Book(national=national, pages=pages, lists=lists, examples=examples)


def _refuse_unknown(sheets: Mapping[str, pd.DataFrame], declared: Mapping[str, Sheet]) -> None:
    for name, frame in sheets.items():
        if name not in declared:
            raise ValueError(f"no sheet {name!r} in this workbook")
        unknown = set(frame.columns) - {field.label for field in declared[name].fields}
        if unknown:
            raise ValueError(f"{name}: no column {sorted(unknown)}")


def _header(label: str, found: Hint, choices: Mapping[str, Choices], names: tuple[str, ...]) -> Header:
    offered: Choices | None = None
    if found.kind is Kind.CODE and found.vocabulary is not None:
        offered = choices.get(found.vocabulary)
    elif found.kind is Kind.BOOLEAN:
        offered = Choices(words=("oui", "non"))
    elif found.sheet_names:
        offered = Choices(words=names)
    return Header(label=label, hint=found, width=_width(label, found, offered), choices=offered)


def _width(label: str, found: Hint, offered: Choices | None) -> int:
    if found.several:
        width = min(max(len(found.example), 20), 36)
    elif found.kind is Kind.TEXT:
        size = len(found.example)
        width = 9 if size <= 3 else 20 if size <= 20 else 38
    else:
        width = _WIDTHS.get(found.kind, 20)
    longest_choice = max((len(word) for word in offered.words), default=0) if offered else 0
    longest_word = max(len(word) for word in label.split())
    return max(width, min(longest_choice + 2, 22), longest_word + 4)


def _rows(sheet: Sheet, frame: pd.DataFrame | None) -> tuple[tuple[str, ...], ...]:
    labels = [field.label for field in sheet.fields]
    if frame is None:
        return ()
    texts = frame.reindex(columns=labels, fill_value="").astype(object).fillna("").astype("str")
    return tuple(tuple(row) for row in texts.to_numpy().tolist())


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell so many characters wide."""
    wrapped = (len(textwrap.wrap(line, math.floor(width * 1.1))) for line in text.split("\n"))
    return sum(max(count, 1) for count in wrapped)


def typed(text: str, kind: Kind) -> str | float | dt.date:
    """A full day as a date, a plain number as a number when it comes back the same; the rest as it is typed."""
    if kind is Kind.DATE and _ISO_DATE.match(text):
        try:
            date = dt.date.fromisoformat(text)
        except ValueError:
            return text
        return date if date >= _FIRST_DATE else text
    if kind in NUMBER_KINDS and _PLAIN_NUMBER.match(text):
        number = float(text)
        exact = cell_text(number) == (text.rstrip("0").rstrip(".") if "." in text else text, CellKind.NUMBER)
        return number if exact else text
    return text
