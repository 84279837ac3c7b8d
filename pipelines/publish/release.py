"""A release: the steps that write its files, and the move that makes it visible.

Belongs here: which files a release has, in which order they are written, when it counts as new. Does not belong here:
how each file is written, nor the site, the portal and the catalogues, which read or add to what is prepared here.

The steps can run one by one (``begin``, ``write_csv``, ``write_parquet``, ``write_xlsx``, ``write_metadata``,
``finish``); a step that fails drops the whole preparation. ``write_release`` runs them all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.publish import csv_files, lock, parquet_files, xlsx_files
from pipelines.publish.datapackage import OTHER_FORMATS, WORKBOOK, Files, datapackage
from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import markdown
from pipelines.publish.errors import OutputsError
from pipelines.publish.journal import LEFT_OUT, TAKEN_BACK, journal
from pipelines.publish.staging import Staging, abandon, begin, reveal, seal, step
from pipelines.publish.table_schema import Codes, table_schema
from pipelines.publish.tables_arrow import Declared, Frames, all_to_arrow
from pipelines.publish.versions import DESCRIPTOR, Release, read_versions, write_versions

__all__ = [
    "Release",
    "Staging",
    "abandon",
    "begin",
    "finish",
    "write_csv",
    "write_metadata",
    "write_parquet",
    "write_release",
    "write_xlsx",
]

DICTIONARY = "dictionnaire.md"
JOURNAL = "journal.md"
ISSUES = "issues.csv"
SOURCES = "sources"
_NOT_SOURCES = shutil.ignore_patterns("~$*", ".*")


def write_release(
    tables: Frames,
    issues: pd.DataFrame,
    description: DatasetDescription,
    codes: Codes,
    outputs: Path,
    date: dt.date,
    sources_dir: Path | None = None,
    declared: Declared | None = None,
) -> Release:
    """Prepares a release and makes it visible; with the last one’s content, makes none (``new`` False).

    Raises `OutputsBusy` when another build is at work, `OutputsError` when the disk refuses, ``ValueError`` when a
    table does not hold to its declaration; the releases are then left as they were.
    """
    with begin(outputs, date, declared) as staging:
        write_csv(staging, tables)
        write_parquet(staging, tables)
        write_xlsx(staging, tables, description)
        write_metadata(staging, tables, issues, description, codes, sources_dir)
        return finish(staging)


def write_csv(staging: Staging, tables: Frames) -> int:
    """``csv/<table>.csv``. Like the other steps, returns the number of files written."""

    def write(table: pa.Table, name: str, path: Path) -> None:
        csv_files.write_csv(table, staging.declared[name], path)

    return _per_table(staging, tables, "csv", write)


def write_parquet(staging: Staging, tables: Frames) -> int:
    """``parquet/<table>.parquet``."""
    return _per_table(staging, tables, "parquet", lambda table, _name, path: parquet_files.write_parquet(table, path))


def write_xlsx(staging: Staging, tables: Frames, description: DatasetDescription) -> int:
    """``xlsx/<table>.xlsx``, and the workbook of everything."""

    def write(table: pa.Table, name: str, path: Path) -> None:
        path.write_bytes(xlsx_files.table_workbook(table, staging.declared[name], staging.date))

    written = _per_table(staging, tables, "xlsx", write)
    with step(staging):
        arrow = all_to_arrow(tables, staging.declared)
        content = xlsx_files.full_workbook(arrow, staging.declared, description, staging.version, staging.date)
        (staging.directory / WORKBOOK).write_bytes(content)
    return written + 1


def write_metadata(
    staging: Staging,
    tables: Frames,
    issues: pd.DataFrame,
    description: DatasetDescription,
    codes: Codes,
    sources_dir: Path | None = None,
) -> int:
    """Schemas, dictionary, issues, the sheets of the sources, and the Data Package, which measures the other files."""
    with step(staging):
        before = _count_files(staging)
        for name, table in staging.declared.items():
            _write_json(staging.folder("schemas") / f"{name}.json", table_schema(table, codes))
        _write_text(staging.directory / DICTIONARY, markdown(staging.declared, description.titre))
        _write_text(
            staging.directory / JOURNAL, journal(staging.version, staging.date, tables, staging.declared, issues)
        )
        csv_files.write_frame(issues, staging.directory / ISSUES)
        if sources_dir is not None:
            _copy_sources(staging, sources_dir, issues)
        release = {
            "version": staging.version,
            "date": staging.date.isoformat(),
            "contenu_sha256": _content_sha256(staging, description),
        }
        files = Files(staging.directory, all_to_arrow(tables, staging.declared), staging.declared)
        descriptor = datapackage(files, description, codes, release)
        _write_json(staging.directory / DESCRIPTOR, descriptor)
        return _count_files(staging) - before


def finish(staging: Staging) -> Release:
    """Checks that the files are there, seals the release, makes it visible and moves the pointer to it.

    When the content is that of the last release, drops the preparation and returns that release, ``new`` False.
    """
    with step(staging):
        lock.keep(staging.outputs)
        _check_files(staging)
        content = json.loads((staging.directory / DESCRIPTOR).read_text(encoding="utf-8"))["contenu_sha256"]
        versions = read_versions(staging.outputs)
        last = versions.current()
        if last is not None and last.content_sha256 == content:
            abandon(staging)
            return replace(last, new=False)
        seal(staging)
        release = Release(staging.version, staging.date, reveal(staging), content, new=True)
        write_versions(staging.outputs, versions.adding(release))
    lock.free(staging.outputs)
    return release


# --- Steps ---------------------------------------------------------------------------------------------------------


def _per_table(staging: Staging, tables: Frames, format_: str, write: Callable[[pa.Table, str, Path], object]) -> int:
    with step(staging):
        folder, found = staging.folder(format_), all_to_arrow(tables, staging.declared)
        for name, table in found.items():
            write(table, name, folder / f"{name}.{format_}")
        return len(found)


def _count_files(staging: Staging) -> int:
    return sum(path.is_file() for path in staging.directory.rglob("*"))


def _content_sha256(staging: Staging, description: DatasetDescription) -> str:
    """The fingerprint of what the release says, whatever its date: CSV files, schemas, description of the dataset."""
    digest = hashlib.sha256(_json(description.as_json()).encode())
    for name in staging.declared:
        for path in (f"csv/{name}.csv", f"schemas/{name}.json"):
            content = (staging.directory / path).read_bytes()
            digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _check_files(staging: Staging) -> None:
    expected = [DESCRIPTOR, DICTIONARY, ISSUES, JOURNAL, WORKBOOK]
    for name in staging.declared:
        expected += [f"schemas/{name}.json", f"csv/{name}.csv", *(f"{kind}/{name}.{kind}" for kind in OTHER_FORMATS)]
    absent = [path for path in expected if not _has_content(staging.directory / path)]
    if absent:
        raise OutputsError(f"Publication incomplète : il manque {', '.join(absent)} ; relancez toutes les étapes.")


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _copy_sources(staging: Staging, sources: Path, issues: pd.DataFrame) -> None:
    """Copies the content of the sheets that were read, not the rights or times of their files.

    Lock files of offices are left out, and so is a workbook that could not be read; when the last release's copy was
    read instead, it is that copy which is kept, so that it is there for the next release too.
    """
    target = staging.directory / SOURCES
    shutil.copytree(sources, target, ignore=_NOT_SOURCES, copy_function=shutil.copyfile)
    last = read_versions(staging.outputs).current()
    for code in (LEFT_OUT, TAKEN_BACK):
        for name in sorted(set(issues.loc[issues["code"] == code, "file"])):
            (target / name).unlink(missing_ok=True)
            if code == TAKEN_BACK and last is not None:
                shutil.copyfile(last.path / SOURCES / name, target / name)


def _write_json(path: Path, content: dict[str, object]) -> None:
    _write_text(path, _json(content))


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _write_text(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
