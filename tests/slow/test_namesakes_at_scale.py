"""A hundred thousand names: the doubles planted among them are found within a minute, as an exhaustive search would."""

from __future__ import annotations

import time
from itertools import islice, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.words import KINDS_OF_PARTNERS
from pipelines.normalise.namesakes import likely_pairs
from tests.normalise.test_namesakes import exhaustive

pytestmark = pytest.mark.slow
ZONES = Path(__file__).parents[2] / "sources" / "referentiels" / "zones.csv"
NAMES, DOUBLES, SAMPLE = 95_000, 5_000, 1_500


@pytest.fixture(scope="module")
def names() -> pd.Series[str]:
    """Names of a kind and of two départements, then some of them with a letter more, or in another order."""
    zones = pd.read_csv(ZONES, dtype="str")
    places = zones.loc[zones["Type de zone"] == "departement", "Libellé"].drop_duplicates()
    every = (f"{kind} de {one} – {other}" for one, other, kind in product(places, places, KINDS_OF_PARTNERS))
    held = np.array(list(islice(every, NAMES)), dtype=object)
    chosen = held[np.random.default_rng(7).choice(len(held), DOUBLES, replace=False)]
    typed = [
        f"{name[:-2]}e{name[-2:]}" if place % 2 else " ".join(reversed(name.split()))
        for place, name in enumerate(chosen)
    ]
    return pd.Series([*held, *typed], dtype="str")


def test_a_hundred_thousand_names_take_less_than_a_minute(names: pd.Series[str]) -> None:
    began = time.perf_counter()

    pairs = likely_pairs(names)

    assert time.perf_counter() - began < 60
    assert len(set(range(NAMES, NAMES + DOUBLES)) - set(pairs["right"])) <= DOUBLES // 50


def test_the_pairs_of_a_sample_are_those_of_an_exhaustive_search(names: pd.Series[str]) -> None:
    sample = names.sample(SAMPLE, random_state=3).reset_index(drop=True)

    found = list(likely_pairs(sample).itertuples(index=False, name=None))

    expected: list[object] = [(one, other, pytest.approx(score)) for one, other, score in exhaustive(list(sample))]
    assert found == expected
    assert found
