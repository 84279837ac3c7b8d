"""The notes of an annotated workbook: added on cells, or under what a cell's note says already; and taken off again.

Belongs here: the parts « comments » and « vmlDrawing » of a sheet. Does not belong here: colours, the sheet itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipelines.sheets.annotations import AUTHOR, SIGN, Mark
from pipelines.sheets.cells import column_index, column_letter
from pipelines.sheets.looks import FONT
from pipelines.sheets.xlsx_package import Package
from pipelines.sheets.xml_edits import Edits, Element, cell_words, read_xml, utf8

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

_CHARACTERS, _WIDTH_PIXELS, _LINE_PIXELS = 46, 340, 20
_MOST_LINES = 30
_SHAPES_A_BLOCK = 1024
_COLOUR = "#fff4e5"
_SHAPE = re.compile(rb"<(?:\w+:)?shape\b.*?</(?:\w+:)?shape>", re.DOTALL)
_SHAPE_ID = re.compile(rb"""\bid=["']_x0000_s(\d+)["']""")
_BLOCKS = re.compile(rb"""(<(?:\w+:)?idmap\b[^>]*?\bdata=["'])([\d,\s]*)(["'])""")
_NOTE_AT = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)\s*<")
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)([^<]*)(</)")
_KEPT_ANCHOR = re.compile(rb""" alt="contrats-destination ([\d, ]+)\"""")
_LAST_BREAK = re.compile(rb"(?:\r?\n|&#(?:10|[xX]0?[aA]);)\Z")
_REFERENCE = re.compile(r"^\$?([A-Z]+)\$?([0-9]+)$")
_SPACES = {
    b"v": b"urn:schemas-microsoft-com:vml",
    b"o": b"urn:schemas-microsoft-com:office:office",
    b"x": b"urn:schemas-microsoft-com:office:excel",
}
_PREFIXED = re.compile(rb"(</?|[ ])([vox]):")
_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/>'
    b'</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    b'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
    b'o:connecttype="rect"/></v:shapetype></xml>'
)
Place = tuple[int, int]


@dataclass
class Geometry:
    """Pixels of a sheet's columns and rows, to give a note its corners: by number from 0, and of all others."""

    columns: dict[int, int] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    column: int = 64
    row: int = 20

    def anchor(self, place: Place, height: int) -> bytes:
        """The corners of a note beside the cell at (row from 1, column from 0), ``height`` pixels high."""
        row, column = place
        top = max(0, row - 2)
        left_column, left = column + 1, 12
        right_column, right = _walk(left_column, left + _WIDTH_PIXELS, self.columns, self.column)
        bottom_row, bottom = _walk(top, 6 + height, self.rows, self.row)
        return f"{left_column}, {left}, {top}, 6, {right_column}, {right}, {bottom_row}, {bottom}".encode()


def _walk(at: int, pixels: int, sizes: dict[int, int], usual: int) -> Place:
    while pixels > (size := sizes.get(at, usual)) or size == 0:
        pixels, at = pixels - size, at + 1
    return at, pixels


