"""Reading and typing many files in several processes of one machine, this one among them.

The helpers are programs of their own (``helper``), not forks: they work as well from a server with threads, from a
script, from a notebook. They start while this process goes on; all take the next files from one pipe, so that none
waits for another, then each leaves what it read in a file, whose columns are mapped here: typed, if it is worth the
start of typing. A helper that has read for a while when it is told the vocabularies types that first: whoever told
them had lists to read meanwhile, and takes up the files. How many there are changes no byte of what is read.

Belongs here: when it is worth it, sharing the files out, joining what was read, and what goes wrong with a helper. Does
not belong here: reading and typing; lots on several machines (``orchestration``).
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import IO, cast

from pipelines.curation.gather import Fallback, Sources, read_units
from pipelines.curation.lots import Lot, joined, joined_sources, typed_lot
from pipelines.curation.parse import Vocabularies
from pipelines.curation.states import State
from pipelines.curation.stored import load
from pipelines.curation.units import Unit
from pipelines.parallel import VARIABLE, processors
from pipelines.progress import file_read
from pipelines.sheets.files import WORKBOOK_SUFFIXES

START = 0.6
"""Seconds that a helper takes to begin."""
_SECONDS_A_FOLDER, _SECONDS_A_BYTE_OF_CSV = 1e-3, 3.5e-8
_SECONDS_A_WORKBOOK, _SECONDS_A_BYTE_OF_WORKBOOK = 1.5e-3, 1.5e-7
"""What reading and typing take, measured on a processor of 2020."""
ROWS_TYPED_APART = 50_000
"""A share of fewer rows is typed in less time than the libraries of typing take to load in another process."""
_BATCHES_EACH, _MOST_BATCHES = 64, 2_000
_TICKET = struct.Struct("<I")
_HELPER = "pipelines.curation.helper"
_PROJECT = Path(__file__).resolve().parents[2]


class ReaderDiedError(Exception):
    """A helper was stopped before its work was done; the message is for the administrator."""


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

    def taken(self, tickets: int) -> Iterator[Sequence[Unit]]:
        """The batches that nobody took yet, one at a time."""
        while ticket := os.read(tickets, _TICKET.size):
            yield self.batches[_TICKET.unpack(ticket)[0]]


@dataclass
class Readers:
    """Files that are being read, by helpers if there are any."""

    units: Sequence[Unit]
    root: Path
    partial: bool
    fallback: Fallback | None
    _helpers: _Helpers | None = None

    def typed(self, vocabularies: Vocabularies) -> Lot:
        """All of them, read and typed, in order.

        Raises:
            ReaderDiedError: a helper was stopped.
        """
        if self._helpers is None:
            return typed_lot(self._read(self.units), vocabularies)
        order = [unit.name for unit in self.units]
        self._helpers.tell(vocabularies)
        read = self._read(self._helpers.units())
        parts = [typed_if_long(read, vocabularies, self._helpers.task.long), *self._helpers.left()]
        lots = [part for part in parts if isinstance(part, Lot)]
        if as_read := [part for part in parts if isinstance(part, Sources)]:
            lots.append(typed_lot(joined_sources(as_read, order), vocabularies))
        return joined(lots, order)

    def _read(self, units: Iterable[Unit]) -> Sources:
        return read_units(units, self.root, partial=self.partial, fallback=self.fallback)


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
    count = _worth(sum(seconds), min(processors(), len(units)) - 1)
    readers = Readers(units, root, partial, fallback)
    if count < 1:
        yield readers
        return
    task = Task(_batches(units, seconds, count + 1), root, partial, fallback, Path.cwd(), ROWS_TYPED_APART)
    with _Helpers(task) as readers._helpers:
        readers._helpers.start(count)
        yield readers


def _seconds(unit: Unit, size: int) -> float:
    """What reading and typing a workbook should take, by its format and its bytes."""
    if unit.path.suffix.lower() in WORKBOOK_SUFFIXES:
        return _SECONDS_A_WORKBOOK + _SECONDS_A_BYTE_OF_WORKBOOK * size
    return _SECONDS_A_FOLDER + _SECONDS_A_BYTE_OF_CSV * size


def _worth(seconds: float, most: int) -> int:
    """How many helpers each save more than their start, of what takes so long alone.

    With n of them, n + 1 processes share these seconds and n starts.
    """
    count = 0
    while count < most and seconds - START > (count + 1) * (count + 2) * START:
        count += 1
    return count


def _batches(units: Sequence[Unit], seconds: Sequence[float], count: int) -> list[list[Unit]]:
    """The files in batches that take about as long, those that hold one large file first."""
    share = sum(seconds) / min(_BATCHES_EACH * count, _MOST_BATCHES)
    found: list[tuple[float, list[Unit]]] = []
    for unit, more in zip(units, seconds, strict=True):
        if not found or found[-1][0] >= share or more >= share:
            found.append((0, []))
        found[-1] = (found[-1][0] + more, [*found[-1][1], unit])
    return [batch for _, batch in sorted(found, key=lambda one: -(one[0] // (2 * share)))]


@dataclass
class _Helper:
    process: subprocess.Popen[bytes]
    ended: object = None


@dataclass
class _Helpers:
    """The helpers of one reading; none of them outlives it."""

    task: Task
    _running: list[_Helper] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)
    _tickets: int = -1
    _taken: int = 0

    def __enter__(self) -> _Helpers:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="contrats-destination-")))
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self._running:
            helper.process.kill()
        for helper in self._running:
            helper.process.wait()
            for pipe in (helper.process.stdin, helper.process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        self._stack.close()

    def start(self, count: int) -> None:
        """Starts so many helpers, which begin to read as soon as they can."""
        (self._folder / "travail").write_bytes(pickle.dumps(self.task, protocol=5))
        self._tickets, given = os.pipe()
        self._stack.callback(os.close, self._tickets)
        # Few enough to stand in the pipe at once; whoever reads one ticket of it reads a whole one.
        os.write(given, b"".join(map(_TICKET.pack, range(len(self.task.batches)))))
        os.close(given)
        known = [str(_PROJECT), os.environ.get("PYTHONPATH", "")]
        for number in range(count):
            process = subprocess.Popen(  # noqa: S603  (this very Python, with words of ours)
                [sys.executable, "-P", "-m", _HELPER, str(self._folder), str(number), str(self._tickets)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(self._tickets,),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, known))},
                process_group=0,  # an interruption at the keyboard is this process's to hear, and to pass on
            )
            self._running.append(_Helper(process))

    def units(self) -> Iterator[Unit]:
        """The files that are this process's to read, until there are none left; tells of those that helpers read."""
        for batch in self.task.taken(self._tickets):
            self._taken += 1
            self._hear()
            yield from batch

    def tell(self, vocabularies: Vocabularies) -> None:
        """By which vocabularies the helpers are to type what they read."""
        for helper in self._running:
            with suppress(BrokenPipeError):  # the next question says why
                pickle.dump(vocabularies, _given(helper.process.stdin), protocol=5)
                _given(helper.process.stdin).flush()

    def left(self) -> Iterator[Lot | Sources]:
        """What the helpers read; nobody waits for one that came too late to read anything.

        Raises:
            ReaderDiedError: a helper was stopped.
        """
        if self._taken == len(self.task.batches):
            return
        for number, helper in enumerate(self._running):
            while helper.ended is None:
                self._hear_one(helper)
            if isinstance(helper.ended, Exception):
                raise helper.ended
            if helper.ended is True:
                yield from cast("list[Lot | Sources]", load(self._folder / str(number)))

    def _hear(self) -> None:
        waiting = {_given(helper.process.stdout): helper for helper in self._running if helper.ended is None}
        for pipe in select(waiting, [], [], 0)[0]:
            self._hear_one(waiting[pipe])

    def _hear_one(self, helper: _Helper) -> None:
        """The next word of a helper: names of files, or how it ended."""
        try:
            said = pickle.load(_given(helper.process.stdout))  # noqa: S301  (our own program)
        except (EOFError, pickle.UnpicklingError) as error:
            raise ReaderDiedError(_died(helper.process.wait())) from error
        if isinstance(said, list):
            for name in said:
                file_read(name)
        elif isinstance(said, MemoryError):
            raise ReaderDiedError(_died(-signal.SIGKILL)) from said
        else:
            helper.ended = said


def typed_if_long(read: Sources, vocabularies: Vocabularies, least: int) -> Lot | Sources:
    """What a process read, typed if it has so many rows."""
    return typed_lot(read, vocabularies) if read.files["rows"].sum() >= least else read


def _given(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError
    return pipe


def _died(code: int) -> str:
    why = f"par le signal {signal.Signals(-code).name}" if code < 0 else f"avec le code {code}"
    memory = ", sans doute faute de mémoire" if code == -signal.SIGKILL else ""
    return (
        f"Un processus de lecture s’est arrêté {why}{memory} : rien n’a été gardé de cette lecture. Relancez ; si cela "
        f"se répète, donnez plus de mémoire à cette machine, ou lisez avec moins de processus ({VARIABLE}=1)."
    )
