"""Adds newly minted identifiers to the registry, when asked: the one place that writes into ``sources/``.

Belongs here: the file ``sources/referentiels/identifiants.csv``. Does not belong here: minting (``identity``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.curation.gather import read_sources
from pipelines.curation.issues import errors
from pipelines.curation.parse import Vocabularies
from pipelines.curation.units import REFERENCES_FOLDER
from pipelines.normalise.build import new_identifiers
from pipelines.normalise.intake import intake
from schemas.registry import sheets

REGISTRY = "identifiants"


def register(root: Path) -> tuple[int, pd.DataFrame]:
    """Adds to the registry every identifier that it does not hold yet.

    Returns how many were added, and the issues; with an error among the issues nothing is written. The file is
    replaced whole, sorted by table and identifier.
    """
    sources = read_sources(root)
    typed = intake(sources)
    log = sources.issues
    fresh = new_identifiers(typed, Vocabularies.read(typed["nomenclatures"].source), log)
    issues = log.frame()
    if len(errors(issues)) or fresh.empty:
        return 0, issues
    columns = {item.label: item.column.name for item in sheets()[REGISTRY].fields}  # type: ignore[attr-defined]
    held = typed[REGISTRY].frame.rename(columns={name: label for label, name in columns.items()})
    added = fresh.rename(columns={name: label for label, name in columns.items()})
    whole = pd.concat([held, added], ignore_index=True)[list(columns)].sort_values(
        ["Table", "Identifiant"], kind="stable"
    )
    path = root / REFERENCES_FOLDER / f"{REGISTRY}.csv"
    aside = path.with_suffix(".csv.en-cours")
    whole.to_csv(aside, index=False, lineterminator="\n", encoding="utf-8")
    aside.replace(path)
    return len(fresh), issues
