"""What made-up rows are about: contracts, organisations, documents, zones, codes, and how many rows of each sheet.

Belongs here: the names, the periods and the sizes that all sheets share. Does not belong here: the cells (``columns``).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import words
from benchmarks.proportions import CONTRACTS, DEFAULT_ROWS, PARTNERS, ROWS, SOURCES
from benchmarks.values import Rows, Texts, day_number, texts
from pipelines.sheets.limits import limits
from pipelines.text import fold, slug
from schemas.declaration import Sheet
from schemas.registry import workbook_sheets

ACTIONS, PARTNERS_SHEET = "Actions", "Partenaires"
NATIONAL = "national"
MOST_LISTED = 36_000
"""Organisations, or documents; further contracts share them."""
MOST_CONTRACTS = 25_000
"""As many as names can tell apart."""
_UNFIT_FOR_LISTS = frozenset(";=:,")


class TooLargeError(Exception):
    """More than a folder of sources can hold; the message says what would fit."""


@dataclass(frozen=True)
class Codes:
    """The spellings of a vocabulary's codes: ``text[i]`` stands for ``value[i]``; ``values``: the codes."""

    text: Texts
    value: Texts
    values: Texts


@dataclass(frozen=True)
class World:
    """Everything that sheets refer to. ``counts``: by sheet, the rows of each contract, then of the national one."""

    seed: int
    contracts: Texts
    names: Texts
    start: Rows
    end: Rows
    counts: dict[str, Rows]
    partners: Texts
    partner_names: Texts
    partner_spellings: Texts
    sources: Texts
    zones: dict[str, Texts]
    codes: dict[str, Codes]

    @property
    def owners(self) -> Texts:
        """What each workbook is named after: the contracts, then the national one."""
        return np.append(self.contracts, NATIONAL)

    def rng(self, *place: str | int) -> np.random.Generator:
        """The generator of one place: a place draws the same whatever is drawn elsewhere."""
        words_of = [int.from_bytes(str(part).encode()[:16].ljust(16), "big") for part in place]
        return np.random.default_rng([self.seed, *words_of])


def make(contracts: int, actions: int, seed: int, sources: Path) -> World:
    """The world of so many contracts and so many actions; ``sources`` lends its vocabularies and its zones.

    Raises:
        TooLargeError: a sheet, a list or a name would go past what sources can hold.
    """
    if contracts > MOST_CONTRACTS:
        raise TooLargeError(f"{contracts} contrats, c’est trop : demandez au plus {MOST_CONTRACTS} contrats.")
    zones = _zones(sources)
    places = list(dict.fromkeys(zones["libelle"][zones["type"] == "departement"].tolist()))
    counts = {
        name: _counts(sheet, contracts, actions, seed, len(zones["libelle"]))
        for name, sheet in workbook_sheets().items()
    }
    partners = min(max(round(contracts * PARTNERS / CONTRACTS), int(counts[PARTNERS_SHEET].max()), 12), MOST_LISTED)
    documents = min(max(round(contracts * SOURCES / CONTRACTS), 12), MOST_LISTED)
    kinds = list(words.KINDS_OF_PARTNERS.items())
    names = _named([kind for kind, _ in kinds], places, places, partners, " – ")
    spellings = _named([short for _, short in kinds], places, places, partners, " – ")
    titles = _named(words.PREFIXES_OF_CONTRACTS, places, words.THEMES_OF_CONTRACTS, contracts, ", ", ordered=True)
    rng = np.random.default_rng([seed, 1])
    start = day_number(dt.date(2011, 12, 1)) + rng.integers(0, 13 * 365, contracts)
    end = start + rng.choice((24, 36, 48, 60), contracts) * 30 + rng.integers(0, 60, contracts)
    return World(
        seed=seed,
        contracts=texts([slug(name) for name in titles.tolist()]),
        names=titles,
        start=np.append(start, day_number(dt.date(2012, 1, 1))),
        end=np.append(end, day_number(dt.date(2027, 12, 31))),
        counts=counts,
        partners=texts([slug(name) for name in names.tolist()]),
        partner_names=names,
        partner_spellings=spellings,
        sources=texts([f"{words.LETTERS[i % 15]}{i // 15 + 1}" for i in range(documents)]),
        zones=zones,
        codes=_codes(sources),
    )


def _named(
    first: Sequence[str], second: Sequence[str], third: Sequence[str], size: int, mark: str, ordered: bool = False
) -> Texts:
    """So many different names of two parts, then of three once those run out."""
    found = []
    for number in range(size):
        left, one = divmod(number, len(first))
        last, two = divmod(left, len(second))
        two = (two + one * 7) % len(second)
        name = f"{first[one]} {second[two]}"
        if last:
            name += f"{mark}{third[last if ordered else (two + last) % len(third)]}"
        found.append(name)
    return texts(found)


