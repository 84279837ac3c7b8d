"""What the other files say of a release, against its descriptor and against what was counted.

Belongs here: where each file states the version, the date, the title, the licence, the tables and their figures. Does
not belong here: how those files are made. A file that a release does not have says nothing; that it should be there is
for the sums and the descriptor to say.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.catalog import JSONLD_CATALOGUE, TURTLE_CATALOGUE
from pipelines.publish.describing.croissant import CROISSANT
from pipelines.publish.describing.quality import QUALITY
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.verify.descriptor import Descriptor, Resource, read_json
from pipelines.publish.verify.files import Shelf, Sums
from pipelines.publish.verify.findings import MOST_ALIKE, Log
from pipelines.publish.versions import DESCRIPTOR, POINTER, RELEASES
from pipelines.publish.xlsx_parts import parts_in, workbook_path

if TYPE_CHECKING:
    from rdflib import Graph

DIFF, JOURNAL = "diff.json", "journal.md"


@dataclass(frozen=True)
class Facts:
    """What is held true of a release. ``filled``: the cells that hold something, by table then column, as counted."""

    descriptor: Descriptor
    filled: Mapping[str, Mapping[str, int]]
    shelf: Shelf
    sums: Sums

    def sound(self, name: str) -> bool:
        """Whether a file is there, and nothing is yet said against it."""
        return name in self.shelf and self.sums.sound(self.shelf, name)

    def said(self, *path: str | int) -> Any:  # noqa: ANN401 (JSON)
        """A value of the descriptor; nothing when it does not say it."""
        return dig(self.descriptor.content, *path)

    @property
    def day(self) -> str:
        """The date of the release, in ISO form."""
        return str(self.said("created"))[:10]

    @property
    def tables(self) -> list[str]:
        """The names of the tables, sorted: each file has an order of its own."""
        return sorted(self.descriptor.resources)

    @property
    def downloads(self) -> list[str]:
        """The files of data, sorted: every table in every format, and those that hold all of them."""
        files = [path for resource in self.descriptor.resources.values() for path in resource.paths]
        return sorted([*files, *(path for path in (WORKBOOK, ARCHIVE) if path in self.shelf)])


Statement = tuple[str, object, object]
"""Where in a file, what it says there, what it should say (None: nothing to hold it to)."""


def check_metadata(facts: Facts, log: Log) -> None:
    """Every file that describes the release."""
    _tell(DESCRIPTOR, _own(facts), log)
    read: dict[str, bytes] = {}
    for name, statements in {**_DOCUMENTS, TURTLE_CATALOGUE: _nothing}.items():
        if name not in facts.shelf:
            continue
        read[name] = facts.shelf.take(name)
        if not facts.sound(name):
            del read[name]
            continue
        try:
            _tell(name, statements(read[name], facts), log)
        except ValueError as error:
            log.add("metadonnees-illisibles", name, found=error)
            del read[name]
    if {JSONLD_CATALOGUE, TURTLE_CATALOGUE} <= read.keys():
        _same_graph(read[JSONLD_CATALOGUE], read[TURTLE_CATALOGUE], log)


def check_readme(
    rows: list[list[object]] | None, path: str, sheets: Mapping[str, list[str]], facts: Facts, log: Log
) -> None:
    """The read-me sheet of the workbook of everything; ``sheets``: those of each table."""
    if rows is None:
        return
    labelled = {str(row[0]): row[1] for row in rows if len(row) > 1}
    counted = {str(row[0]): int(row[2]) for row in rows if len(row) > 2 and isinstance(row[2], float)}
    licence = f"{facts.said('licenses', 0, 'title')} ({facts.said('licenses', 0, 'path')})"
    statements: list[Statement] = [
        ("titre", dig(rows, 0, 0), facts.said("title")),
        ("Version", labelled.get("Version"), facts.said("version")),
        ("Date de publication", labelled.get("Date de publication"), facts.day),
        ("Licence", labelled.get("Licence"), licence),
        ("Adresse", labelled.get("Adresse"), facts.said("homepage")),
    ]
    statements += [
        (f"Lignes de « {sheet} »", counted.get(sheet), part.rows)
        for name, resource in facts.descriptor.resources.items()
        for sheet, part in zip(sheets[name], parts_in(resource.rows, resource.parts), strict=True)
    ]
    _tell(path, statements, log)


def check_pointer(folder: Path, facts: Facts, log: Log) -> None:
    """The list of releases, when the folder stands in its tree, under its name; elsewhere there is nothing to check."""
    pointer = folder.parent.parent / POINTER
    if folder.parent.name != RELEASES or not pointer.is_file():
        return
    shown, version = f"../../{POINTER}", facts.said("version")
    _tell(DESCRIPTOR, [("version", version, folder.name)], log)
    try:
        releases = dig(read_json(pointer.read_bytes()), "releases")
        listed = [one for one in releases if dig(one, "version") == folder.name]
    except (ValueError, TypeError) as error:
        log.add("versions-illisible", shown, found=error)
        return
    if not listed:
        log.add("versions-absente", shown, expected=folder.name)
    for one in listed:
        expected = {
            "date": facts.day,
            "path": f"{RELEASES}/{folder.name}",
            "contenu_sha256": facts.said("contenu_sha256"),
        }
        for name, value in expected.items():
            if one.get(name) != value:
                log.add("versions-differente", shown, row=folder.name, column=name, found=one.get(name), expected=value)


def dig(value: Any, *path: str | int) -> Any:  # noqa: ANN401 (JSON)
    """What stands at a path of a JSON value; nothing when the path leads nowhere."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _tell(file: str, statements: Iterable[Statement], log: Log) -> None:
    wrong = [each for each in statements if each[2] is not None and each[1] != each[2]]
    for rank, (where, found, expected) in enumerate(wrong[:MOST_ALIKE], start=1):
        others = len(wrong) - MOST_ALIKE if rank == MOST_ALIKE else 0
        shown = "rien" if found is None else found
        log.add("metadonnees-differentes", file, column=where, found=shown, expected=expected, others=others)


