"""Cells that cannot be read, or are not what their column takes."""

from __future__ import annotations

import datetime as dt

from tests.corpus.books import Failure, Formula, put
from tests.corpus.case import WORKBOOKS, Case, one_cell, spoiled

DATES = [
    *spoiled(
        "date-illisible",
        ("date-31-fevrier", "Actions!H2", "31 février 2015"),
        ("date-31-02", "Actions!H2", "31/02/2015"),
        ("date-mois-13", "Actions!H2", "12/13/2015"),
        ("date-en-mots", "Actions!H3", "printemps 2016"),
        ("date-en-anglais", "Actions!H2", "3 april 2015"),
        ("date-cinq-chiffres", "Actions!H2", "20155"),
        ("date-deux-annees", "Financements!M2", "2015-2017"),
        ("date-liste", "Actions!I2", "2015 ; 2016"),
        ("date-32-janvier", "Événements!D2", "32/01/2016"),
        ("date-sans-annee-en-mots", "Contrat!D2", "16 décembre"),
        ("date-bientot", "Gouvernance!E2", "bientôt"),
        ("date-saison", "Indicateurs!H2", "été 2015"),
        ("date-tiret", "Partenaires!H3", "-"),
        ("date-accolade-ouverte", "Actions!H3", "2016 {printemps 2016"),
        ("date-oui", "Actions!H3", True),
    ),
    *spoiled(
        "date-ambigue",
        ("date-jour-mois", "Actions!H2", "03/04"),
        ("date-annee-courte", "Actions!H2", "03/04/15"),
        ("date-annee-courte-tirets", "Actions!H3", "03-04-15"),
        ("date-annee-courte-points", "Contrat!D2", "16.12.14"),
    ),
    *spoiled(
        "date-inversee",
        ("fin-avant-debut", "Actions!I2", dt.date(2015, 5, 31)),
        ("fin-avant-debut-annees", "Contrat!F2", "2014"),
        ("fin-avant-debut-partenaire", "Partenaires!I3", "12/2014"),
    ),
]

NUMBERS = [
    *spoiled(
        "nombre-ambigu",
        ("nombre-virgule-mille", "Actions!J2", "1,200"),
        ("nombre-point-mille", "Financements!F2", "1.200"),
    ),
    *spoiled(
        "nombre-illisible",
        ("nombre-environ", "Actions!J2", "environ 75000"),
        ("nombre-lettre-o", "Actions!J2", "75OOO"),
        ("nombre-dollars", "Actions!J3", "$ 12000"),
        ("nombre-mal-groupe", "Actions!J2", "7 50 00"),
        ("nombre-unite-fausse", "Financements!F2", "1,5 ME"),
        ("nombre-deux-virgules", "Financements!F2", "1,5,2"),
        ("nombre-en-lettres", "Outils!E2", "douze"),
        ("nombre-plage", "Indicateurs!D2", "10 à 15"),
        ("nombre-non-communique", "Financements!G3", "n.c."),
        ("nombre-date", "Actions!J2", dt.date(2015, 1, 31)),
        ("nombre-oui", "Actions!J3", True),
        ("nombre-deux-montants", "Actions!J2", "75000 + 12000"),
    ),
    *spoiled(
        "nombre-non-entier",
        ("nombre-duree-et-demie", "Contrat!G2", "36,5"),
        ("nombre-elements-virgule", "Outils!E2", 12.5),
    ),
    *spoiled(
        "hors-bornes",
        ("nombre-part-140", "Financements!H3", 140),
        ("nombre-part-negative", "Financements!H3", "-5"),
        ("nombre-etp-negatif", "Financements!G3", "-1,5"),
        ("nombre-duree-nulle", "Contrat!G2", 0),
        ("nombre-elements-negatif", "Outils!E2", -12),
    ),
    one_cell("nombre-immense", "hors-bornes", "Actions!J2", 1e20, WORKBOOKS),
    *spoiled(
        "format-invalide", ("nombre-millimes", "Actions!J2", "0,123"), ("adresse-sans-http", "Outils!G2", "exemple")
    ),
]

CODES = spoiled(
    "code-inconnu",
    ("code-axe", "Actions!D2", "marketting"),
    ("code-origine", "Actions!E3", "auteur"),
    ("code-statut-action", "Actions!G2", "fini"),
    ("code-role", "Partenaires!F3", "signatère"),
    ("code-generation", "Contrat!C2", "vague 9"),
    ("code-statut-contrat", "Contrat!H2", "en cours d’examen"),
    ("code-thematique", "Contrat!L2", "itinerance ; monts"),
    ("code-groupe", "Contrat!M2", "occitanie"),
    ("code-denomination", "Dénominations!C3", "erronée"),
    ("code-zone", "Territoires!B2", "pays"),
    ("code-nature", "Financements!C2", "dépense"),
    ("code-forme", "Financements!E3", "don"),
    ("code-qualificatif", "Financements!I3", "peut-être"),
    ("code-base", "Financements!J3", "par mois"),
    ("code-perimetre", "Financements!K2", "tout"),
    ("code-statut-financement", "Financements!O3", "promis"),
    ("code-instance", "Gouvernance!B2", "assemblée"),
    ("code-presidence", "Gouvernance!C2", "préfet"),
    ("code-vote", "Gouvernance!D2", "à main levée"),
    ("code-nature-indicateur", "Indicateurs!C2", "but"),
    ("code-unite", "Indicateurs!E2", "kilos"),
    ("code-evenement", "Événements!B2", "fête"),
    ("code-outil", "Outils!B2", "machine"),
    ("code-marche-de-liste", "Actions!K2", "US ; XX ; DE"),
    ("code-role-de-liste", "Actions!L2", "Atout France = patron"),
    ("code-role-de-participant", "Événements!G2", "Atout France = hôte : accueil"),
    ("code-nombre", "Actions!D2", 3),
)

