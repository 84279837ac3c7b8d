"""Other processes of this machine that share pieces of work with this one.

They are programs of their own (``python -m``), not forks: they work as well from a server with threads, from a script,
from a notebook. They start while this process goes on; all take the next piece from one pipe, so that none waits for
another. A helper says what it does, then how it ended, in pickles on its standard output; it is told what it must know
on its standard input, which ends with the process that started it: it ends too.

Belongs here: how many are worth their start, starting them, what is said between them and this process, what goes
wrong with one, that none outlives its work. Does not belong here: the work (``curation.processes``,
``site.writing``), independent work in threads (``parallel``).
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from select import select
from threading import Thread
from typing import IO, Any

from pipelines.parallel import VARIABLE

MOST_PIECES = 2_000
"""So few that their tickets stand in a pipe at once."""
_TICKET = struct.Struct("<I")
_PROJECT = Path(__file__).resolve().parents[1]
_TASK = "travail"


class HelperDiedError(Exception):
    """A helper was stopped before its work was done; the message is for the administrator."""


def worth(seconds: float, start: float, most: int) -> int:
    """How many helpers each save more than their ``start``, of what takes so many seconds alone.

    With n of them, n + 1 processes share these seconds and n starts.
    """
    count = 0
    while count < most and seconds - start > (count + 1) * (count + 2) * start:
        count += 1
    return count


@dataclass
class Helper:
    """One of them; ``ended``: True when it left something, False when nothing was left to do."""

    process: subprocess.Popen[bytes]
    ended: bool | None = None


@dataclass
class Helpers:
    """The helpers of one piece of work, while a ``with`` lasts.

    ``module``: their program, which calls `serve`. ``pieces``: the work has so many, numbered from 0, `MOST_PIECES` at
    most. ``name`` and ``lost``: what they are, and what becomes of their work when one is stopped, in French.
    ``heard``: told what a helper says of its work. ``folder``: where they leave what they did, for as long.
    """

    module: str
    pieces: int
    name: str
    lost: str
    heard: Callable[[Any], object] = lambda _: None
    running: list[Helper] = field(default_factory=list)
    tickets: int = -1
    _stack: ExitStack = field(default_factory=ExitStack)
    _taken: int = 0

    def __enter__(self) -> Helpers:
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="contrats-destination-")))
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self.running:
            helper.process.kill()
        for helper in self.running:
            helper.process.wait()
            for pipe in (helper.process.stdin, helper.process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
        self._stack.close()

    def start(self, count: int, task: object) -> None:
        """Starts so many helpers, each given the task, which begin to work as soon as they can."""
        if self.pieces > MOST_PIECES:
            raise ValueError(f"{self.pieces} pieces: no more than {MOST_PIECES} can be shared")
        (self.folder / _TASK).write_bytes(pickle.dumps(task, protocol=5))
        self.tickets, given = os.pipe()
        self._stack.callback(os.close, self.tickets)
        with os.fdopen(given, "wb") as tickets:
            tickets.write(b"".join(map(_TICKET.pack, range(self.pieces))))
        known = [str(_PROJECT), os.environ.get("PYTHONPATH", "")]
        for number in range(count):
            process = subprocess.Popen(  # noqa: S603  (this very Python, with words of ours)
                [sys.executable, "-P", "-m", self.module, str(self.folder), str(number), str(self.tickets)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(self.tickets,),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, known))},
                process_group=0,  # an interruption at the keyboard is this process's to hear, and to pass on
            )
            self.running.append(Helper(process))

    def mine(self) -> Iterator[int]:
        """The pieces that are this process's to do, until there are none left; hears the helpers meanwhile.

        Raises:
            HelperDiedError: a helper was stopped.
        """
        for piece in _drawn(self.tickets):
            self._taken += 1
            self._hear()
            yield piece

    def tell(self, what: object) -> None:
        """Tells all the helpers something."""
        for helper in self.running:
            with suppress(BrokenPipeError):  # the next question says why
                pickle.dump(what, _given(helper.process.stdin), protocol=5)
                _given(helper.process.stdin).flush()

    def ended(self) -> Iterator[Path]:
        """What each helper left, once all have ended; nobody waits for them when none did anything.

        Raises:
            HelperDiedError: a helper was stopped.
        """
        if self._taken == self.pieces:
            return
        for number, helper in enumerate(self.running):
            while helper.ended is None:
                self._hear_one(helper)
            if helper.ended:
                yield self.folder / str(number)

    def _hear(self) -> None:
        waiting = {_given(helper.process.stdout): helper for helper in self.running if helper.ended is None}
        for pipe in select(waiting, [], [], 0)[0]:
            self._hear_one(waiting[pipe])

    def _hear_one(self, helper: Helper) -> None:
        """The next word of a helper: what it does, or how it ended; what went wrong there goes wrong here."""
        try:
            ended, said = pickle.load(_given(helper.process.stdout))  # noqa: S301  (our own program)
        except (EOFError, pickle.UnpicklingError) as error:
            raise HelperDiedError(self._died(helper.process.wait())) from error
        if not ended:
            self.heard(said)
        elif isinstance(said, MemoryError):
            raise HelperDiedError(self._died(-signal.SIGKILL)) from said
        elif isinstance(said, Exception):
            raise said
        else:
            helper.ended = said

    def _died(self, code: int) -> str:
        why = f"par le signal {signal.Signals(-code).name}" if code < 0 else f"avec le code {code}"
        memory = ", sans doute faute de mémoire" if code == -signal.SIGKILL else ""
        return (
            f"Un processus {self.name} s’est arrêté {why}{memory} : {self.lost}. Relancez ; si cela se répète, "
            f"donnez plus de mémoire à cette machine, ou travaillez avec moins de processus ({VARIABLE}=1)."
        )


# --- In the helper ---------------------------------------------------------------------------------------------------


@dataclass
class Share:
    """What a helper has of the work. ``left``: the file, or the folder, for what it does."""

    task: Any
    left: Path
    _tickets: int
    _said: IO[bytes]
    _told: SimpleQueue[Any]

    def taken(self) -> Iterator[int]:
        """The pieces that nobody took yet, one at a time."""
        return _drawn(self._tickets)

    def say(self, what: object) -> None:
        """Tells whoever started this process something."""
        _say(self._said, ended=False, what=what)

    @property
    def is_told(self) -> bool:
        """Whether `told` has not to wait."""
        return not self._told.empty()

    def told(self) -> Any:  # noqa: ANN401  (whatever the two sides agreed on)
        """What the process that started this one tells next; raises what kept it from being understood."""
        found = self._told.get()
        if isinstance(found, Exception):
            raise found
        return found


def serve(work: Callable[[Share], bool]) -> None:
    """The whole of a helper: does its share of the work (True: it left something), says how it ended, and ends."""
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library might print is none of our words
    told: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(told,), daemon=True).start()
    folder, number, tickets = sys.argv[1:]
    try:
        task = pickle.loads((Path(folder) / _TASK).read_bytes())  # noqa: S301  (written by who started this process)
        how: object = work(Share(task, Path(folder) / number, int(tickets), said, told))
    except Exception as error:
        error.add_note(f"In a helper:\n{traceback.format_exc()}")
        how = _portable(error)
    _say(said, ended=True, what=how)
    os._exit(0)  # the thread that listens would not let the interpreter end


def _listen(told: SimpleQueue[Any]) -> None:
    try:
        while True:
            told.put(pickle.load(sys.stdin.buffer))  # noqa: S301  (said by who started this process)
    except (EOFError, pickle.UnpicklingError):  # it ended, in the middle of a word perhaps
        os._exit(1)
    except Exception as error:
        told.put(error)


def _say(said: IO[bytes], *, ended: bool, what: object) -> None:
    said.write(pickle.dumps((ended, what), protocol=5))
    said.flush()


def _portable(error: Exception) -> Exception:
    """The exception, or one that says as much if it cannot be told to another process."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (made here)
    except Exception:
        return RuntimeError(f"{type(error).__name__} : {error}")
    return error


def _drawn(tickets: int) -> Iterator[int]:
    """Whoever reads one ticket of the pipe reads a whole one."""
    while ticket := os.read(tickets, _TICKET.size):
        yield _TICKET.unpack(ticket)[0]


def _given(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError
    return pipe
