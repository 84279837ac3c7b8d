"""The words with which tables, columns and sheets are declared.

Belongs here: the small immutable types that a declaration is made of, and the checks that a declaration can make of
itself when it is written. Does not belong here: any table (``schemas.tables``), any sheet (``schemas.sheets``), any
frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

NAME_PATTERN = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CODE_PATTERN = r"^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$"
SIREN_PATTERN = r"^[0-9]{9}$"
URL_PATTERN = r"^https?://[^\s]+$"
LIST_SEPARATOR = " ; "


@dataclass(frozen=True)
class Bilingual:
    """One text in French and in English."""

    fr: str
    en: str


class Kind(StrEnum):
    """What a column holds; every renderer (Pandera, Parquet, Table Schema, template…) maps these and nothing else."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    CODE = "code"
    DATE = "date"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    EUROS = "euros"
    PERCENT = "percent"
    URL = "url"
    SIREN = "siren"
    SHA256 = "sha256"


class Family(StrEnum):
    """The part that a table plays, which orders the dictionary and decides what a row owes (citations, provenance)."""

    FLAT = "flat"
    FACT = "fact"
    REFERENCE = "reference"
    TRACE = "trace"


DEFAULT_PATTERNS = {
    Kind.IDENTIFIER: SLUG_PATTERN,
    Kind.CODE: CODE_PATTERN,
    Kind.SIREN: SIREN_PATTERN,
    Kind.URL: URL_PATTERN,
    Kind.SHA256: r"^[0-9a-f]{64}$",
}
DEFAULT_UNITS = {Kind.EUROS: "EUR", Kind.PERCENT: "%"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a published table.

    ``label`` is the header that the column bears in source sheets (default: the French title) and ``aliases`` the other
    headers that are understood. ``references`` names the table whose key the column holds. A date is published as three
    columns: the date, its ``_precision`` and its ``_texte`` (see `Table.published`); ``bound`` says whether a date that
    is only known to the month or the year becomes the first or the last day of that period.
    """

    name: str
    kind: Kind
    title: Bilingual
    description: Bilingual
    example: str
    required: bool = False
    unit: str | None = None
    vocabulary: str | None = None
    references: str | None = None
    label: str | None = None
    aliases: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    bound: Literal["start", "end"] = "start"

    def __post_init__(self) -> None:
        if not NAME_PATTERN.match(self.name):
            raise ValueError(f"column name {self.name!r} is not snake_case ASCII")
        if (self.kind is Kind.CODE) != (self.vocabulary is not None):
            raise ValueError(f"{self.name}: a code, and only a code, has a vocabulary")
        if self.pattern is None and self.kind in DEFAULT_PATTERNS:
            object.__setattr__(self, "pattern", DEFAULT_PATTERNS[self.kind])
        if self.unit is None and self.kind in DEFAULT_UNITS:
            object.__setattr__(self, "unit", DEFAULT_UNITS[self.kind])

    @property
    def header(self) -> str:
        """The header in source sheets."""
        return self.label or self.title.fr

    def but(self, **changes: object) -> Column:
        """The same column with some properties changed (a required reference, another example…)."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """Columns of one table that must be found together in another."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One published table. ``natural_key`` is unique beside the key, and mints the key of a row typed without one."""

    name: str
    title: Bilingual
    description: Bilingual
    family: Family
    key: str
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...] = ()
    composite_keys: tuple[ForeignKey, ...] = ()
    order: int

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: a column is declared twice")
        if self.key not in names:
            raise ValueError(f"{self.name}: no column for its key {self.key}")
        unknown = set(self.natural_key) - set(names)
        if unknown:
            raise ValueError(f"{self.name}: natural key names unknown columns {sorted(unknown)}")

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def published(self) -> tuple[Column, ...]:
        """The columns as published: each date followed by its precision and by what the source wrote."""
        return tuple(part for column in self.columns for part in _published(column))

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """Every foreign key, single columns first, in column order."""
        single = tuple(
            ForeignKey(columns=(column.name,), table=column.references, target=())
            for column in self.columns
            if column.references is not None
        )
        return single + self.composite_keys


