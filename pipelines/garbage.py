"""The collector of garbage, held back while much is made and little is thrown away.

Belongs here: that one setting, for as long as a stage of the work lasts. Does not belong here: how much memory the work
takes (``memory``).

What a stage makes is kept until it ends, and what it throws away is freed by counting: looking for cycles through all
that the process holds (its libraries, the rows read) finds next to nothing, and takes a twelfth of reading workbooks.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_YOUNG = 50_000
"""New objects after which cycles are looked for among them: they are still, only less often."""
_lock = Lock()
_under_way: list[tuple[int, int, int]] = []
"""For each stage that is under way in this process, the setting that was found by the first of them."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Cycles are looked for more rarely until this ends, and the last of those that began meanwhile."""
    with _lock:
        found = _under_way[0] if _under_way else gc.get_threshold()
        _under_way.append(found)
        gc.set_threshold(max(found[0], _YOUNG) if found[0] else 0, *found[1:])
    try:
        yield
    finally:
        with _lock:
            _under_way.pop()
            if not _under_way:
                gc.set_threshold(*found)
