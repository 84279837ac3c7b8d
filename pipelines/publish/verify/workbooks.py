"""The workbooks of a release against its tables, cell by cell, as far as the format tells one value from another.

Belongs here: opening a workbook that may be hostile, its sheets, what each value must look like in a cell. Does not
belong here: writing them (``xlsx_cells``).

An empty text and an empty cell are the same, a number is its nearest float, line breaks are all alike.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from pipelines.publish.verify.descriptor import Resource
from pipelines.publish.verify.findings import MOST_ALIKE, Log
from pipelines.publish.verify.tables import decoded
from pipelines.sheets.cells import column_letter
from pipelines.sheets.limits import MAX_RATIO, RATIO_FROM
from pipelines.sheets.packages import UNREADABLE

_FORMULA = re.compile(rb"<f[ />]")
_MOST_OF_A_FORMULA = 3
_SHEETS, _STYLES, _BOOK = "xl/worksheets/", "xl/styles.xml", "xl/workbook.xml"
_RELATIONS, _SHARED_TEXTS = "xl/_rels/workbook.xml.rels", "xl/sharedstrings.xml"
_FIRST_SURE_DAY = dt.date(1900, 3, 1)
"""Before it, Excel and others disagree on days: such a date is a text."""
_BLOCK = 1 << 20
_BLOCK_ROWS = 8_192
_SHEET = re.compile(rb'<sheet name="([^"&]+)" sheetId="[0-9]+" r:id="(\w+)"/>')
_RELATION = re.compile(rb'<Relationship Id="(\w+)" Type="[^"&]*" Target="([^"&]*)"/>')


_Reader = Callable[[int], list[object]]
"""Gives the cells of a column from a row on, as many as a block has."""


@dataclass(frozen=True)
class Book:
    """A workbook that was opened. ``alike``: digests; sheets of the same, in whichever workbooks, read the same."""

    read: CalamineWorkbook
    alike: Mapping[str, str]


def open_workbook(content: bytes, path: str, log: Log) -> Book | None:
    """A workbook whose every part was read whole and holds no formula; nothing when it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(_is_bomb(part) for part in archive.infolist()):
                log.add("classeur-demesure", path)
                return None
            digests = {part.filename: _look_at(archive, part, path, log) for part in archive.infolist()}
            members = _members(archive)
        read = CalamineWorkbook.from_filelike(io.BytesIO(content))
        known = members if list(members) == read.sheet_names else {}
        return Book(read, {name: digests[member] + digests[_STYLES] for name, member in known.items()})
    except (*UNREADABLE, CalamineError, OSError, ValueError) as error:
        log.add("classeur-illisible", path, found=error)
        return None