REQUIRED = [
    *spoiled(
        "valeur-obligatoire",
        ("vide-intitule", "Actions!C2", None),
        ("vide-axe", "Actions!D3", None),
        ("vide-nom", "Contrat!B2", None),
        ("vide-identifiant-du-contrat", "Contrat!A2", None),
        ("vide-denomination", "Dénominations!B3", None),
        ("vide-type-de-zone", "Territoires!B3", None),
        ("vide-partenaire", "Partenaires!B2", None),
        ("vide-role", "Partenaires!F4", None),
        ("vide-libelle", "Financements!B2", None),
        ("vide-description", "Gouvernance!F2", None),
        ("vide-valeur", "Indicateurs!D2", None),
        ("vide-unite", "Indicateurs!E2", None),
        ("vide-sujet", "Divergences!B2", None),
        ("vide-version", "Divergences!F2", None),
        ("vide-sources-d-une-version", "Divergences!I2", None),
        ("vide-espaces", "Actions!C2", "\u00a0 \u2009 "),
        ("vide-largeur-nulle", "Actions!C3", "\u200b\ufeff"),
    ),
    *spoiled(
        "identifiant-invalide",
        ("identifiant-phrase", "Actions!A3", "Salon de Berlin"),
        ("identifiant-souligne", "Gouvernance!A2", "comite_pilotage"),
    ),
]

BROKEN = [
    one_cell("erreur-ref", "cellule-en-erreur", "Actions!J2", Failure("#REF!"), WORKBOOKS),
    one_cell("erreur-na", "cellule-en-erreur", "Actions!C3", Failure("#N/A"), WORKBOOKS),
    one_cell("erreur-division", "cellule-en-erreur", "Financements!F3", Failure("#DIV/0!"), WORKBOOKS),
    one_cell("erreur-valeur", "cellule-en-erreur", "Indicateurs!D2", Failure("#VALUE!"), WORKBOOKS),
    one_cell("erreur-dans-une-remarque", "cellule-en-erreur", "Contrat!O2", Failure("#NAME?"), WORKBOOKS),
    one_cell("erreur-dans-un-nom", "cellule-en-erreur", "Partenaires!B2", Failure("#REF!"), WORKBOOKS),
    one_cell("erreur-dans-les-sources", "cellule-en-erreur", "Actions!O2", Failure("#N/A"), WORKBOOKS),
    one_cell("erreur-dans-une-version", "cellule-en-erreur", "Divergences!F2", Failure("#N/A"), WORKBOOKS),
    one_cell("erreur-dans-une-cible", "cellule-en-erreur", "Divergences!C2", Failure("#N/A"), WORKBOOKS),
    one_cell("formule-vide", "formule-sans-resultat", "Actions!J2", Formula("=SUM(J3:J9)"), WORKBOOKS),
    one_cell("formule-vide-date", "formule-sans-resultat", "Événements!D2", Formula("=TODAY()"), WORKBOOKS),
    Case(
        "erreurs-de-deux-sortes",
        (put("Financements", F2=Failure("#NUM!"), G3=Formula("=1+1")),),
        ("cellule-en-erreur Financements!F2", "formule-sans-resultat Financements!G3"),
        WORKBOOKS,
    ),
]

HOSTILE = [
    *spoiled(
        "texte-de-formule",
        ("texte-egal", "Actions!C2", "=SOMME(J2:J3)"),
        ("texte-plus", "Actions!P2", "+cmd|’ /C calc’!A0"),
        ("texte-moins", "Contrat!J2", "-2+3+MAX(1;2)"),
        ("texte-arobase", "Gouvernance!F2", "@SOMME(1+1)"),
    ),
    *spoiled("caractere-illisible", ("texte-perdu", "Actions!C3", "Th\ufffd\ufffdtre de verdure")),
    one_cell("texte-sans-fin", "texte-trop-long", "Actions!P2", "é" * 32_768, ("ods", "csv")),
    one_cell("date-de-1905", "date-nombre", "Actions!H3", dt.date(1905, 7, 6), WORKBOOKS),
    one_cell("cellule-a-droite", "cellule-lointaine", "Actions!AMA2", "note"),
    one_cell("cellule-au-fond", "cellule-lointaine", "Actions!C300000", "note"),
]

CASES = [*DATES, *NUMBERS, *CODES, *REQUIRED, *BROKEN, *HOSTILE]
