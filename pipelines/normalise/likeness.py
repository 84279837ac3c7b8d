"""Rows that look as if they said the same thing twice, within one contract and one sheet.

Nothing is ever merged on a likeness: it makes a warning, with its score.

Belongs here: comparing rows by their words. Does not belong here: rows that are the same (``build``, as errors),
suggestions for a name that is not found (``lookups``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.normalise.rows import Rows, Workspace
from pipelines.text import fold, on_distinct
from schemas.declaration import Kind

THRESHOLD = 90
"""Of 100: the share of letters that two texts have in common, whatever the order of their words."""
BLOCK = 500
"""Rows compared with one another at most: a contract's rows beyond that are cut into runs of like beginnings."""
SPELLINGS = ("contrats_denominations",)
"""Tables of spellings, where likeness is the point."""
_SAYS_NOTHING = frozenset({"remarque", "_contrat"})


def report_lookalikes(workspace: Workspace) -> None:
    """Warns of rows whose words are nearly those of an earlier row, and that no other cell tells apart."""
    for rows in workspace.rows.values():
        words = [name for name in rows.table.natural_key if rows.table[name].kind is Kind.TEXT]
        if rows.typed.sheet.place == "classeur" and words and rows.table.name not in SPELLINGS and len(rows.frame) > 1:
            _report(workspace, rows, words)


def _report(workspace: Workspace, rows: Rows, words: list[str]) -> None:
    joined = rows.frame[words[0]].fillna("")
    for name in words[1:]:
        joined = joined + " " + rows.frame[name].fillna("")
    texts = on_distinct(joined.astype("str"), lambda text: " ".join(sorted(fold(text).split()))).astype("str")
    texts = texts[texts != ""]
    pairs = _pairs(texts, rows.scope[texts.index])
    if pairs.empty:
        return
    pairs = pairs[_compatible(rows, pairs, words)].sort_values(["row", "score"], ascending=[True, False])
    pairs = pairs.drop_duplicates("row", keep="first")
    pairs = pairs[rows.frame.loc[pairs["row"], "remarque"].isna().to_numpy()] if "remarque" in rows.frame else pairs
    shown = [
        f"{rows.typed.source.where(int(other))} (ressemblance {score} %)"
        for other, score in zip(pairs["other"], pairs["score"], strict=True)
    ]
    label = next(
        item.label for item in rows.typed.sheet.fields if getattr(item, "column", None) == rows.table[words[0]]
    )
    workspace.log.add("ligne-ressemblante", rows.typed.source.cells(pairs["row"].to_numpy(), label), expected=shown)


def _pairs(texts: pd.Series, scopes: pd.Series) -> pd.DataFrame:
    """``row``, ``other`` (earlier) and ``score`` of a contract's texts that are alike and hold the same numbers."""
    from rapidfuzz import fuzz, process

    ordered = pd.DataFrame({"text": texts, "scope": scopes, "digits": texts.str.replace(r"[^0-9 ]", "", regex=True)})
    ordered["digits"] = on_distinct(ordered["digits"], lambda text: " ".join(text.split()))
    ordered = ordered.sort_values(["scope", "digits", "text"], kind="stable")
    ordered["run"] = ordered.groupby(["scope", "digits"], sort=False).cumcount() // BLOCK
    together = ["scope", "digits", "run"]
    ordered = ordered[ordered.duplicated(together, keep=False)]
    found = []
    for _, block in ordered.groupby(together, sort=False):
        words = block["text"].tolist()
        scores = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=THRESHOLD, dtype=np.uint8)
        one, other = np.nonzero(np.triu(scores, k=1))
        index = block.index.to_numpy()
        found.append(
            pd.DataFrame(
                {
                    "row": np.maximum(index[one], index[other]),
                    "other": np.minimum(index[one], index[other]),
                    "score": scores[one, other].astype("int64"),
                }
            )
        )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"row": [], "other": [], "score": []})


def _compatible(rows: Rows, pairs: pd.DataFrame, words: list[str]) -> pd.Series:
    """Whether no cell of a pair contradicts the other's: dates, amounts, partners… filled in both and different."""
    told = [name for name in rows.frame.columns if name not in {*words, *_SAYS_NOTHING, rows.table.key}]
    one = rows.frame.loc[pairs["row"], told].astype("str").reset_index(drop=True)
    other = rows.frame.loc[pairs["other"], told].astype("str").reset_index(drop=True)
    contradict = (one != other) & one.notna() & other.notna()
    return ~contradict.any(axis=1).set_axis(pairs.index)
