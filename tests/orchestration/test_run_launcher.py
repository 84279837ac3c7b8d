"""Which runs are said to have lost their process; those of code servers are lost for real in the slow tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher.base import WorkerStatus
from dagster._core.utils import make_new_run_id

from pipelines.orchestration.jobs import publish_job
from pipelines.orchestration.liveness import MACHINE_TAG, is_living, living, machine
from pipelines.orchestration.run_launcher import WatchedRunLauncher
from tests.publication.conftest import PROJECT

SETTINGS = PROJECT / "pipelines" / "orchestration" / "dagster.yaml"
HOLD = """
import sys, time
from pathlib import Path
from pipelines.orchestration.liveness import living
with living(Path(sys.argv[1]), sys.argv[2]):
    print("là", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with the project's own settings."""
    (tmp_path / "dagster.yaml").write_text(SETTINGS.read_text(encoding="utf-8"), encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as opened:
        yield opened


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A run that another process executes, and that process."""
    run_id = make_new_run_id()
    words = [sys.executable, "-c", HOLD, str(tmp_path), run_id]
    with subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "là\n"
        yield run_id, process
        process.kill()


def health(instance: dg.DagsterInstance, run_id: str, machine_name: str | None) -> WorkerStatus:
    tags = {} if machine_name is None else {MACHINE_TAG: machine_name}
    run = dg.DagsterRun(job_name=publish_job.name, run_id=run_id, tags=tags)
    return instance.run_launcher.check_run_worker_health(run).status


def test_the_settings_choose_this_launcher_and_ask_it(instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.run_launcher, WatchedRunLauncher)
    assert instance.run_launcher.supports_check_run_worker_health
    assert instance.run_monitoring_enabled
    assert instance.run_monitoring_poll_interval_seconds <= 60
    assert (instance.run_retries_max_retries, instance.run_retries_retry_on_asset_or_op_failure) == (1, False)


def test_a_run_of_the_shell_lives_as_long_as_its_process(
    instance: dg.DagsterInstance, held: tuple[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    run_id, process = held
    assert health(instance, run_id, machine()) is WorkerStatus.RUNNING
    assert is_living(tmp_path, run_id), "looking at it does not end it"
    process.kill()
    process.wait()
    assert health(instance, run_id, machine()) is WorkerStatus.NOT_FOUND
    assert health(instance, run_id, machine()) is WorkerStatus.NOT_FOUND


@pytest.mark.parametrize("where", [None, "une-autre-machine"])
def test_a_run_of_which_nothing_is_known_here_is_left_alone(instance: dg.DagsterInstance, where: str | None) -> None:
    assert health(instance, make_new_run_id(), where) is WorkerStatus.RUNNING


def test_nothing_is_left_of_a_run_that_ended(tmp_path: Path) -> None:
    with living(tmp_path, "un"):
        assert is_living(tmp_path, "un")
    assert not is_living(tmp_path, "un")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
