"""The two tables that vouch for the others: who says so (citations), where it was typed (provenance).

What repeats over their many rows (tables, columns, files, digests) stays coded until the tables are made.

Belongs here: their rows and keys. Does not belong here: the cells that citations come from (``citations``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.children import Children
from pipelines.normalise.keys import Positions, among
from pipelines.normalise.rows import Workspace
from pipelines.texts import as_arrow, as_series
from schemas.registry import tables as declared_tables

_TEXT = pa.large_string()


def cited(citations: pd.DataFrame, built: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The citations (see `citations.all_citations`) of published rows by published sources, each once, with its key."""
    table = _coded(citations["table_code"])
    kept = among(citations["source_id"], built["sources"]["source_id"])
    for code, name in enumerate(table.dictionary.to_pylist()):
        own = np.flatnonzero(table.indices.to_numpy() == code)
        kept[own] &= among(citations["ligne_id"].iloc[own], built[name][declared_tables()[name].key])
    said = citations[kept]
    column = as_arrow(said["colonne"])
    column = pc.if_else(pc.equal(column, ""), pa.scalar(None, _TEXT), column).dictionary_encode()
    row, source = as_arrow(said["ligne_id"]), as_arrow(said["source_id"])
    keys = _joined(_dashed(table.filter(kept)), row, _dashed(column), source)
    order, alike = _in_order(keys)
    if len(alike):
        again = said.iloc[alike].duplicated(list(declared_tables()["citations"].natural_key)).to_numpy()
        order = order[~np.isin(order, alike[again])]
    found = {
        "citation_id": keys,
        "table_code": table.filter(kept),
        "ligne_id": row,
        "colonne": column,
        "source_id": source,
    }
    return _taken(found, order)


def provenance(workspace: Workspace, children: list[Children]) -> pd.DataFrame:
    """Where every published row was typed, with its key, which ends with the rank among the places of the row."""
    origins = {name: _origin(rows.typed.source.origin) for name, rows in workspace.rows.items()}
    parts = [
        _typed_at(origins[name], rows.frame.index, rows.table.name, rows.keys["key"])
        for name, rows in workspace.rows.items()
    ]
    for child in children:
        parent = child.parent[child.parent.isin(child.rows.frame.index)]
        keys = child.frame.loc[parent.index, child.table.key]
        parts.append(_typed_at(origins[child.rows.typed.sheet.name], pd.Index(parent), child.table.name, keys))
    whole = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    found = {name: whole[name].combine_chunks() for name in whole.column_names}
    heads = _joined(_dashed(found["table_code"]), found["ligne_id"])
    _, alike = _in_order(heads)
    rank = np.ones(len(heads), dtype=np.int64)
    if len(alike):
        named = list(declared_tables()["provenance"].natural_key)
        places = _taken({name: found[name] for name in named}, alike).set_axis(alike, axis="index")
        places = places.drop_duplicates().sort_values(named, kind="stable")
        rank[alike] = 0
        rank[places.index] = places.groupby(["table_code", "ligne_id"]).cumcount() + 1
    keys = _joined(heads, pa.array(rank).cast(_TEXT))
    order, _ = _in_order(keys)
    return _taken({"provenance_id": keys, **found}, order[rank[order] > 0])


def _origin(origin: pd.DataFrame) -> pa.Table:
    return pa.table(
        {
            "fichier": _coded(origin["file"]),
            "feuille": _coded(origin["sheet"]),
            "ligne": pa.array(origin["row"].to_numpy()),
            "empreinte_sha256": _coded(origin["sha256"]),
        }
    )


def _typed_at(origin: pa.Table, rows: pd.Index, table: str, keys: pd.Series) -> pa.Table:
    """The places of these rows of a sheet, which make the rows of a table that have these keys."""
    own = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(rows), dtype=np.int32)), pa.array([table], _TEXT))
    places = origin.take(rows.to_numpy())
    return places.add_column(0, "table_code", own).add_column(1, "ligne_id", as_arrow(keys))


def _coded(texts: pd.Series) -> pa.DictionaryArray:
    return as_arrow(texts).dictionary_encode()


def _dashed(coded: pa.DictionaryArray) -> pa.Array:
    """Names of tables and columns as they stand in a key."""
    return pc.replace_substring(coded.dictionary, "_", "-").take(coded.indices)


def _joined(*parts: pa.Array) -> pa.Array:
    """A key of its parts, without those that are missing."""
    return pc.binary_join_element_wise(*parts, pa.scalar("-", _TEXT), null_handling="skip")


def _in_order(keys: pa.Array) -> tuple[Positions, Positions]:
    """The keys in order, and where those are that are no one's alone."""
    order = pc.sort_indices(keys).to_numpy()
    there = keys.take(order)
    again = pc.equal(there[1:], there[:-1]).to_numpy(zero_copy_only=False)
    return order, np.sort(order[np.append(again, False) | np.append(False, again)]) if again.any() else order[:0]


def _taken(columns: dict[str, pa.Array], rows: Positions) -> pd.DataFrame:
    """These rows of columns; what was coded becomes text."""
    index = pd.RangeIndex(len(rows))
    return pd.DataFrame(
        {
            name: pd.Series(one.take(rows).to_numpy(), index=index)
            if pa.types.is_integer(one.type)
            else as_series(one.take(rows), index)
            for name, one in columns.items()
        }
    )
