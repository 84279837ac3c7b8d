"""What an annotation says, whatever the file it is put in: marks on cells, the lines of the report, colours and words.

Belongs here: words, colours and order, in French. Does not belong here: any file format (``annotations_xlsx`` marks a
workbook in place, ``annotations_workbook`` writes a report of its own).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.sheets.cells import column_index

REPORT_SHEET = "Rapport"
OTHER_REPORT_SHEET = "Rapport de contrôle"
"""The name taken when the curator has a sheet « Rapport » of their own."""
REPORT_SHEETS = frozenset({REPORT_SHEET, OTHER_REPORT_SHEET})
AUTHOR = "contrats-destination"
SIGN = f"[{AUTHOR}]"
"""Stands at the head of what an annotation says in a note: what follows it goes at the next annotation."""

HEADERS = ("Gravité", "Feuille", "Cellule", "Valeur", "Message", "Conseil")
WIDTHS = (17, 18, 11, 34, 56, 62)
TITLE = "Rapport de contrôle"
ERROR, WARNING = "error", "warning"
GRAVITIES = {ERROR: "Erreur", WARNING: "Avertissement"}
FILLS = {ERROR: "FFA8A0", WARNING: "FFD080"}
"""Colours of marked cells; the last two digits vary by as much as `SHADES`, one shade for each colour covered."""
DEEP_FILLS = {ERROR: "C00000", WARNING: "A05A00"}
"""The same, for cells whose own letters are light."""
SHADES = 32

_ADDRESS = re.compile(r"^([A-Z]{1,3})([1-9][0-9]{0,6})$")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Line:
    """One issue as the report lists it; ``cell`` is "" for a whole row, sheet or file, ``row`` 0 for no row."""

    severity: str
    sheet: str
    cell: str
    row: int
    value: str
    message: str
    advice: str

    @property
    def place(self) -> tuple[int, int] | None:
        """Row and column of the cell, from 1 and from 0; None without a cell that a sheet can hold."""
        found = _ADDRESS.match(self.cell)
        if found is None:
            return None
        row, column = int(found[2]), column_index(found[1])
        return (row, column) if row <= _LAST_ROW and column < _LAST_COLUMN else None

    @property
    def where(self) -> str:
        """What the column « Cellule » shows."""
        return self.cell or (f"ligne {self.row}" if self.row else "")

    @property
    def gravity(self) -> str:
        """The severity, in French."""
        return GRAVITIES.get(self.severity, "")


@dataclass(frozen=True)
class Mark:
    """A cell to colour (the gravest of its issues) and the note on it."""

    severity: str
    note: str


def marks(lines: Sequence[Line]) -> dict[tuple[int, int], Mark]:
    """The marks of one sheet's cells, by row (from 1) and column (from 0), in that order."""
    by_cell: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        if line.place is not None:
            by_cell.setdefault(line.place, []).append(line)
    return {place: _mark(by_cell[place]) for place in sorted(by_cell)}


def _mark(lines: Sequence[Line]) -> Mark:
    severity = ERROR if any(line.severity == ERROR for line in lines) else WARNING
    said = dict.fromkeys(f"{line.gravity} : {line.message}\n→ {line.advice}" for line in lines)
    return Mark(severity, "\n\n".join(said))


def summary(lines: Sequence[Line], file: str) -> tuple[str, ...]:
    """The lines under the title of the report."""
    wrong = sum(line.severity == ERROR for line in lines)
    doubtful = len(lines) - wrong
    if not lines:
        return (f"{file} : aucune anomalie.",)
    counted = [_counted(wrong, "erreur"), _counted(doubtful, "avertissement")]
    return (f"{file} : {' et '.join(part for part in counted if part)}.",)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}" if number else ""


HELP_IN_PLACE = (
    "Cliquez sur une cellule de la colonne « Cellule » pour y aller : elle est en rouge (erreur) ou en orange "
    "(avertissement), et sa note dit quoi faire.",
    "Corrigez, enregistrez, puis relancez le contrôle : cette feuille, les couleurs et les notes disparaissent d’elles-"
    "mêmes.",
)
HELP_APART = ("Ce rapport ne change rien au fichier contrôlé : corrigez le fichier, puis relancez le contrôle.",)
