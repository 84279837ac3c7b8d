"""The rows of a release as pages show them: values in words of both languages, grouped once by what they refer to.

Belongs here: rows, what refers to them, their labels, their sources and the cells where they were typed. Does not
belong here: what one page takes from them (``pages``), the order in which it cites (``bibliography``).

Each table is read once and each grouping made once, so that the pages of all contracts cost one pass over the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.site.model import LANGUAGES, Release
from pipelines.site.render import euros, long_date, number
from pipelines.text import fold
from pipelines.texts import as_arrow
from schemas.declaration import Column, Family, Kind, Table
from schemas.registry import tables as declared_tables

Said = Mapping[str, str]
"""What a value says, by language; ``code`` beside it for a code, ``iso`` for a date, ``brut`` for a number."""

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT})
_ISO_LENGTHS = {"annee": 4, "mois": 7}


class Row(dict[str, Any]):
    """One published row: what is filled in it, by column. A missing column gives None.

    A date holds its words (with their precision), a code its labels, a number its figures: `Said`; a text is itself.
    """

    __slots__ = ("key", "table")

    def __init__(self, table: str, key: str, values: Iterable[tuple[str, Any]]) -> None:
        super().__init__(values)
        self.table = table
        self.key = key

    def __missing__(self, column: str) -> None:
        return None

    @property
    def anchor(self) -> str:
        """What names the row on any page, as ``provenance`` and ``citations`` name it: its table, then its key."""
        return f"{self.table}-{self.key}"


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
    _groups: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict, repr=False)
    _tables: dict[str, list[Row]] = field(default_factory=dict, repr=False)

    @cached_property
    def declared(self) -> Mapping[str, Table]:
        """The declarations of the tables that the release holds, in published order."""
        return {name: table for name, table in declared_tables().items() if name in self.release.tables}

    @cached_property
    def published(self) -> Mapping[str, Mapping[str, Column]]:
        """The published columns of these tables, by name."""
        return {name: {column.name: column for column in table.published} for name, table in self.declared.items()}

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, in published order; none when the release has no such table."""
        if table not in self._tables:
            self._tables[table] = list(self._read(table)) if table in self.declared else []
        return self._tables[table]

    def by(self, table: str, column: str) -> Mapping[str, list[Row]]:
        """The rows of a table by the identifier, or the code, that a column of theirs holds."""
        if (table, column) not in self._groups:
            found: dict[str, list[Row]] = {}
            for row in self.rows(table):
                value = row[column]
                if value is not None:
                    found.setdefault(value if isinstance(value, str) else value["code"], []).append(row)
            self._groups[table, column] = found
        return self._groups[table, column]

    def of(self, table: str, column: str, value: str | None) -> list[Row]:
        """The rows of a table of which a column holds this."""
        return self.by(table, column).get(value, []) if value is not None else []

    def get(self, table: str, key: str | None) -> Row | None:
        """The row of a table that has this key."""
        if key is None or table not in self.declared:
            return None
        found = self.of(table, self.declared[table].key, key)
        return found[0] if found else None

    def referring(self, table: str) -> dict[str, tuple[str, ...]]:
        """The tables of facts that refer to another, with the columns by which they do; flat tables repeat them."""
        found = {
            name: tuple(column.name for column in each.columns if column.references == table)
            for name, each in self.declared.items()
            if each.family is not Family.FLAT and name != table
        }
        return {name: columns for name, columns in found.items() if columns}

    @cached_property
    def citations(self) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
        """What is cited of each row (its table, its key): a column, or "" for the row, and a source."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for table, key, column, source in self._columns("citations", "table_code", "ligne_id", "colonne", "source_id"):
            found.setdefault((table, key), []).append((column or "", source))
        return found

    @cached_property
    def origins(self) -> Mapping[tuple[str, str], list[Origin]]:
        """Where each row (its table, its key) was typed."""
        found: dict[tuple[str, str], list[Origin]] = {}
        names = ("table_code", "ligne_id", "fichier", "empreinte_sha256", "feuille", "ligne")
        for table, key, *origin in self._columns("provenance", *names):
            found.setdefault((table, key), []).append(Origin(*origin))
        return found

    @cached_property
    def divergent(self) -> Mapping[tuple[str, str], list[Row]]:
        """The divergences about each row (its table, its key)."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows("divergences"):
            if row["table_code"] is not None and row["ligne_id"] is not None:
                found.setdefault((row["table_code"]["code"], row["ligne_id"]), []).append(row)
        return found

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

    def _columns(self, table: str, *names: str) -> Iterable[tuple[Any, ...]]:
        """Some columns of a table, row by row, as Python values."""
        frame = self.release.tables.get(table)
        if frame is None or not set(names) <= set(frame.columns):
            return ()
        return zip(*(_values(frame[name]) for name in names), strict=True)

    def _read(self, name: str) -> Iterable[Row]:
        table, frame = self.declared[name], self.release.tables[name]
        if table.key not in frame:
            return
        precisions = {f"{column.name}_precision" for column in table.columns if column.kind is Kind.DATE}
        shown = [column for column in table.published if column.name in frame and column.name not in precisions]
        names = [column.name for column in shown]
        values = [self._said(column, frame) for column in shown]
        for key, *row in zip(_values(frame[table.key]), *values, strict=True):
            yield Row(name, key, (pair for pair in zip(names, row, strict=True) if pair[1] is not None))

    def _said(self, column: Column, frame: pd.DataFrame) -> list[Any]:
        """The values of a column as rows hold them."""
        values = _values(frame[column.name])
        if column.kind is Kind.DATE:
            precision = f"{column.name}_precision"
            precisions = _values(frame[precision]) if precision in frame else [None] * len(values)
            return [
                None if day is None else said_date(day, known or "jour")
                for day, known in zip(values, precisions, strict=True)
            ]
        said: Callable[[Any], Any] | None = None
        if column.kind is Kind.CODE and column.vocabulary is not None:
            vocabulary = column.vocabulary
            said = lambda code: self.term(vocabulary, code)  # noqa: E731
        elif column.kind is Kind.EUROS:
            said = said_euros
        elif column.kind in _NUMBERS:
            said = said_number
        if said is None:
            return values
        known_values = {value: said(value) for value in set(values) if value is not None}
        return [known_values.get(value) for value in values]


