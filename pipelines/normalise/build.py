"""The whole normalisation: typed sheets → published tables, in one direction.

Belongs here: the order of the steps, and what is derived from finished tables. Does not belong here: any step's own
work.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from pipelines.curation.corrections import SHEET as CORRECTIONS
from pipelines.curation.gather import CONTRACT_SHEET
from pipelines.curation.issues import UNREADABLE_FILES, IssueLog
from pipelines.curation.parse import Typed, Vocabularies
from pipelines.dtypes import empty, missing, typed
from pipelines.normalise import flat
from pipelines.normalise.children import Children, all_children, of_accepted
from pipelines.normalise.citations import all_citations
from pipelines.normalise.divergences import resolve_targets, versions, without_target
from pipelines.normalise.identity import complete_keys, keys_of, likely_successors, natural_keys, vanished
from pipelines.normalise.keys import among, found_at, in_order, only, rows_among
from pipelines.normalise.likeness import lookalikes_reported
from pipelines.normalise.namesakes import report_namesakes
from pipelines.normalise.plausibility import report_doubts
from pipelines.normalise.resolve import references, resolve_names, resolve_rows
from pipelines.normalise.rows import Rows, Workspace, addresses, in_contract
from pipelines.normalise.traces import cited, provenance
from pipelines.normalise.usage import report_unused
from pipelines.parallel import aside
from pipelines.texts import as_arrow, doubled
from schemas.declaration import Column, Family, Kind, SourcesCell, Table, VersionCell
from schemas.registry import tables as declared_tables
from schemas.vocabularies import TABLES

AMONG_THE_20 = ("vague_1", "vague_2")
"""The waves of 16 December 2014 and 25 June 2015, that the founding text counts as 20 contracts."""

UNREAD_SHEETS = ("entete-introuvable", "feuille-doublee")
"""Kinds of issues of a sheet of which no row is read."""
TAKEN_BACK = "version-precedente-reprise"


def normalise(sheets: dict[str, Typed], vocabularies: Vocabularies, log: IssueLog) -> dict[str, pd.DataFrame]:
    """Builds every published table, by name; what is wrong goes to ``log`` with its cell."""
    workspace = Workspace.start(sheets, vocabularies, log)
    known = references(workspace)
    resolve_names(workspace, known)
    _give_keys(workspace)
    with lookalikes_reported(workspace):
        resolve_rows(workspace)
        resolve_targets(workspace)
        children = all_children(workspace, known)
        said = all_citations(workspace, children, known)
        version_rows, version_citations = versions(workspace, known)
        children += version_rows
        citations = pd.concat([said, version_citations], ignore_index=True)
        del said, version_citations  # as long as the longest table
        _refuse_dependants(workspace, children, citations)
        with aside(lambda: _finish(declared_tables()["provenance"], provenance(workspace, children))) as placed:
            built = _assemble(workspace, children)
            _derive(built)
            built["citations"] = _finish(declared_tables()["citations"], cited(citations, built))
            del citations
            with aside(lambda: _flat(built)) as flattened:
                report_doubts(workspace)
                report_namesakes(workspace)
                _check_registry(workspace, built)
                built |= flattened()
            built["provenance"] = placed()
        report_unused(workspace, built)
    return {name: built[name] for name in declared_tables()}


# --- Keys ----------------------------------------------------------------------------------------------------------


def _give_keys(workspace: Workspace) -> None:
    registry = workspace.rows["identifiants"].frame
    for rows in workspace.rows.values():
        rows.keys = complete_keys(rows.frame, rows.table, registry)
        keys = rows.keys["key"]
        if rows.table.natural_key:
            _refuse_doubles(workspace, rows, rows.keys["natural"], "ligne-doublee")
            blank = rows.frame[rows.table.key].isna() if rows.table.key in rows.frame else keys.notna()
            keys = keys[~(blank & keys.index.isin(rows.typed.refused))]
        _refuse_doubles(workspace, rows, keys, "identifiant-double")
    workspace.drop_refused()


def _refuse_doubles(workspace: Workspace, rows: Rows, values: pd.Series, code: str) -> None:
    if not doubled(values):
        return
    source = rows.typed.source
    stray = values.index.isin(_adrift(workspace, rows))  # what does not stand takes nothing from what does
    values = pd.concat([values[~stray], values[stray]])
    again = values.index[values.duplicated(keep="first")].sort_values()
    first = values.index[found_at(values[again], values)]
    places = source.cells(again, rows.typed.sheet.fields[0].label).assign(value=values[again].to_numpy())
    workspace.log.add(code, places, expected=addresses(source, first).tolist())
    rows.typed.refused.update(again.tolist())


def _refuse_dependants(workspace: Workspace, children: list[Children], citations: pd.DataFrame) -> None:
    """A row goes with the row that it refers to: what was refused is an error already, what follows from it is told."""
    if workspace.log.errors().empty and all(_stands_whole(workspace, rows) for rows in workspace.rows.values()):
        return  # whatever a row refers to was found, and stands
    standing: dict[str, pd.Series] = {}
    before = -1
    while before < (refused := sum(len(rows.typed.refused) for rows in workspace.rows.values())):
        before = refused
        workspace.drop_refused()
        standing = _standing(workspace)
        for rows in workspace.rows.values():
            lost = _dangling(workspace, rows.frame, rows.table, standing).union(_adrift(workspace, rows))
            lost = lost.union(without_target(rows, standing)).union(_apart_from_correction(workspace, rows))
            lost = lost.union(_unsupported(workspace, rows, rows.keys["key"], rows.table, citations))
            places = rows.typed.source.cells(lost, rows.typed.sheet.fields[0].label)
            workspace.log.add("ligne-entrainee", places.assign(value=rows.keys.loc[lost, "key"].to_numpy()))
            rows.typed.refused.update(lost.tolist())
    for child in children:
        keys = child.frame[child.table.key]
        lost = _dangling(workspace, child.frame, child.table, standing)
        lost = lost.union(_unsupported(workspace, child.rows, keys, child.table, citations))
        if lost.empty:
            continue
        label = child.label or child.rows.typed.sheet.fields[0].label
        places = child.rows.typed.source.cells(child.parent[lost].to_numpy(), label)
        workspace.log.add("ligne-entrainee", places.assign(value=keys[lost].to_numpy()))
        child.frame, child.parent = child.frame.drop(lost), child.parent.drop(lost)


def _stands_whole(workspace: Workspace, rows: Rows) -> bool:
    return not rows.typed.refused and _adrift(workspace, rows).empty


def _unsupported(workspace: Workspace, rows: Rows, keys: pd.Series, table: Table, citations: pd.DataFrame) -> pd.Index:
    """The rows whose every source is a refused row of the bibliography: nothing would be left to vouch for them."""
    sources = workspace.rows["sources"]
    owing = any(isinstance(item, SourcesCell | VersionCell) for item in rows.typed.sheet.fields)
    if not owing or not sources.typed.refused:
        return keys.index[:0]
    own = citations[citations["table_code"] == table.name]
    return keys.index[~among(keys, own.loc[among(own["source_id"], sources.keys["key"]), "ligne_id"])]


def _standing(workspace: Workspace) -> dict[str, pd.Series]:
    """The keys of the rows of each table that nothing refused so far."""
    keys: dict[str, list[pd.Series]] = {}
    for rows in workspace.rows.values():
        keys.setdefault(rows.table.name, []).append(rows.keys["key"])
    return {name: pd.concat(found) for name, found in keys.items()}


def _dangling(workspace: Workspace, frame: pd.DataFrame, table: Table, standing: dict[str, pd.Series]) -> pd.Index:
    """The rows that hold the key of a row that no longer stands."""
    lost = np.zeros(len(frame), dtype=bool)
    for column in table.columns:
        if column.references in standing and column.name in frame:
            held = frame[column.name]
            lost |= held.notna().to_numpy() & ~among(held, standing[column.references])
    for key in table.composite_keys:
        target = pd.concat([rows.frame for rows in workspace.rows.values() if rows.table.name == key.table])
        pairs = frame[list(key.columns)]
        lost |= pairs.notna().all(axis=1).to_numpy() & ~rows_among(pairs, target[list(key.target)])
    return frame.index[lost]


def _apart_from_correction(workspace: Workspace, rows: Rows) -> pd.Index:
    """The rows that a refused correction filled, and the corrections of refused rows: neither is published alone."""
    corrections = workspace.rows[CORRECTIONS].typed
    if rows.typed is corrections:
        lines = {
            line
            for one in workspace.typed.values()
            for (row, _), line in one.source.corrected.items()
            if row in one.refused
        }
        return rows.frame.index[[corrections.source.where(int(row)) in lines for row in rows.frame.index]]
    refused = {corrections.source.where(row) for row in corrections.refused}
    filled = [row for (row, _), line in rows.typed.source.corrected.items() if line in refused]
    return rows.frame.index.intersection(pd.Index(sorted(set(filled)), dtype="int64"))


def _adrift(workspace: Workspace, rows: Rows) -> pd.Index:
    """The rows of a contract's workbook whose own contract does not stand, even if another bears its identifier."""
    contracts = workspace.rows[CONTRACT_SHEET]
    standing = contracts.typed.source.origin.loc[contracts.frame.index, "file"]
    files = rows.typed.source.origin.loc[rows.frame.index, "file"]
    stray: pd.Index = files.index[in_contract(files) & ~files.isin(standing)]
    return stray


