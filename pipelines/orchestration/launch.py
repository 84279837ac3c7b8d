"""Runs the publishing job of Dagster from the shell, in this process, against the project's own instance.

Belongs here: the home, the run's settings, and what a run's events say in the end. Does not belong here: printing.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.orchestration.history import held_open
from pipelines.orchestration.liveness import MACHINE_TAG, living, machine
from pipelines.orchestration.resources import PROJECT, Run

if TYPE_CHECKING:
    import dagster as dg

    from pipelines.orchestration.failures import FailureKind
    from pipelines.publish.release import Release

HOME_VARIABLE = "DAGSTER_HOME"
_TEMPLATE = Path(__file__).with_name("dagster.yaml")


@dataclass(frozen=True)
class Result:
    """How a run ended: the release, or the issues that refused it, or a message with an exit code; and its report."""

    issues: pd.DataFrame
    counts: dict[str, int]
    release: Release | None
    refused: bool
    code: int = 0
    message: str = ""
    report: Path | None = None


def home_folder() -> Path:
    """Where the project's Dagster home is, or the one of the environment; it may not exist yet."""
    return Path(os.environ.get(HOME_VARIABLE) or PROJECT / ".dagster")


def home() -> Path:
    """The same, with telemetry off, made if it is missing."""
    folder = home_folder()
    os.environ[HOME_VARIABLE] = str(folder)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(_TEMPLATE, folder / "dagster.yaml")
    return folder


