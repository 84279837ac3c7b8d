"""``python -m tests.bench_distributed``: what a run costs when its steps go to workers, against one process.

All runs are made the same way (``dagster job execute``), one after the other, on the same sources, with as many
workers as cores; workers are started before the clock, as they are in production. A run of two workbooks shows what
the way costs by itself.

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from pipelines.orchestration.executors import MULTIPROCESS, VARIABLE
from tests.distributed import Place, bytes_of, celery_place, place, write_workbooks
from tests.services import postgresql, rabbitmq

WORKBOOKS = 2_000
RUN_SECONDS = 3_600


def seconds_of(where: Place) -> float:
    """Seconds of a whole run, its process included; an error ends the benchmark."""
    start = time.perf_counter()
    with where.executed() as run:
        if run.wait(RUN_SECONDS):
            raise SystemExit(where.said()[-3000:])
    return time.perf_counter() - start


def measured(root: Path, number: int, storage: str, broker: str, workers: int) -> dict[str, float]:
    """Seconds of a run of a number of workbooks, by executor; all make the same release."""
    sources = root / "sources"
    write_workbooks(sources, number)
    lots = str(2 * workers)
    alone = place(root / "seul", sources, CONTRATS_LOTS=lots)
    several = place(root / "plusieurs", sources, CONTRATS_LOTS=lots, **{VARIABLE: MULTIPROCESS})
    distributed = celery_place(root, sources, storage, broker)
    distributed.env["CONTRATS_LOTS"] = lots
    times = {"en-processus": seconds_of(alone), "multiprocessus": seconds_of(several)}
    with contextlib.ExitStack() as stack:
        for one in range(workers):
            stack.enter_context(distributed.worker(f"ouvrier{one}"))
        times[f"celery, {workers} ouvriers"] = seconds_of(distributed)
    if not bytes_of(alone.outputs) == bytes_of(several.outputs) == bytes_of(distributed.outputs):
        raise SystemExit("les versions diffèrent d’un exécuteur à l’autre")
    return times


def main() -> None:
    """Measures, then prints."""
    workers = os.cpu_count() or 1
    console = Console()
    with postgresql() as storage, rabbitmq() as broker:
        for number in (0, WORKBOOKS):
            with tempfile.TemporaryDirectory() as root:
                times = measured(Path(root), number, storage, broker.url, workers)
            console.print(
                f"\nTravail « publier », {number + 2} classeurs, {workers} cœurs ; le même pour tous, une fois"
            )
            grid = Grid(box=None, padding=(0, 2, 0, 0))
            for header in ("exécuteur", "s", "rapport"):
                grid.add_column(header, justify="left" if header == "exécuteur" else "right")
            for name, seconds in times.items():
                grid.add_row(name, f"{seconds:.1f}", f"{seconds / times['en-processus']:.2f} ×")
            console.print(grid)


if __name__ == "__main__":
    main()
