"""Conditional formats over marked cells: those of a sheet would hide the colour of a mark, so one comes before them.

Belongs here: adding them to the XML of a sheet, and taking them out. Does not belong here: cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.sheets.annotations import AUTHOR, ERROR, WARNING, Mark
from pipelines.sheets.cells import column_letter
from pipelines.sheets.xml_edits import Edits, Element, attribute

Place = tuple[int, int]

_OVERLAY = f'LEN("{AUTHOR}")>0'
"""Always true; says whose conditional format it is, and comes through every spreadsheet program as it is."""
_AREAS_A_RULE = 400
_BEFORE_FORMATS = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
]


def _rules(element: Element) -> list[Element]:
    """The rules of conditional formats under an element, those of extensions included."""
    found = []
    for child in element.children:
        found += [child] if child.name == "cfRule" else _rules(child)
    return found


def has_rules(root: Element) -> bool:
    """Whether a sheet has conditional formats."""
    return bool(_rules(root))


def add_overlay(edits: Edits, root: Element, marks: Mapping[Place, Mark], overlay: Callable[[str], int]) -> None:
    """Adds the conditional formats of the marks, before all others."""
    others = _rules(root)
    groups: list[tuple[str, list[Place]]] = []
    for severity in (ERROR, WARNING):
        places = [place for place, mark in marks.items() if mark.severity == severity]
        groups += [(severity, places[at : at + _AREAS_A_RULE]) for at in range(0, len(places), _AREAS_A_RULE)]
    for rule in others:
        if "priority" in rule.attributes:
            edits.set(rule, priority=rule.number("priority") + len(groups))
    new = b"".join(
        b'<%(p)bconditionalFormatting sqref="%(cells)b"><%(p)bcfRule type="expression" dxfId="%(look)d" '
        b'priority="%(rank)d"><%(p)bformula>%(formula)b</%(p)bformula></%(p)bcfRule></%(p)bconditionalFormatting>'
        % {
            b"p": root.prefix,
            b"cells": " ".join(f"{column_letter(column)}{row}" for row, column in places).encode(),
            b"look": overlay(severity),
            b"rank": rank,
            b"formula": attribute(_OVERLAY),
        }
        for rank, (severity, places) in enumerate(groups, start=1)
    )
    follows = next((child for child in root.children if child.name not in _BEFORE_FORMATS), None)
    edits.insert(follows.start if follows else root.closed, new)


def remove_overlay(edits: Edits, root: Element) -> None:
    """Takes out the conditional formats of marks; the others come back to their rank."""
    ours: list[Element] = []
    for area in root.all("conditionalFormatting"):
        mine = [rule for rule in area.all("cfRule") if _is_overlay(rule, edits.xml)]
        ours += mine
        for gone in [area] if len(mine) == len(list(area.all("cfRule"))) and mine else mine:
            edits.remove(gone)
    others = [rule for rule in _rules(root) if rule not in ours and "priority" in rule.attributes]
    if ours and all(rule.number("priority") > len(ours) for rule in others):
        for rule in others:
            edits.set(rule, priority=rule.number("priority") - len(ours))


def _is_overlay(rule: Element, xml: bytes) -> bool:
    return any(AUTHOR.encode() in xml[part.opened : part.closed] for part in rule.all("formula"))
