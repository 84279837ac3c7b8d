"""A release taken to a real portal by Dagster: shown, sent, checked; refused, hindered, and never with a key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.orchestration import failures
from pipelines.orchestration.alerts import failure_alert
from pipelines.orchestration.failures import FailureKind, Patience
from pipelines.orchestration.jobs import EVERYTHING, TO_THE_PORTAL
from pipelines.orchestration.names import PORTAL
from pipelines.orchestration.portal import ADMITTED, QUALITY, SERVED
from tests.conftest import SmallSources
from tests.publication.conftest import PROJECT, SOURCES
from tests.services import free_port
from tests.storage.conftest import cache, front, moto
from tests.storage.test_releases import ADDRESS
from tests.udata import Udata

__all__ = ["cache", "front", "moto"]  # fixtures, which pytest finds by their names
pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = "2025-01-06", "2025-01-13", "2025-01-20"
Metadata = dict[str, Any]


@pytest.fixture
def portal(portal: Udata, monkeypatch: pytest.MonkeyPatch) -> Udata:
    monkeypatch.setenv("DATAGOUV_API_KEY", portal.key)
    monkeypatch.setattr(failures, "PATIENCE", Patience(first=0.01))
    return portal


@dataclass
class Publisher:
    """Small sheets in a git repository, their releases beside, a portal, and the history of Dagster."""

    sources: SmallSources
    portal: Udata
    instance: dg.DagsterInstance
    home: Path
    outputs: Path = field(init=False)
    outputs_setting: str = ""

    def __post_init__(self) -> None:
        self.outputs = self.sources.root.parent / "sorties"
        self.outputs_setting = str(self.outputs)
        shutil.copyfile(SOURCES / "jeu_de_donnees.toml", self.sources.root / "jeu_de_donnees.toml")
        self._git("init", "--quiet")
        self.commit()

    def _git(self, *words: str) -> None:
        who = ("-c", "user.name=Éditeur", "-c", "user.email=editeur@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=self.sources.root, check=True, capture_output=True)

    def commit(self) -> None:
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", "Feuilles")

    def config(self, date: str, **portal: object) -> dict[str, Any]:
        settings = {"sources": str(self.sources.root), "outputs": self.outputs_setting, "date": date}
        where = {"adresse": self.portal.url, "organisation": self.portal.organisation} | portal
        return {"resources": {"settings": {"config": settings}, "portail": {"config": where}}}

    def run(self, job: str, date: str = "", **portal: object) -> dg.ExecuteInProcessResult:
        return defs.resolve_job_def(job).execute_in_process(
            instance=self.instance, run_config=self.config(date, **portal), raise_on_error=False
        )

    def check(self) -> dg.ExecuteInProcessResult:
        """What the portal serves, checked alone, as the button of the interface does."""
        checks = {dg.AssetCheckKey(PORTAL, name) for name in (SERVED, QUALITY)}
        job = defs.resolve_job_def(TO_THE_PORTAL).get_subset(asset_selection=set(), asset_check_selection=checks)
        return job.execute_in_process(instance=self.instance, run_config=self.config(""), raise_on_error=False)

    def shown(self) -> str | None:
        """The version that the portal says it shows; none when it has nothing of ours."""
        found = self.portal.datasets()
        return found[0]["extras"].get("contrats:version") if found else None


@pytest.fixture
def publisher(portal: Udata, small_sources: SmallSources, tmp_path: Path) -> Iterator[Publisher]:
    home = tmp_path / "dagster"
    home.mkdir()
    with dg.instance_for_test(temp_dir=str(home)) as instance:
        yield Publisher(small_sources, portal, instance, home)


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations() if one.asset_key == PORTAL}


def sent(result: dg.ExecuteInProcessResult) -> Metadata | None:
    """The metadata of the publication; none when there was none."""
    events = [one for one in result.get_asset_materialization_events() if one.asset_key == PORTAL]
    return {name: one.value for name, one in events[0].materialization.metadata.items()} if events else None


def planned(result: dg.ExecuteInProcessResult) -> str:
    """The plan that was shown."""
    (seen,) = (one.asset_observation_data.asset_observation for one in result.get_asset_observation_events())
    assert seen.asset_key == PORTAL
    return str(seen.metadata["plan"].value)


def failure(result: dg.ExecuteInProcessResult) -> tuple[str, str]:
    """The kind of the failure of the only step that failed, and what it says."""
    (failed,) = (event.step_failure_data for event in result.all_events if event.is_step_failure)
    assert failed.user_failure_data is not None
    return str(failed.user_failure_data.metadata[failures.KIND].value), str(failed.user_failure_data.description)


def test_a_release_is_shown_then_sent_then_left_alone(publisher: Publisher) -> None:
    made = publisher.run(EVERYTHING, FIRST, adresse="")
    assert made.success
    assert (checks(made), sent(made), publisher.shown()) == ({}, None, None)

    plan = publisher.run(TO_THE_PORTAL)
    assert plan.success
    assert (checks(plan), sent(plan)) == ({ADMITTED: True}, None)
    assert f"Version : aucune → {FIRST}" in planned(plan)
    assert publisher.portal.datasets() == []

    applied = publisher.run(TO_THE_PORTAL, appliquer=True)
    assert applied.success
    assert checks(applied) == {ADMITTED: True, SERVED: True, QUALITY: True}
    said = sent(applied)
    assert said is not None
    assert (said["version"], said["portail"], said["note"]) == (FIRST, publisher.portal.url, 1.0)
    assert set(said["ressources"]) == {"créer"}
    assert said["écritures"] > said["ressources"]["créer"] > 60
    (dataset,) = publisher.portal.datasets()
    assert (publisher.shown(), dataset["private"]) == (FIRST, False)
    assert said["page"] in (dataset["page"], f"{publisher.portal.url}/api/1/datasets/{dataset['id']}/")

    again = publisher.run(TO_THE_PORTAL, appliquer=True)
    assert again.success
    said = sent(again)
    assert said is not None
    assert (said["écritures"], set(said["ressources"])) == (0, {"garder"})
    assert "Rien à faire" in planned(again)


def test_what_is_published_goes_on_to_the_portal_and_what_is_refused_does_not(publisher: Publisher) -> None:
    assert publisher.run(EVERYTHING, FIRST, appliquer=True).success
    assert publisher.shown() == FIRST

    publisher.sources.put("contrats/alpes/Contrat", "Objectif", "Tout autre chose")
    publisher.commit()
    changed = publisher.run(EVERYTHING, SECOND, appliquer=True)
    assert changed.success
    assert checks(changed) == {ADMITTED: True, SERVED: True, QUALITY: True}
    assert publisher.shown() == SECOND
    assert f"Version : {FIRST} → {SECOND}" in planned(changed)

    older = publisher.run(TO_THE_PORTAL, appliquer=True, version=FIRST, hors_depot=True)
    assert failure(older)[0] == FailureKind.REFUSED.title
    assert checks(older) == {ADMITTED: False}
    assert publisher.shown() == SECOND
    back = publisher.run(TO_THE_PORTAL, appliquer=True, version=FIRST, hors_depot=True, retour_en_arriere=True)
    assert back.success
    assert publisher.shown() == FIRST

    before = publisher.portal.datasets()
    for sheet in ("contrats/alpes/Outils", "contrats/alpes/Actions"):
        grid = publisher.sources.grid(sheet)
        publisher.sources.write(sheet, [[text.replace("alpes-guide", "alpes-livret") for text in row] for row in grid])
    publisher.commit()
    broken = publisher.run(EVERYTHING, THIRD, appliquer=True)
    assert "alpes-guide" in failure(broken)[1]
    publisher.sources.put("contrats/alpes/Contrat", "Début", "peut-être")
    publisher.commit()
    wrong = publisher.run(EVERYTHING, THIRD, appliquer=True)
    for refused in (broken, wrong):
        assert not refused.success
        assert (checks(refused), sent(refused)) == ({}, None)
    assert publisher.portal.datasets() == before


def test_the_guards_refuse_before_anything_is_sent(publisher: Publisher) -> None:
    publisher.sources.put("contrats/alpes/Contrat", "Objectif", "Pas encore dans le dépôt")
    run = publisher.run(EVERYTHING, FIRST, appliquer=True)
    assert (checks(run), sent(run)) == ({ADMITTED: False}, None)
    assert publisher.portal.datasets() == []
    assert (publisher.outputs / "releases" / FIRST).is_dir(), "the release itself is published"
    kind, said = failure(run)
    assert kind == FailureKind.REFUSED.title
    assert "rien n’a été envoyé" in said
    assert "contrats/alpes/Contrat.csv (autre que celle du dépôt)" in said
    alert = failure_alert(publisher.instance, publisher.instance.get_run_by_id(run.run_id) or run.dagster_run)
    assert alert.subject.endswith(f"({FailureKind.REFUSED.title})")
    assert "contrats/alpes/Contrat.csv" in alert.text


def test_a_portal_that_is_away_is_asked_again_three_times(publisher: Publisher) -> None:
    assert publisher.run(EVERYTHING, FIRST, adresse="").success
    run = publisher.run(TO_THE_PORTAL, adresse=f"http://127.0.0.1:{free_port()}", appliquer=True)
    retried = [one for one in run.all_events if one.event_type_value == "STEP_UP_FOR_RETRY"]
    assert (run.success, len(retried)) == (False, 3)
    kind, said = failure(run)
    assert kind == FailureKind.PASSING.title
    assert "ne répond pas comme attendu" in said


@pytest.mark.parametrize("key", ["", "other_key", "revoked_key"], ids=["none", "no rights", "revoked"])
def test_a_key_that_is_not_good_ends_the_run_at_once(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    assert publisher.run(EVERYTHING, FIRST, adresse="").success
    value = getattr(publisher.portal, key) if key else ""
    monkeypatch.setenv("DATAGOUV_API_KEY", value)
    run = publisher.run(TO_THE_PORTAL, appliquer=True)
    assert (run.success, sent(run)) == (False, None)
    assert not [one for one in run.all_events if one.event_type_value == "STEP_UP_FOR_RETRY"]
    alert = failure_alert(publisher.instance, run.dagster_run)
    told = alert.text + json.dumps(dict(alert.details), ensure_ascii=False) + failure(run)[1]
    assert "portail" in told.lower()
    assert not value or value not in told


def test_what_is_changed_on_the_portal_is_seen_by_its_check_alone(publisher: Publisher) -> None:
    assert publisher.run(EVERYTHING, FIRST, appliquer=True).success
    (dataset,) = publisher.portal.datasets()
    lost = dataset["resources"][0]
    publisher.portal.call("DELETE", f"/api/1/datasets/{dataset['id']}/resources/{lost['id']}/").raise_for_status()
    found = publisher.check()
    assert found.success
    assert checks(found) == {SERVED: False, QUALITY: True}
    (served,) = (one for one in found.get_asset_check_evaluations() if one.check_name == SERVED)
    assert lost["extras"]["contrats:cle"] in str(served.metadata["comparaison"].value)


@pytest.mark.usefixtures("front", "cache")
def test_releases_of_a_store_are_brought_here_to_be_sent_and_compared(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publisher.outputs_setting = ADDRESS
    assert publisher.run(EVERYTHING, FIRST, appliquer=True).success
    publisher.sources.put("contrats/alpes/Contrat", "Objectif", "Tout autre chose")
    publisher.commit()
    assert publisher.run(EVERYTHING, SECOND, adresse="").success
    assert publisher.shown() == FIRST
    monkeypatch.setenv("CONTRATS_CACHE", str(tmp_path / "autre-machine"))
    sent = publisher.run(TO_THE_PORTAL, appliquer=True)
    assert sent.success
    assert checks(sent) == {ADMITTED: True, SERVED: True, QUALITY: True}
    assert publisher.shown() == SECOND
    back = publisher.run(TO_THE_PORTAL, appliquer=True, version=FIRST, hors_depot=True, retour_en_arriere=True)
    assert back.success
    assert publisher.shown() == FIRST


def test_a_build_of_the_shell_sends_nothing_whatever_the_environment_says(publisher: Publisher, tmp_path: Path) -> None:
    where = ("--sources", str(publisher.sources.root), "--outputs", str(publisher.outputs), "--date", FIRST)
    environment = {
        "CONTRATS_PORTAIL": publisher.portal.url,
        "CONTRATS_PORTAIL_ORGANISATION": publisher.portal.organisation,
        "CONTRATS_PORTAIL_APPLIQUER": "oui",
        "DAGSTER_HOME": str(tmp_path / "coquille"),
        "PYTHONPATH": str(PROJECT),
    }
    command = [sys.executable, "-m", "pipelines", "build", *where]
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"Version {FIRST} publiée" in done.stdout
    assert publisher.portal.datasets() == []


def test_the_key_is_written_nowhere(publisher: Publisher, tmp_path: Path) -> None:
    """Runs by Dagster’s own launcher, that end well, that are refused and that find no portal."""
    home = tmp_path / "lanceur"
    home.mkdir()
    shutil.copyfile(PROJECT / "pipelines" / "orchestration" / "dagster.yaml", home / "dagster.yaml")
    assert publisher.run(EVERYTHING, FIRST, adresse="").success
    said = []
    for portal, code in (({"appliquer": True}, 0), ({"organisation": "absente"}, 1)):
        config = tmp_path / "run.json"
        config.write_text(json.dumps(publisher.config("", **portal)), encoding="utf-8")
        launched = ("-m", "dagster", "job", "execute", "-m", "pipelines.definitions", "-j", TO_THE_PORTAL)
        done = subprocess.run(
            [sys.executable, *launched, "-c", str(config)],
            cwd=PROJECT,
            env=os.environ | {"DAGSTER_HOME": str(home), "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()[-2000:]
        said.append(done.stdout + done.stderr)
    assert publisher.shown() == FIRST
    files = {path: path.read_bytes() for folder in (home, publisher.home, publisher.outputs) for path in _files(folder)}
    assert any(b"publier_sur_le_portail" in content for content in files.values()), "the history is there"
    key = publisher.portal.key.encode()
    assert [str(path) for path, content in files.items() if key in content] == []
    assert not any(key in text for text in said)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
