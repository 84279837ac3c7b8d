"""The list of sheets of an annotated workbook: the report put first, the others one place further, and back again.

Belongs here: ``workbook.xml``. Does not belong here: the sheets themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from pipelines.sheets.annotations import REPORT_SHEET
from pipelines.sheets.annotations_report import HEADER_ROW, PAIR_COLUMNS, quoted
from pipelines.sheets.cells import column_letter
from pipelines.sheets.xlsx_package import Package
from pipelines.sheets.xml_edits import (
    RELATION_SPACE,
    STRICT_RELATION_SPACE,
    Edits,
    Element,
    XmlError,
    attribute,
    cell_words,
    read_xml,
    utf8,
)

STYLES_NAME = "contrats_destination.rapport"
"""The defined name by which an earlier report is known, whatever program saved it; it covers the styles' pairs."""
TAB_NAME = "contrats_destination.onglet"
"""The defined name that keeps the tab that was in sight."""
_ORDER_AFTER_NAMES = [
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]
_SHEET_OF = re.compile(r"^=?(?:'((?:[^']|'')+)'|([^'!]+))!")


@dataclass(frozen=True)
class Tab:
    """A sheet of the workbook: its name and its part."""

    name: str
    part: str


@dataclass
class Tabs:
    """The workbook part as read: its sheets, its names, its views."""

    package: Package
    part: str

    def __post_init__(self) -> None:
        self.xml = utf8(self.package.read(self.part))
        self.root = read_xml(self.xml)
        parts = {one.id: one.target for one in self.package.relations(self.part)}
        listed = self.root.first("sheets")
        self.elements = listed.children if listed else []
        self.tabs = [Tab(item.attributes.get("name", ""), parts.get(item.relation(), "")) for item in self.elements]
        if listed is None or not self.tabs:
            raise XmlError("le classeur n’a pas de feuille")
        self.listed = listed

    @classmethod
    def of(cls, package: Package) -> Tabs:
        """The workbook of a package.

        Raises:
            XmlError: not a workbook.
        """
        part = package.related("", "officeDocument")
        if not part:
            raise XmlError("le paquet n’a pas de classeur")
        return cls(package, part)

    @property
    def strict(self) -> bool:
        """Whether the workbook is in the strict form of the format."""
        return "purl.oclc.org" in self.root.space

    @property
    def relation_space(self) -> str:
        """The namespace of types of relationships."""
        return STRICT_RELATION_SPACE if self.strict else RELATION_SPACE

    def active(self) -> int:
        """The number of the tab in sight."""
        views = self._views()
        return min(views[0].number("activeTab"), len(self.tabs) - 1) if views else 0

    def _views(self) -> list[Element]:
        views = self.root.first("bookViews")
        return views.children if views else []

    def names(self) -> list[Element]:
        """The defined names."""
        names = self.root.first("definedNames")
        return names.children if names else []

    def _refers_to(self, name: str) -> str:
        found = next((item for item in self.names() if item.attributes.get("name") == name), None)
        if found is None:
            return ""
        return unescape(self.xml[found.opened : found.closed].decode())

    def sheet_of(self, name: str) -> int | None:
        """The number of the sheet that a defined name leads to."""
        found = _SHEET_OF.match(self._refers_to(name))
        if found is None:
            return None
        wanted = (found[1] or found[2]).replace("''", "'")
        return next((at for at, tab in enumerate(self.tabs) if tab.name == wanted), None)

    @property
    def annotated(self) -> bool:
        """Whether an earlier annotation left its names here."""
        return any(item.attributes.get("name") in (STYLES_NAME, TAB_NAME) for item in self.names())

    # --- Changes ---------------------------------------------------------------------------------------------------

    def put_report(self, name: str, relation: str, pairs: int, lines: int) -> bytes:
        """The workbook with the report as its first sheet, in sight; ``pairs`` and ``lines``: how many it holds."""
        edits = Edits(self.xml)
        number = max((item.number("sheetId") for item in self.elements), default=0) + 1
        prefix = self.listed.prefix
        words = (prefix, attribute(name), number, self.relation_space.encode(), relation.encode())
        edits.insert(self.elements[0].start, b'<%bsheet name="%b" sheetId="%d" xmlns:r="%b" r:id="%b"/>' % words)
        for view in self._views():
            moved = {key: 0 for key in ("activeTab", "firstSheet") if key in view.attributes}
            if moved:
                edits.set(view, **moved)
        for item in self.names():
            if "localSheetId" in item.attributes:
                edits.set(item, localSheetId=item.number("localSheetId") + 1)
        first, last = (column_letter(column) for column in PAIR_COLUMNS)
        own, seen = quoted(name), quoted(self.tabs[self.active()].name)
        new = b"".join(
            b'<%bdefinedName name="%b"%b>%b</%bdefinedName>' % (prefix, key.encode(), more, cell_words(refers), prefix)
            for key, more, refers in (
                (
                    "_xlnm._FilterDatabase",
                    b' localSheetId="0" hidden="1"',
                    f"{own}!$A${HEADER_ROW}:$F${HEADER_ROW + lines}",
                ),
                ("_xlnm.Print_Area", b' localSheetId="0"', f"{own}!$A$1:$F${HEADER_ROW + lines}"),
                ("_xlnm.Print_Titles", b' localSheetId="0"', f"{own}!${HEADER_ROW}:${HEADER_ROW}"),
                (TAB_NAME, b' hidden="1"', f"{seen}!$A$1"),
                (STYLES_NAME, b' hidden="1"', f"{own}!${first}$1:${last}${max(pairs, 1)}"),
            )
        )
        names = self.root.first("definedNames")
        if names is not None:
            edits.append(names, new)
        else:
            follows = next((child for child in self.root.children if child.name in _ORDER_AFTER_NAMES), None)
            body = b"<%bdefinedNames>%b</%bdefinedNames>" % (prefix, new, prefix)
            edits.insert(follows.start if follows else self.root.closed, body)
        return edits.apply()

    def take_report(self, report: int | None, seen: int | None) -> bytes:
        """The workbook without the report (sheet number ``report``, if still there); ``seen`` comes back in sight."""
        edits = Edits(self.xml)
        if report is not None:
            edits.remove(self.elements[report])
            for view in self._views():
                active = view.number("activeTab")
                now = seen if active == report and seen is not None else active
                now = max(0, now - 1) if now >= report else now
                if "activeTab" in view.attributes:
                    edits.set(view, activeTab=now)
        left = 0
        for item in self.names():
            local = item.number("localSheetId", -1)
            if item.attributes.get("name") in (STYLES_NAME, TAB_NAME) or (report is not None and local == report):
                edits.remove(item)
                continue
            left += 1
            if report is not None and local > report:
                edits.set(item, localSheetId=local - 1)
        names = self.root.first("definedNames")
        if names is not None and not left:
            edits.asked = [edit for edit in edits.asked if not names.start < edit[0] < names.end]
            edits.remove(names)
        return edits.apply()

    def report_name(self, choices: Sequence[str]) -> str:
        """The first of these names that no sheet bears."""
        taken = {tab.name.casefold() for tab in self.tabs}
        free = [name for name in choices if name.casefold() not in taken]
        number = 2
        while not free:
            free = [f"{REPORT_SHEET} {number}"] if f"{REPORT_SHEET} {number}".casefold() not in taken else []
            number += 1
        return free[0]
