"""A release: the steps that write its files, and the move that makes it visible.

Belongs here: which files a release has, in which order they are written, when it counts as new. Does not belong here:
how each file is written, nor the site, the portal and the catalogues, which read or add to what is prepared here.

The steps can run one by one (``begin``, ``prepare``, ``write_csv``, ``write_parquet``, ``write_xlsx``,
``write_metadata``, ``finish``); a step that fails drops the whole preparation. ``write_release`` runs them all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import FileIO
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipelines.parallel import aside, each, together
from pipelines.publish import csv_files, lock, parquet_files, xlsx_files
from pipelines.publish.datapackage import WORKBOOK, Files, datapackage, told_again
from pipelines.publish.describing.files import DESCRIBING, write_describing, write_quality
from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import DICTIONARY, markdown
from pipelines.publish.diff.breaking import require_compatible
from pipelines.publish.diff.compare import diff, with_what_is_owed
from pipelines.publish.diff.journal import changes_section
from pipelines.publish.diff.model import Diff
from pipelines.publish.diff.page import render
from pipelines.publish.diff.reading import is_partial
from pipelines.publish.errors import OutputsError
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.formats import FORMATS, XLSX
from pipelines.publish.journal import LEFT_OUT, TAKEN_BACK, among, journal, kept_out
from pipelines.publish.notes import notes
from pipelines.publish.staging import Staging, abandon, begin, reveal, seal, step, to_the_disk
from pipelines.publish.table_schema import Codes, Json, published_schema
from pipelines.publish.tables_arrow import Declared, Frames, all_to_arrow
from pipelines.publish.verify.files import damaged
from pipelines.publish.verify.release import verify
from pipelines.publish.versions import DESCRIPTOR, TRIAL, Release, Versions, read_versions, write_versions
from pipelines.publish.xlsx_parts import SHEET_ROWS, told
from pipelines.sheets.inventory import source_files

__all__ = [
    "Release",
    "Staging",
    "abandon",
    "begin",
    "finish",
    "prepare",
    "write_csv",
    "write_metadata",
    "write_parquet",
    "write_release",
    "write_xlsx",
]

JOURNAL = "journal.md"
DIFF, DIFF_PAGE = "diff.json", "diff.html"
ISSUES = "issues.csv"
SOURCES = "sources"
_SHOWN = 5
_BLOCK = 1 << 20


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
    with begin(outputs, date, declared, formats=description.formats) as staging:
        arrow = prepare(staging, tables)
        write_csv(staging, arrow)
        write_parquet(staging, arrow)
        write_xlsx(staging, arrow, description)
        found = write_metadata(staging, arrow, issues, description, codes, sources_dir)
        return finish(staging, found)


def prepare(staging: Staging, tables: Frames) -> dict[str, pa.Table]:
    """The tables as every format is written from them: made and checked once, the other steps take them as they are."""
    with step(staging):
        return all_to_arrow(tables, staging.declared)


def write_csv(staging: Staging, tables: Frames) -> int:
    """``csv/<table>.csv``. Like the other steps, returns the number of files written."""

    def write(table: pa.Table, name: str, path: Path) -> None:
        csv_files.write_csv(table, staging.declared[name], path)

    return _per_table(staging, tables, "csv", write)


def write_parquet(staging: Staging, tables: Frames) -> int:
    """``parquet/<table>.parquet``."""
    return _per_table(staging, tables, "parquet", lambda table, _name, path: parquet_files.write_parquet(table, path))


def write_xlsx(staging: Staging, tables: Frames, description: DatasetDescription, sheet_rows: int = SHEET_ROWS) -> int:
    """``xlsx/<table>.xlsx``, and the workbook of everything; nothing when that format is not chosen.

    ``sheet_rows``: beyond them, a table has several workbooks.
    """
    if XLSX not in staging.formats:
        return 0
    declared, date, release = staging.declared, staging.date, staging.directory
    with step(staging):
        staging.folder(XLSX)
        arrow, written = all_to_arrow(tables, declared), 0
        for name, table in arrow.items():
            written += len(xlsx_files.table_workbooks(table, declared[name], date, release, sheet_rows))
        xlsx_files.full_workbook(arrow, declared, description, staging.version, date, release / WORKBOOK)
    return written + 1


def write_metadata(
    staging: Staging,
    tables: Frames,
    issues: pd.DataFrame,
    description: DatasetDescription,
    codes: Codes,
    sources_dir: Path | None = None,
) -> Diff:
    """Everything but the tables: schemas, dictionary, issues, sheets, catalogue, comparison, journal, Data Package.

    The Data Package comes last, for it measures the other files. Returns the comparison with the last release.

    Raises:
        OutputsError: the last release is damaged, so that nothing can be compared with it.
        NotesError: a note of the publisher cannot be taken.
    """
    with step(staging):
        for name, table in staging.declared.items():
            _write_json(staging.folder("schemas") / f"{name}.json", published_schema(table, codes, description))
        _write_text(staging.directory / DICTIONARY, markdown(staging.declared, description.titre))
        csv_files.write_frame(issues, staging.directory / ISSUES)
        arrow = all_to_arrow(tables, staging.declared)
        files = Files(staging.directory, arrow, staging.declared, staging.formats)
        date = staging.date.isoformat()
        _, content, *_ = together(
            partial(_copy_sources, staging, files, sources_dir, issues),  # the longest
            partial(_content_sha256, staging, files, description, issues),
            partial(write_quality, files, issues, staging.version, date),
            *(partial(files.measures, path) for path in files.of_tables() if not path.startswith("csv/")),
        )
        release = {"version": staging.version, "date": date, "contenu_sha256": str(content)}
        write_describing(files, description, release)
        descriptor = datapackage(files, description, codes, release, trial=staging.trial)
        found = _compare(staging, descriptor)
        _write_text(staging.directory / DIFF, found.dumps())
        _write_text(staging.directory / DIFF_PAGE, render(found))
        last = read_versions(staging.outputs).current()
        own = _notes(sources_dir, last, staging.date) if sources_dir is not None else []
        shared = told(staging.directory, staging.declared)
        changes = [*shared, *([""] if shared else []), *own, *([""] if own else []), *changes_section(found)]
        _write_text(
            staging.directory / JOURNAL,
            journal(staging.version, staging.date, tables, staging.declared, issues, changes, trial=staging.trial),
        )
        _write_json(staging.directory / DESCRIPTOR, told_again(descriptor, files))
        return found


def finish(staging: Staging, found: Diff) -> Release:
    """Seals the release, verifies it, makes it visible and moves the pointer to it; ``found``: see `write_metadata`.

    When the content is that of the last release, drops the preparation and returns that release, ``new`` False.

    Raises:
        BreakingReleaseError: it breaks what reusers rely on, and the version of its model does not say so.
        OutputsError: a step was left out, or the disk refuses.
        ValueError: what was written is not what was meant: the release does not verify.
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
        require_compatible(found)
        seal(staging, _measured(staging))
        with aside(partial(to_the_disk, staging)) as written:  # while its files are read again
            verified = verify(staging.directory)
            written()
        if not verified.sound:
            raise ValueError(f"La version préparée ne se vérifie pas :\n{verified.text()}")
        release = Release(staging.version, staging.date, reveal(staging), content, new=True, trial=staging.trial)
        write_versions(staging.outputs, versions.adding(release))
    lock.free(staging.outputs)
    return release


