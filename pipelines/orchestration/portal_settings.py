"""Where a run publishes what is published, a portal that runs udata, and what may pass: its settings.

Belongs here: these settings, their variables. Does not belong here: the key, which stays in the environment and is read
when a portal is asked (``portal.publishing``); the asset (``portal``).
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from pipelines.orchestration.caching import code_of
from pipelines.portal.errors import PortalError
from pipelines.portal.portals import DEMO, Portal, portal_at
from pipelines.settings import SettingError

if TYPE_CHECKING:
    from pipelines.portal.guards import Allowed

ADDRESS_VARIABLE, ORGANISATION_VARIABLE = "CONTRATS_PORTAIL", "CONTRATS_PORTAIL_ORGANISATION"
APPLY_VARIABLE = "CONTRATS_PORTAIL_APPLIQUER"
YES, NO = "oui", "non"


def address_of_environment() -> str:
    """The portal that the environment names; empty when it names none.

    Raises:
        SettingError: it is not the address of one; the message is for the administrator, and does not repeat what may
            be a password.
    """
    said = os.environ.get(ADDRESS_VARIABLE, "").strip()
    if said:
        try:
            portal_at(said)
        except ValueError as error:
            raise SettingError(f"{ADDRESS_VARIABLE} : {error}") from error
    return said


def applied_by_environment() -> bool:
    """Whether runs carry their plan out without being told so.

    Raises:
        SettingError: the variable says something else than yes or no.
    """
    said = os.environ.get(APPLY_VARIABLE, "").strip() or NO
    if said not in (YES, NO):
        raise SettingError(f"{APPLY_VARIABLE} vaut « {said} » : « {YES} » ou « {NO} » est attendu.")
    return said == YES


class PortalSettings(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The portal of a run; the form of the UI is filled in with these defaults."""

    adresse: str = Field(
        default=address_of_environment(),
        description=f"Racine du portail, par exemple {DEMO} ; « production » vaut https://www.data.gouv.fr. "
        "Vide : éteint, rien n’est demandé à aucun portail.",
    )
    organisation: str = Field(
        default=os.environ.get(ORGANISATION_VARIABLE, "").strip(),
        description="L’organisation propriétaire, par son identifiant sur le portail ; vide : la personne de la clé.",
    )
    appliquer: bool = Field(
        default=applied_by_environment(), description="Appliquer le plan ; sinon il est seulement montré."
    )
    version: str = Field(default="", description="La version à publier ; vide : la dernière.")
    partielle: bool = Field(
        default=False, description="Admettre une version partielle, dont des lignes sont en quarantaine."
    )
    retour_en_arriere: bool = Field(
        default=False, description="Admettre une version plus ancienne que celle du portail, ou qui la rompt."
    )
    hors_depot: bool = Field(
        default=False, description="Admettre des feuilles qui ne sont pas celles du dépôt (jamais en production)."
    )

    @property
    def off(self) -> bool:
        """Whether no portal is named."""
        return not self.adresse.strip()

    @property
    def portal(self) -> Portal:
        """The portal.

        Raises:
            PortalError: the address is not that of one.
        """
        try:
            return portal_at(self.adresse)
        except ValueError as error:
            raise PortalError(str(error)) from error

    @property
    def owner(self) -> str | None:
        """The organisation, or none: the person of the key."""
        return self.organisation.strip() or None

    @property
    def allowed(self) -> Allowed:
        """What may pass, as the guards understand it."""
        from pipelines.portal.guards import Allowed

        return Allowed(partial=self.partielle, uncommitted=self.hors_depot, rollback=self.retour_en_arriere)

    @property
    def mark(self) -> str:
        """What a run on a schedule publishes to, and by which code, in digits; empty when it does not."""
        if self.off:
            return ""
        told = "\n".join((self.portal.root, self.organisation, str(self.appliquer), code_of("portal")))
        return hashlib.sha256(told.encode()).hexdigest()[:16]
