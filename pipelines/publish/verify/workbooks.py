"""The workbooks of a release against its tables, cell by cell, as far as the format tells one value from another.

Belongs here: opening a workbook that may be hostile, its sheets, what each value must look like in a cell. Does not
belong here: writing them (``xlsx_cells``).

An empty text and an empty cell are the same, a number is its nearest float, line breaks are all alike.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib

import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.publish.verify.descriptor import Resource
from pipelines.publish.verify.findings import MOST_ALIKE, Log
from pipelines.publish.verify.tables import decoded
from pipelines.sheets.cells import column_letter
from pipelines.sheets.limits import MAX_RATIO, RATIO_FROM

_FORMULA = re.compile(rb"<f[ />]")
_SHEETS = "xl/worksheets/"
_FIRST_SURE_DAY = dt.date(1900, 3, 1)
"""Before it, Excel and others disagree on days: such a date is a text."""


def open_workbook(content: bytes, path: str, log: Log) -> CalamineWorkbook | None:
    """A workbook whose every part was read whole and holds no formula; nothing when it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(_is_bomb(part) for part in archive.infolist()):
                log.add("classeur-demesure", path)
                return None
            for part in archive.infolist():
                xml = archive.read(part)
                if part.filename.startswith(_SHEETS) and _FORMULA.search(xml):
                    log.add("classeur-formule", path, cell=part.filename)
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (
        zipfile.BadZipFile,
        zlib.error,
        CalamineError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        log.add("classeur-illisible", path, found=error)
        return None


def sheet_rows(book: CalamineWorkbook, sheet: str, path: str, log: Log) -> list[list[object]] | None:
    """The cells of a sheet, "" for an empty one; nothing when it cannot be read."""
    if sheet not in book.sheet_names:
        log.add("classeur-feuille", path, expected=sheet)
        return None
    try:
        return [list(row) for row in book.get_sheet_by_name(sheet).to_python()]
    except (CalamineError, OSError, ValueError) as error:
        log.add("classeur-illisible", path, cell=sheet, found=error)
        return None


class Cells:
    """The columns of a table as the cells of a sheet hold them, made once for all the workbooks that have them."""

    def __init__(self, table: pa.Table) -> None:
        self.rows = table.num_rows
        self._table = table
        self._made: dict[str, list[object]] = {}

    def column(self, name: str) -> list[object]:
        """The cells of a column, "" for an empty one."""
        if name not in self._made:
            self._made[name] = _as_cells(self._table[name])
        return self._made[name]


def check_sheet(resource: Resource, cells: Cells, book: CalamineWorkbook, sheet: str, path: str, log: Log) -> None:
    """One sheet: its header, its number of rows, its cells."""
    lines = sheet_rows(book, sheet, path, log)
    if lines is None:
        return
    header, *rows = lines or [[]]
    if header != resource.columns:
        found, expected = ", ".join(map(str, header)), ", ".join(resource.columns)
        log.add("classeur-entete", path, table=resource.name, cell=f"{sheet}!A1", found=found, expected=expected)
        return
    if len(rows) != cells.rows:
        log.add("classeur-lignes", path, table=resource.name, cell=sheet, found=len(rows), expected=cells.rows)
        return
    keys = cells.column(resource.key)
    for index, (column, read) in enumerate(zip(resource.columns, zip(*rows, strict=True), strict=bool(rows))):
        wanted = cells.column(column)
        wrong = _wrong_rows(list(read), wanted)
        for rank, row in enumerate(wrong[:MOST_ALIKE], start=1):
            log.add(
                "classeur-cellule",
                path,
                table=resource.name,
                row=keys[row],
                cell=f"{sheet}!{column_letter(index)}{row + 2}",
                found=_shown(read[row]),
                expected=_shown(wanted[row]),
                others=len(wrong) - MOST_ALIKE if rank == MOST_ALIKE else 0,
            )


def _wrong_rows(found: list[object], expected: list[object]) -> list[int]:
    """Where cells are not as expected; a number is no boolean, though they may be equal."""
    if found == expected and set(map(type, found)) <= {str, *map(type, expected)}:
        return []
    read = [_one_break(value) if isinstance(value, str) else value for value in found]
    pairs = enumerate(zip(read, expected, strict=True))
    return [row for row, (one, other) in pairs if one != other or type(one) is not type(other)]


def _as_cells(column: pa.ChunkedArray) -> list[object]:
    values = decoded(column)
    if pa.types.is_date32(values.type):
        early = pc.less(values, pa.scalar(_FIRST_SURE_DAY))
        cells = values.to_pylist()
        for row in pc.indices_nonzero(pc.fill_null(early, False)).to_pylist():
            cells[row] = cells[row].isoformat()
    elif pa.types.is_integer(values.type):
        cells = values.cast(pa.float64(), safe=False).to_pylist()
    elif pa.types.is_decimal(values.type):
        cells = values.cast(pa.string()).cast(pa.float64()).to_pylist()
    elif pa.types.is_boolean(values.type):
        cells = values.to_pylist()
    else:
        cells = [value and _one_break(value) for value in values.to_pylist()]
    return ["" if value is None else value for value in cells]


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size


def _shown(cell: object) -> object:
    return "rien" if cell == "" else cell