@lru_cache(maxsize=1 << 12)
def said_date(day: dt.date, precision: str) -> Said:
    """A date in words, no more precise than it is known."""
    return {language: long_date(day, language, precision) for language in LANGUAGES} | {
        "iso": day.isoformat()[: _ISO_LENGTHS.get(precision, 10)]
    }


def said_number(value: Decimal | int) -> Said:
    """A number in figures."""
    return {language: number(value, language) for language in LANGUAGES} | {"brut": str(value)}


def said_euros(value: Decimal) -> Said:
    """An amount in figures."""
    return {language: euros(value, language) for language in LANGUAGES} | {"brut": str(value)}


def by_name(row: Row) -> tuple[str, str]:
    """The order of the dictionary, whatever the accents."""
    return fold(row["nom"] or ""), row.key


def by_date(row: Row) -> tuple[bool, str, str]:
    """In order of time; what has no date comes last."""
    day = row["date_debut"] or row["date_fin"]
    return day is None, day["iso"] if day else "", row.key


def _values(series: pd.Series) -> list[Any]:
    """The values of a column; texts that repeat (contracts, files, digests, sources) are one object each."""
    if isinstance(series.dtype, pd.StringDtype):
        coded = as_arrow(series).dictionary_encode()
        texts = [*coded.dictionary.to_pylist(), None]
        return [texts[code] for code in coded.indices.fill_null(len(texts) - 1).to_pylist()]
    values: list[Any] = pa.array(series, from_pandas=True).to_pylist()
    return values
