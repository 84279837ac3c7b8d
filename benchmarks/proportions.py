"""How large the real sheets are, counted in the real sources: rows a contract, filled cells.

Belongs here: counts. Does not belong here: what a row says. A sheet or a column that is not named here takes the
default, so that a new one needs no change.
"""

from __future__ import annotations

from typing import NamedTuple

CONTRACTS = 42


class Rows(NamedTuple):
    """The rows of a sheet, in all workbooks of the 42 contracts and in the national one."""

    contracts: int
    national: int


ROWS = {
    "Dénominations": Rows(107, 0),
    "Territoires": Rows(102, 0),
    "Partenaires": Rows(289, 9),
    "Actions": Rows(119, 7),
    "Financements": Rows(59, 19),
    "Gouvernance": Rows(41, 25),
    "Indicateurs": Rows(89, 20),
    "Événements": Rows(96, 20),
    "Outils": Rows(43, 5),
    "Divergences": Rows(32, 20),
}
DEFAULT_ROWS = Rows(60, 10)

PARTNERS, SOURCES = 217, 172
"""Organisations of the registry, documents of the bibliography."""

_FILLED = {
    "Contrat": "Date de signature 81, Début 24, Fin 19, Durée (mois) 38, Statut 99, Marque 17, Objectif 24, "
    "Contrat précédent 14, Thématiques 93, Groupes 19, Remarque 95",
    "Dénominations": "Identifiant 6, Remarque 46",
    "Territoires": "Identifiant 1, Code 88, Remarque 21",
    "Partenaires": "Identifiant 0, Sigle 2, Catégorie 2, SIREN 2, Début 9, Fin 2, Site web 2, Groupe 1, Remarque 14, "
    "Rôle d’après la source 99",
    "Actions": "Numéro 8, Volet 8, Statut 71, Début 64, Fin 15, Montant (€) 8, Marchés cibles 39, Partenaires 26, "
    "Outil 35, Groupe 0, Remarque 43",
    "Financements": "Financeur 97, Forme de l’apport 91, Montant (€) 59, ETP 1, Part (%) 8, Qualificatif 68, Base 59, "
    "Périmètre 99, Inclus dans 21, Début 60, Fin 42, Statut 45, Action 9, Groupe 9, Remarque 83",
    "Gouvernance": "Présidence 11, Règle de vote 2, Date de création 15, Groupe 3, Remarque 44",
    "Indicateurs": "Qualificatif 99, Base 33, Début 84, Fin 23, Zone 5, Groupe 5, Remarque 37",
    "Événements": "Début 95, Fin 6, Lieu 32, Participants 34, Groupe 1, Remarque 45",
    "Outils": "Exploitant 31, Nombre d’éléments 4, Unité 4, Adresse 10, Groupe 0, Remarque 44",
    "Divergences": "Feuille 85, Valeur C 10, Lecture 99, Valeur retenue 85, Remarque 17",
    "partenaires": "Sigle 35, SIREN 20, Type de zone 45, Code de zone 45, Site web 8, Groupe 15, Remarque 30",
    "partenaires_denominations": "Contrat 0, Remarque 10",
    "sources": "Éditeur 99, Adresse 80, Apport 99, Date de publication 50, Date de consultation 99, "
    "À revérifier le 80, Remarque 60",
}
DEFAULT_FILLED = 0.3


def _shares(said: str) -> dict[str, float]:
    pairs = (part.rsplit(" ", 1) for part in said.split(", "))
    return {label: int(share) / 100 for label, share in pairs}


FILLED = {sheet: _shares(said) for sheet, said in _FILLED.items()}


def filled(sheet: str, label: str, default: float = DEFAULT_FILLED) -> float:
    """The share of the rows of a sheet in which a cell that may be blank is filled."""
    return FILLED.get(sheet, {}).get(label, default)
