"""Two versions of one table → which rows were added, removed and changed, by key, in Arrow.

Belongs here: aligning rows on a key and comparing columns, whole columns at a time. Does not belong here: what a column
means, samples, severities.

Published tables are sorted by their key: aligning them takes one look-up of keys and one filter a side. A table that is
not sorted is sorted first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MOST_DIGITS_128 = 38


class NotComparableError(Exception):
    """The rows cannot be told apart by this key; the reason is in French."""


@dataclass(frozen=True)
class RowDiff:
    """The rows of two tables, aligned by key. Both tables are in the order of their keys.

    ``removed`` marks rows of ``old``, ``added`` rows of ``new``; the others are the same keys in the same order.
    ``changed`` gives, for each column that differs somewhere, the places among those common rows.
    """

    key: str
    old: pa.Table
    new: pa.Table
    removed: np.ndarray
    added: np.ndarray
    changed: Mapping[str, np.ndarray]

    @property
    def compared(self) -> int:
        """The number of rows on both sides."""
        return int(len(self.added) - self.added.sum())

    @cached_property
    def changed_rows(self) -> np.ndarray:
        """The places, among the common rows, of those that differ in some column; in order."""
        marks = np.zeros(self.compared, dtype=bool)
        for places in self.changed.values():
            marks[places] = True
        return np.flatnonzero(marks)

    def removed_rows(self, most: int | None = None) -> pa.Table:
        """The first rows of ``old`` whose key is gone, or all of them."""
        return self.old.take(np.flatnonzero(self.removed)[:most])

    def added_rows(self, most: int | None = None) -> pa.Table:
        """The first rows of ``new`` whose key is new, or all of them."""
        return self.new.take(np.flatnonzero(self.added)[:most])

    def removed_values(self, column: str) -> pa.ChunkedArray:
        """One column of the rows whose key is gone."""
        return self.old[column].filter(pa.array(self.removed))

    def added_values(self, column: str) -> pa.ChunkedArray:
        """One column of the rows whose key is new."""
        return self.new[column].filter(pa.array(self.added))

    def changed_values(self, column: str) -> pa.ChunkedArray:
        """One column, as it is now, of the common rows that differ in some column."""
        return self.new[column].take(np.flatnonzero(~self.added)[self.changed_rows])

    def common(self, places: np.ndarray) -> tuple[pa.Table, pa.Table]:
        """Common rows, as they were and as they are."""
        before, after = np.flatnonzero(~self.removed)[places], np.flatnonzero(~self.added)[places]
        return self.old.take(before), self.new.take(after)

    def same_values(self, old_column: str, new_column: str) -> bool:
        """Whether two columns of one type say the same of every common row, and say something."""
        before, after = self.old[old_column], self.new[new_column]
        kept = before.filter(pa.array(~self.removed))
        if before.type != after.type or kept.null_count == len(kept):
            return False
        return not len(_differing(kept, after.filter(pa.array(~self.added))))


def compare_rows(old: pa.Table, new: pa.Table, key: str, columns: Sequence[str]) -> RowDiff:
    """Compares the given columns, whose types must be comparable (`common_type`), of rows that share a key.

    Raises:
        NotComparableError: a key that is missing or stands twice, or keys of types that cannot be compared.
    """
    wanted = common_type(old[key].type, new[key].type)
    if wanted is None:
        raise NotComparableError(f"la clé « {key} » a changé de type")
    old, new = _by_key(old, key, "l’ancienne"), _by_key(new, key, "la nouvelle")
    removed, added = _without_match(_as(old[key], wanted), _as(new[key], wanted))
    before, after = (pa.array(~marked) if marked.any() else None for marked in (removed, added))
    changed = {
        name: places
        for name in columns
        if len(places := _differing(_filtered(old[name], before), _filtered(new[name], after)))
    }
    return RowDiff(key, old, new, removed, added, changed)


def common_type(old: pa.DataType, new: pa.DataType) -> pa.DataType | None:
    """The type in which values of both can be compared without losing anything; None when there is none."""
    if old == new:
        return old
    if _is_text(old) and _is_text(new):
        return pa.large_string()
    if pa.types.is_signed_integer(old) and pa.types.is_signed_integer(new):
        return pa.int64()
    if pa.types.is_decimal(old) and pa.types.is_decimal(new):
        scale = max(old.scale, new.scale)
        digits = max(old.precision - old.scale, new.precision - new.scale) + scale
        return pa.decimal128(digits, scale) if digits <= _MOST_DIGITS_128 else pa.decimal256(digits, scale)
    return None


def _is_text(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_string(arrow) or pa.types.is_large_string(arrow) or pa.types.is_string_view(arrow))


def _as(values: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    return values if values.type == wanted else values.cast(wanted)


def _by_key(table: pa.Table, key: str, which: str) -> pa.Table:
    """The table in strict order of its key."""
    if table[key].null_count:
        raise NotComparableError(f"dans {which} version, la clé « {key} » est vide à {table[key].null_count} lignes")
    if _strictly_ascending(table[key]):
        return table
    table = table.sort_by(key)
    if not _strictly_ascending(table[key]):
        raise NotComparableError(f"dans {which} version, la clé « {key} » désigne plusieurs lignes")
    return table


def _strictly_ascending(keys: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.less(keys.slice(0, max(len(keys) - 1, 0)), keys.slice(1)), min_count=0).as_py())


def _without_match(old: pa.ChunkedArray, new: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The keys of each side that the other lacks, as marks."""
    if old.equals(new):
        return np.zeros(len(old), dtype=bool), np.zeros(len(new), dtype=bool)
    place = pc.index_in(new, value_set=old.combine_chunks())
    removed = np.ones(len(old), dtype=bool)
    removed[place.drop_null().to_numpy()] = False
    return removed, place.is_null().to_numpy().astype(bool)


def _filtered(values: pa.ChunkedArray, kept: pa.Array | None) -> pa.ChunkedArray:
    return values if kept is None else values.filter(kept)


def _differing(old: pa.ChunkedArray, new: pa.ChunkedArray) -> np.ndarray:
    """The places where two aligned columns differ; missing is equal to missing and to nothing else."""
    wanted = common_type(old.type, new.type)
    old, new = _as(old, wanted), _as(new, wanted)
    if old.equals(new):
        return np.empty(0, dtype=np.int64)
    differs = pc.or_(pc.fill_null(pc.not_equal(old, new), False), pc.xor(old.is_null(), new.is_null()))
    return np.flatnonzero(differs.to_numpy())
