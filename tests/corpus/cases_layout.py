"""Sheets laid out otherwise: headers, blank and hidden parts, merged cells; the address stays that of the real cell."""

from __future__ import annotations

from tests.corpus.books import (
    Failure,
    Formula,
    add_sheet,
    drop_columns,
    drop_sheet,
    format_down,
    hide,
    insert_column,
    insert_rows,
    keep_rows,
    merge,
    put,
    rename,
    reorder_sheets,
    reverse_columns,
)
from tests.corpus.case import WORKBOOKS, Case
from tests.corpus.clean import headers

HEADERS = [
    Case(
        "entete-faux",
        (put("Actions", C1="Intitulé complet de l’opération"),),
        ("colonne-inconnue Actions!C1", "colonne-absente Actions!"),
    ),
    Case("entete-de-trop", (insert_column("Actions", "C", "Couleur"),), ("colonne-inconnue Actions!C1",)),
    Case(
        "entete-de-trop-et-valeurs",
        (insert_column("Actions", "C", "Couleur", "rouge"), put("Actions", K2="1,200")),
        ("colonne-inconnue Actions!C1", "nombre-ambigu Actions!K2"),
    ),
    Case("entete-absent", (drop_columns("Actions", "F"),), ("colonne-absente Actions!",)),
    Case("entete-absent-des-sources", (drop_columns("Actions", "O"),), ("colonne-absente Actions!",)),
    Case(
        "entetes-absents",
        (drop_columns("Financements", "S", "K"), put("Financements", E2="don")),
        ("colonne-absente Financements!", "code-inconnu Financements!E2"),
    ),
    Case("entete-double", (insert_column("Actions", "H", "Statut", "realisee"),), ("colonne-doublee Actions!H1",)),
    Case(
        "entete-double-par-alias", (insert_column("Actions", "P", "Source", "ALP3"),), ("colonne-doublee Actions!P1",)
    ),
    Case(
        "entete-sans-titre", (insert_column("Actions", "D", None, "à vérifier"),), ("cellule-hors-tableau Actions!D2",)
    ),
    Case(
        "entete-perdu",
        (put("Gouvernance", **{f"{letter}1": None for letter in "ABCDEFGHI"}),),
        ("entete-introuvable Gouvernance!",),
    ),
    Case("entete-au-fond", (insert_rows("Gouvernance", 1, *([[]] * 31)),), ("entete-introuvable Gouvernance!",)),
    Case("entete-d-une-feuille-vide", (keep_rows("Gouvernance", 0),), ("entete-introuvable Gouvernance!",)),
    Case(
        "entetes-autrement-ecrits",
        (
            put(
                "Actions",
                C1="INTITULE",
                H1=" début ",
                J1="Montant\n(€)",
                E1="Origine de l'axe",
                O1="Source",
                J3="1.200",
            ),
        ),
        ("nombre-ambigu Actions!J3",),
    ),
    Case(
        "entetes-a-rebours",
        (reverse_columns("Actions"), put("Actions", G2="1,200", I3="31/02/2016")),
        ("nombre-ambigu Actions!G2", "date-illisible Actions!I3"),
    ),
    Case(
        "entete-en-erreur",
        (put("Actions", F1=Failure("#REF!")),),
        ("colonne-inconnue Actions!F1", "colonne-absente Actions!"),
        WORKBOOKS,
    ),
]

