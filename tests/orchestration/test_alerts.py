"""The sensors of alerts, against real servers: each thing is told once, by each channel, and none is lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.orchestration import alerts
from pipelines.orchestration.metadata import CELLS
from pipelines.orchestration.names import RELEASE_FILES
from pipelines.orchestration.policy import STALE_AFTER_DAYS, TOLD_AGAIN_AFTER_DAYS
from pipelines.orchestration.resources import PARIS, Run
from tests.alerts.servers import MailBox, Receiver, mail_server, receiver
from tests.conftest import SmallSources


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailBox]:
    with mail_server() as found:
        monkeypatch.setenv("CONTRATS_SMTP_HOTE", "127.0.0.1")
        monkeypatch.setenv("CONTRATS_SMTP_PORT", str(found.port))
        monkeypatch.setenv("CONTRATS_SMTP_SECURITE", "aucune")
        monkeypatch.setenv("CONTRATS_ALERTES_DE", "donnees@exemple.fr")
        monkeypatch.setenv("CONTRATS_ALERTES_A", "une@exemple.fr")
        monkeypatch.setenv("CONTRATS_ADRESSE_INTERFACE", "http://127.0.0.1:3000")
        yield found


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as found:
        monkeypatch.setenv("CONTRATS_WEBHOOK_URL", found.url)
        yield found


class Looks:
    """A sensor as the daemon evaluates it, look after look."""

    def __init__(self, sensor: dg.SensorDefinition) -> None:
        self.sensor, self.cursor = sensor, ""
        self.instance = dg.DagsterInstance.ephemeral()

    def look(self) -> str:
        """What the look says; a failed one leaves the cursor as it was."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor or None)
        try:
            answer = self.sensor(context)
        except dg.Failure as error:
            return f"échec : {error.description}"
        self.cursor = context.cursor or ""
        assert isinstance(answer, dg.SkipReason)
        return str(answer.skip_message)


def wrong_run(looks: Looks, sources: SmallSources) -> str:
    """A real run that fails on a wrong cell; returns its number."""
    sources.put("contrats/alpes/Contrat", "Début", "peut-être")
    result = defs.resolve_job_def("publier").execute_in_process(
        instance=looks.instance,
        run_config={
            "resources": {
                "settings": {
                    "config": {
                        "sources": str(sources.root),
                        "outputs": str(sources.root.parent / "sorties"),
                        "date": "2026-01-01",
                    }
                }
            }
        },
        raise_on_error=False,
    )
    assert not result.success
    return result.run_id


def fail(looks: Looks, message: str) -> str:
    @dg.op
    def work() -> None:
        raise dg.Failure(message)

    @dg.job(name="essai")
    def run() -> None:
        work()

    return run.execute_in_process(instance=looks.instance, raise_on_error=False).run_id


def test_a_failed_run_is_told_once_with_its_cells(small_sources: SmallSources, box: MailBox, hook: Receiver) -> None:
    looks = Looks(alerts.failures)
    assert looks.look() == "Les échecs à venir seront dits."
    run = wrong_run(looks, small_sources)
    looks.look()
    looks.look()
    (message,), (body,) = box.messages, hook.bodies
    text = message.get_content()
    assert message["Subject"] == "Contrats de destination : publier a échoué (données refusées)"
    assert "contrats/alpes, Contrat" in text
    assert "« peut-être »" in text
    assert f"http://127.0.0.1:3000/runs/{run}" in text
    said = json.loads(body)
    assert said["details"]["nature"] == "données refusées"
    assert said["details"]["cellules"][0]["code"] == "date-illisible"
    assert Path(said["liens"]["Rapport"]).is_file()


def test_a_run_of_before_its_cells_were_named_in_french_is_told_too(box: MailBox, hook: Receiver) -> None:
    """An upgrade may come between a failure and the look that tells it."""
    looks = Looks(alerts.failures)
    looks.look()
    names = ("code", "file", "sheet", "cell", "column", "value", "message", "advice")
    record = dg.TableRecord({name: f"<{name}>" for name in names})
    shown = dg.MetadataValue.table([record], dg.TableSchema([dg.TableColumn(name) for name in names]))

    @dg.asset_check(asset="avant", blocking=True)
    def conforme() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, metadata={CELLS: shown})

    @dg.asset
    def apres() -> None:
        raise dg.Failure("refusé")

    job = dg.define_asset_job("essai", selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks())
    defs = dg.Definitions(assets=[apres], asset_checks=[conforme], jobs=[job])
    defs.resolve_job_def("essai").execute_in_process(instance=looks.instance, raise_on_error=False)
    looks.look()
    (body,) = hook.bodies
    assert json.loads(body)["details"]["cellules"][0]["advice"] == "<advice>"
    assert len(box.messages) == 1


