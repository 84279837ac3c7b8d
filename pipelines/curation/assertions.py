"""The least and the most rows that each published table may have (``sources/assertions.csv``).

They guard a release against shrinking or swelling: facts about this dataset, not about its schema, and so typed by
hand. A folder of sources without the file asserts nothing.

Belongs here: reading the file, with its mistakes at their cells. Does not belong here: counting (``normalise.checks``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.curation.issues import IssueLog, nearest, place, suggestion
from pipelines.sheets.cells import LabelledRows
from pipelines.sheets.files import UnreadableFileError, read_grids
from pipelines.sheets.guard import outside
from pipelines.sheets.labels import label
from pipelines.text import clean, on_distinct
from schemas.assertions import MAXIMUM, MINIMUM, SHEET, TABLE
from schemas.registry import tables

FILE = f"{SHEET.name}.csv"
COLUMNS = ("table", "minimum", "maximum")


def read_assertions(root: Path, log: IssueLog) -> pd.DataFrame:
    """The bounds of each table, one row a table: ``table`` (str), ``minimum`` and ``maximum`` (Int64, may be blank)."""
    path = root / FILE
    if not path.is_file():
        return _bounds({})
    try:
        if outside(path, root):
            raise UnreadableFileError(path, "le fichier est un lien qui mène hors du dossier", code="lien-hors-dossier")
        labelled = label(read_grids(path)[0], SHEET)
    except UnreadableFileError as error:
        log.add(error.code, place(FILE, value=FILE), expected=error.reason)
        return _bounds({})
    rows = labelled.rows
    if rows is None or labelled.missing:
        labels = ", ".join(item.label for item in SHEET.fields)
        log.add("entete-introuvable", place(FILE, SHEET.name, value=FILE), expected=labels)
        return _bounds({})
    text = rows.text.apply(lambda column: on_distinct(column, clean)).astype("str")
    sound = _known_tables(text, rows, log)
    numbers = {}
    for name in (MINIMUM, MAXIMUM):
        whole = text[name].str.fullmatch(r"[0-9]{1,9}").astype(bool)
        wrong = text.index[~whole & (text[name] != "")]
        log.add("nombre-non-entier", _cells(text, rows, wrong, name))
        numbers[name] = pd.to_numeric(text[name].where(whole)).astype("Int64")
    crossed = text.index[(numbers[MINIMUM] > numbers[MAXIMUM]).fillna(False).astype(bool)]
    least = ("au moins " + text.loc[crossed, MINIMUM]).tolist()
    log.add("hors-bornes", _cells(text, rows, crossed, MAXIMUM), expected=least)
    return _bounds({"table": text[TABLE], "minimum": numbers[MINIMUM], "maximum": numbers[MAXIMUM]})[sound.to_numpy()]


def _known_tables(text: pd.DataFrame, rows: LabelledRows, log: IssueLog) -> pd.Series:
    """Which rows name a table, for the first time; the others are reported."""
    known = text[TABLE].isin(list(tables()))
    wrong = text.index[~known]
    near = [suggestion(nearest(name, list(tables()), limit=1)) for name in text.loc[wrong, TABLE]]
    log.add("code-inconnu", _cells(text, rows, wrong, TABLE), expected="table", near=near)
    again = text[TABLE].duplicated() & known
    first = text[TABLE].drop_duplicates().reset_index().set_index(TABLE)["index"]
    where = [f"{FILE}, ligne {first[name]}" for name in text.loc[again, TABLE]]
    log.add("ligne-doublee", _cells(text, rows, text.index[again], TABLE), expected=where)
    return known & ~again


def _cells(text: pd.DataFrame, rows: LabelledRows, at: pd.Index, name: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": FILE,
            "sheet": SHEET.name,
            "cell": rows.letters[name] + at.astype("str"),
            "row": at,
            "column": name,
            "value": text.loc[at, name].to_numpy(),
        }
    )


def _bounds(columns: dict[str, pd.Series]) -> pd.DataFrame:
    found = pd.DataFrame({name: columns.get(name, pd.Series(dtype="Int64")) for name in COLUMNS})
    return found.astype({"table": "str", "minimum": "Int64", "maximum": "Int64"}).reset_index(drop=True)
