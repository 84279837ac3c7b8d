"""Writes a described workbook as a spreadsheet program would leave it: XLSX, ODS, a folder of CSV files."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from openpyxl.utils.cell import get_column_letter, range_boundaries
from xlsxwriter.worksheet import Worksheet

from pipelines.sheets.ods_parts import package_parts, settings
from pipelines.sheets.packages import write_package
from tests.corpus.books import Book, Failure, Formula, Page, Percentage, Value

FORMATS = ("xlsx", "ods", "csv")
_LAST_ROW = 1_048_576


def write(book: Book, folder: Path, name: str, file_format: str) -> Path:
    """Writes a workbook in a folder; returns the file, or the folder of CSV files."""
    path = folder / (name if file_format == "csv" else f"{name}.{file_format}")
    {"xlsx": write_xlsx, "ods": write_ods, "csv": write_csv}[file_format](book, path)
    return path


# --- XLSX ----------------------------------------------------------------------------------------------------------


def write_xlsx(book: Book, path: Path) -> None:
    """As Excel writes it."""
    options = {"in_memory": True, "date_1904": book.from_1904, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        formats = {
            "date": workbook.add_format({"num_format": "dd/mm/yyyy"}),
            "percent": workbook.add_format({"num_format": "0 %"}),
            "blank": workbook.add_format({"bg_color": "#FFF2CC"}),
        }
        for page in book.pages:
            _write_sheet(workbook.add_worksheet(page.name), page, formats)
        shown = next(page for page in book.pages if not page.hidden)
        workbook.get_worksheet_by_name(shown.name).activate()


def _write_sheet(sheet: Worksheet, page: Page, formats: dict[str, object]) -> None:
    for merged in page.merged:
        left, top, right, bottom = range_boundaries(merged)
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for row, values in enumerate(page.rows):
        for column, value in enumerate(values):
            _write_value(sheet, row, column, value, formats)
    for row in page.hidden_rows:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for letters in page.hidden_columns:
        sheet.set_column(f"{letters}:{letters}", None, None, {"hidden": True})
    if page.formatted_to:
        for row in (*range(len(page.rows), len(page.rows) + 200), page.formatted_to - 1):
            sheet.write_blank(row, 0, None, formats["blank"])
            sheet.write_blank(row, page.width + 3, None, formats["blank"])
    if page.hidden:
        sheet.hide()


def _write_value(sheet: Worksheet, row: int, column: int, value: Value, formats: dict[str, object]) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float():
            sheet.write_number(row, column, value)
        case str():
            sheet.write_string(row, column, value)
        case dt.date():
            sheet.write_datetime(row, column, value, formats["date"])
        case Percentage():
            sheet.write_number(row, column, value.number, formats["percent"])
        case Failure():
            sheet.write_formula(row, column, "=NA()", None, value.shown)
        case Formula():
            sheet.write_formula(row, column, value.formula, None, "" if value.result is None else value.result)


# --- ODS -----------------------------------------------------------------------------------------------------------

_HIDDEN = (
    '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/>'
    "</style:style>"
    '<style:style style:name="painted" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#FFF2CC"/></style:style>'
)
_SPACES = {
    "office": "office",
    "table": "table",
    "text": "text",
    "style": "style",
    "fo": "xsl-fo-compatible",
}


def write_ods(book: Book, path: Path) -> None:
    """As LibreOffice writes it: blank cells and rows are counted, not repeated."""
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in _SPACES.items()
    )
    spaces += ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    epoch = (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
        if book.from_1904
        else ""
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces} office:version="1.3">'
        f"<office:automatic-styles>{_HIDDEN}</office:automatic-styles><office:body><office:spreadsheet>{epoch}"
        f"{''.join(map(_table, book.pages))}</office:spreadsheet></office:body></office:document-content>"
    )
    write_package(path, package_parts(body, settings({}, active=book.pages[0].name)))


def _table(page: Page) -> str:
    style = ' table:style-name="hidden"' if page.hidden else ""
    width = max(page.width, 1)
    hidden = dict.fromkeys(page.hidden_columns, ' table:visibility="collapse"')
    columns = "".join(f"<table:table-column{hidden.get(get_column_letter(c + 1), '')}/>" for c in range(width))
    spans, covered = _merged(page)
    rows: list[str] = []
    blanks = 0
    for number, values in enumerate(page.rows):
        if not any(value not in (None, "") for value in values) and number + 1 not in page.hidden_rows:
            blanks += 1
            continue
        rows += _blank_rows(blanks, width)
        blanks = 0
        visibility = ' table:visibility="collapse"' if number + 1 in page.hidden_rows else ""
        rows.append(f"<table:table-row{visibility}>{_cells(number, values, width, spans, covered)}</table:table-row>")
    if page.formatted_to:
        painted = f'<table:table-cell table:style-name="painted" table:number-columns-repeated="{width + 3}"/>'
        left = page.formatted_to - len(page.rows) + blanks
        rows.append(f'<table:table-row table:number-rows-repeated="{left}">{painted}</table:table-row>')
    else:
        rows += _blank_rows(_LAST_ROW - len(page.rows) + blanks, width)
    return f"<table:table table:name={quoteattr(page.name)}{style}>{columns}{''.join(rows)}</table:table>"


def _blank_rows(count: int, width: int) -> Iterator[str]:
    if count:
        cell = f'<table:table-cell table:number-columns-repeated="{width}"/>'
        yield f'<table:table-row table:number-rows-repeated="{count}">{cell}</table:table-row>'


def _merged(page: Page) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """The spans of the first cell of each merged range, and the cells that the ranges cover."""
    spans, covered = {}, set()
    for merged in page.merged:
        left, top, right, bottom = range_boundaries(merged)
        size = f'table:number-columns-spanned="{right - left + 1}" table:number-rows-spanned="{bottom - top + 1}"'
        spans[top - 1, left - 1] = f" {size}"
        covered |= {(row - 1, column - 1) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return spans, covered - set(spans)


def _cells(
    row: int, values: list[Value], width: int, spans: dict[tuple[int, int], str], covered: set[tuple[int, int]]
) -> str:
    found: list[str] = []
    blanks = 0
    for column in range(width):
        value = values[column] if column < len(values) else None
        at = (row, column)
        if value is None and at not in covered and at not in spans:
            blanks += 1
            continue
        if blanks:
            found.append(f'<table:table-cell table:number-columns-repeated="{blanks}"/>')
            blanks = 0
        found.append("<table:covered-table-cell/>" if at in covered else _cell(value, spans.get(at, "")))
    if blanks:
        found.append(f'<table:table-cell table:number-columns-repeated="{blanks}"/>')
    return "".join(found)


def _cell(value: Value, more: str = "") -> str:
    formula, kind, shown = _ods_value(value)
    formula = f" table:formula={quoteattr(formula)}" if formula else ""
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n")) if shown else ""
    return f"<table:table-cell{formula}{kind}{more}>{paragraphs}</table:table-cell>"


def _ods_value(value: Value) -> tuple[str, str, str]:
    """The formula, the attributes of the value and the text shown of a cell."""
    match value:
        case bool():
            return "", f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"', csv_text(value)
        case int() | float():
            return "", f' office:value-type="float" office:value="{value!r}"', csv_text(value)
        case dt.date():
            return "", f' office:value-type="date" office:date-value="{value.isoformat()}"', csv_text(value)
        case Percentage():
            return "", f' office:value-type="percentage" office:value="{value.number!r}"', csv_text(value)
        case Failure():
            kind = ' office:value-type="string" office:string-value="" calcext:value-type="error"'
            return "of:=NA()", kind, value.shown
        case Formula(formula, result):
            _, kind, shown = _ods_value(result)
            return f"of:{formula}", kind, shown
        case str():
            return "", ' office:value-type="string"', value
        case _:
            return "", "", ""


# --- CSV -----------------------------------------------------------------------------------------------------------


def write_csv(book: Book, path: Path) -> None:
    """As a French spreadsheet program saves each sheet."""
    path.mkdir(parents=True)
    for page in book.pages:
        width = page.width
        with (path / f"{page.name}.csv").open("w", encoding=book.encoding, newline="") as stream:
            writer = csv.writer(stream, delimiter=book.delimiter, lineterminator=book.line_end)
            writer.writerows([csv_text(value) for value in [*row, *[None] * (width - len(row))]] for row in page.rows)


def csv_text(value: Value) -> str:
    """A value as the cell shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "VRAI" if value else "FAUX"
        case int() | float():
            return repr(value).removesuffix(".0").replace(".", ",")
        case dt.date():
            return value.strftime("%d/%m/%Y")
        case Percentage():
            return f"{value.number * 100:g} %".replace(".", ",")
        case Failure():
            return value.shown
        case Formula():
            return csv_text(value.result)
        case _:
            return value
