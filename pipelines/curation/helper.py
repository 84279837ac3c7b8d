"""``python -m pipelines.curation.helper FOLDER NUMBER TICKETS``: one of the processes that read files together.

It reads what it can take tickets for, from the pipe of that number, then leaves it in the folder under its number:
typed once it is told vocabularies, as it is once it is told that there are none. It says on its standard output, in
pickles, which files it is about to read, then how it ended: True (it is there), False (there was nothing left to read)
or an exception. Its standard input ends with the process that started it: it ends too.

Belongs here: that program. Does not belong here: who starts it (``processes``).
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from pipelines.curation.gather import read_units
from pipelines.curation.lots import typed_lot
from pipelines.curation.parse import Vocabularies
from pipelines.curation.processes import Task
from pipelines.curation.stored import store
from pipelines.curation.units import Unit


def main() -> None:
    """Reads, types, leaves."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library might print is none of our words
    heard: SimpleQueue[Vocabularies | None] = SimpleQueue()
    Thread(target=_listen, args=(heard,), daemon=True).start()
    folder, number, tickets = sys.argv[1:]
    try:
        _say(told, _work(Path(folder), number, int(tickets), told, heard))
    except Exception as error:
        _say(told, _portable(error))
    os._exit(0)  # the thread that listens would not let the interpreter end


def _listen(heard: SimpleQueue[Vocabularies | None]) -> None:
    try:
        while True:
            heard.put(pickle.load(sys.stdin.buffer))  # noqa: S301  (said by those who started this process)
    except EOFError:
        os._exit(1)


def _work(folder: Path, number: str, tickets: int, told: IO[bytes], heard: SimpleQueue[Vocabularies | None]) -> bool:
    task = pickle.loads((folder / "travail").read_bytes())  # noqa: S301  (written by those who started this process)
    os.chdir(task.here)
    read = read_units(_units(task, tickets, told), task.root, partial=task.partial, fallback=task.fallback)
    if not len(read.files):
        return False
    vocabularies = heard.get()
    store(folder / number, read if vocabularies is None else typed_lot(read, vocabularies))
    return True


def _units(task: Task, tickets: int, told: IO[bytes]) -> Iterator[Unit]:
    for batch in task.taken(tickets):
        _say(told, [unit.name for unit in batch])
        yield from batch


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
