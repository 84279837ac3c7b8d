"""Which releases are kept: listing them, and removing the oldest, never the last one.

Belongs here: what goes and in which order it goes. Does not belong here: asking the person (``cli``), making releases.

A release leaves as it came, by one move: out of sight first, then off the pointer, then off the disk. A removal that
dies on the way leaves whole releases and nothing else that can be seen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.publish import lock
from pipelines.publish.errors import as_outputs_error
from pipelines.publish.staging import IN_PROGRESS, remove, sync_folder
from pipelines.publish.versions import RELEASES, Release, read_versions, write_versions

KEPT = 12
"""How many releases stay unless another number is given: three months of weekly ones."""


@dataclass(frozen=True)
class Listed:
    """A release that is there: its size in bytes, its number of files, and whether it is the last one."""

    release: Release
    files: int
    size: int
    last: bool


def listing(outputs: Path) -> list[Listed]:
    """Every release of a folder, in the order in which they were made."""
    with as_outputs_error(outputs):
        versions = read_versions(outputs)
        found = []
        for release in versions.releases:
            sizes = [path.stat().st_size for path in release.path.rglob("*") if path.is_file()]
            found.append(Listed(release, len(sizes), sum(sizes), last=release.version == versions.latest))
        return found


def removable(outputs: Path, keep: int = KEPT) -> list[Listed]:
    """What `prune` would remove: all but the ``keep`` releases made last, and never the last good one.

    Raises ``ValueError`` when ``keep`` is under one.
    """
    if keep < 1:
        raise ValueError("at least one release is kept")
    found = listing(outputs)
    return [one for one in found[: max(0, len(found) - keep)] if not one.last]


def prune(outputs: Path, goes: list[Listed]) -> None:
    """Removes these releases, under the lock of the folder.

    Raises `OutputsBusy` when a build is at work, `OutputsError` when the disk refuses, ``ValueError`` when one of them
    is the last release by now.
    """
    with as_outputs_error(outputs):
        lock.take(outputs)
        try:
            last = read_versions(outputs).latest
            if last in {one.release.version for one in goes}:
                raise ValueError(f"{last} is the last release")
            aside = outputs / IN_PROGRESS
            aside.mkdir(exist_ok=True)
            for one in goes:
                one.release.path.chmod(0o755)  # a read-only folder does not move, except for root
                one.release.path.rename(aside / f"retrait-{one.release.version}-{os.getpid()}")
            sync_folder(outputs / RELEASES)
            write_versions(outputs, read_versions(outputs))
            remove(aside)
        finally:
            lock.free(outputs)
