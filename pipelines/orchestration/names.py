"""The keys and groups of the assets, from the declarations.

Belongs here: how declared things are called in Dagster. Does not belong here: what they compute.
"""

from __future__ import annotations

import dagster as dg

from pipelines.text import fold
from schemas.declaration import Family, ListCell, Sheet, Table, VersionCell
from schemas.registry import sheets, tables

OWNERS = ["team:donnees"]
ISSUES = dg.AssetKey(["tables", "anomalies"])
READING_ISSUES = dg.AssetKey(["feuilles", "anomalies"])
INVENTORY = dg.AssetKey(["feuilles", "inventaire"])
WORKBOOK = dg.AssetKey(["feuilles", "classeurs"])
WORKBOOKS = dg.DynamicPartitionsDefinition(name="classeurs")
"""A partition for each workbook, named as its file without the suffix."""
PUBLICATION_GROUP = "publication"
RELEASE_FILES = {
    name: dg.AssetKey([PUBLICATION_GROUP, name])
    for name in ("csv", "parquet", "xlsx", "metadonnees", "comparaison", "version")
}


def python_name(text: str) -> str:
    """A name that Python and Dagster accept."""
    return fold(text).replace(" ", "_")


def sheet_group(sheet: Sheet) -> str:
    """The group of a sheet."""
    return "referentiels" if sheet.place == "referentiel" else "feuilles"


def sheet_key(sheet: Sheet) -> dg.AssetKey:
    """The asset of a kind of sheet."""
    return dg.AssetKey([sheet_group(sheet), python_name(sheet.name)])


def sheet_output(sheet: Sheet) -> str:
    """The output of the reading step for a kind of sheet."""
    return f"{sheet_group(sheet)}__{python_name(sheet.name)}"


def table_group(table: Table) -> str:
    """The group of a published table."""
    return "a_plat" if table.family is Family.FLAT else "tables"


def table_key(table: Table) -> dg.AssetKey:
    """The asset of a published table."""
    return dg.AssetKey([table_group(table), table.name])


def feeding_sheets(table: Table) -> list[Sheet]:
    """The sheets whose cells fill a table, or make its rows."""
    found = []
    for sheet in sheets().values():
        made = {item.table for item in sheet.fields if isinstance(item, ListCell)}
        if any(isinstance(item, VersionCell) for item in sheet.fields):
            made.add("divergences_valeurs")
        if sheet.table == table.name or table.name in made:
            found.append(sheet)
    return found


def upstream(table: Table) -> set[dg.AssetKey]:
    """What a table is made of: its sheets and the reference lists it resolves to; for a flat one, tables."""
    if table.family is Family.FLAT:
        subject = table.name.removesuffix("_a_plat")
        linked = {
            name for name in tables() if name.startswith((subject, "contrats", "partenaires")) and name != table.name
        }
        return {table_key(tables()[name]) for name in linked if tables()[name].family is not Family.FLAT} | {
            table_key(tables()["nomenclatures"]),
            table_key(tables()["citations"]),
        }
    if table.name in ("citations", "provenance"):
        return {sheet_key(sheet) for sheet in sheets().values()}
    keys = {sheet_key(sheet) for sheet in feeding_sheets(table)}
    targets = {column.references for column in table.columns if column.references}
    if any(column.vocabulary for column in table.columns):
        targets.add("nomenclatures")
    if any(key.table == "zones" for key in table.foreign_keys):
        targets.add("zones")
    lists = [sheet for sheet in sheets().values() if sheet.place == "referentiel"]
    return keys | {sheet_key(sheet) for sheet in lists if sheet.table in targets}
