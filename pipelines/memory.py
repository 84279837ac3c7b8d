"""How much memory a publication takes, and how much it may take: told before it is taken.

Belongs here: the estimate, the limit and the one setting of it. Does not belong here: what one file may hold
(``pipelines.sheets.limits``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipelines.curation.parse import Typed
from pipelines.settings import SettingError

VARIABLE = "CONTRATS_MEMOIRE"
"""How much a publication may take, in GiB; without it, what the machine or the container has."""
GIB = 1 << 30
LIBRARIES = 450 << 20
"""Bytes of the libraries, and of a publication of few rows."""
TABLES, PUBLICATION = 15, 45
"""The highest of the work, in times the bytes of its typed sheets, a little above what was measured at 30,000 and at
100,000 actions: of the tables and their files (12), and of a run of Dagster in one process, which keeps them beside
the site (42)."""
_SAID = re.compile(r"[0-9]{1,5}([.,][0-9]{1,3})?")
_OF_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""What a container may take: the first of these files that says a number (cgroups, version 2, then 1)."""


class MemoryShortError(Exception):
    """A publication would take more memory than it may; the message says how much, and what to do."""


def needed(sheets: Mapping[str, Typed], times: int = TABLES) -> int:
    """The bytes that the work on typed sheets takes at its highest (``times``: `TABLES` or `PUBLICATION`)."""
    held = sum(int(one.frame.memory_usage(index=False).sum()) for one in sheets.values())
    return LIBRARIES + times * held


def allowed(environment: Mapping[str, str] = os.environ) -> int:
    """The bytes that a publication may take.

    Raises:
        SettingError: the variable is no number of GiB.
    """
    said = environment.get(VARIABLE, "").strip()
    if not said:
        return _of_machine()
    if not _SAID.fullmatch(said) or not float(said.replace(",", ".")):
        raise SettingError(f"{VARIABLE} vaut « {said} » : un nombre de Gio est attendu, comme 4 ou 1,5.")
    return int(float(said.replace(",", ".")) * GIB)


def require(sheets: Mapping[str, Typed], times: int = TABLES) -> None:
    """Refuses to go on with more than the memory can hold, rather than be stopped half-way by the system.

    Raises:
        MemoryShortError: see there.
        SettingError: see `allowed`.
    """
    wanted, most = needed(sheets, times), allowed()
    if wanted > most:
        rows = sum(len(one.frame) for one in sheets.values())
        raise MemoryShortError(
            f"Traiter ces {rows} lignes de feuilles demanderait environ {_gib(wanted)} de mémoire, et {_gib(most)} "
            f"au plus sont permis. Faites-le sur une machine qui en a davantage, ou relevez {VARIABLE} si celle-ci "
            "en a (docs/passage-a-l-echelle.md, « La mémoire qu’il faut »)."
        )


def _of_machine() -> int:
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for file in _OF_CONTAINER:
        with suppress(OSError, ValueError):  # no such file, or « max »
            found.append(int(file.read_text(encoding="ascii")))
    return min(found)


def _gib(size: int) -> str:
    return f"{size / GIB:.1f}".replace(".", ",") + " Gio"
