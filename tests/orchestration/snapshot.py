"""The shape of the Dagster definitions as text; ``python -m tests.orchestration.snapshot`` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg

from pipelines.definitions import defs

SNAPSHOT = Path(__file__).resolve().parents[1] / "donnees" / "definitions.json"


def shape() -> dict[str, object]:
    """Assets with group, kinds, owners and what they depend on; checks; jobs; schedules."""
    graph = defs.resolve_asset_graph()
    assets = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        assets[key.to_user_string()] = {
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "owners": list(node.owners),
            "from": sorted(parent.to_user_string() for parent in node.parent_keys),
        }
    checks = sorted(
        f"{key.asset_key.to_user_string()}:{key.name}" + (" (bloquant)" if graph.get(key).blocking else "")
        for key in graph.asset_check_keys
    )
    jobs = sorted(job.name for job in defs.resolve_all_job_defs() if not job.name.startswith("__"))
    schedules = {
        schedule.name: [schedule.cron_schedule, schedule.execution_timezone]
        for schedule in defs.schedules or []
        if isinstance(schedule, dg.ScheduleDefinition)
    }
    sensors = sorted(sensor.name for sensor in defs.sensors or [])
    return {"assets": assets, "checks": checks, "jobs": jobs, "schedules": schedules, "sensors": sensors}


def text() -> str:
    return json.dumps(shape(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(text(), encoding="utf-8")