def height_of(text: str) -> int:
    """The pixels that a note's text needs."""
    lines = sum(1 + len(line) // _CHARACTERS for line in text.split("\n"))
    return 12 + _LINE_PIXELS * min(lines, _MOST_LINES)


def _place(reference: str) -> Place | None:
    found = _REFERENCE.match(reference)
    return (int(found[2]), column_index(found[1])) if found else None


def _texts(comment: Element) -> list[Element]:
    """The pieces of text of a note, in order."""
    text = comment.first("text")
    if text is None:
        return []
    pieces: list[Element] = []
    for item in text.all("t", "r"):
        pieces += [item] if item.name == "t" else item.all("t")
    return pieces


# --- Putting notes -------------------------------------------------------------------------------------------------


def add_notes(
    package: Package, sheet: str, marks: Mapping[Place, Mark], geometry: Geometry, spaces: tuple[str, str]
) -> str:
    """Puts the notes of a sheet; returns the relationship that the sheet must name as its legacy drawing, if new.

    ``spaces``: the namespaces of the workbook and of its types of relationships.
    """
    main, space = spaces
    comments, drawing = package.related(sheet, "comments"), package.related(sheet, "vmlDrawing")
    relation = ""
    if not drawing:
        drawing = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.write(drawing, _VML)
        package.declare_extension("vml", DRAWING_TYPE)
        relation = package.relate(sheet, "vmlDrawing", drawing, space)
    if not comments:
        comments = package.free_name("xl/comments{}.xml")
        declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        blank = b'<comments xmlns="%b"><authors></authors><commentList></commentList></comments>' % main.encode()
        package.write(comments, declaration + blank)
        package.declare(comments, COMMENTS_TYPE)
        package.relate(sheet, "comments", comments, space)
    xml, extended = _commented(utf8(package.read(comments)), marks)
    package.write(comments, xml)
    package.write(drawing, _drawn(package, drawing, marks, extended, geometry))
    return relation


def _commented(xml: bytes, marks: Mapping[Place, Mark]) -> tuple[bytes, dict[Place, str]]:
    """The part with the notes in it, and the whole text of those that were there already."""
    root = read_xml(xml)
    edits = Edits(xml)
    authors, listed = root.first("authors"), root.first("commentList")
    there = {_place(item.attributes.get("ref", "")): item for item in (listed.children if listed else ())}
    author = len(authors.children) if authors else 0
    extended: dict[Place, str] = {}
    new: list[bytes] = []
    prefix = root.prefix
    for place, mark in marks.items():
        said = there.get(place)
        if said is None:
            runs = _runs(prefix, f"{SIGN}\n", mark.note)
            words = (prefix, f"{column_letter(place[1])}{place[0]}".encode(), author, prefix, runs, prefix, prefix)
            new.append(b'<%bcomment ref="%b" authorId="%d"><%btext>%b</%btext></%bcomment>' % words)
            continue
        text = said.first("text")
        pieces = _texts(said)
        extended[place] = "".join(xml[piece.opened : piece.closed].decode() for piece in pieces) + f"\n\n{mark.note}\n"
        if text is not None and text.first("r") is None and pieces and not pieces[0].tag.endswith(b"/>"):
            edits.insert(pieces[-1].closed, cell_words(f"\n\n{SIGN}\n{mark.note}"))
        elif text is not None:
            edits.append(text, _runs(prefix, f"\n\n{SIGN}\n", mark.note))
    if new and authors is not None and listed is not None:
        edits.append(authors, b"<%bauthor>%b</%bauthor>" % (prefix, AUTHOR.encode(), prefix))
        edits.append(listed, b"".join(new))
    return edits.apply(), extended


def _runs(prefix: bytes, head: str, note: str) -> bytes:
    look = f'<sz val="10"/><color indexed="81"/><rFont val="{FONT}"/><family val="2"/>'
    runs = (
        f'<r><rPr><b/>{look}</rPr><t xml:space="preserve">',
        cell_words(head),
        f'</t></r><r><rPr>{look}</rPr><t xml:space="preserve">',
        cell_words(note),
        "</t></r>",
    )
    return b"".join(
        part if isinstance(part, bytes) else re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, part.encode()) for part in runs
    )