def _published(column: Column) -> Iterator[Column]:
    yield column
    if column.kind is not Kind.DATE:
        return
    yield Column(
        name=f"{column.name}_precision",
        kind=Kind.CODE,
        vocabulary="precision",
        title=Bilingual(f"{column.title.fr} (précision)", f"{column.title.en} (precision)"),
        description=Bilingual(
            f"Précision de « {column.title.fr} » : jour, mois ou année ; vide quand la date est vide.",
            f"Precision of “{column.title.en}”: day, month or year; empty when the date is.",
        ),
        example="jour",
    )
    yield Column(
        name=f"{column.name}_texte",
        kind=Kind.TEXT,
        title=Bilingual(f"{column.title.fr} (texte)", f"{column.title.en} (text)"),
        description=Bilingual(
            f"Ce que la source écrit pour « {column.title.fr} », quand c’est plus que la date.",
            f"What the source wrote for “{column.title.en}”, when it is more than the date.",
        ),
        example="printemps 2016",
    )


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """One closed list of codes. Its terms are typed in ``sources/referentiels/nomenclatures.csv``."""

    name: str
    title: Bilingual


# --- Source sheets -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Field:
    """One labelled column of a source sheet. ``optional``: its absence from a sheet goes without a word."""

    label: str
    aliases: tuple[str, ...] = ()
    optional: bool = False
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell(Field):
    """A cell that fills ``column`` of the sheet's table; a column that references a table is resolved to its key."""

    column: Column


@dataclass(frozen=True, kw_only=True)
class ListCell(Field):
    """A cell of several values, each becoming a row of ``table``.

    ``columns``: where the value goes; several are tried in turn, as references (a participant is a contract or a
    partner). ``qualifier``/``detail``: columns filled by what follows ``=`` and then ``:`` (``DGE = organisateur :
    accueil``).
    """

    table: str
    columns: tuple[str, ...]
    qualifier: str | None = None
    detail: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegistryCell(Field):
    """A cell that says of the referenced organisation what its registry already says; a difference is a warning."""

    column: Column


@dataclass(frozen=True, kw_only=True)
class PartnerOrGroupCell(Field):
    """The name of an organisation, or, between « », the label of a group of them."""

    partner: str
    group: str


@dataclass(frozen=True, kw_only=True)
class ZoneCell(Field):
    """An official zone, by its label or by ``type code``; fills two columns."""

    type_column: str
    code_column: str


@dataclass(frozen=True, kw_only=True)
class SourcesCell(Field):
    """Identifiers of sources for the row, or for one column of it: ``ALP3 ; Début = ALP4, ALP6``."""


@dataclass(frozen=True, kw_only=True)
class TargetCell(Field):
    """One of the three cells (sheet, row, column) with which a divergence points at what sources disagree on."""

    part: Literal["sheet", "row", "column"]


@dataclass(frozen=True, kw_only=True)
class VersionCell(Field):
    """One version of a divergence, or its sources; each becomes rows of ``divergences_valeurs``."""

    rank: int
    part: Literal["value", "sources"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One source sheet: where it stands, which table its rows fill, and with which labelled columns.

    ``place``: ``classeur`` (a sheet of a contract's workbook or of the national one), ``referentiel`` (a CSV file of
    ``sources/referentiels``), ``corrections`` or ``assertions`` (a CSV file of ``sources``). ``single``: exactly one
    row (the contract itself). ``scoped``: its rows belong to the workbook's contract.
    """

    name: str
    place: Literal["classeur", "referentiel", "corrections", "assertions"]
    table: str
    fields: tuple[Field, ...]
    order: int
    single: bool = False
    national: bool = True
    scoped: bool = True

    def __post_init__(self) -> None:
        labels = [field.label for field in self.fields]
        if len(set(labels)) != len(labels):
            raise ValueError(f"{self.name}: a label is declared twice")

    def field(self, label: str) -> Field:
        """The field that bears this label."""
        for field in self.fields:
            if field.label == label:
                return field
        raise KeyError(f"{self.name}: {label}")


def cell(column: Column, *, label: str | None = None, optional: bool = False) -> Cell:
    """A `Cell` that takes its label, aliases and obligation from its column."""
    return Cell(
        column=column,
        label=label or column.header,
        aliases=column.aliases,
        optional=optional,
        required=column.required,
    )
