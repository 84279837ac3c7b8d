"""Small publications for the tests of the portal: a release of six resources, and the next one.

Belongs here: what is wanted of a portal, a client whose waits take no time, what a portal is found to hold. Does not
belong here: how the portal fails (``front``), how ``Wanted`` is found in a real release.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.portal.applying import Publication
from pipelines.portal.client import Client, Patience
from pipelines.portal.drift import compare
from pipelines.portal.held import Owner
from pipelines.portal.model import (
    DATASET_KEY,
    DOCUMENTATION,
    MAIN,
    OTHER,
    RESOURCE_KEY,
    UPDATE,
    VERSION,
    Wanted,
    WantedDataset,
    WantedResource,
)
from pipelines.portal.portals import Portal
from tests.udata import Udata

PART, WHOLE = 1_500, 2_000
"""Sizes of parts, and of files sent whole, with which the archive of these releases takes two parts."""
FIRST, NEXT = "2026-11-26", "2026-12-03"
_SCHEMA = "https://schemas.exemple.fr/contrats/{}.json"


@dataclass
class Clock:
    """A clock that only waits move: no test waits."""

    waits: list[float] = field(default_factory=list)
    _start: float = field(default_factory=time.time)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def now(self) -> float:
        return self._start + sum(self.waits)


def publication(
    udata: Udata,
    wanted: Wanted,
    url: str = "",
    *,
    key: str | None = None,
    clock: Clock | None = None,
    patience: Patience | None = None,
) -> Publication:
    """A publication to the portal of the tests, or to what stands before it at ``url``; a new one is a new command."""
    clock = clock or Clock()
    client = Client(
        Portal(url or udata.url, production=False),
        udata.key if key is None else key,
        patience or Patience(connect=5, answer=20),
        clock.sleep,
        clock.now,
        clock.now,
    )
    return Publication(client, Owner("organization", udata.organisation, "Organisme des tests"), wanted)


def first(folder: Path, key: str = "essai") -> Wanted:
    """A release: a table twice, a documentation, the journal, an address elsewhere, an archive in parts."""
    resources = (
        _sent(folder, "csv/actions.csv", b"action,axe\na1,offre\n", "Actions - CSV"),
        _sent(folder, "parquet/actions.parquet", b"PAR1\x00\x01PAR1", "Actions - Parquet"),
        _sent(folder, "dictionnaire.md", b"# Dictionnaire\n", "Dictionnaire", DOCUMENTATION),
        _sent(folder, "journal.md", b"# Version 1\n", "Ce qui a change", UPDATE),
        WantedResource(
            "site", "Le site", "Les pages du jeu.", OTHER, url="https://exemple.fr/contrats/", format="html"
        ),
        _archive(folder, FIRST),
    )
    dataset = WantedDataset(
        key=key,
        version=FIRST,
        title=f"Contrats de destination ({key})",
        short="Les contrats de destination.",
        described=_described,
        licence="lov2",
        frequency="annual",
        tags=("contrat-de-destination", "tourisme"),
        start=dt.date(2011, 12, 1),
        end=dt.date(2022, 12, 31),
        zones=("country:fr",),
        contact_name="Les contrats",
        contact_form="https://exemple.fr/contact/",
    )
    return Wanted(dataset, resources)


def following(folder: Path, key: str = "essai") -> Wanted:
    """The next release: a file changed, one new, one gone, an address and a title changed, in another order."""
    was = {each.key: each for each in first(folder, key).resources}
    resources = (
        _sent(folder, "csv/outils.csv", b"outil\nguide\n", "Outils - CSV"),
        _sent(folder, "csv/actions.csv", b"action,axe\na1,offre\na2,promotion\n", "Actions - CSV"),
        replace(was["dictionnaire.md"], title="Dictionnaire des colonnes"),
        _sent(folder, "journal.md", b"# Version 2\n", "Ce qui a change", UPDATE),
        replace(was["site"], url="https://exemple.fr/contrats/nouveau/"),
        _archive(folder, NEXT),
    )
    dataset = replace(
        first(folder, key).dataset,
        version=NEXT,
        short="Les contrats de destination, et leurs outils.",
        tags=("contrat-de-destination", "outils", "tourisme"),
        end=dt.date(2023, 12, 31),
    )
    return Wanted(dataset, resources)


def shown(udata: Udata, key: str = "essai") -> dict[str, Any]:
    """The dataset of this key as the portal's administrator sees it, which has to be the only one."""
    (found,) = datasets(udata, key)
    return udata.dataset(found["id"])


def datasets(udata: Udata, key: str = "essai") -> list[dict[str, Any]]:
    """Those of this key; none before the first publication."""
    return [one for one in udata.datasets() if (one.get("extras") or {}).get(DATASET_KEY) == key]


def links(dataset: Mapping[str, Any]) -> dict[str, str]:
    """The permanent addresses of the resources, by our key."""
    found = {each["extras"][RESOURCE_KEY]: each["latest"] for each in dataset["resources"]}
    assert len(found) == len(dataset["resources"]), "no key twice"
    return found


def assert_shown(udata: Udata, wanted: Wanted, archives: tuple[str, ...] = ()) -> dict[str, Any]:
    """The portal holds exactly what is wanted, and the archives of before: once, in order, for everybody to see."""
    key = wanted.dataset.key
    dataset = shown(udata, key)
    asked = [each.key for each in wanted.resources] + [f"archive/{version}" for version in archives]
    assert [each["extras"].get(RESOURCE_KEY) for each in dataset["resources"]] == asked
    assert dataset["extras"][VERSION] == wanted.dataset.version
    assert not dataset["private"]
    found = compare(publication(udata, wanted))
    assert found.drifts == ()
    assert found.beside == tuple(f"archive/{version}" for version in archives)
    assert found.files == sum(each.path is not None for each in wanted.resources)
    return dataset


def _sent(folder: Path, key: str, content: bytes, title: str, kind: str = MAIN) -> WantedResource:
    # Each content is a file of its own: the same file is not read twice.
    path = folder / f"{len(content)}" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(content)
    schema = _SCHEMA.format(path.stem) if kind == MAIN and path.suffix == ".csv" else ""
    return WantedResource(key, title, f"Le fichier {key}.", kind, path.name, path, schema_url=schema)


def _archive(folder: Path, version: str) -> WantedResource:
    content = b"PK\x05\x06" + version.encode() * 250
    made = _sent(folder, f"archive/contrats-{version}.zip", content, f"Version {version}", OTHER)
    return replace(made, key=f"archive/{version}")


def _described(found: Mapping[str, str]) -> str:
    names = ("csv/actions.csv", "csv/outils.csv", "journal.md")
    lines = [f"- [{name}]({found[name]})" if name in found else f"- {name}" for name in names]
    return "\n".join(
        ["Les contrats de destination lient l’État et des collectivités autour d’une destination.", *lines]
    )
