"""Row b: workbooks read and written, and what becomes of a table that no sheet can hold.

Belongs here: figures, and our side. Does not belong here: the references (``floors``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.apart import in_turn, measured
from benchmarks.figures import Figure, at_least, at_most, ratio
from benchmarks.floors import calamine_alone, fresh, openpyxl_writer, rust_writer
from benchmarks.report import grouped
from benchmarks.shop import ONE_PROCESS, SMALL, Shop
from benchmarks.steps import DATE, READING, XLSX, kept
from benchmarks.watch import Watch
from pipelines.curation.gather import read_units
from pipelines.curation.units import workbook_units
from pipelines.publish import xlsx_files
from pipelines.publish.tables_arrow import to_arrow
from pipelines.publish.xlsx_parts import SHEET_ROWS
from schemas.declaration import Table
from schemas.registry import tables

READ_TARGET, RUST_TARGET, OPENPYXL_TARGET = at_most(1.5), at_most(1.2), at_least(8)
TABLE = "actions"


def read_rows(watch: Watch, root: str, small: str) -> dict[str, object]:
    """Reads workbooks as a build does: values, marks of the XML, sheets and columns by their labels, addresses."""
    units = workbook_units(Path(root))
    read_units(workbook_units(Path(small)), Path(small))
    with watch.stage(READING):
        read = read_units(units, Path(root))
    return {"rows": sum(len(sheet.text) for sheet in read.sheets.values())}


def write_workbook(watch: Watch, tables_file: str, table: str, file: str) -> dict[str, object]:
    """Writes the workbook of one table as a release does: typed cells, styles, widths, filter, dictionary."""
    declared = tables()[table]
    content = to_arrow(kept(Path(tables_file))[0][table], declared)
    _written(content.slice(0, 1), declared, Path(file).with_suffix(""))
    with watch.stage(XLSX):
        _written(content, declared, Path(file).with_suffix(""))
    return {"rows": content.num_rows}


def split_workbook(
    watch: Watch, tables_file: str, table: str, folder: str, rows: int, sheet_rows: int
) -> dict[str, object]:
    """Writes a table that no sheet can hold, then reads back the rows of each of its workbooks.

    Raises:
        ValueError: rows are lost, or a workbook holds more than it may.
    """
    from python_calamine import CalamineWorkbook

    declared = tables()[table]
    content = to_arrow(kept(Path(tables_file))[0][table].head(rows), declared)
    with watch.stage(XLSX):
        paths = _written(content, declared, Path(folder), sheet_rows)
    held = [len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1 for path in map(str, paths)]
    if content.num_rows <= sheet_rows or len(held) < 2 or max(held) > sheet_rows or sum(held) != content.num_rows:
        raise ValueError(f"{content.num_rows} lignes, au plus {sheet_rows} par feuille : les classeurs en ont {held}.")
    return {"rows": content.num_rows, "workbooks": len(held)}


def _written(content: pa.Table, declared: Table, folder: Path, sheet_rows: int = SHEET_ROWS) -> list[Path]:
    (fresh(folder) / "xlsx").mkdir()
    return xlsx_files.table_workbooks(content, declared, DATE, folder, sheet_rows)


def reading(shop: Shop) -> Iterator[Figure]:
    """Rows read from XLSX, against calamine alone."""
    size = shop.sizes.xlsx_read
    root = shop.sources(size, "xlsx")
    small = shop.sources(SMALL, "xlsx")
    paths = [str(unit.path) for unit in workbook_units(root)]
    repeats = shop.sizes.repeats
    ours, alone = in_turn(
        repeats,
        lambda: measured(read_rows, ONE_PROCESS, root=root, small=small),
        lambda: measured(calamine_alone, paths=paths),
    )
    yield Figure(
        key="b",
        what=f"lire {len(paths)} classeurs XLSX, marques et libellés compris, un processus",
        ours=ours.seconds,
        reference=alone.seconds,
        against="calamine seul, mêmes classeurs, valeurs en listes Python",
        value=ratio(ours.seconds, alone.seconds),
        target=READ_TARGET,
        memory=ours.memory,
        rows=ours.found["rows"],
        repeats=repeats,
    )


def writing(shop: Shop) -> Iterator[Figure]:
    """A workbook of one table, against the fastest writer and against openpyxl."""
    size, repeats = shop.sizes.xlsx_write, shop.sizes.repeats
    arguments = {"tables_file": shop.tables(size)[0], "table": TABLE, "file": shop.folder / "actions.xlsx"}
    rows = min(size[1], shop.sizes.openpyxl_rows)
    ours, rust = in_turn(
        repeats,
        lambda: measured(write_workbook, None, **arguments),
        lambda: measured(rust_writer, None, **arguments),
    )
    slow = measured(openpyxl_writer, None, rows=rows, **arguments)
    what = f"écrire le classeur XLSX de {grouped(size[1])} actions, styles et dictionnaire compris"
    yield Figure(
        key="b",
        what=what,
        ours=ours.seconds,
        reference=rust.seconds,
        against="rustpy-xlsxwriter, mêmes lignes, en-tête et dates mis en forme, sans dictionnaire",
        value=ratio(ours.seconds, rust.seconds),
        target=RUST_TARGET,
        memory=ours.memory,
        rows=ours.found["rows"],
        repeats=repeats,
    )
    scaled = slow.seconds * size[1] / rows
    yield Figure(
        key="b",
        what=what,
        ours=ours.seconds,
        reference=scaled,
        against=f"openpyxl write-only, une fois, sur {grouped(rows)} lignes, rapporté à toutes",
        value=ratio(scaled, ours.seconds),
        unit="× plus vite",
        target=OPENPYXL_TARGET,
        memory=ours.memory,
        rows=ours.found["rows"],
        repeats=repeats,
    )


def splitting(shop: Shop) -> Iterator[Figure]:
    """A table of more rows than a sheet may have; the real bound of Excel where sizes allow."""
    rows, sheet_rows = shop.sizes.split
    sample = measured(
        split_workbook,
        tables_file=shop.tables(shop.sizes.xlsx_write)[0],
        table="citations",
        folder=shop.folder / "partage",
        rows=rows,
        sheet_rows=sheet_rows,
    )
    yield Figure(
        key="b",
        what=f"écrire {grouped(rows)} citations en XLSX, au plus {grouped(sheet_rows)} par feuille",
        ours=sample.seconds,
        memory=sample.memory,
        rows=sample.found["rows"],
        note=f"partagées entre {sample.found['workbooks']} classeurs, toutes relues",
    )
