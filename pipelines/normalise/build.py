"""The whole normalisation: typed sheets → published tables, in one direction.

Belongs here: the order of the steps, and what is derived from finished tables. Does not belong here: any step's own
work.
"""

from __future__ import annotations

import pandas as pd

from pipelines.curation.corrections import SHEET as CORRECTIONS
from pipelines.curation.gather import CONTRACT_SHEET
from pipelines.curation.issues import UNREADABLE_FILES, IssueLog
from pipelines.curation.parse import Typed, Vocabularies
from pipelines.dtypes import empty, typed
from pipelines.normalise import flat
from pipelines.normalise.children import Children, all_children
from pipelines.normalise.citations import all_citations, of_partners
from pipelines.normalise.divergences import resolve_targets, versions, without_target
from pipelines.normalise.identity import complete_keys, likely_successor, natural_keys, vanished
from pipelines.normalise.likeness import report_lookalikes
from pipelines.normalise.plausibility import report_doubts
from pipelines.normalise.resolve import references, resolve_names, resolve_rows
from pipelines.normalise.rows import Rows, Workspace, in_contract
from pipelines.normalise.usage import report_unused
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
    resolve_rows(workspace)
    resolve_targets(workspace)
    children = all_children(workspace, known)
    said = all_citations(workspace, children, known)
    version_rows, version_citations = versions(workspace, known)
    children += version_rows
    citations = pd.concat([said, version_citations], ignore_index=True)
    _refuse_dependants(workspace, children, citations)
    report_doubts(workspace)
    report_lookalikes(workspace)
    built = _assemble(workspace, children)
    _derive(built)
    citations = pd.concat([citations, of_partners(citations, built)], ignore_index=True)
    built["citations"] = _trace("citations", citations, built)
    built["provenance"] = _trace("provenance", _provenance(workspace, children), built)
    for name, table in declared_tables().items():
        if table.family is Family.FLAT:
            built[name] = _finish(table, flat.build(name, built))
    _check_registry(workspace, built)
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
    if not values.duplicated().any():
        return
    stray = values.index.isin(_adrift(workspace, rows))  # what does not stand takes nothing from what does
    values = pd.concat([values[~stray], values[stray]])
    doubled = values.index[values.duplicated(keep="first")].sort_values()
    first = values.drop_duplicates().reset_index().set_index(values.name)["index"]
    where = [rows.typed.source.where(int(first[value])) for value in values[doubled]]
    label = rows.typed.sheet.fields[0].label
    places = rows.typed.source.cells(doubled, label).assign(value=values[doubled].to_numpy())
    workspace.log.add(code, places, expected=where)
    rows.typed.refused.update(doubled.tolist())


def _refuse_dependants(workspace: Workspace, children: list[Children], citations: pd.DataFrame) -> None:
    """A row goes with the row that it refers to: what was refused is an error already, what follows from it is told."""
    standing: dict[str, set[str]] = {}
    before = -1
    while before < (refused := sum(len(rows.typed.refused) for rows in workspace.rows.values())):
        before = refused
        workspace.drop_refused()
        standing.clear()
        for rows in workspace.rows.values():
            standing.setdefault(rows.table.name, set()).update(rows.keys["key"])
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
        label = child.label or child.rows.typed.sheet.fields[0].label
        places = child.rows.typed.source.cells(child.parent[lost].to_numpy(), label)
        workspace.log.add("ligne-entrainee", places.assign(value=keys[lost].to_numpy()))
        child.frame, child.parent = child.frame.drop(lost), child.parent.drop(lost)


def _unsupported(workspace: Workspace, rows: Rows, keys: pd.Series, table: Table, citations: pd.DataFrame) -> pd.Index:
    """The rows whose every source is a refused row of the bibliography: nothing would be left to vouch for them."""
    sources = workspace.rows["sources"]
    owing = any(isinstance(item, SourcesCell | VersionCell) for item in rows.typed.sheet.fields)
    if not owing or not sources.typed.refused:
        return keys.index[:0]
    vouched = citations.loc[citations["source_id"].isin(sources.keys["key"]), ["table_code", "ligne_id"]]
    return keys.index[~keys.isin(vouched.loc[vouched["table_code"] == table.name, "ligne_id"])]


def _dangling(workspace: Workspace, frame: pd.DataFrame, table: Table, standing: dict[str, set[str]]) -> pd.Index:
    """The rows that hold the key of a row that no longer stands."""
    lost = pd.Series(False, index=frame.index)
    for column in table.columns:
        if column.references in standing and column.name in frame:
            held = frame[column.name]
            lost |= held.notna() & ~held.isin(standing[column.references])
    for key in table.composite_keys:
        target = pd.concat([rows.frame for rows in workspace.rows.values() if rows.table.name == key.table])
        pairs = frame[list(key.columns)]
        known = pd.MultiIndex.from_frame(target[list(key.target)])
        lost |= pairs.notna().all(axis=1) & ~pd.MultiIndex.from_frame(pairs).isin(known)
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
        column.name: _typed(frame[column.name], column) if column.name in frame else _missing(column, frame.index)
        for column in table.published
    }
    return pd.DataFrame(columns).sort_values(table.key, kind="stable").reset_index(drop=True)


def _typed(values: pd.Series, column: Column) -> pd.Series:
    if column.kind is Kind.BOOLEAN and values.isna().any():
        values = values.fillna(False)
    return values if isinstance(values.dtype, pd.ArrowDtype) else typed(values, column)


def _missing(column: Column, index: pd.Index) -> pd.Series:
    return typed(pd.Series([None] * len(index), index=index, dtype=object), column)