# --- File by file --------------------------------------------------------------------------------------------------


def _own(facts: Facts) -> Iterator[Statement]:
    """What the descriptor says twice."""
    yield "version", str(facts.said("version")).partition(".")[0], facts.day
    for name, resource in facts.descriptor.resources.items():
        for format_, path in resource.files.items():
            yield f"{name}.path", path, f"{format_}/{name}.{format_}"
        yield from _parts(resource, facts)


def _parts(resource: Resource, facts: Facts) -> Iterator[Statement]:
    """The workbooks of a table that has several, and the rows that each is said to have."""
    said = [
        other
        for one in _objects(facts.said("resources"))
        if dig(one, "name") == resource.name
        for other in _objects(dig(one, "autres_formats"))
        if dig(other, "path") in resource.workbooks
    ]
    for part, other in zip(parts_in(resource.rows, resource.parts), said, strict=False):
        if part.of > 1:
            expected = {"path": workbook_path(resource.name, part.rank), **part.bounds}
            for key, value in expected.items():
                yield f"{resource.name}.autres_formats : {key}", dig(other, key), value


def _nothing(content: bytes, _facts: Facts) -> Iterator[Statement]:
    content.decode("utf-8")
    return iter(())


def _quality(content: bytes, facts: Facts) -> Iterator[Statement]:
    said = read_json(content)
    yield "version", dig(said, "version"), facts.said("version")
    yield "date", dig(said, "date"), facts.day
    yield "version_du_modele", dig(said, "version_du_modele"), facts.said("version_du_modele")
    yield "completude", _names(dig(said, "completude")), facts.tables
    for name, resource in facts.descriptor.resources.items():
        told = dig(said, "completude", name)
        yield f"completude.{name}.lignes", dig(told, "lignes"), resource.rows
        for column, count in facts.filled.get(name, {}).items():
            share = {"nombre": count, "sur": resource.rows, "part": _part(count, resource.rows)}
            for figure, value in share.items():
                where = f"completude.{name}.colonnes.{column}.{figure}"
                yield where, dig(told, "colonnes", column, figure), value


def _part(count: int, of: int) -> float | None:
    return round(count / of, 4) if of else None


def _croissant(content: bytes, facts: Facts) -> Iterator[Statement]:
    said = read_json(content)
    model = facts.said("version_du_modele")
    yield "version", dig(said, "version"), None if model is None else f"{model}+{facts.said('version')}"
    yield "datePublished", dig(said, "datePublished"), facts.day
    yield "name", dig(said, "name"), {"fr": facts.said("title"), "en": facts.said("titre_en")}
    yield "license", dig(said, "license"), facts.said("licenses", 0, "path")
    files = {dig(file, "@id"): file for file in _objects(dig(said, "distribution"))}
    yield "distribution", _names(files), facts.downloads
    for path in facts.downloads:
        if facts.sound(path):
            yield f"{path} : contentSize", dig(files, path, "contentSize"), f"{facts.shelf.size(path)} B"
            yield f"{path} : sha256", dig(files, path, "sha256"), facts.shelf.digest(path)
    records = {dig(record, "@id"): record for record in _objects(dig(said, "recordSet"))}
    yield "recordSet", _names(records), facts.tables
    for name, resource in facts.descriptor.resources.items():
        columns = [dig(field, "name") for field in _objects(dig(records, name, "field"))]
        yield f"recordSet {name}", columns, resource.columns


