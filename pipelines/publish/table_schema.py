"""Declared tables → Frictionless Table Schema.

Belongs here: what a Table Schema can say of one table alone. Does not belong here: foreign keys, which make tools
that validate one file refuse it (they are in the Data Package, ``datapackage``).

Neither a date nor the version of a release enters a schema: it changes when the model does, and only then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipelines.publish.description import Body, DatasetDescription
from schemas.declaration import Column, Kind, Table
from schemas.version import MODEL_VERSION

Json = dict[str, object]
Codes = Mapping[str, Collection[str]]

PROFILE = "https://frictionlessdata.io/schemas/table-schema.json"

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


def published_schema(table: Table, codes: Codes, description: DatasetDescription) -> Json:
    """The Table Schema as the file of a release: whose it is, under which licence, where it and its data stand."""
    own = table_schema(table, codes)
    heading = {name: own.pop(name) for name in ("name", "title", "description", "titre_en", "description_en")}
    return {
        "$schema": PROFILE,
        **heading,
        "version": MODEL_VERSION,
        "countryCode": "FR",
        "homepage": description.adresse_de_base,
        "path": description.latest(f"schemas/{table.name}.json"),
        "licenses": licences(description),
        "contributors": contributors(description),
        "keywords": list(description.mots_cles),
        "resources": [
            {
                "name": table.name,
                "title": table.title.fr,
                "titre_en": table.title.en,
                "path": description.latest(f"csv/{table.name}.csv"),
            }
        ],
        **own,
    }


def licences(description: DatasetDescription) -> list[dict[str, str]]:
    """The licence, as descriptors of Frictionless write it."""
    licence = description.licence
    return [{"name": licence.nom, "path": licence.adresse, "title": licence.titre}]


def contributors(description: DatasetDescription) -> list[dict[str, str]]:
    """The publisher and, when it is another body, the contact point, as descriptors of Frictionless write them."""
    bodies: list[tuple[Body, str]] = [(description.editeur, "publisher")]
    if description.point_de_contact != description.editeur:
        bodies.append((description.point_de_contact, "contact"))
    return [
        {"title": body.nom, "role": role, **({"path": body.adresse} if body.adresse else {})} for body, role in bodies
    ]


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
