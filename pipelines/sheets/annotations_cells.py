"""The cells of an annotated sheet: their styles, a conditional format over those that colour rows, and back again.

Belongs here: the XML of a sheet. Does not belong here: what a style looks like, notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.sheets.annotations import AUTHOR, Mark
from pipelines.sheets.annotations_notes import Geometry
from pipelines.sheets.annotations_overlay import add_overlay, has_rules, remove_overlay
from pipelines.sheets.annotations_rows import AROUND, Watch, bare, with_tail, without_tail
from pipelines.sheets.cells import column_letter
from pipelines.sheets.xml_edits import RELATION_SPACE, STRICT_RELATION_SPACE, Edits, Element, read_xml

Place = tuple[int, int]

_AFTER_DRAWING = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
]


@dataclass
class MarkedSheet:
    """A sheet with its marks: its XML, the cells that it did not have, and its geometry (for the notes)."""

    xml: bytes
    created: list[str]
    geometry: Geometry


def mark_cells(
    xml: bytes,
    marks: Mapping[Place, Mark],
    style: Callable[[int, str], int],
    overlay: Callable[[str], int],
    light: Callable[[int], bool],
) -> MarkedSheet:
    """Gives each marked cell the style of its mark, making the cell where there is none.

    Args:
        xml: The sheet.
        marks: By row (from 1) and column (from 0).
        style: From a cell's own style and a severity, the style of the mark.
        overlay: From a severity, the look of a conditional format.
        light: Whether a style writes in light letters.

    Raises:
        XmlError: not the XML of a sheet.
    """
    by_row: dict[int, dict[int, Mark]] = {}
    for place, mark in sorted(marks.items()):
        by_row.setdefault(place[0], {})[place[1]] = mark
    seen: set[int] = set()

    def marked(own: int, severity: str) -> int:
        seen.add(own)
        return style(own, severity)

    watch = Watch(sorted(by_row))
    root = read_xml(bare(xml, lambda row, _cells: row in by_row), watch.keep)
    edits = Edits(xml)
    cols = _column_styles(root)
    data = root.first("sheetData")
    created: list[str] = []
    if data is not None:
        rows = list(zip(watch.numbers, data.children, strict=True))
        columns = iter(watch.columns)
        for number, row in rows:
            cells = {next(columns): cell for cell in row.children}
            if number in by_row:
                created += _mark_row(edits, row, number, cells, by_row[number], cols, marked)
        created += _add_rows(edits, data, rows, by_row, cols, marked)
    if has_rules(root) or any(light(own) for own in seen):
        add_overlay(edits, root, marks, overlay)
    return MarkedSheet(edits.apply(), created, _geometry(root, watch.heights))


def _column_styles(root: Element) -> list[tuple[int, int, int]]:
    cols = root.first("cols")
    return [(col.number("min"), col.number("max"), col.number("style")) for col in (cols.children if cols else ())]


def _blank_style(column: int, row: Element | None, cols: list[tuple[int, int, int]]) -> int:
    if row is not None and row.attributes.get("customFormat") in ("1", "true"):
        return row.number("s")
    return next((style for first, last, style in cols if first <= column + 1 <= last), 0)


def _blank(prefix: bytes, place: Place, style: int) -> bytes:
    return b'<%bc r="%b%d" s="%d"/>' % (prefix, column_letter(place[1]).encode(), place[0], style)


def _mark_row(
    edits: Edits,
    row: Element,
    number: int,
    cells: Mapping[int, Element],
    marks: Mapping[int, Mark],
    cols: list[tuple[int, int, int]],
    style: Callable[[int, str], int],
) -> list[str]:
    created, last = [], b""
    for column, mark in marks.items():
        cell = cells.get(column)
        if cell is not None:
            edits.set(cell, s=style(cell.number("s"), mark.severity))
            continue
        new = _blank(row.prefix, (number, column), style(_blank_style(column, row, cols), mark.severity))
        follows = next((cells[there] for there in sorted(cells) if there > column), None)
        created.append(f"{column_letter(column)}{number}")
        if follows is not None:
            edits.insert(follows.start, new)
        else:
            last += new
    if last:
        edits.append(row, last)
    return created


def _add_rows(
    edits: Edits,
    data: Element,
    rows: list[tuple[int, Element]],
    by_row: Mapping[int, Mapping[int, Mark]],
    cols: list[tuple[int, int, int]],
    style: Callable[[int, str], int],
) -> list[str]:
    there = {number for number, _ in rows}
    created, last = [], b""
    for number, marks in by_row.items():
        if number in there:
            continue
        cells = b"".join(
            _blank(data.prefix, (number, column), style(_blank_style(column, None, cols), mark.severity))
            for column, mark in marks.items()
        )
        new = b'<%brow r="%d">%b</%brow>' % (data.prefix, number, cells, data.prefix)
        created += [f"{column_letter(column)}{number}" for column in marks]
        follows = next((row for above, row in rows if above > number), None)
        if follows is not None:
            edits.insert(follows.start, new)
        else:
            last += new
    if last:
        edits.append(data, last)
    return created


def _geometry(root: Element, heights: dict[int, int]) -> Geometry:
    usual = root.first("sheetFormatPr")
    found = Geometry(rows=heights)
    if usual is not None:
        found.row = round(_points(usual.attributes.get("defaultRowHeight", ""), 15.0) * 4 / 3) or 20
        found.column = round(_points(usual.attributes.get("defaultColWidth", ""), 8.43) * 7 + 5)
    cols = root.first("cols")
    for col in cols.children if cols else ():
        hidden = col.attributes.get("hidden") in ("1", "true")
        pixels = 0 if hidden else round(_points(col.attributes.get("width", ""), 8.43) * 7)
        for number in range(col.number("min"), min(col.number("max"), col.number("min") + 300) + 1):
            found.columns[number - 1] = pixels
    return found


def _points(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


# --- Taking marks off ----------------------------------------------------------------------------------------------


def unmark_cells(xml: bytes, styles: Mapping[int, int], created: Sequence[str] = ()) -> bytes:
    """The sheet without the marks of an earlier annotation.

    Args:
        xml: The sheet.
        styles: For each marked style, a cell's own.
        created: The cells that the annotation made, taken out where they are still blank.
    """
    used = b"|".join(str(style).encode() for style in styles) or b"-"
    marked = re.compile(rb"""\b(?:s|style)=["'](?:%b)["']""" % used)
    short, tail = without_tail(xml)
    if tail and not marked.search(tail):
        return with_tail(unmark_cells(short, styles, created), tail)
    if not marked.search(xml) and AUTHOR.encode() not in xml:
        return xml
    made = set(created)
    inside = False

    def keep(name: str, attributes: dict[str, str], depth: int) -> bool:
        nonlocal inside
        if depth == 1:
            inside = name == "sheetData"
            return True
        if not inside:
            return name in AROUND
        if name == "row" and depth == 2:
            return attributes.get("s", "").isdigit() and int(attributes["s"]) in styles
        written = attributes.get("s", "")
        return name == "c" and depth == 3 and written.isdigit() and int(written) in styles

    root = read_xml(bare(xml, lambda _row, cells: marked.search(cells) is not None), keep)
    edits = Edits(xml)
    for part in [*(root.first("cols") or root).all("col"), *_styled(root.first("sheetData"))]:
        name = "style" if part.name == "col" else "s"
        if part.number(name, -1) not in styles:
            continue
        if part.attributes.get("r", "") in made and part.closed == part.opened:
            edits.remove(part)
        else:
            edits.set(part, **{name: styles[part.number(name)] or (None if part.name == "c" else 0)})
    remove_overlay(edits, root)
    return re.sub(rb'<((?:\w+:)?row) r="\d+"></\1>', b"", edits.apply()) if made else edits.apply()


def _styled(data: Element | None) -> list[Element]:
    found = []
    for item in data.children if data else ():
        found += [item, *item.children] if item.name == "row" else [item]
    return found


# --- The rest of the sheet -----------------------------------------------------------------------------------------


def _outline(xml: bytes) -> Element:
    """What a sheet holds around its rows."""
    return read_xml(bare(xml, lambda *_: False), lambda name, _, depth: depth == 1 or name == "sheetView")


def name_drawing(xml: bytes, relation: str, *, strict: bool) -> bytes:
    """The sheet naming its legacy drawing, which holds the boxes of its notes."""
    root = _outline(xml)
    space = (STRICT_RELATION_SPACE if strict else RELATION_SPACE).encode()
    new = b'<%blegacyDrawing xmlns:r="%b" r:id="%b"/>' % (root.prefix, space, relation.encode())
    edits = Edits(xml)
    follows = next((child for child in root.children if child.name in _AFTER_DRAWING), None)
    edits.insert(follows.start if follows else root.closed, new)
    return edits.apply()


def forget_drawing(xml: bytes) -> bytes:
    """The sheet without its legacy drawing."""
    edits = Edits(xml)
    for item in _outline(xml).all("legacyDrawing"):
        edits.remove(item)
    return edits.apply()


def select_tab(xml: bytes, selected: bool) -> bytes:
    """The sheet as the one in sight, or not: two selected sheets would be typed in together."""
    edits = Edits(xml)
    views = _outline(xml).first("sheetViews")
    for view in views.children if views else ():
        said = view.attributes.get("tabSelected", "0")
        if (said in ("1", "true")) != selected:
            edits.set(view, tabSelected=str(selected).lower() if said.isalpha() else int(selected))
    return edits.apply()
