"""The header of a sheet: wherever it stands, however it is typed; addresses stay those of the file."""

from __future__ import annotations

import pytest

from pipelines.sheets.cells import Grid, grid
from pipelines.sheets.labels import HEADER_SEARCH_ROWS, find_sheet, label, label_index
from schemas.declaration import Sheet
from schemas.registry import sheets, workbook_sheets
from tests.conftest import labels

OUTILS = sheets()["Outils"]
HEADER: list[object] = list(labels("x/Outils"))
NAMED = {"Type": "guide", "Intitulé": "Guide", "Sources": "ALP3"}


def line(**cells: str) -> list[object]:
    typed = {**NAMED, **cells}
    return [typed.get(str(text), "") for text in HEADER]


def outils(*rows: list[object]) -> Grid:
    return grid("Outils", list(rows))


def test_plain_sheet() -> None:
    found = label(outils(HEADER, line(), line(Intitulé="Autre")), OUTILS)
    assert found.rows is not None
    assert not found.unknown + found.doubled + found.missing
    assert list(found.rows.text.columns) == HEADER
    assert found.rows.text.index.tolist() == [2, 3]
    assert found.rows.text["Intitulé"].tolist() == ["Guide", "Autre"]
    assert found.rows.letters["Intitulé"] == "C"
    assert found.rows.header_row == 1


def test_title_blank_rows_and_columns_do_not_shift_addresses() -> None:
    rows: list[list[object]] = [
        ["Outils des Alpes"],
        [],
        ["", "", *HEADER],
        [],
        ["", "", *line()],
        ["", " \u00a0", *([""] * len(HEADER))],
        ["", "", *line(Intitulé="Autre")],
    ]
    found = label(outils(*rows), OUTILS)
    assert found.rows is not None
    assert found.rows.header_row == 3
    assert found.rows.text.index.tolist() == [5, 7]
    assert found.rows.letters["Identifiant"] == "C"
    assert found.rows.letters["Type"] == "D"
    assert not found.unknown


def test_a_column_between_two_others_may_be_blank() -> None:
    header = [HEADER[0], "", *HEADER[1:]]
    found = label(outils(header, ["", "", *line()[1:]]), OUTILS)
    assert found.rows is not None
    assert found.rows.letters["Type"] == "C"
    assert not found.unknown


def test_title_with_a_label_in_it_is_not_the_header() -> None:
    found = label(outils(["Type", "Les outils"], HEADER, line()), OUTILS)
    assert found.rows is not None
    assert found.rows.header_row == 2


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: f"  {text}\n", lambda text: text.replace("é", "e")]
)
def test_headers_in_other_case_and_accents(change: object) -> None:
    assert callable(change)
    found = label(outils([change(str(text)) for text in HEADER], line()), OUTILS)
    assert found.rows is not None
    assert list(found.rows.text.columns) == HEADER


@pytest.mark.parametrize(
    ("sheet", "typed", "meant"),
    [
        ("Actions", "N°", "Numéro"),
        ("Actions", "MONTANT (EUROS)", None),
        ("Actions", "Montant en euros", "Montant (€)"),
        ("Actions", "Origine de l'axe", "Origine de l’axe"),
        ("Actions", "marche cible", "Marchés cibles"),
        ("Outils", "URL", "Adresse"),
        ("Outils", "Id", "Identifiant"),
        ("Outils", "Source", "Sources"),
        ("Outils", "Nombre d'éléments", "Nombre d’éléments"),
        ("Territoires", "Code officiel", "Code"),
        ("Partenaires", "Role d'apres la source", "Rôle d’après la source"),
    ],
)
def test_other_headers_are_understood(sheet: str, typed: str, meant: str | None) -> None:
    header: list[object] = [text if text != meant else typed for text in labels(f"x/{sheet}")]
    if meant is None:
        header.append(typed)
    found = label(grid(sheet, [header, ["x"] * len(header)]), sheets()[sheet])
    assert found.rows is not None
    assert [shown for _, shown in found.unknown] == ([] if meant else [typed])
    assert meant is None or meant in found.rows.text


@pytest.mark.parametrize(("name", "sheet"), [(name, sheet) for name, sheet in workbook_sheets().items()])
def test_sheet_names_in_other_case_and_accents(name: str, sheet: Sheet) -> None:
    plain = name.replace("é", "e").replace("É", "E")
    for typed in (name, name.upper(), plain.lower(), f" {name} "):
        assert find_sheet(typed, workbook_sheets()) is sheet
    assert find_sheet(f"{name} (2)", workbook_sheets()) is None


def test_unknown_doubled_and_missing_headers() -> None:
    header: list[object] = [*(text for text in HEADER if text not in ("Unité", "Groupe")), "Prix", "TYPE", ""]
    found = label(outils(header, [*(["x"] * len(header))]), OUTILS)
    assert found.unknown == [("I1", "Prix")]
    assert found.outside == [(2, "K2", "x")]
    assert found.doubled == [("J1", "TYPE")]
    assert found.missing == ["Unité"]
    assert found.rows is not None
    assert "Groupe" not in found.rows.text


def test_the_first_of_two_equal_headers_is_read() -> None:
    found = label(outils([*HEADER, "Type"], [*line(), "étude"]), OUTILS)
    assert found.rows is not None
    assert found.rows.text["Type"].tolist() == ["guide"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["À compléter"]],
        [["Type"]],
        [[""] * 3, ["Intitulé", "autre"]],
        [*([["titre"]] * HEADER_SEARCH_ROWS), HEADER],
    ],
)
def test_no_header(rows: list[list[object]]) -> None:
    found = label(outils(*rows), OUTILS)
    assert found.rows is None
    assert "Intitulé" in found.missing
    assert "Groupe" not in found.missing


def test_header_without_rows() -> None:
    found = label(outils(HEADER), OUTILS)
    assert found.rows is not None
    assert found.rows.text.empty
    assert list(found.rows.text.columns) == HEADER


@pytest.mark.parametrize("sheet", list(sheets().values()), ids=lambda sheet: sheet.name)
def test_no_header_stands_for_two_labels(sheet: Sheet) -> None:
    headers = {field.label: {field.label, *field.aliases} for field in sheet.fields}
    assert set(label_index(sheet).values()) == set(headers)
    for name, typed in headers.items():
        for header in typed:
            found = label(grid(sheet.name, [[header, *(other for other in headers if other != name)]]), sheet)
            assert found.rows is not None
            assert found.rows.letters[name] == "A", header
            assert not found.unknown + found.doubled
