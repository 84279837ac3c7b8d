"""What value readers lose of an ODS sheet: errors, formulas without result, percentages, durations; and its extent.

Belongs here: one pass over ``content.xml``, repeated rows and cells counted but not unfolded. Does not belong here:
values.
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from pipelines.sheets.cells import Area, CellKind, Extent, duration_text
from pipelines.sheets.limits import MAX_COLUMNS, limits

_ERROR_TEXT = re.compile(r"^(?:#[A-ZÉ/0!?]+[!?]?|Err:\d+)$")
_CELLS = ("table:table-cell", "table:covered-table-cell")
_BREAKS = {"text:line-break": "\n", "text:tab": "\t"}
_DURATION = re.compile(r"^(-?)PT(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,20})?)S)?$", re.ASCII)
_TRUTHS = {"of:=TRUE()": "oui", "of:=FALSE()": "non"}
"""What LibreOffice makes of the yes/no cells of an XLSX."""
_LONGEST_SPACE = 100_000
_LONGEST_COUNT = 10
_EPOCH_1904 = re.compile(rb"<table:null-date\b[^<>]*\btable:date-value=[\"']1904-01-01")
_BETWEEN_CELLS = re.compile(rb"(?:\s+|<!--.*?-->)+(?=<(?:table:(?:covered-)?table-cell|/table:table-row)\b)", re.DOTALL)

Place = tuple[int, int]


@dataclass
class OdsSheet:
    """One sheet: its extent, its marks (text and kind) by place (row, column, from 0), percentages, merged areas."""

    name: str
    extent: Extent = field(default_factory=Extent)
    marks: dict[Place, tuple[str, CellKind]] = field(default_factory=dict)
    percents: list[Place] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)


class _Stop(Exception):  # noqa: N818
    """Enough was seen: the sheet goes past the limits."""


class _Reader:
    """Follows the elements of ``content.xml``."""

    def __init__(self) -> None:
        self.sheets: list[OdsSheet] = []
        self._limits = limits()
        self._row = self._column = 0
        self._row_repeated = 1
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._broken = False
        self._paragraphs = 0
        self._skipped = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS and self.sheets:
            self._cell, self._text, self._broken, self._paragraphs = attributes, [], False, 0
        elif name == "table:table-row" and self.sheets:
            self._column, self._row_repeated = 0, _count(attributes, "table:number-rows-repeated")
        elif name == "table:table":
            self.sheets.append(OdsSheet(attributes.get("table:name", "")))
            self._row = self._column = 0
        elif name == "office:annotation" or self._skipped:
            self._skipped += 1
        elif self._cell is not None:
            if name == "text:p":
                self._paragraphs += 1
                self._text += ["\n"] if self._paragraphs > 1 else []
            elif name == "text:s":
                self._space(_count(attributes, "text:c"))
            elif name in _BREAKS:
                self._text.append(_BREAKS[name])
                self._broken = True

    def _space(self, count: int) -> None:
        if count > _LONGEST_SPACE:
            self.sheets[-1].extent.text = self._limits.text + 1
            raise _Stop
        self._text.append(" " * count)

    def data(self, text: str) -> None:
        if self._cell is not None and not self._skipped:
            self._text.append(text)

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name in _CELLS and self._cell is not None:
            self._close(self._cell)
            self._cell = None
        elif name == "table:table-row":
            self._row += self._row_repeated

    def _close(self, cell: dict[str, str]) -> None:
        columns = _count(cell, "table:number-columns-repeated")
        sheet, text = self.sheets[-1], "".join(self._text)
        mark = _mark(cell, text, broken=self._broken, shown=self._paragraphs > 0)
        if mark is not None or text or "office:value-type" in cell:
            self._reach(sheet.extent, columns, len(text))
            if mark is not None:
                sheet.marks.update(dict.fromkeys(self._places(columns), mark))
            elif cell.get("office:value-type") == "percentage":
                sheet.percents += self._places(columns)
        down, right = _count(cell, "table:number-rows-spanned"), _count(cell, "table:number-columns-spanned")
        if down * right > 1:
            sheet.merged.append((self._row, self._column, self._row + down - 1, self._column + right - 1))
        self._column += columns

    def _reach(self, extent: Extent, columns: int, length: int) -> None:
        cells = columns * self._row_repeated
        extent.reach(self._row, self._column)
        extent.reach(self._row + self._row_repeated - 1, self._column + columns - 1)
        extent.cells += cells - 2
        extent.text += cells * length
        if (
            extent.columns > MAX_COLUMNS
            or extent.area > self._limits.area
            or extent.cells > self._limits.cells
            or extent.text > self._limits.text
        ):
            raise _Stop

    def _places(self, columns: int) -> list[Place]:
        return [(self._row + r, self._column + c) for r in range(self._row_repeated) for c in range(columns)]


def _count(attributes: dict[str, str], name: str) -> int:
    """A count as the value reader understands it; one that is out of all proportion is cut."""
    digits = attributes.get(name, "1").strip().removeprefix("+").lstrip("0")
    return int(digits[:_LONGEST_COUNT]) if digits.isdecimal() else 1


def _mark(cell: dict[str, str], text: str, *, broken: bool, shown: bool) -> tuple[str, CellKind] | None:
    """An error, a formula without result, a truth, a duration, or a text whose line breaks the value reader drops."""
    if cell.get("calcext:value-type") == "error" or ("table:formula" in cell and _ERROR_TEXT.match(text)):
        return text or "#ERREUR", CellKind.ERROR
    if "table:formula" in cell and "office:value-type" not in cell and not shown:
        return "", CellKind.NO_RESULT
    if cell.get("table:formula") in _TRUTHS:
        return _TRUTHS[cell["table:formula"]], CellKind.BOOLEAN
    if cell.get("office:value-type") == "time" and (found := _DURATION.match(cell.get("office:time-value", ""))):
        hours, minutes, seconds = (float(number or 0) for number in found.groups()[1:])
        length = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return duration_text(-length if found[1] else length), CellKind.TEXT
    if broken and cell.get("office:value-type") == "string" and "office:string-value" not in cell:
        return text, CellKind.TEXT
    return None


def read_marks(content: bytes) -> list[OdsSheet]:
    """The sheets of a ``content.xml``, in order; a sheet past the limits is the last one returned.

    Raises:
        xml.parsers.expat.ExpatError: it is not well formed.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    with suppress(_Stop):
        parser.Parse(content, True)
    return reader.sheets


def starts_in_1904(content: bytes) -> bool:
    """Whether the workbook counts its days from 1904."""
    return _EPOCH_1904.search(content) is not None


def without_indents(content: bytes) -> bytes:
    """``content.xml`` without the line ends, indents and comments between cells, at which the value reader stops."""
    return _BETWEEN_CELLS.sub(b"", content)
