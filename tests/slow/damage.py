"""Blind mutations of the bytes of a file: what a bad disk, a bad program or a bad person makes of it.

Each mutation takes the bytes and a seeded generator; the same seed gives the same bytes.
"""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable

from pipelines.sheets.packages import UNREADABLE

Mutation = Callable[[bytes, random.Random], bytes]
Parts = list[tuple[str, bytes]]

_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"<>]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
_TAG = re.compile(rb"<[^<>]+>")
_ELEMENT = re.compile(rb"<(c|v|row|si|is|t|f|table:table-cell|table:table-row|text:p)\b[^<>]*>")

NASTY_ATTRIBUTES = [
    b"", b"0", b"-1", b"1", b"999999", b"1048576", b"1048577", b"4294967296", b"9" * 40, b"A0", b"XFD1048576", b"XFE1",
    b"ZZZZ9", b"s", b"e", b"n", b"b", b"str", b"inlineStr", b"date", b"true", b"../../x", b"/", b"&amp;", b"A1:B",
    b"\xff", b"1904-01-01", b"-99999-01-01", b"1e999", b"NaN", b"rId1", b"rId999", b"http://exemple.invalid/x",
]  # fmt: skip
NASTY_TEXTS = [
    b"", b" ", b"=1+1", b"#REF!", b"#N/A", b"1e309", b"-1e-400", b"NaN", b"inf", b"2015-02-31", b"999999999999", b"-1",
    b"\xc2\xa0", b"\xe2\x80\x8b", b"\xff\xfe", b"&bogus;", b"&#0;", b"&#x1F600;", b"]]>", b"_x0000_", b"_xD800_",
    "é".encode() * 33_000, b"@" * 100, b"+33", b"0" * 60, b"1/0/0", b"31/12/9999", b"{}", b"2016 {", b";;;", b"= = =",
    b"ALP3 = = ALP3", b"\xe2\x80\xae\xd7\x90", b"None", b"nan", b"<NA>",
]  # fmt: skip


# --- Any file ------------------------------------------------------------------------------------------------------


def flip_bytes(raw: bytes, rng: random.Random) -> bytes:
    """Changes some bytes."""
    found = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        if found:
            found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def truncate(raw: bytes, rng: random.Random) -> bytes:
    """Cuts the end off."""
    return raw[: rng.randrange(len(raw) + 1)]


def cut_out(raw: bytes, rng: random.Random) -> bytes:
    """Cuts a stretch out."""
    start = rng.randrange(len(raw) + 1)
    return raw[:start] + raw[start + rng.choice((1, 4, 64, 1024)) :]


def insert_bytes(raw: bytes, rng: random.Random) -> bytes:
    """Puts bytes in: noise, zeros, a piece of the file itself."""
    at = rng.choice((0, len(raw), rng.randrange(len(raw) + 1)))
    start = rng.randrange(len(raw) + 1)
    piece = rng.choice((rng.randbytes(rng.randrange(1, 64)), bytes(16), raw[start : start + 500]))
    return raw[:at] + piece + raw[at:]


# --- Packages ------------------------------------------------------------------------------------------------------


def _parts(raw: bytes) -> Parts | None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            return [(entry.filename, package.read(entry)) for entry in package.infolist()]
    except (*UNREADABLE, OSError, ValueError):
        return None


def _packed(parts: Parts) -> bytes:
    written = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        warnings.simplefilter("ignore")  # a part put in twice is what is wanted
        for name, body in parts:
            package.writestr(zipfile.ZipInfo(name), body)
    return written.getvalue()


def of_package(change: Callable[[Parts, random.Random], None]) -> Mutation:
    """A mutation of the parts of a package, which stays a sound package."""

    def mutate(raw: bytes, rng: random.Random) -> bytes:
        parts = _parts(raw)
        if not parts:
            return flip_bytes(raw, rng)
        change(parts, rng)
        return _packed(parts)

    mutate.__name__ = change.__name__
    return mutate


def of_xml(change: Callable[[bytes, random.Random], bytes]) -> Mutation:
    """A mutation of one XML part of a package."""

    def mutate_one(parts: Parts, rng: random.Random) -> None:
        wanted = [number for number, (name, body) in enumerate(parts) if name.endswith((".xml", ".rels")) and body]
        telling = [
            number for number in wanted if re.search(r"sheet\d*\.xml|content|workbook|sharedStr", parts[number][0])
        ]
        if wanted:
            number = rng.choice(telling if telling and rng.random() < 0.8 else wanted)
            parts[number] = (parts[number][0], change(parts[number][1], rng))

    mutate_one.__name__ = change.__name__
    return of_package(mutate_one)


@of_package
def swap_parts(parts: Parts, rng: random.Random) -> None:
    """Gives a part the body of another."""
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    (name, body), (other_name, other_body) = parts[one], parts[other]
    parts[one], parts[other] = (name, other_body), (other_name, body)


@of_package
def drop_part(parts: Parts, rng: random.Random) -> None:
    """Takes a part out."""
    del parts[rng.randrange(len(parts))]


@of_package
def double_part(parts: Parts, rng: random.Random) -> None:
    """Puts a part in twice."""
    name, body = rng.choice(parts)
    parts.append((name, flip_bytes(body, rng)))


@of_package
def rename_part(parts: Parts, rng: random.Random) -> None:
    """Gives a part another name."""
    number = rng.randrange(len(parts))
    name, body = parts[number]
    parts[number] = (
        rng.choice((name.upper(), f"../{name}", f"/{name}", name.replace("/", "\\"), f"x/{name}", "é")),
        body,
    )


