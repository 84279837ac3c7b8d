"""The real daemon over the real definitions: Mondays that passed while it was off, and a sheet edited meanwhile.

The time is the real one: a schedule started three weeks ago has Mondays to make up for, whatever day it is.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_representation.external import RemoteRepository
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorTick,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickStatus,
)
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import ModuleTarget

from pipelines.orchestration import sensors
from pipelines.orchestration.jobs import EVERYTHING, VALIDATION, WEEKLY
from pipelines.orchestration.resources import PARIS, PROJECT, Run
from pipelines.orchestration.sensors import CHANGED, WHAT_CHANGED, changed_sheets
from pipelines.publish.versions import read_versions
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES

pytestmark = pytest.mark.slow

MODULE = "pipelines.definitions"
PATIENCE = 400
"""Seconds before the daemon is said to do nothing; what is waited for comes much sooner."""


class Home:
    """A Dagster home with its sources and outputs, and the daemon that works there."""

    def __init__(self, place: Path, sources: SmallSources) -> None:
        self.place, self.sources = place, sources
        (place / "dagster").mkdir()
        shutil.copyfile(PROJECT / "pipelines" / "orchestration" / "dagster.yaml", place / "dagster" / "dagster.yaml")

    @contextmanager
    def daemon(self) -> Iterator[None]:
        environment = os.environ | {
            "DAGSTER_HOME": str(self.place / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "CONTRATS_SOURCES": str(self.sources.root),
            "CONTRATS_OUTPUTS": str(self.place / "sorties"),
        }
        command = (sys.executable, "-m", "dagster._daemon", "run", "-m", MODULE)
        with (self.place / "daemon.log").open("ab") as log:
            running = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
            try:
                yield
                assert running.poll() is None, self.said()
            finally:
                running.send_signal(signal.SIGINT)
                try:
                    running.wait(30)
                finally:
                    running.kill()

    def said(self) -> str:
        return (self.place / "daemon.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def wait(self, for_: Callable[[], bool]) -> None:
        start = time.monotonic()
        while not for_():
            assert time.monotonic() < start + PATIENCE, self.said()
            time.sleep(0.5)


def repository(instance: dg.DagsterInstance) -> RemoteRepository:
    """The definitions as the daemon sees them, to say which schedule and sensor are meant."""
    with create_test_daemon_workspace_context(
        ModuleTarget(module_name=MODULE, attribute=None, working_directory=str(PROJECT), location_name=None), instance
    ) as context:
        (found,) = context.create_request_context().get_code_location(MODULE).get_repositories().values()
        return found


def start_schedule(instance: dg.DagsterInstance, seen: RemoteRepository, since: dt.datetime) -> None:
    """As if someone had started it then, and it had never ticked."""
    schedule = seen.get_schedule(WEEKLY)
    origin = schedule.get_remote_origin()
    storage = instance.schedule_storage
    assert storage is not None
    if instance.get_instigator_state(origin.get_id(), schedule.selector_id):
        storage.delete_instigator_state(origin.get_id(), schedule.selector_id)
        storage.purge_ticks(
            origin.get_id(), schedule.selector_id, before=time.time(), tick_statuses=[TickStatus.SUCCESS]
        )
    instance.add_instigator_state(
        InstigatorState(
            origin,
            InstigatorType.SCHEDULE,
            InstigatorStatus.RUNNING,
            ScheduleInstigatorData(schedule.cron_schedule, start_timestamp=since.timestamp()),
        )
    )


def start_sensor(instance: dg.DagsterInstance, seen: RemoteRepository, cursor: str) -> None:
    origin = seen.get_sensor(CHANGED).get_remote_origin()
    data = SensorInstigatorData(cursor=cursor)
    instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, data))


def validated(instance: dg.DagsterInstance, root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The cursor once the sources were validated as they stand."""
    monkeypatch.setattr(sensors, "Run", lambda: Run(sources=str(root)))
    context = dg.build_sensor_context(instance=instance)
    changed_sheets(context)
    context = dg.build_sensor_context(instance=instance, cursor=context.cursor)
    result = changed_sheets(context)
    assert isinstance(result, dg.SensorResult)
    assert result.cursor is not None
    return result.cursor


def ticks(instance: dg.DagsterInstance, name: str) -> list[InstigatorTick]:
    """The ticks of a schedule or sensor, the last first."""
    states = [state for state in instance.all_instigator_state() if state.instigator_name == name]
    return [tick for state in states for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)]


def runs(instance: dg.DagsterInstance, job: str) -> list[dg.DagsterRun]:
    return list(instance.get_runs(dg.RunsFilter(job_name=job)))


def succeeded(instance: dg.DagsterInstance, job: str) -> bool:
    found = runs(instance, job)
    assert dg.DagsterRunStatus.FAILURE not in {run.status for run in found}
    return bool(found) and all(run.is_success for run in found)


def last_monday(now: dt.datetime) -> dt.datetime:
    """The last time it was Monday, six o'clock in Paris."""
    monday = (now - dt.timedelta(days=now.weekday())).replace(hour=6, minute=0, second=0, microsecond=0)
    return monday if monday <= now else monday - dt.timedelta(days=7)


def test_missed_mondays_make_one_release_then_none_and_an_edit_is_validated(
    small_sources: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    home = Home(tmp_path, small_sources)
    now = dt.datetime.now(PARIS)
    monday = last_monday(now)
    with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as instance:
        seen = repository(instance)
        start_schedule(instance, seen, now - dt.timedelta(days=21))
        start_sensor(instance, seen, validated(instance, small_sources.root, monkeypatch))
        small_sources.put("contrats/alpes/Contrat", "Objectif", "Allonger les deux saisons")
        with home.daemon():
            home.wait(lambda: succeeded(instance, EVERYTHING) and succeeded(instance, VALIDATION))
        (validation,) = runs(instance, VALIDATION)
        assert validation.tags[WHAT_CHANGED] == "modifié : contrats/alpes/Contrat.csv"
        (publication,) = runs(instance, EVERYTHING)
        (tick,) = ticks(instance, WEEKLY)
        assert (tick.timestamp, tick.run_ids) == (monday.timestamp(), [publication.run_id])
        date = monday.date().isoformat()
        assert [one.version for one in read_versions(tmp_path / "sorties").releases] == [date]

        start_schedule(instance, seen, now - dt.timedelta(days=21))
        with home.daemon():
            home.wait(lambda: [one.status for one in ticks(instance, WEEKLY)] == [TickStatus.SKIPPED])
        (tick,) = ticks(instance, WEEKLY)
        assert f"la dernière version reste {date}" in (tick.skip_reason or "")
        assert len(runs(instance, EVERYTHING)) == len(runs(instance, VALIDATION)) == 1
