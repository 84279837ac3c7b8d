"""What spreadsheets do to what people type, in their own cells: undone where it is certain, else said."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation import native
from pipelines.curation.gather import read_sources
from pipelines.curation.native import LONGEST_TEXT, doubtful_texts
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.texts import Distinct
from tests.conftest import SmallSources, labels
from tests.sheets.hostile import packed

ACTIONS = labels("x/Actions")
ROW = {"Intitulé": "Fiches", "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3"}


def typed_sheet(sources: SmallSources, name: str) -> tuple[Typed, pd.DataFrame]:
    """One kind of sheet, typed, and the issues met."""
    read = read_sources(sources.root)
    vocabularies = Vocabularies.read(read.sheets["nomenclatures"])
    return parse(read.sheets[name], vocabularies, read.issues), read.issues.frame()


# --- Dates, shares, numbers -----------------------------------------------------------------------------------


def workbook(sources: SmallSources, sheet: str, *rows: Mapping[str, object], from_1904: bool = False) -> str:
    """A workbook with one contract and these native rows; its name."""
    path = sources.root / "contrats" / "natif.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": from_1904})
    dates, percents = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0 %"})
    contract: Mapping[str, object] = {"Identifiant": "natif", "Nom": "Natif", "Sources": "ALP3"}
    contract = {**contract, "Génération": "vague_1"}
    for title, lines in (("Contrat", (contract,)), (sheet, rows)):
        page = book.add_worksheet(title)
        header = labels(f"x/{title}")
        page.write_row(0, 0, header)
        for number, line in enumerate(lines, start=1):
            for name, value in line.items():
                look = dates if isinstance(value, dt.date) or name == "Fin" else percents if "%" in name else None
                page.write(number, header.index(name), value, look)
    book.close()
    return "contrats/natif.xlsx"


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_in_both_epochs(from_1904: bool, small_sources: SmallSources) -> None:
    day = dt.date(2014, 12, 16)
    serial = (day - (dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30))).days
    rows: list[Mapping[str, object]] = [
        ROW | {"Début": day},
        ROW | {"Intitulé": "Nombre nu", "Début": serial},
        ROW | {"Intitulé": "Année seule", "Début": 2014},
        ROW | {"Intitulé": "Texte", "Début": "16 décembre 2014"},
    ]
    file = workbook(small_sources, "Actions", *rows, from_1904=from_1904)
    typed, issues = typed_sheet(small_sources, "Actions")
    found = typed.frame[(typed.source.origin["file"] == file).to_numpy()]
    assert [str(date)[:10] for date in found["date_debut"]] == ["2014-12-16", "2014-12-16", "2014-01-01", "2014-12-16"]
    assert found["date_debut_precision"].tolist() == ["jour", "jour", "annee", "jour"]
    assert issues[issues["file"] == file].empty


@pytest.mark.parametrize("from_1904", [False, True])
@pytest.mark.parametrize(("number", "near"), [(2014, "« 2014 »"), (1850, "« 1850 »"), (12, "")])
def test_a_year_typed_in_a_date_cell_is_said(
    from_1904: bool, number: int, near: str, small_sources: SmallSources
) -> None:
    file = workbook(small_sources, "Actions", ROW | {"Fin": number}, from_1904=from_1904)
    typed, issues = typed_sheet(small_sources, "Actions")
    (issue,) = issues[issues["file"] == file].to_dict("records")
    assert (issue["code"], issue["cell"]) == ("date-nombre", f"{typed.source.letters[file]['Fin']}2")
    assert (near in issue["message"]) and (bool(near) == ("Vouliez-vous" in issue["message"]))


def test_a_share_typed_as_a_percentage(small_sources: SmallSources) -> None:
    rows: list[Mapping[str, object]] = [
        {"Libellé": "Part", "Nature": "apport", "Part (%)": 0.425, "Sources": "ALP3"},
        {"Libellé": "Autre part", "Nature": "apport", "Part (%)": "57,5 %", "Sources": "ALP3"},
    ]
    file = workbook(small_sources, "Financements", *rows)
    typed, issues = typed_sheet(small_sources, "Financements")
    found = typed.frame[(typed.source.origin["file"] == file).to_numpy()]
    assert [float(share) for share in found["part_pct"]] == [42.5, 57.5]
    assert issues[issues["file"] == file].empty


@pytest.mark.parametrize("value", ["1e999", "-1e999", "NaN"])
def test_numbers_that_are_none_are_errors(value: str, small_sources: SmallSources) -> None:
    path = workbook(small_sources, "Actions", ROW | {"Montant (€)": 12})
    with zipfile.ZipFile(small_sources.root / path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet2.xml"
    parts[sheet] = parts[sheet].replace(b"<v>12</v>", f"<v>{value}</v>".encode())
    packed(small_sources.root / path, parts)
    _, issues = typed_sheet(small_sources, "Actions")
    assert issues.loc[issues["file"] == path, "code"].tolist() == ["cellule-en-erreur"]


@pytest.mark.parametrize(
    ("typed", "read", "codes"),
    [
        ("005520176", "005520176", []),
        ("5520176", "005520176", ["zero-restitue"]),
        ("5620117", "005620117", ["zero-restitue"]),
        ("15450638", "015450638", ["zero-restitue"]),
        ("552 100 554", "552100554", []),
        ("552\u00a0100\u202f554", "552100554", []),
        ("552.100.554", "552100554", []),
    ],
)
def test_siren_is_mended_only_when_its_key_proves_it(
    typed: str, read: str, codes: list[str], small_sources: SmallSources
) -> None:
    row = small_sources.add("referentiels/partenaires", partner(typed))
    found, issues = typed_sheet(small_sources, "partenaires")
    assert found.frame["siren"].tolist()[row - 2] == read
    assert issues["code"].tolist() == codes
    assert (issues["severity"] == "info").all()


@pytest.mark.parametrize("typed", ["5520177", "12345", "55210055", "5521005540"])
def test_siren_that_nothing_proves_is_reported(typed: str, small_sources: SmallSources) -> None:
    small_sources.add("referentiels/partenaires", partner(typed))
    _, issues = typed_sheet(small_sources, "partenaires")
    assert issues[["code", "value"]].values.tolist() == [["format-invalide", typed]]


def partner(siren: str) -> dict[str, str]:
    return {"Identifiant": "essai", "Nom": "Essai", "Catégorie": "association", "SIREN": siren}


def test_a_code_of_fixed_width_gets_its_zero_back(small_sources: SmallSources) -> None:
    zone = {"Type de zone": "departement", "Code": "97", "Libellé": "Ailleurs", "Référence": "COG"}
    zone |= {"Code actuel": "97", "Région": "4"}
    row = small_sources.add("referentiels/zones", zone)
    found, issues = typed_sheet(small_sources, "zones")
    assert found.frame["region_code"].tolist()[row - 2] == "04"
    assert issues[["code", "value"]].values.tolist() == [["zero-restitue", "4"]]


# --- Texts that no cell should hold --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=1+1", "texte-de-formule"),
        (" =HYPERLINK(1)", "texte-de-formule"),
        ("\t@SOMME(1)", "texte-de-formule"),
        ("+cmd|' /C calc'!A0", "texte-de-formule"),
        ("+33(1)|x", "texte-de-formule"),
        ("-2+3", "texte-de-formule"),
        ("- navettes", "texte-de-formule"),
        ("-12,5", ""),
        ("+ 10 %", ""),
        ("-1 200,50 €", ""),
        ("+33 1 42 96 70 00", ""),
        ("+10 à +15 %, et +5 % d’emplois", ""),
        ("-", ""),
        ("--", ""),
        ("a = b", ""),
        ("x" * 32_767, ""),
        ("x" * 32_768, "texte-trop-long"),
        ("Th\ufffdtre", "caractere-illisible"),
        ("a\x07b", "caractere-illisible"),
        ("Théâtre à l’été, œuvre — « café »\nsuite\tfin", ""),
    ],
)
def test_texts(text: str, code: str, small_sources: SmallSources) -> None:
    row = small_sources.add("contrats/alpes/Actions", ROW | {"Remarque": text})
    typed, issues = typed_sheet(small_sources, "Actions")
    found = issues[["code", "row", "column"]].values.tolist()
    assert found == ([[code, row, "Remarque"]] if code else [])
    assert typed.source.text["Remarque"].tolist()[row - 2] == text
    refused = code in ("texte-trop-long", "caractere-illisible")
    assert (row - 2 in typed.refused) == refused


def test_a_formula_start_is_seen_in_any_column(small_sources: SmallSources) -> None:
    row = small_sources.add("contrats/alpes/Actions", ROW | {"Partenaires": "=GTA", "Intitulé": "@x"})
    _, issues = typed_sheet(small_sources, "Actions")
    said = issues.loc[issues["code"] == "texte-de-formule", ["cell", "value"]].values.tolist()
    assert said == [[f"C{row}", "@x"], [f"L{row}", "=GTA"]]


def test_merged_cells_are_a_warning_at_their_first_cell(small_sources: SmallSources) -> None:
    path = small_sources.root / workbook(small_sources, "Actions", ROW, ROW | {"Intitulé": "Suite", "Axe": ""})
    book = openpyxl.load_workbook(path)
    book["Actions"].merge_cells("D2:D3")
    book.save(path)
    _, issues = typed_sheet(small_sources, "Actions")
    said = issues[issues["code"] == "cellules-fusionnees"]
    assert said[["sheet", "cell", "value", "severity"]].values.tolist() == [["Actions", "D2", "D2:D3", "warning"]]


DOUBTFUL = st.text(alphabet="=+@-|(!1a é«’\u00a0\u200b\ufffd\uffff\ufeff\x00\x07\x7f\n\t", max_size=5)


@given(st.lists(DOUBTFUL, max_size=6))
def test_doubts_are_those_of_each_text_alone(texts: list[str]) -> None:
    column = pd.Series(["", *texts], dtype="str")
    found = {(code, int(row)) for code, _, rows in doubtful_texts({"Nom": Distinct.of(column)}) for row in rows}
    lost = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff]")
    expected = {("caractere-illisible", row) for row, text in column.items() if lost.search(text)}
    expected |= {("texte-de-formule", row) for row, text in column.items() if starts_as_formula(text)}
    assert found == expected


def starts_as_formula(text: str) -> bool:
    """Without a look at how the text begins first."""
    return (
        re.match(r"^[^\x21-\x7e]*[=+@-]", text) is not None
        and native._FORMULA.match(text) is not None
        and not native._NUMBER.match(text)
        and not native._SIGNED_WORDS.match(text)
    )


@pytest.mark.parametrize("letter", ["a", "é"])
def test_characters_are_counted_not_bytes(letter: str) -> None:
    texts = pd.Series([letter * LONGEST_TEXT, letter * (LONGEST_TEXT + 1)], dtype="str")
    found = [(code, list(rows)) for code, _, rows in doubtful_texts({"Nom": Distinct.of(texts)})]
    assert found == [("texte-trop-long", [1])]
