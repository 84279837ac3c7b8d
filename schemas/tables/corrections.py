"""Corrections applied to the sheets when they are read, with their reasons."""

from __future__ import annotations

from schemas.columns import COLONNE, FEUILLE, FICHIER, LIGNE_ID, SOURCE_ID, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="corrections",
    order=250,
    family=Family.TRACE,
    title=Bilingual("Corrections", "Corrections"),
    description=Bilingual(
        "Les corrections appliquées aux feuilles à la lecture, avec leur motif.",
        "Corrections applied to the sheets when they are read, with their reasons.",
    ),
    key="correction_id",
    natural_key=(
        "fichier",
        "feuille",
        "ligne_id",
        "colonne",
    ),
    columns=(
        key("correction_id", ("de la correction", "Correction"), "contrats-alpes-nom"),
        FICHIER,
        FEUILLE,
        LIGNE_ID.but(
            description=Bilingual(
                "Identifiant de la ligne corrigée, ou son numéro dans la feuille quand elle n’en porte pas.",
                "Identifier of the corrected row, or its number in the sheet when it bears none.",
            ),
            example="alpes",
        ),
        COLONNE.but(
            description=Bilingual("Libellé de la colonne dans la feuille.", "Header of the column in the sheet."),
            example="Nom",
            required=True,
        ),
        column(
            Kind.TEXT,
            "valeur_attendue",
            ("Valeur attendue", "Expected value"),
            ("Valeur que la feuille portait.", "Value that the sheet held."),
            "Voyages dans les Alpes",
        ),
        column(
            Kind.TEXT,
            "valeur_corrigee",
            ("Valeur corrigée", "Corrected value"),
            ("Valeur qui la remplace.", "Value that replaces it."),
            "Voyage dans les Alpes",
        ),
        column(Kind.TEXT, "motif", ("Motif", "Reason"), ("Pourquoi.", "Why."), "Pluriel fautif", required=True),
        SOURCE_ID.but(required=False),
    ),
)
