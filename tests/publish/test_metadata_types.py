"""Every column of every published table: Parquet, CSV and Table Schema hold the same type, and the same value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Schema
from frictionless.resources import TableResource

from pipelines.dtypes import typed
from pipelines.publish.csv_files import write_csv
from pipelines.publish.parquet_files import write_parquet
from pipelines.publish.table_schema import table_schema
from pipelines.publish.tables_arrow import to_arrow
from schemas.declaration import Column, Kind, Table
from schemas.registry import tables

READ: dict[Kind, Callable[[str], object]] = {
    Kind.DATE: dt.date.fromisoformat,
    Kind.BOOLEAN: "true".__eq__,
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.EUROS: Decimal,
    Kind.PERCENT: Decimal,
}
ARROW: dict[str, Callable[[pa.DataType], bool]] = {
    "string": pa.types.is_string,
    "date": pa.types.is_date32,
    "boolean": pa.types.is_boolean,
    "integer": pa.types.is_int64,
    "number": pa.types.is_decimal128,
}


def rows(table: Table) -> pd.DataFrame:
    """Two rows: every column holds its example; then only the required ones do, with another key."""

    def values(column: Column) -> list[object]:
        value = READ.get(column.kind, str)(column.example)
        return [value, f"{value}-2" if column.name == table.key else value if column.required else None]

    return pd.DataFrame(
        {column.name: typed(pd.Series(values(column), dtype=object), column) for column in table.published}
    )


@pytest.mark.parametrize("table", tables().values(), ids=lambda table: table.name)
def test_parquet_csv_and_schema_agree_on_every_column(table: Table, tmp_path: Path) -> None:
    arrow = to_arrow(rows(table), table)
    write_csv(arrow, table, tmp_path / "table.csv")
    write_parquet(arrow, tmp_path / "table.parquet")
    parquet = pq.read_table(tmp_path / "table.parquet")
    codes: dict[str, set[str]] = {}
    for column in table.published:
        codes.setdefault(column.vocabulary or "", set()).add(column.example)
    schema: Any = table_schema(table, codes)
    for field in schema["fields"]:
        held = parquet.schema.field(field["name"])
        assert ARROW[field["type"]](held.type), f"{field['name']} : {held.type}"
        assert held.nullable is not field.get("constraints", {}).get("required", False)
    resource = TableResource(path="table.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema))
    assert resource.validate().valid, resource.validate().flatten(["type", "fieldName", "note"])
    assert [row.to_dict() for row in resource.read_rows()] == parquet.to_pylist()
