"""Reads files of sources: every sheet of every file, gathered by kind of sheet, each row with its address.

Belongs here: whether the sheets and columns of a file are the declared ones, and the rows under them. Does not belong
here: which files make up the sources (``units``), what the cells mean (``parse``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipelines.curation.issues import HALVED, IssueLog, nearest, place, suggestion
from pipelines.curation.units import Unit, list_units, report_folder, workbook_units
from pipelines.garbage import rarely_collected
from pipelines.progress import file_read
from pipelines.sheets.annotations import REPORT_SHEETS
from pipelines.sheets.cells import CellKind, LabelledRows
from pipelines.sheets.columns import end_to_end, repeated
from pipelines.sheets.examples import altered, split_examples
from pipelines.sheets.files import UnreadableFileError, digest, read_file
from pipelines.sheets.guard import outside
from pipelines.sheets.labels import Labelled, find_sheet, label
from schemas.declaration import Sheet
from schemas.registry import sheets as declared_sheets

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.sheets.columns import Texts

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

    def without_rows(self) -> Gathered:
        """The same kind of sheet, of no file."""
        return replace(
            self,
            text=self.text.head(0).copy(),
            kind=self.kind.head(0).copy(),
            origin=self.origin.head(0).copy(),
            letters={},
            corrected={},
            refused=set(),
            from_1904=frozenset(),
        )

    @staticmethod
    def joined(parts: Sequence[Gathered], rows: np.ndarray, files: Sequence[Collection[str]]) -> Gathered:
        """These rows of several, one after the other, of these ``files`` of each; none of them corrected yet."""
        taken = list(zip(parts, files, strict=True))
        letters: dict[str, dict[str, str]] = {}
        for part, held in taken:
            theirs = dict(part.letters)
            for file in theirs.keys() - held:
                del theirs[file]
            letters |= theirs
        return Gathered(
            sheet=parts[0].sheet,
            text=stacked([part.text for part in parts], rows),
            kind=stacked([part.kind for part in parts], rows),
            origin=stacked([part.origin for part in parts], rows),
            letters=letters,
            refused=moved([part.refused for part in parts], [len(part.text) for part in parts], rows),
            from_1904=frozenset(file for part, held in taken for file in part.from_1904 if file in held),
        )


def stacked(frames: Sequence[pd.DataFrame], rows: np.ndarray) -> pd.DataFrame:
    """These rows of frames of the same columns and types, one after the other, under one RangeIndex."""
    filled = [frame for frame in frames if len(frame)]
    ends = np.cumsum([len(frame) for frame in filled])
    cuts = np.flatnonzero((rows[1:] != rows[:-1] + 1) | np.isin(rows[1:], ends)) + 1
    if len(rows) and len(cuts) < _MOST_RUNS:
        pieces = [_piece(filled, ends, run) for run in np.split(rows, cuts)]
    else:
        whole = pd.concat(filled, ignore_index=True) if len(filled) > 1 else (filled or list(frames))[0]
        pieces = [whole.take(rows)]
    return pieces[0].reset_index(drop=True) if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


def _piece(frames: Sequence[pd.DataFrame], ends: np.ndarray, run: np.ndarray) -> pd.DataFrame:
    """The rows of a run, which are all of one frame."""
    place = int(np.searchsorted(ends, run[0], side="right"))
    start = ends[place] - len(frames[place])
    return frames[place].iloc[run[0] - start : run[-1] + 1 - start]


_MOST_RUNS = 32
"""How many slices of frames are joined as they are, their texts where they stand, rather than row by row."""


def moved(marked: Sequence[Collection[int]], lengths: Sequence[int], rows: np.ndarray) -> set[int]:
    """Where the marked rows of several frames are among these rows of the frames, one after the other."""
    starts = np.cumsum([0, *lengths])
    places = [row + int(start) for start, some in zip(starts, marked, strict=False) for row in some]
    return set(np.flatnonzero(np.isin(rows, places)).tolist()) if places else set()


@dataclass
class Sources:
    """Files of sources as read: rows by kind of sheet, and the files (file, sha256, rows), in the order of reading.

    ``unread``: those that could not be read, whether or not a copy took their place.
    """

    sheets: dict[str, Gathered]
    files: pd.DataFrame
    issues: IssueLog
    unread: frozenset[str] = frozenset()


def _read_file(
    path: Path, root: Path, sheets: dict[str, Sheet], log: IssueLog
) -> tuple[str, list[tuple[Sheet, LabelledRows]] | None]:
    """The digest of a file of the folder ``root`` and its declared sheets, None when it cannot be read."""
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
        return digest(path), None
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
    return reading.sha256, found


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
        close = suggestion(nearest(header, labels, limit=1, cutoff=75))
        log.add(
            "colonne-inconnue", place(file, shown, cell, row, header, header), expected=", ".join(labels), near=close
        )
    for number, cell, text in labelled.outside:
        header_cell = f"{cell.rstrip('0123456789')}{row}"
        log.add("cellule-hors-tableau", place(file, shown, cell, number, "", text), expected=header_cell)
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
    counts = np.array([len(part) for _, _, part in parts], dtype=np.int64)
    ends = np.cumsum([0, *counts])
    kind = np.full((ends[-1], len(labels)), int(CellKind.EMPTY), dtype=np.int8, order="F")
    filled = [(start, end, part) for start, end, (_, _, part) in zip(ends, ends[1:], parts, strict=False) if len(part)]
    for start, end, part in filled:
        kind[start:end, [labels.index(name) for name in part.labels]] = part.kinds
    origin = {
        "file": repeated([file for file, _, _ in parts], counts),
        "sheet": repeated([sheet.name], ends[-1:]),
        "row": np.concatenate([np.empty(0, dtype=np.int64), *(part.numbers for _, _, part in parts)]),
        "sha256": repeated([sha256 for _, sha256, _ in parts], counts),
    }
    columns = [(dict(zip(part.labels, part.columns, strict=True)), len(part)) for _, _, part in filled]

    def texts(name: str) -> Iterator[Texts]:
        return (own[name] if name in own else [""] * rows for own, rows in columns)

    return Gathered(
        sheet=sheet,
        text=_frame({name: end_to_end(texts(name)) for name in labels}),
        kind=pd.DataFrame(kind, columns=labels),
        origin=_frame(origin),
        letters=_shared({file: part.letters for file, _, part in parts}),
        from_1904=frozenset(file for file, _, part in parts if part.from_1904),
    )


def _shared(letters: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The same: thousands of files have the columns of the template, and share them, here and where they are stored."""
    same: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    return {file: same.setdefault(tuple(one.items()), one) for file, one in letters.items()}