# --- Steps ---------------------------------------------------------------------------------------------------------


def _per_table(staging: Staging, tables: Frames, format_: str, write: Callable[[pa.Table, str, Path], object]) -> int:
    with step(staging):
        folder, found = staging.folder(format_), all_to_arrow(tables, staging.declared)
        each(
            lambda name: write(found[name], name, folder / f"{name}.{format_}"), found, lambda name: found[name].nbytes
        )
        return len(found)


def _notes(sources: Path, last: Release | None, until: dt.date) -> list[str]:
    return notes(sources, until, last.date, last.path / SOURCES) if last is not None else notes(sources, until)


def _compare(staging: Staging, descriptor: Json) -> Diff:
    """The comparison of what is being prepared, as its descriptor tells it, with the last release.

    When that one is partial, the identifiers lost since the last whole one are told too.
    """
    versions = read_versions(staging.outputs)
    last = versions.current()
    wrong = [] if last is None else damaged(last.path)
    if last is not None and wrong:
        raise OutputsError(
            f"La dernière version, {last.version}, est abîmée : {', '.join(wrong[:_SHOWN])}"
            f"{' et d’autres fichiers' if len(wrong) > _SHOWN else ''}. Remettez son dossier depuis une copie, ou "
            f"retirez-le de {last.path.parent} : la version d’avant sert alors de dernière."
        )
    try:
        new = ReleaseFolder(staging.directory, json.loads(json.dumps(descriptor)))
        if last is None:
            return diff(None, new)
        old = ReleaseFolder.open(last.path)
        found = diff(old, new)
        whole = _last_whole(versions) if is_partial(old) else None
        return found if whole is None else with_what_is_owed(found, whole, new)
    except NotAReleaseError as error:
        raise OutputsError(f"La dernière version ne peut pas être comparée. {error}") from error


