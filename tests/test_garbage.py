"""The collector of garbage during the work: held back, never stopped, and as it was afterwards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from pipelines.garbage import rarely_collected


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    """The process as a program begins: what runs the tests may have frozen its own objects."""
    frozen, before = gc.get_freeze_count(), gc.get_threshold()
    gc.unfreeze()
    yield
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
    if frozen:
        gc.freeze()


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_is_not_looked_through_meanwhile() -> None:
    before = gc.get_threshold()
    with rarely_collected():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
        assert gc.isenabled()


def test_cycles_made_meanwhile_are_still_collected() -> None:
    with rarely_collected():
        made = weakref.ref(_Cycle())
        kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
    assert made() is None
    assert kept


def test_what_the_host_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with rarely_collected():
            pass
        assert gc.get_freeze_count() == before
    finally:
        gc.unfreeze()


def test_one_inside_another_changes_nothing() -> None:
    with rarely_collected():
        outer = gc.get_freeze_count(), gc.get_threshold()
        with rarely_collected():
            pass
        assert (gc.get_freeze_count(), gc.get_threshold()) == outer


def test_an_error_puts_everything_back() -> None:
    with pytest.raises(ValueError, match="faute"), rarely_collected():
        raise ValueError("faute")
