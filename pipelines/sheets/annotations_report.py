"""The sheet « Rapport » inside an annotated workbook: every issue, with a link to its cell.

Belongs here: its XML, and what it remembers so that the marks can be taken off. Does not belong here: the words of the
issues, the styles (``annotations_styles``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from pipelines.sheets.annotations import HEADERS, HELP_IN_PLACE, TITLE, WIDTHS, Line, summary
from pipelines.sheets.cells import column_letter
from pipelines.sheets.layout import LINE_POINTS
from pipelines.sheets.xml_edits import attribute, cell_words

HEADER_ROW = 6
PAIR_COLUMNS = (10, 11)
"""Hidden columns: on each row, a blank cell in a marked style and one in the style that it covers. Whatever a program
does to the styles, the two keep saying which replaces which."""

_MEMORY = re.compile(rb"<!--contrats-destination (.*?)-->", re.DOTALL)
_TALLEST = 12
_HEAD_HEIGHTS = {1: 32, 2: 22, 3: 18, 4: 18, HEADER_ROW: 24}


def report_sheet(
    lines: Sequence[Line],
    tabs: Mapping[str, str],
    looks: Mapping[str, int],
    pairs: Sequence[tuple[int, int]],
    memory: Mapping[str, object],
    file: str,
    space: str,
) -> bytes:
    """The part of the sheet.

    Args:
        lines: The issues, in the order in which they are listed.
        tabs: By name of sheet in the issues, the name that its tab bears.
        looks: The styles by use (`annotations_styles.report_looks`).
        pairs: Marked and own styles.
        memory: What only this very file, not yet saved by a spreadsheet program, can say of what was added.
        file: The name shown in the title.
        space: The namespace of the workbook.
    """
    head = [(TITLE, "title"), *((text, "lead") for text in summary(lines, file))]
    head += [(text, "help") for text in HELP_IN_PLACE]
    rows: dict[int, bytes] = {
        number: _cell(number, 0, text, looks[look]) for number, (text, look) in enumerate(head, start=1)
    }
    rows[HEADER_ROW] = b"".join(_cell(HEADER_ROW, at, text, looks["header"]) for at, text in enumerate(HEADERS))
    heights: dict[int, float] = dict(_HEAD_HEIGHTS)
    links: list[bytes] = []
    for number, line in enumerate(lines, start=HEADER_ROW + 1):
        linked = line.place is not None and line.sheet in tabs
        texts = (line.gravity, line.sheet, line.where, line.value, line.message, line.advice)
        styles = (line.severity, "text", "link" if linked else "text", "text", "text", "text")
        rows[number] = b"".join(
            _cell(number, at, text, looks[look]) for at, (text, look) in enumerate(zip(texts, styles, strict=True))
        )
        heights[number] = row_height(texts)
        if linked:
            links.append(_link(number, tabs[line.sheet], line.cell))
    for number, pair in enumerate(pairs, start=1):
        rows[number] = rows.get(number, b"") + b"".join(
            b'<c r="%b%d" s="%d"/>' % (column_letter(column).encode(), number, style)
            for column, style in zip(PAIR_COLUMNS, pair, strict=True)
        )
    last = HEADER_ROW + len(lines)
    body = b"".join(_row(number, rows[number], heights.get(number)) for number in sorted(rows))
    kept = json.dumps(memory, ensure_ascii=True, sort_keys=True).replace("-", "\\u002d").encode()
    return _SHEET % {
        b"space": attribute(space),
        b"cols": _columns(),
        b"top": HEADER_ROW + 1,
        b"split": HEADER_ROW,
        b"rows": body,
        b"filter": f"A{HEADER_ROW}:F{last}".encode(),
        b"links": b"<hyperlinks>%b</hyperlinks>" % b"".join(links) if links else b"",
        b"memory": kept,
    }


_SHEET = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="%(space)b">'
    b'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    b'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
    b'<pane ySplit="%(split)d" topLeftCell="A%(top)d" activePane="bottomLeft" state="frozen"/>'
    b'<selection pane="bottomLeft" activeCell="A%(top)d" sqref="A%(top)d"/></sheetView></sheetViews>'
    b'<sheetFormatPr defaultRowHeight="15"/><cols>%(cols)b</cols><sheetData>%(rows)b</sheetData>'
    b'<autoFilter ref="%(filter)b"/>%(links)b'
    b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    b"<headerFooter><oddFooter>&amp;L&amp;F &amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
    b"</worksheet><!--contrats-destination %(memory)b-->"
)


def row_height(texts: Sequence[str]) -> float:
    """The points that a row of the report needs, its texts wrapped in their columns."""
    needed = (
        sum(1 + int(len(part) * 1.08) // (width - 2) for part in text.split("\n"))
        for text, width in zip(texts[1:], WIDTHS[1:], strict=True)
    )
    return float(LINE_POINTS * min(max(needed), _TALLEST) + 6)


def _columns() -> bytes:
    shown = [
        b'<col min="%d" max="%d" width="%d.7109375" customWidth="1"/>' % (at, at, width)
        for at, width in enumerate(WIDTHS, start=1)
    ]
    first, last = PAIR_COLUMNS
    hidden = b'<col min="%d" max="%d" width="2" hidden="1" customWidth="1"/>' % (first + 1, last + 1)
    return b"".join([*shown, hidden])


def _row(number: int, cells: bytes, height: float | None) -> bytes:
    high = f' ht="{height:g}" customHeight="1"'.encode() if height else b""
    return b'<row r="%d"%b>%b</row>' % (number, high, cells)


def _cell(row: int, column: int, text: str, style: int) -> bytes:
    words = cell_words(text)
    place = (column_letter(column).encode(), row, style)
    if not words:
        return b'<c r="%b%d" s="%d"/>' % place
    return b'<c r="%b%d" s="%d" t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>' % (*place, words)


def _link(row: int, tab: str, cell: str) -> bytes:
    words = (row, attribute(f"{quoted(tab)}!{cell}"), attribute(cell), attribute(f"Aller à {tab}, {cell}"))
    return b'<hyperlink ref="C%d" location="%b" display="%b" tooltip="%b"/>' % words


def quoted(tab: str) -> str:
    """The name of a sheet as formulas and links write it."""
    return "'" + tab.replace("'", "''") + "'"


def memory_of(xml: bytes) -> dict[str, object]:
    """What a report's sheet remembers, nothing once a spreadsheet program has saved it."""
    found = _MEMORY.search(xml)
    try:
        kept = json.loads(found[1]) if found else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
