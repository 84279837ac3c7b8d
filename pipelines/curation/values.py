"""One typed text → one typed value, or the code of what is wrong with it.

Belongs here: how dates, numbers and yes/no are written in French sheets. Does not belong here: frames.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from pipelines.text import clean, fold

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars mar",
            "avril avr",
            "mai",
            "juin",
            "juillet juil",
            "aout",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WORDING = re.compile(r"^(?P<date>[^{}]*)\{(?P<words>[^{}]+)\}$")
_ISO = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[ T]00:00(?::00)?)?$")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})/(\d{4})$")
_AMBIGUOUS_DATE = re.compile(r"^\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2})?$")
_WRITTEN = re.compile(r"^(?:(\d{1,2})(?:er)? )?([a-z]+) (\d{4})$")

Bound = Literal["start", "end"]


@dataclass(frozen=True)
class DateValue:
    """A date, its precision (``jour``, ``mois``, ``annee``), the source's words, or a problem."""

    date: dt.date | None = None
    precision: str | None = None
    wording: str | None = None
    problem: str | None = None


def parse_date(text: str, bound: Bound = "start") -> DateValue:
    """Reads a date as people type it.

    ``16/12/2014``, ``2014-12-16``, ``16 décembre 2014``, ``1er mars 2015``, ``déc. 2014``, ``03/2015``, ``2014``; the
    words of a source stand between braces after the date: ``2016 {printemps 2016}``. A month or a year becomes its
    first day, or its last for an end (``bound``).
    """
    text = clean(text)
    if not text:
        return DateValue()
    worded = _WORDING.match(text)
    if worded:
        inner = parse_date(worded["date"], bound)
        return DateValue(inner.date, inner.precision, clean(worded["words"]), inner.problem)
    if _AMBIGUOUS_DATE.match(text):
        return DateValue(problem="date-ambigue")
    parts = _date_parts(text)
    if parts is None:
        return DateValue(problem="date-illisible")
    year, month, day = parts
    precision = "annee" if month is None else "mois" if day is None else "jour"
    at_end = bound == "end"
    if month is None:
        month = 12 if at_end else 1
    if not (1 <= month <= 12 and 1000 <= year <= 9999):
        return DateValue(problem="date-illisible")
    last = calendar.monthrange(year, month)[1]
    if day is None:
        day = last if at_end else 1
    if not 1 <= day <= last:
        return DateValue(problem="date-illisible")
    return DateValue(dt.date(year, month, day), precision)


def _date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day, None where unknown."""
    if found := _ISO.match(text):
        return int(found[1]), _known(found[2]), _known(found[3])
    if found := _SLASHED.match(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _MONTH_YEAR.match(text):
        return int(found[2]), int(found[1]), None
    if found := _WRITTEN.match(fold(text)):
        month = MONTHS.get(found[2])
        if month is not None:
            return int(found[3]), month, _known(found[1])
    return None


def _known(digits: str | None) -> int | None:
    return int(digits) if digits else None


@dataclass(frozen=True)
class NumberValue:
    """An exact number, or a problem; ``unit``: « € » or « % », when one was typed."""

    number: Decimal | None = None
    problem: str | None = None
    unit: str = ""


_UNITS = {"": 1, "€": 1, "eur": 1, "euros": 1, "euro": 1, "k€": 1_000, "m€": 1_000_000, "md€": 1_000_000_000, "%": 1}
_NUMBER = re.compile(r"^(?P<sign>[-−]?)(?P<digits>[0-9][0-9 .,]*?)\s*(?P<unit>[a-z€%]*)$")
_GROUPED = re.compile(r"^\d{1,3}(?: \d{3})+$")
_AMBIGUOUS_NUMBER = re.compile(r"^[1-9]\d{0,2}[.,]\d{3}$")
_MOST_DIGITS = 18


def parse_number(text: str, native: bool = False) -> NumberValue:
    """Reads a number as people type it: ``990000``, ``1 200,50 €``, ``1,5 M€``, ``75 k€``, ``42 %``.

    ``native``: the file itself holds a number, written here with a decimal point, or a percentage as it is shown.
    ``1,200`` and ``1.200`` typed as text are ambiguous (a thousand or a decimal) and said to be.
    """
    text = clean(text).lower()
    if not text:
        return NumberValue()
    if native:
        try:
            number = Decimal(text.removesuffix("%").rstrip().replace(",", "."))
        except InvalidOperation:
            return NumberValue(problem="nombre-illisible")
        unit = "%" if text.endswith("%") else ""
        return NumberValue(number, unit=unit) if number.is_finite() else NumberValue(problem="nombre-illisible")
    found = _NUMBER.match(text)
    if found is None or found["unit"] not in _UNITS:
        return NumberValue(problem="nombre-illisible")
    digits = found["digits"].strip()
    if _AMBIGUOUS_NUMBER.match(digits):
        return NumberValue(problem="nombre-ambigu")
    whole, _, decimals = digits.replace(".", ",").partition(",")
    grouped = bool(_GROUPED.match(whole))
    if ("," in decimals) or (" " in whole and not grouped) or (decimals and not decimals.isdigit()):
        return NumberValue(problem="nombre-illisible")
    if len(whole) + len(decimals) > _MOST_DIGITS:
        return NumberValue(problem="nombre-illisible")
    number = Decimal(f"{whole.replace(' ', '')}.{decimals or '0'}") * _UNITS[found["unit"]]
    number = number.normalize()
    if number == number.to_integral_value():
        number = number.quantize(Decimal(1))
    unit = found["unit"]
    return NumberValue(-number if found["sign"] else number, unit=unit if unit in ("", "%") else "€")


_YES = {"oui", "o", "x", "vrai", "true", "1"}
_NO = {"non", "n", "faux", "false", "0", ""}


def parse_boolean(text: str) -> bool | None:
    """Yes (``oui``, ``x``), no (``non``, blank), or None when it is neither."""
    folded = fold(text)
    return True if folded in _YES else False if folded in _NO and (folded or not clean(text)) else None
