"""What a file may be before any library reads it: its size, its nature, what its package holds.

Belongs here: limits, and the refusals and warnings that the outside of a file gives rise to. Does not belong here:
cells (``xlsx_marks``, ``ods_marks``), characters (``csv_text``). Nothing is run, extracted or fetched.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from pipelines.sheets.cells import Extent, column_letter
from pipelines.sheets.limits import (
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_LINKS,
    MAX_RATIO,
    MIB,
    RATIO_FROM,
    VARIABLE,
    limits,
)
from pipelines.sheets.xlsx_marks import without_blank_rows
from pipelines.sheets.xml_edits import utf8

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF-", "un PDF"),
    (b"PK\x03\x04", "un classeur ou une archive ZIP"),
    (_OLE, "un ancien classeur Excel (.xls) ou un fichier chiffré"),
    (b"\x1f\x8b", "une archive gzip"),
    (b"7z\xbc\xaf", "une archive 7z"),
    (b"Rar!", "une archive RAR"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"{\\rtf", "un texte RTF"),
)
_ENTRY = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s22xHH")
_BLOCK = 4 * MIB
_HEAD = 64
_LONG_PARTS = re.compile(r"^/?xl/(?:worksheets/|sharedstrings\.xml$)", re.IGNORECASE)
_XML_SUFFIXES = (".xml", ".rels", ".vml", ".rdf")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_MACRO_PARTS = re.compile(
    r"(?:^|/)(?:vbaProject[^/]*\.bin|macrosheets/.+|Basic/.+\.xml|Scripts/.*[^/])$", re.IGNORECASE
)
_BASIC_CODE = re.compile(rb"\b(?:sub|function)\b", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<(?:\w{1,20}:)?Relationship\b[^<>]{0,4000}>")
_TARGET = re.compile(rb"\bTarget=[\"']([^\"'<>]{0,2000})[\"']")
_ODS_SOURCE = re.compile(rb"<table:(?:table-source|cell-range-source)\b[^<>]{0,2000}?xlink:href=\"([^\"<>]{1,2000})\"")
_ODS_FORMULA = re.compile(rb"(?:'|&apos;)((?:file|https?|smb|ftp)://[^\"'&<>]{1,500})(?:'|&apos;)#")
_SUFFIX_NATURES = {".xlsx": "un classeur Excel (.xlsx)", ".ods": "un classeur OpenDocument (.ods)"}


class UnreadableFileError(Exception):
    """The file cannot be read, or will not be; the reason is in French, for the curator.

    ``code``: of the catalogue. ``sheet`` and ``cell``: where, when the reason lies in one place of the file.
    """

    def __init__(
        self, path: Path, reason: str, *, code: str = "fichier-illisible", sheet: str = "", cell: str = ""
    ) -> None:
        super().__init__(f"{path.name} : {reason}")
        self.path = path
        self.reason = reason
        self.code = code
        self.sheet = sheet
        self.cell = cell


@dataclass(frozen=True)
class Notice:
    """Something of the file that is not read and is reported: a code of the catalogue, and what it is about."""

    code: str
    value: str


@dataclass
class Package:
    """The parts of a checked package that are XML, decompressed once, in UTF-8, and what is to be said of the rest.

    Large sheets come without their rows of formatted, empty cells.
    """

    parts: dict[str, bytes] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def outside(path: Path, folder: Path) -> bool:
    """Whether a path leads out of a folder, through a link or « .. »."""
    if _is_plainly_inside(path, folder):
        return False
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return True


def _is_plainly_inside(path: Path, folder: Path) -> bool:
    """Whether there is neither a link nor « .. » from a folder down to a path: what most paths are, told cheaply."""
    if not path.is_relative_to(folder):
        return False
    below = path.parts[len(folder.parts) :]
    return ".." not in below and not any(one.is_symlink() for one in (path, *path.parents)[: len(below)])


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of reasonable size.

    Raises:
        UnreadableFileError: not a plain file, not allowed to be read, or too large.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise UnreadableFileError(path, "le fichier n’est pas un fichier ordinaire")
        if state.st_size > limits().file:
            raise past_limit(path, f"{state.st_size // MIB} Mio sur le disque, {limits().file // MIB} au plus")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path, f"le fichier ne peut pas être ouvert ({error.strerror})") from error


def nature(raw: bytes) -> str:
    """What the first bytes say that a file is, in French; nothing when they say nothing."""
    return next((name for mark, name in _SIGNATURES if raw.startswith(mark)), "")


def check_text(path: Path, raw: bytes) -> None:
    """Refuses what is no text under the name of a CSV file."""
    found = nature(raw)
    if found:
        raise _renamed(path, f"le fichier est {found}, pas un CSV")


def open_package(path: Path, raw: bytes) -> Package:
    """Checks a workbook's package and decompresses its XML parts, within the limits.

    Raises:
        UnreadableFileError: encrypted, renamed, truncated, too large, or with a document type in its XML.
    """
    _check_nature(path, raw)
    if raw.count(_ENTRY) > MAX_ENTRIES:
        raise oversized(path, f"plus de {MAX_ENTRIES} parties")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
        _check_sizes(path, entries)
        package = Package()
        kept = 0
        for entry in entries:
            if _is_xml(entry.filename):
                longest = limits().kept if _LONG_PARTS.match(entry.filename) else limits().parsed
                part = _as_utf8(_inflate(path, raw, entry, min(limits().kept - kept, longest)))
                package.parts[entry.filename] = part
                kept += len(part)
                _check_declarations(path, entry.filename, part)
            elif _start(raw, entry) == b"PK\x03\x04":
                package.notices.append(Notice("contenu-incorpore", entry.filename))
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError) as error:
        raise UnreadableFileError(
            path, "le fichier n’est pas un classeur lisible : il est abîmé ou incomplet"
        ) from error
    _check_kind(path, package, {entry.filename for entry in entries})
    package.notices += _notices(package, entries)
    return package


def oversized(path: Path, reason: str) -> UnreadableFileError:
    """The refusal of a file that is too large."""
    return UnreadableFileError(path, f"le fichier dépasse les limites de lecture : {reason}", code="fichier-demesure")


def past_limit(path: Path, reason: str, sheet: str = "") -> UnreadableFileError:
    """The same, for a limit that may be raised."""
    error = oversized(path, f"{reason} (la variable {VARIABLE} relève cette limite)")
    error.sheet = sheet
    return error


def _renamed(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(path, reason, code="format-inattendu")


def _check_nature(path: Path, raw: bytes) -> None:
    if raw.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise UnreadableFileError(path, "le fichier est protégé par un mot de passe", code="fichier-chiffre")
        raise _renamed(path, "le fichier est un ancien classeur Excel (.xls)")
    if raw.startswith(b"PK"):
        return
    found = nature(raw)
    if found:
        raise _renamed(path, f"le fichier est {found}, pas {_SUFFIX_NATURES[path.suffix.lower()]}")
    if not raw:
        raise UnreadableFileError(path, "le fichier est vide")
    if _looks_typed(raw):
        wanted = _SUFFIX_NATURES[path.suffix.lower()]
        raise _renamed(path, f"le fichier est un texte, peut-être un CSV, pas {wanted}")
    raise UnreadableFileError(path, "le fichier n’est pas un classeur lisible")


def _looks_typed(raw: bytes) -> bool:
    """Whether bytes are lines of text with separators."""
    head = raw[:4096]
    return b"\0" not in head and any(mark in head for mark in (b",", b";", b"\t")) and min(head) >= 9


def _check_sizes(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if sum(entry.file_size for entry in entries) > limits().total:
        raise past_limit(path, f"plus de {limits().total // MIB} Mio une fois décompressé")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise UnreadableFileError(path, "le fichier contient deux parties du même nom", code="fichier-piege")
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFileError(path, "le fichier est protégé par un mot de passe", code="fichier-chiffre")
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise oversized(path, f"« {entry.filename} » est comprimé plus de {MAX_RATIO} fois")
        name = entry.filename
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise UnreadableFileError(path, f"le fichier contient un chemin interdit, « {name} »", code="fichier-piege")


def _is_xml(name: str) -> bool:
    return name.lower().endswith(_XML_SUFFIXES) or name == "mimetype"


def _body(raw: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """A part as it stands in the package."""
    mark, name_size, extra_size = _LOCAL.unpack_from(raw, entry.header_offset)
    first = entry.header_offset + _LOCAL.size + name_size + extra_size
    body = memoryview(raw)[first : first + entry.compress_size]
    if mark != b"PK\x03\x04" or len(body) < entry.compress_size:
        raise zipfile.BadZipFile(entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(entry.filename)
    return body


def _start(raw: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The first four bytes of a part."""
    body = _body(raw, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        return bytes(body[:4])
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, 4)


