"""Run as a program: reads each folder of sources named on the standard input, and prints what came of it as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

ADDRESS_SPACE = 3 << 30
CPU_SECONDS = 240


def main() -> None:
    """One line per folder: issues of its contracts, seconds of the processor, and the most memory held so far."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from pipelines.curation.gather import read_sources

    for line in sys.stdin:
        before = time.process_time()
        issues = read_sources(Path(line.strip())).issues.frame()
        said = {
            "seconds": time.process_time() - before,
            "kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            "issues": issues[issues["file"].str.startswith("contrats")].to_dict("records"),
        }
        sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
