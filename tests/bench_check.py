"""``make bench``, second part: what checking costs against its floors, in time and in memory.

Time: checking the real sheets against openpyxl reading the same workbooks, both in one run, imports apart. Memory: the
peak of a process that checks a thousand workbooks against that of one that checks the largest of them alone.

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from tests.bench import REPEATS, SOURCES, timed
from tests.conftest import write_small_sources
from tests.corpus.books import Book
from tests.corpus.clean import clean_book
from tests.corpus.writers import write

WORKBOOKS = 1_000
LARGEST = "le-plus-gros"
LARGEST_ROWS = 20_000
"""Actions of one of the workbooks; the others have two."""
MIB = 1 << 20


def openpyxl_reading(paths: list[Path]) -> None:
    """Openpyxl reads every cell of every workbook; nothing is done with them."""
    import openpyxl

    for path in paths:
        book = openpyxl.load_workbook(path, data_only=True)
        for sheet in book:
            for _ in sheet.iter_rows(values_only=True):
                pass
        book.close()


def time_of_checking() -> tuple[float, float]:
    """Seconds to check the real sheets, and seconds that openpyxl takes to read their XLSX workbooks."""
    import openpyxl  # noqa: F401  (imports are not part of what is measured)

    from pipelines import checking

    paths = [*sorted((SOURCES / "contrats").glob("*.xlsx")), SOURCES / "national.xlsx"]
    selections = checking.select([SOURCES])
    checking.check(selections)
    return timed(lambda: checking.check(selections)), timed(lambda: openpyxl_reading(paths))


def largest_book() -> Book:
    """The clean workbook with thousands of actions."""
    book = clean_book(LARGEST)
    rows = book.page("Actions").rows
    model = rows[2]
    rows += [[f"{LARGEST}-{n}", None, f"Salon {n}", *model[3:]] for n in range(LARGEST_ROWS)]
    return book


def write_many(folder: Path) -> None:
    """Small sources and a thousand workbooks, one of them the largest."""
    write_small_sources(folder)
    write(largest_book(), folder / "contrats", LARGEST, "xlsx")
    for number in range(WORKBOOKS - 1):
        write(clean_book(f"contrat-{number}"), folder / "contrats", f"contrat-{number}", "xlsx")


def peak_of_checking(folder: Path) -> int:
    """Peak of memory, in bytes, of a process of its own that checks a folder of sources."""
    command = [sys.executable, "-m", "tests.bench_check", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[-1])


def check_and_tell(folder: Path) -> None:
    """Checks a folder, then prints this process's peak of memory, in bytes."""
    from pipelines import checking

    checked = checking.check(checking.select([folder]))
    if checked.refused:
        raise SystemExit(f"refusé : {checked.issues.iloc[0].to_dict()}")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def memory_of_checking() -> tuple[int, int, int]:
    """Peaks of memory, in bytes: nothing but small sources, the largest workbook among them, a thousand workbooks."""
    with tempfile.TemporaryDirectory() as temporary:
        none, alone, together = (Path(temporary) / name for name in ("rien", "seul", "mille"))
        write_small_sources(none)
        write_small_sources(alone)
        write(largest_book(), alone / "contrats", LARGEST, "xlsx")
        write_many(together)
        return peak_of_checking(none), peak_of_checking(alone), peak_of_checking(together)


def main() -> None:
    """Measures, then prints."""
    checking, reading = time_of_checking()
    none, alone, together = memory_of_checking()
    console = Console()
    console.print(f"\nContrôle des feuilles ; le meilleur de {REPEATS}, imports à part")
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    for header in ("temps", "s"):
        grid.add_column(header, justify="right" if header == "s" else "left")
    grid.add_row("contrôle des feuilles réelles", f"{checking:.2f}")
    grid.add_row("leur lecture par openpyxl", f"{reading:.2f}")
    console.print(grid)
    console.print(f"rapport : {checking / reading:.2f} × la lecture par openpyxl")
    grid = Grid(box=None, padding=(0, 2, 0, 0))
    for header in ("mémoire, à son plus haut", "Mio"):
        grid.add_column(header, justify="right" if header == "Mio" else "left")
    grid.add_row("contrôle de deux petits classeurs", f"{none / MIB:.0f}")
    grid.add_row(f"du plus gros ({LARGEST_ROWS} actions) avec eux", f"{alone / MIB:.0f}")
    grid.add_row(f"de {WORKBOOKS} classeurs, dont le plus gros", f"{together / MIB:.0f}")
    grid.add_row("par classeur de plus", f"{(together - alone) / WORKBOOKS / MIB:.2f}")
    console.print(grid)
    console.print(f"rapport : {together / alone:.2f} × la mémoire du plus gros")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        check_and_tell(Path(sys.argv[1]))
    else:
        main()
