"""The rules of `pipelines.text` on whole columns, in Arrow: the same results, without a Python call a row.

Belongs here: `fold`, `slug` and `clean` of a column, a column by its distinct texts, whether a text comes twice. Does
not belong here: the rules themselves (``text``), which still decide for the texts with rare characters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.text import INVISIBLE, clean, fold, slug

_TEXT = pa.large_string()
_INVISIBLE = f"[{INVISIBLE}]"
_RARE = r"[^\x00-\x{24f}\x{300}-\x{344}\x{346}-\x{36f}\x{2000}-\x{209c}\x{20a0}-\x{20c0}\x{2100}-\x{2bff}]"
"""Beyond these, Arrow and Python may know another version of Unicode, and some letters fold in their own ways."""
_OTHER_SPACES = "[\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""What `str.split` takes for spaces, but the space."""
_STRAY = f"^ | $|  |{_OTHER_SPACES}"
_COMPOSED = f"[{INVISIBLE}\u0300-\u036f\u2000\u2001\u2126\u212a\u212b\u2329\u232a\u2adc]"
"""What `clean` takes out, and what NFC changes or joins to the letter before: no other character that is not rare."""


@dataclass(frozen=True)
class Distinct:
    """A text column by its distinct texts: dates, codes, amounts and names repeat.

    ``values`` (large_string, none missing): each once, unless cleaned since; ``codes``: which of them each row holds;
    ``marked``: see `marking`.
    """

    values: pa.Array
    codes: np.ndarray
    index: pd.Index
    marked: np.ndarray

    @classmethod
    def of(cls, texts: pd.Series[str]) -> Distinct:
        """The distinct texts of a column without missing values."""
        coded = as_arrow(texts).dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False)
        return cls(coded.dictionary, codes, texts.index, np.zeros(len(coded.dictionary), dtype=bool))

    def marking(self, rows: np.ndarray) -> Distinct:
        """The same, where a text in these rows (bool) and elsewhere is two, of which ``marked`` says which is which."""
        if not rows.any():
            return self
        twice = self.codes.astype(np.int64) * 2 + rows
        there = np.bincount(twice, minlength=2 * len(self.values)) > 0
        pairs = np.flatnonzero(there)
        values = self.values.take(pa.array(pairs // 2))
        return replace(self, values=values, codes=(np.cumsum(there) - 1)[twice], marked=(pairs % 2).astype(bool))

    def cleaned(self) -> Distinct:
        """`clean` of each text."""
        return replace(self, values=_cleaned(self.values))

    def texts(self) -> pd.Series[str]:
        """The column itself."""
        return self.column(self.values)

    def column(self, values: pa.Array) -> pd.Series:
        """What each distinct text stands for, as a column: str for texts, else of the Arrow type."""
        spread = values.take(pa.array(self.codes))
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            return as_series(spread, self.index)
        return pd.Series(pd.arrays.ArrowExtensionArray(spread), index=self.index)

    def rows(self, concerned: Sequence[bool] | np.ndarray) -> pd.Index:
        """The rows of the distinct texts that are concerned."""
        return self.index[np.asarray(concerned, dtype=bool)[self.codes]] if len(self.codes) else self.index


def folded(texts: pd.Series[str]) -> pd.Series[str]:
    """`fold` of each text (str; missing stays missing), on the same index."""
    return _each_distinct(texts, _folded)


def slugs(texts: pa.Array, limit: int = 0) -> pa.Array:
    """`slug` of each text (large_string, none missing); texts that repeat are not looked for."""
    words = _folded(texts)
    found = pc.replace_substring(words, " ", "-")
    long = pc.greater(pc.binary_length(words), limit) if limit else pa.array([], pa.bool_())
    if not pc.any(long).as_py():
        return found
    return pc.replace_with_mask(
        found, long, pa.array([slug(text, limit) for text in words.filter(long).to_pylist()], _TEXT)
    )


def cleaned(texts: pd.Series[str]) -> pd.Series[str]:
    """`clean` of each text (str; missing stays missing), on the same index."""
    return _each_distinct(texts, _cleaned)


def as_arrow(texts: pd.Series[str]) -> pa.Array:
    """A text column as one Arrow array (large_string), missing values as nulls; its memory is shared where it can."""
    found = pa.array(texts, from_pandas=True)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return whole.cast(_TEXT)


def doubled(texts: pd.Series[str]) -> bool:
    """Whether two texts are the same; many times faster than finding out which."""
    import polars as pl

    return pl.Series(values=as_arrow(texts)).n_unique() < len(texts)


def as_series(texts: pa.Array | pa.ChunkedArray, index: pd.Index) -> pd.Series[str]:
    """An Arrow text array as a column (str) on an index."""
    return pd.Series(pd.array(texts.cast(_TEXT), dtype="str"), index=index)


def _each_distinct(texts: pd.Series[str], function: Callable[[pa.Array], pa.Array]) -> pd.Series[str]:
    coded = as_arrow(texts).dictionary_encode()
    return as_series(function(coded.dictionary).take(coded.indices), texts.index)


def _ordinary(texts: pa.Array, kernel: Callable[[pa.Array], pa.Array], rule: Callable[[str], str]) -> pa.Array:
    """The kernel on all texts; where a character is rare, the rule itself."""
    rare = _concerned(texts, _RARE)
    found = kernel(texts)
    if rare is None:
        return found
    return pc.replace_with_mask(found, rare, pa.array([rule(text) for text in texts.filter(rare).to_pylist()], _TEXT))


def _concerned(texts: pa.Array, beyond_ascii: str) -> pa.Array | None:
    """The texts that hold one of these characters, if any does."""
    if pc.all(pc.string_is_ascii(texts)).as_py():
        return None
    found = pc.match_substring_regex(texts, beyond_ascii)
    return found if pc.any(found).as_py() else None


def _folded(texts: pa.Array) -> pa.Array:
    split = pc.split_pattern(texts, " ")
    if len(split.values) < _WORDY * len(texts):
        return _ordinary(texts, _fold_kernel, fold)
    # No rule of `fold` reaches across a space: texts of many words are folded by their words, which repeat.
    coded = split.values.dictionary_encode()
    words = _ordinary(coded.dictionary, _fold_kernel, fold)
    codes = coded.indices.to_numpy()
    said = pc.greater(pc.binary_length(words), 0).to_numpy(zero_copy_only=False)[codes]
    ends = np.append(0, np.cumsum(said, dtype=np.int32))[split.offsets.to_numpy()].astype(np.int32)
    return pc.binary_join(
        pa.ListArray.from_arrays(pa.array(ends), words.take(pa.array(codes[said]))), pa.scalar(" ", _TEXT)
    )


_WORDY = 3
"""Words a text, from which on looking for those that repeat is worth it."""


def _fold_kernel(texts: pa.Array) -> pa.Array:
    accented = pc.invert(pc.string_is_ascii(texts))
    if pc.any(accented).as_py():
        texts = pc.replace_with_mask(texts, accented, _in_ascii(texts.filter(accented)))
    words = _bare(texts)
    while pc.any(spaced := pc.match_substring(words, "  ")).as_py():
        words = pc.replace_with_mask(words, spaced, pc.replace_substring(words.filter(spaced), "  ", " "))
    return pc.ascii_trim(words, " ")


_BARE = bytes(ord(chr(byte).lower()) if chr(byte).isalnum() and byte < 128 else ord(" ") for byte in range(256))


def _bare(texts: pa.Array) -> pa.Array:
    """In lower case, each byte that is neither a letter nor a digit of ASCII a space: all texts in one go."""
    known, offsets, content = texts.buffers()
    written = content.to_pybytes().translate(_BARE) if content else b""
    return pa.Array.from_buffers(_TEXT, len(texts), [known, offsets, pa.py_buffer(written)], offset=texts.offset)


def _in_ascii(texts: pa.Array) -> pa.Array:
    """Without accents, ligatures spelled out; the letters of other alphabets become spaces in the end, as in `fold`."""
    texts = pc.utf8_normalize(pc.replace_substring_regex(texts, _INVISIBLE, ""), "NFKD")
    texts = pc.replace_substring_regex(texts, "[\u0300-\u036f]+", "")
    for letter, spelled in {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"}.items():
        texts = pc.replace_substring(texts, letter, spelled)
    return texts


def _cleaned(texts: pa.Array) -> pa.Array:
    touched = pc.match_substring_regex(texts, f"{_STRAY}|{_COMPOSED}|{_RARE}")
    if not pc.any(touched).as_py():
        return texts
    return pc.replace_with_mask(texts, touched, _ordinary(texts.filter(touched), _clean_kernel, clean))


def _clean_kernel(texts: pa.Array) -> pa.Array:
    composed = _concerned(texts, _COMPOSED)
    if composed is not None:
        plain = pc.utf8_normalize(pc.replace_substring_regex(texts.filter(composed), _INVISIBLE, ""), "NFC")
        texts = pc.replace_with_mask(texts, composed, plain)
    stray = pc.match_substring_regex(texts, _STRAY)
    if not pc.any(stray).as_py():
        return texts
    spaced = pc.replace_substring_regex(texts.filter(stray), f"(?: |{_OTHER_SPACES})+", " ")
    return pc.replace_with_mask(texts, stray, pc.utf8_trim(spaced, " "))
