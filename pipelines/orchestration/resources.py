"""Where a run reads and writes, and the release's date: the only settings of a run.

Belongs here: run configuration. Does not belong here: any default that depends on a clock at import.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.orchestration.caching import cache_folder
from pipelines.publish.versions import Release
from pipelines.sheets.inventory import SUFFIXES
from pipelines.storage.mirror import follow
from pipelines.storage.places import Place, is_address, open_place
from pipelines.storage.releases import Pointer, bring
from pipelines.storage.releases import send as send_release
from pipelines.storage.releases import send_report as send_one_report
from pipelines.storage.site import bring_releases, send_site

PARIS = ZoneInfo("Europe/Paris")
PROJECT = Path(__file__).resolve().parents[2]
SOURCES_VARIABLE, OUTPUTS_VARIABLE = "CONTRATS_SOURCES", "CONTRATS_OUTPUTS"


class Run(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The settings of a run; the form of the UI is filled in with these defaults."""

    sources: str = Field(
        default=os.environ.get(SOURCES_VARIABLE) or "sources",
        description="Dossier des feuilles, relatif au projet ou absolu, ou s3://seau/préfixe.",
    )
    outputs: str = Field(
        default=os.environ.get(OUTPUTS_VARIABLE) or "outputs",
        description="Dossier des versions, relatif au projet ou absolu, ou s3://seau/préfixe.",
    )
    partial: bool = Field(
        default=False,
        description="Publier malgré des lignes refusées : elles sont mises en quarantaine avec ce qui en dépend ; "
        "un classeur illisible est repris de la version précédente.",
    )
    trial: bool = Field(
        default=False,
        description="Publication d’essai : marquée comme telle, jamais envoyée au portail.",
    )
    formats: str = Field(
        default="",
        description="Formats de la version, par exemple csv,parquet ; vide : ceux de jeu_de_donnees.toml.",
    )
    publish: bool = Field(
        default=True, description="Publier une version ; sinon tout est contrôlé, et rien n’est publié."
    )
    date: str = Field(default="", description="Date de la version, AAAA-MM-JJ ; vide : le jour de l’exécution à Paris.")

    _pointer: Pointer | None = PrivateAttr(default=None)

    @property
    def sources_folder(self) -> Path:
        """The folder of sheets; for an address, a folder of this machine that follows it, as it is now.

        Raises:
            StorageError: the store refuses.
        """
        if not is_address(self.sources):
            return PROJECT / self.sources
        place = open_place(self.sources)
        return follow(place, work_folder("feuilles", place), _of_sheets)

    @property
    def outputs_folder(self) -> Path:
        """The folder of releases; for an address, one of this machine that holds what a build needs of them.

        Raises:
            StorageError: the store refuses.
            OutputsBusy: a build of this machine is at work there.
        """
        if is_address(self.outputs):
            self._pointer = bring(open_place(self.outputs), self.outputs_here)
        return self.outputs_here

    @property
    def outputs_here(self) -> Path:
        """The same folder as it is: nothing is asked of a store."""
        if is_address(self.outputs):
            return work_folder("versions", open_place(self.outputs))
        return PROJECT / self.outputs

    def send(self, release: Release) -> None:
        """Takes a new release where outputs are, when that is not a folder; `outputs_folder` was asked for before.

        Raises:
            StorageError: the store refuses.
            OutputsBusy: another publication came first.
        """
        if is_address(self.outputs) and release.new and self._pointer is not None:
            send_release(open_place(self.outputs), release, self._pointer)

    def send_report(self, path: Path, name: str) -> None:
        """Takes a report there too."""
        if is_address(self.outputs):
            send_one_report(open_place(self.outputs), path, name)

    def bring_releases(self) -> None:
        """Makes the folder of releases hold them all whole, as a site needs; `outputs_folder` was asked for before.

        Raises:
            StorageError: the store refuses.
        """
        if is_address(self.outputs):
            bring_releases(open_place(self.outputs), self.outputs_here)

    def send_site(self, site: Path) -> None:
        """Takes the site where outputs are, when that is not a folder.

        Raises:
            StorageError: the store refuses.
        """
        if is_address(self.outputs):
            send_site(open_place(self.outputs), site)

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


def work_folder(what: str, place: Place) -> Path:
    """The folder of this machine that stands for one of a store."""
    return (cache_folder() or PROJECT / ".dagster" / "cache") / what / place.key


def _of_sheets(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in SUFFIXES
