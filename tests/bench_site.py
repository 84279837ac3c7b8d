"""``make bench``, part of the site: what pages cost, from the contracts of today to some thousands.

The real sheets make one release; larger ones are the same files with other tables in Parquet, which are all that pages
are made of (see ``tests.site.many_contracts``). Each site is built in a process of its own, so that its memory is its
own; an exponent of 1 between two sizes means that computing goes as the number of contracts
(the disk, which takes files by the ten thousand, is in the seconds beside it).

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table as Grid

from pipelines import job
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.parquet_files import write_parquet
from pipelines.publish.release import write_release
from pipelines.publish.tables_arrow import all_to_arrow
from pipelines.publish.versions import DESCRIPTOR
from pipelines.site.build import build_site
from schemas.registry import tables
from tests.site.many_contracts import many_contracts

SOURCES = Path("sources")
DATE = dt.date(2026, 1, 1)
COPIES = (1, 7, 24, 72)
"""Of the 42 contracts of today: 42, 294, 1,008 and 3,024."""


@dataclass(frozen=True)
class Measure:
    """One build: seconds, those of computing, pages, bytes of what it writes itself, its heaviest page, memory."""

    contracts: int
    seconds: float
    computing: float
    pages: int
    size: int
    heaviest: str
    heaviest_size: int
    memory: int


def grow(outputs: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Puts other tables, in Parquet, into the only release of a folder of outputs."""
    [folder] = [path for path in (outputs / "releases").iterdir() if path.is_dir()]
    for path in (folder, folder / "parquet", *folder.glob("parquet/*"), folder / DESCRIPTOR):
        path.chmod(0o755 if path.is_dir() else 0o644)
    descriptor = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    for resource_ in descriptor["resources"]:
        resource_["rows"] = len(frames[resource_["name"]])
    (folder / DESCRIPTOR).write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    for name, table in all_to_arrow(frames, tables()).items():
        write_parquet(table, folder / "parquet" / f"{name}.parquet")


def measure(outputs: Path, contracts: int) -> Measure:
    """Builds the site in this process, imports apart."""
    start, computed = time.perf_counter(), time.process_time()
    site = build_site(outputs)
    seconds, computing = time.perf_counter() - start, time.process_time() - computed
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    made = {
        path: path.stat().st_size
        for path in site.rglob("*")
        if path.is_file() and path.relative_to(site).parts[0] not in ("releases", "latest")
    }
    pages = {path: size for path, size in made.items() if path.suffix == ".html"}
    heaviest = max(pages, key=lambda path: (pages[path], path))
    name = heaviest.relative_to(site).as_posix()
    return Measure(contracts, seconds, computing, len(pages), sum(made.values()), name, pages[heaviest], memory)


def measured_apart(outputs: Path, contracts: int) -> Measure:
    """The same in a fresh process."""
    command = [sys.executable, "-m", "tests.bench_site", str(outputs), str(contracts)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measure(**json.loads(told.stdout))


def main() -> None:
    """Measures, then prints."""
    outcome = job.run(SOURCES)
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        real = Path(temporary) / "reel"
        description = load_description(SOURCES / DESCRIPTION_FILE)
        write_release(
            outcome.tables,
            outcome.issues,
            description,
            job.codes_of(outcome.tables["nomenclatures"]),
            real,
            DATE,
            SOURCES,
        )
        for copies in COPIES:
            outputs = Path(temporary) / str(copies)
            shutil.copytree(real, outputs, symlinks=True)
            grow(outputs, many_contracts(outcome.tables, copies))
            found.append(measured_apart(outputs, copies * len(outcome.tables["contrats"])))
            shutil.rmtree(outputs)
    _print(found)


def _print(found: list[Measure]) -> None:
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    for name in ("contrats", "s", "s de calcul", "exposant", "pages", "ms par page", "Mo écrits", "Mo de mémoire"):
        grid.add_column(name, justify="right")
    grid.add_column("page la plus lourde")
    for before, one in zip([None, *found], found, strict=False):
        exponent = "" if before is None else f"{_exponent(before, one):.2f}"
        grid.add_row(
            f"{one.contracts}",
            f"{one.seconds:.2f}",
            f"{one.computing:.2f}",
            exponent,
            f"{one.pages}",
            f"{1000 * one.computing / one.pages:.2f}",
            f"{one.size / 1e6:.1f}",
            f"{one.memory / 1e6:.0f}",
            f"{one.heaviest} ({one.heaviest_size / 1e3:.0f} ko)",
        )
    console = Console(width=max(Console().width, 130))
    console.print("\nLe site, de la lecture des versions à sa mise en place ; un processus par taille, imports à part")
    console.print(grid)
    first, last = found[0], found[-1]
    console.print(
        f"rapport : {last.contracts / first.contracts:.0f} × les contrats, "
        f"{last.computing / first.computing:.1f} × le calcul, {last.memory / first.memory:.1f} × la mémoire"
    )


def _exponent(one: Measure, other: Measure) -> float:
    return math.log(other.computing / one.computing) / math.log(other.contracts / one.contracts)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        print(json.dumps(asdict(measure(Path(sys.argv[1]), int(sys.argv[2])))))
