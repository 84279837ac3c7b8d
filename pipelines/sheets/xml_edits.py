"""Small edits of an XML part, as bytes: what is not edited stays as it is, to the byte.

Belongs here: finding elements with their offsets, replacing stretches, setting an attribute, writing texts. Does not
belong here: what the elements mean.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

MAIN_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The two namespaces of spreadsheets: the usual one, and the one of the strict form."""
RELATION_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATION_SPACE = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_TAG = re.compile(rb"""<([^\s/>]+)(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["'][^>]*\?>""")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class XmlError(ValueError):
    """The part is not the XML that it should be."""


@dataclass
class Element:
    """One element: offsets of its start tag (``start`` to ``opened``), of its end tag (``closed`` to ``end``).

    ``name`` is without prefix, ``space`` its namespace; attributes of no namespace bear their name, others
    « namespace name ». An element without end tag (``<a/>``) has ``opened == closed == end``.
    """

    name: str
    space: str
    attributes: dict[str, str]
    tag: bytes
    start: int
    parent: Element | None
    opened: int = 0
    closed: int = 0
    end: int = 0
    children: list[Element] = field(default_factory=list)

    @property
    def prefix(self) -> bytes:
        """The prefix of its name in the file, colon included, for children to bear the same."""
        written = _TAG.match(self.tag)
        return written[1].rpartition(b":")[0] + b":" if written and b":" in written[1] else b""

    @property
    def is_main(self) -> bool:
        """Whether it is an element of spreadsheets, not of an extension."""
        return self.space in MAIN_SPACES

    def number(self, name: str, default: int = 0) -> int:
        """An attribute that is a whole number."""
        text = self.attributes.get(name, "").strip()
        return int(text) if text.isascii() and text.lstrip("-").isdigit() else default

    def relation(self, name: str = "id") -> str:
        """An attribute of the namespace of relationships (``r:id``)."""
        return self.attributes.get(f"{RELATION_SPACE} {name}") or self.attributes.get(
            f"{STRICT_RELATION_SPACE} {name}", ""
        )

    def all(self, *names: str) -> Iterator[Element]:
        """The children of these names, in order."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> Element | None:
        """The first child of one of these names."""
        return next(self.all(*names), None)


Keep = Callable[[str, dict[str, str], int], bool]


def read_xml(xml: bytes, keep: Keep | None = None) -> Element:
    """The root element, with the descendants for which ``keep`` (name, attributes, depth) says so, all by default.

    An element that is kept is the child of its nearest kept ancestor.

    Raises:
        XmlError: the part is not well-formed, or declares a document type (entities are never expanded).
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    stack: list[Element | None] = []
    kept: list[Element] = []
    roots: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if stack and keep is not None and not keep(local, attributes, len(stack)):
            stack.append(None)
            return
        offset = parser.CurrentByteIndex
        tag = _TAG.match(xml, offset)
        if tag is None:
            raise XmlError(f"balise illisible à l’octet {offset}")
        element = Element(local, space, attributes, tag[0], offset, kept[-1] if kept else None, opened=tag.end())
        if kept:
            kept[-1].children.append(element)
        else:
            roots.append(element)
        kept.append(element)
        stack.append(element)

    def end(_name: str) -> None:
        element = stack.pop()
        if element is None:
            return
        kept.pop()
        if element.tag.endswith(b"/>"):
            element.closed = element.end = element.opened
        else:
            element.closed = parser.CurrentByteIndex
            element.end = xml.index(b">", element.closed) + 1

    def refuse(*_declared: object) -> None:
        raise XmlError("le fichier déclare des entités XML")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, refuse
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError) as error:
        raise XmlError(str(error)) from error
    return roots[0]


def utf8(xml: bytes) -> bytes:
    """The same part in UTF-8 (most are, and come back as they are)."""
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _DECLARED.sub(b'<?xml version="1.0" encoding="UTF-8"?>', xml.decode("utf-16").encode())
    declared = _DECLARED.match(xml)
    if declared is None or declared[1].lower() in (b"utf-8", b"utf8", b"us-ascii"):
        return xml
    try:
        text = xml[declared.end() :].decode(declared[1].decode())
    except (LookupError, UnicodeDecodeError) as error:
        raise XmlError(str(error)) from error
    return b'<?xml version="1.0" encoding="UTF-8"?>' + text.encode()


@dataclass
class Edits:
    """Replacements to make in a part; insertions at one place stay in the order in which they were asked for."""

    xml: bytes
    asked: list[tuple[int, int, bytes]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Puts ``new`` for the bytes from ``start`` to ``end``."""
        self.asked.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        """Puts ``new`` before the byte ``at``."""
        self.asked.append((at, at, new))

    def remove(self, element: Element) -> None:
        """Takes an element out, with what it holds."""
        self.asked.append((element.start, element.end, b""))

    def set(self, element: Element, **attributes: str | int | None) -> None:
        """Sets attributes of an element's start tag; None takes one out."""
        self.asked.append((element.start, element.opened, with_attributes(element.tag, **attributes)))

    def append(self, element: Element, new: bytes) -> None:
        """Puts ``new`` as the last thing that an element holds, giving it an end tag if it had none."""
        if element.tag.endswith(b"/>"):
            name = element.tag[1:-2].split(None, 1)[0]
            self.asked.append(
                (element.start, element.end, element.tag[:-2].rstrip() + b">" + new + b"</" + name + b">")
            )
        else:
            self.insert(element.closed, new)

    def apply(self) -> bytes:
        """The part with all replacements made.

        Raises:
            XmlError: two replacements overlap.
        """
        pieces, at = [], 0
        for start, end, new in sorted(self.asked, key=lambda edit: (edit[0], edit[1])):
            if start < at:
                raise XmlError("deux changements au même endroit")
            pieces += [self.xml[at:start], new]
            at = end
        return b"".join([*pieces, self.xml[at:]]) if self.asked else self.xml


def with_attributes(tag: bytes, **attributes: str | int | None) -> bytes:
    """A start tag with attributes (without prefix) set, or taken out where None."""
    for name, value in attributes.items():
        written = re.search(rb"""\s+%b\s*=\s*("[^"]*"|'[^']*')""" % name.encode(), tag)
        new = b"" if value is None else b' %b="%b"' % (name.encode(), attribute(str(value)))
        if written:
            tag = tag[: written.start()] + new + tag[written.end() :]
        elif new:
            close = 2 if tag.endswith(b"/>") else 1
            tag = tag[:-close].rstrip() + new + tag[-close:]
    return tag


def attribute(value: str) -> bytes:
    """A text as it is written between the double quotes of an attribute."""
    return escape(_NOT_XML.sub("", value), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}).encode()


def cell_words(text: str, limit: int = 32_767) -> bytes:
    """A text as a cell or a note holds it: cut at the longest that a cell takes, without what XML does not allow."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("", cut))).replace("\r", "").encode()
