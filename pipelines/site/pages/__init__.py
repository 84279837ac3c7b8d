"""The pages: each module of this room makes those of one part of the site.

Belongs here: what a page is, and finding the modules. Does not belong here: a list of parts (adding a part is adding
its module, with its ``pages(data)``), nor what several modules share, which stands in the room above.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.site.model import Json, Language, SiteData
from schemas.declaration import Bilingual

Words = Bilingual
_PART = r"\w[\w.-]*"
_ADDRESS = re.compile(rf"({_PART}/)*({_PART}\.html)?", re.ASCII)
"""What an address may be: of folders and files of the site, in characters that no link has to escape."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page, in both languages.

    ``path`` is its address from the root of its language: "" or ends with "/" (a folder), or is the name of a file.
    ``context`` is what its template is given, or what makes it when the page is rendered, so that thousands of pages
    need not be held at once. ``kind`` is its type for schema.org; ``jsonld`` makes more of it for search engines, in
    one language. ``listed``: whether site maps name it. ``files`` are those that it brings, in no language: path from
    the root of the site → text, or what writes the file when its turn comes.
    """

    path: str
    template: str
    title: Words
    description: Words
    context: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict, repr=False)
    kind: str = "WebPage"
    jsonld: Callable[[Language], Json] | None = field(default=None, repr=False)
    listed: bool = True
    files: Mapping[str, str | Callable[[Path], object]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if _ADDRESS.fullmatch(self.path) is None:
            raise ValueError(f"{self.path!r} is not the address of a page")

    @property
    def file(self) -> str:
        """The file that holds it, from the root of its language."""
        return self.path if self.path.endswith(".html") else f"{self.path}index.html"


def all_pages(data: SiteData) -> dict[str, Page]:
    """Every page by its address, by module then as the module gives them.

    Raises ``ValueError`` when two have the same address.
    """
    found: dict[str, Page] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        for page in importlib.import_module(f"{__name__}.{module}").pages(data):
            if page.path in found:
                raise ValueError(f"two pages have the address {page.path!r}")
            found[page.path] = page
    return found
