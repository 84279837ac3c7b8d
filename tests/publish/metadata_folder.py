"""The files that metadata describe, written apart from any release: what each renderer is given."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd

from pipelines import job
from pipelines.publish import csv_files, parquet_files, xlsx_files
from pipelines.publish.datapackage import WORKBOOK, Files
from pipelines.publish.describing.archive import ARCHIVE, archive_members, write_archive
from pipelines.publish.description import DESCRIPTION_FILE, DatasetDescription, load_description
from pipelines.publish.dictionary import markdown
from pipelines.publish.table_schema import published_schema
from pipelines.publish.tables_arrow import all_to_arrow
from schemas.registry import tables as declared_tables

PROJECT = Path(__file__).parents[2]
DATE = dt.date(2026, 11, 22)
RELEASE = {"version": "2026-11-22.2", "date": DATE.isoformat(), "contenu_sha256": "0" * 64}


def dataset() -> DatasetDescription:
    """The description of the real dataset."""
    return load_description(PROJECT / "sources" / DESCRIPTION_FILE)


def write_files(frames: dict[str, pd.DataFrame], directory: Path) -> Files:
    """Writes the tables in every format, their schemas, the dictionary, the workbook and the archive."""
    declared, description = declared_tables(), dataset()
    codes, tables = job.codes_of(frames["nomenclatures"]), all_to_arrow(frames, declared)
    for folder in ("csv", "parquet", "xlsx", "schemas"):
        (directory / folder).mkdir(parents=True)
    for name, table in tables.items():
        csv_files.write_csv(table, declared[name], directory / "csv" / f"{name}.csv")
        parquet_files.write_parquet(table, directory / "parquet" / f"{name}.parquet")
        xlsx_files.table_workbooks(table, declared[name], DATE, directory)
        schema = json.dumps(published_schema(declared[name], codes, description), ensure_ascii=False)
        (directory / "schemas" / f"{name}.json").write_text(schema, encoding="utf-8")
    (directory / "dictionnaire.md").write_text(markdown(declared, description.titre), encoding="utf-8")
    xlsx_files.full_workbook(tables, declared, description, RELEASE["version"], DATE, directory / WORKBOOK)
    write_archive(directory, archive_members(declared, "dictionnaire.md"), directory / ARCHIVE)
    return Files(directory, tables, declared)
