"""The sensor of sheets: what people change is checked soon after, each change once.

Belongs here: when a change is one, and what is launched for it. Does not belong here: which files count and what
happened to them (``sheets.inventory``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

import dagster as dg

from pipelines.curation.units import workbook_units
from pipelines.orchestration.automation import sensor_status
from pipelines.orchestration.jobs import validate_job
from pipelines.orchestration.resources import Run
from pipelines.orchestration.workbooks import partition_requests
from pipelines.sheets.inventory import changes, digest_of, inventory

CHANGED = "feuilles_modifiees"
WHAT_CHANGED = "contrats/changements"
INTERVAL = 60
"""Seconds between two looks."""
_KEPT = 16
"""Hexadecimal digits of a file's digest that the cursor keeps."""


@dataclass(frozen=True)
class Seen:
    """What the sensor remembers: the files for which it last launched a run, those it waits for, its count of runs."""

    files: dict[str, str] = field(default_factory=dict)
    waiting: str = ""
    runs: int = 0

    @classmethod
    def of(cls, cursor: str | None) -> Seen:
        """From the cursor of the last look; nothing when there is none."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def cursor(self) -> str:
        """As text, for the next look."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dg.sensor(
    name=CHANGED,
    job=validate_job,
    minimum_interval_seconds=INTERVAL,
    default_status=sensor_status(),
    description="Contrôle les feuilles dès que leur contenu change, sans rien publier. Un changement compte quand deux "
    "regards de suite, à une minute, voient la même chose : un fichier que l’on est en train d’enregistrer attend.",
)
def changed_sheets(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A run for each state of the sheets that lasts from one look to the next, and differs from that of the last run.

    The key of a run holds its rank: content that comes back after a change is a change too.
    """
    root = Run().sources_folder
    if not root.is_dir():
        return dg.SkipReason(f"Le dossier des feuilles n’existe pas : {root}.")
    files = {name: digest[:_KEPT] for name, digest in inventory(root).items()}
    now, seen = digest_of(files), Seen.of(context.cursor)
    if files == seen.files:
        if seen.waiting:
            context.update_cursor(Seen(seen.files, "", seen.runs).cursor())
        return dg.SkipReason("Aucune feuille n’a changé.")
    what = changes(seen.files, files)
    if now != seen.waiting:
        context.update_cursor(Seen(seen.files, now, seen.runs).cursor())
        return dg.SkipReason(f"Des feuilles changent ; contrôle au prochain regard. {' ; '.join(what.told())}")
    request = dg.RunRequest(
        run_key=f"{CHANGED}-{seen.runs + 1}-{now[:_KEPT]}", tags={WHAT_CHANGED: " ; ".join(what.told())}
    )
    return dg.SensorResult(
        run_requests=[request],
        cursor=Seen(files, "", seen.runs + 1).cursor(),
        dynamic_partitions_requests=partition_requests(context.instance, workbook_units(root)),
    )
