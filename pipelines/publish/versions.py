"""The list of releases: ``versions.json``, the pointer to the last one, and the link ``latest`` that follows it.

Belongs here: reading, mending and moving the pointer. Does not belong here: the files of a release.

The folders under ``releases/`` are the truth: each appeared in one move, complete. The pointer is mended from them
when a build died between the two moves, or when the file was lost.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

RELEASES = "releases"
WITHDRAWN = "retirees"
POINTER = "versions.json"
LATEST = "latest"
SUMS = "SHA256SUMS"
DESCRIPTOR = "datapackage.json"
TRIAL = "essai"
"""The key under which a descriptor, and the pointer, say of a release that it is a trial; absent from all others."""


@dataclass(frozen=True)
class Release:
    """One release; ``new`` is False when the build found the same content as in the last one and made nothing.

    ``trial``: it is marked as a trial, which no portal ever gets.
    """

    version: str
    date: dt.date
    path: Path
    content_sha256: str
    new: bool = False
    trial: bool = False

    @property
    def rank(self) -> tuple[dt.date, int]:
        """Its place among the releases: by date, then by number within the day."""
        return self.date, int(self.version.partition(".")[2] or 1)


@dataclass(frozen=True)
class Versions:
    """The releases in the order in which they were made, and the version of the last one."""

    latest: str | None
    releases: tuple[Release, ...]

    def current(self) -> Release | None:
        """The last release."""
        return next((release for release in self.releases if release.version == self.latest), None)

    def adding(self, release: Release) -> Versions:
        """The same list with one more release, which becomes the last."""
        return Versions(release.version, (*self.releases, replace(release, new=False)))

    def without(self, version: str) -> Versions:
        """The same list with one release less; the one made last becomes the last if it was that one."""
        left = tuple(release for release in self.releases if release.version != version)
        latest = self.latest if self.latest != version else left[-1].version if left else None
        return Versions(latest, left)


def read_versions(outputs: Path) -> Versions:
    """What is there: the releases that the pointer lists and that exist, and complete ones that it does not list.

    These come from a build that died before it moved the pointer, or were put there by hand: each takes the place of
    its date, and becomes the last only when it comes after the last, so that an old one put back does not.
    """
    listed = _pointer(outputs)
    complete = {release.version: release for release in _complete(outputs)}
    releases = [complete.pop(version) for version in listed.get("order", []) if version in complete]
    pointed = next((release for release in releases if [release.version] == listed.get("latest")), None)
    for found in sorted(complete.values(), key=lambda release: release.rank):
        later = (place for place, release in enumerate(releases) if release.rank > found.rank)
        releases.insert(next(later, len(releases)), found)
        if pointed is not None and found.rank > pointed.rank:
            pointed = found
    if pointed is None and releases:
        pointed = releases[-1]
    return Versions(pointed.version if pointed else None, tuple(releases))


def write_versions(outputs: Path, versions: Versions) -> None:
    """Moves the pointer, then the link, each in one move; what is already right is left alone."""
    content = json.dumps(_as_json(versions), ensure_ascii=False, indent=2) + "\n"
    pointer = outputs / POINTER
    if not pointer.is_file() or pointer.read_text(encoding="utf-8") != content:
        write_aside(pointer, content)
    _move_link(outputs, versions.latest)


def next_version(outputs: Path, date: dt.date) -> str:
    """The next name for a release of this day: the date, then ``.2``, ``.3`` and so on, after every name of the day.

    A name that was published once names nothing else, even when its release was withdrawn, or pruned before another
    of its day; and names follow the order in which releases were made.
    """
    taken = {path.name for folder in (RELEASES, WITHDRAWN) for path in (outputs / folder).glob("*")}
    taken |= set(_pointer(outputs).get("order", []))
    day = date.isoformat()
    of_the_day = (name.partition(".")[2] or "1" for name in taken if name.partition(".")[0] == day)
    rank = max((int(number) for number in of_the_day if number.isascii() and number.isdigit()), default=0) + 1
    return day if rank == 1 else f"{day}.{rank}"


def write_aside(path: Path, content: str) -> None:
    """Replaces a file by one move: a reader sees the old one or the new one, whole."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def entry(release: Release) -> dict[str, object]:
    """What the pointer says of a release."""
    return {
        "version": release.version,
        "date": release.date.isoformat(),
        "path": f"{RELEASES}/{release.version}",
        "contenu_sha256": release.content_sha256,
        **({TRIAL: True} if release.trial else {}),
    }


def marked_as_trial(said: Mapping[str, object]) -> bool:
    """Whether a descriptor, or an entry of the pointer, marks its release as a trial; a mark not understood is one."""
    return said.get(TRIAL, False) is not False


def _move_link(outputs: Path, latest: str | None) -> None:
    link, target = outputs / LATEST, f"{RELEASES}/{latest}"
    if latest is None:
        if link.is_symlink():
            link.unlink()
        return
    if link.is_symlink() and str(link.readlink()) == target:
        return
    aside = outputs / f".{LATEST}.{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(link)


def _pointer(outputs: Path) -> dict[str, list[str]]:
    """The versions that the pointer lists, and the last one; nothing when it is absent or damaged."""
    try:
        found = json.loads((outputs / POINTER).read_text(encoding="utf-8"))
        return {"order": [str(each["version"]) for each in found["releases"]], "latest": [str(found["latest"])]}
    except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _complete(outputs: Path) -> list[Release]:
    folder = outputs / RELEASES
    found = [_release(path) for path in sorted(folder.iterdir())] if folder.is_dir() else []
    return [release for release in found if release is not None]


def _release(path: Path) -> Release | None:
    """The release of a folder, as its own descriptor tells it; nothing when the folder is not a whole release."""
    if not (path / SUMS).is_file():
        return None
    try:
        descriptor = json.loads((path / DESCRIPTOR).read_text(encoding="utf-8"))
        date = dt.date.fromisoformat(str(descriptor["created"])[:10])
        version, content = str(descriptor["version"]), str(descriptor["contenu_sha256"])
        release = Release(version, date, path, content, trial=marked_as_trial(descriptor))
        return release if release.version == path.name and release.rank else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _as_json(versions: Versions) -> dict[str, object]:
    return {
        "latest": versions.latest,
        "releases": [entry(release) for release in versions.releases],
    }
