"""Amounts, shares, staff time and rules of financing."""

from __future__ import annotations

from schemas.columns import (
    ACTION_ID,
    BASE_CODE,
    CONTRAT_ID,
    DATE_DEBUT,
    DATE_FIN,
    GROUPE_CODE,
    LIBELLE,
    MONTANT_EUR,
    PARTENAIRE_ID,
    QUALIFICATIF_CODE,
    REMARQUE,
    column,
    key,
)
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="financements",
    order=110,
    family=Family.FACT,
    title=Bilingual("Financements", "Financing"),
    description=Bilingual(
        "Les montants, parts, temps de personnel et règles de financement.",
        "Amounts, shares, staff time and rules of financing.",
    ),
    key="financement_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "libelle",
    ),
    columns=(
        key("financement_id", ("du financement", "Financing"), "lyon-budget-global"),
        CONTRAT_ID,
        GROUPE_CODE,
        ACTION_ID,
        PARTENAIRE_ID.but(label="Financeur"),
        column(
            Kind.TEXT,
            "financeur_libelle",
            ("Financeur (groupe)", "Funder (group)"),
            (
                "Libellé du financeur quand c’est un groupe d’organisations.",
                "Label of the funder when it is a group of organisations.",
            ),
            "25 signataires",
        ),
        LIBELLE,
        column(
            Kind.CODE,
            "nature_code",
            ("Nature", "Kind"),
            (
                "Ce que la ligne énonce : budget, part, dotation, plafond, temps de personnel…",
                "What the row states: budget, share, grant, ceiling, staff time…",
            ),
            "budget",
            vocabulary="nature_financement",
            required=True,
        ),
        column(
            Kind.CODE,
            "forme_code",
            ("Forme de l’apport", "Form of the contribution"),
            (
                "Numéraire, valorisation de ressources humaines ou techniques, subvention, non précisé.",
                "Cash, valued staff time or technical means, grant, not stated.",
            ),
            "subvention",
            vocabulary="forme_apport",
        ),
        MONTANT_EUR,
        column(
            Kind.DECIMAL,
            "etp",
            ("ETP", "FTE"),
            ("Temps de personnel en équivalents temps plein.", "Staff time in full-time equivalents."),
            "1.5",
            unit="ETP",
            minimum=0,
        ),
        column(
            Kind.PERCENT,
            "part_pct",
            ("Part (%)", "Share (%)"),
            ("Part du financement, en pour cent.", "Share of the financing, in per cent."),
            "50",
            minimum=0,
            maximum=100,
            aliases=("Part",),
        ),
        QUALIFICATIF_CODE,
        BASE_CODE,
        column(
            Kind.CODE,
            "perimetre_code",
            ("Périmètre", "Scope"),
            (
                "Ce que le financement couvre : le contrat, une action, la marque ou le dispositif.",
                "What the financing covers: the contract, an action, the brand or the scheme.",
            ),
            "contrat",
            vocabulary="perimetre",
        ),
        column(
            Kind.IDENTIFIER,
            "inclus_dans_id",
            ("Inclus dans", "Included in"),
            (
                "Financement dont celui-ci est une partie ; une somme ne compte que les lignes où ce champ est vide.",
                "Financing of which this one is a part; a sum counts only rows where this is empty.",
            ),
            "provence-campagne-2018",
            references="financements",
        ),
        column(
            Kind.CODE,
            "statut_code",
            ("Statut", "Status"),
            ("Espéré, prévu, engagé ou réalisé.", "Hoped for, planned, committed or spent."),
            "prevu",
            vocabulary="statut_financement",
        ),
        DATE_DEBUT,
        DATE_FIN,
        REMARQUE,
    ),
)
