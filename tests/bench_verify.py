"""``make bench``, third part: what verifying a release of a million rows costs against its floor.

The floor: three passes of ``sha256sum`` over its CSV and Parquet files, and one of each format's reader with the
declared types. Workbooks are apart: they hold no million rows that a person opens.

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from rich.console import Console

from pipelines.publish.csv_files import write_csv
from pipelines.publish.datapackage import measures
from pipelines.publish.parquet_files import write_parquet
from pipelines.publish.staging import Staging, seal
from pipelines.publish.table_schema import table_schema
from pipelines.publish.tables_arrow import arrow_schema, foreign_keys
from pipelines.publish.verify.release import verify
from pipelines.publish.versions import DESCRIPTOR
from schemas.declaration import Column, Family, Kind, Table
from schemas.registry import tables
from tests.bench import REPEATS, show, timed
from tests.publish.publish_dataset import key, table

ROWS = 1_000_000
PASSES = 3
VERSION = "2026-01-01"
WORDS = ("campagne", "salon", "étude", "portail", "carnet", "guide", "presse", "marque", "observatoire", "réseau")
ACTIONS = tables()["actions"]
CONTRATS = table("contrats", 10, Family.FACT, [key("contrat_id")])
OUTILS = table("outils", 20, Family.FACT, [key("outil_id")])
DECLARED = {each.name: each for each in (CONTRATS, OUTILS, ACTIONS)}
SIZES = {"contrats": 42, "outils": 500}
CODES = {
    str(column.vocabulary): [f"{column.vocabulary}_{rank}" for rank in range(5)]
    for column in ACTIONS.published
    if column.kind is Kind.CODE
}
KEPT = {"groupe_code": 0.2, "numero": 0.5, "montant_eur": 0.4, "outil_id": 0.1, "remarque": 0.2}
"""How much of a column is filled, as in the real table; more where it is not said, and all where it is required."""


class Maker:
    """Cells as people type them, the same on every run."""

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)
        self.numbers = pa.array(np.arange(ROWS)).cast(pa.string())

    def drawn(self, values: list[str]) -> pa.Array:
        return pa.array(values).take(pa.array(self.random.integers(0, len(values), ROWS)))

    def joined(self, *parts: pa.Array, between: str) -> pa.Array:
        return pc.binary_join_element_wise(*parts, between)

    def column(self, column: Column, contrats: pa.Array) -> pa.Array:
        words = list(WORDS)
        if column.name == "action_id":
            made = self.joined(contrats, self.drawn(["campagne", "salon", "etude"]), self.numbers, between="-")
        elif column.name == "contrat_id":
            made = contrats
        elif column.name == "outil_id":
            made = self.drawn([f"outil-{rank}" for rank in range(SIZES["outils"])])
        elif column.kind is Kind.CODE:
            made = self.drawn(CODES[str(column.vocabulary)])
        elif column.kind is Kind.DATE:
            made = pa.array(self.random.integers(15_000, 18_000, ROWS).astype("int32")).cast(pa.date32())
        elif column.kind is Kind.EUROS:
            made = (
                pa.array(self.random.integers(1_000, 999_999, ROWS))
                .cast(pa.decimal128(19, 0))
                .cast(pa.decimal128(18, 2))
            )
        elif column.name == "numero":
            made = self.drawn([str(rank) for rank in range(1, 30)])
        else:
            made = self.joined(self.drawn(words), self.drawn(words), self.numbers, self.drawn(words), between=", « ")
        if column.required or column.name in {"contrat_id", "intitule"}:
            return made
        kept = pa.array(self.random.random(ROWS) < KEPT.get(column.name, 0.6))
        return pc.if_else(kept, made, pa.scalar(None, made.type))


def made_tables() -> dict[str, pa.Table]:
    """A million actions, and the tables that they refer to."""
    maker = Maker()
    contrats = maker.drawn([f"contrat-{rank}" for rank in range(SIZES["contrats"])])
    columns = [maker.column(column, contrats) for column in ACTIONS.published]
    made = {"actions": pa.table(columns, schema=arrow_schema(ACTIONS, DECLARED))}
    for name, size in SIZES.items():
        keys = pa.array([f"{name[:-1]}-{rank}" for rank in range(size)])
        made[name] = pa.table([keys], schema=arrow_schema(DECLARED[name], DECLARED))
    return made


def write_folder(folder: Path, made: Mapping[str, pa.Table]) -> None:
    """A release without workbooks, with the writers of releases."""
    for name in ("csv", "parquet", "schemas"):
        (folder / name).mkdir()
    for name, declared in DECLARED.items():
        write_csv(made[name], declared, folder / "csv" / f"{name}.csv")
        write_parquet(made[name], folder / "parquet" / f"{name}.parquet")
        (folder / "schemas" / f"{name}.json").write_text(json.dumps(table_schema(declared, CODES)), encoding="utf-8")
    resources = [_resource(folder, declared, made[name].num_rows) for name, declared in DECLARED.items()]
    descriptor = {"version": VERSION, "created": f"{VERSION}T00:00:00Z", "resources": resources}
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor), encoding="utf-8")
    seal(cast("Staging", SimpleNamespace(directory=folder)), {})


def _resource(folder: Path, declared: Table, rows: int) -> dict[str, object]:
    path, other = f"csv/{declared.name}.csv", f"parquet/{declared.name}.parquet"
    return {
        "name": declared.name,
        "path": path,
        **measures(folder / path),
        "rows": rows,
        "schema": table_schema(declared, CODES) | {"foreignKeys": foreign_keys(declared, DECLARED)},
        "autres_formats": [{"path": other, "format": "parquet", **measures(folder / other)}],
    }


def files(folder: Path) -> list[Path]:
    """The CSV and Parquet files."""
    return [*sorted((folder / "csv").iterdir()), *sorted((folder / "parquet").iterdir())]


def hash_all(folder: Path) -> None:
    """Three passes of ``sha256sum``."""
    for _ in range(PASSES):
        subprocess.run(["sha256sum", *files(folder)], check=True, stdout=subprocess.DEVNULL)


def read_csv(folder: Path) -> None:
    """Arrow reads every CSV file, each column as its declared type; nothing is done with the rows."""
    for name, declared in DECLARED.items():
        types = arrow_schema(declared, DECLARED).remove_metadata()
        pacsv.read_csv(
            folder / "csv" / f"{name}.csv",
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True),
        )


def read_parquet(folder: Path) -> None:
    """Arrow reads every Parquet file."""
    for name in DECLARED:
        pq.read_table(folder / "parquet" / f"{name}.parquet")


def verify_it(folder: Path) -> None:
    """Verifies the folder, which is sound."""
    found = verify(folder)
    if found.findings:
        raise SystemExit(found.text())


def main() -> None:
    """Measures, then prints."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / VERSION
        folder.mkdir()
        write_folder(folder, made_tables())
        size = sum(path.stat().st_size for path in files(folder))
        verify_it(folder)
        floor = {
            f"{PASSES} passes de sha256sum": timed(lambda: hash_all(folder)),
            "lecture des CSV": timed(lambda: read_csv(folder)),
            "lecture des Parquet": timed(lambda: read_parquet(folder)),
        }
        verifying = timed(lambda: verify_it(folder))
    console = Console()
    console.print(f"\nVérification de {ROWS} lignes, {size / 1e6:.0f} Mo ; le meilleur de {REPEATS}, imports à part")
    show(console, "plancher", floor | {"somme": sum(floor.values()), "vérification": verifying})
    console.print(f"rapport : {verifying / sum(floor.values()):.2f} × le plancher")


if __name__ == "__main__":
    main()
