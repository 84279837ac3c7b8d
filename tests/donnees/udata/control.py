"""What a test asks of its own udata besides the portal's API, under /essai/: its state, a quality, a harvest.

Belongs here: calls of udata's own code. Does not belong here: any rule of the portal told again.
"""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

from flask import Blueprint, request
from mongoengine.connection import get_db
from udata.app import csrf
from udata.core.api_token.models import ApiToken
from udata.core.dataset.models import Dataset, License
from udata.core.organization.models import Organization
from udata.core.site.models import Site
from udata.core.spatial.models import GeoLevel, GeoZone
from udata.core.storages import chunks, resources
from udata.core.user.models import Role, User
from udata.harvest import actions
from udata.harvest.models import HarvestJob, HarvestSource

KEPT = (ApiToken, GeoLevel, GeoZone, License, Organization, Role, Site, User)

_STORAGES = (chunks, resources)
_kept: dict[str, list[dict[str, Any]]] = {}

control = Blueprint("essai", __name__, url_prefix="/essai")
csrf.exempt(control)


@control.post("/reset")
def reset() -> tuple[str, int]:
    """Forgets all that was published or harvested, files included; people, licences and zones stay."""
    database = get_db()
    for name in _published():
        database[name].delete_many({})
    for storage in _STORAGES:
        shutil.rmtree(Path(storage.root), ignore_errors=True)
    return "", 204


@control.post("/keep")
def keep() -> tuple[str, int]:
    """Remembers all that was published, files included, for ``/back``."""
    database = get_db()
    _kept.clear()
    _kept.update({name: copy.deepcopy(list(database[name].find())) for name in _published()})
    for storage in _STORAGES:
        root, aside = Path(storage.root), _aside(storage)
        shutil.rmtree(aside, ignore_errors=True)
        if root.exists():
            shutil.copytree(root, aside)
    return "", 204


@control.post("/back")
def back() -> tuple[str, int]:
    """Puts back what ``/keep`` remembered, in place of what was published since."""
    reset()
    database = get_db()
    for name, documents in _kept.items():
        if documents:
            database[name].insert_many(copy.deepcopy(documents))
    for storage in _STORAGES:
        if _aside(storage).exists():
            shutil.copytree(_aside(storage), storage.root)
    return "", 204


def _published() -> set[str]:
    kept = {model._get_collection_name() for model in KEPT}
    return set(get_db().list_collection_names()) - kept


def _aside(storage: Any) -> Path:  # noqa: ANN401  (the library has no types)
    root = Path(storage.root)
    return root.with_name(f"{root.name}-kept")


@control.get("/quality/<identifier>")
def quality(identifier: str) -> dict[str, Any]:
    """The quality of a stored dataset, private or not."""
    found: dict[str, Any] = Dataset.objects.get(id=identifier).quality
    return found


@control.post("/harvest")
def harvest() -> dict[str, Any]:
    """Harvests a DCAT catalogue as the portal's timetable does; the same address is the same source again."""
    url = request.get_json()["url"]
    source = HarvestSource.objects(url=url).first() or HarvestSource.objects.create(
        name=url,
        url=url,
        backend="dcat",
        organization=Organization.objects.first(),
    )
    actions.launch(source)
    job = HarvestJob.objects(source=source).order_by("-created").first()
    return {
        "status": job.status,
        "errors": _messages(job),
        "items": [
            {
                "remote_id": item.remote_id,
                "status": item.status,
                "errors": _messages(item),
                "dataset": str(item.dataset.id) if item.dataset else None,
            }
            for item in job.items
        ],
        "datasets": [_described(dataset) for dataset in Dataset.objects(harvest__source_id=str(source.id))],
    }


def _messages(found: Any) -> list[str]:  # noqa: ANN401  (a job or one of its items)
    return [error.message for error in found.errors]


def _described(dataset: Dataset) -> dict[str, Any]:
    return {
        "id": str(dataset.id),
        "title": dataset.title,
        "licence": dataset.license.id if dataset.license else None,
        "tags": list(dataset.tags),
        "quality": dataset.quality,
        "resources": [
            {"id": str(resource.id), "url": resource.url, "title": resource.title, "format": resource.format}
            for resource in dataset.resources
        ],
    }
