"""The closed lists of codes. Their terms (labels, definitions) are typed in ``sources/referentiels/nomenclatures.csv``.

Belongs here: which lists exist and what they are called. Does not belong here: their terms.
"""

from __future__ import annotations

from schemas.declaration import Bilingual, Vocabulary

TABLES = "table"
"""The one vocabulary whose terms are not typed: the names of the published tables."""

_TITLES = {
    "axe": ("Axes", "Strands"),
    "base": ("Bases de valeur", "Bases of a value"),
    "categorie_partenaire": ("Catégories de partenaires", "Categories of partners"),
    "fiabilite": ("Fiabilité d’une source", "Reliability of a source"),
    "forme_apport": ("Formes d’apport", "Forms of contribution"),
    "generation": ("Générations de contrats", "Generations of contracts"),
    "groupe_contrats": ("Groupes de contrats", "Groups of contracts"),
    "instance": ("Instances de gouvernance", "Governance bodies"),
    "marche": ("Marchés et clientèles cibles", "Target markets and visitors"),
    "nature_financement": ("Natures de financement", "Kinds of financing"),
    "nature_indicateur": ("Natures d’indicateur", "Kinds of figure"),
    "origine_axe": ("Origines du classement par axe", "Origins of the filing by strand"),
    "perimetre": ("Périmètres de financement", "Scopes of financing"),
    "precision": ("Précisions de date", "Precisions of a date"),
    "presidence": ("Présidences", "Chairs"),
    "qualificatif": ("Qualificatifs de valeur", "Qualifiers of a value"),
    "regle_vote": ("Règles de vote", "Voting rules"),
    "role": ("Rôles", "Roles"),
    "statut_action": ("Statuts d’action", "Statuses of an action"),
    "statut_contrat": ("Statuts de contrat", "Statuses of a contract"),
    "statut_financement": ("Statuts de financement", "Statuses of financing"),
    TABLES: ("Tables publiées", "Published tables"),
    "thematique": ("Thématiques et filières", "Themes"),
    "type_denomination": ("Types de dénomination", "Kinds of name"),
    "type_evenement": ("Types d’événement", "Kinds of event"),
    "type_outil": ("Types d’outil", "Kinds of tool"),
    "type_source": ("Types de source", "Kinds of source"),
    "type_zone": ("Types de zone", "Kinds of zone"),
    "unite": ("Unités", "Units"),
    "volet": ("Volets", "Parts of a contract"),
}

VOCABULARIES = {name: Vocabulary(name=name, title=Bilingual(*title)) for name, title in _TITLES.items()}
