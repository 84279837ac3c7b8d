"""Workbooks written otherwise and understood without a word."""

from __future__ import annotations

import datetime as dt
import unicodedata

from tests.corpus.books import (
    Book,
    Edit,
    Formula,
    Percentage,
    add_sheet,
    count_from_1904,
    csv_written,
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
from tests.corpus.case import CSV, WORKBOOKS, sound


def everywhere(old: str, new: str) -> Edit:
    """Replaces characters in every text under the headers and above."""

    def edit(book: Book) -> None:
        for page in book.pages:
            page.rows = [[v.replace(old, new) if isinstance(v, str) else v for v in row] for row in page.rows]

    return edit


def decomposed(book: Book) -> None:
    """Takes every accent apart from its letter, as files that went through macOS."""
    for page in book.pages:
        page.rows = [[unicodedata.normalize("NFD", v) if isinstance(v, str) else v for v in row] for row in page.rows]


def padded(book: Book) -> None:
    """Puts blanks around every text."""
    for page in book.pages:
        page.rows = [[f" \u00a0{v}\u00a0 \n" if isinstance(v, str) else v for v in row] for row in page.rows]


def as_texts(book: Book) -> None:
    """Types numbers as texts."""
    for page in book.pages:
        page.rows = [[str(v).replace(".", ",") if isinstance(v, int | float) else v for v in row] for row in page.rows]


DATES = [
    sound("compris-date-iso", put("Actions", H2="2015-06-01", I2="2016-09-30"), same=True),
    sound("compris-date-francaise", put("Actions", H2="01/06/2015", I2="30/09/2016"), same=True),
    sound("compris-date-en-lettres", put("Actions", H2="1er juin 2015", I2="30 Septembre 2016"), same=True),
    sound("compris-date-points", put("Actions", H2="1.6.2015", I2="30.09.2016"), same=True),
    sound("compris-date-abregee", put("Actions", I2="30 sept. 2016", H3="03/2016"), same=True),
    sound("compris-date-annee-nombre", put("Contrat", E2=2015, F2=2017), put("Indicateurs", H2=2015), same=True),
    sound("compris-date-mois-sans-accent", put("Contrat", D2="16 DECEMBRE 2014"), same=True),
    sound(
        "compris-date-et-mots", put("Actions", H3="2016 {printemps 2016}"), put("Gouvernance", E2="{avant le contrat}")
    ),
    sound("compris-dates-de-1904", count_from_1904, same=True, formats=WORKBOOKS),
    sound(
        "compris-date-par-formule", put("Gouvernance", E2=Formula('="20"&"15"', "2015")), same=True, formats=WORKBOOKS
    ),
]

NUMBERS = [
    sound("compris-jour-compte", put("Actions", H2=42156), same=True, formats=WORKBOOKS),
    sound("compris-jour-compte-de-1904", count_from_1904, put("Actions", H2=40694), same=True, formats=WORKBOOKS),
    sound("compris-telephone", put("Actions", P2="+33 4 76 00 00 00", P3="-5 %")),
    sound("compris-montant-euros", put("Actions", J2="75 000,00 €", J3="12 000,50"), same=True),
    sound("compris-montant-milliers", put("Actions", J2="75 k€"), put("Financements", F2="0,99 M€"), same=True),
    sound(
        "compris-montant-insecable",
        put("Actions", J2="75\u00a0000\u00a0€"),
        put("Financements", F2="990\u202f000"),
        same=True,
    ),
    sound(
        "compris-montant-par-formule", put("Actions", J2=Formula("=70000+5000", 75000)), same=True, formats=WORKBOOKS
    ),
    sound("compris-nombres-en-texte", as_texts, same=True),
    sound("compris-textes-en-nombre", put("Territoires", C2=82, C3=33), put("Actions", B2=1, B3=2), same=True),
    sound("compris-part-en-pourcentage", put("Financements", H3=Percentage(0.4)), same=True),
    sound("compris-part-et-signe", put("Financements", H3="40 %"), put("Indicateurs", D2="15 %"), same=True),
    sound("compris-virgule-flottante", put("Actions", J3=12000.499999999998), same=True, formats=WORKBOOKS),
    sound("compris-zero", put("Outils", E2=0)),
]

WORDS = [
    sound(
        "compris-libelles",
        put("Contrat", H2="Signé", L2="Itinérance ; MONTAGNE"),
        put("Partenaires", F2="chef de file", F3="SIGNATAIRE"),
        put("Actions", G2="Réalisée", K2="États-Unis ; allemagne"),
        same=True,
    ),
    sound(
        "compris-codes-a-tirets",
        put("Partenaires", F2="chef-de-file"),
        put("Gouvernance", B2="Comité de pilotage"),
        same=True,
    ),
    sound(
        "compris-noms",
        put("Partenaires", B2="grande traversee DES Alpes", B4="CCI Rhône‑Alpes"),
        put("Outils", D2="atout-france"),
        put("Financements", D3="GRANDE TRAVERSÉE DES ALPES"),
        same=True,
    ),
    sound("compris-apostrophes", everywhere("’", "'"), put("Actions", C2="Fiches d’accueil des randonneurs")),
    sound("compris-insecables", everywhere(" ", "\u00a0"), same=True),
    sound("compris-largeur-nulle", everywhere("e", "e\u200b"), same=True),
    sound("compris-cesure", everywhere("er", "e\u00adr"), same=True),
    sound("compris-accents-separes", decomposed, same=True),
    sound("compris-blancs-autour", padded, same=True),
    sound("compris-sources-minuscules", put("Actions", O2="jdc2016 ; montant (€) = alp3,bre1"), same=True),
    sound("compris-sources-serrees", put("Actions", O2="JDC2016;Montant (€)=ALP3,BRE1;"), same=True),
    sound("compris-identifiant-majuscule", put("Outils", A2="Compris-Identifiant-Majuscule-GUIDE"), same=True),
    sound("compris-action-par-numero", put("Financements", P3="1"), same=True),
    sound("compris-zone-par-libelle", put("Indicateurs", J2="Rhône-Alpes"), same=True),
    sound("compris-lignes-dans-la-cellule", put("Actions", C2="Fiches d’accueil\ndes randonneurs"), same=True),
]

LAYOUT = [
    sound(
        "compris-entetes-autres",
        put("Actions", A1="ID", C1="INTITULE", E1="origine de l'axe", K1="Marché cible", O1="Source"),
        same=True,
    ),
    sound(
        "compris-colonnes-a-rebours",
        *(reverse_columns(name) for name in ("Contrat", "Actions", "Financements")),
        same=True,
    ),
    sound("compris-feuilles-a-rebours", reorder_sheets, same=True, formats=WORKBOOKS),
    sound("compris-noms-de-feuilles", rename("Événements", "evenements"), rename("Actions", "ACTIONS"), same=True),
    sound("compris-titres", insert_rows("Actions", 1, ["Actions du contrat", None, "Statut"], []), same=True),
    sound(
        "compris-titre-fusionne",
        insert_rows("Actions", 1, ["Actions du contrat"]),
        merge("Actions", "A1:H1"),
        same=True,
        formats=WORKBOOKS,
    ),
    sound("compris-lignes-blanches", insert_rows("Actions", 3, [], [None, " "], []), same=True),
    sound("compris-colonnes-blanches", insert_column("Actions", "C"), insert_column("Actions", "A"), same=True),
    sound("compris-mise-en-forme-sans-fin", format_down("Contrat"), same=True, formats=WORKBOOKS),
    sound(
        "compris-parties-cachees",
        hide("Outils"),
        hide("Actions", rows={2}, columns={"C"}),
        same=True,
        formats=WORKBOOKS,
    ),
    sound(
        "compris-feuilles-d-aide",
        add_sheet("Lisez-moi", ["Mode d’emploi"]),
        add_sheet("Listes", ["axe", "offre"]),
        same=True,
    ),
    sound(
        "compris-feuilles-sans-ligne", *(keep_rows(name, 1) for name in ("Dénominations", "Territoires", "Gouvernance"))
    ),
    sound("compris-remarques-libres", put("Actions", P2="à revoir ? 100 % sûr ; voir « note »", P3="31/02/2015")),
]

TEXT_FILES = [
    sound("compris-csv-marque", csv_written("utf-8-sig", ";", "\r\n"), same=True, formats=CSV),
    sound("compris-csv-tabulations", csv_written("utf-8", "\t", "\r\n"), same=True, formats=CSV),
    sound("compris-csv-windows", csv_written("cp1252", ";", "\r\n"), same=True, formats=CSV),
    sound("compris-csv-utf16", csv_written("utf-16", "\t", "\r\n"), same=True, formats=CSV),
    sound("compris-csv-mac", csv_written("utf-8", ";", "\r"), same=True, formats=CSV),
    sound(
        "compris-csv-et-dates",
        put("Événements", D2=dt.date(2016, 7, 5)),
        csv_written(delimiter=";"),
        same=True,
        formats=CSV,
    ),
]

CASES = [sound("propre", same=True), *DATES, *NUMBERS, *WORDS, *LAYOUT, *TEXT_FILES]
