"""A folder of sources → typed sheets: the lists first, then the workbooks in lots, the corrections on the way.

``read_lists`` gives the terms of the vocabularies, by which each lot is read and typed (``curation.cache.read_lot``),
on one machine or many; ``unite`` joins the lots, corrects what corrections aim at, and types those files again.

Belongs here: the order (lists, lots, corrections). Does not belong here: reading, correcting, typing.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pipelines.curation.cache import Cache, digests_by_looks
from pipelines.curation.corrections import SHEET as CORRECTIONS
from pipelines.curation.corrections import aimed_at, apply_corrections
from pipelines.curation.gather import CONTRACT_SHEET, Fallback, Gathered, Sources, read_units, refuse_halves
from pipelines.curation.issues import IssueLog
from pipelines.curation.lots import Lot, digests, joined, typed_lot
from pipelines.curation.parse import Typed, Vocabularies, parse
from pipelines.curation.units import list_units
from pipelines.normalise.build import keyed
from schemas.registry import sheets as declared_sheets

TERMS = "nomenclatures"
_LISTS = "listes"


@dataclass
class Lists:
    """The reference lists and the corrections as read, the lists corrected; ``typed``: the lists alone."""

    sources: Sources
    typed: dict[str, Typed]
    vocabularies: Vocabularies


@dataclass
class United:
    """All sheets typed, the files read (file, sha256, rows), and what is wrong so far."""

    sheets: dict[str, Typed]
    files: pd.DataFrame
    issues: IssueLog


def read_lists(
    root: Path, *, partial: bool = False, fallback: Fallback | None = None, cache: Cache | None = None
) -> Lists:
    """Reads, corrects and types the lists of a folder of sources; those that the cache knows are not read again.

    See `read_units` for ``partial`` and ``fallback``.
    """
    units = list_units(root)
    now = digests_by_looks(cache, _LISTS, units, root) if cache is not None else {}
    kept = cache.load(_LISTS) if cache is not None else None
    if isinstance(kept, Lists) and dict(kept.sources.files[["file", "sha256"]].to_numpy().tolist()) == now:
        return kept
    lists = correct_lists(read_units(units, root, partial=partial, fallback=fallback))
    if cache is not None and not lists.sources.unread and "" not in now.values() and now == digests(units, root):
        cache.save(_LISTS, lists)
    return lists


def correct_lists(sources: Sources) -> Lists:
    """Corrects, in place, and types the lists among files as read; the workbooks among them are left as they are."""
    sheets = sources.sheets
    listed = {name for name in sheets if _listed(name)}
    apply_corrections(sheets, sources.issues, functools.cache(lambda: _keys_of_lists(sheets)), listed)
    vocabularies = Vocabularies.read(sheets[TERMS])
    typed = {name: parse(sheets[name], vocabularies, sources.issues) for name in sheets if name in listed}
    del typed[CORRECTIONS]
    return Lists(sources, typed, vocabularies)


def unite(lists: Lists, lots: list[Lot], order: Collection[str], *, partial: bool = False) -> United:
    """Joins the lots, corrects what the corrections aim at in them, and types the files that were corrected again.

    What is given is left as it was. ``order``: the workbooks, as they are read; ``partial``: see `refuse_halves`.
    """
    whole = joined(lots, order)
    log = IssueLog.of(lists.sources.issues.frame())
    log.extend(whole.sources.issues)
    sheets = {name: whole.sources.sheets.get(name, gathered) for name, gathered in lists.sources.sheets.items()}
    in_workbooks = [name for name in sheets if not _listed(name)]
    aimed = aimed_at(sheets).intersection(in_workbooks)
    sheets |= {name: _copied(sheets[name]) for name in (CORRECTIONS, *aimed)}
    known = lists.typed | whole.typed
    typed = {name: _own(known[name]) for name in sheets if name != CORRECTIONS}
    before = _copied(sheets[CORRECTIONS])

    @functools.cache
    def keys() -> dict[str, pd.Series]:
        needed = {name: one if _decides(name, aimed) else _one_row_a_file(one) for name, one in typed.items()}
        needed[CORRECTIONS] = parse(before, lists.vocabularies, IssueLog())
        return _given_keys(needed, lists.vocabularies)

    apply_corrections(sheets, log, keys, in_workbooks)
    typed[CORRECTIONS] = parse(sheets[CORRECTIONS], lists.vocabularies, log)
    for name in in_workbooks:
        told = whole.told[name]
        if sheets[name].corrected:
            typed[name], told = _typed_again(typed[name], sheets[name], told, lists.vocabularies)
        log.extend(IssueLog.of(told))
    if partial:
        refuse_halves(sheets, log)
        for name, one in typed.items():
            one.refused |= sheets[name].refused
    typed = {name: typed[name] for name in sheets}
    return United(typed, pd.concat([whole.files, lists.sources.files], ignore_index=True), log)


def intake(sources: Sources) -> dict[str, Typed]:
    """Corrects and types every sheet of a folder read at once; what is wrong goes to the issues of ``sources``."""
    lists = correct_lists(sources)
    lot = typed_lot(replace(sources, issues=IssueLog()), lists.vocabularies)
    united = unite(lists, [lot], sources.files["file"].tolist())
    sources.issues.extend(united.issues)
    return united.sheets


def _listed(name: str) -> bool:
    return declared_sheets()[name].place != "classeur"


def _decides(name: str, aimed: Collection[str]) -> bool:
    """Whether the keys of the sheets aimed at depend on a sheet: itself, the contracts, the lists that it names."""
    return name in aimed or name == CONTRACT_SHEET or _listed(name)


def _one_row_a_file(typed: Typed) -> Typed:
    """A sheet of which only the files count, for they are named after contracts."""
    rows = typed.frame.index[~typed.source.origin["file"].duplicated()]
    source = typed.source
    few = replace(source, text=source.text.loc[rows], kind=source.kind.loc[rows], origin=source.origin.loc[rows])
    return Typed(few, typed.frame.loc[rows], typed.refused.intersection(rows), typed.blanked)


def _copied(gathered: Gathered) -> Gathered:
    """A copy in which cells can be replaced."""
    text, kind = gathered.text.copy(), gathered.kind.copy()
    return replace(gathered, text=text, kind=kind, corrected=dict(gathered.corrected), refused=set(gathered.refused))


def _own(typed: Typed) -> Typed:
    """The same sheet, whose refused rows may grow."""
    return replace(typed, refused=set(typed.refused))


def _typed_again(
    before: Typed, gathered: Gathered, told: pd.DataFrame, vocabularies: Vocabularies
) -> tuple[Typed, pd.DataFrame]:
    """A sheet once the files that hold corrected cells are typed again, and its issues."""
    filled = sorted({row for row, _ in gathered.corrected})
    files = set(gathered.origin.loc[filled, "file"])
    rows = gathered.origin.index[gathered.origin["file"].isin(files)]
    part = replace(
        gathered,
        text=gathered.text.loc[rows],
        kind=gathered.kind.loc[rows],
        origin=gathered.origin.loc[rows],
        letters={file: letters for file, letters in gathered.letters.items() if file in files},
        refused=gathered.refused.intersection(rows),
    )
    log = IssueLog.of(told[~told["file"].isin(files)])
    again = parse(part, vocabularies, log)
    text = gathered.text
    if before.blanked or again.blanked:
        text = pd.concat([before.source.text.drop(rows), again.source.text]).sort_index()
    frame = pd.concat([before.frame.drop(rows), again.frame]).sort_index()
    refused = before.refused.difference(rows) | again.refused
    blanked = before.blanked or again.blanked
    return Typed(replace(gathered, text=text), frame, refused, blanked), log.frame()


def _keys_of_lists(sheets: Mapping[str, Gathered]) -> dict[str, pd.Series]:
    """The keys that the rows of the lists get without any correction: those of the workbooks have no part in it."""
    copies = {name: _copied(one) if _listed(name) else one.without_rows() for name, one in sheets.items()}
    vocabularies = Vocabularies.read(copies[TERMS])
    log = IssueLog()
    return _given_keys({name: parse(one, vocabularies, log) for name, one in copies.items()}, vocabularies)


def _given_keys(typed: Mapping[str, Typed], vocabularies: Vocabularies) -> dict[str, pd.Series]:
    """The keys that rows get without any correction, from a rehearsal on copies whose issues are not kept."""
    copies = {name: _own(one) for name, one in typed.items()}
    return {name: rows.keys["key"] for name, rows in keyed(copies, vocabularies, IssueLog()).rows.items()}
