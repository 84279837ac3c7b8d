"""Dagster's instance as a server has it: kept in PostgreSQL, killed in the middle of a run, saved and restored."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.deploy.serving import DEFAULT, PRODUCTION, PROGRAMS, Postgres, Site, free_port, postgres, until
from tests.publication.conftest import PROJECT

pytestmark = pytest.mark.slow

CONTAINERS = PROJECT / "deploy" / "conteneurs"
DATE, NEXT = "2026-11-22", "2026-11-29"
PATIENCE = 300
"""Seconds before what is waited for is said not to come; it comes much sooner, but on a machine that is busy."""
STORAGES = [pytest.param(DEFAULT, id="sqlite"), pytest.param(PRODUCTION, id="postgresql")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with postgres() as running:
        yield running


@pytest.fixture
def base(cluster: Postgres) -> str:
    """The address of an empty database."""
    cluster.run("dropdb", "--if-exists", "dagster")
    cluster.run("createdb", "dagster")
    return cluster.url()


def site_of(root: Path, base: str, settings: Path, **changed: object) -> Site:
    site = Site(root, {"CONTRATS_PG_URL": base} if settings == PRODUCTION else {})
    site.configure(settings, **changed)
    return site


def test_a_run_kept_in_postgresql_makes_the_same_bytes(base: str, tmp_path: Path) -> None:
    small, large = site_of(tmp_path / "a", base, DEFAULT), site_of(tmp_path / "b", base, PRODUCTION)
    small.build(DATE)
    large.command("dagster", "instance", "migrate")
    with large.daemon():
        large.queue(DATE)
        until(lambda: large.statuses() == ["SUCCESS"], PATIENCE)
    assert large.release_files(DATE) == small.release_files(DATE) != {}
    assert not list(large.home.rglob("*.db")), "nothing of the history is in SQLite"
    large.command("dagster", "instance", "migrate")
    assert large.statuses() == ["SUCCESS"]


@pytest.mark.parametrize("settings", STORAGES)
def test_a_run_whose_machine_stops_frees_the_queue_and_is_done_again(settings: Path, base: str, tmp_path: Path) -> None:
    site = site_of(tmp_path / "site", base, settings, poll_interval_seconds=2)
    with site.daemon():
        site.queue(DATE)
        until(lambda: site.statuses() == ["STARTED"], PATIENCE, every=0.1)
        assert site.kill() >= 3  # the daemon, its code server, the worker
    assert site.statuses() == ["STARTED"]
    with site.daemon():
        until(lambda: site.statuses() == ["FAILURE", "SUCCESS"], PATIENCE)
    last = site.runs()[-1]
    assert last["tags"]["dagster/retry_number"] == "1"
    site.command("pipelines", "verify", "latest", "--outputs", str(site.outputs))


def test_a_worker_that_outlives_its_code_server_ends_its_run(base: str, tmp_path: Path) -> None:
    site = site_of(tmp_path / "site", base, DEFAULT, poll_interval_seconds=1)
    with site.daemon():
        site.queue(DATE)
        until(lambda: site.statuses() == ["STARTED"], PATIENCE, every=0.1)
        servers = [pid for pid in site.processes() if b"grpc" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        assert servers
        for pid in servers:
            os.kill(pid, signal.SIGKILL)
        until(lambda: site.statuses() != ["STARTED"], PATIENCE)
        assert site.statuses() == ["SUCCESS"]
    said = (site.root / "dagster._daemon.log").read_text(encoding="utf-8")
    assert said.count("Checking run") > 2, "it was looked at meanwhile"


def test_the_services_of_the_containers_work_together_and_survive_the_loss_of_the_code_server(
    base: str, tmp_path: Path
) -> None:
    """The code server and the daemon, by the commands of the containers, at addresses of the loopback."""
    site, port = site_of(tmp_path / "site", base, PRODUCTION, poll_interval_seconds=2), free_port()
    services = yaml.safe_load((CONTAINERS / "compose.yaml").read_text(encoding="utf-8"))["services"]
    location = (CONTAINERS / "workspace.yaml").read_text(encoding="utf-8")
    workspace = site.root / "workspace.yaml"
    workspace.write_text(location.replace("host: code", "host: 127.0.0.1").replace("4000", str(port)), encoding="utf-8")
    here = {"0.0.0.0": "127.0.0.1", "4000": str(port), "deploy/conteneurs/workspace.yaml": str(workspace)}  # noqa: S104
    code = [here.get(word, word) for word in services["code"]["command"]]
    daemon = [here.get(word, word) for word in services["ordonnanceur"]["command"]]
    health = [here.get(word, word) for word in services["code"]["healthcheck"]["test"][1:]]
    assert (code[0], daemon[0], health[0]) == ("dagster", "dagster-daemon", "dagster")
    with site.service(*code), site.service("dagster._daemon", *daemon[1:]):
        until(lambda: site.succeeds(*health), PATIENCE)
        site.queue(DATE, workspace=str(workspace))
        until(lambda: site.statuses() == ["STARTED"], PATIENCE, every=0.1)
        kept = [pid for pid in site.processes() if b"_daemon" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        for pid in set(site.processes()) - set(kept):  # what a container takes with it
            os.kill(pid, signal.SIGKILL)
        with site.service(*code):
            until(lambda: site.statuses() == ["FAILURE", "SUCCESS"], PATIENCE)


def test_a_build_of_the_shell_that_was_killed_does_not_hold_the_queue(base: str, tmp_path: Path) -> None:
    site = site_of(tmp_path / "site", base, DEFAULT, poll_interval_seconds=2, max_retries=0)
    where = ["--sources", str(site.sources.root), "--outputs", str(site.outputs), "--date", DATE]
    with site.service("pipelines", "build", *where):
        until(lambda: (site.home / "en-cours").is_dir() and site.statuses() == ["STARTED"], PATIENCE, every=0.1)
        site.kill()
    with site.daemon():
        until(lambda: site.statuses() == ["FAILURE"], PATIENCE)
        site.queue(NEXT)
        until(lambda: site.statuses() == ["FAILURE", "SUCCESS"], PATIENCE)


@pytest.mark.parametrize("settings", STORAGES)
def test_what_is_saved_is_put_back_elsewhere(
    settings: Path, base: str, cluster: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMS}:{os.environ['PATH']}")
    site, other = site_of(tmp_path / "a", base, settings), site_of(tmp_path / "b", base, settings)
    if settings == PRODUCTION:
        cluster.run("dropdb", "--if-exists", "ailleurs")
        cluster.run("createdb", "ailleurs")
        other.secrets["CONTRATS_PG_URL"] = cluster.url("ailleurs")
    site.build(DATE)
    with site.daemon():  # a copy is taken while the services run
        said = site.command("pipelines", "backup", str(tmp_path / "copie"), "--outputs", str(site.outputs))
    assert "1 version" in said
    other.command("pipelines", "restore", str(tmp_path / "copie"), "--outputs", str(other.outputs))
    assert other.runs() == site.runs() != []
    assert other.release_files(DATE) == site.release_files(DATE)
    assert "tout concorde" in other.command("pipelines", "verify", "latest", "--outputs", str(other.outputs))
    assert "Rien de nouveau" in other.build(NEXT)
    assert other.statuses() == ["SUCCESS", "SUCCESS"]
    again = other.command("pipelines", "restore", str(tmp_path / "copie"), "--outputs", str(other.outputs), code=3)
    assert "ne remplace rien" in again
