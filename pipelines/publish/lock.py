"""The lock of the folder of outputs: one build at a time.

Belongs here: taking and freeing ``outputs/.verrou``. The system frees it when the process ends, however it ends. Does
not belong here: what is written under the lock.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pipelines.publish.errors import OutputsBusy

NAME = ".verrou"
_held: dict[Path, int] = {}


def take(outputs: Path) -> None:
    """Takes the lock; raises `OutputsBusy` when another build, or one of this process, holds it."""
    folder = outputs.resolve()
    if folder in _held:
        raise OutputsBusy(_message(folder, str(os.getpid())))
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise OutputsBusy(_message(folder, holder)) from error
    except OSError:
        os.close(descriptor)
        raise
    _held[folder] = descriptor
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)


def keep(outputs: Path) -> None:
    """Takes the lock unless this process already holds it (the steps of a build may run in several processes)."""
    if outputs.resolve() not in _held:
        take(outputs)


def free(outputs: Path) -> None:
    """Frees the lock if this process holds it."""
    descriptor = _held.pop(outputs.resolve(), None)
    if descriptor is not None:
        os.close(descriptor)


def _message(folder: Path, holder: str) -> str:
    who = f" (processus {holder})" if holder else ""
    return f"Une autre publication est en cours dans {folder}{who} ; attendez qu’elle finisse, puis recommencez."
