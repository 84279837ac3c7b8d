"""What the UI shows of a frame: column schema, row count, preview, offending cells.

Belongs here: rendering declarations and frames as Dagster metadata. Does not belong here: any figure of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pandas as pd

from pipelines.curation.issue_kind import Severity
from pipelines.normalise.lineage import origins
from pipelines.orchestration.names import origin_key
from schemas.declaration import (
    Cell,
    Column,
    Field,
    ListCell,
    PartnerOrGroupCell,
    RegistryCell,
    Sheet,
    SourcesCell,
    Table,
    ZoneCell,
)

ADDRESS_VARIABLE = "CONTRATS_ADRESSE_PUBLICATION"
PREVIEW_ROWS = 8
SHOWN_CELLS = 50
SHOWN_CHARACTERS = 60
CELLS = "cellules"
"""The metadata that lists the offending cells."""
CELL_COLUMNS = {
    "code": "règle",
    "file": "fichier",
    "sheet": "feuille",
    "cell": "cellule",
    "column": "colonne",
    "value": "valeur",
    "message": "message",
    "advice": "que faire",
}
"""The columns of issues that it shows, and what it calls them."""
_TYPES: dict[type[Field], str] = {
    ListCell: "list",
    SourcesCell: "sources",
    PartnerOrGroupCell: "partner or group",
    ZoneCell: "zone",
}
"""How the UI calls what a cell of a sheet holds, where it is no plain column."""


def _constraints(column: Column, key: str) -> dg.TableColumnConstraints:
    other = [
        text
        for text in (
            f"nomenclature {column.vocabulary}" if column.vocabulary else "",
            f"clé de {column.references}" if column.references else "",
            f"unité {column.unit}" if column.unit else "",
        )
        if text
    ]
    return dg.TableColumnConstraints(nullable=not column.required, unique=column.name == key, other=other)


def column_schema(table: Table) -> dg.TableSchema:
    """The declared columns of a table, as the UI shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.kind.value,
                description=f"{column.title.fr} — {column.description.fr}",
                constraints=_constraints(column, table.key),
            )
            for column in table.published
        ]
    )


def column_lineage(table: Table) -> dg.TableColumnLineage:
    """The columns of sheets, or of other tables, that each published column is made of."""
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(origin_key(origin), origin.column) for origin in own]
            for column, own in origins(table).items()
        }
    )


def sheet_schema(sheet: Sheet) -> dg.TableSchema:
    """The labelled columns of a sheet, as the UI shows them."""
    return dg.TableSchema(columns=[_labelled(item) for item in sheet.fields])


def _labelled(item: Field) -> dg.TableColumn:
    column = item.column if isinstance(item, Cell | RegistryCell) else None
    said = [column.description.fr] if column else []
    said += [f"Aussi : {', '.join(item.aliases)}."] if item.aliases else []
    said += ["La colonne peut manquer."] if item.optional else []
    return dg.TableColumn(
        name=item.label,
        type=column.kind.value if column else _TYPES.get(type(item), "text"),
        description=" ".join(said) or None,
        constraints=dg.TableColumnConstraints(
            nullable=not item.required,
            other=[f"nomenclature {column.vocabulary}"] if column and column.vocabulary else [],
        ),
    )


def markdown(frame: pd.DataFrame, rows: int) -> str:
    """The first rows of a frame as a Markdown table, long cells shortened."""
    head = frame.head(rows).astype("str").fillna("")
    lines = ["| " + " | ".join(head.columns) + " |", "|" + " --- |" * len(head.columns)]
    for values in head.to_numpy():
        cells = [str(value).replace("|", "\\|").replace("\n", " ")[:SHOWN_CHARACTERS] for value in values]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table_metadata(table: Table, frame: pd.DataFrame) -> dict[str, dg.MetadataValue]:
    """Row count, column schema and preview of a published table."""
    return {
        "dagster/row_count": dg.MetadataValue.int(len(frame)),
        "dagster/column_schema": dg.MetadataValue.table_schema(column_schema(table)),
        "dagster/column_lineage": dg.MetadataValue.column_lineage(column_lineage(table)),
        "aperçu": dg.MetadataValue.md(markdown(frame, PREVIEW_ROWS)),
    }


def issues_metadata(issues: pd.DataFrame) -> Mapping[str, dg.MetadataValue]:
    """How many; when there are some, counts by code and a small table of the offending cells."""
    if issues.empty:
        return {"nombre": dg.MetadataValue.int(0)}
    shown = issues[list(CELL_COLUMNS)].head(SHOWN_CELLS).rename(columns=CELL_COLUMNS)
    records = [
        dg.TableRecord({str(name): str(value) for name, value in record.items()}) for record in shown.to_dict("records")
    ]
    columns = [dg.TableColumn(name) for name in CELL_COLUMNS.values()]
    counts = {str(code): int(count) for code, count in issues["code"].value_counts(sort=False).sort_index().items()}
    return {
        "nombre": dg.MetadataValue.int(len(issues)),
        "par code": dg.MetadataValue.json(counts),
        CELLS: dg.MetadataValue.table(records, dg.TableSchema(columns)),
    }


def issue_counts(issues: pd.DataFrame) -> dict[str, dg.MetadataValue]:
    """What `issues_metadata` shows, with each count as a number of its own, which the UI plots from run to run."""
    severities = {"erreurs": Severity.ERROR, "avertissements": Severity.WARNING}
    totals = {name: int((issues["severity"] == severity.value).sum()) for name, severity in severities.items()}
    counts = issues["code"].value_counts(sort=False).sort_index()
    return {
        **issues_metadata(issues),
        **{name: dg.MetadataValue.int(total) for name, total in totals.items()},
        **{f"code : {code}": dg.MetadataValue.int(int(count)) for code, count in counts.items()},
    }


def link(outputs: Path, path: Path) -> dg.MetadataValue:
    """A file under ``outputs``: its address, if ``CONTRATS_ADRESSE_PUBLICATION`` says where it is served, or a path."""
    address = os.environ.get(ADDRESS_VARIABLE, "").rstrip("/")
    if not address or not path.is_relative_to(outputs):
        return dg.MetadataValue.path(str(path))
    return dg.MetadataValue.url(f"{address}/{quote(path.relative_to(outputs).as_posix())}")