def _last_whole(versions: Versions) -> ReleaseFolder | None:
    """The last release of which nothing was kept out; none when there is none left that can be read."""
    for release in reversed(versions.releases):
        try:
            folder = ReleaseFolder.open(release.path)
        except NotAReleaseError:
            continue
        if not is_partial(folder) and not damaged(release.path):
            return folder
    return None


def _content_sha256(staging: Staging, files: Files, description: DatasetDescription, issues: pd.DataFrame) -> str:
    """The fingerprint of what the release says, whatever its date: CSV files, schemas, description of the dataset.

    What it lacks or takes from an earlier release counts too: the same tables, whole, are not the same release. Nor
    is a trial the real one, nor what has other formats. The measures of these files are taken on the way.
    """
    digest, room = hashlib.sha256(_json(description.as_json()).encode()), memoryview(bytearray(_BLOCK))
    for name in staging.declared:
        for path in (f"csv/{name}.csv", f"schemas/{name}.json"):
            own, size = hashlib.sha256(), 0
            with (staging.directory / path).open("rb", buffering=0) as file:
                digest.update(f"{path} {os.fstat(file.fileno()).st_size}\n".encode())
                for block in _blocks(file, room):
                    digest.update(block)
                    own.update(block)
                    size += len(block)
            files.know(path, size, own.hexdigest())
    lacks = kept_out(issues)[["code", "file", "sheet", "cell"]].drop_duplicates()
    digest.update("".join(f"{' | '.join(place)}\n" for place in sorted(lacks.itertuples(index=False))).encode())
    if staging.trial:
        digest.update(f"{TRIAL}\n".encode())
    if staging.formats != FORMATS:
        digest.update(f"formats {' '.join(staging.formats)}\n".encode())
    return digest.hexdigest()


def _check_files(staging: Staging) -> None:
    files = Files(staging.directory, {}, staging.declared, staging.formats)
    expected = [DESCRIPTOR, DICTIONARY, ISSUES, JOURNAL, DIFF, DIFF_PAGE, *files.whole, *DESCRIBING]
    for name in staging.declared:
        expected += [f"schemas/{name}.json", f"csv/{name}.csv", *(f"{kind}/{name}.{kind}" for kind in files.others)]
    absent = [path for path in expected if not _has_content(staging.directory / path)]
    if absent:
        raise OutputsError(f"Publication incomplète : il manque {', '.join(absent)} ; relancez toutes les étapes.")


def _measured(staging: Staging) -> dict[str, str]:
    """The digests that the descriptor gives: files are hashed once before they are sealed, and again to verify them."""
    content = json.loads((staging.directory / DESCRIPTOR).read_text(encoding="utf-8"))
    others = [other for resource in content["resources"] for other in resource["autres_formats"]]
    files = [*content["resources"], *others, *content["autres_fichiers"]]
    return {file["path"]: file["hash"].removeprefix("sha256:") for file in files}


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _blocks(file: FileIO, room: memoryview) -> Iterator[memoryview]:
    """What follows in a file, in blocks that come one after the other in the same room: a new one each costs more."""
    while size := file.readinto(room):
        yield room[:size]


def _copy_sources(staging: Staging, files: Files, sources: Path | None, issues: pd.DataFrame) -> None:
    """Copies the content of the files that a build reads, not their rights or times; never what lies out of the folder.

    A workbook that could not be read is left out; when the last release's copy was read instead, it is that copy
    which is kept, so that it is there for the next release too. The measures of the copies are taken on the way.
    """
    if sources is None:
        return
    names = {code: set(issues.loc[issues["code"] == code, "file"]) for code in (LEFT_OUT, TAKEN_BACK)}
    found = {name: path for name, path in source_files(sources) if not among(name, names[LEFT_OUT] | names[TAKEN_BACK])}
    last = read_versions(staging.outputs).current()
    if last is not None:
        found |= {name: path for name, path in source_files(last.path / SOURCES) if among(name, names[TAKEN_BACK])}
    targets = {staging.folder(SOURCES) / name: path for name, path in sorted(found.items())}
    for folder in sorted({target.parent for target in targets}):
        folder.mkdir(parents=True, exist_ok=True)
    room = memoryview(bytearray(_BLOCK))
    for target, path in targets.items():
        digest, size = hashlib.sha256(), 0
        with path.open("rb", buffering=0) as file, target.open("wb") as copy:
            for block in _blocks(file, room):
                copy.write(block)
                digest.update(block)
                size += len(block)
        files.know(target.relative_to(staging.directory).as_posix(), size, digest.hexdigest())


def _write_json(path: Path, content: dict[str, object]) -> None:
    _write_text(path, _json(content))


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _write_text(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
