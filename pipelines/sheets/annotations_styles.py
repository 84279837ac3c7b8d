"""The styles of an annotated workbook: each marked cell keeps its own style, but for the colour behind it.

Belongs here: what is added to ``styles.xml`` for the marks and the report, and what is read there to take the marks off
again. Does not belong here: which cell bears which style.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.sheets.annotations import DEEP_FILLS, ERROR, FILLS, SHADES, WARNING
from pipelines.sheets.looks import BLUE, FONT, GREY, GRID, SLATE
from pipelines.sheets.xml_edits import MAIN_SPACES, Edits, Element, read_xml, with_attributes

EMPTY_STYLES = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="%b"></styleSheet>'
COUNTED = ("fonts", "fills", "borders", "cellXfs", "dxfs")

_ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
_DEFAULTS = {
    "fonts": ("<font/>",),
    "fills": (
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
    ),
    "borders": ("<border/>",),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    "dxfs": (),
}
_LIGHT_LETTERS = 0.6
_LIGHT_THEME, _LIGHT_INDEXES = "0", frozenset({"1", "9"})


def _colour_of(severity: str, shade: int, deep: bool) -> str:
    base = (DEEP_FILLS if deep else FILLS)[severity]
    return f"FF{base[:4]}{int(base[4:], 16) + shade:02X}"


_MARK_COLOURS = {
    _colour_of(severity, shade, deep): deep
    for severity in (ERROR, WARNING)
    for deep in (False, True)
    for shade in range(SHADES)
}


def _write(prefix: bytes, xml: str) -> bytes:
    """XML written here without prefixes, with the prefix of the part that takes it."""
    return re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, xml.encode())


@dataclass
class Styles:
    """The styles of a workbook, and what is to be added to them."""

    xml: bytes
    root: Element = field(init=False)
    added: dict[str, list[bytes]] = field(default_factory=dict)
    clones: dict[tuple[int, str], int] = field(default_factory=dict)
    shades: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = read_xml(self.xml)

    # --- What is there ---------------------------------------------------------------------------------------------

    def items(self, section: str) -> list[Element]:
        """The fonts, fills, borders, styles of cells… of the file."""
        found = next((child for child in self.root.all(section) if child.is_main), None)
        return found.children if found else []

    def counts(self) -> dict[str, int]:
        """How many of each there are, with those added."""
        return {section: len(self.items(section)) + len(self.added.get(section, ())) for section in COUNTED}

    def _source(self, section: str, number: int) -> Element | None:
        items = self.items(section)
        return items[number] if 0 <= number < len(items) else None

    def _add(self, section: str, body: bytes, *, anew: bool = False) -> int:
        there = len(self.items(section))
        if not there and section not in self.added:
            self.added[section] = [_write(self.root.prefix, default) for default in _DEFAULTS[section]]
        bodies = self.added.setdefault(section, [])
        if not anew and body in bodies:
            return there + bodies.index(body)
        bodies.append(body)
        return there + len(bodies) - 1

    # --- Marks -----------------------------------------------------------------------------------------------------

    def marked(self, style: int, severity: str) -> int:
        """The style of a marked cell whose own style is ``style``."""
        if (style, severity) not in self.clones:
            own = self._source("cellXfs", style)
            fill = own.number("fillId") if own else 0
            shade = self.shades.setdefault(fill, min(len(self.shades), SHADES - 1))
            painted = self._add("fills", self._fill(_colour_of(severity, shade, self.light(style)), fill))
            self.clones[style, severity] = self._clone(own, painted)
        return self.clones[style, severity]

    def _clone(self, own: Element | None, fill: int) -> int:
        if own is None:
            body = _write(self.root.prefix, f'<xf numFmtId="0" fontId="0" fillId="{fill}" borderId="0" applyFill="1"/>')
            return self._add("cellXfs", body)
        tag = with_attributes(own.tag, fillId=fill, applyFill=1)
        return self._add("cellXfs", tag + self.xml[own.opened : own.end], anew=True)

    def _fill(self, colour: str, covered: int) -> bytes:
        """A plain fill, with the colour that it covers kept as its second colour, which no program shows."""
        under = self._solid_colour(covered)
        kept = " ".join(f'{name}="{value}"' for name, value in sorted(under.items())) or 'indexed="64"'
        words = f'<fgColor rgb="{colour}"/><bgColor {kept}/>'
        return _write(self.root.prefix, f'<fill><patternFill patternType="solid">{words}</patternFill></fill>')

    def _solid_colour(self, fill: int) -> dict[str, str]:
        found = self._source("fills", fill)
        pattern = found.first("patternFill") if found else None
        if pattern is None or pattern.attributes.get("patternType") != "solid":
            return {}
        colour = pattern.first("fgColor")
        return {name: value for name, value in (colour.attributes if colour else {}).items() if value.isalnum()}

    def _light_letters(self, font: int) -> bool:
        found = self._source("fonts", font)
        colour = found.first("color") if found else None
        if colour is None:
            return False
        rgb = colour.attributes.get("rgb", "")
        if re.fullmatch(r"[0-9A-Fa-f]{8}", rgb):
            red, green, blue = (int(rgb[at : at + 2], 16) for at in (2, 4, 6))
            return (0.299 * red + 0.587 * green + 0.114 * blue) / 255 > _LIGHT_LETTERS
        return (
            colour.attributes.get("theme") == _LIGHT_THEME
            or colour.attributes.get("indexed", "").lstrip("0") in _LIGHT_INDEXES
        )

    def light(self, style: int) -> bool:
        """Whether a style writes in light letters, on a deep colour then."""
        own = self._source("cellXfs", style)
        return own is not None and self._light_letters(own.number("fontId"))

    def overlay(self, severity: str) -> int:
        """The look of a conditional format in the colour of a mark."""
        colour = _colour_of(severity, 0, deep=False)
        fill = f'<patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor rgb="{colour}"/></patternFill>'
        body = f'<dxf><font><color rgb="FF000000"/></font><fill>{fill}</fill></dxf>'
        return self._add("dxfs", _write(self.root.prefix, body))

    # --- The report ------------------------------------------------------------------------------------------------

    def look(self, font: str, fill: str = "", align: str = "", border: bool = False) -> int:
        """A style of the report: words of its font, a colour behind (six digits), alignment, thin edges."""
        prefix = self.root.prefix
        font_id = self._add("fonts", _write(prefix, f'<font>{font}<name val="{FONT}"/><family val="2"/></font>'))
        fill_id = 0
        if fill:
            colour = f'<fgColor rgb="FF{fill}"/><bgColor indexed="64"/>'
            fill_xml = f'<fill><patternFill patternType="solid">{colour}</patternFill></fill>'
            fill_id = self._add("fills", _write(prefix, fill_xml))
        edge = f'style="thin"><color rgb="FF{GRID[1:]}"/>'
        edges = "".join(f"<{side} {edge}</{side}>" for side in ("left", "right", "top", "bottom"))
        border_id = self._add("borders", _write(prefix, f"<border>{edges}<diagonal/></border>")) if border else 0
        words = f'numFmtId="0" fontId="{font_id}" fillId="{fill_id}" borderId="{border_id}"'
        applied = 'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"'
        return self._add("cellXfs", _write(prefix, f"<xf {words} {applied}><alignment {align}/></xf>"))

    # --- Writing ---------------------------------------------------------------------------------------------------

    def render(self) -> bytes:
        """The part with what is added, each list before those that must follow it."""
        edits = Edits(self.xml)
        prefix = self.root.prefix
        for section in _ORDER:
            bodies = self.added.get(section)
            if not bodies:
                continue
            there = next((child for child in self.root.all(section) if child.is_main), None)
            if there is not None:
                body = b"".join(bodies)
                number = str(len(there.children) + len(bodies))
                if there.tag.endswith(b"/>"):
                    name = there.tag[1:-2].split(None, 1)[0]
                    tag = with_attributes(there.tag[:-2].rstrip() + b">", count=number)
                    edits.replace(there.start, there.end, tag + body + b"</" + name + b">")
                else:
                    if "count" in there.attributes:
                        edits.set(there, count=number)
                    edits.insert(there.closed, body)
                continue
            later = _ORDER[_ORDER.index(section) + 1 :]
            follows = next((child for child in self.root.children if child.name in later), None)
            opened = _write(prefix, f'<{section} count="{len(bodies)}">')
            new = opened + b"".join(bodies) + _write(prefix, f"</{section}>")
            if follows is not None:
                edits.insert(follows.start, new)
            else:
                edits.append(self.root, new)
        return edits.apply()

    # --- Taking off ------------------------------------------------------------------------------------------------

    def unmarked(self, pairs: dict[int, int]) -> dict[int, int]:
        """For each style with the colour of a mark, the style that it covers.

        Args:
            pairs: What the report remembers: marked style, own style. A marked style that it does not know (its number
                format was changed since, the report was deleted) is given back the fill that its colour covers.
        """
        colours = {number: self._mark_colour(fill) for number, fill in enumerate(self.items("fills"))}
        painted = {number: colour for number, colour in colours.items() if colour}
        styles = self.items("cellXfs")
        covered = {
            styles[mark].number("fillId"): styles[own].number("fillId")
            for mark, own in pairs.items()
            if mark < len(styles) and own < len(styles)
        }
        result = {}
        for number, style in enumerate(styles):
            fill = style.number("fillId")
            if fill not in painted:
                continue
            own = pairs.get(number, number)
            if own != number and own < len(styles) and styles[own].number("fillId") not in painted:
                result[number] = own
            else:
                under = covered[fill] if fill in covered else self._fill_under(fill, _MARK_COLOURS[painted[fill]])
                result[number] = self._add("cellXfs", self._refilled(style, under))
        return result

    def _mark_colour(self, fill: Element) -> str:
        pattern = fill.first("patternFill")
        colour = pattern.first("fgColor") if pattern else None
        rgb = colour.attributes.get("rgb", "").upper() if colour else ""
        return rgb if rgb in _MARK_COLOURS else ""

    def _fill_under(self, fill: int, deep: bool) -> int:
        """The fill that a mark's colour covers, made again from its second colour where light letters need one."""
        pattern = self.items("fills")[fill].first("patternFill")
        second = pattern.first("bgColor") if pattern else None
        if not deep or second is None or second.attributes.get("indexed") == "64":
            return 0
        kept = " ".join(f'{name}="{value}"' for name, value in sorted(second.attributes.items()) if value.isalnum())
        colour = f'<fgColor {kept}/><bgColor indexed="64"/>'
        body = f'<fill><patternFill patternType="solid">{colour}</patternFill></fill>'
        return self._add("fills", _write(self.root.prefix, body))

    def _refilled(self, style: Element, fill: int) -> bytes:
        return with_attributes(style.tag, fillId=fill) + self.xml[style.opened : style.end]

    def without_last(self, before: dict[str, int], after: dict[str, int]) -> bytes:
        """The part without what an annotation added last: back to ``before`` where there are still ``after``."""
        edits = Edits(self.xml)
        if self.counts() != after:
            return self.xml
        for section, wanted in before.items():
            items = self.items(section)
            if wanted >= len(items):
                continue
            there = next(child for child in self.root.all(section) if child.is_main)
            if wanted == 0:
                edits.remove(there)
                continue
            for item in items[wanted:]:
                edits.remove(item)
            if "count" in there.attributes:
                edits.set(there, count=wanted)
        return edits.apply()


