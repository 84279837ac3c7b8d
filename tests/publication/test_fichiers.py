"""The published files, opened by the programs of reusers: frictionless, DuckDB, pandas, openpyxl."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pandas as pd
import pytest

from schemas.declaration import Kind
from schemas.registry import tables as declared
from tests.publication.conftest import SOURCES

TABLES = list(declared())
FAMILY_NAMES = re.compile(
    r"\b(?:Fabius|Pinel|Ayrault|Le Drian|Lemoyne|Gaillard|Crozier|Bérard|Bertin|Chambefort|Fontaliran|Casteras)\b"
)


def test_frictionless_accepts_the_package(release: Path) -> None:
    package = frictionless.Package(release / "datapackage.json")
    report = package.validate()
    assert report.valid, report.flatten(["title", "message"])[:5]
    assert len(package.resources) == len(TABLES)
    described = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    assert all(resource["hash"].startswith("sha256:") for resource in described["resources"])
    assert any(resource["schema"].get("foreignKeys") for resource in described["resources"])


@pytest.mark.parametrize("name", TABLES)
def test_csv_and_parquet_hold_the_same(name: str, release: Path) -> None:
    table = declared()[name]
    parquet = pd.read_parquet(release / "parquet" / f"{name}.parquet", dtype_backend="pyarrow")
    text = pd.read_csv(release / "csv" / f"{name}.csv", dtype="str", keep_default_na=False, na_values=[""])
    assert list(parquet.columns) == list(text.columns) == [column.name for column in table.published]
    assert len(parquet) == len(text)
    for column in table.published:
        typed, typed_text = parquet[column.name], text[column.name]
        assert (typed.isna().to_numpy() == typed_text.isna().to_numpy()).all(), column.name
        if column.kind in (Kind.DECIMAL, Kind.EUROS, Kind.PERCENT, Kind.INTEGER):
            assert (
                typed.dropna().astype("float64").to_numpy() == typed_text.dropna().astype("float64").to_numpy()
            ).all()
        elif column.kind is Kind.BOOLEAN:
            assert typed.dropna().map({True: "true", False: "false"}).tolist() == typed_text.dropna().tolist()
        else:
            assert typed.dropna().astype("str").tolist() == typed_text.dropna().tolist(), column.name


@pytest.mark.parametrize("name", TABLES)
def test_the_identifiers_given_as_examples_exist(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """A reuser who looks for the example of the dictionary finds a row."""
    table = declared()[name]
    holders = {column.name: column.references for column in table.published if column.references}
    holders |= {table.key: name} if len(tables[name]) else {}
    examples = {column.name: column.example for column in table.published}
    if {"table_code", "ligne_id"} <= set(examples) and name != "identifiants_retires":
        holders["ligne_id"] = examples["table_code"]
    for column, holder in holders.items():
        assert examples[column] in set(tables[holder][declared()[holder].key]), column


@pytest.mark.parametrize("name", TABLES)
def test_duckdb_reads_csv_and_parquet_to_equal_frames(name: str, release: Path) -> None:
    columns = declared()[name].published
    types = {column.name: "VARCHAR" for column in columns}
    query = f"SELECT * FROM read_csv('{release}/csv/{name}.csv', header=true, columns={types})"
    connection = duckdb.connect()
    casts = ", ".join(f"CAST({column.name} AS {_duckdb_type(column.kind)}) AS {column.name}" for column in columns)
    left = f"SELECT {casts} FROM ({query})"
    right = f"SELECT * FROM read_parquet('{release}/parquet/{name}.parquet')"
    assert connection.execute(f"SELECT count(*) FROM ({left} EXCEPT ALL {right})").fetchone() == (0,)
    assert connection.execute(f"SELECT count(*) FROM ({right} EXCEPT ALL {left})").fetchone() == (0,)


def _duckdb_type(kind: Kind) -> str:
    return {
        Kind.DATE: "DATE",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.DECIMAL: "DECIMAL(20,4)",
        Kind.EUROS: "DECIMAL(18,2)",
        Kind.PERCENT: "DECIMAL(9,2)",
    }.get(kind, "VARCHAR")


def test_the_workbook_of_everything_has_every_table(release: Path) -> None:
    book = openpyxl.load_workbook(release / "contrats-de-destination.xlsx", read_only=True)
    names = book.sheetnames
    assert set(TABLES) <= set(names)
    assert {"Dictionnaire", "Lisez-moi"} <= set(names)


def test_sums_match_the_files(release: Path) -> None:
    lines = (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest, name


def test_no_person_is_named(tables: dict[str, pd.DataFrame]) -> None:
    """Organisations only; an address is kept as it is."""
    found = []
    for name, frame in tables.items():
        for column in declared()[name].published:
            if column.kind is not Kind.TEXT:
                continue
            values = frame[column.name].dropna()
            hits = values[values.str.contains(FAMILY_NAMES)]
            found += [(name, column.name, value) for value in hits]
    assert found == []


def test_no_mail_and_no_phone(tables: dict[str, pd.DataFrame]) -> None:
    pattern = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\b0[1-9](?:[ .]\d\d){4}\b")
    for name, frame in tables.items():
        for column in declared()[name].published:
            if column.kind is Kind.TEXT:
                values = frame[column.name].dropna()
                assert not values.str.contains(pattern).any(), (name, column.name)


def test_no_error_and_every_identifier_is_registered(outcome: object) -> None:
    issues = outcome.issues  # type: ignore[attr-defined]
    assert set(issues["severity"]) <= {"info"}
    assert set(issues["code"]) <= {"code-sans-usage"}, "identifiant-nouveau: run contrats-destination register"


def test_the_release_keeps_the_sheets_it_was_made_from(release: Path) -> None:
    kept = {
        path.relative_to(release / "sources").as_posix() for path in (release / "sources").rglob("*") if path.is_file()
    }
    there = {path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*") if path.is_file()}
    assert kept == there
    assert len([name for name in there if name.startswith("contrats/")]) == 42
    assert len([name for name in there if name.startswith("contrats/") and name.endswith(".ods")]) >= 2
