"""What was read and typed before, kept by the digest of each file: a workbook that did not change is not read again.

A lot has two files: all of it (``base``), and what changed since (``suite``), small and rewritten often; when the
second grows, both become one. Each holds the version of the code that made it: another code reads everything again.
What is damaged, or made by another code, is as if it were not there.

The files are pickles: whoever can write into the folder can run code, as with the folder of Dagster in which it stands.

Belongs here: storing lots and finding them again. Does not belong here: making them (``lots``), the version of the code
(``codeversion``).
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.curation.gather import Fallback, read_units
from pipelines.curation.lots import Lot, digests, joined, typed_lot, vocabularies_digest
from pipelines.curation.parse import Vocabularies
from pipelines.curation.units import Unit

_BASE, _SINCE = "base", "suite"
_DIGEST = hashlib.sha256().digest_size
_SHARE = 8
"""How many times smaller than the whole what changed since must be, to stay apart."""


@dataclass(frozen=True)
class Cache:
    """A folder of what one version of the code made; nothing depends on it but time."""

    folder: Path
    version: str

    def load(self, name: str) -> object:
        """What is kept under a name, None when there is nothing sound of this version."""
        try:
            content = (self.folder / name).read_bytes()
            if hashlib.sha256(memoryview(content)[_DIGEST:]).digest() != content[:_DIGEST]:
                return None
            version, kept = pickle.loads(memoryview(content)[_DIGEST:])  # noqa: S301  (see the module)
        except Exception:
            return None  # whatever another code or a damaged disk left there
        return kept if version == self.version else None

    def save(self, name: str, kept: object) -> None:
        """Keeps something under a name, or forgets the name (None); a folder that refuses is not a failure."""
        path = self.folder / name
        with suppress(OSError):
            if kept is None:
                path.unlink(missing_ok=True)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            content = pickle.dumps((self.version, kept), protocol=5)
            aside = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                aside.write_bytes(hashlib.sha256(content).digest() + content)
                aside.replace(path)
            finally:
                aside.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Kept:
    """A lot, and the vocabularies by which it was typed."""

    lot: Lot
    vocabularies: str


@dataclass(frozen=True)
class LotRead:
    """A lot, and the names of the files that were read for it; the others come from the cache."""

    lot: Lot
    read: tuple[str, ...]


def read_lot(
    name: str,
    units: Iterable[Unit],
    root: Path,
    vocabularies: Vocabularies,
    cache: Cache | None = None,
    *,
    partial: bool = False,
    fallback: Fallback | None = None,
) -> LotRead:
    """Reads and types the files of a lot, but for those that the cache knows; ``partial``, ``fallback``: `read_units`.

    ``name``: that of the lot in the cache.
    """
    units = list(units)
    order = [unit.name for unit in units]
    if cache is None:
        read = read_units(units, root, partial=partial, fallback=fallback)
        return LotRead(typed_lot(read, vocabularies), tuple(order))
    terms = vocabularies_digest(vocabularies)
    now = digests(units, root)
    kept = {part: one for part in (_BASE, _SINCE) if isinstance(one := cache.load(f"{name}.{part}"), _Kept)}
    known = {part: _retyped(one, terms, vocabularies) for part, one in kept.items()}
    held = {part: _same(lot, now) for part, lot in known.items()}
    missing = [unit for unit in units if not any(unit.name in names for names in held.values())]
    found = list(known.values())
    if missing or not found:
        fresh = typed_lot(read_units(missing, root, partial=partial, fallback=fallback), vocabularies)
        found.append(fresh)
        sure = _settled(fresh, missing, root, now)
    else:
        fresh, sure = found[0], set()
    whole = any(one.vocabularies != terms for one in kept.values())
    if sure or whole:
        parts = {part: (lot, held[part]) for part, lot in known.items()}
        _remember(cache, name, parts, (fresh, sure), terms, whole=whole)
    return LotRead(
        joined(found, order, [*held.values(), {unit.name for unit in missing}][: len(found)]),
        tuple(unit.name for unit in missing),
    )


_Part = tuple[Lot, set[str]]
"""A lot, and those of its files that are meant."""


def _retyped(kept: _Kept, terms: str, vocabularies: Vocabularies) -> Lot:
    """What is kept, typed again if the vocabularies changed since; it is not read again."""
    return kept.lot if kept.vocabularies == terms else typed_lot(kept.lot.sources, vocabularies)


def _same(lot: Lot, now: Mapping[str, str]) -> set[str]:
    """The files of a lot that are as they were."""
    names, digests_ = lot.files["file"].tolist(), lot.files["sha256"].tolist()
    return {name for name, digest in zip(names, digests_, strict=True) if digest and now.get(name) == digest}


def _settled(fresh: Lot, units: list[Unit], root: Path, before: Mapping[str, str]) -> set[str]:
    """Which of the files just read may be kept: none that could not be, nor one that changed while it was read."""
    after = digests(units, root)
    return {name for name, digest in after.items() if digest and digest == before[name]} - fresh.sources.unread


def _remember(cache: Cache, name: str, known: Mapping[str, _Part], fresh: _Part, terms: str, *, whole: bool) -> None:
    """Keeps what is known and what is fresh, in two parts, or as a ``whole``."""
    changed = _all([*(part for key, part in known.items() if key == _SINCE), fresh])
    base = known.get(_BASE)
    if base is not None and not whole and len(changed.files) * _SHARE < len(base[1]):
        cache.save(f"{name}.{_SINCE}", _Kept(changed, terms))
        return
    new = (changed, set(changed.files["file"]))
    cache.save(f"{name}.{_BASE}", _Kept(_all([new] if base is None else [base, new]), terms))
    cache.save(f"{name}.{_SINCE}", None)


def _all(parts: list[_Part]) -> Lot:
    order = [file for lot, held in parts for file in lot.files["file"] if file in held]
    return joined([lot for lot, _ in parts], order, [held for _, held in parts])
