"""Contracts that form a group announced or funded as one."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID_REQUIS, GROUPE_CODE, REMARQUE, key
from schemas.declaration import Bilingual, Family, Table

TABLE = Table(
    name="contrats_groupes",
    order=35,
    family=Family.FACT,
    title=Bilingual("Groupes de contrats", "Groups of contracts"),
    description=Bilingual(
        "Les contrats qui forment un groupe annoncé ou financé d’un seul tenant.",
        "Contracts that form a group announced or funded as one.",
    ),
    key="contrat_groupe_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
    ),
    columns=(
        key("contrat_groupe_id", ("de l’appartenance au groupe", "Group membership"), "occ-littoral-occitanie-2022"),
        CONTRAT_ID_REQUIS,
        GROUPE_CODE.but(required=True),
        REMARQUE,
    ),
)
