"""Divergences: the row that sources disagree on, and the versions.

Belongs here: the cells of the « Divergences » sheet that no other sheet has. Does not belong here: its plain cells.
"""

from __future__ import annotations

import pandas as pd

from pipelines.curation.issues import nearest, suggestion
from pipelines.normalise.children import Children
from pipelines.normalise.citations import column_of, stated
from pipelines.normalise.identity import complete_keys
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Rows, Workspace
from pipelines.sheets.labels import label_index
from pipelines.text import fold
from schemas.declaration import ListCell, Sheet, TargetCell, VersionCell
from schemas.registry import tables, workbook_sheets

VERSIONS_TABLE = "divergences_valeurs"


def diverging(workspace: Workspace) -> list[Rows]:
    """The sheets that hold versions."""
    return [
        rows
        for rows in workspace.rows.values()
        if any(isinstance(item, VersionCell) for item in rows.typed.sheet.fields)
    ]


def resolve_targets(workspace: Workspace) -> None:
    """Fills ``table_code``, ``ligne_id`` and ``colonne`` from the sheet, row and column that the curator names."""
    standing = {(rows.table.name, key) for rows in workspace.rows.values() for key in rows.keys["key"].dropna()}
    refused = {(table, key) for table, keys in workspace.refused_keys().items() for key in keys}
    refused |= {("contrats", contract) for contract in workspace.named_contracts()}
    refused -= standing
    sheets = {fold(name): sheet for name, sheet in workbook_sheets().items()}
    for rows in diverging(workspace):
        labels = {item.part: item.label for item in rows.typed.sheet.fields if isinstance(item, TargetCell)}
        text = {part: rows.text(label) for part, label in labels.items()}
        every = rows.typed.frame.index
        target = text["sheet"].map(lambda name: sheets.get(fold(name)))
        table = target.map(lambda sheet: sheet.table if sheet else None).astype("str")
        key = text["row"].str.lower().where(text["row"] != "")
        columns = [
            _column(sheet, label) if sheet is not None and label else None
            for sheet, label in zip(target, text["column"], strict=True)
        ]
        column = pd.Series(columns, index=every, dtype="str")
        rows.frame["table_code"], rows.frame["ligne_id"], rows.frame["colonne"] = table, key, column
        unknown_sheet = every[table.isna() & (text["sheet"] != "")]
        near = [suggestion(nearest(value, list(workbook_sheets()))) for value in text["sheet"][unknown_sheet]]
        rows.typed.refuse(
            workspace.log, "ligne-inconnue", unknown_sheet, labels["sheet"], expected="feuilles", near=near
        )
        pairs = list(zip(table, key, strict=True))
        there = pd.Series([pair in standing for pair in pairs], index=every)
        drawn = every[[pair in refused for pair in pairs]]
        workspace.draw_along(rows, rows.frame.index.intersection(drawn), labels["row"])
        there |= every.isin(drawn)
        unknown = every[~there & key.notna() & table.notna()]
        rows.typed.refuse(workspace.log, "ligne-inconnue", unknown, labels["row"], expected=table[unknown].tolist())
        wrong = every[column.isna() & (text["column"] != "")].difference(unknown_sheet)
        wrong = rows.judged(wrong, labels["sheet"])
        rows.typed.refuse(workspace.log, "colonne-citee-inconnue", wrong, labels["column"])
    workspace.drop_refused()


def without_target(rows: Rows, standing: dict[str, set[str]]) -> pd.Index:
    """The divergences about a row that no longer stands (``standing``: the keys of each table)."""
    if not any(isinstance(item, TargetCell) for item in rows.typed.sheet.fields):
        return rows.frame.index[:0]
    table, row = rows.frame["table_code"], rows.frame["ligne_id"]
    kept = row.isna() | table.isna()
    for name in table.dropna().unique():
        kept |= (table == name).fillna(False).astype(bool) & row.isin(standing.get(str(name), set()))
    return rows.frame.index[~kept]


def _column(sheet: Sheet, label: str) -> str | None:
    wanted = label_index(sheet).get(fold(label))
    for item in sheet.fields:
        if item.label == wanted:
            return column_of(sheet, item.label) or (item.columns[0] if isinstance(item, ListCell) else None)
    return None


def versions(workspace: Workspace, known: References) -> tuple[list[Children], pd.DataFrame]:
    """The rows of ``divergences_valeurs`` (one per version and source), and the citations that they make."""
    table = tables()[VERSIONS_TABLE]
    found, citations = [], []
    for rows in diverging(workspace):
        cells = [item for item in rows.typed.sheet.fields if isinstance(item, VersionCell)]
        parts = []
        for rank in sorted({item.rank for item in cells}):
            value = next(item for item in cells if item.rank == rank and item.part == "value")
            source = next(item for item in cells if item.rank == rank and item.part == "sources")
            text = rows.text(value.label)
            said, naming = stated(workspace, rows, source, known)
            bare = rows.judged(text.index[text != ""].difference(naming), source.label)
            rows.typed.refuse(workspace.log, "sans-source", bare, source.label)
            empty = rows.judged(naming[text[naming] == ""], value.label)
            rows.typed.refuse(workspace.log, "valeur-obligatoire", empty, value.label, expected=value.label)
            parts.append(said.assign(rang=rank, valeur=said["row"].map(text)))
        joined = pd.concat(parts, ignore_index=True)
        joined = joined[joined["row"].isin(rows.frame.index) & ~joined["row"].isin(sorted(rows.typed.refused))]
        joined = joined.drop_duplicates(["row", "rang", "source_id"]).reset_index(drop=True)
        keys = joined["row"].map(rows.keys["key"])
        frame = pd.DataFrame(
            {
                "divergence_id": keys,
                "rang": joined["rang"].astype("str"),
                "valeur_citee": joined["valeur"],
                "source_id": joined["source_id"],
            }
        ).astype("str")
        frame[table.key] = complete_keys(frame, table, workspace.rows["identifiants"].frame)["key"]
        frame["rang"] = joined["rang"]
        found.append(Children(table=table, frame=frame, parent=joined["row"], label="", rows=rows))
        for name, lines in ((rows.table.name, keys), (table.name, frame[table.key])):
            citations.append(
                pd.DataFrame({"table_code": name, "ligne_id": lines, "colonne": "", "source_id": joined["source_id"]})
            )
    workspace.drop_refused()
    return found, pd.concat(citations, ignore_index=True)
