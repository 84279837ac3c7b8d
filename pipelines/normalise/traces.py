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
from pipelines.normalise.citations import of_partners, places_of
from pipelines.normalise.keys import Positions, as_mask
from pipelines.normalise.rows import Workspace
from pipelines.texts import as_arrow, as_series
from schemas.registry import tables as declared_tables

_TEXT = pa.large_string()


def cited(citations: pd.DataFrame, built: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The citations of published rows by published sources, each once, with its key.

    ``citations``: those that cells state (see `citations.all_citations`); those of partners are added.
    """
    places = places_of(citations, built)
    more = of_partners(citations, places, built)
    kept = np.append(places, places_of(more, built)) >= 0
    citations = pd.concat([citations, more], ignore_index=True)
    del places, more
    table, source = _coded(citations["table_code"]), _coded(citations["source_id"])
    row, column = as_arrow(citations["ligne_id"]), as_arrow(citations["colonne"])
    column = pc.if_else(pc.equal(column, ""), pa.scalar(None, _TEXT), column).dictionary_encode()
    kept &= as_mask(pc.is_in(source, value_set=as_arrow(built["sources"]["source_id"])))
    keys = _joined(_dashed(table), row, _dashed(column), _texts(source))
    order, there, alike = _in_order(keys)
    if len(alike):
        kept[alike] &= ~citations.iloc[alike].duplicated(list(declared_tables()["citations"].natural_key)).to_numpy()
    del keys
    if not kept.all():
        order, there = order[kept[order]], there.filter(pa.array(kept[order]))
    found = {"table_code": table, "ligne_id": row, "colonne": column, "source_id": source}
    return _taken(found, order, citation_id=there)


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
    found = _whole(parts)
    del parts, origins
    heads = _joined(_dashed(found["table_code"]), found["ligne_id"])
    keys = _joined(heads, pa.repeat(pa.scalar("1", _TEXT), len(heads)))
    order, there, alike = _in_order(keys)
    if len(alike):
        named = list(declared_tables()["provenance"].natural_key)
        places = _taken({name: found[name] for name in named}, alike).set_axis(alike, axis="index")
        places = places.drop_duplicates().sort_values(named, kind="stable")
        rank = np.ones(len(heads), dtype=np.int64)
        rank[alike] = 0
        rank[places.index] = places.groupby(["table_code", "ligne_id"]).cumcount() + 1
        keys = _joined(heads, pa.array(rank).cast(_TEXT))
        order = pc.sort_indices(keys).to_numpy()
        order = order[rank[order] > 0]
        there = keys.take(order)
    del heads, keys
    return _taken(found, order, provenance_id=there)


def _whole(parts: list[pa.Table]) -> dict[str, pa.Array]:
    whole = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    return {name: whole[name].combine_chunks() for name in whole.column_names}


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


def _texts(one: pa.Array) -> pa.Array:
    """What is coded, as text; faster than Arrow's own cast."""
    return one.dictionary.take(one.indices) if isinstance(one, pa.DictionaryArray) else one


def _joined(*parts: pa.Array) -> pa.Array:
    """A key of its parts, without those that are missing."""
    return pc.binary_join_element_wise(*parts, pa.scalar("-", _TEXT), null_handling="skip")


def _in_order(keys: pa.Array) -> tuple[Positions, pa.Array, Positions]:
    """The order of the keys, the keys in it, and where those are that are no one's alone."""
    order = pc.sort_indices(keys).to_numpy()
    there = keys.take(order)
    again = pc.equal(there[1:], there[:-1]).to_numpy(zero_copy_only=False)
    alike = np.sort(order[np.append(again, False) | np.append(False, again)]) if again.any() else order[:0]
    return order, there, alike


def _taken(columns: dict[str, pa.Array], rows: Positions, **keys: pa.Array) -> pd.DataFrame:
    """These rows of columns, after their ``keys``, which are taken already; what was coded becomes text."""
    index = pd.RangeIndex(len(rows))
    return pd.DataFrame(
        {name: as_series(one, index) for name, one in keys.items()}
        | {
            name: pd.Series(one.take(rows).to_numpy(), index=index)
            if pa.types.is_integer(one.type)
            else as_series(_texts(one.take(rows)), index)
            for name, one in columns.items()
        }
    )
