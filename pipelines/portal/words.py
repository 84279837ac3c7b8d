"""What a portal's readers read of a release: the description in Markdown, and the words for each resource.

Belongs here: French and English sentences, made of what the release says of itself. Does not belong here: finding it in
the release (``wanted``), sending it.

A portal keeps Markdown as it is sent: what is written here has no HTML, one line for each paragraph and no space at the
end of any, so that it comes back the same. Whatever a release says is plain text, made safe by `plain`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pipelines.portal.addresses import is_example
from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.describing.archive import ARCHIVE
from pipelines.publish.describing.quality import QUALITY
from pipelines.publish.description import DatasetDescription
from pipelines.publish.dictionary import DICTIONARY
from pipelines.publish.release import ISSUES, JOURNAL
from pipelines.publish.versions import DESCRIPTOR
from pipelines.text import numbered, printable

MOST_SHORT = 200
"""Characters of a short description."""
Links = Mapping[str, str]
"""The permanent addresses of resources, by key; those that are not on the portal yet are absent."""

_SENTENCE = re.compile(r"(?s).+?(?<!\b[^\W\d])[.…?!]+(?=\s+[^\W\d_a-zà-ÿœ]|\s+[«“(]|\s*$)")
"""A sentence: it ends before a capital, and not after an initial (« M. Dupont »)."""
_MARKS = re.compile(r"^[#+-]|[\\`*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_IN_ADDRESSES = "%/:?#@!$&'*+,;=~[]"
"""What may stand in an address as it is; parentheses and angle brackets would end the link."""
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_NUMBERED = re.compile(r"^(\d+)([.)])")


@dataclass(frozen=True)
class TableWords:
    """A table as its release tells it. ``csv`` and ``parquet`` are the keys of its files; ``rows`` may be unknown."""

    name: str
    title: str
    description: str
    rows: int | None
    key: tuple[str, ...]
    flat: bool
    csv: str
    parquet: str


@dataclass(frozen=True)
class Description:
    """The description of the dataset in Markdown, once it is told the addresses of the resources."""

    about: DatasetDescription
    version: str
    date: dt.date
    tables: tuple[TableWords, ...]
    files: tuple[str, ...]
    """Those of `FILES` that the release holds."""

    def __call__(self, links: Links) -> str:
        """The Markdown: French, then English."""
        return "\n\n".join((*self._french(links), *self._english()))

    def _french(self, links: Links) -> Iterator[str]:
        yield from paragraphs(self.about.description)
        changes = f" {_link('Ce qui a changé', JOURNAL, links)}." if JOURNAL in links else ""
        yield f"**Version {plain(self.version)}**, publiée le {self.date:%d/%m/%Y}.{changes}"
        yield "## Lire les fichiers"
        yield _lines(*self._reading(links))
        for heading, flat in (("## Tables à plat, pour un tableur", True), ("## Toutes les autres tables", False)):
            told = [_table(table, links) for table in self.tables if table.flat is flat]
            if told:
                yield heading
                yield _lines(*told)
        yield "## Documentation"
        yield _lines(*self._documents(links))
        yield "## Réutiliser et citer"
        licence = self.about.licence
        yield f"Licence : {_address(licence.titre, licence.adresse)}. Pour citer ces données :"
        yield f"> {self.citation()}"
        yield "## Signaler une erreur"
        yield self._contact()

    def _reading(self, links: Links) -> Iterator[str]:
        yield (
            "CSV : UTF-8, virgule entre les colonnes, noms des colonnes sur la première ligne, dates AAAA-MM-JJ, point "
            "décimal, booléens `true` et `false`."
        )
        yield "Parquet : les mêmes tables, colonnes typées."
        yield "Une cellule vide veut dire qu’aucune source ne le dit ; les tables se relient par leurs identifiants."
        yield from self._listed(links, WORKBOOK, ARCHIVE)

    def _documents(self, links: Links) -> Iterator[str]:
        yield from self._listed(links, DICTIONARY, DESCRIPTOR, JOURNAL, QUALITY, ISSUES)
        if not is_example(self.about.adresse_de_base):
            yield f"{_address(SITE.title, f'{self.about.adresse_de_base}/')}. {SITE.description}"
        if ARCHIVE in self.files:
            yield "Les archives, à la fin de la liste des fichiers, gardent les versions telles que publiées."

    def _listed(self, links: Links, *names: str) -> Iterator[str]:
        for name in names:
            if name in self.files:
                yield f"{_link(FILES[name].title, name, links)}. {FILES[name].description}"

    def citation(self) -> str:
        """How to cite the release, as a sentence; with its address when it has one."""
        about = self.about
        said = (about.editeur.nom, f"{about.titre} [jeu de données]", f"Version {self.version}", about.licence.titre)
        base = about.adresse_de_base
        where = "" if is_example(base) else f" {about.pinned(self.version, '')}"
        return " ".join(f"{plain(part).rstrip('.')}." for part in said) + where

    def _contact(self) -> str:
        what = "avec le nom de la table, l’identifiant de la ligne et, si possible, le document qui le montre"
        contact = self.about.point_de_contact
        if not contact.adresse or is_example(contact.adresse):
            return f"Signalez une erreur ou un manque dans les discussions de cette page, {what}."
        return (
            f"Signalez une erreur ou un manque à {_address(contact.nom, contact.adresse)} ou dans les discussions de "
            f"cette page, {what}."
        )

    def _english(self) -> Iterator[str]:
        about = self.about
        yield f"## {plain(about.titre_en)} (in English)"
        yield from paragraphs(about.description_en)
        yield (
            f"Release {plain(self.version)}, published on {self.date.isoformat()}. Files are CSV (UTF-8, commas, one "
            "header line, ISO dates) and Parquet; column names are French, and the dictionary explains each of them in "
            f"English. Licence: {_address(about.licence.titre, about.licence.adresse)}."
        )


# --- Texts ---------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text on one line, in which no character is taken for Markdown or HTML."""
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", one_line(text)))


