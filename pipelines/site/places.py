"""Where rows stand in their table: those of which a column holds a value, those that are about a row of another.

Belongs here: numbers, in the memory of numbers. Does not belong here: the rows themselves (``rows``), which columns
refer to what (``facts``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Places = Sequence[int]
"""Where some rows stand in their table, in order."""
NOWHERE: Places = range(0)


class Groups:
    """The places of rows by a number that each bears, in order.

    ``numbers``: of each row (int32; -1: none), below ``count``. ``places``: where each stands, if not as they come.
    """

    def __init__(self, numbers: np.ndarray, count: int, places: np.ndarray | None = None) -> None:
        order = np.argsort(numbers, kind="stable")
        held = np.bincount(numbers[numbers >= 0], minlength=count)
        self._starts = np.append(0, np.cumsum(held)).data
        order = order[len(numbers) - self._starts[count] :]
        self._order = (order if places is None else places[order]).astype(np.int32).data

    def __getitem__(self, number: int) -> Places:
        return self._order[self._starts[number] : self._starts[number + 1]]

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Each number that is borne with a place, in order of the numbers."""
        held = np.diff(np.asarray(self._starts))
        return np.repeat(np.arange(len(held)), held), np.asarray(self._order)


class Index:
    """Where the rows stand of which a text column (large_string) holds a value.

    ``keys`` and ``known``: the keys of the table that it refers to, if it does, and where each stands there.
    """

    def __init__(self, values: pa.Array, keys: pa.Array | None = None, known: Mapping[str, int] | None = None) -> None:
        numbers = None
        if keys is not None:
            numbers = pc.index_in(values, value_set=keys, skip_nulls=True)
        if keys is None or known is None or numbers is None or numbers.null_count > values.null_count:
            coded = values.dictionary_encode()
            numbers, keys = coded.indices, coded.dictionary
            known = {text: rank for rank, text in enumerate(keys.to_pylist())}
        self._known = known
        self._groups = Groups(numbered(numbers), len(keys))

    def __getitem__(self, value: str) -> Places:
        found = self._known.get(value)
        return NOWHERE if found is None else self._groups[found]


class About:
    """Where the rows of a table stand that are about rows of others, by the table of these and their places there."""

    def __init__(self, tables: pa.Array, keys: pa.Array, known: Callable[[str], pa.Array | None]) -> None:
        """``tables`` and ``keys`` name the row that each row is about; ``known``: the keys of a table, if there is."""
        coded = tables.dictionary_encode()
        numbers = numbered(coded.indices)
        self._groups: dict[str, Groups] = {}
        for number, name in enumerate(coded.dictionary.to_pylist()):
            others = known(name)
            if others is not None:
                here = np.flatnonzero(numbers == number)
                there = pc.index_in(keys.take(pa.array(here)), value_set=others, skip_nulls=True)
                self._groups[name] = Groups(numbered(there), len(others), here)

    def of(self, table: str, place: int) -> Places:
        """The rows that are about this one."""
        found = self._groups.get(table)
        return NOWHERE if found is None else found[place]

    def pairs(self, table: str) -> tuple[np.ndarray, np.ndarray]:
        """The places of the rows of another table that some are about, and of these."""
        found = self._groups.get(table)
        return found.pairs() if found is not None else (np.empty(0, np.int64), np.empty(0, np.int32))


def arrow_of(values: pd.Series) -> pa.Array:
    """A column as one Arrow array, texts as large_string; its memory is shared where it can be."""
    found = pa.array(values, from_pandas=True)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return whole.cast(pa.large_string()) if pa.types.is_string(whole.type) or pa.types.is_null(whole.type) else whole


def numbered(indices: pa.Array) -> np.ndarray:
    """Indices, some missing, as numbers (int32), -1 for none."""
    found: np.ndarray = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return found
