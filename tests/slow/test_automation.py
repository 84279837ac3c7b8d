"""The daemon for real: the weekly schedule fires, an unchanged week is skipped, an edited sheet is checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.scheduler.instigation import InstigatorState, ScheduleInstigatorData, TickStatus

from pipelines.orchestration.jobs import WEEKLY
from pipelines.orchestration.names import RELEASE_FILES
from pipelines.orchestration.resources import PARIS
from pipelines.orchestration.sensors import CHANGED, INTERVAL, WHAT_CHANGED
from pipelines.publish.verify.release import verify
from tests.dagster_dev import DagsterDev, dagster_dev, wait_for
from tests.spoiled_workbook import put

pytestmark = pytest.mark.slow
AMOUNT = ("alpes", "Financements", "alpes-budget-gta-2017", "Montant (€)")


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterDev]:
    with dagster_dev(tmp_path_factory.mktemp("automates")) as running:
        yield running


@pytest.fixture(scope="module")
def instance(dagster: DagsterDev) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(dagster.home)) as opened:
        yield opened


def state_of(instance: dg.DagsterInstance, name: str) -> InstigatorState:
    return wait_for(
        lambda: next((state for state in instance.all_instigator_state() if state.name == name), None), 30, name
    )


def last_monday() -> dt.date:
    now = dt.datetime.now(PARIS)
    return (now - dt.timedelta(days=now.weekday() + (7 if now.weekday() == 0 and now.hour < 6 else 0))).date()


def as_of_last_week(instance: dg.DagsterInstance) -> None:
    """Makes the schedule one that was turned on eight days ago, and of which nothing was heard since."""
    state = state_of(instance, WEEKLY)
    before = dt.datetime.now(dt.UTC).timestamp()
    instance.purge_ticks(state.instigator_origin_id, state.selector_id, before + 60)
    data = ScheduleInstigatorData("0 6 * * 1", before - 8 * 24 * 3600)
    instance.update_instigator_state(state.with_data(data))


def answered(instance: dg.DagsterInstance) -> tuple[TickStatus, str]:
    """How the last tick of the schedule ended, and why it launched nothing."""
    state = state_of(instance, WEEKLY)

    def ended() -> tuple[TickStatus, str] | None:
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        if not ticks or ticks[0].status is TickStatus.STARTED:
            return None
        return ticks[0].status, ticks[0].skip_reason or ""

    return wait_for(ended, 90, "the tick")


def test_the_schedule_fires_and_an_unchanged_week_is_skipped(dagster: DagsterDev, instance: dg.DagsterInstance) -> None:
    dagster.start_schedule(WEEKLY)
    as_of_last_week(instance)
    assert answered(instance) == (TickStatus.SUCCESS, "")
    (run,) = dagster.runs()
    ended = dagster.ended(run)
    assert ended.success, ended.said
    monday = last_monday().isoformat()
    release = dagster.outputs / "releases" / monday
    assert verify(release).sound
    assert dagster.materialisations(tuple(RELEASE_FILES["version"].path))[0][1]["version"] == monday

    as_of_last_week(instance)
    status, why = answered(instance)
    assert status is TickStatus.SKIPPED
    assert "Rien n’a changé" in why
    assert dagster.runs() == [run]
    assert [path.name for path in release.parent.iterdir()] == [monday]
    # A release that was found to be up to date is as fresh as a new one.
    assert len(dagster.materialisations(tuple(RELEASE_FILES["version"].path))) == 2


def test_an_edited_sheet_is_checked_once(dagster: DagsterDev, tmp_path: Path) -> None:
    del tmp_path
    before = set(dagster.runs())
    dagster.start_sensor(CHANGED)

    def launched() -> list[str] | None:
        return [run for run in dagster.runs() if run not in before] or None

    first = wait_for(launched, 4 * INTERVAL, "the run of a new instance")
    assert all(dagster.ended(run).success for run in first)
    before |= set(first)
    place = put(dagster.sources, *AMOUNT, "neuf cent mille")
    (second,) = wait_for(launched, 4 * INTERVAL, "the run of an edited sheet")
    ended = dagster.ended(second)
    assert ended.job == "valider"
    assert any(place.cell in check.said for check in ended.failed())
    tags = dagster.query("query ($id: ID!) { runOrError(runId: $id) { ... on Run { tags { key value } } } }", id=second)
    assert {"key": WHAT_CHANGED, "value": f"modifié : {place.file}"} in tags["runOrError"]["tags"]
