"""Actions of the contracts and of the national level."""

from __future__ import annotations

from schemas.columns import (
    AXE_CODE,
    CONTRAT_ID,
    DATE_DEBUT,
    DATE_FIN,
    GROUPE_CODE,
    INTITULE,
    MONTANT_EUR,
    OUTIL_ID,
    REMARQUE,
    column,
    key,
)
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="actions",
    order=80,
    family=Family.FACT,
    title=Bilingual("Actions", "Actions"),
    description=Bilingual(
        "Les actions des contrats et du niveau national.",
        "Actions of the contracts and of the national level.",
    ),
    key="action_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "intitule",
    ),
    columns=(
        key("action_id", ("de l’action", "Action"), "provence-campagnes-expedia"),
        CONTRAT_ID,
        GROUPE_CODE,
        column(
            Kind.TEXT,
            "numero",
            ("Numéro", "Number"),
            ("Numéro de l’action dans le contrat.", "Number of the action in the contract."),
            "2.1",
            aliases=("N°",),
        ),
        INTITULE,
        AXE_CODE.but(required=True),
        column(
            Kind.CODE,
            "axe_origine_code",
            ("Origine de l’axe", "Origin of the strand"),
            (
                "Qui classe l’action dans cet axe : la source elle-même, ou un classement fait à la main ici.",
                "Who files the action under this strand: the source itself, or a classification made by hand here.",
            ),
            "classement",
            vocabulary="origine_axe",
            required=True,
        ),
        column(
            Kind.CODE,
            "volet_code",
            ("Volet", "Part"),
            (
                "Volet du contrat (ingénierie, observation, promotion), quand la source le nomme.",
                "Part of the contract (engineering, observation, promotion), when the source names it.",
            ),
            "observation",
            vocabulary="volet",
        ),
        column(
            Kind.CODE,
            "statut_code",
            ("Statut", "Status"),
            ("État de l’action que la source atteste.", "State of the action that the source attests."),
            "realisee",
            vocabulary="statut_action",
        ),
        DATE_DEBUT,
        DATE_FIN,
        MONTANT_EUR,
        OUTIL_ID,
        REMARQUE,
    ),
)
