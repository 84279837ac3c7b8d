"""What a header ``Range`` asks of a file (RFC 9110, section 14).

Belongs here: reading the header. Does not belong here: when it applies and how parts are sent (``server``).

Starlette's reader is not used: it answers 400 where the header is to be ignored, refuses all ranges for one that is
past the end, and takes numbers such as ``+1`` or ``1_0``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_RANGES = 100
_RANGE = re.compile(r"(?:(\d{1,99})-(\d{0,99})|-(\d{1,99}))", re.ASCII)  # int() refuses thousands of digits


class UnsatisfiableError(Exception):
    """No part that is asked for is in the file."""


def ranges(header: str, size: int) -> list[tuple[int, int]]:
    """The parts that are asked for, as ``[start, end)``; none when the header does not count.

    It does not count when it is malformed, of another unit, or asks for too many parts. Parts that touch are made one.

    Raises:
        UnsatisfiableError: it is well formed, and the file has none of its parts.
    """
    unit, _, listed = header.partition("=")
    asked = [_RANGE.fullmatch(part.strip(" \t")) for part in listed.split(",") if part.strip(" \t")]
    if unit.strip().lower() != "bytes" or not asked or len(asked) > MOST_RANGES:
        return []
    found = []
    for one in asked:
        if one is None:
            return []
        first, last, suffix = one.groups()
        if first and last and int(last) < int(first):
            return []
        start = int(first) if first else max(size - int(suffix), 0)
        end = min(int(last) + 1, size) if last else size
        if start < size:
            found.append((start, end))
        elif suffix and int(suffix):  # of an empty file: nothing to cut
            return []
    if not found:
        raise UnsatisfiableError
    return _apart(found)


def _apart(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes in parts that do not touch; in the order that was asked when none did."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart if len(apart) < len(found) else list(found)
