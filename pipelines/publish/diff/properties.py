"""Two descriptors → what the dataset says otherwise of itself: title, licence, coverage, version of the model.

Belongs here: the properties of the whole. Does not belong here: those of tables (``schemas``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.publish.datapackage import ARCHIVE
from pipelines.publish.diff.model import MODEL_VERSION_KEY, Finding, Property, finding
from pipelines.publish.diff.reading import FIRST_MODEL_VERSION
from pipelines.publish.formats import CSV, ZIP
from pipelines.publish.versions import TRIAL

FORMATS = "formats"
_OTHER_FILES = "autres_fichiers"
_TITLES = {
    MODEL_VERSION_KEY: "Version du modèle",
    "licenses": "Licence",
    "title": "Titre",
    "titre_en": "Titre anglais",
    "description": "Description",
    "description_en": "Description anglaise",
    "temporal": "Période couverte",
    "spatial": "Territoire couvert",
    "emprise": "Emprise",
    "frequence": "Fréquence",
    "keywords": "Mots clés",
    "contributors": "Éditeur et contact",
    "homepage": "Adresse",
    "name": "Nom technique",
    FORMATS: "Formats",
    TRIAL: "Publication d’essai",
}
_COMPARED_ELSEWHERE = {"version", "created", "contenu_sha256", "resources", "sources", _OTHER_FILES}
_HOW_IT_WAS_MADE = {"fabrication"}
"""What the dataset is made with says nothing of what it holds."""


def properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Property, ...]:
    """The properties that changed; those that are not known here are told too, under their own name."""
    before, after = (
        {MODEL_VERSION_KEY: FIRST_MODEL_VERSION, **said, FORMATS: list(known)}
        for said, known in zip((old, new), formats(old, new), strict=True)
    )
    names = dict.fromkeys([*_TITLES, *sorted(before.keys() | after.keys())])
    return tuple(
        Property(name, _TITLES.get(name, name), _said(before.get(name)), _said(after.get(name)))
        for name in names
        if name not in _COMPARED_ELSEWHERE | _HOW_IT_WAS_MADE and before.get(name) != after.get(name)
    )


def formats(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats that each release is in, told from its files; ZIP, when both say which others they have."""
    archives = all(_OTHER_FILES in said for said in (old, new))
    return _formats(old, archives=archives), _formats(new, archives=archives)


def _formats(descriptor: Mapping[str, Any], *, archives: bool) -> tuple[str, ...]:
    resources = descriptor["resources"]
    known = {str(one.get("format")): None for each in resources for one in each.get("autres_formats", [])}
    zipped = archives and any(one.get("path") == ARCHIVE for one in descriptor[_OTHER_FILES])
    return (CSV, *sorted(known), *([ZIP] if zipped else []))


def property_finding(one: Property) -> Finding:
    """The finding about a property that changed; a format that goes is as grave as its files."""
    code = "licence-changee" if one.propriete == "licenses" else "description-changee"
    if one.propriete == FORMATS:
        kept = set((one.avant or "").split(" ; ")) <= set((one.apres or "").split(" ; "))
        code = "fichier-ajoute" if kept else "fichier-retire"
    said = f"{one.titre} : {one.avant or '(rien)'} → {one.apres or '(rien)'}."
    return finding(code, said, objet=one.propriete, avant=one.avant, apres=one.apres)


def _said(value: object) -> str | None:
    """A value of the descriptor in words."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        return ", ".join(f"{name} : {_said(part)}" for name, part in sorted(value.items()))
    if isinstance(value, list):
        return " ; ".join(str(_said(part)) for part in value)
    return str(value)
