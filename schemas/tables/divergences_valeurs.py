"""Versions of a divergence, source by source."""

from __future__ import annotations

from schemas.columns import SOURCE_ID, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="divergences_valeurs",
    order=210,
    family=Family.FACT,
    title=Bilingual("Versions des divergences", "Versions of the divergences"),
    description=Bilingual(
        "Les versions d’une divergence, source par source.",
        "Versions of a divergence, source by source.",
    ),
    key="divergence_valeur_id",
    natural_key=(
        "divergence_id",
        "rang",
        "source_id",
    ),
    columns=(
        key("divergence_valeur_id", ("de la version", "Version"), "bordeaux-date-signature-1-dir"),
        column(
            Kind.IDENTIFIER,
            "divergence_id",
            ("Divergence", "Divergence"),
            ("Divergence concernée.", "Divergence concerned."),
            "bordeaux-date-signature",
            references="divergences",
            required=True,
        ),
        column(
            Kind.INTEGER,
            "rang",
            ("Rang", "Rank"),
            (
                "Rang de la version ; les lignes de même rang donnent la même version par d’autres sources.",
                "Rank of the version; rows of one rank give the same version by other sources.",
            ),
            "1",
            required=True,
            minimum=1,
        ),
        column(
            Kind.TEXT,
            "valeur_citee",
            ("Valeur", "Value"),
            ("Ce que la source dit.", "What the source says."),
            "2014-12-16",
            required=True,
        ),
        SOURCE_ID,
    ),
)
