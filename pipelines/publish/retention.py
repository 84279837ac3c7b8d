"""Which releases are kept: listing them, removing the oldest (never the last one), withdrawing the last one.

Belongs here: what goes and in which order it goes. Does not belong here: asking the person (``cli``), making releases.

A release leaves as it came, by one move: out of sight first, then off the pointer, then off the disk. A removal that
dies on the way leaves whole releases and nothing else that can be seen. A release that is withdrawn is not removed:
it is put aside, whole, in ``retirees/``, where no build and no reader looks for it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.publish import lock
from pipelines.publish.errors import OutputsBusy, OutputsError, as_outputs_error
from pipelines.publish.staging import IN_PROGRESS, close, remove, sync_folder
from pipelines.publish.verify.files import damaged
from pipelines.publish.versions import RELEASES, WITHDRAWN, Release, read_versions, write_versions

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
    """What `prune` would remove; see `oldest`."""
    return oldest(listing(outputs), keep)


def oldest(found: list[Listed], keep: int) -> list[Listed]:
    """All but the ``keep`` releases made last, and never the last good one.

    Raises ``ValueError`` when ``keep`` is under one.
    """
    if keep < 1:
        raise ValueError("at least one release is kept")
    return [one for one in found[: max(0, len(found) - keep)] if not one.last]


def prune(outputs: Path, goes: list[Listed]) -> None:
    """Removes these releases, under the lock of the folder.

    Raises `OutputsBusy` when a build is at work, or when one of them is the last release by now, `OutputsError` when
    the disk refuses.
    """
    with as_outputs_error(outputs):
        lock.take(outputs)
        try:
            last = read_versions(outputs).latest
            if last in {one.release.version for one in goes}:
                raise OutputsBusy(f"{last} est devenue la dernière version entre-temps ; recommencez.")
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


def require_withdrawable(version: str, names: Sequence[str], latest: str | None, where: str) -> str:
    """The version that would be the last, of releases in the order in which they were made, without this one.

    Only the last release can be withdrawn: those that came after it say what changed since.

    Raises:
        LookupError: it is not there, or not the last, or the only one; the message says it in French.
    """
    if version not in names:
        raise LookupError(f"« {version} » n’est pas une version de {where} (il y a : {', '.join(names) or '–'}).")
    if version != latest or version != names[-1]:
        later = ", ".join(names[names.index(version) + 1 :]) or str(latest)
        raise LookupError(
            f"« {version} » n’est pas la dernière version ({later} a été comparée avec elle ou une suivante) : "
            "retirez d’abord celles qui la suivent, la dernière en premier."
        )
    if len(names) == 1:
        raise LookupError(
            f"« {version} » est la seule version de {where} : il ne resterait rien à lire. Publiez d’abord une "
            "version corrigée."
        )
    return names[-2]


@dataclass(frozen=True)
class Withdrawal:
    """What `withdraw` would do: the release that goes, where it goes, and the one that becomes the last."""

    release: Release
    target: Path
    before: Release


def withdrawable(outputs: Path, version: str) -> Withdrawal:
    """What withdrawing a release would do; it does nothing.

    The one before it must be whole, for the next build is compared with it.

    Raises:
        LookupError: see `require_withdrawable`.
        OutputsError: the one before is damaged, the place aside is taken, or the disk refuses.
    """
    with as_outputs_error(outputs):
        versions = read_versions(outputs)
        names = [release.version for release in versions.releases]
        require_withdrawable(version, names, versions.latest, str(outputs))
        gone, before = versions.releases[-1], versions.releases[-2]
        wrong = damaged(before.path)
        if wrong:
            raise OutputsError(
                f"La version d’avant, {before.version}, est abîmée ({wrong[0]}) : remettez d’abord son dossier depuis "
                "une sauvegarde."
            )
        target = outputs / WITHDRAWN / version
        if target.exists():
            raise OutputsError(f"Une version de ce nom a déjà été retirée : déplacez {target} ailleurs.")
        return Withdrawal(gone, target, before)


def withdraw(outputs: Path, version: str) -> Withdrawal:
    """Puts the last release aside, under the lock of the folder; the one before it becomes the last.

    The pointer moves first: a reader who follows it never finds it leading nowhere. If the process dies before the
    folder has moved, the next build finds the release still there, after the last, and it is the last again.

    Raises what `withdrawable` does, and `OutputsBusy` when a build is at work.
    """
    with as_outputs_error(outputs):
        lock.take(outputs)
        try:
            done = withdrawable(outputs, version)
            kept = read_versions(outputs).without(version)
            write_versions(outputs, kept)
            done.target.parent.mkdir(exist_ok=True)
            done.release.path.chmod(0o755)  # a read-only folder does not move, except for root
            done.release.path.rename(done.target)
            close(done.target)
            sync_folder(outputs / RELEASES)
            sync_folder(done.target.parent)
            return done
        finally:
            lock.free(outputs)