# --- Tables --------------------------------------------------------------------------------------------------------


def _finish(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the table's published columns and types, sorted by its key."""
    if frame.empty:
        return empty(table)
    columns = {
        column.name: _typed(frame[column.name], column) if column.name in frame else missing(column, frame.index)
        for column in table.published
    }
    finished, keys = pd.DataFrame(columns), as_arrow(columns[table.key])
    if not in_order(keys):
        finished = finished.take(pc.sort_indices(keys).to_numpy())
    return finished.reset_index(drop=True)


def _typed(values: pd.Series, column: Column) -> pd.Series:
    if column.kind is Kind.BOOLEAN and values.isna().any():
        values = values.fillna(False)
    return values if isinstance(values.dtype, pd.ArrowDtype) else typed(values, column)


def _assemble(workspace: Workspace, children: list[Children]) -> dict[str, pd.DataFrame]:
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in declared_tables()}
    for rows in workspace.rows.values():
        parts[rows.table.name].append(rows.frame.assign(**{rows.table.key: rows.keys["key"]}))
    for child in children:
        parts[child.table.name].append(only(child.frame, of_accepted(child.parent, child.rows)))
    tables = declared_tables()
    built = {}
    for name, found in parts.items():
        filled = [part for part in found if len(part)]
        frame = pd.concat(filled, ignore_index=True) if filled else empty(tables[name])
        built[name] = (
            frame if name in ("contrats", "contrats_territoires", "nomenclatures") else _finish(tables[name], frame)
        )
    return built


