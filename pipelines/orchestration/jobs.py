"""The jobs and the schedules.

Belongs here: which assets run together, and when. Does not belong here: what they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.orchestration.automation import schedule_status
from pipelines.orchestration.caching import code_of
from pipelines.orchestration.names import PORTAL, PUBLICATION_GROUP, RELEASE_FILES
from pipelines.orchestration.portal_settings import PortalSettings
from pipelines.orchestration.resources import PARIS, Run
from pipelines.publish.versions import read_versions
from pipelines.sheets.inventory import digest_of, inventory

EVERYTHING, MONTHLY_RELEASE, VALIDATION = "publier", "publier_la_version_du_mois", "valider"
TO_THE_PORTAL = "publier_sur_le_portail"
WEEKLY, MONTHLY = "publication_hebdomadaire", "publication_mensuelle"
SETTINGS = "settings"
MADE_OF = "contrats/empreinte"
MODE = "contrats/mode"
"""The tags of a scheduled run: the sheets and the code that it was made of, and whether it leaves refused rows out."""
WHOLE, PARTIAL = "entière", "partielle"
WHOLE_AGAIN = {"dagster/retry_strategy": "ALL_STEPS", "dagster/retry_on_asset_or_op_failure": "false"}
"""A run whose machine stopped is done again from the sheets, which may have changed since; one that failed is not."""

publish_job = dg.define_asset_job(
    EVERYTHING,
    selection=dg.AssetSelection.all(),
    description="Tout : des feuilles à une version publiée.",
    tags=WHOLE_AGAIN,
)
monthly_job = dg.define_asset_job(
    MONTHLY_RELEASE,
    selection=dg.AssetSelection.all(),
    description="La version de référence du mois, publiée seulement si aucune feuille n’a d’erreur.",
    tags=WHOLE_AGAIN,
)
validate_job = dg.define_asset_job(
    VALIDATION,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(PUBLICATION_GROUP),
    description="Lit, type, normalise et contrôle, sans rien publier.",
    tags=WHOLE_AGAIN,
)
portal_job = dg.define_asset_job(
    TO_THE_PORTAL,
    selection=dg.AssetSelection.assets(PORTAL),
    description="Une version déjà publiée (la dernière, ou celle que nomme « version ») sur le portail : montre le "
    "plan, et l’applique si « appliquer » le dit. Peut être relancé à tout moment.",
    tags=WHOLE_AGAIN,
)


@dg.schedule(
    name=WEEKLY,
    job=publish_job,
    cron_schedule="0 6 * * 1",
    execution_timezone="Europe/Paris",
    default_status=schedule_status(),
    description="Chaque lundi à 6 h, heure de Paris ; la version porte la date prévue, même si l’exécution tarde. "
    "Les lignes refusées sont mises en quarantaine et nommées, le reste est publié. Rien n’est lancé si rien n’a "
    "changé depuis la dernière publication.",
)
def weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A run whose release bears the date of the tick."""
    return release_request(context.instance, context.scheduled_execution_time, WEEKLY, partial=True)


@dg.schedule(
    name=MONTHLY,
    job=monthly_job,
    cron_schedule="0 7 1 * *",
    execution_timezone="Europe/Paris",
    default_status=schedule_status(),
    description="Le premier de chaque mois à 7 h, heure de Paris : la version de référence, refusée tant qu’une "
    "feuille a une erreur. Rien n’est lancé si rien n’a changé depuis la dernière publication entière.",
)
def monthly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A run whose release bears the date of the tick, and lacks nothing."""
    return release_request(context.instance, context.scheduled_execution_time, MONTHLY, partial=False)


def release_request(
    instance: dg.DagsterInstance, at: dt.datetime, schedule: str, *, partial: bool
) -> dg.RunRequest | dg.SkipReason:
    """The run of a tick (``at``: when it was to be), or why there is none: nothing changed since the last one."""
    date = at.astimezone(PARIS).date().isoformat()
    settings = Run()
    parts = (digest_of(inventory(settings.sources_folder))[:16], code_of("site"), PortalSettings().mark)
    made_of = "-".join(part for part in parts if part)
    last, release = _last_published(instance), read_versions(settings.outputs_folder).current()
    if last is not None and release is not None and _as_good(last.dagster_run.tags, made_of, partial=partial):
        # The release is as fresh as if it had been made again: its freshness policy and the alerts are to know it.
        confirmed = dg.AssetMaterialization(
            RELEASE_FILES["version"], metadata={"version": release.version, "nouvelle": False, "inchangée": True}
        )
        instance.report_runless_asset_event(confirmed)
        when = last.create_timestamp.astimezone(PARIS)
        return dg.SkipReason(
            f"Rien n’a changé, ni feuille ni règle, depuis la publication du {when:%d/%m/%Y à %H:%M} ; "
            f"la dernière version reste {release.version}."
        )
    return dg.RunRequest(
        run_key=f"{schedule}-{date}",
        run_config={"resources": {SETTINGS: {"config": {"date": date, "partial": partial}}}},
        tags={MADE_OF: made_of, MODE: PARTIAL if partial else WHOLE},
    )


def _last_published(instance: dg.DagsterInstance) -> dg.RunRecord | None:
    """The last run that was to publish and went well, whoever launched it."""
    found = [
        record
        for job in (EVERYTHING, MONTHLY_RELEASE)
        for record in instance.get_run_records(
            dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS]), limit=_LOOKED_AT
        )
        if _publishes(record.dagster_run)
    ]
    return max(found, key=lambda record: record.create_timestamp, default=None)


_LOOKED_AT = 20
"""Runs of each job among which one that published is looked for; beyond, everything is published again."""


def _publishes(run: dg.DagsterRun) -> bool:
    """Whether a run was to publish: its form may say no."""
    given: Any = run.run_config
    settings = given.get("resources", {}).get(SETTINGS, {}).get("config", {})
    return settings.get("publish", True) is not False


def _as_good(tags: Mapping[str, str], made_of: str, *, partial: bool) -> bool:
    """Whether a run of these tags published what this one would: a whole release is as good as a partial one."""
    return tags.get(MADE_OF) == made_of and (partial or tags.get(MODE) == WHOLE)
