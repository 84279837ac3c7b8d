"""Reads a folder of sources: every sheet of every file, gathered by kind of sheet, each row with its address.

Belongs here: which files make up the sources, and whether their sheets and columns are the declared ones.
Does not belong here: what the cells mean (``parse``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from string import ascii_uppercase

import numpy as np
import pandas as pd

from pipelines.curation.issues import HALVED, IssueLog, nearest, place, suggestion
from pipelines.progress import file_read
from pipelines.sheets.annotations import REPORT_SHEETS
from pipelines.sheets.cells import CellKind, LabelledRows
from pipelines.sheets.examples import altered, split_examples
from pipelines.sheets.files import (
    OTHER_SUFFIXES,
    WORKBOOK_SUFFIXES,
    UnreadableFileError,
    digest,
    ignored,
    read_file,
    workbooks,
)
from pipelines.sheets.guard import outside
from pipelines.sheets.labels import Labelled, find_sheet, label
from schemas.assertions import SHEET as ASSERTIONS
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
    row, sha256. The three share one RangeIndex. ``letters``: the column letter of each label, by file. ``corrected``:
    the cells (row, label) that a correction filled, with its place. ``refused``: rows refused before they are typed.
    ``from_1904``: the files that count their days from 1904.
    """

    sheet: Sheet
    text: pd.DataFrame
    kind: pd.DataFrame
    origin: pd.DataFrame
    letters: dict[str, dict[str, str]] = field(default_factory=dict)
    corrected: dict[tuple[int, str], str] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    from_1904: frozenset[str] = frozenset()

    def cells(self, rows: pd.Index | np.ndarray | list[int], labels: str) -> pd.DataFrame:
        """The places (see `issues.place`) of one label's cells; with a ``note`` once corrections filled some cells."""
        if not len(rows):
            return place("").head(0)
        origin = self.origin.loc[rows]
        letter = origin["file"].map({name: found.get(labels, "") for name, found in self.letters.items()})
        cell = (letter + origin["row"].astype("str")).where(letter != "", "")
        value = self.text.loc[rows, labels] if labels in self.text else pd.Series("", index=origin.index)
        found = pd.DataFrame(
            {
                "file": origin["file"],
                "sheet": origin["sheet"],
                "cell": cell,
                "row": origin["row"],
                "column": labels,
                "value": value,
            }
        )
        if self.corrected:
            by = pd.Series([self.corrected.get((int(row), labels), "") for row in origin.index], index=origin.index)
            found["note"] = (" Cette valeur vient d’une correction : " + by + ".").where(by != "", "")
        return found

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
    path: Path, root: Path, sheets: dict[str, Sheet], log: IssueLog
) -> list[tuple[Sheet, LabelledRows]] | None:
    """The declared sheets of a file of the folder ``root``, None when it cannot be read."""
    name = path.relative_to(root).as_posix()
    file_read(name)
    try:
        if outside(path, root):
            raise UnreadableFileError(path, "le fichier est un lien qui mène hors du dossier", code="lien-hors-dossier")
        reading = read_file(path)
    except UnreadableFileError as error:
        sheet_name = error.sheet or (error.path.stem if error.path != path else "")
        row = int(error.cell.lstrip(ascii_uppercase) or 0)
        log.add(error.code, place(name, sheet_name, error.cell, row, value=path.name), expected=error.reason)
        return None
    for notice in reading.notices:
        log.add(notice.code, place(name, value=notice.value))
    found: list[tuple[Sheet, LabelledRows]] = []
    for grid in reading.grids:
        sheet = find_sheet(grid.sheet, sheets)
        if sheet is None:
            if grid.sheet not in IGNORED_SHEETS:
                close = suggestion(nearest(grid.sheet, list(sheets), limit=1, cutoff=80))
                log.add("feuille-inconnue", place(name, grid.sheet, value=grid.sheet), near=close)
            continue
        if any(one is sheet for one, _ in found):
            log.add("feuille-doublee", place(name, grid.sheet, value=grid.sheet), expected=sheet.name)
            continue
        labelled = label(grid, sheet)
        _report_headers(labelled, name, sheet, grid.sheet, log)
        if labelled.rows is not None:
            _report_merged(labelled.rows, name, grid.sheet, log)
            found.append((sheet, labelled.rows))
    return found


