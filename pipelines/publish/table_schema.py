"""Declared tables → Frictionless Table Schema.

Belongs here: what a Table Schema can say of one table alone. Does not belong here: foreign keys, which make tools
that validate one file refuse it (they are in the Data Package, ``datapackage``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from schemas.declaration import Column, Kind, Table

Json = dict[str, object]
Codes = Mapping[str, Collection[str]]

TYPES: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("string", "default"),
    Kind.IDENTIFIER: ("string", "default"),
    Kind.CODE: ("string", "default"),
    Kind.DATE: ("date", "default"),
    Kind.BOOLEAN: ("boolean", "default"),
    Kind.INTEGER: ("integer", "default"),
    Kind.DECIMAL: ("number", "default"),
    Kind.EUROS: ("number", "default"),
    Kind.PERCENT: ("number", "default"),
    Kind.URL: ("string", "uri"),
    Kind.SIREN: ("string", "default"),
    Kind.SHA256: ("string", "default"),
}


def table_schema(table: Table, codes: Codes) -> Json:
    """The Table Schema of one table; ``codes`` gives the terms of each vocabulary."""
    return {
        "name": table.name,
        "title": table.title.fr,
        "description": table.description.fr,
        "titre_en": table.title.en,
        "description_en": table.description.en,
        "fields": [_field(table, column, codes) for column in table.published],
        "primaryKey": table.key,
        **({"cle_naturelle": list(table.natural_key)} if table.natural_key else {}),
        "missingValues": [""],
    }


def _field(table: Table, column: Column, codes: Codes) -> Json:
    type_, format_ = TYPES[column.kind]
    field: Json = {
        "name": column.name,
        "type": type_,
        "format": format_,
        "title": column.title.fr,
        "description": column.description.fr,
        "example": column.example,
        "titre_en": column.title.en,
        "description_en": column.description.en,
    }
    if column.kind is Kind.BOOLEAN:
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit is not None:
        field["unite"] = column.unit
    if column.vocabulary is not None:
        field["nomenclature"] = column.vocabulary
    constraints = _constraints(table, column, codes)
    return field | ({"constraints": constraints} if constraints else {})


def _constraints(table: Table, column: Column, codes: Codes) -> Json:
    stated: Json = {
        "required": column.required or None,
        "unique": column.name == table.key or None,
        "pattern": column.pattern if column.vocabulary is None else None,
        "minimum": _number(column.minimum),
        "maximum": _number(column.maximum),
        "enum": None if column.vocabulary is None else _terms(table, column, codes),
    }
    return {name: value for name, value in stated.items() if value is not None}


def _number(limit: float | None) -> int | float | None:
    return int(limit) if limit is not None and float(limit).is_integer() else limit


def _terms(table: Table, column: Column, codes: Codes) -> list[str]:
    terms = sorted(set(codes.get(column.vocabulary or "", ())))
    if not terms:
        raise ValueError(
            f"Table {table.name}, colonne {column.name} : aucun code de la nomenclature {column.vocabulary}."
        )
    return terms
