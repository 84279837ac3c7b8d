"""Identifiers: given once, found again, never lost.

The doctrine: an identifier typed in a sheet is kept as it is. A blank one comes from the registry
(``sources/referentiels/identifiants.csv``) by the row's natural key; failing that it is minted from that key's slug
and proposed for the registry. An identifier of the registry that no longer stands in its table, and was not retired,
refuses the release. Nothing here writes into ``sources/``.

Belongs here: natural keys, minting, the registry. Does not belong here: references between rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.keys import Mask, among, as_mask, only
from pipelines.texts import as_arrow, as_series, folded, slugs
from schemas.declaration import Table

SEPARATOR = " | "
BLANK = "-"
SLUG_LIMIT = 100
_NATIONAL = "national"
_TEXT = pa.large_string()
_NOTHING = pa.array(["", "<NA>", "NaT", "None"], _TEXT)
_LONGEST_NOTHING = 4
_SCOPE_COLUMNS = ("contrat_id", "groupe_code")


def _said(values: pd.Series) -> pa.Array:
    """A column as text, null where it says nothing."""
    texts = as_arrow(values)
    if not pc.any(pc.less_equal(pc.binary_length(texts), _LONGEST_NOTHING)).as_py():
        return texts
    return pc.replace_with_mask(texts, pc.is_in(texts, value_set=_NOTHING), pa.scalar(None, texts.type))


def _joined(parts: Iterable[pa.Array | pa.Scalar], separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, pa.scalar(separator, _TEXT), null_handling="skip")


def natural_keys(frame: pd.DataFrame, table: Table) -> pd.Series:
    """The natural key of each row as one text: its parts joined with `SEPARATOR`, `BLANK` for a blank one."""
    return as_series(_joined(_parts(frame, table), SEPARATOR), frame.index)


def natural_keys_differ(frame: pd.DataFrame, table: Table) -> bool:
    """Whether no two rows have the parts of their natural keys in common, for sure; several times faster than the keys.

    Rows whose hashes differ do; those whose hashes are the same may differ still.
    """
    import polars as pl

    parts = pl.DataFrame([pl.Series(str(place), part) for place, part in enumerate(_parts(frame, table))])
    return parts.hash_rows().n_unique() == len(frame)


def _parts(frame: pd.DataFrame, table: Table) -> list[pa.Array]:
    return [
        pc.fill_null(_said(frame[name]), BLANK) if name in frame else pa.repeat(pa.scalar(BLANK, _TEXT), len(frame))
        for name in table.natural_key
    ]


def _slugs(frame: pd.DataFrame, table: Table) -> pa.Array:
    said = {name: _said(frame[name]) for name in table.natural_key if name in frame}
    joined = _joined(said.values(), " ")
    scoped = [name for name in _SCOPE_COLUMNS if name in said]
    if table.natural_key[0] in scoped:
        national = reduce(pc.and_, (said[name].is_null() for name in scoped))
        joined = pc.if_else(national, _joined([pa.scalar(_NATIONAL, _TEXT), joined], " "), joined)
    return slugs(joined, SLUG_LIMIT)


def complete_keys(frame: pd.DataFrame, table: Table, registry: pd.DataFrame) -> pd.DataFrame:
    """Gives every row a key.

    ``registry``: table_code, cle_naturelle, ligne_id. Returns, on the index of ``frame``: ``key`` (str), ``natural``
    (str), ``minted`` (bool: neither typed nor in the registry). Two natural keys that make the same slug are told
    apart by ``-2``, ``-3``…, in the order of their natural keys.
    """
    natural = natural_keys(frame, table) if table.natural_key else pd.Series("", index=frame.index, dtype="str")
    key, minted = _completed(frame, table, registry, lambda rows: as_arrow(only(natural, rows)))
    return pd.DataFrame({"key": as_series(key, frame.index), "natural": natural, "minted": minted})


def keys_of(frame: pd.DataFrame, table: Table, registry: pd.DataFrame) -> pd.Series:
    """The ``key`` of `complete_keys`, without the natural key of rows that take no other's name."""
    key, _ = _completed(frame, table, registry, lambda rows: as_arrow(natural_keys(only(frame, rows), table)))
    return as_series(key, frame.index)


