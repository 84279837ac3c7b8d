"""Destination contracts: one contract between the State and a destination per row."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="contrats",
    order=10,
    family=Family.FACT,
    title=Bilingual("Contrats", "Contracts"),
    description=Bilingual(
        "Les contrats de destination : un contrat entre l’État et une destination par ligne.",
        "Destination contracts: one contract between the State and a destination per row.",
    ),
    key="contrat_id",
    columns=(
        key("contrat_id", ("du contrat", "Contract"), "vallee-dordogne"),
        column(
            Kind.TEXT,
            "nom",
            ("Nom", "Name"),
            (
                "Nom officiel du contrat, ou d’usage quand aucun texte ne le donne.",
                "Official name of the contract, or usual name when no text gives it.",
            ),
            "Vallée de la Dordogne",
            required=True,
        ),
        column(
            Kind.CODE,
            "generation_code",
            ("Génération", "Generation"),
            (
                "Génération du contrat : V1 (2012-2014), vagues 1 à 3 des appels à projets de 2014 à 2016, ou postérieur.",
                "Generation of the contract: V1 (2012-2014), waves 1 to 3 of the 2014-2016 calls, or later.",
            ),
            "vague_2",
            vocabulary="generation",
            required=True,
        ),
        column(
            Kind.DATE,
            "date_signature",
            ("Date de signature", "Date of signature"),
            ("Date de la signature nationale du contrat.", "Date of the national signature of the contract."),
            "2015-06-25",
        ),
        DATE_DEBUT,
        DATE_FIN,
        column(
            Kind.INTEGER,
            "duree_mois",
            ("Durée (mois)", "Duration (months)"),
            (
                "Durée du contrat en mois, quand une source l’énonce.",
                "Duration of the contract in months, when a source states it.",
            ),
            "36",
            unit="mois",
            minimum=1,
        ),
        column(
            Kind.CODE,
            "statut_code",
            ("Statut", "Status"),
            ("Dernier état du contrat que les sources attestent.", "Latest state of the contract that sources attest."),
            "signe",
            vocabulary="statut_contrat",
        ),
        column(
            Kind.TEXT,
            "marque",
            ("Marque", "Brand"),
            ("Marque que le contrat porte ou fait vivre.", "Brand that the contract carries or keeps alive."),
            "Provence, enjoy the unexpected",
        ),
        column(
            Kind.TEXT,
            "objectif",
            ("Objectif", "Aim"),
            ("Objectif du contrat, rédigé d’après les sources.", "Aim of the contract, written from the sources."),
            "Allonger la saison et accroître la part des clientèles européennes en été",
        ),
        column(
            Kind.IDENTIFIER,
            "contrat_precedent_id",
            ("Contrat précédent", "Previous contract"),
            ("Contrat que celui-ci prolonge ou remplace.", "Contract that this one extends or replaces."),
            "vosges-v1",
            references="contrats",
        ),
        column(
            Kind.BOOLEAN,
            "est_parmi_les_20",
            ("Parmi les 20", "Among the 20"),
            (
                "Vrai pour les 20 contrats signés le 16 décembre 2014 et le 25 juin 2015 que compte le texte fondateur.",
                "True for the 20 contracts signed on 16 December 2014 and 25 June 2015 that the founding text counts.",
            ),
            "true",
            required=True,
        ),
        REMARQUE,
    ),
)
