"""What a published table must satisfy: its Pandera model, its natural key, its foreign keys.

Belongs here: checks of finished tables, as frames of failures that an asset check or a report can show.
Does not belong here: checks of cells (``pipelines.curation``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipelines.curation.models import failures, table_model
from pipelines.normalise.identity import natural_keys, natural_keys_differ
from pipelines.normalise.keys import rows_among
from schemas.declaration import ForeignKey, Table
from schemas.registry import tables as declared_tables

FAILURE_COLUMNS = ("table", "ligne_id", "colonne", "code", "valeur", "attendu")
Tables = Mapping[str, pd.DataFrame]


def check_table(table: Table, frames: Tables, codes: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """Every failure of one table, columns `FAILURE_COLUMNS`; empty when it is sound."""
    frame = frames[table.name]
    parts = [_model(table, frame, codes), _natural_key(table, frame)]
    parts += [_foreign_key(table, key, frames) for key in table.foreign_keys]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else sound()


def sound() -> pd.DataFrame:
    """No failure: a frame of no row with the columns `FAILURE_COLUMNS`."""
    return pd.DataFrame(columns=list(FAILURE_COLUMNS), dtype="str")


def check_bounds(table: Table, frames: Tables, assertions: pd.DataFrame) -> pd.DataFrame:
    """Whether a table has as many rows as it must (``assertions``: table, minimum, maximum); columns `FAILURE_COLUMNS`.

    Such a failure stands for the whole table: it names no row and no column.
    """
    count = len(frames[table.name])
    own = assertions[assertions["table"] == table.name]
    bounds = {"minimum": "au moins {} attendues", "maximum": "au plus {} attendues"}
    sides = {"minimum": own["minimum"] > count, "maximum": own["maximum"] < count}
    if not any(wrong.any() for wrong in sides.values()):
        return sound()
    broken = [
        {
            "table": table.name,
            "ligne_id": "",
            "colonne": "",
            "code": "table-hors-bornes",
            "valeur": str(count),
            "attendu": bounds[side].format(bound),
        }
        for side, wrong in sides.items()
        for bound in own.loc[wrong.fillna(False).astype(bool), side]
    ]
    return pd.DataFrame(broken, columns=list(FAILURE_COLUMNS), dtype="str")


def _failed(table: Table, frame: pd.DataFrame, column: str, code: str, expected: str) -> pd.DataFrame:
    shown = frame[column].astype("str").fillna("") if column in frame else ""
    return pd.DataFrame(
        {
            "table": table.name,
            "ligne_id": frame[table.key],
            "colonne": column,
            "code": code,
            "valeur": shown,
            "attendu": expected,
        }
    )


def _model(table: Table, frame: pd.DataFrame, codes: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    found = failures(table_model(table, codes, dict(zip(frame.columns, frame.dtypes, strict=True))), frame)
    if found.empty:
        return found
    by_row = found.dropna(subset=["row"])
    parts = [
        _failed(table, frame.loc[pd.Index(cases["row"].astype("int64"))], str(column), str(code), "")
        for (column, code), cases in by_row.groupby(["column", "code"], sort=True)
    ]
    whole = found[found["row"].isna()]
    if len(whole):
        parts.append(
            pd.DataFrame(
                {
                    "table": table.name,
                    "ligne_id": "",
                    "colonne": whole["column"],
                    "code": whole["code"],
                    "valeur": "",
                    "attendu": "",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _natural_key(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    if not table.natural_key or frame.empty or natural_keys_differ(frame, table):
        return pd.DataFrame()
    natural = natural_keys(frame, table)
    again = natural.duplicated(keep="first")
    if not again.any():
        return pd.DataFrame()
    return _failed(table, frame[again], table.key, "ligne-doublee", " + ".join(table.natural_key))


def _foreign_key(table: Table, key: ForeignKey, frames: Tables) -> pd.DataFrame:
    if key.table not in frames:
        return pd.DataFrame()
    target_columns = list(key.target or (declared_tables()[key.table].key,))
    frame = frames[table.name]
    held = frame[list(key.columns)].dropna()
    if held.empty:
        return pd.DataFrame()
    missing = ~rows_among(held, frames[key.table][target_columns])
    if not missing.any():
        return pd.DataFrame()
    return _failed(table, frame.loc[held.index[missing]], key.columns[-1], "cle-etrangere", key.table)
