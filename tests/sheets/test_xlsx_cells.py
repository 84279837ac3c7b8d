"""Cells found all at once are those that a look at each would find, or nothing is."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.sheets.cells import column_index
from pipelines.sheets.xlsx_cells import plain_cells, starts_of
from pipelines.sheets.xlsx_marks import _ODD, _UNUSUAL, marked_cells

ONE_BY_ONE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_CELLS = [
    '<c r="A1"',
    '<c r="XFD1048576"',
    '<c r="b2"',
    "<c r='A1'",
    "<c",
    "<c>",
    "<x:c",
    "<col/>",
    "</c>",
    '<row r="2">',
]
_ATTRIBUTES = [
    ' s="12"',
    ' t="s"',
    ' t="e"',
    ' t="str"',
    ' t ="e"',
    ' r="B2"',
    ' cm="1"',
    " ",
    "/>",
    ">",
    '/>"',
    "<!-- -->",
]
_VALUES = ["<v>7</v>", "<v>x</v>", "<f>A1</f>", "<is><t>a:c</t></is>", "<v/>", "</row>"]
PIECES = st.sampled_from([*_CELLS, *_ATTRIBUTES, *_VALUES])
SHARED = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"[^<>]* t="s"[^<>/]*><v>([0-9]+)</v>')


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join).map(str.encode))
@example(b'<c r="A1" t="s"><v>3</v></c><c r="AB12" s="1"/><c r="C3" t="n" s="4"><f>x</f></c>')
@example(b'<c r="A1" foo="1" r="XFD1048576"><v>1</v></c>')
@example(b'<c r="A1"')
def test_what_is_found_at_once_is_what_is_there(cells: bytes) -> None:
    xml = b'<worksheet xmlns:x="y"><sheetData>' + cells + b"</sheetData></worksheet>"
    found = plain_cells(xml)
    if found is None:
        return
    assert not any(pattern.search(xml) for pattern in _UNUSUAL) and _ODD[0] not in xml
    addresses = [(int(row), column_index(letters.decode()) + 1) for letters, row in ONE_BY_ONE.findall(xml)]
    assert list(zip(found.row.tolist(), found.column.tolist(), strict=True)) == addresses
    assert found.marked or not marked_cells(xml)
    shared = found.shared()
    if shared is not None and not re.search(rb" t=[^<>]* t=", xml):
        assert shared.tolist() == [int(number) for number in SHARED.findall(xml)]


@pytest.mark.parametrize(
    "cells",
    [
        b'<c r="A1" s="0" t="s"><v>3</v></c>',
        b'<c r="A1" t="inlineStr" s="0"><is><t>x</t></is></c>',
        b'<c r="ZZ9" s="1" />',
    ],
)
def test_what_programs_write_is_found(cells: bytes) -> None:
    found = plain_cells(b"<sheetData>" + cells * 3 + b"</sheetData>")
    assert found is not None and len(found.row) == 3 and not found.marked


def test_tags_begin_where_they_do() -> None:
    assert starts_of(b"<sst><si/><sister/><si><t>si</t></si></sst>", b"si").tolist() == [5, 19]
