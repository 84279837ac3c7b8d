"""What the values of a table must satisfy: the constraints of its columns, its keys, its foreign keys.

Belongs here: the rules that a descriptor states, checked a column at a time in Arrow. Does not belong here: reading
files, nor the declarations of today: a release is held to what it says itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.folder import Json
from pipelines.publish.verify.descriptor import ForeignKey, Resource
from pipelines.publish.verify.findings import Log
from pipelines.publish.verify.tables import columns_of, decoded, tell, value_type
from pipelines.publish.versions import DESCRIPTOR

_ROOM = 1 << 62
_Codes = tuple[npt.NDArray[np.int64], int]
Test = Callable[[pa.Array], pa.Array]


def check_rules(resource: Resource, table: pa.Table, log: Log) -> None:
    """The constraints of every column, then the keys."""
    path = resource.files["csv"]
    for field in resource.fields:
        for constraint, limit in field.get("constraints", {}).items():
            _check_constraint(resource, table, field, constraint, limit, log)
    if resource.primary_key:
        _check_unique(resource, table, resource.primary_key, "cle-doublee", path, log)
        for name in resource.primary_key:
            if not _constraint(resource, name, "required"):
                tell("contrainte-obligatoire", resource, path, table, pc.is_null(table[name]), name, log)
    if resource.natural_key:
        _check_unique(resource, table, resource.natural_key, "cle-naturelle-doublee", path, log)


def check_foreign_keys(
    resource: Resource,
    tables: Mapping[str, pa.Table],
    resources: Mapping[str, Resource],
    log: Log,
) -> None:
    """Every foreign key of a table; one whose table was not read is left to what was said of that table."""
    for key in resource.foreign_keys:
        known = resources.get(key.table)
        if known is None or not set(key.target) <= set(known.columns):
            target = f"{key.table}({', '.join(key.target)})"
            log.add("cle-mal-declaree", DESCRIPTOR, table=resource.name, column=", ".join(key.columns), found=target)
        elif resource.name in tables and key.table in tables:
            _check_foreign_key(resource, tables[resource.name], key, tables[key.table], log)


def needed(resource: Resource, resources: Mapping[str, Resource]) -> list[str]:
    """The columns of a table that foreign keys look at, once the rest of the table is no longer needed."""
    own = {name for key in resource.foreign_keys for name in key.columns}
    aimed = {
        name
        for other in resources.values()
        for key in other.foreign_keys
        if key.table == resource.name
        for name in key.target
    }
    return [name for name in resource.columns if name in own | aimed | {resource.key}]


# --- Constraints ---------------------------------------------------------------------------------------------------


def _check_constraint(
    resource: Resource,
    table: pa.Table,
    field: Json,
    constraint: str,
    limit: Any,  # noqa: ANN401 (JSON)
    log: Log,
) -> None:
    path, name = resource.files["csv"], str(field["name"])
    values = table[name]
    code, expected = "contrainte-illisible", str(limit)
    try:
        if constraint == "required":
            bad, code, expected = _missing(values, limit), "contrainte-obligatoire", ""
        elif constraint == "unique":
            if limit and resource.primary_key != (name,):
                _check_unique(resource, table, (name,), "cle-doublee", path, log)
            return
        elif constraint == "pattern":
            bad, code = _bad(values, _unlike(limit)), "contrainte-motif"
        elif constraint == "enum":
            allowed = pa.array([str(term) for term in limit], pa.string()).cast(value_type(values))
            bad, code, expected = _bad(values, lambda part: pc.invert(pc.is_in(part, allowed))), "contrainte-liste", ""
        elif constraint in {"minimum", "maximum"}:
            bad, code = _outside(values, constraint, limit), "contrainte-borne"
            expected = f"{'au moins' if constraint == 'minimum' else 'au plus'} {limit}"
        else:
            raise ValueError(constraint)
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError) as error:
        log.add(code, DESCRIPTOR, table=resource.name, column=name, found=f"{constraint} : {limit}", expected=error)
        return
    if bad is not None:
        tell(code, resource, path, table, bad, name, log, expected=expected)


def _constraint(resource: Resource, name: str, constraint: str) -> object:
    field = next(field for field in resource.fields if field["name"] == name)
    return field.get("constraints", {}).get(constraint)


def _missing(values: pa.ChunkedArray, limit: object) -> pa.ChunkedArray | None:
    return pc.is_null(values) if limit and values.null_count else None


def _unlike(pattern: object) -> Test:
    if not isinstance(pattern, str):
        raise TypeError(str(pattern))
    whole = rf"\A(?:{pattern})\z"
    return lambda part: pc.invert(pc.match_substring_regex(part, whole))


def _outside(values: pa.ChunkedArray, side: str, limit: Any) -> pa.ChunkedArray | None:  # noqa: ANN401 (JSON)
    bound = (
        pa.scalar(Decimal(str(limit))) if not pa.types.is_date32(values.type) else pa.scalar(limit).cast(pa.date32())
    )
    extremes = pc.min_max(values)
    if side == "minimum":
        reached, beyond = extremes["min"], pc.less
    else:
        reached, beyond = extremes["max"], pc.greater
    if not reached.is_valid or not beyond(reached, bound).as_py():
        return None
    return pc.fill_null(beyond(values, bound), False)


def _bad(values: pa.ChunkedArray, test: Test) -> pa.ChunkedArray | None:
    """Where a test of texts finds something; a dictionary is tested once a value."""
    chunks = [_bad_chunk(chunk, test) for chunk in values.chunks]
    if not any(pc.any(chunk).as_py() for chunk in chunks):
        return None
    return pa.chunked_array(chunks, pa.bool_())


def _bad_chunk(chunk: pa.Array, test: Test) -> pa.Array:
    found = test(chunk.dictionary).take(chunk.indices) if isinstance(chunk, pa.DictionaryArray) else test(chunk)
    return pc.and_(pc.fill_null(found, False), pc.is_valid(chunk))


# --- Keys ----------------------------------------------------------------------------------------------------------


def _check_unique(resource: Resource, table: pa.Table, names: tuple[str, ...], code: str, path: str, log: Log) -> None:
    """Rows whose columns are together those of a row above; as when tables are built, two missing values are alike."""
    if len(names) == 1 and _ascending(table[names[0]]):
        return  # as keys are published
    if _all_differ([table[name] for name in names]):
        return
    parts = []
    for name in names:
        parts.append(_codes(table[name]))
        if parts[-1][1] > table.num_rows:
            return  # every row has its own value in one of them
    numbers = _numbered(parts)
    if len(pc.unique(pa.array(numbers))) == table.num_rows:
        return
    again = np.ones(table.num_rows, dtype=bool)
    again[np.unique(numbers, return_index=True)[1]] = False
    if len(names) == 1:
        again &= ~table[names[0]].is_null().to_numpy()
    tell(code, resource, path, table, pa.array(again), names[-1], log, expected=_together(names))


def _ascending(column: pa.ChunkedArray) -> bool:
    """Whether every value is greater than the one above, and none is missing."""
    if column.null_count or pa.types.is_dictionary(column.type):
        return False
    return bool(pc.all(pc.less(column.slice(0, max(len(column) - 1, 0)), column.slice(1)), min_count=0).as_py())


def _all_differ(columns: list[pa.ChunkedArray]) -> bool:
    """Whether the hashes of all rows differ, which proves that the rows do; two rows may have one by chance."""
    import polars as pl  # a verification that finds no table does without it

    plain = [_codes(column)[0] if pa.types.is_dictionary(column.type) else column for column in columns]
    rows = pl.DataFrame([pl.Series(str(rank), column) for rank, column in enumerate(plain)])
    hashes = np.sort(rows.hash_rows().to_numpy())
    return bool((hashes[1:] != hashes[:-1]).all())


def _together(names: tuple[str, ...]) -> str:
    return "unicité de " + " + ".join(names)


def _numbered(parts: list[_Codes]) -> npt.NDArray[np.int64]:
    """A number per row, the same for rows that are the same."""
    numbers, size = parts[0]
    for codes, many in parts[1:]:
        if size * many > _ROOM:
            values, numbers = np.unique(numbers, return_inverse=True)
            size = len(values)
        numbers, size = numbers * many + codes, size * many
    return numbers


def _codes(column: pa.ChunkedArray) -> _Codes:
    """A number per cell, the same for cells that are the same, and how many numbers there are: one is for nothing.

    The dictionary of a file is not trusted: it may hold a value twice, or nothing.
    """
    if pa.types.is_dictionary(column.type) and column.num_chunks:
        unified = column.unify_dictionaries()
        values = unified.chunk(0).dictionary
        if not values.null_count and len(pc.unique(values)) == len(values):
            indices = pa.chunked_array([part.indices for part in unified.chunks])
            return indices.fill_null(len(values)).to_numpy().astype(np.int64), len(values) + 1
    encoded = pa.chunked_array([decoded(column).combine_chunks()]).chunk(0).dictionary_encode()
    missing = len(encoded.dictionary)
    return encoded.indices.fill_null(missing).to_numpy().astype(np.int64), missing + 1


def _check_foreign_key(resource: Resource, table: pa.Table, key: ForeignKey, target: pa.Table, log: Log) -> None:
    path = resource.files["csv"]
    missing = [table[name].is_null().to_numpy() for name in key.columns]
    filled, some = ~np.logical_or.reduce(missing), ~np.logical_and.reduce(missing)
    shown = key.columns[-1]
    if not key.partial and (some & ~filled).any():
        tell("cle-etrangere-incomplete", resource, path, table, pa.array(some & ~filled), shown, log)
    try:
        found = _found(list(columns_of(table, key.columns)), list(columns_of(target, key.target)))
    except pa.ArrowException as error:  # a text that refers to a number
        log.add("cle-mal-declaree", DESCRIPTOR, table=resource.name, column=", ".join(key.columns), found=error)
        return
    expected = f"{key.table}.{', '.join(key.target)}"
    tell("cle-etrangere", resource, path, table, pa.array(filled & ~found), shown, log, expected=expected)


def _found(rows: list[pa.ChunkedArray], targets: list[pa.ChunkedArray]) -> npt.NDArray[np.bool_]:
    """Whether each row stands, whole, among the targets."""
    if len(rows) == 1:
        found: npt.NDArray[np.bool_] = pc.is_in(rows[0], value_set=targets[0].combine_chunks()).to_numpy()
        return found
    both = [
        pa.chunked_array([*row.chunks, *target.cast(row.type).chunks], row.type)
        for row, target in zip(rows, targets, strict=True)
    ]
    numbers, length = _numbered([_codes(column) for column in both]), len(rows[0])
    return np.isin(numbers[:length], numbers[length:])
