"""Points on which sources differ, and the reading kept."""

from __future__ import annotations

from schemas.columns import COLONNE, CONTRAT_ID, LIGNE_ID, REMARQUE, TABLE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="divergences",
    order=200,
    family=Family.FACT,
    title=Bilingual("Divergences", "Divergences"),
    description=Bilingual(
        "Les points sur lesquels les sources ne disent pas la même chose, et la lecture retenue.",
        "Points on which sources differ, and the reading kept.",
    ),
    key="divergence_id",
    natural_key=(
        "contrat_id",
        "sujet",
    ),
    columns=(
        key("divergence_id", ("de la divergence", "Divergence"), "bordeaux-date-signature"),
        column(
            Kind.TEXT,
            "sujet",
            ("Sujet", "Subject"),
            ("Ce sur quoi les sources divergent.", "What the sources differ on."),
            "Date de signature du contrat de Bordeaux",
            required=True,
        ),
        CONTRAT_ID,
        TABLE_CODE.but(required=False, label="Feuille"),
        LIGNE_ID.but(required=False),
        COLONNE,
        column(
            Kind.TEXT,
            "lecture",
            ("Lecture", "Reading"),
            ("Lecture proposée : pourquoi les versions diffèrent.", "Reading proposed: why the versions differ."),
            "Cérémonie nationale, puis seconde signature sur place",
        ),
        column(
            Kind.TEXT,
            "valeur_retenue",
            ("Valeur retenue", "Value kept"),
            (
                "Version que les données publiées retiennent ; vide quand aucune n’est retenue.",
                "Version that the published data keep; empty when none is.",
            ),
            "2014-12-16",
        ),
        REMARQUE,
    ),
)
