"""Made-up sheets → workbooks: folders of CSV files, XLSX, ODS.

CSV goes from columns to a file at once. The two others are written cell by cell, which takes several times as long.
Equal contents make equal bytes. Belongs here: file formats. Does not belong here: what cells say, by whom it is
written.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.csv
import xlsxwriter

from benchmarks.values import Made, Texts
from pipelines.sheets.cells import CellKind
from pipelines.sheets.layout import CREATED
from pipelines.sheets.ods_parts import package_parts, settings
from pipelines.sheets.packages import write_package

Format = Literal["csv", "xlsx", "ods"]
FORMATS: tuple[Format, ...] = get_args(Format)
Columns = Mapping[str, Made]
"""The cells of a sheet by label, in order."""
_CSV = pyarrow.csv.WriteOptions(quoting_style="needed")
_XLSX = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
_EPOCH = dt.date(1899, 12, 30)
Value = str | float


def file_name(name: str, file_format: Format) -> str:
    """What a workbook is called."""
    return name if file_format == "csv" else f"{name}.{file_format}"


def arrow(columns: Columns | Mapping[str, Texts]) -> pa.Table:
    """Texts by label, a blank one being nothing."""
    found = {}
    for label, one in columns.items():
        text = one.text if isinstance(one, Made) else one
        found[label] = pa.array(text, type=pa.string(), mask=text == "")
    return pa.table(found)


def write_csv(path: Path, table: pa.Table) -> None:
    """One sheet as a CSV file."""
    pyarrow.csv.write_csv(table, path, _CSV)


class Writer:
    """Writes the workbooks of a lot: ``sheets`` by name, ``bounds`` of each workbook's rows in each of them."""

    def __init__(self, sheets: Mapping[str, Columns], bounds: Mapping[str, Sequence[int]], file_format: Format) -> None:
        self.bounds, self.format, self.sheets = bounds, file_format, sheets
        self.tables = {name: arrow(columns) for name, columns in sheets.items()} if file_format == "csv" else {}

    def write_all(self, books: Sequence[tuple[Path, Sequence[str]]]) -> None:
        """Writes the workbooks of the lot, in order, each with these sheets."""
        for place, (path, names) in enumerate(books):
            self._write(place, path, names)

    def _write(self, place: int, path: Path, names: Sequence[str]) -> None:
        if self.format == "csv":
            path.mkdir()
            for name in names:
                first, last = self.bounds[name][place], self.bounds[name][place + 1]
                write_csv(path / f"{name}.csv", self.tables[name].slice(first, last - first))
            return
        pages = {name: self._cells(name, place) for name in names}
        (_write_xlsx if self.format == "xlsx" else _write_ods)(path, pages)

    def _cells(self, name: str, place: int) -> dict[str, tuple[CellKind, list[Value]]]:
        part = slice(self.bounds[name][place], self.bounds[name][place + 1])
        return {label: (one.kind, _values(one, part)) for label, one in self.sheets[name].items()}


def _values(one: Made, part: slice) -> list[Value]:
    """Texts, and numbers where the cell is one."""
    if one.native is None:
        return list(one.text[part])
    native = one.native[part]
    return list(np.where(np.isnan(native), one.text[part], native.astype(object)))


Pages = Mapping[str, Mapping[str, tuple[CellKind, list[Value]]]]


def _write_xlsx(path: Path, pages: Pages) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _XLSX) as book:
        book.set_properties({"created": dt.datetime.combine(CREATED, dt.time())})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, columns in pages.items():
            sheet = book.add_worksheet(name)
            for position, (label, (kind, values)) in enumerate(columns.items()):
                sheet.write_string(0, position, label)
                look = day if kind is CellKind.DATE else None
                for row, value in enumerate(values, start=1):
                    if isinstance(value, float):
                        sheet.write_number(row, position, value, look)
                    elif value:
                        sheet.write_string(row, position, value)
    path.write_bytes(buffer.getvalue())


_SPACES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)
_BLANK = "<table:table-cell/>"


def _write_ods(path: Path, pages: Pages) -> None:
    body = "".join(
        f"<table:table table:name={quoteattr(name)}><table:table-column "
        f'table:number-columns-repeated="{len(columns)}"/>{_rows(columns)}</table:table>'
        for name, columns in pages.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES} office:version="1.3">'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    write_package(path, package_parts(content, settings({}, active=next(iter(pages)))))


def _rows(columns: Mapping[str, tuple[CellKind, list[Value]]]) -> str:
    header = "".join(_cell(label, CellKind.TEXT) for label in columns)
    kinds = [kind for kind, _ in columns.values()]
    lines = zip(*(values for _, values in columns.values()), strict=True)
    rows = ["".join(map(_cell, line, kinds)) for line in lines]
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in [header, *rows])


def _cell(value: Value, kind: CellKind) -> str:
    if isinstance(value, float):
        if kind is CellKind.DATE:
            day = _EPOCH + dt.timedelta(value)
            return (
                f'<table:table-cell office:value-type="date" office:date-value="{day.isoformat()}">'
                f"<text:p>{day:%d/%m/%Y}</text:p></table:table-cell>"
            )
        return (
            f'<table:table-cell office:value-type="float" office:value="{value!r}">'
            f"<text:p>{value!r}</text:p></table:table-cell>"
        )
    if not value:
        return _BLANK
    lines = "".join(f"<text:p>{line}</text:p>" for line in escape(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
