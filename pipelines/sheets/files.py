"""Opens a file of sheets, whatever its format, and hands over its grids.

Belongs here: XLSX, ODS, CSV, folders of CSV, and which files of a folder are sheets at all. Does not belong here:
labels.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.sheets.cells import Grid, column_index, extended, grid
from pipelines.sheets.xlsx_marks import marked_cells, sheet_parts

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

WORKBOOK_SUFFIXES = (".xlsx", ".ods")
_IGNORED_PREFIXES = ("~$", ".~lock.", ".")
_DELIMITERS = (",", ";", "\t")


class UnreadableFileError(Exception):
    """The file cannot be read as what its name says; the reason is in French, for the curator."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} : {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class SheetFile:
    """A workbook, a CSV file, or a folder of CSV files standing for a workbook."""

    path: Path
    name: str
    sha256: str


def ignored(path: Path) -> bool:
    """Lock and temporary files of Excel and LibreOffice, hidden files."""
    return path.name.startswith(_IGNORED_PREFIXES)


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's CSV files."""
    if path.is_dir():
        total = hashlib.sha256()
        for part in _parts(path):
            total.update(part.name.encode() + b"\0" + part.read_bytes() + b"\0")
        return total.hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _parts(folder: Path) -> list[Path]:
    return sorted(part for part in folder.glob("*.csv") if not ignored(part))


def workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks of a folder, by name: ``.xlsx``, ``.ods``, or a sub-folder that holds ``.csv`` files."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if ignored(path):
            continue
        if path.suffix.lower() in WORKBOOK_SUFFIXES or (path.is_dir() and _parts(path)):
            yield path


def read_grids(path: Path) -> list[Grid]:
    """Every sheet of a file, in order.

    Raises:
        UnreadableFileError: not the format that its name announces, or damaged.
    """
    if path.is_dir():
        return [_read_csv(part) for part in _parts(path)]
    if path.suffix.lower() == ".csv":
        return [_read_csv(path)]
    return _read_workbook(path)


def _read_workbook(path: Path) -> list[Grid]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        grids = [grid(name, _values(book, name)) for name in book.sheet_names]
    except Exception as error:
        raise UnreadableFileError(path, f"le fichier n’est pas un classeur lisible ({error})") from error
    if path.suffix.lower() == ".xlsx":
        _restore_marks(path, grids)
    return grids


def _values(book: CalamineWorkbook, name: str) -> list[list[object]]:
    return [list[object](row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def _restore_marks(path: Path, grids: list[Grid]) -> None:
    """Puts back the errors and the formulas without result that the value reader leaves blank."""
    with zipfile.ZipFile(path) as package:
        parts = sheet_parts(package)
        for position, one in enumerate(grids):
            if one.sheet not in parts:
                continue
            for (row, letters), (text, kind) in marked_cells(package.read(parts[one.sheet])).items():
                place = (row - 1, column_index(letters))
                grids[position] = extended(grids[position], place)
                grids[position].text[place], grids[position].kind[place] = text, kind


def _read_csv(path: Path) -> Grid:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    first = next((line for line in text.split("\n") if any(mark in line for mark in _DELIMITERS)), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [
            list[object](row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        ]
    except csv.Error as error:
        raise UnreadableFileError(path, f"le fichier CSV est mal formé ({error})") from error
    return grid(path.stem, rows)
