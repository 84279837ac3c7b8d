"""Five hundred single bytes of a release, flipped one by one: each is found, and its file named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.publish.verify.release import verify
from tests.publish.verify_folder import SUMS, flips, found_by, release_folder

pytestmark = pytest.mark.slow

FLIPS = 500
FLIPS_OF_SUMS = 100
"""More in the sums alone, where the line must be named too."""


def test_every_flipped_byte_is_found_and_its_file_named(tmp_path: Path) -> None:
    folder = release_folder(tmp_path / "outputs")
    drawn = flips(folder, FLIPS, seed=20261122)
    drawn += [flip for flip in flips(folder, 50 * FLIPS, seed=1) if flip.file == SUMS][:FLIPS_OF_SUMS]
    assert len(drawn) == FLIPS + FLIPS_OF_SUMS
    missed = []
    for flip in drawn:
        back = flip(folder)
        if not found_by(verify(folder).findings, flip, folder):
            missed.append(flip)
        back()
    assert missed == []
    assert verify(folder).findings == ()
