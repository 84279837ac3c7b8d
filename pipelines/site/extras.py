"""What a site has beside its pages: feed, site map for search engines, citation, blank workbooks.

Belongs here: those files. Does not belong here: pages, files of releases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.site.bounds import ADDRESSES
from pipelines.site.citation import CITATION, citation_file
from pipelines.site.model import LANGUAGES, Json, SiteData
from pipelines.site.pages import Page
from pipelines.site.pages.releases import without_title
from pipelines.site.render import address, environment, markdown

FEED = "flux.xml"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
WORKBOOKS = "modeles"


def extras(data: SiteData, pages: Mapping[str, Page]) -> Iterator[tuple[str, bytes]]:
    """Each file: its path from the root of the site, its content."""
    feed = (
        environment()
        .get_template("flux.xml.j2")
        .render(
            site=data,
            adresse=lambda path="": address(data, path),
            versions=[(entry, str(markdown(without_title(entry.journal)))) for entry in reversed(data.releases)],
        )
    )
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {address(data, SITEMAP)}\n"
    for name, text in ((FEED, f"{feed}\n"), (ROBOTS, robots), (CITATION, citation_file(data))):
        yield name, text.encode()
    listed = [page.path for page in pages.values() if page.listed]
    for name, text in site_maps(data, listed, ADDRESSES // len(LANGUAGES)):
        yield name, text.encode()
    for name, content in data.last.templates.items():
        yield f"{WORKBOOKS}/{name}", content


def site_maps(data: SiteData, paths: list[str], most: int) -> Iterator[tuple[str, str]]:
    """The site map; of more than ``most`` pages, several of them and ``sitemap.xml`` as their index."""
    parts = [paths[start : start + most] for start in range(0, len(paths), most)] or [[]]
    names = [SITEMAP] if len(parts) <= 1 else [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    given: Json = {"date": data.current.date.isoformat(), "langues": LANGUAGES}
    for name, part in zip(names, parts, strict=True):
        text = (
            environment()
            .get_template("sitemap.xml.j2")
            .render(**given, pages=part, adresse=lambda path, language: address(data, path, language))
        )
        yield name, f"{text}\n"
    if len(parts) > 1:
        index = environment().get_template("sitemaps.xml.j2")
        yield SITEMAP, f"{index.render(**given, adresses=[address(data, name) for name in names])}\n"
