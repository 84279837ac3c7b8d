"""Reads a folder of sources: every sheet of every file, gathered by kind of sheet, each row with its address.

Belongs here: which files make up the sources, and whether their sheets and columns are the declared ones.
Does not belong here: what the cells mean (``parse``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.curation.issues import IssueLog, nearest, place, suggestion
from pipelines.sheets.cells import CellKind, LabelledRows
from pipelines.sheets.files import UnreadableFileError, digest, read_grids, workbooks
from pipelines.sheets.labels import Labelled, find_sheet, label
from schemas.declaration import Sheet
from schemas.registry import sheets as declared_sheets

CONTRACTS_FOLDER = "contrats"
NATIONAL = "national"
REFERENCES_FOLDER = "referentiels"
CONTRACT_SHEET = "Contrat"


@dataclass
class Gathered:
    """All rows of one kind of sheet.

    ``text`` (str, "" where blank) and ``kind`` (int8): one column per label of the sheet; ``origin``: file, sheet,
    row, sha256. The three share one RangeIndex. ``letters``: the column letter of each label, by file.
    """

    sheet: Sheet
    text: pd.DataFrame
    kind: pd.DataFrame
    origin: pd.DataFrame
    letters: dict[str, dict[str, str]] = field(default_factory=dict)

    def cells(self, rows: pd.Index | np.ndarray | list[int], labels: str) -> pd.DataFrame:
        """The places (see `issues.place`) of one label's cells in these rows."""
        origin = self.origin.loc[rows]
        letter = origin["file"].map({name: found.get(labels, "") for name, found in self.letters.items()})
        cell = (letter + origin["row"].astype("str")).where(letter != "", "")
        value = self.text.loc[rows, labels] if labels in self.text else pd.Series("", index=origin.index)
        return pd.DataFrame(
            {
                "file": origin["file"],
                "sheet": origin["sheet"],
                "cell": cell,
                "row": origin["row"],
                "column": labels,
                "value": value,
            }
        )

    def rows_at(self, rows: pd.Index | np.ndarray | list[int], value: str = "") -> pd.DataFrame:
        """The places of whole rows, at the first column of the sheet."""
        return self.cells(rows, self.sheet.fields[0].label).assign(column="", value=value)

    def where(self, index: int) -> str:
        """« contrats/alpes.xlsx, Actions, ligne 4 »."""
        origin = self.origin.loc[index]
        return f"{origin['file']}, {origin['sheet']}, ligne {origin['row']}"


@dataclass
class Sources:
    """A folder of sources as read: rows by kind of sheet, and the files with their digests."""

    root: Path
    sheets: dict[str, Gathered]
    files: pd.DataFrame
    issues: IssueLog


def _read_file(
    path: Path, name: str, sheets: dict[str, Sheet], log: IssueLog
) -> list[tuple[Sheet, LabelledRows]] | None:
    """The declared sheets of a file, None when it cannot be read."""
    try:
        grids = read_grids(path)
    except UnreadableFileError as error:
        log.add("fichier-illisible", place(name, value=path.name), expected=error.reason)
        return None
    found = []
    for grid in grids:
        sheet = find_sheet(grid.sheet, sheets)
        if sheet is None:
            if grid.sheet not in IGNORED_SHEETS:
                close = suggestion(nearest(grid.sheet, list(sheets), limit=1, cutoff=80))
                log.add("feuille-inconnue", place(name, grid.sheet, value=grid.sheet), near=close)
            continue
        labelled = label(grid, sheet)
        _report_headers(labelled, name, sheet, grid.sheet, log)
        if labelled.rows is not None:
            found.append((sheet, labelled.rows))
    return found


IGNORED_SHEETS = frozenset({"Lisez-moi", "Listes"})
"""Sheets of a workbook that are there for the person who fills it."""


def _report_headers(labelled: Labelled, file: str, sheet: Sheet, shown: str, log: IssueLog) -> None:
    labels = [item.label for item in sheet.fields]
    if labelled.rows is None:
        log.add("entete-introuvable", place(file, shown, value=shown), expected=", ".join(labels))
        return
    row = labelled.rows.header_row
    for cell, header in labelled.unknown:
        close = suggestion(nearest(header, labels, limit=1, cutoff=75)) if header else ""
        log.add(
            "colonne-inconnue", place(file, shown, cell, row, header, header), expected=", ".join(labels), near=close
        )
    for cell, header in labelled.doubled:
        log.add("colonne-doublee", place(file, shown, cell, row, header, header))
    for missing in labelled.missing:
        log.add("colonne-absente", place(file, shown, "", row, missing, missing))


