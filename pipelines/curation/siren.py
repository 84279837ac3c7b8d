"""The check keys of SIREN and SIRET numbers.

Belongs here: whether a number's key holds, on whole columns. Does not belong here: what is said of one that does not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SIREN_DIGITS, SIRET_DIGITS = 9, 14
LA_POSTE = "356000000"
"""Its establishments outgrew Luhn's keys: the digits of their SIRET add up to a multiple of five instead."""


def _digits(numbers: pd.Series[str], width: int) -> np.ndarray:
    """One row per number, one column per digit."""
    return np.array(numbers.tolist(), dtype=f"U{width}").view("U1").reshape(len(numbers), width).astype(np.int64)


def _luhn(digits: np.ndarray) -> np.ndarray:
    """Luhn's rule: from the right, every second digit is doubled (less nine above nine); the sum ends in zero."""
    doubled = digits.copy()
    doubled[:, -2::-2] *= 2
    doubled[doubled > 9] -= 9
    return np.asarray(doubled.sum(axis=1) % 10 == 0)


def key_holds(numbers: pd.Series[str]) -> pd.Series[bool]:
    """Whether the key of each SIREN (9 digits) or SIRET (14) holds, on the same index; true for any other text."""
    holds = pd.Series(True, index=numbers.index)
    texts = numbers.astype("str").fillna("")
    for width in (SIREN_DIGITS, SIRET_DIGITS):
        concerned = texts[texts.str.fullmatch(f"[0-9]{{{width}}}")]
        if concerned.empty:
            continue
        digits = _digits(concerned, width)
        exempt = np.zeros(len(concerned), dtype=bool)
        if width == SIRET_DIGITS:
            exempt = concerned.str.startswith(LA_POSTE).to_numpy() & (digits.sum(axis=1) % 5 == 0)
        holds[concerned.index] = _luhn(digits) | exempt
    return holds


def is_siret(numbers: pd.Series[str]) -> pd.Series[bool]:
    """Whether each text has the fourteen digits of a SIRET."""
    return numbers.astype("str").fillna("").str.fullmatch(f"[0-9]{{{SIRET_DIGITS}}}").astype(bool)