def _completed(
    frame: pd.DataFrame, table: Table, registry: pd.DataFrame, naturals: Callable[[Mask], pa.Array]
) -> tuple[pa.Array, Mask]:
    """The key of each row, and which were minted; ``naturals`` gives the natural keys of some rows."""
    own = registry.loc[registry["table_code"] == table.name, ["cle_naturelle", "ligne_id"]]
    key = as_arrow(frame[table.key]) if table.key in frame else pa.nulls(len(frame), _TEXT)
    if table.natural_key and key.null_count and len(own):
        last = own.iloc[::-1]  # of two entries of one natural key, the later holds
        natural = naturals(np.ones(len(frame), dtype=bool))
        known = pc.index_in(natural, value_set=as_arrow(last["cle_naturelle"]))
        key = pc.coalesce(key, as_arrow(last["ligne_id"]).take(known))
    blank = as_mask(key.is_null())
    if key.null_count:
        taken = pa.concat_arrays([key.drop_null(), as_arrow(own["ligne_id"]).drop_null()])
        rows = np.flatnonzero(blank)
        names = _slugs(only(frame.loc[:, frame.columns.isin(table.natural_key)], blank), table)

        def of_contested(contested: Mask) -> pa.Array:
            wanted = np.zeros(len(frame), dtype=bool)
            wanted[rows[contested]] = True
            return naturals(wanted)

        key = pc.replace_with_mask(key, pa.array(blank), _minted(names, of_contested, taken))
    return key, blank


def _minted(names: pa.Array, naturals: Callable[[Mask], pa.Array], taken: pa.Array) -> pa.Array:
    """A free name for each distinct pair of slug and natural key, in their order: mostly the slug itself.

    Only the slugs that several rows make or that are taken need a number, and those that such a name may take away:
    ``naturals`` is asked for the natural keys of these rows only.
    """
    coded = names.dictionary_encode()
    several = np.bincount(coded.indices.to_numpy(), minlength=len(coded.dictionary)) > 1
    contested = several | as_mask(pc.is_in(coded.dictionary, value_set=taken))
    while (wider := _akin(coded.dictionary, coded.dictionary.filter(contested))).sum() > contested.sum():
        contested = wider
    if not contested.any():
        return names
    rows = pa.array(contested).take(coded.indices)
    held = set(taken.filter(_akin(taken, coded.dictionary.filter(contested))).to_pylist())
    pairs = list(zip(names.filter(rows).to_pylist(), naturals(as_mask(rows)).to_pylist(), strict=True))
    given: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    for wanted, natural in sorted(set(pairs)):
        name, numbers[wanted] = _free(wanted, held, numbers.get(wanted, 1))
        given[wanted, natural] = name
        held.add(name)
    return pc.replace_with_mask(names, rows, pa.array([given[pair] for pair in pairs], _TEXT))


def _akin(names: pa.Array, others: pa.Array) -> Mask:
    """Which names are one of the others, or one of them with a number."""
    bare = pc.ascii_rtrim(pc.ascii_rtrim(names, "0123456789"), "-")
    return as_mask(pc.or_(pc.is_in(names, value_set=others), pc.is_in(bare, value_set=others)))


def _free(wanted: str, taken: set[str], number: int) -> tuple[str, int]:
    """The first name that is not taken, from this number on (those before it are), and its number."""
    name = wanted if number == 1 else f"{wanted}-{number}"
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name, number


def vanished(registry: pd.DataFrame, retired: pd.DataFrame, keys: dict[str, pd.Series]) -> pd.DataFrame:
    """The rows of the registry whose identifier no table holds any more and that were not retired."""
    gone = np.zeros(len(registry), dtype=bool)
    for table, standing in keys.items():
        own = np.flatnonzero(registry["table_code"] == table)
        held = pd.concat([standing.astype("str"), retired.loc[retired["table_code"] == table, "ligne_id"]])
        gone[own] = ~among(registry["ligne_id"].iloc[own], held)
    return registry[gone]


def likely_successors(naturals: pd.Series, candidates: pd.DataFrame) -> list[str]:
    """For each row whose identifier vanished, the new row (columns ``natural``, ``place``) most like it, in words."""
    if candidates.empty:
        return [""] * len(naturals)
    from rapidfuzz import fuzz, process

    among_these = folded(candidates["natural"]).tolist()
    found = [
        process.extractOne(natural, among_these, scorer=fuzz.token_sort_ratio, score_cutoff=60)
        for natural in folded(naturals)
    ]
    places = candidates["place"]
    return [f" La ligne qui lui ressemble le plus : {places.iloc[best[2]]}." if best else "" for best in found]
