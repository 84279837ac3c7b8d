"""Part of each partner in an action."""

from __future__ import annotations

from schemas.columns import ACTION_ID, PARTENAIRE_ID, REMARQUE, ROLE_CODE, key
from schemas.declaration import Bilingual, Family, Table

TABLE = Table(
    name="actions_partenaires",
    order=90,
    family=Family.FACT,
    title=Bilingual("Partenaires des actions", "Partners of the actions"),
    description=Bilingual(
        "La part de chaque partenaire dans une action.",
        "Part of each partner in an action.",
    ),
    key="action_partenaire_id",
    natural_key=(
        "action_id",
        "partenaire_id",
        "role_code",
    ),
    columns=(
        key(
            "action_partenaire_id",
            ("de la part du partenaire", "Partner’s part"),
            "alpes-fiches-clientele-itinerante-cci-rhone-alpes-technique",
        ),
        ACTION_ID.but(required=True),
        PARTENAIRE_ID.but(required=True),
        ROLE_CODE,
        REMARQUE,
    ),
)
