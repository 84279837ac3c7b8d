"""``datapackage.json`` read without trust: what it must say for the rest to be checked, and the files that it measures.

Belongs here: the form of the descriptor, the sizes, hashes and schemas of its files. Does not belong here: the cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.publish.folder import Json
from pipelines.publish.formats import XLSX
from pipelines.publish.verify.files import Shelf, Sums, is_stray
from pipelines.publish.verify.findings import MOST_ALIKE, Log
from pipelines.publish.versions import DESCRIPTOR

KEYS = ("foreignKeys", "cles_etrangeres_partielles")
"""What the schema of a resource says and that of a file does not, since it stands alone."""
FOLDERS = ("csv", "parquet", "xlsx", "schemas")
"""Where every file is that of a table."""
_HEADING = {
    "version": "version_du_modele",
    "homepage": "homepage",
    "licenses": "licenses",
    "contributors": "contributors",
    "keywords": "keywords",
}
"""What the file of a schema says of the dataset, and under which name the descriptor says it."""
_ALONE = ("$schema", "countryCode", "path", "resources")
"""What only the file of a schema says: what it conforms to, where it stands."""
_PREFIX = "sha256:"
_MISSING = object()


@dataclass(frozen=True)
class ForeignKey:
    """Columns that must be found together in columns of a table; ``partial``: in the rows that fill them all."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]
    partial: bool


@dataclass(frozen=True)
class Resource:
    """A table as the descriptor tells it.

    ``files``: its file in each format, the first one when there are several. ``workbooks``: all of its workbooks.
    """

    name: str
    title: str
    rows: int
    fields: tuple[Json, ...]
    schema: Json
    files: Mapping[str, str]
    workbooks: tuple[str, ...]
    primary_key: tuple[str, ...]
    natural_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def columns(self) -> list[str]:
        """The names of its columns, in order."""
        return [str(field["name"]) for field in self.fields]

    @property
    def paths(self) -> list[str]:
        """Every file of the table."""
        return [*self.files.values(), *self.workbooks[1:]]

    @property
    def parts(self) -> int:
        """Over how many sheets the table is shared out."""
        return max(len(self.workbooks), 1)

    @property
    def key(self) -> str:
        """The column that names a row to a reader."""
        return self.primary_key[0] if self.primary_key else self.columns[0]


@dataclass(frozen=True)
class Measured:
    """A file with the size and hash that the descriptor gives it (None when it gives none)."""

    path: str
    size: int | None
    digest: str | None


@dataclass(frozen=True)
class Descriptor:
    """The descriptor: all of it, and the parts that the checks rely on."""

    content: Json
    resources: Mapping[str, Resource]
    files: tuple[Measured, ...]

    @property
    def claims(self) -> dict[str, str]:
        """The digest that it gives for each file."""
        return {file.path: file.digest for file in self.files if file.digest is not None}


class _FormError(Exception):
    """Something of the descriptor has not the form that it must have."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(where)
        self.where, self.expected = where, expected


def read_descriptor(shelf: Shelf, sums: Sums, log: Log) -> Descriptor | None:
    """The descriptor, without the resources whose description does not hold; nothing when there is none to trust."""
    if DESCRIPTOR not in shelf:
        log.add("descripteur-absent", DESCRIPTOR)
        return None
    raw = shelf.take(DESCRIPTOR)
    if not sums.sound(shelf, DESCRIPTOR):
        log.add("descripteur-abime", DESCRIPTOR)
        return None
    try:
        content = read_json(raw)
    except ValueError as error:
        log.add("descripteur-illisible", DESCRIPTOR, found=error)
        return None
    if not isinstance(content, dict) or not isinstance(content.get("resources"), list):
        log.add("descripteur-illisible", DESCRIPTOR, expected="un objet JSON, avec une liste « resources »")
        return None
    resources: dict[str, Resource] = {}
    for rank, said in enumerate(content["resources"]):
        try:
            resource = _resource(said, f"resources[{rank}]")
            if resource.name in resources:
                raise _FormError(f"resources[{rank}].name", "un nom qui n’est pas déjà pris")
            resources[resource.name] = resource
        except _FormError as problem:
            log.add("descripteur-incomplet", DESCRIPTOR, column=problem.where, expected=problem.expected)
    return Descriptor(content, resources, tuple(_measured(content, log)))


def read_json(raw: bytes) -> Any:  # noqa: ANN401 (JSON)
    """JSON in UTF-8 without repeated keys; raises a ``ValueError`` for anything else."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("trop de niveaux") from error