def _inflate(path: Path, raw: bytes, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """A part, at most ``limit`` bytes of it once blank rows are out; its size is what it is, not what is declared."""
    kept: list[bytes] = []
    held: list[bytes] = []
    size = crc = total = 0
    for block in _blocks(_body(raw, entry), entry):
        size += len(block)
        crc = zlib.crc32(block, crc)
        if size > entry.file_size:
            raise oversized(path, f"« {entry.filename} » est plus gros qu’il ne le déclare")
        rows, mark, rest = block.rpartition(b"</row>") if entry.file_size > _BLOCK else (b"", b"", block)
        if mark:
            kept.append(without_blank_rows(b"".join([*held, rows, mark])))
            total += len(kept[-1])
            held = []
        held.append(rest)
        if total + sum(map(len, held)) > limit:
            reason = f"plus de {round(limit / MIB)} Mio dans « {entry.filename} » une fois décompressé"
            raise past_limit(path, reason)
    if size != entry.file_size or crc != entry.CRC:
        raise zipfile.BadZipFile(entry.filename)
    return b"".join([*kept, *held])


def _blocks(body: memoryview, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part, some at a time."""
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(body)
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = body
    while not inflater.eof:
        block = inflater.decompress(rest, _BLOCK)
        rest = inflater.unconsumed_tail
        if not block and not rest:
            raise zipfile.BadZipFile(entry.filename)
        yield block


def _as_utf8(part: bytes) -> bytes:
    """XML in UTF-8, in which whatever follows looks for things."""
    part = utf8(part)
    if b"\0" in part[:_HEAD]:
        raise ValueError("neither UTF-8 nor what it declares")
    return part


def _check_declarations(path: Path, name: str, part: bytes) -> None:
    if _DECLARATION.search(part):
        reason = f"le fichier déclare un type de document ou des entités XML dans « {name} »"
        raise UnreadableFileError(path, reason, code="fichier-piege")


def _check_kind(path: Path, package: Package, names: set[str]) -> None:
    """Refuses a package that is not the workbook that its name announces."""
    mimetype = package.parts.get("mimetype", b"")
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        found = ".ods"
    elif "xl/workbook.xml" in names:
        found = ".xlsx"
    elif "xl/workbook.bin" in names:
        raise _renamed(path, "le fichier est un classeur Excel binaire (.xlsb)")
    elif mimetype or any(name.startswith(("word/", "ppt/")) for name in names):
        raise _renamed(path, "le fichier est un document, pas un classeur")
    else:
        raise UnreadableFileError(path, "le fichier est une archive qui ne contient pas de classeur")
    if found != path.suffix.lower():
        raise _renamed(path, f"le fichier est {_SUFFIX_NATURES[found]}")
    manifest = package.parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest:
        raise UnreadableFileError(path, "le fichier est protégé par un mot de passe", code="fichier-chiffre")
    if found == ".ods" and "content.xml" not in names:
        raise UnreadableFileError(path, "le fichier n’est pas un classeur lisible : il est abîmé ou incomplet")


def _notices(package: Package, entries: list[zipfile.ZipInfo]) -> list[Notice]:
    found = []
    macros = next((entry.filename for entry in entries if _is_macro(entry.filename, package)), "")
    if macros:
        found.append(Notice("macros", macros))
    links = {
        unescape(target.decode("utf-8", "replace"))
        for name, part in package.parts.items()
        for target in _external_targets(name, part)
    }
    return found + [Notice("lien-externe", target) for target in sorted(links)[:MAX_LINKS]]


def _is_macro(name: str, package: Package) -> bool:
    """A macro, and not the empty library that LibreOffice writes."""
    part = package.parts.get(name, b"")
    return bool(_MACRO_PARTS.search(name)) and not (name.startswith("Basic/") and not _BASIC_CODE.search(part))


def _external_targets(name: str, part: bytes) -> list[bytes]:
    if name.endswith(".rels"):
        if b"External" not in part:
            return []
        return [
            target[1]
            for relation in _EXTERNAL.findall(part)
            if b"External" in relation and b"/hyperlink" not in relation and (target := _TARGET.search(relation))
        ]
    if name == "content.xml" and b"://" in part:
        return [*_ODS_SOURCE.findall(part), *_ODS_FORMULA.findall(part)]
    return []


def check_reach(path: Path, sheet: str, found: Extent) -> None:
    """Refuses a sheet whose filled cells reach too far, at the cell that does."""
    if found.columns > MAX_COLUMNS:
        row, column = found.widest
        reason = f"le fichier a une cellule remplie en colonne {column_letter(column)}, {MAX_COLUMNS} colonnes au plus"
    elif found.area > limits().area:
        row, column = found.deepest
        reason = f"le fichier a une cellule remplie très loin des autres, ligne {row + 1}"
    else:
        return
    cell = f"{column_letter(column)}{row + 1}"
    raise UnreadableFileError(path, reason, code="cellule-lointaine", sheet=sheet, cell=cell)


def check_extent(path: Path, sheet: str, found: Extent) -> None:
    """Refuses a sheet of a workbook whose filled cells reach too far, or are too many, or say too much."""
    check_reach(path, sheet, found)
    if found.cells > limits().cells:
        raise past_limit(path, f"plus de {limits().cells} cellules remplies", sheet)
    if found.text > limits().text:
        raise past_limit(path, f"plus de {limits().text // MIB} Mio de texte", sheet)
