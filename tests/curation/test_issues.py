"""Every kind of issue, at its exact place: one spoiled folder of sources, read once, holds a case of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import openpyxl
import pandas as pd
import pytest

from pipelines.curation.catalogue import CATALOGUE, Severity
from pipelines.curation.examples import EXAMPLES
from pipelines.curation.gather import Fallback, read_sources
from pipelines.curation.issues import COLUMNS, IssueLog, errors, nearest, place, suggestion
from pipelines.job import Outcome
from tests.conftest import Row, SmallSources, cell_of, labels, write_small_sources

Place = tuple[str, str, str, str]
ALPES, BRETAGNE, LISTS = "contrats/alpes", "contrats/bretagne", "referentiels"


def action(title: str, **more: str) -> Row:
    return {"Intitulé": title, "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3", **more}


def contract(identifier: str, **more: str) -> Row:
    return {"Identifiant": identifier, "Nom": identifier, "Génération": "vague_1", "Sources": "ALP3", **more}


def partner(identifier: str, **more: str) -> Row:
    return {"Identifiant": identifier, "Nom": f"Nom de {identifier}", "Catégorie": "association", **more}


@dataclass(frozen=True)
class Spoiled:
    """One mistake: how it is made, which returns the place where it must be reported."""

    code: str
    make: Callable[[SmallSources], Place]
    words: str = ""


def row(code: str, sheet: str, typed: Row, label: str, value: str | None = None, words: str = "") -> Spoiled:
    """A mistaken row under the others, reported at the cell of ``label``."""

    def make(sources: SmallSources) -> Place:
        number = sources.add(sheet, typed)
        file, _, name = sheet.rpartition("/")
        at = (f"{sheet}.csv", name) if file == LISTS else (file, name)
        return *at, cell_of(sheet, label, number), typed.get(label, "") if value is None else value

    return Spoiled(code, make, words)


def unreadable(sources: SmallSources) -> Place:
    (sources.root / "contrats" / "abime.xlsx").write_bytes(b"PK\x03\x04 rien de lisible")
    return "contrats/abime.xlsx", "", "", "abime.xlsx"


def twice(sources: SmallSources) -> Place:
    sources.write_rows("contrats/jumeau/Contrat", [contract("jumeau")])
    workbook(sources, "jumeau", {})
    return "contrats/jumeau.xlsx", "", "", "contrats/jumeau, contrats/jumeau.xlsx"


def workbook(sources: SmallSources, identifier: str, actions: dict[str, str]) -> None:
    """A workbook with a contract, and some cells of actions, whose headers stand in row 3 from column B."""
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    sheets = {"Contrat": contract(identifier), "Actions": action("Première")}
    for name, typed in sheets.items():
        if name == "Actions" and not actions:
            continue
        sheet = book.create_sheet(name)
        for position, label in enumerate(labels(f"x/{name}"), start=2):
            sheet.cell(3, position, label)
            sheet.cell(4, position, typed.get(label))
        for address, value in actions.items() if name == "Actions" else ():
            sheet[address] = value
    book.save(sources.root / "contrats" / f"{identifier}.xlsx")


def formulas(sources: SmallSources) -> Place:
    second = {"D5": "Deuxième", "E5": "offre", "F5": "source", "K5": "#N/A", "P5": "ALP3"}
    third = {"D6": "Troisième", "E6": "offre", "F6": "source", "K6": "=1+2", "P6": "ALP3"}
    workbook(sources, "formules", {**second, **third})
    return "contrats/formules.xlsx", "Actions", "K5", "#N/A"


def renamed(sources: SmallSources) -> Place:
    sources.write_rows("contrats/mal-nomme/Contrat", [contract("bien-nomme")])
    return "contrats/mal-nomme", "Contrat", "A2", "bien-nomme"


def without_contract(sources: SmallSources) -> Place:
    sources.write_rows("contrats/sans-contrat/Actions", [action("Orpheline")])
    return "contrats/sans-contrat", "", "", "Contrat"


def two_contracts(sources: SmallSources) -> Place:
    sources.write_rows("contrats/deux/Contrat", [contract("deux"), contract("deux", Nom="Autre")])
    return "contrats/deux", "Contrat", "A3", "2"


def unknown_sheet(sources: SmallSources) -> Place:
    sources.write(f"{ALPES}/Action", [["Intitulé"], ["Perdue"]])
    return ALPES, "Action", "", "Action"


def no_header(sources: SmallSources) -> Place:
    sources.write(f"{BRETAGNE}/Outils", [["À compléter"], ["guide"]])
    return BRETAGNE, "Outils", "", "Outils"


def unknown_column(sources: SmallSources) -> Place:
    sources.write(f"{BRETAGNE}/Gouvernance", [[*labels("x/Gouvernance"), "Présidance"]])
    return BRETAGNE, "Gouvernance", "J1", "Présidance"


def beside_the_table(sources: SmallSources) -> Place:
    header = labels("x/Financements")
    sources.write(f"{BRETAGNE}/Financements", [header, ["" for _ in header] + ["à revoir"]])
    return BRETAGNE, "Financements", "T2", "à revoir"


def doubled_column(sources: SmallSources) -> Place:
    sources.write(f"{BRETAGNE}/Indicateurs", [[*labels("x/Indicateurs"), "LIBELLE"]])
    return BRETAGNE, "Indicateurs", "N1", "LIBELLE"


def missing_column(sources: SmallSources) -> Place:
    sources.write(f"{BRETAGNE}/Événements", [[label for label in labels("x/Événements") if label != "Lieu"]])
    return BRETAGNE, "Événements", "", "Lieu"


def lonely_contract(sources: SmallSources) -> Place:
    sources.write_rows("contrats/orphelin/Contrat", [contract("orphelin", **{"Contrat précédent": "alpe"})])
    return "contrats/orphelin", "Contrat", cell_of("x/Contrat", "Contrat précédent"), "alpe"


def unofficial_zone(sources: SmallSources) -> Place:
    zone = {"Type de zone": "region", "Code": "98", "Libellé": "Ailleurs", "Sources": "ALP3"}
    sources.add(f"{ALPES}/Territoires", zone)
    return ALPES, "Territoires", "C3", "98"


def another_acronym(sources: SmallSources) -> Place:
    cell = sources.put(f"{ALPES}/Partenaires", "Sigle", "CCI-RA2", 3)
    return ALPES, "Partenaires", cell, "CCI-RA2"


def new_identifier(_: SmallSources) -> Place:
    return ALPES, "Actions", "A3", "alpes-paniers-de-services"


TOOL = {"Type": "guide", "Sources": "ALP3"}
SOURCE = {"Titre": "Titre", "Type": "presse", "Fiabilité": "primaire"}
ACTIONS, FUNDING, TOOLS, DIVERGENCES = (
    f"{ALPES}/{name}" for name in ("Actions", "Financements", "Outils", "Divergences")
)
SPOILED = [
    Spoiled("fichier-illisible", unreadable, "n’est pas un classeur lisible"),
    Spoiled("fichier-double", twice),
    Spoiled("identifiant-double", lambda _: ("contrats/jumeau.xlsx", "Contrat", "B4", "jumeau"), "contrats/jumeau, "),
    Spoiled("fichier-mal-nomme", renamed, "bien-nomme"),
    Spoiled("feuille-absente", without_contract),
    Spoiled("contrat-unique", two_contracts),
    Spoiled("entete-introuvable", no_header),
    Spoiled("colonne-inconnue", unknown_column, "« Présidence »"),
    Spoiled("cellule-hors-tableau", beside_the_table, "en T1"),
    Spoiled("colonne-doublee", doubled_column),
    Spoiled("colonne-absente", missing_column),
    Spoiled("cellule-en-erreur", formulas),
    Spoiled("formule-sans-resultat", lambda _: ("contrats/formules.xlsx", "Actions", "K6", "")),
    row("valeur-obligatoire", ACTIONS, action("Sans axe", Axe=""), "Axe", words="« Axe »"),
    row("valeur-obligatoire", f"{ALPES}/Partenaires", {"Rôle": "signataire", "Sources": "ALP3"}, "Nom"),
    row(
        "valeur-obligatoire",
        DIVERGENCES,
        {"Sujet": "Une version", "Valeur A": "x", "Sources A": "ALP3", "Sources B": "ALP3"},
        "Valeur B",
    ),
    row(
        "valeur-obligatoire",
        f"{LISTS}/sources",
        {"Titre": "X", "Type": "presse", "Fiabilité": "primaire"},
        "Identifiant",
    ),
    row("date-illisible", ACTIONS, action("31 février", Début="31 février 2014"), "Début"),
    row("date-ambigue", ACTIONS, action("03/04", Fin="03/04"), "Fin"),
    row("date-inversee", ACTIONS, action("À rebours", Début="juin 2016", Fin="2015"), "Fin", words="juin 2016"),
    row("nombre-illisible", ACTIONS, action("Montant", **{"Montant (€)": "beaucoup"}), "Montant (€)"),
    row("nombre-ambigu", ACTIONS, action("Millier", **{"Montant (€)": "1,200"}), "Montant (€)"),
    row(
        "nombre-non-entier",
        TOOLS,
        {**TOOL, "Intitulé": "Demi-guide", "Nombre d’éléments": "1,5"},
        "Nombre d’éléments",
    ),
    row("booleen-illisible", f"{LISTS}/partenaires", partner("incertain", Groupe="peut-être"), "Groupe"),
    row("code-inconnu", ACTIONS, action("Axe", Axe="ofre"), "Axe", words="« offre »"),
    row("code-inconnu", ACTIONS, action("Marché", **{"Marchés cibles": "DE ; Mars"}), "Marchés cibles", "Mars"),
    row(
        "code-inconnu", ACTIONS, action("Rôle", Partenaires="GTA = technic"), "Partenaires", "technic", "« technique »"
    ),
    row(
        "format-invalide",
        TOOLS,
        {**TOOL, "Identifiant": "alpes-mal-adresse", "Intitulé": "Mal adressé", "Adresse": "www.exemple.fr"},
        "Adresse",
    ),
    row(
        "format-invalide", ACTIONS, action("Centimes", **{"Montant (€)": "1,2345"}), "Montant (€)", words="2 décimales"
    ),
    row(
        "hors-bornes",
        FUNDING,
        {"Libellé": "Trop", "Nature": "apport", "Part (%)": "140", "Sources": "ALP3"},
        "Part (%)",
        words="au plus 100",
    ),
    row("hors-bornes", ACTIONS, action("Astronomique", **{"Montant (€)": "9" * 17}), "Montant (€)"),
    row(
        "identifiant-invalide",
        ACTIONS,
        action("Capitales", Identifiant="Alpes Été !"),
        "Identifiant",
        words="alpes-ete",
    ),
    row(
        "identifiant-double",
        ACTIONS,
        action("Copie", Identifiant="ALPES-FICHES"),
        "Identifiant",
        "alpes-fiches",
        "ligne 2.",
    ),
    row("identifiant-double", f"{LISTS}/partenaires", partner("atout-france"), "Identifiant", words="ligne 2."),
    row(
        "ligne-doublee",
        ACTIONS,
        action("Paniers de services"),
        "Identifiant",
        "alpes | - | Paniers de services",
        "ligne 3.",
    ),
    row(
        "ligne-doublee",
        ACTIONS,
        action("Deux fois", **{"Marchés cibles": "US ; États-Unis"}),
        "Marchés cibles",
        "États-Unis",
    ),
    row("sans-source", ACTIONS, action("Sans source", Sources=""), "Sources"),
    row(
        "sans-source",
        DIVERGENCES,
        {"Sujet": "C", "Valeur A": "x", "Sources A": "ALP3", "Valeur B": "y", "Sources B": "ALP3", "Valeur C": "z"},
        "Sources C",
    ),
    row("source-inconnue", ACTIONS, action("ALP33", Sources="JDC2016 ; ALP33"), "Sources", "ALP33", "« alp3 »"),
    row("colonne-citee-inconnue", ACTIONS, action("Citée", Sources="Budjet = ALP3"), "Sources", "Budjet"),
    row(
        "partenaire-inconnu",
        f"{ALPES}/Partenaires",
        {"Nom": "Grande Traversé des Alpes", "Rôle": "signataire", "Sources": "ALP3"},
        "Nom",
        words="« Grande Traversée des Alpes »",
    ),
    row(
        "partenaire-inconnu",
        FUNDING,
        {"Libellé": "?", "Nature": "apport", "Financeur": "Inconnu", "Sources": "ALP3"},
        "Financeur",
    ),
    row(
        "participant-inconnu",
        f"{ALPES}/Événements",
        {"Type": "journee", "Intitulé": "Réunion", "Participants": "alpes ; Atou France", "Sources": "ALP3"},
        "Participants",
        "Atou France",
        "« Atout France »",
    ),
    Spoiled("contrat-inconnu", lonely_contract, "« alpes »"),
    row(
        "zone-inconnue",
        f"{ALPES}/Indicateurs",
        {"Libellé": "Zone", "Nature": "constat", "Valeur": "1", "Unité": "pct", "Zone": "region 99", "Sources": "ALP3"},
        "Zone",
    ),
    row("ligne-inconnue", ACTIONS, action("Outil", Outil="alpes-guides"), "Outil", words="« alpes-guide »"),
    row(
        "ligne-inconnue",
        DIVERGENCES,
        {
            "Sujet": "Visée",
            "Feuille": "Actions",
            "Ligne visée": "alpes-perdue",
            "Valeur A": "x",
            "Sources A": "ALP3",
            "Valeur B": "y",
            "Sources B": "ALP3",
        },
        "Ligne visée",
    ),
    row("ligne-entrainee", ACTIONS, action("Suit son outil", Outil="alpes-mal-adresse"), "Outil"),
    Spoiled("cle-etrangere", unofficial_zone, "zones"),
    row(
        "ecriture-partagee",
        f"{LISTS}/partenaires_denominations",
        {"Partenaire": "atout-france", "Dénomination": "gta", "Contrat": "alpes", "Sources": "ALP3"},
        "Dénomination",
        words="grande-traversee",
    ),
]
DOUBTFUL = [
    Spoiled("feuille-inconnue", unknown_sheet, "« Actions »"),
    Spoiled("partenaire-different", another_acronym, "« CCIRA »"),
    row("partenaire-sans-usage", f"{LISTS}/partenaires", partner("oublie"), "Identifiant"),
    row(
        "source-sans-usage",
        f"{LISTS}/sources",
        {**SOURCE, "Identifiant": "LUE1"},
        "Identifiant",
    ),
    Spoiled("identifiant-nouveau", new_identifier, "contrats-destination register"),
    row(
        "identifiant-disparu",
        f"{LISTS}/identifiants",
        {
            "Table": "contrats_denominations",
            "Clé naturelle": "alpes | Voyage dans les Alpes",
            "Identifiant": "alpes-voyage",
        },
        "Identifiant",
        words="alpes, Dénominations, ligne 2.",
    ),
]


def kept_copy(sources: SmallSources) -> Place:
    (sources.root / "contrats" / "lisible.xlsx").write_bytes(b"illisible")
    kept = sources.root.parent / "version" / "contrats"
    kept.mkdir(parents=True)
    workbook(sources, "copie", {})
    (sources.root / "contrats" / "copie.xlsx").rename(kept / "lisible.xlsx")
    return "contrats/lisible.xlsx", "", "", "lisible.xlsx"


PARTIAL = [
    Spoiled("version-precedente-reprise", kept_copy, "2026-11-01"),
    Spoiled("fichier-laisse-de-cote", unreadable),
]


@dataclass(frozen=True)
class Read:
    """What a folder with mistakes gives, and the place where each mistake is to be reported."""

    outcome: Outcome
    cases: list[Spoiled]
    places: list[Place]


def read(cases: list[Spoiled], root: Path) -> Read:
    sources = write_small_sources(root)
    places = [case.make(sources) for case in cases]
    return Read(sources.run(), cases, places)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read(SPOILED, tmp_path_factory.mktemp("abime") / "sources")


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read(DOUBTFUL, tmp_path_factory.mktemp("douteux") / "sources")


def ids(cases: list[Spoiled]) -> list[str]:
    return [f"{case.code}-{number}" for number, case in enumerate(cases)]


def test_no_code_of_the_catalogue_is_left_untested() -> None:
    """Each is raised here, by its example (see ``test_catalogue``), or by a case that names it."""
    here = {case.code for case in (*SPOILED, *DOUBTFUL, *PARTIAL)}
    assert here <= set(CATALOGUE)
    others = [path for path in Path(__file__).parents[1].rglob("*.py") if path != Path(__file__)]
    words = "\n".join(path.read_text(encoding="utf-8") for path in others)
    raised = here | set(EXAMPLES)
    assert [code for code in CATALOGUE if code not in raised and f'"{code}"' not in words] == []


@pytest.mark.parametrize("number", range(len(SPOILED)), ids=ids(SPOILED))
def test_each_mistake_is_reported_at_its_place(spoiled: Read, number: int) -> None:
    assert_reported(spoiled, number)


@pytest.mark.parametrize("number", range(len(DOUBTFUL)), ids=ids(DOUBTFUL))
def test_each_doubt_is_reported_at_its_place(doubtful: Read, number: int) -> None:
    assert_reported(doubtful, number)


@pytest.mark.parametrize("number", range(len(PARTIAL)), ids=ids(PARTIAL))
def test_each_replacement_is_reported_at_its_place(number: int, small_sources: SmallSources) -> None:
    places = [case.make(small_sources) for case in PARTIAL]
    fallback = Fallback(small_sources.root.parent / "version", "2026-11-01")
    found = read_sources(small_sources.root, partial=True, fallback=fallback)
    rows = found.sheets["Contrat"].origin["file"].tolist()
    assert rows == ["contrats/alpes", "contrats/bretagne", "contrats/lisible.xlsx"]
    assert found.files["file"].tolist()[:4] == ["contrats/abime.xlsx", *rows]
    issues = found.issues.frame()
    outcome = Outcome({}, issues, found.files)
    assert_reported(Read(outcome, PARTIAL, places), number)


def assert_reported(folder: Read, number: int) -> None:
    case, (file, sheet, cell, value) = folder.cases[number], folder.places[number]
    issues = folder.outcome.issues
    found = issues[(issues["code"] == case.code) & (issues["file"] == file) & (issues["cell"] == cell)]
    found = found[(found["sheet"] == sheet) & (found["value"] == value)]
    assert len(found) == 1, issues[issues["code"] == case.code][["file", "sheet", "cell", "value"]].to_string()
    one = found.iloc[0]
    assert one["severity"] == CATALOGUE[case.code].severity.value
    assert case.words in f"{one['message']} {one['advice']}"
    if cell:
        assert one["row"] == int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        header = cell_of(f"x/{sheet}", str(one["column"])) if one["column"] in labels(f"x/{sheet}") else cell
        assert file.endswith(".xlsx") or header.rstrip("0123456789") == cell.rstrip("0123456789")


@pytest.mark.parametrize("folder", ["spoiled", "doubtful"])
def test_nothing_else_is_reported(folder: str, request: pytest.FixtureRequest) -> None:
    reported: Read = request.getfixturevalue(folder)
    issues = reported.outcome.issues
    issues = issues[issues["severity"] != Severity.INFO.value]
    found = [tuple(one) for one in issues[["code", "file", "sheet", "cell", "value"]].itertuples(index=False)]
    wanted = [(case.code, *at) for case, at in zip(reported.cases, reported.places, strict=True)]
    assert sorted(found) == sorted(one for one in wanted if CATALOGUE[one[0]].severity is not Severity.INFO)


def test_refused_rows_are_not_published(spoiled: Read) -> None:
    tables = spoiled.outcome.tables
    assert set(tables["actions"]["intitule"]) == {
        "Fiches d’accueil de la clientèle itinérante",
        "Paniers de services",
        "Appui en ingénierie",
        "Première",
    }
    assert set(tables["contrats"]["contrat_id"]) == {"alpes", "bretagne", "formules", "jumeau"}
    assert set(tables["divergences"]["divergence_id"]) == {"alpes-nom"}
    assert tables["partenaires"].set_index("partenaire_id")["nom"]["atout-france"] == "Atout France"
    assert set(tables["sources"]["source_id"]) == {"alp3", "bre1", "jdc2016"}


def test_the_rows_of_a_workbook_without_contract_do_not_become_national(spoiled: Read) -> None:
    actions = spoiled.outcome.tables["actions"]
    assert actions.loc[actions["contrat_id"].isna(), "intitule"].tolist() == ["Appui en ingénierie"]


def test_the_children_of_a_refused_row_vanish(spoiled: Read) -> None:
    tables = spoiled.outcome.tables
    for name in ("actions_marches", "actions_partenaires"):
        assert set(tables[name]["action_id"]) <= set(tables["actions"]["action_id"])
    assert len(tables["actions_marches"]) == 2
    assert set(tables["evenements_participants"]["evenement_id"]) == set(tables["evenements"]["evenement_id"])
    assert set(tables["divergences_valeurs"]["divergence_id"]) == {"alpes-nom"}
    cited = tables["citations"]
    for name in ("actions", "financements", "divergences"):
        key = tables[name].iloc[:, 0]
        assert set(cited.loc[cited["table_code"] == name, "ligne_id"]) == set(key)


def test_refused(spoiled: Read, sound: Outcome) -> None:
    assert spoiled.outcome.refused
    assert not sound.refused
    assert errors(sound.issues).empty


def test_a_sound_folder_has_no_error_and_no_warning(sound: Outcome) -> None:
    assert set(sound.issues["severity"]) == {"info"}
    assert set(sound.issues["code"]) <= {"identifiant-nouveau", "code-sans-usage"}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_words_of_the_catalogue(code: str) -> None:
    kind = CATALOGUE[code]
    assert kind.code == code
    for text in (kind.message, kind.advice):
        assert {name for _, name, _, _ in Formatter().parse(text) if name is not None} <= {"value", "expected", "near"}
        assert text.format(value="v", expected="e", near="").endswith(".")
        assert "'" not in text


def test_frame_of_issues_is_ordered_whatever_the_order_of_discovery() -> None:
    places = [
        place("b", "S", "A9", 9, "X", "1"),
        place("a", "S", "A10", 10, "X", "1"),
        place("a", "S", "A9", 9, "X", "1"),
    ]
    codes = ["sans-source", "feuille-inconnue", "identifiant-nouveau"]
    frames = []
    for order in ((0, 1, 2), (2, 1, 0)):
        log = IssueLog()
        for code in (codes[position] for position in order):
            for one in (places[position] for position in order):
                log.add(code, one)
        frames.append(log.frame())
    pd.testing.assert_frame_equal(frames[0], frames[1])
    assert list(frames[0].columns) == list(COLUMNS)
    assert frames[0]["severity"].tolist() == ["error"] * 3 + ["warning"] * 3 + ["info"] * 3
    assert list(zip(frames[0]["file"], frames[0]["row"], strict=True))[:3] == [("a", 9), ("a", 10), ("b", 9)]


def test_an_issue_told_twice_is_kept_once() -> None:
    log = IssueLog()
    log.add("sans-source", place("a", "S", "A9", 9, "X"))
    other = IssueLog.of(log.frame())
    other.extend(log)
    assert len(other.frame()) == 1


def test_issues_of_one_place_are_told_apart_and_come_in_the_order_of_their_values() -> None:
    log = IssueLog()
    for value in ("é", "b", "B", "b"):
        log.add("sans-source", place("a", "S", "A9", 9, "X", value))
    log.add("sans-source", place("a", "S", "A8", 8, "X", "z"))
    log.add("sans-source", place("a", "S", "A9", 9, "Y", "b"))
    found = log.frame()
    assert found[["cell", "value", "column"]].values.tolist() == [
        ["A8", "z", "X"],
        ["A9", "B", "X"],
        ["A9", "b", "X"],
        ["A9", "b", "Y"],
        ["A9", "é", "X"],
    ]
    pd.testing.assert_frame_equal(log.errors(), found)


def test_each_issue_has_its_own_words() -> None:
    log = IssueLog()
    places = pd.concat([place("a", "S", f"A{row}", row, "X", f"{{{row}}}") for row in (2, 3)], ignore_index=True)
    expected = ["ici", "là"]
    log.add("identifiant-double", places.assign(note=[" Une.", " Deux."]), expected=expected)
    shown = zip(log.frame()["message"], ("{2}", "{3}"), expected, (" Une.", " Deux."), strict=True)
    assert all(value in text and word in text and text.endswith(note) for text, value, word, note in shown)


def test_empty_log_has_its_columns() -> None:
    frame = IssueLog.of(IssueLog().frame()).frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame.empty


def test_no_issue_from_no_place() -> None:
    log = IssueLog()
    log.add("sans-source", place("a").iloc[:0])
    assert log.frame().empty


def test_unknown_code_is_our_bug() -> None:
    with pytest.raises(KeyError):
        IssueLog().add("pas-au-catalogue", place("a"))


PARTNERS = [
    "ATC", "Agence de développement et de réservation touristiques du Pas-de-Calais", "Atout France", "CCI Rhône-Alpes",
    "CRT de Bretagne", "Grande Traversée des Alpes", "Office de tourisme de Bordeaux", "Orange", "Région Rhône-Alpes",
    "Ville de Strasbourg", "Événements", "Début", "Fin", "promotion",
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("Atou France", ["Atout France"]),
        ("ATOUT FRNACE", ["Atout France"]),
        ("AtoutFrance", ["Atout France"]),
        ("France, Atout", ["Atout France"]),
        ("CRT de Bretange", ["CRT de Bretagne"]),
        ("Grande Traversé des Alpes", ["Grande Traversée des Alpes"]),
        ("Conseil regional Rhone-Alpes", ["Région Rhône-Alpes"]),
        ("Office de tourism de Bordeau", ["Office de tourisme de Bordeaux"]),
        ("Strasbourg", ["Ville de Strasbourg"]),
        ("evenement", ["Événements"]),
        ("Date de fin", ["Fin"]),
        ("promo", ["promotion"]),
        ("GTA", ["Grande Traversée des Alpes"]),
        ("CCIRA", ["CCI Rhône-Alpes"]),
        # Another organisation altogether, whatever words it shares with one of the list
        ("Office de tourisme de Lyon", []),
        ("Aéroport de Lyon", []),
        ("zzz", []),
        ("!", []),
        ("", []),
    ],
)
def test_nearest(value: str, near: list[str]) -> None:
    assert nearest(value, PARTNERS) == near


def test_nearest_keeps_the_best_few() -> None:
    assert nearest("ALP33", ["ALP1", "ALP3", "ALP3", "alp 3"], limit=1) == ["ALP3"]
    assert nearest("ALP3", []) == []


def test_suggestion() -> None:
    assert suggestion([]) == ""
    assert suggestion(["a", "b"]) == " Vouliez-vous dire « a » ou « b » ?"
