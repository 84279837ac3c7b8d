"""What Dagster loads: the assets, checks, jobs, schedule and resources, put together.

Belongs here: assembly only. Does not belong here: any of the parts.
"""

from __future__ import annotations

import warnings

import dagster as dg

from pipelines.orchestration import alerts
from pipelines.orchestration.exchanges import RESOURCE, exchanges
from pipelines.orchestration.executors import chosen_executor
from pipelines.orchestration.jobs import SETTINGS, monthly, monthly_job, portal_job, publish_job, validate_job, weekly
from pipelines.orchestration.portal import SETTINGS as PORTAL_SETTINGS
from pipelines.orchestration.portal import make_portal, make_portal_checks
from pipelines.orchestration.portal_settings import PortalSettings
from pipelines.orchestration.publication import make_publication
from pipelines.orchestration.reading import make_reading
from pipelines.orchestration.resources import Run
from pipelines.orchestration.sensors import changed_sheets
from pipelines.orchestration.site import make_site
from pipelines.orchestration.tables import make_checks, make_tables
from pipelines.orchestration.workbooks import make_workbook_checks, reread_job, workbook_asset
from pipelines.sheets.limits import limits

# Data versions on outputs and graph assets are the documented way, marked beta for years; Dagster is pinned, and would
# else say so at each output of each run.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

limits()  # a wrong setting stops here, not at the first file
defs = dg.Definitions(
    assets=[workbook_asset(), make_reading(), make_tables(), make_publication(), make_site(), make_portal()],
    asset_checks=[make_workbook_checks(), make_checks(), make_portal_checks()],
    jobs=[publish_job, monthly_job, validate_job, portal_job, reread_job],
    schedules=[weekly, monthly],
    sensors=[changed_sheets, *alerts.SENSORS],
    resources={SETTINGS: Run(), PORTAL_SETTINGS: PortalSettings(), RESOURCE: exchanges},
    executor=chosen_executor(),
)
