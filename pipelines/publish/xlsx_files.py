"""Arrow tables → Excel workbooks: one per table, and one with everything.

Belongs here: which sheets a workbook has, their order and names, the « Lisez-moi » and « Dictionnaire » sheets. Does
not belong here: how a value becomes a cell (``xlsx_rows``), what sheets look like (``xlsx_cells``).

In the workbook of one table, the data come first and the dictionary is kept to a few columns: portals load the
largest sheet only. Same tables and same date: same bytes; nothing is read from the clock.

``XlsxWriter`` makes each workbook with the sheets of tables empty; their rows are then put in on the way to the disk.
The workbook of everything takes its sheets from those of the tables, compressed as they are.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import Entry, entries, in_order
from pipelines.publish.tables_arrow import Declared
from pipelines.publish.xlsx_archive import Block, add_blocks, add_member, copy_member
from pipelines.publish.xlsx_cells import (
    MAXIMUM_WIDTH,
    Style,
    Styles,
    refuse_too_big,
    set_up,
    styles,
    widths,
    write_header,
)
from pipelines.publish.xlsx_parts import SHEET_ROWS, Part, parts, parts_in, sheet_name, workbook_path, workbook_paths
from pipelines.publish.xlsx_rows import header_xml, is_large, row_blocks
from schemas.declaration import Table

README = "Lisez-moi"
DICTIONARY = "Dictionnaire"
MAXIMUM_NAME = 31

_OPTIONS = {
    "in_memory": True,
    "strings_to_urls": False,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
}
_SHORT = {
    "colonne": "Colonne",
    "titre": "Titre",
    "type": "Type",
    "unite": "Unité",
    "nomenclature": "Nomenclature",
    "obligatoire": "Obligatoire",
    "description": "Description",
    "exemple": "Exemple",
}
_LONG = {
    "table": "Table",
    **_SHORT,
    "reference": "Table visée",
    "titre_en": "Titre en anglais",
    "description_en": "Description en anglais",
}


def table_workbooks(
    table: pa.Table, declared: Table, date: dt.date, release: Path, sheet_rows: int = SHEET_ROWS
) -> list[Path]:
    """Writes the workbook of a table, its data then its dictionary; one for each part when a sheet can't hold it.

    Raises a ``ValueError`` when a value does not fit in a cell, or when cells are missing at the end.
    """
    refuse_too_big(table, declared)
    widest, paths = widths(table), []
    for part in parts(table.num_rows, sheet_rows):
        shell, sheets = _table_shell(declared, date, part, widest)
        rows = table.slice(part.start, part.rows)
        fill = partial(_add_rows, rows=rows, declared=declared)
        paths.append(release / workbook_path(declared.name, part.rank))
        _write(shell, dict.fromkeys(sheets, fill), paths[-1])
    return paths


def full_workbook(
    tables: Mapping[str, pa.Table],
    declared: Declared,
    description: DatasetDescription,
    version: str,
    date: dt.date,
    path: Path,
) -> None:
    """Writes the workbook of everything: read-me, flat tables, the other tables in order, dictionary.

    The workbooks of the tables stand in ``xlsx`` beside it: the sheets are theirs.
    """
    release, buffer = path.parent, io.BytesIO()
    workbook = _open(buffer, description.titre, date)
    style, ordered = styles(workbook), in_order(declared)
    paths = {name: workbook_paths(release, name) for name in ordered}
    names = sheet_names(ordered, {name: len(found) for name, found in paths.items()})
    shared = {name: parts_in(tables[name].num_rows, len(found)) for name, found in paths.items()}
    readme = workbook.add_worksheet(README)
    _write_readme(readme, description, version, date, style)
    _write_contents(readme, ordered, names, shared, style)
    sheets: dict[str, _Fill] = {}
    for name, table in ordered.items():
        for part, sheet, alone in zip(shared[name], names[name], paths[name], strict=True):
            set_up(workbook.add_worksheet(sheet), len(table.published), part.rows)
            sheets[_member(len(workbook.worksheets()))] = partial(_copy_rows, source=release / alone)
    every = [entry for table in ordered.values() for entry in entries(table)]
    _write_entries(workbook.add_worksheet(DICTIONARY), every, _LONG, style)
    workbook.close()
    _write(buffer, sheets, path)


def sheet_names(tables: Iterable[str], shared: Mapping[str, int] | None = None) -> dict[str, list[str]]:
    """The sheet names of each table, one for each of its parts: ``shared`` gives their number when it is not one.

    It is the table’s own, cut to what Excel allows and numbered when two would be the same.
    """
    taken = {README.casefold(), DICTIONARY.casefold()}
    names: dict[str, list[str]] = {}
    for table in tables:
        names[table] = []
        for rank in range(1, (shared or {}).get(table, 1) + 1):
            name, again = sheet_name(table, rank, MAXIMUM_NAME), 1
            while name.casefold() in taken:
                again += 1
                name = sheet_name(table, rank, MAXIMUM_NAME, again)
            taken.add(name.casefold())
            names[table].append(name)
    return names


# --- Packages ------------------------------------------------------------------------------------------------------

_Fill = Callable[[ZipFile, str, bytes], None]
"""What writes a sheet in an archive, under a name, given the sheet without rows."""
_NO_ROWS = b"<sheetData/>"
_NO_DIMENSION = b'<dimension ref="A1"/>'
_SELECTED = b' tabSelected="1"'
_TEXTS = "xl/sharedStrings.xml"
_TEXT = re.compile(rb"<si>(.*?)</si>", re.DOTALL)
_SHARED = re.compile(rb' t="s"><v>([0-9]+)</v>')
_LISTED = re.compile(rb'<(?:Override|Relationship) [^>]*"(?:/xl/)?sharedStrings.xml"[^>]*/>')


def _table_shell(declared: Table, date: dt.date, part: Part, widest: list[int]) -> tuple[io.BytesIO, list[str]]:
    buffer = io.BytesIO()
    workbook = _open(buffer, declared.title.fr, date)
    style = styles(workbook)
    [name] = sheet_names([declared.name])[declared.name]
    sheet = workbook.add_worksheet(name)
    for index, width in enumerate(widest):
        sheet.set_column(index, index, width)
    set_up(sheet, len(widest), part.rows)
    dictionary = workbook.add_worksheet(DICTIONARY)
    lines = entries(declared)
    _write_entries(dictionary, lines, _SHORT, style)
    if part.of > 1:
        dictionary.write_string(len(lines) + 2, 0, _told(declared, part))
    workbook.close()
    return buffer, [_member(1)]


def _told(declared: Table, part: Part) -> str:
    """What the workbook of a part says of itself."""
    others = [workbook_path(declared.name, rank) for rank in range(1, part.of + 1) if rank != part.rank]
    return (
        f"Classeur {part.rank} sur {part.of} de la table « {declared.name} » : {part.rows_text}. "
        f"Les autres : {', '.join(others)}."
    )


def _write(shell: io.BytesIO, sheets: Mapping[str, _Fill], path: Path) -> None:
    """A package as it is, but for the sheets that are filled on the way, and texts, which stand in their cells."""
    with ZipFile(shell) as made, ZipFile(path, "w") as archive:
        texts = _TEXT.findall(made.read(_TEXTS)) if _TEXTS in made.namelist() else []

        def inline(found: re.Match[bytes]) -> bytes:
            return b' t="inlineStr"><is>%b</is>' % texts[int(found[1])]

        for member in made.namelist():
            if member in sheets:
                sheets[member](archive, member, made.read(member))
            elif member != _TEXTS:
                add_member(archive, member, _SHARED.sub(inline, _LISTED.sub(b"", made.read(member))))


def _add_rows(archive: ZipFile, member: str, empty: bytes, *, rows: pa.Table, declared: Table) -> None:
    add_blocks(archive, member, _sheet(empty, rows, declared), large=is_large(rows))


def _copy_rows(archive: ZipFile, member: str, _empty: bytes, *, source: Path) -> None:
    copy_member(source, _member(1), archive, member)


def _sheet(empty: bytes, rows: pa.Table, declared: Table) -> Iterator[Block]:
    """The blocks of a sheet; none is the selected one, which no workbook would share."""
    extent = f'<dimension ref="A1:{xl_rowcol_to_cell(rows.num_rows, rows.num_columns - 1)}"/>'
    around = empty.replace(_SELECTED, b"").replace(_NO_DIMENSION, extent.encode())
    before, after = around.split(_NO_ROWS)
    header = header_xml(rows.column_names).encode()
    yield lambda: before + b"<sheetData>" + header
    yield from row_blocks(rows, declared)
    yield lambda: b"</sheetData>" + after


def _member(rank: int) -> str:
    return f"xl/worksheets/sheet{rank}.xml"


def _open(buffer: io.BytesIO, title: str, date: dt.date) -> Workbook:
    workbook = Workbook(buffer, _OPTIONS)
    workbook.set_properties({"title": title, "created": dt.datetime(date.year, date.month, date.day)})
    return workbook


# --- Sheets --------------------------------------------------------------------------------------------------------


def _write_entries(sheet: Worksheet, lines: Sequence[Entry], labels: Mapping[str, str], style: Styles) -> None:
    for index, attribute in enumerate(labels):
        cells = [str(getattr(line, attribute)) for line in lines]
        for row, cell in enumerate(cells, start=1):
            if cell:
                sheet.write_string(row, index, cell, style[Style.WRAP])
        longest = max((len(cell) for cell in cells), default=0)
        sheet.set_column(index, index, min(max(longest, len(labels[attribute]) + 2) + 2, MAXIMUM_WIDTH))
    write_header(sheet, list(labels.values()), len(lines), style)


_README_ROWS = 12
"""The row (from 0) where the list of tables starts."""


def _write_readme(
    sheet: Worksheet, description: DatasetDescription, version: str, date: dt.date, style: Styles
) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 2, 10)
    sheet.set_column(3, 3, 90)
    sheet.write_string(0, 0, description.titre, style[Style.TITLE])
    sheet.write_string(1, 0, description.titre_en)
    _paragraph(sheet, 2, description.description, style)
    _paragraph(sheet, 3, description.description_en, style)
    facts = {
        "Date de publication": date.isoformat(),
        "Version": version,
        "Licence": f"{description.licence.titre} ({description.licence.adresse})",
        "Éditeur": description.editeur.nom,
        "Adresse": description.adresse_de_base,
        "Lecture": "Une cellule vide veut dire qu’aucune source ne le dit. "
        "Les codes sont expliqués dans « nomenclatures », les colonnes dans « Dictionnaire ».",
    }
    for row, (label, text) in enumerate(facts.items(), start=5):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text)


def _paragraph(sheet: Worksheet, row: int, text: str, style: Styles) -> None:
    lines = sum(math.ceil(max(len(line), 1) / 150) for line in text.splitlines())
    sheet.merge_range(row, 0, row, 3, "", style[Style.WRAP])
    sheet.write_string(row, 0, text, style[Style.WRAP])
    sheet.set_row(row, 15 * lines + 5)


def _write_contents(
    sheet: Worksheet,
    tables: Mapping[str, Table],
    names: Mapping[str, Sequence[str]],
    shared: Mapping[str, Sequence[Part]],
    style: Styles,
) -> None:
    for index, label in enumerate(("Feuille", "Table", "Lignes", "Contenu")):
        sheet.write_string(_README_ROWS, index, label, style[Style.HEADER])
    lines = [
        (found, table, part)
        for name, table in tables.items()
        for found, part in zip(names[name], shared[name], strict=True)
    ]
    for row, (name, table, part) in enumerate(lines, start=_README_ROWS + 1):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", style[Style.LINK], name)
        sheet.write_string(row, 1, table.title.fr + (f" ({part.rows_text})" if part.of > 1 else ""))
        sheet.write_number(row, 2, part.rows)
        sheet.write_string(row, 3, table.description.fr)
    last = _README_ROWS + len(lines) + 1
    sheet.write_url(last, 0, f"internal:'{DICTIONARY}'!A1", style[Style.LINK], DICTIONARY)
    sheet.write_string(last, 1, "Dictionnaire des données")
    sheet.write_string(
        last, 3, "Chaque colonne de chaque table : titre, type, unité, nomenclature, description, exemple."
    )
