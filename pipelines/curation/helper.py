"""``python -m pipelines.curation.helper FOLDER NUMBER TICKETS``: one of the processes that read files together.

It reads what it can take tickets for, from the pipe of that number, and leaves it in the folder under its number, in
a list: typed by the vocabularies that it is told, in what it read before it was told them and what it read after, or
as read where that is so little that whoever asks types it sooner. It says on its standard output, in pickles, which
files it is about to read, then how it ended: True (it is there), False (there was nothing left to read) or an
exception. Its standard input ends with the process that started it: it ends too.

Belongs here: that program. Does not belong here: who starts it (``processes``).
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from pipelines.curation.gather import Sources, read_units
from pipelines.curation.lots import Lot
from pipelines.curation.parse import Vocabularies
from pipelines.curation.processes import Task, typed_if_long
from pipelines.curation.stored import store
from pipelines.curation.units import Unit
from pipelines.garbage import rarely_collected


def main() -> None:
    """Reads, types, leaves."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library might print is none of our words
    heard: SimpleQueue[Vocabularies] = SimpleQueue()
    Thread(target=_listen, args=(heard,), daemon=True).start()
    folder, number, tickets = sys.argv[1:]
    try:
        _say(told, _work(Path(folder), number, int(tickets), told, heard))
    except Exception as error:
        _say(told, _portable(error))
    os._exit(0)  # the thread that listens would not let the interpreter end


def _listen(heard: SimpleQueue[Vocabularies]) -> None:
    try:
        while True:
            heard.put(pickle.load(sys.stdin.buffer))  # noqa: S301  (said by those who started this process)
    except EOFError:
        os._exit(1)


@rarely_collected()
def _work(folder: Path, number: str, tickets: int, told: IO[bytes], heard: SimpleQueue[Vocabularies]) -> bool:
    task = pickle.loads((folder / "travail").read_bytes())  # noqa: S301  (written by those who started this process)
    os.chdir(task.here)
    batches = task.taken(tickets)
    before = _read(task, _units(batches, told, heard.empty))
    vocabularies = heard.get()
    left = [typed_if_long(before, vocabularies, task.long)]
    least = 0 if isinstance(left[0], Lot) else task.long  # what typing needs is loaded then
    left.append(typed_if_long(_read(task, _units(batches, told)), vocabularies, least))
    filled = [one for one in left if len(one.files)]
    store(folder / number, filled)
    return bool(filled)


def _units(
    batches: Iterator[Sequence[Unit]], told: IO[bytes], going: Callable[[], bool] = lambda: True
) -> Iterator[Unit]:
    """The files of the next batches, the last of which begins while ``going`` says so."""
    while going() and (batch := next(batches, None)):
        _say(told, [unit.name for unit in batch])
        yield from batch


def _read(task: Task, units: Iterator[Unit]) -> Sources:
    return read_units(units, task.root, partial=task.partial, fallback=task.fallback)


def _portable(error: Exception) -> Exception:
    """The exception, or one that says as much if it cannot be told to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (made here)
    except Exception:
        return RuntimeError(f"{type(error).__name__} : {error}")
    return error


def _say(told: IO[bytes], what: object) -> None:
    told.write(pickle.dumps(what, protocol=5))
    told.flush()


if __name__ == "__main__":
    main()
