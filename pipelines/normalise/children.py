"""Cells of several values → rows of link tables.

Belongs here: splitting ``a ; b = rôle : thème`` and resolving each value. Does not belong here: sources
(``citations``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.identity import keys_of
from pipelines.normalise.keys import Mask, only
from pipelines.normalise.lookups import near
from pipelines.normalise.resolve import References, codes_of
from pipelines.normalise.rows import Rows, Workspace
from pipelines.texts import as_arrow, as_series
from schemas.declaration import ListCell, Table
from schemas.registry import tables

SPLIT, QUALIFIES, DETAILS = ";", "=", ":"


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
    cells = pc.split_pattern(as_arrow(text), SPLIT)
    items = pc.utf8_trim_whitespace(pc.list_flatten(cells))
    filled = pc.not_equal(items, "")
    value, said = _halves(items.filter(filled), QUALIFIES)
    qualifier, detail = _halves(said, DETAILS)
    row = text.index.take(pc.list_parent_indices(cells).filter(filled).to_numpy())
    found = {"value": value, "qualifier": qualifier, "detail": detail}
    index = pd.RangeIndex(len(row))
    return pd.DataFrame({name: as_series(part, index) for name, part in found.items()}).assign(row=row)


def _halves(texts: pa.Array, mark: str) -> tuple[pa.Array, pa.Array]:
    """What stands before the first mark of each text, and after it ("" without a mark)."""
    marked, nothing = pc.match_substring(texts, mark), pa.repeat(pa.scalar("", texts.type), len(texts))
    halves = pc.utf8_trim_whitespace(pc.list_flatten(pc.split_pattern(texts.filter(marked), mark, max_splits=1)))
    return pc.replace_with_mask(texts, marked, halves[::2]), pc.replace_with_mask(nothing, marked, halves[1::2])


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
        kept = of_accepted(children.parent, children.rows)
        children.frame, children.parent = only(children.frame, kept), only(children.parent, kept)
    return found


def of_accepted(parent: pd.Series, rows: Rows) -> Mask:
    """Whether the sheet row of each link row is among those that nothing refused so far."""
    found: Mask = parent.isin(rows.frame.index).to_numpy()
    return found


def _children(workspace: Workspace, rows: Rows, item: ListCell, known: References) -> Children:
    table = tables()[item.table]
    parts = split_items(rows.text(item.label))
    parent = parts["row"]
    frame = pd.DataFrame(index=parts.index)
    owner = rows.table.key
    if any(column.name == owner for column in table.columns):
        frame[owner] = rows.keys["key"].reindex(parent).array
    scope = rows.contracts.reindex(parent).reset_index(drop=True)
    unknown = _fill(workspace, table, item, parts, scope, known, frame)
    unclear = unknown
    if item.qualifier:
        vocabulary = table[item.qualifier].vocabulary or ""
        frame[item.qualifier] = codes_of(workspace.vocabularies, vocabulary, parts["qualifier"])
        wrong = frame[item.qualifier].isna() & (parts["qualifier"] != "")
        _refuse_codes(workspace, rows, item, parts[wrong], "qualifier", vocabulary)
        unclear = unknown | wrong
    if item.detail:
        frame[item.detail] = parts["detail"].where(parts["detail"] != "").astype("str")
    _refuse_values(workspace, rows, item, parts[unknown], scope[unknown], known)
    frame = frame.astype("str")
    # Within one cell: a refused row has no key that would tell its values from those of another.
    natural = [name for name in table.natural_key if name in frame and name != owner]
    doubled = frame[natural].assign(row=parent).duplicated() & ~unclear
    _refuse(workspace, rows, item, parts[doubled], "value", "ligne-doublee", item.label, "")
    kept = of_accepted(parent, rows)
    frame, parent = only(frame, kept), only(parent, kept)
    registry = workspace.rows["identifiants"].frame
    keys = keys_of(frame, table, registry)
    return Children(table=table, frame=frame.assign(**{table.key: keys}), parent=parent, label=item.label, rows=rows)


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
            resolved = codes_of(workspace.vocabularies, column.vocabulary, parts["value"])
        elif column.references == "partenaires":
            resolved = known.partners.resolve(parts["value"], scope)
        else:
            resolved = known.contracts.resolve(parts["value"])
        frame[name] = resolved.where(unknown)
        unknown &= resolved.isna()
    return unknown


def _refuse_values(
    workspace: Workspace, rows: Rows, item: ListCell, parts: pd.DataFrame, scope: pd.Series, known: References
) -> None:
    columns = [tables()[item.table][name] for name in item.columns]
    if columns[0].vocabulary:
        _refuse_codes(workspace, rows, item, parts, "value", columns[0].vocabulary)
    elif len(parts):
        lookups = [known.partners if column.references == "partenaires" else known.contracts for column in columns]
        code = "partenaire-inconnu" if len(columns) == 1 else "participant-inconnu"
        _refuse(workspace, rows, item, parts, "value", code, "", near(lookups, parts["value"], scope))


def _refuse_codes(
    workspace: Workspace, rows: Rows, item: ListCell, parts: pd.DataFrame, part: str, vocabulary: str
) -> None:
    title = workspace.vocabularies.title(vocabulary)
    _refuse(
        workspace, rows, item, parts, part, "code-inconnu", title, workspace.vocabularies.near(vocabulary, parts[part])
    )


def _refuse(
    workspace: Workspace,
    rows: Rows,
    item: ListCell,
    parts: pd.DataFrame,
    part: str,
    code: str,
    expected: str,
    close: str | list[str],
) -> None:
    """Reports a part of these values at their cell, and refuses their rows."""
    if parts.empty:
        return
    places = rows.typed.source.cells(parts["row"].to_numpy(), item.label).assign(value=parts[part].to_numpy())
    workspace.log.add(code, places, expected=expected, near=close)
    rows.typed.refused.update(parts["row"].tolist())
