"""An example of every kind of issue that one row can show: what raises it, and the same once mended.

Belongs here: the examples, as data that the tests run and that ``docs/regles.md`` shows. Does not belong here: the
sources that they are put into (the small ones of the tests), and what takes more than a row to show (``situations``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A row (label → text typed) that raises an issue at the cell of ``label``, and the cells that mend it.

    ``sheet``: « contrats/alpes/Actions », « referentiels/partenaires »… ``beside``: a row of the same sheet that goes
    before, mistaken or not; the issue is reported at that row when ``at_beside``. A blank ``label``: at the whole row.
    """

    sheet: str
    row: Row
    label: str
    good: Row
    beside: Row = field(default_factory=dict)
    at_beside: bool = False


ACTIONS, FINANCES, TOOLS = "contrats/alpes/Actions", "contrats/alpes/Financements", "contrats/alpes/Outils"
PARTNERS, SPELLINGS, CORRECTIONS = "referentiels/partenaires", "referentiels/partenaires_denominations", "corrections"


def _action(title: str, label: str, bad: str, good: str, **others: str) -> Example:
    row = {"Intitulé": title, "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3", **others, label: bad}
    return Example(sheet=ACTIONS, row=row, label=label, good={label: good})


def _partner(identifier: str, label: str, bad: str, good: str) -> Example:
    row = {"Identifiant": identifier, "Nom": f"Office {identifier}", "Catégorie": "association", label: bad}
    return Example(sheet=PARTNERS, row=row, label=label, good={label: good})


def _correction(label: str, bad: str, good: str, **others: str) -> Example:
    row = {
        "Fichier": "contrats/alpes",
        "Feuille": "Contrat",
        "Ligne visée": "alpes",
        "Motif": "Le document signé fait foi.",
        **others,
        label: bad,
    }
    return Example(sheet=CORRECTIONS, row=row, label=label, good={label: good})


