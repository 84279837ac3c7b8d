"""What value readers lose of an XLSX sheet: errors, formulas without a stored result, percentages; and its extent.

Belongs here: a look at the sheet's XML as bytes, in time proportional to its length; a sheet that no spreadsheet
program writes so is parsed. Does not belong here: values.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from xml.parsers import expat

import numpy as np

from pipelines.sheets.cells import CellKind, Extent, column_index
from pipelines.sheets.limits import MAX_COLUMNS, limits
from pipelines.sheets.xlsx_cells import PlainCells, plain_cells, starts_of

# Every run is bounded, or ends at the next « < »: a hostile sheet is looked at in linear time.
_SHEET = re.compile(rb"<(?:\w{1,20}:)?sheet\b[^<>]{0,4000}>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')")
_RELATION = re.compile(rb"<(?:\w{1,20}:)?Relationship\b[^<>]{0,4000}>")
_ERROR = re.compile(
    rb"<(?:\w{1,20}:)?c\b([^<>]{0,500}?\bt=\"e\"[^<>]{0,500})>"
    rb"(?:\s{0,99}<(?:\w{1,20}:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w{1,20}:)?f>))?(?:\s{0,99}<(?:\w{1,20}:)?v>([^<]{0,500})<)?"
)
_NO_RESULT = re.compile(
    rb"<(?:\w{1,20}:)?c\b([^<>]{0,500}[^<>/]|)>\s{0,99}<(?:\w{1,20}:)?f\b[^<>]{0,4000}(?:/>|>[^<]*</(?:\w{1,20}:)?f>)"
    rb"\s{0,99}(?:<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v>\s{0,99}</(?:\w{1,20}:)?v>)?\s{0,99}</(?:\w{1,20}:)?c>"
)
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")
_REFERENCE = re.compile(r"^([A-Z]+)([0-9]+)$")
_EPOCH = re.compile(rb"<(?:\w{1,20}:)?workbookPr\b[^<>]{0,4000}?\bdate1904=[\"'](?:1|true|on)[\"']")

_UNUSUAL = (
    re.compile(rb"<\w{1,20}:c\b"),
    re.compile(rb"<c(?! r=\"[A-Z]{1,3}[0-9]{1,7}\"|\w)"),
    re.compile(rb"<c r=\"[A-Z0-9]{1,10}\"[^<>]{500}"),
    re.compile(rb"<c r=\"[A-Z0-9]{1,10}\"[^<>]{0,500}?(?:\br\s?=|\bt(?:=[^\"]|\s))"),
)
"""Sheets that no spreadsheet writes so, whose cells the patterns below might miss."""
_ODD = (b"<!", b'/>"', b"/>'")
_SHORT = 8_000
"""Bytes of a sheet whose cells the patterns find sooner than `plain_cells` begins."""
_FILLED = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?:[^<>]{0,500}[^/<>])?>(?!\s{0,99}(?:</c>|<v/></c>|<v></v></c>))'
)
_BLANK_ROW = re.compile(
    rb'<row r="[0-9]{1,7}"[^<>]{0,500}(?:/>|>(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,9}")? ?/>)*</row>)'
    rb'(?=<row r="|</sheetData>)'  # a row without number counts from the one before it
)
_ERROR_TYPE = re.compile(rb"(<(?:\w{1,20}:)?c\b[^<>]{0,500}?\bt\s?=\s?[\"'])e(?=[\"'])")
_STYLED = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,500}?\bs="(?:%b)"[^<>]{0,500}>'
_SHARED = re.compile(rb't="s"[^<>]{0,500}>\s{0,99}<v[^<>]{0,99}>([0-9]{1,9})</v>')
_ITEM = re.compile(rb"<(?:\w{1,20}:)?si\b")
_BUILT_IN_PERCENTS = {b"9", b"10"}
_FORMAT = re.compile(rb"<(?:\w{1,20}:)?numFmt\b[^<>]{0,4000}>")
_STYLE = re.compile(rb"<(?:\w{1,20}:)?xf\b[^<>]{0,4000}>")
_QUOTED = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]")

Place = tuple[int, str]


def _attributes(tag: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(tag)
    return {name.decode(): unescape((one or other).decode("utf-8", "replace")) for name, one, other in found}


def sheet_parts(package: zipfile.ZipFile | Mapping[str, bytes]) -> dict[str, str]:
    """The path inside the package of each sheet, by its name."""
    parts = _Parts(package)
    if "xl/workbook.xml" not in parts.names or "xl/_rels/workbook.xml.rels" not in parts.names:
        return {}
    targets = {
        relation["Id"]: posixpath.normpath(posixpath.join("xl", relation["Target"]))
        .removeprefix("/")
        .removeprefix("xl/xl/")
        if not relation["Target"].startswith("/")
        else relation["Target"].lstrip("/")
        for relation in map(_attributes, _RELATION.findall(parts.read("xl/_rels/workbook.xml.rels")))
        if "Id" in relation and "Target" in relation
    }
    found = {}
    for sheet in map(_attributes, _SHEET.findall(parts.read("xl/workbook.xml"))):
        part = targets.get(next((value for name, value in sheet.items() if name.endswith(":id")), ""), "")
        if part in parts.names:
            found[sheet.get("name", "")] = part
    return found


class _Parts:
    """The parts of a package, whether it is open or decompressed already."""

    def __init__(self, package: zipfile.ZipFile | Mapping[str, bytes]) -> None:
        self._package = package
        self.names = set(package.namelist() if isinstance(package, zipfile.ZipFile) else package)

    def read(self, name: str) -> bytes:
        return self._package.read(name) if isinstance(self._package, zipfile.ZipFile) else self._package[name]


def counts_from_1904(workbook: bytes) -> bool:
    """Whether the workbook counts its days from 1904."""
    return bool(_EPOCH.search(workbook))


def marked_cells(xml: bytes) -> dict[Place, tuple[str, CellKind]]:
    """The error cells and the formulas without result of a sheet's XML, by (row, column letter)."""
    found: dict[Place, tuple[str, CellKind]] = {}
    if _FORMULA.search(xml):
        for match in _NO_RESULT.finditer(xml):
            named = _attributes(match[1])
            place = _REFERENCE.match(named.get("r", ""))
            if place is not None and named.get("t") not in ("str", "e"):
                found[int(place[2]), place[1]] = ("", CellKind.NO_RESULT)
    if b't="e"' in xml:
        for match in _ERROR.finditer(xml):
            place = _REFERENCE.match(_attributes(match[1]).get("r", ""))
            if place is not None:
                text = unescape((match[2] or b"").decode("utf-8", "replace"))
                found[int(place[2]), place[1]] = (text or "#ERREUR", CellKind.ERROR)
    return found


