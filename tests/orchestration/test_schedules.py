"""The schedules: the date of a release is that of its tick, and nothing is launched when nothing changed."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration import jobs
from pipelines.orchestration.jobs import EVERYTHING, MADE_OF, MODE, MONTHLY_RELEASE, monthly, release_request, weekly
from pipelines.orchestration.resources import Run
from tests.conftest import SmallSources

LATE_SUNDAY = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def place(small_sources: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSources:
    """Small sources and a release, as the schedules find them."""
    release = tmp_path / "sorties" / "releases" / "2026-11-16"
    release.mkdir(parents=True)
    told = {"version": release.name, "created": release.name, "contenu_sha256": "0"}
    (release / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    (release / "SHA256SUMS").touch()
    (small_sources.root / "jeu_de_donnees.toml").write_text("titre = 'Essai'", encoding="utf-8")
    outputs = str(tmp_path / "sorties")
    monkeypatch.setattr(jobs, "Run", lambda: Run(sources=str(small_sources.root), outputs=outputs))
    return small_sources


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def asked(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, at: dt.datetime = LATE_SUNDAY
) -> dg.RunRequest | dg.SkipReason:
    return release_request(instance, at, schedule.name, partial=schedule is weekly)


def carried_out(
    instance: dg.DagsterInstance,
    request: dg.RunRequest,
    job: str = EVERYTHING,
    *,
    well: bool = True,
    publish: bool = True,
) -> None:
    """A run of that name and these tags; what it does is of no account here."""

    @dg.op
    def work() -> None:
        if not well:
            raise dg.Failure("refusé")

    @dg.job(name=job, resource_defs={"settings": Run.configure_at_launch()})
    def run() -> None:
        work()

    config = {"resources": {"settings": {"config": {"publish": publish}}}}
    run.execute_in_process(instance=instance, tags=dict(request.tags), run_config=config, raise_on_error=False)


@pytest.mark.parametrize(("schedule", "partial"), [(weekly, True), (monthly, False)], ids=["weekly", "monthly"])
def test_a_scheduled_release_bears_the_date_of_its_tick_in_paris(
    schedule: dg.ScheduleDefinition, partial: bool
) -> None:
    with dg.instance_for_test() as instance:
        request = schedule(dg.build_schedule_context(instance=instance, scheduled_execution_time=LATE_SUNDAY))
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["resources"]["settings"]["config"] == {"date": "2026-11-23", "partial": partial}
    assert request.run_key == f"{schedule.name}-2026-11-23"


def _edit(place: SmallSources) -> None:
    place.put("contrats/alpes/Contrat", "Objectif", "Un autre")


def _describe(place: SmallSources) -> None:
    path = place.root / "jeu_de_donnees.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# relu\n", encoding="utf-8")


def _lose(place: SmallSources) -> None:
    shutil.rmtree(place.root.parent / "sorties")


def _touch(place: SmallSources) -> None:
    for path in place.root.rglob("*.csv"):
        os.utime(path, (0, 0))


@pytest.mark.parametrize(
    ("change", "skipped"),
    [(lambda _: None, True), (_touch, True), (_edit, False), (_describe, False), (_lose, False)],
    ids=["nothing", "dates of files", "a sheet", "the description", "the releases are gone"],
)
def test_what_did_not_change_is_not_published_again(
    place: SmallSources, instance: dg.DagsterInstance, change: Callable[[SmallSources], None], skipped: bool
) -> None:
    request = asked(weekly, instance)
    assert isinstance(request, dg.RunRequest)
    carried_out(instance, request)
    change(place)
    answer = asked(weekly, instance, LATE_SUNDAY + dt.timedelta(days=7))
    assert isinstance(answer, dg.SkipReason) is skipped
    if isinstance(answer, dg.SkipReason):
        assert "Rien n’a changé" in str(answer.skip_message)


def test_another_code_publishes_again(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(weekly, instance)
    assert isinstance(request, dg.RunRequest)
    carried_out(instance, request)
    monkeypatch.setattr(jobs, "code_of", lambda _stage: "un autre code")
    assert isinstance(asked(weekly, instance), dg.RunRequest)


def test_a_run_that_published_nothing_does_not_count(instance: dg.DagsterInstance) -> None:
    request = asked(weekly, instance)
    assert isinstance(request, dg.RunRequest)
    carried_out(instance, request, publish=False)
    assert isinstance(asked(weekly, instance), dg.RunRequest)


def test_a_run_that_failed_does_not_count(instance: dg.DagsterInstance) -> None:
    request = asked(monthly, instance)
    assert isinstance(request, dg.RunRequest)
    carried_out(instance, request, MONTHLY_RELEASE, well=False)
    assert isinstance(asked(monthly, instance), dg.RunRequest)


def test_a_partial_release_does_not_stand_for_the_whole_one_of_the_month(instance: dg.DagsterInstance) -> None:
    request = asked(weekly, instance)
    assert isinstance(request, dg.RunRequest)
    carried_out(instance, request)
    whole = asked(monthly, instance)
    assert isinstance(whole, dg.RunRequest)
    carried_out(instance, whole, MONTHLY_RELEASE)
    assert isinstance(asked(monthly, instance), dg.SkipReason)
    assert isinstance(asked(weekly, instance), dg.SkipReason)


def test_a_release_of_other_hands_in_between_counts(place: SmallSources, instance: dg.DagsterInstance) -> None:
    """Sheets that come back to what a scheduled run published, after someone published something else."""
    first = asked(weekly, instance)
    assert isinstance(first, dg.RunRequest)
    carried_out(instance, first)
    before = place.path("contrats/alpes/Contrat").read_bytes()
    _edit(place)
    by_hand = dg.RunRequest(run_config=first.run_config)
    assert not {MADE_OF, MODE} & set(by_hand.tags)
    carried_out(instance, by_hand)
    place.path("contrats/alpes/Contrat").write_bytes(before)
    assert isinstance(asked(weekly, instance), dg.RunRequest)


def test_a_run_has_one_date_though_its_steps_run_on_several_days(place: SmallSources) -> None:
    settings = Run(sources=str(place.root))
    settings._created = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)
    assert settings.release_date == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "running"), [("", False), ("arretes", False), ("actifs", True), ("oui", None), ("ACTIFS", None)]
)
def test_automations_start_when_the_administrator_says_so(
    said: str, running: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.orchestration.automation import schedule_status, sensor_status

    monkeypatch.setenv("CONTRATS_AUTOMATISMES", said)
    if running is None:
        with pytest.raises(ValueError, match="« actifs » ou « arretes » est attendu"):
            schedule_status()
        return
    assert (schedule_status() is dg.DefaultScheduleStatus.RUNNING) is running
    assert (sensor_status() is dg.DefaultSensorStatus.RUNNING) is running
