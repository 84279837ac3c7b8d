"""Reading and typing many files in several processes of one machine, this one among them.

Each helper (``helper``) leaves what it read in a file, whose columns are mapped here: typed, if it is worth the start
of typing. One that has read for a while when it is told the vocabularies types that first: whoever told them had lists
to read meanwhile, and takes up the files. How many there are changes no byte of what is read.

Belongs here: when it is worth it, sharing the files out, joining what was read. Does not belong here: the processes
themselves (``pipelines.helpers``), reading and typing; lots on several machines (``orchestration``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipelines.curation.gather import Fallback, Sources, read_units
from pipelines.curation.lots import Lot, joined, joined_sources, typed_lot
from pipelines.curation.parse import Vocabularies
from pipelines.curation.states import State
from pipelines.curation.stored import load
from pipelines.curation.units import Unit
from pipelines.helpers import MOST_PIECES, Helpers, worth
from pipelines.parallel import processors
from pipelines.progress import file_read
from pipelines.sheets.files import WORKBOOK_SUFFIXES

START = 0.6
"""Seconds that a helper takes to begin."""
_SECONDS_A_FOLDER, _SECONDS_A_BYTE_OF_CSV = 1e-3, 3.5e-8
_SECONDS_A_WORKBOOK, _SECONDS_A_BYTE_OF_WORKBOOK = 1.5e-3, 1.5e-7
"""What reading and typing take, measured on a processor of 2020."""
ROWS_TYPED_APART = 50_000
"""A share of fewer rows is typed in less time than the libraries of typing take to load in another process."""
_BATCHES_EACH = 64
_HELPER = "pipelines.curation.helper"


@dataclass(frozen=True)
class Task:
    """What all the processes read, in batches of which each ticket names one.

    ``long``: of how many rows on a process types what it read.
    """

    batches: Sequence[Sequence[Unit]]
    root: Path
    partial: bool
    fallback: Fallback | None
    here: Path
    long: int


@dataclass
class Readers:
    """Files that are being read, by helpers if there are any."""

    units: Sequence[Unit]
    task: Task
    helpers: Helpers | None = None

    def typed(self, vocabularies: Vocabularies) -> Lot:
        """All of them, read and typed, in order.

        Raises:
            HelperDiedError: a helper was stopped.
        """
        if self.helpers is None:
            return typed_lot(self._read(self.units), vocabularies)
        order = [unit.name for unit in self.units]
        self.helpers.tell(vocabularies)
        read = self._read(unit for piece in self.helpers.mine() for unit in self.task.batches[piece])
        parts = [typed_if_long(read, vocabularies, self.task.long)]
        for left in self.helpers.ended():
            parts += cast("list[Lot | Sources]", load(left))
        lots = [part for part in parts if isinstance(part, Lot)]
        if as_read := [part for part in parts if isinstance(part, Sources)]:
            lots.append(typed_lot(joined_sources(as_read, order), vocabularies))
        return joined(lots, order)

    def _read(self, units: Iterable[Unit]) -> Sources:
        return read_units(units, self.task.root, partial=self.task.partial, fallback=self.task.fallback)


@contextmanager
def reading(
    units: Sequence[Unit],
    root: Path,
    looks: Mapping[str, State],
    *,
    partial: bool = False,
    fallback: Fallback | None = None,
) -> Iterator[Readers]:
    """Has files read while this lasts; ``looks``: the state of each. See `read_units` for the others.

    Raises:
        SettingError: see `processors`.
    """
    seconds = [_seconds(unit, looks[unit.name].size) for unit in units]
    count = worth(sum(seconds), START, min(processors(), len(units)) - 1)
    batches = _batches(units, seconds, count + 1)
    task = Task(batches, root, partial, fallback, Path.cwd(), ROWS_TYPED_APART)
    if count < 1:
        yield Readers(units, task)
        return
    with Helpers(_HELPER, len(batches), "de lecture", "rien n’a été gardé de cette lecture", _follow) as helpers:
        helpers.start(count, task)
        yield Readers(units, task, helpers)


def _follow(names: Iterable[str]) -> None:
    for name in names:
        file_read(name)


def _seconds(unit: Unit, size: int) -> float:
    """What reading and typing a workbook should take, by its format and its bytes."""
    if unit.path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _SECONDS_A_WORKBOOK + _SECONDS_A_BYTE_OF_WORKBOOK * size
    return _SECONDS_A_FOLDER + _SECONDS_A_BYTE_OF_CSV * size


def _batches(units: Sequence[Unit], seconds: Sequence[float], count: int) -> list[list[Unit]]:
    """The files in batches that take about as long, those that hold one large file first."""
    share = sum(seconds) / min(_BATCHES_EACH * count, MOST_PIECES)
    found: list[tuple[float, list[Unit]]] = []
    for unit, more in zip(units, seconds, strict=True):
        if not found or found[-1][0] >= share or more >= share:
            found.append((0, []))
        found[-1] = (found[-1][0] + more, [*found[-1][1], unit])
    return [batch for _, batch in sorted(found, key=lambda one: -(one[0] // (2 * share)))]


def typed_if_long(read: Sources, vocabularies: Vocabularies, least: int) -> Lot | Sources:
    """What a process read, typed if it has so many rows."""
    return typed_lot(read, vocabularies) if read.files["rows"].sum() >= least else read
