"""`.ci/en-memoire`: a command's own end, and nothing of its files left."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.publication.conftest import PROJECT

COMMAND = PROJECT / ".ci" / "en-memoire"
LEAVES_READ_ONLY = 'mkdir -p "${TMPDIR:-$1}/a/b" && chmod 555 "${TMPDIR:-$1}/a"; echo "${TMPDIR:-}"; exit 7'


def ended(folder: Path, **more: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"} | more
    command = [str(COMMAND), "sh", "-c", LEAVES_READ_ONLY, "sh", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def test_the_code_of_the_command_is_kept_and_its_files_are_not(tmp_path: Path) -> None:
    code, folder = ended(tmp_path)
    assert code == 7
    assert not folder or (folder.startswith("/dev/shm/") and not Path(folder).exists())  # noqa: S108


@pytest.mark.parametrize("name", ["à moi", "x"])
def test_a_folder_that_is_said_is_used(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    assert ended(tmp_path, TMPDIR=str(folder)) == (7, str(folder))
    assert (folder / "a" / "b").is_dir()
