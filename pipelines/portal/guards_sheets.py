"""The guards that look at the sheets as they are now: are the release’s own committed, has each table its rows.

Belongs here: these rules. Does not belong here: asking git (``guards_git``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.curation.assertions import FILE as BOUNDS
from pipelines.curation.assertions import read_assertions
from pipelines.curation.issues import IssueLog, errors
from pipelines.normalise.checks import check_bounds
from pipelines.portal.guards_git import Differences, UnansweredError, committed, differences
from pipelines.portal.refusal import Refusal, cut
from pipelines.publish.diff.reading import ISSUES_FILE, is_partial
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.journal import LEFT_OUT, TAKEN_BACK, among
from pipelines.publish.release import SOURCES
from pipelines.text import numbered, printable
from schemas.registry import tables


def other_sheets(folder: ReleaseFolder, sources: Path, *, partial: bool) -> Iterator[Refusal]:
    """Sheets of a release that are not those of the last commit; ``partial``: save what a partial one tells."""
    try:
        blobs = committed(sources)
        found = differences(folder.path / SOURCES, sources, blobs)
    except UnansweredError as error:
        yield Refusal(error.code, str(error))
        return
    if partial and is_partial(folder):
        found = _without_what_is_told(found, folder)
    told = found.told()
    if told:
        yield Refusal(
            "feuilles-non-engagees",
            f"Les feuilles dont la version {folder.version} est faite ne sont pas celles du dernier commit de "
            f"{sources} : {cut(told)}. Enregistrez les feuilles dans git (git add, git commit), ou refaites la version "
            "d’après celles qui y sont ; pour une version plus ancienne, indiquez le dossier des feuilles de son "
            "commit (git worktree).",
        )
    elif not blobs:
        yield Refusal(
            "feuilles-non-engagees",
            f"Le dernier commit du dépôt ne contient aucune feuille de {sources}. Enregistrez-les dans git (git add, "
            "git commit), puis refaites la version.",
        )


def _without_what_is_told(found: Differences, folder: ReleaseFolder) -> Differences:
    """Without the workbooks that a partial release says it left out, or took from an earlier one."""
    issues = pd.read_csv(folder.path / ISSUES_FILE, dtype="str", keep_default_na=False)
    left, taken = (set(issues.loc[issues["code"] == code, "file"]) for code in (LEFT_OUT, TAKEN_BACK))
    return Differences(
        edited=tuple(name for name in found.edited if not among(name, taken)),
        unknown=tuple(name for name in found.unknown if not among(name, taken)),
        absent=tuple(name for name in found.absent if not among(name, left | taken)),
    )


def out_of_bounds(folder: ReleaseFolder, sources: Path) -> Iterator[Refusal]:
    """Tables with more or fewer rows than the bounds of today allow, as counted in their files."""
    log = IssueLog()
    bounds = read_assertions(sources, log)
    mistakes = errors(log.frame())
    if len(mistakes):
        first = mistakes.iloc[0]
        where = " ".join(filter(None, (str(first["file"]), str(first["cell"]))))
        yield Refusal(
            "bornes-illisibles",
            f"{numbered(len(mistakes), 'erreur')} dans les bornes de {sources / BOUNDS} ; la première, {where} : "
            f"{printable(first['message'])} Corrigez-les.",
        )
    told = []
    for name in bounds["table"]:
        count = _rows(folder, str(name))
        if count is not None:
            counted = {str(name): pd.DataFrame(index=pd.RangeIndex(count))}
            failed = check_bounds(tables()[str(name)], counted, bounds)
            told += [f"{name} {count} ({expected})" for expected in failed["attendu"]]
    if told:
        yield Refusal(
            "table-hors-bornes",
            f"Le nombre de lignes n’est pas celui qu’attend {sources / BOUNDS} : {cut(told)}. Cherchez ce qui manque "
            "ou ce qui est en double ; si le nombre est juste, changez la borne.",
        )


def _rows(folder: ReleaseFolder, name: str) -> int | None:
    """How many rows the file of a table holds; nothing when it cannot be read, which verifying tells."""
    if name not in folder.resources:
        return 0
    try:
        return int(pq.read_metadata(folder.path / "parquet" / f"{name}.parquet").num_rows)
    except (OSError, pa.ArrowException):
        return None