def launch(
    sources: Path | str,
    outputs: Path | str,
    date: str,
    *,
    partial: bool = False,
    trial: bool = False,
    formats: str = "",
) -> Result:
    """Runs the whole job; the folders are absolute or addresses, the date ISO or "" for today in Paris.

    ``formats``: « csv,parquet », or "" for those of the description of the dataset.
    """
    folder = home()
    warnings.filterwarnings("ignore", module="dagster")
    import dagster as dg
    from dagster._core.utils import make_new_run_id

    from pipelines.curation.issues import IssueLog
    from pipelines.orchestration.exchanges import RESOURCE
    from pipelines.orchestration.failures import IMPATIENT
    from pipelines.orchestration.jobs import EVERYTHING, SETTINGS
    from pipelines.orchestration.portal import SETTINGS as PORTAL_SETTINGS
    from pipelines.settings import SettingError

    try:
        from pipelines.definitions import defs
        from pipelines.memory import allowed
        from pipelines.parallel import processors

        processors()
        allowed()
    except SettingError as error:
        return Result(IssueLog().frame(), {}, None, refused=False, code=2, message=str(error))

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    folders = {"sources": str(sources), "outputs": str(outputs)}
    settings = {**folders, "date": date, "partial": partial, "trial": trial, "formats": formats}
    run_id = make_new_run_id()
    try:
        opened = dg.DagsterInstance.get()
    except Exception as error:  # its settings or its database: nothing of ours has run yet
        return Result(IssueLog().frame(), {}, None, refused=False, code=3, message=_unopened(folder, error))
    with opened as instance, living(folder, run_id), held_open(folder, run_id, instance.event_log_storage):
        result = defs.resolve_job_def(EVERYTHING).execute_in_process(
            instance=instance,
            run_id=run_id,
            tags={MACHINE_TAG: machine(), IMPATIENT: "oui"},
            run_config={
                # A command that says nothing of a portal asks nothing of one: « publish » does, and shows its plan.
                "resources": {SETTINGS: {"config": settings}, PORTAL_SETTINGS: {"config": {"adresse": ""}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            raise_on_error=False,
            resources={RESOURCE: dg.mem_io_manager},  # nothing leaves this process
        )
        return replace(_read(result, sources), report=_report(result, Run(outputs=str(outputs), date=date)))


def _unopened(folder: Path, error: BaseException) -> str:
    """Why there is no instance, in the words of the deepest cause; drivers do not tell passwords there."""
    unset = re.search(r'environment variable "(\w+)"', str(error))
    if unset is not None:
        return f"L’historique de Dagster ne peut pas être ouvert : la variable {unset[1]} n’est pas donnée."
    if type(error).__name__ == "DagsterInvalidConfigError":
        return f"Les réglages de Dagster ne sont pas valides : {folder / _TEMPLATE.name}. Comparez-les à {_TEMPLATE}."
    cause = error
    while (deeper := getattr(cause, "orig", None) or cause.__cause__ or cause.__context__) is not None:
        cause = deeper
    said = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return (
        f"L’historique de Dagster ne peut pas être ouvert : {said}. Vérifiez {folder / _TEMPLATE.name} et, si "
        "l’historique est dans PostgreSQL, CONTRATS_PG_URL et que la base répond."
    )


def _read(result: dg.ExecuteInProcessResult, sources: Path | str) -> Result:
    from pipelines.curation.issues import COLUMNS, IssueLog, errors
    from pipelines.orchestration.names import ISSUES, table_key
    from pipelines.orchestration.publication import RELEASE as RELEASE_KEY
    from schemas.registry import tables

    if result.success:
        counts = {name: len(result.asset_value(table_key(table))) for name, table in tables().items()}
        return Result(result.asset_value(ISSUES), counts, result.asset_value(RELEASE_KEY), refused=False)
    failures = [event for event in result.all_events if event.is_step_failure]
    names = [name for event in failures for name in _causes(event)]
    if "DagsterAssetCheckFailedError" in names:
        log = IssueLog.of(_failed_cells(result, sources))
        issues = log.frame()[list(COLUMNS)]
        return Result(issues, {}, None, refused=bool(len(errors(issues))))
    code, message = _kind(failures, names).code, _message(failures)
    for event in result.get_asset_materialization_events():
        if event.asset_key == RELEASE_KEY:
            version = event.materialization.metadata["version"].value
            message = f"La version {version} est publiée, mais la suite a échoué. {message}"
    return Result(IssueLog().frame(), {}, None, refused=False, code=code, message=message)


def _report(result: dg.ExecuteInProcessResult, settings: Run) -> Path | None:
    """Where the checks wrote their report, if they came to that; what they link to may be an address."""
    from pipelines.orchestration.report import METADATA, report_path

    if any(METADATA in evaluation.metadata for evaluation in result.get_asset_check_evaluations()):
        return report_path(settings.outputs_here, settings.release_date)
    return None


def _failed_cells(result: dg.ExecuteInProcessResult, sources: Path | str) -> pd.DataFrame:
    """All issues of a refused run: those of the sheets, and those of the published tables."""
    from pipelines import job
    from pipelines.curation.issues import IssueLog
    from pipelines.orchestration.names import ISSUES, table_key
    from schemas.registry import tables

    built = {name: result.asset_value(table_key(table)) for name, table in tables().items()}
    log = IssueLog.of(result.asset_value(ISSUES))
    for failed in job.check(built, job.assertions_of(Run(sources=str(sources)).sources_folder)).values():
        if len(failed):
            log.extend(IssueLog.of(job.located(failed, built["provenance"])))
    return log.frame()


def _causes(event: dg.DagsterEvent) -> list[str]:
    error = event.step_failure_data.error
    names = []
    while error is not None:
        names.append(str(error.cls_name))
        error = error.cause
    return names


def _kind(failures: list[dg.DagsterEvent], names: list[str]) -> FailureKind:
    """The kind that the step told, else the one that the names of its exceptions tell."""
    from pipelines.orchestration.failures import KIND, FailureKind, kind_of_names

    told = [event.step_failure_data.user_failure_data for event in failures]
    titles = {str(data.metadata[KIND].value) for data in told if data is not None and KIND in data.metadata}
    return next((kind for kind in FailureKind if kind.title in titles), kind_of_names(names))


def _message(failures: list[dg.DagsterEvent]) -> str:
    """The cause in the words of the first error of ours, else of the deepest one."""
    from pipelines.orchestration.failures import SPOKEN

    for event in failures:
        error = event.step_failure_data.error
        while error is not None and error.cause is not None and error.cls_name not in SPOKEN:
            error = error.cause
        if error is not None and error.cls_name == "DagsterExecutionInterruptedError":  # Ctrl-C, or the machine stops
            return "Interrompu."
        if error is not None:
            return error.message.strip().partition(": ")[2] or error.message.strip()
    return "Le travail a échoué sans dire pourquoi ; voir l’interface de Dagster."