# --- How many rows -------------------------------------------------------------------------------------------------


def _counts(sheet: Sheet, contracts: int, actions: int, seed: int, zones: int) -> Rows:
    """The rows of a sheet in each workbook, unevenly, as in the real ones; exactly ``actions`` of actions in all."""
    if sheet.single:
        return np.append(np.ones(contracts, dtype=np.int64), 0)
    most = min(limits().cells, limits().area) // len(sheet.fields) - 1  # the header
    real = ROWS.get(sheet.name, DEFAULT_ROWS)
    national = real.national if sheet.national else 0
    total = round(contracts * real.contracts / CONTRACTS)
    if sheet.name == ACTIONS:
        national = min(round(actions * real.national / sum(real)), most)
        total = actions - national
    if _of_zones(sheet):
        most = min(most, zones)
    if sheet.name == PARTNERS_SHEET:
        most = min(most, MOST_LISTED)
    if total > most * contracts:
        least = -(-total // most)
        raise TooLargeError(
            f"{total} lignes de la feuille « {sheet.name} » ne tiennent pas dans {contracts} classeurs "
            f"(au plus {most} chacun) : demandez au moins {least} contrats."
        )
    weights = np.random.default_rng([seed, 2, sheet.order]).gamma(1.2, 1.0, contracts)
    found: Rows = np.append(_shared(total, weights, most), national)
    return found


def _of_zones(sheet: Sheet) -> bool:
    return {"zone_type_code", "zone_code"} <= {getattr(getattr(f, "column", None), "name", "") for f in sheet.fields}


def _shared(total: int, weights: np.ndarray, most: int) -> Rows:
    """``total`` in whole parts in proportion to the weights, none above ``most``."""
    wanted = weights / weights.sum() * total
    for _ in range(len(weights)):
        full = wanted >= most
        excess = (wanted[full] - most).sum()
        wanted[full] = most
        if excess < 0.5 or full.all():
            break
        wanted[~full] += excess * weights[~full] / weights[~full].sum()
    found: Rows = np.minimum(np.floor(wanted), most).astype(np.int64)
    while (left := total - int(found.sum())) > 0:
        room = np.flatnonzero(found < most)
        found[room[np.argsort(found[room] - wanted[room], kind="stable")[:left]]] += 1
    return found


# --- Lists that are lent -------------------------------------------------------------------------------------------


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _zones(sources: Path) -> dict[str, Texts]:
    """The zones that their label and their kind tell apart: ``type``, ``code``, ``libelle``; and ``alone``."""
    rows = _read(sources / "referentiels" / "zones.csv")
    pairs = Counter((row["Type de zone"], fold(row["Libellé"])) for row in rows)
    labels = Counter(fold(row["Libellé"]) for row in rows)
    rows = [row for row in rows if pairs[row["Type de zone"], fold(row["Libellé"])] == 1]
    return {
        "type": texts([row["Type de zone"] for row in rows]),
        "code": texts([row["Code"] for row in rows]),
        "libelle": texts([row["Libellé"] for row in rows]),
        "alone": texts([labels[fold(row["Libellé"])] == 1 for row in rows]),
    }


def _codes(sources: Path) -> dict[str, Codes]:
    terms: dict[str, list[dict[str, str]]] = {}
    for row in _read(sources / "referentiels" / "nomenclatures.csv"):
        terms.setdefault(row["Nomenclature"], []).append(row)
    return {name: _spelled(rows) for name, rows in terms.items()}


def _spelled(terms: list[dict[str, str]]) -> Codes:
    """Every code by itself, in capitals, and by its label with and without accents, where that can be no other code."""
    meant: dict[str, set[str]] = {}
    for row in terms:
        for spelling in (row["Code"], row["Libellé"], *row["Autres écritures"].split(";")):
            meant.setdefault(fold(spelling), set()).add(row["Code"])
    pairs = []
    for row in terms:
        code, label = row["Code"], row["Libellé"]
        spellings = dict.fromkeys((code, code.upper(), code.replace("_", " "), label, label.upper(), fold(label)))
        sure = [one for one in spellings if meant.get(fold(one)) == {code} and not set(one) & _UNFIT_FOR_LISTS]
        pairs += [(spelling, code) for spelling in sure or [code]]
    return Codes(
        texts([text for text, _ in pairs]), texts([code for _, code in pairs]), texts([row["Code"] for row in terms])
    )