def gather(rows: Iterable[tuple[Sheet, str, str, LabelledRows]]) -> dict[str, Gathered]:
    """Joins the rows (sheet, file, digest, labelled rows) of each kind of sheet under one index, in order of file."""
    by_sheet: dict[str, list[tuple[str, str, LabelledRows]]] = {name: [] for name in declared_sheets()}
    for sheet, file, sha256, labelled in rows:
        by_sheet[sheet.name].append((file, sha256, labelled))
    return {name: _join(declared_sheets()[name], parts) for name, parts in by_sheet.items()}


def _join(sheet: Sheet, parts: list[tuple[str, str, LabelledRows]]) -> Gathered:
    labels = [item.label for item in sheet.fields]
    texts = [part.text.reindex(columns=labels, fill_value="") for _, _, part in parts]
    kinds = [part.kind.reindex(columns=labels, fill_value=int(CellKind.EMPTY)) for _, _, part in parts]
    origins = [
        pd.DataFrame({"file": file, "sheet": sheet.name, "row": part.text.index, "sha256": sha256})
        for file, sha256, part in parts
        if len(part.text)
    ]
    blank = pd.DataFrame({"file": [], "sheet": [], "row": [], "sha256": []}).astype(
        {"file": "str", "sheet": "str", "row": "int64", "sha256": "str"}
    )
    return Gathered(
        sheet=sheet,
        text=pd.concat(texts, ignore_index=True) if texts else pd.DataFrame(columns=labels, dtype="str"),
        kind=pd.concat(kinds, ignore_index=True) if kinds else pd.DataFrame(columns=labels, dtype="int8"),
        origin=pd.concat(origins, ignore_index=True) if origins else blank,
        letters={file: part.letters for file, _, part in parts},
    )


def read_sources(root: Path) -> Sources:
    """Reads ``contrats/``, ``national.*`` and ``referentiels/`` of a folder of sources."""
    log = IssueLog()
    in_workbook = {name: sheet for name, sheet in declared_sheets().items() if sheet.place == "classeur"}
    in_national = {name: sheet for name, sheet in in_workbook.items() if sheet.national}
    rows: list[tuple[Sheet, str, str, LabelledRows]] = []
    files: list[tuple[str, str, int]] = []

    def take(path: Path, sheets: dict[str, Sheet]) -> set[str] | None:
        name, sha256 = path.relative_to(root).as_posix(), digest(path)
        read = _read_file(path, name, sheets, log)
        files.append((name, sha256, sum(len(part.text) for _, part in read or ())))
        rows.extend((sheet, name, sha256, part) for sheet, part in read or ())
        return None if read is None else {sheet.name for sheet, _ in read}

    stems: dict[str, str] = {}
    for path in workbooks(root / CONTRACTS_FOLDER):
        name = path.relative_to(root).as_posix()
        if path.stem in stems:
            log.add("fichier-double", place(name, value=f"{stems[path.stem]}, {name}"))
        stems[path.stem] = name
        read = take(path, in_workbook)
        if read is not None and CONTRACT_SHEET not in read:
            labels = ", ".join(item.label for item in in_workbook[CONTRACT_SHEET].fields)
            log.add("feuille-absente", place(name, value=CONTRACT_SHEET), expected=labels)
    for path in workbooks(root):
        if path.stem == NATIONAL:
            take(path, in_national)
    for sheet in declared_sheets().values():
        if sheet.place != "referentiel":
            continue
        path = root / REFERENCES_FOLDER / f"{sheet.name}.csv"
        if path.is_file():
            take(path, {sheet.name: sheet})
        else:
            log.add("feuille-absente", place(f"{REFERENCES_FOLDER}/{sheet.name}.csv", value=path.name), expected="")
    return Sources(
        root=root,
        sheets=gather(rows),
        files=pd.DataFrame(files, columns=["file", "sha256", "rows"]).astype({"rows": "int64"}),
        issues=log,
    )
