"""Assets ``tables/*`` and ``a_plat/*``: the published tables, and a blocking check of each made from its schema.

Belongs here: stages two and three of `pipelines.job` as Dagster steps. Does not belong here: normalising, checking.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import dagster as dg
import pandas as pd

from pipelines import job, memory
from pipelines.curation.catalogue import CELLS, FAMILIES, GUARDS, READING, ROWS, RuleFamily, Severity
from pipelines.curation.issues import blocking
from pipelines.curation.parse import Typed
from pipelines.fingerprint import fingerprint
from pipelines.orchestration.caching import code_of
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import issue_counts, issues_metadata, link, table_metadata
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
from pipelines.text import numbered
from schemas.declaration import Family, Table
from schemas.registry import sheets, tables

WARNINGS = "avertissements"
ISSUES_OUTPUT = "anomalies"


def _out(table: Table) -> dg.AssetOut:
    return dg.AssetOut(
        key=table_key(table),
        group_name=table_group(table),
        description=f"{table.description.fr}\n\n{table.description.en}",
        kinds={"pandas", "pandera"},
        owners=OWNERS,
        code_version=code_of("normalise"),
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
        memory.require(typed, memory.PUBLICATION)
        with step("Normalisation") as normalising:
            built, issues = job.build(typed, reading_issues)
            normalising.counted = f"{len(built)} tables, {sum(map(len, built.values()))} lignes"
        derived_last = sorted(tables().values(), key=lambda table: table.family is Family.FLAT)
        for table in derived_last:
            name = table.name
            version = dg.DataVersion(fingerprint(built[name]))
            yield dg.Output(built[name], name, metadata=table_metadata(table, built[name]), data_version=version)
        yield dg.Output(issues, ISSUES_OUTPUT, metadata=issue_counts(issues))

    return normaliser


_SHOWN = {
    READING.name: "Les fichiers, les feuilles et les en-têtes qui la remplissent ont été lus sans erreur.",
    CELLS.name: "Chaque cellule a le type, la forme et le code que sa colonne attend, et rien d’obligatoire ne manque.",
    ROWS.name: "Chaque ligne a son identifiant et ses sources, et ce qu’elle désigne existe : clés et renvois.",
    GUARDS.name: "Les corrections trouvent leur cellule, et la table a autant de lignes que ses bornes le demandent.",
}


def families_of(table: Table) -> list[RuleFamily]:
    """The families of rules that a table can break; no sheet fills a derived one."""
    return [family for family in FAMILIES if family is not READING or feeding_sheets(table)]


def check_specs(table: Table) -> list[dg.AssetCheckSpec]:
    """The checks of a table, one a family of rules, whose errors block what comes after; and one for its warnings."""
    return [
        *(
            dg.AssetCheckSpec(
                family.name,
                asset=table_key(table),
                blocking=True,
                additional_deps=[ISSUES],
                description=_SHOWN[family.name],
            )
            for family in families_of(table)
        ),
        dg.AssetCheckSpec(
            WARNINGS,
            asset=table_key(table),
            description="Ce qui paraît douteux dans les feuilles qui la remplissent, sans empêcher de publier.",
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
            checking.counted = (
                f"{numbered(len(failures), 'table')}, {numbered(sum(map(len, failures.values())), 'écart')}"
            )
        provenance = inputs["provenance"]
        located = {name: job.located(failed, provenance) for name, failed in failures.items()}
        outputs = settings.outputs_folder
        report = write_report(outputs, settings.release_date, issues, located.values(), provenance)
        settings.send_report(report, report.relative_to(outputs).as_posix())
        shown = link(outputs, report)
        for name, table in tables().items():
            own = issues_of(table, issues)
            yield from _results(table, own, located[name], shown, partial=settings.partial)

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
    table: Table, own: pd.DataFrame, failed: pd.DataFrame, report: dg.MetadataValue, *, partial: bool
) -> Iterator[dg.AssetCheckResult]:
    """``own``: the issues of its sheets; ``failed``: its own failures, which no mode forgives."""
    wrong = pd.concat([blocking(own, partial=partial), failed], ignore_index=True)
    doubtful = own[(own["severity"] != Severity.INFO.value) & ~own["code"].isin(wrong["code"])]
    families = families_of(table)
    broken = wrong["code"].map(lambda code: _family_of(str(code), families).name)
    for family in families:
        found = wrong[broken == family.name]
        yield dg.AssetCheckResult(
            asset_key=table_key(table),
            check_name=family.name,
            passed=found.empty,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={**issues_metadata(found), METADATA: report},
        )
    yield dg.AssetCheckResult(
        asset_key=table_key(table),
        check_name=WARNINGS,
        passed=doubtful.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=issues_metadata(doubtful),
    )


def _family_of(code: str, among: list[RuleFamily]) -> RuleFamily:
    """The family of a rule; one that a table was not thought to break stands with the rules of rows: it blocks too."""
    return next((family for family in among if code in family.kinds), ROWS)
