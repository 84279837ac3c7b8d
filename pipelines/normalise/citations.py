"""« Sources » cells → citations of every row, of a column, of the rows that a cell makes.

Belongs here: the grammar ``ALP3 ; Début = ALP4, ALP6`` and who inherits what. Does not belong here: the bibliography.
"""

from __future__ import annotations

import pandas as pd

from pipelines.curation.issues import nearest, suggestion
from pipelines.normalise.children import Children
from pipelines.normalise.lookups import near
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Rows, Workspace
from pipelines.sheets.labels import label_index
from pipelines.text import fold
from schemas.declaration import Cell, PartnerOrGroupCell, Sheet, SourcesCell, VersionCell, ZoneCell

STATED = ("row", "label", "source_id")


def _items(text: pd.Series) -> pd.DataFrame:
    """``row``, ``label`` (as typed, "" for the whole row) and ``source`` (as typed), one row per source."""
    items = text.str.split(";").explode()
    parts = items.str.extract(r"^(?:(?P<label>[^=]*)=)?(?P<ids>.*)$").fillna("")
    parts = parts.assign(row=items.index, source=parts["ids"].str.split(",")).explode("source")
    parts["label"], parts["source"] = parts["label"].str.strip(), parts["source"].str.strip()
    return parts.loc[parts["source"] != "", ["row", "label", "source"]].reset_index(drop=True)


def stated(
    workspace: Workspace, rows: Rows, item: SourcesCell | VersionCell, known: References
) -> tuple[pd.DataFrame, pd.Index]:
    """What the sources cells of accepted rows state (columns `STATED`; ``label`` is the sheet's, or "").

    Also the rows, accepted or not, whose cell names a source, known or not. Reports what cannot be read in any row.
    """
    items = _items(rows.text(item.label))
    naming = pd.Index(items["row"].unique())
    items["source_id"] = known.sources.resolve(items["source"])
    unknown = items[items["source_id"].isna()]
    if len(unknown):
        places = rows.typed.source.cells(unknown["row"].to_numpy(), item.label).assign(
            value=unknown["source"].to_numpy()
        )
        workspace.log.add("source-inconnue", places, near=near([known.sources], unknown["source"]))
        rows.typed.refused.update(unknown["row"].tolist())
    labels = label_index(rows.typed.sheet)
    named = items["label"].map(lambda text: labels.get(fold(text)) if text else "").astype("str")
    wrong = items[named.isna()]
    if len(wrong):
        places = rows.typed.source.cells(wrong["row"].to_numpy(), item.label).assign(value=wrong["label"].to_numpy())
        close = [suggestion(nearest(text, list(dict.fromkeys(labels.values())), limit=1)) for text in wrong["label"]]
        workspace.log.add("colonne-citee-inconnue", places, near=close)
        rows.typed.refused.update(wrong["row"].tolist())
    items["label"] = named
    said = items.dropna(subset=["source_id", "label"])[list(STATED)]
    return said[said["row"].isin(rows.frame.index)], naming


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
    return pd.DataFrame({"table_code": table, "ligne_id": keys, "colonne": columns, "source_id": sources})


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
    return pd.concat(found, ignore_index=True) if found else _citations("", *(pd.Series(dtype="str"),) * 3)


def _of_sheet(rows: Rows, said: pd.DataFrame, children: list[Children]) -> list[pd.DataFrame]:
    keys = rows.keys["key"]
    own = [child for child in children if child.rows is rows]
    columns = said["label"].map(lambda label: column_of(rows.typed.sheet, label) if label else "")
    found = [_citations(rows.table.name, said["row"].map(keys), columns, said["source_id"])]
    whole = said[said["label"] == ""]
    for child in own:
        named = said[said["label"] == child.label]
        inherited = whole[~whole["row"].isin(named["row"])]
        fallback = said[~said["row"].isin(named["row"]) & ~said["row"].isin(inherited["row"])]
        used = pd.concat([named, inherited, fallback])
        joined = pd.DataFrame({"row": child.parent, "key": child.frame[child.table.key]}).merge(used, on="row")
        found.append(_citations(child.table.name, joined["key"], "", joined["source_id"]))
    return found


def of_partners(citations: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A partner is cited by whatever cites its names and the rows that hold it."""
    found = []
    for name, frame in tables.items():
        if name in ("partenaires", "citations"):
            continue
        of_table = citations[citations["table_code"] == name]
        for column in ("partenaire_id", "exploitant_id"):
            if column not in frame.columns:
                continue
            holder = frame.set_index(frame.columns[0])[column].dropna()
            joined = of_table.assign(partner=of_table["ligne_id"].map(holder)).dropna(subset=["partner"])
            found.append(_citations("partenaires", joined["partner"], "", joined["source_id"]))
    return pd.concat(found, ignore_index=True)
