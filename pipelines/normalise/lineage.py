"""Where each published column comes from: cells of sheets, or, for a flat table, columns of other tables.

Read off the declarations, so that a table declared in one file more has its lineage too. What sheets only compare with
a published value (what a row says of an organisation that the register knows) is no origin of it.

Belongs here: which columns a column is made of. Does not belong here: making it, nor showing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.normalise import flat
from schemas.declaration import (
    Cell,
    Column,
    Family,
    Field,
    Kind,
    ListCell,
    PartnerOrGroupCell,
    Sheet,
    SourcesCell,
    Table,
    TargetCell,
    VersionCell,
    ZoneCell,
)
from schemas.registry import sheets, tables
from schemas.vocabularies import TABLES

VERSIONS_TABLE, CITATIONS, PROVENANCE, REGISTRY = "divergences_valeurs", "citations", "provenance", "identifiants"
CONTRACTS, CONTRACT, PARTNERS = "contrats", "contrat_id", "partenaires"
TARGETS = {"sheet": "table_code", "row": "ligne_id", "column": "colonne"}
DERIVED = {
    ("contrats", "est_parmi_les_20"): ("contrats", "generation_code"),
    ("contrats_territoires", "zone_code_actuel"): ("zones", "zone_code_actuel"),
}
"""Columns that no sheet holds because another implies them (``build``): the column that does, as published."""
SPELLINGS = {
    PARTNERS: ((PARTNERS, "nom"), ("partenaires_denominations", "denomination")),
    "actions": (("actions", "numero"),),
}
"""What a row may be named by beside its key."""
WITHOUT = {
    (CITATIONS, "table_code"): "le nom de la table citée, qui vient de la déclaration des feuilles",
    (PROVENANCE, "table_code"): "le nom de la table, qui vient de la déclaration des feuilles",
    (PROVENANCE, "fichier"): "le nom du fichier lu, et non le contenu d’une cellule",
    (PROVENANCE, "feuille"): "le nom de la feuille lue, et non le contenu d’une cellule",
    (PROVENANCE, "ligne"): "le rang de la ligne lue, et non le contenu d’une cellule",
    (PROVENANCE, "empreinte_sha256"): "l’empreinte du fichier lu, et non le contenu d’une cellule",
    **{
        (name, "remarque"): "aucune feuille ne remplit cette colonne"
        for name in (
            "actions_marches",
            "actions_partenaires",
            "contrats_groupes",
            "contrats_thematiques",
            "evenements_participants",
        )
    },
}
"""Published columns that no column of anything fills, and why."""


@dataclass(frozen=True, order=True)
class Origin:
    """A column that a published one is made of: of a ``sheet`` (its label), or of a published ``table``."""

    of: str
    column: str
    sheet: bool = True


def origins(table: Table) -> dict[str, tuple[Origin, ...]]:
    """The origins of every published column of a table that has any (see `WITHOUT` for the others)."""
    if table.family is Family.FLAT:
        return {
            column: tuple(sorted(Origin(*place, sheet=False) for place in places))
            for column, places in flat.origins(table.name).items()
        }
    found = {}
    for column in table.columns:
        own = tuple(sorted(_of_column(table, column)))
        if own:
            found.update(dict.fromkeys(_parts(column), own))
    return found


def _parts(column: Column) -> tuple[str, ...]:
    """A date is published as three columns, all from the same cell."""
    dated = column.kind is Kind.DATE
    return (column.name, f"{column.name}_precision", f"{column.name}_texte") if dated else (column.name,)


def _of_column(table: Table, column: Column) -> set[Origin]:
    if table.name in (CITATIONS, PROVENANCE):
        return _of_trace(table, column)
    found = {
        Origin(sheet.name, label)
        for sheet in sheets().values()
        for name, filled, label in _filled(sheet)
        if (name, filled) == (table.name, column.name)
    }
    if found:
        found |= _translated(column)
    if (table.name, column.name) in DERIVED:
        other, implying = DERIVED[table.name, column.name]
        found |= _of_column(tables()[other], tables()[other][implying])
    if column.name == table.key:
        return found | _of_key(table)
    return found or _of_owner(table, column)


def _filled(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """The table and column that each field of a sheet fills, and the label of the field."""
    for item in sheet.fields:
        for table, column in _filled_by(sheet, item):
            yield table, column, item.label


def _filled_by(sheet: Sheet, item: Field) -> Iterator[tuple[str, str]]:
    match item:
        case Cell():
            yield sheet.table, item.column.name
        case ListCell():
            yield from ((item.table, name) for name in (*item.columns, item.qualifier, item.detail) if name)
        case PartnerOrGroupCell():
            yield from ((sheet.table, name) for name in (item.partner, item.group))
        case ZoneCell():
            yield from ((sheet.table, name) for name in (item.type_column, item.code_column))
        case TargetCell():
            yield sheet.table, TARGETS[item.part]
        case VersionCell(part="value"):
            yield from ((VERSIONS_TABLE, name) for name in ("rang", "valeur_citee"))
        case VersionCell():
            yield from ((VERSIONS_TABLE, name) for name in ("rang", "source_id"))


def _translated(column: Column) -> set[Origin]:
    """The lists in which what is typed is looked up: codes, and the keys of the rows that a cell names."""
    places: list[tuple[str, str]] = []
    if column.vocabulary not in (None, TABLES):
        places += [("nomenclatures", name) for name in ("code", "libelle", "autres_ecritures")]
    if column.references is not None:
        places += [(column.references, tables()[column.references].key), *SPELLINGS.get(column.references, ())]
    return {
        Origin(sheet.name, item.label)
        for sheet in sheets().values()
        for item in sheet.fields
        if isinstance(item, Cell) and (sheet.table, item.column.name) in places
    }


def _of_key(table: Table) -> set[Origin]:
    """What mints a key that was not typed, and the registry, which remembers those of rows of workbooks."""
    found = {origin for name in table.natural_key if name != table.key for origin in _of_column(table, table[name])}
    if any(sheet.place == "classeur" and sheet.table == table.name for sheet in sheets().values()):
        registry = sheets()[REGISTRY]
        found |= {Origin(registry.name, item.label) for item in registry.fields}
    return found


def _of_owner(table: Table, column: Column) -> set[Origin]:
    """The row whose cell makes rows of this table, or the contract whose workbook holds its rows."""
    found: set[Origin] = set()
    for sheet in sheets().values():
        owner = tables()[sheet.table]
        if column.name == owner.key and table.name in made_by(sheet):
            found |= _of_column(owner, owner[owner.key])
        if column.name == CONTRACT and sheet.scoped and sheet.table == table.name:
            contracts = tables()[CONTRACTS]
            found |= _of_column(contracts, contracts[CONTRACT])
    return found


def made_by(sheet: Sheet) -> set[str]:
    """The tables whose rows the cells of a sheet make, beside its own."""
    made = {item.table for item in sheet.fields if isinstance(item, ListCell)}
    return made | {VERSIONS_TABLE for item in sheet.fields if isinstance(item, VersionCell)}


def _of_trace(table: Table, column: Column) -> set[Origin]:
    """Citations are stated in cells of sources; both traces name the rows of every table that they tell of."""
    if column.name == "ligne_id":
        return {origin for name in _traced(table) for origin in _of_column(tables()[name], _key(tables()[name]))}
    if column.name == table.key:
        return {origin for name in table.natural_key for origin in _of_trace(table, table[name])}
    stating = {
        Origin(sheet.name, item.label)
        for sheet in sheets().values()
        for item in sheet.fields
        if isinstance(item, SourcesCell) or (isinstance(item, VersionCell) and item.part == "sources")
    }
    if (table.name, column.name) == (CITATIONS, "colonne"):
        return stating
    if (table.name, column.name) == (CITATIONS, "source_id"):
        return stating | _translated(column)
    return set()


def _traced(trace: Table) -> set[str]:
    """The tables whose rows a trace names: those with sources, and the partners named in them, or all that is typed."""
    found = set()
    for sheet in sheets().values():
        if trace.name == PROVENANCE or any(isinstance(item, SourcesCell | VersionCell) for item in sheet.fields):
            found |= {sheet.table} | made_by(sheet)
    return found | {PARTNERS}


def _key(table: Table) -> Column:
    return table[table.key]
