"""Organisations that take part in the contracts, as the registry identifies them."""

from __future__ import annotations

from schemas.columns import CATEGORIE_CODE, REMARQUE, SIGLE, SIREN, SITE_WEB, ZONE_CODE, ZONE_TYPE_CODE, column, key
from schemas.declaration import Bilingual, Family, ForeignKey, Kind, Table

TABLE = Table(
    name="partenaires",
    order=50,
    family=Family.REFERENCE,
    title=Bilingual("Partenaires", "Partners"),
    description=Bilingual(
        "Les organisations qui prennent part aux contrats, telles que le registre les identifie.",
        "Organisations that take part in the contracts, as the registry identifies them.",
    ),
    key="partenaire_id",
    natural_key=("nom",),
    composite_keys=(
        ForeignKey(columns=("zone_type_code", "zone_code"), table="zones", target=("zone_type_code", "zone_code")),
    ),
    columns=(
        key("partenaire_id", ("du partenaire", "Partner"), "atout-france"),
        column(
            Kind.TEXT,
            "nom",
            ("Nom", "Name"),
            ("Nom de l’organisation.", "Name of the organisation."),
            "Direction générale des entreprises",
            required=True,
        ),
        SIGLE,
        CATEGORIE_CODE.but(required=True),
        SIREN,
        ZONE_TYPE_CODE,
        ZONE_CODE.but(label="Code de zone", aliases=("Code",)),
        SITE_WEB,
        column(
            Kind.BOOLEAN,
            "est_groupe",
            ("Groupe", "Group"),
            (
                "Vrai quand le nom désigne plusieurs organisations non nommées une à une.",
                "True when the name stands for several organisations that are not named one by one.",
            ),
            "false",
            required=True,
        ),
        REMARQUE,
    ),
)