def check_files(descriptor: Descriptor, shelf: Shelf, sums: Sums, log: Log) -> None:
    """The size and hash of every file that the descriptor describes, and files of tables that it does not know.

    What the sums say of a file is not said twice.
    """
    for file in descriptor.files:
        if file.path not in shelf:
            if file.path not in sums.lines:
                log.add("fichier-decrit-absent", file.path)
            continue
        if not sums.sound(shelf, file.path):
            continue
        if file.size is not None and shelf.size(file.path) != file.size:
            log.add("taille-differente", file.path, found=f"{shelf.size(file.path)} octets", expected=file.size)
        if file.digest is not None and shelf.digest(file.path) != file.digest:
            log.add("empreinte-differente", file.path, found=shelf.digest(file.path), expected=file.digest)
    known = {path for resource in descriptor.resources.values() for path in resource.paths}
    known |= {schema_path(name) for name in descriptor.resources}
    for name in shelf.paths:
        if name.split("/")[0] in FOLDERS and name not in known and not is_stray(name):
            log.add("fichier-non-decrit", name)


def check_schema(resource: Resource, descriptor: Descriptor, shelf: Shelf, sums: Sums, log: Log) -> None:
    """The schema that stands alone, against the descriptor's, and its heading against what heads the descriptor."""
    path = schema_path(resource.name)
    if path not in shelf:
        if path not in sums.lines:
            log.add("fichier-decrit-absent", path)
        return
    content = shelf.take(path)
    if not sums.sound(shelf, path):
        return
    try:
        found = read_json(content)
    except ValueError as error:
        log.add("schema-illisible", path, found=error)
        return
    expected = {name: value for name, value in resource.schema.items() if name not in KEYS}
    if isinstance(found, dict):
        heading = {name: descriptor.content.get(said) for name, said in _HEADING.items() if name in found}
        found = {name: value for name, value in found.items() if name not in _ALONE}
        expected |= heading
    differences = list(_differences(found, expected, ""))
    for rank, (where, one, other) in enumerate(differences[:MOST_ALIKE], start=1):
        others = len(differences) - MOST_ALIKE if rank == MOST_ALIKE else 0
        log.add("schema-different", path, column=where or "(tout)", found=one, expected=other, others=others)


def schema_path(table: str) -> str:
    """The file of a table's schema."""
    return f"schemas/{table}.json"


