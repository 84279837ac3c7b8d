"""Opens a file of sheets, whatever its format, and hands over its grids.

Belongs here: XLSX, ODS, CSV, folders of CSV, and which files of a folder are sheets at all. Does not belong here:
labels.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.sheets.cells import Area, CellKind, Grid, Marked, cell_text, grid, percent_text
from pipelines.sheets.csv_text import read_grid
from pipelines.sheets.guard import (
    Notice,
    Package,
    UnreadableFileError,
    check_extent,
    open_package,
    outside,
    oversized,
    read_bytes,
)
from pipelines.sheets.limits import MAX_SHEETS
from pipelines.sheets.ods_marks import read_marks, starts_in_1904, without_indents
from pipelines.sheets.xlsx_marks import (
    SharedTexts,
    counts_from_1904,
    errors_as_texts,
    look_at,
    percent_styles,
    sheet_parts,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["Notice", "Reading", "UnreadableFileError", "digest", "ignored", "read_file", "read_grids", "workbooks"]

WORKBOOK_SUFFIXES = (".xlsx", ".ods")
OTHER_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".fods", ".ots", ".sxc", ".numbers")
"""Spreadsheets that are not read, and said rather than passed over."""
_IGNORED_PREFIXES = ("~$", ".~lock.", ".")


def ignored(path: Path) -> bool:
    """Lock and temporary files of Excel and LibreOffice, hidden files."""
    return path.name.startswith(_IGNORED_PREFIXES)


def digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of a folder's CSV files; blank for what is not read."""
    try:
        if not path.is_dir():
            return hashlib.sha256(read_bytes(path)).hexdigest()
        total = hashlib.sha256()
        for part in _parts(path):
            total.update(_told(part, read_bytes(part)))
        return total.hexdigest()
    except UnreadableFileError:
        return ""


def _told(part: Path, raw: bytes) -> bytes:
    """What the digest of a folder is told of one of its files."""
    return part.name.encode() + b"\0" + raw + b"\0"


def _parts(folder: Path) -> list[Path]:
    """The CSV files of a folder, by name; none when it cannot be looked into."""
    try:
        return sorted((part for part in folder.iterdir() if _is_part(part.name)), key=attrgetter("name"))
    except PermissionError:
        return []


def _is_part(name: str) -> bool:
    return name.endswith(".csv") and not name.startswith(_IGNORED_PREFIXES)


def workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks of a folder, by name: ``.xlsx``, ``.ods``, or a sub-folder that holds ``.csv`` files.

    A workbook of another format is one of them, to be refused, unless it stands beside the same in a format that is
    read.
    """
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        names = sorted(
            (entry.name, is_folder(entry)) for entry in entries if not entry.name.startswith(_IGNORED_PREFIXES)
        )
    found = [(folder / name, is_folder) for name, is_folder in names]
    read = {
        path.name: path.stem
        for path, is_folder in found
        if path.suffix.lower() in WORKBOOK_SUFFIXES or (is_folder and _holds_parts(path))
    }
    stems = set(read.values())
    for path, _ in found:
        if path.name in read or (path.suffix.lower() in OTHER_SUFFIXES and path.stem not in stems):
            yield path


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is one; the system is asked of links only."""
    return Path(entry).is_dir() if entry.is_symlink() else entry.is_dir()


