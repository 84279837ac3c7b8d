"""A build killed before any of its acts on the disk leaves the last release whole; the next build makes up for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("every", [15, pytest.param(1, marks=pytest.mark.slow)])
def test_a_build_killed_at_any_step_leaves_a_whole_release(every: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.publish.killing", str(tmp_path), str(every)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["acts"] > 60, "the acts of a build are no longer seen"
