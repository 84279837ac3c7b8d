"""Workbooks hold typed cells, all of them, and no formula."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook

from pipelines.publish import xlsx_archive, xlsx_rows
from pipelines.publish.tables_arrow import all_to_arrow, to_arrow
from pipelines.publish.xlsx_files import full_workbook, sheet_names, table_workbooks
from pipelines.publish.xlsx_parts import SHEET_ROWS
from schemas.declaration import Kind, Table
from tests.publish.publish_dataset import DATE, DECLARED, FULL, ORGANISMES, TEXTS, description, frame, frames
from tests.publish.xlsx_reference import reference_sheet

TABLES = all_to_arrow(frames(), DECLARED)
DATA = "xl/worksheets/sheet1.xml"


def written(
    folder: Path, table: pa.Table, declared: Table, date: dt.date = DATE, sheet_rows: int = SHEET_ROWS
) -> list[Path]:
    (folder / "xlsx").mkdir(exist_ok=True, parents=True)
    return table_workbooks(table, declared, date, folder, sheet_rows)


def written_whole(folder: Path, sheet_rows: int = SHEET_ROWS) -> Path:
    for name, table in TABLES.items():
        written(folder, table, DECLARED[name], DATE, sheet_rows)
    path = folder / "tout.xlsx"
    full_workbook(TABLES, DECLARED, description(), "2026-11-22.2", DATE, path)
    return path


def opened(folder: Path, table: pa.Table, declared: Table) -> Workbook:
    [path] = written(folder, table, declared)
    return load_workbook(path)


def of_texts(texts: list[str | None]) -> pa.Table:
    keys = [f"a-{rank}" for rank in range(len(texts))]
    return pa.table({"organisme_id": keys, "nom": pa.array(texts, pa.string())})


@pytest.mark.parametrize("name", list(DECLARED))
def test_every_cell_is_read_back_with_its_type(tmp_path: Path, name: str) -> None:
    sheet = opened(tmp_path, TABLES[name], DECLARED[name]).worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    assert list(header) == TABLES[name].column_names
    expected = [
        tuple(_as_cell(row[part.name], part.kind) for part in DECLARED[name].published)
        for row in TABLES[name].to_pylist()
    ]
    assert rows == expected


@pytest.mark.parametrize("name", list(DECLARED))
def test_a_sheet_is_the_one_that_xlsxwriter_writes_cell_by_cell(tmp_path: Path, name: str) -> None:
    sheet = opened(tmp_path, TABLES[name], DECLARED[name]).worksheets[0]
    expected = reference_sheet(TABLES[name], DECLARED[name])
    assert (sheet.dimensions, sheet.freeze_panes) == (expected.dimensions, expected.freeze_panes)
    assert sheet.auto_filter.ref == expected.auto_filter.ref
    assert (sheet.print_title_rows, sheet.page_setup.orientation) == ("$1:$1", "landscape")
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (False, True)
    widths = {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()}
    assert widths == {letter: dimension.width for letter, dimension in expected.column_dimensions.items()}
    for row, wanted in zip(sheet.iter_rows(), expected.iter_rows(), strict=True):
        for one, other in zip(row, wanted, strict=True):
            assert (one.value, one.data_type, one.number_format) == (other.value, other.data_type, other.number_format)
            looks = [repr((cell.font, cell.fill, cell.alignment)) for cell in (one, other)]
            assert looks[0] == looks[1]


def _as_cell(value: object, kind: Kind) -> object:
    if isinstance(value, Decimal):
        return float(value) if value % 1 else int(value)
    if kind is Kind.DATE and isinstance(value, dt.date):
        return value.isoformat() if value.year < 1900 else dt.datetime(value.year, value.month, value.day)
    return value


def test_formats_header_freeze_and_filter(tmp_path: Path) -> None:
    book = opened(tmp_path, TABLES["organismes"], ORGANISMES)
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


def test_the_full_workbook_has_everything_in_order(tmp_path: Path) -> None:
    book = load_workbook(written_whole(tmp_path))
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


def test_the_full_workbook_has_the_very_sheets_of_the_tables(tmp_path: Path) -> None:
    whole = written_whole(tmp_path)
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        sheets = [archive.read(f"xl/worksheets/sheet{rank}.xml") for rank in range(2, 2 + len(DECLARED))]
        style = archive.read("xl/styles.xml")
    for name, sheet in zip(load_workbook(whole).sheetnames[1:-1], sheets, strict=True):
        with zipfile.ZipFile(tmp_path / "xlsx" / f"{name}.xlsx") as archive:
            assert (archive.read(DATA), archive.read("xl/styles.xml")) == (sheet, style)


def test_the_same_tables_make_the_same_bytes(tmp_path: Path) -> None:
    [once] = written(tmp_path / "a", TABLES["organismes"], ORGANISMES)
    [again] = written(tmp_path / "b", TABLES["organismes"], ORGANISMES)
    [later] = written(tmp_path / "c", TABLES["organismes"], ORGANISMES, dt.date(2026, 11, 23))
    assert once.read_bytes() == again.read_bytes() != later.read_bytes()
    assert load_workbook(once).properties.created == dt.datetime(2026, 11, 22)
    assert written_whole(tmp_path / "a").read_bytes() == written_whole(tmp_path / "b").read_bytes()


def test_neither_threads_nor_chunks_change_the_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_rows, "_BLOCK_ROWS", 7)
    table = of_texts([f"{rank} é" for rank in range(200)])
    monkeypatch.setattr(xlsx_archive, "_MOST_THREADS", 1)
    [one] = written(tmp_path / "a", table, DECLARED["organismes_a_plat"])
    monkeypatch.setattr(xlsx_archive, "_MOST_THREADS", 4)
    table = pa.concat_tables([table.slice(0, 33), table.slice(33, 1), table.slice(34)])
    [other] = written(tmp_path / "b", table, DECLARED["organismes_a_plat"])
    assert one.read_bytes() == other.read_bytes()
    read = CalamineWorkbook.from_path(one).get_sheet_by_index(0).to_python()
    assert [row[1] for row in read[1:]] == table["nom"].to_pylist()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("nom", "é" * 32_768, "32767 caractères"),
        ("nom", "𝄞" * 16_384, "32767 caractères"),
        ("montant_eur", Decimal("10000000000000.00"), "15 chiffres"),
        ("rang", 10**15, "15 chiffres"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_by_name(tmp_path: Path, column: str, value: object, said: str) -> None:
    table = to_arrow(frame(ORGANISMES, [FULL | {column: value}]), ORGANISMES, DECLARED)
    with pytest.raises(ValueError, match=f"Table organismes, ligne a-1, colonne {column} : plus de {said}"):
        written(tmp_path, table, ORGANISMES)


def test_the_longest_text_is_held(tmp_path: Path) -> None:
    table = to_arrow(frame(ORGANISMES, [FULL | {"nom": "é" * 32_767}]), ORGANISMES, DECLARED)
    assert opened(tmp_path, table, ORGANISMES).worksheets[0]["B2"].value == "é" * 32_767


def test_a_cell_that_goes_missing_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_rows, "_numbers", lambda values, *_: pa.nulls(len(values), pa.string()))
    with pytest.raises(ValueError, match="cellules écrites pour"):
        written(tmp_path, TABLES["organismes"], ORGANISMES)


def test_sheet_names_are_cut_and_told_apart() -> None:
    long = "une_table_au_nom_vraiment_tres_long"
    names = sheet_names([f"{long}_a", f"{long}_b", "dictionnaire", "lieux"])
    assert list(names.values()) == [[long[:31]], [f"{long[:29]}~2"], ["dictionnaire~2"], ["lieux"]]
    shared = sheet_names([f"{long}_a", f"{long}_b", "lieux"], {f"{long}_a": 2, f"{long}_b": 2, "lieux": 3})
    assert list(shared.values()) == [
        [long[:31], f"{long[:29]}-2"],
        [f"{long[:29]}~2", f"{long[:27]}~2-2"],
        ["lieux", "lieux-2", "lieux-3"],
    ]
    assert all(len(name) <= 31 for found in (names, shared) for each in found.values() for name in each)


def test_texts_stay_texts(tmp_path: Path) -> None:
    sheet = opened(tmp_path, TABLES["organismes_a_plat"], DECLARED["organismes_a_plat"]).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == TEXTS
    assert {row[1].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}


AWKWARD = st.lists(
    st.one_of(
        st.none(),
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x7f\ufffe\uffff", exclude_categories=["Cc"]), min_size=1
        ),
        st.text("_x04AB1 \t\n<&>", min_size=1),
    ),
    min_size=1,
)


@settings(max_examples=25)
@given(texts=AWKWARD)
def test_every_text_is_read_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str | None]) -> None:
    [path] = written(tmp_path_factory.mktemp("textes"), of_texts(texts), DECLARED["organismes_a_plat"])
    sheet = load_workbook(path).worksheets[0]
    assert [sheet.cell(rank, 2).value for rank in range(2, len(texts) + 2)] == texts
    read = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [row[1] if len(row) > 1 else "" for row in read[1:]] == [text or "" for text in texts]
