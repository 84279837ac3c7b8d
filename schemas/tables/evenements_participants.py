"""Contracts and partners present at an event."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID, EVENEMENT_ID, PARTENAIRE_ID, REMARQUE, ROLE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="evenements_participants",
    order=160,
    family=Family.FACT,
    title=Bilingual("Participants aux événements", "Participants in the events"),
    description=Bilingual(
        "Les contrats et les partenaires présents à un événement.",
        "Contracts and partners present at an event.",
    ),
    key="evenement_participant_id",
    natural_key=(
        "evenement_id",
        "contrat_id",
        "partenaire_id",
        "role_code",
    ),
    columns=(
        key(
            "evenement_participant_id",
            ("du participant", "Participant"),
            "national-journee-2016-07-05-alpes-participant",
        ),
        EVENEMENT_ID,
        CONTRAT_ID.but(
            description=Bilingual(
                "Contrat représenté ; vide quand le participant est un partenaire.",
                "Contract represented; empty when the participant is a partner.",
            )
        ),
        PARTENAIRE_ID,
        ROLE_CODE,
        column(
            Kind.TEXT,
            "theme",
            ("Thème", "Theme"),
            ("Ce que le participant a présenté.", "What the participant presented."),
            "gouvernance partagée",
        ),
        REMARQUE,
    ),
)
