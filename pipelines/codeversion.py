"""The version of the code that makes something: a hash of its source files and of the libraries that decide results.

Belongs here: that one rule. Does not belong here: the version of the model (``schemas.version``).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1]
_LIBRARIES = ("numpy", "pandas", "pandera", "pyarrow", "python-calamine", "rapidfuzz", "xlsxwriter")


_SUFFIXES = frozenset({".py", ".j2", ".css", ".js", ".svg"})
"""What programs and pages are made of; data that stand beside them have their own digests."""


@cache
def code_version(*rooms: str) -> str:
    """Sixteen hexadecimal digits for these rooms: folders or modules of the project, as ``schemas``."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for room in rooms:
        place = _PROJECT / room
        for path in _sources(place) if place.is_dir() else [place.with_suffix(".py")]:
            digest.update(f"{path.relative_to(_PROJECT).as_posix()}\n".encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def _sources(room: Path) -> list[Path]:
    """The files of a room, but for those of packages that were fetched to bundle some of them."""
    found = (path for path in room.rglob("*") if path.suffix in _SUFFIXES and path.is_file())
    return sorted(path for path in found if "node_modules" not in path.parts)
