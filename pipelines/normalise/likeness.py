"""Rows that look as if they said the same thing twice, within one contract and one sheet.

Nothing is ever merged on a likeness: it makes a warning, with its score.

Belongs here: comparing rows by their words. Does not belong here: rows that are the same (``build``, as errors),
names of the registry of partners (``namesakes``), suggestions for a name that is not found (``lookups``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.keys import Mask, only
from pipelines.normalise.letters import Pairs, Positions, Prints, Words, in_chunks
from pipelines.normalise.rows import Rows, Workspace
from pipelines.parallel import aside
from pipelines.texts import as_arrow, as_series
from schemas.declaration import Kind

if TYPE_CHECKING:
    import polars as pl

THRESHOLD = 90
"""Of 100: the share of letters that two texts have in common, whatever the order of their words."""
BLOCK = 500
"""Rows compared with one another at most: a contract's rows beyond that are cut into runs of like beginnings."""
MANY = 64
"""Rows of a run, from which on all its pairs are looked at together."""
SPELLINGS = ("contrats_denominations",)
"""Tables of spellings, where likeness is the point."""
_SAYS_NOTHING = frozenset({"remarque", "_contrat"})


@contextmanager
def lookalikes_reported(workspace: Workspace) -> Iterator[None]:
    """Warns of rows whose words are nearly those of an earlier row, and that no other cell tells apart.

    They are compared in a thread of their own while the block goes on; the warnings come when it ends, of the rows
    that nothing refused meanwhile.
    """
    compared = [
        (rows, words, _joined(rows.frame, words), rows.scope)
        for rows in workspace.rows.values()
        if (words := _words(rows)) and len(rows.frame) > 1
    ]
    with aside(lambda: [_pairs(texts, scope) for _, _, texts, scope in compared]) as found:
        yield
        for (rows, words, _, _), pairs in zip(compared, found(), strict=True):
            standing = pairs["row"].isin(rows.frame.index) & pairs["other"].isin(rows.frame.index)
            _report(workspace, rows, words, only(pairs, standing.to_numpy()))


def _words(rows: Rows) -> list[str]:
    """The columns whose words are compared, none where rows may be alike."""
    if rows.typed.sheet.place != "classeur" or rows.table.name in SPELLINGS:
        return []
    return [name for name in rows.table.natural_key if rows.table[name].kind is Kind.TEXT]


def _joined(frame: pd.DataFrame, words: list[str]) -> pd.Series[str]:
    parts = [pc.fill_null(as_arrow(frame[name]), "") for name in words]
    return as_series(pc.binary_join_element_wise(*parts, pa.scalar(" ", parts[0].type)), frame.index)


def _report(workspace: Workspace, rows: Rows, words: list[str], pairs: pd.DataFrame) -> None:
    if pairs.empty:
        return
    told = [name for name in rows.frame.columns if name not in {*words, *_SAYS_NOTHING, rows.table.key}]
    pairs = pairs[compatible(rows.frame, pairs, told)].drop_duplicates("row", keep="first")
    pairs = pairs[rows.frame.loc[pairs["row"], "remarque"].isna().to_numpy()] if "remarque" in rows.frame else pairs
    shown = [
        f"{rows.typed.source.where(int(other))} (ressemblance {score} %)"
        for other, score in zip(pairs["other"], pairs["score"], strict=True)
    ]
    label = next(
        item.label for item in rows.typed.sheet.fields if getattr(item, "column", None) == rows.table[words[0]]
    )
    workspace.log.add("ligne-ressemblante", rows.typed.source.cells(pairs["row"].to_numpy(), label), expected=shown)


