"""Ways to spoil a release folder: each returns what does it, so that a case can name it on one line."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.parquet_files import write_parquet
from tests.publish.publish_dataset import DECLARED
from tests.publish.verify_folder import (
    DESCRIPTOR,
    SUMS,
    Json,
    published_again,
    read_json,
    sealed_again,
    sums_again,
    write_json,
)

CSV, PARQUET, XLSX = "csv/organismes.csv", "parquet/organismes.parquet", "xlsx/organismes.xlsx"
SCHEMA = "schemas/organismes.json"
Spoil = Callable[[Path], object]


# --- Files and sums, left unsealed ---------------------------------------------------------------------------------


def edit(path: Path, old: str, new: str) -> None:
    """Replaces the one place of a text where something stands."""
    before = path.read_bytes().decode("utf-8")
    assert before.count(old) == 1, before.count(old)
    path.write_bytes(before.replace(old, new).encode("utf-8"))


def removed(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def put(name: str, content: str = "a") -> Spoil:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def added(line: bytes) -> Spoil:
    """Bytes at the end of the sums."""
    return lambda folder: (folder / SUMS).write_bytes((folder / SUMS).read_bytes() + line)


def edited(name: str, old: str, new: str) -> Spoil:
    return lambda folder: edit(folder / name, old, new)


def summed(name: str, digest: Callable[[str], str]) -> Spoil:
    """Another digest for a file in the sums."""

    def spoil(folder: Path) -> None:
        content = (folder / SUMS).read_text(encoding="utf-8")
        line = re.compile(rf"^([0-9a-f]{{64}})(?=  {re.escape(name)}$)", re.MULTILINE)
        (folder / SUMS).write_text(line.sub(lambda found: digest(found[1]), content), encoding="utf-8")

    return spoil


def cut(name: str) -> Spoil:
    """A file without its last byte."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-1])


def linked(name: str, target: str) -> Spoil:
    """A link in the place of a file, to a copy of it elsewhere."""

    def spoil(folder: Path) -> None:
        (folder / target).write_bytes((folder / name).read_bytes())
        (folder / name).unlink()
        (folder / name).symlink_to((folder / target).resolve())

    return spoil


# --- What is said, sealed: only what it says gives it away ---------------------------------------------------------


def sealed(spoil: Spoil, kept: str = "") -> Spoil:
    """What is spoiled, with sizes, hashes and sums made true again."""

    def both(folder: Path) -> None:
        spoil(folder)
        sealed_again(folder, kept=kept)

    return both


def resummed(spoil: Spoil) -> Spoil:
    """What is spoiled, with the sums alone made true again."""

    def both(folder: Path) -> None:
        spoil(folder)
        sums_again(folder)

    return both


def written(name: str, content: bytes) -> Spoil:
    return sealed(lambda folder: (folder / name).write_bytes(content))


def changed(change: Callable[[Json], object], name: str) -> Spoil:
    """Something else said in a file of JSON."""

    def spoil(folder: Path) -> None:
        document = read_json(folder / name)
        change(document)
        write_json(folder / name, document)

    return spoil


def said(change: Callable[[Json], object]) -> Spoil:
    """Something else said in the descriptor."""
    return resummed(changed(change, DESCRIPTOR))


def described(change: Callable[[Json], object], name: str) -> Spoil:
    """Something else said in a file that describes the release."""
    return sealed(changed(change, name), kept=name)


def agreed(change: Callable[[Json], object]) -> Spoil:
    """Something else said in both schemas of a table."""

    def spoil(folder: Path) -> None:
        for name in (SCHEMA, DESCRIPTOR):
            changed(change, name)(folder)

    return sealed(spoil)


def resource(document: Json, name: str = "organismes") -> Json:
    found: Json = next(one for one in document["resources"] if one["name"] == name)
    return found


def schema(document: Json) -> Json:
    """The schema of the table, in the descriptor or alone."""
    found: Json = document if "fields" in document else resource(document)["schema"]
    return found


def column(document: Json, name: str) -> Json:
    found: Json = next(one for one in schema(document)["fields"] if one["name"] == name)
    return found


def constrained(name: str, **constraints: object) -> Spoil:
    """Constraints on a column, in both schemas."""
    return agreed(lambda document: column(document, name).setdefault("constraints", {}).update(constraints))


def keyed(**keys: object) -> Spoil:
    """Keys of a table."""
    return said(lambda document: resource(document)["schema"].update(keys))


def cells(changes: Mapping[str, Mapping[int, object]], table: str = "organismes") -> Spoil:
    """Other cells in a table (column → row → value), in every format."""

    def spoil(folder: Path) -> None:
        tables = {name: pq.read_table(folder / "parquet" / f"{name}.parquet") for name in DECLARED}
        for name, values in changes.items():
            rows = tables[table][name].to_pylist()
            for row, value in values.items():
                rows[row] = value
            kept = tables[table].schema.field(name)
            place = tables[table].schema.get_field_index(name)
            tables[table] = tables[table].set_column(place, kept, pa.array(rows, kept.type))
        published_again(folder, tables)

    return spoil


def then(*spoils: Spoil) -> Spoil:
    def spoil(folder: Path) -> None:
        for one in spoils:
            one(folder)

    return spoil


def parquet(change: Callable[[pa.Table], pa.Table]) -> Spoil:
    """Another table in the Parquet file."""
    return sealed(lambda folder: write_parquet(change(pq.read_table(folder / PARQUET)), folder / PARQUET))


def retyped(table: pa.Table, name: str, type_: pa.DataType) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name).with_type(type_), table[name].cast(type_))


def latin(table: pa.Table) -> pa.Table:
    """A name that is not UTF-8."""
    place = table.schema.get_field_index("nom")
    names = [b"\xe9t\xe9" if row == 1 else name.encode() for row, name in enumerate(table["nom"].to_pylist())]
    texts = pa.array(names, pa.binary())
    texts = pa.StringArray.from_buffers(len(texts), *texts.buffers()[1:])
    return table.set_column(place, table.schema.field("nom"), texts)


def workbook(change: Callable[[Workbook], object], name: str = XLSX) -> Spoil:
    """Something else in a workbook."""

    def spoil(folder: Path) -> None:
        book = load_workbook(folder / name)
        change(book)
        book.save(folder / name)

    return sealed(spoil)


def cell(sheet: str, address: str, value: object) -> Callable[[Workbook], object]:
    return lambda book: setattr(book[sheet][address], "value", value)


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * (1 << 24))
    return content.getvalue()


def archived(change: Callable[[dict[str, bytes]], object], package: str = ARCHIVE) -> Spoil:
    """Other members in the archive, or in the package of a workbook."""

    def spoil(folder: Path) -> None:
        with zipfile.ZipFile(folder / package) as before:
            members = {name: before.read(name) for name in before.namelist()}
        change(members)
        with zipfile.ZipFile(folder / package, "w") as after:
            for name, content in members.items():
                after.writestr(name, content)

    return sealed(spoil, kept=ARCHIVE)


def part(member: str, old: bytes, new: bytes) -> Spoil:
    """Something else in a part of the workbook of everything, whose sheets stay as they are."""

    def change(members: dict[str, bytes]) -> None:
        assert old in members[member]
        members[member] = members[member].replace(old, new)

    return archived(change, WORKBOOK)