@of_xml
def set_attribute(xml: bytes, rng: random.Random) -> bytes:
    """Gives an attribute a value that it should not have, or that of another."""
    found = list(_ATTRIBUTE.finditer(xml))
    if not found:
        return flip_bytes(xml, rng)
    one, other = rng.choice(found), rng.choice(found)
    value = rng.choice((rng.choice(NASTY_ATTRIBUTES), other[2]))
    return xml[: one.start(2)] + value + xml[one.end(2) :]


@of_xml
def drop_attribute(xml: bytes, rng: random.Random) -> bytes:
    """Takes an attribute out, or writes it twice."""
    found = list(_ATTRIBUTE.finditer(xml))
    if not found:
        return flip_bytes(xml, rng)
    one = rng.choice(found)
    return xml[: one.start()] + rng.choice((b"", one[0] + b" " + one[0])) + xml[one.end() :]


@of_xml
def set_text(xml: bytes, rng: random.Random) -> bytes:
    """Gives an element a text that nobody expects."""
    found = list(_TEXT.finditer(xml))
    if not found:
        return flip_bytes(xml, rng)
    one = rng.choice(found)
    return xml[: one.start(1)] + rng.choice(NASTY_TEXTS) + xml[one.end(1) :]


@of_xml
def drop_tag(xml: bytes, rng: random.Random) -> bytes:
    """Takes a tag out, or moves it elsewhere."""
    found = list(_TAG.finditer(xml))
    if not found:
        return flip_bytes(xml, rng)
    one, other = rng.choice(found), rng.choice(found)
    rest = xml[: one.start()] + xml[one.end() :]
    return rest if rng.random() < 0.5 else rest[: other.start()] + one[0] + rest[other.start() :]


@of_xml
def repeat_element(xml: bytes, rng: random.Random) -> bytes:
    """Repeats a cell, a row, a text, several times."""
    found = list(_ELEMENT.finditer(xml))
    if not found:
        return flip_bytes(xml, rng)
    one = rng.choice(found)
    end = xml.find(b"</" + one[1] + b">", one.end())
    piece = one[0] if one[0].endswith(b"/>") or end < 0 else xml[one.start() : end + len(one[1]) + 3]
    return xml[: one.start()] + piece * rng.choice((2, 3, 50)) + xml[one.start() + len(piece) :]


@of_xml
def flip_in_xml(xml: bytes, rng: random.Random) -> bytes:
    """Changes bytes under the compression, where a parser meets them."""
    return rng.choice((flip_bytes, truncate, cut_out, insert_bytes))(xml, rng)


@of_xml
def declare(xml: bytes, rng: random.Random) -> bytes:
    """Declares a document type, an encoding, entities."""
    head = rng.choice(
        (
            b'<!DOCTYPE a [<!ENTITY x "y">]>',
            b'<!DOCTYPE a SYSTEM "http://exemple.invalid/a.dtd">',
            b'<?xml version="1.0" encoding="UTF-16"?>',
            b'<?xml version="1.1" encoding="cp1252"?>',
            b"\xef\xbb\xbf",
            b"<!-- -- -->",
        )
    )
    at = rng.choice((0, max(xml.find(b"?>") + 2, 0)))
    return xml[:at] + head + xml[at:]


# --- CSV -----------------------------------------------------------------------------------------------------------


def edit_text(raw: bytes, rng: random.Random) -> bytes:
    """Doubles, drops or adds delimiters, quotes, line ends, zeros."""
    found = raw
    for _ in range(rng.choice((1, 2, 5))):
        mark = rng.choice(
            (b",", b";", b"\t", b'"', b"\n", b"\r", b"\r\n", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x85", b"\xa0")
        )
        places = [match.start() for match in re.finditer(re.escape(mark), found)]
        if places and rng.random() < 0.5:
            at = rng.choice(places)
            found = found[:at] + found[at + len(mark) :]
        else:
            at = rng.randrange(len(found) + 1)
            found = found[:at] + mark * rng.choice((1, 2, 300)) + found[at:]
    return found


def edit_field(raw: bytes, rng: random.Random) -> bytes:
    """Puts a text that nobody expects in a field."""
    fields = raw.split(b",")
    fields[rng.randrange(len(fields))] = rng.choice(NASTY_TEXTS)
    return b",".join(fields)


def recode(raw: bytes, rng: random.Random) -> bytes:
    """Writes the text in another encoding, or in two."""
    text = raw.decode("utf-8", "replace")
    half = len(text) // 2
    return rng.choice(
        (
            text.encode("utf-16"),
            text.encode("utf-16-le"),
            text.encode("utf-32"),
            text.encode("cp1252", "replace"),
            text[:half].encode() + text[half:].encode("cp1252", "replace"),
            text.encode("utf-16")[:-1],
        )
    )


def repeat_lines(raw: bytes, rng: random.Random) -> bytes:
    """Repeats, moves or drops lines."""
    lines = raw.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one:one] = [lines[other]] * rng.choice((1, 2, 200))
    del lines[rng.randrange(len(lines))]
    return b"\n".join(lines)


ANY: tuple[Mutation, ...] = (flip_bytes, truncate, cut_out, insert_bytes)
PACKAGE: tuple[Mutation, ...] = (
    swap_parts, drop_part, double_part, rename_part, *(set_attribute,) * 4, drop_attribute, *(set_text,) * 4, drop_tag,
    repeat_element, *(flip_in_xml,) * 3, declare,
)  # fmt: skip
TEXT: tuple[Mutation, ...] = (edit_text, edit_text, edit_field, edit_field, recode, repeat_lines)


def damaged(raw: bytes, rng: random.Random, *, package: bool) -> tuple[bytes, str]:
    """The bytes after one to three mutations, and their names."""
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        family = ANY if rng.random() < 0.2 else PACKAGE if package else TEXT
        mutation = rng.choice(family)
        names.append(mutation.__name__)
        raw = mutation(raw, rng)
    return raw, " + ".join(names)
