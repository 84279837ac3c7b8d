"""The data validations of an XLSX workbook: they propose, explain and warn; they forbid nothing.

Belongs here: what a header's choices and limits become for Excel. Does not belong here: their words (``hints``), the
rest of the file (``workbook``).
"""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from pipelines.sheets.hints import MESSAGE_LIMIT, OUT_OF_LIST, YEAR_AS_DAY, limits, out_of_limits
from pipelines.sheets.layout import EARLIEST_SERIAL, LISTS_FIRST_ROW, NUMBER_KINDS, Book, Header
from pipelines.sheets.looks import LISTS_SHEET
from schemas.declaration import Kind


def rule(header: Header, position: int, laid_out: Book) -> dict[str, object] | None:
    """The data validation of the column at ``position``, or None where there is nothing to say."""
    message: dict[str, object] = {}
    if header.hint.message:
        message = {"input_title": header.label[:32], "input_message": header.hint.message[:MESSAGE_LIMIT]}
    warned: dict[str, object] = {"ignore_blank": True, "error_type": "warning", **message}
    if header.choices is not None:
        free = {"show_error": False} if header.hint.several else {}
        return _list_rule(header, laid_out) | warned | free
    if header.hint.kind is Kind.DATE:
        return _date_rule(position) | warned
    if header.hint.kind in NUMBER_KINDS:
        return _number_rule(header) | warned
    return {"validate": "any", **message} if message else None


def _list_rule(header: Header, laid_out: Book) -> dict[str, object]:
    choices = header.choices
    source: object = []
    if choices is not None and choices.column is None:
        source = list(choices.words)
    elif choices is not None and choices.column is not None:
        size = len(laid_out.lists[choices.column // 2].terms)
        first = xl_rowcol_to_cell(LISTS_FIRST_ROW - 1, choices.column, row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(LISTS_FIRST_ROW + size - 2, choices.column, row_abs=True, col_abs=True)
        source = f"={LISTS_SHEET}!{first}:{last}"
    return {
        "validate": "list",
        "source": source,
        "error_title": "Hors de la liste",
        "error_message": OUT_OF_LIST,
    }


def _date_rule(position: int) -> dict[str, object]:
    cell = xl_rowcol_to_cell(1, position)
    return {
        "validate": "custom",
        "value": f"=OR(ISTEXT({cell}),{cell}>={EARLIEST_SERIAL})",
        "error_title": "Date d’avant 1950",
        "error_message": YEAR_AS_DAY,
    }


def _number_rule(header: Header) -> dict[str, object]:
    lowest, highest = limits(header.hint)
    return {
        "validate": "integer" if header.hint.kind is Kind.INTEGER else "decimal",
        "criteria": "between",
        "minimum": lowest,
        "maximum": highest,
        "error_title": "Nombre à vérifier",
        "error_message": out_of_limits(header.hint),
    }
