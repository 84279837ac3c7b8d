"""Frames → Arrow tables with the declared types and descriptions; the form from which every file is written.

Belongs here: types, order of columns, metadata, and the refusal of whatever a file would lose. Does not belong here:
a format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.dtypes import ARROW_TYPES
from schemas import registry
from schemas.declaration import Column, Table

Frames = Mapping[str, pd.DataFrame | pa.Table]
"""Tables by name; those that are Arrow already were checked when they were made (`all_to_arrow`)."""
Declared = Mapping[str, Table]

CONTROL_CHARACTERS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""What no reader of CSV or XLSX is sure to take; tabs and line breaks are harmless."""
_FIRST_PRINTABLE, _DELETE = 0x20, 0x7F
_SLICE = 1 << 20
"""Bytes looked at a time: what fits in a cache."""


def to_arrow(frame: pd.DataFrame, table: Table, declared: Declared | None = None) -> pa.Table:
    """The frame as an Arrow table: declared columns in published order, one chunk a column, described.

    Raises a ``ValueError`` that names the table, the column and where possible the row when a column lacks or is not
    declared, or when a value would be lost (another type, an empty text, a control character).
    """
    _same_columns(frame, table)
    arrays = [_array(frame, table, column) for column in table.published]
    known = registry.tables() if declared is None else declared
    return pa.table(arrays, schema=arrow_schema(table, known)).combine_chunks()


def all_to_arrow(frames: Frames, declared: Declared) -> dict[str, pa.Table]:
    """Every declared table, in order; the frames must be exactly those of the declared tables."""
    missing, unknown = sorted(set(declared) - set(frames)), sorted(set(frames) - set(declared))
    if missing or unknown:
        raise ValueError(f"Tables à publier : il manque {missing}, ne sont pas déclarées {unknown}.")
    return {name: _arrow(frames[name], table, declared) for name, table in declared.items()}


def arrow_schema(table: Table, declared: Declared) -> pa.Schema:
    """The Arrow schema of a table, with the metadata that Parquet files carry."""
    fields = [
        pa.field(
            column.name,
            ARROW_TYPES[column.kind],
            nullable=not column.required,
            metadata=_field_metadata(column),
        )
        for column in table.published
    ]
    return pa.schema(fields, metadata=_table_metadata(table, declared))


def foreign_keys(table: Table, declared: Declared) -> list[dict[str, object]]:
    """The foreign keys of a table as Table Schema writes them; a table that refers to itself names the resource ""."""
    return [
        {
            "fields": list(key.columns),
            "reference": {
                "resource": "" if key.table == table.name else key.table,
                "fields": list(key.target or (declared[key.table].key,)),
            },
        }
        for key in table.foreign_keys
    ]


def _arrow(frame: pd.DataFrame | pa.Table, table: Table, declared: Declared) -> pa.Table:
    return frame if isinstance(frame, pa.Table) else to_arrow(frame, table, declared)


def _same_columns(frame: pd.DataFrame, table: Table) -> None:
    names = [column.name for column in table.published]
    missing, unknown = sorted(set(names) - set(frame.columns)), sorted(set(frame.columns) - set(names))
    if missing or unknown or len(frame.columns) != len(names):
        raise ValueError(f"Table {table.name} : il manque les colonnes {missing}, ne sont pas déclarées {unknown}.")


def _array(frame: pd.DataFrame, table: Table, column: Column) -> pa.Array:
    series, place = frame[column.name], f"Table {table.name}, colonne {column.name}"
    found = pa.array(series, from_pandas=True)
    array = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    wanted = ARROW_TYPES[column.kind]
    empty = array.null_count == len(array)
    if not empty and not _same_nature(array.type, wanted):
        raise ValueError(f"{place} : des valeurs de type {array.type} là où {wanted} est déclaré.")
    try:
        cast = pa.nulls(len(array), wanted) if empty else array.cast(wanted, safe=True)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{place} : une valeur ne tient pas dans {wanted} ({error}).") from error
    if cast.null_count != int(series.isna().sum()):
        raise ValueError(
            f"{place} : {int(series.notna().sum())} valeurs avant la conversion, {cast.null_count} vides après."
        )
    _refuse_missing(frame, table, column, cast)
    if wanted == pa.string():
        empty_texts = pc.equal(pc.binary_length(cast), 0)
        _refuse(frame, table, column, empty_texts, "un texte vide, qui doit être une valeur manquante")
        if _may_hold_control(cast):
            found = pc.match_substring_regex(cast, CONTROL_CHARACTERS)
            _refuse(frame, table, column, found, "un caractère de contrôle")
    return cast


def _may_hold_control(texts: pa.StringArray) -> bool:
    """Whether any byte of a column may be a control character: in UTF-8, such a byte is never part of another one."""
    content = texts.buffers()[2]
    if content is None:
        return False
    every = np.frombuffer(content, dtype=np.uint8)
    parts = (every[start : start + _SLICE] for start in range(0, len(every), _SLICE))
    return any(part.min() < _FIRST_PRINTABLE or bool((part == _DELETE).any()) for part in parts)


def _same_nature(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a cast changes only the width of a type, never what a value is."""
    natures = (pa.types.is_integer, pa.types.is_decimal, _is_text)
    return bool(found == wanted or any(nature(found) and nature(wanted) for nature in natures))


def _is_text(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_string(arrow) or pa.types.is_large_string(arrow) or pa.types.is_string_view(arrow))


def _refuse_missing(frame: pd.DataFrame, table: Table, column: Column, array: pa.Array) -> None:
    if column.required and array.null_count:
        _refuse(frame, table, column, array.is_null(), "une valeur manquante là où elle est obligatoire")


def _refuse(frame: pd.DataFrame, table: Table, column: Column, bad: pa.Array, what: str) -> None:
    rows = pc.indices_nonzero(bad)
    if len(rows):
        key = frame[table.key].iloc[rows[0].as_py()]
        raise ValueError(f"Table {table.name}, ligne {key}, colonne {column.name} : {what}.")


def _field_metadata(column: Column) -> dict[str, str]:
    said = {
        "title_fr": column.title.fr,
        "title_en": column.title.en,
        "description_fr": column.description.fr,
        "description_en": column.description.en,
        "unit": column.unit,
        "vocabulary": column.vocabulary,
    }
    return {name: value for name, value in said.items() if value is not None}


def _table_metadata(table: Table, declared: Declared) -> dict[str, str]:
    return {
        "table": table.name,
        "title_fr": table.title.fr,
        "title_en": table.title.en,
        "description_fr": table.description.fr,
        "description_en": table.description.en,
        "primaryKey": table.key,
        "foreignKeys": json.dumps(foreign_keys(table, declared), ensure_ascii=False),
    }
