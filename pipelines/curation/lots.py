"""Lots: some files of the sources, read and typed together, apart from the others.

A lot is what one machine reads, and what the cache keeps. Nothing in it depends on another file, but for the terms of
the vocabularies: corrections, keys and everything that needs other rows come once the lots are joined
(``normalise.intake``).

Belongs here: making lots, taking files out of them, joining them. Does not belong here: storing them (``cache``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.gather import Gathered, Sources, moved, stacked
from pipelines.curation.issues import IssueLog
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.curation.states import states
from pipelines.curation.units import Unit
from pipelines.sheets.files import digest


@dataclass
class Lot:
    """Files as read, and their sheets typed; ``told``: the issues of typing, by sheet. The index is that of the lot."""

    sources: Sources
    typed: dict[str, Typed]
    told: dict[str, pd.DataFrame]

    @property
    def files(self) -> pd.DataFrame:
        """The files: file, sha256, rows."""
        return self.sources.files

    def issues(self) -> pd.DataFrame:
        """Everything that is wrong with these files."""
        log = IssueLog.of(self.sources.issues.frame())
        for told in self.told.values():
            log.extend(IssueLog.of(told))
        return log.frame()


def typed_lot(sources: Sources, vocabularies: Vocabularies) -> Lot:
    """Types the sheets of workbooks as read; what a list holds is left aside."""
    sheets = {name: gathered for name, gathered in sources.sheets.items() if gathered.sheet.place == "classeur"}
    typed, told = {}, {}
    for name, gathered in sheets.items():
        log = IssueLog()
        typed[name] = parse(gathered, vocabularies, log)
        told[name] = log.frame()
    return Lot(replace(sources, sheets=sheets), typed, told)


def joined(lots: Sequence[Lot], order: Iterable[str], held: Sequence[Collection[str]] | None = None) -> Lot:
    """Lots as one, their files in the order given.

    ``held``: which files of each lot are taken, by default all; no file may be taken from two lots.
    """
    order = list(order)
    held = [set(lot.files["file"]) for lot in lots] if held is None else [set(names) for names in held]
    filled = [(lot, names) for lot, names in zip(lots, held, strict=True) if names]
    filled = filled or [(lots[0], set())]
    if len(filled) == 1 and filled[0][0].files["file"].tolist() == order:
        return filled[0][0]
    parts, taken = [lot for lot, _ in filled], [names for _, names in filled]
    sources, rows = _joined_sources([lot.sources for lot in parts], order, taken)
    typed, told = {}, {}
    for name in parts[0].typed:
        typed[name] = _joined([lot.typed[name] for lot in parts], sources.sheets[name], rows[name])
        told[name] = _about([lot.told[name] for lot in parts], taken).frame()
    return Lot(sources, typed, told)


def joined_sources(parts: Sequence[Sources], order: Sequence[str]) -> Sources:
    """Files as read by several, as if one had read them in the order given."""
    return _joined_sources(parts, order, [set(part.files["file"]) for part in parts])[0]


def _joined_sources(
    parts: Sequence[Sources], order: Sequence[str], held: Sequence[Collection[str]]
) -> tuple[Sources, dict[str, np.ndarray]]:
    """Files as read, and which rows of the parts each sheet is made of."""
    rank = {name: position for position, name in enumerate(order)}
    ranks = [
        (pa.array(list(names), type=pa.large_string()), np.array([*(rank[name] for name in names), -1]))
        for names in held
    ]
    sources = Sources(
        {},
        stacked([part.files for part in parts], _order([part.files["file"] for part in parts], ranks)),
        _about([part.issues.frame() for part in parts], held),
        frozenset(name for part, names in zip(parts, held, strict=True) for name in part.unread if name in names),
    )
    rows = {}
    for name in parts[0].sheets:
        gathered = [part.sheets[name] for part in parts]
        rows[name] = _order([one.origin["file"] for one in gathered], ranks)
        sources.sheets[name] = Gathered.joined(gathered, rows[name], held)
    return sources, rows


_Ranks = tuple[pa.Array, np.ndarray]
"""Names of files, and the rank of each; -1, the last, stands for any other."""


def _order(files: Sequence[pd.Series], ranks: Sequence[_Ranks]) -> np.ndarray:
    """The rows of several frames, one after the other, by the rank of their file; those of no rank are left out."""
    found = [_ranked(one, rank) for one, rank in zip(files, ranks, strict=True)]
    place = np.concatenate(found)
    rows = np.argsort(place, kind="stable")
    return rows[np.searchsorted(place[rows], 0) :]


def _ranked(files: pd.Series, ranks: _Ranks) -> np.ndarray:
    names, places = ranks
    found = pc.index_in(pa.array(files, type=names.type), value_set=names).fill_null(len(names))
    ranked: np.ndarray = places[found.to_numpy(zero_copy_only=False)]
    return ranked


def _about(issues: Sequence[pd.DataFrame], held: Sequence[Collection[str]]) -> IssueLog:
    """The issues of the files that are taken."""
    log = IssueLog()
    for one, names in zip(issues, held, strict=True):
        if len(one):
            log.extend(IssueLog.of(one[one["file"].isin(list(names))]))
    return log


def _joined(parts: Sequence[Typed], gathered: Gathered, rows: np.ndarray) -> Typed:
    # Typing blanks the cells in error, in a copy: where there are none, one text serves both.
    blanked = any(part.blanked for part in parts)
    source = replace(gathered, text=stacked([part.source.text for part in parts], rows)) if blanked else gathered
    refused = moved([part.refused for part in parts], [len(part.frame) for part in parts], rows)
    return Typed(source, stacked([part.frame for part in parts], rows), refused, blanked)


def lot_of(unit: Unit, lots: int) -> int:
    """Which of so many lots a workbook belongs to: by the hash of its contract's identifier, wherever it is read."""
    stem = PurePosixPath(unit.name).stem
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8]) % lots


def split(units: Iterable[Unit], lots: int) -> list[list[Unit]]:
    """The workbooks in so many lots; some may be empty."""
    found: list[list[Unit]] = [[] for _ in range(lots)]
    for unit in units:
        found[lot_of(unit, lots)].append(unit)
    return found


def vocabularies_digest(vocabularies: Vocabularies) -> str:
    """What typing depends on besides the files themselves and the code."""
    said = repr((vocabularies.codes, sorted(vocabularies.spellings.items()), vocabularies.shown))
    return hashlib.sha256(said.encode()).hexdigest()


def digests(units: Iterable[Unit], root: Path) -> Mapping[str, str]:
    """The digest of each file's content (see `digest`), blank for one that leads out of the folder or is not read."""
    units = list(units)
    looks = states(units, root)
    return {unit.name: digest(unit.path) if looks[unit.name].stamp else "" for unit in units}