def _once(pairs: list[tuple[str, object]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("une clé est répétée")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} n’est pas du JSON")


def _differences(found: object, expected: object, where: str) -> Iterator[tuple[str, str, str]]:
    """Where two JSON values differ, at the deepest place that tells it."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in [*expected, *(name for name in found if name not in expected)]:
            deeper = f"{where}.{name}" if where else name
            yield from _differences(found.get(name, _MISSING), expected.get(name, _MISSING), deeper)
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for rank, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(one, other, f"{where}[{rank}]")
    elif type(found) is not type(expected) or found != expected:
        yield where, _shown(found), _shown(expected)


def _shown(value: object) -> str:
    return "rien" if value is _MISSING else json.dumps(value, ensure_ascii=False)


# --- The form of the descriptor ------------------------------------------------------------------------------------


def _resource(said: object, where: str) -> Resource:
    resource = _object(said, where)
    name = _text(resource, "name", where)
    if not name.isascii() or not name.replace("_", "").isalnum():
        raise _FormError(f"{where}.name", "des lettres sans accent, des chiffres et « _ »")
    schema = _object(resource.get("schema"), f"{where}.schema")
    fields = tuple(_fields(schema, f"{where}.schema"))
    columns = [field["name"] for field in fields]
    primary = _names(schema.get("primaryKey", []), columns, f"{where}.schema.primaryKey")
    rows = resource.get("rows")
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        raise _FormError(f"{where}.rows", "un nombre de lignes")
    others = _list(resource.get("autres_formats", []), f"{where}.autres_formats")
    files, workbooks = {"csv": _text(resource, "path", where)}, []
    for rank, said_of in enumerate(others):
        place = f"{where}.autres_formats[{rank}]"
        other = _object(said_of, place)
        format_, path = _text(other, "format", place), _text(other, "path", place)
        if format_ == XLSX:
            workbooks.append(path)
        files.setdefault(format_, path)
    return Resource(
        name=name,
        title=str(resource.get("title", "")),
        rows=rows,
        fields=fields,
        schema=schema,
        files=files,
        workbooks=tuple(workbooks),
        primary_key=primary,
        natural_key=_names(schema.get("cle_naturelle", []), columns, f"{where}.schema.cle_naturelle"),
        foreign_keys=tuple(
            _foreign_key(key, name, f"{where}.schema.{kind}[{rank}]", columns, partial=kind != KEYS[0])
            for kind in KEYS
            for rank, key in enumerate(_list(schema.get(kind, []), f"{where}.schema.{kind}"))
        ),
    )


def _fields(schema: Json, where: str) -> Iterator[Json]:
    seen: set[str] = set()
    fields = _list(schema.get("fields"), f"{where}.fields")
    if not fields:
        raise _FormError(f"{where}.fields", "au moins une colonne")
    for rank, said in enumerate(fields):
        place = f"{where}.fields[{rank}]"
        field = _object(said, place)
        name = _text(field, "name", place)
        if name in seen:
            raise _FormError(f"{place}.name", "un nom qui n’est pas déjà pris")
        seen.add(name)
        _text(field, "type", place)
        _object(field.get("constraints", {}), f"{place}.constraints")
        yield field


def _foreign_key(said: object, own: str, where: str, columns: list[str], *, partial: bool) -> ForeignKey:
    key = _object(said, where)
    reference = _object(key.get("reference"), f"{where}.reference")
    table = reference.get("resource")
    if not isinstance(table, str):
        raise _FormError(f"{where}.reference.resource", "le nom d’une table, ou un texte vide pour la même")
    names = _names(key.get("fields"), columns, f"{where}.fields")
    target = _names(reference.get("fields"), None, f"{where}.reference.fields")
    if not names or len(names) != len(target):
        raise _FormError(f"{where}.fields", "autant de colonnes qu’il y en a de visées")
    return ForeignKey(names, table or own, target, partial)


def _names(said: object, columns: list[str] | None, where: str) -> tuple[str, ...]:
    names = [said] if isinstance(said, str) else said
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _FormError(where, "un nom de colonne, ou une liste")
    if columns is not None and not set(names) <= set(columns):
        raise _FormError(where, "des colonnes de la table")
    return tuple(names)


def _object(said: object, where: str) -> Json:
    if not isinstance(said, dict):
        raise _FormError(where, "un objet")
    return said


def _list(said: object, where: str) -> list[object]:
    if not isinstance(said, list):
        raise _FormError(where, "une liste")
    return said


def _text(said: Json, name: str, where: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise _FormError(f"{where}.{name}", "un texte")
    return value


def _measured(content: Json, log: Log) -> Iterator[Measured]:
    """Every description of a file: of a table in each format, and of the others."""
    resources = [said for said in content["resources"] if isinstance(said, dict)]
    groups = [*(said.get("autres_formats") for said in resources), content.get("autres_fichiers")]
    others = [said for group in groups if isinstance(group, list) for said in group if isinstance(said, dict)]
    for said in [*resources, *others]:
        path, size, digest = said.get("path"), said.get("bytes"), said.get("hash")
        if not isinstance(path, str):
            log.add("descripteur-incomplet", DESCRIPTOR, column="path", expected="le chemin d’un fichier")
            continue
        if not isinstance(size, int) or not isinstance(digest, str) or not digest.startswith(_PREFIX):
            log.add("descripteur-incomplet", DESCRIPTOR, row=path, expected="« bytes » et « hash » (sha256:…)")
        yield Measured(
            path,
            size if isinstance(size, int) else None,
            digest.removeprefix(_PREFIX) if isinstance(digest, str) else None,
        )
