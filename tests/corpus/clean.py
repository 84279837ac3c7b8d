"""The clean workbook that every case spoils: small, complete, without an issue.

Its headers are written out here, not taken from the declarations: an address in a case is that of a cell seen here.
"""

from __future__ import annotations

import datetime as dt

from tests.corpus.books import Book, Page, Value

HEADERS = {
    "Contrat": "Identifiant|Nom|Génération|Date de signature|Début|Fin|Durée (mois)|Statut|Marque|Objectif"
    "|Contrat précédent|Thématiques|Groupes|Sources|Remarque",
    "Dénominations": "Identifiant|Dénomination|Type|Sources|Remarque",
    "Territoires": "Identifiant|Type de zone|Code|Libellé|Sources|Remarque",
    "Partenaires": "Identifiant|Nom|Sigle|Catégorie|SIREN|Rôle|Rôle d’après la source|Début|Fin|Site web|Groupe|Sources"
    "|Remarque",
    "Actions": "Identifiant|Numéro|Intitulé|Axe|Origine de l’axe|Volet|Statut|Début|Fin|Montant (€)|Marchés cibles"
    "|Partenaires|Outil|Groupe|Sources|Remarque",
    "Financements": "Identifiant|Libellé|Nature|Financeur|Forme de l’apport|Montant (€)|ETP|Part (%)|Qualificatif|Base"
    "|Périmètre|Inclus dans|Début|Fin|Statut|Action|Groupe|Sources|Remarque",
    "Gouvernance": "Identifiant|Instance|Présidence|Règle de vote|Date de création|Description|Groupe|Sources|Remarque",
    "Indicateurs": "Identifiant|Libellé|Nature|Valeur|Unité|Qualificatif|Base|Début|Fin|Zone|Groupe|Sources|Remarque",
    "Événements": "Identifiant|Type|Intitulé|Début|Fin|Lieu|Participants|Groupe|Sources|Remarque",
    "Outils": "Identifiant|Type|Intitulé|Exploitant|Nombre d’éléments|Unité|Adresse|Groupe|Sources|Remarque",
    "Divergences": "Identifiant|Sujet|Feuille|Ligne visée|Colonne visée|Valeur A|Sources A|Valeur B|Sources B|Valeur C"
    "|Sources C|Lecture|Valeur retenue|Remarque",
}


def clean_book(contract: str) -> Book:
    """The workbook of a contract of this identifier."""
    return Book([Page(name, [list(headers(name)), *rows]) for name, rows in _rows(contract).items()])


def headers(sheet: str) -> list[str]:
    """The headers of a sheet, from column A on."""
    return HEADERS[sheet].split("|")


