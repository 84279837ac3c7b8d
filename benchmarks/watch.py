"""What a process measures of itself: time by stage, memory.

Belongs here: reading clocks and the system's own account of memory. Does not belong here: processes (``apart``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Watch:
    """Seconds by stage, of the clock and of the processor; ``before``: the peak of memory when the first one began."""

    seconds: dict[str, float] = field(default_factory=dict)
    computing: float = 0.0
    before: int = 0

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Times what is done inside; stages of one title add up."""
        self.before = self.before or peak()
        start, computed = time.perf_counter(), time.process_time()
        yield
        self.seconds[title] = self.seconds.get(title, 0.0) + time.perf_counter() - start
        self.computing += time.process_time() - computed


def peak() -> int:
    """The most bytes that this process has held: VmHWM, since the maximum of ``getrusage`` starts at its parent's."""
    return status_bytes(Path("/proc/self/status").read_text(encoding="ascii"), "VmHWM")


def status_bytes(status: str, name: str) -> int:
    """A size of ``/proc/<pid>/status``, in bytes; 0 where the process has none any more."""
    line = next((line for line in status.splitlines() if line.startswith(f"{name}:")), f"{name}: 0 kB")
    return int(line.split()[1]) * 1024
