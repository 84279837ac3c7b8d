"""Real services for tests: a PostgreSQL cluster of their own, Dagster's daemon and webserver, runs put in the queue.

Everything listens on 127.0.0.1, lives in a temporary folder, and ends with the test.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import dagster as dg
import pytest
import requests

from pipelines.orchestration.jobs import EVERYTHING
from tests.conftest import SmallSources, write_small_sources
from tests.publication.conftest import PROJECT, SOURCES

PASSWORD = "pg-c1ef-tr3s-secrete"  # noqa: S105 (of a cluster that lives as long as the test)
PRODUCTION = PROJECT / "deploy" / "dagster.yaml"
DEFAULT = PROJECT / "pipelines" / "orchestration" / "dagster.yaml"
_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
PROGRAMS = _BIN[-1] if _BIN else Path()
"""Where PostgreSQL’s programs are."""


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Postgres:
    """A cluster that runs: its port, and how to run its programs."""

    folder: Path
    port: int

    def url(self, base: str = "dagster") -> str:
        """The address of a database, password included."""
        return f"postgresql://contrats:{PASSWORD}@127.0.0.1:{self.port}/{base}"

    def run(self, program: str, *words: str) -> str:
        """Runs one of PostgreSQL's programs against the cluster."""
        where = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "contrats", "PGPASSWORD": PASSWORD}
        done = subprocess.run(
            [_program(program), *words], env=os.environ | where, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _program(name: str) -> str:
    if not _BIN:
        pytest.fail("PostgreSQL manque : apt install postgresql.")
    return str(_BIN[-1] / name)


def _as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A cluster with an empty database ``dagster``, whose owner needs a password."""
    folder = Path(tempfile.mkdtemp(prefix="contrats-pg-"))
    port = free_port()
    (folder / "cle").write_text(PASSWORD, encoding="utf-8")
    if not os.geteuid():
        for path in (folder, folder / "cle"):
            shutil.chown(path, "postgres", "postgres")
    data = str(folder / "data")
    asked = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    try:
        for words in (
            ["initdb", "-D", data, "-U", "contrats", "-A", "scram-sha-256", f"--pwfile={folder}/cle", "-E", "UTF8"],
            ["pg_ctl", "-D", data, "-w", "-s", "-l", str(folder / "journal"), "-o", asked, "start"],
        ):
            done = subprocess.run(
                [*_as_postgres(), _program(words[0]), *words[1:]], stdout=subprocess.DEVNULL, check=False, cwd=folder
            )
            assert done.returncode == 0, words
        cluster = Postgres(folder, port)
        cluster.run("createdb", "dagster")
        yield cluster
    finally:
        stop = [_program("pg_ctl"), "-D", data, "-m", "immediate", "-s", "stop"]
        subprocess.run([*_as_postgres(), *stop], check=False, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Site:
    """An installation: a home, sources, outputs, an environment, and the services started in it."""

    root: Path
    secrets: dict[str, str] = field(default_factory=dict)
    sources: SmallSources = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True)
        (self.root / "journaux").mkdir()
        self.sources = write_small_sources(self.root / "sources")
        shutil.copyfile(SOURCES / "jeu_de_donnees.toml", self.sources.root / "jeu_de_donnees.toml")

    @property
    def home(self) -> Path:
        """Dagster's home."""
        return self.root / "dagster"

    @property
    def outputs(self) -> Path:
        """The folder of releases."""
        return self.root / "sorties"

    def configure(self, settings: Path, **changed: object) -> None:
        """Takes a file of settings as it is, or with the waits of its run monitoring made shorter."""
        text = settings.read_text(encoding="utf-8")
        for name, value in changed.items():
            lines = [line for line in text.splitlines() if line.strip().startswith(f"{name}:")]
            assert len(lines) == 1, name
            text = text.replace(lines[0], f"{lines[0].partition(':')[0]}: {value}")
        (self.home / "dagster.yaml").write_text(text, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """What its processes find in their environment."""
        own = {
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "CONTRATS_JOURNAUX": str(self.root / "journaux"),
            "PYTHONPATH": str(PROJECT),
        }
        return os.environ | own | self.secrets

    def command(self, *words: str, code: int | None = 0) -> str:
        """Runs a program of the project's environment; returns all that it said."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        assert code is None or done.returncode == code, done.stdout
        return done.stdout

    def succeeds(self, *words: str) -> bool:
        """Whether a program ends well."""
        command = [sys.executable, "-m", *words]
        return not subprocess.run(
            command, cwd=PROJECT, env=self.environment, capture_output=True, check=False
        ).returncode

    def build(self, date: str, code: int = 0) -> str:
        """The build of the command line."""
        where = ["--sources", str(self.sources.root), "--outputs", str(self.outputs)]
        return self.command("pipelines", "build", *where, "--date", date, code=code)

    def queue(self, date: str, job: str = "publier", workspace: str = "workspace.yaml") -> str:
        """Puts a run in the queue; returns what the command said."""
        settings = {"sources": str(self.sources.root), "outputs": str(self.outputs), "date": date}
        config = json.dumps({"resources": {"settings": {"config": settings}}})
        return self.command("dagster", "job", "launch", "-w", workspace, "-j", job, "--config-json", config)

    def initialise(self) -> None:
        """Makes the databases of a new home: Dagster fails when two processes make those of SQLite at once."""
        with mock.patch.dict(os.environ, self.environment), dg.DagsterInstance.from_config(str(self.home)) as instance:
            instance.get_runs(limit=1)
            instance.event_log_storage.get_maximum_record_id()
            instance.all_instigator_state()

    @contextmanager
    def service(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A service of Dagster, as the units start it; what it says goes to a file of the home's neighbour."""
        self.initialise()
        with (self.root / f"{words[0]}.log").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=PROJECT, env=self.environment, stdout=said, stderr=said
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                self.kill()

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """The daemon: schedules, queue, monitoring."""
        with self.service("dagster._daemon", "run", "-w", "workspace.yaml") as process:
            yield process

    @contextmanager
    def webserver(self, *options: str) -> Iterator[str]:
        """The interface; gives its address once it answers."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        words = ("dagster_webserver", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port), *options)
        with self.service(*words):
            until(lambda: _answers(f"{address}/server_info"), 60)
            yield address

    def processes(self) -> list[int]:
        """The processes whose environment names this home: services, code servers, workers."""
        marked = f"DAGSTER_HOME={self.home}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and marked in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return [pid for pid in found if pid != os.getpid()]

    def kill(self) -> int:
        """Kills them all at once, as when a machine loses its power; returns how many there were."""
        killed = set()
        while found := [pid for pid in self.processes() if not _is_zombie(pid)]:
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.05)
        return len(killed)

    def runs(self) -> list[dict[str, Any]]:
        """The publishing runs of the instance, the first first: ``id``, ``status``, ``tags``."""
        with mock.patch.dict(os.environ, self.environment), dg.DagsterInstance.from_config(str(self.home)) as instance:
            runs = instance.get_runs(dg.RunsFilter(job_name=EVERYTHING))
        return [{"id": run.run_id, "status": run.status.value, "tags": dict(run.tags)} for run in reversed(runs)]

    def statuses(self) -> list[str]:
        """Their statuses."""
        return [str(run["status"]) for run in self.runs()]

    def release_files(self, version: str) -> dict[str, bytes]:
        """The bytes of a release."""
        folder = self.outputs / "releases" / version
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def until(done: Callable[[], bool], seconds: float, every: float = 0.5) -> float:
    """Waits for something; returns how long it took, and fails when it does not come."""
    start = time.monotonic()
    while not done():
        if time.monotonic() - start > seconds:
            pytest.fail(f"nothing after {seconds} s")
        time.sleep(every)
    return time.monotonic() - start


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
