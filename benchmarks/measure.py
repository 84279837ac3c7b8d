"""Times the whole work on a folder of sources, stage by stage, in one process and without Dagster.

Belongs here: measuring, the listing of what costs most. Does not belong here: a verdict (``figures``); nothing is
compared with a limit.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from benchmarks.steps import BUILDING, CHECKING, WITHOUT_XLSX, require_sound, to_release
from benchmarks.watch import Watch
from pipelines import job
from pipelines.curation.gather import read_units
from pipelines.curation.lots import typed_lot
from pipelines.curation.models import failures, sheet_model
from pipelines.curation.units import workbook_units
from pipelines.normalise.intake import read_lists, unite
from schemas.registry import tables

_ROOTS = ("pipelines", "schemas")
_REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass
class Measures(Watch):
    """Seconds by stage, rows of the published tables, and what cost most by itself where that was asked for."""

    rows: int = 0
    functions: str = ""


def measure(root: Path, outputs: Path, functions: int = 0, formats: tuple[str, ...] = WITHOUT_XLSX) -> Measures:
    """Does the work on ``root``, once; ``functions``: how many of the costliest are told (cProfile slows it all).

    Raises:
        RefusedSourcesError: the sources have errors.
    """
    found = Measures()
    if not functions:
        _work(root, outputs, found, formats)
        return found
    profile = cProfile.Profile()
    profile.runcall(_work, root, outputs, found, formats)
    said = io.StringIO()
    pstats.Stats(profile, stream=said).sort_stats("tottime").print_stats(functions)
    pstats.Stats(profile, stream=said).sort_stats("cumulative").print_stats("|".join(_ROOTS), functions)
    found.functions = without_paths(said.getvalue())
    return found


def without_paths(listing: str) -> str:
    """A listing whose files are told from the folder of the project, of its libraries or of Python."""
    folders = sorted({*sysconfig.get_paths().values(), str(_REPOSITORY)}, key=len, reverse=True)
    short = re.sub("|".join(re.escape(f"{folder}/") for folder in folders), "", listing)
    return "\n".join(line.rstrip() for line in short.splitlines())


def _work(root: Path, outputs: Path, found: Measures, formats: tuple[str, ...]) -> None:
    with found.stage("lecture et typage des listes"):
        lists = read_lists(root)
    units = workbook_units(root)
    with found.stage("lecture des classeurs"):
        read = read_units(units, root)
    with found.stage("typage et validation"):
        lot = typed_lot(read, lists.vocabularies)
    with found.stage("réunion, corrections"):
        reading = job.reading_of(unite(lists, [lot], [unit.name for unit in units]), root)
    with found.stage(BUILDING):
        built, issues = job.build(reading.sheets, reading.issues)
    with found.stage(CHECKING):
        failed = job.check(built, job.assertions_of(root))
    require_sound(issues, failed.values())
    to_release(found, root, outputs, built, issues, formats)
    with found.stage("(validation seule, refaite)"):
        for typed in reading.sheets.values():
            table = tables()[typed.sheet.table]
            failures(sheet_model(typed.sheet, table.key if table.natural_key else ""), typed.frame)
    found.rows = sum(map(len, built.values()))
