"""Columns of texts: a list when short, Arrow when long, and what is done with either.

Belongs here: texts by the column, as readers hand them over. Does not belong here: what a cell is (``cells``), which
columns a sheet has (``labels``). Arrow, which takes longer to load than a workbook to read, is loaded for long columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import compress
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

    Texts: TypeAlias = list[str] | pa.LargeStringArray

LONG_COLUMN = 2_000
"""From so many cells, Arrow is worth its start."""

_MOST_WHOLE = 1e15
_LEAST_PLAIN, _MOST_PLAIN = 1e-4, 1e9
"""Between these, Arrow writes a number with decimals as Python does."""


def listed(column: Texts) -> list[str]:
    """The texts one by one."""
    if isinstance(column, list):
        return column
    texts: list[str] = column.to_pylist()
    return texts


def under(column: Texts, first: int, kept: np.ndarray | None) -> Texts:
    """The cells from the ``first`` on that are ``kept``, or all of them."""
    rest = column[first:]
    if kept is None:
        return rest
    if isinstance(rest, list):
        return list(compress(rest, kept.tolist()))
    import pyarrow as pa

    return rest.filter(pa.array(kept))


def arrow(column: Texts) -> pa.LargeStringArray:
    """The same column in Arrow."""
    import pyarrow as pa

    if not isinstance(column, list):
        return column
    if len(column) < LONG_COLUMN:
        return pa.array(column, pa.large_string())
    # Four times as fast as `pa.array`, which asks each object what it is.
    joined = "\0".join(column).encode()
    ends = np.flatnonzero(np.frombuffer(joined, dtype=np.uint8) == 0)
    if len(ends) != len(column) - 1:
        return pa.array(column, pa.large_string())
    offsets = np.concatenate([[0], ends - np.arange(len(ends)), [len(joined) - len(ends)]]).astype(np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined.replace(b"\0", b""))]
    return pa.Array.from_buffers(pa.large_string(), len(column), buffers)


def end_to_end(columns: Iterable[Texts]) -> pa.LargeStringArray:
    """Columns one under the other, short ones joined before Arrow sees them."""
    import pyarrow as pa

    pieces: list[pa.LargeStringArray] = []
    short: list[str] = []
    for column in columns:
        if isinstance(column, list):
            short += column
            continue
        if short:
            pieces.append(arrow(short))
            short = []
        pieces.append(column)
    if short or not pieces:
        pieces.append(arrow(short))
    return pieces[0] if len(pieces) == 1 else pa.concat_arrays(pieces)


def repeated(values: Sequence[str], counts: np.ndarray) -> pa.LargeStringArray:
    """Each text as many times as it counts for."""
    import pyarrow as pa

    return pa.array(list(values), pa.large_string()).take(pa.array(np.repeat(np.arange(len(values)), counts)))


def written(numbers: np.ndarray) -> pa.LargeStringArray:
    """Each number as Python writes it, a whole one without « .0 »."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = np.abs(numbers)
    whole = (size < _MOST_WHOLE) & (numbers == np.trunc(np.where(size < _MOST_WHOLE, numbers, 0)))
    texts = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.large_string())
    texts = pc.replace_with_mask(texts, pa.array(~whole), pa.array(numbers[~whole]).cast(pa.large_string()))
    rare = ~whole & ~((size >= _LEAST_PLAIN) & (size < _MOST_PLAIN))
    if rare.any():
        rest = [str(int(one)) if one.is_integer() else repr(one) for one in numbers[rare].tolist()]
        texts = pc.replace_with_mask(texts, pa.array(rare), pa.array(rest, pa.large_string()))
    return texts


def sizes(column: pa.LargeStringArray) -> np.ndarray:
    """How many bytes each text has."""
    return np.diff(_offsets(column))


def first_bytes(column: pa.LargeStringArray) -> np.ndarray:
    """The first byte of each text, 0 where there is none."""
    offsets = _offsets(column)
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    found = np.zeros(len(column), dtype=np.uint8)
    found[filled] = content(column)[offsets[filled]]
    return found


def content(column: pa.LargeStringArray) -> np.ndarray:
    """The bytes of a column from which its texts are cut, and maybe of others."""
    return np.frombuffer(column.buffers()[2] or b"", dtype=np.uint8)


def _offsets(column: pa.LargeStringArray) -> np.ndarray:
    found = np.frombuffer(column.buffers()[1] or bytes(8), dtype=np.int64)
    return found[column.offset : column.offset + len(column) + 1]


def shown(column: pa.LargeStringArray, unseen: str) -> tuple[pa.LargeStringArray, np.ndarray]:
    """Texts with one kind of line end, blank where all their characters are ``unseen``; and where they are not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if (content(column) == ord("\r")).any():
        column = pc.replace_substring(pc.replace_substring(column, "\r\n", "\n"), "\r", "\n")
    seen = sizes(column) > 0
    doubtful = np.flatnonzero(seen & _begins(unseen)[first_bytes(column)])
    if len(doubtful):
        trimmed = pc.utf8_trim(column.take(pa.array(doubtful)), characters=unseen)
        seen[doubtful] = sizes(trimmed) > 0
        if not seen[doubtful].all():
            column = pc.if_else(pa.array(seen), column, pa.scalar("", pa.large_string()))
    return column, seen


@cache
def _begins(characters: str) -> np.ndarray:
    """Which bytes are the first of one of these characters."""
    found = np.zeros(256, dtype=bool)
    found[[character.encode()[0] for character in characters]] = True
    return found
