"""The types that frames and files give to each kind of column.

Belongs here: the one mapping from `Kind` to Arrow and pandas. Does not belong here: any column.
"""

from __future__ import annotations

from functools import cache

import pandas as pd
import pyarrow as pa

from pipelines.texts import as_series
from schemas.declaration import Column, Kind, Table

ARROW_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.IDENTIFIER: pa.string(),
    Kind.CODE: pa.string(),
    Kind.URL: pa.string(),
    Kind.SIREN: pa.string(),
    Kind.SHA256: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: pa.decimal128(20, 4),
    Kind.EUROS: pa.decimal128(18, 2),
    Kind.PERCENT: pa.decimal128(9, 2),
}
MOST_DIGITS = 15
"""Of a number, before and after its point: a spreadsheet rounds those beyond (Excel specifications and limits)."""
TEXT_KINDS = frozenset(kind for kind, arrow in ARROW_TYPES.items() if arrow == pa.string())
_PLAIN = {Kind.INTEGER: "int64", Kind.BOOLEAN: "bool"}
"""The numpy types that hold the same values."""
DECIMAL_KINDS = frozenset({Kind.DECIMAL, Kind.EUROS, Kind.PERCENT})


def pandas_dtype(kind: Kind) -> str | pd.ArrowDtype:
    """``str`` (missing as NaN) for texts, the Arrow type for everything else."""
    return "str" if kind in TEXT_KINDS else pd.ArrowDtype(ARROW_TYPES[kind])


def typed(values: pd.Series, column: Column) -> pd.Series:
    """A series with the column's type."""
    if column.kind in TEXT_KINDS:
        return values.astype("str")
    plain = values.dtype == _PLAIN.get(column.kind)
    found = values.to_numpy() if plain else values.to_numpy(dtype=object)
    arrow = pa.array(found, type=ARROW_TYPES[column.kind], from_pandas=True)
    return pd.Series(pd.arrays.ArrowExtensionArray(arrow), index=values.index, name=values.name)


def missing(column: Column, index: pd.Index) -> pd.Series:
    """A series of the column's type that says nothing."""
    if column.kind in TEXT_KINDS:
        return as_series(pa.nulls(len(index), pa.large_string()), index)
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.nulls(len(index), ARROW_TYPES[column.kind])), index=index)


def empty(table: Table) -> pd.DataFrame:
    """A frame of no row with the table's published columns and types."""
    return _empty(table).copy(deep=False)


@cache
def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=pandas_dtype(column.kind)) for column in table.published})
