"""The machine and the versions that figures were measured with; no name of the machine, no path of it.

Belongs here: asking the system. Does not belong here: how it is shown (``report``).
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.apart import REPOSITORY

LIBRARIES = (
    "dagster",
    "frictionless",
    "numpy",
    "openpyxl",
    "pandas",
    "pandera",
    "polars",
    "pyarrow",
    "python-calamine",
    "rapidfuzz",
    "rustpy-xlsxwriter",
    "xlsxwriter",
)


def machine() -> dict[str, str]:
    """What the figures depend on besides the code, in the words of a page in French."""
    return {
        "Processeur": f"{_processor()}, {len(os.sched_getaffinity(0))} cœurs utilisables",
        "Mémoire": f"{_memory() / (1 << 30):.1f} Gio",
        "Noyau": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Bibliothèques": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        "Code": commit(),
        "Date": dt.date.today().isoformat(),
        "Charge au départ": f"{os.getloadavg()[0]:.1f} (0 quand la machine ne fait rien d’autre)".replace(".", ",", 1),
        "CONTRATS_PROCESSUS": os.environ.get("CONTRATS_PROCESSUS", "non réglé"),
    }


def commit() -> str:
    """The commit, and whether files differ from it."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results*.md")
    except (OSError, subprocess.CalledProcessError):
        return "inconnu, hors de git"
    return f"{head}, avec des changements" if changed else head


def _git(*words: str) -> str:
    command = ["git", "-C", str(REPOSITORY), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  (words of ours)
    return done.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return " ".join(next(named, platform.machine()).split())


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
