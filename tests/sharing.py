"""Work that is shared with helpers, of which this process does as little as it can."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from pipelines.helpers import Helpers

Once = Callable[[Helpers], None]


def leave_to_helpers(monkeypatch: pytest.MonkeyPatch, count: int, once_begun: Once = lambda _: None) -> list[int]:
    """Of so many processes, has this one leave to the others all but one piece; gives their numbers once they start."""
    started: list[int] = []
    mine = Helpers.mine

    def left_to_others(helpers: Helpers) -> Iterator[int]:
        started.extend(helper.process.pid for helper in helpers.running)
        pieces = mine(helpers)
        yield from islice(pieces, 1)
        once_begun(helpers)
        while waiting(helpers.tickets) and all(helper.process.poll() is None for helper in helpers.running):
            time.sleep(0.01)
        yield from pieces

    monkeypatch.setenv("CONTRATS_PROCESSUS", str(count))
    monkeypatch.setattr(Helpers, "mine", left_to_others)
    return started


def waiting(pipe: int) -> int:
    """How many bytes stand in a pipe."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])


def living(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
