"""Partners of each contract on one row each, with labels: a derived table, for a spreadsheet."""

from __future__ import annotations

from schemas.columns import (
    CATEGORIE_CODE,
    CONTRAT_ID,
    GROUPE_CODE,
    PARTENAIRE_ID,
    SIGLE,
    SIREN,
    SITE_WEB,
    ZONE_CODE,
    ZONE_TYPE_CODE,
    column,
    key,
)
from schemas.declaration import Bilingual, Family, Kind, Table
from schemas.tables.partenaires import TABLE as PARTENAIRES

TABLE = Table(
    name="partenaires_a_plat",
    order=2,
    family=Family.FLAT,
    title=Bilingual("Partenaires par contrat (à plat)", "Partners by contract (flat)"),
    description=Bilingual(
        "Les partenaires de chaque contrat sur une ligne chacun, libellés en clair : table dérivée, pour un tableur.",
        "Partners of each contract on one row each, with labels: a derived table, for a spreadsheet.",
    ),
    key="partenaire_a_plat_id",
    natural_key=(
        "contrat_id",
        "groupe_code",
        "partenaire_id",
    ),
    columns=(
        key("partenaire_a_plat_id", ("du partenaire du contrat", "Partner of the contract"), "alpes-cci-rhone-alpes"),
        CONTRAT_ID,
        column(
            Kind.TEXT,
            "contrat_nom",
            ("Nom du contrat", "Contract name"),
            (
                "Nom du contrat ; vide pour un rôle national ou de groupe.",
                "Name of the contract; empty for a national or group role.",
            ),
            "Voyage dans les Alpes",
        ),
        GROUPE_CODE,
        PARTENAIRE_ID.but(required=True),
        PARTENAIRES["nom"].but(name="partenaire_nom", title=Bilingual("Nom du partenaire", "Partner name")),
        SIGLE,
        CATEGORIE_CODE,
        column(
            Kind.TEXT,
            "categorie",
            ("Catégorie (libellé)", "Category (label)"),
            ("Libellé de la catégorie.", "Label of the category."),
            "Chambre consulaire",
        ),
        column(
            Kind.TEXT,
            "roles_codes",
            ("Rôles (codes)", "Roles (codes)"),
            (
                "Codes des rôles. Plusieurs valeurs sont séparées par « ; ».",
                "Codes of the roles. Several values are separated by “;”.",
            ),
            "technique",
        ),
        column(
            Kind.TEXT,
            "roles",
            ("Rôles", "Roles"),
            (
                "Libellés des rôles. Plusieurs valeurs sont séparées par « ; ».",
                "Labels of the roles. Several values are separated by “;”.",
            ),
            "Partenaire technique",
        ),
        column(
            Kind.TEXT,
            "roles_source",
            ("Rôles d’après les sources", "Roles as the sources put it"),
            (
                "Rôles dans les mots des sources, abrégés. Plusieurs valeurs sont séparées par « ; ».",
                "Roles in the words of the sources, shortened. Several values are separated by “;”.",
            ),
            "fiches pratiques d’accueil",
        ),
        SIREN,
        ZONE_TYPE_CODE,
        ZONE_CODE,
        SITE_WEB,
        PARTENAIRES["est_groupe"],
        column(
            Kind.TEXT,
            "sources",
            ("Sources", "Sources"),
            (
                "Identifiants des sources. Plusieurs valeurs sont séparées par « ; ».",
                "Identifiers of the sources. Several values are separated by “;”.",
            ),
            "jdc2016",
        ),
    ),
)
