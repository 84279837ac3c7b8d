"""Shared tools, directories, sites, guides, networks and studies."""

from __future__ import annotations

from schemas.columns import CONTRAT_ID, GROUPE_CODE, INTITULE, REMARQUE, UNITE_CODE, URL, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="outils",
    order=170,
    family=Family.FACT,
    title=Bilingual("Outils", "Tools"),
    description=Bilingual(
        "Les outils, répertoires, sites, guides, réseaux et études partagés.",
        "Shared tools, directories, sites, guides, networks and studies.",
    ),
    key="outil_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "intitule",
    ),
    columns=(
        key("outil_id", ("de l’outil", "Tool"), "impressionnisme-repertoire-sites"),
        CONTRAT_ID,
        GROUPE_CODE,
        column(
            Kind.CODE,
            "type_code",
            ("Type", "Type"),
            ("Nature de l’outil.", "Kind of tool."),
            "repertoire",
            vocabulary="type_outil",
            required=True,
        ),
        INTITULE.but(example="Répertoire des sites impressionnistes"),
        column(
            Kind.IDENTIFIER,
            "exploitant_id",
            ("Exploitant", "Operator"),
            ("Organisation qui fournit ou exploite l’outil.", "Organisation that provides or runs the tool."),
            "orange",
            references="partenaires",
        ),
        column(
            Kind.INTEGER,
            "nombre_elements",
            ("Nombre d’éléments", "Number of items"),
            ("Nombre d’éléments que l’outil recense.", "Number of items that the tool lists."),
            "150",
            minimum=0,
        ),
        UNITE_CODE,
        URL,
        REMARQUE,
    ),
)
