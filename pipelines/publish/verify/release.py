"""Verification of a release: everything that its files say is computed again, from them alone, wherever they are.

Belongs here: the order of the checks, and what is said of the whole. Does not belong here: each check (the
modules beside).

The folder may be a copy that someone downloaded, or was given: nothing in it is trusted. No link is followed, no path
that a file states is opened but by its name in the folder, nothing is fetched, extracted or written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from pipelines.curation.issue_kind import Severity
from pipelines.parallel import each
from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE, archive_members
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.folder import NotAReleaseError
from pipelines.publish.verify.archive import check_archive
from pipelines.publish.verify.descriptor import Descriptor, Resource, check_files, check_schema, read_descriptor
from pipelines.publish.verify.files import Shelf, Sums, read_sums
from pipelines.publish.verify.findings import Finding, Log, as_text, sorted_findings, totals
from pipelines.publish.verify.metadata import Facts, check_metadata, check_pointer, check_readme
from pipelines.publish.verify.rules import check_foreign_keys, check_rules, needed
from pipelines.publish.verify.tables import read_table
from pipelines.publish.verify.workbooks import Book, check_sheet, open_workbook, sheet_rows
from pipelines.publish.versions import DESCRIPTOR, SUMS
from pipelines.publish.xlsx_files import README, sheet_names
from pipelines.publish.xlsx_parts import parts_in
from pipelines.text import numbered

_T = TypeVar("_T")
_MOST_TABLES = 2
"""Tables held at a time, from their Parquet files; from its CSV too, one that differs."""


@dataclass(frozen=True)
class Verification:
    """What was verified, and what was found: nothing, when the release is sound."""

    version: str
    files: int
    size: int
    tables: int
    rows: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing but warnings was found."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def text(self) -> str:
        """The whole for a person: the findings file by file, then one line of conclusion."""
        counted = (
            f"{numbered(self.files, 'fichier')} ({_megabytes(self.size)}), {numbered(self.tables, 'table')}, "
            f"{numbered(self.rows, 'ligne')}"
        )
        verdict = totals(self.findings) or "tout concorde"
        told = as_text(self.findings)
        conclusion = f"Version {self.version or 'inconnue'} : {counted} : {verdict}."
        return f"{told}\n\n{conclusion}" if told else conclusion


def verify(folder: Path) -> Verification:
    """Verifies a release, be it published, downloaded, or prepared and sealed but not yet visible.

    Raises:
        NotAReleaseError: not a folder, or one that has neither sums nor a descriptor.
        OSError: the disk refuses to give a file; nothing is then known of the release.
    """
    if not folder.is_dir():
        raise NotAReleaseError(f"{folder} n’est pas un dossier : indiquez le dossier d’une version.")
    folder = folder.resolve()
    log = Log()
    with Shelf(folder, log) as shelf:
        if SUMS not in shelf and DESCRIPTOR not in shelf:
            raise NotAReleaseError(f"{folder} n’est pas une version : ni {SUMS} ni {DESCRIPTOR} n’y sont.")
        sums = read_sums(shelf, log)
        descriptor = read_descriptor(shelf, sums, log)
        rows: dict[str, int] = {}
        if descriptor is not None:
            sums.vouched = descriptor.claims
            rows = _check_content(folder, descriptor, shelf, sums, log)
            each(shelf.digest, shelf.paths)  # of the files that are not of tables
            check_files(descriptor, shelf, sums, log)
        sums.compare(shelf, log)
        sizes = [shelf.size(name) for name in shelf.paths]
    return Verification(
        version=str(descriptor.content.get("version", "")) if descriptor is not None else "",
        files=len(sizes),
        size=sum(sizes),
        tables=len(rows),
        rows=sum(rows.values()),
        findings=sorted_findings(log.findings),
    )


@dataclass(frozen=True)
class _Checked:
    """What is left of a table once it was checked: its columns that keys look at, how many cells of each are filled."""

    kept: pa.Table
    filled: Mapping[str, int]


def _check_content(folder: Path, descriptor: Descriptor, shelf: Shelf, sums: Sums, log: Log) -> dict[str, int]:
    """What the files hold; returns the number of rows of the tables that were read."""
    resources = descriptor.resources
    sheets = sheet_names(resources, {name: resource.parts for name, resource in resources.items()})
    everything = _opened(WORKBOOK, shelf, sums, log)

    def check(resource: Resource, log: Log) -> _Checked | None:
        check_schema(resource, descriptor, shelf, sums, log)
        table = read_table(resource, shelf, sums, log)
        if table is None:
            return None
        check_rules(resource, table, log)
        read = _check_workbooks(resource, table, shelf, sums, log)
        if everything is not None:
            _check_sheets(resource, table, everything, sheets[resource.name], read, log)
        filled = {column: table.num_rows - table[column].null_count for column in resource.columns}
        return _Checked(table.select(needed(resource, resources)), filled)

    # Workbooks are read by Python, which threads would not hasten, and whoever opened one must read it.
    checked = _each(check, resources, 1 if any(one.workbooks for one in resources.values()) else _MOST_TABLES, log)
    tables = {name: one for name, one in zip(resources, checked, strict=True) if one is not None}
    kept = {name: one.kept for name, one in tables.items()}
    _each(lambda resource, log: check_foreign_keys(resource, kept, resources, log), resources, _MOST_TABLES, log)
    facts = Facts(descriptor, {name: one.filled for name, one in tables.items()}, shelf, sums)
    if everything is not None:
        check_readme(sheet_rows(everything, README, WORKBOOK, log), WORKBOOK, sheets, facts, log)
    if ARCHIVE in shelf:
        _check_archive(resources, shelf, sums, log)
    check_metadata(facts, log)
    check_pointer(folder, facts, log)
    return {name: table.num_rows for name, table in kept.items()}


def _each(check: Callable[[Resource, Log], _T], resources: Mapping[str, Resource], most: int, log: Log) -> list[_T]:
    """Checks tables, so many at a time at most; what is found is told in their order."""
    logs = {name: Log() for name in resources}
    found = each(lambda one: check(one, logs[one.name]), resources.values(), lambda one: one.rows, most)
    for one in logs.values():
        log.findings += one.findings
    return found


def _check_workbooks(resource: Resource, table: pa.Table, shelf: Shelf, sums: Sums, log: Log) -> set[str]:
    """The workbooks of a table, one for each of its parts; returns the digests of the sheets that hold what they must.

    The first row of each part matters: all parts together are then the table.
    """
    [own] = sheet_names([resource.name])[resource.name]
    right = set()
    for part, path in zip(parts_in(table.num_rows, resource.parts), resource.workbooks, strict=False):
        book = _opened(path, shelf, sums, log)
        rows = table.slice(part.start, part.rows)
        if book is not None and check_sheet(resource, rows, book, own, path, log) and own in book.alike:
            right.add(f"{part.rank} {book.alike[own]}")
    return right


def _check_sheets(
    resource: Resource, table: pa.Table, book: Book, sheets: Sequence[str], right: Collection[str], log: Log
) -> None:
    """The sheets of a table in the workbook of everything; what is the same as one that is right is not read again."""
    for part, sheet in zip(parts_in(table.num_rows, resource.parts), sheets, strict=True):
        if f"{part.rank} {book.alike.get(sheet)}" not in right:
            check_sheet(resource, table.slice(part.start, part.rows), book, sheet, WORKBOOK, log)


def _opened(path: str, shelf: Shelf, sums: Sums, log: Log) -> Book | None:
    if path not in shelf:
        return None
    content = shelf.take(path)
    return open_workbook(content, path, log) if sums.sound(shelf, path) else None


def _check_archive(resources: Mapping[str, Resource], shelf: Shelf, sums: Sums, log: Log) -> None:
    content = shelf.take(ARCHIVE)
    if sums.sound(shelf, ARCHIVE):
        check_archive(content, ARCHIVE, archive_members(resources, DICTIONARY), shelf, sums, log)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} Mo".replace(".", ",")
