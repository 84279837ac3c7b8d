"""A copy of an XLSX workbook with its issues in it: coloured cells, notes, a first sheet « Rapport ».

Belongs here: the order of the steps, on the package of the file itself: what does not carry a mark stays as it is, to
the byte. Does not belong here: what each part becomes (``annotations_*``), the issues (``pipelines.curation``).
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.sheets.annotations import REPORT_SHEETS, SIGN, Line, marks
from pipelines.sheets.annotations_cells import forget_drawing, mark_cells, name_drawing, select_tab, unmark_cells
from pipelines.sheets.annotations_notes import add_notes, remove_notes
from pipelines.sheets.annotations_report import memory_of, report_sheet
from pipelines.sheets.annotations_rows import with_tail, without_tail
from pipelines.sheets.annotations_styles import Styles, default_styles, report_looks
from pipelines.sheets.annotations_tabs import STYLES_NAME, TAB_NAME, Tab, Tabs
from pipelines.sheets.guard import UnreadableFileError, open_package, read_bytes
from pipelines.sheets.packages import UNREADABLE, write_package
from pipelines.sheets.xlsx_package import Package
from pipelines.sheets.xml_edits import XmlError, read_xml, utf8
from pipelines.text import fold

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_REPORT_PART = "xl/worksheets/rapport-contrats-destination.xml"
_HEAD = 16_384
_DAMAGED = (*UNREADABLE, XmlError, KeyError, UnicodeDecodeError)


def annotate_workbook(source: Path, target: Path, lines: Sequence[Line], shown: str) -> None:
    """Writes a copy of a workbook with these issues in it, and without those of an earlier annotation.

    Args:
        source: The ``.xlsx`` file, left alone.
        target: The file written; the same source and lines make the same bytes.
        lines: The issues of this file, in the order of the report. None: no mark and no report.
        shown: The name of the file in the report.

    Raises:
        UnreadableFileError: the package is damaged or dangerous, or is not that of a workbook.
    """
    partial = target.with_name(f".{target.name}.en-cours")
    try:
        with _reading(source) as package:
            _take_off(package)
            if lines:
                _put(package, lines, shown)
            if package.changed:
                write_package(partial, package.parts())
            else:
                shutil.copyfile(source, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _reading(source: Path) -> Iterator[Package]:
    open_package(source, read_bytes(source))  # what is refused to a check is refused here
    try:
        with zipfile.ZipFile(source) as opened:
            yield Package(opened)
    except _DAMAGED as error:
        raise UnreadableFileError(source, f"le classeur ne peut pas être annoté ({error})") from error


# --- Putting marks -------------------------------------------------------------------------------------------------


def _put(package: Package, lines: Sequence[Line], shown: str) -> None:
    tabs = Tabs.of(package)
    styles_part = _styles_part(package, tabs)
    styles = Styles(utf8(package.read(styles_part)))
    before = styles.counts()
    found = _tabs_of(tabs.tabs, lines)
    created: dict[str, list[str]] = {}
    for tab in tabs.tabs:
        placed = marks([line for line in lines if found.get(line.sheet) == tab])
        if placed and tab.part in package:
            sheet, tail = without_tail(utf8(package.read(tab.part)), max(row for row, _ in placed))
            made = mark_cells(sheet, placed, styles.marked, styles.overlay, styles.light)
            spaces = (tabs.root.space, tabs.relation_space)
            relation = add_notes(package, tab.part, placed, made.geometry, spaces)
            xml = name_drawing(made.xml, relation, strict=tabs.strict) if relation else made.xml
            package.write(tab.part, with_tail(xml, tail))
            created |= {tab.part: made.created} if made.created else {}
        _show(package, tab.part, shown=False)
    looks = report_looks(styles)
    pairs = sorted((mark, own) for (own, _), mark in styles.clones.items())
    package.write(styles_part, styles.render())
    memory = {"before": before, "after": styles.counts(), "created": created}
    names = {sheet: tab.name for sheet, tab in found.items() if tab.part in package}
    report = report_sheet(lines, names, looks, pairs, memory, shown, tabs.root.space)
    part = _REPORT_PART if _REPORT_PART not in package else package.free_name("xl/worksheets/rapport{}.xml")
    package.write(part, report)
    package.declare(part, _SHEET_TYPE)
    relation = package.relate(tabs.part, "worksheet", part, tabs.relation_space)
    name = tabs.report_name(sorted(REPORT_SHEETS, key=len))
    package.write(tabs.part, tabs.put_report(name, relation, len(pairs), len(lines)))


def _tabs_of(tabs: Sequence[Tab], lines: Sequence[Line]) -> dict[str, Tab]:
    """The tab of each sheet that the issues name: by its very name, else without regard to case and accents."""
    exact = {tab.name: tab for tab in reversed(tabs)}
    folded = {fold(tab.name): tab for tab in reversed(tabs)}
    names = {line.sheet for line in lines if line.sheet}
    near = {name: exact.get(name) or folded.get(fold(name)) for name in sorted(names)}
    return {name: tab for name, tab in near.items() if tab is not None}


def _styles_part(package: Package, tabs: Tabs) -> str:
    part = package.related(tabs.part, "styles")
    if not part:
        part = package.free_name("xl/styles{}.xml")
        package.write(part, default_styles(tabs.root.space))
        package.declare(part, _STYLES_TYPE)
        package.relate(tabs.part, "styles", part, tabs.relation_space)
    return part


def _show(package: Package, part: str, *, shown: bool) -> None:
    """Puts a sheet in sight or out of it, where it says which it is."""
    if part in package:
        xml = utf8(package.read(part))
        if b"tabSelected" in xml[:_HEAD]:
            sheet, tail = without_tail(xml)
            package.write(part, with_tail(select_tab(sheet, shown), tail))


# --- Taking marks off ----------------------------------------------------------------------------------------------


def _take_off(package: Package) -> None:
    """Takes off what an earlier annotation put, whichever program saved the file since."""
    tabs = Tabs.of(package)
    if not tabs.annotated and not _has_notes(package, tabs):
        return
    report, seen = tabs.sheet_of(STYLES_NAME), tabs.sheet_of(TAB_NAME)
    report = report if report != seen and len(tabs.tabs) > 1 else None
    own = tabs.tabs[report].part if report is not None else ""
    memory = memory_of(package.read(own)) if own in package and own == _REPORT_PART else {}
    pairs = _pairs(package.read(own)) if own in package else {}
    _restore_styles(package, tabs, own, pairs, memory)
    for tab in tabs.tabs:
        if tab.part in package and tab.part != own and remove_notes(package, tab.part):
            sheet, tail = without_tail(utf8(package.read(tab.part)))
            package.write(tab.part, with_tail(forget_drawing(sheet), tail))
    in_sight = report is not None and tabs.active() == report
    if in_sight and seen is not None:
        _show(package, tabs.tabs[seen].part, shown=True)
    package.write(tabs.part, tabs.take_report(report, seen if in_sight else None))
    if own in package:
        package.unrelate(tabs.part, own)
        package.remove(own)


def _has_notes(package: Package, tabs: Tabs) -> bool:
    comments = [package.related(tab.part, "comments") for tab in tabs.tabs if tab.part in package]
    return any(SIGN.encode() in package.read(part) for part in comments if part)


def _pairs(report: bytes) -> dict[int, int]:
    """The marked styles and those that they cover, from the two hidden columns of the report."""

    def keep(name: str, _attributes: dict[str, str], depth: int) -> bool:
        return name in ("sheetData", "row", "c", "cols", "col") and depth <= 3

    root = read_xml(utf8(report), keep)
    data = root.first("sheetData")
    rows = data.children if data else []
    styled = [{_column(cell.attributes.get("r", "")): cell.number("s") for cell in row.children} for row in rows]
    return {row["K"]: row["L"] for row in reversed(styled) if row.get("K", 0) and "L" in row}


def _column(reference: str) -> str:
    return reference.rstrip("0123456789")


def _restore_styles(
    package: Package, tabs: Tabs, report: str, pairs: Mapping[int, int], memory: Mapping[str, object]
) -> None:
    part = package.related(tabs.part, "styles")
    if not part:
        return
    styles = Styles(utf8(package.read(part)))
    covered = styles.unmarked(dict(pairs))
    created = memory.get("created")
    for tab in tabs.tabs:
        if tab.part not in package or tab.part == report:
            continue
        made = created.get(tab.part, []) if isinstance(created, dict) else []
        package.write(tab.part, unmark_cells(utf8(package.read(tab.part)), covered, made))
    xml = styles.render()
    before, after = memory.get("before"), memory.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        xml = Styles(xml).without_last(before, after)
    package.write(part, xml)