def _catalogue(content: bytes, facts: Facts) -> Iterator[Statement]:
    said = read_json(content)
    nodes = list(_objects(dig(said, "@graph")))
    dataset = next((node for node in nodes if dig(node, "@type") == "dcat:Dataset"), {})
    licence = facts.said("licenses", 0, "path")
    yield "dcat:version", dig(dataset, "dcat:version"), facts.said("version")
    yield "dct:modified", dig(dataset, "dct:modified"), facts.day
    yield "dct:title", dig(dataset, "dct:title"), {"fr": facts.said("title"), "en": facts.said("titre_en")}
    yield "dct:license", dig(dataset, "dct:license"), licence
    files = {dig(node, "dct:identifier"): node for node in nodes if dig(node, "@type") == "dcat:Distribution"}
    yield "dcat:distribution", _names(files), facts.downloads
    for path in facts.downloads:
        if facts.sound(path):
            yield f"{path} : dcat:byteSize", dig(files, path, "dcat:byteSize"), str(facts.shelf.size(path))
            yield f"{path} : dct:license", dig(files, path, "dct:license"), licence


def _diff(content: bytes, facts: Facts) -> Iterator[Statement]:
    said = read_json(content)
    yield "nouvelle.version", dig(said, "nouvelle", "version"), facts.said("version")
    yield "nouvelle.version_du_modele", dig(said, "nouvelle", "version_du_modele"), facts.said("version_du_modele")
    yield "nouvelle.tables", dig(said, "nouvelle", "tables"), len(facts.tables)
    rows = sum(resource.rows for resource in facts.descriptor.resources.values())
    yield "nouvelle.lignes", dig(said, "nouvelle", "lignes"), rows


_COUNTED = re.compile(r"^\|.*\(`([a-z0-9_]+)`\) \| ([0-9]+) \|$", re.MULTILINE)
_SECTION = re.compile(r"^## ([a-z0-9_]+)$", re.MULTILINE)


def _journal(content: bytes, facts: Facts) -> Iterator[Statement]:
    text = content.decode("utf-8")
    version = str(facts.said("version"))
    heading = text.partition("\n")[0]
    yield "titre", heading if version not in heading.split() else version, version
    for name, rows in _COUNTED.findall(text):
        resource = facts.descriptor.resources.get(name)
        yield f"lignes de {name}", int(rows), None if resource is None else resource.rows


def _dictionary(content: bytes, facts: Facts) -> Iterator[Statement]:
    yield "tables", sorted(_SECTION.findall(content.decode("utf-8"))), facts.tables


_DOCUMENTS: dict[str, Callable[[bytes, Facts], Iterator[Statement]]] = {
    QUALITY: _quality,
    CROISSANT: _croissant,
    JSONLD_CATALOGUE: _catalogue,
    DIFF: _diff,
    JOURNAL: _journal,
    DICTIONARY: _dictionary,
}


def _objects(value: object) -> Iterator[object]:
    return iter(value if isinstance(value, list) else ())


def _names(value: object) -> list[str]:
    return sorted(map(str, value)) if isinstance(value, dict) else []


# --- The catalogue, written twice ----------------------------------------------------------------------------------


def _same_graph(jsonld: bytes, turtle: bytes, log: Log) -> None:
    """Whether both forms of the catalogue make the same statements; nothing is fetched to read them."""
    if _reaches_out(read_json(jsonld)):
        log.add("metadonnees-illisibles", JSONLD_CATALOGUE, found="un contexte à chercher ailleurs")
        return
    graphs = []
    for name, content, form in ((JSONLD_CATALOGUE, jsonld, "json-ld"), (TURTLE_CATALOGUE, turtle, "turtle")):
        try:
            graphs.append(_graph(content, form))
        except Exception as error:  # the parsers raise anything on a damaged file
            log.add("metadonnees-illisibles", name, found=str(error).partition("\n")[0])
            return
    from rdflib.compare import graph_diff, isomorphic

    if not isomorphic(*graphs):
        _both, missing, added = graph_diff(*graphs)
        found, expected = _some(added), _some(missing)
        log.add("metadonnees-differentes", TURTLE_CATALOGUE, column=JSONLD_CATALOGUE, found=found, expected=expected)


def _graph(content: bytes, form: str) -> Graph:
    from rdflib import Graph

    graph, logger = Graph(bind_namespaces="none"), logging.getLogger("rdflib")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it warns, with a traceback, of a value that is not of its type
    try:
        graph.parse(data=content, format=form)
    finally:
        logger.setLevel(level)
    return graph


def _some(graph: Iterable[tuple[object, ...]]) -> str:
    """The first statement of a graph, in an order that depends on it alone."""
    return min((" ".join(map(str, triple)) for triple in graph), default="rien de plus")


def _reaches_out(value: object) -> bool:
    """Whether reading this JSON-LD would fetch something."""
    if isinstance(value, dict):
        contexts = [each for name in ("@context", "@import") if name in value for each in _as_list(value[name])]
        return any(isinstance(each, str) for each in contexts) or any(map(_reaches_out, value.values()))
    return any(map(_reaches_out, value)) if isinstance(value, list) else False


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
