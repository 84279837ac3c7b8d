"""How to cite the dataset in its last release: as a sentence, as BibTeX, as ``CITATION.cff``.

Belongs here: the three forms. Does not belong here: the page that shows them.
"""

from __future__ import annotations

import json

from pipelines.site.model import Language, SiteData

CITATION = "CITATION.cff"
_TEX = {"\\": r"\textbackslash{}", **{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\~{}", "^": r"\^{}"}


def reference(data: SiteData, language: Language) -> str:
    """The sentence."""
    dataset, entry = data.dataset, data.current
    address = f"{dataset.address}/releases/{entry.version}/"
    title = f"{dataset.title.fr} [jeu de données]" if language == "fr" else f"{dataset.title.en} [dataset]"
    version = f"Version {entry.version}" if language == "fr" else f"Release {entry.version}"
    return f"{dataset.publisher[0]}. {title}. {version}. {dataset.licence[0]}. {address}"


def bibtex(data: SiteData) -> str:
    """The entry for a bibliography in LaTeX."""
    dataset, entry = data.dataset, data.current
    fields = {
        "author": f"{{{_tex(dataset.publisher[0])}}}",
        "title": f"{{{_tex(dataset.title.fr)}}}",
        "year": str(entry.date.year),
        "month": str(entry.date.month),
        "version": entry.version,
        "type": "Jeu de données",
        "url": f"{dataset.address}/releases/{entry.version}/",
        "note": _tex(dataset.licence[0]),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{dataset.name}-{entry.version},", *lines, "}"])


def citation_file(data: SiteData) -> str:
    """``CITATION.cff``: YAML whose values are written as JSON, which YAML reads."""
    dataset, entry = data.dataset, data.current
    publisher, site = dataset.publisher
    author = {"name": publisher, **({"website": site} if site else {})}
    fields: dict[str, object] = {
        "cff-version": "1.2.0",
        "message": "Si vous utilisez ces données, citez-les ainsi.",
        "type": "dataset",
        "title": dataset.title.fr,
        "abstract": dataset.description.fr,
        "authors": [author],
        "version": entry.version,
        "date-released": entry.date.isoformat(),
        "url": f"{dataset.address}/",
        "repository-artifact": f"{dataset.address}/releases/{entry.version}/",
        "license": dataset.licence_code,
        "license-url": dataset.licence[1],
        "keywords": data.last.descriptor.get("keywords", []),
    }
    return "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items())


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
