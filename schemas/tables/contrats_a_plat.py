"""Contracts on one row each, with labels: a derived table, for a spreadsheet."""

from __future__ import annotations

from schemas.columns import column
from schemas.declaration import Bilingual, Family, Kind, Table
from schemas.tables.contrats import TABLE as CONTRATS

TABLE = Table(
    name="contrats_a_plat",
    order=1,
    family=Family.FLAT,
    title=Bilingual("Contrats (à plat)", "Contracts (flat)"),
    description=Bilingual(
        "Les contrats sur une ligne chacun, libellés en clair : table dérivée, pour un tableur.",
        "Contracts on one row each, with labels: a derived table, for a spreadsheet.",
    ),
    key="contrat_id",
    columns=(
        CONTRATS["contrat_id"],
        CONTRATS["nom"],
        CONTRATS["generation_code"],
        column(
            Kind.TEXT,
            "generation",
            ("Génération (libellé)", "Generation (label)"),
            ("Libellé de la génération.", "Label of the generation."),
            "Vague 2 (25 juin 2015)",
        ),
        CONTRATS["est_parmi_les_20"],
        CONTRATS["date_signature"],
        CONTRATS["date_debut"],
        CONTRATS["date_fin"],
        CONTRATS["duree_mois"],
        CONTRATS["statut_code"],
        column(
            Kind.TEXT,
            "statut",
            ("Statut (libellé)", "Status (label)"),
            ("Libellé du statut.", "Label of the status."),
            "Signé",
        ),
        CONTRATS["marque"],
        CONTRATS["objectif"],
        CONTRATS["contrat_precedent_id"],
        column(
            Kind.TEXT,
            "thematiques",
            ("Thématiques", "Themes"),
            (
                "Libellés des thématiques. Plusieurs valeurs sont séparées par « ; ».",
                "Labels of the themes. Several values are separated by “;”.",
            ),
            "Rivière ; Gastronomie",
        ),
        column(
            Kind.TEXT,
            "territoires",
            ("Territoires", "Territories"),
            (
                "Libellés des territoires. Plusieurs valeurs sont séparées par « ; ».",
                "Labels of the territories. Several values are separated by “;”.",
            ),
            "Lot ; Dordogne",
        ),
        column(
            Kind.TEXT,
            "zones_codes",
            ("Codes des territoires", "Territory codes"),
            (
                "Codes officiels à la signature, avec leur type. Plusieurs valeurs sont séparées par « ; ».",
                "Official codes at signature, with their type. Several values are separated by “;”.",
            ),
            "departement 46 ; departement 24",
        ),
        column(
            Kind.TEXT,
            "chefs_de_file",
            ("Chefs de file", "Lead bodies"),
            (
                "Chefs de file, copilotes et porteurs. Plusieurs valeurs sont séparées par « ; ».",
                "Lead bodies, joint leads and project owners. Several values are separated by “;”.",
            ),
            "Epidor",
        ),
        column(
            Kind.TEXT,
            "denominations",
            ("Autres dénominations", "Other names"),
            (
                "Graphies rencontrées dans les sources. Plusieurs valeurs sont séparées par « ; ».",
                "Spellings met in the sources. Several values are separated by “;”.",
            ),
            "The Dordogne Valley",
        ),
        column(
            Kind.INTEGER,
            "nombre_partenaires",
            ("Nombre de partenaires", "Number of partners"),
            ("Nombre de partenaires nommés par les sources.", "Number of partners named by the sources."),
            "5",
            required=True,
        ),
        column(
            Kind.INTEGER,
            "nombre_actions",
            ("Nombre d’actions", "Number of actions"),
            ("Nombre d’actions relevées.", "Number of actions recorded."),
            "4",
            required=True,
        ),
        column(
            Kind.TEXT,
            "sources",
            ("Sources", "Sources"),
            (
                "Identifiants des sources qui décrivent le contrat. Plusieurs valeurs sont séparées par « ; ».",
                "Identifiers of the sources that describe the contract. Several values are separated by “;”.",
            ),
            "bdt9 ; vdd4",
        ),
        CONTRATS["remarque"],
    ),
)
