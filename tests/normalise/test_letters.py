"""Bounds of likeness lose no pair, and words come in their order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipelines.normalise import letters
from pipelines.normalise.letters import Prints, Words, in_chunks
from pipelines.text import fold

ALIKE = st.lists(st.text("ab 1", max_size=12).map(fold), max_size=12)


@given(st.lists(st.text(max_size=20), max_size=8))
def test_words_are_folded_and_in_order(texts: list[str]) -> None:
    found = Words.of(pd.Series(texts, dtype="str")).joined().to_pylist()

    assert found == [" ".join(sorted(fold(text).split())) for text in texts]


def test_words_of_a_missing_text_are_blank() -> None:
    assert Words.of(pd.Series([None, "b a"], dtype="str")).joined().to_pylist() == ["", "a b"]


@given(ALIKE, st.sampled_from([60, 75, 90, 100]))
def test_no_pair_as_alike_as_the_cutoff_is_lost(texts: list[str], cutoff: int) -> None:
    one, other = np.triu_indices(len(texts), k=1)
    prints = Prints.of(pa.array(texts, pa.large_string()))

    kept = prints.near((one, other), cutoff)

    scores = dict(zip(zip(*kept, strict=True), prints.scores(kept, cutoff), strict=True))
    for pair in zip(one, other, strict=True):
        score = fuzz.ratio(texts[pair[0]], texts[pair[1]])
        assert scores.get(pair, 0) == (pytest.approx(score) if score >= cutoff else 0)


@given(ALIKE, st.sampled_from([60, 75, 90, 100]), st.integers(0, 3), st.sampled_from([1, 3, 128]))
def test_texts_looked_at_together_lose_no_pair_either(texts: list[str], cutoff: int, start: int, strip: int) -> None:
    stop = max(len(texts), start)
    rows, others = np.triu_indices(stop - start, k=1)
    prints = Prints.of(pa.array([*texts, *[""] * (stop - len(texts))], pa.large_string()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "_STRIP", strip)
        found = prints.near_together(start, stop, cutoff)

    expected = prints.near((start + rows, start + others), cutoff)
    assert set(zip(*found, strict=True)) == set(zip(*expected, strict=True))
    assert len(found[0]) == len(expected[0])


@given(st.lists(st.text("ab ", max_size=12), max_size=12))
def test_words_are_in_order_whatever_is_sorted_at_a_time(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "_TEXTS", 3)
        found = Words.of(pd.Series(texts, dtype="str")).joined().to_pylist()

    assert found == [" ".join(sorted(fold(text).split())) for text in texts]


def test_far_texts_are_excluded_before_any_score() -> None:
    prints = Prints.of(pa.array(["abcdef", "ghijkl", "abcdef a", "fedcba"], pa.large_string()))

    one, other = prints.near((np.array([0, 0, 0]), np.array([1, 2, 3])), 90)

    assert (one.tolist(), other.tolist()) == ([0], [3])


def test_slices_of_an_array_have_their_own_prints() -> None:
    texts = pa.array(["zzzz", "abc", "abd", "abc"], pa.large_string()).slice(1)
    kept = Prints.of(texts).near((np.array([0, 0]), np.array([1, 2])), 90)

    assert kept[1].tolist() == [2]


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_chunks_hold_every_pair_once(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(letters, "CHUNK", chunk)
    first, starts, sizes = np.array([7, 8, 9, 10]), np.array([0, 5, 2, 1]), np.array([2, 0, 5, 1])

    found = [pair for one, other in in_chunks(first, starts, sizes) for pair in zip(one, other, strict=True)]

    assert found == [(7, 0), (7, 1), (9, 2), (9, 3), (9, 4), (9, 5), (9, 6), (10, 1)]


def test_nothing_makes_no_pair() -> None:
    nothing = np.array([], dtype=np.int64)
    assert list(in_chunks(nothing, nothing, nothing)) == []
    assert Prints.of(pa.array([], pa.large_string())).scores((nothing, nothing), 90).tolist() == []
