"""The fixed parts of the OpenDocument package of a curator's workbook: styles, settings, manifest.

Belongs here: XML that does not depend on what the sheets hold. Does not belong here: cells and rows (``ods``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from pipelines.sheets.layout import CREATED
from pipelines.sheets.looks import BLUE, DIM, FONT, GREY, GRID, REQUIRED, SLATE

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("meta", "meta"),
        ("config", "config"),
        ("svg", "svg-compatible"),
    )
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_NAMES += ' xmlns:ooo="http://openoffice.org/2004/office" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
_NAMES += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'

_NUMBER_STYLES = (
    '<number:text-style style:name="n-texte"><number:text-content/></number:text-style>'
    '<number:date-style style:name="n-date"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<number:number-style style:name="n-euros"><number:number number:decimal-places="2" number:min-decimal-places="2" '
    'number:min-integer-digits="1" number:grouping="true"/><number:text> €</number:text></number:number-style>'
    '<number:number-style style:name="n-nombre"><number:number number:min-integer-digits="1"/></number:number-style>'
)


def _cell_style(name: str, text: str = "", cell: str = "", *, data: str = "", boxed: bool = False) -> str:
    border = f' fo:border="0.5pt solid {GRID}"' if boxed else ""
    if "vertical-align" not in cell:
        cell = f'{cell} style:vertical-align="top"'
    number = f' style:data-style-name="{data}"' if data else ""
    paragraph = '<style:paragraph-properties fo:text-align="start"/>' if data == "n-date" else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" style:parent-style-name="Default"{number}>'
        f'<style:table-cell-properties fo:wrap-option="wrap" fo:padding="0.07cm"{border} {cell}/>'
        f"{paragraph}<style:text-properties {text}/></style:style>"
    )


def _white(colour: str, name: str, size: int = 11) -> str:
    text = f'fo:color="#FFFFFF" fo:font-weight="bold" fo:font-size="{size}pt"'
    return _cell_style(name, text, f'fo:background-color="{colour}" style:vertical-align="middle"', boxed=size == 11)


def _bold(colour: str, name: str, size: int = 11, cell: str = "") -> str:
    return _cell_style(name, f'fo:color="{colour}" fo:font-weight="bold" fo:font-size="{size}pt"', cell)


_FADED = f'fo:color="{GREY}" fo:font-style="italic"'
_HEADING = f'style:vertical-align="bottom" fo:border-bottom="1.5pt solid {BLUE}"'


_CELL_STYLES = "".join(
    (
        _white(BLUE, "entete"),
        _white(REQUIRED, "obligatoire"),
        _cell_style("texte", data="n-texte", boxed=True),
        _cell_style("identifiant", f'fo:color="{GREY}"', data="n-texte", boxed=True),
        _cell_style("exemple", _FADED, f'fo:background-color="{DIM}"', data="n-texte", boxed=True),
        _cell_style("date", data="n-date", boxed=True),
        _cell_style("euros", data="n-euros", boxed=True),
        _cell_style("nombre", data="n-nombre", boxed=True),
        _white(BLUE, "guide-title", 18).replace('fo:wrap-option="wrap"', ""),
        _cell_style("guide-lead", f'fo:color="{SLATE}" fo:font-size="12pt"').replace('fo:wrap-option="wrap"', ""),
        _bold(BLUE, "guide-heading", 13, _HEADING).replace('fo:wrap-option="wrap"', ""),
        _bold(SLATE, "guide-pair"),
        _white(REQUIRED, "guide-required"),
        _white(BLUE, "guide-optional"),
        _cell_style("guide-identifier", f'fo:color="{GREY}"', boxed=True),
        _cell_style("guide-example", _FADED, f'fo:background-color="{DIM}"', boxed=True),
        _bold(SLATE, "guide-note"),
        _cell_style("guide-texte"),
    )
)


def _row_style(name: str, points: int, fixed: bool = False) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties '
        f'style:use-optimal-row-height="{"false" if fixed else "true"}" style:row-height="{points}pt"/></style:style>'
    )


_HEADER_ROW = _row_style("ro-entete", 36, fixed=True)
_TABLE_STYLE = (
    '<style:style style:name="ta" style:family="table" style:master-page-name="Page">'
    '<style:table-properties table:display="true"/></style:style>'
)


def centimetres(width: int) -> float:
    """The width of a column so many characters wide."""
    return width * 0.19 + 0.15


def size_styles(widths: Sequence[int], heights: Sequence[int]) -> str:
    """The styles of columns, by width in characters, and of rows that may grow, by height in points."""
    columns = (
        f'<style:style style:name="co{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{centimetres(width):.2f}cm"/></style:style>'
        for width in widths
    )
    return "".join((*columns, *(_row_style(f"ro{points}", points) for points in heights)))


def content(sizes: str, validations: Sequence[str], tables: Sequence[str], filters: Mapping[str, str]) -> str:
    """``content.xml``: the styles of sizes and cells, the validations, the tables, the filters (ranges by sheet)."""
    ranges = "".join(
        f'<table:database-range table:name="__Anonymous_Sheet_DB__{number}" table:display-filter-buttons="true" '
        f"table:target-range-address={quoteattr(_range(name, cells))}/>"
        for number, (name, cells) in enumerate(filters.items())
    )
    return (
        f'{_HEAD}<office:document-content{_NAMES} office:version="1.3"><office:automatic-styles>'
        f"{_NUMBER_STYLES}{sizes}{_HEADER_ROW}{_TABLE_STYLE}{_CELL_STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet><table:content-validations>{''.join(validations)}</table:content-validations>"
        f"{''.join(tables)}<table:database-ranges>{ranges}</table:database-ranges></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def _range(name: str, cells: str) -> str:
    first, _, last = cells.partition(":")
    return f"{name}.{first}:{name}.{last}"


def settings(frozen: Mapping[str, tuple[int, int]], active: str) -> str:
    """``settings.xml``: what stays in sight, as (columns, rows) by sheet, and the sheet that opens first."""
    entries = "".join(_frozen(name, columns, rows) for name, (columns, rows) in frozen.items())
    return (
        f'{_HEAD}<office:document-settings{_NAMES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        '</config:config-item><config:config-item-map-named config:name="Tables">'
        f"{entries}</config:config-item-map-named>"
        f'<config:config-item config:name="ActiveTable" config:type="string">{active}</config:config-item>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )


def _frozen(name: str, columns: int, rows: int) -> str:
    items = {"ActiveSplitRange": 3 if columns else 2, "PositionRight": columns, "PositionBottom": rows}
    items |= {"VerticalSplitMode": 2, "VerticalSplitPosition": rows}
    if columns:
        items |= {"HorizontalSplitMode": 2, "HorizontalSplitPosition": columns}
    entries = "".join(
        f'<config:config-item config:name="{item}" config:type="{"short" if item.endswith("Mode") else "int"}">'
        f"{value}</config:config-item>"
        for item, value in items.items()
    )
    return f"<config:config-item-map-entry config:name={quoteattr(name)}>{entries}</config:config-item-map-entry>"


_STYLES = (
    f'{_HEAD}<office:document-styles{_NAMES} office:version="1.3"><office:styles>'
    '<style:style style:name="Default" style:family="table-cell"><style:text-properties '
    f'fo:font-family="{FONT}" fo:font-size="11pt" fo:language="fr" fo:country="FR"/></style:style></office:styles>'
    '<office:automatic-styles><style:page-layout style:name="pm"><style:page-layout-properties '
    'fo:page-width="42cm" fo:page-height="29.7cm" style:print-orientation="landscape" fo:margin="1cm" '
    'style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Page" style:page-layout-name="pm"><style:footer><text:p>'
    "<text:sheet-name>?</text:sheet-name> · <text:page-number>1</text:page-number></text:p></style:footer>"
    "</style:master-page></office:master-styles></office:document-styles>"
)
_META = (
    f'{_HEAD}<office:document-meta{_NAMES} office:version="1.3"><office:meta>'
    f"<meta:creation-date>{CREATED.isoformat()}T00:00:00</meta:creation-date>"
    f"<dc:date>{CREATED.isoformat()}T00:00:00</dc:date></office:meta></office:document-meta>"
)


def package_parts(body: str, settings_xml: str) -> Iterator[tuple[str, bytes]]:
    """The parts of the package in order, the media type first as the format wants it."""
    parts = {"content.xml": body, "styles.xml": _STYLES, "meta.xml": _META, "settings.xml": settings_xml}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in (("/", _MIMETYPE), *((part, "text/xml") for part in parts))
    )
    manifest = (
        f'{_HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3">{entries}</manifest:manifest>'
    )
    yield "mimetype", _MIMETYPE.encode()
    for name, text in (*parts.items(), ("META-INF/manifest.xml", manifest)):
        yield name, text.encode()
