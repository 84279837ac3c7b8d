"""What value readers lose in XLSX: error cells, and formulas without a stored result."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.cells import CellKind, column_letter
from pipelines.sheets.xlsx_marks import marked_cells, sheet_parts

ERROR, NO_RESULT = CellKind.ERROR, CellKind.NO_RESULT


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
