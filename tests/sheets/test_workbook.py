"""The workbook written for curators reads back as what was written, in both formats, and helps whoever fills it."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.sheets import layout
from pipelines.sheets.cells import CellKind, LabelledRows
from pipelines.sheets.examples import altered, example, split_examples
from pipelines.sheets.files import read_grids
from pipelines.sheets.hints import MESSAGE_LIMIT, hint
from pipelines.sheets.labels import label
from pipelines.sheets.layout import template_version, typed
from pipelines.sheets.looks import GUIDE_SHEET, LISTS_SHEET
from pipelines.sheets.ods import write_ods
from pipelines.sheets.workbook import write_workbook
from schemas.declaration import Kind
from schemas.registry import workbook_sheets
from schemas.tables import actions

Writer = Callable[..., None]
TITLE = actions.TABLE["intitule"]

VOCABULARIES = {
    "axe": [("marque", "Marque"), ("offre", "Offre"), ("promotion", "Promotion & vente")],
    "generation": [("vague_1", "Vague 1 (2014)"), ("vague_2", "Vague 2 (2015)")],
    "marche": [("GB", "Royaume-Uni"), ("europe", "Europe")],
    "role": [("signataire", "Signataire"), ("financeur", "Financeur")],
}
ROWS = {
    "Contrat": [
        {
            "Identifiant": "alpes",
            "Nom": 'Voyage dans les Alpes <&> "été"',
            "Date de signature": "2014-12-16",
            "Durée (mois)": "36",
        }
    ],
    "Territoires": [
        {"Type de zone": "departement", "Code": "04", "Libellé": "Alpes-de-Haute-Provence", "Sources": "ALP3"},
        {"Type de zone": "departement", "Code": "2A", "Libellé": "Corse-du-Sud", "Sources": "ALP3"},
    ],
    "Partenaires": [
        {"Nom": "Mairie d’Épinal", "SIREN": "012345678", "Début": "2015-03", "Fin": "2015", "Sources": "ALP3"},
        {"Nom": "=1+1", "Début": "2016 {printemps 2016}", "Fin": "1850-02-03", "Remarque": "http://exemple.fr/page"},
        {"Nom": "Deux  espaces", "Début": "2015-02-31", "Remarque": "une ligne\nune autre"},
    ],
    "Financements": [
        {
            "Libellé": "Budget",
            "Montant (€)": "990000",
            "ETP": "1.5",
            "Part (%)": "42",
            "Financeur": "« 25 signataires »",
        },
        {"Libellé": "Reste", "Montant (€)": "1,5 M€", "ETP": "007", "Part (%)": "0.5"},
    ],
}
SHEETS = {
    name: pd.DataFrame(rows, columns=[field.label for field in workbook_sheets()[name].fields], dtype=object).fillna("")
    for name, rows in ROWS.items()
}

both_formats = pytest.mark.parametrize(
    ("write", "name"), [(write_workbook, "classeur.xlsx"), (write_ods, "classeur.ods")], ids=["xlsx", "ods"]
)


def read_back(path: Path) -> dict[str, LabelledRows]:
    found = {}
    for grid in read_grids(path):
        if grid.sheet in workbook_sheets():
            labelled = label(grid, workbook_sheets()[grid.sheet])
            assert labelled.rows is not None
            assert not (labelled.unknown or labelled.doubled or labelled.missing)
            found[grid.sheet] = labelled.rows
    return found


@both_formats
def test_what_is_written_reads_back(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, SHEETS, VOCABULARIES)
    found = read_back(tmp_path / name)
    assert list(found) == list(workbook_sheets())
    for sheet, frame in SHEETS.items():
        assert found[sheet].text.to_numpy().tolist() == frame.to_numpy().tolist(), sheet
        assert list(found[sheet].text.columns) == list(frame.columns)
        assert list(found[sheet].text.index) == list(range(2, len(frame) + 2))
        assert found[sheet].header_row == 1


@both_formats
def test_cells_hold_what_they_mean(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, SHEETS, VOCABULARIES)
    found = read_back(tmp_path / name)
    assert found["Contrat"].kind.loc[2, "Date de signature"] == CellKind.DATE
    assert found["Contrat"].kind.loc[2, "Durée (mois)"] == CellKind.NUMBER
    assert found["Financements"].kind[["Montant (€)", "ETP", "Part (%)"]].to_numpy().tolist() == [
        [CellKind.NUMBER, CellKind.NUMBER, CellKind.NUMBER],
        [CellKind.TEXT, CellKind.TEXT, CellKind.NUMBER],
    ]
    assert set(found["Territoires"].kind["Code"]) == {CellKind.TEXT}
    assert found["Partenaires"].kind.loc[2, "SIREN"] == CellKind.TEXT
    assert set(found["Partenaires"].kind["Début"]) == {CellKind.TEXT}
    assert found["Partenaires"].kind.loc[3, "Nom"] == CellKind.TEXT


@both_formats
def test_a_workbook_with_no_rows_reads_as_empty_frames(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, {}, {})
    found = read_back(tmp_path / name)
    assert list(found) == list(workbook_sheets())
    assert all(rows.text.empty for rows in found.values())


@both_formats
def test_the_national_workbook_leaves_out_what_only_a_contract_has(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, {}, VOCABULARIES, national=True)
    expected = [name for name, sheet in workbook_sheets().items() if sheet.national]
    assert [grid.sheet for grid in read_grids(tmp_path / name)] == [GUIDE_SHEET, *expected, LISTS_SHEET]
    with pytest.raises(ValueError, match="Contrat"):
        write(tmp_path / name, SHEETS, VOCABULARIES, national=True)


@both_formats
def test_an_undeclared_column_is_refused(write: Writer, name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="_faits"):
        write(tmp_path / name, {"Actions": pd.DataFrame({"_faits": ["x"]})}, VOCABULARIES)


@both_formats
def test_equal_contents_make_equal_bytes(write: Writer, name: str, tmp_path: Path) -> None:
    first, second = tmp_path / name, tmp_path / f"bis-{name}"
    write(first, SHEETS, VOCABULARIES)
    write(second, SHEETS, VOCABULARIES)
    assert first.read_bytes() == second.read_bytes()


@pytest.fixture(scope="module")
def excel(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("excel") / "classeur.xlsx"
    write_workbook(path, SHEETS, VOCABULARIES)
    return openpyxl.load_workbook(path)


def test_the_first_sheet_in_sight_is_the_contract(excel: openpyxl.Workbook) -> None:
    assert excel.sheetnames == [GUIDE_SHEET, *workbook_sheets(), LISTS_SHEET]
    assert excel.active.title == "Contrat"
    assert excel[LISTS_SHEET].sheet_state == "visible"
    assert excel.properties.created == dt.datetime(2026, 11, 1)


def test_headers_stay_in_sight_are_filtered_and_explained(excel: openpyxl.Workbook) -> None:
    for name, sheet in workbook_sheets().items():
        page = excel[name]
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref.startswith("A1:")
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
        assert [cell.value for cell in page[1]] == [field.label for field in sheet.fields]
        for cell, field in zip(page[1], sheet.fields, strict=True):
            assert cell.comment.text == hint(field, sheet).note
    heads = {cell.value: cell.fill.fgColor.rgb for cell in excel["Actions"][1]}
    assert heads["Intitulé"] == heads["Sources"] != heads["Identifiant"] == heads["Remarque"]


def test_codes_are_proposed_and_nothing_is_forbidden(excel: openpyxl.Workbook) -> None:
    page = excel["Actions"]
    letters = {cell.value: cell.column_letter for cell in page[1]}
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    axis = rules[f"{letters['Axe']}2:{letters['Axe']}500"]
    proposed = excel[LISTS_SHEET][axis.formula1.split("!")[1].replace("$", "")]
    assert [cell.value for (cell,) in proposed] == ["marque", "offre", "promotion"]
    assert {rule.errorStyle for rule in rules.values() if rule.type} <= {"warning"}
    markets = rules[f"{letters['Marchés cibles']}2:{letters['Marchés cibles']}500"]
    assert markets.type == "list" and not markets.showErrorMessage and "« ; »" in markets.prompt
    assert axis.showErrorMessage
    amount = rules[f"{letters['Montant (€)']}2:{letters['Montant (€)']}500"]
    assert (amount.type, amount.formula1) == ("decimal", "0")
    assert "printemps" in rules[f"{letters['Début']}2:{letters['Début']}500"].prompt


@both_formats
def test_an_example_stands_above_the_rows_of_each_sheet(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, SHEETS, VOCABULARIES, examples=True)
    found = read_back(tmp_path / name)
    for sheet, rows in found.items():
        declared = workbook_sheets()[sheet]
        data, examples = split_examples(rows, declared)
        assert examples is not None and list(examples.index) == [2]
        assert list(examples.iloc[0]) == list(example(declared).values())
        assert not len(altered(examples, declared))
        assert list(data.numbers) == [number for number in rows.numbers if number != 2]
        if sheet in SHEETS:
            assert data.text.values.tolist() == SHEETS[sheet].to_numpy().tolist()
    kept, none = split_examples(data, declared)
    assert kept is data and none is None


@both_formats
def test_the_first_sheet_says_the_version(write: Writer, name: str, tmp_path: Path) -> None:
    write(tmp_path / name, {}, VOCABULARIES)
    page = next(grid for grid in read_grids(tmp_path / name) if grid.sheet == GUIDE_SHEET)
    assert any(template_version() in str(cell) for cell in page.text[-1])


@pytest.mark.parametrize(
    "change",
    [{"label": "Intitulé court"}, {"column": TITLE.but(kind=Kind.INTEGER)}, {"optional": True}],
    ids=["label", "kind", "optional"],
)
def test_the_version_follows_the_declarations(change: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    before = template_version()
    assert before == template_version()
    declared = dict(workbook_sheets())
    fields = tuple(
        replace(item, **change) if item.label == "Intitulé" else item  # type: ignore[arg-type]
        for item in declared["Actions"].fields
    )
    declared["Actions"] = replace(declared["Actions"], fields=fields)
    monkeypatch.setattr(layout, "workbook_sheets", lambda: declared)
    assert template_version() != before


def test_texts_are_neither_formulas_nor_links(excel: openpyxl.Workbook) -> None:
    cells = [cell for page in excel for row in page.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert excel["Partenaires"]["B3"].value == "=1+1"


def test_texts_keep_their_format_and_amounts_show_euros(excel: openpyxl.Workbook) -> None:
    assert excel["Territoires"]["C2"].number_format == "@"
    assert excel["Contrat"]["D2"].number_format == "dd/mm/yyyy"
    assert "€" in excel["Financements"]["F2"].number_format


def test_every_message_fits_the_window_that_shows_it() -> None:
    for sheet in workbook_sheets().values():
        for field in sheet.fields:
            found = hint(field, sheet)
            assert len(found.message) <= MESSAGE_LIMIT, field.label
            assert found.expected and found.title and len(field.label) <= 32


def test_notes_speak_as_a_curator_types() -> None:
    financing = workbook_sheets()["Financements"]
    notes = {field.label: hint(field, financing).note for field in financing.fields}
    assert "Exemple : 1,5" in notes["ETP"]
    assert "Exemple : 25/06/2015" in notes["Début"] and "premier jour" not in notes["Début"]
    assert "Exemple : 75000" in notes["Montant (€)"] and "Unité : euros" in notes["Montant (€)"]
    assert notes["Identifiant"].startswith("Identifiant du financement\n")
    assert notes["Libellé"].startswith("Libellé (obligatoire)\n")


def test_a_text_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Outils"):
        write_workbook(tmp_path / "long.xlsx", {"Outils": pd.DataFrame({"Intitulé": ["a" * 40_000]})}, {})


def test_validations_reach_under_the_last_row(tmp_path: Path) -> None:
    rows = pd.DataFrame({"Intitulé": [f"Action {number}" for number in range(700)]})
    write_workbook(tmp_path / "long.xlsx", {"Actions": rows}, VOCABULARIES)
    page = openpyxl.load_workbook(tmp_path / "long.xlsx")["Actions"]
    assert {area.max_row for rule in page.data_validations.dataValidation for area in rule.sqref.ranges} == {801}
    assert len(read_back(tmp_path / "long.xlsx")["Actions"].text) == 700


def test_the_open_document_is_frozen_and_proposes_codes(tmp_path: Path) -> None:
    write_ods(tmp_path / "classeur.ods", SHEETS, VOCABULARIES)
    with zipfile.ZipFile(tmp_path / "classeur.ods") as package:
        assert package.namelist()[0] == "mimetype"
        assert package.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        content, settings = package.read("content.xml").decode(), package.read("settings.xml").decode()
    assert "cell-content-is-in-list([$Listes.$A$3:.$A$5])" in content
    assert "VerticalSplitPosition" in settings
    assert "<office:annotation " in content
    assert "table:formula" not in content


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2014-12-16", Kind.DATE, dt.date(2014, 12, 16)),
        ("2014-12", Kind.DATE, "2014-12"),
        ("2014-02-31", Kind.DATE, "2014-02-31"),
        ("1899-12-31", Kind.DATE, "1899-12-31"),
        ("2014-12-16", Kind.TEXT, "2014-12-16"),
        ("75000.00", Kind.EUROS, 75000.0),
        ("1.50", Kind.DECIMAL, 1.5),
        ("-3", Kind.INTEGER, -3.0),
        ("9007199254740993", Kind.INTEGER, "9007199254740993"),
        ("-0", Kind.INTEGER, "-0"),
        ("1 200", Kind.EUROS, "1 200"),
        ("94", Kind.CODE, "94"),
        ("", Kind.DATE, ""),
    ],
)
def test_only_what_comes_back_the_same_is_typed(text: str, kind: Kind, expected: object) -> None:
    assert typed(text, kind) == expected
