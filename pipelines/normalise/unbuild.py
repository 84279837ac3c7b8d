"""Published tables → the rows of the workbooks, as a curator would type them: the build, backwards.

Belongs here: what each kind of cell (dates, lists, names, sources, divergences) reads like, so that building these
rows again gives the same tables. Does not belong here: the file that holds them (``pipelines.sheets``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from pipelines.dtypes import DECIMAL_KINDS
from pipelines.normalise.citations import column_of
from pipelines.normalise.lookups import by_identifier, partners
from schemas.declaration import (
    LIST_SEPARATOR,
    Cell,
    Column,
    Field,
    Kind,
    ListCell,
    PartnerOrGroupCell,
    Sheet,
    SourcesCell,
    TargetCell,
    VersionCell,
    ZoneCell,
)
from schemas.registry import tables as declared_tables
from schemas.registry import workbook_sheets

Tables = Mapping[str, pd.DataFrame]
Text = pd.Series

NATIONAL = ""
"""Stands for the contract of the national workbook's rows."""
_DIGITS = {"jour": 10, "mois": 7, "annee": 4}
_MISREAD = "[;=]|^«.*»$"
"""A name with these marks would be read as several values, or as a group."""


def unbuild(built: Tables) -> dict[str, pd.DataFrame]:
    """The rows of every workbook, by sheet.

    Returns one text column per label, "" where nothing is said, indexed by the contract of the workbook (`NATIONAL`
    for none), in the order in which ``provenance`` says that the rows were typed. Identifiers are always written. What
    a sheet repeats of the partner registry stays blank.
    """
    ordered = {name: _as_typed(built, sheet) for name, sheet in workbook_sheets().items()}
    names = _partner_names(built)
    return {name: _sheet(sheet, ordered[name], built, names) for name, sheet in workbook_sheets().items()}


def of_workbook(rows: Mapping[str, pd.DataFrame], contract: str) -> dict[str, pd.DataFrame]:
    """The sheets of one contract's workbook (`NATIONAL`: of the national one), among those of `unbuild`."""
    sheets = workbook_sheets()
    return {
        name: frame[frame.index == contract].reset_index(drop=True)
        for name, frame in rows.items()
        if contract != NATIONAL or sheets[name].national
    }


def _as_typed(built: Tables, sheet: Sheet) -> pd.DataFrame:
    """A sheet's published rows, indexed by key, in the order of the sheet where it is known."""
    key = declared_tables()[sheet.table].key
    frame = built[sheet.table].set_index(key, drop=False).rename_axis(None)
    typed_at = built["provenance"][built["provenance"]["table_code"] == sheet.table].drop_duplicates("ligne_id")
    line = typed_at.set_index("ligne_id")["ligne"].reindex(frame.index).astype("Int64")
    return frame.loc[line.sort_values(kind="stable").index]


def _sheet(sheet: Sheet, frame: pd.DataFrame, built: Tables, names: pd.DataFrame) -> pd.DataFrame:
    scope = frame["contrat_id"].fillna(NATIONAL)
    texts = {item.label: _cell(item, sheet, frame, scope, built, names) for item in sheet.fields}
    return pd.DataFrame(texts, dtype="str").fillna("").set_axis(pd.Index(scope), axis="index")


def _cell(item: Field, sheet: Sheet, frame: pd.DataFrame, scope: Text, built: Tables, names: pd.DataFrame) -> Text:
    """One column of a sheet, on the index of ``frame`` (the keys of its table)."""
    if isinstance(item, Cell):
        return _plain(item.column, frame, scope, names)
    if isinstance(item, PartnerOrGroupCell):
        group = "« " + frame[item.group] + " »"
        return _named(frame[item.partner], scope, names).fillna(group)
    if isinstance(item, ZoneCell):
        return frame[item.type_column] + " " + frame[item.code_column]
    if isinstance(item, ListCell):
        return _list(item, sheet, frame, scope, built, names)
    if isinstance(item, SourcesCell):
        return _sources(sheet, item, frame, built)
    if isinstance(item, TargetCell):
        return _target(item, frame)
    if isinstance(item, VersionCell):
        return _version(item, frame, built)
    return pd.Series("", index=frame.index, dtype="str")


# --- Plain cells ---------------------------------------------------------------------------------------------------


