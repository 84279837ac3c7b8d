"""The jobs and the schedule.

Belongs here: which assets run together, and when. Does not belong here: what they do.
"""

from __future__ import annotations

import dagster as dg

from pipelines.orchestration.names import PUBLICATION_GROUP
from pipelines.orchestration.resources import PARIS

EVERYTHING = "publier"
VALIDATION = "valider"
WEEKLY = "publication_hebdomadaire"
SETTINGS = "settings"
WHOLE_AGAIN = {"dagster/retry_strategy": "ALL_STEPS", "dagster/retry_on_asset_or_op_failure": "false"}
"""A run whose machine stopped is done again from the sheets, which may have changed since; one that failed is not."""

publish_job = dg.define_asset_job(
    EVERYTHING,
    selection=dg.AssetSelection.all(),
    description="Tout : des feuilles à une version publiée.",
    tags=WHOLE_AGAIN,
)
validate_job = dg.define_asset_job(
    VALIDATION,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(PUBLICATION_GROUP),
    description="Lit, type, normalise et contrôle, sans rien publier.",
    tags=WHOLE_AGAIN,
)


@dg.schedule(
    name=WEEKLY,
    job=publish_job,
    cron_schedule="0 6 * * 1",
    execution_timezone="Europe/Paris",
    description="Chaque lundi à 6 h, heure de Paris ; la version porte la date prévue, même si l’exécution tarde. "
    "Les lignes refusées sont mises en quarantaine et nommées, le reste est publié.",
)
def weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A run whose release bears the date of the tick."""
    date = context.scheduled_execution_time.astimezone(PARIS).date().isoformat()
    return dg.RunRequest(
        run_key=f"{WEEKLY}-{date}", run_config={"resources": {SETTINGS: {"config": {"date": date, "partial": True}}}}
    )
