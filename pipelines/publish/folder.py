"""A release as its own files tell it, wherever the folder stands: read back, never through the declarations of today.

Belongs here: opening a release (its descriptor, its schemas) and reading its tables as Arrow, from Parquet or from CSV.
Does not belong here: what is made of it (``verify``, ``diff``, ``explain``), the list of releases (``versions``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipelines.publish.versions import DESCRIPTOR

Json = dict[str, Any]
_LEADS_ELSEWHERE = frozenset("/\\\0")
"""A table’s name is that of its files: it must stay in their folder."""


class NotAReleaseError(Exception):
    """The folder is not a release, or what it says of itself cannot be read; the reason is in French."""


@dataclass(frozen=True)
class ReleaseFolder:
    """A release opened for reading. ``descriptor`` is its ``datapackage.json``."""

    path: Path
    descriptor: Json

    @classmethod
    def open(cls, path: Path) -> ReleaseFolder:
        """Opens a release.

        Raises:
            NotAReleaseError: no folder, no descriptor, or one that is not a JSON object with a version and resources
                in the form that readers rely on.
        """
        if not path.is_dir():
            raise NotAReleaseError(f"{path} n’est pas un dossier : indiquez le dossier d’une version.")
        file = path / DESCRIPTOR
        try:
            descriptor = json.loads(file.read_text(encoding="utf-8"))
            json.dumps(descriptor, ensure_ascii=False).encode()  # an escape may hide half a character
        except FileNotFoundError as error:
            raise NotAReleaseError(f"{path} n’est pas une version : {DESCRIPTOR} n’y est pas.") from error
        except (ValueError, RecursionError, OSError) as error:
            raise NotAReleaseError(f"{file} ne se lit pas ({error}).") from error
        if not isinstance(descriptor, dict) or not _has_resources(descriptor):
            raise NotAReleaseError(f"{file} ne décrit pas une version : il y faut « version » et « resources ».")
        opened = cls(path, descriptor)
        opened.require_form()
        return opened

    def require_form(self) -> None:
        """Refuses a release whose tables are not described in the form that readers rely on.

        Raises:
            NotAReleaseError: the first table that is not, by its name.
        """
        for resource in self.descriptor["resources"]:
            name = str(resource["name"])
            if not _is_table(resource):
                raise NotAReleaseError(f"{self.path} : la description de la table « {name} » ne se lit pas.")
            if resource is not self.resources[name]:
                raise NotAReleaseError(f"{self.path} : la table « {name} » est décrite deux fois.")

    @property
    def version(self) -> str:
        """The version, as the descriptor says it."""
        return str(self.descriptor["version"])

    @property
    def resources(self) -> Mapping[str, Json]:
        """The tables, name → description in the descriptor, in order."""
        return {str(resource["name"]): resource for resource in self.descriptor["resources"]}

    def schema(self, name: str) -> Json:
        """The schema of a table as the descriptor holds it: fields, keys and foreign keys."""
        found: Json = self.resources[name]["schema"]
        return found

    def parquet(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table from its Parquet file, with the types and metadata that the file holds; ``columns``: these only.

        Raises:
            NotAReleaseError: the file lacks, cannot be read, or has not the columns of the schema.
        """
        wanted = columns if columns is not None else [str(one["name"]) for one in self.schema(name)["fields"]]
        with self._opened(name) as file:
            table = pq.read_table(file, columns=columns)
        if sorted(table.column_names) != sorted(wanted):
            raise NotAReleaseError(f"les colonnes de parquet/{name}.parquet ne sont pas celles du schéma")
        return table

    def parquet_head(self, name: str, rows: int) -> pa.Table:
        """The first rows of a table from its Parquet file, which is not read to its end.

        Raises:
            NotAReleaseError: the file lacks, or cannot be read.
        """
        with self._opened(name) as path, pq.ParquetFile(path) as file:
            return pa.Table.from_batches(islice(file.iter_batches(rows), 1), file.schema_arrow)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Path]:
        """The Parquet file of a table; what goes wrong with it is told in words."""
        file = f"parquet/{name}.parquet"
        try:
            yield self.path / file
        except (OSError, pa.ArrowException) as error:
            raise NotAReleaseError(f"{file} manque ou ne se lit pas") from error

    def csv(self, name: str, types: pa.Schema) -> pa.Table:
        """A table from its CSV file, each column read as the type that ``types`` gives it; nothing typed is missing.

        Raises:
            pyarrow.ArrowInvalid: a value that is not of its column's type, a line with too many or too few cells.
        """
        return pacsv.read_csv(
            self.path / str(self.resources[name]["path"]),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["true"],
                false_values=["false"],
            ),
        )


def _has_resources(descriptor: Json) -> bool:
    resources = descriptor.get("resources")
    return (
        "version" in descriptor
        and isinstance(resources, list)
        and all(isinstance(one, dict) and {"name", "path", "schema"} <= one.keys() for one in resources)
    )


def _is_table(resource: Json) -> bool:
    schema, rows = resource["schema"], resource.get("rows", 0)
    return (
        isinstance(resource["name"], str)
        and not _LEADS_ELSEWHERE & set(resource["name"])
        and isinstance(rows, int)
        and _all_dicts(resource.get("autres_formats", []), "path")
        and isinstance(schema, dict)
        and _all_dicts(schema.get("fields"), "name")
        and all(_is_column(one) for one in schema["fields"])
        and all(_are_names(schema.get(key, [])) for key in ("primaryKey", "cle_naturelle"))
        and all(_are_references(schema.get(key, [])) for key in ("foreignKeys", "cles_etrangeres_partielles"))
    )


def _is_column(field: Json) -> bool:
    constraints = field.get("constraints", {})
    return (
        isinstance(field["name"], str)
        and isinstance(field.get("nomenclature", ""), str)
        and isinstance(constraints, dict)
        and _are_names(constraints.get("enum", []))
    )


def _are_references(keys: object) -> bool:
    return _all_dicts(keys, "fields", "reference") and all(
        _are_names(key["fields"])
        and key["fields"]
        and _all_dicts([key["reference"]], "resource", "fields")
        and isinstance(key["reference"]["resource"], str)
        and _are_names(key["reference"]["fields"])
        for key in keys  # type: ignore[attr-defined]
    )


def _all_dicts(value: object, *keys: str) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and set(keys) <= one.keys() for one in value)


def _are_names(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
