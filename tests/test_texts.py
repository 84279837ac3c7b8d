"""The rules of texts on whole columns say what the rules of one text say."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import clean, fold, slug
from pipelines.texts import as_arrow, cleaned, folded, slugs

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
"""Every character that a text can hold."""


def column(texts: list[str]) -> pd.Series[str]:
    return pd.Series(texts, dtype="str")


@pytest.mark.parametrize("around", [("a", "b"), ("", ""), ("É de la ", "’s")])
def test_every_character_folds_and_cleans_as_in_one_text(around: tuple[str, str]) -> None:
    texts = [character.join(around) for character in EVERY]
    for found, rule in ((folded(column(texts)), fold), (cleaned(column(texts)), clean)):
        wrong = [text for text, got in zip(texts, found, strict=True) if got != rule(text)]
        assert not wrong


@given(st.lists(st.text(st.sampled_from("aBé œÆßİ’«–\u200b\u0301\u0345\u00a0\n\u2126½ªЖ-1"), max_size=30)))
def test_texts_fold_clean_and_slug_as_one_by_one(texts: list[str]) -> None:
    assert folded(column(texts)).tolist() == [fold(text) for text in texts]
    assert cleaned(column(texts)).tolist() == [clean(text) for text in texts]
    for limit in (0, 7):
        assert slugs(as_arrow(column(texts)), limit).to_pylist() == [slug(text, limit) for text in texts]


def test_what_is_missing_stays_missing_and_the_index_is_kept() -> None:
    texts = pd.Series(["Œuvre", None, "Œuvre"], index=[7, 3, 5], dtype="str")
    for function, word in ((folded, "oeuvre"), (cleaned, "Œuvre")):
        found = function(texts)
        assert found.index.tolist() == [7, 3, 5]
        assert found.isna().tolist() == [False, True, False]
        assert found[7] == found[5] == word


def test_a_word_longer_than_a_slug_may_be_is_cut() -> None:
    found = slugs(as_arrow(column(["anticonstitutionnellement", "deux mots longs"])), 8)
    assert found.to_pylist() == ["anticons", "deux"]