SHIFTED = [
    Case(
        "titre-au-dessus",
        (
            insert_rows("Actions", 1, ["Actions du contrat"], ["Mise à jour : janvier 2016"], []),
            put("Actions", H6="2016-13"),
        ),
        ("date-illisible Actions!H6",),
    ),
    Case(
        "titre-fusionne",
        (
            insert_rows("Actions", 1, ["Actions du contrat"], []),
            merge("Actions", "A1:P1"),
            put("Actions", D4="Marketting"),
        ),
        ("code-inconnu Actions!D4",),
        WORKBOOKS,
    ),
    Case(
        "lignes-blanches",
        (
            insert_rows("Partenaires", 3, [], []),
            insert_rows("Partenaires", 6, [], [], []),
            put("Partenaires", F9="patron"),
        ),
        ("code-inconnu Partenaires!F9",),
    ),
    Case(
        "colonne-blanche",
        (insert_column("Actions", "B"), insert_column("Actions", "F"), put("Actions", L2="mille")),
        ("nombre-illisible Actions!L2",),
    ),
    Case(
        "tableau-decale",
        (
            insert_rows("Indicateurs", 1, [], [], []),
            insert_column("Indicateurs", "A"),
            insert_column("Indicateurs", "A"),
            put("Indicateurs", F5="quinze"),
        ),
        ("nombre-illisible Indicateurs!F5",),
    ),
    Case(
        "tableau-decale-vide",
        (insert_rows("Outils", 1, [], []), insert_column("Outils", "A"), put("Outils", D4=None)),
        ("valeur-obligatoire Outils!D4",),
    ),
    Case(
        "tableau-au-fond",
        (insert_rows("Outils", 1, *([[]] * 29)), put("Outils", B31="machine")),
        ("code-inconnu Outils!B31",),
    ),
    Case(
        "ligne-tres-loin",
        (put("Actions", C5000="Action oubliée", D5000="marketing", E5000="source", O5000="ALP9"),),
        ("code-inconnu Actions!D5000", "source-inconnue Actions!O5000"),
    ),
    Case("colonne-tres-loin", (put("Actions", AZ2="note"),), ("cellule-hors-tableau Actions!AZ2",)),
    Case(
        "sous-total-en-bas",
        (put("Actions", I5="Total", J5=87000.5),),
        (
            *(f"valeur-obligatoire Actions!{letter}5" for letter in "CDE"),
            "date-illisible Actions!I5",
            "sans-source Actions!O5",
        ),
    ),
    Case(
        "erreur-loin-du-tableau",
        (put("Gouvernance", L9=Failure("#REF!")),),
        ("cellule-hors-tableau Gouvernance!L9",),
        WORKBOOKS,
    ),
    Case(
        "formule-vide-decalee",
        (insert_rows("Actions", 1, [], ["Titre"], []), put("Actions", J6=Formula("=J5*2"))),
        ("formule-sans-resultat Actions!J6",),
        WORKBOOKS,
    ),
    Case(
        "erreur-decalee",
        (insert_rows("Actions", 1, [], []), insert_column("Actions", "A"), put("Actions", K5=Failure("#DIV/0!"))),
        ("cellule-en-erreur Actions!K5",),
        WORKBOOKS,
    ),
    Case(
        "csv-retours-a-la-ligne",
        (put("Actions", C2="Fiches d’accueil\ndes randonneurs\n\net cyclistes", J3="1,200"),),
        ("nombre-ambigu Actions!J3",),
    ),
]

HIDDEN = [
    Case(
        "cachee-ligne",
        (hide("Actions", rows={3}), put("Actions", H3="demain")),
        ("date-illisible Actions!H3",),
        WORKBOOKS,
    ),
    Case(
        "cachee-colonne",
        (hide("Actions", columns={"J", "K"}), put("Actions", J2="1,200")),
        ("nombre-ambigu Actions!J2",),
        WORKBOOKS,
    ),
    Case("cachee-feuille", (hide("Outils"), put("Outils", B2="machine")), ("code-inconnu Outils!B2",), WORKBOOKS),
    Case(
        "cachee-feuille-inconnue",
        (add_sheet("Brouillon", ["à garder"]), hide("Brouillon")),
        ("feuille-inconnue Brouillon!",),
        WORKBOOKS,
    ),
    Case(
        "fusion-de-lignes",
        (put("Actions", D3=None), merge("Actions", "D2:D3")),
        ("cellules-fusionnees Actions!D2", "valeur-obligatoire Actions!D3"),
        WORKBOOKS,
    ),
    Case(
        "fusion-de-colonnes",
        (put("Financements", E3=None, D3="La Région"), merge("Financements", "D3:E3")),
        ("cellules-fusionnees Financements!D3", "partenaire-inconnu Financements!D3"),
        WORKBOOKS,
    ),
    Case(
        "mise-en-forme-sans-fin",
        (format_down("Actions"), put("Actions", J3="mille")),
        ("nombre-illisible Actions!J3",),
        WORKBOOKS,
    ),
]

SHEETS = [
    Case(
        "feuille-en-double",
        (add_sheet("Evenements", ["Identifiant", "Type", "Intitulé"]),),
        ("feuille-doublee Evenements!",),
        WORKBOOKS,
    ),
    Case(
        "exemple-rempli",
        (put("Actions", A4="(exemple)", C4="Notre propre action"),),
        ("exemple-modifie Actions!A4",),
    ),
    Case("feuille-de-trop", (add_sheet("Brouillon", ["essai"], ["1"]),), ("feuille-inconnue Brouillon!",)),
    Case("feuille-mal-nommee", (rename("Outils", "Outilz"), put("Actions", M2=None)), ("feuille-inconnue Outilz!",)),
    Case("feuille-sans-contrat", (drop_sheet("Contrat"),), ("feuille-absente !",)),
    Case(
        "feuille-autrement-ecrite",
        (rename("Événements", "EVENEMENTS"), put("EVENEMENTS", B2="fête")),
        ("code-inconnu Événements!B2",),
    ),
    Case(
        "feuilles-a-rebours",
        (reorder_sheets, put("Actions", J2="mille"), put("Outils", E2="douze")),
        ("nombre-illisible Actions!J2", "nombre-illisible Outils!E2"),
        WORKBOOKS,
    ),
    Case(
        "feuille-deux-lignes-d-entetes",
        (insert_rows("Dénominations", 2, list(headers("Dénominations"))),),
        ("code-inconnu Dénominations!C2", "source-inconnue Dénominations!D2"),
    ),
]


CASES = [*HEADERS, *SHIFTED, *HIDDEN, *SHEETS]
