"""Measures in fresh processes: each starts with its own memory, imports what it measures, then starts the clock.

A process also starts processes of its own (``CONTRATS_PROCESSUS``): what they all hold at once is looked at while they
work. Belongs here: starting them, and what they tell. Does not belong here: what they do (``probes_*``).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.watch import Watch, peak, status_bytes

LIMIT = 3 * 3_600
"""Seconds after which a process is given up."""
_LOOK = 0.05
REPOSITORY = Path(__file__).resolve().parents[1]


class MeasureError(Exception):
    """What was to be measured failed; the message says why."""


@dataclass(frozen=True)
class Sample:
    """One measure: seconds by stage, seconds of the processor, peak of memory, what it held before, what it found."""

    stages: dict[str, float]
    computing: float = 0.0
    memory: int = 0
    before: int = 0
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """All stages."""
        return sum(self.stages.values())


def measured(probe: Callable[..., Any], environment: Mapping[str, str] | None = None, **arguments: object) -> Sample:
    """Runs a function of a module, called with a `Watch` and the arguments (texts, numbers), in a fresh process.

    Raises:
        MeasureError: it failed.
    """
    return Sample(**in_fresh_process(probe, json.loads(json.dumps(arguments, default=str)), dict(environment or {})))


def in_fresh_process(
    probe: Callable[..., Any], arguments: dict[str, Any], environment: dict[str, str]
) -> dict[str, Any]:
    """What the process tells, as `told_by` says it; its memory with that of its own processes.

    Raises:
        MeasureError: it failed.
    """
    name = f"{probe.__module__}:{probe.__qualname__}"
    with tempfile.TemporaryDirectory() as temporary:
        told = Path(temporary) / "mesure.json"
        command = [sys.executable, "-m", "benchmarks.apart", name, json.dumps(arguments), str(told)]
        seen = _run(command, Path(temporary) / "dit.txt", environment)
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found | {"memory": max(found["memory"], seen)}


def told_by(probe: Callable[..., Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Calls a function in this process; what it measured, for a `Sample`."""
    watch = Watch()
    found = probe(watch, **arguments)
    return {
        "stages": watch.seconds,
        "computing": watch.computing,
        "memory": peak(),
        "before": watch.before,
        "found": found or {},
    }


def _run(command: list[str], said: Path, environment: Mapping[str, str]) -> int:
    """Runs a command to its end; returns the most memory that it and its children were seen to hold together."""
    most, end = 0, time.monotonic() + LIMIT
    variables = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    with said.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  (this very module)
            command, cwd=REPOSITORY, stdout=file, stderr=file, env=variables
        )
        try:
            while process.poll() is None:
                most = max(most, _held(process.pid))
                if time.monotonic() > end:
                    raise MeasureError(f"Plus de {LIMIT // 3_600} heures : abandonné.")
                time.sleep(_LOOK)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise MeasureError(_why(process.returncode, said.read_text(encoding="utf-8", errors="replace")))
    return most


def _why(code: int, said: str) -> str:
    if code < 0:
        return f"Le processus a été tué (signal {-code}) : mémoire épuisée, souvent."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else f"Le processus s’est arrêté sans rien dire (code {code})."


def _held(pid: int) -> int:
    """What a process with children holds with them; 0 for one that has none: it knows better itself."""
    children = _children(pid)
    return sum(map(_resident, [pid, *children])) if children else 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text(encoding="ascii").split())
    return found + [below for child in found for below in _children(child)]


def _resident(pid: int) -> int:
    with suppress(OSError):
        return status_bytes(Path(f"/proc/{pid}/status").read_text(encoding="ascii"), "VmRSS")
    return 0


def alternately(repeats: int, *sides: Callable[[], Sample]) -> list[list[Sample]]:
    """The samples of each side, all taken in turn so many times: what slows the machine slows them all."""
    found: list[list[Sample]] = [[] for _ in sides]
    for _ in range(repeats):
        for samples, side in zip(found, sides, strict=True):
            samples.append(side())
    return found


def in_turn(repeats: int, *sides: Callable[[], Sample]) -> list[Sample]:
    """What is typical of each side, all measured alternately."""
    return [typical(samples) for samples in alternately(repeats, *sides)]


def typical(samples: list[Sample]) -> Sample:
    """Medians of several measures, part by part; what they found is what the last one did."""
    stages = {title: statistics.median(one.stages[title] for one in samples) for title in samples[0].stages}
    return Sample(
        stages,
        statistics.median(one.computing for one in samples),
        round(statistics.median(one.memory for one in samples)),
        round(statistics.median(one.before for one in samples)),
        samples[-1].found,
    )


def main() -> None:
    """The process itself: the function, its arguments, where to tell."""
    name, arguments, told = sys.argv[1:]
    module, _, function = name.partition(":")
    sample = told_by(getattr(import_module(module), function), json.loads(arguments))
    Path(told).write_text(json.dumps(sample), encoding="utf-8")


if __name__ == "__main__":
    main()