def report_looks(styles: Styles) -> dict[str, int]:
    """The styles of the report's sheet, by what they are for."""
    top = 'horizontal="left" vertical="center" wrapText="1" indent="1"'
    centre = 'horizontal="center" vertical="center"'
    plain = f'<sz val="11"/><color rgb="FF{SLATE[1:]}"/>'
    return {
        "title": styles.look(f'<b/><sz val="18"/><color rgb="FF{BLUE[1:]}"/>', align='vertical="center"'),
        "lead": styles.look(f'<b/><sz val="12"/><color rgb="FF{SLATE[1:]}"/>', align='vertical="center"'),
        "help": styles.look(f'<sz val="11"/><color rgb="FF{GREY[1:]}"/>', align='vertical="center"'),
        "header": styles.look(
            '<b/><sz val="11"/><color rgb="FFFFFFFF"/>',
            BLUE[1:],
            'horizontal="left" vertical="center" indent="1"',
            border=True,
        ),
        ERROR: styles.look('<b/><sz val="11"/><color rgb="FF7A0C00"/>', "FFD9D4", centre, border=True),
        WARNING: styles.look('<b/><sz val="11"/><color rgb="FF6B4400"/>', "FFE9C2", centre, border=True),
        "text": styles.look(plain, align=top, border=True),
        "link": styles.look('<u/><sz val="11"/><color rgb="FF0B5CAD"/>', align=top, border=True),
    }


def default_styles(space: str) -> bytes:
    """Styles for a workbook that has none."""
    return EMPTY_STYLES % (space if space in MAIN_SPACES else MAIN_SPACES[0]).encode()
