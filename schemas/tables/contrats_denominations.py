"""Spellings of a contract’s name met in the sources."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID_REQUIS, DENOMINATION, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="contrats_denominations",
    order=20,
    family=Family.FACT,
    title=Bilingual("Dénominations des contrats", "Names of the contracts"),
    description=Bilingual(
        "Les graphies du nom d’un contrat rencontrées dans les sources.",
        "Spellings of a contract’s name met in the sources.",
    ),
    key="contrat_denomination_id",
    natural_key=(
        "contrat_id",
        "denomination",
    ),
    columns=(
        key("contrat_denomination_id", ("de la dénomination", "Name"), "alpes-voyages-dans-les-alpes"),
        CONTRAT_ID_REQUIS,
        DENOMINATION,
        column(
            Kind.CODE,
            "type_code",
            ("Type", "Type"),
            (
                "Nature de la graphie : officielle, usage, variante ou fautive.",
                "Kind of spelling: official, usual, variant or faulty.",
            ),
            "variante",
            vocabulary="type_denomination",
            required=True,
        ),
        REMARQUE,
    ),
)
