"""A release as its own files tell it, wherever the folder stands: read back, never through the declarations of today.

Belongs here: opening a release (its descriptor, its schemas) and reading its tables as Arrow, from Parquet or from CSV.
Does not belong here: what is made of it (``verify``, ``diff``, ``explain``), the list of releases (``versions``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipelines.publish.versions import DESCRIPTOR

Json = dict[str, Any]


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
            NotAReleaseError: no folder, no descriptor, or one that is not a JSON object with resources and a version.
        """
        if not path.is_dir():
            raise NotAReleaseError(f"{path} n’est pas un dossier : indiquez le dossier d’une version.")
        file = path / DESCRIPTOR
        try:
            descriptor = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotAReleaseError(f"{path} n’est pas une version : {DESCRIPTOR} n’y est pas.") from error
        except (ValueError, OSError) as error:
            raise NotAReleaseError(f"{file} ne se lit pas ({error}).") from error
        if not isinstance(descriptor, dict) or not _has_resources(descriptor):
            raise NotAReleaseError(f"{file} ne décrit pas une version : il y faut « version » et « resources ».")
        return cls(path, descriptor)

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

    def parquet(self, name: str) -> pa.Table:
        """A table from its Parquet file, with the types and metadata that the file holds."""
        return pq.read_table(self.path / "parquet" / f"{name}.parquet")

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