def _holds_parts(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            names = (entry.name for entry in entries)
            return any(name.endswith(".csv") and not name.startswith(_IGNORED_PREFIXES) for name in names)
    except PermissionError:
        return False


@dataclass(frozen=True)
class Reading:
    """The sheets of a file, in order, what is to be said of what was not read, and the `digest` of what was."""

    grids: list[Grid]
    notices: list[Notice]
    sha256: str


def read_grids(path: Path) -> list[Grid]:
    """Every sheet of a file, in order (see `read_file`)."""
    return read_file(path).grids


def read_file(path: Path) -> Reading:
    """Every sheet of a file, in order, and the notices that the file gives rise to.

    Raises:
        UnreadableFileError: not the format that its name announces, damaged, or past the limits.
    """
    if path.is_dir():
        return _read_folder(path)
    if path.suffix.lower() in OTHER_SUFFIXES:
        read = "seulement .xlsx, .ods et .csv : enregistrez-le au format .xlsx"
        raise UnreadableFileError(path, f"le format {path.suffix.lower()} n’est pas lu, {read}")
    raw = read_bytes(path)
    sha256 = hashlib.sha256(raw).hexdigest()
    if path.suffix.lower() == ".csv":
        return Reading([read_grid(path, raw)], [], sha256)
    package = open_package(path, raw)
    del raw
    return Reading(_read_workbook(path, package), package.notices, sha256)


def _read_folder(folder: Path) -> Reading:
    grids = []
    total = hashlib.sha256()
    for part in _parts(folder):
        if part.is_symlink() and outside(part, folder):
            raise UnreadableFileError(part, "le fichier est un lien qui mène hors du dossier", code="lien-hors-dossier")
        raw = read_bytes(part)
        total.update(_told(part, raw))
        grids.append(read_grid(part, raw))
    return Reading(grids, [], total.hexdigest())


def _read_workbook(path: Path, package: Package) -> list[Grid]:
    try:
        look = _look_at_xlsx if "xl/workbook.xml" in package.parts else _look_at_ods
        marks = look(path, package)
        return _read_values(path, _packed(package), marks)
    except (UnreadableFileError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the value reader's own failures are no `Exception`
        raise UnreadableFileError(path, "le fichier n’est pas un classeur lisible") from error


@dataclass
class _Marks:
    """What the XML of one sheet says and the value reader does not, by place (row, column, from 0)."""

    cells: dict[tuple[int, int], tuple[str, CellKind]] = field(default_factory=dict)
    percents: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Area] | None = None
    from_1904: bool = False


def _look_at_xlsx(path: Path, package: Package) -> dict[str, _Marks]:
    """The marks of each sheet of an XLSX, once no sheet goes past the limits."""
    parts = package.parts
    names = sheet_parts(parts)
    _check_count(path, len(names))
    shown = {part: name for name, part in names.items()}
    texts = (part for name, part in parts.items() if name.lower().endswith("sharedstrings.xml"))
    shared = SharedTexts(next(texts, b""))
    styles = percent_styles(parts.get("xl/styles.xml", b""))
    found = {}
    for name in [name for name, part in parts.items() if b"sheetData" in part]:
        found[name] = look_at(parts[name], shared, styles)
        check_extent(path, shown.get(name, ""), found[name].extent)
        if any(kind is CellKind.ERROR for _, kind in found[name].cells.values()):
            parts[name] = errors_as_texts(parts[name])
    from_1904 = counts_from_1904(parts["xl/workbook.xml"])
    return {
        sheet: _Marks(found[part].cells, found[part].percents, from_1904=from_1904)
        for sheet, part in names.items()
        if part in found
    }


def _check_count(path: Path, sheets: int) -> None:
    if sheets > MAX_SHEETS:
        raise oversized(path, f"plus de {MAX_SHEETS} feuilles")


def _look_at_ods(path: Path, package: Package) -> dict[str, _Marks]:
    """The marks of each sheet of an ODS, once no sheet goes past the limits."""
    content = package.parts["content.xml"]
    read = read_marks(content)
    for sheet in read:
        check_extent(path, sheet.name, sheet.extent)
    late = starts_in_1904(content)
    return {sheet.name: _Marks(sheet.marks, sheet.percents, sheet.merged, from_1904=late) for sheet in read}


def _packed(package: Package) -> bytes:
    """The parts that were looked at and no others, for the value reader, which takes them out of the package here."""
    if "content.xml" in package.parts:
        package.parts["content.xml"] = without_indents(package.parts["content.xml"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in list(package.parts):
            archive.writestr(zipfile.ZipInfo(name), package.parts.pop(name))  # by name alone, it would be dated
    return packed.getvalue()


def _read_values(path: Path, raw: bytes, marks: dict[str, _Marks]) -> list[Grid]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    _check_count(path, len(book.sheet_names))
    return [_read_sheet(book.get_sheet_by_name(name), marks.get(name, _Marks())) for name in book.sheet_names]


def _read_sheet(sheet: CalamineSheet, marks: _Marks) -> Grid:
    rows: list[list[object]] = sheet.to_python(skip_empty_area=False)  # type: ignore[assignment]
    _put(rows, marks)
    merged = marks.merged
    if merged is None:
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    return replace(grid(sheet.name, rows), merged=tuple(merged), from_1904=marks.from_1904)


def _put(rows: list[list[object]], marks: _Marks) -> None:
    """Puts the marks in the rows of values, which they may go past."""
    for (row, column), mark in marks.cells.items():
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = Marked(*mark)
    for row, column in marks.percents:
        if row < len(rows) and column < len(rows[row]):
            text, kind = cell_text(rows[row][column])
            if kind is CellKind.NUMBER:
                rows[row][column] = Marked(percent_text(text), CellKind.PERCENT)