def _frame(columns: Mapping[str, pa.LargeStringArray | np.ndarray]) -> pd.DataFrame:
    """Texts as they are, without a copy; numbers as ``int64``."""
    return pd.DataFrame(
        {
            name: column if isinstance(column, np.ndarray) else pd.array(column, dtype="str")
            for name, column in columns.items()
        }
    )


def refuse_halves(sheets: Mapping[str, Gathered], log: IssueLog) -> None:
    """Refuses the rows of a sheet with a column missing or twice: published, they would say less than was typed.

    What a partial release asks for; a strict one is refused as a whole.
    """
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


@dataclass(frozen=True)
class Fallback:
    """Where an unreadable workbook is taken from instead: the sheets that the last release keeps."""

    folder: Path
    version: str


@rarely_collected()
def read_units(
    units: Iterable[Unit], root: Path, *, partial: bool = False, fallback: Fallback | None = None
) -> Sources:
    """Reads files of the folder ``root``.

    ``partial``: an unreadable workbook is replaced by the copy of ``fallback``, else left out, and either is said.
    """
    log = IssueLog()
    rows: list[tuple[Sheet, str, str, LabelledRows]] = []
    files: list[tuple[str, str, int]] = []
    unread = []
    for unit in units:
        name = unit.name
        sha256, read = _read_file(unit.path, root, unit.sheets, log)
        if read is None:
            unread.append(name)
        if read is None and partial and unit.replaceable:
            instead = fallback.folder / name if fallback is not None else None
            if fallback is not None and instead is not None and instead.exists():
                sha256, read = _read_file(instead, fallback.folder, unit.sheets, log)
            if fallback is not None and read is not None:
                log.add("version-precedente-reprise", place(name, value=unit.path.name), expected=fallback.version)
            else:
                log.add("fichier-laisse-de-cote", place(name, value=unit.path.name))
        if read is not None and unit.of_contract and CONTRACT_SHEET not in {sheet.name for sheet, _ in read}:
            labels = ", ".join(item.label for item in unit.sheets[CONTRACT_SHEET].fields)
            log.add("feuille-absente", place(name, value=CONTRACT_SHEET), expected=labels)
        parts = _without_examples(read or [], name, log)
        files.append((name, sha256, sum(len(part) for _, part in parts)))
        rows.extend((sheet, name, sha256, part) for sheet, part in parts)
    table = pd.DataFrame(files, columns=["file", "sha256", "rows"])
    table = table.astype({"file": "str", "sha256": "str", "rows": "int64"})
    return Sources(gather(rows), table, log, frozenset(unread))


def read_sources(root: Path, *, partial: bool = False, fallback: Fallback | None = None) -> Sources:
    """Reads a whole folder of sources; see `read_units` for ``partial`` and ``fallback``."""
    units = [*workbook_units(root), *list_units(root)]
    sources = read_units(units, root, partial=partial, fallback=fallback)
    report_folder(root, sources.issues)
    if partial:
        refuse_halves(sources.sheets, sources.issues)
    return sources
