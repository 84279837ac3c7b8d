"""Steps executed by Celery workers through a real broker and a real PostgreSQL, and in several processes.

What is shown: the release is that of a run in one process, byte for byte, also when a worker is killed in the middle of
a step; without a worker, or without a broker, a run ends with a clear message within the time that was set; a
termination signal is honoured; no password is in what is stored or said.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.executors import MULTIPROCESS, VARIABLE
from tests.distributed import BIN, PROJECT, Place, bytes_of, celery_place, place, until, write_workbooks
from tests.services import PASSWORD, Broker, free_port, postgresql, rabbitmq

pytestmark = pytest.mark.slow

WORKBOOKS = 150
WAIT, SILENCE = 8, 6
"""Seconds: shorter than the defaults, so that the tests do not wait for them."""
RUN_SECONDS = 480
PATIENCE = 180
"""Seconds before what is waited for is said not to come; it comes much sooner, but on a machine that is busy."""


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with rabbitmq() as node:
        yield node


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("distribue") / "sources"
    write_workbooks(folder, WORKBOOKS)
    return folder


@pytest.fixture
def distributed(tmp_path: Path, sources: Path, storage: str, broker: Broker) -> Place:
    """A home whose runs go to Celery workers, with delays that do not make the tests wait."""
    made = celery_place(tmp_path, sources, storage, broker.url)
    made.config = {"execution": {"config": {"attente": WAIT, "silence": SILENCE}}}
    return made


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, sources: Path) -> dict[str, bytes]:
    """The release that a run in one process makes."""
    alone = place(tmp_path_factory.mktemp("seul"), sources)
    with alone.executed() as run:
        assert run.wait(RUN_SECONDS) == 0, alone.said()[-3000:]
    found = bytes_of(alone.outputs)
    assert len(found) > 50
    return found


def assert_same(outputs: Path, expected: dict[str, bytes]) -> None:
    found = bytes_of(outputs)
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_several_processes_make_the_same_release(tmp_path: Path, sources: Path, expected: dict[str, bytes]) -> None:
    several = place(tmp_path, sources, **{VARIABLE: MULTIPROCESS})
    with several.executed() as run:
        assert run.wait(RUN_SECONDS) == 0, several.said()[-3000:]
    assert_same(several.outputs, expected)


def test_two_workers_make_the_same_release(distributed: Place, expected: dict[str, bytes]) -> None:
    with distributed.worker("un"), distributed.worker("deux"), distributed.executed() as run:
        assert run.wait(RUN_SECONDS) == 0, distributed.said()[-3000:]
    assert_same(distributed.outputs, expected)
    events = distributed.events()
    assert len(events) == len(set(events)), "a step ran twice"
    assert_no_password(distributed)


def assert_no_password(distributed: Place) -> None:
    """Neither in what was said, nor in what Dagster stores of the run."""
    for log in distributed.root.glob("*.log"):
        assert PASSWORD not in log.read_text(encoding="utf-8"), log.name
    with distributed.instance() as instance:
        (record,) = instance.get_run_records()
        stored = [repr(record), *(repr(entry) for entry in instance.all_logs(record.dagster_run.run_id))]
    assert len(stored) > 10
    assert not [one for one in stored if PASSWORD in one]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def stopped_in_a_step(distributed: Place, worker: subprocess.Popen[bytes]) -> tuple[str, list[int]]:
    """Stops the processes of a worker in the middle of a step, which has begun and not ended; the worker still answers.

    The step, and the processes.
    """
    log = distributed.root / "travail.log"
    until(lambda: "STEP_START" in {kind for _, kind in distributed.events()}, PATIENCE, log)
    processes = children(worker.pid)

    def in_a_step() -> bool:
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        time.sleep(0.2)  # what was on its way to the storage arrives
        if begun(distributed):
            return True
        for process in processes:
            os.kill(process, signal.SIGCONT)
        return False

    until(in_a_step, PATIENCE, log)
    (step,) = begun(distributed)
    return step, processes


def begun(distributed: Place) -> set[str]:
    """The steps that have begun and not ended."""
    events = distributed.events()
    return {step for step, kind in events if kind == "STEP_START"} - {
        step for step, kind in events if kind in ("STEP_SUCCESS", "STEP_FAILURE")
    }


def test_the_step_of_a_killed_worker_is_taken_by_another(distributed: Place, expected: dict[str, bytes]) -> None:
    log = distributed.root / "travail.log"
    with distributed.worker("tue") as killed, distributed.executed() as run:
        lost, processes = stopped_in_a_step(distributed, killed)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        died = time.monotonic()
        until(lambda: not any(alive(process) for process in processes), 5, log)
        with distributed.worker("autre"):
            until(lambda: (lost, "STEP_RESTARTED") in distributed.events(), PATIENCE, log)
            assert time.monotonic() - died < SILENCE + 30
            assert run.wait(RUN_SECONDS) == 0, distributed.said()[-3000:]
    assert_same(distributed.outputs, expected)
    kinds = [kind for step, kind in distributed.events() if step == lost]
    assert kinds == ["STEP_START", "STEP_UP_FOR_RETRY", "STEP_RESTARTED", "STEP_SUCCESS"]


def test_a_run_that_is_stopped_stops_the_step_of_its_worker(distributed: Place) -> None:
    log = distributed.root / "un.log"
    with distributed.worker("un") as worker, distributed.executed() as run:
        step, processes = stopped_in_a_step(distributed, worker)
        asked = time.monotonic()
        run.send_signal(signal.SIGTERM)
        assert run.wait(RUN_SECONDS) != 0
        assert time.monotonic() - asked < 20
        until(lambda: not any(alive(process) for process in processes), 10, log)
        until(lambda: bool(children(worker.pid)), 10, log)  # the worker itself goes on
        assert worker.poll() is None
    assert [kind for one, kind in distributed.events() if one == step] == ["STEP_START"]
    assert not (distributed.outputs / "releases").exists()


def test_a_broker_that_freezes_ends_the_run_in_time(distributed: Place, broker: Broker) -> None:
    with distributed.worker("un") as worker, distributed.executed() as run:
        _, processes = stopped_in_a_step(distributed, worker)
        with broker.frozen():
            frozen = time.monotonic()
            assert run.wait(RUN_SECONDS) != 0
            assert time.monotonic() - frozen < WAIT + 30
        for process in processes:
            os.kill(process, signal.SIGCONT)
    assert "Le courtier amqp://contrats:**@127.0.0.1" in distributed.said()


def test_without_a_worker_a_run_fails_in_time_and_is_not_resumed_by_a_late_one(distributed: Place) -> None:
    log = distributed.root / "travail.log"
    with distributed.executed() as run:
        until(lambda: "mise dans la file" in distributed.said(), PATIENCE, log)
        asked = time.monotonic()
        assert run.wait(RUN_SECONDS) != 0
        assert WAIT < time.monotonic() - asked < WAIT + 30
    assert "Aucun ouvrier n’écoute la file « contrats »" in distributed.said()
    assert f"depuis {WAIT} s" in distributed.said()
    assert_no_password(distributed)
    before = distributed.events()
    assert "STEP_START" not in {kind for _, kind in before}
    with distributed.worker("tard"):
        tardy = distributed.root / "tard.log"
        until(lambda: "succeeded" in tardy.read_text(encoding="utf-8"), PATIENCE, tardy)
    assert distributed.events() == before
    assert not distributed.outputs.exists()


def test_a_termination_signal_is_honoured_while_steps_wait(distributed: Place) -> None:
    distributed.config = {"execution": {"config": {"attente": RUN_SECONDS}}}
    with distributed.executed() as run:
        until(lambda: "mise dans la file" in distributed.said(), PATIENCE, distributed.root / "travail.log")
        asked = time.monotonic()
        run.send_signal(signal.SIGTERM)
        assert run.wait(RUN_SECONDS) != 0
        assert time.monotonic() - asked < 20
    with distributed.instance() as instance:
        (ended,) = instance.get_runs()
    assert ended.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def test_a_broker_that_does_not_answer_is_said_without_its_password(distributed: Place) -> None:
    distributed.env["CONTRATS_CELERY_BROKER"] = f"amqp://contrats:{PASSWORD}@127.0.0.1:{free_port()}//"
    with distributed.executed() as run:
        assert run.wait(RUN_SECONDS) != 0
    assert "Le courtier amqp://contrats:**@127.0.0.1" in distributed.said()
    assert_no_password(distributed)


def test_a_worker_without_a_broker_says_what_is_missing(distributed: Place) -> None:
    del distributed.env["CONTRATS_CELERY_BROKER"]
    command = [str(BIN / "celery"), "-A", "pipelines.orchestration.workers", "worker"]
    done = subprocess.run(command, env=distributed.env, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("CONTRATS_EXECUTEUR=celery demande aussi CONTRATS_CELERY_BROKER")
    assert "Traceback" not in done.stderr
