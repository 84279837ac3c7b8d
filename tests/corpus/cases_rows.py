"""Rows whose cells do not agree, cite no known source, or point at what is not there."""

from __future__ import annotations

import datetime as dt

from tests.corpus.books import add_row, keep_rows, put, repeat_row
from tests.corpus.case import Case, spoiled

NAMES = [
    *spoiled(
        "partenaire-inconnu",
        ("partenaire-faute", "Partenaires!B2", "Grande Traversé des Alpes"),
        ("partenaire-d-un-autre-contrat", "Partenaires!B2", "GTA"),
        ("partenaire-exploitant", "Outils!D2", "Office du lac"),
        ("partenaire-financeur", "Financements!D3", "La Région"),
        ("partenaire-guillemet-ouvert", "Financements!D2", "« 25 signataires"),
        ("partenaire-de-liste", "Actions!L2", "Atout France ; Inconnu SA"),
        ("partenaire-virgules", "Actions!L2", "Atout France, CCI Rhône-Alpes"),
        ("partenaire-nombre", "Outils!D2", 12),
    ),
    *spoiled(
        "participant-inconnu",
        ("participant-faute", "Événements!G2", "Atout Franse"),
        ("participant-contrat-faux", "Événements!G2", "atlantide ; Atout France"),
    ),
    *spoiled("contrat-inconnu", ("contrat-precedent-faux", "Contrat!K2", "alpes-v0")),
    *spoiled(
        "zone-inconnue",
        ("zone-code-faux", "Indicateurs!J2", "region 99"),
        ("zone-libelle-faux", "Indicateurs!J2", "Savoie-Léman"),
    ),
    *spoiled("format-invalide", ("zone-territoire-lettres", "Territoires!C2", "8x2")),
    *spoiled(
        "partenaire-different",
        ("registre-sigle", "Partenaires!C2", "GTAX"),
        ("registre-categorie", "Partenaires!D3", "association"),
        ("registre-siren", "Partenaires!E4", "552100554"),
    ),
]

SOURCES = [
    *spoiled(
        "source-inconnue",
        ("source-faute", "Actions!O2", "JDC2061"),
        ("source-de-colonne", "Actions!O2", "ALP3 ; Début = XYZ9"),
        ("source-separateur", "Actions!O3", "ALP3 JDC2016"),
        ("source-de-version", "Divergences!G2", "ALP3 ; JDC"),
        ("source-du-contrat", "Contrat!N2", "ALP33"),
        ("source-adresse", "Outils!I2", "https://exemple.fr"),
    ),
    *spoiled(
        "sans-source",
        ("source-vide", "Actions!O3", None),
        ("source-vide-contrat", "Contrat!N2", None),
        ("source-vide-partenaire", "Partenaires!L4", None),
        ("source-vide-separateurs", "Indicateurs!L2", " ; "),
    ),
    *spoiled(
        "colonne-citee-inconnue",
        ("colonne-citee-faute", "Actions!O2", "ALP3 ; Débout = ALP3"),
        ("colonne-citee-d-ailleurs", "Outils!I2", "JDC2016 ; Montant (€) = ALP3"),
        ("colonne-visee-fausse", "Divergences!E2", "Nom du contrat signé"),
    ),
    Case("version-sans-source", (put("Divergences", J2="Troisième nom"),), ("sans-source Divergences!K2",)),
    Case("source-sans-version", (put("Divergences", K2="ALP3"),), ("valeur-obligatoire Divergences!J2",)),
]

POINTERS = [
    *spoiled(
        "ligne-inconnue",
        ("pointeur-outil", "Actions!M2", "guide-perdu"),
        ("pointeur-inclus", "Financements!L3", "budget-perdu"),
        ("pointeur-action", "Financements!P3", "action-perdue"),
        ("pointeur-numero", "Financements!P3", "9"),
        ("pointeur-divergence", "Divergences!D2", "alpes-inconnu"),
        ("pointeur-feuille", "Divergences!C2", "Contrats signés"),
    ),
]

DOUBLES = [
    Case("double-identifiant", (put("Actions", A3="double-identifiant-fiches"),), ("identifiant-double Actions!A3",)),
    Case("double-partenaire", (repeat_row("Partenaires", 2),), ("ligne-doublee Partenaires!A5",)),
    Case("double-territoire", (repeat_row("Territoires", 3),), ("ligne-doublee Territoires!A4",)),
    Case("double-denomination", (repeat_row("Dénominations", 2),), ("ligne-doublee Dénominations!A4",)),
    Case(
        "double-sans-identifiant",
        (repeat_row("Actions", 3), put("Actions", A4=None)),
        ("ligne-doublee Actions!A4",),
    ),
    Case(
        "double-tout",
        (repeat_row("Outils", 2),),
        ("ligne-doublee Outils!A3", "identifiant-double Outils!A3"),
    ),
    Case("double-contrat", (repeat_row("Contrat", 2),), ("contrat-unique Contrat!A3",)),
    Case("contrat-vide", (keep_rows("Contrat", 1),), ("contrat-unique Contrat!",)),
    *spoiled(
        "ligne-doublee",
        ("double-marche", "Actions!K2", "US ; DE ; US"),
        ("double-thematique", "Contrat!L2", "montagne ; itinerance ; Montagne"),
        ("double-partenaire-de-liste", "Actions!L2", "Atout France ; atout-france"),
    ),
    Case(
        "presque-double",
        (
            add_row(
                "Actions",
                "presque-double-bis",
                None,
                "Participations au salon de Berlin",
                "promotion",
                "source",
                None,
                None,
                "mars 2016",
                None,
                None,
                None,
                None,
                None,
                None,
                "ALP3",
            ),
        ),
        ("ligne-ressemblante Actions!C4",),
    ),
]

DOUBTS = [
    *spoiled(
        "hors-contrat",
        ("action-trop-tard", "Actions!H3", "2025"),
        ("evenement-trop-tot", "Événements!D2", dt.date(2005, 7, 5)),
    ),
    *spoiled("dates-en-desordre", ("signature-apres-la-fin", "Contrat!D2", dt.date(2018, 1, 1))),
    *spoiled("montant-disproportionne", ("montant-en-milliards", "Actions!J2", 5_000_000_000)),
    *spoiled("parties-superieures", ("parties-et-tout", "Financements!F2", 300_000)),
    Case(
        "total-inexact",
        (
            put("Financements", I3=None),
            add_row(
                "Financements",
                *("total-inexact-reste", "Reste", "apport", "Atout France", None, 500_000, None, 60, None, "total"),
                *(None, "total-inexact-budget", None, None, None, None, None, "ALP3"),
            ),
        ),
        ("total-different Financements!F2",),
    ),
    Case(
        "doute-explique",
        (put("Actions", H3="2025", P3="Date vérifiée auprès du porteur"),),
    ),
]

FILES = [
    Case("nom-de-fichier", (), ("fichier-mal-nomme Contrat!A2",), contract="autre-contrat"),
]

CASES = [*NAMES, *SOURCES, *POINTERS, *DOUBLES, *DOUBTS, *FILES]
