"""Start-up: what the shell waits for before the program does anything.

Belongs here: whole commands, interpreter and imports included. Does not belong here: what commands do.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.apart import REPOSITORY, MeasureError
from benchmarks.figures import Figure, at_most, middle
from benchmarks.shop import Shop

HELP_TARGET = at_most(0.3)
TIMES = 5
_HEAVY = "dagster"


def start(shop: Shop) -> Iterator[Figure]:
    """The help, then the check of one workbook."""
    times = max(shop.sizes.repeats, TIMES) if shop.sizes.repeats > 1 else 1
    yield Figure(
        key="demarrage",
        what="contrats-destination --help",
        ours=(seconds := _seconds(["--help"], times)),
        value=seconds,
        unit="s",
        target=HELP_TARGET,
        repeats=times,
        note="processus entier, bibliothèques comprises",
    )
    workbook = min((REPOSITORY / "sources" / "contrats").glob("*.xlsx"))
    heavy = _imports(["check", str(workbook)])
    if any(name.split(".")[0] == _HEAVY for name in heavy):
        raise MeasureError("Contrôler un classeur importe Dagster.")
    yield Figure(
        key="demarrage",
        what="contrats-destination check d’un classeur",
        ours=_seconds(["check", str(workbook)], times),
        repeats=times,
        note="processus entier, sans importer Dagster",
    )


def _seconds(words: list[str], times: int) -> float:
    """The median of whole commands, once the disk has them in memory."""
    _run([], words)
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        _run([], words)
        found.append(time.perf_counter() - begun)
    return middle(found)


def _imports(words: list[str]) -> set[str]:
    """The modules that a command imports."""
    said = _run(["-X", "importtime"], words).stderr
    return {line.rpartition("|")[2].strip() for line in said.splitlines() if line.startswith("import time:")}


def _run(options: list[str], words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "pipelines", *words]
    done = subprocess.run(  # noqa: S603  (our own command)
        command, check=False, cwd=REPOSITORY, capture_output=True, text=True
    )
    if done.returncode:
        raise MeasureError(
            f"« {' '.join(Path(word).name for word in words)} » s’arrête avec le code {done.returncode}."
        )
    return done
