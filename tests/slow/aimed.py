"""Aimed mutations: one cell of a clean workbook is spoiled, and the sheet around it laid out at random.

Whatever the layout and the dialect of the file, the one issue must be at the one cell.
"""

from __future__ import annotations

import io
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from openpyxl.utils.cell import get_column_letter

from tests.corpus.books import Book, Page
from tests.corpus.case import Found
from tests.corpus.clean import clean_book, headers
from tests.corpus.writers import FORMATS, write


class Spoiled(str):
    """The text of the spoiled cell, told from any equal text by its type."""

    __slots__ = ()


@dataclass(frozen=True)
class Aim:
    """A cell to spoil, by the header of its column and its row among the data (from 1), and what it may say."""

    code: str
    sheet: str
    header: str
    row: int
    texts: tuple[str, ...]


_BAD_DATES = ("31/02/2015", "2015-13-01", "printemps 2016", "0/1/2015", "20155", "32 mars 2016", "2016-", "hier", "??")
_AMBIGUOUS = ("03/04", "3/4/15", "01-02-16", "1.2.15")
_BAD_NUMBERS = ("mille", "12 € 50", "7 50 00", "1,5,2", "$ 12", "≈ 30", "1O0", "n.c.", "12-15")
_BAD_CODES = ("xyzzy", "à préciser", "???", "12", "offre et promotion")
_BAD_SOURCES = ("JDC2061", "ALP3 JDC2016", "XX", "ALP3 ; XX", "Début = XX")
_BAD_NAMES = ("Inconnu SA", "Grande Traversé", "ATF", "M. X")

AIMS = (
    Aim("date-illisible", "Actions", "Début", 1, _BAD_DATES),
    Aim("date-illisible", "Actions", "Fin", 1, _BAD_DATES),
    Aim("date-illisible", "Contrat", "Date de signature", 1, _BAD_DATES),
    Aim("date-illisible", "Événements", "Début", 1, _BAD_DATES),
    Aim("date-ambigue", "Financements", "Début", 1, _AMBIGUOUS),
    Aim("date-ambigue", "Partenaires", "Fin", 2, _AMBIGUOUS),
    Aim("nombre-illisible", "Actions", "Montant (€)", 2, _BAD_NUMBERS),
    Aim("nombre-illisible", "Financements", "ETP", 2, _BAD_NUMBERS),
    Aim("nombre-illisible", "Outils", "Nombre d’éléments", 1, _BAD_NUMBERS),
    Aim("nombre-ambigu", "Indicateurs", "Valeur", 1, ("1,200", "1.200", "15,000")),
    Aim("code-inconnu", "Actions", "Axe", 2, _BAD_CODES),
    Aim("code-inconnu", "Partenaires", "Rôle", 3, _BAD_CODES),
    Aim("code-inconnu", "Contrat", "Génération", 1, _BAD_CODES),
    Aim("code-inconnu", "Gouvernance", "Instance", 1, _BAD_CODES),
    Aim("code-inconnu", "Dénominations", "Type", 2, _BAD_CODES),
    Aim("code-inconnu", "Actions", "Marchés cibles", 1, ("US ; XX", "xyzzy", "DE ; ; ??")),
    Aim("source-inconnue", "Actions", "Sources", 2, _BAD_SOURCES),
    Aim("source-inconnue", "Outils", "Sources", 1, ("JDC", "https://exemple.fr")),
    Aim("source-inconnue", "Divergences", "Sources B", 1, ("BRE", "JDC2061")),
    Aim("partenaire-inconnu", "Partenaires", "Nom", 3, _BAD_NAMES),
    Aim("partenaire-inconnu", "Outils", "Exploitant", 1, _BAD_NAMES),
    Aim("ligne-inconnue", "Actions", "Outil", 1, ("guide-perdu", "1")),
    Aim("ligne-inconnue", "Financements", "Inclus dans", 2, ("budget-perdu",)),
    Aim("zone-inconnue", "Indicateurs", "Zone", 1, ("region 99", "Atlantide")),
    Aim("valeur-obligatoire", "Actions", "Intitulé", 2, ("\u00a0", " ", "\u200b")),
    Aim("valeur-obligatoire", "Financements", "Libellé", 1, ("\u00a0", "\u2009")),
    Aim("format-invalide", "Outils", "Adresse", 1, ("exemple.fr", "ftp://exemple.fr", "http://a b")),
    Aim("identifiant-invalide", "Actions", "Identifiant", 2, ("Salon de Berlin", "salon_berlin", "salon--berlin")),
)


