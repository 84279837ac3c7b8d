"""Territories that each contract covers, with their official code at signature and today’s."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID_REQUIS, LIBELLE, REMARQUE, ZONE_CODE, ZONE_TYPE_CODE, column, key
from schemas.declaration import Bilingual, Family, ForeignKey, Kind, Table

TABLE = Table(
    name="contrats_territoires",
    order=40,
    family=Family.FACT,
    title=Bilingual("Territoires des contrats", "Territories of the contracts"),
    description=Bilingual(
        "Les territoires que couvre chaque contrat, avec leur code officiel à la signature et celui d’aujourd’hui.",
        "Territories that each contract covers, with their official code at signature and today’s.",
    ),
    key="contrat_territoire_id",
    natural_key=(
        "contrat_id",
        "zone_type_code",
        "libelle",
    ),
    composite_keys=(
        ForeignKey(columns=("zone_type_code", "zone_code"), table="zones", target=("zone_type_code", "zone_code")),
    ),
    columns=(
        key(
            "contrat_territoire_id",
            ("du territoire du contrat", "Contract territory"),
            "impressionnisme-region-haute-normandie",
        ),
        CONTRAT_ID_REQUIS,
        ZONE_TYPE_CODE.but(required=True, example="region"),
        ZONE_CODE.but(example="23"),
        column(
            Kind.TEXT,
            "zone_code_actuel",
            ("Code actuel", "Current code"),
            (
                "Code du territoire qui lui correspond aujourd’hui, tiré de la liste officielle.",
                "Code of the territory that corresponds to it today, from the official list.",
            ),
            "28",
            pattern="^[0-9AB]{2,9}$",
        ),
        LIBELLE.but(example="Haute-Normandie"),
        REMARQUE,
    ),
)
