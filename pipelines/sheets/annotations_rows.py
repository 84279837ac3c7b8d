"""The rows of an annotated sheet: which of them are worth reading element by element.

Belongs here: passing over the rows that nothing is asked of, and telling rows and cells that do not say their address.
Does not belong here: marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.sheets.cells import column_index

_ROWS_UNDER = 40
_LETTERS = re.compile("^[A-Z]{1,3}")
_LONG = 4 << 20
_CLOSINGS = (b"v>", b"is>", b"f>")
"""How whatever a cell holds ends."""
AROUND = frozenset({"col", "cfRule", "formula", "ext", "conditionalFormatting", "conditionalFormattings"})
"""What is looked at outside the rows."""
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])[^>]*>")
_END = re.compile(rb"</(?:\w+:)?row\s*>")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")


def without_tail(xml: bytes, last: int = 0) -> tuple[bytes, memoryview]:
    """A long sheet without the blank rows at its end, which can be a million, and these rows; none up to ``last``."""
    end = xml.rfind(b"</sheetData>") if len(xml) > _LONG else -1
    filled = max(xml.rfind(mark, 0, end) for mark in _CLOSINGS) if end > 0 else -1
    start = xml.find(b'<row r="', max(filled, 0), end) if end > 0 else -1
    number = _NUMBER.search(xml, start, end) if start > 0 else None
    if number is None or int(number[1]) <= last:
        return xml, memoryview(b"")
    return xml[:start] + xml[end:], memoryview(xml)[start:end]


def with_tail(xml: bytes, tail: memoryview) -> bytes:
    """The sheet with the blank rows of its end back."""
    end = xml.rfind(b"</sheetData>")
    return b"".join((xml[:end], tail, xml[end:])) if tail else xml


def bare(xml: bytes, wanted: Callable[[int, bytes], bool]) -> bytes:
    """The sheet with blanks for the cells of the rows that are not ``wanted`` (number, bytes): as long, sooner read.

    A sheet whose rows do not all say their number, or that hides some of its XML, comes back as it is.
    """
    if b"<!" in xml:
        return xml
    rows = list(_ROW.finditer(xml))
    if not rows:
        return xml
    numbers = [_NUMBER.search(row[0]) for row in rows]
    ends = [*(row.start() for row in rows[1:]), len(xml)]
    pieces, at = [], 0
    for row, number, end in zip(rows, numbers, ends, strict=True):
        if number is None:
            return xml
        if row[0].endswith(b"/>") or wanted(int(number[1]), xml[row.start() : end]):
            continue
        close = _END.search(xml, row.end(), end)
        if close is None:
            return xml
        pieces += [xml[at : row.end()], b" " * (close.start() - row.end())]
        at = close.start()
    return b"".join([*pieces, xml[at:]])


@dataclass
class Watch:
    """Chooses what to keep of a sheet while it is read: the rows to mark, the row that follows a missing one."""

    rows: Sequence[int]
    numbers: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    heights: dict[int, int] = field(default_factory=dict)
    _row: int = 0
    _column: int = -1
    _next: int = 0
    _inside: bool = False
    _here: bool = False

    def keep(self, name: str, attributes: dict[str, str], depth: int) -> bool:
        """Whether to keep this element (see `read_xml`)."""
        if depth == 1:
            self._inside = name == "sheetData"
            return True
        if not self._inside:
            return name in AROUND
        if depth == 2:
            return self._keep_row(attributes)
        if depth != 3 or not self._here or name != "c":
            return False
        letters = _LETTERS.match(attributes.get("r", ""))
        self._column = column_index(letters[0]) if letters else self._column + 1
        self.columns.append(self._column)
        return True

    def _keep_row(self, attributes: dict[str, str]) -> bool:
        written = attributes.get("r", "")
        self._row = int(written) if written.isdigit() else self._row + 1
        self._column = -1
        following = False
        while self._next < len(self.rows) and self.rows[self._next] < self._row:
            self._next, following = self._next + 1, True
        self._here = self._next < len(self.rows) and self.rows[self._next] == self._row
        last = self.rows[self._next if self._here else self._next - 1] if self._next or self._here else 0
        if last and self._row <= last + _ROWS_UNDER and "ht" in attributes:
            self.heights[self._row - 1] = round(float(attributes["ht"]) * 4 / 3)
        if self._here:
            self._next += 1
        if self._here or following:
            self.numbers.append(self._row)
        return self._here or following
