"""The page of quality: what is filled, what is sourced, where sources disagree, what was left out."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.curation.catalogue import CATALOGUE, SEVERITY_NAMES
from pipelines.site import bounds
from pipelines.site.model import SiteData
from pipelines.site.pages import Page, Words

SEVERITIES = {
    "error": Words(SEVERITY_NAMES["error"], "error"),
    "warning": Words(SEVERITY_NAMES["warning"], "warning"),
    "info": Words(SEVERITY_NAMES["info"], "information"),
}


def pages(data: SiteData) -> Iterator[Page]:
    """The page, when the release has a report on its quality."""
    quality, release = data.last.quality, data.last
    if not quality:
        return
    tables = {name: Words(one["title"], one["titre_en"]) for name, one in release.resources.items()}
    yield Page(
        path="qualite/",
        template="qualite.html.j2",
        title=Words("La qualité des données", "Quality of the data"),
        description=Words(
            "Ce qui est rempli, ce qui est sourcé, ce sur quoi les sources divergent, ce qui a été laissé de côté.",
            "What is filled, what is sourced, where sources disagree, what was left out.",
        ),
        context={
            "titres": tables,
            "completude": quality.get("completude", {}),
            "sources": quality.get("sources_par_ligne", {}),
            "divergences": quality.get("divergences", {}),
            "quarantaine": quality.get("quarantaine", {}),
            "constats": [
                (one["code"], SEVERITIES.get(one["gravite"]), one["nombre"], one["code"] in CATALOGUE)
                for one in quality.get("constats", {}).get("par_code", [])
            ],
            "orphelines": quality.get("sources_sans_citation", {}),
            "points": _points(data)[: bounds.ROWS],
            "tous_les_points": len(data.last.tables.get("divergences", ())),
        },
    )


def _points(data: SiteData) -> list[dict[str, str]]:
    """The points on which sources disagree, each with the value kept, when there is one."""
    frame = data.last.tables.get("divergences")
    if frame is None or not {"sujet", "valeur_retenue"} <= set(frame.columns):
        return []
    wanted = [name for name in ("sujet", "contrat_id", "valeur_retenue") if name in frame.columns]
    return [
        {"contrat_id": "", **{str(name): str(value) for name, value in row.items()}}
        for row in frame[wanted].fillna("").to_dict("records")
    ]
