"""Arrow tables → CSV files, and the few rules by which a value is written in them.

Belongs here: UTF-8 without BOM, comma, line feed, header on line 1, ISO dates, decimal point, ``true``/``false``, two
decimals for euros and no useless zero elsewhere, nothing for what is missing, quotes only where needed. Does not
belong here: other formats.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from schemas.declaration import Kind, Table

OPTIONS = csv.WriteOptions(
    include_header=True, delimiter=",", eol="\n", null_string="", quoting_style="needed", quoting_header="none"
)
DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
"""The same rules, as a Data Package states them."""


def write_csv(table: pa.Table, declared: Table, path: Path) -> None:
    """Writes one published table."""
    _write(as_written(table, declared), path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Writes a frame that is not a published table (issues), its columns as they are, an empty text as nothing."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    columns = [_nothing_for_empty(values) for values in table.columns]
    _write(pa.table(columns, names=table.column_names), path)


def as_written(table: pa.Table, declared: Table) -> pa.Table:
    """The table with its decimals as the text that stands in the CSV."""
    columns = [
        _decimal_text(table[column.name], keep_zeros=column.kind is Kind.EUROS)
        if pa.types.is_decimal(table.schema.field(column.name).type)
        else table[column.name]
        for column in declared.published
    ]
    return pa.table(columns, names=[column.name for column in declared.published])


def _decimal_text(values: pa.ChunkedArray, *, keep_zeros: bool) -> pa.ChunkedArray:
    text = pc.cast(values, pa.string())
    if keep_zeros:
        return text
    shorter = pc.replace_substring_regex(text, r"(\.[0-9]*?)0+$", r"\1")
    return pc.replace_substring_regex(shorter, r"\.$", "")


def _nothing_for_empty(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return values
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, values.type), values)


def _write(table: pa.Table, path: Path) -> None:
    with path.open("wb") as file:
        csv.write_csv(table, file, OPTIONS)
