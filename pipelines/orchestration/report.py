"""The report of a run: ``outputs/rapports/<release date>.html``, written by the checks whether they pass or not.

Belongs here: where the report is, and what a run knows of the files it read. Does not belong here: the page itself
(``curation.report``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipelines.curation.issues import IssueLog
from pipelines.curation.kinds_files import KINDS as KINDS_OF_FILES
from pipelines.curation.report import render
from pipelines.publish.errors import as_outputs_error

REPORTS = "rapports"
METADATA = "rapport"


def report_path(outputs: Path, date: dt.date) -> Path:
    """Where the report of the runs of a date is; the last run of the date has the last word."""
    return outputs / REPORTS / f"{date.isoformat()}.html"


def write_report(
    outputs: Path, date: dt.date, issues: pd.DataFrame, failures: Iterable[pd.DataFrame], provenance: pd.DataFrame
) -> Path:
    """Writes the report of a run, whole or not at all; the issues of the sheets and those of published tables.

    Raises:
        OutputsError: the folder cannot be written.
    """
    log = IssueLog.of(issues)
    for failed in failures:
        log.extend(IssueLog.of(failed))
    whole = log.frame()
    path = report_path(outputs, date)
    title = f"Contrôle des feuilles du {date.day:02}/{date.month:02}/{date.year}"
    page = render(whole, files_read(provenance, whole), title=title)
    aside = path.with_suffix(".en-cours")
    with as_outputs_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_text(page, encoding="utf-8")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
    return path


def files_read(provenance: pd.DataFrame, issues: pd.DataFrame) -> pd.DataFrame:
    """The files (``file``, ``rows``) of a run: each row was published, or has an issue."""
    published = provenance[["fichier", "feuille", "ligne"]].set_axis(["file", "sheet", "row"], axis="columns")
    told = issues.loc[issues["file"] != "", ["file", "sheet", "row", "code"]]
    # An issue of a file or of a header is not that of a row.
    told = told.assign(row=told["row"].mask(told["code"].isin(list(KINDS_OF_FILES)), 0)).drop(columns="code")
    places = pd.concat([published.astype({"row": "int64"}), told], ignore_index=True).drop_duplicates()
    return (places["row"] > 0).groupby(places["file"]).sum().rename("rows").reset_index()
