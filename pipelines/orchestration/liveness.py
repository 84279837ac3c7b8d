"""Whether the process that executes a run from the shell is still there, told by a lock that the system frees.

Belongs here: taking that lock and looking at it, in Dagster's home. Does not belong here: what is done about a run
whose process is gone (``run_launcher``); runs that a code server executes, which is asked instead.

A number of process would not do: after a restart of the machine, another program may have it.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MACHINE_TAG = "contrats/machine"
"""The tag of a run executed from the shell: the name of the machine, the only one that can tell whether it lives."""
_FOLDER = "en-cours"


def machine() -> str:
    """The name of this machine."""
    return socket.gethostname()


@contextmanager
def living(home: Path, run_id: str) -> Iterator[None]:
    """Shows, as long as the block lasts and the process lives, that the run is being executed."""
    path = _path(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def is_living(home: Path, run_id: str) -> bool:
    """Whether a process of this machine executes the run; what a dead one left is removed."""
    path = _path(home, run_id)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _path(home: Path, run_id: str) -> Path:
    return home / _FOLDER / run_id
