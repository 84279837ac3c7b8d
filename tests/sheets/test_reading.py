"""Cells as offices write them: ODS and XLSX of any writer, percentages, merged areas, the same sheet everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sheets.cells import CellKind, Grid
from pipelines.sheets.files import read_grids
from pipelines.sheets.labels import label
from pipelines.sheets.ods import write_ods
from schemas.registry import sheets
from tests.conftest import labels
from tests.sheets.hostile import NAMESPACE, ods_of, packed, plain_xlsx, xlsx_of

ACTIONS = labels("x/Actions")


def one(path: Path) -> Grid:
    (grid,) = read_grids(path)
    return grid


def ods_row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


# --- ODS as LibreOffice writes it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text", "kind"),
    [
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
            "#DIV/0!",
            CellKind.ERROR,
        ),
        (
            '<table:table-cell table:formula="of:=x" office:value-type="float" office:value="0">'
            "<text:p>Err:508</text:p></table:table-cell>",
            "Err:508",
            CellKind.ERROR,
        ),
        ('<table:table-cell table:formula="of:=1+1"/>', "", CellKind.NO_RESULT),
        ('<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>', "", CellKind.EMPTY),
        (
            '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p>'
            "</table:table-cell>",
            "2",
            CellKind.NUMBER,
        ),
        (
            '<table:table-cell office:value-type="percentage" office:value="0.425"><text:p>42,5 %</text:p>'
            "</table:table-cell>",
            "42,5 %",
            CellKind.PERCENT,
        ),
        (
            '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p>'
            "</table:table-cell>",
            "oui",
            CellKind.BOOLEAN,
        ),
        (
            '<table:table-cell office:value-type="date" office:date-value="2014-12-16"><text:p>16/12/14</text:p>'
            "</table:table-cell>",
            "2014-12-16",
            CellKind.DATE,
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>a<text:line-break/>b<text:tab/>c</text:p>'
            "</table:table-cell>",
            "a\nb\tc",
            CellKind.TEXT,
        ),
        (
            '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation>'
            "<text:p>a<text:line-break/>b</text:p></table:table-cell>",
            "a\nb",
            CellKind.TEXT,
        ),
        (
            '<table:table-cell office:value-type="string"><text:p>#N/A</text:p></table:table-cell>',
            "#N/A",
            CellKind.TEXT,
        ),
    ],
)
def test_ods_cells(cell: str, text: str, kind: CellKind, tmp_path: Path) -> None:
    last = '<table:table-cell office:value-type="string"><text:p>fin</text:p></table:table-cell>'
    grid = one(ods_of(tmp_path / "f.ods", ods_row(cell, last)))
    assert (grid.text[0, 0], grid.kind[0, 0]) == (text, kind)
    assert grid.text[0, 1] == "fin"


def test_marks_of_repeated_ods_cells_stand_at_each_place(tmp_path: Path) -> None:
    error = (
        '<table:table-cell table:number-columns-repeated="2" table:formula="of:=NA()" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    rows = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row table:number-rows-repeated="2"><table:table-cell/>{error}</table:table-row>'
    )
    grid = one(ods_of(tmp_path / "f.ods", rows))
    assert [tuple(map(int, place)) for place in zip(*(grid.kind == CellKind.ERROR).nonzero(), strict=True)] == [
        (3, 1),
        (3, 2),
        (4, 1),
        (4, 2),
    ]


# --- XLSX ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "number", "text", "kind"),
    [
        ("0%", 0.42, "42 %", CellKind.PERCENT),
        ("0.00%", 0.425, "42,5 %", CellKind.PERCENT),
        ("0 %", 0.07, "7 %", CellKind.PERCENT),
        ("0.0 %;[Red]-0.0 %", -0.015, "-1,5 %", CellKind.PERCENT),
        ("0%", 1, "100 %", CellKind.PERCENT),
        ("0%", 12, "1200 %", CellKind.PERCENT),
        ("General", 0.42, "0.42", CellKind.NUMBER),
        ('0" %"', 42, "42", CellKind.NUMBER),
        ("0\\%", 42, "42", CellKind.NUMBER),
        ("#,##0.00 €", 42.5, "42.5", CellKind.NUMBER),
    ],
)
def test_percentages_are_read_as_they_are_shown(
    look: str, number: float, text: str, kind: CellKind, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["C5"] = number
    page["C5"].number_format = look
    page["C6"] = number
    book.save(tmp_path / "f.xlsx")
    grid = one(tmp_path / "f.xlsx")
    assert (grid.text[4, 2], grid.kind[4, 2]) == (text, kind)
    assert grid.kind[5, 2] == CellKind.NUMBER


# --- Merged cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ("A1:N1", []),
        ("C4:C5", ["C4:C5"]),
        ("C4:D4", ["C4:D4"]),
        ("H4:H5", []),
        ("C4:C4", []),
        ("A9:N12", []),
        ("P4:T4", []),
    ],
)
def test_merged_cells_are_said_when_they_stand_for_several(area: str, said: list[str], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Actions des Alpes"])
    page.append([])
    page.append(ACTIONS)
    for number in range(2):
        page.append(["", str(number), "Fiches", "offre", "source", *[""] * 9, "ALP3", "relu"])
    page.merge_cells(area)
    book.save(tmp_path / "f.xlsx")
    rows = label(one(tmp_path / "f.xlsx"), sheets()["Actions"]).rows
    assert rows is not None
    assert [where for _, _, where in rows.merged] == said
    assert rows.text["Intitulé"].tolist()[0] == "Fiches"


def test_merged_cells_of_an_ods(tmp_path: Path) -> None:
    texts = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>' for name in ACTIONS
    )
    merged = (
        '<table:table-cell/><table:table-cell/><table:table-cell office:value-type="string" '
        'table:number-columns-spanned="1" table:number-rows-spanned="3"><text:p>Fiches</text:p></table:table-cell>'
    )
    path = ods_of(tmp_path / "f.ods", ods_row(texts) + ods_row(merged))
    rows = label(one(path), sheets()["Actions"]).rows
    assert rows is not None
    assert rows.merged == ((2, "Intitulé", "C2:C4"),)


# --- XLSX written otherwise ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="2"><c r="B2"><v>7</v></c></row>',
        b"<row r='2'><c r='B2'><v>7</v></c></row>",
        b'<row r="2"><c/><c><v>7</v></c></row>',
        b'<row/><row><c r="b2"><v>7</v></c></row>',
        b'<row r="2"><!-- <c r="XFD9"><v>1</v></c> --><c r="B2"><v>7</v></c></row>',
        b'<row r="2"><c s="0" r="B2"><v>7</v></c></row>',
        b'<row r="2"><c r="B2"><v xml:space="preserve">7</v></c><c r="XFD2" s="0"/></row>'
        b'<row r="1048576"><c r="A1048576"/></row>',
        b'<row r="2"><c r="B2"><v>7</v></c><c r="XFD2"></c><c r="XFC2"><v/></c></row>',
    ],
)
def test_a_cell_stands_where_it_is_however_it_is_written(rows: bytes, tmp_path: Path) -> None:
    grid = one(xlsx_of(tmp_path / "f.xlsx", rows))
    assert grid.text[1, 1] == "7"
    assert grid.text.shape == (2, 2)


def test_shared_formulas_and_inline_texts(tmp_path: Path) -> None:
    rows = (
        b'<row r="1"><c r="A1" t="str"><f t="shared" ref="A1:A2" si="0">B1</f><v>un</v></c>'
        b'<c r="B1" t="inlineStr"><is><r><t>de</t></r><r><t>ux</t></r></is></c></row>'
        b'<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
    )
    grid = one(xlsx_of(tmp_path / "f.xlsx", rows))
    assert grid.text.tolist() == [["un", "deux"], ["", ""]]
    assert grid.kind[1, 0] == CellKind.NO_RESULT


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#SPILL!", "#GETTING_DATA", "Err:522"])
@pytest.mark.parametrize(
    "cells",
    [b'<c r="B1" t="e"><v>%b</v></c>', b"<c r='B1' t='e'><v>%b</v></c>", b'<c/><c t="e"><f>A1</f><v>%b</v></c>'],
    ids=["usual", "single quotes", "no addresses"],
)
def test_no_error_is_lost_nor_stops_the_reading(error: str, cells: bytes, tmp_path: Path) -> None:
    grid = one(xlsx_of(tmp_path / "f.xlsx", b'<row r="1">' + cells % error.encode() + b"</row>"))
    assert grid.text.tolist() == [["", error]]
    assert grid.kind.tolist() == [[CellKind.EMPTY, CellKind.ERROR]]


def test_a_long_sheet_keeps_the_address_of_its_cells(tmp_path: Path) -> None:
    blank = b"".join(
        b'<row r="%d" ht="15.75" customHeight="1"><c r="A%d" s="0"/></row>' % (n, n) for n in range(2, 90_000)
    )
    filled = b'<c t="inlineStr"><is><t>x</t></is></c></row>'
    grid = one(xlsx_of(tmp_path / "f.xlsx", blank + b"<row><c/>" + filled + b'<row r="90050">' + filled))
    assert [(int(row), int(column)) for row, column in zip(*(grid.text == "x").nonzero(), strict=True)] == [
        (89_999, 1),
        (90_049, 0),
    ]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_parts_that_are_not_in_utf8_are_read(encoding: str, tmp_path: Path) -> None:
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>Intitulé</t></is></c></row>'
    parts = plain_xlsx()
    sheet = f"<worksheet {NAMESPACE.decode()}><sheetData>{cell}</sheetData></worksheet>"
    parts["xl/worksheets/sheet1.xml"] = f'<?xml version="1.0" encoding="{encoding}"?>{sheet}'.encode(encoding)
    assert one(packed(tmp_path / "f.xlsx", parts)).text.tolist() == [["Intitulé"]]


def test_a_package_of_another_writer_is_read(tmp_path: Path) -> None:
    parts = plain_xlsx()
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"/xl/worksheets/sheet1.xml", b"worksheets/feuille.xml")
    parts["xl/worksheets/feuille.xml"] = parts.pop("xl/worksheets/sheet1.xml").replace(
        b"</sheetData>", b'<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row></sheetData>'
    )
    grid = one(packed(tmp_path / "f.xlsx", parts))
    assert grid.text.tolist() == [["Intitulé", "Axe"], ["#N/A", ""]]


# --- What only workbooks hold, the same in both ---


@pytest.mark.parametrize(
    ("number", "look", "cell", "text", "kind"),
    [
        (1.5, "[h]:mm:ss", 'office:value-type="time" office:time-value="PT36H00M00S"', "36:00:00", CellKind.TEXT),
        (0.5625, "hh:mm", 'office:value-type="time" office:time-value="PT13H30M00S"', "13:30:00", CellKind.TEXT),
        (
            1.25 / 86_400,
            "mm:ss.00",
            'office:value-type="time" office:time-value="PT1.25S"',
            "00:00:01.25",
            CellKind.TEXT,
        ),
        (
            True,
            "General",
            'table:formula="of:=TRUE()" office:value-type="float" office:value="1"',
            "oui",
            CellKind.BOOLEAN,
        ),
        (
            False,
            "General",
            'table:formula="of:=FALSE()" office:value-type="float" office:value="0"',
            "non",
            CellKind.BOOLEAN,
        ),
        (0.4255, "0.0%", 'office:value-type="percentage" office:value="0.4255"', "42,55 %", CellKind.PERCENT),
        (
            41_989.5625,
            "dd/mm/yyyy hh:mm",
            'office:value-type="date" office:date-value="2014-12-16T13:30:00"',
            "2014-12-16 13:30:00",
            CellKind.DATE,
        ),
    ],
    ids=["duration", "time", "fraction", "true", "false", "percentage", "date and time"],
)
def test_what_libreoffice_makes_of_a_cell_of_excel(
    number: float, look: str, cell: str, text: str, kind: CellKind, tmp_path: Path
) -> None:
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        page = book.add_worksheet("Actions")
        page.write(0, 0, number, book.add_format({"num_format": look}))
    ods = ods_of(tmp_path / "f.ods", ods_row(f"<table:table-cell {cell}><text:p>vu</text:p></table:table-cell>"))
    for grid in (one(tmp_path / "f.xlsx"), one(ods)):
        assert (grid.text.tolist(), grid.kind.tolist()) == ([[text]], [[kind]])


def test_line_breaks_are_the_same_in_every_format(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>a</text:p><text:p>b</text:p></table:table-cell>'
    rows = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_\nb</t></is></c></row>'
    (tmp_path / "f.csv").write_bytes(b'"a\r\nb",\r\n')
    paths = [xlsx_of(tmp_path / "f.xlsx", rows), ods_of(tmp_path / "f.ods", ods_row(cell)), tmp_path / "f.csv"]
    assert [one(path).text.tolist() for path in paths] == [[["a\nb"]]] * 3


# --- The same sheet in three formats -------------------------------------------------------------------------------

CHARACTERS = st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), blacklist_characters="\ufffd\ufeff_")
TEXTS = st.text(CHARACTERS, max_size=12).map(str.strip)


def as_xlsx(path: Path, frame: pd.DataFrame) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Actions")
        for number, row in enumerate([list(frame.columns), *frame.values.tolist()]):
            for column, text in enumerate(row):
                page.write_string(number, column, text)
    return path


def as_ods(path: Path, frame: pd.DataFrame) -> Path:
    write_ods(path, {"Actions": frame}, {})
    return path


def as_csv(path: Path, frame: pd.DataFrame) -> Path:
    folder = path.with_suffix("")
    folder.mkdir()
    frame.to_csv(folder / "Actions.csv", index=False)
    return folder


def test_the_same_texts_in_three_formats(tmp_path_factory: pytest.TempPathFactory) -> None:
    formats: list[tuple[str, Callable[[Path, pd.DataFrame], Path]]] = [
        (".xlsx", as_xlsx),
        (".ods", as_ods),
        (".csv", as_csv),
    ]

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
    def same(rows: list[tuple[str, str, str]]) -> None:
        folder = tmp_path_factory.mktemp("formats")
        texts = [["", *row, *[""] * (len(ACTIONS) - 4)] for row in rows]
        frame = pd.DataFrame(texts, columns=ACTIONS, dtype="str")
        found = []
        for suffix, write in formats:
            grid = next(grid for grid in read_grids(write(folder / f"f{suffix}", frame)) if grid.sheet == "Actions")
            read = label(grid, sheets()["Actions"]).rows
            assert read is not None
            found.append(read)
        for other in found[1:]:
            pd.testing.assert_frame_equal(found[0].text, other.text)
            assert other.letters == found[0].letters

    same()