def aimed(folder: Path, name: str, rng: random.Random) -> tuple[str, set[Found], str]:
    """Writes a spoiled workbook; returns its file name, what must be said of it, and how it was made."""
    book = clean_book(name)
    aim = rng.choice(AIMS)
    text = Spoiled(rng.choice(aim.texts))
    book.page(aim.sheet).rows[aim.row][headers(aim.sheet).index(aim.header)] = text
    made = [layout(page, rng) for page in book.pages if page.name == aim.sheet or rng.random() < 0.3]
    if rng.random() < 0.3:
        rng.shuffle(book.pages)
    file_format = rng.choice(FORMATS)
    if file_format == "csv":
        _dialect(book, rng)
    path = write(book, folder, name, file_format)
    if file_format == "xlsx":
        made.append(_rewrite(path, rng, XLSX_DIALECTS))
    elif file_format == "ods":
        made.append(_rewrite(path, rng, ODS_DIALECTS))
    how = (
        f"{aim.sheet}!{aim.header} {str(text)!r} : {' ; '.join(filter(None, made))} {book.encoding} {book.delimiter!r}"
    )
    return path.name, {(aim.code, aim.sheet, _address(book.page(aim.sheet)))}, how


def _address(page: Page) -> str:
    for row, values in enumerate(page.rows):
        for column, value in enumerate(values):
            if isinstance(value, Spoiled):
                return f"{get_column_letter(column + 1)}{row + 1}"
    raise LookupError(page.name)


# --- Layouts -------------------------------------------------------------------------------------------------------


def layout(page: Page, rng: random.Random) -> str:
    """Lays a sheet out otherwise; returns what was done."""
    chosen = rng.sample(LAYOUTS, rng.choice((0, 1, 2, 3, 4)))
    for change in chosen:
        change(page, rng)
    return f"{page.name} {'+'.join(change.__name__ for change in chosen)}" if chosen else ""


def shuffle_columns(page: Page, rng: random.Random) -> None:
    width = page.width
    order = rng.sample(range(width), width)
    page.rows = [[row[at] if at < len(row) else None for at in order] for row in page.rows]


def blank_columns(page: Page, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 2, 5))):
        at = rng.randrange(page.width + 1)
        for row in page.rows:
            row.extend([None] * (at - len(row)))
            row.insert(at, None)


def blank_rows(page: Page, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 3, 12))):
        page.rows.insert(rng.randrange(1, len(page.rows) + 1), [])


def far_row(page: Page, rng: random.Random) -> None:
    last = page.rows.pop()
    page.rows += [[] for _ in range(rng.choice((50, 700)))] + [last]


def titles(page: Page, rng: random.Random) -> None:
    said = [
        "Contrat d’essai",
        "Mise à jour : 12/01/2016, par le porteur",
        "Statut",
        "Source : entretien ; 2016",
        "a,b;c",
    ]
    page.rows[0:0] = [[rng.choice(said)] if rng.random() < 0.6 else [] for _ in range(rng.choice((1, 2, 6)))]


def other_headers(page: Page, rng: random.Random) -> None:
    known = set(headers(page.name))
    for row in page.rows:
        if known & {value for value in row if isinstance(value, str)}:
            row[:] = [rng.choice(WRITINGS)(v) if isinstance(v, str) and not isinstance(v, Spoiled) else v for v in row]
            return


def odd_spaces(page: Page, rng: random.Random) -> None:
    for row in page.rows:
        row[:] = [
            rng.choice(SPACINGS)(v) if isinstance(v, str) and not isinstance(v, Spoiled) and rng.random() < 0.5 else v
            for v in row
        ]


def hidden_parts(page: Page, rng: random.Random) -> None:
    page.hidden_rows = {rng.randrange(1, len(page.rows) + 1)}
    page.hidden_columns = {get_column_letter(rng.randrange(1, page.width + 1))}


def formatted(page: Page, rng: random.Random) -> None:
    page.formatted_to = rng.choice((2_000, 20_000))


def trailing_blanks(page: Page, rng: random.Random) -> None:
    page.rows += [[" " if rng.random() < 0.3 else None] * 3 for _ in range(rng.choice((1, 20)))]


LAYOUTS: tuple[Callable[[Page, random.Random], None], ...] = (
    shuffle_columns, blank_columns, blank_rows, far_row, titles, other_headers, odd_spaces, hidden_parts, formatted,
    trailing_blanks,
)  # fmt: skip
WRITINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.lower,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
    lambda text: text.replace("’", "'"),
    lambda text: f"  {text} ",
    lambda text: text.replace(" ", "\n"),
)
SPACINGS: tuple[Callable[[str], str], ...] = (
    lambda text: f" {text}\u00a0",
    lambda text: text.replace(" ", "\u00a0"),
    lambda text: f"\u200b{text}\ufeff",
    lambda text: unicodedata.normalize("NFD", text),
)


