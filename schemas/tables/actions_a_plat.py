"""Actions on one row each, with labels: a derived table, for a spreadsheet."""

from __future__ import annotations

from schemas.columns import (
    AXE_CODE,
    CONTRAT_ID,
    DATE_DEBUT,
    DATE_FIN,
    GROUPE_CODE,
    INTITULE,
    MONTANT_EUR,
    REMARQUE,
    column,
)
from schemas.declaration import Bilingual, Family, Kind, Table
from schemas.tables.actions import TABLE as ACTIONS

TABLE = Table(
    name="actions_a_plat",
    order=3,
    family=Family.FLAT,
    title=Bilingual("Actions (à plat)", "Actions (flat)"),
    description=Bilingual(
        "Les actions sur une ligne chacune, libellés en clair : table dérivée, pour un tableur.",
        "Actions on one row each, with labels: a derived table, for a spreadsheet.",
    ),
    key="action_id",
    columns=(
        ACTIONS["action_id"],
        CONTRAT_ID,
        column(
            Kind.TEXT,
            "contrat_nom",
            ("Nom du contrat", "Contract name"),
            ("Nom du contrat ; vide pour une action nationale.", "Name of the contract; empty for a national action."),
            "Voyage dans les Alpes",
        ),
        GROUPE_CODE,
        ACTIONS["numero"],
        INTITULE,
        AXE_CODE.but(required=True),
        column(
            Kind.TEXT,
            "axe",
            ("Axe (libellé)", "Strand (label)"),
            ("Libellé de l’axe.", "Label of the strand."),
            "Promotion et commercialisation",
        ),
        ACTIONS["axe_origine_code"],
        ACTIONS["volet_code"],
        ACTIONS["statut_code"],
        column(
            Kind.TEXT,
            "statut",
            ("Statut (libellé)", "Status (label)"),
            ("Libellé du statut.", "Label of the status."),
            "Réalisée",
        ),
        DATE_DEBUT,
        DATE_FIN,
        MONTANT_EUR,
        column(
            Kind.TEXT,
            "marches",
            ("Marchés cibles", "Target markets"),
            (
                "Libellés des marchés et clientèles visés. Plusieurs valeurs sont séparées par « ; ».",
                "Labels of the markets and visitors targeted. Several values are separated by “;”.",
            ),
            "États-Unis ; Allemagne",
        ),
        column(
            Kind.TEXT,
            "partenaires",
            ("Partenaires", "Partners"),
            (
                "Noms des partenaires de l’action. Plusieurs valeurs sont séparées par « ; ».",
                "Names of the partners of the action. Several values are separated by “;”.",
            ),
            "CCI Rhône-Alpes",
        ),
        column(
            Kind.TEXT,
            "outil",
            ("Outil (intitulé)", "Tool (title)"),
            ("Intitulé de l’outil.", "Title of the tool."),
            "Flux Vision",
        ),
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
        REMARQUE,
    ),
)
