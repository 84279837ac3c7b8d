"""What the system says of files that are not opened: enough to know that one is what it was when it was last read.

A file whose size, dates (content and state) and number on the disk are those noted when it was read is that file, as
git holds; but one that was written hardly before it was looked at may have been written again since, within the same
date: such a look vouches for nothing, and the file is read for its digest until it has rested.

Belongs here: that look, and that rule. Does not belong here: what is noted, and where (``cache``).
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pipelines.curation.units import Unit
from pipelines.sheets.guard import outside

RESTED = 2_000_000_000
"""Nanoseconds: the dates of no file system are coarser."""
_LOOK = struct.Struct("<5q")


class State(NamedTuple):
    """A file, or a folder of files, as looked at.

    ``stamp``: blank for what leads out of the folder of sources, or is not there; ``rested``: whether an equal stamp,
    later, will mean an equal content.
    """

    size: int = 0
    stamp: bytes = b""
    rested: bool = False


def states(units: Iterable[Unit], root: Path) -> dict[str, State]:
    """The state of each file, by name."""
    inside, now = root.resolve(), time.time_ns()
    away: dict[str, bool] = {}
    found = {}
    for unit in units:
        folder = unit.name.rpartition("/")[0]
        if folder not in away:
            away[folder] = outside(unit.path.parent, inside)
        found[unit.name] = State() if away[folder] else _state(unit.path, inside, now - RESTED)
    return found


def _state(path: Path, inside: Path, rested: int) -> State:
    try:
        own = path.lstat()
        if stat.S_ISLNK(own.st_mode):
            if outside(path, inside):
                return State()
            own = path.stat()
        if not stat.S_ISDIR(own.st_mode):
            return State(own.st_size, _look(own), max(own.st_mtime_ns, own.st_ctime_ns) < rested)
        return _state_of_folder(path, inside, rested)
    except OSError:
        return State()  # nothing is read there


def _state_of_folder(path: Path, inside: Path, rested: int) -> State:
    size, newest, looks = 0, 0, []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_symlink() and outside(Path(entry.path), inside):
                return State()
            own = entry.stat()
            size += own.st_size
            newest = max(newest, own.st_mtime_ns, own.st_ctime_ns)
            looks.append(entry.name.encode("utf-8", "surrogateescape") + b"\0" + _look(own))
    stamp = hashlib.blake2b(b"".join(sorted(looks)), digest_size=32).digest()
    return State(size, stamp, newest < rested)


def _look(own: os.stat_result) -> bytes:
    return _LOOK.pack(own.st_size, own.st_mtime_ns, own.st_ctime_ns, own.st_ino, own.st_dev)
