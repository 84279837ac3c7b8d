"""A site made of rows given by hand, and what its pages say.

Belongs here: making the data of a site in memory, and reading pages as a reader does. Does not belong here: tests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines import dtypes, job
from pipelines.publish.versions import Versions
from pipelines.site.model import Language, Release, ReleaseEntry, SiteData, read_dataset
from pipelines.site.pages import Page, contracts, partners, retired
from pipelines.site.render import Renderer
from pipelines.site.tables import SiteTables
from schemas.declaration import Family, Kind
from schemas.registry import tables as declared_tables

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
SOURCES = Path(__file__).resolve().parents[2] / "sources"
VERSION = "2026-11-26"
DESCRIPTOR: dict[str, Any] = {
    "name": "contrats-de-destination",
    "title": "Contrats de destination",
    "titre_en": "Destination contracts",
    "description": "Jeu de données",
    "description_en": "Dataset",
    "homepage": "https://example.org/contrats",
    "contributors": [{"title": "Éditeur", "role": "publisher"}],
    "licenses": [{"name": "etalab-2.0", "title": "Licence Ouverte 2.0", "path": "https://example.org/licence"}],
}
INLINE = frozenset({"span", "strong", "code", "time", "cite"})
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
TERMS = (
    ("statut_contrat", "signe", "Signé", "Signed"),
    ("generation", "vague_1", "Vague 1", "Wave 1"),
    ("role", "chef_de_file", "Chef de file", "Lead body"),
    ("role", "signataire", "Signataire", "Signatory"),
    ("axe", "promotion", "Promotion et commercialisation", "Promotion and sales"),
    ("axe", "marque", "Construction de la marque", "Building the brand"),
    ("nature_indicateur", "objectif", "Objectif", "Aim"),
    ("nature_indicateur", "resultat", "Résultat", "Result"),
    ("qualificatif", "plus_de", "Plus de", "More than"),
    ("base", "par_an", "Par an", "Per year"),
    ("unite", "communes", "communes", "municipalities"),
    ("categorie_partenaire", "etat", "État", "State"),
    ("groupe_contrats", "huit", "Huit contrats", "Eight contracts"),
    ("type_source", "texte_contrat", "Texte de contrat", "Contract text"),
)


def made_site(rows: Rows) -> SiteData:
    """The data of a site whose last release holds these rows, dates as texts, and the terms above."""
    terms = [
        {"nomenclature_id": f"{n}-{c}", "nomenclature": n, "code": c, "libelle": fr, "libelle_en": en}
        for n, c, fr, en in TERMS
    ]
    given = {"nomenclatures": terms, **rows}
    return site_of({name: _frame(name, given.get(name, ())) for name in declared_tables()})


@cache
def real_site() -> SiteData:
    """The data of a site whose last release holds what the sources of the project give."""
    return site_of(job.run(SOURCES).tables)


def site_of(tables: Mapping[str, pd.DataFrame]) -> SiteData:
    """The data of a site whose last release holds these tables."""
    empty: dict[str, Any] = {}
    release = Release(VERSION, Path(), empty, SiteTables(tables), empty, "", empty, pd.DataFrame())
    entry = ReleaseEntry(VERSION, dt.date.fromisoformat(VERSION), Path(), empty, last=True)
    dataset = read_dataset(DESCRIPTOR, Path())
    return SiteData(Versions(VERSION, ()), release, (entry,), dataset)


def pages_of(data: SiteData) -> dict[str, Page]:
    """The pages of contracts and partners, by address."""
    return {page.path: page for module in (contracts, partners, retired) for page in module.pages(data)}


@dataclass
class Read(HTMLParser):
    """A page as read: the text of each element that has an id, links by their text, languages of texts."""

    texts: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str | None, str | None]] = []
        self._link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._apart(tag)
        given = dict(attrs)
        self.tags.append((tag, given))
        if given.get("id") is not None:
            self.ids.append(given["id"] or "")
            self.texts.setdefault(given["id"] or "", "")
        if tag == "a":
            self._link = [given.get("href") or "", ""]
        if tag not in VOID:
            self._open.append((tag, given.get("id"), given.get("lang")))

    def handle_endtag(self, tag: str) -> None:
        self._apart(tag)
        assert self._open, tag
        assert self._open[-1][0] == tag, (self._open[-3:], tag)
        self._open.pop()
        if tag == "a" and self._link is not None:
            self.links.append((self._link[0], " ".join(self._link[1].split())))
            self._link = None

    def handle_data(self, data: str) -> None:
        for _, identifier, _ in self._open:
            if identifier is not None:
                self.texts[identifier] += data
        if self._link is not None:
            self._link[1] += data
        language = next((lang for _, _, lang in reversed(self._open) if lang is not None), "")
        if data.strip() and self._open[-1][0] != "script":
            self.said.append((language, " ".join(data.split())))

    def _apart(self, tag: str) -> None:
        """What does not stand on the line of the text before it is a word apart."""
        if tag not in INLINE:
            for _, identifier, _ in self._open:
                if identifier is not None:
                    self.texts[identifier] += " "

    def language(self, text: str) -> set[str]:
        """The languages in which a text is said to be."""
        return {language for language, said in self.said if text in said}

    def in_section(self, identifier: str) -> str:
        """The text of an element, any run of spaces made one plain space."""
        return " ".join(self.texts[identifier].split())


@dataclass(frozen=True)
class MadePages:
    """The pages of a site, rendered on demand."""

    data: SiteData
    pages: dict[str, Page]

    @classmethod
    def of(cls, data: SiteData) -> MadePages:
        """Those of these data."""
        return cls(data, pages_of(data))

    @cached_property
    def _renderer(self) -> Renderer:
        return Renderer(self.data, self.pages)

    def html(self, path: str, language: Language = "fr") -> str:
        """One page."""
        return self._renderer.render(self.pages[path], language)

    def read(self, path: str, language: Language = "fr") -> Read:
        """One page as read; each id stands once, and elements are closed in order."""
        found = Read()
        found.feed(self.html(path, language))
        assert len(found.ids) == len(set(found.ids)), path
        inside = {href[1:] for href, _ in found.links if href.startswith("#")}
        assert inside <= set(found.ids), path
        return found


def facts_about(data: SiteData, column: str) -> dict[str, dict[str, list[str]]]:
    """The rows of every declared table of facts that name something in a column: its key → table → keys of rows."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in declared_tables().values():
        frame = data.last.tables.get(table.name)
        if table.family is Family.FLAT or frame is None or column not in frame or table.key == column:
            continue
        for key, about in zip(frame[table.key], frame[column], strict=True):
            if isinstance(about, str):
                found.setdefault(about, {}).setdefault(table.name, []).append(str(key))
    return found


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    table = declared_tables()[name]
    unknown = {column for row in rows for column in row} - {column.name for column in table.published}
    assert not unknown, (name, unknown)
    return pd.DataFrame(
        {
            column.name: dtypes.typed(pd.Series([_value(column.kind, row.get(column.name)) for row in rows]), column)
            for column in table.published
        }
    )


def _value(kind: Kind, value: Any) -> Any:  # noqa: ANN401
    if value is None:
        return None
    if kind is Kind.DATE:
        return dt.date.fromisoformat(value)
    return Decimal(str(value)) if kind in dtypes.DECIMAL_KINDS else value
