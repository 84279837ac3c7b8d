"""Where a run reads and writes, and the release's date: the only settings of a run.

Belongs here: run configuration. Does not belong here: any default that depends on a clock at import.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field, PrivateAttr

PARIS = ZoneInfo("Europe/Paris")
PROJECT = Path(__file__).resolve().parents[2]
SOURCES_VARIABLE, OUTPUTS_VARIABLE = "CONTRATS_SOURCES", "CONTRATS_OUTPUTS"


class Run(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The settings of a run; the form of the UI is filled in with these defaults."""

    sources: str = Field(
        default=os.environ.get(SOURCES_VARIABLE) or "sources",
        description="Dossier des feuilles, relatif au projet ou absolu.",
    )
    outputs: str = Field(
        default=os.environ.get(OUTPUTS_VARIABLE) or "outputs",
        description="Dossier des versions, relatif au projet ou absolu.",
    )
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

    _created: dt.datetime | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Remembers when the run was created: all its steps, on whatever machine and day, have one date."""
        if context.run is not None and context.instance is not None:
            record = context.instance.get_run_record_by_id(context.run.run_id)
            self._created = None if record is None else record.create_timestamp

    @property
    def release_date(self) -> dt.date:
        """The release's date, the only clock that enters a release."""
        if self.date:
            return dt.date.fromisoformat(self.date)
        return (self._created or dt.datetime.now(PARIS)).astimezone(PARIS).date()
