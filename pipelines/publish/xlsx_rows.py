"""Arrow tables → the XML of the rows of a sheet, block of rows by block of rows.

Belongs here: how each kind of value becomes a cell, and the count of the cells made. Does not belong here: what stands
around the rows (``xlsx_files``), what a cell can't hold (``xlsx_cells``).

The XML is made whole columns at a time, and texts stand in their cells: the same sheet is then good for any workbook.
For a million rows this takes a sixth of the time of ``XlsxWriter``, cell by cell, which the tests hold it against, and
as much as the fastest library there is, ``rustpy-xlsxwriter``. That one has no cell of another type than its column,
which early dates need, nor the read-me; it leaves the cells of types that it does not know empty, and says nothing.

A text is always a text cell: « 01 » keeps its zero, « =1+1 » is no formula, an address is no link. Excel knows no day
before 1 March 1900 for sure: such a date is written as text, in ISO form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from zipfile import ZIP64_LIMIT

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.dtypes import DECIMAL_KINDS
from pipelines.publish.xlsx_archive import Block
from pipelines.publish.xlsx_cells import Style
from pipelines.sheets.cells import column_letter
from schemas.declaration import Column, Kind, Table

_BLOCK_ROWS = 8_192
_BLOCK_BYTES = 4 << 20
_AROUND_A_CELL = 52
"""Bytes of XML around a value, at most."""
_EXCEL_EPOCH = 25_569
"""Days from Excel's day 0 to 1 January 1970."""
_FIRST_SURE_DAY = 61
_XML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NOT_XML = {"\r": "_x000D_", "\ufffe": "_xFFFE_", "\uffff": "_xFFFF_"}
_AMBIGUOUS = "_x"
_CELL = b'<c r="'
_TEXT = ('" t="inlineStr"><is><t>', "</t></is></c>")
_RUNS = ('" t="inlineStr"><is><r><t xml:space="preserve">', "</t></r></is></c>")
_CUT = '_</t></r><r><t xml:space="preserve">x'


def header_xml(names: list[str]) -> str:
    """The first row."""
    cells = (
        f'<c r="{column_letter(index)}1" s="{Style.HEADER}{_TEXT[0]}{name}{_TEXT[1]}'
        for index, name in enumerate(names)
    )
    return f'<row r="1">{"".join(cells)}</row>'


def row_blocks(table: pa.Table, declared: Table) -> Iterator[Block]:
    """What makes the XML of the rows, from the second of the sheet on, block after block.

    A block raises a ``ValueError`` when it has not as many cells as there are values.
    """
    size = _block_rows(table)
    for start in range(0, table.num_rows, size):
        yield partial(_rows_xml, table.slice(start, size), declared, start + 2)


def is_large(table: pa.Table) -> bool:
    """Whether the XML of a table may go beyond what a plain zip archive holds."""
    cells = sum(len(values) - values.null_count for values in table.columns)
    return bool(2 * table.nbytes + _AROUND_A_CELL * (cells + table.num_rows) > ZIP64_LIMIT)


def _block_rows(table: pa.Table) -> int:
    average = table.nbytes // max(table.num_rows, 1) + _AROUND_A_CELL * table.num_columns
    return int(min(_BLOCK_ROWS, max(_BLOCK_BYTES // average, 1)))


def _rows_xml(table: pa.Table, declared: Table, first: int) -> bytes:
    numbers = pa.array(np.arange(first, first + table.num_rows)).cast(pa.string())
    columns = zip(declared.published, table.columns, strict=True)
    cells = [
        _cells(values.combine_chunks(), column, f'<c r="{column_letter(index)}', numbers)
        for index, (column, values) in enumerate(columns)
    ]
    rows = _joined('<row r="', numbers, '">', *cells, "</row>", emptied=True)
    xml: bytes = rows.buffers()[2].to_pybytes()
    written, expected = xml.count(_CELL), sum(len(values) - values.null_count for values in table.columns)
    if written != expected:
        raise ValueError(f"Table {declared.name} : {written} cellules écrites pour {expected} valeurs.")
    return xml


def _cells(values: pa.Array, column: Column, start: str, numbers: pa.Array) -> pa.Array:
    """The cells of a column, missing where the value is."""
    if column.kind is Kind.DATE:
        return _dates(values, start, numbers)
    if column.kind is Kind.BOOLEAN:
        return _joined(start, numbers, '" t="b"><v>', pc.if_else(values, "1", "0"), "</v></c>")
    if column.kind is Kind.INTEGER:
        return _numbers(values.cast(pa.string()), start, numbers, Style.INTEGER)
    if column.kind in DECIMAL_KINDS:
        # Every kind of decimal has digits after the point: no zero of the whole part is trimmed.
        shortest = pc.utf8_rtrim(pc.utf8_rtrim(values.cast(pa.string()), "0"), ".")
        return _numbers(shortest, start, numbers, Style.EUROS if column.kind is Kind.EUROS else 0)
    return _texts(values, start, numbers)


def _numbers(values: pa.Array, start: str, numbers: pa.Array, style: int) -> pa.Array:
    return _joined(start, numbers, f'" s="{style}"><v>' if style else '"><v>', values, "</v></c>")


def _dates(values: pa.Array, start: str, numbers: pa.Array) -> pa.Array:
    days = pc.add(values.cast(pa.int32()), _EXCEL_EPOCH)
    cells = _numbers(days.cast(pa.string()), start, numbers, Style.DATE)
    early = pc.less(days, _FIRST_SURE_DAY)
    return (
        pc.if_else(early, _texts(values.cast(pa.string()), start, numbers), cells) if pc.any(early).as_py() else cells
    )


def _texts(values: pa.Array, start: str, numbers: pa.Array) -> pa.Array:
    """Cells of text; one that a reader would trim, or take for an escaped character, is cut in runs that it keeps.

    « _x0041_ » is how the format writes « A ». Escaping it in turn would do, but some readers do not undo that.
    """
    raw = _raw(values)
    written = _replaced(values, _XML, raw)
    special = pc.not_equal(pc.binary_length(pc.ascii_trim_whitespace(values)), pc.binary_length(values))
    if _AMBIGUOUS.encode() in raw:
        special = pc.or_(special, pc.match_substring(values, _AMBIGUOUS))
        written = pc.replace_substring(written, _AMBIGUOUS, _CUT)
    written = _replaced(written, _NOT_XML, raw)
    if not pc.any(special).as_py():
        return _joined(start, numbers, _TEXT[0], written, _TEXT[1])
    opening, closing = (pc.if_else(special, runs, plain) for runs, plain in zip(_RUNS, _TEXT, strict=True))
    return _joined(start, numbers, opening, written, closing)


def _raw(values: pa.Array) -> bytes:
    """The bytes of all texts, one after the other."""
    _, offsets, data = values.buffers()
    first, last = np.frombuffer(offsets, np.int32)[[values.offset, values.offset + len(values)]].tolist()
    return data.slice(first, last - first).to_pybytes() if data is not None else b""


def _replaced(values: pa.Array, instead: Mapping[str, str], raw: bytes) -> pa.Array:
    for old, new in instead.items():
        if old.encode() in raw:
            values = pc.replace_substring(values, old, new)
    return values


def _joined(*parts: str | pa.Array, emptied: bool = False) -> pa.Array:
    """Texts end to end; where one is missing, so is the whole, unless it is taken as ``emptied``."""
    return pc.binary_join_element_wise(
        *parts, "", null_handling="replace" if emptied else "emit_null", null_replacement=""
    )
