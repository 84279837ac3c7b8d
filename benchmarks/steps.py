"""The program's own steps, timed one by one: what every measure of it goes through.

Belongs here: calling the public functions of the rooms, in the order of a build, without Dagster. Does not belong here:
what they are compared with (``floors``), processes (``apart``).
"""

from __future__ import annotations

import datetime as dt
import pickle
import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path

import pandas as pd

from benchmarks.watch import Watch
from pipelines import job
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.release import begin, finish, prepare, write_csv, write_metadata, write_parquet, write_xlsx
from pipelines.publish.staging import remove
from pipelines.publish.tables_arrow import Frames, all_to_arrow
from schemas.registry import tables

DATE = dt.date(2026, 1, 1)
WITHOUT_XLSX = ("csv", "parquet")
READING, BUILDING, CHECKING = "lecture, typage et validation", "normalisation", "contrôle des tables"
ARROW, CSV, PARQUET, XLSX = "passage en Arrow", "écriture csv", "écriture parquet", "écriture xlsx"
METADATA, SEALING = "métadonnées et comparaison", "scellé et vérification"
Built = tuple[dict[str, pd.DataFrame], pd.DataFrame]
"""The published tables, and the issues."""


class RefusedSourcesError(Exception):
    """The sources have errors: there is no release to write."""


def to_tables(watch: Watch, root: Path) -> Built:
    """Reads, builds and checks a folder of sources.

    Raises:
        RefusedSourcesError: see there.
    """
    with watch.stage(READING):
        reading = job.read(root)
    with watch.stage(BUILDING):
        built, issues = job.build(reading.sheets, reading.issues)
    with watch.stage(CHECKING):
        failed = job.check(built, job.assertions_of(root))
    require_sound(issues, failed.values())
    return built, issues


def require_sound(issues: pd.DataFrame, failed: Collection[pd.DataFrame]) -> None:
    """Refuses to go on with sources that have errors.

    Raises:
        RefusedSourcesError: see there.
    """
    if any(len(one) for one in failed) or (issues["severity"] == "error").any():
        raise RefusedSourcesError("Les sources ont des erreurs : il n’y a pas de publication à mesurer.")


def to_release(
    watch: Watch,
    root: Path,
    outputs: Path,
    built: Frames,
    issues: pd.DataFrame,
    formats: tuple[str, ...] = WITHOUT_XLSX,
) -> Path:
    """Writes, seals and verifies a release of tables; returns its folder."""
    description, codes = load_description(root / DESCRIPTION_FILE), job.codes_of(built["nomenclatures"])
    with begin(outputs, DATE, formats=formats) as staging:
        with watch.stage(ARROW):
            arrow = prepare(staging, built)
        with watch.stage(CSV):
            write_csv(staging, arrow)
        with watch.stage(PARQUET):
            write_parquet(staging, arrow)
        if "xlsx" in formats:
            with watch.stage(XLSX):
                write_xlsx(staging, arrow, description)
        with watch.stage(METADATA):
            found = write_metadata(staging, arrow, issues, description, codes, root)
        with watch.stage(SEALING):
            return finish(staging, found).path


@cache
def warm_up(root: Path) -> None:
    """The whole work on small sources, once in a process: what is imported or made once is not what is measured."""
    with tempfile.TemporaryDirectory() as temporary:
        outputs = Path(temporary)
        to_release(Watch(), root, outputs, *to_tables(Watch(), root))
        remove(outputs)


# --- What measures leave for one another ----------------------------------------------------------------------------


def keep(built: Built, file: Path) -> dict[str, object]:
    """Leaves tables in a file; tells their rows."""
    with file.open("wb") as target:
        pickle.dump(built, target, protocol=5)
    return {"rows": {name: len(frame) for name, frame in built[0].items()}}


def arrow_bytes(built: Frames) -> int:
    """The bytes that published tables are in Arrow."""
    return sum(table.nbytes for table in all_to_arrow(built, tables()).values())


def kept(file: Path) -> Built:
    """The tables that `keep` left."""
    with file.open("rb") as source:
        found: Built = pickle.load(source)  # noqa: S301  (written just before, by `keep`)
    return found
