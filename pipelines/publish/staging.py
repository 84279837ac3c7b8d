"""Where a release is prepared, out of sight, before it appears in one move.

Belongs here: opening, leaving and sealing ``outputs/.en-cours/<jour>-<processus>``. Does not belong here: what is
written in it (``release``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pipelines.publish import lock
from pipelines.publish.errors import OutputsError, as_outputs_error
from pipelines.publish.formats import FORMATS
from pipelines.publish.tables_arrow import Declared
from pipelines.publish.versions import LATEST, POINTER, RELEASES, SUMS, next_version, read_versions, write_versions
from schemas import registry

IN_PROGRESS = ".en-cours"
_SYNCS = 8
"""Files brought to the disk at a time: it then writes them together, instead of being waited for after each."""
_READ_ONLY_FILE, _READ_ONLY_FOLDER, _OPEN = 0o444, 0o555, 0o755


@dataclass(frozen=True)
class Staging:
    """A release being prepared. As a context manager, it leaves nothing behind when its block ends unfinished.

    ``trial``: it is marked as a trial, which no portal ever gets. ``formats``: those that its files are in.
    """

    outputs: Path
    directory: Path
    version: str
    date: dt.date
    declared: Declared = field(repr=False, compare=False)
    trial: bool = False
    formats: tuple[str, ...] = FORMATS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.directory.exists():
            abandon(self)

    def folder(self, name: str) -> Path:
        """A folder of the release being prepared."""
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path


def begin(
    outputs: Path,
    date: dt.date,
    declared: Declared | None = None,
    *,
    trial: bool = False,
    formats: tuple[str, ...] = FORMATS,
) -> Staging:
    """Takes the folder of outputs, sweeps what dead builds left, mends the pointer, and opens an empty staging folder.

    Raises `OutputsBusy` when another build holds the folder, `OutputsError` when it can't be written.
    """
    outputs = outputs.absolute()
    with as_outputs_error(outputs):
        (outputs / RELEASES).mkdir(parents=True, exist_ok=True)
        lock.take(outputs)
    try:
        with as_outputs_error(outputs):
            _sweep(outputs)
            _require_a_pointer_that_moves(outputs)
            write_versions(outputs, read_versions(outputs))
            version = next_version(outputs, date)
            directory = outputs / IN_PROGRESS / f"{date.isoformat()}-{os.getpid()}"
            directory.mkdir(parents=True)
    except BaseException:
        lock.free(outputs)
        raise
    known = registry.tables() if declared is None else declared
    return Staging(outputs, directory, version, date, known, trial, formats)


def abandon(staging: Staging) -> None:
    """Drops a release being prepared and frees the folder of outputs; the releases are left as they were."""
    remove(staging.directory)
    lock.free(staging.outputs)


def remove(folder: Path) -> None:
    """Removes a folder whose files may be read-only; what the disk refuses to give up is left for the next sweep."""
    for parent, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(parent).chmod(_OPEN)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def step(staging: Staging) -> Iterator[None]:
    """One step of the preparation: if it fails, the whole preparation is dropped; disk errors are put in words."""
    try:
        with as_outputs_error(staging.directory):
            yield
    except BaseException:
        abandon(staging)
        raise


def seal(staging: Staging, known: Mapping[str, str]) -> None:
    """Writes ``SHA256SUMS``, the last file: one line per file, in the form that ``sha256sum -c`` reads.

    ``known``: the digests of files, by path; those of the others are computed.
    From then on nothing in it can be written: its files and folders are read-only, save the outermost, which would
    not move if it were.
    """
    files = sorted(path for path in staging.directory.rglob("*") if path.is_file())
    names = [path.relative_to(staging.directory).as_posix() for path in files]
    lines = [f"{known.get(name) or _digest(path)}  {name}\n" for name, path in zip(names, files, strict=True)]
    with (staging.directory / SUMS).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
    for parent, _, names in os.walk(staging.directory, topdown=False):
        for name in names:
            (Path(parent) / name).chmod(_READ_ONLY_FILE)
        if Path(parent) != staging.directory:
            Path(parent).chmod(_READ_ONLY_FOLDER)


def to_the_disk(staging: Staging) -> None:
    """Sees to it that a sealed release is on the disk for good, files, names and rights: it may then be revealed."""
    folders = [(Path(parent), names) for parent, _, names in os.walk(staging.directory)]
    with ThreadPoolExecutor(_SYNCS) as pool:
        list(pool.map(_sync_file, [folder / name for folder, names in folders for name in names]))
        list(pool.map(sync_folder, [folder for folder, _ in folders]))


def reveal(staging: Staging) -> Path:
    """Makes the release visible, by one move, then closes its folder."""
    target = staging.outputs / RELEASES / staging.version
    if target.exists():
        raise OutputsError(
            f"La version {staging.version} existe déjà dans {staging.outputs} ; recommencez la publication."
        )
    staging.directory.rename(target)
    close(target)
    sync_folder(target.parent)
    return target


def close(folder: Path) -> None:
    """Makes the outermost folder of a release read-only."""
    if folder.stat().st_mode & 0o777 != _READ_ONLY_FOLDER:
        folder.chmod(_READ_ONLY_FOLDER)


def sync_folder(folder: Path) -> None:
    """Sees to it that the names in a folder are on the disk for good."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_a_pointer_that_moves(outputs: Path) -> None:
    """Raises the ``OSError`` that the pointer would meet once the release is there: better before than after."""
    aside = outputs / f".{POINTER}.{os.getpid()}"
    aside.touch()
    aside.unlink()


def _sweep(outputs: Path) -> None:
    """Removes what builds that died left behind, and closes the releases that they did not: nobody else is at work."""
    remove(outputs / IN_PROGRESS)
    for name in (POINTER, LATEST):
        for aside in outputs.glob(f".{name}.*"):
            aside.unlink()
    for release in (outputs / RELEASES).iterdir():
        if (release / SUMS).is_file() and not release.is_symlink():
            close(release)


def _sync_file(path: Path) -> None:
    """Sees to it that the bytes of a file are on the disk for good."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
