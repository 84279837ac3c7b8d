"""Pages → HTML: the environment of the templates, links, numbers and dates as each language writes them.

Belongs here: what every template may use. Does not belong here: what a page says (``pages``), putting files in place
(``build``).
"""

from __future__ import annotations

import datetime as dt
import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from pipelines.site.model import LANGUAGES, Json, Language, SiteData
from pipelines.site.pages import Page
from schemas.declaration import Bilingual

TEMPLATES = Path(__file__).with_name("templates")
NARROW = "\N{NARROW NO-BREAK SPACE}"
WIDE = "\N{NO-BREAK SPACE}"
_BEFORE_HIGH = re.compile(r" (?=[;!?])")
_BEFORE_COLON = re.compile(r" (?=[:»%€])|(?<=«) ")
_ALIGNED = {"right": "droite", "center": "centre"}
MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
BYTES: dict[Language, tuple[str, str]] = {"fr": ("octet", "octets"), "en": ("byte", "bytes")}
SIZES: dict[Language, tuple[str, ...]] = {"fr": ("ko", "Mo", "Go"), "en": ("kB", "MB", "GB")}
SECTIONS: tuple[tuple[str, Bilingual], ...] = (
    ("", Bilingual("Accueil", "Home")),
    ("donnees/", Bilingual("Données", "Data")),
    ("contrats/", Bilingual("Contrats", "Contracts")),
    ("partenaires/", Bilingual("Partenaires", "Partners")),
    ("reseau/", Bilingual("Réseau", "Network")),
    ("graphiques/", Bilingual("Graphiques", "Charts")),
    ("qualite/", Bilingual("Qualité", "Quality")),
    ("versions/", Bilingual("Versions", "Releases")),
    ("a-propos/", Bilingual("À propos", "About")),
)
"""The parts of the site in the order of the navigation; those without a page are not shown."""


@dataclass(frozen=True)
class Renderer:
    """Renders the pages of one site. ``assets``: path under ``actifs/`` as authors write it → path as published."""

    data: SiteData
    pages: Mapping[str, Page]
    assets: Mapping[str, str] = field(default_factory=dict)

    def render(self, page: Page, language: Language) -> str:
        """One page in one language, as HTML text."""
        template = environment().get_template(page.template)
        links = Links(page, language, self)
        return template.render(
            **(page.context() if callable(page.context) else page.context),
            page=page,
            site=self.data,
            langue=language,
            t=lambda fr, en=None: _said(fr, en, language),
            lien=links.page,
            fichier=links.file,
            existe=self._exists,
            pages=self.pages,
            adresse=lambda path="", lang=language: address(self.data, path, lang),
            autres_langues=[(each, links.page(page.path, each)) for each in LANGUAGES if each != language],
            sections=[(path, title) for path, title in SECTIONS if path in self.pages],
            ariane=self._trail(page),
            jsonld=_jsonld(page, language, self.data),
        )

    def _exists(self, path: str) -> bool:
        """Whether the site has this page, or this file of ``actifs/``."""
        where = path.partition("#")[0]
        return where in self.pages or where.removeprefix("actifs/") in self.assets

    def _trail(self, page: Page) -> list[tuple[str, Bilingual]]:
        """The pages above a page, the home page first."""
        parts = page.path.split("/")[:-1] if page.path.endswith("/") else []
        above = ["", *("".join(f"{part}/" for part in parts[:depth]) for depth in range(1, len(parts)))]
        names = dict(SECTIONS)
        return (
            [(path, names.get(path, self.pages[path].title)) for path in above if path in self.pages] if parts else []
        )


@dataclass(frozen=True)
class Links:
    """The links of one page, relative to it; those of a page that is shown at any address are not."""

    from_: Page
    language: Language
    renderer: Renderer

    def page(self, path: str, language: Language | None = None) -> str:
        """The link to a page, in the same language unless another is asked for."""
        return self._relative(_prefix(language or self.language) + path)

    def file(self, path: str) -> str:
        """The link to a file of the site, which no language owns."""
        if path.startswith("actifs/"):
            path = f"actifs/{self.renderer.assets.get(path.removeprefix('actifs/'), path.removeprefix('actifs/'))}"
        return self._relative(_quoted(path))

    def _relative(self, target: str) -> str:
        if self.from_.path == "404.html":
            return f"{urlsplit(self.renderer.data.dataset.address).path}/{target}"
        where, mark, fragment = target.partition("#")
        found = _way(posixpath.dirname(_prefix(self.language) + self.from_.file), where.rstrip("/"))
        if where == "" or where.endswith("/"):
            found = f"{found}/"
        return f"{found}{mark}{fragment}"