def _look_at(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: str, log: Log) -> str:
    """Reads a part whole, and tells of a formula; returns its digest."""
    digest, end, told = hashlib.sha256(), b"", not part.filename.startswith(_SHEETS)
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if not told and _FORMULA.search(end + block):
                log.add("classeur-formule", path, cell=part.filename)
                told = True
            end = block[-_MOST_OF_A_FORMULA:]
    return digest.hexdigest()


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet; none when a sheet may not be told by that part and the styles alone, or by another way.

    That is when texts are shared or days are counted from 1904, or when the list of sheets has an unusual form.
    """
    names = archive.namelist()
    folded = {name.casefold() for name in names}
    if len(folded) < len(names) or _SHARED_TEXTS in folded or not {_BOOK, _RELATIONS, _STYLES} <= set(names):
        return {}
    book, relations = archive.read(_BOOK), archive.read(_RELATIONS)
    sheets, targets = _SHEET.findall(book), _RELATION.findall(relations)
    plain = (
        not any(mark in part for part in (book, relations) for mark in (b"<!", b"1904"))
        and book.count(b"sheetId") == len(sheets) == len({name for name, _ in sheets})
        and relations.count(b"Relationship") - 2 == len(targets) == len({key for key, _ in targets})
    )
    members = {key: f"xl/{target.decode()}" for key, target in targets}
    found = {name.decode(): members.get(key, "") for name, key in sheets}
    return found if plain and set(found.values()) <= set(names) else {}


def sheet_rows(book: Book, sheet: str, path: str, log: Log) -> list[list[object]] | None:
    """The cells of a sheet, "" for an empty one; nothing when it cannot be read."""
    read = _sheet(book, sheet, path, log)
    return None if read is None else [list(row) for row in read.to_python()]


def check_sheet(resource: Resource, table: pa.Table, book: Book, sheet: str, path: str, log: Log) -> bool:
    """One sheet against rows of a table: its header, its number of rows, its cells. Returns whether all is right."""
    read = _sheet(book, sheet, path, log)
    if read is None:
        return False
    rows = read.iter_rows()
    header = next(rows, [])
    if header != resource.columns:
        found, expected = ", ".join(map(str, header)), ", ".join(resource.columns)
        log.add("classeur-entete", path, table=resource.name, cell=f"{sheet}!A1", found=found, expected=expected)
        return False
    if read.height - 1 != table.num_rows:
        found, expected = str(read.height - 1), str(table.num_rows)
        log.add("classeur-lignes", path, table=resource.name, cell=sheet, found=found, expected=expected)
        return False
    wrong = _wrong_cells([_reader(table[name]) for name in resource.columns], rows, table.num_rows)
    for index, column in enumerate(wrong):
        for rank, (row, cell, wanted) in enumerate(column.first, start=1):
            log.add(
                "classeur-cellule",
                path,
                table=resource.name,
                row=_as_cells(table[resource.key].slice(row, 1))[0],
                cell=f"{sheet}!{column_letter(index)}{row + 2}",
                found=_shown(cell),
                expected=_shown(wanted),
                others=column.count - MOST_ALIKE if rank == MOST_ALIKE else 0,
            )
    return not any(column.count for column in wrong)


def _sheet(book: Book, sheet: str, path: str, log: Log) -> CalamineSheet | None:
    if sheet not in book.read.sheet_names:
        log.add("classeur-feuille", path, expected=sheet)
        return None
    try:
        return book.read.get_sheet_by_name(sheet)
    except (CalamineError, OSError, ValueError) as error:
        log.add("classeur-illisible", path, cell=sheet, found=error)
        return None


@dataclass
class _Wrong:
    """The cells of a column that are not as expected: their number and the first ones, each with its row, from 0."""

    count: int = 0
    first: list[tuple[int, object, object]] = field(default_factory=list)


def _wrong_cells(readers: Sequence[_Reader], rows: Iterator[Sequence[object]], count: int) -> list[_Wrong]:
    """Reads the rows of a sheet, a few in memory at a time, against those of a table."""
    wrong = [_Wrong() for _ in readers]
    for start in range(0, count, _BLOCK_ROWS):
        block = zip(*islice(rows, _BLOCK_ROWS), strict=True)
        for found, reader, column in zip(block, readers, wrong, strict=True):
            expected = reader(start)
            bad = _wrong_rows(found, expected)
            room = MOST_ALIKE - len(column.first)
            column.first += [(start + row, found[row], expected[row]) for row in bad[:room]]
            column.count += len(bad)
    return wrong


def _wrong_rows(found: Sequence[object], expected: list[object]) -> list[int]:
    """Where cells are not as expected; a number is no boolean, though they may be equal."""
    if list(found) == expected and set(map(type, found)) <= {str, *map(type, expected)}:
        return []
    read = [_one_break(value) if isinstance(value, str) else value for value in found]
    pairs = enumerate(zip(read, expected, strict=True))
    return [row for row, (one, other) in pairs if one != other or type(one) is not type(other)]


def _reader(column: pa.ChunkedArray) -> _Reader:
    """What gives the cells of a block of rows; values that are kept apart are made once."""
    if not pa.types.is_dictionary(column.type):
        return lambda start: _as_cells(column.slice(start, _BLOCK_ROWS))
    whole = column.combine_chunks()
    values = np.array([*_as_cells(pa.chunked_array([whole.dictionary])), ""], dtype=object)
    ranks = pc.fill_null(whole.indices, len(whole.dictionary)).to_numpy()
    return lambda start: values[ranks[start : start + _BLOCK_ROWS]].tolist()


def _as_cells(column: pa.ChunkedArray) -> list[object]:
    """Values as the cells of a sheet hold them, "" for an empty one."""
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
        many = pc.any(pc.match_substring(values, "\r")).as_py()
        one = pc.replace_substring_regex(values, "\r\n?", "\n") if many else values
        cells = one.to_pylist()
    return ["" if value is None else value for value in cells]


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * part.compress_size


def _shown(cell: object) -> object:
    return "rien" if cell == "" else cell
