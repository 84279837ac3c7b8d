"""What one page shows of the rows: its sources, numbered as they are cited, where it was typed, what sources dispute.

Belongs here: what the pages of a contract and of a partner share. Does not belong here: which rows a page shows
(``pages``), how they are read (``facts``).

A page shows its rows in order through `Record.show`, those of a table that may be long once `Record.within` took the
first of them; the numbers of sources, the divergences, the cells and the tables of files follow from what was shown,
and are asked for once everything was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from pipelines.site import bounds
from pipelines.site.facts import Facts
from pipelines.site.rows import Row, Rows, Said, said_date, said_euros
from pipelines.text import clean
from schemas.declaration import Bilingual, Column, Kind

_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Note:
    """Sources of a row, or of one ``column`` of it (its ``title``): their numbers on the page and their keys."""

    column: str
    title: Bilingual | None
    sources: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a divergence: what is said, by which sources (and rows), whether the data keep it."""

    value: Said | str
    rows: tuple[Row, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Divergence:
    """A point on which sources differ. ``target``: the row at stake, if shown here; ``kept``: when it is no version."""

    row: Row
    about: Said | None
    column: Bilingual | None
    target: str | None
    versions: tuple[Version, ...]
    kept: Said | str | None


@dataclass
class Record:
    """The rows that a page shows, in order. ``notes`` gives what is cited of a row, by its anchor.

    ``beyond``: the anchors of the rows that it would show, were they not too many, by table.
    """

    facts: Facts
    notes: dict[str, tuple[Note, ...]] = field(default_factory=dict)
    shown: dict[str, Row] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    beyond: dict[str, set[str]] = field(default_factory=dict)

    def within(self, rows: Iterable[Row]) -> list[Row]:
        """The first rows of a table, as many as a page shows; the others are counted in ``beyond``."""
        found = rows if isinstance(rows, Rows) else list(rows)
        if others := found[bounds.FACTS :]:
            anchors = others.anchors if isinstance(others, Rows) else (row.anchor for row in others)
            self.beyond.setdefault(others[0].table, set()).update(anchors)
        return list(found[: bounds.FACTS])

    def whole(self, table: str, shown: int) -> int:
        """How many rows of a table the page is about, of which so many are shown."""
        return shown + len(self.beyond.get(table, ()))

    def show(self, rows: Iterable[Row], part_of: Row | None = None) -> list[Row]:
        """Shows rows, citing what supports them; a part of a row says its sources only when they are others."""
        found = list({row.anchor: row for row in rows if row.anchor not in self.shown}.values())
        for row in found:
            self.shown[row.anchor] = row
            said = self.facts.citations(row)
            if said and (part_of is None or sorted(said) != sorted(self.facts.citations(part_of))):
                self.notes[row.anchor] = self._cite(row.table, said)
        return found

    def one(self, row: Row | None) -> Row | None:
        """Shows one row, if there is one."""
        if row is not None:
            self.show((row,))
        return row

    def number(self, source: str) -> int:
        """The number of a source on this page, given when it is first cited."""
        return self.numbers.setdefault(source, len(self.numbers) + 1)

    def left(self, table: str, key: str) -> list[tuple[Said, tuple[Column, ...], list[Row]]]:
        """The rows of facts that refer to a row and were not shown yet, by table, with the columns that they fill.

        Whatever table is declared tomorrow is shown by this, from its declaration.
        """
        found = []
        for name, columns in self.facts.referring(table).items():
            told = {*self.shown, *self.beyond.get(name, ())}
            every = {row.anchor: row for column in columns for row in self.facts.of(name, column, key)}
            rows = self.show(self.within(row for anchor, row in every.items() if anchor not in told))
            if rows:
                declared = self.facts.declared[name]
                filled = {column for row in rows for column in row} - {declared.key}
                published = tuple(
                    column for column in declared.published if column.name in filled and column.references != table
                )
                found.append((self.facts.table_title(name), published, rows))
        return found

    def divergences(self, more: Iterable[Row] = ()) -> list[Divergence]:
        """The divergences about the rows that were shown, and others that the page is owed."""
        about = [row for shown in list(self.shown.values()) for row in self.facts.divergent(shown)]
        rows = {row.key: row for row in (*more, *about)}
        return [self._divergence(row) for row in self.show(self.within(rows[key] for key in sorted(rows)))]

    @cached_property
    def corrections(self) -> list[Row]:
        """The corrections applied to the cells of the rows that were shown."""
        found = {
            row.key: row
            for shown in list(self.shown.values())
            for origin in self.facts.origins(shown)
            for line in (shown.key, str(origin.line))
            for row in self.facts.corrections.get((origin.file, origin.sheet, line), ())
        }
        for row in found.values():
            self.shown[row.anchor] = row
            if row["source_id"] is not None:
                self.number(row["source_id"])
        return list(found.values())

    @cached_property
    def disputed(self) -> dict[str, list[tuple[Row, Bilingual | None]]]:
        """The divergences about each row that was shown, by its anchor, with the title of the column at stake."""
        return {
            anchor: [(point, self._title(row.table, point["colonne"] or "")) for point in found]
            for anchor, row in self.shown.items()
            if (found := self.facts.divergent(row))
        }

    @cached_property
    def sources(self) -> list[tuple[int, str, Row | None]]:
        """The sources that the page cites, in the order of their numbers."""
        return [(number, key, self.facts.get("sources", key)) for key, number in self.numbers.items()]

    @cached_property
    def origins(self) -> list[tuple[str, str, list[tuple[str, list[tuple[int, Row]]]]]]:
        """The files where the rows were typed: name, digest, and by sheet the line of each row."""
        found: dict[tuple[str, str], dict[str, set[tuple[int, str]]]] = {}
        for anchor, row in self.shown.items():
            for origin in self.facts.origins(row):
                sheets = found.setdefault((origin.file, origin.digest), {})
                sheets.setdefault(origin.sheet, set()).add((origin.line, anchor))
        return [
            (file, digest, [(sheet, [(n, self.shown[a]) for n, a in sorted(lines)]) for sheet, lines in sheets.items()])
            for (file, digest), sheets in sorted(found.items())
        ]

    @cached_property
    def tables(self) -> list[tuple[str, Said, list[Row]]]:
        """The published tables from which rows were shown, in published order."""
        found: dict[str, list[Row]] = {}
        for row in self.shown.values():
            found.setdefault(row.table, []).append(row)
        return [(name, self.facts.table_title(name), found[name]) for name in self.facts.declared if name in found]

    def columns(self, table: str) -> frozenset[str]:
        """The columns of a published table."""
        return frozenset(column.name for column in self.facts.declared[table].columns)

    def _cite(self, table: str, said: Sequence[tuple[str, str]]) -> tuple[Note, ...]:
        by_column: dict[str, list[str]] = {}
        for column, source in sorted(said, key=lambda pair: (pair[0] != "", pair)):
            by_column.setdefault(column, []).append(source)
        return tuple(
            Note(column, self._title(table, column), tuple(sorted((self.number(source), source) for source in sources)))
            for column, sources in by_column.items()
        )

    def _title(self, table: str, column: str) -> Bilingual | None:
        found = self._column(table, column)
        return found.title if found is not None else Bilingual(column, column) if column else None

    def _column(self, table: str | None, column: str | None) -> Column | None:
        return self.facts.published.get(table or "", {}).get(column or "")

    def _divergence(self, row: Row) -> Divergence:
        table = row["table_code"]["code"] if row["table_code"] is not None else None
        column = self._column(table, row["colonne"])
        said: dict[str, list[Row]] = {}
        for each in sorted(
            self.facts.of("divergences_valeurs", "divergence_id", row.key),
            key=lambda each: (int(each["rang"]["brut"]) if each["rang"] else 0, each.key),
        ):
            self.shown[each.anchor] = each
            if each["source_id"] is not None:
                self.number(each["source_id"])
            said.setdefault(each["valeur_citee"] or "", []).append(each)
        kept = row["valeur_retenue"]
        apart = not any(_same(value, kept or "") for value in said)
        versions = tuple(
            Version(_in_words(value, column, self.facts), tuple(rows), kept is not None and _same(value, kept))
            for value, rows in said.items()
        )
        anchor = f"{table}-{row['ligne_id']}"
        return Divergence(
            row=row,
            about=self.facts.table_title(table) if table else None,
            column=self._title(table, row["colonne"]) if table and row["colonne"] else None,
            target=anchor if anchor in self.shown else None,
            versions=versions,
            kept=_in_words(kept, column, self.facts) if kept is not None and apart else None,
        )


def place_of(facts: Facts, row: Row) -> str | None:
    """Where the site shows a row of a contract: on the contract's page, or in its table when that page stops before."""
    contract = row["contrat_id"]
    if facts.get("contrats", contract) is None:
        return None
    if row in facts.of(row.table, "contrat_id", contract)[: bounds.FACTS]:
        return f"contrats/{contract}/#{row.anchor}"
    return f"donnees/{row.table}/#apercu&f.{facts.declared[row.table].key}={row.key}"


def web(address: str | None) -> str | None:
    """An address that may be linked: of the web, and nothing else."""
    return address if address is not None and address.lower().startswith(_SCHEMES) else None


def _in_words(value: str, column: Column | None, facts: Facts) -> Said | str:
    """A quoted value as the page says it, when it is a date, a code or an amount of its column."""
    if column is None:
        return value
    if column.kind is Kind.DATE:
        day = _day(value)
        return said_date(day, "jour") if day is not None else value
    if column.kind is Kind.CODE and column.vocabulary is not None:
        term = facts.term(column.vocabulary, value)
        return term if term["fr"] != value else value
    if column.kind is Kind.EUROS:
        try:
            return said_euros(Decimal(value))
        except InvalidOperation:
            return value
    return value


def _same(one: str, other: str) -> bool:
    """Whether two quoted values are the same, were they dates written in two ways."""
    return _plain(one) == _plain(other)


def _plain(value: str) -> str:
    day = _day(value)
    return clean(said_date(day, "jour")["fr"] if day is not None else value)


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if len(value) == len("2014-12-16") else None
    except ValueError:
        return None


def schema_identity(row: Row, address: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """What schema.org says of anything that has a page: what it is, its name, its address; nothing that is empty."""
    here = {"@context": "https://schema.org/", "@type": kind, "@id": f"{address}#fiche", "url": address}
    said = here | {"name": row["nom"]} | more
    return {name: value for name, value in said.items() if value}
