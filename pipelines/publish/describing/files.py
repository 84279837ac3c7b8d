"""The files that describe a whole release: its archive, its quality report, its catalogue, its Croissant file.

Belongs here: writing them, in the order that lets each measure those before. Does not belong here: what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from pipelines.publish.datapackage import Files
from pipelines.publish.describing.archive import ARCHIVE, archive_members, write_archive
from pipelines.publish.describing.catalog import JSONLD_CATALOGUE, TURTLE_CATALOGUE, catalogue, jsonld, turtle
from pipelines.publish.describing.croissant import CROISSANT, croissant
from pipelines.publish.describing.quality import QUALITY, quality
from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.table_schema import Json

DESCRIBING = (QUALITY, JSONLD_CATALOGUE, TURTLE_CATALOGUE, CROISSANT)


def write_quality(files: Files, issues: pd.DataFrame, version: str, date: str) -> None:
    """Writes the quality report, which tells of tables and measures no file."""
    _write(files, QUALITY, _json(quality(files.tables, files.declared, issues, {"version": version, "date": date})))


def write_describing(files: Files, description: DatasetDescription, release: Mapping[str, str]) -> None:
    """Writes the archive, if it is wanted, and the rest of `DESCRIBING`; all that they describe is there."""
    if ARCHIVE in files.whole:
        write_archive(files.directory, archive_members(files.declared, DICTIONARY), files.directory / ARCHIVE)
    document = catalogue(files, description, release)
    _write(files, JSONLD_CATALOGUE, jsonld(document))
    _write(files, TURTLE_CATALOGUE, turtle(document))
    _write(files, CROISSANT, _json(croissant(files, description, release)))


def _json(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _write(files: Files, name: str, content: str) -> None:
    (files.directory / name).write_text(content, encoding="utf-8", newline="\n")