def test_what_failed_before_is_not_told_and_a_success_neither(box: MailBox) -> None:
    looks = Looks(alerts.failures)
    fail(looks, "avant")
    looks.look()
    looks.look()

    @dg.job
    def nothing() -> None:
        return

    nothing.execute_in_process(instance=looks.instance)
    looks.look()
    assert box.messages == []


def test_an_alert_waits_for_its_server_and_none_is_lost(box: MailBox, hook: Receiver) -> None:
    looks = Looks(alerts.failures)
    looks.look()
    runs = [fail(looks, f"panne {number}") for number in range(3)]
    box.down, hook.answer = True, 500
    assert looks.look().startswith("échec : L’alerte n’est pas partie par courriel (127.0.0.1)")
    hook.answer = 200
    assert "n’est pas partie par courriel" in looks.look()
    box.down = False
    looks.look()
    looks.look()
    posted = [json.loads(body)["details"]["execution"] for body in hook.bodies[1:]]
    assert posted == runs  # the first, refused, was tried again; then none twice
    assert len(box.messages) == 3


def test_failures_are_forgotten_while_alerts_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(alerts.failures)
    looks.look()
    fail(looks, "pendant")
    assert looks.look() == alerts.OFF
    with receiver() as hook:
        monkeypatch.setenv("CONTRATS_WEBHOOK_URL", hook.url)
        looks.look()
        fail(looks, "après")
        looks.look()
    assert [json.loads(body)["details"]["message"] for body in hook.bodies] == ["après"]


def test_a_wrong_setting_fails_the_look_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRATS_SMTP_HOTE", "127.0.0.1")
    for sensor in alerts.SENSORS:
        assert Looks(sensor).look().startswith("échec : CONTRATS_ALERTES_DE manque")


def at(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(alerts, "_now", lambda: moment)


def test_stale_data_are_told_once_a_period(box: MailBox, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(alerts.staleness)
    assert looks.look() == "Rien n’a encore été publié."
    looks.instance.report_runless_asset_event(
        dg.AssetMaterialization(RELEASE_FILES["version"], metadata={"version": "2026-11-16"})
    )
    now = dt.datetime.now(PARIS)
    told = []
    for days in (1, STALE_AFTER_DAYS - 1, STALE_AFTER_DAYS + 1, STALE_AFTER_DAYS + 2, 2 * STALE_AFTER_DAYS + 1):
        at(monkeypatch, now + dt.timedelta(days=days))
        looks.look()
        told.append(len(box.messages))
    assert told == [0, 0, 1, 1, 2]
    assert "2026-11-16" in box.messages[0].get_content()
    looks.instance.report_runless_asset_event(dg.AssetMaterialization(RELEASE_FILES["version"]))
    at(monkeypatch, dt.datetime.now(PARIS) + dt.timedelta(days=1))
    assert "La dernière publication est du" in looks.look()


@pytest.mark.parametrize(
    ("date", "days", "told"),
    [
        ("2026-11-20", [0], [1]),
        ("2026-11-20", [-1, 0, 1, TOLD_AGAIN_AFTER_DAYS - 1, TOLD_AGAIN_AFTER_DAYS], [0, 1, 1, 1, 2]),
        ("", [0, 99], [0, 0]),
    ],
    ids=["on the day", "again after a month", "without a date"],
)
def test_a_source_to_check_again_is_told(
    small_sources: SmallSources,
    box: MailBox,
    monkeypatch: pytest.MonkeyPatch,
    date: str,
    days: list[int],
    told: list[int],
) -> None:
    for row in range(2, len(small_sources.grid("referentiels/sources")) + 1):
        small_sources.put("referentiels/sources", "À revérifier le", "", row)
    small_sources.put("referentiels/sources", "À revérifier le", date)
    monkeypatch.setattr(alerts, "Run", lambda: Run(sources=str(small_sources.root)))
    looks = Looks(alerts.verification)
    found = []
    for day in days:
        at(monkeypatch, dt.datetime(2026, 11, 20, 12, tzinfo=PARIS) + dt.timedelta(days=day))
        looks.look()
        found.append(len(box.messages))
    assert found == told


def test_a_new_date_is_told_at_its_own_time(
    small_sources: SmallSources, box: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_sources.put("referentiels/sources", "À revérifier le", "2026-11-20")
    monkeypatch.setattr(alerts, "Run", lambda: Run(sources=str(small_sources.root)))
    looks = Looks(alerts.verification)
    at(monkeypatch, dt.datetime(2026, 11, 21, tzinfo=PARIS))
    looks.look()
    small_sources.put("referentiels/sources", "À revérifier le", "2026-11-22")
    looks.look()
    assert len(box.messages) == 1
    at(monkeypatch, dt.datetime(2026, 11, 22, tzinfo=PARIS))
    looks.look()
    assert len(box.messages) == 2
