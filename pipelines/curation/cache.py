"""What was read and typed before, kept by the digest of each file: a workbook that did not change is not read again.

A lot has three files: all of it (``base``), what changed since (``suite``), small and rewritten often, and how each of
its files stood when it was read (``fichiers``): one that stands as it did is not even opened for its digest (see
``states``). When the second grows, both become one. Each holds the version of the code that made it: another code reads
everything again. What is damaged, or made by another code, is as if it were not there. To have everything read again,
remove the folder.

The files are pickles: whoever can write into the folder can run code, as with the folder of Dagster in which it stands.

Belongs here: storing lots and finding them again. Does not belong here: making them (``lots``), the form of the files
(``stored``), the version of the code (``codeversion``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.curation.gather import Fallback
from pipelines.curation.lots import Lot, joined, typed_lot, vocabularies_digest
from pipelines.curation.parse import Vocabularies
from pipelines.curation.processes import Readers, reading
from pipelines.curation.states import State, states
from pipelines.curation.stored import load, store
from pipelines.curation.units import Unit
from pipelines.garbage import rarely_collected
from pipelines.sheets.files import digest

_BASE, _SINCE, _LOOKS = "base", "suite", "fichiers"
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
            kept = load(self.folder / name)
        except Exception:
            return None  # whatever another code or a damaged disk left there
        return kept[1] if isinstance(kept, tuple) and kept[0] == self.version else None

    def save(self, name: str, kept: object) -> None:
        """Keeps something under a name, or forgets the name (None); a folder that refuses is not a failure."""
        path = self.folder / name
        with suppress(OSError):
            if kept is None:
                path.unlink(missing_ok=True)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                store(aside, (self.version, kept))
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


@rarely_collected()
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
    """Reads and types the files of a lot (see `reading_lot`)."""
    with reading_lot(name, units, root, cache, partial=partial, fallback=fallback) as lot:
        return lot.typed(vocabularies)


@contextmanager
def reading_lot(
    name: str,
    units: Iterable[Unit],
    root: Path,
    cache: Cache | None = None,
    *,
    partial: bool = False,
    fallback: Fallback | None = None,
) -> Iterator[OpenLot]:
    """Has the files of a lot read while this lasts, but for those that the cache knows; see `read_units`, `reading`.

    ``name``: that of the lot in the cache.
    """
    units = list(units)
    looks = states(units, root)
    known = _Known() if cache is None else _known(cache, name, units, looks)
    missing = [unit for unit in units if not any(unit.name in names for names in known.held.values())]
    with reading(missing, root, looks, partial=partial, fallback=fallback) as readers:
        yield OpenLot(name, units, root, cache, looks, known, missing, readers)


_Part = tuple[Lot, set[str]]
"""A lot, and those of its files that are meant."""
_Seen = dict[str, tuple[bytes, str]]
"""The stamp and the digest of files, by name."""


@dataclass(frozen=True)
class _Known:
    """What the cache has of a lot: its parts, those of their files that are as they were, and the files as noted."""

    kept: Mapping[str, _Kept] = field(default_factory=dict)
    held: Mapping[str, set[str]] = field(default_factory=dict)
    noted: _Seen = field(default_factory=dict)
    seen: _Seen = field(default_factory=dict)


def _known(cache: Cache, name: str, units: Sequence[Unit], looks: Mapping[str, State]) -> _Known:
    kept = {part: one for part in (_BASE, _SINCE) if isinstance(one := cache.load(f"{name}.{part}"), _Kept)}
    noted = _noted(cache, name)
    before = {part: _digests(one.lot) for part, one in kept.items()}
    known = [unit for unit in units if any(unit.name in one for one in before.values())]
    now = _digests_now(known, looks, noted)
    held = {part: {file for file, was in one.items() if was and now.get(file) == was} for part, one in before.items()}
    same = {file for names in held.values() for file in names}
    seen = {file: (looks[file].stamp, now[file]) for file in now if file in same and looks[file].rested}
    return _Known(kept, held, noted, seen)


def digests_by_looks(cache: Cache, name: str, units: Sequence[Unit], root: Path) -> dict[str, str]:
    """See `digests`: those of files that stand as they did are noted in the cache under a name."""
    looks, noted = states(units, root), _noted(cache, name)
    now = _digests_now(units, looks, noted)
    seen = {file: (looks[file].stamp, found) for file, found in now.items() if looks[file].rested}
    if seen != noted:
        cache.save(f"{name}.{_LOOKS}", seen)
    return now


def _noted(cache: Cache, name: str) -> _Seen:
    loaded = cache.load(f"{name}.{_LOOKS}")
    return loaded if isinstance(loaded, dict) else {}


def _digests_now(units: Iterable[Unit], looks: Mapping[str, State], noted: _Seen) -> dict[str, str]:
    """The digest of each file, which is opened only if it does not stand as noted; blank for one that leads out."""
    found = {}
    for unit in units:
        stamp, stood = looks[unit.name].stamp, noted.get(unit.name)
        if stood is not None and stood[0] == stamp:
            found[unit.name] = stood[1]
        else:
            found[unit.name] = digest(unit.path) if stamp else ""
    return found


def _digests(lot: Lot) -> dict[str, str]:
    return dict(zip(lot.files["file"].tolist(), lot.files["sha256"].tolist(), strict=True))


@dataclass(frozen=True)
class OpenLot:
    """A lot whose files are being read."""

    name: str
    units: Sequence[Unit]
    root: Path
    cache: Cache | None
    looks: Mapping[str, State]
    known: _Known
    missing: Sequence[Unit]
    readers: Readers

    def typed(self, vocabularies: Vocabularies) -> LotRead:
        """All of it, in order."""
        read = tuple(unit.name for unit in self.missing)
        if self.cache is None:
            return LotRead(self.readers.typed(vocabularies), read)
        terms = vocabularies_digest(vocabularies)
        kept = self.known.kept
        parts = {key: (_retyped(one, terms, vocabularies), self.known.held[key]) for key, one in kept.items()}
        found = list(parts.values())
        seen, sure = dict(self.known.seen), None
        if self.missing or not found:
            fresh = self.readers.typed(vocabularies)
            found.append((fresh, set(read)))
            settled = self._settled(fresh)
            seen |= {name: (self.looks[name].stamp, was) for name, was in settled.items() if self.looks[name].rested}
            sure = (fresh, set(settled)) if settled else None
        if sure is not None or any(one.vocabularies != terms for one in kept.values()):
            whole = any(one.vocabularies != terms for one in kept.values())
            _remember(self.cache, self.name, parts, sure, terms, whole=whole)
        if seen != self.known.noted:
            self.cache.save(f"{self.name}.{_LOOKS}", seen)
        order = [unit.name for unit in self.units]
        return LotRead(joined([lot for lot, _ in found], order, [names for _, names in found]), read)

    def _settled(self, fresh: Lot) -> dict[str, str]:
        """The digests of those that may be kept: none that could not be read, nor one that changed meanwhile."""
        after, digests = states(self.missing, self.root), _digests(fresh)
        return {
            unit.name: digests[unit.name]
            for unit in self.missing
            if unit.name not in fresh.sources.unread
            and (look := self.looks[unit.name]).stamp
            and after[unit.name].stamp == look.stamp
            and (look.rested or digest(unit.path) == digests[unit.name])
        }


def _retyped(kept: _Kept, terms: str, vocabularies: Vocabularies) -> Lot:
    """What is kept, typed again if the vocabularies changed since; it is not read again."""
    return kept.lot if kept.vocabularies == terms else typed_lot(kept.lot.sources, vocabularies)


def _remember(
    cache: Cache, name: str, known: Mapping[str, _Part], fresh: _Part | None, terms: str, *, whole: bool
) -> None:
    """Keeps what is known and what is fresh, in two parts, or as a ``whole``."""
    base = known.get(_BASE)
    news = [*(part for key, part in known.items() if key == _SINCE), *([] if fresh is None else [fresh])]
    count = sum(len(names) for _, names in news)
    if base is not None and not whole and count * _SHARE < len(base[1]):
        cache.save(f"{name}.{_SINCE}", _Kept(_all(news), terms))
        return
    cache.save(f"{name}.{_BASE}", _Kept(_all(news if base is None else [base, *news]), terms))
    cache.save(f"{name}.{_SINCE}", None)


def _all(parts: list[_Part]) -> Lot:
    order = [file for lot, held in parts for file in lot.files["file"] if file in held]
    return joined([lot for lot, _ in parts], order, [held for _, held in parts])
