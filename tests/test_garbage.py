"""The collector of garbage during the work: held back, never stopped, and as it was afterwards."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest

from pipelines.garbage import rarely_collected


@pytest.fixture(autouse=True)
def as_found() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    assert gc.get_threshold() == before


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_cycles_are_looked_for_more_rarely_but_still(as_found: tuple[int, int, int]) -> None:
    with rarely_collected():
        assert gc.get_threshold()[0] > as_found[0]
        assert gc.isenabled()
        made = weakref.ref(_Cycle())
        kept: list[list[int]] = [[] for _ in range(2 * gc.get_threshold()[0])]
        assert made() is None
    assert kept


def test_a_process_that_goes_from_stage_to_stage_keeps_no_cycle_for_ever() -> None:
    """What outlives the stage that made it is old, and is looked through like all that is old."""
    alive: weakref.WeakSet[_Cycle] = weakref.WeakSet()
    most = 0
    for _ in range(60):
        with rarely_collected():
            held = [_Cycle() for _ in range(2_000)]
            alive.update(held)
        with rarely_collected():
            del held
            some: list[list[int]] = [[] for _ in range(20_000)]
        most = max(most, len(alive))
        del some
    assert most < 60 * 2_000 / 2


def test_where_nothing_is_collected_nothing_is() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with rarely_collected():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


def test_one_inside_another_changes_nothing() -> None:
    with rarely_collected():
        outer = gc.get_threshold()
        with rarely_collected():
            assert gc.get_threshold() == outer
        assert gc.get_threshold() == outer


def test_threads_that_overlap_put_back_what_the_first_found() -> None:
    entered, left = Barrier(2), Barrier(2)

    def longer() -> None:
        with rarely_collected():
            entered.wait(timeout=30)
            left.wait(timeout=30)
            assert gc.get_threshold()[0] >= 50_000

    thread = Thread(target=longer)
    with rarely_collected():
        thread.start()
        entered.wait(timeout=30)
    left.wait(timeout=30)
    thread.join(timeout=30)
    assert not thread.is_alive()


def test_an_error_puts_everything_back() -> None:
    with pytest.raises(ValueError, match="faute"), rarely_collected():
        raise ValueError("faute")
