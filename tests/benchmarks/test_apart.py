"""Measures in processes of their own; the functions here are what these processes run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.apart import MeasureError, measured
from benchmarks.watch import Watch, peak


def hold(watch: Watch, size: int) -> dict[str, object]:
    """Holds so many bytes for a while."""
    with watch.stage("tenir"):
        held = bytearray(size)
    return {"held": len(held), "value": os.environ.get("CONTRATS_PROCESSUS", "")}


def share(watch: Watch, size: int) -> None:
    """Has another process hold so many bytes, long enough to be seen."""
    code = f"import time; held = bytearray({size}); time.sleep(0.5)"
    with watch.stage("partager"):
        subprocess.run([sys.executable, "-c", code], check=True)


def refuse(_watch: Watch) -> None:
    """Fails."""
    raise ValueError("refusé, voilà pourquoi")


def die(_watch: Watch) -> None:
    """Ends as what the system kills does."""
    os.kill(os.getpid(), 9)


def test_a_process_of_its_own_has_its_own_memory() -> None:
    held = bytearray(600_000_000)
    small, large = (measured(hold, {"CONTRATS_PROCESSUS": "2"}, size=size) for size in (1_000, 600_000_000))
    assert small.memory < 500_000_000 < len(held) < large.memory
    assert peak() > len(held)
    assert small.before <= small.memory
    assert small.found == {"held": 1_000, "value": "2"}
    assert list(small.stages) == ["tenir"]


def test_the_memory_of_its_own_processes_counts() -> None:
    assert measured(share, size=600_000_000).memory > 600_000_000


@pytest.mark.parametrize(("probe", "why"), [(refuse, "refusé, voilà pourquoi"), (die, "signal 9")])
def test_a_process_that_fails_says_why(probe: Callable[..., Any], why: str) -> None:
    with pytest.raises(MeasureError, match=why):
        measured(probe)