def _report_merged(rows: LabelledRows, file: str, shown: str, log: IssueLog) -> None:
    for row, name, area in rows.merged:
        log.add("cellules-fusionnees", place(file, shown, area.partition(":")[0], row, name, area))


IGNORED_SHEETS = frozenset({"Lisez-moi", "Listes"}) | REPORT_SHEETS
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


def _without_examples(
    read: list[tuple[Sheet, LabelledRows]], name: str, log: IssueLog
) -> list[tuple[Sheet, LabelledRows]]:
    """The sheets of a file without the rows of example of a template; none of a template that nobody filled yet."""
    kept: list[tuple[Sheet, LabelledRows]] = []
    untouched: bool | None = None
    for sheet, rows in read:
        data, examples = split_examples(rows, sheet) if sheet.place == "classeur" else (rows, None)
        kept.append((sheet, data))
        if examples is None:
            continue
        untouched = untouched is not False
        first = sheet.fields[0].label
        for row in altered(examples, sheet):
            untouched = False
            cell, value = f"{rows.letters[first]}{row}", str(examples.at[row, first])
            log.add("exemple-modifie", place(name, sheet.name, cell, int(row), first, value))
    if untouched and not any(len(data) for _, data in kept):
        log.add("modele-vierge", place(name))
        return []
    return kept


def gather(rows: Iterable[tuple[Sheet, str, str, LabelledRows]]) -> dict[str, Gathered]:
    """Joins the rows (sheet, file, digest, labelled rows) of each kind of sheet under one index, in order of file."""
    by_sheet: dict[str, list[tuple[str, str, LabelledRows]]] = {name: [] for name in declared_sheets()}
    for sheet, file, sha256, labelled in rows:
        by_sheet[sheet.name].append((file, sha256, labelled))
    return {name: _join(declared_sheets()[name], parts) for name, parts in by_sheet.items()}


def _join(sheet: Sheet, parts: list[tuple[str, str, LabelledRows]]) -> Gathered:
    labels = [item.label for item in sheet.fields]
    ends = np.cumsum([0, *(len(part) for _, _, part in parts)])
    text = np.full((ends[-1], len(labels)), "", dtype=object)
    kind = np.full((ends[-1], len(labels)), int(CellKind.EMPTY), dtype=np.int8)
    for start, end, (_, _, part) in zip(ends, ends[1:], parts, strict=False):
        positions = [labels.index(name) for name in part.labels]
        text[start:end, positions], kind[start:end, positions] = part.texts, part.kinds
    counts = np.diff(ends)
    origin = {
        "file": np.repeat(np.array([file for file, _, _ in parts], dtype=object), counts),
        "sheet": np.repeat(np.array([sheet.name], dtype=object), ends[-1]),
        "row": np.concatenate([np.empty(0, dtype=np.int64), *(part.numbers for _, _, part in parts)]),
        "sha256": np.repeat(np.array([sha256 for _, sha256, _ in parts], dtype=object), counts),
    }
    return Gathered(
        sheet=sheet,
        text=pd.DataFrame(text, columns=labels, dtype="str"),
        kind=pd.DataFrame(kind, columns=labels),
        origin=pd.DataFrame(origin).astype({"file": "str", "sheet": "str", "row": "int64", "sha256": "str"}),
        letters={file: part.letters for file, _, part in parts},
        from_1904=frozenset(file for file, _, part in parts if part.from_1904),
    )


def _refuse_halves(sheets: dict[str, Gathered], log: IssueLog) -> None:
    """Refuses the rows of a sheet with a column missing or twice: published, they would say less than was typed."""
    issues = log.frame()
    halved = issues[issues["code"].isin(HALVED)]
    for file, shown in dict.fromkeys(zip(halved["file"], halved["sheet"], strict=True)):
        sheet = find_sheet(shown, declared_sheets())
        if sheet is not None:
            one = sheets[sheet.name]
            rows = one.origin.index[one.origin["file"] == file]
            line = "ligne " + one.origin.loc[rows, "row"].astype("str")
            log.add("ligne-entrainee", one.rows_at(rows).assign(value=line))
            one.refused.update(rows.tolist())


