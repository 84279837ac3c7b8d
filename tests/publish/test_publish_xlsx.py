"""Workbooks hold typed cells, all of them, and no formula."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from pipelines.publish.tables_arrow import all_to_arrow, to_arrow
from pipelines.publish.xlsx_files import full_workbook, sheet_names, table_workbook
from schemas.declaration import Kind
from tests.publish.publish_dataset import DATE, DECLARED, FULL, ORGANISMES, TEXTS, description, frame, frames

TABLES = all_to_arrow(frames(), DECLARED)


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("name", list(DECLARED))
def test_every_cell_is_read_back_with_its_type(name: str) -> None:
    sheet = opened(table_workbook(TABLES[name], DECLARED[name], DATE)).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert list(header) == TABLES[name].column_names
    expected = [
        tuple(_as_cell(row[part.name], part.kind) for part in DECLARED[name].published)
        for row in TABLES[name].to_pylist()
    ]
    assert rows == expected


def _as_cell(value: object, kind: Kind) -> object:
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if kind is Kind.DATE and isinstance(value, dt.date):
        return value.isoformat() if value.year < 1900 else dt.datetime(value.year, value.month, value.day)
    return value


def test_formats_header_freeze_and_filter() -> None:
    book = opened(table_workbook(TABLES["organismes"], ORGANISMES, DATE))
    sheet = book.worksheets[0]
    assert book.sheetnames == ["organismes", "Dictionnaire"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:P5")
    cells = {cell.value: sheet.cell(2, cell.column) for cell in sheet[1]}
    assert cells["date_debut"].number_format == "yyyy-mm-dd"
    assert cells["montant_eur"].number_format == "#,##0.00"
    assert (cells["est_actif"].data_type, cells["zone_code"].data_type, cells["url"].hyperlink) == ("b", "s", None)
    assert sheet["B3"].value == "=1+1"
    assert sheet["B3"].data_type == "s"
    assert sheet["A1"].font.b
    assert sheet["A1"].font.color.rgb == "FFFFFFFF"
    assert sheet["A1"].alignment.wrap_text
    assert max(dimension.width for dimension in sheet.column_dimensions.values()) < 62


def test_the_full_workbook_has_everything_in_order() -> None:
    book = opened(full_workbook(TABLES, DECLARED, description(), "2026-11-22.2", DATE))
    assert book.sheetnames == [
        "Lisez-moi",
        "organismes_a_plat",
        "organismes",
        "lieux",
        "vides",
        "sources",
        "Dictionnaire",
    ]
    readme = list(book["Lisez-moi"].iter_rows(values_only=True))
    assert readme[0][0] == "Un essai"
    assert {"2026-11-22.2", "2026-11-22", "Licence Ouverte 2.0 (https://example.org/licence)"} <= {
        row[1] for row in readme
    }
    counts = {row[0]: row[2] for row in readme if row[0] in DECLARED}
    assert counts == {name: TABLES[name].num_rows for name in DECLARED}
    assert book["Lisez-moi"]["A14"].hyperlink.location == "'organismes_a_plat'!A1"
    entries = list(book["Dictionnaire"].iter_rows(values_only=True))
    assert len(entries) == 1 + sum(len(table.published) for table in DECLARED.values())
    assert ("organismes", "montant_eur", "EUR") in {(row[0], row[1], row[4]) for row in entries}


def test_the_same_tables_make_the_same_bytes() -> None:
    once = table_workbook(TABLES["organismes"], ORGANISMES, DATE)
    assert once == table_workbook(TABLES["organismes"], ORGANISMES, DATE)
    assert opened(once).properties.created == dt.datetime(2026, 11, 22)
    assert once != table_workbook(TABLES["organismes"], ORGANISMES, dt.date(2026, 11, 23))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("nom", "é" * 32_768, "32767 caractères"),
        ("nom", "𝄞" * 16_384, "32767 caractères"),
        ("montant_eur", Decimal("10000000000000.00"), "15 chiffres"),
        ("rang", 10**15, "15 chiffres"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_by_name(column: str, value: object, said: str) -> None:
    table = to_arrow(frame(ORGANISMES, [FULL | {column: value}]), ORGANISMES, DECLARED)
    with pytest.raises(ValueError, match=f"Table organismes, ligne a-1, colonne {column} : plus de {said}"):
        table_workbook(table, ORGANISMES, DATE)


def test_the_longest_text_is_held() -> None:
    table = to_arrow(frame(ORGANISMES, [FULL | {"nom": "é" * 32_767}]), ORGANISMES, DECLARED)
    assert opened(table_workbook(table, ORGANISMES, DATE)).worksheets[0]["B2"].value == "é" * 32_767


def test_a_cell_that_the_library_refuses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlsxwriter.worksheet.Worksheet.write_boolean", lambda *_: -1)
    with pytest.raises(ValueError, match="cellules écrites pour"):
        table_workbook(TABLES["organismes"], ORGANISMES, DATE)


def test_sheet_names_are_cut_and_told_apart() -> None:
    long = "une_table_au_nom_vraiment_tres_long"
    names = sheet_names([f"{long}_a", f"{long}_b", "dictionnaire", "lieux"])
    assert list(names.values()) == [long[:31], f"{long[:29]}~2", "dictionnaire~2", "lieux"]
    assert all(len(name) <= 31 for name in names.values())


def test_texts_stay_texts() -> None:
    sheet = opened(table_workbook(TABLES["organismes_a_plat"], DECLARED["organismes_a_plat"], DATE)).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == TEXTS
    assert {row[1].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}
