"""The CSV and the Parquet file of a table: read with the declared types, then one against the other.

Belongs here: reading from bytes, types, what a Parquet file says of itself, the comparison cell by cell. Does not
belong here: what the values must satisfy (``rules``).

Columns of a Parquet file whose cells repeat are read as dictionaries: their values are then checked once each instead
of once a row.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from pipelines.publish.verify.descriptor import KEYS, Resource
from pipelines.publish.verify.files import Shelf, Sums
from pipelines.publish.verify.findings import MOST_ALIKE, Log
from pipelines.text import numbered

_BLOCK = 1 << 20
"""Bytes that a thread parses at a time: more do not fit in its cache. A row that is longer takes a second reading."""
_MANY = 4
"""Bytes a cell at most, before compression, in the column of a Parquet file that is worth reading as a dictionary."""
_WIDE = pa.decimal128(38, 10)
_TYPES: dict[str, tuple[Callable[[pa.DataType], bool], pa.DataType]] = {
    "string": (lambda found: pa.types.is_string(found) or pa.types.is_large_string(found), pa.string()),
    "date": (pa.types.is_date32, pa.date32()),
    "boolean": (pa.types.is_boolean, pa.bool_()),
    "integer": (pa.types.is_int64, pa.int64()),
    "number": (pa.types.is_decimal, _WIDE),
}
"""For each type of a Table Schema: whether an Arrow type holds it, and the one to read a CSV with when no Parquet file
tells (a decimal has a scale there)."""


def read_table(resource: Resource, shelf: Shelf, sums: Sums, log: Log) -> pa.Table | None:
    """The rows of a table, after both its files were read and compared; nothing when neither can be read.

    When they differ, the rows are those of the file that nothing else accuses, else of the CSV.
    """
    for field in resource.fields:
        if field["type"] not in _TYPES:
            log.add(
                "type-inconnu", resource.files["csv"], table=resource.name, column=field["name"], found=field["type"]
            )
            return None
    parquet = _parquet(resource, shelf, sums, log)
    if parquet is not None and _alike(resource, shelf, parquet):
        return parquet
    csv = _csv(resource, shelf, parquet, log)
    if csv is not None and parquet is not None and _compare(resource, csv, parquet, log):
        return parquet
    if csv is not None and sums.sound(shelf, resource.files["csv"]):
        return csv
    if parquet is None:
        return csv
    try:  # a CSV that is alike has proved as much
        parquet.validate(full=True)
    except pa.ArrowException as error:
        log.add("parquet-illisible", resource.files["parquet"], table=resource.name, found=error)
        return csv
    return parquet


# --- Parquet -------------------------------------------------------------------------------------------------------


def _parquet(resource: Resource, shelf: Shelf, sums: Sums, log: Log) -> pa.Table | None:
    path = resource.files.get("parquet", "")
    if path not in shelf:
        return None
    content = shelf.take(path)
    if not sums.sound(shelf, path):
        return None
    try:
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            schema, repeated = file.schema_arrow, _repeated(file.metadata)
        if not _declared_types(resource, schema, path, log):
            return None
        _check_description(resource, schema, path, log)
        with pq.ParquetFile(pa.BufferReader(content), read_dictionary=repeated) as file:
            table = file.read()
        table.validate()
    except (pa.ArrowException, OSError, ValueError) as error:  # from bytes: nothing here comes from the disk
        log.add("parquet-illisible", path, table=resource.name, found=error)
        return None
    if table.num_rows != resource.rows:
        log.add("lignes-differentes", path, table=resource.name, found=table.num_rows, expected=resource.rows)
    return table.replace_schema_metadata(None)


def _repeated(metadata: pq.FileMetaData) -> list[str]:
    """The text columns whose cells are mostly numbers of values kept apart."""
    groups = [metadata.row_group(rank) for rank in range(metadata.num_row_groups)]
    found = []
    for rank in range(metadata.num_columns):
        chunks = [group.column(rank) for group in groups]
        if chunks and all(
            chunk.physical_type == "BYTE_ARRAY"
            and chunk.has_dictionary_page
            and chunk.total_uncompressed_size <= _MANY * chunk.num_values
            for chunk in chunks
        ):
            found.append(metadata.schema.column(rank).path)
    return found


def _declared_types(resource: Resource, schema: pa.Schema, path: str, log: Log) -> bool:
    if schema.names != resource.columns:
        found, expected = ", ".join(schema.names), ", ".join(resource.columns)
        log.add("parquet-colonnes", path, table=resource.name, found=found, expected=expected)
        return False
    wrong = [
        (field, found)
        for field, found in zip(resource.fields, schema.types, strict=True)
        if not _TYPES[field["type"]][0](found)
    ]
    for field, found in wrong:
        log.add("parquet-type", path, table=resource.name, column=field["name"], found=found, expected=field["type"])
    return not wrong


def _check_description(resource: Resource, schema: pa.Schema, path: str, log: Log) -> None:
    """Which columns may be empty, and the metadata of the file, where it has them."""
    for field, column in zip(resource.fields, schema, strict=True):
        required = bool(field.get("constraints", {}).get("required", False))
        if column.nullable is required:
            expected = "obligatoire" if required else "facultative"
            log.add("parquet-description", path, table=resource.name, column=column.name, expected=expected)
        own = {"title_fr": field.get("title"), "description_fr": field.get("description"), "unit": field.get("unite")}
        _check_metadata(resource, column.metadata, own, path, column.name, log)
    whole = {
        "table": resource.name,
        "title_fr": resource.schema.get("title"),
        "description_fr": resource.schema.get("description"),
        "primaryKey": resource.schema.get("primaryKey"),
        "foreignKeys": [key for kind in KEYS for key in resource.schema.get(kind, [])],
    }
    _check_metadata(resource, schema.metadata, whole, path, "", log)


def _check_metadata(
    resource: Resource,
    metadata: Mapping[bytes, bytes] | None,
    expected: Mapping[str, object],
    path: str,
    column: str,
    log: Log,
) -> None:
    for name, wanted in expected.items():
        raw = (metadata or {}).get(name.encode())
        if raw is None:
            continue
        found = raw.decode("utf-8", "replace")
        if isinstance(wanted, list):
            same = _as_set(_parsed(found)) == _as_set(wanted)
        else:
            same = found == (wanted if isinstance(wanted, str) else "")
        if not same:
            said = wanted if isinstance(wanted, str) else json.dumps(wanted, ensure_ascii=False)
            log.add(
                "parquet-description",
                path,
                table=resource.name,
                column=column,
                found=f"{name} : {found}",
                expected=said,
            )


def _as_set(keys: object) -> set[str]:
    return {json.dumps(key, sort_keys=True) for key in keys} if isinstance(keys, list) else set()


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


# --- CSV -----------------------------------------------------------------------------------------------------------


def _csv(resource: Resource, shelf: Shelf, parquet: pa.Table | None, log: Log) -> pa.Table | None:
    path = resource.files["csv"]
    if path not in shelf:
        return None
    content = shelf.take(path)
    header = content[: max(content.find(b"\n"), 0)].decode("utf-8", "replace")
    if header != ",".join(resource.columns):
        log.add("csv-entete", path, line=1, found=header, expected=",".join(resource.columns))
        return None
    if not content.endswith(b"\n") or content.endswith(b"\r\n"):
        log.add("csv-fin-coupee", path, table=resource.name)
    try:
        table = _parse(content, _types(resource, parquet))
    except pa.ArrowException as error:
        if not _locate(resource, content, path, log):
            log.add("csv-illisible", path, table=resource.name, found=error)
        return None
    if table.num_rows != resource.rows:
        log.add("lignes-differentes", path, table=resource.name, found=table.num_rows, expected=resource.rows)
    return table


def _types(resource: Resource, parquet: pa.Table | None) -> dict[str, pa.DataType]:
    """The type to read each column of a CSV file with: that of the Parquet file, where there is one."""
    own = {} if parquet is None else {name: value_type(parquet[name]) for name in resource.columns}
    return {field["name"]: own.get(field["name"], _TYPES[field["type"]][1]) for field in resource.fields}


def _parse(content: bytes, types: Mapping[str, pa.DataType]) -> pa.Table:
    try:
        return _read(content, types, pacsv.ReadOptions(block_size=_BLOCK))
    except pa.ArrowException:
        return _read(content, types, pacsv.ReadOptions(block_size=len(content)))


def _read(
    content: bytes,
    types: Mapping[str, pa.DataType],
    options: pacsv.ReadOptions,
    uneven: Callable[[pacsv.InvalidRow], str] | None = None,
) -> pa.Table:
    """The rows of a CSV file; those of too many or too few cells raise, or go to ``uneven`` when it is given."""
    return pacsv.read_csv(
        pa.BufferReader(content),
        read_options=options,
        parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=uneven),
        convert_options=_as_typed(types),
    )


def _as_typed(types: Mapping[str, pa.DataType]) -> pacsv.ConvertOptions:
    return pacsv.ConvertOptions(
        column_types=types,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["true"],
        false_values=["false"],
    )


def _locate(resource: Resource, content: bytes, path: str, log: Log) -> bool:
    """Names what keeps a CSV file from being read; returns whether it found it."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = content[error.start : error.end].hex(" ")
        log.add("csv-illisible", path, line=line, found=found, expected="de l’UTF-8")
        return True
    bad: list[pacsv.InvalidRow] = []

    def keep(row: pacsv.InvalidRow) -> str:
        bad.append(row)
        return "skip"

    # Rows have a number when one thread reads them.
    options = pacsv.ReadOptions(block_size=len(content), use_threads=False)
    try:
        table = _read(content, dict.fromkeys(resource.columns, pa.string()), options, keep)
    except pa.ArrowException:
        return False
    for rank, row in enumerate(bad[:MOST_ALIKE], start=1):
        log.add(
            "csv-illisible",
            path,
            line=row.number or 0,
            found=numbered(row.actual_columns, "cellule"),
            expected=row.expected_columns,
            others=len(bad) - MOST_ALIKE if rank == MOST_ALIKE else 0,
        )
    located = bool(bad)
    for field in resource.fields:
        values = table[field["name"]]
        wrong = [value for value in pc.unique(values).to_pylist() if not _is_a(field["type"], value)]
        if wrong:
            mask = pc.is_in(values, value_set=pa.array(wrong, pa.string()))
            tell("csv-valeur", resource, path, table, mask, field["name"], log, expected=field["type"])
            located = True
    return located


