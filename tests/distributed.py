"""Runs of the publishing job as the shell launches them, and Celery workers: what tests and benchmarks share.

Belongs here: a Dagster home with its environment, sources of many workbooks, processes. Does not belong here: the
servers (``services``), what is expected of a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import psycopg2

from pipelines.orchestration.executors import CELERY, VARIABLE
from pipelines.orchestration.jobs import EVERYTHING, SETTINGS
from tests.conftest import write_small_sources
from tests.corpus.clean import clean_book
from tests.corpus.writers import write
from tests.publication.conftest import SOURCES
from tests.services import running

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DATE = "2026-11-22"
STEP_EVENTS = {"STEP_START", "STEP_RESTARTED", "STEP_SUCCESS", "STEP_FAILURE", "STEP_UP_FOR_RETRY"}


def write_workbooks(folder: Path, number: int) -> None:
    """Sources that can be published: small ones, and as many clean workbooks as is said."""
    write_small_sources(folder)
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", folder / "jeu_de_donnees.toml")
    for one in range(number):
        write(clean_book(f"contrat-{one}"), folder / "contrats", f"contrat-{one}", "xlsx")


@dataclass
class Place:
    """A Dagster home, its environment and outputs; its storage is the PostgreSQL of the tests, or SQLite."""

    root: Path
    sources: Path
    env: dict[str, str]
    config: dict[str, object] = field(default_factory=dict)

    @property
    def outputs(self) -> Path:
        return self.root / "sorties"

    @contextlib.contextmanager
    def executed(self) -> Iterator[subprocess.Popen[bytes]]:
        """``dagster job execute`` while the context lasts."""
        settings = {"sources": str(self.sources), "outputs": str(self.outputs), "date": DATE}
        config = {"resources": {SETTINGS: {"config": settings}}, **self.config}
        (self.root / "reglages.json").write_text(json.dumps(config), encoding="utf-8")
        command = [str(BIN / "dagster"), "job", "execute", "-m", "pipelines.definitions", "-j", EVERYTHING]
        with running(
            [*command, "-c", str(self.root / "reglages.json")],
            self.root / "travail.log",
            env=self.env,
            stop=signal.SIGKILL,
            cwd=PROJECT,
        ) as process:
            yield process

    def said(self) -> str:
        return (self.root / "travail.log").read_text(encoding="utf-8")

    def events(self) -> list[tuple[str, str]]:
        """The step and the type of each event of a step of the only run, in order; from a process of its own."""
        with self.instance() as instance:
            runs = instance.get_runs()
            entries = instance.all_logs(runs[0].run_id) if runs else []
        events = [entry.dagster_event for entry in entries if entry.dagster_event]
        return [(one.step_key or "", one.event_type_value) for one in events if one.event_type_value in STEP_EVENTS]

    @contextlib.contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        before = os.environ.copy()
        os.environ.update(self.env)
        try:
            with dg.DagsterInstance.from_config(str(self.root / "dagster")) as instance:
                yield instance
        finally:
            os.environ.clear()
            os.environ.update(before)

    @contextlib.contextmanager
    def worker(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """A Celery worker of one process, which listens already."""
        log = self.root / f"{name}.log"
        command = [str(BIN / "celery"), "-A", "pipelines.orchestration.workers", "worker"]
        options = ["--concurrency=1", f"--hostname={name}@%h", "--loglevel=INFO"]
        with running([*command, *options], log, env=self.env, stop=signal.SIGTERM, cwd=PROJECT) as process:
            until(lambda: " ready." in log.read_text(encoding="utf-8"), 60, log)
            yield process


def until(holds: Callable[[], bool], seconds: float, log: Path) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.05)


def place(root: Path, sources: Path, **environment: str) -> Place:
    home = root / "dagster"
    home.mkdir(parents=True)
    env = {**os.environ, "DAGSTER_HOME": str(home), "PYTHONPATH": str(PROJECT), "C_FORCE_ROOT": "1", **environment}
    settings: dict[str, object] = {"telemetry": {"enabled": False}}
    if "CONTRATS_PG_URL" in environment:
        settings["storage"] = {"postgres": {"postgres_url": {"env": "CONTRATS_PG_URL"}}}
    (home / "dagster.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return Place(root, sources, env)


def celery_place(root: Path, sources: Path, storage: str, broker: str) -> Place:
    """A home whose runs go to Celery workers, with a database of its own; what steps exchange is in a folder apart."""
    name = f"essai_{time.monotonic_ns()}"
    with contextlib.closing(psycopg2.connect(storage)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"create database {name}")
    return place(
        root / "celery",
        sources,
        CONTRATS_PG_URL=storage.rpartition("/")[0] + f"/{name}",
        CONTRATS_CELERY_BROKER=broker,
        CONTRATS_ECHANGES=str(root / "echanges"),
        **{VARIABLE: CELERY},
    )


def bytes_of(outputs: Path) -> dict[str, bytes]:
    (release,) = (outputs / "releases").iterdir()
    return {str(path.relative_to(release)): path.read_bytes() for path in release.rglob("*") if path.is_file()}
