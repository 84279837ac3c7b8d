"""A column of dates at once: the forms that most people type, in Arrow; what `parse_date` says of the others.

Belongs here: `parse_date` of many texts, to the same result, without a Python call for each. Does not belong here: the
rule itself (``values``), cells, issues.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.curation.values import MONTHS, Bound, parse_date
from pipelines.text import fold

_TEXT = pa.large_string()
_DIGITAL = (
    "^(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?$",
    "^(?:(?P<day>[0-9]{1,2})/)?(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})$",
)
_WRITTEN = "^(?:(?P<day>[0-9]{1,2})(?:er)? )?(?P<month>[^ 0-9{}]+) (?P<year>[0-9]{4})$"
_PRECISIONS = pa.array(["annee", "mois", "jour"], _TEXT)
_FIRST_YEAR, _MONTHS_A_YEAR = 1000, 12
MANY = 250
"""Fewer texts are read one by one in less time than Arrow takes for its patterns."""


@dataclass(frozen=True)
class Dates:
    """The fields of `DateValue`, a column each."""

    date: pa.Array
    precision: pa.Array
    wording: pa.Array
    problem: pa.Array


def parse_dates(texts: pa.Array, bound: Bound = "start") -> Dates:
    """`parse_date` of each text (large_string, none missing)."""
    none = pa.nulls(len(texts), _TEXT)
    date, precision = _ordinary(texts, bound) if len(texts) >= MANY else (none.cast(pa.date32()), none)
    others = date.is_null()
    rest = [parse_date(text, bound) for text in texts.filter(others).to_pylist()]

    def completed(known: pa.Array, found: list[object]) -> pa.Array:
        return pc.replace_with_mask(known, others, pa.array(found, known.type))

    return Dates(
        completed(date, [value.date for value in rest]),
        completed(precision, [value.precision for value in rest]),
        completed(none, [value.wording for value in rest]),
        completed(none, [value.problem for value in rest]),
    )


def _ordinary(texts: pa.Array, bound: Bound) -> tuple[pa.Array, pa.Array]:
    """The dates (date32) that are there and in a form of many, and their precision; null for any other text."""
    years, months, days = _parts(texts)
    known, *finer = (part.is_valid().to_numpy(zero_copy_only=False) for part in (years, months, days))
    precision = np.add(*finer, dtype=np.int8)
    year = years.fill_null(_FIRST_YEAR).to_numpy()
    month = months.fill_null(_MONTHS_A_YEAR if bound == "end" else 1).to_numpy()
    first = ((year - 1970) * _MONTHS_A_YEAR + month - 1).astype("datetime64[M]")
    start, end = first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")
    length = (end - start).astype(np.int64)
    day = np.where(finer[-1], days.fill_null(0).to_numpy(), length if bound == "end" else 1)
    sound = known & (year >= _FIRST_YEAR) & (month >= 1) & (month <= _MONTHS_A_YEAR) & (day >= 1) & (day <= length)
    return pa.array(start + (day - 1), mask=~sound), _PRECISIONS.take(pa.array(precision, mask=~sound))


def _parts(texts: pa.Array) -> list[pa.Array]:
    """Year, month and day (int64), null where unsaid; a name that is no month is month 0."""
    forms = [pc.extract_regex(texts, pattern) for pattern in (*_DIGITAL, _WRITTEN)]
    parts = []
    for name in ("year", "month", "day"):
        found = [pc.struct_field(form, name) for form in forms]
        if name == "month":
            found[-1] = _numbered(found[-1])
        said = pc.coalesce(*found)
        parts.append(pc.if_else(pc.equal(said, ""), None, said).cast(pa.int64()))
    return parts


def _numbered(names: pa.Array) -> pa.Array:
    """The number of each month, as a text."""
    coded = names.dictionary_encode()
    numbers = [str(MONTHS.get(fold(name), 0)) for name in coded.dictionary.to_pylist()]
    return pa.array(numbers, _TEXT).take(coded.indices)