_READERS: dict[str, Callable[[str], object]] = {
    "string": str,
    "date": dt.date.fromisoformat,
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "number": Decimal,
}


def _is_a(type_: str, value: str | None) -> bool:
    try:
        return value is None or _READERS[type_](value) is not None
    except (ValueError, KeyError, InvalidOperation):
        return False


# --- One against the other -----------------------------------------------------------------------------------------


def _alike(resource: Resource, shelf: Shelf, parquet: pa.Table) -> bool:
    """Whether nothing is to be said of the CSV file but that it holds the rows of the Parquet file, cell by cell.

    It is read a block at a time, so that neither its bytes nor its rows are ever held whole. When it is not alike, or
    a row does not fit in a block, it is for the checks of whole files to say what is wrong, if anything is.
    """
    path = resource.files["csv"]
    if path not in shelf:
        return False
    header = ",".join(resource.columns).encode(errors="replace") + b"\n"
    rows = 0
    with shelf.stream(path) as stream:
        try:
            with pacsv.open_csv(
                pa.PythonFile(stream, mode="r"),
                read_options=pacsv.ReadOptions(block_size=_BLOCK),
                parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
                convert_options=_as_typed(_types(resource, parquet)),
            ) as batches:
                if not stream.head.startswith(header) or batches.schema.names != resource.columns:
                    return False
                for batch in batches:
                    if not _same_cells(batch, parquet.slice(rows, batch.num_rows)):
                        return False
                    rows += batch.num_rows
        except pa.ArrowException:
            return False
    return rows == parquet.num_rows == resource.rows and stream.tail.endswith(b"\n") and stream.tail != b"\r\n"


