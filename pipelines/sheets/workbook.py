"""Writes a curator's workbook as XLSX: typed cells, drop-down lists, notes, a welcome page.

Belongs here: what the laid-out workbook (``layout``, ``guide``) becomes in Excel's format; equal contents make equal
bytes. Does not belong here: published tables (``pipelines.publish``), the words shown to curators (``hints``,
``guide``), data validations (``xlsx_rules``).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.sheets.guide import ROW_POINTS, SAMPLE_NOTE, Line, Look, guide
from pipelines.sheets.layout import (
    CREATED,
    LISTS_FIRST_ROW,
    NOTE_WIDTH,
    NUMBER_KINDS,
    Book,
    Header,
    Page,
    Vocabularies,
    VocabularyList,
    book,
    lines,
    typed,
)
from pipelines.sheets.looks import (
    BAND,
    BLUE,
    DIM,
    EUROS_FORMAT,
    FONT,
    GREY,
    GRID,
    GUIDE_SHEET,
    LISTS_SHEET,
    PALE,
    REQUIRED,
    SLATE,
)
from pipelines.sheets.packages import write_package
from pipelines.sheets.xlsx_rules import rule
from schemas.declaration import Kind

_AUTHOR = "Contrats de destination"
_FREE_TEXT = "@"
_DATE_FORMAT = "dd/mm/yyyy"
_WIDE_FOR_A4 = 210
_PAPER = {"A3": 8, "A4": 9}


@dataclass
class _Formats:
    """The formats of a workbook, each made once."""

    workbook: Workbook
    made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def get(self, **properties: object) -> Format:
        """The format with these properties, over the common font."""
        wanted = {"font_name": FONT, "font_size": 11, "align": "left", "valign": "top", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.workbook.add_format(wanted)
        return self.made[key]

    def header(self, required: bool) -> Format:
        """White and bold on a deep colour."""
        colour = REQUIRED if required else BLUE
        look = {"border": 1, "border_color": GRID, "text_wrap": True, "valign": "vcenter", "indent": 1}
        return self.get(bold=True, font_color="#FFFFFF", bg_color=colour, **look)

    def cell(self, kind: Kind, value: object = "", own_identifier: bool = False) -> Format:
        """A cell of data, by what it holds; blank and text cells have Excel's text format: nothing typed changes."""
        look: dict[str, object] = {"num_format": _FREE_TEXT, "text_wrap": True, "indent": 1}
        look |= {"border": 1, "border_color": GRID}
        if own_identifier:
            look["font_color"] = GREY
        if isinstance(value, dt.date):
            look["num_format"] = _DATE_FORMAT
        elif kind in NUMBER_KINDS and (value == "" or isinstance(value, float)):
            look |= {"num_format": _number_format(kind, value), "text_wrap": False, "align": "right"}
        return self.get(**look)

    def example(self) -> Format:
        """A cell of the example row."""
        look = {"num_format": _FREE_TEXT, "text_wrap": True, "indent": 1, "border": 1, "border_color": GRID}
        return self.get(italic=True, font_color=GREY, bg_color=DIM, **look)


def _number_format(kind: Kind, value: object) -> str:
    if kind is Kind.EUROS:
        return EUROS_FORMAT
    return "#,##0" if isinstance(value, float) and value.is_integer() else "General"


