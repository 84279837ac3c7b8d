"""Cells of a sheet → typed columns: kinds, vocabularies, obligations, refused rows."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.curation.gather import Gathered, gather
from pipelines.curation.issues import IssueLog, suggestion
from pipelines.curation.parse import Typed, Vocabularies, find_code, parse
from pipelines.curation.values import parse_number
from pipelines.dtypes import pandas_dtype
from pipelines.sheets.cells import grid
from pipelines.sheets.labels import label
from schemas.declaration import Cell
from schemas.registry import sheets, tables
from tests.conftest import NOMENCLATURES, Row, labels, vocabulary_rows

ACTION = {"Intitulé": "Fiches", "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3"}
FUNDING = {"Libellé": "Budget", "Nature": "budget", "Sources": "ALP3"}
TOOL = {"Type": "guide", "Intitulé": "Guide", "Sources": "ALP3"}
PARTNER = {"Identifiant": "gta", "Nom": "GTA", "Catégorie": "association"}
SOURCE = {"Identifiant": "ALP3", "Titre": "Les Alpes", "Type": "presse", "Fiabilité": "primaire"}
CONTRACT = {"Identifiant": "alpes", "Nom": "Alpes", "Génération": "vague_1", "Sources": "ALP3"}


def sheet_of(name: str, *rows: Mapping[str, object], file: str = "contrats/alpes") -> Gathered:
    sheet = sheets()[name]
    lines = [list[object](labels(f"x/{name}"))]
    lines += [[row.get(item.label, "") for item in sheet.fields] for row in rows]
    found = label(grid(name, lines), sheet)
    assert found.rows is not None
    return gather([(sheet, file, "0" * 64, found.rows)])[name]


@pytest.fixture(scope="module")
def terms() -> Vocabularies:
    return Vocabularies.read(sheet_of("nomenclatures", *vocabulary_rows()))


def typed(
    terms: Vocabularies, name: str, *rows: Mapping[str, object], file: str = "contrats/alpes"
) -> tuple[Typed, pd.DataFrame]:
    log = IssueLog()
    return parse(sheet_of(name, *rows, file=file), terms, log), log.frame()


def said(issues: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(issues["code"], issues["cell"], strict=True))


def test_columns_have_the_types_of_the_table(terms: Vocabularies) -> None:
    full = {"Début": "2015", "Montant (€)": "75 k€", "ETP": "1,5", "Part (%)": "40", "Fin": "2015"}
    result, issues = typed(terms, "Financements", {**FUNDING, **full}, FUNDING)
    assert issues.empty
    table = {column.name: column for column in tables()["financements"].published}
    for name, values in result.frame.items():
        assert values.dtype == pandas_dtype(table[str(name)].kind), name
    first, second = result.frame.iloc[0], result.frame.iloc[1]
    assert first["montant_eur"] == Decimal(75_000)
    assert first["etp"] == Decimal("1.5")
    assert first["date_debut"] == dt.date(2015, 1, 1)
    assert first["date_fin"] == dt.date(2015, 12, 31)
    assert first["date_debut_precision"] == "annee"
    assert second[["montant_eur", "date_debut", "date_debut_precision", "part_pct"]].isna().all()


def test_every_cell_of_the_sheet_has_its_column(terms: Vocabularies) -> None:
    for name in sheets():
        result, _ = typed(terms, name)
        wanted = {item.column.name for item in sheets()[name].fields if isinstance(item, Cell)}
        assert wanted <= set(result.frame.columns)
        assert result.frame.empty


@pytest.mark.parametrize(
    ("typed_code", "code"),
    [
        ("offre", "offre"),
        ("OFFRE", "offre"),
        ("Structuration et qualification de l’offre", "offre"),
        ("structuration  et qualification de l'offre", "offre"),
        ("STRUCTURATION ET QUALIFICATION DE L OFFRE", "offre"),
        ("Promotion\u00a0et commercialisation", "promotion"),
    ],
)
def test_a_code_by_its_label_or_another_spelling(terms: Vocabularies, typed_code: str, code: str) -> None:
    result, issues = typed(terms, "Actions", {**ACTION, "Axe": typed_code})
    assert issues.empty
    assert result.frame["axe_code"].tolist() == [code]


def test_a_code_that_is_only_a_sign(terms: Vocabularies) -> None:
    assert find_code(terms, "unite", "%") == "pct"
    assert find_code(terms, "unite", "PCT") == "pct"
    assert find_code(terms, "unite", "€") is None
    assert find_code(terms, "unite", "") is None
    assert find_code(terms, "pas une liste", "pct") is None


def test_a_code_outranks_the_other_spellings_of_another() -> None:
    rows: list[dict[str, object]] = [
        {"Nomenclature": "axe", "Code": "offre", "Libellé": "Offre", "Autres écritures": ""},
        {"Nomenclature": "axe", "Code": "autre", "Libellé": "Autre", "Autres écritures": "offre ; divers"},
        {"Nomenclature": "axe", "Code": "vide", "Libellé": "", "Autres écritures": ""},
    ]
    for order in (rows, rows[::-1]):
        terms = Vocabularies.read(sheet_of("nomenclatures", *order))
        assert find_code(terms, "axe", "Offre") == "offre"
        assert find_code(terms, "axe", "DIVERS") == "autre"
        assert find_code(terms, "axe", "") is None


def test_names_of_tables_need_no_list(terms: Vocabularies) -> None:
    assert terms.codes["table"] == tuple(tables())
    for name in tables():
        assert find_code(terms, "table", name) == name
    assert find_code(terms, "table", "Événements") == "evenements"
    assert find_code(terms, "table", "contrat") == "contrats"


@pytest.fixture(scope="module")
def every_term() -> Vocabularies:
    with NOMENCLATURES.open(encoding="utf-8", newline="") as stream:
        return Vocabularies.read(sheet_of("nomenclatures", *csv.DictReader(stream)))


@pytest.mark.parametrize(
    ("name", "value", "proposed"),
    [
        ("axe", "ofre", ["offre"]),
        ("axe", "Promotion et commercialisaton", ["Promotion et commercialisation"]),
        ("axe", "tous les thèmes", ["tous thèmes"]),
        ("statut_contrat", "signée", ["signe"]),
        ("role", "Partenaire tecnique", ["Partenaire technique"]),
        ("forme_apport", "ressource humaine", ["ressources humaines"]),
        ("table", "Évènement", ["evenements"]),
        ("axe", "xyzzy", []),
    ],
)
def test_a_code_a_label_or_a_spelling_is_proposed(
    name: str, value: str, proposed: list[str], every_term: Vocabularies
) -> None:
    (said,) = every_term.near(name, [value])
    assert said.startswith(suggestion(proposed))
    assert said.count("«") == len(proposed)
    assert all(find_code(every_term, name, one) for one in proposed)
    assert len({find_code(every_term, name, one) for one in proposed}) == len(proposed)


def test_a_short_list_is_told_whole(every_term: Vocabularies) -> None:
    assert every_term.near("origine_axe", ["auteur", "x"])[1] == " Valeurs possibles : source, classement."
    (listed,) = every_term.near("axe", ["zz"])
    assert listed == " Valeurs possibles : marque, offre, gouvernance, promotion, observation, tous."
    assert every_term.near("role", ["zz"]) == [""]
    assert every_term.near("axe", []) == []


def test_a_vocabulary_is_called_by_its_title(every_term: Vocabularies) -> None:
    _, issues = typed(every_term, "Actions", {**ACTION, "Axe": "Promotion et commercialisaton"})
    assert issues["message"].tolist() == [
        "« Promotion et commercialisaton » n’est pas dans la nomenclature « Axes »."
        " Vouliez-vous dire « Promotion et commercialisation » ?"
        " Valeurs possibles : marque, offre, gouvernance, promotion, observation, tous."
    ]


def test_an_unknown_code_is_refused_with_the_nearest(terms: Vocabularies) -> None:
    result, issues = typed(terms, "Actions", {**ACTION, "Axe": "ofre"}, ACTION)
    assert said(issues) == [("code-inconnu", "D2")]
    assert "« offre »" in issues["message"][0]
    assert result.accepted().tolist() == [1]


@pytest.mark.parametrize(
    ("name", "row", "cell", "code"),
    [
        ("Actions", {**ACTION, "Intitulé": ""}, "C2", "valeur-obligatoire"),
        ("Actions", {**ACTION, "Intitulé": " \u00a0"}, "C2", "valeur-obligatoire"),
        ("Actions", {**ACTION, "Axe": ""}, "D2", "valeur-obligatoire"),
        ("Partenaires", {"Rôle": "signataire", "Sources": "ALP3"}, "B2", "valeur-obligatoire"),
        ("Contrat", {**CONTRACT, "Identifiant": ""}, "A2", "valeur-obligatoire"),
        ("sources", {**SOURCE, "Identifiant": ""}, "A2", "valeur-obligatoire"),
        ("Actions", {**ACTION, "Début": "31 février 2014"}, "H2", "date-illisible"),
        ("Actions", {**ACTION, "Fin": "03/04"}, "I2", "date-ambigue"),
        ("Actions", {**ACTION, "Montant (€)": "1,200"}, "J2", "nombre-ambigu"),
        ("Actions", {**ACTION, "Montant (€)": "cher"}, "J2", "nombre-illisible"),
        ("Actions", {**ACTION, "Montant (€)": "-5"}, "J2", "hors-bornes"),
        ("Actions", {**ACTION, "Montant (€)": "99999999999 M€"}, "J2", "hors-bornes"),
        ("Actions", {**ACTION, "Montant (€)": "1,2345"}, "J2", "format-invalide"),
        ("Actions", {**ACTION, "Montant (€)": 1 / 3}, "J2", "format-invalide"),
        ("Actions", {**ACTION, "Montant (€)": 1e300}, "J2", "hors-bornes"),
        ("Actions", {**ACTION, "Montant (€)": "55210055400013"}, "J2", "hors-bornes"),
        ("Actions", {**ACTION, "Montant (€)": "40 %"}, "J2", "format-invalide"),
        ("Financements", {**FUNDING, "Part (%)": "101"}, "H2", "hors-bornes"),
        ("Financements", {**FUNDING, "Part (%)": "40 €"}, "H2", "format-invalide"),
        ("Financements", {**FUNDING, "ETP": "2 M€"}, "G2", "format-invalide"),
        ("Financements", {**FUNDING, "ETP": "50 %"}, "G2", "format-invalide"),
        ("Outils", {**TOOL, "Nombre d’éléments": "75 k€"}, "E2", "format-invalide"),
        ("sources", {**SOURCE, "Remarque": "\U0001f600" * 20_000}, "K2", "texte-trop-long"),
        ("Outils", {**TOOL, "Nombre d’éléments": "1,5"}, "E2", "nombre-non-entier"),
        ("Outils", {**TOOL, "Nombre d’éléments": 1.5}, "E2", "nombre-non-entier"),
        ("Outils", {**TOOL, "Nombre d’éléments": 1e19}, "E2", "hors-bornes"),
        ("Outils", {**TOOL, "Adresse": "exemple.fr"}, "G2", "format-invalide"),
        ("partenaires", {**PARTNER, "Groupe": "?"}, "I2", "booleen-illisible"),
        ("partenaires", {**PARTNER, "SIREN": "12345678"}, "E2", "format-invalide"),
        ("partenaires", {**PARTNER, "Identifiant": "G T A"}, "A2", "identifiant-invalide"),
        ("Actions", {**ACTION, "Identifiant": "a_b"}, "A2", "identifiant-invalide"),
        (
            "Territoires",
            {"Type de zone": "region", "Code": "8é", "Libellé": "x", "Sources": "ALP3"},
            "C2",
            "format-invalide",
        ),
        ("Actions", {**ACTION, "Début": "2016", "Fin": "juin 2015"}, "I2", "date-inversee"),
    ],
)
def test_one_mistake_one_issue(terms: Vocabularies, name: str, row: Row, cell: str, code: str) -> None:
    result, issues = typed(terms, name, row)
    assert said(issues) == [(code, cell)], issues[["code", "cell", "message"]].to_string()
    assert result.refused == {0}
    assert result.accepted().empty


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ({**ACTION, "Montant (€)": 1.2}, "montant_eur", Decimal("1.2")),
        ({**ACTION, "Montant (€)": 0.1 + 0.2}, "montant_eur", Decimal("0.3")),
        ({**ACTION, "Montant (€)": 1200}, "montant_eur", Decimal(1200)),
        ({**ACTION, "Montant (€)": "1\u202f200,50\u00a0€"}, "montant_eur", Decimal("1200.5")),
        ({**ACTION, "Montant (€)": "0"}, "montant_eur", Decimal(0)),
        ({**ACTION, "Début": 2014}, "date_debut", dt.date(2014, 1, 1)),
        ({**ACTION, "Début": dt.datetime(2014, 12, 16)}, "date_debut", dt.date(2014, 12, 16)),
        ({**ACTION, "Fin": "déc. 2014"}, "date_fin", dt.date(2014, 12, 31)),
        ({**ACTION, "Début": "2016 {printemps 2016}"}, "date_debut_texte", "printemps 2016"),
        ({**ACTION, "Début": "2015", "Fin": "2015"}, "date_fin", dt.date(2015, 12, 31)),
        ({**ACTION, "Numéro": 2.1}, "numero", "2.1"),
        ({**ACTION, "Identifiant": "Alpes-FICHES"}, "action_id", "alpes-fiches"),
        ({**ACTION, "Intitulé": "  Fiches\nd’accueil "}, "intitule", "Fiches d’accueil"),
    ],
)
def test_what_is_understood(terms: Vocabularies, row: dict[str, object], column: str, value: object) -> None:
    result, issues = typed(terms, "Actions", row)
    assert issues.empty
    assert result.frame[column][0] == value


@pytest.mark.parametrize(("text", "value"), [("oui", True), ("x", True), (True, True), ("non", False), ("", False)])
def test_yes_and_no(terms: Vocabularies, text: object, value: bool) -> None:
    result, issues = typed(terms, "partenaires", {**PARTNER, "Groupe": text})
    assert issues.empty
    assert bool(result.frame["est_groupe"][0]) is value


def test_an_unread_cell_is_not_also_reported_as_blank(terms: Vocabularies) -> None:
    source = sheet_of("Actions", {**ACTION})
    source.kind.loc[0, "Axe"] = 5
    source.kind.loc[0, "Intitulé"] = 6
    source.text.loc[0, "Intitulé"] = ""
    log = IssueLog()
    parse(source, terms, log)
    assert said(log.frame()) == [("formule-sans-resultat", "C2"), ("cellule-en-erreur", "D2")]


def test_several_mistakes_of_a_row_are_all_reported(terms: Vocabularies) -> None:
    row = {**ACTION, "Axe": "zzz", "Début": "hier", "Montant (€)": "cher"}
    _, issues = typed(terms, "Actions", row)
    assert said(issues) == [("code-inconnu", "D2"), ("date-illisible", "H2"), ("nombre-illisible", "J2")]
    assert issues["value"].tolist() == ["zzz", "hier", "cher"]
    assert issues["column"].tolist() == ["Axe", "Début", "Montant (€)"]


@pytest.mark.parametrize(
    ("rows", "file", "codes"),
    [
        ([CONTRACT], "contrats/alpes.xlsx", []),
        ([CONTRACT], "contrats/alpes", []),
        ([CONTRACT], "contrats/Alpes.ods", [("fichier-mal-nomme", "A2")]),
        ([CONTRACT, CONTRACT], "contrats/alpes", [("contrat-unique", "A3")]),
        ([CONTRACT, CONTRACT, CONTRACT], "contrats/alpes", [("contrat-unique", "A3")]),
        ([], "contrats/alpes", [("contrat-unique", "")]),
    ],
)
def test_a_workbook_holds_one_contract(
    terms: Vocabularies, rows: list[Row], file: str, codes: list[tuple[str, str]]
) -> None:
    result, issues = typed(terms, "Contrat", *rows, file=file)
    assert said(issues) == codes
    assert len(result.accepted()) == (0 if codes else 1)
    if codes and codes[0][0] == "contrat-unique":
        assert issues["value"].tolist() == [str(len(rows))]


AMOUNTS = st.one_of(
    st.decimals(-(10**17), 10**17, places=4).map(str),
    st.integers(0, 10**19).map(str),
    st.from_regex(r"\A[0-9]{1,17}[.,][0-9]{1,4}\Z"),
    st.sampled_from(["1,200", "007", "1 200,50 €", "1,5 M€", "-", "12,", ",5", "1e3", "", "０１", "75 k€", "3,0"]),
)


@pytest.mark.parametrize(("sheet", "label", "decimals"), [("Actions", "Montant (€)", 2), ("Indicateurs", "Valeur", 4)])
@given(texts=st.lists(AMOUNTS, min_size=20, max_size=40))
@settings(max_examples=20, deadline=None)
def test_numbers_of_a_column_are_those_read_one_by_one(
    terms: Vocabularies, sheet: str, label: str, decimals: int, texts: list[str]
) -> None:
    result, issues = typed(terms, sheet, *({label: text, "Remarque": "dite"} for text in texts))
    [column] = [item.column for item in sheets()[sheet].fields if isinstance(item, Cell) and item.label == label]
    told = set(issues.loc[(issues["column"] == label) & issues["value"].ne(""), "row"])
    for text, got, row in zip(texts, result.frame[column.name], result.source.origin["row"], strict=True):
        number = parse_number(text).number
        rounded = None if number is None or number.adjusted() >= 15 - decimals else round(number, decimals)
        expected = rounded if rounded is not None and abs(rounded - (number or 0)) < Decimal("1e-9") else None
        assert expected == (None if pd.isna(got) else got), text
        assert (row in told) == (text != "" and expected is None) or (expected is not None and expected < 0), text
