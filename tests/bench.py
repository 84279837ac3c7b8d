"""``make bench``: the whole job on the real sheets against its floor, both taken in one run, imports apart.

The floor of a part is the least that any program would do: calamine reading the same workbooks, plain writers
writing the same tables, a Dagster job of as many empty assets and checks (in as few steps as ours, on the same kind of
instance).

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import dagster as dg
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table as Grid

from pipelines import job
from pipelines.orchestration import launch
from pipelines.orchestration.tables import check_specs
from pipelines.progress import Step, listening
from pipelines.publish import xlsx_files  # noqa: F401  (imports are not part of what is measured)
from pipelines.publish.tables_arrow import all_to_arrow
from pipelines.sheets.files import workbooks
from schemas.registry import sheets, tables

SOURCES = Path("sources")
DATE = dt.date(2026, 1, 1)
REPEATS = 3
READING, WRITING, DAGSTER = "lecture", "écriture", "Dagster"


def timed(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """The best of some repetitions, in seconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def plain_reading() -> None:
    """Calamine reads every workbook, the standard library every reference list; nothing is done with the cells."""
    for path in [*workbooks(SOURCES / "contrats"), *workbooks(SOURCES)]:
        if path.is_file():
            book = CalamineWorkbook.from_path(str(path))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()
    for path in sorted((SOURCES / "referentiels").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.reader(file))


def plain_writing(arrow: dict[str, pa.Table], folder: Path) -> None:
    """The plainest writer of each format writes every table, and one workbook of all of them; no style, no check."""
    for name, table in arrow.items():
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
        _workbook(folder / f"{name}.xlsx", {name: table})
    _workbook(folder / "tout.xlsx", arrow)


def _workbook(path: Path, arrow: dict[str, pa.Table]) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in arrow.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, table.column_names)
            for position, column in enumerate(table.columns):
                sheet.write_column(1, position, column.to_pylist())


def empty_job() -> dg.JobDefinition:
    """As many assets and checks as ours, in as few steps, that do nothing."""
    reads = {f"feuille_{number}": dg.AssetOut() for number in range(len(sheets()) + 1)}
    makes = {f"table_{number}": dg.AssetOut() for number in range(len(tables()) + 1)}
    writes = {f"fichier_{number}": dg.AssetOut() for number in range(5)}

    @dg.multi_asset(outs=reads)
    def read() -> Iterator[dg.Output[int]]:
        yield from (dg.Output(0, name) for name in reads)

    @dg.multi_asset(outs=makes, ins={name: dg.AssetIn() for name in reads})
    def make(**_inputs: int) -> Iterator[dg.Output[int]]:
        yield from (dg.Output(0, name) for name in makes)

    specs = [
        dg.AssetCheckSpec(spec.name, asset=f"table_{number}", blocking=spec.blocking)
        for number, table in enumerate(tables().values())
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


def run_empty_job(vide: dg.JobDefinition) -> None:
    """Runs the empty job on the project's kind of instance."""
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance:
        vide.execute_in_process(instance=instance, run_config=quiet)


def whole_job(outputs: Path) -> tuple[float, dict[str, float]]:
    """The job as ``make run`` does it: its duration, and that of each step."""
    steps: dict[str, float] = {}

    def hear(step: Step) -> None:
        if step.seconds is not None:
            steps[step.title] = step.seconds

    start = time.perf_counter()
    with listening(hear):
        result = launch.launch(SOURCES.resolve(), outputs, DATE.isoformat())
    duration = time.perf_counter() - start
    if result.release is None:
        raise SystemExit(f"la publication a échoué : {result.message or 'feuilles refusées'}")
    return duration, steps


def main() -> None:
    """Measures, then prints part by part."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["DAGSTER_HOME"] = str(folder / "dagster")
        launch.home()
        outcome = job.run(SOURCES)
        arrow = all_to_arrow(outcome.tables, tables())
        files = folder / "plat"
        files.mkdir()
        vide = empty_job()
        run_empty_job(vide)
        floor = {
            READING: timed(plain_reading),
            WRITING: timed(lambda: plain_writing(arrow, files)),
            DAGSTER: timed(lambda: run_empty_job(vide)),
        }
        runs = [whole_job(folder / f"sorties-{number}") for number in range(REPEATS)]
    duration, steps = min(runs, key=lambda run: run[0])
    _print(floor, duration, steps, outcome.tables)


def show(console: Console, title: str, seconds: Mapping[str, float]) -> None:
    """A table of durations, by what took them."""
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    grid.add_column(title)
    grid.add_column("s", justify="right")
    for part, spent in seconds.items():
        grid.add_row(part, f"{spent:.2f}")
    console.print(grid)


def _print(floor: dict[str, float], duration: float, steps: dict[str, float], built: dict[str, pd.DataFrame]) -> None:
    console = Console()
    rows = sum(map(len, built.values()))
    console.print(f"{len(built)} tables, {rows} lignes ; le meilleur de {REPEATS}, imports à part")
    show(console, "plancher", floor | {"somme": sum(floor.values())})
    show(console, "travail", steps | {"Dagster autour": duration - sum(steps.values()), "somme": duration})
    console.print(f"rapport : {duration / sum(floor.values()):.2f} × le plancher")


if __name__ == "__main__":
    main()