def one_line(text: str) -> str:
    """A text without line breaks or doubled spaces; the spaces that do not break stay."""
    return _BLANKS.sub(" ", text).strip()


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a text, each on one line."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield plain(paragraph)


def short(text: str) -> str:
    """The first sentence of a text, whole when it is short enough; else its first words, and « … »."""
    line = one_line(re.split(r"\n\s*\n", text.strip())[0])
    found = _SENTENCE.match(line)
    sentence = found.group() if found else line
    if len(sentence) <= MOST_SHORT:
        return sentence
    kept = sentence[:MOST_SHORT].rpartition(" ")[0] or sentence[: MOST_SHORT - 1]
    return f"{kept.rstrip(' ,;:(«“—–-')}…"


def rows(count: int | None) -> str:
    """The number of rows of a table, in words; nothing when the release does not say it."""
    if count is None:
        return ""
    return numbered(count, "ligne") if count else "aucune ligne dans cette version"


# --- Resources -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """The title of a resource, which is plain text, and its description, which is Markdown."""

    title: str
    description: str


FILES = {
    WORKBOOK: Said(
        "Toutes les tables en un classeur — XLSX",
        "Une feuille par table et le dictionnaire des données, pour Excel et LibreOffice.",
    ),
    ARCHIVE: Said(
        "Toutes les tables, leurs schémas et le dictionnaire — ZIP",
        "Le CSV et le schéma (Table Schema) de chaque table, avec le dictionnaire des données, en un téléchargement.",
    ),
    DICTIONARY: Said(
        "Dictionnaire des données — Markdown",
        "Chaque table et chaque colonne, en français et en anglais : sens, type, unité, nomenclature, exemple.",
    ),
    DESCRIPTOR: Said(
        "Description technique — Data Package (JSON)",
        "Fichiers, schémas, clés et liens entre les tables, tailles et empreintes SHA-256, pour les programmes.",
    ),
    QUALITY: Said(
        "Rapport de qualité — JSON",
        "Remplissage de chaque colonne, nombre de sources par ligne, divergences, lignes écartées.",
    ),
    ISSUES: Said(
        "Constats des contrôles — CSV",
        "Une ligne par constat fait en fabriquant cette version : gravité, feuille et cellule, message, conseil.",
    ),
    JOURNAL: Said(
        "Journal de la version — Markdown",
        "Ce qui a changé depuis la version précédente, table par table, et ce qui a été écarté.",
    ),
}
"""The files of a release beside those of its tables, by path."""
SITE = Said(
    "Site de téléchargement — page web",
    "Les pages des contrats, des partenaires et des tables, et toutes les versions.",
)


def of_csv(table: TableWords) -> Said:
    """The CSV file of a table."""
    return Said(_title(table, "CSV"), _about(table, "CSV : UTF-8, virgules, noms des colonnes sur la première ligne."))


def of_parquet(table: TableWords) -> Said:
    """The Parquet file of a table."""
    return Said(_title(table, "Parquet"), _about(table, "Parquet : les mêmes lignes que le CSV, colonnes typées."))


def of_archive(version: str) -> Said:
    """The archive that a release leaves on the portal."""
    return Said(
        f"Archive de la version {printable(version)} — ZIP",
        f"Copie de la version {plain(version)} telle qu’elle a été publiée : le CSV et le schéma de chaque table, le "
        "dictionnaire. Elle reste la même quand les autres fichiers changent.",
    )


def _title(table: TableWords, form: str) -> str:
    return f"{printable(table.title)} — {form}"


def _about(table: TableWords, form: str) -> str:
    counted = rows(table.rows)
    keyed = f"Une ligne par valeur de {_codes(table.key)}." if table.key else ""
    said = (_sentence(plain(table.description)), f"{counted[:1].upper()}{counted[1:]}." if counted else "", keyed, form)
    return " ".join(part for part in said if part)


def _codes(names: Iterable[str]) -> str:
    return " et ".join(f"`{name.replace('`', '')}`" for name in names)


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "…", "?", "!")) else f"{text}."


def _table(table: TableWords, links: Links) -> str:
    files = " · ".join(_link(name, key, links) for name, key in (("CSV", table.csv), ("Parquet", table.parquet)))
    counted = f", {rows(table.rows)}" if table.rows is not None else ""
    told = f" {_sentence(plain(table.description))}" if table.description else ""
    return f"**{plain(table.title)}** ({_codes([table.name])}{counted}) : {files}.{told}"


def _link(text: str, key: str, links: Links) -> str:
    """A link to a resource of the portal; the text alone when it is not there yet."""
    return _to(text, links[key]) if key in links else plain(text)


def _address(text: str, address: str) -> str:
    """A link to an address that the release gives; the text alone when nobody can follow it."""
    return plain(text) if is_example(address) else _to(text, address)


def _to(text: str, address: str) -> str:
    return f"[{plain(text)}]({quote(address, safe=_IN_ADDRESSES)})"


def _lines(*items: str) -> str:
    return "\n".join(f"- {item}" for item in items)
