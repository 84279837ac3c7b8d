"""The job without its edges: a folder of sources → checked tables and issues. Nothing is written.

Belongs here: the three stages (read, build, check), for the command line, the tests and the assets alike. Does not
belong here: the files of a release, Dagster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines import memory
from pipelines.curation.assertions import read_assertions
from pipelines.curation.cache import Cache, reading_lot
from pipelines.curation.gather import Fallback
from pipelines.curation.issues import IssueLog, errors
from pipelines.curation.parse import Typed, Vocabularies
from pipelines.curation.units import Unit, report_folder, workbook_units
from pipelines.garbage import rarely_collected
from pipelines.normalise.build import normalise
from pipelines.normalise.checks import check_bounds, check_table
from pipelines.normalise.intake import United, read_lists, unite
from pipelines.parallel import each
from schemas.declaration import Table
from schemas.registry import tables


@dataclass(frozen=True)
class Reading:
    """Stage one: every sheet typed, the files read (file, sha256, rows), what is wrong so far."""

    sheets: dict[str, Typed]
    files: pd.DataFrame
    issues: pd.DataFrame


@dataclass(frozen=True)
class Outcome:
    """The tables, what is wrong, and the files read."""

    tables: dict[str, pd.DataFrame]
    issues: pd.DataFrame
    files: pd.DataFrame

    @property
    def refused(self) -> bool:
        """Whether an error refuses the release."""
        return len(errors(self.issues)) > 0


WHOLE = "tout"
"""The name of the one lot of a folder that is read at once."""


@rarely_collected()
def read(root: Path, *, partial: bool = False, fallback: Fallback | None = None, cache: Cache | None = None) -> Reading:
    """Reads and types a folder of sources at once.

    See `read_units` for ``partial`` and ``fallback``, `reading_lot` for ``cache``.
    """
    units = workbook_units(root)
    with reading_lot(WHOLE, units, root, cache, partial=partial, fallback=fallback) as lot:
        lists = read_lists(root, partial=partial, fallback=fallback, cache=cache)
        found = lot.typed(lists.vocabularies)
    return reading_of(unite(lists, [found.lot], [unit.name for unit in units], partial=partial), root, units)


def reading_of(united: United, root: Path, units: Sequence[Unit] | None = None) -> Reading:
    """What stage one says once the lots are joined, with what is wrong in the folder and in the bounds of tables.

    ``units``: the workbooks of the folder, if they are known.
    """
    report_folder(root, united.issues, units)
    read_assertions(root, united.issues)
    return Reading(united.sheets, united.files, united.issues.frame())


@rarely_collected()
def build(sheets: dict[str, Typed], issues: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Stage two: the published tables, and all issues, those of ``issues`` included.

    Raises:
        MemoryShortError: they would take more memory than they may (see `pipelines.memory`).
        SettingError: what they may take is not a number.
    """
    memory.require(sheets)
    log = IssueLog.of(issues)
    vocabularies = Vocabularies.read(sheets["nomenclatures"].source)
    built = normalise(sheets, vocabularies, log)
    return built, log.frame()


def codes_of(nomenclatures: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The codes of every vocabulary, from the published table."""
    return {str(name): frozenset(codes) for name, codes in nomenclatures.groupby("nomenclature", sort=True)["code"]}


@rarely_collected()
def check(built: dict[str, pd.DataFrame], assertions: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    """Stage three: the failures of every published table (see `check_table`, and `check_bounds` for ``assertions``)."""
    codes = codes_of(built["nomenclatures"])

    def failed(table: Table) -> pd.DataFrame:
        found = check_table(table, built, codes)
        if assertions is None:
            return found
        return pd.concat([found, check_bounds(table, built, assertions)], ignore_index=True)

    declared = tables()
    found = each(failed, declared.values(), weight=lambda table: len(built[table.name]))
    return dict(zip(declared, found, strict=True))


def assertions_of(root: Path) -> pd.DataFrame:
    """How many rows each table must have, as `read` checked it (see `read_assertions`)."""
    return read_assertions(root, IssueLog())


def located(failed: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """The failures of published tables as issues, at the sheet's row where the published row was typed."""
    log = IssueLog()
    first = provenance.drop_duplicates(["table_code", "ligne_id"])
    joined = failed.merge(first, how="left", left_on=["table", "ligne_id"], right_on=["table_code", "ligne_id"])
    for code, cases in joined.groupby("code", sort=True):
        places = pd.DataFrame(
            {
                "file": cases["fichier"].fillna(""),
                "sheet": cases["feuille"].fillna(cases["table"]),
                "cell": "",
                "row": cases["ligne"].fillna(0).astype("int64"),
                "column": cases["colonne"],
                "value": cases["valeur"],
            }
        )
        log.add(str(code), places, expected=cases["attendu"].tolist())
    return log.frame()


def run(root: Path) -> Outcome:
    """The three stages on a folder of sources."""
    reading = read(root)
    built, issues = build(reading.sheets, reading.issues)
    log = IssueLog.of(issues)
    for failed in check(built, assertions_of(root)).values():
        if len(failed):
            log.extend(IssueLog.of(located(failed, built["provenance"])))
    return Outcome(built, log.frame(), reading.files)
