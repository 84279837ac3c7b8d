"""What the pages show: the releases of a folder of outputs, and the last of them with its tables.

Belongs here: reading releases as their own files tell them, never through the declarations of today. Does not belong
here: any page.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from pipelines.publish.description import DESCRIPTION_FILE, DescriptionError, load_description
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.formats import XLSX
from pipelines.publish.versions import SUMS, WITHDRAWN, Versions, read_versions
from pipelines.site.tables import ReleaseTables, SiteTables
from pipelines.site.workbooks import blank_workbooks
from schemas.declaration import Bilingual, Family

if TYPE_CHECKING:
    from pipelines.site.facts import Facts

Json = dict[str, Any]
Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

ISSUES = "issues.csv"
JOURNAL = "journal.md"
QUALITY = "qualite.json"
DIFF = "diff.json"


class NoReleaseError(Exception):
    """There is no release to show; the reason is in French."""


@dataclass(frozen=True)
class Dataset:
    """What the dataset says of itself, in its last release. ``address`` is where the site is served, without final /.

    ``publisher`` and ``licence`` are (name, address); an address may be empty.
    """

    name: str
    title: Bilingual
    description: Bilingual
    address: str
    publisher: tuple[str, str]
    licence: tuple[str, str]
    licence_code: str
    contact: tuple[str, str]


@dataclass(frozen=True)
class File:
    """A file of a release: its path in the release, its size in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class ReleaseEntry:
    """One release of the list. ``rows`` gives the number of rows of each of its tables."""

    version: str
    date: dt.date
    folder: Path
    descriptor: Json = field(repr=False)
    last: bool

    @cached_property
    def rows(self) -> dict[str, int]:
        """The number of rows of each table, in order."""
        return {str(one["name"]): int(one.get("rows", 0)) for one in self.descriptor["resources"]}

    @cached_property
    def files(self) -> tuple[File, ...]:
        """Every file that the release declares, and its own list of checksums last."""
        return tuple(_files(self.descriptor, self.folder))

    @cached_property
    def journal(self) -> str:
        """``journal.md``, empty when the release has none."""
        return _text(self.folder / JOURNAL)

    @cached_property
    def diff(self) -> Json:
        """``diff.json``, empty when the release has none."""
        return _json(self.folder / DIFF)


@dataclass(frozen=True)
class Release:
    """The last release: its tables by name, in published order, and what it says of itself."""

    version: str
    folder: Path
    descriptor: Json = field(repr=False)
    tables: SiteTables = field(repr=False)
    quality: Json = field(repr=False)
    journal: str = field(repr=False)
    diff: Json = field(repr=False)
    issues: pd.DataFrame = field(repr=False)

    @cached_property
    def resources(self) -> dict[str, Json]:
        """The tables, name → description in the descriptor, in order."""
        return {str(one["name"]): one for one in self.descriptor["resources"]}

    @cached_property
    def with_workbooks(self) -> bool:
        """Whether its tables are workbooks too."""
        others = [other for one in self.descriptor.get("resources", []) for other in one.get("autres_formats", [])]
        return any(other.get("format") == XLSX for other in others)

    def family(self, table: str) -> str:
        """The part that a table plays, as `schemas.declaration.Family` names it."""
        return str(self.quality.get("completude", {}).get(table, {}).get("famille", Family.FACT))

    @cached_property
    def facts(self) -> Facts:
        """Its rows in words, read once for all the pages."""
        from pipelines.site.facts import Facts

        return Facts(self)

    @cached_property
    def templates(self) -> dict[str, bytes]:
        """The blank workbooks, made from the lists that the release carries: name → content."""
        return blank_workbooks(self.folder / "sources")

    @cached_property
    def vocabularies(self) -> dict[str, dict[str, Bilingual]]:
        """The labels of the codes of every vocabulary; a code without English label keeps the French one."""
        return _vocabularies(self.tables.get("nomenclatures"))


@dataclass(frozen=True)
class SiteData:
    """Everything that pages are made of. ``releases`` in the order in which they were made; ``withdrawn`` by name."""

    versions: Versions
    last: Release
    releases: tuple[ReleaseEntry, ...]
    dataset: Dataset
    withdrawn: tuple[str, ...] = ()

    @property
    def current(self) -> ReleaseEntry:
        """The last release, as the list holds it."""
        return next(entry for entry in self.releases if entry.last)

    @property
    def outputs(self) -> Path:
        """The folder of outputs that holds the releases."""
        return self.current.folder.parents[1]


