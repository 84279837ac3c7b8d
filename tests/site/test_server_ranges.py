"""What a header `Range` asks of a file."""

from __future__ import annotations

import pytest

from pipelines.site.server_ranges import MOST_RANGES, UnsatisfiableError, ranges


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=2-5", [(2, 6)]),
        ("bytes=2-", [(2, 10)]),
        ("bytes=2-99", [(2, 10)]),
        ("bytes=9-99999999999999999999999999", [(9, 10)]),
        ("bytes=-3", [(7, 10)]),
        ("bytes=-99", [(0, 10)]),
        ("Bytes=1-2", [(1, 3)]),
        ("bytes= 1-2 ,\t4-5", [(1, 3), (4, 6)]),
        ("bytes=,1-2,,", [(1, 3)]),
        ("bytes=7-8,0-1", [(7, 9), (0, 2)]),
        ("bytes=0-1,10-,7-8", [(0, 2), (7, 9)]),
        ("bytes=-0,1-1", [(1, 2)]),
        ("bytes=4-6,0-4", [(0, 7)]),
        ("bytes=0-1,2-3", [(0, 4)]),
        ("bytes=0-,0-,-1", [(0, 10)]),
    ],
)
def test_parts_are_read(header: str, parts: list[tuple[int, int]]) -> None:
    assert ranges(header, 10) == parts


@pytest.mark.parametrize(
    "header",
    [
        *("", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-4", "bytes=1-2-3", "bytes=--1"),
        *("bytes=+1-2", "bytes=1_0-", "bytes=0x1-2", "bytes=1 - 2", "bytes=0-1;2-3", "bytes=0-1,x", "bytes=0-1,5-4"),
        *(
            "bytes=١-٢",
            "lines=0-1",
            "0-1",
            "bytes:0-1",
            "bytes=0-" + "9" * 5000,
            "bytes=" + ",".join(["0-0"] * (MOST_RANGES + 1)),
        ),
    ],
)
def test_what_is_malformed_does_not_count(header: str) -> None:
    assert ranges(header, 10) == []


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=10-,99-"])
def test_what_is_past_the_end_is_refused(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        ranges(header, 10)


def test_an_empty_file_has_no_part() -> None:
    assert ranges("bytes=-5", 0) == []
    with pytest.raises(UnsatisfiableError):
        ranges("bytes=0-", 0)
