"""What the sheets of a workbook look like, and what their cells can hold.

Belongs here: styles, widths, header, print settings, the refusal of what a cell can't hold. Does not belong here: the
cells of tables (``xlsx_rows``), which sheets a workbook has (``xlsx_files``).
"""

from __future__ import annotations

from enum import IntEnum

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.dtypes import MOST_DIGITS
from schemas.declaration import Column, Table

MAXIMUM_TEXT = 32_767
MAXIMUM_WIDTH = 60


class Style(IntEnum):
    """The styles of a workbook, by the number that cells state: the same in all, so that a sheet fits each of them."""

    TITLE = 1
    HEADER = 2
    WRAP = 3
    LINK = 4
    DATE = 5
    EUROS = 6
    INTEGER = 7


Styles = dict[Style, Format]
_LOOKS: dict[Style, dict[str, object]] = {
    Style.TITLE: {"bold": True, "font_size": 16, "font_color": "#1F3864"},
    Style.HEADER: {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#1F3864",
        "text_wrap": True,
        "valign": "vcenter",
    },
    Style.WRAP: {"text_wrap": True, "valign": "top"},
    Style.LINK: {"font_color": "#0563C1", "underline": 1},
    Style.DATE: {"num_format": "yyyy-mm-dd"},
    Style.EUROS: {"num_format": "#,##0.00"},
    Style.INTEGER: {"num_format": "0"},
}


def styles(workbook: Workbook) -> Styles:
    """Adds the formats to a workbook."""
    return {style: workbook.add_format({**look, "xf_index": int(style)}) for style, look in _LOOKS.items()}


def write_header(sheet: Worksheet, names: list[str], rows: int, style: Styles) -> None:
    """The header, frozen, with a filter over the rows beneath."""
    for index, name in enumerate(names):
        sheet.write_string(0, index, name, style[Style.HEADER])
    set_up(sheet, len(names), rows)


def set_up(sheet: Worksheet, columns: int, rows: int) -> None:
    """What makes a header of the first row, on the screen and on paper, and the filter."""
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(0, 0, rows, columns - 1)


def widths(table: pa.Table) -> list[int]:
    """The width of each column: its longest value or its name, within bounds."""
    return [
        min(max(_longest(values), len(name) + 2) + 2, MAXIMUM_WIDTH)
        for name, values in zip(table.column_names, table.columns, strict=True)
    ]


def refuse_too_big(table: pa.Table, declared: Table) -> None:
    """Raises a ``ValueError`` that names the first value that does not fit in a cell."""
    for column in declared.published:
        _refuse_too_big(table, declared, column)


def _refuse_too_big(table: pa.Table, declared: Table, column: Column) -> None:
    values = table[column.name]
    if pa.types.is_string(values.type):
        if (pc.max(pc.binary_length(values)).as_py() or 0) <= MAXIMUM_TEXT:  # no text has more characters than bytes
            return
        outside = pc.count_substring_regex(values, r"[\x{10000}-\x{10FFFF}]")
        bad = pc.greater(pc.add(pc.utf8_length(values), outside), MAXIMUM_TEXT)
        why = f"plus de {MAXIMUM_TEXT} caractères, ce qu’une cellule Excel ne contient pas"
    elif pa.types.is_integer(values.type) or pa.types.is_decimal(values.type):
        scale = values.type.scale if pa.types.is_decimal(values.type) else 0
        bad = pc.greater_equal(pc.abs(values.cast(pa.float64())), 10.0 ** (MOST_DIGITS - scale))
        why = f"plus de {MOST_DIGITS} chiffres, qu’Excel arrondirait"
    else:
        return
    rows = pc.indices_nonzero(bad)
    if len(rows):
        key = table[declared.key][rows[0].as_py()].as_py()
        raise ValueError(f"Table {declared.name}, ligne {key}, colonne {column.name} : {why}.")


def _longest(values: pa.ChunkedArray) -> int:
    """The characters of the longest value; of others than texts, it is the least or the greatest one."""
    told = values if pa.types.is_string(values.type) else pc.min_max(values).values()
    if isinstance(told, pa.ChunkedArray):
        return int(pc.max(pc.utf8_length(told)).as_py() or 0)
    return max(len(value.cast(pa.string()).as_py() or "") for value in told)
