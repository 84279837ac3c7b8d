"""Pages → files of the site, by several processes of the machine when there are many pages.

The pages of contracts and partners, which are nearly all of them, are shared out to helpers (``helper``), each of which
reads the release for itself; what they need to know of the others is told once these are made. How many processes
there are changes no byte.

Belongs here: when it is worth it, which page is whose. Does not belong here: the processes (``pipelines.helpers``), the
text of a page (``render``), the rest of the site (``build``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from pipelines.helpers import MOST_PIECES, Helpers, worth
from pipelines.parallel import processors
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.pages import Page, contracts, partners
from pipelines.site.render import Renderer, file_of

SHARED = (contracts, partners)
"""The parts of the site with a page for each row of a table, made when it is written."""
START = 1.5
"""Seconds that a helper takes to begin, on a processor of 2020; then a release is read, for so long a row."""
_READING_A_ROW = 2.5e-6
_SECONDS_A_PAGE, _SECONDS_A_ROW = 6e-3, 2e-5
"""What a page takes in its two languages, and what each published row adds to the pages that show it."""
_HELPER = "pipelines.site.helper"
_PIECES_EACH = 64


@dataclass(frozen=True)
class Task:
    """What helpers share: the release of a folder of outputs, the folder of the site, the number of pieces."""

    outputs: Path
    version: str
    folder: Path
    pieces: int


@dataclass(frozen=True)
class Told:
    """Where the assets are, every page as others know it, by address, and those that any process may write."""

    assets: Mapping[str, str]
    pages: Mapping[str, Page]
    shared: Sequence[str]

    def part(self, piece: int, pieces: int) -> Sequence[str]:
        """The pages of a piece, from all over the site: those of contracts come first, and take longer."""
        return self.shared[piece::pieces]


@dataclass(frozen=True)
class Writers:
    """This process, and those that help it if there are any."""

    folder: Path
    helpers: Helpers | None = None

    def write(self, data: SiteData, pages: Mapping[str, Page], assets: Mapping[str, str]) -> None:
        """Writes every page in every language.

        Raises:
            HelperDiedError: a helper was stopped.
        """
        renderer = Renderer(data, pages, assets)
        pa.default_memory_pool().release_unused()  # what counting took, before the pages that take the longest
        if self.helpers is None:
            write_pages(renderer, pages, self.folder)
            return
        bare = {path: replace(page, context={}, jsonld=None, files={}) for path, page in pages.items()}
        told = Told(assets, bare, [path for path, page in pages.items() if callable(page.context)])
        self.helpers.tell(told)
        write_pages(renderer, [path for path, page in pages.items() if not callable(page.context)], self.folder)
        for piece in self.helpers.mine():
            write_pages(renderer, told.part(piece, self.helpers.pieces), self.folder)
        for _ in self.helpers.ended():
            pass


@contextmanager
def writing(data: SiteData, folder: Path) -> Iterator[Writers]:
    """Has helpers read the release while the pages are made ready, if it is worth it.

    Raises:
        SettingError: see `processors`.
    """
    rows = data.current.rows
    many = sum(rows.get(table, 0) for table in ("contrats", "partenaires"))
    whole = sum(rows.values())
    seconds, start = _SECONDS_A_PAGE * many + _SECONDS_A_ROW * whole, START + _READING_A_ROW * whole
    count = worth(seconds, start, processors() - 1)
    if count < 1:
        yield Writers(folder)
        return
    pieces = min(_PIECES_EACH * (count + 1), MOST_PIECES)
    with Helpers(_HELPER, pieces, "qui écrit les pages du site", "le site reste comme il était") as helpers:
        helpers.start(count, Task(data.outputs, data.last.version, folder, pieces))
        yield Writers(folder, helpers)


def write_pages(renderer: Renderer, paths: Iterable[str], folder: Path) -> None:
    """Writes pages in every language."""
    for path in paths:
        page = renderer.pages[path]
        for language in LANGUAGES:
            file = file_of(page, language)
            try:
                text = renderer.render(page, language)
            except Exception as error:
                error.add_note(f"in {file}")
                raise
            write(folder / file, text.encode())


def write(path: Path, content: bytes) -> None:
    """Writes a file, and its folder if it is the first there."""
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
