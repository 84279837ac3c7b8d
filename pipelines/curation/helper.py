"""``python -m pipelines.curation.helper``: one of the processes that read files together (see `pipelines.helpers`).

It reads what it can take, and leaves it in a list: typed by the vocabularies that it is told, in what it read before it
was told them and what it read after, or as read where that is so little that whoever asks types it sooner. It says
which files it is about to read.

Belongs here: that program. Does not belong here: who starts it (``processes``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from pipelines.curation.gather import Sources, read_units
from pipelines.curation.lots import Lot
from pipelines.curation.processes import Task, typed_if_long
from pipelines.curation.stored import store
from pipelines.curation.units import Unit
from pipelines.garbage import rarely_collected
from pipelines.helpers import Share, serve


@rarely_collected()
def read_share(share: Share) -> bool:
    """Reads, types, leaves."""
    task: Task = share.task
    os.chdir(task.here)
    before = _read(task, _units(share, going=lambda: not share.is_told))
    vocabularies = share.told()
    left = [typed_if_long(before, vocabularies, task.long)]
    least = 0 if isinstance(left[0], Lot) else task.long  # what typing needs is loaded then
    left.append(typed_if_long(_read(task, _units(share)), vocabularies, least))
    filled = [one for one in left if len(one.files)]
    store(share.left, filled)
    return bool(filled)


def _units(share: Share, going: Callable[[], bool] = lambda: True) -> Iterator[Unit]:
    """The files of the next batches, the last of which begins while ``going`` says so."""
    pieces = share.taken()
    while going() and (piece := next(pieces, None)) is not None:
        batch = share.task.batches[piece]
        share.say([unit.name for unit in batch])
        yield from batch


def _read(task: Task, units: Iterable[Unit]) -> Sources:
    return read_units(units, task.root, partial=task.partial, fallback=task.fallback)


if __name__ == "__main__":
    serve(read_share)
