"""Keys among other keys, whole columns at a time, in Arrow.

Belongs here: whether and where each key of a column is in another, and the rows that such an answer keeps. Does not
belong here: what a key means.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.texts import as_arrow

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
Positions = np.ndarray[tuple[int], np.dtype[np.int64]]
Held = TypeVar("Held", pd.DataFrame, pd.Series)


def among(keys: pd.Series, held: pd.Series) -> Mask:
    """Whether each key is one of the others; a missing one is none."""
    return as_mask(pc.is_in(as_arrow(keys), value_set=as_arrow(held), skip_nulls=True))


def found_at(keys: pd.Series, held: pd.Series) -> Positions:
    """Where each key first is among the others; -1 where it is not, or is missing."""
    found = pc.index_in(as_arrow(keys), value_set=as_arrow(held), skip_nulls=True)
    positions: Positions = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return positions


def in_order(keys: pa.Array) -> bool:
    """Whether no key comes before the one above it; none is missing."""
    return not pc.any(pc.less(keys[1:], keys[:-1])).as_py()


def rows_among(rows: pd.DataFrame, held: pd.DataFrame) -> Mask:
    """Whether each row holds the texts of a row of the other frame, column by column; one with a missing text does not.

    Few columns, for their distinct texts are multiplied.
    """
    if rows.shape[1] == 1:
        return among(rows.iloc[:, 0], held.iloc[:, 0])
    known = np.ones(len(rows), dtype=bool)
    code, held_code = np.zeros(len(rows), dtype=np.int64), np.zeros(len(held), dtype=np.int64)
    for (_, texts), (_, others) in zip(rows.items(), held.items(), strict=True):
        distinct = others.drop_duplicates()
        position = found_at(texts, distinct)
        known &= position >= 0
        code = code * (len(distinct) + 1) + position
        held_code = held_code * (len(distinct) + 1) + found_at(others, distinct)
    return known & np.isin(code, held_code)


def only(held: Held, kept: Mask) -> Held:
    """The rows of a frame or column that are kept; itself, not copied, where all are: mostly nothing is left out."""
    return held if kept.all() else held[kept]


def as_mask(flags: pa.Array) -> Mask:
    """Arrow's flags as numpy's, which select rows of a frame; what is not known is false."""
    found: Mask = pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
    return found