def _flat(built: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    own = [table for table in declared_tables().values() if table.family is Family.FLAT]
    return {table.name: _finish(table, flat.build(table.name, built)) for table in own}


def _derive(built: dict[str, pd.DataFrame]) -> None:
    """Columns that no sheet holds because others imply them."""
    tables = declared_tables()
    contracts = built["contrats"]
    among = contracts.get("generation_code", pd.Series(dtype="str")).isin(AMONG_THE_20)
    built["contrats"] = _finish(tables["contrats"], contracts.assign(est_parmi_les_20=among))
    zones = built["zones"].set_index(["zone_type_code", "zone_code"])["zone_code_actuel"]
    territories = built["contrats_territoires"]
    if len(territories):
        pairs = pd.MultiIndex.from_frame(territories[["zone_type_code", "zone_code"]])
        territories = territories.assign(zone_code_actuel=zones.reindex(pairs).to_numpy())
    built["contrats_territoires"] = _finish(tables["contrats_territoires"], territories)
    names = pd.DataFrame(
        [
            {
                "nomenclature": TABLES,
                "code": table.name,
                "libelle": table.title.fr,
                "libelle_en": table.title.en,
                "definition": table.description.fr,
            }
            for table in tables.values()
        ]
    )
    nothing = pd.DataFrame({"table_code": [], "cle_naturelle": [], "ligne_id": []}, dtype="str")
    names["nomenclature_id"] = keys_of(names, tables["nomenclatures"], nothing)
    built["nomenclatures"] = _finish(
        tables["nomenclatures"], pd.concat([built["nomenclatures"], names], ignore_index=True)
    )


# --- The registry and the lists --------------------------------------------------------------------------------------


def registered(workspace_sheets: dict[str, Rows]) -> list[Rows]:
    """The sheets whose rows the registry of identifiers holds: those of the workbooks."""
    return [rows for rows in workspace_sheets.values() if rows.typed.sheet.place == "classeur"]


def _check_registry(workspace: Workspace, built: dict[str, pd.DataFrame]) -> None:
    registry = workspace.rows["identifiants"]
    sheets = registered(workspace.rows)
    fresh: dict[str, list[tuple[Rows, pd.Index]]] = {}
    for rows in sheets:
        known = registry.frame.loc[registry.frame["table_code"] == rows.table.name, "ligne_id"]
        new = rows.keys.index[~among(rows.keys["key"], known)]
        label = rows.typed.sheet.fields[0].label
        places = rows.typed.source.cells(new, label).assign(value=rows.keys.loc[new, "key"].to_numpy())
        workspace.log.add("identifiant-nouveau", places)
        fresh.setdefault(rows.table.name, []).append((rows, new))
    partly = _misses_rows(workspace.log)
    whole = {rows.table.name for rows in sheets if not rows.typed.refused and not partly}
    keys = {name: built[name][declared_tables()[name].key] for name in whole}
    keys["contrats"] = workspace.named_contracts()
    gone = vanished(registry.frame, built["identifiants_retires"], keys)
    for table, lost in gone.groupby("table_code", sort=True):
        candidates = pd.concat(
            [
                pd.DataFrame({"natural": rows.keys.loc[new, "natural"], "place": addresses(rows.typed.source, new)})
                for rows, new in fresh[str(table)]
            ]
        )
        places = registry.typed.source.cells(lost.index, "Identifiant")
        near = likely_successors(lost["cle_naturelle"], candidates)
        workspace.log.add("identifiant-disparu", places, expected=declared_tables()[str(table)].title.fr, near=near)


def _misses_rows(log: IssueLog) -> bool:
    """Whether rows that nobody refused one by one are missing: those of a file or of a sheet that was not read."""
    if any(map(log.has, UNREAD_SHEETS)):
        return True
    if not log.misses_files():
        return False
    issues = log.frame()
    instead = issues.loc[issues["code"] == TAKEN_BACK, "file"]
    return bool((issues["code"].isin(UNREADABLE_FILES) & ~issues["file"].isin(instead)).any())


def keyed(sheets: dict[str, Typed], vocabularies: Vocabularies, log: IssueLog) -> Workspace:
    """The rows of every sheet with their keys, names resolved and nothing more."""
    workspace = Workspace.start(sheets, vocabularies, log)
    resolve_names(workspace, references(workspace))
    _give_keys(workspace)
    return workspace


def new_identifiers(sheets: dict[str, Typed], vocabularies: Vocabularies, log: IssueLog) -> pd.DataFrame:
    """The rows to add to the registry (table_code, cle_naturelle, ligne_id), in order of table and key."""
    workspace = keyed(sheets, vocabularies, log)
    registry = workspace.rows["identifiants"].frame
    found = []
    for rows in registered(workspace.rows):
        known = registry.loc[registry["table_code"] == rows.table.name, "ligne_id"]
        new = ~among(rows.keys["key"], known)
        natural = natural_keys(rows.frame[new], rows.table) if rows.table.natural_key else rows.keys.loc[new, "key"]
        lines = {"table_code": rows.table.name, "cle_naturelle": natural, "ligne_id": rows.keys.loc[new, "key"]}
        found.append(pd.DataFrame(lines))
    fresh = pd.concat(found, ignore_index=True)
    return fresh.sort_values(["table_code", "ligne_id"], kind="stable").reset_index(drop=True)
