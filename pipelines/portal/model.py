"""What a release wants a portal to show: a dataset, and its resources in their order.

Belongs here: these values, free of any portal's state. Does not belong here: how they are found in a release
(``wanted``), what a portal has (``state``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAIN, DOCUMENTATION, UPDATE, OTHER = "main", "documentation", "update", "other"
"""The types of resources of udata that are used here."""

DATASET_KEY = "contrats:jeu"
"""The extra of a dataset that holds our name of it: how it is found again, whatever its title and its slug become."""
VERSION = "contrats:version"
"""The extra of a dataset that holds the version that the portal shows; written last."""
RESOURCE_KEY = "contrats:cle"
"""The extra of a resource that holds our key of it, stable from release to release: how it is found again."""


@dataclass(frozen=True)
class WantedResource:
    """A resource: a file to send (``path``), or the address of one that is elsewhere (``url``), never both.

    ``key``: ours, stable from release to release (``csv/contrats.csv``, ``archive/2026-11-26``). ``name``: the file's
    name on the portal, as udata writes names (lower case, digits, hyphens, one extension). ``format``: of a remote one.
    """

    key: str
    title: str
    description: str
    type: str
    name: str = ""
    path: Path | None = None
    url: str = ""
    format: str = ""
    schema_url: str = ""


@dataclass(frozen=True)
class WantedDataset:
    """The dataset. ``described`` gives the description in Markdown, from the permanent addresses of resources by key.

    A resource that is not on the portal yet is absent from these addresses: it is then named without a link.
    """

    key: str
    version: str
    title: str
    short: str
    described: Callable[[Mapping[str, str]], str]
    licence: str
    frequency: str
    tags: tuple[str, ...]
    start: dt.date
    end: dt.date
    zones: tuple[str, ...]
    contact_name: str
    contact_form: str


@dataclass(frozen=True)
class Wanted:
    """What a release wants of a portal.

    ``archive_prefix``: keys of resources that begin so are archives of releases: those on the portal that are not
    wanted now are kept, the newest ``archives_kept`` of them, whatever else is removed.
    """

    dataset: WantedDataset
    resources: tuple[WantedResource, ...]
    archive_prefix: str = "archive/"
    archives_kept: int = 12
    remarks: tuple[str, ...] = field(default=())
    """What the publisher should know before applying (an example as base address, no contact…), in French."""