def _unread(root: Path, read: set[str]) -> Iterator[str]:
    """The files of sheets that stand among the sources and that nothing reads, by name.

    A workbook kept in a second format beside the one that is read is none of them.
    """
    for folder in (root, root / CONTRACTS_FOLDER, root / REFERENCES_FOLDER):
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            name = path.relative_to(root).as_posix()
            suffixes = {".csv"} if folder.name == CONTRACTS_FOLDER else {".csv", *WORKBOOK_SUFFIXES, *OTHER_SUFFIXES}
            sheet = path.suffix.lower() in suffixes and not path.is_dir() and not ignored(path)
            if sheet and name not in read and name != f"{ASSERTIONS.name}.csv":
                yield name


def _near_list(name: str) -> str:
    """The reference list that a file may have been meant to be."""
    if not name.startswith(f"{REFERENCES_FOLDER}/"):
        return ""
    lists = [sheet.name for sheet in declared_sheets().values() if sheet.place == "referentiel"]
    return suggestion(f"{near}.csv" for near in nearest(PurePosixPath(name).stem, lists, limit=1))


@dataclass(frozen=True)
class Fallback:
    """Where an unreadable workbook is taken from instead: the sheets that the last release keeps."""

    folder: Path
    version: str


def read_sources(root: Path, *, partial: bool = False, fallback: Fallback | None = None) -> Sources:
    """Reads ``contrats/``, ``national.*``, ``referentiels/`` and ``corrections.csv`` of a folder of sources.

    ``partial``: an unreadable workbook is replaced by the copy of ``fallback``, else left out, and either is said.
    """
    log = IssueLog()
    in_workbook = {name: sheet for name, sheet in declared_sheets().items() if sheet.place == "classeur"}
    in_national = {name: sheet for name, sheet in in_workbook.items() if sheet.national}
    rows: list[tuple[Sheet, str, str, LabelledRows]] = []
    files: list[tuple[str, str, int]] = []

    def take(path: Path, sheets: dict[str, Sheet]) -> set[str] | None:
        name, sha256 = path.relative_to(root).as_posix(), digest(path)
        read = _read_file(path, root, sheets, log)
        if read is None and partial and not name.startswith(f"{REFERENCES_FOLDER}/"):
            instead = fallback.folder / name if fallback is not None else None
            if fallback is not None and instead is not None and instead.exists():
                sha256, read = digest(instead), _read_file(instead, fallback.folder, sheets, log)
            if fallback is not None and read is not None:
                log.add("version-precedente-reprise", place(name, value=path.name), expected=fallback.version)
            else:
                log.add("fichier-laisse-de-cote", place(name, value=path.name))
        parts = _without_examples(read or [], name, log)
        files.append((name, sha256, sum(len(part) for _, part in parts)))
        rows.extend((sheet, name, sha256, part) for sheet, part in parts)
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
        if sheet.place == "corrections" and (root / f"{sheet.name}.csv").is_file():
            take(root / f"{sheet.name}.csv", {sheet.name: sheet})
        if sheet.place != "referentiel":
            continue
        path = root / REFERENCES_FOLDER / f"{sheet.name}.csv"
        if path.is_file():
            take(path, {sheet.name: sheet})
        else:
            log.add("feuille-absente", place(f"{REFERENCES_FOLDER}/{sheet.name}.csv", value=path.name), expected="")
    for name in _unread(root, {name for name, _, _ in files}):
        log.add("fichier-inattendu", place(name, value=PurePosixPath(name).name), near=_near_list(name))
    gathered = gather(rows)
    if partial:
        _refuse_halves(gathered, log)
    return Sources(
        root=root,
        sheets=gathered,
        files=pd.DataFrame(files, columns=["file", "sha256", "rows"]).astype({"rows": "int64"}),
        issues=log,
    )
