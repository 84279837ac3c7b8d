"""Which releases of a store are kept: listing them, removing the oldest, withdrawing the last one.

The pointer moves first, on the condition that nobody moved it meanwhile; no reader ever finds it leading nowhere. What
a withdrawal leaves behind stays in the store, listed by nobody: it keeps its name, which is never given again.

Belongs here: that order. Does not belong here: what may go, which is the same as in a folder (``publish.retention``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path, PurePosixPath

from pipelines.publish.errors import OutputsBusy
from pipelines.publish.retention import Listed, oldest, require_withdrawable
from pipelines.publish.versions import RELEASES, Release, marked_as_trial
from pipelines.storage.mirror import listed
from pipelines.storage.places import Place, as_storage_error
from pipelines.storage.releases import bring_release, move_pointer, read_pointer, standing


def listing(place: Place) -> list[Listed]:
    """Every release of a store, in the order in which they were made; the path of each is that in the store.

    Raises:
        StorageError: the store refuses, or its pointer is none.
    """
    pointer = read_pointer(place)
    found = []
    with as_storage_error(place):
        for one in pointer.releases:
            version = str(one["version"])
            sizes = [int(info["size"]) for _, info in listed(place, place.at(f"{RELEASES}/{version}"))]
            date, content = dt.date.fromisoformat(str(one["date"])), str(one.get("contenu_sha256", ""))
            release = Release(version, date, Path(RELEASES) / version, content, trial=marked_as_trial(one))
            found.append(Listed(release, len(sizes), sum(sizes), last=version == pointer.latest))
    return found


def unlisted(place: Place) -> list[str]:
    """The names under which something stands that is no release: withdrawn, or left by a publication that died."""
    names = {str(one["version"]) for one in read_pointer(place).releases}
    with as_storage_error(place):
        return sorted(name for name in standing(place) if name not in names)


def removable(place: Place, keep: int) -> list[Listed]:
    """What `prune` would remove; see `oldest`."""
    return oldest(listing(place), keep)


def prune(place: Place, goes: list[Listed]) -> None:
    """Removes these releases: off the pointer, then their files.

    Raises:
        OutputsBusy: the pointer moved meanwhile, or one of them is the last release by now; nothing was removed.
        StorageError: the store refuses.
    """
    pointer = read_pointer(place)
    names = {one.release.version for one in goes}
    if pointer.latest in names:
        raise OutputsBusy(f"{pointer.latest} est devenue la dernière version entre-temps ; recommencez.")
    kept = tuple(one for one in pointer.releases if one["version"] not in names)
    with as_storage_error(place):
        move_pointer(place, pointer.latest, kept, pointer)
        for name in sorted(names):
            root = place.at(f"{RELEASES}/{name}")
            for file, _ in list(listed(place, root)):
                place.store.rm_file(f"{root}/{file}")


def withdrawable(place: Place, version: str) -> str:
    """The release that would be the last once this one is withdrawn; see `require_withdrawable` for what it raises."""
    pointer = read_pointer(place)
    names = [str(one["version"]) for one in pointer.releases]
    return require_withdrawable(version, names, pointer.latest, place.address)


def withdraw(place: Place, version: str, outputs: Path) -> str:
    """Takes the last release off the pointer; returns the version of the one before, which must be whole.

    ``outputs``: the folder of this machine that stands for the store; the one before is brought there to be verified.

    Raises:
        LookupError: see `require_withdrawable`.
        OutputsBusy: a publication moved the pointer meanwhile; nothing was withdrawn.
        StorageError: the store refuses, or the one before is damaged.
    """
    pointer = read_pointer(place)
    names = [str(one["version"]) for one in pointer.releases]
    before = require_withdrawable(version, names, pointer.latest, place.address)
    bring_release(place, before, outputs)
    with as_storage_error(place):
        move_pointer(place, before, pointer.releases[:-1], pointer)
    return before


def address_of(place: Place, version: str) -> str:
    """Where a release stands, as a person would type it."""
    return f"{place.address.rstrip('/')}/{PurePosixPath(RELEASES) / version}"
