"""What the program is compared with: the least that any program would do, and other libraries.

Belongs here: references, each doing what it does best. Does not belong here: the usual way with pandas (``usual``), the
program's own steps (``steps``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benchmarks.steps import CHECKING, CSV, PARQUET, READING, kept
from benchmarks.watch import Watch
from pipelines import job
from pipelines.curation.models import table_model
from pipelines.publish.tables_arrow import all_to_arrow
from schemas.registry import tables

_LINES = pacsv.ParseOptions(newlines_in_values=True)


def read_all_csv(root: Path) -> None:
    """Arrow reads every CSV file under a folder; nothing is done with the rows."""
    for path in sorted(root.rglob("*.csv")):
        pacsv.read_csv(path, parse_options=_LINES)


def floor_of_job(watch: Watch, root: str, tables_file: str, folder: str) -> dict[str, object]:
    """Arrow reads the same inputs, Pandera validates each published table once, typed, Arrow writes the same tables."""
    built, _ = kept(Path(tables_file))
    arrow = all_to_arrow(built, tables())
    models = {name: table_model(table, job.codes_of(built["nomenclatures"])) for name, table in tables().items()}
    target = fresh(Path(folder))
    for name, model in models.items():
        model.validate(built[name].head(1), lazy=True)  # what Pandera imports late is not part of it
    pacsv.read_csv(next(Path(root).rglob("*.csv")), parse_options=_LINES)  # nor what Arrow starts late
    with watch.stage(READING):
        read_all_csv(Path(root))
    with watch.stage(CHECKING):
        for name, model in models.items():
            model.validate(built[name], lazy=True)
    write_plainly(watch, arrow, target)
    return {"rows": sum(table.num_rows for table in arrow.values())}


def write_plainly(watch: Watch, arrow: Mapping[str, pa.Table], folder: Path) -> None:
    """Arrow writes tables as CSV and Parquet, one after the other."""
    with watch.stage(CSV):
        for name, table in arrow.items():
            pacsv.write_csv(table, folder / f"{name}.csv")
    with watch.stage(PARQUET):
        for name, table in arrow.items():
            pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def frictionless_validate(watch: Watch, release: str, table: str, rows: int) -> dict[str, object]:
    """Frictionless validates the first rows of a published table against its published schema."""
    import frictionless

    content = json.loads((Path(release) / f"schemas/{table}.json").read_text(encoding="utf-8"))
    schema = frictionless.Schema.from_descriptor({k: v for k, v in content.items() if k != "foreignKeys"})
    resource = frictionless.Resource(path=f"{table}.csv", basepath=str(Path(release) / "csv"), schema=schema)
    with watch.stage(CHECKING):
        report = resource.validate(limit_rows=rows)
    if not report.valid:
        raise ValueError(f"Frictionless refuse {table}.csv : {report.flatten(['note'])[:1]}")
    return {"rows": rows}


def read_parquet(watch: Watch, releases: list[str]) -> dict[str, object]:
    """Arrow reads every Parquet file of some releases."""
    paths, rows = [path for one in releases for path in sorted((Path(one) / "parquet").iterdir())], 0
    pq.read_table(paths[0])  # what Arrow starts late is not part of it
    with watch.stage(PARQUET):
        for path in paths:
            rows += pq.read_table(path).num_rows
    return {"rows": rows}


def read_and_hash(watch: Watch, release: str, passes: int) -> dict[str, object]:
    """Every file of tables is hashed so many times, then read once by Arrow, CSV with the declared types."""
    folder, rows = Path(release), 0
    types = {name: typed_schema(folder / f"parquet/{name}.parquet") for name in tables()}
    files = [path for kind in ("csv", "parquet") for path in sorted((folder / kind).iterdir())]
    with watch.stage("empreintes"):
        for _ in range(passes):
            for path in files:
                with path.open("rb") as file:
                    hashlib.file_digest(file, "sha256")
    options = {"null_values": [""], "strings_can_be_null": True}
    with watch.stage("lecture csv"):
        for name, schema in types.items():
            convert = pacsv.ConvertOptions(column_types=schema, **options)
            pacsv.read_csv(folder / f"csv/{name}.csv", parse_options=_LINES, convert_options=convert)
    with watch.stage("lecture parquet"):
        for name in types:
            rows += pq.read_table(folder / f"parquet/{name}.parquet").num_rows
    return {"rows": rows}


def typed_schema(path: Path) -> pa.Schema:
    """The types of a Parquet file."""
    return pq.read_schema(path).remove_metadata()


def calamine_alone(watch: Watch, paths: list[str]) -> dict[str, object]:
    """Calamine reads every sheet of some workbooks; nothing is done with the cells."""
    from python_calamine import CalamineWorkbook

    rows = 0
    with watch.stage(READING):
        for path in paths:
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                rows += len(book.get_sheet_by_name(name).to_python())
    return {"rows": rows}


def openpyxl_reading(watch: Watch, paths: list[str]) -> dict[str, object]:
    """Openpyxl reads every cell of some workbooks; nothing is done with them."""
    import openpyxl

    rows = 0
    with watch.stage(READING):
        for path in paths:
            book = openpyxl.load_workbook(path, data_only=True)
            for sheet in book:
                rows += sum(1 for _ in sheet.iter_rows(values_only=True))
            book.close()
    return {"rows": rows}


def rust_writer(watch: Watch, tables_file: str, table: str, file: str) -> dict[str, object]:
    """The fastest writer writes the same rows: bold header, frozen, filtered, widths, dates; no dictionary."""
    import rustpy_xlsxwriter

    content = for_spreadsheets(_table(tables_file, table))
    with watch.stage("écriture xlsx"):
        rustpy_xlsxwriter.write_worksheet(
            content,
            file,
            sheet_name=table,
            freeze_row=1,
            autofilter=True,
            bold_headers=True,
            column_width=20,
            datetime_format="yyyy-mm-dd",
        )
    return {"rows": content.num_rows}


def openpyxl_writer(watch: Watch, tables_file: str, table: str, file: str, rows: int) -> dict[str, object]:
    """Openpyxl writes the first rows in its write-only mode, header styled, real dates; no dictionary."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    content = for_spreadsheets(_table(tables_file, table)).slice(0, rows)
    columns: list[Iterable[object]] = [column.to_pylist() for column in content.columns]
    with watch.stage("écriture xlsx"):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet(table)
        sheet.freeze_panes = "A2"
        header = [WriteOnlyCell(sheet, value=name) for name in content.column_names]
        for cell in header:
            cell.font = Font(bold=True)
        sheet.append(header)
        for row in zip(*columns, strict=True):
            sheet.append(row)
        book.save(file)
    return {"rows": content.num_rows}


def for_spreadsheets(table: pa.Table) -> pa.Table:
    """Decimals as floats: the binding leaves such cells empty otherwise."""
    types: Mapping[str, Any] = {field.name: pa.float64() for field in table.schema if pa.types.is_decimal(field.type)}
    return table.cast(pa.schema([pa.field(f.name, types.get(f.name, f.type)) for f in table.schema]))


def _table(tables_file: str, table: str) -> pa.Table:
    from pipelines.publish.tables_arrow import to_arrow

    return to_arrow(kept(Path(tables_file))[0][table], tables()[table])


def fresh(folder: Path) -> Path:
    """An empty folder."""
    from pipelines.publish.staging import remove

    remove(folder)
    folder.mkdir(parents=True)
    return folder
