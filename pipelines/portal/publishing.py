"""A publication as a person asks for it: which release, which portal, what may pass; for the shell and for Dagster.

Belongs here: putting together what is wanted, the guards and the portal. Does not belong here: any of them, printing.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.portal import plan_text
from pipelines.portal.applying import Publication
from pipelines.portal.client import Client
from pipelines.portal.errors import PortalError
from pipelines.portal.guards import Allowed, Refusal, refusals
from pipelines.portal.held import HeldDataset, owner_of
from pipelines.portal.plan import Plan
from pipelines.portal.portals import KEY_VARIABLE, Portal
from pipelines.portal.wanted import wanted
from pipelines.publish.folder import ReleaseFolder


@dataclass(frozen=True)
class Demand:
    """What is asked for. ``sources``: the folder of sheets, in its repository; ``outputs``: that of releases."""

    release: Path
    sources: Path
    outputs: Path | None
    portal: Portal
    organisation: str | None
    allowed: Allowed
    today: dt.date


@dataclass(frozen=True)
class Prepared:
    """A publication ready to be applied: its plan, and what refuses it, if anything does."""

    publication: Publication
    held: HeldDataset | None
    plan: Plan
    refused: list[Refusal] = field(default_factory=list)

    def told(self) -> str:
        """The plan, in French."""
        return plan_text.told(
            self.plan,
            self.publication.client.portal,
            self.publication.owner.told(),
            page_of(self.publication, self.held) if self.held else "",
        )


def key_from_environment() -> str:
    """The key of the portal's API.

    Raises:
        PortalError: the environment does not hold it, or not in a form that a header can carry.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        raise PortalError(
            f"La clé du portail manque : mettez-la dans la variable {KEY_VARIABLE}. Elle se crée dans votre profil, "
            "sur ce portail ; celle de la démonstration ne vaut pas pour www.data.gouv.fr."
        )
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise PortalError(
            f"La variable {KEY_VARIABLE} ne contient pas une clé : des caractères n’y ont pas leur place."
        )
    return key


def opened(
    release: Path, portal: Portal, organisation: str | None, tell: Callable[[str], None] = lambda _: None
) -> Publication:
    """A release and a portal, put together; the portal is asked who owns what is published.

    Raises:
        PortalError: no key, or the portal refuses it.
        NotAReleaseError: the folder is not a release.
        DescriptionError: what the release says of the dataset can't be read.
    """
    client = Client(portal, key_from_environment())
    asked = wanted(ReleaseFolder.open(release))
    return Publication(client, owner_of(client, organisation), asked, tell)


def prepare(demand: Demand, tell: Callable[[str], None] = lambda _: None) -> Prepared:
    """The plan of a publication and what refuses it; nothing is changed.

    Raises:
        PortalError: no key, or the portal does not let itself be read.
        NotAReleaseError: the folder is not a release.
        DescriptionError: what the release says of the dataset can't be read.
    """
    publication = opened(demand.release, demand.portal, demand.organisation, tell)
    held, found = publication.look()
    refused = refusals(
        demand.release,
        demand.sources,
        demand.outputs,
        held.version if held else None,
        production=demand.portal.production,
        today=demand.today,
        allowed=demand.allowed,
    )
    return Prepared(publication, held, found, refused)


def page_of(publication: Publication, held: HeldDataset) -> str:
    """The address of the dataset's page on the portal."""
    return held.page or publication.client.portal.api(f"1/datasets/{held.id}/")