@cache
def environment() -> Environment:
    """What renders the templates; each is compiled once in a process, whatever the number of sites and pages."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "nombre": _filter(number),
        "octets": _filter(size),
        "euros": _filter(euros),
        "part": _filter(share),
        "date_longue": _filter(long_date),
        "markdown": markdown,
        "markdown_court": short_markdown,
        "json_sur": safe_json,
    }
    return made


def file_of(page: Page, language: Language) -> str:
    """The file of a page, from the root of the site."""
    return _prefix(language) + page.file


def address(data: SiteData, path: str = "", language: Language = "fr") -> str:
    """The address of a page, whole."""
    return f"{data.dataset.address}/{_prefix(language)}{path}"


def number(value: object, language: Language, digits: int | None = None) -> str:
    """A number as the language writes it, with ``digits`` decimals, or those that it has; nothing when missing."""
    if _missing(value):
        return ""
    exact = Decimal(str(value))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    text = f"{exact:,f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.replace("-", "\N{MINUS SIGN}")
    return text if language == "en" else text.replace(",", NARROW).replace(".", ",")


def size(value: int, language: Language) -> str:
    """A size in bytes, in a unit that keeps it short."""
    if value < 1000:
        few = value <= 1 if language == "fr" else value == 1
        return f"{value}{WIDE}{BYTES[language][0 if few else 1]}"
    scaled, rank = Decimal(value) / 1000, 0
    while scaled >= Decimal("999.5") and rank < len(SIZES[language]) - 1:
        scaled, rank = scaled / 1000, rank + 1
    return f"{number(scaled, language, 1 if scaled < 10 else 0)}{WIDE}{SIZES[language][rank]}"


def euros(value: object, language: Language) -> str:
    """An amount; cents only where there are some."""
    if _missing(value):
        return ""
    exact = Decimal(str(value))
    figure = number(exact, language, 0 if exact == exact.to_integral_value() else 2)
    return f"{figure}{WIDE}€" if language == "fr" else f"€{figure}"


def share(value: object, language: Language, digits: int = 0) -> str:
    """A part of one, as a percentage; what is not quite all, or quite nothing, is not rounded to it."""
    if _missing(value):
        return ""
    exact = Decimal(str(value)) * 100
    shown = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    step = Decimal(1).scaleb(-digits)
    if shown == 100 and exact < 100:
        shown = 100 - step
    if shown == 0 and exact > 0:
        shown = step
    return f"{number(shown, language, digits)}{WIDE}%" if language == "fr" else f"{number(shown, language, digits)}%"


def long_date(value: object, language: Language, precision: str = "jour") -> str:
    """A date in words, to the day, the month or the year; nothing when missing."""
    if _missing(value):
        return ""
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
    if precision == "annee":
        return f"{day.year}"
    month = MONTHS[language][day.month - 1]
    if precision == "mois":
        return f"{month}{WIDE}{day.year}"
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first}{WIDE}{month}{WIDE}{day.year}"


@lru_cache(maxsize=1 << 14)
def french(text: str) -> str:
    """French text whose high punctuation and guillemets stay with their words at the end of a line."""
    return _BEFORE_COLON.sub(WIDE, _BEFORE_HIGH.sub(NARROW, text))


def markdown(text: str, below: int = 1) -> Markup:
    """French Markdown as HTML, its titles ``below`` levels lower; HTML in it stays text."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + below)}"
        if token.type in ("th_open", "td_open"):  # a style in a page would be refused by the policy of the site
            align = str(token.attrs.pop("style", "")).removeprefix("text-align:")
            if align in _ALIGNED:
                token.attrs["class"] = _ALIGNED[align]
        for part in token.children or ():
            if part.type == "text":
                part.content = french(part.content)
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704  (it escapes what it is given)


def short_markdown(text: str) -> Markup:
    """A sentence of Markdown as HTML, without a paragraph around it."""
    from markdown_it import MarkdownIt

    return Markup(MarkdownIt("commonmark", {"html": False}).renderInline(text))  # noqa: S704


def safe_json(value: object, indent: int | None = None) -> Markup:
    """JSON for the inside of a ``script``: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704


def _said(text: str | Bilingual, en: str | None, language: Language) -> str:
    if isinstance(text, Bilingual):
        words = text
    elif en is not None:
        words = Bilingual(text, en)
    else:
        raise TypeError("t() takes a text in both languages")
    return french(words.fr) if language == "fr" else words.en


def _way(folder: str, target: str) -> str:
    """The way from a folder to a path; pages of the same depth in the same folder share what is worked out."""
    if folder and target != folder and not target.startswith(f"{folder}/"):
        above = _way_above(posixpath.dirname(folder), target)
        return ".." if above == "." else f"../{above}"
    return posixpath.relpath(target or ".", folder or ".")


@lru_cache(maxsize=1 << 16)
def _way_above(folder: str, target: str) -> str:
    return posixpath.relpath(target or ".", folder or ".")


@lru_cache(maxsize=1 << 14)
def _quoted(path: str) -> str:
    return quote(path, safe="/#")


def _prefix(language: Language) -> str:
    return "" if language == "fr" else f"{language}/"


def _missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def _filter(written: Any) -> Any:  # noqa: ANN401  (a filter is whatever function Jinja takes)
    """A function of a value and a language as a filter, which takes the language from the page."""

    @pass_context
    def filtered(context: Context, value: object, *more: object, **named: object) -> str:
        return str(written(value, context["langue"], *more, **named))

    return filtered


def _jsonld(page: Page, language: Language, data: SiteData) -> list[Json]:
    """What the page is, for search engines, and what it adds of its own."""
    here = {
        "@context": "https://schema.org/",
        "@type": page.kind,
        "@id": address(data, page.path, language),
        "url": address(data, page.path, language),
        "name": _said(page.title, None, language),
        "description": _said(page.description, None, language),
        "inLanguage": language,
        "isPartOf": {
            "@type": "WebSite",
            "url": address(data, "", language),
            "name": _said(data.dataset.title, None, language),
        },
    }
    return [here, page.jsonld(language)] if page.jsonld else [here]
