"""Files that no curator makes: each builder writes one, and says which issue must be reported, and where."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl

from pipelines.sheets.limits import MAX_ENTRIES, MAX_FILE, MIB
from pipelines.sheets.ods import write_ods

Built = tuple[Path, str, str]
"""The file, the code of its issue, the cell (or nothing)."""

NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TEXT_CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def plain_xlsx() -> dict[str, bytes]:
    """The parts of a small sound workbook, one sheet « Actions »."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Actions"
    page.append(["Intitulé", "Axe"])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as package:
        return {name: package.read(name) for name in package.namelist()}


def plain_ods(folder: Path) -> dict[str, bytes]:
    write_ods(folder / "modele.ods", {}, {})
    with zipfile.ZipFile(folder / "modele.ods") as package:
        parts = {name: package.read(name) for name in package.namelist()}
    (folder / "modele.ods").unlink()
    return parts


def packed(path: Path, parts: dict[str, bytes], *, stored: bool = False) -> Path:
    """``stored``: without compression, so that no ratio gives the file away."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return path


def xlsx_of(path: Path, rows: bytes, others: dict[str, bytes] | None = None, *, stored: bool = False) -> Path:
    """A workbook whose one sheet holds these rows, as XML."""
    sheet = b"<worksheet " + NAMESPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>"
    return packed(path, plain_xlsx() | {"xl/worksheets/sheet1.xml": sheet} | (others or {}), stored=stored)


def ods_of(path: Path, rows: str) -> Path:
    parts = plain_ods(path.parent)
    content = parts["content.xml"].decode()
    head = content[: content.index("<office:body>")]
    body = f'<office:body><office:spreadsheet><table:table table:name="Actions">{rows}</table:table>'
    tail = "</office:spreadsheet></office:body></office:document-content>"
    return packed(path, parts | {"content.xml": (head + body + tail).encode()})


def ratio_bomb(folder: Path) -> Built:
    return packed(folder / "f.xlsx", plain_xlsx() | {"xl/media/vide.bin": bytes(40 * MIB)}), "fichier-demesure", ""


def total_bomb(folder: Path) -> Built:
    parts = {f"media/{number}.bin": bytes(8 * MIB) for number in range(40)}
    return packed(folder / "f.ods", plain_ods(folder) | parts), "fichier-demesure", ""


def lying_bomb(folder: Path) -> Built:
    """A sheet that declares a hundred bytes and inflates to as many megabytes."""
    path = xlsx_of(folder / "f.xlsx", b"<row>" + b" " * (100 * MIB) + b"</row>")
    raw = bytearray(path.read_bytes())
    name = b"xl/worksheets/sheet1.xml"
    for start, size_at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = raw.index(start)
        while raw[at + (46 if size_at == 24 else 30) :][: len(name)] != name:
            at = raw.index(start, at + 1)
        struct.pack_into("<I", raw, at + size_at, 100)
        struct.pack_into("<I", raw, at + size_at - 8, zlib.crc32(b""))
    path.write_bytes(raw)
    return path, "fichier-demesure", ""


def many_entries(folder: Path) -> Built:
    path = folder / "f.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(MAX_ENTRIES + 1):
            package.writestr(f"{number}", b"")
    return path, "fichier-demesure", ""


def large_file(folder: Path) -> Built:
    path = folder / "f.xlsx"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE + 1)
    return path, "fichier-demesure", ""


def large_csv(folder: Path) -> Built:
    path = folder / "f.csv"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE + 1)
    return path, "fichier-demesure", ""


def entities(folder: Path) -> Built:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    part = laughs + b"<sst " + NAMESPACE + b"><si><t>&b;</t></si></sst>"
    return packed(folder / "f.xlsx", plain_xlsx() | {"xl/sharedStrings.xml": part}), "fichier-piege", ""


def hidden_entities(folder: Path) -> Built:
    part = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'.encode("utf-16")
    return packed(folder / "f.ods", plain_ods(folder) | {"meta.xml": part}), "fichier-piege", ""


def climbing_name(folder: Path) -> Built:
    return packed(folder / "f.xlsx", plain_xlsx() | {"../../etc/cron.d/x": b"x"}), "fichier-piege", ""


def doubled_part(folder: Path) -> Built:
    return packed(folder / "f.xlsx", plain_xlsx() | {"XL/workbook.xml": b"<x/>"}), "fichier-piege", ""


def encrypted_xlsx(folder: Path) -> Built:
    path = folder / "f.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    return path, "fichier-chiffre", ""


def encrypted_ods(folder: Path) -> Built:
    parts = plain_ods(folder)
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(
        b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"
    )
    return packed(folder / "f.ods", parts), "fichier-chiffre", ""


def old_xls(folder: Path) -> Built:
    path = folder / "f.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return path, "format-inattendu", ""


def renamed(name: str, content: Callable[[Path], bytes] | bytes) -> Callable[[Path], Built]:
    def build(folder: Path) -> Built:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content(folder))
        return path, "format-inattendu", ""

    return build


def zipped(parts: Callable[[Path], dict[str, bytes]]) -> Callable[[Path], bytes]:
    return lambda folder: packed(folder / "autre", parts(folder)).read_bytes()


def truncated(suffix: str, keep: float) -> Callable[[Path], Built]:
    def build(folder: Path) -> Built:
        path = packed(folder / f"f{suffix}", plain_xlsx() if suffix == ".xlsx" else plain_ods(folder))
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * keep)])
        return path, "fichier-illisible", ""

    return build


def corrupt_part(folder: Path) -> Built:
    path = xlsx_of(folder / "f.xlsx", b'<row r="1"><c r="A1"><v>1</v></c></row>')
    raw = bytearray(path.read_bytes())
    at = raw.index(b"xl/worksheets/sheet1.xml") + 40
    raw[at : at + 8] = bytes(8)
    path.write_bytes(raw)
    return path, "fichier-illisible", ""


def far_cell(reference: bytes, cell: str, tag: bytes = b'<c r="%s"><v>1</v></c>') -> Callable[[Path], Built]:
    def build(folder: Path) -> Built:
        rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row>' + tag % reference + b"</row>"
        return xlsx_of(folder / "f.xlsx", rows), "cellule-lointaine", cell

    return build


def second_address(folder: Path) -> Built:
    """Two addresses: a careless reader takes the first for its checks and the last for its cells."""
    rows = b'<row r="1"><c r="A2" foo="1" r="XFD1048576"><v>1</v></c></row>'
    return xlsx_of(folder / "f.xlsx", rows), "fichier-illisible", ""


def million_columns_xlsx(folder: Path) -> Built:
    row = b"".join(b"<c><v>%d</v></c>" % number for number in range(1_000_000))
    return xlsx_of(folder / "f.xlsx", b"<row>" + row + b"</row>"), "cellule-lointaine", "ALM1"


def million_columns_csv(folder: Path) -> Built:
    path = folder / "Actions.csv"
    path.write_text(",".join(["Intitulé"] * 1_000_000) + "\n", encoding="utf-8")
    return path, "cellule-lointaine", "BDWGN1"


def repeated_ods(folder: Path) -> Built:
    cell = TEXT_CELL.format(' table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods_of(folder / "f.ods", rows), "cellule-lointaine", "XFD1048576"


def far_row_ods(folder: Path) -> Built:
    blank = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    cells = f'<table:table-cell table:number-columns-repeated="20"/>{TEXT_CELL.format("")}'
    return (
        ods_of(folder / "f.ods", f"{blank}<table:table-row>{cells}</table:table-row>"),
        "cellule-lointaine",
        "U1048001",
    )


def endless_spaces_ods(folder: Path) -> Built:
    cell = (
        '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="999999999"/></text:p></table:table-cell>'
    )
    return ods_of(folder / "f.ods", f"<table:table-row>{cell}</table:table-row>"), "fichier-demesure", ""


def shared_text_bomb(folder: Path) -> Built:
    """One long text that a hundred thousand cells repeat."""
    shared = b"<sst " + NAMESPACE + b"><si><t>" + bytes(range(97, 123)) * 40_000 + b"</t></si></sst>"
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 100_001))
    return xlsx_of(folder / "f.xlsx", rows, {"xl/sharedStrings.xml": shared}), "fichier-demesure", ""


def many_cells(folder: Path) -> Built:
    """The same cell, over and over."""
    return (
        xlsx_of(folder / "f.xlsx", b"<row>" + b'<c r="A1"><v>1</v></c>' * 1_500_000 + b"</row>", stored=True),
        "fichier-demesure",
        "",
    )


def unusual_and_long(folder: Path) -> Built:
    rows = b"<row>" + b"<c><v>1</v></c><!-- abcdefghijklmnopqrstuvwxyz0123456789 -->" * 600_000 + b"</row>"
    path = folder / "f.xlsx"
    return xlsx_of(path, rows, stored=True), "fichier-illisible", ""


def unclosed_cells(folder: Path) -> Built:
    """What makes a careless search go back to the start again and again."""
    rows = b'<c r="A1" t="e"><f>' * 900_000
    return xlsx_of(folder / "f.xlsx", rows, stored=True), "fichier-demesure", ""


def endless_attribute(folder: Path) -> Built:
    rows = b'<row r="1"><c r="A1" ' + b't="e" ' * 2_000_000 + b"<v>1</v></c></row>"
    return xlsx_of(folder / "f.xlsx", rows, stored=True), "fichier-illisible", ""


def null_bytes(folder: Path) -> Built:
    path = folder / "Actions.csv"
    path.write_bytes("Intitulé,Axe\nFiche\0,offre\n".encode())
    return path, "fichier-illisible", ""


def random_bytes(folder: Path) -> Built:
    path = folder / "Actions.csv"
    path.write_bytes("Intitulé,Axe\n".encode("cp1252") + bytes([0x81, 0x8D, 0x9D]) + b",offre\n")
    return path, "encodage-inconnu", ""


def folder_in_disguise(folder: Path) -> Built:
    """A pipe, on which reading would wait for ever."""
    os.mkfifo(folder / "f.xlsx")
    return folder / "f.xlsx", "fichier-illisible", ""


def sheet_out_of_sight(folder: Path) -> Built:
    """The far cell of a sheet whose part bears a name under which nothing is looked at."""
    parts = plain_xlsx()
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        parts[name] = parts[name].replace(b"sheet1.xml", b"sheet1.bin")
    del parts["xl/worksheets/sheet1.xml"]
    rows = b'<row r="1048576"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    parts["xl/worksheets/sheet1.bin"] = (
        b"<worksheet " + NAMESPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>"
    )
    return packed(folder / "f.xlsx", parts), "fichier-illisible", ""


def sheet_in_utf16(folder: Path) -> Built:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    sheet = f"{head}<worksheet {NAMESPACE.decode()}><sheetData>{rows}</sheetData></worksheet>"
    parts = plain_xlsx() | {"xl/worksheets/sheet1.xml": sheet.encode("utf-16")}
    return packed(folder / "f.xlsx", parts), "cellule-lointaine", "XFD1048576"


def repeated(count: str, cell: str) -> Callable[[Path], Built]:
    """A count of columns that a value reader understands, and a careless look does not."""

    def build(folder: Path) -> Built:
        times = f' table:number-columns-repeated="{count}"'
        row = f"<table:table-row>{TEXT_CELL.format(times)}</table:table-row>"
        return ods_of(folder / "f.ods", row), "cellule-lointaine", cell

    return build


def repeated_rows(count: str, cell: str) -> Callable[[Path], Built]:
    def build(folder: Path) -> Built:
        row = f'<table:table-row table:number-rows-repeated="{count}">{TEXT_CELL.format("")}</table:table-row>'
        return ods_of(folder / "f.ods", row), "cellule-lointaine", cell

    return build


def many_shared_texts(folder: Path) -> Built:
    texts = b"".join(b"<si><t>%x</t></si>" % (number * 2_654_435_761 % 2**20) for number in range(200_000))
    shared = b"<sst " + NAMESPACE + b">" + texts * 20 + b"</sst>"
    rows = b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return xlsx_of(folder / "f.xlsx", rows, {"xl/sharedStrings.xml": shared}), "fichier-demesure", ""


def many_relations(folder: Path) -> Built:
    parts = plain_xlsx()
    name = "xl/_rels/workbook.xml.rels"
    more = b"".join(b'<Relationship Id="r%d" Type="t" Target="worksheets/sheet1.xml"/>' % n for n in range(600_000))
    parts[name] = parts[name].replace(b"</Relationships>", more + b"</Relationships>")
    return packed(folder / "f.xlsx", parts), "fichier-demesure", ""


def many_sheets(folder: Path) -> Built:
    parts = plain_xlsx()
    book = parts["xl/workbook.xml"]
    start = book.index(b"<sheet ")
    end = book.index(b"/>", start) + 2
    parts["xl/workbook.xml"] = book[:start] + book[start:end] * 50_000 + book[end:]
    return packed(folder / "f.xlsx", parts, stored=True), "fichier-demesure", ""


def blank_lines(folder: Path) -> Built:
    path = folder / "Actions.csv"
    path.write_bytes("Intitulé,Axe\n".encode() + b",\n" * 20_000_000 + b"Fiche,offre\n")
    return path, "fichier-demesure", ""


def other_format(folder: Path) -> Built:
    return packed(folder / "f.xlsm", plain_xlsx() | {"xl/vbaProject.bin": b"x"}), "fichier-illisible", ""


def shuffled_zip(folder: Path) -> Built:
    return packed(folder / "f.xlsx", {"rien.txt": b"rien"}), "fichier-illisible", ""


def unclosed_quote(folder: Path) -> Built:
    path = folder / "Actions.csv"
    path.write_text('Intitulé,Axe\n"' + "x" * (2 * MIB), encoding="utf-8")
    return path, "fichier-illisible", ""


HOSTILE: dict[str, Callable[[Path], Built]] = {
    build.__name__: build
    for build in (
        ratio_bomb,
        total_bomb,
        lying_bomb,
        many_entries,
        large_file,
        large_csv,
        entities,
        hidden_entities,
        climbing_name,
        doubled_part,
        encrypted_xlsx,
        encrypted_ods,
        old_xls,
        corrupt_part,
        million_columns_xlsx,
        million_columns_csv,
        repeated_ods,
        far_row_ods,
        endless_spaces_ods,
        shared_text_bomb,
        many_cells,
        unusual_and_long,
        unclosed_cells,
        endless_attribute,
        null_bytes,
        random_bytes,
        folder_in_disguise,
        sheet_out_of_sight,
        sheet_in_utf16,
        many_shared_texts,
        many_relations,
        many_sheets,
        blank_lines,
        other_format,
        shuffled_zip,
        unclosed_quote,
    )
} | {
    "csv_named_xlsx": renamed("f.xlsx", b"Intitul\xc3\xa9;Axe\nFiche;offre\n"),
    "csv_named_ods": renamed("f.ods", b"Intitul\xc3\xa9,Axe\nFiche,offre\n"),
    "pdf_named_xlsx": renamed("f.xlsx", b"%PDF-1.7\n%\xe2\xe3"),
    "pdf_named_csv": renamed("Actions.csv", b"%PDF-1.7\n%\xe2\xe3"),
    "xlsx_named_ods": renamed("f.ods", zipped(lambda _: plain_xlsx())),
    "ods_named_xlsx": renamed("f.xlsx", zipped(plain_ods)),
    "xlsx_named_csv": renamed("Actions.csv", zipped(lambda _: plain_xlsx())),
    "docx_named_xlsx": renamed("f.xlsx", zipped(lambda _: {"word/document.xml": b"<x/>"})),
    "xlsb_named_xlsx": renamed("f.xlsx", zipped(lambda _: {"xl/workbook.bin": b"x"})),
    "truncated_xlsx": truncated(".xlsx", 0.6),
    "almost_whole_xlsx": truncated(".xlsx", 0.99),
    "truncated_ods": truncated(".ods", 0.5),
    "repeated_plus": repeated("+99999999", "HJUNYU1"),
    "repeated_long": repeated("99999999999", "AFIPYQJO1"),
    "repeated_rows": repeated_rows("+99999999", "A99999999"),
    "far_cell": far_cell(b"XFD1048576", "XFD1048576"),
    "far_row": far_cell(b"T1048576", "T1048576"),
    "far_column": far_cell(b"BDWGN1", "BDWGN1"),
    "far_cell_single_quotes": far_cell(b"XFD1048576", "XFD1048576", b"<c r='%s'><v>1</v></c>"),
    "far_cell_lower_case": far_cell(b"xfd1048576", "XFD1048576"),
    "far_cell_second_address": second_address,
    "far_cell_prefixed": far_cell(b"XFD1048576", "XFD1048576", b'<x:c r="%s"><v>1</v></x:c>'),
}


def formatted_to_the_end(path: Path, letters: str) -> Path:
    """A sound sheet of two rows, whose cells have a format down to the last row that a sheet can have."""
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    filled = "".join(
        f'<row r="{row}">{cell.format(f"A{row}", title)}{cell.format(f"B{row}", axis)}</row>'
        for row, title, axis in ((1, "Intitulé", "Axe"), (2, "Fiche", "offre"))
    )
    cells = "".join(f'<c r="{letter}{{0}}" s="0"/>' for letter in letters)
    blank = "".join(f'<row r="{{0}}">{cells}</row>'.format(row) for row in range(3, 1_048_577)).encode()
    return xlsx_of(path, filled.encode() + blank)
