"""Finds the header of a sheet and names its columns by the declared labels.

Belongs here: matching what people typed as headers with the declaration, tolerantly, and saying what did not match.
Does not belong here: the values under the headers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.sheets.cells import CellKind, Grid, LabelledRows, column_letter
from pipelines.text import clean, fold
from schemas.declaration import Sheet

HEADER_SEARCH_ROWS = 30
"""A header stands in the first rows, under a title at most."""


@dataclass
class Labelled:
    """A sheet under its labels, and what did not match: unknown or doubled (cell, header), missing labels."""

    rows: LabelledRows | None
    unknown: list[tuple[str, str]] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def label_index(sheet: Sheet) -> dict[str, str]:
    """Every understood header, folded, with the label that it stands for."""
    return {fold(header): item.label for item in sheet.fields for header in (*item.aliases, item.label)}


def find_sheet(name: str, sheets: dict[str, Sheet]) -> Sheet | None:
    """The declared sheet that bears this name, without regard to case and accents."""
    wanted = fold(name)
    return next((sheet for sheet in sheets.values() if fold(sheet.name) == wanted), None)


def label(grid: Grid, sheet: Sheet) -> Labelled:
    """The rows of a grid under the labels of ``sheet``; blank rows are dropped, row numbers are those of the file."""
    known = label_index(sheet)
    folded = [[fold(str(value)) for value in row] for row in grid.text[:HEADER_SEARCH_ROWS]]
    matches = [sum(value in known for value in row) for row in folded]
    if not matches or max(matches) < min(2, len(known)):
        return Labelled(rows=None, missing=[item.label for item in sheet.fields if not item.optional])
    header = matches.index(max(matches))
    found: dict[str, int] = {}
    result = Labelled(rows=None)
    for position, text in enumerate(folded[header]):
        at = f"{column_letter(position)}{header + 1}"
        shown = clean(str(grid.text[header, position]))
        name = known.get(text)
        if name is None:
            if text or np.any(grid.kind[header + 1 :, position] != CellKind.EMPTY):
                result.unknown.append((at, shown))
        elif name in found:
            result.doubled.append((at, shown))
        else:
            found[name] = position
    result.missing = [item.label for item in sheet.fields if item.label not in found and not item.optional]
    positions = list(found.values())
    text_part = grid.text[header + 1 :, positions]
    kind_part = grid.kind[header + 1 :, positions]
    filled = (kind_part != CellKind.EMPTY).any(axis=1)
    index = np.flatnonzero(filled) + header + 2
    result.rows = LabelledRows(
        text=pd.DataFrame(text_part[filled], index=index, columns=list(found), dtype="str"),
        kind=pd.DataFrame(kind_part[filled], index=index, columns=list(found)),
        letters={name: column_letter(position) for name, position in found.items()},
        header_row=header + 1,
    )
    return result
