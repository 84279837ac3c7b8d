"""Mistakes put into made-up rows, each with the code that the program must find at its cell.

A row gets one mistake at most, and only where no other row points at it: nothing else follows from it. Belongs here:
which mistakes a cell can bear. Does not belong here: what the program says of them (``pipelines.curation``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from benchmarks.columns import REFERRED, Block, identifiers
from benchmarks.proportions import filled
from benchmarks.values import Made, Rows, Texts, texts
from schemas.declaration import Cell, Field, Kind, ListCell, PartnerOrGroupCell, Sheet, SourcesCell, ZoneCell
from schemas.registry import tables

_HEADER_ROWS = 1
_NUMBERS = (Kind.EUROS, Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT)
_OF_KIND: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.DATE: (("date-illisible", "31/02/2016"), ("date-illisible", "au printemps"), ("date-ambigue", "03/04/16")),
    Kind.CODE: (("code-inconnu", "zzz à préciser"),),
    Kind.INTEGER: (("nombre-non-entier", "12,5"),),
    Kind.URL: (("format-invalide", "www exemple fr"),),
}
_OF_NUMBERS = (("nombre-illisible", "environ trois millions"), ("nombre-ambigu", "1.200"))
_OF_FIELD: dict[type[Field], tuple[tuple[str, str], ...]] = {
    PartnerOrGroupCell: (("partenaire-inconnu", "Guilde zz des absents"),),
    ZoneCell: (("zone-inconnue", "zz contrée perdue"),),
    SourcesCell: (("source-inconnue", "ZZZ999"), ("sans-source", "")),
}
DOUBLED = "identifiant-double"
"""The one mistake whose text depends on the row: the identifier of the first row of its contract."""


@dataclass(frozen=True)
class Planted:
    """Mistakes of one sheet: the ``owner`` of each row, its ``cell`` and the ``code`` to be found there."""

    sheet: str
    owner: Rows
    cell: Texts
    code: Texts


def kinds(sheet: Sheet) -> Iterator[tuple[int, str, str]]:
    """The mistakes that the cells of a sheet can bear: position of the column, code, text."""
    key = tables()[sheet.table].key
    for position, item in enumerate(sheet.fields):
        for code, text in _of(item, key):
            if code != DOUBLED or filled(sheet.name, item.label, 1.0) == 1.0:  # else the first row may have none
                yield position, code, text


def _of(item: Field, key: str) -> Iterator[tuple[str, str]]:
    yield from _OF_FIELD.get(type(item), ())
    if isinstance(item, ListCell):
        table = tables()[item.table]
        if table[item.columns[0]].vocabulary:
            yield "code-inconnu", "zzz à préciser"
        else:
            yield "partenaire-inconnu" if len(item.columns) == 1 else "participant-inconnu", "Guilde zz des absents"
    if not isinstance(item, Cell):
        return
    column = item.column
    if column.name == key:
        yield "identifiant-invalide", "Identifiant n° ?"
        yield DOUBLED, ""
        return
    if column.references == "partenaires":
        yield "partenaire-inconnu", "Guilde zz des absents"
    elif column.references is None:
        yield from _OF_KIND.get(column.kind, ())
        if column.kind in _NUMBERS:
            yield from _OF_NUMBERS
        if column.kind in _NUMBERS and column.minimum is not None:
            yield "hors-bornes", "-500"
    if item.required:
        yield "valeur-obligatoire", ""


def spoil(block: Block, made: dict[str, Made], share: float) -> Planted | None:
    """Puts mistakes into a share of the filled cells of a sheet, in place; what was planted, or nothing."""
    sheet = block.sheet
    candidates = np.flatnonzero(block.rank % REFERRED != 0)
    found = list(kinds(sheet))
    if sheet.single or not len(candidates) or not found or not share:
        return None
    cells = sum(int((one.text != "").sum()) for one in made.values())
    rng = block.world.rng("mistakes", sheet.name, int(block.number[0]))
    wanted = share * cells
    count = min(int(wanted) + int(rng.random() < wanted % 1), len(candidates))
    rows = np.sort(rng.choice(candidates, count, replace=False))
    chosen = rng.integers(0, len(found), count)
    labels = [item.label for item in sheet.fields]
    for number, (position, code, text) in enumerate(found):
        spoiled = rows[chosen == number]
        if not len(spoiled):
            continue
        one = made[labels[position]]
        native = None if one.native is None else one.native.copy()
        if native is not None:
            native[spoiled] = np.nan
        said = one.text.copy()
        said[spoiled] = text
        if code == DOUBLED:
            first = identifiers(block.world, sheet, block.owner[spoiled], np.zeros_like(spoiled))
            said[spoiled] = first
        made[labels[position]] = Made(said, one.value, native, one.kind)
    letters = texts([xl_col_to_name(position) for position, _, _ in found])
    lines = (block.rank[rows] + _HEADER_ROWS + 1).astype(str).astype(object)
    codes = texts([code for _, code, _ in found])
    return Planted(sheet.name, block.owner[rows], texts(letters[chosen] + lines), codes[chosen])
