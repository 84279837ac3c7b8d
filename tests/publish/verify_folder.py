"""A whole release of the small dataset, and ways to spoil it so that only what it says gives it away."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from pipelines.curation.issue_kind import Severity
from pipelines.publish.csv_files import write_csv
from pipelines.publish.datapackage import WORKBOOK, Files, datapackage
from pipelines.publish.describing.archive import ARCHIVE, archive_members, write_archive
from pipelines.publish.describing.catalog import turtle
from pipelines.publish.describing.files import write_describing, write_quality
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.parquet_files import write_parquet
from pipelines.publish.release import write_release
from pipelines.publish.staging import Staging, seal
from pipelines.publish.table_schema import published_schema
from pipelines.publish.tables_arrow import all_to_arrow
from pipelines.publish.verify.findings import Finding
from pipelines.publish.xlsx_files import full_workbook, table_workbooks
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames, issues

SUMS, DESCRIPTOR = "SHA256SUMS", "datapackage.json"
Json = dict[str, Any]


def release_folder(outputs: Path) -> Path:
    """A release of the small dataset with every file that describes one, writable, in its tree."""
    sources = outputs.parent / "feuilles"
    (sources / "contrats").mkdir(parents=True)
    (sources / "contrats" / "alpes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    folder = write_release(frames(), issues(), description(), CODES, outputs, DATE, sources, declared=DECLARED).path
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    published_again(folder, all_to_arrow(frames(), DECLARED))
    return folder


def published_again(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """Writes these tables in every format, and all that describes them, as if they had been published so."""
    descriptor = read_json(folder / DESCRIPTOR)
    version, date = str(descriptor["version"]), str(descriptor["created"])[:10]
    release = {"version": version, "date": date, "contenu_sha256": str(descriptor["contenu_sha256"])}
    for name, table in tables.items():
        declared = DECLARED[name]
        write_csv(table, declared, folder / "csv" / f"{name}.csv")
        write_parquet(table, folder / "parquet" / f"{name}.parquet")
        table_workbooks(table, declared, DATE, folder)
        write_json(folder / "schemas" / f"{name}.json", published_schema(declared, CODES, description()))
    full_workbook(tables, DECLARED, description(), version, DATE, folder / WORKBOOK)
    files = Files(folder, tables, DECLARED)
    write_quality(files, issues(), release["version"], release["date"])
    write_describing(files, description(), release)
    (folder / SUMS).unlink()
    write_json(folder / DESCRIPTOR, datapackage(Files(folder, tables, DECLARED), description(), CODES, release))
    sums_again(folder)


def read_json(path: Path) -> Json:
    """A JSON object."""
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_json(path: Path, content: Json) -> None:
    """A JSON object, as releases write it."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def sums_again(folder: Path) -> None:
    """Writes ``SHA256SUMS`` anew, and leaves the folder writable."""
    (folder / SUMS).unlink(missing_ok=True)
    seal(cast("Staging", SimpleNamespace(directory=folder)), {})
    for path in folder.rglob("*"):
        path.chmod(0o755)


def sealed_again(folder: Path, *, kept: str = "") -> None:
    """Makes sizes, hashes and the archive those of the files again, save in the one file that is ``kept`` as it is."""

    def measured(said: Json) -> None:
        path = folder / str(said["path"])
        if path.is_file():
            content = path.read_bytes()
            said |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}

    members = archive_members(DECLARED, DICTIONARY)
    if kept != ARCHIVE and all((folder / member).is_file() for member in members):
        write_archive(folder, members, folder / ARCHIVE)
    for name in ("croissant.json", "catalog.jsonld"):
        if (folder / name).is_file() and name != kept:
            _measured_again(folder, name)
    descriptor = read_json(folder / DESCRIPTOR)
    for resource in descriptor["resources"]:
        for said in (resource, *resource["autres_formats"]):
            measured(said)
    descriptor["autres_fichiers"] = [
        said for said in descriptor["autres_fichiers"] if (folder / said["path"]).is_file()
    ]
    for said in descriptor["autres_fichiers"]:
        measured(said)
    write_json(folder / DESCRIPTOR, descriptor)
    sums_again(folder)


def _measured_again(folder: Path, name: str) -> None:
    document = read_json(folder / name)
    for node in [*document.get("distribution", []), *document.get("@graph", [])]:
        path = folder / str(node.get("dct:identifier", node.get("@id")))
        if not path.is_file():
            continue
        content = path.read_bytes()
        if "sha256" in node:
            node |= {"contentSize": f"{len(content)} B", "sha256": hashlib.sha256(content).hexdigest()}
        if "dcat:byteSize" in node:
            node["dcat:byteSize"] = str(len(content))
    write_json(folder / name, document)
    if name == "catalog.jsonld":
        (folder / "catalog.ttl").write_text(turtle(document), encoding="utf-8")


@dataclass(frozen=True)
class Flip:
    """One byte of one file, and what is added to it modulo 256."""

    file: str
    place: int
    by: int

    def __call__(self, folder: Path) -> Callable[[], None]:
        """Flips the byte; what is returned puts it back."""
        path = folder / self.file
        before = path.read_bytes()
        after = bytearray(before)
        after[self.place] = (after[self.place] + self.by) % 256
        path.write_bytes(after)
        return lambda: cast("None", path.write_bytes(before))


def found_by(findings: Iterable[Finding], flip: Flip, folder: Path) -> bool:
    """Whether findings name the file of a flip, and the line when it is a line of the sums."""
    own = [one for one in findings if one.file == flip.file and one.severity is Severity.ERROR]
    if flip.file != SUMS:
        return bool(own)
    before = (folder / SUMS).read_bytes()[: flip.place]
    return before.count(b"\n") + 1 in {one.line for one in own}


def flips(folder: Path, count: int, seed: int) -> list[Flip]:
    """Bytes drawn over all files, each file at least once, the same for the same seed."""
    drawn = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    sizes = {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()
    }
    names = [*sizes, *drawn.choices(list(sizes), weights=list(sizes.values()), k=count - len(sizes))]
    # One bit as often as any other change: it is what disks and networks do.
    changes = [*(1 << bit for bit in range(8)), *(drawn.randrange(1, 256) for _ in range(8))]
    return [Flip(name, drawn.randrange(sizes[name]), drawn.choice(changes)) for name in names]
