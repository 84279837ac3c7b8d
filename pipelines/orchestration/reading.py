"""Assets ``feuilles/*`` and ``referentiels/*``: every kind of sheet, read and typed, from the folder of sources.

Belongs here: stage one of `pipelines.job` as one step that makes an asset per kind of sheet. Does not belong here:
reading itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from pipelines import job
from pipelines.curation.gather import Fallback
from pipelines.curation.parse import Typed
from pipelines.orchestration.metadata import issues_metadata, markdown
from pipelines.orchestration.names import OWNERS, READING_ISSUES, sheet_group, sheet_key, sheet_output
from pipelines.orchestration.resources import Run
from pipelines.progress import step
from pipelines.publish.release import SOURCES
from pipelines.publish.versions import read_versions
from schemas.declaration import Sheet
from schemas.registry import sheets, tables

READING_ISSUES_OUTPUT = "feuilles__anomalies"


def _kinds(sheet: Sheet) -> set[str]:
    return {"excel"} if sheet.place == "classeur" else {"csv"}


def _out(sheet: Sheet) -> dg.AssetOut:
    labels = ", ".join(item.label for item in sheet.fields)
    what = tables()[sheet.table].description.fr
    return dg.AssetOut(
        key=sheet_key(sheet),
        group_name=sheet_group(sheet),
        description=f"Feuille « {sheet.name} », toutes sources réunies. {what}\n\nColonnes : {labels}.",
        kinds=_kinds(sheet),
        owners=OWNERS,
    )


def make_reading() -> dg.AssetsDefinition:
    """The step that reads and types every sheet."""
    outs = {sheet_output(sheet): _out(sheet) for sheet in sheets().values()}
    outs[READING_ISSUES_OUTPUT] = dg.AssetOut(
        key=READING_ISSUES,
        group_name="feuilles",
        description="Ce qui ne va pas dans les fichiers et les cellules, à la lecture.",
        kinds={"pandas"},
        owners=OWNERS,
    )

    @dg.multi_asset(name="lire_et_typer", outs=outs)
    def lire_et_typer(settings: Run) -> Iterator[dg.Output]:  # type: ignore[type-arg]
        with step("Lecture des feuilles") as reading_step:
            fallback = last_sheets(settings.outputs_folder) if settings.partial else None
            reading = job.read(settings.sources_folder, partial=settings.partial, fallback=fallback)
            rows = int(reading.files["rows"].sum())
            reading_step.counted = f"{len(reading.files)} fichiers, {rows} lignes"
        for sheet in sheets().values():
            yield dg.Output(
                reading.sheets[sheet.name], sheet_output(sheet), metadata=_metadata(reading.sheets[sheet.name])
            )
        yield dg.Output(reading.issues, READING_ISSUES_OUTPUT, metadata=issues_metadata(reading.issues))

    return lire_et_typer


def last_sheets(outputs: Path) -> Fallback | None:
    """The sheets that the last release keeps."""
    last = read_versions(outputs).current() if outputs.is_dir() else None
    return None if last is None else Fallback(last.path / SOURCES, last.version)


def _metadata(typed: Typed) -> dict[str, dg.MetadataValue]:
    origin = typed.source.origin
    return {
        "dagster/row_count": dg.MetadataValue.int(len(typed.frame)),
        "fichiers": dg.MetadataValue.int(int(origin["file"].nunique())),
        "lignes refusées": dg.MetadataValue.int(len(typed.refused)),
        "aperçu": dg.MetadataValue.md(markdown(typed.source.text, 5)),
    }
