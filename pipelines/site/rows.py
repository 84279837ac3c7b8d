"""The rows of a table as pages show them, each made when a page asks for it: a million of them is never held at once.

Belongs here: one row, some rows of a table, how a value is said. Does not belong here: where a value stands
(``places``), which tables there are and what refers to what (``facts``), what one page takes (``pages``).

A table is kept as numbers: a column whose values repeat is these values once, and the place of each row's among them;
another stays as Arrow holds it. A row of ten columns is made of them in a few microseconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, overload

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.site.model import LANGUAGES
from pipelines.site.places import Places, arrow_of, numbered
from pipelines.site.render import euros, long_date, number
from pipelines.text import fold
from schemas.declaration import Column, Kind, Table

Said = Mapping[str, str]
"""What a value says, by language; ``code`` beside it for a code, ``iso`` for a date, ``brut`` for a number."""
Term = Callable[[str, str], Said]
"""The labels of a code of a vocabulary."""
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT})
_ISO_LENGTHS = {"annee": 4, "mois": 7}
_AT_HAND = 1 << 13
"""The rows of one table that are not made again: a partner, a contract is shown by many others."""


class Row(dict[str, Any]):
    """One published row: what is filled in it, by column. A missing column gives None.

    A date holds its words (with their precision), a code its labels, a number its figures: `Said`; a text is itself.
    ``place``: where it stands in its table.
    """

    __slots__ = ("key", "place", "table")

    def __init__(self, table: str, key: str, place: int, values: Iterable[tuple[str, Any]]) -> None:
        super().__init__(values)
        self.table = table
        self.key = key
        self.place = place

    def __missing__(self, column: str) -> None:
        return None

    @property
    def anchor(self) -> str:
        """What names the row on any page, as ``provenance`` and ``citations`` name it: its table, then its key."""
        return _anchor(self.table, self.key)


class TableRows:
    """All the rows of a table. ``term`` tells the labels of a code."""

    def __init__(self, table: Table, frame: pd.DataFrame, term: Term) -> None:
        self.name = table.name
        self.keys = arrow_of(frame[table.key])
        precisions = {f"{column.name}_precision" for column in table.columns if column.kind is Kind.DATE}
        self.cells = {
            column.name: _cells(column, frame, term)
            for column in table.published
            if column.name in frame and column.name not in precisions
        }
        self.at = lru_cache(maxsize=_AT_HAND)(self._made)

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each key stands, first if it comes twice."""
        keys = self.keys.to_pylist()
        return dict(zip(reversed(keys), reversed(range(len(keys))), strict=True))

    def _made(self, place: int) -> Row:
        filled = ((name, said) for name, cell in self.cells.items() if (said := cell(place)) is not None)
        return Row(self.name, self.keys[place].as_py(), place, filled)


class Rows(Sequence[Row]):
    """Some rows of a table, in published order."""

    __slots__ = ("_places", "_table")

    def __init__(self, table: TableRows, places: Places) -> None:
        self._table = table
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Row]:
        return map(self._table.at, self._places)

    def __contains__(self, row: object) -> bool:
        return isinstance(row, Row) and row.table == self._table.name and row.place in self._places

    @overload
    def __getitem__(self, which: int) -> Row: ...
    @overload
    def __getitem__(self, which: slice) -> Rows: ...
    def __getitem__(self, which: int | slice) -> Row | Rows:
        found = self._places[which]
        return self._table.at(found) if isinstance(found, int) else Rows(self._table, found)

    def values(self, column: str) -> Iterator[Any]:
        """What each of them holds in a column, without making them."""
        cell = self._table.cells.get(column)
        return (cell(place) for place in self._places) if cell is not None else iter([None] * len(self))

    @property
    def anchors(self) -> list[str]:
        """What names each of them."""
        keys = self._table.keys.take(pa.array(np.asarray(self._places, dtype=np.int64)))
        return [_anchor(self._table.name, key) for key in keys.to_pylist()]


def values_of(values: pa.Array, said: Callable[[Any], Any] | None = None) -> Callable[[int], Any]:
    """What gives the value of a row by its place, None where it is missing; said, if there is a way to say it."""
    coded = values.dictionary_encode()
    if 2 * len(coded.dictionary) > len(values):
        return lambda place: _said(values[place].as_py(), said)
    each = [*(_said(value, said) for value in coded.dictionary.to_pylist()), None]
    numbers = numbered(coded.indices).data
    return lambda place: each[numbers[place]]


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


def _anchor(table: str, key: str) -> str:
    return f"{table}-{key}"


def _said(value: Any, said: Callable[[Any], Any] | None) -> Any:  # noqa: ANN401
    return value if said is None or value is None else said(value)


def _cells(column: Column, frame: pd.DataFrame, term: Term) -> Callable[[int], Any]:
    """What gives the value of a column in a row by its place, as pages say it."""
    values = arrow_of(frame[column.name])
    if column.kind is Kind.DATE:
        return _dates(values, frame.get(f"{column.name}_precision"))
    if column.kind is Kind.CODE and column.vocabulary is not None:
        vocabulary = column.vocabulary
        return values_of(values, lambda code: term(vocabulary, code))
    if column.kind is Kind.EUROS:
        return values_of(values, said_euros)
    return values_of(values, said_number if column.kind in _NUMBERS else None)


def _dates(values: pa.Array, precisions: pd.Series | None) -> Callable[[int], Any]:
    day = values_of(values)
    if precisions is None:
        return lambda place: _said(day(place), lambda found: said_date(found, "jour"))
    precision = values_of(arrow_of(precisions))
    return lambda place: _said(day(place), lambda found: said_date(found, precision(place) or "jour"))
