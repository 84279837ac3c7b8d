"""The portal as an asset, without a portal: off by default, what its settings say, and what ends it before it asks.

What it does with a portal is in ``tests/slow/test_portal_dagster.py``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.curation.issues import IssueLog
from pipelines.definitions import defs
from pipelines.orchestration import failures
from pipelines.orchestration.failures import FailureKind, Patience
from pipelines.orchestration.jobs import EVERYTHING, MONTHLY_RELEASE, TO_THE_PORTAL, VALIDATION
from pipelines.orchestration.names import PORTAL
from pipelines.orchestration.portal_settings import (
    ADDRESS_VARIABLE,
    APPLY_VARIABLE,
    PortalSettings,
    address_of_environment,
    applied_by_environment,
)
from pipelines.publish import lock
from pipelines.publish.release import write_release
from pipelines.settings import SettingError
from tests.publish.publish_dataset import CODES, DECLARED, description, frames

VERSION = "2025-01-06"
NOWHERE = "http://127.0.0.1:1"
"""An address that nothing here gets as far as asking."""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds one release."""
    root = tmp_path_factory.mktemp("portail")
    (root / "feuilles").mkdir()
    date = dt.date.fromisoformat(VERSION)
    write_release(
        frames(), IssueLog().frame(), description(), CODES, root / "sorties", date, root / "feuilles", DECLARED
    )
    return root / "sorties"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "PATIENCE", Patience(first=0.01))
    monkeypatch.delenv("DATAGOUV_API_KEY", raising=False)


def run(
    outputs: Path,
    settings: dict[str, Any] | None = None,
    **portal: Any,  # noqa: ANN401
) -> dg.ExecuteInProcessResult:
    where = {"sources": str(outputs.parent / "feuilles"), "outputs": str(outputs)} | (settings or {})
    return defs.resolve_job_def(TO_THE_PORTAL).execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"settings": {"config": where}, "portail": {"config": portal}}},
        raise_on_error=False,
    )


