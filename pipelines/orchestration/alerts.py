"""The sensors that tell people: a run failed, nothing was published for too long, sources are to be checked again.

An alert goes once by each channel. When a server is down, the look fails, which the UI shows, and the next one tries
again: what was told is remembered by channel, only once it is gone.

Belongs here: finding out that there is something to tell, and remembering what was told. Does not belong here: the
words and the sending (``pipelines.alerts``).
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

import dagster as dg
import pandas as pd

from pipelines.alerts.message import Alert, due, failed, run_link, stale
from pipelines.alerts.sending import AlertNotSentError, send
from pipelines.alerts.settings import AlertSettingsError, Channel, channels
from pipelines.normalise.intake import read_lists
from pipelines.orchestration.automation import sensor_status
from pipelines.orchestration.caching import cache
from pipelines.orchestration.failures import IMPATIENT, KIND, kind_of_names
from pipelines.orchestration.metadata import CELL_COLUMNS, CELLS
from pipelines.orchestration.names import RELEASE_FILES
from pipelines.orchestration.policy import STALE_AFTER_DAYS, TOLD_AGAIN_AFTER_DAYS
from pipelines.orchestration.report import METADATA as REPORT
from pipelines.orchestration.resources import PARIS, Run

INTERFACE = "CONTRATS_ADRESSE_INTERFACE"
OFF = "Aucune alerte n’est réglée : ni courriel ni webhook (docs/alertes.md)."
FAILURES, STALENESS, VERIFICATION = "alerte_echec", "alerte_donnees_perimees", "alerte_sources_a_reverifier"
_AT_ONCE = 20
"""Failures told in one look; the others at the next."""


@dataclass
class Told:
    """What a sensor remembers: ``after`` (where it is), and what went by each channel, by the key of the alert."""

    after: str = ""
    sent: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str | None) -> Told:
        """From the cursor of the last look."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def cursor(self) -> str:
        """As text, for the next look."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def deliver(self, key: str, alert: Alert, to: Iterable[Channel]) -> list[str]:
        """Sends an alert by the channels that it did not go by yet; returns what went wrong."""
        wrong = []
        for channel in to:
            if channel.name in self.sent.get(key, []):
                continue
            try:
                send(alert, channel)
                self.sent.setdefault(key, []).append(channel.name)
            except AlertNotSentError as error:
                wrong.append(str(error))
        return wrong


def _channels() -> list[Channel]:
    """The channels; a wrong setting fails the look, with its own words."""
    try:
        return channels()
    except AlertSettingsError as error:
        raise dg.Failure(str(error)) from None


def _ended(context: dg.SensorEvaluationContext, told: Told, wrong: list[str], said: str) -> dg.SkipReason:
    """Remembers what went, then says what did not.

    Raises:
        dagster.Failure: nothing at all went, so that nothing is lost by failing; the UI shows the look in red.
    """
    changed = told.cursor() != (context.cursor or "")
    if wrong and not changed:
        raise dg.Failure(" ".join(dict.fromkeys(wrong)))
    if changed:
        context.update_cursor(told.cursor())
    return dg.SkipReason(" ".join(dict.fromkeys([said, *wrong])))


# --- Runs that failed ------------------------------------------------------------------------------------------------


@dg.sensor(
    name=FAILURES,
    minimum_interval_seconds=30,
    default_status=sensor_status(),
    description="Dit par courriel ou webhook qu’une exécution a échoué : données refusées et quelles cellules, "
    "empêchement passager, ou erreur du programme.",
)
def failures(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """One alert for each run that failed since the sensor was turned on."""
    to = _channels()
    told = Told.of(context.cursor)
    found = _failed_runs(context.instance, told)
    if not to or not told.after:  # nothing of before is told
        told = Told(max((_stamp(record) for record in found), default=told.after or _NEVER))
        context.update_cursor(told.cursor())
        return dg.SkipReason(OFF if not to else "Les échecs à venir seront dits.")
    wrong = []
    for record in found[:_AT_ONCE]:
        run = record.dagster_run
        missing = told.deliver(run.run_id, failure_alert(context.instance, run), to)
        if missing:
            wrong += missing
            break  # in order, so that one mark is enough to know where we are
        told.after = _stamp(record)
        told.sent = {}
    return _ended(context, told, wrong, "Aucun autre échec.")


_NEVER = "0"


def _stamp(record: dg.RunRecord) -> str:
    """The place of a run among those that failed: when, to the microsecond, then which."""
    return f"{record.update_timestamp.timestamp():020.6f} {record.dagster_run.run_id}"


def _failed_runs(instance: dg.DagsterInstance, told: Told) -> list[dg.RunRecord]:
    since = float(told.after.partition(" ")[0]) if told.after not in ("", _NEVER) else 0.0
    records = instance.get_run_records(
        dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.FAILURE],
            updated_after=dt.datetime.fromtimestamp(max(since - 1, 0), dt.UTC),
        )
    )
    records = [record for record in records if IMPATIENT not in record.dagster_run.tags]  # somebody read it at a shell
    return [record for record in sorted(records, key=_stamp) if _stamp(record) > told.after]


def failure_alert(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Alert:
    """What a failed run has to say: the kind that its step told, and the cells that its checks name."""
    steps = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    events = [record.event_log_entry.dagster_event for record in steps]
    failures_ = [event.step_failure_data for event in events if event is not None]
    told = [one.user_failure_data for one in failures_ if one.user_failure_data is not None]
    names = [name for one in failures_ for name in _names(one.error)]
    kind = next((str(one.metadata[KIND].value) for one in told if KIND in one.metadata), kind_of_names(names).title)
    said = next((str(one.description) for one in told if one.description), "")
    cells, links = _checked(instance, run.run_id)
    if not said:
        said = "Les contrôles nomment ce qui est à corriger." if cells else _last_words(instance, run.run_id)
    interface = os.environ.get(INTERFACE, "")
    return failed(run.run_id, run.job_name, kind, said, cells, links | run_link(interface, run.run_id))


def _names(error: object) -> Iterable[str]:
    while error is not None:
        yield str(getattr(error, "cls_name", ""))
        error = getattr(error, "cause", None)


def _last_words(instance: dg.DagsterInstance, run: str) -> str:
    """What the run itself says of its failure, when no step did: its process died, or never started."""
    records = instance.get_records_for_run(run, of_type=dg.DagsterEventType.RUN_FAILURE).records
    return next((record.event_log_entry.user_message for record in records), "")


def _checked(instance: dg.DagsterInstance, run: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The cells that the failed checks of a run name, and the report that they link to."""
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    links: dict[str, str] = {}
    for record in instance.get_records_for_run(run, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records:
        event = record.event_log_entry.dagster_event
        evaluation = event.asset_check_evaluation_data if event is not None else None
        if evaluation is None or evaluation.passed or evaluation.severity is not dg.AssetCheckSeverity.ERROR:
            continue
        if REPORT in evaluation.metadata:
            links["Rapport"] = str(evaluation.metadata[REPORT].value)
        table = evaluation.metadata.get(CELLS)
        for row in table.value.records if isinstance(table, dg.TableMetadataValue) else []:
            one = {name: _named(row.data, name, shown) for name, shown in CELL_COLUMNS.items()}
            cells.setdefault((one["code"], one["file"], one["sheet"], one["cell"], one["value"]), one)
    return list(cells.values()), links


def _named(data: Mapping[str, object], name: str, shown: str) -> str:
    """A value of a cell that a check named; the history may hold runs of before its columns were called in French."""
    return str(data.get(shown, data.get(name, "")))


# --- Data that are no longer fresh -----------------------------------------------------------------------------------


@dg.sensor(
    name=STALENESS,
    minimum_interval_seconds=3600,
    default_status=sensor_status(),
    description=f"Dit par courriel ou webhook que rien n’a été publié, ni constaté inchangé, depuis {STALE_AFTER_DAYS} "
    "jours ; puis de nouveau chaque fois qu’autant de jours ont passé.",
)
def staleness(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """One alert for each time that so many days went by since the last release, or since it was confirmed."""
    to = _channels()
    if not to:
        return dg.SkipReason(OFF)
    event = context.instance.get_latest_materialization_event(RELEASE_FILES["version"])
    if event is None or event.asset_materialization is None:
        return dg.SkipReason("Rien n’a encore été publié.")
    since = dt.datetime.fromtimestamp(event.timestamp, PARIS)
    times = (_now() - since).days // STALE_AFTER_DAYS
    if times < 1:
        return dg.SkipReason(f"La dernière publication est du {since:%d/%m/%Y}.")
    told = Told.of(context.cursor)
    key = f"{event.timestamp:.6f} {times}"
    if told.after == key:
        return dg.SkipReason("C’est déjà dit.")
    version = event.asset_materialization.metadata.get("version")
    interface = os.environ.get(INTERFACE, "")
    links = {"Interface": interface} if interface else {}
    alert = stale(since.date(), STALE_AFTER_DAYS, str(version.value) if version else "", links)
    wrong = told.deliver(key, alert, to)
    if not wrong:
        told = Told(key)
    return _ended(context, told, wrong, "Dit." if not wrong else "")


def _now() -> dt.datetime:
    return dt.datetime.now(PARIS)


# --- Sources to be checked again -------------------------------------------------------------------------------------


@dg.sensor(
    name=VERIFICATION,
    minimum_interval_seconds=6 * 3600,
    default_status=sensor_status(),
    description="Dit par courriel ou webhook quelles sources sont à relire (colonne « À revérifier le » de la "
    f"bibliographie), une fois à la date, puis tous les {TOLD_AGAIN_AFTER_DAYS} jours tant qu’elle n’a pas changé.",
)
def verification(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """One alert for all the sources that are due and were not told of lately."""
    to = _channels()
    if not to:
        return dg.SkipReason(OFF)
    root = Run().sources_folder
    if not root.is_dir():
        return dg.SkipReason(f"Le dossier des feuilles n’existe pas : {root}.")
    today = _now().date()
    found = due_sources(read_lists(root, cache=cache()).typed["sources"].frame, today)
    told = Told.of(context.cursor)
    known: dict[str, str] = json.loads(told.after) if told.after else {}
    fresh = [one for one in found if not _told_lately(known.get(f"{one['identifiant']} {one['date']}"), today)]
    if not fresh:
        return dg.SkipReason(f"{len(found)} sources à relire, déjà dites." if found else "Aucune source à relire.")
    key = " ".join(one["identifiant"] for one in fresh)
    wrong = told.deliver(key, due(fresh, {}), to)
    if not wrong:
        kept = {f"{one['identifiant']} {one['date']}" for one in found}
        known = {name: day for name, day in known.items() if name in kept}
        known |= {f"{one['identifiant']} {one['date']}": today.isoformat() for one in fresh}
        told = Told(json.dumps(known, ensure_ascii=False, sort_keys=True))
    return _ended(context, told, wrong, "Dit." if not wrong else "")


def _told_lately(day: str | None, today: dt.date) -> bool:
    return day is not None and (today - dt.date.fromisoformat(day)).days < TOLD_AGAIN_AFTER_DAYS


def due_sources(sources: pd.DataFrame, today: dt.date) -> list[dict[str, str]]:
    """The sources whose date of verification has come, oldest first: identifiant, titre, adresse, date (ISO)."""
    dated = sources[sources["date_reverification"].notna()]
    over = dated[dated["date_reverification"] <= today].sort_values(["date_reverification", "source_id"])
    names = {"source_id": "identifiant", "titre": "titre", "url": "adresse", "date_reverification": "date"}
    shown = over[list(names)].astype("str").fillna("").rename(columns=names)
    return [{str(name): str(value) for name, value in one.items()} for one in shown.to_dict("records")]


SENSORS = (failures, staleness, verification)
