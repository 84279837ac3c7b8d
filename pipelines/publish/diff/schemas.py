"""Two schemas of one table → what changed in the model: columns, types, keys, references, constraints, words.

Belongs here: comparing what descriptors declare, and reading from a schema the part that its table plays. Does not
belong here: rows, the terms of vocabularies (``terms``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipelines.publish.diff.model import Finding, Nature, finding

Json = Mapping[str, Any]

FLAT_SUFFIX = "_a_plat"
ECHOES = frozenset({"provenance", "identifiants"})
"""Tables that repeat where and under which key the rows of others were typed."""
ROW_COLUMN = "ligne_id"
"""The column by which a table speaks of the rows of others."""

_WORDS = ("title", "description", "example", "titre_en", "description_en")
_FORMATS = ("format", "bareNumber", "decimalChar", "groupChar", "trueValues", "falseValues")
_DIALECT = ("format", "mediatype", "encoding", "dialect")
_MAY_LACK = ("colonne-facultative", "peut désormais être vide")
_CONSTRAINTS = {
    "unique": "unicité",
    "pattern": "motif",
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "longueur minimale",
    "maxLength": "longueur maximale",
    "enum": "valeurs permises",
}


def fields(schema: Json) -> dict[str, Json]:
    """The columns of a schema by name, in order."""
    return {str(field["name"]): field for field in schema.get("fields", [])}


def primary_key(schema: Json) -> tuple[str, ...]:
    """The columns of the key."""
    return _names(schema.get("primaryKey"))


def natural_key(schema: Json) -> tuple[str, ...]:
    """The columns that also tell rows apart."""
    return _names(schema.get("cle_naturelle"))


def references(name: str, schema: Json) -> set[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """The foreign keys of a table: its columns, the table that they point at, the columns there.

    Whether all rows fill them (strict keys, partial ones) depends on the data of the day, so it is left aside.
    """
    return {
        (_names(key["fields"]), key["reference"]["resource"] or name, _names(key["reference"]["fields"]))
        for kind in ("foreignKeys", "cles_etrangeres_partielles")
        for key in schema.get(kind, [])
    }


def nature(name: str, schema: Json) -> Nature:
    """The part that a table plays, told from its name and its keys, so that any release can be read.

    The key of a link or of a trace is made of what the row says (keys, codes, ranks): nothing else refers to it, and
    the row leaves with its fact. Any other key is an identifier, which is promised for ever.
    """
    if name.endswith(FLAT_SUFFIX) or name in ECHOES:
        return Nature.DERIVED
    natural = natural_key(schema)
    if ROW_COLUMN in natural:
        return Nature.TRACE
    pointing = {column for columns, _, _ in references(name, schema) for column in columns}
    for column, field in fields(schema).items():
        if field.get("nomenclature") or field.get("type") == "integer":
            pointing.add(column)
    return Nature.LINK if natural and pointing.issuperset(natural) else Nature.FACTS


def alike(removed: Mapping[str, Json], added: Mapping[str, Json]) -> dict[str, str]:
    """Removed columns that an added one looks like: same type, same title; each at most once."""
    pairs: dict[str, str] = {}
    for old_name, old in removed.items():
        for new_name, new in added.items():
            if new_name not in pairs.values() and _type(old) == _type(new) and old.get("title") == new.get("title"):
                pairs[old_name] = new_name
                break
    return pairs


def column_findings(table: str, old: Json, new: Json, renamed: Mapping[str, str]) -> Iterator[Finding]:
    """What changed in the columns of one table; ``renamed``: removed columns, with the added one that looks alike."""
    before, after = fields(old), fields(new)
    for name in [name for name in before if name not in after]:
        hint = f" ; « {renamed[name]} », nouvelle, lui ressemble" if name in renamed else ""
        said = f"La colonne « {name} » n’est plus dans « {table} »{hint}."
        yield finding("colonne-retiree", said, table=table, colonne=name, avant=name, apres=renamed.get(name))
    for name, field in after.items():
        if name not in before:
            yield finding(
                "colonne-ajoutee", f"La colonne « {name} » est nouvelle dans « {table} ».", table=table, colonne=name
            )
        else:
            yield from _column(table, name, before[name], field)
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        said = f"L’ordre des colonnes de « {table} » a changé : lisez-les par leur nom."
        yield finding("colonnes-reordonnees", said, table=table)
    reworded = [name for name in common if any(before[name].get(word) != after[name].get(word) for word in _WORDS)]
    if any(old.get(word) != new.get(word) for word in _WORDS):
        reworded.insert(0, table)
    if reworded:
        said = f"Les mots qui décrivent « {table} » ou ses colonnes ont changé : {', '.join(reworded)}."
        yield finding("libelles-changes", said, table=table, nombre=len(reworded), exemples=tuple(reworded))


def key_findings(table: str, old: Json, new: Json) -> Iterator[Finding]:
    """What changed in the keys and references of one table."""
    before, after = primary_key(old), primary_key(new)
    if before != after:
        yield _changed("cle-changee", f"La clé de « {table} » a changé", table, None, before, after)
    before, after = natural_key(old), natural_key(new)
    if before != after:
        looser = before and not (after and set(after) <= set(before))
        code = "cle-naturelle-changee" if looser else "cle-naturelle-resserree"
        if set(before) != set(after):
            yield _changed(code, f"Ce qui distingue une ligne de « {table} » a changé", table, None, before, after)
    held, holds = references(table, old), references(table, new)
    for columns, target, _ in sorted(held - holds):
        if set(columns) <= fields(new).keys():
            said = f"Dans « {table} », {_quoted(columns)} ne renvoie plus à « {target} »."
            yield finding("reference-retiree", said, table=table, colonne=", ".join(columns), avant=target)
    for columns, target, _ in sorted(holds - held):
        if set(columns) <= fields(old).keys():
            said = f"Dans « {table} », {_quoted(columns)} renvoie désormais à « {target} »."
            yield finding("reference-ajoutee", said, table=table, colonne=", ".join(columns), apres=target)


def file_findings(table: str, old: Json, new: Json, common: Collection[str]) -> Iterator[Finding]:
    """Which files of a table came and went, and whether its CSV file is written otherwise.

    A format that is not ``common`` to both releases is told once, not for each table.
    """
    before, after = _paths(old, common), _paths(new, common)
    for path in [path for path in before if path not in after]:
        yield finding("fichier-retire", f"Le fichier {path} n’est plus là.", table=table, objet=path, avant=path)
    for path in [path for path in after if path not in before]:
        yield finding("fichier-ajoute", f"Le fichier {path} est nouveau.", table=table, objet=path, apres=path)
    for name in _DIALECT:
        if old.get(name) != new.get(name):
            said = f"Le fichier CSV de « {table} » s’écrit autrement ({name})"
            yield _changed("ecriture-changee", said, table, None, old.get(name), new.get(name), objet=name)


def _column(table: str, name: str, old: Json, new: Json) -> Iterator[Finding]:
    place = f"« {name} » de « {table} »"
    if _type(old) != _type(new):
        yield _changed("type-change", f"{place} a changé de type", table, name, *_told_apart(old, new))
    if old.get("unite") != new.get("unite"):
        yield _changed("unite-changee", f"{place} a changé d’unité", table, name, old.get("unite"), new.get("unite"))
    before, after = old.get("nomenclature"), new.get("nomenclature")
    if before != after:
        yield _changed("nomenclature-changee", f"{place} a changé de nomenclature", table, name, before, after)
    held, holds = old.get("constraints", {}), new.get("constraints", {})
    if bool(held.get("required")) != bool(holds.get("required")):
        code = "colonne-obligatoire" if holds.get("required") else "colonne-facultative"
        said = f"{place} " + (
            "est désormais toujours remplie." if holds.get("required") else "peut désormais être vide."
        )
        yield finding(code, said, table=table, colonne=name)
    for constraint, title in _CONSTRAINTS.items():
        if constraint == "enum" and before and after:
            continue  # the terms of a vocabulary are compared once, not at each column
        if held.get(constraint) != holds.get(constraint):
            values = held.get(constraint), holds.get(constraint)
            said = f"Ce que peut contenir {place} a changé ({title})"
            yield _changed("contrainte-changee", said, table, name, *values, objet=constraint)


def _changed(
    code: str, said: str, table: str | None, column: str | None, before: object, after: object, objet: str | None = None
) -> Finding:
    was, now = _written(before), _written(after)
    message = f"{said} : {was or '(rien)'} → {now or '(rien)'}."
    return finding(code, message, table=table, colonne=column, objet=objet, avant=was, apres=now)


def _type(field: Json) -> tuple[object, ...]:
    return (field.get("type", "any"), *(field.get(name) for name in _FORMATS))


def _told_apart(old: Json, new: Json) -> tuple[str, str]:
    """The two types as briefly as they can be told apart: « string », « string (uri) », or all that differs."""
    for names in (("type",), ("type", "format"), ("type", *_FORMATS)):
        before, after = (tuple(field.get(name) for name in names) for field in (old, new))
        if before != after:
            break
    was, now = (" ".join(_written(part) or "-" for part in parts) for parts in (before, after))
    return was, now


def _written(value: object) -> str | None:
    if value is None or value in ((), []):
        return None
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {part!r}" for name, part in sorted(value.items()))
    return str(value)


def _quoted(columns: tuple[str, ...]) -> str:
    return " et ".join(f"« {column} »" for column in columns)


def _paths(resource: Json, formats: Collection[str]) -> list[str]:
    others = [one for one in resource.get("autres_formats", []) if str(one.get("format")) in formats]
    return [str(one["path"]) for one in (resource, *others)]


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)  # type: ignore[attr-defined]
