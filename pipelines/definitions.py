"""What Dagster loads: the assets, checks, jobs, schedule and resources, put together.

Belongs here: assembly only. Does not belong here: any of the parts.
"""

from __future__ import annotations

import dagster as dg

from pipelines.orchestration.exchanges import RESOURCE, exchanges
from pipelines.orchestration.executors import chosen_executor
from pipelines.orchestration.jobs import SETTINGS, publish_job, validate_job, weekly
from pipelines.orchestration.publication import make_publication
from pipelines.orchestration.reading import make_reading
from pipelines.orchestration.resources import Run
from pipelines.orchestration.tables import make_checks, make_tables

defs = dg.Definitions(
    assets=[make_reading(), make_tables(), make_publication()],
    asset_checks=[make_checks()],
    jobs=[publish_job, validate_job],
    schedules=[weekly],
    resources={SETTINGS: Run(), RESOURCE: exchanges},
    executor=chosen_executor(),
)
