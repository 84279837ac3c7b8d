"""The rows of the table, in order, each measured whatever became of the one before.

Belongs here: which rows there are, and what a run of them writes. Does not belong here: a measure (``rows_*``).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import (
    rows_actions,
    rows_exact,
    rows_job,
    rows_names,
    rows_real,
    rows_releases,
    rows_start,
    rows_workbooks,
    rows_xlsx,
)
from benchmarks.apart import REPOSITORY, MeasureError
from benchmarks.figures import Figure
from benchmarks.report import FAILED, page, verdict
from benchmarks.shop import Shop, Sizes

PAGES = REPOSITORY / "benchmarks"
SEED = 0
Measure = Callable[[Shop], Iterator[Figure]]


@dataclass(frozen=True)
class Row:
    """Some lines of the table, measured together."""

    key: str
    title: str
    measure: Measure


ROWS = (
    Row("a", "travail entier", rows_job.job),
    Row("a2", "actions seules, contre frictionless", rows_actions.frictionless),
    Row("a3", "actions seules, contre pandas", rows_actions.usual),
    Row("b", "lecture de classeurs XLSX", rows_xlsx.reading),
    Row("b", "écriture d’un classeur XLSX", rows_xlsx.writing),
    Row("b", "table trop longue pour une feuille", rows_xlsx.splitting),
    Row("c", "mémoire", rows_job.memory),
    Row("c", "croissance", rows_job.growth),
    Row("d", "nombre de classeurs", rows_workbooks.many),
    Row("d", "deux cœurs", rows_workbooks.cores),
    Row("e", "un classeur changé", rows_workbooks.changed),
    Row("f", "noms voisins", rows_names.names),
    Row("g", "comparaison de versions", rows_releases.comparison),
    Row("site", "site", rows_releases.site),
    Row("site", "site, deux cœurs", rows_releases.site_cores),
    Row("parties", "lecture d’un contrat", rows_releases.partitioned),
    Row("verification", "vérification d’une version", rows_releases.verification),
    Row("controle", "contrôle des feuilles réelles", rows_real.checking),
    Row("dagster", "publication par Dagster", rows_real.dagster),
    Row("demarrage", "démarrage", rows_start.start),
    Row("exactitude", "exactitude", rows_exact.exactness),
)
KEYS = tuple(dict.fromkeys(row.key for row in ROWS))


def run(
    sizes: Sizes, only: Collection[str] = KEYS, told: Callable[[str], None] | None = None, rows: Collection[Row] = ROWS
) -> list[Figure]:
    """Measures the rows of some keys; one that fails is a line that says so. ``told`` hears of each in turn."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        shop = Shop(Path(temporary).resolve(), sizes, SEED)
        for row in rows:
            if row.key in only:
                start = time.perf_counter()
                lines = measured_row(row, shop)
                found += lines
                if told is not None:
                    told(said(row, lines, time.perf_counter() - start))
        shop.close()
    return found


def said(row: Row, lines: list[Figure], seconds: float) -> str:
    """A row in a few words, for who waits: its verdicts, and the time that it took."""
    shown = [line for line in lines if not line.part]
    verdicts = [FAILED if line.failed else verdict(line) for line in shown]
    return f"{row.key} – {row.title} : {', '.join(filter(None, verdicts)) or 'fait'} ({seconds:.0f} s)"


def measured_row(row: Row, shop: Shop) -> list[Figure]:
    """The lines of a row; those that were measured before it failed stay."""
    found: list[Figure] = []
    try:
        found.extend(row.measure(shop))
    except Exception as error:  # whatever happens to a row, the others are measured
        reason = str(error) if isinstance(error, MeasureError) else f"{type(error).__name__} : {error}"
        found.append(Figure(key=row.key, what=row.title, failed=shop.without_paths(reason)))
    return found


def write(figures: list[Figure], measured: Collection[str], sizes: Sizes, told: Mapping[str, str]) -> list[Path]:
    """Writes the figures of the keys measured on a machine (see `machine`), and returns the pages.

    One page of all keys, and none when a key was left out; or one a key, where sizes want that.
    """
    if "{}" in sizes.page:
        pages = {sizes.page.format(key): ({key}, f"{sizes.name} ONLY={key}") for key in measured}
    else:
        pages = {sizes.page: (set(measured), sizes.name)} if set(measured) == set(KEYS) else {}
    for name, (keys, command) in pages.items():
        own = [figure for figure in figures if figure.key in keys]
        (PAGES / name).parent.mkdir(exist_ok=True)
        (PAGES / name).write_text(page(own, told, {"Commande": command, **sizes.told(SEED, keys)}), encoding="utf-8")
    return [PAGES / name for name in pages]
