"""Dates, numbers and yes/no as French sheets write them, many at once.

Each maker draws from pools of written forms, made once; a row costs an index. Belongs here: how a value may be written,
and what it then stands for. Does not belong here: which value a row holds (``columns``).
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipelines.sheets.cells import CellKind
from schemas.declaration import Column, Kind

Texts = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]

FIRST_DAY, LAST_DAY = dt.date(2005, 1, 1), dt.date(2034, 12, 31)
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_FORMS = (0.28, 0.14, 0.18, 0.05, 0.12, 0.05, 0.15, 0.03)
"""How often each of the forms of `_written` is used."""
_HARD, _NARROW = "\u00a0", "\u202f"
POOL = 4096
_LARGE = 4_000.0


def texts(values: object) -> Texts:
    """An array of texts."""
    return np.array(values, dtype=object)


@dataclass(frozen=True)
class Made:
    """The cells of a column: what is typed, what it stands for, and the number that a spreadsheet would hold instead.

    ``native``: that number where the cell is one in a spreadsheet file, NaN elsewhere; of ``kind``.
    """

    text: Texts
    value: Texts
    native: Numbers | None = None
    kind: CellKind = CellKind.TEXT

    def only(self, rows: Chosen) -> Made:
        """The same cells, blank in the other rows."""
        native = None if self.native is None else np.where(rows, self.native, np.nan)
        return Made(np.where(rows, self.text, ""), np.where(rows, self.value, ""), native, self.kind)


def plain(values: Texts) -> Made:
    """Texts that stand for themselves."""
    return Made(values, values)


def day_number(day: dt.date) -> int:
    """The place of a day among the days that are drawn."""
    return (day - FIRST_DAY).days


# --- Dates ---------------------------------------------------------------------------------------------------------


def _written(day: dt.date) -> tuple[str, ...]:
    month, year = day.month - 1, day.year
    first = "1er" if day.day == 1 else str(day.day)
    return (
        f"{day:%d/%m/%Y}",
        day.isoformat(),
        f"{first} {_MONTHS[month]} {year}",
        f"{year}-{day.month:02d}",
        f"{_SHORT[month]} {year}",
        f"{day.month:02d}/{year}",
        str(year),
        f"{year} {{courant {year}, d’après l’article}}",
    )


def _stands_for(day: dt.date, at_end: bool) -> tuple[str, ...]:
    last = calendar.monthrange(day.year, day.month)[1]
    month = day.replace(day=last if at_end else 1).isoformat()
    year = dt.date(day.year, 12 if at_end else 1, 31 if at_end else 1).isoformat()
    return (day.isoformat(),) * 3 + (month,) * 3 + (year,) * 2


@cache
def _days() -> tuple[Texts, dict[bool, Texts]]:
    days = [FIRST_DAY + dt.timedelta(number) for number in range((LAST_DAY - FIRST_DAY).days + 1)]
    return (
        texts([_written(day) for day in days]),
        {at_end: texts([_stands_for(day, at_end) for day in days]) for at_end in (False, True)},
    )


def dates(rng: np.random.Generator, days: Rows, at_end: bool) -> Made:
    """Days, each in one of the forms that people use; the first form is a date cell in a spreadsheet."""
    written, values = _days()
    form = rng.choice(len(_FORMS), len(days), p=_FORMS)
    serials = (FIRST_DAY - _EXCEL_EPOCH).days + days
    native = np.where(form == 0, serials, np.nan)
    return Made(written[days, form], values[at_end][days, form], native, CellKind.DATE)


# --- Numbers -------------------------------------------------------------------------------------------------------


def _grouped(number: int, space: str) -> str:
    return f"{number:,}".replace(",", space)


def _comma(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".").replace(".", ",")


@cache
def _amounts() -> tuple[Texts, Texts, Numbers]:
    """Written forms (a row an amount), what they stand for, numbers."""
    rng = np.random.default_rng(1)
    drawn = np.clip(np.exp(rng.normal(11.0, 1.1, POOL)), 2_000, 4_000_000)
    cents = rng.integers(0, 100, POOL)
    forms, values = [], []
    for place, number in enumerate(drawn.tolist()):
        step = (500, 1_000, 5_000, 100_000, 1)[place % 5]
        whole = max(step, round(number / step) * step)
        if place % 5 == 4:  # to the cent
            exact = f"{whole}.{cents[place]:02d}"
            shown = f"{_grouped(whole, ' ')},{cents[place]:02d} €"
            forms.append((exact.replace(".", ","), shown, shown, shown.replace(" ", "\u202f")))
        elif step == 100_000:
            exact = str(whole)
            millions = f"{_comma(whole / 1_000_000)} M€"
            forms.append((exact, f"{_grouped(whole, _HARD)} €", millions, f"{_grouped(whole, ' ')} euros"))
        else:
            exact = str(whole)
            short = f"{whole // 1_000} k€" if whole % 1_000 == 0 else f"{_grouped(whole, ' ')} €"
            forms.append((exact, f"{_grouped(whole, _NARROW)} €", short, f"{_grouped(whole, _HARD)} EUR"))
        values.append(exact)
    return texts(forms), texts(values), np.array([float(value) for value in values])


@cache
def _measures(least: float, most: float, halves: bool, unit: str) -> tuple[Texts, Texts, Numbers]:
    rng = np.random.default_rng(2)
    parts = 2 if halves else 1
    numbers = rng.integers(math.ceil(least * parts), math.floor(most * parts) + 1, POOL) / parts
    if unit:
        forms = [(_comma(n), f"{_comma(n)} {unit}", f"{_comma(n)}\u00a0{unit}", f"{_comma(n)}{unit}") for n in numbers]
    elif halves:
        forms = [(_comma(n),) * 4 for n in numbers]
    else:
        forms = [(_comma(n), _comma(n), _grouped(int(n), " "), _grouped(int(n), _NARROW)) for n in numbers]
    return texts(forms), texts([repr(n) for n in numbers.tolist()]), numbers


def _numbers(rng: np.random.Generator, size: int, pool: tuple[Texts, Texts, Numbers]) -> Made:
    written, values, numbers = pool
    place, form = rng.integers(0, POOL, size), rng.integers(0, written.shape[1], size)
    native = np.where(form == 0, numbers[place], np.nan)
    return Made(written[place, form], values[place], native, CellKind.NUMBER)


def amounts(rng: np.random.Generator, size: int) -> Made:
    """Amounts of money."""
    return _numbers(rng, size, _amounts())


def measures(rng: np.random.Generator, size: int, column: Column) -> Made:
    """Numbers that the column may hold, with halves save for whole ones, with « % » for percentages."""
    least = column.minimum or 0.0
    most = column.maximum if column.maximum is not None else least + _LARGE
    unit = "%" if column.kind is Kind.PERCENT else ""
    return _numbers(rng, size, _measures(least, most, column.kind is not Kind.INTEGER, unit))


def booleans(rng: np.random.Generator, size: int) -> Made:
    """Yes and no."""
    forms = texts(["oui", "x", "Oui", "non", "", "Non"])
    values = texts(["true", "true", "true", "false", "false", "false"])
    drawn = rng.choice(len(forms), size, p=(0.1, 0.05, 0.05, 0.4, 0.3, 0.1))
    return Made(forms[drawn], values[drawn])


def sirens(first: int, size: int) -> Texts:
    """Numbers with their key, one after the other, each once."""
    stems = 30_000_000 + (first + np.arange(size, dtype=np.int64)) * 7
    digits = stems[:, None] // 10 ** np.arange(7, -1, -1) % 10
    doubled = digits.copy()
    doubled[:, 1::2] *= 2
    doubled[doubled > 9] -= 9
    keys = -doubled.sum(axis=1) % 10
    return texts((stems * 10 + keys).astype(str))
