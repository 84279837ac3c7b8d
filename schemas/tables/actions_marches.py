"""Markets and visitors that an action targets."""

from __future__ import annotations

from schemas.columns import ACTION_ID, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="actions_marches",
    order=100,
    family=Family.FACT,
    title=Bilingual("Marchés cibles des actions", "Target markets of the actions"),
    description=Bilingual(
        "Les marchés et clientèles que vise une action.",
        "Markets and visitors that an action targets.",
    ),
    key="action_marche_id",
    natural_key=(
        "action_id",
        "marche_code",
    ),
    columns=(
        key("action_marche_id", ("du marché visé", "Target market"), "provence-campagnes-expedia-us"),
        ACTION_ID.but(required=True),
        column(
            Kind.CODE,
            "marche_code",
            ("Marché cible", "Target market"),
            (
                "Pays (ISO 3166-1 alpha-2) ou clientèle de la nomenclature.",
                "Country (ISO 3166-1 alpha-2) or visitors of the vocabulary.",
            ),
            "US",
            vocabulary="marche",
            required=True,
            label="Marchés cibles",
        ),
        REMARQUE,
    ),
)