EXAMPLES: dict[str, Example] = {
    # The cell
    "valeur-obligatoire": _action("Sans axe", "Axe", "", "offre"),
    "date-illisible": _action("Fin février", "Début", "31 février 2016", "28 février 2016"),
    "date-ambigue": _action("Avril", "Fin", "03/04", "03/04/2016"),
    "nombre-illisible": _action("Montant inconnu", "Montant (€)", "beaucoup", "1,5 M€"),
    "nombre-ambigu": _action("Millier ou décimal", "Montant (€)", "75,200", "75 200"),
    "nombre-non-entier": Example(
        sheet=TOOLS,
        row={"Type": "guide", "Intitulé": "Un guide et demi", "Nombre d’éléments": "1,5", "Sources": "ALP3"},
        label="Nombre d’éléments",
        good={"Nombre d’éléments": "2"},
    ),
    "booleen-illisible": _partner("incertain", "Groupe", "peut-être", "oui"),
    "code-inconnu": _action("Faute de frappe", "Axe", "ofre", "offre"),
    "format-invalide": Example(
        sheet=TOOLS,
        row={"Type": "guide", "Intitulé": "Carnet en ligne", "Adresse": "www.exemple.fr", "Sources": "ALP3"},
        label="Adresse",
        good={"Adresse": "https://www.exemple.fr"},
    ),
    "hors-bornes": Example(
        sheet=FINANCES,
        row={"Libellé": "Part de l’association", "Nature": "apport", "Part (%)": "140", "Sources": "ALP3"},
        label="Part (%)",
        good={"Part (%)": "14"},
    ),
    "identifiant-invalide": _action("Capitales et accents", "Identifiant", "Alpes Été !", "alpes-ete"),
    "zero-restitue": _partner("zero-perdu", "SIREN", "56528011", "056528011"),
    "texte-de-formule": _action("", "Intitulé", "=Balades", "Balades"),
    "caractere-illisible": _action("", "Intitulé", "Th\N{REPLACEMENT CHARACTER}tre", "Théâtre"),
    # The row
    "identifiant-double": _action("Déjà pris", "Identifiant", "alpes-fiches", "alpes-fiches-suite"),
    "ligne-doublee": Example(
        sheet=ACTIONS,
        row={"Intitulé": "Paniers de services", "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3"},
        label="Identifiant",
        good={"Intitulé": "Relais de bagages"},
    ),
    "date-inversee": _action("À rebours", "Fin", "2015", "2017", **{"Début": "juin 2016"}),
    "sans-source": _action("Venue de nulle part", "Sources", "", "ALP3"),
    "source-inconnue": _action("Source mal tapée", "Sources", "ALP33", "ALP3"),
    "colonne-citee-inconnue": _action(
        "Citée par colonne", "Sources", "ALP3 ; Budjet = BRE1", "ALP3 ; Montant (€) = BRE1", **{"Montant (€)": "80 k€"}
    ),
    "partenaire-inconnu": Example(
        sheet="contrats/alpes/Partenaires",
        row={"Nom": "Grande Traversé des Alpes", "Rôle": "signataire", "Sources": "ALP3"},
        label="Nom",
        good={"Nom": "Grande Traversée des Alpes"},
    ),
    "participant-inconnu": Example(
        sheet="contrats/alpes/Événements",
        row={
            "Type": "journee",
            "Intitulé": "Réunion de bilan",
            "Début": "juin 2017",
            "Participants": "alpes ; Atou France",
            "Sources": "ALP3",
        },
        label="Participants",
        good={"Participants": "alpes ; Atout France"},
    ),
    "contrat-inconnu": Example(
        sheet=SPELLINGS,
        row={"Partenaire": "atout-france", "Dénomination": "L’agence", "Contrat": "alpe", "Sources": "ALP3"},
        label="Contrat",
        good={"Contrat": "alpes"},
    ),
    "zone-inconnue": Example(
        sheet="contrats/alpes/Indicateurs",
        row={
            "Libellé": "Nuitées",
            "Nature": "constat",
            "Valeur": "12",
            "Unité": "pct",
            "Zone": "region 99",
            "Sources": "ALP3",
        },
        label="Zone",
        good={"Zone": "region 82"},
    ),
    "ligne-inconnue": _action("Avec son outil", "Outil", "alpes-guides", "alpes-guide"),
    "ligne-en-boucle": Example(
        sheet=FINANCES,
        row={
            "Identifiant": "alpes-part-de-soi",
            "Libellé": "Une part d’elle-même",
            "Nature": "apport",
            "Inclus dans": "alpes-part-de-soi",
            "Sources": "ALP3",
        },
        label="Inclus dans",
        good={"Inclus dans": ""},
    ),
    "cle-etrangere": Example(
        sheet="contrats/alpes/Territoires",
        row={"Type de zone": "departement", "Code": "34", "Libellé": "Gironde", "Sources": "ALP3"},
        label="Code",
        good={"Code": "33"},
    ),
    "partenaire-different": Example(
        sheet="contrats/alpes/Partenaires",
        row={"Nom": "CCI Rhône-Alpes", "Sigle": "CCI", "Rôle": "signataire", "Sources": "ALP3"},
        label="Sigle",
        good={"Sigle": ""},
    ),
    "ecriture-partagee": Example(
        sheet=SPELLINGS,
        row={"Partenaire": "atout-france", "Dénomination": "gta", "Contrat": "alpes", "Sources": "ALP3"},
        label="Dénomination",
        good={"Dénomination": "Agence Atout France"},
    ),
    # Corrections
    "correction-sans-objet": _correction(
        "Colonne visée",
        "Nomm",
        "Nom",
        **{"Valeur attendue": "Voyage dans les Alpes", "Valeur corrigée": "Voyages dans les Alpes"},
    ),
    "correction-perimee": _correction(
        "Valeur attendue",
        "Allonger l’été",
        "Allonger la saison",
        **{"Colonne visée": "Objectif", "Valeur corrigée": "Allonger la saison d’été"},
    ),
    # Numbers and doubts
    "cle-siren": _partner("recopie", "SIREN", "732829321", "732829320"),
    "siret-pour-siren": _partner("etablissement", "SIREN", "55210055400013", "552100554"),
    "hors-contrat": _action("Longtemps après", "Début", "2025", "2016"),
    "montant-disproportionne": _action("Milliards", "Montant (€)", "2 Md€", "2 M€"),
    "parties-superieures": Example(
        sheet=FINANCES,
        beside={
            "Identifiant": "alpes-fonds",
            "Libellé": "Fonds",
            "Nature": "budget",
            "Montant (€)": "40 k€",
            "Base": "total",
            "Sources": "ALP3",
        },
        row={
            "Libellé": "Dotation au fonds",
            "Nature": "apport",
            "Montant (€)": "50 k€",
            "Base": "total",
            "Inclus dans": "alpes-fonds",
            "Sources": "ALP3",
        },
        label="Montant (€)",
        at_beside=True,
        good={"Montant (€)": "30 k€"},
    ),
    "total-different": Example(
        sheet=FINANCES,
        beside={
            "Identifiant": "alpes-plan",
            "Libellé": "Plan",
            "Nature": "budget",
            "Montant (€)": "20 k€",
            "Base": "total",
            "Sources": "ALP3",
        },
        row={
            "Libellé": "Dotation unique du plan",
            "Nature": "apport",
            "Montant (€)": "19 k€",
            "Part (%)": "100",
            "Base": "total",
            "Inclus dans": "alpes-plan",
            "Sources": "ALP3",
        },
        label="Montant (€)",
        at_beside=True,
        good={"Montant (€)": "20 k€"},
    ),
    "ligne-ressemblante": Example(
        sheet=ACTIONS,
        row={
            "Intitulé": "Les paniers de services",
            "Axe": "promotion",
            "Origine de l’axe": "source",
            "Sources": "ALP3",
        },
        label="Intitulé",
        good={"Intitulé": "Navettes vers les refuges"},
    ),
    "partenaire-ressemblant": _partner("traversee-alpes", "Nom", "Grandes Traversées des Alpes", "Refuges des Alpes"),
    "correction-sans-usage": _correction(
        "Valeur corrigée", "vague_1", "vague_2", **{"Colonne visée": "Génération", "Valeur attendue": "vague_1"}
    ),
    "dates-en-desordre": Example(
        sheet="referentiels/sources",
        row={
            "Identifiant": "LUE2",
            "Titre": "Lue avant d’être écrite",
            "Type": "presse",
            "Fiabilité": "primaire",
            "Date de publication": "12/03/2020",
            "Date de consultation": "05/01/2020",
        },
        label="Date de publication",
        good={"Date de publication": "12/03/2019"},
    ),
}
