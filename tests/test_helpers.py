"""Processes that share pieces of work: how many are worth it, what goes wrong in one, none that is left behind."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.helpers import MOST_PIECES, HelperDiedError, Helpers, Share, serve, worth
from tests.sharing import living

ME = "tests.test_helpers"


class Trap:
    """What cannot be understood by who is told it."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("ce n’est pas un nombre",)


def work(share: Share) -> bool:
    """Leaves the pieces that it takes, told how to call them; goes wrong where the task says so."""
    if share.task == "échoue":
        raise LookupError("une clé")
    if share.task == "meurt":
        os._exit(7)
    if share.task == "manque de mémoire":
        raise MemoryError
    name = share.told()
    pieces = [f"{name} {piece}" for piece in share.taken()]
    share.say(len(pieces))
    share.left.write_text("\n".join(pieces), encoding="utf-8")
    return bool(pieces)


@pytest.fixture
def heard() -> list[int]:
    return []


@pytest.fixture
def helpers(heard: list[int]) -> Iterator[Helpers]:
    with Helpers(ME, 12, "d’essai", "rien n’est perdu", heard.append) as found:
        yield found
    assert not any(living(one.process.pid) for one in found.running)
    assert not found.folder.exists()


def test_each_piece_is_done_once(helpers: Helpers, heard: list[int]) -> None:
    helpers.start(2, "travaille")
    helpers.tell("lot")
    first = [next(helpers.mine())]
    left = [line for path in helpers.ended() for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted([*(f"lot {piece}" for piece in first), *left]) == sorted(f"lot {piece}" for piece in range(12))
    assert sum(heard) == len(left)


def test_nobody_waits_for_those_who_did_nothing(helpers: Helpers) -> None:
    helpers.start(1, "attend ce qu’il n’apprend jamais")
    assert list(helpers.mine()) == list(range(12))
    assert list(helpers.ended()) == []


def test_what_goes_wrong_there_goes_wrong_here_with_its_lines(helpers: Helpers) -> None:
    helpers.start(1, "échoue")
    with pytest.raises(LookupError, match="une clé") as raised:
        list(helpers.ended())
    assert "test_helpers.py" in raised.value.__notes__[0]


def test_what_is_not_understood_ends_the_work(helpers: Helpers) -> None:
    helpers.start(1, "travaille")
    helpers.tell(Trap())
    with pytest.raises(ValueError, match="ce n’est pas un nombre"):
        list(helpers.ended())


@pytest.mark.parametrize(
    ("task", "why"), [("meurt", "avec le code 7"), ("manque de mémoire", "SIGKILL, sans doute faute de mémoire")]
)
def test_one_that_dies_is_told_to_the_administrator(helpers: Helpers, task: str, why: str) -> None:
    helpers.start(1, task)
    with pytest.raises(HelperDiedError, match=f"Un processus d’essai s’est arrêté .*{why} : rien n’est perdu"):
        list(helpers.ended())


def test_more_pieces_than_the_pipe_takes_are_refused() -> None:
    with (
        Helpers(ME, MOST_PIECES + 1, "d’essai", "rien") as helpers,
        pytest.raises(ValueError, match="no more than 2000"),
    ):
        helpers.start(1, "travaille")


@pytest.mark.parametrize("said", [b"", pickle.dumps("lot" * 100)[:-50]], ids=["rien", "la moitié d’un mot"])
def test_one_ends_with_the_process_that_started_it(tmp_path: Path, said: bytes) -> None:
    tickets, given = os.pipe()
    os.close(given)
    (tmp_path / "travail").write_bytes(pickle.dumps("travaille"))
    with subprocess.Popen(
        [sys.executable, "-m", ME, str(tmp_path), "0", str(tickets)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(tickets,),
    ) as helper:
        helper.communicate(said, timeout=60)
        assert helper.returncode == 1  # instead of waiting for ever for what it has to know to go on
    os.close(tickets)


@pytest.mark.parametrize(
    ("seconds", "start", "most", "count"),
    [(1, 0.6, 8, 0), (2, 0.6, 8, 1), (2, 0.6, 0, 0), (60, 1, 8, 7), (60, 1, 3, 3)],
)
def test_each_saves_more_than_its_start(seconds: float, start: float, most: int, count: int) -> None:
    found = worth(seconds, start, most)
    assert found == count
    alone, shared = seconds, (seconds + found * start) / (found + 1)
    assert shared <= alone


if __name__ == "__main__":
    serve(work)
