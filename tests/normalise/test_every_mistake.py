"""A row with several mistakes has them all told at once, each at its cell, and none that only follows from another."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.conftest import Row, SmallSources, cell_of, write_small_sources

ALPES, SPELLINGS = "contrats/alpes", "referentiels/partenaires_denominations"
Told = tuple[str, str, str]
"""Code, cell, value."""

LOST = "Trav\N{REPLACEMENT CHARACTER}e"
ACTION = {"Intitulé": "Une action", "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3"}
FUNDING = {"Libellé": "Une part", "Nature": "apport", "Sources": "ALP3"}
FIGURE = {"Libellé": "Un chiffre", "Nature": "constat", "Valeur": "1", "Unité": "pct", "Sources": "ALP3"}
EVENT = {"Type": "journee", "Intitulé": "Une journée", "Début": "2016", "Sources": "ALP3"}
TOOL = {"Type": "guide", "Intitulé": "Un outil", "Sources": "ALP3"}
PARTNER = {"Nom": "Atout France", "Rôle": "signataire", "Sources": "ALP3"}
DIVERGENCE = {"Sujet": "", "Valeur A": "a", "Sources A": "ALP3", "Valeur B": "b", "Sources B": "BRE1"}
SPELLING = {"Partenaire": "atout-france", "Dénomination": "L’agence", "Sources": "ALP3"}

# Sheet, a sound row, the cell that refuses it when it is typed, the other mistakes (label: what is typed, code, value).
Mistakes = dict[str, tuple[str, str, str]]
ROWS: list[tuple[str, Row, tuple[str, str, str], Mistakes]] = [
    (
        f"{ALPES}/Actions",
        ACTION,
        ("Axe", "zz", "code-inconnu"),
        {
            "Marchés cibles": ("DE ; Mars", "code-inconnu", "Mars"),
            "Partenaires": ("GTA = patron", "code-inconnu", "patron"),
            "Outil": ("guide-perdu", "ligne-inconnue", "guide-perdu"),
            "Sources": ("", "sans-source", ""),
        },
    ),
    (
        f"{ALPES}/Actions",
        {**ACTION, "Intitulé": "Une autre"},
        ("Montant (€)", "beaucoup", "nombre-illisible"),
        {
            "Marchés cibles": ("DE ; Allemagne", "ligne-doublee", "Allemagne"),
            "Partenaires": ("Inconnu SA", "partenaire-inconnu", "Inconnu SA"),
            "Sources": ("ALP3 ; ALP99", "source-inconnue", "ALP99"),
        },
    ),
    (
        f"{ALPES}/Actions",
        {**ACTION, "Intitulé": "Une autre encore"},
        ("Début", "demain", "date-illisible"),
        {"Sources": ("ALP3 ; Budjet = ALP3", "colonne-citee-inconnue", "Budjet")},
    ),
    (
        f"{ALPES}/Partenaires",
        {**PARTNER, "Nom": ""},
        ("Rôle", "zz", "code-inconnu"),
        {"Nom": ("Grande Traversée des Alpe", "partenaire-inconnu", "Grande Traversée des Alpe")},
    ),
    (
        f"{ALPES}/Partenaires",
        PARTNER,
        ("Début", "demain", "date-illisible"),
        {"Sigle": ("AF", "partenaire-different", "AF")},
    ),
    (
        f"{ALPES}/Financements",
        FUNDING,
        ("Nature", "zz", "code-inconnu"),
        {
            "Financeur": ("La Région", "partenaire-inconnu", "La Région"),
            "Inclus dans": ("budget-perdu", "ligne-inconnue", "budget-perdu"),
            "Action": ("9", "ligne-inconnue", "9"),
        },
    ),
    (
        f"{ALPES}/Indicateurs",
        FIGURE,
        ("Unité", "zz", "code-inconnu"),
        {"Zone": ("region 99", "zone-inconnue", "region 99")},
    ),
    (
        f"{ALPES}/Territoires",
        {"Type de zone": "region", "Code": "82", "Libellé": "", "Sources": "ALP3"},
        ("Libellé", "", "valeur-obligatoire"),
        {"Code": ("98", "cle-etrangere", "98")},
    ),
    (
        f"{ALPES}/Événements",
        EVENT,
        ("Type", "zz", "code-inconnu"),
        {"Participants": ("alpes ; Atou France", "participant-inconnu", "Atou France")},
    ),
    (
        f"{ALPES}/Outils",
        TOOL,
        ("Type", "zz", "code-inconnu"),
        {"Exploitant": ("Office du lac", "partenaire-inconnu", "Office du lac")},
    ),
    (
        f"{ALPES}/Divergences",
        DIVERGENCE,
        ("Sujet", "", "valeur-obligatoire"),
        {
            "Feuille": ("Actions", "", ""),
            "Ligne visée": ("alpes-perdue", "ligne-inconnue", "alpes-perdue"),
            "Colonne visée": ("Budjet", "colonne-citee-inconnue", "Budjet"),
            "Valeur C": ("c", "", ""),
            "Sources C": ("", "sans-source", ""),
        },
    ),
    (
        f"{ALPES}/Divergences",
        DIVERGENCE,
        ("Sujet", "", "valeur-obligatoire"),
        {
            "Feuille": ("Actes", "ligne-inconnue", "Actes"),
            "Sources A": ("ALP99", "source-inconnue", "ALP99"),
            "Valeur C": ("", "valeur-obligatoire", ""),
            "Sources C": ("ALP98", "source-inconnue", "ALP98"),
        },
    ),
    (
        SPELLINGS,
        SPELLING,
        ("Remarque", LOST, "caractere-illisible"),
        {
            "Partenaire": ("atout-frence", "partenaire-inconnu", "atout-frence"),
            "Contrat": ("alpe", "contrat-inconnu", "alpe"),
        },
    ),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[set[Told], set[Told]]]:
    """What is told of each row, and what should be."""
    sources = write_small_sources(tmp_path_factory.mktemp("toutes") / "sources")
    places = []
    for sheet, row, (label, typed, code), mistakes in ROWS:
        number = sources.add(sheet, {**row, label: typed, **{name: cell for name, (cell, _, _) in mistakes.items()}})
        wanted = {(code, cell_of(sheet, label, number), typed)}
        wanted |= {(code, cell_of(sheet, name, number), value) for name, (_, code, value) in mistakes.items() if code}
        places.append((sheet.rpartition("/")[2], number, wanted))
    issues = sources.run().issues
    found = []
    for name, number, wanted in places:
        own = issues[(issues["sheet"] == name) & (issues["row"] == number) & issues["file"].ne("contrats/bretagne")]
        found.append((set(zip(own["code"], own["cell"], own["value"], strict=True)), wanted))
    return found


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{sheet} {label}" for sheet, _, (label, *_), _ in ROWS])
def test_every_mistake_of_a_row_is_told_at_once(number: int, told: list[tuple[set[Told], set[Told]]]) -> None:
    found, wanted = told[number]
    assert found == wanted


# --- What only follows from the first error ---------------------------------------------------------------------------


def refused_rows_that_name_each_other(sources: SmallSources) -> set[Told]:
    action = sources.put(f"{ALPES}/Actions", "Axe", "zz")
    tool = sources.put(f"{ALPES}/Outils", "Type", "yy")
    budget = sources.put(f"{ALPES}/Financements", "Nature", "xx")
    part = sources.put(f"{ALPES}/Financements", "Nature", "ww", 3)
    return {("code-inconnu", cell, value) for cell, value in zip((action, tool, budget, part), ZZ, strict=True)}


ZZ = ("zz", "yy", "xx", "ww")


def refused_rows_with_the_same_lists(sources: SmallSources) -> set[Told]:
    cells = [sources.put(f"{ALPES}/Actions", "Axe", "zz", number) for number in (2, 3)]
    for number in (2, 3):
        sources.put(f"{ALPES}/Actions", "Marchés cibles", "US ; Allemagne", number)
        sources.put(f"{ALPES}/Actions", "Outil", "", number)
    return {("code-inconnu", cell, "zz") for cell in cells}


def two_unknown_roles_of_one_partner(sources: SmallSources) -> set[Told]:
    cell = sources.put(f"{ALPES}/Actions", "Partenaires", "GTA = patron ; GTA = caissier")
    return {("code-inconnu", cell, "patron"), ("code-inconnu", cell, "caissier")}


def a_name_that_cannot_be_read(sources: SmallSources) -> set[Told]:
    return {("caractere-illisible", sources.put(f"{ALPES}/Partenaires", "Nom", LOST), LOST)}


def sources_that_cannot_be_read(sources: SmallSources) -> set[Told]:
    return {("caractere-illisible", sources.put(f"{ALPES}/Actions", "Sources", LOST), LOST)}


def a_version_left_out(sources: SmallSources) -> set[Told]:
    return {("valeur-obligatoire", sources.put(f"{ALPES}/Divergences", "Valeur B", ""), "")}


def sources_of_a_version_left_out(sources: SmallSources) -> set[Told]:
    return {("valeur-obligatoire", sources.put(f"{ALPES}/Divergences", "Sources B", ""), "")}


def a_sheet_without_its_sources(sources: SmallSources) -> set[Told]:
    sources.write(f"{ALPES}/Actions", [row[: row.index("Sources")] for row in sources.grid(f"{ALPES}/Actions")[:1]])
    sources.write(f"{ALPES}/Actions", [*sources.grid(f"{ALPES}/Actions"), ["", "", "Sans source", "offre", "source"]])
    return {("colonne-absente", "", "Sources"), ("colonne-absente", "", "Remarque")}


def a_contract_without_identifier(sources: SmallSources) -> set[Told]:
    return {("identifiant-invalide", sources.put(f"{ALPES}/Contrat", "Identifiant", "§§"), "§§")}


def a_spelling_that_is_refused(sources: SmallSources) -> set[Told]:
    return {("source-inconnue", sources.put(SPELLINGS, "Sources", "ALP99"), "ALP99")}


def a_spelling_refused_when_typed(sources: SmallSources) -> set[Told]:
    return {("caractere-illisible", sources.put(SPELLINGS, "Remarque", LOST), LOST)}


def a_spelling_of_a_contract_that_is_not_known(sources: SmallSources) -> set[Told]:
    row = sources.add(SPELLINGS, SPELLING | {"Dénomination": "CCI Rhône-Alpes", "Contrat": "atlantide"})
    return {("contrat-inconnu", cell_of(SPELLINGS, "Contrat", row), "atlantide")}


def a_refused_row_that_the_registry_knows(sources: SmallSources) -> set[Told]:
    entry = {"Table": "actions", "Clé naturelle": "alpes | - | Paniers de services", "Identifiant": "alpes-paniers"}
    sources.add("referentiels/identifiants", entry)
    sources.put(f"{ALPES}/Financements", "Action", "alpes-paniers")
    return {("code-inconnu", sources.put(f"{ALPES}/Actions", "Axe", "zz", 3), "zz")}


ALONE: list[Callable[[SmallSources], set[Told]]] = [
    refused_rows_that_name_each_other,
    refused_rows_with_the_same_lists,
    two_unknown_roles_of_one_partner,
    a_name_that_cannot_be_read,
    sources_that_cannot_be_read,
    a_version_left_out,
    sources_of_a_version_left_out,
    a_contract_without_identifier,
    a_spelling_that_is_refused,
    a_spelling_refused_when_typed,
    a_spelling_of_a_contract_that_is_not_known,
    a_refused_row_that_the_registry_knows,
]


def errors(issues: pd.DataFrame) -> set[Told]:
    wrong = issues[issues["severity"] == "error"]
    return set(zip(wrong["code"], wrong["cell"], wrong["value"], strict=True))


@pytest.mark.parametrize("spoil", ALONE)
def test_what_follows_from_an_error_is_no_other_error(
    spoil: Callable[[SmallSources], set[Told]], small_sources: SmallSources
) -> None:
    wanted = spoil(small_sources)
    assert errors(small_sources.built().issues) == wanted


def test_rows_of_a_sheet_without_its_sources_are_not_said_to_lack_them(small_sources: SmallSources) -> None:
    wanted = a_sheet_without_its_sources(small_sources)
    found = errors(small_sources.built().issues)
    assert wanted <= found
    assert "sans-source" not in {code for code, _, _ in found}