def _pairs(texts: pd.Series[str], scopes: pd.Series[str]) -> pd.DataFrame:
    """``row``, ``other`` (earlier) and ``score`` of a contract's texts that are alike and hold the same numbers.

    By row, the best of each first.
    """
    ordered = _in_runs(Words.of(texts).joined(), scopes)
    prints = Prints.of(ordered["text"].to_arrow().cast(pa.large_string()))
    run, index, place = (ordered[name].to_numpy().astype(np.int64) for name in ("run", "index", "place"))
    found = []
    for pairs in _near(run, prints):
        scores = np.rint(prints.scores(pairs, THRESHOLD)).astype(np.int64)
        one, other = (side[scores > 0] for side in pairs)
        later = index[one] > index[other]
        one, other = np.where(later, one, other), np.where(later, other, one)
        columns = {"row": index[one], "other": index[other], "score": scores[scores > 0], "place": place[other]}
        found.append(pd.DataFrame(columns))
    if not found:
        return pd.DataFrame({"row": [], "other": [], "score": []})
    joined = pd.concat(found, ignore_index=True)
    return joined.sort_values(["row", "score", "place"], ascending=[True, False, True], ignore_index=True)


def _in_runs(texts: pa.Array, scopes: pd.Series[str]) -> pl.DataFrame:
    """The texts that have something to be compared with, by ``run`` and length, with their ``index`` and ``place``."""
    import polars as pl

    columns = {"text": pl.Series(texts), "digits": pl.Series(_digits(texts)), "scope": pl.Series(as_arrow(scopes))}
    together = ["scope", "digits"]
    return (
        pl.DataFrame(columns | {"index": scopes.index.to_numpy()})
        .filter(pl.col("text") != "")
        .sort([*together, "text"], maintain_order=True)
        .with_row_index("place")
        .with_columns(part=pl.int_range(pl.len()).over(together) // BLOCK)
        .with_columns(run=pl.struct(*together, "part").rle_id())
        .filter(pl.len().over("run") > 1)
        .sort("run", pl.col("text").str.len_bytes(), maintain_order=True)
    )


def _digits(texts: pa.Array) -> pa.Array:
    """The digits of each text, word by word."""
    numbered = pc.match_substring_regex(texts, "[0-9]")
    digits = pc.replace_substring_regex(texts.filter(numbered), "[^0-9 ]+", "")
    digits = pc.ascii_trim(pc.replace_substring_regex(digits, " +", " "), " ")
    return pc.replace_with_mask(pa.repeat(pa.scalar("", texts.type), len(texts)), numbered, digits)


def _near(run: Positions, prints: Prints) -> Iterator[Pairs]:
    """Pairs of texts of a run that may be alike; some more go with them."""
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    sizes = np.diff(starts, append=len(run))
    for start, size in zip(starts[sizes >= MANY].tolist(), sizes[sizes >= MANY].tolist(), strict=True):
        yield prints.near_together(start, start + size, THRESHOLD)
    few = np.repeat(sizes < MANY, sizes)
    for close in _of_like_lengths(run, prints.lengths, few):
        yield prints.near(close, THRESHOLD)


def _of_like_lengths(run: Positions, lengths: Positions, wanted: Mask) -> Iterator[Pairs]:
    """Pairs of ``wanted`` texts of a run, which come by length: the longer one is within what `THRESHOLD` allows."""
    beyond = int(lengths.max(initial=0)) * 2 + 1
    longest = lengths * (200 - THRESHOLD) // THRESHOLD
    rows = np.arange(len(run))
    ends = np.searchsorted(run * beyond + lengths, run * beyond + longest, side="right")
    return in_chunks(rows, rows + 1, np.where(wanted, ends - rows - 1, 0))


def compatible(frame: pd.DataFrame, pairs: pd.DataFrame, told: list[str]) -> pd.Series:
    """Whether none of the ``told`` cells of a pair contradicts the other's: filled in both and different."""
    one = frame.loc[pairs["row"], told].astype("str").reset_index(drop=True)
    other = frame.loc[pairs["other"], told].astype("str").reset_index(drop=True)
    contradict = (one != other) & one.notna() & other.notna()
    return ~contradict.any(axis=1).set_axis(pairs.index)
