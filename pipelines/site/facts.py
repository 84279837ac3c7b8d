"""A release as pages show it: its rows, what refers to them, their labels, their sources, the cells where they stood.

Belongs here: which rows there are and what they are to one another. Does not belong here: making one row (``rows``),
what one page takes of them (``pages``), the order in which it cites (``record``).

The rows of each table are read once and each column looked through once, so that the pages of all contracts cost one
pass over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import dtypes
from pipelines.site.model import Release
from pipelines.site.places import NOWHERE, About, Groups, Index, arrow_of, numbered
from pipelines.site.rows import Row, Rows, Said, TableRows, values_of
from schemas.declaration import Column, Family, Table
from schemas.registry import tables as declared_tables


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell where a row was typed: its file and digest, its sheet, its row there."""

    file: str
    digest: str
    sheet: str
    line: int


@dataclass(frozen=True)
class Facts:
    """A release, row by row."""

    release: Release
    _tables: dict[str, TableRows] = field(default_factory=dict, repr=False)
    _indexes: dict[tuple[str, str], Index | None] = field(default_factory=dict, repr=False)

    @cached_property
    def declared(self) -> Mapping[str, Table]:
        """The declarations of the tables that the release holds, in published order."""
        return {name: table for name, table in declared_tables().items() if name in self.release.tables}

    @cached_property
    def published(self) -> Mapping[str, Mapping[str, Column]]:
        """The published columns of these tables, by name."""
        return {name: {column.name: column for column in table.published} for name, table in self.declared.items()}

    def rows(self, table: str) -> Rows:
        """The rows of a declared table, in published order; none when the release has no such table."""
        found = self._rows(table)
        return Rows(found, range(len(found)))

    def of(self, table: str, column: str, value: str | None) -> Rows:
        """The rows of a table of which a column, an identifier or a code, holds this."""
        found = self._rows(table)
        index = self._index(table, column) if value is not None else None
        return Rows(found, index[value] if index is not None and value is not None else NOWHERE)

    def get(self, table: str, key: str | None) -> Row | None:
        """The row of a table that has this key."""
        found = self._rows(table)
        place = found.places.get(key) if key is not None else None
        return found.at(place) if place is not None else None

    def referring(self, table: str) -> dict[str, tuple[str, ...]]:
        """The tables of facts that refer to another, with the columns by which they do; flat tables repeat them."""
        found = {
            name: tuple(column.name for column in each.columns if column.references == table)
            for name, each in self.declared.items()
            if each.family is not Family.FLAT and name != table
        }
        return {name: columns for name, columns in found.items() if columns}

    def citations(self, row: Row) -> list[tuple[str, str]]:
        """What is cited of a row: a column, or "" for the row, and a source."""
        cited = self._citations
        return [(cited.column(place) or "", cited.source(place)) for place in cited.about.of(row.table, row.place)]

    def citing(self, table: str, sources: frozenset[str]) -> dict[str, Rows]:
        """The rows of a table that cite each of these sources, in order; none for a source that none cites."""
        rows, here = self._citations.about.pairs(table)
        if not len(here):
            return {}
        names = pa.array(sorted(sources), pa.large_string())
        cited = self._citations.sources.take(pa.array(here))
        places = Groups(numbered(pc.index_in(cited, value_set=names, skip_nulls=True)), len(names), rows)
        each = ((name, np.unique(np.asarray(places[number]))) for number, name in enumerate(names.to_pylist()))
        return {name: Rows(self._rows(table), citing.data) for name, citing in each if len(citing)}

    def origins(self, row: Row) -> list[Origin]:
        """Where a row was typed."""
        about, cells = self._provenance
        return [Origin(*(cell(place) for cell in cells)) for place in about.of(row.table, row.place)]

    def divergent(self, row: Row) -> Rows:
        """The divergences about a row."""
        return Rows(self._rows("divergences"), self._divergences.of(row.table, row.place))

    @cached_property
    def corrections(self) -> Mapping[tuple[str, str, str], list[Row]]:
        """The corrections by file, sheet and row there (its identifier or its number)."""
        found: dict[tuple[str, str, str], list[Row]] = {}
        for row in self.rows("corrections"):
            found.setdefault((row["fichier"], row["feuille"], row["ligne_id"]), []).append(row)
        return found

    @cached_property
    def zones(self) -> Mapping[tuple[str, str], Row]:
        """The official zones by their type and code."""
        typed = (row for row in self.rows("zones") if row["zone_type_code"] is not None)
        return {(row["zone_type_code"]["code"], row["zone_code"]): row for row in typed}

    def zone(self, row: Row) -> Row | None:
        """The official zone that a row names."""
        kind = row["zone_type_code"]
        return self.zones.get((kind["code"], row["zone_code"])) if kind is not None else None

    def term(self, vocabulary: str, code: str) -> Said:
        """The labels of a code, in both languages; the code itself where it has none."""
        label = self.release.vocabularies.get(vocabulary, {}).get(code)
        return {"fr": label.fr, "en": label.en, "code": code} if label else {"fr": code, "en": code, "code": code}

    def table_title(self, table: str) -> Said:
        """What a published table is called."""
        title = self.declared[table].title if table in self.declared else None
        return {"fr": title.fr, "en": title.en} if title else {"fr": table, "en": table}

    def _holds(self, table: str, *columns: str) -> bool:
        """Whether the release has the rows of a table, by their keys, and these columns of it."""
        held = set(self.release.tables.columns(table))
        return table in self.declared and {self.declared[table].key, *columns} <= held

    def _column(self, table: str, column: str) -> pa.Array:
        return arrow_of(self.release.tables.column(table, column))

    def _rows(self, table: str) -> TableRows:
        if table not in self._tables:
            declared = declared_tables()[table]
            frame = self.release.tables[table] if self._holds(table) else dtypes.empty(declared)
            self._tables[table] = TableRows(declared, frame, self.term)
        return self._tables[table]

    def _index(self, table: str, column: str) -> Index | None:
        """Where values stand in a column; None when the release has no such column."""
        if (table, column) not in self._indexes:
            if not self._holds(table, column):
                self._indexes[table, column] = None
            else:
                aim, values = self.published[table].get(column), self._column(table, column)
                other = aim.references if aim is not None else None
                known = self._rows(other) if other is not None and other in self.declared else None
                self._indexes[table, column] = Index(values, known.keys, known.places) if known else Index(values)
        return self._indexes[table, column]

    def _about(self, table: str, *names: str) -> tuple[About, list[pa.Array]]:
        """Which rows the rows of a table are about, and some columns of theirs; nothing when it has not them all."""
        wanted = ("table_code", "ligne_id", *names)
        if self._holds(table, *wanted):
            tables, keys, *others = (self._column(table, name) for name in wanted)
        else:
            tables, keys, *others = (pa.array([], pa.large_string()) for _ in wanted)
        return About(tables, keys, self._keys), others

    def _keys(self, table: str) -> pa.Array | None:
        """The keys of a table, whose rows are not made for that; None when the release has no such table."""
        if table in self._tables:
            return self._tables[table].keys
        return self._column(table, self.declared[table].key) if self._holds(table) else None

    @cached_property
    def _citations(self) -> _Citations:
        about, (columns, sources) = self._about("citations", "colonne", "source_id")
        return _Citations(about, values_of(columns), values_of(sources), sources)

    @cached_property
    def _provenance(self) -> tuple[About, list[Callable[[int], Any]]]:
        about, columns = self._about("provenance", "fichier", "empreinte_sha256", "feuille", "ligne")
        return about, [values_of(column) for column in columns]

    @cached_property
    def _divergences(self) -> About:
        return self._about("divergences")[0]


@dataclass(frozen=True, slots=True)
class _Citations:
    """``about``: the rows that cite; ``column`` and ``source`` of a citation by its place; all ``sources``."""

    about: About
    column: Callable[[int], Any]
    source: Callable[[int], Any]
    sources: pa.Array
