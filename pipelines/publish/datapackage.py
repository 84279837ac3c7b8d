"""The Data Package descriptor: the dataset, its CSV files with their schemas and keys, their twins in other formats.

Belongs here: what ``datapackage.json`` says. Does not belong here: writing the files that it describes.

A foreign key of several columns holds when all its columns are filled. A strict reader also looks up the rows where
only some of them are: the key is then listed under ``cles_etrangeres_partielles``, which such a reader passes over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pandas as pd
import pyarrow as pa

from pipelines.publish.csv_files import DIALECT
from pipelines.publish.description import Body, DatasetDescription
from pipelines.publish.table_schema import Codes, Json, table_schema
from pipelines.publish.tables_arrow import Declared, foreign_keys
from schemas.declaration import Table

WORKBOOK = "contrats-de-destination.xlsx"
SOURCES_TABLE = "sources"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OTHER_FORMATS = {"parquet": "application/vnd.apache.parquet", "xlsx": XLSX_TYPE}


@dataclass(frozen=True)
class Files:
    """The files to describe: where they stand, and the tables that were written in them."""

    directory: Path
    tables: Mapping[str, pa.Table]
    declared: Declared


def datapackage(files: Files, description: DatasetDescription, codes: Codes, release: Mapping[str, str]) -> Json:
    """The descriptor of a release; ``release`` holds its ``version``, ``date`` (ISO) and ``contenu_sha256``."""
    said = description.as_json()
    return {
        "profile": "data-package",
        "name": description.nom,
        "title": description.titre,
        "titre_en": description.titre_en,
        "description": description.description,
        "description_en": description.description_en,
        "homepage": description.adresse_de_base,
        "version": release["version"],
        "created": f"{release['date']}T00:00:00Z",
        "contenu_sha256": release["contenu_sha256"],
        "licenses": [
            {
                "name": description.licence.nom,
                "path": description.licence.adresse,
                "title": description.licence.titre,
            }
        ],
        "contributors": _contributors(description),
        "sources": _sources(files.tables),
        "keywords": list(description.mots_cles),
        "frequence": description.frequence,
        "temporal": said["couverture_temporelle"],
        "spatial": description.couverture_spatiale,
        "resources": [_resource(files, table, codes) for table in files.declared.values()],
        "autres_fichiers": [{"path": WORKBOOK, "mediatype": XLSX_TYPE, **measures(files.directory / WORKBOOK)}],
    }


def measures(path: Path) -> dict[str, object]:
    """The size and the hash of a file, as a Data Package writes them."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}


def _contributors(description: DatasetDescription) -> list[dict[str, str]]:
    bodies: list[tuple[Body, str]] = [(description.editeur, "publisher")]
    if description.point_de_contact != description.editeur:
        bodies.append((description.point_de_contact, "contact"))
    return [
        {"title": body.nom, "role": role, **({"path": body.adresse} if body.adresse else {})} for body, role in bodies
    ]


def _sources(tables: Mapping[str, pa.Table]) -> list[dict[str, str]]:
    if SOURCES_TABLE not in tables:
        return []
    frame = tables[SOURCES_TABLE].select(["titre", "url"]).rename_columns(["title", "path"])
    return [{name: value for name, value in row.items() if value is not None} for row in frame.to_pylist()]


def _resource(files: Files, table: Table, codes: Codes) -> Json:
    path = f"csv/{table.name}.csv"
    return {
        "name": table.name,
        "type": "table",
        "profile": "tabular-data-resource",
        "title": table.title.fr,
        "titre_en": table.title.en,
        "description": table.description.fr,
        "description_en": table.description.en,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dict(DIALECT),
        **measures(files.directory / path),
        "rows": files.tables[table.name].num_rows,
        "schema": table_schema(table, codes) | _keys(table, files.tables[table.name], files.declared),
        "autres_formats": [
            {"path": other, "format": name, "mediatype": mediatype, **measures(files.directory / other)}
            for name, mediatype in OTHER_FORMATS.items()
            for other in [f"{name}/{table.name}.{name}"]
        ],
    }


def _keys(table: Table, rows: pa.Table, declared: Declared) -> Json:
    strict: list[Json] = []
    partial: list[Json] = []
    for key in foreign_keys(table, declared):
        (partial if _partly_filled(rows, cast("list[str]", key["fields"])) else strict).append(key)
    found: Json = {"foreignKeys": strict, "cles_etrangeres_partielles": partial}
    return {name: keys for name, keys in found.items() if keys}


def _partly_filled(rows: pa.Table, names: list[str]) -> bool:
    missing = pd.DataFrame({name: rows[name].is_null().to_numpy() for name in names}, columns=names)
    return bool((missing.any(axis=1) & ~missing.all(axis=1)).any())