def _assemble(workspace: Workspace, children: list[Children]) -> dict[str, pd.DataFrame]:
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in declared_tables()}
    for rows in workspace.rows.values():
        parts[rows.table.name].append(rows.frame.assign(**{rows.table.key: rows.keys["key"]}))
    for child in children:
        kept = child.parent.isin(child.rows.frame.index)
        parts[child.table.name].append(child.frame[kept])
    tables = declared_tables()
    built = {}
    for name, found in parts.items():
        filled = [part for part in found if len(part)]
        frame = pd.concat(filled, ignore_index=True) if filled else empty(tables[name])
        built[name] = (
            frame if name in ("contrats", "contrats_territoires", "nomenclatures") else _finish(tables[name], frame)
        )
    return built


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
    names["nomenclature_id"] = complete_keys(names, tables["nomenclatures"], nothing)["key"]
    built["nomenclatures"] = _finish(
        tables["nomenclatures"], pd.concat([built["nomenclatures"], names], ignore_index=True)
    )


# --- Traces --------------------------------------------------------------------------------------------------------


def _trace(name: str, frame: pd.DataFrame, built: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Citations or provenance: one row per distinct statement about a row that is published, with its key."""
    table = declared_tables()[name]
    standing = pd.concat(
        [
            pd.DataFrame({"table_code": other, "ligne_id": rows[declared_tables()[other].key]})
            for other, rows in built.items()
            if len(rows)
        ]
    )
    frame = frame.merge(standing, on=["table_code", "ligne_id"]).drop_duplicates(list(table.natural_key))
    if name == "citations":
        frame = frame[frame["source_id"].isin(built["sources"]["source_id"])]
    if name == "provenance":
        frame = frame.sort_values(["table_code", "ligne_id", "fichier", "feuille", "ligne"], kind="stable")
        rank = (frame.groupby(["table_code", "ligne_id"]).cumcount() + 1).astype("str")
        frame[table.key] = frame["table_code"].str.replace("_", "-") + "-" + frame["ligne_id"] + "-" + rank
    else:
        frame["colonne"] = frame["colonne"].where(frame["colonne"] != "")
        column = ("-" + frame["colonne"].str.replace("_", "-")).fillna("")
        head = frame["table_code"].str.replace("_", "-") + "-" + frame["ligne_id"]
        frame[table.key] = head + column + "-" + frame["source_id"]
    return _finish(table, frame)


def _provenance(workspace: Workspace, children: list[Children]) -> pd.DataFrame:
    found = [
        _typed_at(rows, rows.table.name, rows.keys["key"], pd.Series(rows.frame.index, index=rows.frame.index))
        for rows in workspace.rows.values()
    ]
    for child in children:
        kept = child.parent.isin(child.rows.frame.index)
        found.append(
            _typed_at(child.rows, child.table.name, child.frame.loc[kept, child.table.key], child.parent[kept])
        )
    return pd.concat(found, ignore_index=True)


def _typed_at(rows: Rows, table: str, keys: pd.Series, sheet_rows: pd.Series) -> pd.DataFrame:
    origin = rows.typed.source.origin.loc[sheet_rows.to_numpy()]
    return pd.DataFrame(
        {
            "table_code": table,
            "ligne_id": keys.to_numpy(),
            "fichier": origin["file"].to_numpy(),
            "feuille": origin["sheet"].to_numpy(),
            "ligne": origin["row"].to_numpy(),
            "empreinte_sha256": origin["sha256"].to_numpy(),
        }
    )


# --- The registry and the lists --------------------------------------------------------------------------------------


def registered(workspace_sheets: dict[str, Rows]) -> list[Rows]:
    """The sheets whose rows the registry of identifiers holds: those of the workbooks."""
    return [rows for rows in workspace_sheets.values() if rows.typed.sheet.place == "classeur"]


def _check_registry(workspace: Workspace, built: dict[str, pd.DataFrame]) -> None:
    registry = workspace.rows["identifiants"]
    sheets = registered(workspace.rows)
    known = registry.frame["table_code"] + " " + registry.frame["ligne_id"]
    fresh = []
    for rows in sheets:
        new = rows.keys.index[~(rows.table.name + " " + rows.keys["key"]).isin(known)]
        label = rows.typed.sheet.fields[0].label
        places = rows.typed.source.cells(new, label).assign(value=rows.keys.loc[new, "key"].to_numpy())
        workspace.log.add("identifiant-nouveau", places)
        where = [rows.typed.source.where(int(row)) for row in new]
        fresh.append(pd.DataFrame({"table": rows.table.name, "natural": rows.keys.loc[new, "natural"], "place": where}))
    partly = _misses_rows(workspace.log)
    whole = {rows.table.name for rows in sheets if not rows.typed.refused and not partly}
    keys = {name: built[name][declared_tables()[name].key] for name in whole}
    keys["contrats"] = workspace.named_contracts()
    gone = vanished(registry.frame, built["identifiants_retires"], keys)
    candidates = pd.concat(fresh, ignore_index=True)
    for table, lost in gone.groupby("table_code", sort=True):
        among = candidates[candidates["table"] == table]
        places = registry.typed.source.cells(lost.index, "Identifiant")
        near = [likely_successor(natural, among) for natural in lost["cle_naturelle"]]
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
    known = set(registry["table_code"] + " " + registry["ligne_id"])
    found = [
        pd.DataFrame(
            {
                "table_code": rows.table.name,
                "cle_naturelle": natural_keys(rows.frame, rows.table) if rows.table.natural_key else rows.keys["key"],
                "ligne_id": rows.keys["key"],
            }
        )
        for rows in registered(workspace.rows)
    ]
    joined = pd.concat(found, ignore_index=True)
    fresh = joined[~(joined["table_code"] + " " + joined["ligne_id"]).isin(known)]
    return fresh.sort_values(["table_code", "ligne_id"], kind="stable").reset_index(drop=True)
