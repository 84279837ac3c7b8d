"""One dirty workbook of the corpus: how it is spoiled, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.corpus.books import Book, Edit, Value, put
from tests.corpus.clean import clean_book
from tests.corpus.writers import FORMATS

Found = tuple[str, str, str]
"""Code, sheet, cell."""
WORKBOOKS = ("xlsx", "ods")
CSV = ("csv",)


@dataclass(frozen=True)
class Case:
    """A clean workbook and its edits.

    ``name``: of the file and, unless ``contract`` says otherwise, of its contract. ``expected``: exactly the errors and
    warnings, as « code Feuille!Cellule ». ``formats``: those in which the case makes sense. ``same``: every cell still
    says what the clean workbook says.
    """

    name: str
    edits: tuple[Edit, ...]
    expected: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS
    contract: str = ""
    same: bool = False

    def book(self) -> Book:
        """The workbook."""
        book = clean_book(self.contract or self.name)
        for edit in self.edits:
            edit(book)
        return book

    def found(self) -> set[Found]:
        """What is expected, in parts."""
        return {_parts(said) for said in self.expected}


def _parts(said: str) -> Found:
    code, _, where = said.partition(" ")
    sheet, _, cell = where.partition("!")
    return code, sheet, cell


def one_cell(name: str, code: str, where: str, value: Value, formats: tuple[str, ...] = FORMATS) -> Case:
    """A case of one spoiled cell, where the issue is expected."""
    sheet, _, cell = where.partition("!")
    return Case(name, (put(sheet, **{cell: value}),), (f"{code} {where}",), formats)


def spoiled(code: str, *cells: tuple[str, str, Value]) -> list[Case]:
    """Cases of one spoiled cell each (name, address, value), which give the same kind of issue."""
    return [one_cell(name, code, where, value) for name, where, value in cells]


def sound(name: str, *edits: Edit, same: bool = False, formats: tuple[str, ...] = FORMATS) -> Case:
    """A case that is understood without a word."""
    return Case(name, edits, formats=formats, same=same)
