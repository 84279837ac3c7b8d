"""The Data Package descriptor: the dataset, its CSV files with their schemas and keys, their twins in other formats.

Belongs here: what ``datapackage.json`` says. Does not belong here: writing the files that it describes.

A foreign key of several columns holds when all its columns are filled. A strict reader also looks up the rows where
only some of them are: the key is then listed under ``cles_etrangeres_partielles``, which such a reader passes over.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, cast

import pandas as pd
import pyarrow as pa

from pipelines.publish.csv_files import DIALECT
from pipelines.publish.description import DatasetDescription
from pipelines.publish.formats import FORMATS, XLSX, ZIP
from pipelines.publish.table_schema import Codes, Json, contributors, licences, table_schema
from pipelines.publish.tables_arrow import Declared, foreign_keys
from pipelines.publish.versions import DESCRIPTOR, TRIAL
from pipelines.publish.xlsx_parts import Part, parts_in, workbook_paths
from schemas.declaration import Table
from schemas.version import MODEL_VERSION

WORKBOOK = "contrats-de-destination.xlsx"
ARCHIVE = "contrats-de-destination.zip"
SOURCES_TABLE = "sources"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OTHER_FORMATS = {"parquet": "application/vnd.apache.parquet", "xlsx": XLSX_TYPE}
PROGRAM = "contrats-destination"
LIBRARIES = ("pandas", "pandera", "pyarrow", "python-calamine", "rapidfuzz", "rdflib", "XlsxWriter")
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".toml": "application/toml",
    ".ttl": "text/turtle",
    ".xlsx": XLSX_TYPE,
    ".zip": "application/zip",
}
"""Those of the files of a release, whatever the machine's own list says."""


class Measures(TypedDict):
    """The size and the hash of a file, as a Data Package writes them."""

    bytes: int
    hash: str


@dataclass(frozen=True)
class Files:
    """The files to describe: where they stand, and the tables that were written in them."""

    directory: Path
    tables: Mapping[str, pa.Table]
    declared: Declared
    formats: tuple[str, ...] = FORMATS
    _measured: dict[str, Measures] = field(default_factory=dict, repr=False, compare=False)

    @property
    def whole(self) -> tuple[str, ...]:
        """The files that hold every table."""
        return tuple(path for name, path in ((XLSX, WORKBOOK), (ZIP, ARCHIVE)) if name in self.formats)

    @property
    def others(self) -> Mapping[str, str]:
        """The formats of each table beside CSV, with their media types."""
        return {name: mediatype for name, mediatype in OTHER_FORMATS.items() if name in self.formats}

    def measures(self, path: str) -> Measures:
        """The size and the hash of a file, read once however many metadata state them."""
        if path not in self._measured:
            self._measured[path] = measures(self.directory / path)
        return self._measured[path]

    def know(self, path: str, size: int, sha256: str) -> None:
        """Takes the measures of a file from who has just read or written all of it."""
        self._measured[path] = {"bytes": size, "hash": f"sha256:{sha256}"}

    def of_tables(self) -> list[str]:
        """The files of the tables."""
        return [
            path for name in self.declared for path in (f"csv/{name}.csv", *(other for _, other, _ in self.forms(name)))
        ]

    def forms(self, table: str) -> Iterator[tuple[str, str, Part]]:
        """The files of a table beside its CSV: the format of each, its path, the rows that it has."""
        rows = self.tables[table].num_rows
        for name in self.others:
            paths = workbook_paths(self.directory, table) if name == XLSX else [f"{name}/{table}.{name}"]
            for path, part in zip(paths, parts_in(rows, len(paths)), strict=True):
                yield name, path, part


def datapackage(
    files: Files, description: DatasetDescription, codes: Codes, release: Mapping[str, str], *, trial: bool = False
) -> Json:
    """The descriptor of a release; ``release`` holds its ``version``, ``date`` (ISO) and ``contenu_sha256``.

    A ``trial`` is marked; any other release says nothing of it, so that its bytes are what they always were.
    """
    said = description.as_json()
    resources = [_resource(files, table, codes) for table in files.declared.values()]
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
        **({TRIAL: True} if trial else {}),
        "version_du_modele": MODEL_VERSION,
        "contenu_sha256": release["contenu_sha256"],
        "fabrication": made_with(),
        "licenses": licences(description),
        "contributors": contributors(description),
        "sources": _sources(files.tables),
        "keywords": list(description.mots_cles),
        "frequence": description.frequence,
        "temporal": said["couverture_temporelle"],
        "spatial": description.couverture_spatiale,
        "emprise": said["emprise"],
        "resources": resources,
        "autres_fichiers": _others(files, resources),
    }


def told_again(descriptor: Json, files: Files) -> Json:
    """A descriptor once more files of the release are there, beside those of its tables."""
    return descriptor | {"autres_fichiers": _others(files, cast("list[Json]", descriptor["resources"]))}


def made_with() -> Json:
    """The program and the libraries whose versions decide the content and the bytes of a release."""
    return {
        "programme": f"{PROGRAM} {version(PROGRAM)}",
        "bibliotheques": {name: version(name) for name in LIBRARIES},
    }


def names_in(directory: Path) -> Iterator[str]:
    """The paths of all files of a folder, relative to it, with slashes; there are no links in it."""
    for folder, _, names in os.walk(directory):
        inside = Path(folder).relative_to(directory).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)


def measures(path: Path) -> Measures:
    """The size and the hash of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}


def _others(files: Files, resources: list[Json]) -> list[Json]:
    """Every other file of the release, by path; the descriptor can't state its own hash."""
    told = {DESCRIPTOR, *(str(resource["path"]) for resource in resources)}
    told |= {str(other["path"]) for resource in resources for other in cast("list[Json]", resource["autres_formats"])}
    there = set(names_in(files.directory))
    return [
        {"path": path, "mediatype": MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")}
        | files.measures(path)
        for path in sorted(there - told)
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
        **files.measures(path),
        "rows": files.tables[table.name].num_rows,
        "schema": table_schema(table, codes) | _keys(table, files.tables[table.name], files.declared),
        "autres_formats": [
            {"path": other, "format": name, "mediatype": OTHER_FORMATS[name], **files.measures(other), **part.bounds}
            for name, other, part in files.forms(table.name)
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
