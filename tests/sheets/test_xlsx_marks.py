"""What value readers lose in XLSX: error cells, and formulas without a stored result."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.cells import CellKind, column_letter
from pipelines.sheets.xlsx_marks import SharedTexts, look_at, marked_cells, sheet_parts, without_blank_rows

ERROR, NO_RESULT, PERCENT = CellKind.ERROR, CellKind.NO_RESULT, frozenset({b"3"})


def sheet(cells: str) -> bytes:
    return f'<worksheet><cols><col min="1"/></cols><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("", {}),
        ('<c r="A1"/>', {}),
        ('<c r="A1" s="3"/><c r="B1"><v>1</v></c>', {}),
        ('<c r="A1" t="e"><v>#N/A</v></c>', {(1, "A"): ("#N/A", ERROR)}),
        ('<c r="AB12" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', {(12, "AB"): ("#DIV/0!", ERROR)}),
        ('<c r="A1" t="e"/>', {(1, "A"): ("#ERREUR", ERROR)}),
        ('<c r="A1" t="e"><v>#N&#47;A &lt;</v></c>', {(1, "A"): ("#N/A <", ERROR)}),
        ('<c r="C2"><f>SUM(A1:B1)</f></c>', {(2, "C"): ("", NO_RESULT)}),
        ('<c r="C2"><f>SUM(A1:B1)</f><v></v></c>', {(2, "C"): ("", NO_RESULT)}),
        ('<c r="C2"><f>SUM(A1:B1)</f><v /></c>', {(2, "C"): ("", NO_RESULT)}),
        ('<c r="C2"><f t="shared" si="0"/><v/></c>', {(2, "C"): ("", NO_RESULT)}),
        ('<c r="C2"><f>IF(A1>2,1,0)</f><v>1</v></c>', {}),
        ('<c r="C2" t="str"><f>""</f><v></v></c>', {}),
        ('<x:c r="C2" t="e"><x:v>#REF!</x:v></x:c>', {(2, "C"): ("#REF!", ERROR)}),
        ('<x:c r="C2"><x:f>A1</x:f></x:c>', {(2, "C"): ("", NO_RESULT)}),
        ('<c t="e"><v>#N/A</v></c>', {}),
        ('<c r="A1"/><c r="B1"><f>A1</f></c>', {(1, "B"): ("", NO_RESULT)}),
    ],
)
def test_marked_cells(cells: str, found: dict[tuple[int, str], tuple[str, CellKind]]) -> None:
    assert marked_cells(sheet(cells)) == found


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="B1" t="e"><v>#N/A</v></c><c r="C1"><f>1+1</f></c><c r="D1" s="3"><v>0.5</v></c>',
        "<c r='B1' t='e'><v>#N/A</v></c><c r='C1'><f>1+1</f></c><c r='D1' s='3'><v>0.5</v></c>",
        '<c/><c t="e"><v>#N/A</v></c><c><f>1+1</f><v/></c><c s="3"><v>0.5</v></c>',
        '<c t="e" r="B1"><v>#N<!-- -->/A</v></c><c r="C1"><f>1+1</f></c><c s="3" r="D1"><v>0.5</v></c>',
        '<c/><c t="e"><f>1/0</f><v>#N/A</v></c><c><f>1+1</f></c><c s="3" t="str"><f>x</f><v></v></c>',
    ],
    ids=["usual", "single quotes", "no addresses", "comment", "formulas"],
)
@pytest.mark.parametrize("more", [0, 10_000], ids=["short", "long"])
def test_a_sheet_written_otherwise_has_the_same_marks(cells: str, more: int) -> None:
    found = look_at(sheet(cells) + b" " * more, SharedTexts(b""), PERCENT)
    assert found.cells == {(0, 1): ("#N/A", ERROR), (0, 2): ("", NO_RESULT)}
    assert found.percents == [(0, 3)]
    assert (found.extent.rows, found.extent.columns) == (1, 4)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ('<row r="1"><c r="A1"/></row><row r="2"/></sheetData>', "</sheetData>"),
        (
            '<row r="4"><c r="A4" s="1"/></row><row r="5" ht="9"/><row><c/></row>',
            '<row r="5" ht="9"/><row><c/></row>',
        ),
        ('<row r="4"><c r="A4"><v>1</v></c></row></sheetData>', '<row r="4"><c r="A4"><v>1</v></c></row></sheetData>'),
        ('<row r="4"><c r="A4"/></row>', '<row r="4"><c r="A4"/></row>'),
    ],
    ids=["blank", "before a row without number", "filled", "before what is not seen"],
)
def test_blank_rows_go_where_no_number_depends_on_them(rows: str, left: str) -> None:
    assert without_blank_rows(rows.encode()) == left.encode()


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at_without_failing(content: bytes) -> None:
    assert isinstance(marked_cells(content + b't="e"'), dict)


@given(
    st.dictionaries(st.tuples(st.integers(1, 40), st.integers(0, 30)), st.sampled_from(["e", "f", "v"]), max_size=20)
)
def test_marks_of_a_workbook_are_exactly_its_errors_and_formulas(cells: dict[tuple[int, int], str]) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for (row, column), what in cells.items():
        page.cell(row, column + 1, {"e": "#N/A", "f": "=1+1", "v": 12.5}[what])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as package:
        parts = sheet_parts(package)
        found = marked_cells(package.read(parts[page.title]))
    wanted = {"e": ("#N/A", ERROR), "f": ("", NO_RESULT)}
    assert found == {(row, column_letter(column)): wanted[what] for (row, column), what in cells.items() if what != "v"}


def package(**files: str) -> zipfile.ZipFile:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return zipfile.ZipFile(stream)


WORKBOOK = "<workbook><sheets>{}</sheets></workbook>"
RELATIONS = "<Relationships>{}</Relationships>"


@pytest.mark.parametrize(
    "target",
    ["worksheets/sheet7.xml", "/xl/worksheets/sheet7.xml", "./worksheets/sheet7.xml", "../xl/worksheets/sheet7.xml"],
)
def test_sheet_parts_by_name(target: str) -> None:
    files = {
        "xl/workbook.xml": WORKBOOK.format('<sheet name="&#201;v&#233;nements &amp; co" sheetId="1" r:id="rId3"/>'),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(f'<Relationship Id="rId3" Target="{target}"/><Relationship/>'),
        "xl/worksheets/sheet7.xml": "",
    }
    assert sheet_parts(package(**files)) == {"Événements & co": "xl/worksheets/sheet7.xml"}


def test_sheet_parts_of_something_else() -> None:
    assert sheet_parts(package(**{"mimetype": "application/zip"})) == {}
    files = {
        "xl/workbook.xml": WORKBOOK.format('<sheet name="A" r:id="rId1"/><sheet name="B"/>'),
        "xl/_rels/workbook.xml.rels": RELATIONS.format('<Relationship Id="rId1" Target="worksheets/gone.xml"/>'),
    }
    assert sheet_parts(package(**files)) == {}
