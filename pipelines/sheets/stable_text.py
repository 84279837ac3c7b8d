"""A file of sheets as text that changes only where a cell does: what ``git diff`` shows of a workbook.

Belongs here: which cells are told, in which order, and how. Does not belong here: reading the file (``files``), what
a cell means. Nothing heavy is imported: git runs this once for each version of each file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.sheets.annotations import REPORT_SHEETS
from pipelines.sheets.cells import CellKind, Grid, column_letter
from pipelines.sheets.files import read_grids
from pipelines.sheets.labels import find_sheet, header_row, label_index
from pipelines.sheets.looks import GUIDE_SHEET, LISTS_SHEET
from pipelines.text import fold
from schemas.declaration import Sheet
from schemas.registry import sheets

NO_RESULT = "(formule sans résultat)"
_TITLE_LENGTH = 80
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def stable_text(path: Path, *, numbered: bool = True) -> str:
    """The cells of an XLSX, ODS or CSV file, or of a folder of CSV files, a block for each row that is not blank.

    ``[Actions] ligne 4``, then ``  Intitulé: …`` for each filled cell: sheets and rows in the order of the file, the
    columns of a declared sheet in its own order and by label, any other cell by its letter after them. Header cells
    that are understood, and the sheets that are there for the person who fills the workbook, are left out. A line
    break inside a cell shows as « ⏎ », a character that is not seen as its code.

    Args:
        path: The file or the folder.
        numbered: Names a row by its number; else by its first filled cell, mostly its Identifiant, so that a row put
            in or taken out does not change those under it.

    Raises:
        UnreadableFileError: not the format that its name announces, or damaged.
    """
    left_out = {fold(name) for name in (GUIDE_SHEET, LISTS_SHEET, *REPORT_SHEETS)}
    told = (line for grid in read_grids(path) if fold(grid.sheet) not in left_out for line in _lines(grid, numbered))
    return "".join(f"{line}\n" for line in told)


def _lines(grid: Grid, numbered: bool) -> Iterator[str]:
    declared = find_sheet(grid.sheet, sheets())
    known = label_index(declared) if declared else {}
    header = header_row(grid, known) if declared else None
    labels = _labels(grid, header, known)
    order = _order(grid.text.shape[1], labels, declared)
    filled = grid.kind != CellKind.EMPTY
    for row in np.flatnonzero(filled.any(axis=1)):
        understood = labels if row == header else {}
        cells = [
            (labels.get(place, column_letter(place)) if header is not None and row > header else column_letter(place))
            + f": {_shown(grid, int(row), place)}"
            for place in order
            if filled[row, place] and place not in understood
        ]
        if cells:
            title = f"ligne {row + 1}" if numbered else cells[0].partition(": ")[2][:_TITLE_LENGTH]
            yield f"[{_visible(grid.sheet)}] {title}"
            yield from (f"  {cell}" for cell in cells)


def _labels(grid: Grid, header: int | None, known: dict[str, str]) -> dict[int, str]:
    """The label of each column that has one; a label found twice stands for the first."""
    found: dict[str, int] = {}
    for place, text in enumerate(grid.text[header] if header is not None else ()):
        if (name := known.get(fold(str(text)))) is not None:
            found.setdefault(name, place)
    return {place: name for name, place in found.items()}


def _order(width: int, labels: dict[int, str], declared: Sheet | None) -> list[int]:
    """The columns: those of the declaration in its order, then the others."""
    rank = {field.label: number for number, field in enumerate(declared.fields)} if declared else {}
    return sorted(range(width), key=lambda place: (rank.get(labels.get(place, ""), len(rank)), place))


def _shown(grid: Grid, row: int, place: int) -> str:
    if grid.kind[row, place] == CellKind.NO_RESULT:
        return NO_RESULT
    return _visible(str(grid.text[row, place]))


def _visible(text: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", _LINE_BREAK.sub(" ⏎ ", text))
