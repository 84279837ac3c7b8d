"""Figures quoted: aims, estimates, results, context."""

from __future__ import annotations

from schemas.columns import (
    BASE_CODE,
    CONTRAT_ID,
    DATE_DEBUT,
    DATE_FIN,
    GROUPE_CODE,
    LIBELLE,
    QUALIFICATIF_CODE,
    REMARQUE,
    UNITE_CODE,
    ZONE_CODE,
    ZONE_TYPE_CODE,
    column,
    key,
)
from schemas.declaration import Bilingual, Family, ForeignKey, Kind, Table

TABLE = Table(
    name="indicateurs",
    order=140,
    family=Family.FACT,
    title=Bilingual("Indicateurs", "Figures"),
    description=Bilingual(
        "Les chiffres cités : objectifs, estimations, résultats, contexte.",
        "Figures quoted: aims, estimates, results, context.",
    ),
    key="indicateur_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "libelle",
        "date_debut",
    ),
    composite_keys=(
        ForeignKey(columns=("zone_type_code", "zone_code"), table="zones", target=("zone_type_code", "zone_code")),
    ),
    columns=(
        key("indicateur_id", ("de l’indicateur", "Figure"), "national-contrats-representes-2016"),
        CONTRAT_ID,
        GROUPE_CODE,
        LIBELLE.but(example="Contrats représentés à la journée du 5 juillet 2016"),
        column(
            Kind.CODE,
            "nature_code",
            ("Nature", "Kind"),
            (
                "Objectif, estimation, résultat, contexte, constat, règle ou répartition.",
                "Aim, estimate, result, context, observation, rule or split.",
            ),
            "constat",
            vocabulary="nature_indicateur",
            required=True,
        ),
        column(
            Kind.DECIMAL, "valeur", ("Valeur", "Value"), ("Valeur numérique.", "Numeric value."), "14", required=True
        ),
        UNITE_CODE.but(required=True),
        QUALIFICATIF_CODE,
        BASE_CODE,
        DATE_DEBUT,
        DATE_FIN,
        ZONE_TYPE_CODE,
        ZONE_CODE,
        REMARQUE,
    ),
)