def read_site(outputs: Path) -> SiteData:
    """Reads what the releases of a folder of outputs say of themselves; tables are read as pages ask for them.

    Raises:
        NoReleaseError: there is none.
        NotAReleaseError: one of them cannot be read.
    """
    versions = read_versions(outputs)
    if versions.latest is None:
        raise NoReleaseError(f"{outputs} ne contient aucune version : publiez-en une d’abord.")
    entries = tuple(
        ReleaseEntry(
            each.version,
            each.date,
            each.path,
            ReleaseFolder.open(each.path).descriptor,
            last=each.version == versions.latest,
        )
        for each in versions.releases
    )
    current = next(entry for entry in entries if entry.last)
    withdrawn = sorted(path.name for path in (outputs / WITHDRAWN).glob("*") if (path / SUMS).is_file())
    gone = tuple(name for name in withdrawn if name not in {entry.version for entry in entries})
    return SiteData(versions, read_release(current), entries, read_dataset(current.descriptor, current.folder), gone)


def read_release(entry: ReleaseEntry) -> Release:
    """Opens the tables of a release, and reads what it says of itself."""
    opened = ReleaseFolder.open(entry.folder)
    return Release(
        version=entry.version,
        folder=entry.folder,
        descriptor=entry.descriptor,
        tables=ReleaseTables(opened),
        quality=_json(entry.folder / QUALITY),
        journal=entry.journal,
        diff=entry.diff,
        issues=_issues(entry.folder / ISSUES),
    )


def read_dataset(descriptor: Json, folder: Path) -> Dataset:
    """What the dataset says of itself in a release."""
    publisher = _body(descriptor, "publisher")
    return Dataset(
        name=str(descriptor["name"]),
        title=Bilingual(str(descriptor["title"]), str(descriptor["titre_en"])),
        description=Bilingual(str(descriptor["description"]), str(descriptor["description_en"])),
        address=str(descriptor["homepage"]).rstrip("/"),
        publisher=publisher,
        licence=(str(descriptor["licenses"][0]["title"]), str(descriptor["licenses"][0]["path"])),
        licence_code=str(descriptor["licenses"][0]["name"]),
        contact=_contact(folder) or publisher,
    )


def _body(descriptor: Json, role: str) -> tuple[str, str]:
    found = next(each for each in descriptor["contributors"] if each["role"] == role)
    return str(found["title"]), str(found.get("path", ""))


def _contact(folder: Path) -> tuple[str, str] | None:
    """Whom to write to, as the sources that the release carries say it."""
    try:
        contact = load_description(folder / "sources" / DESCRIPTION_FILE).point_de_contact
    except DescriptionError:
        return None
    return contact.nom, contact.adresse


def _issues(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=["code", "severity", "file", "sheet", "cell", "message", "advice"], dtype="str")
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _vocabularies(terms: pd.DataFrame | None) -> dict[str, dict[str, Bilingual]]:
    if terms is None or not {"nomenclature", "code", "libelle"} <= set(terms.columns):
        return {}
    english = terms["libelle_en"].fillna(terms["libelle"]) if "libelle_en" in terms else terms["libelle"]
    found: dict[str, dict[str, Bilingual]] = {}
    for name, code, label, label_en in zip(
        terms["nomenclature"], terms["code"], terms["libelle"], english, strict=True
    ):
        found.setdefault(name, {})[code] = Bilingual(label, label_en)
    return found


def _files(descriptor: Json, folder: Path) -> list[File]:
    declared = [
        file for resource in descriptor["resources"] for file in (resource, *resource.get("autres_formats", []))
    ]
    found = [
        File(str(file["path"]), int(file["bytes"]), str(file["hash"]).removeprefix("sha256:"))
        for file in (*descriptor.get("autres_fichiers", []), *declared)
        if "bytes" in file and "hash" in file
    ]
    return [file for file in found if (folder / file.path).is_file()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _json(path: Path) -> Json:
    try:
        found = json.loads(_text(path) or "{}")
    except ValueError as error:
        raise NotAReleaseError(f"{path} ne se lit pas ({error}).") from error
    return found if isinstance(found, dict) else {}
