"""A workbook as a test describes it, whatever the format it is written in, and the ways to spoil it.

A cell is named by its address (« D3 »), which is the address that an issue must give back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string


@dataclass(frozen=True)
class Formula:
    """A formula with the result stored beside it; None where the file holds none."""

    formula: str
    result: str | float | None = None


@dataclass(frozen=True)
class Failure:
    """A cell whose calculation failed: « #N/A »."""

    shown: str


@dataclass(frozen=True)
class Percentage:
    """A number that the sheet shows as a percentage: 0.4 is shown « 40 % »."""

    number: float


Value = str | int | float | bool | dt.date | Formula | Failure | Percentage | None


@dataclass
class Page:
    """One sheet: its rows from A1 on, and what a spreadsheet program adds to them."""

    name: str
    rows: list[list[Value]]
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[str] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    formatted_to: int = 0

    def set(self, cell: str, value: Value) -> None:
        """Types a value in a cell, wherever it is."""
        row, column = place(cell)
        while len(self.rows) <= row:
            self.rows.append([])
        line = self.rows[row]
        line.extend([None] * (column + 1 - len(line)))
        line[column] = value

    @property
    def width(self) -> int:
        """The number of columns of its longest row."""
        return max(map(len, self.rows), default=0)


@dataclass
class Book:
    """A workbook: its sheets in order, the day from which it counts, how its CSV files are written."""

    pages: list[Page]
    from_1904: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"

    def page(self, name: str) -> Page:
        """The sheet of this name."""
        return next(page for page in self.pages if page.name == name)


Edit = Callable[[Book], None]


def place(cell: str) -> tuple[int, int]:
    """Row and column, from 0, of an address."""
    letters, row = coordinate_from_string(cell)
    return row - 1, column_index_from_string(letters) - 1


def put(sheet: str, **cells: Value) -> Edit:
    """Types values in cells: ``put("Actions", H2="31/02/2015")``."""

    def edit(book: Book) -> None:
        for cell, value in cells.items():
            book.page(sheet).set(cell, value)

    return edit


def add_row(sheet: str, *values: Value) -> Edit:
    """Types a row under the others."""

    def edit(book: Book) -> None:
        book.page(sheet).rows.append(list(values))

    return edit


def repeat_row(sheet: str, row: int) -> Edit:
    """Types a row once more, under the others."""

    def edit(book: Book) -> None:
        rows = book.page(sheet).rows
        rows.append(list(rows[row - 1]))

    return edit


def insert_rows(sheet: str, before: int, *rows: list[Value]) -> Edit:
    """Inserts rows (blank ones are empty lists) before the one of this number."""

    def edit(book: Book) -> None:
        book.page(sheet).rows[before - 1 : before - 1] = [list(row) for row in rows]

    return edit


def insert_column(sheet: str, before: str, *values: Value) -> Edit:
    """Inserts a column, its first values given from the top."""

    def edit(book: Book) -> None:
        column = column_index_from_string(before) - 1
        for number, row in enumerate(book.page(sheet).rows):
            row.extend([None] * (column - len(row)))
            row.insert(column, values[number] if number < len(values) else None)

    return edit


def drop_columns(sheet: str, *letters: str) -> Edit:
    """Takes columns out."""

    def edit(book: Book) -> None:
        gone = {column_index_from_string(letter) - 1 for letter in letters}
        page = book.page(sheet)
        page.rows = [[value for column, value in enumerate(row) if column not in gone] for row in page.rows]

    return edit


def reverse_columns(sheet: str) -> Edit:
    """Puts the columns in the opposite order."""

    def edit(book: Book) -> None:
        page = book.page(sheet)
        width = page.width
        page.rows = [[*row, *[None] * (width - len(row))][::-1] for row in page.rows]

    return edit


def keep_rows(sheet: str, count: int) -> Edit:
    """Takes out every row after the first ones."""

    def edit(book: Book) -> None:
        del book.page(sheet).rows[count:]

    return edit


def rename(sheet: str, name: str) -> Edit:
    """Renames a sheet."""

    def edit(book: Book) -> None:
        book.page(sheet).name = name

    return edit


def drop_sheet(sheet: str) -> Edit:
    """Takes a sheet out."""

    def edit(book: Book) -> None:
        book.pages.remove(book.page(sheet))

    return edit


def add_sheet(name: str, *rows: list[Value]) -> Edit:
    """Adds a sheet after the others."""

    def edit(book: Book) -> None:
        book.pages.append(Page(name, [list(row) for row in rows]))

    return edit


def hide(sheet: str, *, rows: set[int] | None = None, columns: set[str] | None = None) -> Edit:
    """Hides rows and columns, or, with neither, the whole sheet."""

    def edit(book: Book) -> None:
        page = book.page(sheet)
        page.hidden = rows is None and columns is None
        page.hidden_rows |= rows or set()
        page.hidden_columns |= columns or set()

    return edit


def merge(sheet: str, *ranges: str) -> Edit:
    """Merges cells; only the first of a range may hold something."""

    def edit(book: Book) -> None:
        book.page(sheet).merged.extend(ranges)

    return edit


def format_down(sheet: str, last: int = 1_048_576) -> Edit:
    """Gives a style to blank cells down to a row."""

    def edit(book: Book) -> None:
        book.page(sheet).formatted_to = last

    return edit


def reorder_sheets(book: Book) -> None:
    """Puts the sheets in the opposite order."""
    book.pages.reverse()


def count_from_1904(book: Book) -> None:
    """Counts days from 1904, as old workbooks of the Macintosh do."""
    book.from_1904 = True


def csv_written(encoding: str = "utf-8", delimiter: str = ",", line_end: str = "\n") -> Edit:
    """Says how the CSV files are written."""

    def edit(book: Book) -> None:
        book.encoding, book.delimiter, book.line_end = encoding, delimiter, line_end

    return edit
