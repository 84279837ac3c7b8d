"""« Sources » cells → citations of every row, of a column, of the rows that a cell makes.

Belongs here: the grammar ``ALP3 ; Début = ALP4, ALP6`` and who inherits what. Does not belong here: the bibliography.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.issues import nearest, suggestion
from pipelines.normalise.children import Children
from pipelines.normalise.keys import Positions
from pipelines.normalise.lookups import near
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Rows, Workspace
from pipelines.sheets.labels import label_index
from pipelines.text import fold, on_distinct
from pipelines.texts import as_arrow, as_series
from schemas.declaration import Cell, PartnerOrGroupCell, Sheet, SourcesCell, VersionCell, ZoneCell
from schemas.registry import tables as declared_tables

STATED = ("row", "label", "source_id")


@dataclass(frozen=True)
class _Items:
    """What sources cells say: their distinct items (columns ``label`` and ``source``, as typed), and who says which.

    ``label``: "" for the whole row. ``row`` and ``item``: the row of each item that is said, and the item's place
    among the distinct ones, in the order of the rows and of their cells.
    """

    distinct: pd.DataFrame
    row: Positions
    item: Positions


def _items(text: pd.Series) -> _Items:
    cells = as_arrow(text).dictionary_encode()
    items = pc.split_pattern(cells.dictionary, ";")
    parts = pc.extract_regex(pc.list_flatten(items), r"^(?:(?P<label>[^=]*)=)?(?P<ids>.*)$")
    ids = pc.split_pattern(pc.struct_field(parts, "ids"), ",")
    part = pc.list_parent_indices(ids)
    distinct = pa.table(
        {
            "label": pc.utf8_trim_whitespace(pc.struct_field(parts, "label").take(part)),
            "source": pc.utf8_trim_whitespace(pc.list_flatten(ids)),
            "cell": pc.list_parent_indices(items).take(part),
        }
    )
    distinct = distinct.filter(pc.not_equal(distinct["source"], ""))
    counts = np.bincount(distinct["cell"].to_numpy(), minlength=len(cells.dictionary))
    of_row = counts[cells.indices.to_numpy()]
    first = (np.cumsum(counts) - counts)[cells.indices.to_numpy()]
    rank = np.arange(of_row.sum()) - np.repeat(np.cumsum(of_row) - of_row, of_row)
    index = pd.RangeIndex(len(distinct))
    return _Items(
        distinct=pd.DataFrame({name: as_series(distinct[name], index) for name in ("label", "source")}),
        row=np.repeat(text.index.to_numpy(), of_row),
        item=np.repeat(first, of_row) + rank,
    )


def stated(
    workspace: Workspace, rows: Rows, item: SourcesCell | VersionCell, known: References
) -> tuple[pd.DataFrame, pd.Index]:
    """What the sources cells of accepted rows state (columns `STATED`; ``label`` is the sheet's, or "").

    Also the rows, accepted or not, whose cell names a source, known or not. Reports what cannot be read in any row.
    """
    items = _items(rows.text(item.label))
    sources = known.sources.resolve(items.distinct["source"])
    unknown = sources.isna().to_numpy()[items.item]
    if unknown.any():
        said = items.distinct["source"].take(items.item[unknown])
        places = rows.typed.source.cells(items.row[unknown], item.label).assign(value=said.to_numpy())
        workspace.log.add("source-inconnue", places, near=near([known.sources], said))
        rows.typed.refused.update(items.row[unknown].tolist())
    labels = label_index(rows.typed.sheet)
    named = on_distinct(items.distinct["label"], lambda text: labels.get(fold(text)) if text else "").astype("str")
    wrong = named.isna().to_numpy()[items.item]
    if wrong.any():
        said = items.distinct["label"].take(items.item[wrong])
        places = rows.typed.source.cells(items.row[wrong], item.label).assign(value=said.to_numpy())
        near_it = on_distinct(
            said, lambda text: suggestion(nearest(text, list(dict.fromkeys(labels.values())), limit=1))
        )
        workspace.log.add("colonne-citee-inconnue", places, near=near_it.tolist())
        rows.typed.refused.update(items.row[wrong].tolist())
    kept = ~unknown & ~wrong & np.isin(items.row, rows.frame.index)
    found = pd.DataFrame({"label": named, "source_id": sources}).take(items.item[kept]).reset_index(drop=True)
    return found.assign(row=items.row[kept])[list(STATED)], pd.Index(pd.unique(items.row))


def column_of(sheet: Sheet, label: str) -> str:
    """The column of the sheet's own table that a label stands for, "" when it stands for none."""
    for item in sheet.fields:
        if item.label != label:
            continue
        if isinstance(item, Cell):
            return item.column.name
        if isinstance(item, PartnerOrGroupCell):
            return item.partner
        if isinstance(item, ZoneCell):
            return item.code_column
    return ""


def _citations(table: str, keys: pd.Series, columns: pd.Series | str, sources: pd.Series) -> pd.DataFrame:
    """Citations of rows of a table, on the index of their keys."""
    own = _repeated(table, keys.index)
    columns = _repeated(columns, keys.index) if isinstance(columns, str) else columns
    return pd.DataFrame({"table_code": own, "ligne_id": keys, "colonne": columns, "source_id": sources})


def _repeated(text: str, index: pd.Index) -> pd.Series[str]:
    return as_series(pa.repeat(pa.scalar(text, pa.large_string()), len(index)), index)


def all_citations(workspace: Workspace, children: list[Children], known: References) -> pd.DataFrame:
    """Every citation: table_code, ligne_id, colonne ("" for the row), source_id.

    A row of a link table is cited by what is stated of its cell, else by what is stated of the row that it comes from.
    """
    found = []
    for rows in workspace.rows.values():
        for item in rows.typed.sheet.fields:
            if isinstance(item, SourcesCell):
                said, naming = stated(workspace, rows, item, known)
                bare = rows.judged(rows.typed.frame.index.difference(naming), item.label)
                rows.typed.refuse(workspace.log, "sans-source", bare, item.label)
                found.extend(_of_sheet(rows, said, children))
    workspace.drop_refused()
    return pd.concat(found, ignore_index=True) if found else _nothing()


def _nothing() -> pd.DataFrame:
    return _citations("", *(pd.Series(dtype="str"),) * 3)


def _of_sheet(rows: Rows, said: pd.DataFrame, children: list[Children]) -> list[pd.DataFrame]:
    keys = rows.keys["key"]
    own = [child for child in children if child.rows is rows]
    columns = on_distinct(said["label"], lambda label: column_of(rows.typed.sheet, label) if label else "").astype(
        "str"
    )
    found = [_citations(rows.table.name, keys.loc[said["row"]].set_axis(said.index), columns, said["source_id"])]
    whole = said[said["label"] == ""]
    for child in own:
        named = said[said["label"] == child.label]
        inherited = whole[~whole["row"].isin(named["row"])]
        fallback = said[~said["row"].isin(named["row"]) & ~said["row"].isin(inherited["row"])]
        used = pd.concat([named, inherited, fallback])
        joined = pd.DataFrame({"row": child.parent, "key": child.frame[child.table.key]}).merge(used, on="row")
        found.append(_citations(child.table.name, joined["key"], "", joined["source_id"]))
    return found


def places_of(citations: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Positions:
    """Where the row that each citation is about stands in its table, -1 where it does not stand."""
    row, found = as_arrow(citations["ligne_id"]), np.full(len(citations), -1, dtype=np.int64)
    for name, own in _by_table(citations):
        # Mostly one run, which is looked up as it is.
        whole = len(own) and own[-1] - own[0] + 1 == len(own)
        said = row.slice(own[0], len(own)) if whole else row.take(pa.array(own))
        held = as_arrow(tables[name][declared_tables()[name].key])
        found[own] = pc.fill_null(pc.index_in(said, value_set=held, skip_nulls=True), -1).to_numpy()
    return found


def _by_table(citations: pd.DataFrame) -> Iterator[tuple[str, Positions]]:
    coded = as_arrow(citations["table_code"]).dictionary_encode()
    codes = coded.indices.to_numpy()
    for code, name in enumerate(coded.dictionary.to_pylist()):
        yield name, np.flatnonzero(codes == code)


def of_partners(citations: pd.DataFrame, places: Positions, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A partner is cited by whatever cites its names and the rows that hold it; ``places``: see `places_of`."""
    source = as_arrow(citations["source_id"]).dictionary_encode()
    many, found = len(source.dictionary), []
    for name, cited in _by_table(citations):
        frame = tables[name]
        columns = frame.columns.intersection(["partenaire_id", "exploitant_id"] if name != "partenaires" else [])
        own = cited[places[cited] >= 0]
        for column in columns:
            partner = as_arrow(frame[column]).dictionary_encode()
            named = pc.fill_null(partner.indices, -1).to_numpy()[places[own]].astype(np.int64)
            pairs = np.unique((named * many + source.indices.to_numpy()[own])[named >= 0])
            partners, sources = partner.dictionary.take(pairs // many), source.dictionary.take(pairs % many)
            index = pd.RangeIndex(len(pairs))
            found.append(_citations("partenaires", as_series(partners, index), "", as_series(sources, index)))
    return pd.concat(found, ignore_index=True) if found else _nothing()
