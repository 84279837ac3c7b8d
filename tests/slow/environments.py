"""Virtual environments for the validators and the portal, whose dependencies agree neither with ours nor together.

Each is made from its list of pinned requirements with hashes (``tests/donnees/environnements/<name>.txt``) and kept in
``.venv-outils/`` under the hash of that list. The lists are made from the name and version of the tool alone:
``uv pip compile --generate-hashes --universal --python-version 3.11``.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
LISTS = PROJECT / "tests" / "donnees" / "environnements"
KEPT = PROJECT / ".venv-outils"
MADE = "complet"


def interpreter(name: str) -> Path:
    """The Python of an environment, which is made first if it is not there or was not made to the end."""
    listed = LISTS / f"{name}.txt"
    version = ".".join(map(str, sys.version_info[:3]))
    digest = hashlib.sha256(f"{version}\n".encode() + listed.read_bytes()).hexdigest()[:16]
    folder = KEPT / digest
    python = folder / "bin" / "python"
    with _alone(digest):
        if not (folder / MADE).exists():
            _run(f"créer l’environnement de {name}", sys.executable, "-m", "venv", "--clear", str(folder))
            pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
            _run(f"installer {name}", str(python), *pip, "-r", str(listed))
            (folder / MADE).write_text(f"{name}\n", encoding="utf-8")
    return python


@contextlib.contextmanager
def _alone(digest: str) -> Iterator[None]:
    # Tests run in several processes: one makes the environment, the others wait for it.
    KEPT.mkdir(exist_ok=True)
    with (KEPT / f"{digest}.verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def said_by(name: str, script: str, *arguments: Path | str) -> Any:  # noqa: ANN401  (whatever JSON the script prints)
    """Runs a script in an environment; returns the JSON of the last line that it prints."""
    found = _run(f"exécuter {name}", str(interpreter(name)), "-c", script, *map(str, arguments))
    return json.loads(found.splitlines()[-1])


def _run(what: str, *command: str) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        pytest.fail(f"Impossible de {what} (code {done.returncode}).\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    return done.stdout
