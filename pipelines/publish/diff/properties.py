"""Two descriptors → what the dataset says otherwise of itself: title, licence, coverage, version of the model.

Belongs here: the properties of the whole. Does not belong here: those of tables (``schemas``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.publish.diff.model import MODEL_VERSION_KEY, Finding, Property, finding
from pipelines.publish.diff.reading import FIRST_MODEL_VERSION
from pipelines.publish.versions import TRIAL

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
    TRIAL: "Publication d’essai",
}
_COMPARED_ELSEWHERE = {"version", "created", "contenu_sha256", "resources", "sources", "autres_fichiers"}
_HOW_IT_WAS_MADE = {"fabrication"}
"""What the dataset is made with says nothing of what it holds."""


def properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Property, ...]:
    """The properties that changed; those that are not known here are told too, under their own name."""
    before, after = ({MODEL_VERSION_KEY: FIRST_MODEL_VERSION, **said} for said in (old, new))
    names = dict.fromkeys([*_TITLES, *sorted(before.keys() | after.keys())])
    return tuple(
        Property(name, _TITLES.get(name, name), _said(before.get(name)), _said(after.get(name)))
        for name in names
        if name not in _COMPARED_ELSEWHERE | _HOW_IT_WAS_MADE and before.get(name) != after.get(name)
    )


def property_finding(one: Property) -> Finding:
    """The finding about a property that changed."""
    code = "licence-changee" if one.propriete == "licenses" else "description-changee"
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
