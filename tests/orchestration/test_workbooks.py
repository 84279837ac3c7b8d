"""The workbooks in the UI: a partition and a state for each, lots that change nothing, the backfill of some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.orchestration.names import INVENTORY, WORKBOOK, WORKBOOKS, sheet_key, table_key
from pipelines.orchestration.workbooks import CLEAN, READABLE
from schemas.registry import sheets, tables
from tests.conftest import SmallSources


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def settings(sources: SmallSources, **others: object) -> dict[str, Any]:
    folders = {"sources": str(sources.root), "outputs": str(sources.root.parent / "sorties"), "date": "2026-01-01"}
    return {"resources": {"settings": {"config": folders | others}}}


def validated(sources: SmallSources, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = defs.resolve_job_def("valider")
    return job.execute_in_process(instance=instance, run_config=settings(sources), raise_on_error=False)


def states(result: dg.ExecuteInProcessResult) -> dict[str, tuple[str, int]]:
    """The state and the errors of each workbook that a run read."""
    found = {}
    for event in result.all_events:
        if event.is_step_materialization and event.asset_key == WORKBOOK:
            told = event.materialization
            found[str(told.partition)] = (str(told.metadata["état"].value), int(str(told.metadata["erreurs"].value)))
    return found


def verdicts(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations() if one.asset_key == INVENTORY}


@pytest.mark.slow
def test_each_workbook_has_a_partition_that_tells_what_was_read_of_it(
    small_sources: SmallSources, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONTRATS_CACHE", str(tmp_path / "cache"))
    first = validated(small_sources, instance)
    assert states(first) == dict.fromkeys(("alpes", "bretagne", "national"), ("lu", 0))
    assert verdicts(first) == {READABLE: True, CLEAN: True}
    assert set(instance.get_dynamic_partitions(str(WORKBOOKS.name))) == {"alpes", "bretagne", "national"}

    small_sources.put("contrats/alpes/Contrat", "Début", "peut-être")
    second = validated(small_sources, instance)
    assert states(second) == {"alpes": ("lu", 1)}
    assert verdicts(second) == {READABLE: True, CLEAN: False}

    small_sources.put("contrats/alpes/Contrat", "Début", "2015")
    (small_sources.root / "contrats" / "bretagne").rename(small_sources.root / "contrats" / "breizh")
    third = validated(small_sources, instance)
    assert set(states(third)) == {"alpes", "breizh"}
    assert set(instance.get_dynamic_partitions(str(WORKBOOKS.name))) == {"alpes", "breizh", "national"}
    assert states(validated(small_sources, instance)) == {}


def test_an_unreadable_workbook_fails_its_check_and_the_rest_goes_on(
    small_sources: SmallSources, instance: dg.DagsterInstance
) -> None:
    (small_sources.root / "contrats" / "lyon.xlsx").write_bytes(b"rien")
    result = validated(small_sources, instance)
    assert states(result)["lyon"] == ("illisible", 1)
    assert verdicts(result) == {READABLE: False, CLEAN: False}
    assert len(result.asset_value(table_key(tables()["contrats"]))) == 2


@pytest.mark.parametrize("lots", ["3"])
def test_lots_are_steps_and_change_nothing(
    small_sources: SmallSources, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, lots: str
) -> None:
    alone = validated(small_sources, instance)
    monkeypatch.setenv("CONTRATS_LOTS", lots)
    result = validated(small_sources, instance)
    steps = [str(event.step_key) for event in result.all_events if event.is_step_success]
    steps = [step for step in steps if "lire_un_lot" in step]
    assert len(steps) == int(lots)
    for table in tables().values():
        assert result.asset_value(table_key(table)).equals(alone.asset_value(table_key(table))), table.name


@pytest.mark.slow
def test_what_did_not_change_has_the_same_data_version_and_code_version(
    small_sources: SmallSources, instance: dg.DagsterInstance
) -> None:
    def versions() -> dict[str, tuple[str, str]]:
        found = {}
        for sheet in sheets().values():
            event = instance.get_latest_materialization_event(sheet_key(sheet))
            assert event is not None
            tags = event.asset_materialization.tags or {} if event.asset_materialization else {}
            found[sheet.name] = (tags["dagster/data_version"], tags["dagster/code_version"])
        return found

    validated(small_sources, instance)
    before = versions()
    validated(small_sources, instance)
    assert versions() == before
    small_sources.put("contrats/alpes/Contrat", "Objectif", "Un autre")
    validated(small_sources, instance)
    changed = {name for name, version in versions().items() if version != before[name]}
    assert "Contrat" in changed
    assert not changed & {sheet.name for sheet in sheets().values() if sheet.place != "classeur"}


@pytest.mark.parametrize(
    ("wanted", "spoiled", "success", "said"),
    [
        ("alpes", "", True, ""),
        ("bretagne", "alpes", True, ""),
        ("alpes", "alpes", False, "1 erreur"),
        ("parti", "", False, "Aucun classeur"),
    ],
)
def test_a_backfill_checks_the_workbooks_that_are_chosen(
    small_sources: SmallSources, instance: dg.DagsterInstance, wanted: str, spoiled: str, success: bool, said: str
) -> None:
    instance.add_dynamic_partitions(str(WORKBOOKS.name), ["alpes", "bretagne", "parti"])
    if spoiled:
        small_sources.put(f"contrats/{spoiled}/Contrat", "Début", "peut-être")
    result = defs.resolve_job_def("relire_des_classeurs").execute_in_process(
        instance=instance, run_config=settings(small_sources), partition_key=wanted, raise_on_error=False
    )
    assert result.success is success
    failures = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    assert said in "".join(error.message for error in failures if error)
    if wanted != "parti":
        assert states(result) == {wanted: ("lu", int(not success))}


@pytest.mark.parametrize("said", ["zéro", "0", "-1", "1001", "1.5"])
def test_a_wrong_number_of_lots_is_told_to_the_administrator(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.orchestration.caching import lots_of_a_run

    monkeypatch.setenv("CONTRATS_LOTS", said)
    with pytest.raises(ValueError, match=f"CONTRATS_LOTS vaut « {said} »"):
        lots_of_a_run()
