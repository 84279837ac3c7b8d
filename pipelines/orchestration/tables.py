"""Assets ``tables/*`` and ``a_plat/*``: the published tables, and a blocking check of each made from its schema.

Belongs here: stages two and three of `pipelines.job` as Dagster steps. Does not belong here: normalising, checking.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import dagster as dg
import pandas as pd

from pipelines import job
from pipelines.curation.catalogue import Severity
from pipelines.curation.issues import blocking
from pipelines.curation.parse import Typed
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import issue_counts, issues_metadata, table_metadata
from pipelines.orchestration.names import (
    ISSUES,
    OWNERS,
    READING_ISSUES,
    feeding_sheets,
    sheet_key,
    sheet_output,
    table_group,
    table_key,
    upstream,
)
from pipelines.orchestration.report import METADATA, write_report
from pipelines.orchestration.resources import Run
from pipelines.progress import step
from schemas.declaration import Family, Table
from schemas.registry import sheets, tables

SOUND = "conforme"
WARNINGS = "avertissements"
ISSUES_OUTPUT = "anomalies"


def _out(table: Table) -> dg.AssetOut:
    return dg.AssetOut(
        key=table_key(table),
        group_name=table_group(table),
        description=f"{table.description.fr}\n\n{table.description.en}",
        kinds={"pandas", "pandera"},
        owners=OWNERS,
    )


def make_tables() -> dg.AssetsDefinition:
    """The step that makes every published table from the typed sheets."""
    outs = {table.name: _out(table) for table in tables().values()}
    outs[ISSUES_OUTPUT] = dg.AssetOut(
        key=ISSUES,
        group_name="tables",
        description="Toutes les anomalies de la saisie, chacune à sa cellule, avec ce qu’il faut faire.",
        kinds={"pandas"},
        owners=OWNERS,
    )
    everything = {sheet_key(sheet) for sheet in sheets().values()} | {READING_ISSUES}
    lineage = {table.name: upstream(table) for table in tables().values()} | {ISSUES_OUTPUT: everything}
    ins = {sheet_output(sheet): dg.AssetIn(key=sheet_key(sheet)) for sheet in sheets().values()}
    ins["lecture"] = dg.AssetIn(key=READING_ISSUES)

    @dg.multi_asset(name="normaliser", ins=ins, outs=outs, internal_asset_deps=lineage)
    @apart
    def normaliser(**inputs: object) -> Iterator[dg.Output]:  # type: ignore[type-arg]
        reading_issues = cast(pd.DataFrame, inputs["lecture"])
        typed = {sheet.name: cast(Typed, inputs[sheet_output(sheet)]) for sheet in sheets().values()}
        with step("Normalisation") as normalising:
            built, issues = job.build(typed, reading_issues)
            normalising.counted = f"{len(built)} tables, {sum(map(len, built.values()))} lignes"
        derived_last = sorted(tables().values(), key=lambda table: table.family is Family.FLAT)
        for table in derived_last:
            name = table.name
            yield dg.Output(built[name], name, metadata=table_metadata(table, built[name]))
        yield dg.Output(issues, ISSUES_OUTPUT, metadata=issue_counts(issues))

    return normaliser


def check_specs(table: Table) -> list[dg.AssetCheckSpec]:
    """The two checks of a table: errors block what comes after, warnings do not."""
    return [
        dg.AssetCheckSpec(
            SOUND,
            asset=table_key(table),
            blocking=True,
            additional_deps=[ISSUES],
            description="Types, obligations, nomenclatures, clés et clés étrangères du schéma ; "
            "aucune erreur dans les feuilles qui la remplissent.",
        ),
        dg.AssetCheckSpec(
            WARNINGS, asset=table_key(table), description="Avertissements des feuilles qui la remplissent."
        ),
    ]


def make_checks() -> dg.AssetChecksDefinition:
    """The step that checks every table, made from its schema."""
    ins = {name: dg.AssetIn(key=table_key(table)) for name, table in tables().items()}
    ins["anomalies_de_saisie"] = dg.AssetIn(key=ISSUES)
    specs = [spec for table in tables().values() for spec in check_specs(table)]

    @dg.multi_asset_check(name="verifier_les_tables", specs=specs, ins=ins)
    @apart
    def verifier_les_tables(settings: Run, **inputs: pd.DataFrame) -> Iterator[dg.AssetCheckResult]:
        issues = inputs.pop("anomalies_de_saisie")
        with step("Contrôle des tables") as checking:
            failures = job.check(inputs, job.assertions_of(settings.sources_folder))
            checking.counted = f"{len(failures)} tables, {sum(map(len, failures.values()))} écarts"
        provenance = inputs["provenance"]
        located = {name: job.located(failed, provenance) for name, failed in failures.items()}
        outputs = settings.outputs_folder
        report = write_report(outputs, settings.release_date, issues, located.values(), provenance)
        settings.publish_report(report, report.relative_to(outputs).as_posix())
        for name, table in tables().items():
            own = issues_of(table, issues)
            yield from _results(table, own, located[name], report, partial=settings.partial)

    return verifier_les_tables


def issues_of(table: Table, issues: pd.DataFrame) -> pd.DataFrame:
    """The issues of the sheets that fill a table; those of no known sheet bear on the contracts."""
    feeding = {sheet.name for sheet in feeding_sheets(table)}
    places = issues["sheet"].isin(feeding)
    if table.name == "contrats":
        known = {sheet.name for sheet in sheets().values()}
        places |= ~issues["sheet"].isin(known)
    return issues[places]


def _results(
    table: Table, own: pd.DataFrame, failed: pd.DataFrame, report: Path, *, partial: bool
) -> Iterator[dg.AssetCheckResult]:
    """``own``: the issues of its sheets; ``failed``: its own failures, which no mode forgives."""
    wrong = pd.concat([blocking(own, partial=partial), failed], ignore_index=True)
    doubtful = own[(own["severity"] != Severity.INFO.value) & ~own["code"].isin(wrong["code"])]
    yield dg.AssetCheckResult(
        asset_key=table_key(table),
        check_name=SOUND,
        passed=wrong.empty,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={**issues_metadata(wrong), METADATA: dg.MetadataValue.path(str(report))},
    )
    yield dg.AssetCheckResult(
        asset_key=table_key(table),
        check_name=WARNINGS,
        passed=doubtful.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=issues_metadata(doubtful),
    )
