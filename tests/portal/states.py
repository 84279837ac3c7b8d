"""What a portal may hold and what a release may want, by hand: for the tests that need no portal.

Belongs here: values as the real udata writes them, one field away from each other. Does not belong here: a server.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.portal.client import Client
from pipelines.portal.held import HeldDataset, HeldResource
from pipelines.portal.model import DATASET_KEY, MAIN, RESOURCE_KEY, VERSION, Wanted, WantedDataset, WantedResource
from pipelines.portal.portals import portal_at

Json = dict[str, Any]
CLIENT = Client(portal_at("demo"), "")  # asked nothing: it only says what an answer lacks
NOW_SHOWN = "2026-11-26"
EXTENSIONS = frozenset({"csv", "json", "zip"})


def described(links: Mapping[str, str]) -> str:
    """A description that names every resource, with its link when it has one."""
    return "Les contrats de destination.\n" + "\n".join(f"- {key} {links[key]}" for key in sorted(links))


def dataset(**other: Any) -> WantedDataset:  # noqa: ANN401  (any field)
    said: dict[str, Any] = {
        "key": "contrats",
        "version": NOW_SHOWN,
        "title": "Contrats de destination",
        "short": "Des contrats",
        "described": described,
        "licence": "lov2",
        "frequency": "annual",
        "tags": ("tourisme", "contrats-de-destination"),
        "start": dt.date(2014, 1, 1),
        "end": dt.date(2020, 12, 31),
        "zones": ("country:fr",),
        "contact_name": "",
        "contact_form": "",
    }
    return WantedDataset(**(said | other))


def release(*resources: WantedResource, kept: int = 12, remarks: tuple[str, ...] = (), **other: Any) -> Wanted:  # noqa: ANN401
    return Wanted(dataset(**other), resources, archives_kept=kept, remarks=remarks)


def file(folder: Path, key: str = "csv/contrats.csv", content: bytes = b"a,b\n", **other: str) -> WantedResource:
    """A file to send, written in a folder under its content's digest."""
    path = folder / hashlib.sha1(content).hexdigest()  # noqa: S324  (udata's digest)
    if not path.exists():
        path.write_bytes(content)
    said: dict[str, Any] = {
        "title": "Contrats",
        "description": "Un par ligne",
        "type": MAIN,
        "name": key.rpartition("/")[2],
    }
    return WantedResource(key, path=path, **(said | other))


def remote(key: str = "lien/site", url: str = "https://exemple.fr/", **other: str) -> WantedResource:
    said: dict[str, Any] = {"title": "Le site", "description": "Tout voir", "type": MAIN, "format": "html"}
    return WantedResource(key, url=url, **(said | other))


def resource(wanted: WantedResource, ident: str = "", **other: Any) -> Json:  # noqa: ANN401
    """A resource of the portal, as it is once published; ``other``: what is otherwise."""
    ident = ident or f"id-{wanted.key}"
    raw: Json = {
        "id": ident,
        "latest": f"https://portail.exemple.fr/api/1/datasets/r/{ident}",
        "title": wanted.title,
        "description": wanted.description,
        "type": wanted.type,
        "schema": {"name": None, "url": wanted.schema_url, "version": None} if wanted.schema_url else None,
        "extras": {RESOURCE_KEY: wanted.key},
        "created_at": "2026-11-26T10:00:00+00:00",
    }
    if wanted.path is not None:
        raw |= {
            "filetype": "file",
            "url": f"https://static.exemple.fr/resources/contrats/20261126-100000/{wanted.name}",
            "format": wanted.name.rpartition(".")[2],
            "checksum": {"type": "sha1", "value": hashlib.sha1(wanted.path.read_bytes()).hexdigest()},  # noqa: S324
        }
    else:
        raw |= {"filetype": "remote", "url": wanted.url, "format": wanted.format, "checksum": None}
    return raw | other


def foreign(ident: str = "leur", **other: Any) -> Json:  # noqa: ANN401
    """A resource that somebody added on the portal."""
    wanted = WantedResource("", "Une carte", "", MAIN, url="https://ailleurs.exemple.fr/carte", format="html")
    return resource(wanted, ident, extras={}, **other)


def portal(wanted: Wanted, resources: Iterable[Json], **other: Any) -> HeldDataset:  # noqa: ANN401
    """A portal that shows what is wanted, with these resources; ``other``: what is otherwise of the dataset."""
    there = tuple(HeldResource.of(CLIENT, raw) for raw in resources)
    asked = wanted.dataset
    raw: Json = {
        "id": "jeu",
        "title": asked.title,
        "description": asked.described({one.key: one.link for one in there if one.key}),
        "description_short": asked.short,
        "license": asked.licence,
        "frequency": asked.frequency,
        "tags": sorted(asked.tags),
        "temporal_coverage": {"start": asked.start.isoformat(), "end": asked.end.isoformat()},
        "spatial": {"zones": list(asked.zones), "granularity": "other"},
        "private": False,
        "contact_points": [],
        "extras": {DATASET_KEY: asked.key, VERSION: asked.version},
        "organization": {"id": "o", "name": "Agence"},
        "owner": None,
    }
    return HeldDataset("jeu", "https://portail.exemple.fr/datasets/contrats/", there, raw | other)