def write_workbook(
    path: Path,
    sheets: Mapping[str, pd.DataFrame],
    vocabularies: Vocabularies,
    *,
    national: bool = False,
    examples: bool = False,
) -> None:
    """Writes the workbook of a contract, or the national one.

    Args:
        path: The ``.xlsx`` file, replaced if it is there.
        sheets: By sheet name, one text column per label, blank where nothing is typed; what is left out is empty.
        vocabularies: The (code, label) pairs of each vocabulary, for the drop-down lists.
        national: Leaves out the sheets that only a contract has.
        examples: Puts a greyed row of example above the rows of each sheet, which readers pass over.

    Raises:
        ValueError: a sheet or a column that is not declared, or a text too long for a cell.
    """
    laid_out = book(sheets, vocabularies, national, examples)
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        created = dt.datetime.combine(CREATED, dt.time())
        workbook.set_properties({"title": _AUTHOR, "author": _AUTHOR, "created": created})
        formats = _Formats(workbook)
        _write_guide(workbook.add_worksheet(GUIDE_SHEET), formats, guide(laid_out))
        for page in laid_out.pages:
            _write_page(workbook.add_worksheet(page.sheet.name), formats, page, laid_out)
        _write_lists(workbook.add_worksheet(LISTS_SHEET), formats, laid_out.lists)
        workbook.get_worksheet_by_name(laid_out.pages[0].sheet.name).activate()
    write_package(path, _growing_rows(written))


def _growing_rows(written: io.BytesIO) -> Iterator[tuple[str, bytes]]:
    """The parts of the package, where the heights of rows are no more than a start: a row grows with what is typed."""
    with zipfile.ZipFile(written) as package:
        for name in package.namelist():
            part = package.read(name)
            yield name, part.replace(b' customHeight="1"', b"") if name.startswith("xl/worksheets/sheet") else part


