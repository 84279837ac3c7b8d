"""A report in a workbook of its own, for the files that cannot carry marks: CSV, ODS, and what cannot be read.

Belongs here: the sheet « Rapport », and copies of CSV rows with their cells coloured. Does not belong here: the marks
inside an XLSX workbook (``annotations_xlsx``).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.sheets.annotations import (
    AUTHOR,
    ERROR,
    FILLS,
    HEADERS,
    HELP_APART,
    REPORT_SHEET,
    TITLE,
    WARNING,
    WIDTHS,
    Line,
    marks,
    summary,
)
from pipelines.sheets.annotations_notes import height_of
from pipelines.sheets.annotations_report import quoted, row_height
from pipelines.sheets.cells import Grid
from pipelines.sheets.layout import CREATED
from pipelines.sheets.looks import BLUE, FONT, GREY, GRID, SLATE
from pipelines.sheets.packages import write_package
from pipelines.text import fold

_LONGEST = 32_767
_LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$")
_COPY_WIDTH = 24
_HEADER_ROW = 5


def write_report(path: Path, lines: Sequence[Line], shown: str, grids: Sequence[Grid] = ()) -> None:
    """Writes the report of one file.

    Args:
        path: The ``.xlsx`` file, replaced if it is there; equal contents make equal bytes.
        lines: The issues, in the order in which they are listed.
        shown: The name of the file in the report.
        grids: The sheets of which a copy is wanted, with the cells of the issues coloured.
    """
    found = _grids_of(grids, lines)
    tabs = _names([grid for grid in grids if grid in found.values()])
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        book.set_properties({"title": TITLE, "author": AUTHOR, "created": dt.datetime.combine(CREATED, dt.time())})
        looks = _looks(book)
        report = book.add_worksheet(REPORT_SHEET)
        named = {sheet: tabs[id(grid)] for sheet, grid in found.items()}
        _write_lines(report, looks, lines, shown, named)
        for grid in grids:
            if id(grid) in tabs:
                mine = [line for line in lines if found.get(line.sheet) is grid]
                _write_copy(book.add_worksheet(tabs[id(grid)]), looks, grid, mine)
        report.activate()
    with zipfile.ZipFile(written) as package:
        write_package(path, ((name, package.read(name)) for name in package.namelist()))


def _grids_of(grids: Sequence[Grid], lines: Sequence[Line]) -> dict[str, Grid]:
    """The copied sheet of each sheet that issues with a cell name; a file of one sheet has no doubt."""
    folded = {fold(grid.sheet): grid for grid in reversed(grids)}
    only = grids[0] if len(grids) == 1 else None
    names = sorted({line.sheet for line in lines if line.place is not None})
    near = {name: folded.get(fold(name), only) for name in names}
    return {name: grid for name, grid in near.items() if grid is not None}


def _names(grids: Sequence[Grid]) -> dict[int, str]:
    """A name for the tab of each copy: short enough, and of its own."""
    names: dict[int, str] = {}
    taken = {REPORT_SHEET.casefold(), "history"}
    for grid in grids:
        plain = _NOT_IN_NAMES.sub(" ", grid.sheet).strip()[:_LONGEST_NAME] or "Feuille"
        name, number = plain, 2
        while name.casefold() in taken:
            name, number = f"{plain[: _LONGEST_NAME - 4]} {number}", number + 1
        taken.add(name.casefold())
        names[id(grid)] = name
    return names


def _looks(book: Workbook) -> Mapping[str, Format]:
    def look(**more: object) -> Format:
        return book.add_format({"font_name": FONT, "font_size": 11, "font_color": SLATE, "valign": "vcenter", **more})

    edge = {"border": 1, "border_color": GRID}
    text = {"text_wrap": True, "align": "left", "indent": 1, **edge}
    gravity = {"bold": True, "align": "center", **edge}
    return {
        "title": look(bold=True, font_size=18, font_color=BLUE),
        "lead": look(bold=True, font_size=12),
        "help": look(font_color=GREY),
        "header": look(bold=True, font_color="#FFFFFF", bg_color=BLUE, align="left", indent=1, **edge),
        ERROR: look(**{**gravity, "font_color": "#7A0C00", "bg_color": "#FFD9D4"}),
        WARNING: look(**{**gravity, "font_color": "#6B4400", "bg_color": "#FFE9C2"}),
        "text": look(**text),
        "link": look(**{**text, "font_color": "#0B5CAD", "underline": 1}),
        "copy": look(font_color="#000000", text_wrap=True, valign="top"),
        f"copy {ERROR}": look(font_color="#000000", text_wrap=True, valign="top", bg_color=f"#{FILLS[ERROR]}"),
        f"copy {WARNING}": look(font_color="#000000", text_wrap=True, valign="top", bg_color=f"#{FILLS[WARNING]}"),
    }


def _write_lines(
    sheet: Worksheet, looks: Mapping[str, Format], lines: Sequence[Line], shown: str, tabs: Mapping[str, str]
) -> None:
    head = [(TITLE, "title", 32), *((text, "lead", 22) for text in summary(lines, shown))]
    head += [(text, "help", 18) for text in (HELP_APART if lines else ())]
    for row, (text, look, height) in enumerate(head):
        sheet.set_row(row, height)
        sheet.write_string(row, 0, text, looks[look])
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    if lines:
        sheet.set_row(_HEADER_ROW - 1, 24)
        for column, header in enumerate(HEADERS):
            sheet.write_string(_HEADER_ROW - 1, column, header, looks["header"])
        sheet.autofilter(_HEADER_ROW - 1, 0, _HEADER_ROW - 1 + len(lines), len(HEADERS) - 1)
        sheet.freeze_panes(_HEADER_ROW, 0)
        sheet.repeat_rows(_HEADER_ROW - 1)
    for row, line in enumerate(lines, start=_HEADER_ROW):
        texts = (line.gravity, line.sheet, line.where, line.value, line.message, line.advice)
        sheet.set_row(row, row_height(texts))
        linked = line.place is not None and line.sheet in tabs
        for column, text in enumerate(texts):
            if column == 2 and linked:
                sheet.write_url(row, 2, f"internal:{quoted(tabs[line.sheet])}!{line.cell}", looks["link"], line.cell)
            else:
                sheet.write_string(row, column, text[:_LONGEST], looks["text" if column else line.severity])
    sheet.hide_gridlines(2)
    sheet.set_tab_color("#C00000")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)


def _write_copy(sheet: Worksheet, looks: Mapping[str, Format], grid: Grid, lines: Sequence[Line]) -> None:
    found = marks(lines)
    sheet.set_column(0, max(grid.text.shape[1] - 1, 0), _COPY_WIDTH, looks["copy"])
    for row, column in zip(*np.nonzero(grid.text != ""), strict=True):
        if (row + 1, column) not in found:
            sheet.write_string(int(row), int(column), str(grid.text[row, column])[:_LONGEST], looks["copy"])
    for (row, column), mark in found.items():
        inside = row <= grid.text.shape[0] and column < grid.text.shape[1]
        text = str(grid.text[row - 1, column])[:_LONGEST] if inside else ""
        look = looks[f"copy {mark.severity}"]
        if text:
            sheet.write_string(row - 1, column, text, look)
        else:
            sheet.write_blank(row - 1, column, None, look)
        size = {"width": 340, "height": height_of(mark.note)}
        sheet.write_comment(xl_rowcol_to_cell(row - 1, column), mark.note[:_LONGEST], {"author": AUTHOR, **size})
    sheet.freeze_panes(1, 0)
