"""Says what is going on, a step at a time, to whoever listens.

Belongs here: the names, counts and durations of steps, the names of files read. Does not belong here:
how they are shown (``cli``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Step:
    """One step: what it does, then what it counted and how long it took (seconds; None while it runs)."""

    title: str
    counted: str = ""
    seconds: float | None = None


Listener = Callable[[Step], None]
FileListener = Callable[[str], None]


def _nobody(_said: Step | str) -> None:
    return


_listener: ContextVar[Listener] = ContextVar("listener", default=_nobody)
_file_listener: ContextVar[FileListener] = ContextVar("file_listener", default=_nobody)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While this lasts, ``listener`` hears every step of this context, once when it starts and once when it ends."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Announces a step; what it counted is set on the step while it runs."""
    current = Step(title)
    tell = _listener.get()
    tell(current)
    start = time.perf_counter()
    yield current
    current.seconds = time.perf_counter() - start
    tell(current)


@contextmanager
def following_files(listener: FileListener) -> Iterator[None]:
    """While this lasts, ``listener`` hears the name of every file of sheets that is read."""
    token = _file_listener.set(listener)
    try:
        yield
    finally:
        _file_listener.reset(token)


def file_read(name: str) -> None:
    """Announces a file that is about to be read."""
    _file_listener.get()(name)
