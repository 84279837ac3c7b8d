"""The keys and groups of the assets, from the declarations.

Belongs here: how declared things are called in Dagster. Does not belong here: what they compute.
"""

from __future__ import annotations

import dagster as dg

from pipelines.normalise.lineage import Origin, made_by, origins
from pipelines.text import fold
from schemas.declaration import Family, Sheet, Table
from schemas.registry import sheets, tables

OWNERS = ["team:donnees"]
ISSUES = dg.AssetKey(["tables", "anomalies"])
READING_ISSUES = dg.AssetKey(["feuilles", "anomalies"])
INVENTORY = dg.AssetKey(["feuilles", "inventaire"])
WORKBOOK = dg.AssetKey(["feuilles", "classeurs"])
SITE = dg.AssetKey(["publication", "site"])
PORTAL = dg.AssetKey(["publication", "portail"])
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
    return [sheet for sheet in sheets().values() if sheet.table == table.name or table.name in made_by(sheet)]


def origin_key(origin: Origin) -> dg.AssetKey:
    """The asset that holds a column that another is made of."""
    return sheet_key(sheets()[origin.of]) if origin.sheet else table_key(tables()[origin.of])


def upstream(table: Table) -> set[dg.AssetKey]:
    """What a table is made of and checked against: the sheets of its columns, or, for a flat one, tables."""
    found = {origin_key(origin) for own in origins(table).values() for origin in own}
    if table.family is Family.FLAT:
        return found
    if table.name in ("citations", "provenance"):
        return {sheet_key(sheet) for sheet in sheets().values()}
    together = {key.table for key in table.composite_keys}
    checked = {sheet_key(sheet) for sheet in sheets().values() if sheet.table in together}
    return found | checked | {sheet_key(sheet) for sheet in feeding_sheets(table)}
