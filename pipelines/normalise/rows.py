"""The state of a normalisation: the typed sheets, what is resolved so far, and the rows refused on the way.

Belongs here: the working set that the steps share. Does not belong here: any step.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from pipelines.curation.gather import CONTRACT_SHEET, CONTRACTS_FOLDER
from pipelines.curation.issues import IssueLog
from pipelines.curation.parse import Typed, Vocabularies
from schemas.declaration import Table
from schemas.registry import tables


@dataclass
class Rows:
    """The accepted rows of one sheet, with its table's columns as far as they are resolved, on the sheet's index."""

    typed: Typed
    table: Table
    frame: pd.DataFrame
    keys: pd.DataFrame = field(default_factory=pd.DataFrame)

    def drop_refused(self) -> None:
        """Leaves out the rows refused since."""
        kept = self.frame.index.intersection(self.typed.accepted())
        self.frame = self.frame.loc[kept]
        if len(self.keys):
            self.keys = self.keys.loc[kept]

    @property
    def scope(self) -> pd.Series:
        """The contract of each row's workbook, "" for the national one."""
        return self.frame["_contrat"]


@dataclass
class Workspace:
    """Everything that the steps of a normalisation read and write."""

    typed: dict[str, Typed]
    vocabularies: Vocabularies
    log: IssueLog
    rows: dict[str, Rows] = field(default_factory=dict)

    @classmethod
    def start(cls, typed: dict[str, Typed], vocabularies: Vocabularies, log: IssueLog) -> Workspace:
        """Takes the accepted rows of every sheet and gives each the contract of its workbook."""
        contract = typed[CONTRACT_SHEET]
        # Also from a refused row: one wrong cell of a contract must not set its other sheets adrift.
        named = contract.frame["contrat_id"].dropna()
        of_file = dict(zip(contract.source.origin.loc[named.index, "file"], named, strict=True))
        workspace = cls(typed=typed, vocabularies=vocabularies, log=log)
        _refuse_orphans(typed, set(of_file))
        for name, one in typed.items():
            frame = one.frame.loc[one.accepted()].copy()
            frame["_contrat"] = one.source.origin.loc[frame.index, "file"].map(of_file).astype("str").fillna("")
            table = tables()[one.sheet.table]
            if (
                one.sheet.scoped
                and not one.sheet.single
                and any(column.name == "contrat_id" for column in table.columns)
            ):
                frame["contrat_id"] = frame["_contrat"].where(frame["_contrat"] != "")
            workspace.rows[name] = Rows(typed=one, table=table, frame=frame)
        return workspace

    def declared(self, name: str) -> pd.DataFrame:
        """The typed rows of a sheet that bear their key, the refused ones too: naming such a row is no mistake."""
        typed = self.typed[name]
        return typed.frame[typed.frame[tables()[typed.sheet.table].key].notna()]

    def refused_keys(self) -> dict[str, set[str]]:
        """The identifiers of the rows refused so far, by table, as far as they were typed."""
        found: dict[str, set[str]] = {}
        for rows in self.rows.values():
            frame = rows.typed.frame
            if rows.table.key in frame:
                keys = frame.loc[sorted(rows.typed.refused), rows.table.key].dropna()
                found.setdefault(rows.table.name, set()).update(keys.tolist())
        return found

    def draw_along(self, rows: Rows, lost: pd.Index, label: str) -> None:
        """Sets aside rows that point at a refused one, and says so."""
        self.log.add("ligne-entrainee", rows.typed.source.cells(lost, label))
        rows.typed.refused.update(lost.tolist())

    def drop_refused(self) -> None:
        """Leaves out, everywhere, the rows refused since."""
        for rows in self.rows.values():
            rows.drop_refused()


def _refuse_orphans(typed: dict[str, Typed], accepted: set[str]) -> None:
    """The rows of a contract's workbook go with their contract: without it they would pass for national facts."""
    for one in typed.values():
        if one.sheet.place == "classeur":
            file = one.source.origin["file"]
            orphans = file.str.startswith(f"{CONTRACTS_FOLDER}/") & ~file.isin(accepted)
            one.refused.update(file.index[orphans].tolist())
