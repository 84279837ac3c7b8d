"""Roles of partners in contracts: one role of a partner in a contract per row."""

from __future__ import annotations

from schemas.columns import (
    CONTRAT_ID,
    DATE_DEBUT,
    DATE_FIN,
    GROUPE_CODE,
    PARTENAIRE_ID,
    REMARQUE,
    ROLE_CODE,
    column,
    key,
)
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="contrats_partenaires",
    order=70,
    family=Family.FACT,
    title=Bilingual("Partenaires des contrats", "Partners of the contracts"),
    description=Bilingual(
        "Les rôles tenus par les partenaires dans les contrats : un rôle d’un partenaire dans un contrat par ligne.",
        "Roles of partners in contracts: one role of a partner in a contract per row.",
    ),
    key="contrat_partenaire_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "partenaire_id",
        "role_code",
        "date_debut",
    ),
    columns=(
        key("contrat_partenaire_id", ("du rôle", "Role"), "alpes-grande-traversee-des-alpes-chef-de-file"),
        CONTRAT_ID,
        GROUPE_CODE,
        PARTENAIRE_ID.but(required=True),
        ROLE_CODE.but(required=True),
        column(
            Kind.TEXT,
            "role_source",
            ("Rôle d’après la source", "Role as the source puts it"),
            ("Rôle dans les mots de la source, abrégés.", "Role in the words of the source, shortened."),
            "porteur de la candidature",
        ),
        DATE_DEBUT,
        DATE_FIN,
        REMARQUE,
    ),
)
