"""What a site has beside its pages: feed, site map for search engines, citation, blank workbooks.

Belongs here: those files. Does not belong here: pages, files of releases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.site.citation import CITATION, citation_file
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.pages import Page
from pipelines.site.pages.releases import without_title
from pipelines.site.render import TEMPLATES, address, markdown

FEED = "flux.xml"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
WORKBOOKS = "modeles"


def extras(data: SiteData, pages: Mapping[str, Page]) -> Iterator[tuple[str, bytes]]:
    """Each file: its path from the root of the site, its content."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    feed = environment.get_template("flux.xml.j2").render(
        site=data,
        adresse=lambda path="": address(data, path),
        versions=[(entry, str(markdown(without_title(entry.journal)))) for entry in reversed(data.releases)],
    )
    sitemap = environment.get_template("sitemap.xml.j2").render(
        langues=LANGUAGES,
        pages=[page.path for page in pages.values() if page.listed],
        adresse=lambda path, language: address(data, path, language),
        date=data.current.date.isoformat(),
    )
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {address(data, SITEMAP)}\n"
    for name, text in ((FEED, feed), (SITEMAP, sitemap), (ROBOTS, robots), (CITATION, citation_file(data))):
        yield name, text.encode()
    for name, content in data.last.templates.items():
        yield f"{WORKBOOKS}/{name}", content
