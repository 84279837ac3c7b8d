"""Finds the header of a sheet and names its columns by the declared labels.

Belongs here: matching what people typed as headers with the declaration, tolerantly, and saying what did not match.
Does not belong here: the values under the headers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from pipelines.sheets.cells import CellKind, Grid, LabelledRows, column_letter
from pipelines.sheets.columns import listed, under
from pipelines.text import clean, fold
from schemas.declaration import Sheet

HEADER_SEARCH_ROWS = 30
"""A header stands in the first rows, under a title at most."""
_KNOWN: dict[int, tuple[Sheet, dict[str, str]]] = {}
"""What `label_index` found, by sheet: declarations are compared by identity, which costs nothing."""


@dataclass
class Labelled:
    """A sheet under its labels, and what did not match: unknown or doubled (cell, header), missing labels.

    ``outside``: the first filled cell of each column without a header (row number, cell, text).
    """

    rows: LabelledRows | None
    unknown: list[tuple[str, str]] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    outside: list[tuple[int, str, str]] = field(default_factory=list)


def label_index(sheet: Sheet) -> dict[str, str]:
    """Every understood header, folded, with the label that it stands for."""
    if (known := _KNOWN.get(id(sheet))) is not None and known[0] is sheet:
        return known[1]
    found = {fold(header): item.label for item in sheet.fields for header in (*item.aliases, item.label)}
    _KNOWN[id(sheet)] = sheet, found
    return found


def find_sheet(name: str, sheets: dict[str, Sheet]) -> Sheet | None:
    """The declared sheet that bears this name, without regard to case and accents."""
    wanted = fold(name)
    return next((sheet for sheet in sheets.values() if fold(sheet.name) == wanted), None)


def header_row(grid: Grid, known: Collection[str]) -> int | None:
    """The position of the first row that holds most of the ``known`` headers (folded), if it holds two of them."""
    found, most = None, min(2, len(known)) - 1
    for position in range(min(len(grid.kind), HEADER_SEARCH_ROWS)):
        row = grid.row(position)
        matches = sum(fold(text) in known for text in row)
        if matches > most:
            found, most = position, matches
        if most == len(row):  # no row can hold more
            break
    return found


def label(grid: Grid, sheet: Sheet) -> Labelled:
    """The rows of a grid under the labels of ``sheet``; blank rows are dropped, row numbers are those of the file."""
    known = label_index(sheet)
    header = header_row(grid, known)
    if header is None:
        return Labelled(rows=None, missing=[item.label for item in sheet.fields if not item.optional])
    found: dict[str, int] = {}
    result = Labelled(rows=None)
    for position, typed in enumerate(grid.row(header)):
        text = fold(typed)
        name = known.get(text)
        if name is not None and name not in found:
            found[name] = position
            continue
        mark = f"{column_letter(position)}{header + 1}", clean(typed)
        if name is not None:
            result.doubled.append(mark)
        elif text:
            result.unknown.append(mark)
        elif (below := grid.kind[header + 1 :, position] != CellKind.EMPTY).any():
            row = header + 1 + int(below.argmax())
            [said] = listed(grid.columns[position][row : row + 1])
            result.outside.append((row + 1, f"{column_letter(position)}{row + 1}", clean(said)))
    result.missing = [item.label for item in sheet.fields if item.label not in found and not item.optional]
    positions = list(found.values())
    kinds = grid.kind[header + 1 :, positions]
    filled = (kinds != CellKind.EMPTY).any(axis=1)
    kept = None if filled.all() else filled
    result.rows = LabelledRows(
        labels=tuple(found),
        columns=tuple(under(grid.columns[position], header + 1, kept) for position in positions),
        kinds=kinds if kept is None else kinds[kept],
        numbers=np.flatnonzero(filled) + header + 2,
        letters={name: column_letter(position) for name, position in found.items()},
        header_row=header + 1,
        merged=tuple(_merged(grid, header, found)),
        from_1904=grid.from_1904,
    )
    return result


def _merged(grid: Grid, header: int, found: dict[str, int]) -> Iterator[tuple[int, str, str]]:
    """The merged areas that stand for several cells of data, where their first cell is filled."""
    for top, left, bottom, right in grid.merged:
        covered = [name for name, position in found.items() if left <= position <= right]
        if top <= header or not covered or (bottom - top + 1) * len(covered) < 2:
            continue
        if top < len(grid.kind) and left < grid.kind.shape[1] and grid.kind[top, left] != CellKind.EMPTY:
            yield top + 1, covered[0], f"{column_letter(left)}{top + 1}:{column_letter(right)}{bottom + 1}"
