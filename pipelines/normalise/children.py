"""Cells of several values → rows of link tables.

Belongs here: splitting ``a ; b = rôle : thème`` and resolving each value. Does not belong here: sources
(``citations``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipelines.curation.parse import find_code
from pipelines.normalise.identity import complete_keys
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Rows, Workspace
from pipelines.text import clean, on_distinct
from schemas.declaration import ListCell, Table
from schemas.registry import tables

SPLIT = ";"
_ITEM = r"^(?P<value>[^=]*?)\s*(?:=\s*(?P<qualifier>[^:]*?)\s*(?::\s*(?P<detail>.*?)\s*)?)?$"


@dataclass
class Children:
    """Rows of a link table: ``frame``, ``parent`` (the sheet row of each), ``label`` of their cell."""

    table: Table
    frame: pd.DataFrame
    parent: pd.Series
    label: str
    rows: Rows


def split_items(text: pd.Series) -> pd.DataFrame:
    """One row per value of each cell, in order: ``row`` (of the cell), ``value``, ``qualifier``, ``detail``."""
    items = text.str.split(SPLIT).explode().str.strip()
    items = items[items.fillna("") != ""]
    parts = items.str.extract(_ITEM).fillna("")
    return parts.assign(row=items.index).reset_index(drop=True)


def all_children(workspace: Workspace, known: References) -> list[Children]:
    """The link rows of every sheet."""
    found = [
        _children(workspace, rows, item, known)
        for rows in workspace.rows.values()
        for item in rows.typed.sheet.fields
        if isinstance(item, ListCell)
    ]
    workspace.drop_refused()
    for children in found:
        kept = children.parent.isin(children.rows.frame.index)
        children.frame, children.parent = children.frame[kept], children.parent[kept]
    return found


def _children(workspace: Workspace, rows: Rows, item: ListCell, known: References) -> Children:
    table = tables()[item.table]
    raw = on_distinct(rows.typed.source.text.loc[rows.frame.index, item.label], clean).astype("str")
    parts = split_items(raw)
    parent = parts["row"]
    frame = pd.DataFrame(index=parts.index)
    owner = rows.table.key
    if any(column.name == owner for column in table.columns):
        frame[owner] = rows.keys["key"].reindex(parent).to_numpy()
    scope = rows.scope.reindex(parent).reset_index(drop=True)
    unknown = _fill(workspace, table, item, parts, scope, known, frame)
    if item.qualifier:
        vocabulary = table[item.qualifier].vocabulary or ""
        frame[item.qualifier] = _codes(workspace, vocabulary, parts["qualifier"])
        wrong = frame[item.qualifier].isna() & (parts["qualifier"] != "")
        _refuse(workspace, rows, item, parts, wrong, "code-inconnu", vocabulary, "qualifier")
    if item.detail:
        frame[item.detail] = parts["detail"].where(parts["detail"] != "").astype("str")
    _refuse(workspace, rows, item, parts, unknown, *_unknown_code(table, item), "value")
    frame = frame.astype("str")
    doubled = frame.duplicated([name for name in table.natural_key if name in frame]) & ~unknown
    places = rows.typed.source.cells(parent[doubled].to_numpy(), item.label)
    workspace.log.add("ligne-doublee", places.assign(value=parts.loc[doubled, "value"].to_numpy()), expected=item.label)
    rows.typed.refused.update(parent[doubled].tolist())
    registry = workspace.rows["identifiants"].frame
    frame[table.key] = complete_keys(frame, table, registry)["key"]
    return Children(table=table, frame=frame, parent=parent, label=item.label, rows=rows)


def _codes(workspace: Workspace, name: str, values: pd.Series) -> pd.Series:
    return on_distinct(values, lambda value: find_code(workspace.vocabularies, name, value)).astype("str")


def _fill(
    workspace: Workspace,
    table: Table,
    item: ListCell,
    parts: pd.DataFrame,
    scope: pd.Series,
    known: References,
    frame: pd.DataFrame,
) -> pd.Series:
    """Fills the columns that the values go to, the first that knows one wins; returns which none knows."""
    unknown = pd.Series(True, index=parts.index)
    for name in item.columns:
        column = table[name]
        if column.vocabulary is not None:
            resolved = _codes(workspace, column.vocabulary, parts["value"])
        elif column.references == "partenaires":
            resolved = known.partners.resolve(parts["value"], scope)
        else:
            resolved = known.contracts.resolve(parts["value"])
        frame[name] = resolved.where(unknown)
        unknown &= resolved.isna()
    return unknown


def _unknown_code(table: Table, item: ListCell) -> tuple[str, str]:
    if len(item.columns) > 1:
        return "participant-inconnu", ""
    column = table[item.columns[0]]
    return ("code-inconnu", column.vocabulary) if column.vocabulary else ("partenaire-inconnu", "")


def _refuse(
    workspace: Workspace,
    rows: Rows,
    item: ListCell,
    parts: pd.DataFrame,
    wrong: pd.Series,
    code: str,
    expected: str,
    part: str,
) -> None:
    if not wrong.any():
        return
    from pipelines.curation.issues import nearest, suggestion

    values = parts.loc[wrong, part]
    among = workspace.vocabularies.labels(expected) if expected else _names(workspace)
    places = rows.typed.source.cells(parts.loc[wrong, "row"].to_numpy(), item.label).assign(value=values.to_numpy())
    workspace.log.add(code, places, expected=expected, near=[suggestion(nearest(value, among)) for value in values])
    rows.typed.refused.update(parts.loc[wrong, "row"].tolist())


def _names(workspace: Workspace) -> list[str]:
    return [
        *workspace.rows["partenaires"].frame["nom"].dropna(),
        *workspace.rows["partenaires_denominations"].frame["denomination"].dropna(),
    ]
