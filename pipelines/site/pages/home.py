"""The home page."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.site.model import SiteData
from pipelines.site.pages import Page, Words


def pages(data: SiteData) -> Iterator[Page]:
    """The home page."""
    yield Page(
        path="",
        template="accueil.html.j2",
        title=Words("Accueil", "Home"),
        description=data.dataset.description,
    )
