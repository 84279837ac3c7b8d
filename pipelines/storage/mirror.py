"""A folder of this machine that follows a folder of a store.

Belongs here: fetching what changed, removing what is gone, refusing what a store should not hold. Does not belong here:
what the files are for.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.storage.places import Place, StorageError, as_storage_error

MAX_FILES = 50_000
MAX_BYTES = 4 << 30
"""More than any set of sheets: what is beyond was put there by mistake, or to harm."""
_STATE = "miroir.json"


def follow(place: Place, folder: Path, wanted: Callable[[str], bool]) -> Path:
    """Makes ``folder/contenu`` hold the wanted files of a store, as they are now; returns it.

    A file is fetched when its size or its tag (that the store gives to each content) changed since the last time, or
    when it is not there as it was left. ``wanted`` tells by the name.

    Raises:
        StorageError: the store refuses, holds too much, or names a file in a way that leads out of the folder.
    """
    content, state = folder / "contenu", folder / _STATE
    with _alone(folder), as_storage_error(place):
        known = _read(state)
        now = {name: info for name, info in listed(place, place.root) if wanted(name)}
        if len(now) > MAX_FILES or sum(int(info["size"]) for info in now.values()) > MAX_BYTES:
            raise StorageError(f"{place.address} contient trop de fichiers pour un dossier de feuilles.")
        kept = {}
        for name, info in now.items():
            tag, path = _tag(info), content / name
            if known.get(name) != tag or not path.is_file() or path.stat().st_size != info["size"]:
                fetch(place, place.at(name), path)
            kept[name] = tag
        content.mkdir(parents=True, exist_ok=True)
        for path in [path for path in content.rglob("*") if path.is_file()]:
            if path.relative_to(content).as_posix() not in kept:
                path.unlink()
        for path in sorted((path for path in content.rglob("*") if path.is_dir()), reverse=True):
            with contextlib.suppress(OSError):
                path.rmdir()
        state.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    return content


def listed(place: Place, root: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The files under a folder of a store, by their name in it; none when it is not there.

    Raises:
        StorageError: a name that leads out of the folder.
    """
    found = place.store.find(root, detail=True)
    if not found:
        place.store.ls(root.partition("/")[0] if "/" in root else root)  # a bucket that is not there is said
    for path, info in sorted(found.items()):
        name = str(path).removeprefix(root).lstrip("/")
        if not name or str(path).endswith("/"):
            continue  # what some tools leave in place of a folder
        parts = PurePosixPath(name).parts
        if any(part in ("..", ".", "/") for part in parts) or "\\" in name or "\0" in name or "//" in name:
            raise StorageError(f"{place.address} contient un fichier dont le nom mène ailleurs : « {name} ».")
        yield name, info


def fetch(place: Place, path: str, target: Path) -> None:
    """Brings one file, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        place.store.get_file(path, str(aside))
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _tag(info: dict[str, Any]) -> list[str]:
    return [str(info["size"]), str(info.get("ETag") or info.get("etag") or info.get("created") or info.get("mtime"))]


def _read(state: Path) -> dict[str, list[str]]:
    try:
        found = json.loads(state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process of this machine at a time: another waits."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "verrou", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
