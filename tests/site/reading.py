"""A page of the site as a browser would take it: links, identifiers, titles, text, and what is not well formed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

Attributes = dict[str, str]

VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "wbr", "source"})
LINKING = {"a": "href", "link": "href", "script": "src", "img": "src"}


@dataclass
class ReadPage:
    """What a test asks of a page. ``links``: (element, address); ``wrong``: elements that do not nest."""

    language: str = ""
    title: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    scripts: list[tuple[Attributes, str]] = field(default_factory=list)
    elements: list[tuple[str, Attributes]] = field(default_factory=list)
    text: str = ""
    wrong: list[str] = field(default_factory=list)

    def all(self, tag: str, **wanted: str) -> list[Attributes]:
        """The elements of that name with these attributes (``class_`` for ``class``, _ for -)."""
        exact = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [said for name, said in self.elements if name == tag and exact.items() <= said.items()]

    @property
    def targets(self) -> set[str]:
        """Where its links lead, as written."""
        return {link for _, link in self.links}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = ReadPage()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        page = self.page
        page.elements.append((tag, said))
        if tag == "html":
            page.language = said.get("lang", "")
        if "id" in said:
            page.ids.append(said["id"])
        if tag in LINKING and LINKING[tag] in said:
            page.links.append((tag, said[LINKING[tag]]))
        if tag == "script":
            page.scripts.append((said, ""))
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            page.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.page.wrong.append(f"</{tag}> at {self.getpos()}, open: {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        page, inside = self.page, self.open[-1] if self.open else ""
        if inside == "script":
            page.scripts[-1] = page.scripts[-1][0], page.scripts[-1][1] + data
            return
        if inside == "title":
            page.title += data
        if page.headings and f"h{page.headings[-1][0]}" in self.open:
            page.headings[-1] = page.headings[-1][0], page.headings[-1][1] + data
        page.text += data


@cache
def read(path: Path) -> ReadPage:
    """A page, read once."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    reader.page.wrong += [f"<{tag}> is not closed" for tag in reader.open]
    return reader.page


def pages_of(site: Path) -> dict[str, ReadPage]:
    """The pages that the site itself makes, by their path; those that releases carry are not of it."""
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {name: read(path) for name, path in found.items() if not name.startswith(("latest/", "releases/"))}