def _same_cells(batch: pa.RecordBatch, rows: pa.Table) -> bool:
    return all(
        pa.chunked_array([one]).equals(decoded(rows[name]))
        for name, one in zip(batch.schema.names, batch.columns, strict=True)
    )


def _compare(resource: Resource, csv: pa.Table, parquet: pa.Table, log: Log) -> bool:
    path = resource.files["csv"]
    if csv.num_rows != parquet.num_rows:
        log.add("formats-lignes", path, table=resource.name, found=csv.num_rows, expected=parquet.num_rows)
        known = decoded(parquet[resource.key]).combine_chunks()
        strangers = pc.invert(pc.is_in(csv[resource.key], value_set=known))
        tell("formats-ligne", resource, path, csv, strangers, resource.key, log)
        return False
    alike = True
    for name in resource.columns:
        one, other = csv[name], decoded(parquet[name])
        if one.equals(other):
            continue
        alike = False
        same = pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other)))
        tell("formats-cellule", resource, path, csv, pc.invert(same), name, log, expected=parquet[name])
    return alike


def value_type(values: pa.ChunkedArray) -> pa.DataType:
    """The type of the values of a column, which may be read as a dictionary."""
    return values.type.value_type if pa.types.is_dictionary(values.type) else values.type


def decoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values themselves, of a column that may be read as a dictionary."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def tell(
    code: str,
    resource: Resource,
    path: str,
    table: pa.Table,
    bad: pa.ChunkedArray | pa.Array,
    column: str,
    log: Log,
    *,
    expected: str | pa.ChunkedArray = "",
) -> None:
    """One finding for each of the first rows of a mask, with its key and value; the last one counts the others."""
    rows = pc.indices_nonzero(bad)
    for rank, row in enumerate(rows[:MOST_ALIKE].to_pylist(), start=1):
        log.add(
            code,
            path,
            table=resource.name,
            line=row + 1,
            row=as_written(table[resource.key][row]),
            column=column,
            found=as_written(table[column][row]),
            expected=expected if isinstance(expected, str) else as_written(expected[row]),
            others=len(rows) - MOST_ALIKE if rank == MOST_ALIKE else 0,
        )


def as_written(value: pa.Scalar) -> str:
    """A value as a CSV file writes it; a missing one is said to be."""
    try:
        found = value.as_py()
    except UnicodeDecodeError:
        return "des octets qui ne sont pas de l’UTF-8"
    if found is None:
        return "rien"
    return str(found).lower() if isinstance(found, bool) else str(found)


def columns_of(table: pa.Table, names: tuple[str, ...]) -> Iterator[pa.ChunkedArray]:
    """Some columns of a table, decoded."""
    return (decoded(table[name]) for name in names)
