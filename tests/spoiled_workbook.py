"""One cell of a real workbook, changed as a person would change it.

Belongs here: finding the cell by its sheet, its row and its header, and writing it. Does not belong here: what comes
of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl


@dataclass(frozen=True)
class Place:
    """A cell of a workbook of the contracts: its file, its sheet, its address."""

    file: str
    sheet: str
    cell: str


def put(sources: Path, contract: str, sheet: str, row: str, header: str, value: object) -> Place:
    """Writes ``value`` under ``header`` in the row whose Identifiant is ``row``.

    Raises:
        LookupError: no such header or row.
    """
    file = f"contrats/{contract}.xlsx"
    workbook = openpyxl.load_workbook(sources / file)
    cells = workbook[sheet]
    headers = {str(cell.value): cell.column for cell in cells[1]}
    for line in cells.iter_rows(min_row=2):
        if line[headers["Identifiant"] - 1].value == row:
            cell = line[headers[header] - 1]
            cell.value = value
            workbook.save(sources / file)
            return Place(file, sheet, cell.coordinate)
    raise LookupError(f"{file}, {sheet}: no row {row}")
