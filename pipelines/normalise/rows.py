"""The state of a normalisation: the typed sheets, what is resolved so far, and the rows refused on the way.

Rules of one cell (names, references, lists, sources, zones, targets) read every row, so that all the mistakes of a row
come at once; what they fill is the accepted rows, and nothing else is ever keyed or published.

Belongs here: the working set that the steps share. Does not belong here: any step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.gather import CONTRACT_SHEET, Gathered
from pipelines.curation.issues import IssueLog
from pipelines.curation.parse import Typed, Vocabularies
from pipelines.curation.units import CONTRACTS_FOLDER
from pipelines.normalise.identity import natural_keys
from pipelines.normalise.keys import among
from pipelines.text import on_distinct
from pipelines.texts import as_arrow, as_series, cleaned
from schemas.declaration import Table
from schemas.registry import tables


@dataclass
class Rows:
    """The accepted rows of one sheet, with its table's columns as far as they are resolved, on the sheet's index.

    ``contracts``: the contract of the workbook of every row, the refused ones too, "" for the national one.
    ``faulty``: the refused rows whose cell was found wrong when it was typed, by label.
    """

    typed: Typed
    table: Table
    frame: pd.DataFrame
    contracts: pd.Series
    faulty: dict[str, pd.Index] = field(default_factory=dict)
    keys: pd.DataFrame = field(default_factory=pd.DataFrame)

    def text(self, label: str) -> pd.Series:
        """What the cells of every row say, cleaned; "" for a cell that was found wrong: it is not judged twice."""
        text = cleaned(self.typed.source.text[label])
        return text.mask(text.index.isin(self.faulty[label]), "") if label in self.faulty else text

    def judged(self, rows: pd.Index, label: str) -> pd.Index:
        """Those of the rows that have this cell, unless it was found wrong already: a blank one may be told."""
        if not len(rows):
            return rows
        source = self.typed.source
        bare = [file for file, letters in source.letters.items() if label not in letters]
        rows = rows[~source.origin.loc[rows, "file"].isin(bare).to_numpy()]
        return rows.difference(self.faulty[label]) if label in self.faulty else rows

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
        """The contract of the workbook of each accepted row, "" for the national one."""
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
        """Takes the rows of every sheet and gives each the contract of its workbook."""
        contract = typed[CONTRACT_SHEET]
        # Also from a refused row: one wrong cell of a contract must not set its other sheets adrift.
        named = contract.frame["contrat_id"].dropna()
        pairs = list(zip(contract.source.origin.loc[named.index, "file"], named, strict=True))
        of_file = dict(pairs) | {file: name for file, name in pairs if PurePath(file).stem == name}
        workspace = cls(typed=typed, vocabularies=vocabularies, log=log, of_file=of_file)
        wrong = log.errors()
        for name, one in typed.items():
            contracts = workspace.contracts_of(one, one.frame.index)
            workspace.rows[name] = Rows(
                typed=one,
                table=tables()[one.sheet.table],
                frame=_with_contracts(one, one.accepted(), contracts),
                contracts=contracts,
                faulty=_faulty(one, wrong),
            )
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
                self.log.errors()["file"],
            ]
        )
        stems = _contracts_of(files.drop_duplicates())
        named = pd.concat([self.declared(CONTRACT_SHEET)["contrat_id"], stems[stems != ""]], ignore_index=True)
        return named.drop_duplicates()

    def refused_keys(self) -> dict[str, set[str]]:
        """The identifiers of the rows refused so far, by table, as far as they were typed or the registry knows them.

        An action is known by its contract and number too, as in « alpes 2.1 ».
        """
        found: dict[str, set[str]] = {}
        registry = self.rows["identifiants"].frame
        for rows in self.rows.values():
            names = found.setdefault(rows.table.name, set())
            if not rows.typed.refused:
                continue
            refused = pd.Index(sorted(rows.typed.refused))
            frame = _with_contracts(rows.typed, refused, rows.contracts)
            if rows.table.key in frame:
                names.update(frame[rows.table.key].dropna().tolist())
            if rows.table.natural_key:
                known = registry[registry["table_code"] == rows.table.name]
                borne = among(known["cle_naturelle"], natural_keys(frame, rows.table))
                names.update(known.loc[borne, "ligne_id"].tolist())
            if "numero" in frame:
                numbers = frame["_contrat"] + " " + frame["numero"].str.lower()
                names.update(numbers.dropna().tolist())
        return found

    def contracts_of(self, typed: Typed, rows: pd.Index) -> pd.Series:
        """The contract of the workbook of each row, "" for a row of no contract's."""
        coded = as_arrow(typed.source.origin["file"].loc[rows]).dictionary_encode()
        files = pd.Series(coded.dictionary.to_pylist(), dtype="str")
        contracts = files.map(self.of_file).astype("str").fillna(_contracts_of(files))
        return as_series(as_arrow(contracts).take(coded.indices), rows)

    def draw_along(self, rows: Rows, lost: pd.Index, label: str) -> None:
        """Sets aside rows that point at a refused one, and says so."""
        self.log.add("ligne-entrainee", rows.typed.source.cells(lost, label))
        rows.typed.refused.update(lost.tolist())

    def drop_refused(self) -> None:
        """Leaves out, everywhere, the rows refused since."""
        for rows in self.rows.values():
            rows.drop_refused()


def _with_contracts(one: Typed, rows: pd.Index, contracts: pd.Series) -> pd.DataFrame:
    """A copy of these rows, each with the contract of its workbook."""
    frame = one.frame.copy(deep=False) if len(rows) == len(one.frame) else one.frame.loc[rows]
    frame["_contrat"] = contracts
    columns = [column.name for column in tables()[one.sheet.table].columns]
    if one.sheet.scoped and not one.sheet.single and "contrat_id" in columns:
        frame["contrat_id"] = frame["_contrat"].where(frame["_contrat"] != "")
    return frame


def _faulty(one: Typed, wrong: pd.DataFrame) -> dict[str, pd.Index]:
    """The refused rows of a sheet by the label of each of their cells that an error was reported of."""
    if not one.refused or wrong.empty:
        return {}
    origin = one.source.origin.loc[sorted(one.refused), ["file", "sheet", "row"]]
    told = origin.reset_index(names="_index").merge(wrong.loc[wrong["cell"] != "", ["file", "sheet", "row", "column"]])
    return {str(label): pd.Index(rows.unique()) for label, rows in told.groupby("column")["_index"]}


def addresses(source: Gathered, rows: pd.Index) -> pd.Series[str]:
    """`Gathered.where` of each of these rows."""
    origin = source.origin.loc[rows]
    parts = [as_arrow(origin["file"]), as_arrow(origin["sheet"]), as_arrow("ligne " + origin["row"].astype("str"))]
    return as_series(pc.binary_join_element_wise(*parts, pa.scalar(", ", pa.large_string())), rows)


def in_contract(files: pd.Series) -> pd.Series:
    """Whether each file is a contract's workbook, and not the national one or a list."""
    return files.str.startswith(f"{CONTRACTS_FOLDER}/")


def _contracts_of(files: pd.Series) -> pd.Series:
    """The contract that each file is named after, "" for one that is no contract's."""
    return on_distinct(files.where(in_contract(files), ""), lambda file: PurePath(file).stem).astype("str")
