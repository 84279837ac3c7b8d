"""The job without its edges: a folder of sources → checked tables and issues. Nothing is written.

Belongs here: the order read → parse → normalise → check, for the command line, the tests and the assets alike.
Does not belong here: files of a release, Dagster.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.curation.gather import Sources, read_sources
from pipelines.curation.issues import IssueLog, errors, place
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.normalise.build import Normalised, normalise
from pipelines.normalise.checks import check_table
from schemas.registry import tables


@dataclass(frozen=True)
class Outcome:
    """What a run of the job gives: the tables, what is wrong, and what was read."""

    tables: dict[str, pd.DataFrame]
    vocabularies: Vocabularies
    issues: pd.DataFrame
    files: pd.DataFrame

    @property
    def refused(self) -> bool:
        """Whether an error refuses the release."""
        return len(errors(self.issues)) > 0


def parse_all(sources: Sources, log: IssueLog) -> tuple[dict[str, Typed], Vocabularies]:
    """Types every sheet."""
    vocabularies = Vocabularies.read(sources.sheets["nomenclatures"])
    return {name: parse(gathered, vocabularies, log) for name, gathered in sources.sheets.items()}, vocabularies


def report_failures(failed: pd.DataFrame, provenance: pd.DataFrame, log: IssueLog) -> None:
    """Turns the failures of published tables into issues, at the sheet's row where the published row was typed."""
    first = provenance.drop_duplicates(["table_code", "ligne_id"]).set_index(["table_code", "ligne_id"])
    for failure in failed.itertuples(index=False):
        where = first.loc[(failure.table, failure.ligne_id)] if (failure.table, failure.ligne_id) in first.index else None
        log.add(
            str(failure.code),
            place(
                str(where["fichier"]) if where is not None else "",
                str(where["feuille"]) if where is not None else str(failure.table),
                row=int(where["ligne"]) if where is not None else 0,
                column=str(failure.colonne),
                value=str(failure.valeur),
            ),
            expected=str(failure.attendu),
        )


def build_tables(root: Path) -> Outcome:
    """The whole job on a folder of sources."""
    sources = read_sources(root)
    log = sources.issues
    sheets, vocabularies = parse_all(sources, log)
    built: Normalised = normalise(sheets, vocabularies, log)
    for table in tables().values():
        report_failures(check_table(table, built.tables, vocabularies.codes), built.tables["provenance"], log)
    return Outcome(built.tables, vocabularies, log.frame(), sources.files)
