"""Arrow tables → Excel workbooks: one per table, and one with everything.

Belongs here: which sheets a workbook has, their order and names, the « Lisez-moi » and « Dictionnaire » sheets. Does
not belong here: how a value becomes a cell (``xlsx_cells``).

In the workbook of one table, the data come first and the dictionary is kept to a few columns: portals load the
largest sheet only. Same tables and same date: same bytes; nothing is read from the clock.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import Entry, entries, in_order
from pipelines.publish.tables_arrow import Declared
from pipelines.publish.xlsx_cells import MAXIMUM_WIDTH, Styles, styles, write_header, write_table
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


def table_workbook(table: pa.Table, declared: Table, date: dt.date) -> bytes:
    """The workbook of one table: its data, then its dictionary."""
    buffer = io.BytesIO()
    workbook = _open(buffer, declared.title.fr, date)
    style = styles(workbook)
    name = sheet_names([declared.name])[declared.name]
    write_table(workbook.add_worksheet(name), table, declared, style)
    _write_entries(workbook.add_worksheet(DICTIONARY), entries(declared), _SHORT, style)
    workbook.close()
    return buffer.getvalue()


def full_workbook(
    tables: Mapping[str, pa.Table], declared: Declared, description: DatasetDescription, version: str, date: dt.date
) -> bytes:
    """The workbook of everything: read-me, flat tables, the other tables in order, dictionary."""
    buffer = io.BytesIO()
    workbook = _open(buffer, description.titre, date)
    style, ordered = styles(workbook), in_order(declared)
    names = sheet_names(ordered)
    readme = workbook.add_worksheet(README)
    _write_readme(readme, description, version, date, style)
    _write_contents(readme, ordered, names, {name: tables[name].num_rows for name in ordered}, style)
    for name, table in ordered.items():
        write_table(workbook.add_worksheet(names[name]), tables[name], table, style)
    every = [entry for table in ordered.values() for entry in entries(table)]
    _write_entries(workbook.add_worksheet(DICTIONARY), every, _LONG, style)
    workbook.close()
    return buffer.getvalue()


def sheet_names(tables: Iterable[str]) -> dict[str, str]:
    """A sheet name per table: the table's own, cut to what Excel allows and numbered when two would be the same."""
    taken = {README.casefold(), DICTIONARY.casefold()}
    names: dict[str, str] = {}
    for table in tables:
        name, rank = table[:MAXIMUM_NAME], 1
        while name.casefold() in taken:
            rank += 1
            name = f"{table[: MAXIMUM_NAME - len(str(rank)) - 1]}~{rank}"
        taken.add(name.casefold())
        names[table] = name
    return names


def _open(buffer: io.BytesIO, title: str, date: dt.date) -> Workbook:
    workbook = Workbook(buffer, _OPTIONS)
    workbook.set_properties({"title": title, "created": dt.datetime(date.year, date.month, date.day)})
    return workbook


def _write_entries(sheet: Worksheet, lines: Sequence[Entry], labels: Mapping[str, str], style: Styles) -> None:
    for index, attribute in enumerate(labels):
        cells = [str(getattr(line, attribute)) for line in lines]
        for row, cell in enumerate(cells, start=1):
            if cell:
                sheet.write_string(row, index, cell, style.wrap)
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
    sheet.write_string(0, 0, description.titre, style.title)
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
    sheet.merge_range(row, 0, row, 3, "", style.wrap)
    sheet.write_string(row, 0, text, style.wrap)
    sheet.set_row(row, 15 * lines + 5)


def _write_contents(
    sheet: Worksheet, tables: Mapping[str, Table], names: Mapping[str, str], rows: Mapping[str, int], style: Styles
) -> None:
    for index, label in enumerate(("Feuille", "Table", "Lignes", "Contenu")):
        sheet.write_string(_README_ROWS, index, label, style.header)
    for row, (name, table) in enumerate(tables.items(), start=_README_ROWS + 1):
        sheet.write_url(row, 0, f"internal:'{names[name]}'!A1", style.link, names[name])
        sheet.write_string(row, 1, table.title.fr)
        sheet.write_number(row, 2, rows[name])
        sheet.write_string(row, 3, table.description.fr)
    last = _README_ROWS + len(tables) + 1
    sheet.write_url(last, 0, f"internal:'{DICTIONARY}'!A1", style.link, DICTIONARY)
    sheet.write_string(last, 1, "Dictionnaire des données")
    sheet.write_string(
        last, 3, "Chaque colonne de chaque table : titre, type, unité, nomenclature, description, exemple."
    )
