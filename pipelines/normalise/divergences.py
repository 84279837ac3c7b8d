"""Divergences: the row that sources disagree on, and the versions.

Belongs here: the cells of the « Divergences » sheet that no other sheet has. Does not belong here: its plain cells.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.curation.issues import nearest, suggestion
from pipelines.normalise.children import Children
from pipelines.normalise.citations import column_of, stated
from pipelines.normalise.identity import keys_of
from pipelines.normalise.keys import among
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Rows, Workspace
from pipelines.sheets.labels import label_index
from pipelines.text import fold
from pipelines.texts import folded
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
    refused = {name: pd.Series(list(keys), dtype="str") for name, keys in workspace.refused_keys().items()}
    refused["contrats"] = pd.concat([refused["contrats"], workspace.named_contracts()])
    sheets = {fold(name): sheet for name, sheet in workbook_sheets().items()}
    columns = {
        f"{name}|{label}": _column(sheet, wanted)
        for name, sheet in sheets.items()
        for label, wanted in label_index(sheet).items()
    }
    for rows in diverging(workspace):
        labels = {item.part: item.label for item in rows.typed.sheet.fields if isinstance(item, TargetCell)}
        text = {part: rows.text(label) for part, label in labels.items()}
        every = rows.typed.frame.index
        named = folded(text["sheet"])
        table = named.map({name: sheet.table for name, sheet in sheets.items()}).astype("str")
        key = text["row"].str.lower().where(text["row"] != "")
        column = (named + "|" + folded(text["column"])).map(columns).astype("str")
        rows.frame["table_code"], rows.frame["ligne_id"], rows.frame["colonne"] = table, key, column
        unknown_sheet = every[table.isna() & (text["sheet"] != "")]
        near = [suggestion(nearest(value, list(workbook_sheets()))) for value in text["sheet"][unknown_sheet]]
        rows.typed.refuse(
            workspace.log, "ligne-inconnue", unknown_sheet, labels["sheet"], expected="feuilles", near=near
        )
        there, drawn = _held(table, key, _standing(workspace)), _held(table, key, refused)
        workspace.draw_along(rows, rows.frame.index.intersection(every[drawn & ~there]), labels["row"])
        there |= drawn
        unknown = every[~there & key.notna() & table.notna()]
        rows.typed.refuse(workspace.log, "ligne-inconnue", unknown, labels["row"], expected=table[unknown].tolist())
        wrong = every[column.isna() & (text["column"] != "")].difference(unknown_sheet)
        wrong = rows.judged(wrong, labels["sheet"])
        rows.typed.refuse(workspace.log, "colonne-citee-inconnue", wrong, labels["column"])
    workspace.drop_refused()


def without_target(rows: Rows, standing: dict[str, pd.Series]) -> pd.Index:
    """The divergences about a row that no longer stands (``standing``: the keys of each table)."""
    if not any(isinstance(item, TargetCell) for item in rows.typed.sheet.fields):
        return rows.frame.index[:0]
    table, row = rows.frame["table_code"], rows.frame["ligne_id"]
    kept = row.isna() | table.isna()
    for name in table.dropna().unique():
        kept |= (table == name).fillna(False).astype(bool) & among(row, standing.get(str(name), row[:0]))
    return rows.frame.index[~kept]


def _column(sheet: Sheet, label: str) -> str | None:
    """The column that a divergence points at when it names a field of a sheet by its label."""
    pointed = next(item for item in sheet.fields if item.label == label)
    return column_of(sheet, label) or (pointed.columns[0] if isinstance(pointed, ListCell) else None)


def _standing(workspace: Workspace) -> dict[str, pd.Series]:
    """The keys of the rows that stand, by table."""
    parts: dict[str, list[pd.Series]] = {}
    for rows in workspace.rows.values():
        parts.setdefault(rows.table.name, []).append(rows.keys["key"])
    return {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}


def _held(table: pd.Series, key: pd.Series, keys: Mapping[str, pd.Series]) -> np.ndarray:
    """Whether each key is among those of its table."""
    held = np.zeros(len(key), dtype=bool)
    for name in table.dropna().unique():
        own = np.flatnonzero(table == name)
        held[own] = among(key.iloc[own], keys.get(name, key[:0]))
    return held


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
        frame[table.key] = keys_of(frame, table, workspace.rows["identifiants"].frame)
        frame["rang"] = joined["rang"]
        found.append(Children(table=table, frame=frame, parent=joined["row"], label="", rows=rows))
        for name, lines in ((rows.table.name, keys), (table.name, frame[table.key])):
            citations.append(
                pd.DataFrame({"table_code": name, "ligne_id": lines, "colonne": "", "source_id": joined["source_id"]})
            )
    workspace.drop_refused()
    return found, pd.concat(citations, ignore_index=True)