@pytest.mark.parametrize(
    ("settings", "portal", "said"),
    [
        ({}, {}, "éteint : aucun portail n’est réglé (CONTRATS_PORTAIL"),
        ({}, {"adresse": "  ", "appliquer": True}, "éteint : aucun portail n’est réglé"),
        ({"trial": True}, {"adresse": NOWHERE, "appliquer": True}, "éteint : une publication d’essai"),
    ],
    ids=["by default", "an empty address", "a trial"],
)
def test_off_it_asks_nothing_and_says_so(
    outputs: Path, settings: dict[str, Any], portal: dict[str, Any], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = run(outputs, settings, **portal)
    assert result.success
    assert result.get_asset_materialization_events() == []
    assert result.get_asset_observation_events() == []
    assert result.get_asset_check_evaluations() == []
    assert said in capfd.readouterr().err


@pytest.mark.parametrize(
    ("portal", "key", "said"),
    [
        ({"adresse": NOWHERE}, "", "DATAGOUV_API_KEY"),
        ({"adresse": NOWHERE}, "une clé", "ne contient pas une clé"),
        ({"adresse": "ftp://exemple.fr"}, "k", "n’est pas l’adresse d’un portail"),
        ({"adresse": "http://exemple.fr"}, "k", "l’adresse commence par https://"),
        ({"adresse": NOWHERE, "version": "2024-01-01"}, "k", f"n’est pas une version de … (il y a : {VERSION})"),
    ],
    ids=["no key", "no key at all", "no address", "in clear", "no such release"],
)
def test_what_it_cannot_start_without_is_said_at_once(
    outputs: Path, portal: dict[str, Any], key: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAGOUV_API_KEY", key)
    kind, told, attempts = failed(run(outputs, **portal))
    assert (kind, attempts) == (FailureKind.HINDERED.title, 1)
    assert said in told.replace(str(outputs), "…")


def test_without_any_release_there_is_nothing_to_send(tmp_path: Path) -> None:
    kind, told, _ = failed(run(tmp_path, adresse=NOWHERE))
    assert kind == FailureKind.HINDERED.title
    assert "Il n’y a pas encore de version" in told


def test_one_at_a_time_sends_to_a_portal_and_the_others_wait(outputs: Path) -> None:
    lock.take(outputs, lock.PORTAL)
    try:
        kind, told, attempts = failed(run(outputs, adresse=NOWHERE))
        assert (kind, attempts) == (FailureKind.PASSING.title, 4)
        assert "Une autre publication vers un portail est en cours" in told
        lock.take(outputs)  # a build goes on meanwhile
    finally:
        lock.free(outputs)
        lock.free(outputs, lock.PORTAL)
    assert failed(run(outputs, adresse=NOWHERE))[0] == FailureKind.HINDERED.title, "for want of a key, not of the lock"


def failed(result: dg.ExecuteInProcessResult) -> tuple[str, str, int]:
    """The kind of a failure, what it says, and how many attempts there were."""
    (event,) = (event.step_failure_data for event in result.all_events if event.is_step_failure)
    assert event.user_failure_data is not None
    again = sum(one.event_type_value == "STEP_UP_FOR_RETRY" for one in result.all_events)
    told = event.user_failure_data
    return str(told.metadata[failures.KIND].value), str(told.description), again + 1


def test_the_form_shows_every_setting_in_words_and_no_key() -> None:
    fields = PortalSettings.model_fields
    assert list(fields) == [
        *("adresse", "organisation", "appliquer", "version", "partielle", "retour_en_arriere", "hors_depot")
    ]
    assert all(field.description for field in fields.values())
    shown = dg.validate_run_config(defs.resolve_job_def(TO_THE_PORTAL), {})["resources"]["portail"]["config"]
    assert shown == dict.fromkeys(("adresse", "organisation", "version"), "") | dict.fromkeys(
        ("appliquer", "partielle", "retour_en_arriere", "hors_depot"), False
    )


@pytest.mark.parametrize(
    ("job", "there"), [(EVERYTHING, True), (MONTHLY_RELEASE, True), (TO_THE_PORTAL, True), (VALIDATION, False)]
)
def test_it_is_part_of_what_publishes(job: str, there: bool) -> None:
    layer = defs.resolve_job_def(job).asset_layer
    assert (PORTAL in layer.executable_asset_keys) is there
    if job == TO_THE_PORTAL:
        assert layer.executable_asset_keys == {PORTAL}


@pytest.mark.parametrize("address", ["", " ", "demo", "production", "https://portail.exemple.fr/"])
def test_an_address_of_the_environment_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, address)
    assert address_of_environment() == address.strip()


@pytest.mark.parametrize("address", ["portail", "http://exemple.fr", "https://moi:plante-4f1c@exemple.fr"])
def test_a_wrong_one_keeps_the_project_from_loading_and_tells_no_password(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, address)
    with pytest.raises(SettingError, match=ADDRESS_VARIABLE) as told:
        address_of_environment()
    assert "plante" not in str(told.value)


@pytest.mark.parametrize(("said", "applied"), [("", False), ("non", False), ("oui", True), (" oui ", True)])
def test_only_a_yes_carries_the_plan_out(said: str, applied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(APPLY_VARIABLE, said)
    assert applied_by_environment() is applied


@pytest.mark.parametrize("said", ["true", "1", "Oui"])
def test_what_may_mean_yes_is_asked_again(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(APPLY_VARIABLE, said)
    with pytest.raises(SettingError, match="« oui » ou « non » est attendu"):
        applied_by_environment()


def test_a_schedule_publishes_again_once_its_portal_is_another() -> None:
    marks = [
        PortalSettings(adresse=address, appliquer=yes).mark for address in ("demo", NOWHERE) for yes in (False, True)
    ]
    assert len(set(marks)) == 4
    assert all(marks)
    assert PortalSettings(adresse="").mark == ""
    assert PortalSettings(adresse="demo").mark == PortalSettings(adresse="https://demo.data.gouv.fr").mark
