"""Arrow tables → CSV files, and the few rules by which a value is written in them.

Belongs here: UTF-8 without BOM, comma, line feed, header on line 1, ISO dates, decimal point, ``true``/``false``, two
decimals for euros and no useless zero elsewhere, nothing for what is missing, quotes only where needed. Does not belong
here: other formats.

Arrow’s own CSV writer quotes every text or none: it writes the batches in which nothing needs quotes, and refuses the
others, whose lines are joined here, column by column.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from schemas.declaration import Kind, Table

DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
"""The same rules, as a Data Package states them."""

_BATCH = 16_384
"""Rows written at a time: few enough for their bytes to stay in the cache, and for no table to be held twice."""
_TEXT = pa.large_string()
_PLAIN = pacsv.WriteOptions(include_header=False, quoting_style="none")
_SPECIAL = b',"\r\n'


def write_csv(table: pa.Table, declared: Table, path: Path) -> None:
    """Writes one published table."""
    columns = {column.name: _as_written(table[column.name], column.kind) for column in declared.published}
    _write(pa.table(columns), path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Writes a frame that is not a published table (issues), its columns as they are, an empty text as nothing."""
    _write(pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), path)


def _as_written(values: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    """Decimals as the text that stands in the CSV, other values as they are."""
    if not pa.types.is_decimal(values.type):
        return values
    text = values.cast(pa.string())
    if kind is Kind.EUROS or values.type.scale == 0:
        return text
    return pc.ascii_rtrim(pc.ascii_rtrim(text, "0"), ".")


def _write(table: pa.Table, path: Path) -> None:
    with path.open("wb") as file:
        file.write(",".join(table.column_names).encode() + b"\n")
        for batch in table.to_batches(max_chunksize=_BATCH):
            plain = _plain(batch)
            file.write(_content(_lines(batch)) if plain is None else plain)


def _plain(batch: pa.RecordBatch) -> pa.Buffer | None:
    """The lines of a batch in which no value needs quotes; nothing when one does."""
    written = pa.BufferOutputStream()
    try:
        pacsv.write_csv(batch, written, write_options=_PLAIN)
    except pa.ArrowInvalid:
        return None
    return written.getvalue()


def _content(texts: pa.Array) -> pa.Buffer:
    """The bytes of texts, one after the other."""
    offsets = pa.Array.from_buffers(pa.int64(), len(texts) + 1, [None, texts.buffers()[1]], offset=texts.offset)
    return texts.buffers()[2][offsets[0].as_py() : offsets[len(texts)].as_py()]


def _lines(batch: pa.RecordBatch) -> pa.Array:
    """One text per row, its line feed included."""
    cells = [_cell(column) for column in batch.columns]
    last = _joined(cells.pop(), pa.scalar("\n", _TEXT), between="")
    return _joined(*cells, last, between=",")


def _cell(values: pa.Array) -> pa.Array:
    """The texts of a column; those that hold a comma, a quote or a line break are quoted, their own quotes doubled."""
    texts = values.cast(_TEXT)
    if (texts.type == values.type or pa.types.is_string(values.type)) and _holds_special(texts):
        special = pc.fill_null(pc.match_substring_regex(texts, '[",\r\n]'), False)
        quote = pa.scalar('"', _TEXT)
        quoted = _joined(quote, pc.replace_substring(texts.filter(special), '"', '""'), quote, between="")
        return pc.replace_with_mask(texts, special, quoted) if len(quoted) else texts
    return texts


def _holds_special(texts: pa.Array) -> bool:
    """Whether any of these texts needs quotes: looked for in their bytes at once, where it takes no time."""
    if texts.null_count == len(texts):
        return False
    content = _content(texts).to_pybytes()
    return any(content.find(character) >= 0 for character in _SPECIAL)


def _joined(*parts: pa.Array | pa.Scalar, between: str) -> pa.Array:
    """The parts of each row in one text, nothing for what is missing."""
    return pc.binary_join_element_wise(*parts, pa.scalar(between, _TEXT), null_handling="replace", null_replacement="")
