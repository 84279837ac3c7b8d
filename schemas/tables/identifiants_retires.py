"""Identifiers given up and those that replace them."""

from __future__ import annotations

from schemas.columns import LIGNE_ID, TABLE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="identifiants_retires",
    order=260,
    family=Family.TRACE,
    title=Bilingual("Identifiants retirés", "Retired identifiers"),
    description=Bilingual(
        "Les identifiants abandonnés et ceux qui les remplacent.",
        "Identifiers given up and those that replace them.",
    ),
    key="identifiant_retire_id",
    natural_key=(
        "table_code",
        "ligne_id",
    ),
    columns=(
        key("identifiant_retire_id", ("du retrait", "Retirement"), "actions-alpes-fiches"),
        TABLE_CODE,
        LIGNE_ID.but(label="Identifiant retiré", example="alpes-fiches"),
        column(
            Kind.IDENTIFIER,
            "remplace_par_id",
            ("Remplacé par", "Replaced by"),
            (
                "Identifiant qui le remplace dans la même table ; vide quand la ligne n’existe plus.",
                "Identifier that replaces it in the same table; empty when the row is gone.",
            ),
            "alpes-fiches-clientele-itinerante",
        ),
        column(
            Kind.TEXT,
            "motif",
            ("Motif", "Reason"),
            ("Pourquoi l’identifiant a été abandonné.", "Why the identifier was given up."),
            "Deux lignes disaient la même chose",
            required=True,
        ),
        column(
            Kind.DATE,
            "date_retrait",
            ("Date de retrait", "Date of retirement"),
            ("Date du retrait.", "Date of retirement."),
            "2026-11-22",
        ),
    ),
)
