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

_YOUNG = 50_000
"""New objects after which cycles are looked for among them: they are still, only less often."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """What the process holds already is not looked through for garbage meanwhile, and what is new more rarely.

    Inside another of these, or where the host froze its objects itself, nothing changes.
    """
    if gc.get_freeze_count():
        yield
        return
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
