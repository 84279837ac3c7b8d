"""The data dictionary: one entry per published column, and the Markdown file that people read.

Belongs here: how a declaration is put in words for a reader. Does not belong here: the declarations, the sheets of a
workbook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.publish.tables_arrow import Declared
from schemas.declaration import Column, Family, Kind, Table
from schemas.version import MODEL_VERSION

DICTIONARY = "dictionnaire.md"

TYPE_LABELS: dict[Kind, str] = {
    Kind.TEXT: "texte",
    Kind.IDENTIFIER: "identifiant",
    Kind.CODE: "code",
    Kind.DATE: "date (AAAA-MM-JJ)",
    Kind.BOOLEAN: "booléen (true, false)",
    Kind.INTEGER: "nombre entier",
    Kind.DECIMAL: "nombre décimal",
    Kind.EUROS: "montant en euros",
    Kind.PERCENT: "pourcentage",
    Kind.URL: "adresse web",
    Kind.SIREN: "SIREN (texte, 9 chiffres)",
    Kind.SHA256: "empreinte SHA-256",
}
FAMILY_LABELS: dict[Family, str] = {
    Family.FLAT: "table dérivée, à plat, pour un tableur",
    Family.FACT: "faits",
    Family.REFERENCE: "référentiel",
    Family.TRACE: "traçabilité",
}


@dataclass(frozen=True)
class Entry:
    """One line of the dictionary, as text."""

    table: str
    colonne: str
    titre: str
    type: str
    unite: str
    nomenclature: str
    obligatoire: str
    description: str
    exemple: str
    reference: str
    titre_en: str
    description_en: str


def entries(table: Table) -> list[Entry]:
    """The entries of one table, one per published column."""
    references = _references(table)
    return [
        Entry(
            table=table.name,
            colonne=column.name,
            titre=column.title.fr,
            type=TYPE_LABELS[column.kind],
            unite=column.unit or "",
            nomenclature=column.vocabulary or "",
            obligatoire="oui" if column.required else "non",
            description=_description(table, column),
            exemple=column.example,
            reference=references.get(column.name, ""),
            titre_en=column.title.en,
            description_en=column.description.en,
        )
        for column in table.published
    ]


def in_order(declared: Declared) -> dict[str, Table]:
    """The tables as readers meet them: flat ones first, then the others in publishing order."""
    ranked = sorted(declared.values(), key=lambda table: (table.family is not Family.FLAT, table.order, table.name))
    return {table.name: table for table in ranked}


def markdown(declared: Declared, title: str) -> str:
    """The whole dictionary as one Markdown file."""
    tables = list(in_order(declared).values())
    summary = [
        f"- [{table.name}](#{table.name}) : {table.title.fr} ({FAMILY_LABELS[table.family]})" for table in tables
    ]
    lines = [
        f"# Dictionnaire des données : {title}",
        "",
        "Une section par table, une ligne par colonne. Les codes de chaque nomenclature, leurs libellés et leurs",
        "définitions sont dans la table `nomenclatures`. Une cellule vide veut dire qu’aucune source ne le dit.",
        "Les descriptions en anglais suivent, en italique. *English descriptions follow in italics; an empty cell*",
        "*means that no source states it; codes are explained in the table* `nomenclatures`.",
        "",
        f"Version du modèle : {MODEL_VERSION}.",
        "",
        *summary,
    ]
    return "\n".join([*lines, *(line for table in tables for line in _section(table))]) + "\n"


def _description(table: Table, column: Column) -> str:
    return f"Clé de la table. {column.description.fr}" if column.name == table.key else column.description.fr


def _references(table: Table) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for key in table.foreign_keys:
        for name in key.columns:
            found.setdefault(name, []).append(key.table)
    return {name: ", ".join(dict.fromkeys(targets)) for name, targets in found.items()}


def _section(table: Table) -> Iterator[str]:
    yield from ("", f"## {table.name}", "", f"**{table.title.fr}** · *{table.title.en}*", "")
    yield from (table.description.fr, "", f"*{table.description.en}*", "")
    yield f"Nature : {FAMILY_LABELS[table.family]}. Clé : `{table.key}`."
    if table.natural_key:
        yield f"Unique aussi par : {', '.join(f'`{name}`' for name in table.natural_key)}."
    yield from (
        "",
        _row("Colonne", "Titre", "Title", "Type", "Unité", "Nomenclature ou table", "Obl.", "Description", "Exemple"),
    )
    yield _row(*["---"] * 9)
    for entry in entries(table):
        yield _row(
            f"`{entry.colonne}`",
            entry.titre,
            entry.titre_en,
            entry.type,
            entry.unite,
            ", ".join(part for part in (entry.nomenclature, entry.reference) if part),
            entry.obligatoire,
            f"{entry.description} *{entry.description_en}*",
            entry.exemple,
        )


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
