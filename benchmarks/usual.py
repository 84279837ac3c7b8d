"""The usual way with pandas: ``read_csv``, types, the Pandera model, ``to_csv``, ``to_parquet``.

Two of them: from the published file, where all is typed already, and from the sheets, where dates, amounts and codes
are as people type them. Belongs here: what one writes when pandas is all there is. Does not belong here: the least that
any program would do (``floors``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from benchmarks.apart import MeasureError
from benchmarks.floors import fresh
from benchmarks.steps import CHECKING, CSV, PARQUET, READING, kept
from benchmarks.watch import Watch
from pipelines import job
from pipelines.curation.models import table_model
from pipelines.curation.units import NATIONAL
from pipelines.curation.values import parse_date, parse_number
from pipelines.dtypes import DECIMAL_KINDS, empty, pandas_dtype
from pipelines.text import clean, fold
from schemas.declaration import Cell, Column, Kind, Table
from schemas.registry import tables, workbook_sheets

_Cells = dict[str, pd.Series]


def pandas_way(watch: Watch, release: str, table: str, tables_file: str, folder: str) -> dict[str, object]:
    """From the published CSV file of a table: nothing is left to understand."""
    declared, target = tables()[table], fresh(Path(folder))
    model = _ready_model(declared, kept(Path(tables_file))[0]["nomenclatures"])
    with watch.stage(READING):
        path = Path(release) / f"csv/{table}.csv"
        frame = _with_types(pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""]), declared)
    _validate_and_write(watch, frame, model, declared, target)
    return {"rows": len(frame)}


def pandas_from_sheets(watch: Watch, root: str, table: str, tables_file: str, folder: str) -> dict[str, object]:
    """From the sheets, as ours: a function for each kind of cell, called once for each text, the same table at the end.

    Raises:
        MeasureError: the table is not the published one: it is not the same work.
    """
    built, _ = kept(Path(tables_file))
    declared, target = tables()[table], fresh(Path(folder))
    sheet = next(one for one in workbook_sheets().values() if one.table == table)
    model, known = _ready_model(declared, built["nomenclatures"]), _spellings(built["nomenclatures"])
    with watch.stage(READING):
        found = [_texts(path).assign(contrat=path.parent.name) for path in Path(root).rglob(f"{sheet.name}.csv")]
        texts = pd.concat(found, ignore_index=True)
        cells: _Cells = {"contrat_id": texts["contrat"].where(texts["contrat"] != NATIONAL)}
        for item in sheet.fields:
            if isinstance(item, Cell):
                cells |= _typed(texts[item.label], item.column, known)
        frame = pd.DataFrame(cells)[[column.name for column in declared.published]]
        frame = _with_types(frame, declared).sort_values(declared.key, ignore_index=True)
    _validate_and_write(watch, frame, model, declared, target)
    if not frame.equals(built[table].astype(frame.dtypes)):
        raise MeasureError(f"La table {table} faite par pandas n’est pas celle qui est publiée.")
    return {"rows": len(frame)}


def _texts(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _with_types(frame: pd.DataFrame, declared: Table) -> pd.DataFrame:
    return frame.astype({column.name: pandas_dtype(column.kind) for column in declared.published})


def _ready_model(declared: Table, terms: pd.DataFrame) -> pa.DataFrameSchema:
    model = table_model(declared, job.codes_of(terms))
    model.validate(empty(declared), lazy=True)  # what Pandera imports late is not part of it
    return model


def _validate_and_write(
    watch: Watch, frame: pd.DataFrame, model: pa.DataFrameSchema, declared: Table, target: Path
) -> None:
    with watch.stage(CHECKING):
        model.validate(frame, lazy=True)
    with watch.stage(CSV):
        frame.to_csv(target / f"{declared.name}.csv", index=False)
    with watch.stage(PARQUET):
        frame.to_parquet(target / f"{declared.name}.parquet", compression="zstd", index=False)


# --- Cells ---------------------------------------------------------------------------------------------------------


def _spellings(terms: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The code of each folded spelling, by vocabulary."""
    found: dict[str, dict[str, str]] = {}
    for spelling in ("libelle", "code"):
        for name, text, code in zip(terms["nomenclature"], terms[spelling], terms["code"], strict=True):
            found.setdefault(name, {})[fold(text)] = code
    return found


def _typed(texts: pd.Series, column: Column, known: dict[str, dict[str, str]]) -> _Cells:
    """The published columns of a cell; each function is called once for each text."""
    if column.kind is Kind.DATE:
        dates = texts.map(cache(partial(parse_date, bound="end" if column.bound == "end" else "start")))
        parts = {"": "date", "_precision": "precision", "_texte": "wording"}
        return {f"{column.name}{end}": dates.map(_getter(name)) for end, name in parts.items()}
    if column.kind in DECIMAL_KINDS:
        return {column.name: texts.map(cache(lambda text: parse_number(text).number))}
    if column.kind is Kind.CODE:
        codes = known[column.vocabulary or ""]
        return {column.name: texts.map(cache(lambda text: codes.get(fold(text))))}
    return {column.name: texts.map(cache(lambda text: clean(text) or None))}


def _getter(name: str) -> Callable[[object], object]:
    return lambda value: getattr(value, name)
