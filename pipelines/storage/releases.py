"""Releases in a store: the last one is brought here to be compared with, the new one is taken there.

A reader of the store follows ``versions.json``. It is written last, once every file of the release is there and was
read back, and only if nobody moved it meanwhile, where the store can tell (S3 can). A release that does not stand in it
is none. A name is taken by writing its first file where there is none: what stands in the store, listed or not, is
never replaced nor removed, and its name never given again.

Belongs here: that order. Does not belong here: making a release (``publish``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.publish import lock
from pipelines.publish.diff.reading import is_partial
from pipelines.publish.errors import OutputsBusy
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.publish.staging import remove
from pipelines.publish.verify.files import damaged
from pipelines.publish.versions import DESCRIPTOR, POINTER, RELEASES, SUMS, WITHDRAWN, Release, entry
from pipelines.storage.mirror import fetch, listed
from pipelines.storage.places import Place, StorageError, as_storage_error

CONTENT_TYPES = {
    ".cff": "text/yaml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown; charset=utf-8",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".ttl": "text/turtle; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
_PLAIN = "text/plain; charset=utf-8"
_BLOCK = 1 << 20
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[1-9]\d*)?")
"""The name of a release: it is also that of the folder that a prune empties."""


@dataclass(frozen=True)
class Pointer:
    """``versions.json`` as it was read: its releases, and the tag by which the store tells that it did not change."""

    latest: str | None
    releases: tuple[dict[str, Any], ...]
    tag: str | None
    """None when there was none."""


def read_pointer(place: Place) -> Pointer:
    """The pointer of a store.

    Raises:
        StorageError: it cannot be read, or is no pointer.
    """
    path = place.at(POINTER)
    with as_storage_error(place):
        try:
            before = place.store.info(path)
            content = place.store.cat_file(path)
        except FileNotFoundError:
            _require_bucket(place)
            return Pointer(None, (), None)
    try:
        found = json.loads(content)
        releases = tuple(dict(one) for one in found["releases"])
        named = [(str(one["version"]), one) for one in releases]
        sound = all(name.startswith(dt.date.fromisoformat(str(one["date"])).isoformat()) for name, one in named)
        latest = None if found["latest"] is None else str(found["latest"])
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} n’est pas une liste de versions : remettez-la depuis une sauvegarde.") from error
    names = [name for name, _ in named]
    if not sound or latest not in (None, *names) or not all(_VERSION.fullmatch(name) for name in names):
        raise StorageError(f"{path} n’est pas une liste de versions : remettez-la depuis une sauvegarde.")
    return Pointer(latest, releases, str(before.get("ETag") or hashlib.sha256(content).hexdigest()))


def _require_bucket(place: Place) -> None:
    """A bucket that is not there is said; whether a key that may not look at all of it may look there is seen later."""
    if place.conditional:
        with suppress(PermissionError):
            place.store.ls(place.root.partition("/")[0])


def bring(place: Place, outputs: Path) -> Pointer:
    """Makes a folder of outputs hold what a build needs: the list of releases, the last one, and the last whole one.

    Of the others it holds what names them. A release that is here and not in the store was never published: it goes.

    Raises:
        OutputsBusy: a build is at work in this folder.
        StorageError: the store refuses, or does not hold what its pointer says.
    """
    (outputs / RELEASES).mkdir(parents=True, exist_ok=True)
    lock.take(outputs)
    try:
        pointer = read_pointer(place)
        names = [str(one["version"]) for one in pointer.releases]
        content = {str(one["version"]): str(one.get("contenu_sha256")) for one in pointer.releases}
        for found in (outputs / RELEASES).iterdir():
            if found.name not in names or _content(found) != content[found.name]:
                remove(found)
        with as_storage_error(place):
            for name in names:
                _bring_name(place, name, outputs)
            _set_aside(outputs, [name for name in standing(place) if name not in names])
        for name in reversed(names[: names.index(pointer.latest) + 1] if pointer.latest else []):
            if not _partial(bring_release(place, name, outputs)):
                break
        told = {"latest": pointer.latest, "releases": list(pointer.releases)}
        (outputs / POINTER).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    finally:
        lock.free(outputs)
    return pointer


def bring_release(place: Place, version: str, outputs: Path) -> Path:
    """Brings a release whole, unless it is here and sound; returns its folder.

    Raises:
        StorageError: the store does not hold it whole.
    """
    folder, root = outputs / RELEASES / version, place.at(f"{RELEASES}/{version}")
    with as_storage_error(place):
        theirs = place.store.cat_file(f"{root}/{SUMS}")
    if not (folder / SUMS).is_file() or (folder / SUMS).read_bytes() != theirs or damaged(folder):
        remove(folder)
        with as_storage_error(place):
            for name, _ in listed(place, root):
                fetch(place, f"{root}/{name}", folder / name)
        if not (folder / SUMS).is_file() or damaged(folder):
            raise StorageError(
                f"La version {version} de {place.address} est abîmée ou incomplète : remettez-la d’une sauvegarde."
            )
    return folder


def bring_as_it_is(place: Place, version: str, outputs: Path) -> Path:
    """Brings a release, damaged or not, to be verified; returns its folder, which must not be there yet."""
    folder, root = outputs / RELEASES / version, place.at(f"{RELEASES}/{version}")
    folder.mkdir(parents=True)
    with as_storage_error(place):
        for name, _ in listed(place, root):
            fetch(place, f"{root}/{name}", folder / name)
    return folder


def _bring_name(place: Place, version: str, outputs: Path) -> None:
    for name in (DESCRIPTOR, SUMS):
        target = outputs / RELEASES / version / name
        if not target.is_file():
            fetch(place, place.at(f"{RELEASES}/{version}/{name}"), target)


def _content(folder: Path) -> str | None:
    """What the descriptor of a release that is here says of its content."""
    try:
        return str(json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["contenu_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def standing(place: Place) -> list[str]:
    """The names under which something stands in the store, listed or not."""
    root = place.at(RELEASES)
    try:
        found = place.store.ls(root, detail=False)
    except FileNotFoundError:
        return []
    paths = {str(path).rstrip("/") for path in found} - {root}  # what some tools leave in place of a folder
    return sorted(name for path in paths if (name := path.rpartition("/")[2]) and not name.startswith("."))


def _set_aside(outputs: Path, names: list[str]) -> None:
    """Makes these names known as withdrawn: of a build that died, or of a release taken back; no build takes them."""
    for name in names:
        (outputs / WITHDRAWN / name).mkdir(parents=True, exist_ok=True)


def _partial(folder: Path) -> bool:
    try:
        return is_partial(ReleaseFolder.open(folder))
    except NotAReleaseError:
        return False


def send(place: Place, release: Release, pointer: Pointer) -> None:
    """Takes a new release to the store, then moves the pointer, last and at once.

    Raises:
        OutputsBusy: another publication moved the pointer meanwhile; nothing of it is harmed.
        StorageError: the store refuses, or does not give back what it was given.
    """
    if not (release.path / SUMS).is_file():
        raise OutputsBusy(f"Une autre publication a repris {release.path.parent.parent} ; recommencez.")
    root = place.at(f"{RELEASES}/{release.version}")
    names = sorted(path.relative_to(release.path).as_posix() for path in release.path.rglob("*") if path.is_file())
    first, *others = [*(name for name in names if name != SUMS), SUMS]
    with as_storage_error(place):
        _take_name(place, release, f"{root}/{first}", (release.path / first).read_bytes())
        for name in others:
            put(place, release.path / name, f"{root}/{name}")
        move_pointer(place, release.version, (*pointer.releases, entry(release)), pointer)


def send_report(place: Place, path: Path, name: str) -> None:
    """Takes the report of a run to the store."""
    with as_storage_error(place):
        put(place, path, place.at(name))


def put(place: Place, path: Path, target: str) -> None:
    """Takes one file there with the type that its name tells, and reads it back.

    Raises:
        StorageError: the store does not give back what it was given.
    """
    place.store.put_file(str(path), target, **_described(place, path.suffix))
    with path.open("rb") as mine:
        wanted = hashlib.file_digest(mine, "sha256").digest()
    digest = hashlib.sha256()
    with place.store.open(target, "rb") as theirs:
        while block := theirs.read(_BLOCK):
            digest.update(block)
    if digest.digest() != wanted:
        raise StorageError(f"{place.address} ne rend pas ce qui lui a été donné : {target}.")


def _described(place: Place, suffix: str) -> dict[str, str]:
    return {"ContentType": CONTENT_TYPES.get(suffix, _PLAIN)} if place.conditional else {}


def _take_name(place: Place, release: Release, path: str, content: bytes) -> None:
    """Writes the first file of a release, by which its name is taken: only where nothing stands."""
    try:
        if place.conditional:
            described = _described(place, PurePosixPath(path).suffix)
            place.store.pipe_file(path, content, **described, IfNoneMatch="*")
            return
        if not place.store.exists(path):
            place.store.pipe_file(path, content)
            return
    except Exception as error:
        if not _refused(error):
            raise
    raise OutputsBusy(f"La version {release.version} est déjà dans {place.address} ; recommencez.") from None


def move_pointer(place: Place, latest: str | None, releases: Sequence[dict[str, Any]], before: Pointer) -> None:
    """Replaces the pointer that was read ``before``, if nobody moved it meanwhile.

    Raises:
        OutputsBusy: somebody did; nothing was written.
    """
    path = place.at(POINTER)
    content = json.dumps({"latest": latest, "releases": list(releases)}, ensure_ascii=False, indent=2) + "\n"
    if not place.conditional:
        if read_pointer(place).tag != before.tag:
            raise _overtaken(place)
        place.store.pipe_file(path, content.encode())
        return
    condition = {"IfNoneMatch": "*"} if before.tag is None else {"IfMatch": before.tag}
    try:
        place.store.pipe_file(path, content.encode(), **_described(place, ".json"), **condition)
    except Exception as error:
        if not _refused(error):
            raise
        if place.store.cat_file(path) != content.encode():  # else our own write, whose answer was lost
            raise _overtaken(place) from None


def _refused(error: Exception) -> bool:
    """Whether a store refused a write because of its condition."""
    said = f"{error} {error.__cause__}"
    return any(word in said for word in ("PreconditionFailed", "pre-conditions", "ConditionalRequestConflict"))


def _overtaken(place: Place) -> OutputsBusy:
    return OutputsBusy(f"Une autre publication a changé {place.at(POINTER)} entre-temps ; recommencez.")
