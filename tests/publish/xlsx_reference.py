"""The sheet of a table written by XlsxWriter cell by cell: slow, and what the fast one is held against."""

from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet as Read
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.dtypes import DECIMAL_KINDS
from pipelines.publish.xlsx_cells import Style, Styles, styles, widths, write_header
from schemas.declaration import Column, Kind, Table

EPOCH, FIRST_SURE_DAY = 25_569, 61


def reference_sheet(table: pa.Table, declared: Table) -> Read:
    """The sheet as openpyxl reads it."""
    buffer = io.BytesIO()
    options = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with Workbook(buffer, {"in_memory": True, **options}) as workbook:
        style, sheet = styles(workbook), workbook.add_worksheet(declared.name)
        for index, (column, width) in enumerate(zip(declared.published, widths(table), strict=True)):
            _column(sheet, index, table[column.name], column, style)
            sheet.set_column(index, index, width)
        write_header(sheet, table.column_names, table.num_rows, style)
    return load_workbook(buffer).worksheets[0]


def _column(sheet: Worksheet, index: int, values: pa.ChunkedArray, column: Column, style: Styles) -> None:
    if column.kind is Kind.DATE:
        days = pc.add(values.cast(pa.int32()), EPOCH)
        sure = pc.greater_equal(days, FIRST_SURE_DAY)
        _cells(sheet.write_number, index, pc.if_else(sure, days, None), style[Style.DATE])
        _cells(sheet.write_string, index, pc.if_else(sure, None, values.cast(pa.string())))
    elif column.kind is Kind.BOOLEAN:
        _cells(sheet.write_boolean, index, values)
    elif column.kind is Kind.INTEGER:
        _cells(sheet.write_number, index, values, style[Style.INTEGER])
    elif column.kind in DECIMAL_KINDS:
        floats = values.cast(pa.string()).cast(pa.float64())
        _cells(sheet.write_number, index, floats, *([style[Style.EUROS]] if column.kind is Kind.EUROS else []))
    else:
        _cells(sheet.write_string, index, values)


def _cells(write: Callable[..., int], index: int, values: pa.ChunkedArray, *style: object) -> None:
    for row, value in enumerate(values.to_pylist(), start=1):
        if value is not None:
            assert write(row, index, value, *style) == 0
