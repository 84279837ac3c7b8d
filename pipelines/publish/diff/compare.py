"""The comparison of two releases, from their own files: schemas from their descriptors, rows from their Parquet files.

Belongs here: going through both sides table by table, and putting together what the parts find (``schemas``,
``tables``, ``terms``, ``identifiers``, ``properties``). Does not belong here: how it is shown
(``text``, ``page``, ``journal``), what a release may change (``breaking``).

Nothing here knows the tables declared today. What cannot be compared is said, never taken for equal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pandas as pd

from pipelines.publish.diff import identifiers, schemas
from pipelines.publish.diff import tables as diff_tables
from pipelines.publish.diff import terms as diff_terms
from pipelines.publish.diff.contracts import CONTRACTS_TABLE, Owner, by_contract, contracts, owner_of
from pipelines.publish.diff.model import (
    SOURCES_TABLE,
    ContractDiff,
    Diff,
    DroppedDiff,
    Finding,
    Nature,
    Sample,
    Severity,
    Skipped,
    SourcesDiff,
    Status,
    TableDiff,
    TermsDiff,
    Topic,
    finding,
    in_order,
)
from pipelines.publish.diff.properties import formats, properties, property_finding
from pipelines.publish.diff.reading import NEW, OLD, announced, is_partial, read_or_skip, release
from pipelines.publish.diff.rows import NotComparableError, RowDiff
from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.text import numbered

_ALIKE_PCT = 80
"""A new table that shares that part of the columns of a removed one looks like it."""


def diff(old: ReleaseFolder | None, new: ReleaseFolder) -> Diff:
    """What changed from one release to the other; with no old one, the new one is the first.

    Raises:
        NotAReleaseError: a descriptor whose tables cannot be read.
    """
    new.require_form()
    if old is None:
        tables = tuple(diff_tables.counted(None, new, name) for name in _derived_last([new]))
        return Diff(statut=Status.FIRST, ancienne=None, nouvelle=release(new), tables=tables)
    old.require_form()
    work = _Comparison(old, new, is_partial(new))
    vocabularies = work.vocabularies()
    work.all_tables()
    said = properties(old.descriptor, new.descriptor)
    skipped = tuple(dict.fromkeys(work.skipped))
    findings = work.findings + [property_finding(one) for one in said] + [_skip_finding(one) for one in skipped]
    sources = next((one for one in work.tables if one.table == SOURCES_TABLE), None)
    return Diff(
        statut=_status(findings, skipped),
        ancienne=release(old),
        nouvelle=release(new),
        constats=in_order(findings),
        tables=tuple(work.tables),
        contrats=work.contracts(),
        nomenclatures=vocabularies,
        identifiants=tuple(work.dropped),
        proprietes=said,
        sources=SourcesDiff(sources.ajoutees, sources.retirees) if sources else SourcesDiff(),
        non_compares=skipped,
    )


def with_what_is_owed(found: Diff, whole: ReleaseFolder, new: ReleaseFolder) -> Diff:
    """A comparison with a partial release, and with it the identifiers that ``whole``, the one before, is still owed.

    A partial release suspends identifiers; the next one, compared with it alone, would not miss them.

    Raises:
        NotAReleaseError: a descriptor whose schemas cannot be read.
    """
    known = {one.message for one in found.constats}
    owed = [
        one
        for one in diff(whole, new).of(Severity.BREAKING)
        if one.kind.topic is Topic.IDENTIFIERS and one.message not in known
    ]
    if not owed:
        return found
    return replace(found, statut=Status.DIFFERENT, constats=in_order([*found.constats, *owed]))


def with_damage(
    found: Diff, old: ReleaseFolder, new: ReleaseFolder, old_damaged: Collection[str], new_damaged: Collection[str]
) -> Diff:
    """A comparison of releases of which these files are not, or no longer, those that were published.

    Rows are read from the Parquet files: a CSV that someone altered would else be taken for equal. A table of which
    any file is damaged is said not to be compared, once.
    """
    known = {one.table for one in found.non_compares if one.colonne is None}
    skipped, findings = [], []
    for folder, which, files in ((old, OLD, old_damaged), (new, NEW, new_damaged)):
        for name, resource in folder.resources.items():
            own = {str(resource["path"]), *(str(other["path"]) for other in resource.get("autres_formats", []))}
            if name not in known and (bad := sorted(own.intersection(files))):
                said = f"{', '.join(bad)} manque dans {which} version, ou n’est plus le fichier publié"
                skipped.append(Skipped(name, None, said))
                findings.append(
                    finding("non-compare", f"« {name} » n’est pas comparée en entier : {said}.", table=name)
                )
                known.add(name)
    if not skipped:
        return found
    constats, every = [*found.constats, *findings], (*found.non_compares, *skipped)
    return replace(found, statut=_status(constats, every), constats=in_order(constats), non_compares=every)


@dataclass
class _Comparison:
    """The comparison under way. Tables are read one by one, so that two of them at most are in memory."""

    old: ReleaseFolder
    new: ReleaseFolder
    partial: bool
    findings: list[Finding] = field(default_factory=list)
    tables: list[TableDiff] = field(default_factory=list)
    dropped: list[DroppedDiff] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    counts: list[pd.DataFrame] = field(default_factory=list)

    def all_tables(self) -> None:
        """Every table of either release: its model, its files, its rows, its identifiers."""
        names = _derived_last([self.new, self.old])
        self._came_and_went(names)
        common = set.intersection(*map(set, formats(self.old.descriptor, self.new.descriptor)))
        before, after = self._redirections(self.old, OLD), self._redirections(self.new, NEW)
        for name in names:
            if name not in self.old.resources or name not in self.new.resources:
                self.tables.append(diff_tables.counted(self.old, self.new, name))
                continue
            self.findings += schemas.file_findings(name, self.old.resources[name], self.new.resources[name], common)
            self.findings += schemas.key_findings(name, self.old.schema(name), self.new.schema(name))
            self._rows(name, before, after)

    def vocabularies(self) -> tuple[TermsDiff, ...]:
        """The vocabularies that changed; none when the terms of a release cannot be read, which is told."""
        unreadable = len(self.skipped)
        sides = [
            diff_terms.terms(
                {name: folder.schema(name) for name in folder.resources},
                read_or_skip(folder, diff_terms.TERMS_TABLE, which, self.skipped),
            )
            for folder, which in ((self.old, OLD), (self.new, NEW))
        ]
        if len(self.skipped) > unreadable:
            return ()
        changes = diff_terms.compare_terms(*sides)
        self.findings += [one for change in changes for one in diff_terms.term_findings(change)]
        return changes

    def contracts(self) -> Sample[ContractDiff]:
        """The contracts whose facts changed, by their present name, else by their former one."""
        registers = [read_or_skip(folder, CONTRACTS_TABLE, "", []) for folder in (self.new, self.old)]
        known = [register for register in registers if register is not None]
        return contracts(self.counts, [table.table for table in self.tables], known)

    def _rows(self, name: str, before: pd.DataFrame | None, after: pd.DataFrame | None) -> None:
        old, new = self.old.schema(name), self.new.schema(name)
        try:
            compared, findings, skipped = diff_tables.aligned(self.old, self.new, name)
        except NotComparableError as error:
            self.skipped.append(Skipped(name, None, str(error)))
            self.findings += schemas.column_findings(name, old, new, diff_tables.renamed(old, new))
            self.tables.append(diff_tables.counted(self.old, self.new, name))
            return
        self.findings += findings
        self.skipped += skipped
        self.findings += schemas.column_findings(name, old, new, diff_tables.renamed(old, new, compared))
        table = diff_tables.described(self.old, self.new, name, compared, len(skipped))
        self.tables.append(table)
        self.findings += diff_tables.row_findings(table)
        if table.nature is Nature.FACTS and name != diff_terms.TERMS_TABLE:
            self._identifiers(name, compared, before, after)
        if table.touched and not table.derived:
            self.counts += by_contract(name, compared, self._owner(name))

    def _owner(self, name: str) -> Owner | None:
        """The table that says whose rows these are; none when it cannot be read, which is told of its own rows."""
        try:
            return owner_of(self.old, self.new, name)
        except NotAReleaseError:
            return None

    def _redirections(self, folder: ReleaseFolder, which: str) -> pd.DataFrame | None:
        """The redirections of a release, none when it has no such table; None when they cannot be read."""
        unreadable = len(self.skipped)
        table = read_or_skip(folder, identifiers.RETIRED_TABLE, which, self.skipped)
        return None if len(self.skipped) > unreadable else identifiers.redirections(table)

    def _identifiers(
        self, name: str, compared: RowDiff, before: pd.DataFrame | None, after: pd.DataFrame | None
    ) -> None:
        if before is None or after is None:
            if compared.removed.any():
                reason = f"les redirections ({identifiers.RETIRED_TABLE}) ne se lisent pas, et des clés ont disparu"
                self.skipped.append(Skipped(name, compared.key, reason))
            return
        standing = compared.new[compared.key]
        dropped = compared.removed_values(compared.key)
        fates = identifiers.fates(name, dropped, standing, after, partial=self.partial)
        self.dropped += fates
        self.findings += [identifiers.fate_finding(fate) for fate in fates]
        self.findings += identifiers.lost_redirections(name, before, after, standing, partial=self.partial)
        self.findings += identifiers.reused(name, compared.added_values(compared.key), before, after)

    def _came_and_went(self, names: list[str]) -> None:
        """Tables that are new or gone; one that went names the new one that has the same columns, if there is one."""
        columns = {
            name: set(schemas.fields((self.new if name in self.new.resources else self.old).schema(name)))
            for name in names
        }
        added = [name for name in names if name not in self.old.resources]
        for name in [name for name in names if name not in self.new.resources]:
            mine = columns[name]
            near = [each for each in added if 100 * len(mine & columns[each]) >= _ALIKE_PCT * len(mine | columns[each])]
            hint = f" ; « {near[0]} », nouvelle, lui ressemble" if near else ""
            said = f"La table « {name} » n’est plus publiée{hint}."
            after = near[0] if near else None
            self.findings.append(finding("table-retiree", said, table=name, avant=name, apres=after))
        for name in added:
            said = f"La table « {name} » est nouvelle ({numbered(announced(self.new, name), 'ligne')})."
            self.findings.append(finding("table-ajoutee", said, table=name))


def _derived_last(folders: list[ReleaseFolder]) -> list[str]:
    """The tables of the first folder, then those that only the others have; facts before what is derived from them."""
    natures = {
        name: schemas.nature(name, folder.schema(name)) for folder in reversed(folders) for name in folder.resources
    }
    names = dict.fromkeys(name for folder in folders for name in folder.resources)
    return sorted(names, key=lambda name: natures[name] is Nature.DERIVED)


def _skip_finding(one: Skipped) -> Finding:
    what = "Les lignes de" if one.colonne is None else f"Les valeurs de « {one.colonne} » dans"
    said = f"{what} « {one.table} » ne sont pas comparées : {one.raison}."
    return finding("non-compare", said, table=one.table, colonne=one.colonne)


def _status(findings: list[Finding], skipped: tuple[Skipped, ...]) -> Status:
    if len(findings) > len(skipped):
        return Status.DIFFERENT
    return Status.UNKNOWN if skipped else Status.SAME
