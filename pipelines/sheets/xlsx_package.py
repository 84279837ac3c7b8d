"""The package of an XLSX file, to be changed part by part: parts, relationships, content types.

Belongs here: what the packaging of office files asks for. Does not belong here: what a part says.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipelines.sheets.xml_edits import Edits, Element, XmlError, attribute, read_xml, utf8

TYPES_PART = "[Content_Types].xml"
_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(frozen=True)
class Relation:
    """A relationship of a part: its identifier, the last word of its type, the part it leads to ("" if external)."""

    id: str
    kind: str
    target: str


def relations_part(part: str) -> str:
    """Where the relationships of a part are written."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


@dataclass
class Package:
    """A package read from a zip; what is changed is kept here until the parts are written out."""

    source: zipfile.ZipFile
    changed: dict[str, bytes | None] = field(default_factory=dict)

    def __contains__(self, part: str) -> bool:
        return self.changed[part] is not None if part in self.changed else part in self.source.NameToInfo

    def read(self, part: str) -> bytes:
        """A part as it stands now.

        Raises:
            XmlError: no such part.
        """
        if part not in self:
            raise XmlError(f"{part} manque")
        changed = self.changed.get(part)
        return self.source.read(part) if changed is None else changed

    def write(self, part: str, body: bytes) -> None:
        """Replaces a part, or adds one; writing what it says already changes nothing."""
        if part not in self or self._size(part) != len(body) or self.read(part) != body:
            self.changed[part] = body

    def _size(self, part: str) -> int:
        changed = self.changed.get(part)
        return self.source.getinfo(part).file_size if changed is None else len(changed)

    def remove(self, part: str) -> None:
        """Takes out a part, with its relationships and its content type."""
        for gone in (part, relations_part(part)):
            if gone in self:
                self.changed[gone] = None
        self._change_types(part, "")

    def names(self) -> list[str]:
        """The parts there are now: those of the source in their order, then the new ones in theirs."""
        there = dict.fromkeys([*self.source.namelist(), *self.changed])
        return [name for name in there if name in self]

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Every part with its bytes, read one at a time."""
        return ((name, self.read(name)) for name in self.names() if not name.endswith("/"))

    def free_name(self, pattern: str) -> str:
        """A name that no part bears, from a pattern with ``{}`` for a number."""
        taken = {name.lower() for name in self.names()}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    # --- Relationships ---------------------------------------------------------------------------------------------

    def relations(self, part: str) -> list[Relation]:
        """The relationships of a part (of the package itself: "")."""
        where = relations_part(part)
        if where not in self:
            return []
        found = []
        for item in read_xml(utf8(self.read(where))).all("Relationship"):
            target = item.attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(posixpath.dirname(part), target)
            external = item.attributes.get("TargetMode") == "External"
            kind = item.attributes.get("Type", "").rpartition("/")[2]
            found.append(Relation(item.attributes.get("Id", ""), kind, "" if external else posixpath.normpath(path)))
        return found

    def related(self, part: str, kind: str) -> str:
        """The part that a part's first relationship of this kind leads to, "" if there is none."""
        return next((one.target for one in self.relations(part) if one.kind == kind and one.target in self), "")

    def relate(self, part: str, kind: str, target: str, space: str) -> str:
        """Adds a relationship, and returns its identifier."""
        where = relations_part(part)
        xml = utf8(self.read(where)) if where in self else _RELATIONS
        taken = {one.id for one in self.relations(part)}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        root = read_xml(xml)
        edits = Edits(xml)
        shown = posixpath.relpath(target, posixpath.dirname(part) or ".")
        words = (root.prefix, attribute(f"rId{number}"), attribute(f"{space}/{kind}"), attribute(shown))
        edits.append(root, b'<%bRelationship Id="%b" Type="%b" Target="%b"/>' % words)
        self.write(where, edits.apply())
        return f"rId{number}"

    def unrelate(self, part: str, *targets: str) -> None:
        """Takes out a part's relationships to these parts; the list goes with its last one."""
        where = relations_part(part)
        gone = {one.id for one in self.relations(part) if one.target in targets}
        if not gone:
            return
        xml = utf8(self.read(where))
        edits = Edits(xml)
        items = list(read_xml(xml).all("Relationship"))
        for item in items:
            if item.attributes.get("Id") in gone:
                edits.remove(item)
        self.changed[where] = edits.apply() if len(items) > len(gone) else None

    # --- Content types ---------------------------------------------------------------------------------------------

    def declare(self, part: str, content_type: str) -> None:
        """Says what a new part is."""
        self._change_types(part, content_type)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Says what the parts with this extension are, unless it is said already."""
        xml = utf8(self.read(TYPES_PART))
        root = read_xml(xml)
        if any(item.attributes.get("Extension", "").lower() == extension for item in root.all("Default")):
            return
        edits = Edits(xml)
        words = (root.prefix, attribute(extension), attribute(content_type))
        edits.insert(root.opened, b'<%bDefault Extension="%b" ContentType="%b"/>' % words)
        self.write(TYPES_PART, edits.apply())

    def undeclare_extension(self, extension: str) -> None:
        """Takes back what is said of an extension, once no part has it."""
        if any(name.lower().endswith(f".{extension}") for name in self.names()):
            return
        self._edit_types(lambda item: item.attributes.get("Extension", "").lower() == extension)

    def _change_types(self, part: str, content_type: str) -> None:
        self._edit_types(lambda item: item.attributes.get("PartName", "").lower() == f"/{part}".lower())
        if not content_type:
            return
        xml = utf8(self.read(TYPES_PART))
        root = read_xml(xml)
        edits = Edits(xml)
        words = (root.prefix, attribute(f"/{part}"), attribute(content_type))
        edits.append(root, b'<%bOverride PartName="%b" ContentType="%b"/>' % words)
        self.write(TYPES_PART, edits.apply())

    def _edit_types(self, gone: Callable[[Element], bool]) -> None:
        xml = utf8(self.read(TYPES_PART))
        edits = Edits(xml)
        for item in read_xml(xml).children:
            if gone(item):
                edits.remove(item)
        if edits.asked:
            self.write(TYPES_PART, edits.apply())