# --- Percentages ---------------------------------------------------------------------------------------------------


def percent_styles(styles: bytes) -> frozenset[bytes]:
    """The numbers of the styles that show a percentage."""
    formats = {
        named["numFmtId"].encode()
        for named in map(_attributes, _FORMAT.findall(styles))
        if "%" in _QUOTED.sub("", named.get("formatCode", "")) and "numFmtId" in named
    }
    start = styles.find(b"cellXfs")
    end = styles.find(b"cellXfs", start + 1)
    if start < 0 or end < 0:
        return frozenset()
    used = [_attributes(tag).get("numFmtId", "").encode() for tag in _STYLE.findall(styles[start:end])]
    return frozenset(str(number).encode() for number, one in enumerate(used) if one in formats | _BUILT_IN_PERCENTS)


def percent_cells(xml: bytes, styles: frozenset[bytes]) -> list[tuple[int, int]]:
    """The cells (row, column, from 0) of a sheet's XML that have one of these styles."""
    used = [style for style in styles if b's="%b"' % style in xml]
    if not used:
        return []
    return [
        (int(row) - 1, column_index(letters.decode())) for letters, row in re.findall(_STYLED % b"|".join(used), xml)
    ]


# --- Extent --------------------------------------------------------------------------------------------------------


def without_blank_rows(xml: bytes) -> bytes:
    """A stretch of a sheet without its rows of formatted, empty cells, which can be a million."""
    return _BLANK_ROW.sub(b"", xml)


def errors_as_texts(xml: bytes) -> bytes:
    """A sheet whose error cells are texts: value readers drop errors, and give up at those that they do not know."""
    return _ERROR_TYPE.sub(rb"\1str", xml)


@dataclass
class Look:
    """What a sheet's XML says, by place (row, column, from 0)."""

    extent: Extent
    cells: dict[tuple[int, int], tuple[str, CellKind]]
    percents: list[tuple[int, int]]


