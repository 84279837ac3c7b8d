"""Independent pieces of work, as many at a time as this process may use processors.

Belongs here: how many that is, and running them in threads. Does not belong here: other processes (``helpers``), work
whose pieces wait for one another.

Threads help where the work is Arrow's, a digest's or the disk's, which let others run meanwhile; Python's own does not.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from pipelines.settings import SettingError

VARIABLE = "CONTRATS_PROCESSUS"
MOST = 256
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def processors() -> int:
    """How many processors may be used at once: ``CONTRATS_PROCESSUS``, by default those that this process has.

    One inside a pool of processes, which shares the machine out already.

    Raises:
        SettingError: it is no number from 1 to 256.
    """
    said = os.environ.get(VARIABLE, "").strip()
    if said and not (said.isascii() and said.isdecimal() and 1 <= int(said) <= MOST):
        raise SettingError(f"{VARIABLE} vaut « {said} » : un nombre de 1 à {MOST} est attendu.")
    if multiprocessing.current_process().daemon:  # a worker of Celery is one too
        return 1
    if said:
        return int(said)
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return min(len(allowed), MOST)


def each(
    work: Callable[[_Item], _Result],
    items: Iterable[_Item],
    weight: Callable[[_Item], int] | None = None,
    most: int = MOST,
) -> list[_Result]:
    """What ``work`` makes of each item, in the order of the items.

    ``weight``: the heaviest are begun first, so that none is left to run alone at the end. ``most``: how many are
    worked on at a time, at most. When one fails, what was not begun is given up; the error is that of the first item
    that failed.

    Raises:
        SettingError: see `processors`.
    """
    given = list(items)
    threads = min(processors(), len(given), most)
    if threads < 2:
        return [work(item) for item in given]
    ranks = sorted(range(len(given)), key=lambda rank: -weight(given[rank])) if weight else range(len(given))
    with ThreadPoolExecutor(threads) as pool:
        begun = {rank: pool.submit(work, given[rank]) for rank in ranks}
        try:
            return [begun[rank].result() for rank in range(len(given))]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def aside(work: Callable[[], _Result]) -> Iterator[Callable[[], _Result]]:
    """Does a piece of work in a thread while the block goes on; gives what waits for its result.

    With one processor, it is done when the result is asked for.

    Raises:
        SettingError: see `processors`.
    """
    if processors() < 2:
        yield work
        return
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work).result


def together(*pieces: Callable[[], _Result]) -> list[_Result]:
    """What each piece of work gives, in order."""
    return each(lambda piece: piece(), pieces)
