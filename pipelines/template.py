"""The workbook given to a curator: blank, or filled with what is known of a contract.

Belongs here: where its lists and its rows come from. Does not belong here: how rows are found back in the tables
(``normalise.unbuild``), how a workbook is written (``sheets``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.curation.issues import nearest, suggestion
from pipelines.curation.units import NATIONAL as NATIONAL_WORKBOOK
from pipelines.curation.units import REFERENCES_FOLDER
from pipelines.sheets.files import read_grids
from pipelines.sheets.labels import label
from pipelines.text import clean
from schemas.registry import sheets

TERMS = "nomenclatures"
SUFFIXES = (".xlsx", ".ods")


class UnknownContractError(Exception):
    """No contract of the sources bears this identifier; the reason is in French, for the person who typed it."""


class RefusedSourcesError(Exception):
    """The sources hold errors, so that what is known is not known whole; ``issues`` says which."""

    def __init__(self, issues: pd.DataFrame) -> None:
        super().__init__("the sources are refused")
        self.issues = issues


def write_template(path: Path, sources: Path, contract: str = "") -> int:
    """Writes a blank workbook, or one filled with what the sources say of ``contract`` (``national`` too).

    Returns how many rows were filled. The example rows stand in a blank workbook only.

    Raises:
        UnknownContractError: no such contract.
        RefusedSourcesError: an error refuses the sources.
        OSError: the lists cannot be read, or the file cannot be written.
    """
    rows = _known(sources, contract) if contract else {}
    if path.suffix.lower() == ".ods":
        from pipelines.sheets.ods import write_ods as write
    else:
        from pipelines.sheets.workbook import write_workbook as write
    write(path, rows, read_terms(sources), national=contract == NATIONAL_WORKBOOK, examples=not contract)
    return sum(len(frame) for frame in rows.values())


def read_terms(sources: Path) -> dict[str, list[tuple[str, str]]]:
    """The (code, label) pairs of each vocabulary, in the order in which they are typed."""
    grid = read_grids(sources / REFERENCES_FOLDER / f"{TERMS}.csv")[0]
    rows = label(grid, sheets()[TERMS]).rows
    if rows is None:
        return {}
    text = rows.text.map(clean)
    return {
        str(name): list(zip(terms["Code"], terms["Libellé"], strict=True))
        for name, terms in text.groupby("Nomenclature", sort=False)
    }


def _known(sources: Path, contract: str) -> dict[str, pd.DataFrame]:
    from pipelines.job import run
    from pipelines.normalise.unbuild import NATIONAL, of_workbook, unbuild

    outcome = run(sources)
    if outcome.refused:
        raise RefusedSourcesError(outcome.issues)
    contracts = outcome.tables["contrats"]["contrat_id"].tolist()
    if contract not in (NATIONAL_WORKBOOK, *contracts):
        near = suggestion(nearest(contract, contracts))
        blank = "Sans --contrat : un modèle vierge."
        raise UnknownContractError(f"Aucun contrat ne s’appelle « {contract} ».{near} {blank}")
    return of_workbook(unbuild(outcome.tables), NATIONAL if contract == NATIONAL_WORKBOOK else contract)
