"""Identifiers: given once, found again, never lost.

The doctrine: an identifier typed in a sheet is kept as it is. A blank one comes from the registry
(``sources/referentiels/identifiants.csv``) by the row's natural key; failing that it is minted from that key's slug
and proposed for the registry. An identifier of the registry that no longer stands in its table, and was not retired,
refuses the release. Nothing here writes into ``sources/``.

Belongs here: natural keys, minting, the registry. Does not belong here: references between rows.
"""

from __future__ import annotations

import pandas as pd

from pipelines.text import fold, slug
from schemas.declaration import Table

SEPARATOR = " | "
BLANK = "-"
SLUG_LIMIT = 100
_NATIONAL = "national"
_SCOPE_COLUMNS = ("contrat_id", "groupe_code")


def _as_text(values: pd.Series) -> pd.Series:
    return values.astype("str").fillna("").replace({"<NA>": "", "NaT": "", "None": ""})


def natural_keys(frame: pd.DataFrame, table: Table) -> pd.Series:
    """The natural key of each row as one text: its parts joined with `SEPARATOR`, `BLANK` for a blank one."""
    parts = [
        _as_text(frame[name]).replace("", BLANK) if name in frame else pd.Series(BLANK, index=frame.index)
        for name in table.natural_key
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + SEPARATOR + part
    return joined


def _slugs(frame: pd.DataFrame, table: Table) -> pd.Series:
    parts = [_as_text(frame[name]) for name in table.natural_key if name in frame]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + " " + part
    scoped = [name for name in _SCOPE_COLUMNS if name in table.natural_key and name in frame]
    if table.natural_key[0] in scoped:
        national = pd.concat([_as_text(frame[name]) == "" for name in scoped], axis=1).all(axis=1)
        joined = joined.where(~national, _NATIONAL + " " + joined)
    return joined.map(lambda text: slug(text, SLUG_LIMIT)).astype("str")


def complete_keys(frame: pd.DataFrame, table: Table, registry: pd.DataFrame) -> pd.DataFrame:
    """Gives every row a key.

    ``registry``: table_code, cle_naturelle, ligne_id. Returns, on the index of ``frame``: ``key`` (str), ``natural``
    (str), ``minted`` (bool: neither typed nor in the registry). Two natural keys that make the same slug are told
    apart by ``-2``, ``-3``…, in the order of their natural keys.
    """
    natural = natural_keys(frame, table) if table.natural_key else pd.Series("", index=frame.index, dtype="str")
    own = registry[registry["table_code"] == table.name]
    known = dict(zip(own["cle_naturelle"], own["ligne_id"], strict=True))
    key = frame[table.key].copy() if table.key in frame else pd.Series(index=frame.index, dtype="str")
    if table.natural_key:
        key = key.fillna(natural.map(known).astype("str"))
    blank = key.isna()
    if blank.any():
        candidates = _slugs(frame.loc[blank], table)
        taken = set(key.dropna()) | set(own["ligne_id"])
        order = pd.DataFrame({"slug": candidates, "natural": natural[blank]}).sort_values(
            ["slug", "natural"], kind="stable"
        )
        given: dict[tuple[str, str], str] = {}
        for pair in dict.fromkeys(zip(order["slug"], order["natural"], strict=True)):
            given[pair] = _free(pair[0], taken)
            taken.add(given[pair])
        minted = [given[pair] for pair in zip(order["slug"], order["natural"], strict=True)]
        key = key.fillna(pd.Series(minted, index=order.index, dtype="str"))
    return pd.DataFrame({"key": key.astype("str"), "natural": natural, "minted": blank})


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def vanished(registry: pd.DataFrame, retired: pd.DataFrame, keys: dict[str, pd.Series]) -> pd.DataFrame:
    """The rows of the registry whose identifier no table holds any more and that were not retired."""
    standing = set()
    for table, values in keys.items():
        standing.update((table + SEPARATOR + values.astype("str")).tolist())
    gone = set((retired["table_code"] + SEPARATOR + retired["ligne_id"]).tolist())
    entry = registry["table_code"] + SEPARATOR + registry["ligne_id"]
    concerned = registry["table_code"].isin(list(keys))
    return registry[concerned & ~entry.isin(standing) & ~entry.isin(gone)]


def likely_successor(natural: str, candidates: pd.DataFrame) -> str:
    """The new row (columns ``natural``, ``place``) that most looks like the one whose identifier vanished, in words."""
    if candidates.empty:
        return ""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        fold(natural), [fold(text) for text in candidates["natural"]], scorer=fuzz.token_sort_ratio, score_cutoff=60
    )
    if found is None:
        return ""
    return f" La ligne qui lui ressemble le plus : {candidates['place'].iloc[found[2]]}."
