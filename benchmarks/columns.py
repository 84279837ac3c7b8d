"""The cells of a sheet, column by column, from what its declaration says of each.

A field gets its cells from its type, then from its column's kind, and from a column's name only where the words of
French sheets are at stake: a new column needs nothing here. Belongs here: cells. Does not belong here: mistakes
(``mistakes``), files (``files``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from benchmarks import words
from benchmarks.proportions import filled
from benchmarks.values import (
    FIRST_DAY,
    LAST_DAY,
    Chosen,
    Made,
    Rows,
    Texts,
    amounts,
    booleans,
    dates,
    measures,
    plain,
    sirens,
    texts,
)
from benchmarks.world import World
from pipelines.text import slug
from schemas.declaration import (
    Cell,
    Column,
    Field,
    Kind,
    ListCell,
    PartnerOrGroupCell,
    RegistryCell,
    Sheet,
    SourcesCell,
    TargetCell,
    VersionCell,
    ZoneCell,
)
from schemas.registry import tables, workbook_sheets

REFERRED = 3
"""Cells that point at a row of another sheet point at each third one: the others may be spoiled, nothing follows."""
_SHORT_EXAMPLE = 6
_CONTRACT_SHEET = "Contrat"


@dataclass
class Block:
    """Rows of one sheet: ``owner`` of each (a place among `World.owners`), its ``rank`` there, its ``number`` in all.

    ``named``: columns whose texts are given. ``made``: the columns made so far, by the column of the table.
    ``partners``: the organisation that each row is about, once a cell has named it.
    """

    world: World
    sheet: Sheet
    owner: Rows
    rank: Rows
    number: Rows
    rng: np.random.Generator
    named: dict[str, Texts] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    partners: Rows | None = None

    def __len__(self) -> int:
        return len(self.owner)

    def pick(self, pool: Texts) -> Texts:
        """One of the pool for each row."""
        return pool[self.rng.integers(0, len(pool), len(self))]

    def turn(self, size: int, salt: int = 0) -> Rows:
        """A number under ``size`` for each row: all come once before one comes twice."""
        order: Rows = self.world.rng("turn", size, salt).permutation(size)
        return order[(self.number + salt) % size]

    def filled(self, item: Field, default: float = 0.3) -> Chosen:
        """The rows in which a cell is filled."""
        if item.required:
            return np.ones(len(self), dtype=bool)
        chosen: Chosen = self.rng.random(len(self)) < filled(self.sheet.name, item.label, default)
        return chosen


def identifiers(world: World, sheet: Sheet, owner: Rows, rank: Rows) -> Texts:
    """The identifier of each row of a workbook: of its contract, its sheet and its place."""
    if sheet.single:
        return world.contracts[owner]
    stem = world.owners + "-" + slug(sheet.name) + "-"
    return texts(stem[owner] + (rank + 1).astype(str).astype(object))


def make(block: Block) -> dict[str, Made]:
    """The cells of every field, by label."""
    found = {}
    for item in block.sheet.fields:
        one = _MAKERS[type(item)](block, item)
        if isinstance(item, Cell):
            block.made[item.column.name] = one
        found[item.label] = one
    return found


# --- Plain cells ---------------------------------------------------------------------------------------------------


def _cell(block: Block, item: Field) -> Made:
    assert isinstance(item, Cell)  # noqa: S101
    column = item.column
    if column.name in block.named:
        return plain(block.named[column.name])
    if column.name == _own_key(block.sheet):
        return _key(block, item)
    one = _of_kind(block, item, column)
    return one.only(_zone_filled(block, item) if column.name in _ZONE else block.filled(item))


def _own_key(sheet: Sheet) -> str:
    return tables()[sheet.table].key


def _key(block: Block, item: Cell) -> Made:
    """Identifiers as sheets have them: in the sheet that others refer to, and where most rows have one; else blank."""
    values = identifiers(block.world, block.sheet, block.owner, block.rank)
    typed = block.rng.random(len(block)) < filled(block.sheet.name, item.label, 1.0)
    return Made(np.where(typed, values, ""), values)


def _of_kind(block: Block, item: Cell, column: Column) -> Made:
    if column.name in _ZONE:
        return _part_of_zone(block, column.name)
    if column.references is not None:
        return _reference(block, column)
    return _BY_KIND.get(column.kind, _text)(block, item)


def _amount(block: Block, item: Cell) -> Made:
    if item.column.maximum is not None:
        return _number(block, item)
    return amounts(block.rng, len(block))


def _number(block: Block, item: Cell) -> Made:
    return measures(block.rng, len(block), item.column)


def _yes_or_no(block: Block, item: Cell) -> Made:
    del item
    return booleans(block.rng, len(block))


def _siren(block: Block, item: Cell) -> Made:
    del item
    return plain(texts(sirens(0, int(block.number.max(initial=0)) + 1)[block.number]))


def _address(block: Block, item: Cell) -> Made:
    del item
    page = f"https://www.exemple.fr/{slug(block.sheet.name)}/"
    return plain(texts(page + block.number.astype(str).astype(object)))


def _term(block: Block, item: Cell) -> Made:
    return _code(block, item.column.vocabulary or "")


def _code(block: Block, vocabulary: str) -> Made:
    codes = block.world.codes[vocabulary]
    place = block.rng.integers(0, len(codes.text), len(block))
    return Made(codes.text[place], codes.value[place])


def _date(block: Block, item: Cell) -> Made:
    """A day of the contract's life, the end after the start; in a list, each date column after the one before."""
    world, at_end = block.world, item.column.bound == "end"
    part = block.rng.random(len(block)) / 2 + (0.5 if at_end else 0.0)
    if block.sheet.place == "classeur":
        start, end = world.start[block.owner], world.end[block.owner]
        if block.sheet.single:  # the contract itself: it lives as long as its rows say
            start, end = (end, end) if at_end else (start, start + (end - start) // 3)
        days = start + ((end - start) * part).astype(np.int64)
    else:
        labels = [f.label for f in block.sheet.fields if isinstance(f, Cell) and f.column.kind is Kind.DATE]
        step = (LAST_DAY - FIRST_DAY).days // (len(labels) + 1)
        days = (step * (labels.index(item.label) + part)).astype(np.int64)
    return dates(block.rng, days, at_end)


def _reference(block: Block, column: Column) -> Made:
    world = block.world
    if column.references == "partenaires":
        block.partners = block.turn(len(world.partners))
        return _partner(block, block.partners)
    if column.references == "sources":
        return plain(block.pick(world.sources))
    if column.references == "contrats":  # of a contract: the one before it
        before = world.contracts[np.maximum(block.owner - 1, 0)] if block.sheet.single else block.pick(world.contracts)
        return plain(before).only(block.owner > 0)
    sheet = next(s for s in workbook_sheets().values() if s.table == column.references)
    count = world.counts[sheet.name][block.owner]
    rank = (block.rng.random(len(block)) * -(-count // REFERRED)).astype(np.int64) * REFERRED
    there = (rank < block.rank) if sheet.name == block.sheet.name else count > 0
    return plain(identifiers(world, sheet, block.owner, rank)).only(there)


def _partner(block: Block, place: Rows) -> Made:
    """An organisation by its name, its name in capitals, another spelling or its identifier."""
    world = block.world
    form = block.rng.choice(4, len(block), p=(0.6, 0.05, 0.3, 0.05))
    names = world.partner_names[place]
    shown = np.where(form == 2, world.partner_spellings[place], np.where(form == 3, world.partners[place], names))
    loud = np.flatnonzero(form == 1)
    shown[loud] = np.char.upper(names[loud].astype(str)).astype(object)
    return Made(shown, world.partners[place])


# --- Texts ---------------------------------------------------------------------------------------------------------


def phrases(block: Block, heads: tuple[str, ...], salt: int = 0) -> Texts:
    """Different phrases within a contract: a walk through all combinations, in steps that share no factor with them."""
    pools = [texts(heads), texts(words.OBJECTS), texts(words.AUDIENCES), _places(block.world)]
    size = int(np.prod([len(pool) for pool in pools]))
    step = next(one for one in range(int(size * 0.618) + salt, size * 2) if np.gcd(one, size) == 1)
    left = (block.owner * 7_919 + salt + block.rank * step) % size
    parts = []
    for pool in pools:
        left, place = np.divmod(left, len(pool))
        parts.append(pool[place])
    return texts(parts[0] + " " + parts[1] + " " + parts[2] + " – " + parts[3])


def _places(world: World) -> Texts:
    return texts(world.zones["libelle"][world.zones["type"] == "departement"])


def _text(block: Block, item: Cell) -> Made:
    column = item.column
    table = tables()[block.sheet.table]
    if column.name == "remarque":
        pool = texts(words.REMARKS)
        longer = block.rng.random(len(block)) < 0.4
        more = np.where(longer, "\u00a0" + block.pick(pool), "")
        return plain(texts(block.pick(pool) + more))
    if column.name == "libelle" and _zoned(block.sheet):
        return plain(block.world.zones["libelle"][_zone(block)])
    if len(column.example) <= _SHORT_EXAMPLE and column.name not in table.natural_key:
        letters = texts([f"{one}.{two}" for one in range(1, 8) for two in range(1, 10)])
        return plain(block.pick(letters))
    if column.name == "lieu":
        return plain(block.pick(_places(block.world)))
    heads = words.HEADS.get(block.sheet.table, words.DEFAULT_HEADS)
    return plain(phrases(block, heads, salt=sum(column.name.encode())))


# --- Zones ---------------------------------------------------------------------------------------------------------

_ZONE = {"zone_type_code": "type", "zone_code": "code"}


def _zoned(sheet: Sheet) -> bool:
    return {*_ZONE} <= {item.column.name for item in sheet.fields if isinstance(item, Cell)}


def _zone(block: Block) -> Rows:
    """The zone of each row, another in each row of a contract."""
    size = len(block.world.zones["code"])
    order: Rows = block.world.rng("zones").permutation(size)
    found: Rows = order[(block.rank + block.owner * 11 + block.number * (block.sheet.place != "classeur")) % size]
    return found


def _part_of_zone(block: Block, name: str) -> Made:
    values = block.world.zones[_ZONE[name]][_zone(block)]
    if name == "zone_code":
        return plain(values)
    loud = block.rng.random(len(block)) < 0.2
    return Made(np.where(loud, np.char.capitalize(values.astype(str)).astype(object), values), values)


def _zone_filled(block: Block, item: Cell) -> Chosen:
    """A zone's kind and code are filled together."""
    rng = block.world.rng("zone", block.sheet.name, int(block.number[0]) if len(block) else 0)
    if item.required:
        return np.ones(len(block), dtype=bool)
    chosen: Chosen = rng.random(len(block)) < filled(block.sheet.name, item.label, 0.5)
    return chosen


def _zone_cell(block: Block, item: Field) -> Made:
    zones = block.world.zones
    place = block.rng.integers(0, len(zones["code"]), len(block))
    whole = zones["type"][place] + " " + zones["code"][place]
    by_label = zones["alone"][place].astype(bool) & (block.rng.random(len(block)) < 0.5)
    return plain(np.where(by_label, zones["libelle"][place], whole)).only(block.filled(item))


# --- Cells of several values, of sources, of organisations -----------------------------------------------------------


def _several(block: Block, size: int) -> tuple[Rows, Rows]:
    """Three different numbers under ``size`` for each row, and how many of them count."""
    first = block.rng.integers(0, size, len(block))
    gaps = [np.zeros(len(block), dtype=np.int64), *(block.rng.integers(1, max(2, size // 3), (2, len(block))))]
    return (first + np.cumsum(gaps, axis=0)) % size, block.rng.choice((1, 2, 3), len(block), p=(0.5, 0.3, 0.2))


def _list(block: Block, item: Field) -> Made:
    assert isinstance(item, ListCell)  # noqa: S101
    table = tables()[item.table]
    column = table[item.columns[-1]]
    world = block.world
    if column.vocabulary is not None:
        codes = world.codes[column.vocabulary]
        places, count = _several(block, len(codes.values))
        pools = [codes.values[places[0]], codes.values[places[1]], codes.values[places[2]]]
        if len(codes.values) < 3:
            count = np.ones_like(count)
    else:
        places, count = _several(block, len(world.partners))
        pools = [_partner(block, place).text for place in places]
        if item.columns[0] != item.columns[-1]:
            contract = block.rng.random(len(block)) < 0.3
            pools[0] = np.where(contract, block.pick(world.contracts), pools[0])
    values = [_qualified(block, pool, item) for pool in pools]
    mark = texts([" ; ", "; ", " ;"])[block.rng.integers(0, 3, len(block))]
    text = values[0] + np.where(count > 1, mark + values[1], "") + np.where(count > 2, mark + values[2], "")
    return plain(texts(text)).only(block.filled(item))


def _qualified(block: Block, values: Texts, item: ListCell) -> Texts:
    if item.qualifier is None:
        return values
    said = block.rng.random(len(block)) < 0.6
    qualifier = _code(block, tables()[item.table][item.qualifier].vocabulary or "").text
    found = " = " + qualifier
    if item.detail is not None:
        detailed = block.rng.random(len(block)) < 0.3
        found = found + np.where(detailed, " : " + block.pick(texts(words.OBJECTS)), "")
    return texts(values + np.where(said, found, ""))


def _sources(block: Block, item: Field) -> Made:
    """Documents, all of them cited in turn; sometimes others for one column."""
    world, size = block.world, len(block)
    first = world.sources[block.turn(len(world.sources), salt=block.sheet.order)]
    kind = block.rng.choice(4, size, p=(0.55, 0.2, 0.1, 0.15))
    more = " ; " + block.pick(world.sources)
    cited = texts([f.label for f in block.sheet.fields if isinstance(f, Cell) and f.label != "Identifiant"])
    of_column = " ; " + block.pick(cited) + " = " + block.pick(world.sources) + ", " + block.pick(world.sources)
    text = first + np.where(kind == 1, more, np.where(kind == 2, of_column, ""))
    low = np.flatnonzero(kind == 3)
    text[low] = np.char.lower(text[low].astype(str)).astype(object)
    del item
    return plain(texts(text))


def _registered(block: Block, item: Field) -> Made:
    """What the registry says of the organisation of the row, where it says something of all."""
    assert isinstance(item, RegistryCell)  # noqa: S101
    said = registry_value(block.world, item.column)
    if block.partners is None or said is None:
        return plain(texts([""] * len(block)))
    return plain(said[block.partners]).only(block.filled(item, 0.02))


def registry_value(world: World, column: Column) -> Texts | None:
    """What the registry says of each organisation in a column, where all have a value."""
    if column.kind is Kind.CODE and column.vocabulary is not None:
        codes = world.codes[column.vocabulary].values
        return texts(codes[np.arange(len(world.partners)) % len(codes)])
    if column.kind is Kind.SIREN:
        return sirens(0, len(world.partners))
    return None


def _partner_or_group(block: Block, item: Field) -> Made:
    group = block.rng.random(len(block)) < 0.25
    groups = texts(["« acteurs »", "« collectivités »", "«\u00a0membres du comité\u00a0»"])
    names = _partner(block, block.rng.integers(0, len(block.world.partners), len(block)))
    return plain(np.where(group, block.pick(groups), names.text)).only(block.filled(item))


def _target(block: Block, item: Field) -> Made:
    """Divergences are about the contract itself; all three cells point at it, or none."""
    assert isinstance(item, TargetCell)  # noqa: S101
    rng = block.world.rng("target", block.sheet.name, int(block.number[0]) if len(block) else 0)
    pointed = (rng.random(len(block)) < filled(block.sheet.name, item.label)) & (
        block.owner < len(block.world.contracts)
    )
    contract = workbook_sheets()[_CONTRACT_SHEET]
    labels = texts([f.label for f in contract.fields if isinstance(f, Cell) and f.column.name != _own_key(contract)])
    said = {
        "sheet": texts([_CONTRACT_SHEET] * len(block)),
        "row": block.world.owners[block.owner],
        "column": labels[(block.rank + block.owner) % len(labels)],
    }
    return plain(said[item.part]).only(pointed)


def _version(block: Block, item: Field) -> Made:
    """Two versions always, the third in some rows, each with its source."""
    assert isinstance(item, VersionCell)  # noqa: S101
    rng = block.world.rng("version", item.rank, int(block.number[0]) if len(block) else 0)
    there = (rng.random(len(block)) < 0.1) | item.required
    if item.part == "sources":
        return plain(block.pick(block.world.sources)).only(there)
    return plain(phrases(block, words.DEFAULT_HEADS, salt=item.rank)).only(there)


_BY_KIND: dict[Kind, Callable[[Block, Cell], Made]] = {
    Kind.CODE: _term,
    Kind.DATE: _date,
    Kind.EUROS: _amount,
    Kind.INTEGER: _number,
    Kind.DECIMAL: _number,
    Kind.PERCENT: _number,
    Kind.BOOLEAN: _yes_or_no,
    Kind.SIREN: _siren,
    Kind.URL: _address,
}
_MAKERS: dict[type[Field], Callable[[Block, Field], Made]] = {
    Cell: _cell,
    ListCell: _list,
    SourcesCell: _sources,
    RegistryCell: _registered,
    PartnerOrGroupCell: _partner_or_group,
    ZoneCell: _zone_cell,
    TargetCell: _target,
    VersionCell: _version,
}
