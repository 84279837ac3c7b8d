"""``make bench``, part of the cache: what one changed workbook costs among a thousand, from reading to validated.

The workbooks are those that the project's own template makes, with its welcome page and lists. Reading to validated is
stage one of the job: every cell read, typed, and its sheet validated by Pandera. Joining everything into tables, their
checks and the publication come after, for all the rows in any case, and are told apart.

Belongs here: measuring and printing ratios. Does not belong here: a verdict; no test is timed.
"""

from __future__ import annotations

import gc
import tempfile
import time
from pathlib import Path

import pandas as pd
from rich.console import Console

from pipelines import job
from pipelines.codeversion import code_version
from pipelines.curation.cache import Cache
from pipelines.job import Reading
from pipelines.sheets.workbook import write_workbook
from pipelines.template import read_terms
from tests.bench import show
from tests.conftest import write_small_sources
from tests.corpus.clean import clean_book

WORKBOOKS = 1_000
CHANGES = 5
"""Changed one after the other; the median counts."""

Terms = dict[str, list[tuple[str, str]]]


def write(root: Path, contract: str, terms: Terms, objective: str = "Allonger la saison") -> None:
    """A workbook of the template, filled in; its objective as given."""
    book = clean_book(contract)
    frames = {}
    for page in book.pages:
        header, *rows = page.rows
        texts = [[_text(value) for value in row] for row in rows]
        frames[page.name] = pd.DataFrame(texts, columns=[str(name) for name in header], dtype="str")
    frames["Contrat"]["Objectif"] = objective
    write_workbook(root / "contrats" / f"{contract}.xlsx", frames, terms)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def timed_reading(root: Path, cache: Cache) -> tuple[float, Reading]:
    """Seconds of a reading with the cache, and what it gives; what the bench holds is no work of the collector's."""
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    found = job.read(root, cache=cache)
    return time.perf_counter() - start, found


def main() -> None:
    """Measures, then prints."""
    with tempfile.TemporaryDirectory() as temporary:
        root, kept = Path(temporary) / "feuilles", Path(temporary) / "cache"
        write_small_sources(root)
        terms = read_terms(root)
        for number in range(WORKBOOKS):
            write(root, f"contrat-{number}", terms)
        cache = Cache(kept, code_version("schemas", "pipelines"))
        everything, reading = timed_reading(root, cache)
        nothing, _ = timed_reading(root, cache)
        changed = []
        for number in range(CHANGES):
            write(root, f"contrat-{7 * number}", terms, f"Objectif {number}")
            seconds, reading = timed_reading(root, cache)
            changed.append(seconds)
        one = sorted(changed)[CHANGES // 2]
        start = time.perf_counter()
        built, _ = job.build(reading.sheets, reading.issues)
        joined = time.perf_counter() - start
        start = time.perf_counter()
        job.check(built)
        checked = time.perf_counter() - start
    console = Console()
    rows = sum(map(len, built.values()))
    console.print(
        f"\nUn classeur changé sur {WORKBOOKS} ({rows} lignes publiées) ; de la lecture aux feuilles validées"
    )
    show(console, "lecture et validation", {"de tous": everything, "d’un seul": one, "d’aucun": nothing})
    show(console, "puis, pour tous", {"normalisation": joined, "contrôle des tables": checked})
    console.print(f"rapport : {one / everything:.1%} du temps de tous")


if __name__ == "__main__":
    main()
