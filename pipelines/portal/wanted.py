"""A release → what it wants of a portal: the dataset, and its resources in the order in which readers meet them.

Belongs here: finding it in the folder of a release, as its own files tell it. Does not belong here: the sentences
(``words``), what the portal has, sending anything.

The same folder always gives the same values: no clock, no order of a directory, nothing of the machine.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from pipelines.portal import words
from pipelines.portal.addresses import is_example
from pipelines.portal.model import DOCUMENTATION, MAIN, OTHER, UPDATE, Wanted, WantedDataset, WantedResource
from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.quality import QUALITY
from pipelines.publish.description import DESCRIPTION_FILE, DatasetDescription, DescriptionError, load_description
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.folder import Json, NotAReleaseError, ReleaseFolder
from pipelines.publish.release import ISSUES, JOURNAL, SOURCES
from pipelines.publish.versions import DESCRIPTOR
from pipelines.text import slug
from schemas.declaration import Family
from schemas.registry import tables as declared_tables

SITE_KEY = "lien/site"
ARCHIVE_PREFIX = "archive/"
PARQUET = "parquet"
LEAST_OF_A_TAG, MOST_OF_A_TAG = 3, 96
MOST_OF_A_DESCRIPTION = 100_000
"""Characters, which the portal takes."""
_LONGEST_LINK = "x" * 200
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ"))


@dataclass(frozen=True)
class _Release:
    """A release, with what this module reads of it once."""

    folder: ReleaseFolder
    about: DatasetDescription
    tables: tuple[words.TableWords, ...]

    @property
    def version(self) -> str:
        return self.folder.version


def wanted(release: ReleaseFolder) -> Wanted:
    """What a release wants of a portal.

    Raises:
        NotAReleaseError: a file that the release should hold is not there, or what it says of itself cannot be read.
        DescriptionError: its description of the dataset does not hold (that of an older release may lack a key).
    """
    path = release.path / SOURCES / DESCRIPTION_FILE
    about = load_description(path)
    opened = _Release(release, about, _tables(release))
    resources = tuple(_resources(opened))
    files = tuple(one.key for one in resources if one.key in words.FILES)
    described = words.Description(about, opened.version, _date(release), opened.tables, files)
    _require_distinct(release, resources)
    if len(described({one.key: _LONGEST_LINK for one in resources})) > MOST_OF_A_DESCRIPTION:
        raise DescriptionError(path, ["clé « description » : trop longue pour le portail une fois les tables ajoutées"])
    tags = {_tag(word) for word in about.mots_cles}
    dataset = WantedDataset(
        key=about.nom,
        version=opened.version,
        title=about.titre,
        short=words.short(about.description),
        described=described,
        licence=about.licence.identifiant_portail,
        frequency=about.frequence,
        tags=tuple(sorted(tag for tag in tags if len(tag) >= LEAST_OF_A_TAG)),
        start=about.couverture_temporelle.debut,
        end=about.couverture_temporelle.fin,
        zones=about.couverture_spatiale_portail,
        contact_name=about.point_de_contact.nom,
        contact_form="" if is_example(about.point_de_contact.adresse) else about.point_de_contact.adresse,
    )
    remarks = tuple(_remarks(opened, dataset, resources))
    return Wanted(dataset, resources, ARCHIVE_PREFIX, remarks=remarks)


# --- Tables --------------------------------------------------------------------------------------------------------


def _tables(release: ReleaseFolder) -> tuple[words.TableWords, ...]:
    """The tables, flat ones first, each group in the order of the release."""
    families = _families(release)
    found = [_table(name, said, families.get(name) == Family.FLAT) for name, said in release.resources.items()]
    return tuple(sorted(found, key=lambda table: not table.flat))


def _table(name: str, said: Json, flat: bool) -> words.TableWords:
    parquet = [str(one["path"]) for one in said.get("autres_formats", []) if one.get("format") == PARQUET]
    if not parquet:
        raise NotAReleaseError(f"La table « {name} » n’a pas de fichier Parquet : la version n’est pas complète.")
    key = said["schema"].get("primaryKey", [])
    return words.TableWords(
        name=name,
        title=str(said.get("title") or name),
        description=str(said.get("description") or ""),
        rows=said.get("rows"),
        key=(key,) if isinstance(key, str) else tuple(key),
        flat=flat,
        csv=str(said["path"]),
        parquet=parquet[0],
    )


def _families(release: ReleaseFolder) -> dict[str, str]:
    """The part that each table plays, as the release says it; else as the declarations of today do."""
    found = {name: str(table.family) for name, table in declared_tables().items()}
    completeness = _quality(release).get("completude")
    if isinstance(completeness, dict):
        found |= {
            str(name): str(said["famille"])
            for name, said in completeness.items()
            if isinstance(said, dict) and "famille" in said
        }
    return found


def _quality(release: ReleaseFolder) -> dict[str, Any]:
    path = release.path / QUALITY
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError) as error:
        raise NotAReleaseError(f"{path} ne se lit pas ({error}).") from error
    return found if isinstance(found, dict) else {}


def _date(release: ReleaseFolder) -> dt.date:
    try:
        return dt.date.fromisoformat(str(release.descriptor.get("created"))[:10])
    except ValueError as error:
        raise NotAReleaseError(
            f"{release.path / DESCRIPTOR} ne dit pas la date de la version : il y faut « created »."
        ) from error


# --- Resources -----------------------------------------------------------------------------------------------------


def _resources(release: _Release) -> Iterator[WantedResource]:
    flat = [table for table in release.tables if table.flat]
    others = [table for table in release.tables if not table.flat]
    yield from (_csv(release, table) for table in flat)
    yield from _others(release, MAIN, WORKBOOK, ARCHIVE)
    yield from (_csv(release, table) for table in others)
    yield from (_file(release, table.parquet, MAIN, words.of_parquet(table)) for table in release.tables)
    yield from _others(release, DOCUMENTATION, DICTIONARY, DESCRIPTOR)
    base = release.about.adresse_de_base
    if not is_example(base):
        said = words.SITE
        yield WantedResource(SITE_KEY, said.title, said.description, DOCUMENTATION, url=f"{base}/", format="html")
    yield from _others(release, OTHER, QUALITY, ISSUES)
    yield from _others(release, UPDATE, JOURNAL)
    if _is_there(release, ARCHIVE):
        yield _archive(release)


def _csv(release: _Release, table: words.TableWords) -> WantedResource:
    schema = release.about.latest(f"schemas/{table.name}.json")
    return replace(_file(release, table.csv, MAIN, words.of_csv(table)), schema_url=schema)


def _others(release: _Release, kind: str, *names: str) -> Iterator[WantedResource]:
    for name in names:
        if _is_there(release, name):
            yield _file(release, name, kind, words.FILES[name])


def _archive(release: _Release) -> WantedResource:
    name = f"{PurePosixPath(ARCHIVE).stem}-{release.version}{PurePosixPath(ARCHIVE).suffix}"
    said = words.of_archive(release.version)
    found = _file(release, ARCHIVE, OTHER, said)
    return replace(found, key=f"{ARCHIVE_PREFIX}{release.version}", name=_portal_name(name))


def _file(release: _Release, path: str, kind: str, said: words.Said) -> WantedResource:
    """A file of the release, under its path there."""
    place = release.folder.path / path
    if not place.is_file() or not place.resolve().is_relative_to(release.folder.path.resolve()):
        raise NotAReleaseError(f"{path} manque dans {release.folder.path} : la version n’est pas complète.")
    return WantedResource(path, said.title, said.description, kind, _portal_name(PurePosixPath(path).name), place)


def _portal_name(name: str) -> str:
    """The name of a file as udata writes names: asked for so, it is given back the same."""
    stem, dot, extension = name.rpartition(".")
    return f"{slug(stem)}{dot}{extension.lower()}"


def _is_there(release: _Release, name: str) -> bool:
    """Whether the release has a file beside those of its tables; one that it declares and lacks is seen later."""
    declared = release.folder.descriptor.get("autres_fichiers", [])
    said = isinstance(declared, list) and any(isinstance(one, dict) and one.get("path") == name for one in declared)
    return said or (release.folder.path / name).is_file()


def _require_distinct(release: ReleaseFolder, resources: tuple[WantedResource, ...]) -> None:
    """Refuses a release of which two files would be taken for one on the portal."""
    names = [one.name for one in resources if one.path is not None]
    nameless = [name for name in names if name.startswith(".")]
    twice = sorted({*nameless, *_repeated(names), *_repeated([one.key for one in resources])})
    if twice:
        raise NotAReleaseError(
            f"{release.path} : des fichiers n’ont pas de nom qui les distingue sur le portail : {', '.join(twice)}."
        )


def _repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


# --- The dataset ---------------------------------------------------------------------------------------------------


def _tag(text: str) -> str:
    """A word as udata keeps it: without apostrophes, in lower case, its parts joined by hyphens."""
    return slug(text.translate(_APOSTROPHES), MOST_OF_A_TAG)


def _remarks(release: _Release, dataset: WantedDataset, resources: tuple[WantedResource, ...]) -> Iterator[str]:
    about, keys = release.about, {one.key for one in resources}
    where = f"{SOURCES}/{DESCRIPTION_FILE}"
    if is_example(about.adresse_de_base):
        yield (
            f"L’adresse de base est un exemple ({about.adresse_de_base}) : les liens vers les schémas ne mènent nulle "
            "part et le site de téléchargement n’est pas cité. "
            f"Réglez « adresse_de_base » dans {where}."
        )
    if not dataset.contact_form:
        yield (
            "Le point de contact n’a pas d’adresse : le jeu de données n’aura pas de contact sur le portail. "
            f"Donnez une page de contact à « point_de_contact.adresse » dans {where}."
        )
    if dataset.short not in words.one_line(about.description):
        yield (
            f"La première phrase de « description » dépasse {words.MOST_SHORT} caractères : la description courte est "
            f"abrégée. Raccourcissez cette phrase dans {where}."
        )
    too_short = [word for word in about.mots_cles if len(_tag(word)) < LEAST_OF_A_TAG]
    if too_short:
        yield f"Mots-clés que le portail refuse, laissés de côté : {', '.join(too_short)}."
    lacking = [name for name in words.FILES if name not in keys]
    if lacking:
        yield f"Fichiers absents de cette version, donc du portail : {', '.join(lacking)}."
