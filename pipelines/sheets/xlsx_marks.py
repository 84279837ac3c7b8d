"""The cells of an XLSX file that value readers lose: errors, and formulas without a stored result.

Belongs here: a look at the sheet's XML as bytes (nothing is parsed, so no entity is expanded). Does not belong here:
values.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape

from pipelines.sheets.cells import CellKind

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_VALUE = re.compile(rb"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)
_REFERENCE = re.compile(r"^([A-Z]+)([0-9]+)$")


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): unescape(value.decode("utf-8", "replace")) for name, value in _ATTRIBUTE.findall(tag)}


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """The path inside the package of each sheet, by its name."""
    names = set(package.namelist())
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    targets = {
        relation["Id"]: posixpath.normpath(posixpath.join("xl", relation["Target"]))
        .removeprefix("/")
        .removeprefix("xl/xl/")
        if not relation["Target"].startswith("/")
        else relation["Target"].lstrip("/")
        for relation in map(_attributes, _RELATION.findall(package.read("xl/_rels/workbook.xml.rels")))
        if "Id" in relation and "Target" in relation
    }
    found = {}
    for sheet in map(_attributes, _SHEET.findall(package.read("xl/workbook.xml"))):
        part = targets.get(next((value for name, value in sheet.items() if name.endswith(":id")), ""), "")
        if part in names:
            found[sheet.get("name", "")] = part
    return found


def marked_cells(xml: bytes) -> dict[tuple[int, str], tuple[str, CellKind]]:
    """The error cells and the formulas without result of a sheet's XML, by (row, column letter)."""
    if b't="e"' not in xml and not _FORMULA.search(xml):
        return {}
    found: dict[tuple[int, str], tuple[str, CellKind]] = {}
    for attributes, content in _CELL.findall(xml):
        named = _attributes(attributes)
        place = _REFERENCE.match(named.get("r", ""))
        if place is None:
            continue
        value = _VALUE.search(content)
        text = unescape(value.group(1).decode("utf-8", "replace")) if value else ""
        if named.get("t") == "e":
            found[int(place[2]), place[1]] = (text or "#ERREUR", CellKind.ERROR)
        elif not text and named.get("t") != "str" and _FORMULA.search(content):
            found[int(place[2]), place[1]] = ("", CellKind.NO_RESULT)
    return found
