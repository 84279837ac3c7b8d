"""The locks of the folder of outputs: one build at a time, one publication to a portal at a time.

Belongs here: taking and freeing ``outputs/.verrou`` and others like it. The system frees them when the process ends,
however it ends. Does not belong here: what is done under a lock.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.publish.errors import OutputsBusy

NAME = ".verrou"
PORTAL = ".verrou-portail"
"""Of who sends a release to a portal: it takes long, and builds need not wait for it."""
_held: dict[Path, int] = {}


def take(outputs: Path, name: str = NAME) -> None:
    """Takes a lock; raises `OutputsBusy` when another build, or one of this process, holds it."""
    path = outputs.resolve() / name
    if path in _held:
        raise OutputsBusy(_message(path, str(os.getpid())))
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise OutputsBusy(_message(path, holder)) from error
    except OSError:
        os.close(descriptor)
        raise
    _held[path] = descriptor
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)


def keep(outputs: Path) -> None:
    """Takes the lock unless this process already holds it (the steps of a build may run in several processes)."""
    if outputs.resolve() / NAME not in _held:
        take(outputs)


def free(outputs: Path, name: str = NAME) -> None:
    """Frees a lock if this process holds it."""
    descriptor = _held.pop(outputs.resolve() / name, None)
    if descriptor is not None:
        os.close(descriptor)


@contextmanager
def alone(outputs: Path, name: str = NAME) -> Iterator[None]:
    """Holds a lock while it lasts.

    Raises:
        OutputsBusy: somebody else holds it.
    """
    take(outputs, name)
    try:
        yield
    finally:
        free(outputs, name)


def _message(path: Path, holder: str) -> str:
    who = f" (processus {holder})" if holder else ""
    what = "Une autre publication vers un portail" if path.name == PORTAL else "Une autre publication"
    return f"{what} est en cours dans {path.parent}{who} ; attendez qu’elle finisse, puis recommencez."