def _text(worksheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    if worksheet.write_string(row, column, text, look):
        raise ValueError(f"{worksheet.name}!{xl_rowcol_to_cell(row, column)}: text too long for a cell")


# --- Sheets of data ------------------------------------------------------------------------------------------------


def _write_page(worksheet: Worksheet, formats: _Formats, page: Page, laid_out: Book) -> None:
    for position, header in enumerate(page.headers):
        worksheet.set_column(
            position, position, header.width, formats.cell(header.hint.kind, own_identifier=header.hint.own_identifier)
        )
        _text(worksheet, 0, position, header.label, formats.header(header.hint.required))
        _write_note(worksheet, position, header.hint.note)
        validation = rule(header, position, laid_out)
        if validation:
            worksheet.data_validation(1, position, page.last_row - 1, position, validation)
    if page.example:
        worksheet.set_row(1, page.height(page.example))
        for position, text in enumerate(page.example):
            _text(worksheet, 1, position, text, formats.example())
    for number, row in enumerate(page.rows, start=2 if page.example else 1):
        worksheet.set_row(number, page.height(row))
        for position, (text, header) in enumerate(zip(row, page.headers, strict=True)):
            if text:
                _write_cell(worksheet, formats, (number, position), text, header)
    _set_up(worksheet, formats, page)


def _write_note(worksheet: Worksheet, position: int, note: str) -> None:
    looks = {"author": _AUTHOR, "color": PALE, "font_name": FONT, "font_size": 10}
    worksheet.write_comment(0, position, note, {**looks, "x_scale": 2.6, "height": 18 * lines(note, NOTE_WIDTH) + 12})


def _write_cell(worksheet: Worksheet, formats: _Formats, at: tuple[int, int], text: str, header: Header) -> None:
    value = typed(text, header.hint.kind)
    look = formats.cell(header.hint.kind, value, header.hint.own_identifier)
    if isinstance(value, str):
        _text(worksheet, *at, value, look)
    elif isinstance(value, dt.date):
        worksheet.write_datetime(*at, value, look)
    else:
        worksheet.write_number(*at, value, look)


def _set_up(worksheet: Worksheet, formats: _Formats, page: Page) -> None:
    last = len(page.headers) - 1
    worksheet.set_row(0, 36)
    worksheet.freeze_panes(1, 1)
    worksheet.autofilter(0, 0, page.last_row - 1, last)
    band = formats.workbook.add_format({"bg_color": BAND})
    stripes = {"type": "formula", "criteria": "=MOD(ROW(),2)=1", "format": band}
    worksheet.conditional_format(1, 0, page.last_row - 1, last, stripes)
    typed_in = f"A2:{xl_rowcol_to_cell(page.last_row - 1, last)}"
    worksheet.ignore_errors({"number_stored_as_text": typed_in, "two_digit_text_year": typed_in})
    worksheet.hide_gridlines(2)
    worksheet.set_tab_color(BLUE)
    wide = sum(header.width for header in page.headers) > _WIDE_FOR_A4
    _set_page(worksheet, "A3" if wide else "A4")
    worksheet.repeat_rows(0)


def _set_page(worksheet: Worksheet, paper: str, wide: int = 1) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(_PAPER[paper])
    worksheet.fit_to_pages(wide, 0)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    worksheet.set_footer("&L&9&F · &A&R&9&P / &N")


# --- The first and the last sheet ----------------------------------------------------------------------------------


def _write_guide(worksheet: Worksheet, formats: _Formats, said: tuple[Line, ...]) -> None:
    worksheet.set_column(0, 0, 26)
    worksheet.set_column(1, 1, 92)
    for row, line in enumerate(said):
        left, right = _guide_looks(formats, line.look)
        worksheet.set_row(row, ROW_POINTS.get(line.look, ROW_POINTS[Look.PAIR]))
        _text(worksheet, row, 0, line.left, left)
        if line.right:
            _text(worksheet, row, 1, line.right, right)
        elif line.look in (Look.TITLE, Look.HEADING):
            worksheet.write_blank(row, 1, None, left)
        if line.look is Look.NOTE:
            worksheet.write_comment(row, 0, SAMPLE_NOTE, {"author": _AUTHOR, "color": PALE})
    worksheet.hide_gridlines(2)
    worksheet.set_tab_color(REQUIRED)
    _set_page(worksheet, "A4")
    worksheet.set_portrait()
    worksheet.fit_to_pages(1, 1)


def _guide_looks(formats: _Formats, look: Look) -> tuple[Format, Format]:
    right = formats.get(text_wrap=True, valign="vcenter", indent=1)
    if look is Look.TITLE:
        look_of_title = {"font_size": 18, "font_color": "#FFFFFF", "bg_color": BLUE}
        return formats.get(bold=True, valign="vcenter", indent=1, **look_of_title), right
    if look is Look.LEAD:
        return formats.get(font_size=12, font_color=SLATE, valign="vcenter", indent=1), right
    if look is Look.HEADING:
        edge = {"bottom": 2, "bottom_color": BLUE}
        return formats.get(bold=True, font_size=13, font_color=BLUE, valign="bottom", indent=1, **edge), right
    if look in (Look.REQUIRED, Look.OPTIONAL):
        return formats.header(look is Look.REQUIRED), right
    if look is Look.IDENTIFIER:
        return formats.cell(Kind.IDENTIFIER, own_identifier=True), right
    if look is Look.EXAMPLE:
        return formats.example(), right
    return formats.get(bold=True, font_color=SLATE, valign="vcenter", indent=1), right


def _write_lists(worksheet: Worksheet, formats: _Formats, lists: tuple[VocabularyList, ...]) -> None:
    code = formats.cell(Kind.CODE)
    meaning = formats.get(font_color=SLATE, indent=1)
    for position, vocabulary in enumerate(lists):
        column = 2 * position
        worksheet.set_column(column, column, max(12, *(len(term) + 3 for term, _ in vocabulary.terms)))
        worksheet.set_column(column + 1, column + 1, max(20, *(len(label) + 3 for _, label in vocabulary.terms)))
        _text(worksheet, 0, column, vocabulary.title, formats.get(bold=True, font_color=BLUE, font_size=12))
        _text(worksheet, 1, column, "Code", formats.header(False))
        _text(worksheet, 1, column + 1, "Sens", formats.header(False))
        for row, (term, label) in enumerate(vocabulary.terms, start=LISTS_FIRST_ROW - 1):
            _text(worksheet, row, column, term, code)
            _text(worksheet, row, column + 1, label, meaning)
    worksheet.freeze_panes(LISTS_FIRST_ROW - 1, 0)
    worksheet.hide_gridlines(2)
    worksheet.set_tab_color(GREY)
    _set_page(worksheet, "A3", wide=3)
