"""The state of a normalisation: the typed sheets, what is resolved so far, and the rows refused on the way.

Belongs here: the working set that the steps share. Does not belong here: any step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath

import pandas as pd

from pipelines.curation.gather import CONTRACT_SHEET, CONTRACTS_FOLDER
from pipelines.curation.issues import IssueLog, errors
from pipelines.curation.parse import Typed, Vocabularies
from pipelines.text import on_distinct
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
        if self.frame.index.intersection(list(self.typed.refused)).empty:
            return
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
    of_file: dict[str, str] = field(default_factory=dict)

    @classmethod
    def start(cls, typed: dict[str, Typed], vocabularies: Vocabularies, log: IssueLog) -> Workspace:
        """Takes the accepted rows of every sheet and gives each the contract of its workbook."""
        contract = typed[CONTRACT_SHEET]
        # Also from a refused row: one wrong cell of a contract must not set its other sheets adrift.
        named = contract.frame["contrat_id"].dropna()
        pairs = list(zip(contract.source.origin.loc[named.index, "file"], named, strict=True))
        of_file = dict(pairs) | {file: name for file, name in pairs if PurePath(file).stem == name}
        workspace = cls(typed=typed, vocabularies=vocabularies, log=log, of_file=of_file)
        for name, one in typed.items():
            frame = one.frame.loc[one.accepted()].copy()
            frame["_contrat"] = workspace.contracts_of(one, frame.index)
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

    def named_contracts(self) -> pd.Series:
        """The contracts that may be named: those typed, refused or not, and those of files in which something is wrong.

        A workbook is named after its contract: one that cannot be read, or does not say its identifier, is one still.
        """
        files = pd.concat(
            [
                *(one.source.origin["file"].drop_duplicates() for one in self.typed.values()),
                errors(self.log.frame())["file"],
            ]
        )
        stems = _contracts_of(files.drop_duplicates())
        named = pd.concat([self.declared(CONTRACT_SHEET)["contrat_id"], stems[stems != ""]], ignore_index=True)
        return named.drop_duplicates()

    def refused_keys(self) -> dict[str, set[str]]:
        """The identifiers of the rows refused so far, by table, as far as they were typed.

        An action is known by its contract and number too, as in « alpes 2.1 ».
        """
        found: dict[str, set[str]] = {}
        for rows in self.rows.values():
            frame = rows.typed.frame.loc[sorted(rows.typed.refused)]
            names = found.setdefault(rows.table.name, set())
            if rows.table.key in frame:
                names.update(frame[rows.table.key].dropna().tolist())
            if "numero" in frame:
                numbers = self.contracts_of(rows.typed, frame.index) + " " + frame["numero"].str.lower()
                names.update(numbers.dropna().tolist())
        return found

    def contracts_of(self, typed: Typed, rows: pd.Index) -> pd.Series:
        """The contract of the workbook of each row, "" for a row of no contract's."""
        files = typed.source.origin.loc[rows, "file"]
        contracts: pd.Series = files.map(self.of_file).astype("str").fillna(_contracts_of(files))
        return contracts

    def draw_along(self, rows: Rows, lost: pd.Index, label: str) -> None:
        """Sets aside rows that point at a refused one, and says so."""
        self.log.add("ligne-entrainee", rows.typed.source.cells(lost, label))
        rows.typed.refused.update(lost.tolist())

    def drop_refused(self) -> None:
        """Leaves out, everywhere, the rows refused since."""
        for rows in self.rows.values():
            rows.drop_refused()


def in_contract(files: pd.Series) -> pd.Series:
    """Whether each file is a contract's workbook, and not the national one or a list."""
    return files.str.startswith(f"{CONTRACTS_FOLDER}/")


def _contracts_of(files: pd.Series) -> pd.Series:
    """The contract that each file is named after, "" for one that is no contract's."""
    return on_distinct(files.where(in_contract(files), ""), lambda file: PurePath(file).stem).astype("str")
