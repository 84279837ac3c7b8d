"""Times the whole work on a folder of sources, stage by stage, in one process and without Dagster.

Belongs here: measuring. Does not belong here: a verdict; nothing is compared with a limit.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import io
import pstats
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines import job
from pipelines.curation.gather import read_units
from pipelines.curation.lots import typed_lot
from pipelines.curation.models import failures, sheet_model
from pipelines.curation.units import workbook_units
from pipelines.normalise.intake import read_lists, unite
from pipelines.publish.description import load_description
from pipelines.publish.release import begin, finish, write_csv, write_metadata, write_parquet, write_xlsx
from pipelines.publish.tables_arrow import Frames
from schemas.registry import tables

DATE = dt.date(2026, 1, 1)
_ROOTS = ("pipelines", "schemas")


class RefusedSourcesError(Exception):
    """The sources have errors: there is no release to write."""


@dataclass
class Measures:
    """Seconds by stage, rows of the published tables, and what cost most by itself where that was asked for."""

    seconds: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    functions: str = ""

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Times what is done inside."""
        start = time.perf_counter()
        yield
        self.seconds[title] = time.perf_counter() - start


def measure(root: Path, outputs: Path, functions: int = 0) -> Measures:
    """Does the work on ``root``, once; ``functions``: how many of the costliest are told (cProfile slows it all).

    Raises:
        RefusedSourcesError: the sources have errors.
    """
    found = Measures()
    if not functions:
        _work(root, outputs, found)
        return found
    profile = cProfile.Profile()
    profile.runcall(_work, root, outputs, found)
    said = io.StringIO()
    pstats.Stats(profile, stream=said).sort_stats("tottime").print_stats(functions)
    pstats.Stats(profile, stream=said).sort_stats("cumulative").print_stats("|".join(_ROOTS), functions)
    found.functions = said.getvalue()
    return found


def _work(root: Path, outputs: Path, found: Measures) -> None:
    with found.stage("lecture et typage des listes"):
        lists = read_lists(root)
    units = workbook_units(root)
    with found.stage("lecture des classeurs"):
        read = read_units(units, root)
    with found.stage("typage et validation"):
        lot = typed_lot(read, lists.vocabularies)
    with found.stage("réunion, corrections"):
        reading = job.reading_of(unite(lists, [lot], [unit.name for unit in units]), root)
    with found.stage("normalisation"):
        built, issues = job.build(reading.sheets, reading.issues)
    with found.stage("contrôle des tables"):
        failed = pd.concat(job.check(built, job.assertions_of(root)).values())
    if len(failed) or (issues["severity"] == "error").any():
        raise RefusedSourcesError("Les sources ont des erreurs : il n’y a pas de publication à mesurer.")
    _publish(root, outputs, built, issues, found)
    with found.stage("(validation seule, refaite)"):
        for typed in reading.sheets.values():
            table = tables()[typed.sheet.table]
            failures(sheet_model(typed.sheet, table.key if table.natural_key else ""), typed.frame)
    found.rows = sum(map(len, built.values()))


def _publish(root: Path, outputs: Path, built: Frames, issues: pd.DataFrame, found: Measures) -> None:
    description, codes = load_description(root / "jeu_de_donnees.toml"), job.codes_of(built["nomenclatures"])
    with begin(outputs, DATE) as staging:
        with found.stage("écriture csv"):
            write_csv(staging, built)
        with found.stage("écriture parquet"):
            write_parquet(staging, built)
        with found.stage("écriture xlsx"):
            write_xlsx(staging, built, description)
        with found.stage("métadonnées et comparaison"):
            change = write_metadata(staging, built, issues, description, codes, root)
        with found.stage("scellé et vérification"):
            finish(staging, change)
