"""Corrections (``sources/corrections.csv``): what is read in place of what a sheet says, and why.

A correction names a cell (file, sheet, row, column), the value that it expects there, the one that replaces it, and
the reason. It is applied to the gathered text, before anything is typed: the corrected value is what gets checked. One
that finds no cell, or a cell that says something else by now, is refused with an error at its own row, and leaves the
sheet as it is.

Belongs here: finding the cells, comparing, replacing. Does not belong here: reading the file (``gather``), typing it
and publishing it (a sheet and a table like any other).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePosixPath

import pandas as pd

from pipelines.curation.gather import Gathered
from pipelines.curation.issues import IssueLog, nearest, suggestion
from pipelines.curation.values import parse_date, parse_number
from pipelines.sheets.cells import CellKind
from pipelines.sheets.labels import find_sheet, label_index
from pipelines.text import clean, fold, on_distinct
from schemas.declaration import Cell, Sheet
from schemas.registry import tables

SHEET = "corrections"
_FILE, _SHEET, _ROW, _COLUMN = "Fichier", "Feuille", "Ligne visée", "Colonne visée"
_EXPECTED, _NEW, _REASON = "Valeur attendue", "Valeur corrigée", "Motif"

Keys = Callable[[], Mapping[str, pd.Series]]
"""The identifiers that rows of each sheet (by name) get when their cell is blank, on the index of the sheet."""


def apply_corrections(
    sheets: Mapping[str, Gathered], log: IssueLog, keys: Keys = dict, among: Collection[str] | None = None
) -> None:
    """Applies the corrections to the texts of ``sheets``, in place, and reports those that are refused.

    ``among``: only those that aim at these sheets, and those that aim at none; by default all. The file, the sheet and
    the column of an applied correction are put in their canonical spelling. A refused one goes to ``refused`` of the
    corrections' own sheet. ``keys`` is asked only for a row named by an identifier that no cell holds.
    """
    corrections = sheets[SHEET]
    if corrections.text.empty:
        return
    wanted = corrections.text.apply(lambda column: on_distinct(column, clean)).astype("str")
    wanted = wanted[(wanted[[_FILE, _SHEET, _ROW, _COLUMN, _REASON]] != "").all(axis=1)]
    others = {name: sheet.sheet for name, sheet in sheets.items() if name != SHEET}
    names = on_distinct(wanted[_SHEET], lambda text: _name_of(text, others)).astype("str")
    astray = names.index[names.isna()].difference(sorted(corrections.refused))
    _refuse(corrections, log, astray, _SHEET, "feuille", others)
    names = names[names.isin(list(others if among is None else among))]
    found = [
        _located(corrections, wanted.loc[rows.index], sheets[str(name)], log, keys)
        for name, rows in names.groupby(names, sort=True)
    ]
    for target, cells in found:
        _replace(corrections, wanted, target, cells, log)


def aimed_at(sheets: Mapping[str, Gathered]) -> set[str]:
    """The sheets that the corrections name, among those that can be corrected."""
    others = {name: sheet.sheet for name, sheet in sheets.items() if name != SHEET}
    said = sheets[SHEET].text[_SHEET].unique() if _SHEET in sheets[SHEET].text else ()
    return {name for text in said if (name := _name_of(clean(text), others)) is not None}


def _name_of(text: str, sheets: dict[str, Sheet]) -> str | None:
    sheet = find_sheet(text, sheets)
    return None if sheet is None else sheet.name


def _refuse(
    corrections: Gathered, log: IssueLog, rows: pd.Index, label: str, what: str, among: Iterable[str] = ()
) -> None:
    """The locator of these corrections finds no ``what``."""
    if not len(rows):
        return
    places = corrections.cells(rows, label)
    near = [suggestion(nearest(value, list(among), limit=1)) for value in places["value"]]
    log.add("correction-sans-objet", places, expected=what, near=near)
    corrections.refused.update(rows.tolist())


def _file_key(name: str) -> str:
    """A file as a locator may name it: with or without its suffix, with either slash."""
    path = PurePosixPath(name.replace("\\", "/").removeprefix("sources/"))
    return str(path.with_suffix("") if path.suffix.lower() in (".xlsx", ".ods", ".csv") else path).casefold()


def _located(
    corrections: Gathered, wanted: pd.DataFrame, target: Gathered, log: IssueLog, keys: Keys
) -> tuple[Gathered, pd.DataFrame]:
    """The cells of one kind of sheet: ``row`` (of ``target``) and ``label``, on the index of the corrections."""
    files = {_file_key(file): file for file in target.letters}
    file = on_distinct(wanted[_FILE], lambda text: files.get(_file_key(text))).astype("str")
    _refuse(corrections, log, file.index[file.isna()], _FILE, "fichier lu", sorted(target.letters))
    labels = label_index(target.sheet)
    label = on_distinct(wanted[_COLUMN], lambda text: labels.get(fold(text))).astype("str")
    known = [item.label for item in target.sheet.fields]
    _refuse(corrections, log, label.index[label.isna() & file.notna()], _COLUMN, "colonne", known)
    both = wanted.index[file.notna() & label.notna()]
    row = _rows(target, file[both], wanted.loc[both, _ROW].str.lower(), keys)
    _refuse(corrections, log, row.index[row.isna()], _ROW, "ligne")
    cells = pd.DataFrame({"file": file[both], "label": label[both], "row": row}).dropna(subset=["row"])
    return target, cells.astype({"row": "int64"})


def _rows(target: Gathered, file: pd.Series, name: pd.Series, keys: Keys) -> pd.Series:
    """The row that each name stands for in its file: by its Identifiant, its number, or the identifier it will get."""
    own = _own_identifiers(target)
    numbers = target.origin["row"].astype("str")
    row = _match(target, own, file, name).fillna(_match(target, numbers, file, name))
    if row.isna().any():
        given = keys().get(target.sheet.name, pd.Series(dtype="str"))
        row = row.fillna(_match(target, given.reindex(target.origin.index).fillna(""), file, name))
    return row


def _own_identifiers(target: Gathered) -> pd.Series:
    key = tables()[target.sheet.table].key
    for item in target.sheet.fields:
        if isinstance(item, Cell) and item.column.name == key:
            return on_distinct(target.text[item.label], clean).astype("str").str.lower()
    return pd.Series("", index=target.text.index, dtype="str")


def _match(target: Gathered, names: pd.Series, file: pd.Series, name: pd.Series) -> pd.Series:
    """The row of that name in that file, missing when there is none or more than one."""
    known = pd.DataFrame({"file": target.origin["file"], "name": names, "row": names.index.astype("int64")})
    known = known[known["name"] != ""].drop_duplicates(["file", "name"], keep=False)
    asked = pd.DataFrame({"file": file, "name": name})
    return asked.reset_index().merge(known, on=["file", "name"], how="left").set_index("index")["row"]


def _replace(corrections: Gathered, wanted: pd.DataFrame, target: Gathered, cells: pd.DataFrame, log: IssueLog) -> None:
    """Compares each cell with what is expected of it, and writes the new value there."""
    doubled = cells.duplicated(["row", "label"], keep="first")
    first = cells[~doubled].reset_index().set_index(["row", "label"])["index"]
    again = cells[doubled]
    where = [corrections.where(int(row)) for row in first.loc[pd.MultiIndex.from_frame(again[["row", "label"]])]]
    log.add("ligne-doublee", corrections.cells(again.index, _ROW), expected=where)
    corrections.refused.update(again.index.tolist())
    for label, found in cells[~doubled].groupby("label", sort=True):
        present = target.text.loc[found["row"], str(label)].set_axis(found.index)
        kinds = target.kind.loc[found["row"], str(label)].set_axis(found.index)
        says = _says(present, kinds, wanted.loc[found.index, _EXPECTED])
        done = _says(present, kinds, wanted.loc[found.index, _NEW])
        idle, stale = found.index[done], found.index[~says & ~done]
        log.add("correction-sans-usage", corrections.cells(idle, _NEW))
        shown = on_distinct(present[stale], clean).map(lambda text: f"« {text} »" if text else "rien")
        log.add("correction-perimee", corrections.cells(stale, _EXPECTED), expected=shown.tolist())
        corrections.refused.update([*idle, *stale])
        applied = found.loc[found.index.difference([*idle, *stale], sort=True)]
        _write(corrections, wanted, target, applied, str(label))


def _write(corrections: Gathered, wanted: pd.DataFrame, target: Gathered, cells: pd.DataFrame, label: str) -> None:
    new = wanted.loc[cells.index, _NEW]
    target.text.loc[cells["row"], label] = new.to_numpy()
    kinds = (new != "").map({True: int(CellKind.TEXT), False: int(CellKind.EMPTY)})
    target.kind.loc[cells["row"], label] = kinds.to_numpy(dtype=target.kind[label].dtype)
    lines = [corrections.where(int(row)) for row in cells.index]
    target.corrected.update({(int(row), label): line for row, line in zip(cells["row"], lines, strict=True)})
    corrections.text.loc[cells.index, _FILE] = cells["file"].to_numpy()
    corrections.text.loc[cells.index, _SHEET] = target.sheet.name
    corrections.text.loc[cells.index, _COLUMN] = label


def _says(present: pd.Series, kinds: pd.Series, expected: pd.Series) -> pd.Series:
    """Whether cells say what is expected; a native number or date is compared by its value, however it is written."""
    same = on_distinct(present, clean).astype("str") == expected
    numbers = (kinds == CellKind.NUMBER) & (expected != "")
    wanted = on_distinct(expected[numbers], lambda text: parse_number(text).number)
    same[numbers] |= on_distinct(present[numbers], lambda text: parse_number(text, native=True).number) == wanted
    dates = (kinds == CellKind.DATE) & (expected != "")
    days = on_distinct(expected[dates], lambda text: parse_date(text).date)
    same[dates] |= on_distinct(present[dates], lambda text: parse_date(text).date) == days
    return same.astype(bool)
