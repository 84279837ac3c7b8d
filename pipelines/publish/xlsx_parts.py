"""How a table is shared out over sheets when one cannot hold it, and what the workbooks of its parts are called.

Belongs here: which rows each part has, the names of files. Does not belong here: writing them (``xlsx_files``).

The first part keeps the name of the table, so that an address that was given out stays good. Parts are as even as can
be: the number of rows and the number of parts tell which rows each has, and nothing else has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.publish.formats import XLSX

MAXIMUM_ROWS = 1_048_576
"""Rows of a sheet, its header included."""
SHEET_ROWS = MAXIMUM_ROWS - 1


@dataclass(frozen=True)
class Part:
    """Some rows of a table: its rank among the parts, from 1, their number, and its rows, from 0."""

    rank: int
    of: int
    start: int
    rows: int
    total: int

    @property
    def bounds(self) -> dict[str, int]:
        """The ranks of its first and last rows, from 1, as descriptors tell them; of an only part, nothing."""
        return {"premiere_ligne": self.start + 1, "derniere_ligne": self.start + self.rows} if self.of > 1 else {}

    @property
    def rows_text(self) -> str:
        """« lignes 1 à 10 sur 25 »."""
        return f"lignes {self.start + 1} à {self.start + self.rows} sur {self.total}"

    @property
    def rows_text_en(self) -> str:
        """“rows 1 to 10 of 25”."""
        return f"rows {self.start + 1} to {self.start + self.rows} of {self.total}"


def parts(rows: int, most: int = SHEET_ROWS) -> list[Part]:
    """The parts of a table of which a sheet holds ``most`` rows; a single one when it holds them all."""
    return parts_in(rows, max(1, -(-rows // most)))


def parts_in(rows: int, count: int) -> list[Part]:
    """The parts of a table that is shared out over so many sheets."""
    size = -(-rows // count)
    starts = [min(rank * size, rows) for rank in range(count)]
    return [Part(rank, count, start, min(size, rows - start), rows) for rank, start in enumerate(starts, start=1)]


def workbook_path(table: str, rank: int = 1) -> str:
    """Where a release has the workbook of a part."""
    return f"{XLSX}/{table}{_suffix(rank)}.xlsx"


def workbook_paths(release: Path, table: str) -> list[str]:
    """The workbooks of a table that a folder holds, in order."""
    paths = [workbook_path(table)]
    while (release / workbook_path(table, len(paths) + 1)).is_file():
        paths.append(workbook_path(table, len(paths) + 1))
    return paths


def told(release: Path, tables: Iterable[str]) -> list[str]:
    """What the journal says of the tables that have several workbooks, a line for each."""
    several = {name: len(paths) for name in tables if len(paths := workbook_paths(release, name)) > 1}
    return [
        f"Une feuille Excel ne contient pas toute la table `{name}` : ses lignes sont réparties sur {count} classeurs, "
        f"de `{workbook_path(name)}` à `{workbook_path(name, count)}`."
        for name, count in several.items()
    ]


def sheet_name(table: str, rank: int, most: int, again: int = 1) -> str:
    """The name of a sheet, of ``most`` characters; ``again``: how many times such a name was asked for."""
    mark = f"{f'~{again}' if again > 1 else ''}{_suffix(rank)}"
    return f"{table[: most - len(mark)]}{mark}"


def _suffix(rank: int) -> str:
    return f"-{rank}" if rank > 1 else ""