def _rows(contract: str) -> dict[str, list[list[Value]]]:
    return {
        "Contrat": _lines(
            "Contrat",
            {
                "Identifiant": contract,
                "Nom": f"Contrat d’essai « {contract} »",
                "Génération": "vague_1",
                "Date de signature": dt.date(2014, 12, 16),
                "Début": "2015",
                "Fin": "2017",
                "Durée (mois)": 36,
                "Statut": "signe",
                "Objectif": "Allonger la saison",
                "Thématiques": "itinerance ; montagne",
                "Sources": "ALP3 ; Objectif = JDC2016",
            },
        ),
        "Dénominations": _lines(
            "Dénominations",
            {"Dénomination": f"Essai {contract}", "Type": "officielle", "Sources": "ALP3"},
            {"Dénomination": f"Essay {contract}", "Type": "fautive", "Sources": "JDC2016"},
        ),
        "Territoires": _lines(
            "Territoires",
            {"Type de zone": "region", "Code": "82", "Libellé": "Rhône-Alpes", "Sources": "ALP3"},
            {"Type de zone": "departement", "Code": "33", "Libellé": "Gironde", "Sources": "ALP3"},
        ),
        "Partenaires": _lines(
            "Partenaires",
            {"Nom": "Grande Traversée des Alpes", "Rôle": "chef_de_file", "Sources": "ALP3"},
            {"Nom": "Atout France", "Rôle": "signataire", "Début": "2015", "Fin": "2017", "Sources": "JDC2016"},
            {"Nom": "CCI Rhône-Alpes", "Rôle": "technique", "Sources": "JDC2016"},
        ),
        "Actions": _lines(
            "Actions",
            {
                "Identifiant": f"{contract}-fiches",
                "Numéro": "1",
                "Intitulé": "Fiches d’accueil des randonneurs",
                "Axe": "offre",
                "Origine de l’axe": "source",
                "Statut": "realisee",
                "Début": dt.date(2015, 6, 1),
                "Fin": dt.date(2016, 9, 30),
                "Montant (€)": 75000,
                "Marchés cibles": "US ; DE",
                "Partenaires": "CCI Rhône-Alpes = technique ; Atout France",
                "Outil": f"{contract}-guide",
                "Sources": "JDC2016 ; Montant (€) = ALP3, BRE1",
            },
            {
                "Identifiant": f"{contract}-salon",
                "Numéro": "2",
                "Intitulé": "Participation au salon de Berlin",
                "Axe": "promotion",
                "Origine de l’axe": "source",
                "Début": "mars 2016",
                "Montant (€)": 12000.5,
                "Sources": "ALP3",
            },
        ),
        "Financements": _lines(
            "Financements",
            {
                "Identifiant": f"{contract}-budget",
                "Libellé": "Budget global",
                "Nature": "budget",
                "Financeur": "« 25 signataires »",
                "Montant (€)": 990000,
                "Base": "total",
                "Périmètre": "contrat",
                "Début": "2015",
                "Fin": "2017",
                "Sources": "ALP3",
            },
            {
                "Identifiant": f"{contract}-part",
                "Libellé": "Part de l’association",
                "Nature": "apport",
                "Financeur": "Grande Traversée des Alpes",
                "Forme de l’apport": "subvention",
                "Montant (€)": 396000,
                "ETP": 1.5,
                "Part (%)": 40,
                "Qualificatif": "environ",
                "Base": "total",
                "Inclus dans": f"{contract}-budget",
                "Statut": "prevu",
                "Action": f"{contract}-fiches",
                "Sources": "ALP3",
            },
        ),
        "Gouvernance": _lines(
            "Gouvernance",
            {
                "Identifiant": f"{contract}-comite",
                "Instance": "comite_pilotage",
                "Présidence": "tournante",
                "Règle de vote": "majorite_presents",
                "Date de création": "2015",
                "Description": "Un comité deux fois par an",
                "Sources": "ALP3",
            },
        ),
        "Indicateurs": _lines(
            "Indicateurs",
            {
                "Identifiant": f"{contract}-clientele",
                "Libellé": "Clientèle européenne en été",
                "Nature": "constat",
                "Valeur": 15,
                "Unité": "pct",
                "Début": "2015",
                "Zone": "region 82",
                "Sources": "ALP3",
            },
        ),
        "Événements": _lines(
            "Événements",
            {
                "Identifiant": f"{contract}-journee",
                "Type": "journee",
                "Intitulé": "Journée d’échanges",
                "Début": dt.date(2016, 7, 5),
                "Lieu": "Grenoble",
                "Participants": f"{contract} ; Atout France = organisateur : accueil",
                "Sources": "JDC2016",
            },
        ),
        "Outils": _lines(
            "Outils",
            {
                "Identifiant": f"{contract}-guide",
                "Type": "guide",
                "Intitulé": "Guide d’accueil",
                "Exploitant": "Atout France",
                "Nombre d’éléments": 12,
                "Adresse": "https://exemple.fr/guide",
                "Sources": "JDC2016",
            },
        ),
        "Divergences": _lines(
            "Divergences",
            {
                "Identifiant": f"{contract}-nom",
                "Sujet": "Nom du contrat",
                "Feuille": "Contrat",
                "Ligne visée": contract,
                "Colonne visée": "Nom",
                "Valeur A": "Contrat d’essai",
                "Sources A": "ALP3 ; JDC2016",
                "Valeur B": "Essai de contrat",
                "Sources B": "BRE1",
                "Valeur retenue": "Contrat d’essai",
            },
        ),
    }


def _lines(sheet: str, *rows: dict[str, Value]) -> list[list[Value]]:
    assert all(set(row) <= set(headers(sheet)) for row in rows), f"no such header in {sheet}"
    return [[row.get(header) for header in headers(sheet)] for row in rows]
