"""CSV as spreadsheets save it: its encoding, its separator, its rows.

Belongs here: bytes → rows of texts. Does not belong here: labels (``labels``), what the texts mean.
"""

from __future__ import annotations

import codecs
import csv
import io
from functools import cache
from pathlib import Path

from pipelines.sheets.cells import Extent, Grid, grid
from pipelines.sheets.guard import UnreadableFileError, check_reach, check_text, past_limit
from pipelines.sheets.limits import LONGEST_FIELD, MAX_COLUMNS, limits
from pipelines.text import fold
from schemas.registry import sheets

DELIMITERS = (",", ";", "\t")
_SAMPLE_ROWS = 30
_SAMPLE_SIZE = 1 << 17
_WIDEST_CHARACTER = 4
_LONG = 1 << 15
"""Bytes from which a file is worth the start of Arrow."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(path: Path, raw: bytes) -> str:
    """The text of a CSV file: UTF-8 or UTF-16 with or without a mark, else cp1252, Excel's own in France.

    Raises:
        UnreadableFileError: bytes that stand for no character in the encoding that the file has.
    """
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), "") or _unmarked(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"le fichier n’est pas dans un encodage connu (octet {error.start + 1}) ; attendu : UTF-8"
        raise UnreadableFileError(path, reason, code="encodage-inconnu") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFileError(path, f"le fichier contient des octets nuls (ligne {line}), ce n’est pas un texte")
    return text


def _unmarked(raw: bytes) -> str:
    head = raw[:_SAMPLE_SIZE]
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if odd > 0.4 * len(head[1::2]) and not even:
            return "utf-16-le"
        if even > 0.4 * len(head[::2]) and not odd:
            return "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


@cache
def _known_headers() -> frozenset[str]:
    return frozenset(
        fold(header) for sheet in sheets().values() for item in sheet.fields for header in (item.label, *item.aliases)
    )


def delimiter(text: str) -> str:
    """The separator of a CSV text: the one under which a row of its top holds most known labels, then most cells."""
    head = text[:_SAMPLE_SIZE]
    best, chosen = (0, 0), DELIMITERS[0]
    for mark in DELIMITERS:
        # A cell is one label at most: what has fewer cells than labels were found already cannot be better.
        for row in _sample(head, mark) if head.count(mark) >= best[0] else ():
            if len(row) > best[0] and (score := _score(row)) > best:
                best, chosen = score, mark
    if best[0] > 1:
        return chosen
    first = next((line for line in head.split("\n") if any(mark in line for mark in DELIMITERS)), "")
    return max(DELIMITERS, key=first.count)


def _sample(head: str, mark: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=mark)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _score(row: list[str]) -> tuple[int, int]:
    return sum(fold(cell) in _known_headers() for cell in row[:MAX_COLUMNS]), len(row)


def read_grid(path: Path, raw: bytes) -> Grid:
    """The sheet of a CSV file, blank rows at the end left out.

    Raises:
        UnreadableFileError: another kind of file, an unknown encoding, quotes that do not match, too large.
    """
    check_text(path, raw)
    return (_read_at_once(path, raw) if len(raw) >= _LONG else None) or grid(path.stem, read_rows(path, raw))


def _read_at_once(path: Path, raw: bytes) -> Grid | None:
    """The same of a long file, if it is an ordinary one."""
    from pipelines.sheets.csv_columns import is_utf8, ordinary

    plain = b"\0" not in raw and is_utf8(raw)
    text = raw.removeprefix(codecs.BOM_UTF8) if plain else decode(path, raw).encode()
    return ordinary(path.stem, text, delimiter(text[: _WIDEST_CHARACTER * _SAMPLE_SIZE].decode(errors="ignore")))


def read_rows(path: Path, raw: bytes) -> list[list[str]]:
    """The rows of a CSV file, one by one, blank ones at the end left out.

    Raises:
        UnreadableFileError: an unknown encoding, quotes that do not match, too large.
    """
    text = decode(path, raw)
    mark = delimiter(text)
    # What a sheet that was emptied leaves at the end goes at once, not row by row.
    reader = csv.reader(io.StringIO(text.rstrip(f"\r\n{mark}"), newline=""), delimiter=mark, strict=True)
    most = limits()
    rows: list[list[str]] = []
    found, number = Extent(), 0
    blank: list[str] = []
    previous = csv.field_size_limit(LONGEST_FIELD)
    try:
        for number, row in enumerate(reader, start=1):
            if number > most.rows:
                raise past_limit(path, f"plus de {most.rows} lignes")
            if any(row):
                while not row[-1]:
                    row.pop()
                found.cells += len(row)
                if len(row) > found.columns:
                    found.columns, found.widest = len(row), (number - 1, len(row) - 1)
                found.rows, found.deepest = number, (number - 1, len(row) - 1)
                if found.columns > MAX_COLUMNS or found.area > most.area:
                    break
                rows += [blank] * (number - 1 - len(rows))
                rows.append(row)
    except csv.Error as error:
        raise UnreadableFileError(
            path, f"le fichier CSV est mal formé, ligne {reader.line_num} ({_said(error)})"
        ) from error
    finally:
        csv.field_size_limit(previous)
    if found.columns <= MAX_COLUMNS and most.area < found.area < 2 * found.cells:
        raise past_limit(path, f"plus de {most.area} cellules")  # one after the other: none is far away
    check_reach(path, path.stem, found)
    return rows


def _said(error: csv.Error) -> str:
    """The reason of the CSV reader, in French."""
    said = str(error)
    if "field larger" in said:
        return "une cellule est trop longue, ou un guillemet n’est pas fermé"
    if "expected after" in said:
        return "un guillemet ferme une cellule avant sa fin ; doublez ceux qui sont dans le texte"
    if "unexpected end" in said:
        return "un guillemet n’est pas fermé"
    return said