def look_at(xml: bytes, shared: SharedTexts, percents: frozenset[bytes]) -> Look:
    """The extent of a sheet's XML, where formatted cells without a value count for nothing, and its marks.

    ``percents``: the styles of percentages. Nothing more is looked at once the sheet is past the limit of cells.

    Raises:
        ValueError: the XML is neither written as spreadsheets write it nor short enough to be parsed.
        xml.parsers.expat.ExpatError: it is not well formed.
    """
    short = len(xml) <= _SHORT and _is_usual(xml)
    plain = None if short else plain_cells(xml)
    usual = short or plain is not None or _is_usual(xml)
    if not usual and len(xml) > limits().parsed:
        raise ValueError("the sheet is written unusually, and is too long to be parsed")
    if not usual:
        parsed = _Parsed(percents)
        parsed.read(xml)
        found = parsed.look
    elif (plain is None or len(plain.row) > limits().cells) and xml.count(b"</c>") > limits().cells:
        return Look(Extent(cells=xml.count(b"</c>")), {}, [])
    else:
        marks = marked_cells(xml) if plain is None or plain.marked else {}
        marked = {(row - 1, column_index(letters)): mark for (row, letters), mark in marks.items()}
        found = Look(_extent(xml, plain), marked, percent_cells(xml, percents))
    if found.extent.cells <= limits().cells:
        found.extent.text = _shared_text(xml, shared, found.extent.cells, plain, usual)
    return found


def _is_usual(xml: bytes) -> bool:
    """Whether the patterns above find every cell of a sheet."""
    return not (any(mark in xml for mark in _ODD) or any(pattern.search(xml) for pattern in _UNUSUAL))


def _extent(xml: bytes, plain: PlainCells | None) -> Extent:
    """The extent of a sheet that is written usually: of all its cells, if it is within the limits even so."""
    if plain is not None and len(plain.row):
        found = Extent(int(plain.row.max()), int(plain.column.max()), len(plain.row))
        if found.cells <= limits().cells and found.columns <= MAX_COLUMNS and found.area <= limits().area:
            return found
    found = Extent()
    for letters, row in _FILLED.findall(xml):
        found.reach(int(row) - 1, column_index(letters.decode()))
    return found


class _Parsed:
    """The same, when the XML is written otherwise: with prefixes, without addresses, with comments."""

    def __init__(self, percents: frozenset[bytes]) -> None:
        self.look = Look(Extent(), {}, [])
        self._percents = {style.decode() for style in percents}
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._holds: set[str] = set()
        self._value: list[str] = []
        self._reads = False

    def read(self, xml: bytes) -> None:
        """Follows the elements, up to the first cell past the limits."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        with suppress(StopIteration):
            parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "")
            self._row, self._column = int(number) - 1 if number.isdigit() else self._row + 1, -1
        elif name == "c":
            place = _REFERENCE.match(attributes.get("r", "").upper())
            if place:
                self._row, self._column = int(place[2]) - 1, column_index(place[1])
            else:
                self._column += 1
            self._cell, self._holds, self._value = attributes, set(), []
        elif name in ("v", "is", "f"):
            self._holds.add(name)
            self._reads = name == "v"
            self.look.extent.reach(self._row, self._column)
            if self._column >= MAX_COLUMNS or self.look.extent.cells > 3 * limits().cells:
                raise StopIteration

    def _data(self, text: str) -> None:
        if self._reads:
            self._value.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._reads = False
        if name != "c":
            return
        at, kind, value = (self._row, self._column), self._cell.get("t"), "".join(self._value).strip()
        if kind == "e":
            self.look.cells[at] = value or "#ERREUR", CellKind.ERROR
        elif self._holds <= {"f", "v"} and "f" in self._holds and not value and kind != "str":
            self.look.cells[at] = "", CellKind.NO_RESULT
        if self._cell.get("s") in self._percents:
            self.look.percents.append(at)


class SharedTexts:
    """The XML of the texts that the sheets of a workbook share."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml

    @cached_property
    def lengths(self) -> np.ndarray:
        """Bytes of each."""
        if b":si" in self.xml:
            starts = np.array([match.start() for match in _ITEM.finditer(self.xml)])
        else:
            starts = starts_of(self.xml, b"si")
        return np.diff(starts if len(starts) else np.zeros(1, dtype=np.int64), append=len(self.xml))


def _shared_text(xml: bytes, shared: SharedTexts, cells: int, plain: PlainCells | None, usual: bool) -> int:
    """Bytes of the shared texts of a sheet, each counted as often as it is used; an upper bound when that is enough."""
    if cells * len(shared.xml) <= limits().text:
        return cells * len(shared.xml)
    lengths = shared.lengths
    if cells * int(lengths.max()) <= limits().text or not usual:
        return cells * int(lengths.max())
    used = plain.shared() if plain is not None else None
    if used is None:
        used = np.array(_SHARED.findall(xml), dtype=np.int64)
    return int(lengths[used[used < len(lengths)]].sum())
