"""CSV as programs write it, column by column and at once, without an object for each cell.

Belongs here: what can be told at a glance to be ordinary (as many cells in each row, quotes around whole cells), and
its reading by Arrow. Does not belong here: anything else, which ``csv_text`` reads row by row to the same result, or
refuses with the reason.
"""

from __future__ import annotations

import codecs
import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.csv

from pipelines.sheets.cells import Grid, text_column
from pipelines.sheets.columns import sizes
from pipelines.sheets.limits import LONGEST_FIELD, MAX_COLUMNS, limits

_BLOCK = 1 << 25
_QUOTE, _LINE_END = b'"\n'
_HEAD = 1 << 16


def is_utf8(raw: bytes) -> bool:
    """Whether bytes are a text in UTF-8."""
    whole = pa.Array.from_buffers(
        pa.large_string(), 1, [None, pa.py_buffer(np.array([0, len(raw)])), pa.py_buffer(raw)]
    )
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def ordinary(sheet: str, text: bytes, mark: str) -> Grid | None:
    """The grid of a text in UTF-8 that bears no mark; nothing when it is not ordinary, or near a limit."""
    if text.startswith(codecs.BOM_UTF8) or b"\0" in text:
        return None
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # Rows that a sheet which was emptied leaves at the end go at once.
    filled = len(text.rstrip(b"\n" + mark.encode()))
    end = text.find(b"\n", filled)
    text = text[: end if end >= 0 else None]
    width = _width(text, mark)
    if not filled or not width or text.count(b"\n") >= limits().rows or not _quotes_are_whole(text, mark):
        return None
    columns = _columns(text, mark, width)
    return None if columns is None else _grid(sheet, columns)


def _width(text: bytes, mark: str) -> int:
    """How many cells the first row has; 0 when it is too long to be read at once, or has too many."""
    head = text[:_HEAD].decode(errors="ignore")
    try:
        row = next(csv.reader(io.StringIO(head, newline=""), delimiter=mark, strict=True), [])
    except csv.Error:
        return 0
    return len(row) if len(row) <= MAX_COLUMNS else 0


def _quotes_are_whole(text: bytes, mark: str) -> bool:
    """Whether every quote opens or closes a cell, or is one of two that stand for one within a cell."""
    if b'"' not in text:
        return True
    codes = np.frombuffer(text, dtype=np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    doubled = opening[1:] == closing[:-1] + 1
    before = codes[opening[1:] - 1]
    after = codes[closing[:-1] + 1]
    starts = (before == ord(mark)) | (before == _LINE_END)
    ends = (after == ord(mark)) | (after == _LINE_END)
    first = opening[0] == 0 or codes[opening[0] - 1] in (ord(mark), _LINE_END)
    last = closing[-1] == len(codes) - 1 or codes[closing[-1] + 1] in (ord(mark), _LINE_END)
    return bool(first and last and (doubled | (starts & ends)).all())


def _columns(text: bytes, mark: str, width: int) -> list[pa.LargeStringArray] | None:
    names = list(map(str, range(width)))
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(text),
            pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=mark, newlines_in_values=True, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:
        return None
    return [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns]


def _grid(sheet: str, columns: list[pa.LargeStringArray]) -> Grid | None:
    """The columns and rows up to the last cell that holds anything, spaces included."""
    whole, shape = pa.concat_arrays(columns), (len(columns), len(columns[0]))
    lengths = sizes(whole).reshape(shape)
    width, height = (_last(lengths.max(axis=axis)) for axis in (1, 0))
    if not width or lengths.max() > LONGEST_FIELD // 2 or height * width > limits().area:
        return None
    texts, kinds = text_column(whole)
    kept = tuple(texts[first : first + height] for first in range(0, width * shape[1], shape[1]))
    return Grid(sheet=sheet, columns=kept, kind=kinds.reshape(shape)[:width, :height].T)


def _last(lengths: np.ndarray) -> int:
    """How many there are up to the last one that is above 0."""
    places = np.flatnonzero(lengths)
    return int(places[-1]) + 1 if len(places) else 0
