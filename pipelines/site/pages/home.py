"""The home page: what this is, its figures, the files that most people come for, the last release."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.jsonld import dataset_jsonld
from pipelines.site.changes import changes
from pipelines.site.map import departments_csv, destinations_map
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.older import unless_lacking
from pipelines.site.pages import Page, Words
from pipelines.site.timeline import timeline
from schemas.declaration import Family

MAP_FILE = "carte/contrats-par-departement.csv"
FIGURES = (
    ("contrats", Words("contrats", "contracts"), "contrats/"),
    ("partenaires", Words("partenaires", "partners"), "partenaires/"),
    ("actions", Words("actions", "actions"), ""),
    ("evenements", Words("événements", "events"), ""),
    ("financements", Words("financements", "financing facts"), ""),
    ("sources", Words("sources", "sources"), ""),
)


def pages(data: SiteData) -> Iterator[Page]:
    """The home page."""
    release = data.last
    files = {file.path: file for file in data.current.files}
    everywhere = unless_lacking(release.tables, lambda: departments_csv(release.tables))
    flat = [one for name, one in release.resources.items() if release.family(name) == Family.FLAT]
    yield Page(
        path="",
        template="accueil.html.j2",
        title=data.dataset.title,
        description=Words(
            data.dataset.description.fr.partition("\n")[0], data.dataset.description.en.partition("\n")[0]
        ),
        context={
            "chiffres": [
                (name, words, path or f"donnees/{name}/", len(release.tables[name]))
                for name, words, path in FIGURES
                if name in release.tables
            ],
            "a_plat": flat,
            "ensemble": [files[name] for name in (WORKBOOK, ARCHIVE) if name in files],
            "changements": changes(data.current),
            "map": unless_lacking(
                release.tables,
                lambda: {
                    language: destinations_map(
                        release.tables,
                        lambda contract: f"contrats/{contract}/",
                        language,
                        None if everywhere is None else MAP_FILE if language == "fr" else f"../{MAP_FILE}",
                    )
                    for language in LANGUAGES
                },
            ),
            "timeline": unless_lacking(
                release.tables,
                lambda: {language: timeline(release.tables, lambda path: path, language) for language in LANGUAGES},
            ),
        },
        jsonld=lambda language: dataset_jsonld(release.descriptor, language),
        files={} if everywhere is None else {MAP_FILE: everywhere},
    )
