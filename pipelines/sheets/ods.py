"""Writes a curator's workbook as an OpenDocument spreadsheet: the same content and rules as the XLSX one.

Belongs here: what the laid-out workbook (``layout``, ``guide``) becomes in OpenDocument's XML; equal contents make
equal bytes. Does not belong here: the words shown to curators (``hints``, ``guide``); the fixed parts (``ods_parts``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from pipelines.sheets.cells import column_letter
from pipelines.sheets.guide import ROW_POINTS, SAMPLE_NOTE, Line, Look, guide
from pipelines.sheets.hints import OUT_OF_LIST, YEAR_AS_DAY, limits, out_of_limits
from pipelines.sheets.layout import (
    EARLIEST_SERIAL,
    LINE_POINTS,
    LISTS_FIRST_ROW,
    NOTE_WIDTH,
    NUMBER_KINDS,
    Book,
    Header,
    Page,
    Vocabularies,
    VocabularyList,
    book,
    lines,
    typed,
)
from pipelines.sheets.looks import GUIDE_SHEET, LISTS_SHEET
from pipelines.sheets.ods_parts import centimetres, content, package_parts, settings, size_styles
from pipelines.sheets.packages import write_package
from schemas.declaration import Kind

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPACES = re.compile(r" {2,}")


def write_ods(
    path: Path,
    sheets: Mapping[str, pd.DataFrame],
    vocabularies: Vocabularies,
    *,
    national: bool = False,
    examples: bool = False,
) -> None:
    """Writes the workbook of a contract, or the national one, as ``pipelines.sheets.workbook.write_workbook`` does.

    Args:
        path: The ``.ods`` file, replaced if it is there.
        sheets: By sheet name, one text column per label, blank where nothing is typed; what is left out is empty.
        vocabularies: The (code, label) pairs of each vocabulary, for the drop-down lists.
        national: Leaves out the sheets that only a contract has.
        examples: Puts a greyed row of example above the rows of each sheet, which readers pass over.

    Raises:
        ValueError: a sheet or a column that is not declared.
    """
    laid_out = book(sheets, vocabularies, national, examples)
    widths = {26, 34, 92} | {header.width for page in laid_out.pages for header in page.headers}
    tables = [
        _guide_table(guide(laid_out)),
        *(_page_table(page) for page in laid_out.pages),
        _lists_table(laid_out.lists),
    ]
    heights = {page.height(row) for page in laid_out.pages for row in _all_rows(page)} | {
        LINE_POINTS,
        *ROW_POINTS.values(),
    }
    frozen = {page.sheet.name: (1, 1) for page in laid_out.pages} | {LISTS_SHEET: (0, LISTS_FIRST_ROW - 1)}
    filters = {page.sheet.name: f"A1:{column_letter(len(page.headers) - 1)}{page.last_row}" for page in laid_out.pages}
    styles = size_styles(sorted(widths), sorted(heights))
    body = content(styles, list(_validations(laid_out)), tables, filters)
    write_package(path, package_parts(body, settings(frozen, active=laid_out.pages[0].sheet.name)))


# --- Cells ---------------------------------------------------------------------------------------------------------


def _paragraphs(text: str) -> str:
    """A text as paragraphs, one a line, its runs of spaces and tabs kept."""
    lines = _NOT_XML.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"<text:p>{_spaced(escape(line))}</text:p>" for line in lines)


def _spaced(line: str) -> str:
    kept = _SPACES.sub(lambda run: f' <text:s text:c="{len(run[0]) - 1}"/>', line)
    return kept.replace("\t", "<text:tab/>")


def _text_cell(text: str, style: str, more: str = "", note: str = "") -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"{more}>'
        f"{note}{_paragraphs(text)}</table:table-cell>"
    )


def _note(text: str, left: float) -> str:
    """The note of a header whose column ends ``left`` centimetres from the edge of the sheet."""
    place = f'svg:x="{left + 0.2:.2f}cm" svg:y="0.3cm" svg:width="9cm"'
    height = 0.5 * lines(text, NOTE_WIDTH) + 0.4
    return f'<office:annotation {place} svg:height="{height:.1f}cm">{_paragraphs(text)}</office:annotation>'


def _blank_cell(style: str, more: str = "") -> str:
    return f'<table:table-cell table:style-name="{style}"{more}/>'


def _data_cell(text: str, header: Header, rule: str) -> str:
    value = typed(text, header.hint.kind) if text else ""
    style = _style(header, value)
    if value == "":
        return _blank_cell(style, rule)
    if isinstance(value, str):
        return _text_cell(value, style, rule)
    shown = _paragraphs(text)
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        kind = f'office:value-type="float" office:value="{escape(text)}"'
    return f'<table:table-cell table:style-name="{style}" {kind}{rule}>{shown}</table:table-cell>'


def _style(header: Header, value: str | float | dt.date) -> str:
    if isinstance(value, dt.date):
        return "date"
    if header.hint.kind in NUMBER_KINDS and (value == "" or isinstance(value, float)):
        return "euros" if header.hint.kind is Kind.EUROS else "nombre"
    return "identifiant" if header.hint.own_identifier else "texte"


# --- Sheets --------------------------------------------------------------------------------------------------------


def _table(name: str, columns: str, rows: str) -> str:
    return f'<table:table table:name={quoteattr(name)} table:style-name="ta">{columns}{rows}</table:table>'


def _column(width: int, style: str = "Default") -> str:
    return f'<table:table-column table:style-name="co{width}" table:default-cell-style-name="{style}"/>'


def _row(cells: str, style: str = "ro15", repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f'<table:table-row table:style-name="{style}"{times}>{cells}</table:table-row>'


def _all_rows(page: Page) -> tuple[tuple[str, ...], ...]:
    return (page.example, *page.rows) if page.example else page.rows


def _page_table(page: Page) -> str:
    rules = [
        f' table:content-validation-name="{_rule_name(page, position)}"' if _validated(header) else ""
        for position, header in enumerate(page.headers)
    ]
    columns = "".join(_column(header.width, _style(header, "")) for header in page.headers)
    edges = accumulate(centimetres(header.width) for header in page.headers)
    heads = "".join(
        _text_cell(
            header.label, "obligatoire" if header.hint.required else "entete", note=_note(header.hint.note, edge)
        )
        for header, edge in zip(page.headers, edges, strict=True)
    )
    rows = [
        _row("".join(_data_cell(*cell) for cell in zip(row, page.headers, rules, strict=True)), f"ro{page.height(row)}")
        for row in page.rows
    ]
    if page.example:
        shown = (_text_cell(text, "exemple", rule) for text, rule in zip(page.example, rules, strict=True))
        rows.insert(0, _row("".join(shown), f"ro{page.height(page.example)}"))
    blanks = "".join(_data_cell("", header, rule) for header, rule in zip(page.headers, rules, strict=True))
    left = page.last_row - 1 - len(rows)
    top = f"<table:table-header-rows>{_row(heads, 'ro-entete')}</table:table-header-rows>"
    return _table(page.sheet.name, columns, top + "".join(rows) + _row(blanks, repeated=left))


def _guide_table(said: tuple[Line, ...]) -> str:
    sample = f"<office:annotation>{_paragraphs(SAMPLE_NOTE)}</office:annotation>"
    rows = (
        _row(
            _text_cell(line.left, f"guide-{line.look.value}", note=sample if line.look is Look.NOTE else "")
            + (_text_cell(line.right, "guide-texte") if line.right else _blank_cell(_line_end(line.look))),
            f"ro{ROW_POINTS.get(line.look, ROW_POINTS[Look.PAIR])}",
        )
        for line in said
    )
    return _table(GUIDE_SHEET, _column(26) + _column(92), "".join(rows))


def _line_end(look: Look) -> str:
    return f"guide-{look.value}" if look in (Look.TITLE, Look.HEADING) else "guide-texte"


def _lists_table(lists: tuple[VocabularyList, ...]) -> str:
    columns = "".join(_column(26) + _column(34) for _ in lists)
    titles = "".join(_text_cell(one.title, "guide-heading") + _blank_cell("guide-heading") for one in lists)
    heads = "".join(_text_cell("Code", "entete") + _text_cell("Sens", "entete") for _ in lists)
    deepest = max((len(one.terms) for one in lists), default=0)
    rows = (_row("".join("".join(_term_cells(one, number)) for one in lists)) for number in range(deepest))
    return _table(LISTS_SHEET, columns, _row(titles) + _row(heads) + "".join(rows))


def _term_cells(one: VocabularyList, number: int) -> Iterator[str]:
    if number < len(one.terms):
        code, label = one.terms[number]
        yield _text_cell(code, "texte")
        yield _text_cell(label, "guide-texte")
    else:
        yield _blank_cell("Default")
        yield _blank_cell("Default")


# --- What may be typed ---------------------------------------------------------------------------------------------


def _rule_name(page: Page, position: int) -> str:
    return f"v{page.sheet.order}-{position}"


def _validations(laid_out: Book) -> Iterator[str]:
    for page in laid_out.pages:
        for position, header in enumerate(page.headers):
            if _validated(header):
                yield _validation(page, position, header, laid_out)


def _validated(header: Header) -> bool:
    return header.choices is not None or header.hint.kind in NUMBER_KINDS or bool(header.hint.message)


def _validation(page: Page, position: int, header: Header, laid_out: Book) -> str:
    cell = f"{column_letter(position)}2"
    rule, problem = _rule(header, cell, laid_out)
    condition = f' table:condition={quoteattr(rule)} table:display-list="unsorted"' if rule else ""
    shown = _message("help-message", header.label, header.hint.message) if header.hint.message else ""
    if rule and header.hint.several:
        shown += '<table:error-message table:display="false"/>'
    elif rule:
        shown += _message("error-message", "À vérifier", problem, ' table:message-type="warning"')
    return (
        f'<table:content-validation table:name="{_rule_name(page, position)}"{condition} table:allow-empty-cell="true" '
        f"table:base-cell-address={quoteattr(f'${page.sheet.name}.{cell}')}>{shown}</table:content-validation>"
    )


def _rule(header: Header, cell: str, laid_out: Book) -> tuple[str, str]:
    """The condition that a cell is asked to meet, and what is said when it does not."""
    choices = header.choices
    if choices is not None and choices.column is not None:
        letter = column_letter(choices.column)
        last = LISTS_FIRST_ROW + len(laid_out.lists[choices.column // 2].terms) - 1
        rule = f"of:cell-content-is-in-list([${LISTS_SHEET}.${letter}${LISTS_FIRST_ROW}:.${letter}${last}])"
        return rule, OUT_OF_LIST
    if choices is not None:
        words = ";".join(f'"{word}"' for word in choices.words)
        return f"of:cell-content-is-in-list({words})", OUT_OF_LIST
    if header.hint.kind is Kind.DATE:
        return f"of:is-true-formula(OR(ISTEXT([.{cell}]);[.{cell}]>={EARLIEST_SERIAL}))", YEAR_AS_DAY
    if header.hint.kind in NUMBER_KINDS:
        whole = "whole" if header.hint.kind is Kind.INTEGER else "decimal"
        lowest, highest = limits(header.hint)
        rule = f"of:cell-content-is-{whole}-number() and cell-content-is-between({lowest:g},{highest:g})"
        return rule, out_of_limits(header.hint)
    return "", ""


def _message(element: str, title: str, text: str, more: str = "") -> str:
    return (
        f'<table:{element} table:title={quoteattr(title)} table:display="true"{more}>'
        f"{_paragraphs(text)}</table:{element}>"
    )
