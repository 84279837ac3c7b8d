"""Themes of each contract."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID_REQUIS, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="contrats_thematiques",
    order=30,
    family=Family.FACT,
    title=Bilingual("Thématiques des contrats", "Themes of the contracts"),
    description=Bilingual(
        "Les thématiques et filières de chaque contrat.",
        "Themes of each contract.",
    ),
    key="contrat_thematique_id",
    natural_key=(
        "contrat_id",
        "thematique_code",
    ),
    columns=(
        key("contrat_thematique_id", ("de la thématique du contrat", "Contract theme"), "alpes-itinerance"),
        CONTRAT_ID_REQUIS,
        column(
            Kind.CODE,
            "thematique_code",
            ("Thématique", "Theme"),
            ("Thématique ou filière, dans la nomenclature.", "Theme, in the vocabulary."),
            "itinerance",
            vocabulary="thematique",
            required=True,
        ),
        REMARQUE,
    ),
)