def _dialect(book: Book, rng: random.Random) -> None:
    book.delimiter = rng.choice((",", ";", "\t"))
    book.line_end = rng.choice(("\n", "\r\n"))
    texts = "".join(str(value) for page in book.pages for row in page.rows for value in row)
    encodings = ["utf-8", "utf-8-sig", "utf-16"]
    try:
        texts.encode("cp1252")
        encodings.append("cp1252")
    except UnicodeEncodeError:
        pass
    book.encoding = rng.choice(encodings)


# --- Dialects of the formats ---------------------------------------------------------------------------------------

Dialect = Callable[[str, bytes], bytes]


def _rewrite(path: Path, rng: random.Random, dialects: tuple[Dialect, ...]) -> str:
    """Writes the package again as other programs do; returns what was done."""
    chosen = rng.sample(dialects, rng.choice((0, 1, 2)))
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    compression = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, body in parts:
            written = reduce(lambda xml, dialect: dialect(name, xml), chosen, body)
            package.writestr(zipfile.ZipInfo(name), written, zipfile.ZIP_STORED if name == "mimetype" else compression)
    return "+".join(dialect.__name__ for dialect in chosen)


def _in_sheets(change: Callable[[bytes], bytes]) -> Dialect:
    def dialect(name: str, body: bytes) -> bytes:
        return change(body) if name.startswith("xl/worksheets/sheet") or name == "content.xml" else body

    dialect.__name__ = change.__name__
    return dialect


@_in_sheets
def no_dimension(xml: bytes) -> bytes:
    return re.sub(rb"<dimension [^>]*/>", b"", xml)


@_in_sheets
def false_dimension(xml: bytes) -> bytes:
    return re.sub(rb"<dimension [^>]*/>", b'<dimension ref="A1"/>', xml)


@_in_sheets
def large_dimension(xml: bytes) -> bytes:
    return re.sub(rb"<dimension [^>]*/>", b'<dimension ref="A1:XFD1048576"/>', xml)


@_in_sheets
def single_quotes(xml: bytes) -> bytes:
    return re.sub(rb'="([^"\'<>]*)"', rb"='\1'", xml)


@_in_sheets
def other_order(xml: bytes) -> bytes:
    return re.sub(rb'<c (r="[A-Z0-9]+") ([^<>/]*?)(/?)>', rb"<c \2 \1\3>", xml)


@_in_sheets
def line_breaks(xml: bytes) -> bytes:
    return re.sub(rb"(<(?:c|row|v|table:table-cell|table:table-row|table:table)\b)", rb"\n  \1", xml)


@_in_sheets
def comments(xml: bytes) -> bytes:
    return xml.replace(b"<row ", b"<!-- a row --><row ").replace(b"<table:table-row", b"<!-- a row --><table:table-row")


def prefixed(name: str, body: bytes) -> bytes:
    """A prefix before every element, as the Open XML SDK writes them."""
    if not re.match(r"xl/(worksheets/sheet|sharedStrings|workbook\.xml)", name):
        return body
    named = re.sub(rb"<(/?)(?=[A-Za-z])(?!\w+:)", rb"<\1x:", body)
    return named.replace(
        b'xmlns="http://schemas.openxmlformats.org/spread', b'xmlns:x="http://schemas.openxmlformats.org/spread'
    )


def absolute_targets(name: str, body: bytes) -> bytes:
    """An absolute path to every sheet."""
    return (
        body.replace(b'Target="worksheets/', b'Target="/xl/worksheets/') if name.endswith("workbook.xml.rels") else body
    )


@_in_sheets
def row_groups(xml: bytes) -> bytes:
    """The header row apart, and the others in a group."""
    return re.sub(
        rb"(</table:table-column>|<table:table-column[^>]*/>)(?!<table:table-column)(<table:table-row.*?</table:table-row>)(.*?)(</table:table>)",
        rb"\1<table:table-header-rows>\2</table:table-header-rows><table:table-row-group>\3</table:table-row-group>\4",
        xml,
        flags=re.DOTALL,
    )


@_in_sheets
def spans(xml: bytes) -> bytes:
    """A part of every text in a style of its own."""
    return re.sub(
        rb"<text:p>(\w\w)(\w+)</text:p>", rb'<text:p><text:span text:style-name="T1">\1</text:span>\2</text:p>', xml
    )


@_in_sheets
def cell_notes(xml: bytes) -> bytes:
    """A note on every cell."""
    note = b'<office:annotation office:display="false"><text:p>2015-02-31</text:p></office:annotation>'
    return re.sub(rb"(<table:table-cell[^<>]*[^<>/]>)(<text:p>)", rb"\1" + note + rb"\2", xml)


XLSX_DIALECTS: tuple[Dialect, ...] = (
    no_dimension, false_dimension, large_dimension, single_quotes, other_order, line_breaks, comments, prefixed,
    absolute_targets,
)  # fmt: skip
ODS_DIALECTS: tuple[Dialect, ...] = (single_quotes, line_breaks, comments, row_groups, spans, cell_notes)