def _drawn(
    package: Package, drawing: str, marks: Mapping[Place, Mark], extended: Mapping[Place, str], geometry: Geometry
) -> bytes:
    xml = _SHAPE.sub(_enlarging(extended, geometry), package.read(drawing))
    new = [(place, mark) for place, mark in marks.items() if place not in extended]
    if not new:
        return xml
    taken = [int(number) for part in package.names() if part.endswith(".vml") for number in _blocks(package.read(part))]
    first = max(taken, default=0) + 1
    size = _SHAPES_A_BLOCK - 1
    blocks = range(first, first + (len(new) + size - 1) // size)
    named = _naming(xml)
    shapes = b"".join(
        named(_SHAPES_A_BLOCK * (first + at // size) + at % size + 1, place, geometry, mark.note)
        for at, (place, mark) in enumerate(new)
    )
    there = _BLOCKS.search(xml)
    if there:
        every = b",".join([*([there[2]] if there[2] else []), *(b"%d" % block for block in blocks)])
        xml = xml[: there.start(2)] + every + xml[there.end(2) :]
    end = xml.rindex(b"</")
    return xml[:end] + shapes + xml[end:]


def _naming(xml: bytes) -> Callable[[int, Place, Geometry, str], bytes]:
    """How a shape is written in a drawing: with the prefixes of the drawing, or its own where it has none."""
    head = xml[: xml.index(b">", xml.index(b"<xml")) if b"<xml" in xml else 0]
    prefixes = dict(re.findall(rb"""xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']""", head))
    found = {space: prefix for prefix, space in reversed(prefixes.items())}
    names = {own: found.get(space, own) for own, space in _SPACES.items()}
    declared = b"".join(b' xmlns:%b="%b"' % (own, space) for own, space in _SPACES.items() if space not in found)
    if not declared and all(own == name for own, name in names.items()):
        return _shape

    def named(number: int, place: Place, geometry: Geometry, note: str) -> bytes:
        shape = _PREFIXED.sub(lambda match: match[1] + names[match[2]] + b":", _shape(number, place, geometry, note))
        end = shape.index(b" ")
        return shape[:end] + declared + shape[end:]

    return named


def _blocks(xml: bytes) -> list[bytes]:
    found = _BLOCKS.search(xml)
    return [number.strip() for number in found[2].split(b",") if number.strip()] if found else []


def _shape(number: int, place: Place, geometry: Geometry, note: str) -> bytes:
    anchor = geometry.anchor(place, height_of(f"{SIGN}\n{note}"))
    return (
        b'<v:shape id="_x0000_s%d" type="#_x0000_t202" '
        b'style="position:absolute;margin-left:60pt;margin-top:2pt;width:255pt;height:90pt;z-index:%d;'
        b'visibility:hidden" fillcolor="%b" o:insetmode="auto"><v:fill color2="%b"/>'
        b'<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        b'<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        b'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%b</x:Anchor>'
        b"<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
    ) % (number, number % _SHAPES_A_BLOCK, _COLOUR.encode(), _COLOUR.encode(), anchor, place[0] - 1, place[1])


def _shape_place(shape: bytes) -> Place | None:
    at = {name: int(number) for name, number in _NOTE_AT.findall(shape)}
    is_note = b"ClientData" in shape and re.search(rb"""ObjectType=["']Note["']""", shape) is not None
    return (at[b"Row"] + 1, at[b"Column"]) if is_note and len(at) == 2 else None


def _enlarging(extended: Mapping[Place, str], geometry: Geometry) -> Callable[[re.Match[bytes]], bytes]:
    """Gives a note that says more the room for it, and keeps the corners that it had."""

    def enlarged(found: re.Match[bytes]) -> bytes:
        shape = found[0]
        place = _shape_place(shape)
        anchor = _ANCHOR.search(shape)
        if place is None or place not in extended or anchor is None or b" alt=" in shape[: shape.index(b">")]:
            return shape
        new = geometry.anchor(place, height_of(extended[place]))
        name = shape.index(b" ")
        kept = b' alt="contrats-destination %b"' % b", ".join(re.findall(rb"-?\d+", anchor[2]))
        return shape[:name] + kept + shape[name : anchor.start(2)] + new + shape[anchor.end(2) :]

    return enlarged


# --- Taking notes off ----------------------------------------------------------------------------------------------


def remove_notes(package: Package, sheet: str) -> bool:
    """Takes off the notes of an earlier annotation; says whether the sheet's legacy drawing is gone with them."""
    comments, drawing = package.related(sheet, "comments"), package.related(sheet, "vmlDrawing")
    if not comments or SIGN.encode() not in package.read(comments):
        return False
    xml, gone, left = _uncommented(utf8(package.read(comments)))
    package.write(comments, xml)
    if left == 0:
        package.unrelate(sheet, comments)
        package.remove(comments)
    if not drawing:
        return False
    drawn = _undrawn(package.read(drawing), gone)
    package.write(drawing, drawn)
    if left or _SHAPE.search(drawn):
        return False
    package.unrelate(sheet, drawing)
    package.remove(drawing)
    package.undeclare_extension("vml")
    return True


def _uncommented(xml: bytes) -> tuple[bytes, set[Place | None], int]:
    """The part without what was added, the cells whose note is gone, the number of notes left."""
    root = read_xml(xml)
    edits = Edits(xml)
    authors, listed = root.first("authors"), root.first("commentList")
    items = listed.children if listed else []
    gone: set[Place | None] = set()
    left: list[Element] = []
    for item in items:
        if _cut(item, edits):
            gone.add(_place(item.attributes.get("ref", "")))
            edits.remove(item)
        else:
            left.append(item)
    names = authors.children if authors else []
    ours = next((at for at, name in enumerate(names) if xml[name.opened : name.closed] == AUTHOR.encode()), None)
    if ours is not None and all(item.number("authorId") != ours for item in left):
        edits.remove(names[ours])
        for item in left:
            if item.number("authorId") > ours:
                edits.set(item, authorId=item.number("authorId") - 1)
    return edits.apply(), gone, len(left)


def _cut(comment: Element, edits: Edits) -> bool:
    """Takes out of a note what stands from the sign on; says whether nothing would be left of it."""
    text = comment.first("text")
    pieces = _texts(comment)
    said = [edits.xml[piece.opened : piece.closed] for piece in pieces]
    at = next((number for number, words in enumerate(said) if SIGN.encode() in words), None)
    if at is None or text is None:
        return False
    own, left = _without_breaks(said[at][: said[at].index(SIGN.encode())], 2)
    if not _without_breaks(b"".join([*said[:at], own]).strip())[0]:
        return True
    if left and not own:  # a program may give the two line breaks before the sign to two pieces
        last = pieces[at - 1]
        edits.replace(last.opened, last.closed, _without_breaks(said[at - 1], left)[0])
    after = [item for item in text.all("t", "r") if item.start > pieces[at].start]
    holder = next(item for item in text.all("t", "r") if item.start <= pieces[at].start < item.end)
    if own or holder.name == "t":
        edits.replace(pieces[at].opened, pieces[at].closed, own)
    else:
        edits.remove(holder)
    for item in after:
        edits.remove(item)
    return False


def _without_breaks(text: bytes, most: int = 1_000) -> tuple[bytes, int]:
    """A text without its last line breaks, ``most`` at most, and how many of them it did not have."""
    while most and (found := _LAST_BREAK.search(text)):
        text, most = text[: found.start()], most - 1
    return text, most


def _undrawn(xml: bytes, gone: set[Place | None]) -> bytes:
    removed: set[int] = set()

    def kept(found: re.Match[bytes]) -> bytes:
        shape = found[0]
        place = _shape_place(shape)
        number = _SHAPE_ID.search(shape)
        if place is not None and place in gone:
            if number:
                removed.add(int(number[1]) // _SHAPES_A_BLOCK)
            return b""
        old = _KEPT_ANCHOR.search(shape)
        if old is None:
            return shape
        shape = shape[: old.start()] + shape[old.end() :]
        return _ANCHOR.sub(lambda anchor: anchor[1] + old[1] + anchor[3], shape, count=1)

    xml = _SHAPE.sub(kept, xml)
    used = {int(number) // _SHAPES_A_BLOCK for number in _SHAPE_ID.findall(xml)}
    there = _BLOCKS.search(xml)
    if there is None:
        return xml
    blocks = [one for one in _blocks(xml) if int(one) not in removed - used]
    return xml[: there.start(2)] + b",".join(blocks) + xml[there.end(2) :]
