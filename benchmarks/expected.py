"""What the generator promises of its sources: rows of each table, sums of amounts, keys.

Belongs here: counting what is made, without reading a file. Does not belong here: comparing (``rows_exact``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from benchmarks.columns import make
from benchmarks.generate import REAL, Wanted, block_of, lots
from benchmarks.values import Texts
from benchmarks.world import make as make_world
from schemas.declaration import Cell, Kind, Sheet
from schemas.registry import workbook_sheets


@dataclass
class Promises:
    """Rows by table; sums by table and column, in euros; the contracts; rows of actions by contract."""

    rows: dict[str, int] = field(default_factory=dict)
    sums: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    contracts: tuple[str, ...] = ()
    actions: tuple[int, ...] = ()


def promises(wanted: Wanted) -> Promises:
    """What a folder of sources holds, made again without writing it; mistakes aside."""
    world = make_world(wanted.contracts, wanted.actions, wanted.seed, REAL)
    found = Promises(contracts=tuple(world.contracts.tolist()))
    for name, sheet in workbook_sheets().items():
        found.rows[sheet.table] = int(world.counts[name].sum())
        if sheet.table == "actions":
            found.actions = tuple(world.counts[name][:-1].tolist())
    with_amounts = [sheet for sheet in workbook_sheets().values() if _amounts(sheet)]
    for first, last in lots(world):
        for sheet in with_amounts:
            made = make(block_of(world, sheet, first, last))
            for label, column in _amounts(sheet).items():
                place = sheet.table, column
                found.sums[place] = found.sums.get(place, Decimal(0)) + _sum(made[label].value)
    return found


def _amounts(sheet: Sheet) -> dict[str, str]:
    """The columns of amounts, by their label."""
    return {
        item.label: item.column.name
        for item in sheet.fields
        if isinstance(item, Cell) and item.column.kind is Kind.EUROS
    }


def _sum(values: Texts) -> Decimal:
    cents = np.rint(values[values != ""].astype(np.float64) * 100).astype(np.int64)
    return Decimal(int(cents.sum())) / 100