def _plain(column: Column, frame: pd.DataFrame, scope: Text, names: pd.DataFrame) -> Text:
    values = frame[column.name]
    if column.references == "partenaires":
        return _named(values, scope, names)
    if column.kind is Kind.DATE:
        return _dates(frame, column.name)
    if column.kind in DECIMAL_KINDS:
        return values.astype(object).map(_decimal, na_action="ignore")
    if column.kind is Kind.BOOLEAN:
        return values.astype(object).map({True: "oui", False: "non"})
    if column.kind is Kind.INTEGER:
        return values.astype(object).map(str, na_action="ignore")
    return values


def _decimal(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _dates(frame: pd.DataFrame, name: str) -> Text:
    """As precise as the date is known, then the source's words between braces."""
    day = frame[name].astype(object).map(str, na_action="ignore").astype("str")
    precision = frame[f"{name}_precision"]
    known = pd.Series(index=frame.index, dtype="str")
    for level, digits in _DIGITS.items():
        known = known.mask((precision == level).fillna(False).astype(bool), day.str.slice(0, digits))
    words = (" {" + frame[f"{name}_texte"] + "}").fillna("")
    return (known.fillna("") + words).str.strip()


# --- Names of organisations ----------------------------------------------------------------------------------------


def _partner_names(built: Tables) -> pd.DataFrame:
    """What may be typed for a partner (``name``), in order of preference, with the contract that it is limited to."""
    registry, spelled = built["partenaires"], built["partenaires_denominations"]
    lookup, _ = partners(registry, spelled)
    contracts = by_identifier(built["contrats"]["contrat_id"])
    scopes = pd.Series([*built["contrats"]["contrat_id"], NATIONAL], dtype="str", name="scope")
    limited = spelled["contrat_id"].fillna("")
    parts = [
        registry.assign(name=registry["nom"], only=""),
        spelled.assign(name=spelled["denomination"], only=limited)[limited != ""],
        spelled.assign(name=spelled["denomination"], only=limited)[limited == ""],
        registry.assign(name=registry["partenaire_id"], only=""),
    ]
    candidates = pd.concat([part[["partenaire_id", "name", "only"]] for part in parts], ignore_index=True)
    candidates = candidates[~candidates["name"].str.contains(_MISREAD) & contracts.resolve(candidates["name"]).isna()]
    pairs = candidates.merge(scopes, how="cross")
    pairs = pairs[(pairs["only"] == "") | (pairs["only"] == pairs["scope"])]
    right = lookup.resolve(pairs["name"], pairs["scope"]) == pairs["partenaire_id"]
    return pairs[right].drop_duplicates(["scope", "partenaire_id"])


def _named(partner: Text, scope: Text, names: pd.DataFrame) -> Text:
    """The name to type for each partner in its workbook: the registry's, unless it means someone else there."""
    found = names.set_index(names["scope"] + "|" + names["partenaire_id"])["name"]
    return (scope + "|" + partner).map(found).astype("str")


# --- Cells of several values ---------------------------------------------------------------------------------------


def _joined(owners: Text, values: Text, index: pd.Index, separator: str = LIST_SEPARATOR) -> Text:
    """The values of each owner in one text, on ``index``."""
    pairs = pd.DataFrame({"owner": owners.to_numpy(), "value": values.to_numpy()}).dropna()
    return pairs.groupby("owner", sort=False)["value"].agg(separator.join).reindex(index).astype("str")


def _list(item: ListCell, sheet: Sheet, frame: pd.DataFrame, scope: Text, built: Tables, names: pd.DataFrame) -> Text:
    table, owner = declared_tables()[item.table], declared_tables()[sheet.table].key
    rows = built[item.table]
    rows = rows[rows[owner].isin(frame.index)]
    within = rows[owner].map(scope)
    values = pd.Series(index=rows.index, dtype="str")
    for name in item.columns:
        named = _named(rows[name], within, names) if table[name].references == "partenaires" else rows[name]
        values = values.fillna(named)
    said = pd.Series("", index=rows.index, dtype="str")
    if item.detail:
        said = (" : " + rows[item.detail]).fillna("")
    if item.qualifier:
        code = rows[item.qualifier].fillna("")
        said = (" = " + code + said).where((code != "") | (said != ""), "")
    return _joined(rows[owner], values + said, frame.index)


# --- Sources -------------------------------------------------------------------------------------------------------


def _shown_sources(owners: Text, sources: Text, index: pd.Index, separator: str = ", ") -> Text:
    """The sources of each owner as they are written in print, in capitals."""
    return _joined(owners, sources.str.upper(), index, separator)


def _sources(sheet: Sheet, own: SourcesCell, frame: pd.DataFrame, built: Tables) -> Text:
    """``ALP3 ; Début = ALP4, ALP6``: the row's sources, then a column's, then a list's that are not the row's.

    What is stated of a list is stated of its row too. A row without any source of its own lends to its lists all that
    its columns have: nothing may then stand before the first « = », and what only the row has is said of the column
    « Sources », which is none of the table's.
    """
    citations = built["citations"][["table_code", "ligne_id", "colonne", "source_id"]]
    cited = citations[citations["table_code"] == sheet.table].rename(columns={"ligne_id": "owner"})
    whole = cited.loc[cited["colonne"].isna(), ["owner", "source_id"]]
    of_row = _shown_sources(whole["owner"], whole["source_id"], frame.index)
    of_lists = {
        item.label: _of_list(item, sheet, built, citations) for item in sheet.fields if isinstance(item, ListCell)
    }
    said = {label: _shown_sources(pairs["owner"], pairs["source_id"], frame.index) for label, pairs in of_lists.items()}
    outside = {label: _without(pairs, whole)["owner"] for label, pairs in of_lists.items()}
    lends = frame.index.isin(pd.concat([pd.Series(dtype="str"), *outside.values()]))
    named = {
        label: text.where(((text != of_row) | lends) & ~frame.index.isin(outside[label]))
        for label, text in said.items()
    }
    apart = whole
    for label, pairs in of_lists.items():
        apart = _without(apart, pairs[pairs["owner"].isin(named[label].dropna().index)])
    alike = pd.concat([pd.Series(False, index=frame.index), *(said[one].notna() & named[one].isna() for one in said)])
    spared = _shown_sources(apart["owner"], apart["source_id"], frame.index)
    first = spared.where(~frame.index.isin(alike.index[alike])).fillna(of_row)
    parts = {item.label: _of_column(item.label, sheet, cited, frame.index) for item in sheet.fields} | named
    parts[own.label] = of_row.where(lends)
    stacked = pd.concat(
        [first.mask(lends).str.replace(", ", LIST_SEPARATOR), *(f"{label} = " + text for label, text in parts.items())]
    )
    return _joined(stacked.index.to_series(), stacked, frame.index)


def _of_column(label: str, sheet: Sheet, cited: pd.DataFrame, index: pd.Index) -> Text:
    name = column_of(sheet, label)
    own = cited[cited["colonne"] == name] if name else cited.iloc[:0]
    return _shown_sources(own["owner"], own["source_id"], index)


def _of_list(item: ListCell, sheet: Sheet, built: Tables, citations: pd.DataFrame) -> pd.DataFrame:
    """The sources (``owner``, ``source_id``) of the rows that a list makes, by the row that holds the list."""
    rows = built[item.table]
    owner = rows.set_index(declared_tables()[item.table].key)[declared_tables()[sheet.table].key]
    said = citations[citations["table_code"] == item.table]
    found = pd.DataFrame({"owner": said["ligne_id"].map(owner).astype("str"), "source_id": said["source_id"]})
    return found.drop_duplicates().sort_values(["owner", "source_id"], kind="stable")


def _without(pairs: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The pairs (``owner``, ``source_id``) that are not among the others."""
    marked = pairs.merge(others, on=["owner", "source_id"], how="left", indicator="found")
    return marked.loc[marked["found"] == "left_only", ["owner", "source_id"]]


# --- Divergences ---------------------------------------------------------------------------------------------------


def _target(item: TargetCell, frame: pd.DataFrame) -> Text:
    of_table = {sheet.table: sheet for sheet in workbook_sheets().values()}
    if item.part == "sheet":
        return frame["table_code"].map({table: sheet.name for table, sheet in of_table.items()}).astype("str")
    if item.part == "row":
        return frame["ligne_id"]
    labels = {
        f"{table}|{_pointed(sheet, field)}": field.label
        for table, sheet in of_table.items()
        for field in reversed(sheet.fields)
    }
    return (frame["table_code"] + "|" + frame["colonne"]).map(labels).astype("str")


def _pointed(sheet: Sheet, field: Field) -> str:
    """The column that a divergence points at when it names this field."""
    return column_of(sheet, field.label) or (field.columns[0] if isinstance(field, ListCell) else "")


def _version(item: VersionCell, frame: pd.DataFrame, built: Tables) -> Text:
    rows = built["divergences_valeurs"]
    rows = rows[(rows["rang"] == item.rank).fillna(False).astype(bool)]
    if item.part == "sources":
        return _shown_sources(rows["divergence_id"], rows["source_id"], frame.index, LIST_SEPARATOR)
    first = rows.drop_duplicates("divergence_id").set_index("divergence_id")["valeur_citee"]
    return first.reindex(frame.index)
