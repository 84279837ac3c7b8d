"""The columns of a table, as a page tells them to a person and to a script.

Belongs here: reading a Table Schema. Does not belong here: the file ``dictionnaire.md`` (``publish.dictionary``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.site.model import Json, Language, Release
from schemas.declaration import Bilingual

TYPES = {
    "string": Bilingual("texte", "text"),
    "date": Bilingual("date", "date"),
    "integer": Bilingual("entier", "integer"),
    "number": Bilingual("nombre", "number"),
    "boolean": Bilingual("vrai ou faux", "true or false"),
    "uri": Bilingual("adresse web", "web address"),
}


@dataclass(frozen=True)
class ColumnEntry:
    """One column. ``filled``, ``total``: rows in which it says something, of how many; nothing when not counted.

    ``codes``: what each code means, in order. ``table``: the table whose key it holds, itself when that is its own.
    """

    name: str
    title: Bilingual
    description: Bilingual
    type: str
    unit: str
    example: str
    required: bool
    key: bool
    vocabulary: str
    codes: tuple[tuple[str, Bilingual], ...]
    table: str
    filled: int | None
    total: int | None

    @property
    def type_name(self) -> Bilingual:
        """Its type in words."""
        return TYPES.get(self.type, Bilingual(self.type, self.type))

    @property
    def share(self) -> float | None:
        """The part of the rows in which it says something; nothing for a table of no row."""
        return self.filled / self.total if self.filled is not None and self.total else None


def columns(release: Release, table: str) -> tuple[ColumnEntry, ...]:
    """The columns of a table, in published order."""
    schema = release.resources[table]["schema"]
    counted = release.quality.get("completude", {}).get(table, {}).get("colonnes", {})
    targets = _targets(table, schema)
    keys = schema.get("primaryKey", [])
    keys = {keys} if isinstance(keys, str) else set(keys)
    return tuple(
        _column(field, counted.get(field["name"], {}), targets, keys, release.vocabularies)
        for field in schema["fields"]
    )


def told_to_scripts(entries: tuple[ColumnEntry, ...], language: Language) -> list[Json]:
    """The columns as the preview reads them: name, title, type, unit, labels of codes in one language."""
    return [
        {
            "name": entry.name,
            "title": _in(entry.title, language),
            "type": entry.type,
            "numeric": entry.type in ("integer", "number"),
            "unit": entry.unit,
            "vocabulary": {code: _in(label, language) for code, label in entry.codes} or None,
        }
        for entry in entries
    ]


def _column(
    field: Json,
    counted: Json,
    targets: Mapping[str, str],
    keys: set[str],
    vocabularies: Mapping[str, Mapping[str, Bilingual]],
) -> ColumnEntry:
    constraints = field.get("constraints", {})
    vocabulary = str(field.get("nomenclature", ""))
    known = vocabularies.get(vocabulary, {})
    allowed = constraints.get("enum", []) if vocabulary else []
    ordered = [code for code in known if code in set(allowed)] + [code for code in allowed if code not in known]
    return ColumnEntry(
        name=field["name"],
        title=_words(field, "title", "titre_en"),
        description=_words(field, "description", "description_en"),
        type="uri" if field.get("format") == "uri" else str(field["type"]),
        unit=str(field.get("unite", "")),
        example=str(field.get("example", "")),
        required=bool(constraints.get("required", False)),
        key=field["name"] in keys,
        vocabulary=vocabulary,
        codes=tuple((code, known.get(code, Bilingual(code, code))) for code in ordered),
        table=targets.get(field["name"], ""),
        filled=counted.get("nombre"),
        total=counted.get("sur"),
    )


def _words(field: Json, name: str, name_en: str) -> Bilingual:
    said = str(field.get(name, ""))
    return Bilingual(said, str(field.get(name_en, said)))


def _targets(table: str, schema: Json) -> dict[str, str]:
    """The table that each column points at, where it does so alone."""
    found = {}
    for key in (*schema.get("foreignKeys", []), *schema.get("cles_etrangeres_partielles", [])):
        names = [key["fields"]] if isinstance(key["fields"], str) else key["fields"]
        if len(names) == 1:
            found[names[0]] = key["reference"]["resource"] or table
    return found


def _in(words: Bilingual, language: Language) -> str:
    return words.fr if language == "fr" else words.en
