"""The dataset and its tables as schema.org JSON-LD, for the pages that search engines of datasets read.

Belongs here: what a page says of the dataset, or of one table, in its own language. Does not belong here: the pages,
nor the catalogue for portals (``catalog``).

It is made from a release's descriptor (``datapackage``), so that the page of an old release says what that release was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.description import pinned_address

Language = Literal["fr", "en"]
Json = dict[str, Any]

MAXIMUM_DESCRIPTION = 5000
"""What dataset search engines take."""

_WHOLE = (WORKBOOK, ARCHIVE)


def dataset_jsonld(descriptor: Mapping[str, Any], language: Language = "fr") -> Json:
    """The whole dataset, in one release."""
    files = [_download(descriptor, other) for other in descriptor["autres_fichiers"] if other["path"] in _WHOLE]
    files += [file for resource in descriptor["resources"] for file in _downloads(descriptor, resource)]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{descriptor['homepage']}/#jeu-de-donnees",
        "name": _said(descriptor, "title", language),
        "alternateName": descriptor["name"],
        "description": _said(descriptor, "description", language)[:MAXIMUM_DESCRIPTION],
        "url": f"{descriptor['homepage']}/",
        **_common(descriptor),
        "keywords": descriptor["keywords"],
        "temporalCoverage": f"{descriptor['temporal']['debut']}/{descriptor['temporal']['fin']}",
        "spatialCoverage": _place(descriptor),
        "distribution": files,
    }


def table_jsonld(descriptor: Mapping[str, Any], table: str, page: str, language: Language = "fr") -> Json:
    """One table of a release; ``page`` is the address of the page that shows it."""
    resource = next(resource for resource in descriptor["resources"] if resource["name"] == table)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{_said(resource, 'title', language)} – {_said(descriptor, 'title', language)}",
        "alternateName": table,
        "description": f"{_said(resource, 'description', language)} {_said(descriptor, 'description', language)}"[
            :MAXIMUM_DESCRIPTION
        ],
        "url": page,
        "isPartOf": {"@id": f"{descriptor['homepage']}/#jeu-de-donnees"},
        **_common(descriptor),
        "variableMeasured": [_variable(field, language) for field in resource["schema"]["fields"]],
        "distribution": list(_downloads(descriptor, resource)),
    }


def _common(descriptor: Mapping[str, Any]) -> Json:
    publisher = next(body for body in descriptor["contributors"] if body["role"] == "publisher")
    body = {
        "@type": "Organization",
        "name": publisher["title"],
        **({"url": publisher["path"]} if "path" in publisher else {}),
    }
    return {
        "version": descriptor["version"],
        "dateModified": descriptor["created"][:10],
        "license": descriptor["licenses"][0]["path"],
        "creator": body,
        "publisher": body,
        "isAccessibleForFree": True,
        "inLanguage": "fr",
    }


def _said(of: Mapping[str, Any], name: Literal["title", "description"], language: Language) -> str:
    english = {"title": "titre_en", "description": "description_en"}
    return str(of[name] if language == "fr" else of[english[name]])


def _downloads(descriptor: Mapping[str, Any], resource: Mapping[str, Any]) -> Iterable[Json]:
    for file in (resource, *resource["autres_formats"]):
        yield _download(descriptor, file)


def _download(descriptor: Mapping[str, Any], file: Mapping[str, Any]) -> Json:
    return {
        "@type": "DataDownload",
        "name": file["path"].rpartition("/")[2],
        "encodingFormat": file["mediatype"],
        "contentUrl": pinned_address(descriptor["homepage"], descriptor["version"], file["path"]),
        "contentSize": f"{file['bytes']} B",
        "sha256": file["hash"].removeprefix("sha256:"),
    }


def _place(descriptor: Mapping[str, Any]) -> Json:
    boxes = [
        {"@type": "GeoShape", "box": f"{area['sud']} {area['ouest']} {area['nord']} {area['est']}"}
        for area in descriptor["emprise"]
    ]
    return {"@type": "Place", "name": descriptor["spatial"], **({"geo": boxes} if boxes else {})}


def _variable(field: Mapping[str, Any], language: Language) -> Json:
    about = f"{_said(field, 'title', language)}. {_said(field, 'description', language)}"
    unit = {"unitText": field["unite"]} if "unite" in field else {}
    return {"@type": "PropertyValue", "name": field["name"], "description": about, **unit}
