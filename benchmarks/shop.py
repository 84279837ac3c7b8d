"""What rows share: sizes, a folder to work in, sources and releases that are made once, and what was measured already.

Belongs here: making what is measured, unmeasured. Does not belong here: a figure (``rows_*``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.apart import REPOSITORY, Sample, alternately, measured, typical
from benchmarks.files import Format
from benchmarks.floors import floor_of_job, fresh
from benchmarks.generate import Wanted
from benchmarks.generate import generate as write_sources
from benchmarks.report import grouped
from benchmarks.steps import arrow_bytes, keep, kept, to_release, to_tables, warm_up
from benchmarks.watch import Watch
from pipelines.publish.staging import remove
from pipelines.publish.xlsx_parts import SHEET_ROWS

ONE_PROCESS, TWO_PROCESSES = {"CONTRATS_PROCESSUS": "1"}, {"CONTRATS_PROCESSUS": "2"}
Size = tuple[int, int]
"""Contracts, and actions."""
SMALL: Size = (2, 6)
"""Of the sources that a process works on before the clock starts."""


@dataclass(frozen=True)
class Sizes:
    """How large everything is, and how many times it is measured.

    ``long``: repetitions of what takes minutes; ``split``: rows of a table, and the most that a sheet takes. ``page``:
    of the whole table, or of each key (« {} ») where one takes so long that they are measured one at a time.
    """

    name: str
    page: str
    job: Size
    growth: tuple[Size, ...]
    frictionless_rows: int
    xlsx_read: Size
    xlsx_write: Size
    openpyxl_rows: int
    workbooks: tuple[int, ...]
    changed: int
    names: int
    names_sample: int
    releases: Size
    site: tuple[int, ...]
    sampled: int
    repeats: int
    long: int
    split: tuple[int, int]

    def told(self, seed: int, keys: Collection[str]) -> dict[str, str]:
        """What the page of the rows of these keys says of it."""
        known = (
            ("Travail, actions", _said(self.job), {"a", "a2", "a3", "c"}),
            ("Croissance", " ; ".join(map(_said, self.growth)), {"c"}),
            ("Classeurs lus", _said(self.xlsx_read), {"b"}),
            ("Classeur écrit", _said(self.xlsx_write), {"b"}),
            ("Nombres de classeurs", ", ".join(map(grouped, self.workbooks)), {"d"}),
            ("Classeurs dont un change", grouped(self.changed), {"e"}),
            ("Versions", _said(self.releases), {"g", "parties", "verification", "exactitude"}),
        )
        sources = {"Sources fabriquées": f"`python -m benchmarks generate`, graine {seed}, sans faute"}
        return sources | {name: said for name, said, rows in known if rows.intersection(keys)}


def _said(size: Size) -> str:
    return f"{grouped(size[0])} contrats, {grouped(size[1])} actions"


TINY = Sizes(
    name="minuscule",
    page="results-minuscule.md",
    job=SMALL,
    growth=((1, 3), SMALL),
    frictionless_rows=3,
    xlsx_read=SMALL,
    xlsx_write=SMALL,
    openpyxl_rows=3,
    workbooks=(1, 2),
    changed=2,
    names=200,
    names_sample=50,
    releases=SMALL,
    site=(1, 2),
    sampled=1,
    repeats=1,
    long=1,
    split=(25, 10),
)
QUICK = Sizes(
    name="make bench",
    page="results.md",
    job=(100, 100_000),
    growth=((10, 10_000), (100, 100_000), (500, 500_000)),
    frictionless_rows=50_000,
    xlsx_read=(5, 100_000),
    xlsx_write=(100, 100_000),
    openpyxl_rows=50_000,
    workbooks=(100, 1_000, 10_000),
    changed=10_000,
    names=100_000,
    names_sample=3_000,
    releases=(100, 100_000),
    site=(40, 120, 360),
    sampled=5,
    repeats=3,
    long=1,
    split=(25_000, 10_000),
)
FULL = Sizes(
    name="make bench-full",
    page="results-full/{}.md",
    job=(1_000, 1_000_000),
    growth=((10, 10_000), (100, 100_000), (500, 500_000), (1_000, 1_000_000)),
    frictionless_rows=100_000,
    xlsx_read=(50, 1_000_000),
    xlsx_write=(1_000, 1_000_000),
    openpyxl_rows=200_000,
    workbooks=(100, 1_000, 10_000),
    changed=10_000,
    names=100_000,
    names_sample=10_000,
    releases=(1_000, 1_000_000),
    site=(300, 900, 2_700),
    sampled=20,
    repeats=3,
    long=1,
    split=(1_100_000, SHEET_ROWS),
)


@dataclass
class Shop:
    """A folder to work in, and what was made in it; ``seed``: that of all sources."""

    folder: Path
    sizes: Sizes
    seed: int = 0
    made: dict[object, Any] = field(default_factory=dict)

    def sources(self, size: Size, file_format: Format = "csv") -> Path:
        """A folder of sources."""
        root = self.folder / f"sources-{file_format}-{size[0]}-{size[1]}"
        if root not in self.made:
            contracts, actions = size
            measured(
                make_sources,
                folder=root,
                contracts=contracts,
                actions=actions,
                file_format=file_format,
                seed=self.seed,
            )
            self.made[root] = True
        return root

    def tables(self, size: Size) -> tuple[Path, dict[str, Any]]:
        """The file of the published tables of sources in CSV, with their rows."""
        file = self.folder / f"tables-{size[0]}-{size[1]}.pickle"
        if file not in self.made:
            self.made[file] = measured(make_tables, root=self.sources(size), file=file).found
        return file, self.made[file]

    def release(self, size: Size) -> Path:
        """The folder of a release, in CSV and Parquet."""
        outputs = self.folder / f"sorties-{size[0]}-{size[1]}"
        if outputs not in self.made:
            told = measured(make_release, root=self.sources(size), tables_file=self.tables(size)[0], outputs=outputs)
            self.made[outputs] = Path(told.found["release"])
        found: Path = self.made[outputs]
        return found

    def job(self, size: Size, repeats: int) -> Sample:
        """The whole job, from CSV to CSV and Parquet."""
        if ("job", size) not in self.made:
            self.made["job", size] = typical([self._job(size) for _ in range(repeats)])
        found: Sample = self.made["job", size]
        return found

    def job_and_floor(self, size: Size, repeats: int) -> tuple[Sample, Sample]:
        """The same and its floor, alternately."""
        file, plain = self.tables(size)[0], self.folder / "plancher"
        ours, floor = alternately(
            repeats,
            lambda: self._job(size),
            lambda: measured(floor_of_job, root=self.sources(size), tables_file=file, folder=plain),
        )
        self.made["job", size] = typical(ours)
        return self.made["job", size], typical(floor)

    def without_paths(self, said: str) -> str:
        """Words without the folders of this machine."""
        return said.replace(f"{self.folder}/", "").replace(f"{REPOSITORY}/", "").replace(str(self.folder), "…")

    def close(self) -> None:
        """Removes the folder, releases included, whose files are read-only."""
        remove(self.folder)

    def _job(self, size: Size) -> Sample:
        root, outputs = self.sources(size), self.folder / "travail"
        return measured(whole_job, root=root, outputs=outputs, small=self.sources(SMALL))


def make_sources(_watch: Watch, folder: str, contracts: int, actions: int, file_format: Format, seed: int) -> None:
    """Writes sources."""
    write_sources(Path(folder), Wanted(contracts, actions, file_format=file_format, seed=seed))


def make_tables(watch: Watch, root: str, file: str) -> dict[str, object]:
    """Leaves the published tables of sources in a file."""
    return keep(to_tables(watch, Path(root)), Path(file))


def make_release(watch: Watch, root: str, tables_file: str, outputs: str) -> dict[str, object]:
    """Writes the release of tables that were left in a file."""
    built, issues = kept(Path(tables_file))
    return {"release": str(to_release(watch, Path(root), fresh(Path(outputs)), built, issues))}


def whole_job(watch: Watch, root: str, outputs: str, small: str) -> dict[str, object]:
    """The whole work, from sources to a release that was verified."""
    target = fresh(Path(outputs))
    warm_up(Path(small))
    built, issues = to_tables(watch, Path(root))
    release = to_release(watch, Path(root), target, built, issues)
    return {"rows": sum(map(len, built.values())), "arrow": arrow_bytes(built), "release": str(release)}
