"""What a release changed, table by table, as its own comparison tells it, for several pages.

Belongs here: reading ``diff.json``. Does not belong here: finding differences (``publish.diff``), the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.publish.diff.model import Severity, Status, TableState
from pipelines.site.model import Json, ReleaseEntry
from schemas.declaration import Bilingual


@dataclass(frozen=True)
class TableChange:
    """What a release changed in one table: rows added, removed, changed. ``state``: as `TableState` names it."""

    table: str
    title: Bilingual
    state: str
    before: int
    after: int
    added: int
    removed: int
    changed: int

    @property
    def touched(self) -> bool:
        """Whether anything of it changed."""
        return bool(self.state != TableState.KEPT or self.added or self.removed or self.changed)


@dataclass(frozen=True)
class ReleaseChanges:
    """What a release changed. ``previous``: the version compared with. ``findings``: those that ask to be looked at."""

    status: str
    previous: str
    tables: tuple[TableChange, ...]
    breaking: int
    attention: int

    @property
    def first(self) -> bool:
        """Whether there was nothing to compare with."""
        return self.status == Status.FIRST

    @property
    def touched(self) -> tuple[TableChange, ...]:
        """The tables in which something changed."""
        return () if self.first else tuple(table for table in self.tables if table.touched)

    def of(self, table: str) -> TableChange | None:
        """What it changed in one table."""
        return next((each for each in self.tables if each.table == table), None)


def changes(entry: ReleaseEntry) -> ReleaseChanges | None:
    """What a release changed; nothing when it does not say it."""
    diff = entry.diff
    if "statut" not in diff:
        return None
    english = {str(one["name"]): str(one.get("titre_en", one["title"])) for one in entry.descriptor["resources"]}
    severities = [str(found["gravite"]) for found in diff.get("constats", [])]
    return ReleaseChanges(
        status=str(diff["statut"]),
        previous=str((diff.get("ancienne") or {}).get("version", "")),
        tables=tuple(_table(table, english) for table in diff.get("tables", [])),
        breaking=severities.count(Severity.BREAKING),
        attention=severities.count(Severity.ATTENTION),
    )


def _table(table: Json, english: Mapping[str, str]) -> TableChange:
    name, title = str(table["table"]), str(table["titre"])
    return TableChange(
        table=name,
        title=Bilingual(title, english.get(name, title)),
        state=str(table["etat"]),
        before=int(table["lignes_avant"]),
        after=int(table["lignes_apres"]),
        added=int(table["ajoutees"]["nombre"]),
        removed=int(table["retirees"]["nombre"]),
        changed=int(table["changees"]["nombre"]),
    )
