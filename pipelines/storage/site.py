"""The site in a store: made on this machine from all releases of the store, then taken there, what changed alone.

A store has no folder to exchange: files come first, then pages, the home page last; what the new site no longer has
goes in the end. A reader may thus see, for the time of the sending, a page of the old site beside one of the new; never
a page whose file is not there.

Belongs here: what is sent, in which order. Does not belong here: making the site (``site``).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pipelines.publish.versions import LATEST, POINTER, RELEASES
from pipelines.storage.places import Place, as_storage_error
from pipelines.storage.releases import bring_release, put, read_pointer

SITE = "site"
MANIFEST = "empreintes.json"
"""What was sent last: the digest of each file. It stands in the store beside the site, not in it."""


def bring_releases(place: Place, outputs: Path) -> None:
    """Brings every release of a store whole; ``outputs`` was made to follow the store before (`releases.bring`).

    Raises:
        StorageError: the store refuses, or does not hold one of them whole.
    """
    for one in read_pointer(place).releases:
        bring_release(place, str(one["version"]), outputs)


def send_site(place: Place, site: Path) -> int:
    """Makes the store hold this site; returns how many files were sent.

    Raises:
        StorageError: the store refuses, or does not give back what it was given.
    """
    now = {path.relative_to(site).as_posix(): _digest(path) for path in _files(site)}
    manifest = place.at(f"{SITE}.{MANIFEST}")
    with as_storage_error(place):
        try:
            before = dict(json.loads(place.store.cat_file(manifest)))
        except (FileNotFoundError, ValueError, TypeError):
            before = {}
        changed = sorted((name for name, digest in now.items() if before.get(name) != digest), key=_turn)
        if not changed and before.keys() == now.keys():
            return 0
        # Until it is sent whole, nothing is known to be there: a sending that dies is done again from the start.
        place.store.pipe_file(manifest, b"{}")
        for name in changed:
            put(place, site / name, place.at(f"{SITE}/{name}"))
        for name in sorted(before.keys() - now.keys()):
            place.store.rm_file(place.at(f"{SITE}/{name}"))
        place.store.pipe_file(manifest, (json.dumps(now, indent=1, sort_keys=True) + "\n").encode())
    return len(changed)


def is_there(place: Place) -> bool:
    """Whether a site was sent to the store.

    Raises:
        StorageError: the store refuses.
    """
    with as_storage_error(place):
        return bool(place.store.exists(place.at(f"{SITE}.{MANIFEST}")))


def _turn(name: str) -> tuple[int, str]:
    """Where a file comes: files of releases and assets, then pages, then what leads to them."""
    if name in ("index.html", POINTER):
        return 2, name
    page = name.endswith(".html") and not name.startswith((f"{RELEASES}/", f"{LATEST}/"))
    return int(page), name


def _files(site: Path) -> list[Path]:
    return sorted(path for path in site.rglob("*") if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
