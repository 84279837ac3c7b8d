"""One Arrow table → one sheet of typed cells.

Belongs here: how each kind of value becomes a cell, and the refusal of what a cell can't hold. Does not belong here:
which sheets a workbook has (``xlsx_files``).

A text is always a text cell: « 01 » keeps its zero, « =1+1 » is no formula, an address is no link. Excel knows no day
before 1 March 1900 for sure: such a date is written as text, in ISO form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.dtypes import DECIMAL_KINDS
from schemas.declaration import Column, Kind, Table

MAXIMUM_ROWS = 1_048_576
MAXIMUM_TEXT = 32_767
MAXIMUM_DIGITS = 15
MAXIMUM_WIDTH = 60
_EXCEL_EPOCH = 25_569
"""Days from Excel's day 0 to 1 January 1970."""
_FIRST_SURE_DAY = 61

Writer = Callable[..., int]


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook."""

    title: Format
    header: Format
    wrap: Format
    link: Format
    date: Format
    euros: Format
    integer: Format


def styles(workbook: Workbook) -> Styles:
    """Adds the formats to a workbook."""
    header = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "text_wrap": True, "valign": "vcenter"}
    return Styles(
        title=workbook.add_format({"bold": True, "font_size": 16, "font_color": "#1F3864"}),
        header=workbook.add_format(header),
        wrap=workbook.add_format({"text_wrap": True, "valign": "top"}),
        link=workbook.add_format({"font_color": "#0563C1", "underline": 1}),
        date=workbook.add_format({"num_format": "yyyy-mm-dd"}),
        euros=workbook.add_format({"num_format": "#,##0.00"}),
        integer=workbook.add_format({"num_format": "0"}),
    )


def write_table(sheet: Worksheet, table: pa.Table, declared: Table, style: Styles) -> int:
    """Fills a sheet: header, typed cells, widths, frozen header, filter. Returns the number of data cells written.

    Raises a ``ValueError`` when a value does not fit in a cell, or when cells are missing at the end.
    """
    if table.num_rows >= MAXIMUM_ROWS:
        raise ValueError(f"Table {declared.name} : {table.num_rows} lignes, plus qu’une feuille Excel n’en contient.")
    written = 0
    for index, column in enumerate(declared.published):
        values = table[column.name].combine_chunks()
        _refuse_too_big(table, declared, column, values)
        written += _write_column(sheet, index, values, column, style)
        sheet.set_column(index, index, _width(values, column.name))
    expected = sum(len(values) - values.null_count for values in table.columns)
    if written != expected:
        raise ValueError(f"Table {declared.name} : {written} cellules écrites pour {expected} valeurs.")
    write_header(sheet, [column.name for column in declared.published], table.num_rows, style)
    return written


def write_header(sheet: Worksheet, names: list[str], rows: int, style: Styles) -> None:
    """The header, frozen, with a filter over the rows beneath."""
    for index, name in enumerate(names):
        sheet.write_string(0, index, name, style.header)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(0, 0, rows, len(names) - 1)


def _write_column(sheet: Worksheet, index: int, values: pa.Array, column: Column, style: Styles) -> int:
    if column.kind is Kind.DATE:
        return _write_dates(sheet, index, values, style)
    if column.kind is Kind.BOOLEAN:
        return _write(sheet.write_boolean, index, values, None)
    if column.kind is Kind.INTEGER:
        return _write(sheet.write_number, index, values, style.integer)
    if column.kind in DECIMAL_KINDS:
        return _write(sheet.write_number, index, _floats(values), style.euros if column.kind is Kind.EUROS else None)
    return _write(sheet.write_string, index, values, None)


def _floats(decimals: pa.Array) -> pa.Array:
    """The nearest floats, through text: a direct cast may miss by one bit, and the cell then shows it."""
    return decimals.cast(pa.string()).cast(pa.float64())


def _write_dates(sheet: Worksheet, index: int, values: pa.Array, style: Styles) -> int:
    days = pc.add(values.cast(pa.int32()), _EXCEL_EPOCH)
    sure = pc.greater_equal(days, _FIRST_SURE_DAY)
    real = pc.if_else(sure, days, pa.scalar(None, pa.int32()))
    early = pc.if_else(sure, pa.scalar(None, pa.string()), values.cast(pa.string()))
    return _write(sheet.write_number, index, real, style.date) + _write(sheet.write_string, index, early, None)


def _write(writer: Writer, index: int, values: pa.Array, format_: Format | None) -> int:
    """Writes the cells that hold something; counts those that the library accepted."""
    cells = enumerate(values.to_pylist(), start=1)
    return sum(value is not None and writer(row, index, value, format_) == 0 for row, value in cells)


def _refuse_too_big(table: pa.Table, declared: Table, column: Column, values: pa.Array) -> None:
    if pa.types.is_string(values.type):
        outside = pc.count_substring_regex(values, r"[\x{10000}-\x{10FFFF}]")
        bad = pc.greater(pc.add(pc.utf8_length(values), outside), MAXIMUM_TEXT)
        why = f"plus de {MAXIMUM_TEXT} caractères, ce qu’une cellule Excel ne contient pas"
    elif pa.types.is_integer(values.type) or pa.types.is_decimal(values.type):
        scale = values.type.scale if pa.types.is_decimal(values.type) else 0
        bad = pc.greater_equal(pc.abs(values.cast(pa.float64())), 10.0 ** (MAXIMUM_DIGITS - scale))
        why = f"plus de {MAXIMUM_DIGITS} chiffres, qu’Excel arrondirait"
    else:
        return
    rows = pc.indices_nonzero(bad)
    if len(rows):
        key = table[declared.key][rows[0].as_py()].as_py()
        raise ValueError(f"Table {declared.name}, ligne {key}, colonne {column.name} : {why}.")


def _width(values: pa.Array, header: str) -> int:
    longest = pc.max(pc.utf8_length(values.cast(pa.string()))).as_py() or 0
    return int(min(max(longest, len(header) + 2) + 2, MAXIMUM_WIDTH))
