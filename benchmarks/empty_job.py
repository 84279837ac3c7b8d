"""A Dagster job of as many assets and checks as ours, in as few steps, that do nothing: what Dagster itself costs.

Belongs here: that job. Does not belong here: measuring it (``rows_real``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import dagster as dg

from pipelines.orchestration.tables import check_specs
from schemas.declaration import Table


def empty_job(sheets: int, tables: Collection[Table]) -> dg.JobDefinition:
    """The job."""
    reads = {f"feuille_{number}": dg.AssetOut() for number in range(sheets + 1)}
    makes = {f"table_{number}": dg.AssetOut() for number in range(len(tables) + 1)}
    writes = {f"fichier_{number}": dg.AssetOut() for number in range(5)}

    @dg.multi_asset(outs=reads)
    def read() -> Iterator[dg.Output[int]]:
        yield from (dg.Output(0, name) for name in reads)

    @dg.multi_asset(outs=makes, ins={name: dg.AssetIn() for name in reads})
    def make(**_inputs: int) -> Iterator[dg.Output[int]]:
        yield from (dg.Output(0, name) for name in makes)

    specs = [
        dg.AssetCheckSpec(spec.name, asset=f"table_{number}", blocking=spec.blocking)
        for number, table in enumerate(tables)
        for spec in check_specs(table)
    ]

    @dg.multi_asset_check(specs=specs)
    def check() -> Iterator[dg.AssetCheckResult]:
        for spec in specs:
            yield dg.AssetCheckResult(asset_key=spec.asset_key, check_name=spec.name, passed=True)

    @dg.multi_asset(outs=writes, ins={name: dg.AssetIn() for name in makes})
    def write(**_inputs: int) -> Iterator[dg.Output[int]]:
        yield from (dg.Output(0, name) for name in writes)

    definitions = dg.Definitions(
        assets=[read, make, write],
        asset_checks=[check],
        jobs=[dg.define_asset_job("vide", selection=dg.AssetSelection.all())],
        executor=dg.in_process_executor,
    )
    return definitions.resolve_job_def("vide")


def run_empty_job(nothing: dg.JobDefinition) -> None:
    """Runs the empty job on the project's kind of instance."""
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance:
        nothing.execute_in_process(instance=instance, run_config=quiet)
