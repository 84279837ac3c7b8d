"""Where a run reads and writes, and the release's date: the only settings of a run.

Belongs here: run configuration. Does not belong here: any default that depends on a clock at import.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field

PARIS = ZoneInfo("Europe/Paris")
PROJECT = Path(__file__).resolve().parents[2]


class Run(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The settings of a run; the form of the UI is filled in with these defaults."""

    sources: str = Field(default="sources", description="Dossier des feuilles, relatif au projet ou absolu.")
    outputs: str = Field(default="outputs", description="Dossier des versions, relatif au projet ou absolu.")
    partial: bool = Field(
        default=False,
        description="Publier malgré des lignes refusées : elles sont mises en quarantaine avec ce qui en dépend ; "
        "un classeur illisible est repris de la version précédente.",
    )
    date: str = Field(default="", description="Date de la version, AAAA-MM-JJ ; vide : le jour de l’exécution à Paris.")

    @property
    def sources_folder(self) -> Path:
        """The folder of sheets."""
        return PROJECT / self.sources

    @property
    def outputs_folder(self) -> Path:
        """The folder of releases."""
        return PROJECT / self.outputs

    @property
    def release_date(self) -> dt.date:
        """The release's date, the only clock that enters a release."""
        return dt.date.fromisoformat(self.date) if self.date else dt.datetime.now(PARIS).date()
