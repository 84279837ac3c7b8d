"""What spreadsheets do to what people type, undone where it is certain: days as numbers, years as days, lost zeros.

Belongs here: repairs that the cell itself proves, on whole columns, and texts that no cell should hold. Does not belong
here: reporting (``parse``), what a text means (``values``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.gather import Gathered
from pipelines.curation.siren import SIREN_DIGITS, key_holds
from pipelines.sheets.cells import CellKind
from pipelines.sheets.columns import content, first_bytes, sizes
from pipelines.texts import Distinct
from schemas.declaration import Column, Kind

FIRST_DAY = dt.date(1950, 1, 1)
"""No fact of the sheets is older: an earlier day in a date cell is a number read as a day."""
LONGEST_TEXT = 32_767
"""Characters of a cell, in every spreadsheet program."""

_EPOCHS = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
_SERIAL = r"[1-7][0-9]{4}"
_LAST_DAY = dt.date(2100, 1, 1)
_YEARS = range(1800, 2101)
_MOST_LOST_ZEROS = 3
_SPACED_SIREN = r"[0-9]{3}[ .\u00a0\u202f]?[0-9]{3}[ .\u00a0\u202f]?[0-9]{3}"
_WIDTH = re.compile(r"^\^\[0-9\]\{([0-9]+)\}\$$")
_UNREADABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{fffd}\x{fffe}\x{ffff}]"
_RARE_BYTES = np.isin(np.arange(256), [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xEF])
"""What each text that is unreadable holds one of."""
_SIGNED = r"^[^\x21-\x7e]*[=+@-]"
"""What no formula goes without: a sign before any other character that is plain."""
_BEFORE_FORMULAS = np.isin(np.arange(256), [*range(0x21, 0x7F)], invert=True) | np.isin(np.arange(256), [*b"=+@-"])
"""How such a text begins: with a sign, or with what is not plain."""
_FORMULA = re.compile(r"^\s*[=+@-]\s*[^\s=+@|-]")
_NUMBER = re.compile(r"^\s*[+-]\s*[0-9][0-9\s.,\u00a0\u202f/()-]*(?:%|€|[kM] ?€|Md ?€|EUR)?\s*$")
_SIGNED_WORDS = re.compile(r"^\s*[+-]\s*[0-9][^(|!=@]*\s[a-zà-ÿ][^(|!=@]*$")


def from_serials(source: Gathered, label: str, text: pd.Series[str]) -> pd.Series[str]:
    """The texts of a date column, where a day counted from the file's epoch (41989) becomes that day (2014-12-16)."""
    numbers = source.kind[label].to_numpy() == CellKind.NUMBER
    found = text.index[numbers][text[numbers].str.fullmatch(_SERIAL).to_numpy()] if numbers.any() else text.index[:0]
    if not len(found):
        return text
    late = source.origin.loc[found, "file"].isin(source.from_1904)
    days = [_EPOCHS[bool(one)] + dt.timedelta(int(number)) for one, number in zip(late, text[found], strict=True)]
    kept = [FIRST_DAY <= day < _LAST_DAY for day in days]
    shown = pd.Series([day.isoformat() for day in days], index=found, dtype="str")[kept]
    return text.where(~text.index.isin(shown.index), shown.reindex(text.index))


def years_as_days(source: Gathered, label: str, text: pd.Series[str]) -> pd.Series[str]:
    """The cells of a date column that hold a day before `FIRST_DAY`: the year that was typed, or nothing if unclear."""
    days = text[source.kind[label].to_numpy() == CellKind.DATE]
    typed: pd.Series[str] = days[days < FIRST_DAY.isoformat()].map(_year_typed).astype("str")
    return typed


def _year_typed(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return ""
    counts = [(day - epoch).days for epoch in _EPOCHS.values()]
    return next((str(count) for count in counts if count in _YEARS), "")


def with_zeros(column: Column, text: pd.Series[str]) -> pd.Series[str]:
    """The codes of a column whose leading zeros are certain, by index; a SIREN is certain when its key holds."""
    width = _WIDTH.match(column.pattern or "")
    if width is None:
        return text.iloc[:0]
    size = int(width[1])
    short = text[text.str.fullmatch(f"[0-9]{{{max(1, size - _MOST_LOST_ZEROS)},{size - 1}}}")]
    full = short.str.zfill(size)
    return full[key_holds(full)] if column.kind is Kind.SIREN else full


def unspaced(column: Column, text: pd.Series[str]) -> pd.Series[str]:
    """The texts, where the spaces or points that group the digits of a SIREN are taken out."""
    if column.kind is not Kind.SIREN:
        return text
    spaced = text.str.fullmatch(_SPACED_SIREN) & (text.str.len() > SIREN_DIGITS)
    return text.where(~spaced, text.str.replace(r"[^0-9]", "", regex=True))


def doubtful_texts(columns: Mapping[str, Distinct]) -> Iterator[tuple[str, str, pd.Index]]:
    """The cells (code of the catalogue, label, rows) whose text is too long, unreadable, or starts as a formula."""
    for code, doubtful in _DOUBTS.items():
        for label, distinct in columns.items():
            found = doubtful(distinct.values)
            if found.any():
                yield code, label, distinct.rows(found)


def _too_long(texts: pa.Array) -> np.ndarray:
    found = sizes(texts) > LONGEST_TEXT  # bytes, of which there are as many as characters, or more
    if not found.any():
        return found
    twice = pc.count_substring_regex(texts, r"[\x{10000}-\x{10FFFF}]")  # spreadsheets count in UTF-16
    return np.asarray(pc.greater(pc.add(pc.utf8_length(texts), twice), LONGEST_TEXT))


def _unreadable(texts: pa.Array) -> np.ndarray:
    if not _RARE_BYTES[content(texts)].any():
        return np.zeros(len(texts), dtype=bool)
    return np.asarray(pc.match_substring_regex(texts, _UNREADABLE))


def _formulas(texts: pa.Array) -> np.ndarray:
    """The texts that start as a formula, and are neither a number nor words after a sign."""
    found: np.ndarray = _BEFORE_FORMULAS[first_bytes(texts)]
    found[found] = np.asarray(pc.match_substring_regex(texts.filter(pa.array(found)), _SIGNED))
    said = [str(text) for text in texts.filter(pa.array(found)).to_pylist()]
    found[found] = [
        bool(_FORMULA.match(text)) and not _NUMBER.match(text) and not _SIGNED_WORDS.match(text) for text in said
    ]
    return found


_DOUBTS = {"texte-trop-long": _too_long, "caractere-illisible": _unreadable, "texte-de-formule": _formulas}
