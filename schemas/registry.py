"""Finds the declarations: every module of ``schemas.tables`` holds one ``TABLE``, of ``schemas.sheets`` one ``SHEET``.

Belongs here: discovery and look-ups. Does not belong here: a list of tables; adding a table is adding its file.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import schemas.sheets
import schemas.tables
from schemas.declaration import Kind, Sheet, Table


@cache
def tables() -> dict[str, Table]:
    """Every published table by name, in publishing order."""
    found = [
        importlib.import_module(f"schemas.tables.{module.name}").TABLE
        for module in pkgutil.iter_modules(schemas.tables.__path__)
    ]
    return {table.name: table for table in sorted(found, key=lambda table: (table.order, table.name))}


@cache
def sheets() -> dict[str, Sheet]:
    """Every source sheet by name, in the order of the workbook."""
    found = [
        importlib.import_module(f"schemas.sheets.{module.name}").SHEET
        for module in pkgutil.iter_modules(schemas.sheets.__path__)
    ]
    return {sheet.name: sheet for sheet in sorted(found, key=lambda sheet: (sheet.order, sheet.name))}


def workbook_sheets() -> dict[str, Sheet]:
    """The sheets of a contract's workbook, in order."""
    return {name: sheet for name, sheet in sheets().items() if sheet.place == "classeur"}


def used_vocabularies() -> set[str]:
    """The vocabularies that some column of some table uses."""
    return {
        column.vocabulary
        for table in tables().values()
        for column in table.published
        if column.kind is Kind.CODE and column.vocabulary is not None
    }


def forget() -> None:
    """Looks again at the next call (after a declaration was added while the program runs)."""
    tables.cache_clear()
    sheets.cache_clear()
