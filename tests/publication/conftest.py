"""The real sheets, published once for all the tests of this folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines import job
from pipelines.publish.description import load_description
from pipelines.publish.release import write_release

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = PROJECT / "sources"
FACTS = PROJECT / "tests" / "donnees" / "faits"


@pytest.fixture(scope="session")
def outcome() -> job.Outcome:
    return job.run(SOURCES)


@pytest.fixture(scope="session")
def tables(outcome: job.Outcome) -> dict[str, pd.DataFrame]:
    return outcome.tables


@pytest.fixture(scope="session")
def release(outcome: job.Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete release of the real sheets."""
    made = write_release(
        outcome.tables,
        outcome.issues,
        load_description(SOURCES / "jeu_de_donnees.toml"),
        job.codes_of(outcome.tables["nomenclatures"]),
        tmp_path_factory.mktemp("sorties"),
        dt.date(2026, 11, 22),
        SOURCES,
    )
    return made.path


@pytest.fixture(scope="session")
def database(release: Path) -> duckdb.DuckDBPyConnection:
    """The published Parquet files as a database, as a reuser would open them."""
    connection = duckdb.connect()
    connection.execute("SET autoinstall_known_extensions=false")
    for path in sorted((release / "parquet").glob("*.parquet")):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')")
    return connection
