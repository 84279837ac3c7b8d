"""Where the cells of an XLSX sheet are, all at once, when its XML is written as programs write it.

Belongs here: bytes → the addresses of all cells, and which shared text each holds. Does not belong here: what cells
say, and sheets that are written otherwise (``xlsx_marks``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROOM = bytes(64)
"""Zeros at the end, which are no part of a tag: whatever follows a cell stops there."""
_MOST_ATTRIBUTES, _LONGEST_VALUE = 4, 12


def _among(characters: bytes) -> np.ndarray:
    found = np.zeros(256, dtype=bool)
    found[list(characters)] = True
    return found


_DIGITS, _CAPITALS = _among(b"0123456789"), _among(bytes(range(65, 91)))
_LETTERS = _among(bytes(range(97, 123)))
_WORD = _DIGITS | _CAPITALS | _LETTERS | _among(b"_")


class _Cursors:
    """Places in bytes that move on together."""

    def __init__(self, codes: np.ndarray, at: np.ndarray) -> None:
        self.codes, self.at = codes, at

    def past(self, word: bytes) -> bool:
        """Moves past a word, if it stands at every place."""
        for code in word:
            if not (self.codes[self.at] == code).all():
                return False
            self.at = self.at + 1
        return True

    def past_one(self, code: int) -> np.ndarray:
        """Moves past a character where it stands; where it does."""
        there: np.ndarray = self.codes[self.at] == code
        self.at = self.at + there
        return there

    def number(self, digits: np.ndarray, first: int, base: int, most: int) -> np.ndarray:
        """Moves past digits, at most so many, to the number that they write."""
        found = np.zeros(len(self.at), dtype=np.int64)
        for _ in range(most):
            code = self.codes[self.at]
            more = digits[code]
            if not more.any():
                break
            found = np.where(more, found * base + code - first, found)
            self.at = self.at + more
        return found


@dataclass(frozen=True)
class PlainCells:
    """The ``row`` and ``column`` (from 1) of each cell, filled or not.

    ``marked``: whether a cell may be an error or a formula. ``inside``: where what shared texts are called stands.
    """

    row: np.ndarray
    column: np.ndarray
    marked: bool
    inside: _Cursors

    def shared(self) -> np.ndarray | None:
        """The numbers of the shared texts that cells hold; nothing when one is not ``<v>1</v>``."""
        texts = _Cursors(self.inside.codes, self.inside.at)
        if not texts.past(b"<v>"):
            return None
        found = texts.number(_DIGITS, ord("0"), 10, 9)
        return found if texts.past(b"</v>") else None


def plain_cells(xml: bytes) -> PlainCells | None:
    """The cells of a sheet; nothing when one of them is not ``<c r="A1" name="value"…>``, or there is a comment."""
    if (b"!" in xml and b"<!" in xml) or _prefixed(xml):
        return None
    codes = np.frombuffer(xml + _ROOM, dtype=np.uint8)
    at = np.flatnonzero((codes[:-2] == ord("<")) & (codes[1:-1] == ord("c"))) + 2
    tags = _Cursors(codes, at[~_WORD[codes[at]]])
    if not tags.past(b' r="'):
        return None
    column = tags.number(_CAPITALS, ord("A") - 1, 26, 3)
    row = tags.number(_DIGITS, ord("0"), 10, 7)
    if not tags.past(b'"') or not column.all() or not row.all():
        return None
    kinds = np.zeros(len(tags.at), dtype=np.uint8)
    for _ in range(_MOST_ATTRIBUTES):
        more = np.flatnonzero((codes[tags.at] == ord(" ")) & _LETTERS[codes[tags.at + 1]])
        if not len(more):
            break
        one = _Cursors(codes, tags.at[more] + 1)
        if not _past_attribute(one, kinds, more):
            return None
        tags.at[more] = one.at
    tags.past_one(ord(" "))
    opened = ~tags.past_one(ord("/"))
    if not tags.past(b">"):
        return None
    first = codes[tags.at[opened] + 1]  # of what stands in the cell: its value, its text, its end, or a formula
    plain = (first == ord("v")) | (first == ord("i")) | (first == ord("/"))
    marked = not plain.all() or bool((kinds == ord("e")).any())
    return PlainCells(row, column, marked, _Cursors(codes, tags.at[opened & (kinds == ord("s"))]))


def _prefixed(xml: bytes) -> bool:
    """Whether the names of cells may have a prefix."""
    start = max(xml.find(b"sheetData"), 0)
    return xml.find(b":", start) >= 0 and xml.find(b":c", start) >= 0


def _past_attribute(tags: _Cursors, kinds: np.ndarray, cells: np.ndarray) -> bool:
    """Moves past an attribute other than a second address; notes the kind of the ``cells`` where it is that."""
    codes = tags.codes
    alone = codes[tags.at + 1] == ord("=")
    name = codes[tags.at]
    if (alone & (name == ord("r"))).any():
        return False
    for _ in range(3):
        tags.at = tags.at + _LETTERS[codes[tags.at]]
    if not tags.past(b'="'):
        return False
    kind = alone & (name == ord("t")) & (codes[tags.at + 1] == ord('"'))
    kinds[cells[kind]] = codes[tags.at[kind]]
    for _ in range(_LONGEST_VALUE):
        more = _WORD[codes[tags.at]]
        if not more.any():
            break
        tags.at = tags.at + more
    return tags.past(b'"')


def starts_of(xml: bytes, tag: bytes) -> np.ndarray:
    """Where each tag of this name begins."""
    codes = np.frombuffer(xml + _ROOM, dtype=np.uint8)
    found = np.flatnonzero(codes[:-1] == ord("<"))
    tags = _Cursors(codes, found)
    for position, code in enumerate(tag, start=1):
        tags.at = tags.at[codes[tags.at + position] == code]
    starts: np.ndarray = tags.at[~_WORD[codes[tags.at + len(tag) + 1]]]
    return starts
