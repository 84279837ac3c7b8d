"""Pieces of work done at once: their order, their errors, how many there are at a time."""

from __future__ import annotations

import threading
import time

import pytest

from pipelines.parallel import aside, each, together


@pytest.fixture(autouse=True)
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", "4")


@pytest.mark.parametrize("count", [0, 1, 50])
def test_what_is_made_is_in_the_order_of_the_items_whichever_is_begun_first(count: int) -> None:
    assert each(lambda item: item * 2, range(count), lambda item: item) == [item * 2 for item in range(count)]


def test_the_heaviest_is_begun_first() -> None:
    begun: list[int] = []
    each(begun.append, [1, 3, 2], lambda item: item)
    assert begun[0] == 3


@pytest.mark.parametrize(("said", "most", "threads"), [("1", 4, 1), ("4", 4, 4), ("4", 2, 2)])
def test_as_many_work_at_a_time_as_is_said_and_no_more(
    said: str, most: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", said)
    meeting, seen = threading.Barrier(threads), set()

    def work(_: int) -> None:
        seen.add(threading.get_ident())
        meeting.wait(timeout=30)

    each(work, range(2 * threads), most=most)
    assert len(seen) == threads


def test_the_error_is_that_of_the_first_item_that_failed_and_nothing_is_begun_after_it() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 0:
            time.sleep(0.05)
        if item < 2:
            raise ValueError(str(item))
        time.sleep(0.02)

    with pytest.raises(ValueError, match=r"^0$"):
        each(work, range(500))
    assert len(begun) < 500


def test_pieces_that_differ_are_done_together() -> None:
    meeting = threading.Barrier(2)
    assert together(lambda: meeting.wait(timeout=30) < 2, lambda: meeting.wait(timeout=30) < 2) == [True, True]


@pytest.mark.parametrize(("said", "here"), [("1", True), ("2", False)])
def test_what_is_done_aside_follows_the_number_of_processors(
    said: str, here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", said)
    with aside(threading.get_ident) as found:
        assert (found() == threading.get_ident()) is here


@pytest.mark.parametrize("said", ["1", "2"])
def test_an_error_aside_is_raised_where_the_result_is_asked_for(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", said)

    def fail() -> None:
        raise KeyError("clé")

    with aside(fail) as found, pytest.raises(KeyError):
        found()
