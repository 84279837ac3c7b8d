"""Spellings of a partner’s name met in the sources."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID, DENOMINATION, PARTENAIRE_ID, REMARQUE, key
from schemas.declaration import Bilingual, Family, Table

TABLE = Table(
    name="partenaires_denominations",
    order=60,
    family=Family.REFERENCE,
    title=Bilingual("Dénominations des partenaires", "Names of the partners"),
    description=Bilingual(
        "Les graphies du nom d’un partenaire rencontrées dans les sources.",
        "Spellings of a partner’s name met in the sources.",
    ),
    key="partenaire_denomination_id",
    natural_key=(
        "partenaire_id",
        "denomination",
        "contrat_id",
    ),
    columns=(
        key("partenaire_denomination_id", ("de la dénomination", "Name"), "dge-direction-generale-des-entreprises-dge"),
        PARTENAIRE_ID.but(required=True),
        DENOMINATION.but(example="CRT d’Aquitaine"),
        CONTRAT_ID.but(
            description=Bilingual(
                "Contrat hors duquel cette graphie ne désigne pas ce partenaire ; vide quand elle est sans ambiguïté.",
                "Contract outside which this spelling does not mean this partner; empty when it is unambiguous.",
            )
        ),
        REMARQUE,
    ),
)
