"""The names left to choose from give the answers that all of them give."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.curation.issues import nearest
from pipelines.normalise.lookups import Lookup, near
from pipelines.normalise.names import Names
from pipelines.text import fold

WORDS = ["lyon", "lion", "alpes", "alpe", "des", "la", "office", "tourisme", "grande", "oa", "gla", "crt", "2"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), st.text("abc é-", max_size=9), st.sampled_from(WORDS)
)


def kept(value: str, among: list[str], limit: int) -> list[str]:
    shown = {fold(text): text for text in reversed(among)}
    return [shown[folded] for folded in Names(shown).likely(fold(value), limit)]


@given(TEXTS, st.lists(TEXTS.filter(fold), max_size=20), st.sampled_from([1, 3, 9]))
def test_the_same_are_found_as_among_all(value: str, among: list[str], limit: int) -> None:
    assert nearest(value, kept(value, among, limit), limit) == nearest(value, among, limit)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("Ofice de tourisme de Lyon", ["Office de tourisme de Lyon"]),
        ("OTL", ["Office de tourisme de Lyon"]),
        ("Lyon, office de tourisme", ["Office de tourisme de Lyon"]),
        ("Grande Traversée", ["Grande Traversée des Alpes"]),
        ("Musée de Lyon", []),
        ("", []),
    ],
)
def test_what_cannot_be_answered_is_left_out(value: str, left: list[str]) -> None:
    among = [
        "Office de tourisme de Lyon",
        "Office de tourisme de Bordeaux",
        "Grande Traversée des Alpes",
        "Ville d’Aix",
    ]
    assert kept(value, among, 3) == left


def test_the_spellings_of_a_contract_come_before_those_of_all() -> None:
    lookup = Lookup()
    lookup.add(pd.Series(["Région Bretagne", "CRT de Bretagne"]), pd.Series(["region", "crt"]))
    lookup.add(pd.Series(["RÉGION BRETAGNE"]), pd.Series(["autre"]), pd.Series(["alpes"]))

    told = near([lookup], pd.Series(["Region Bretagn", "Region Bretagn"]), pd.Series(["alpes", "bretagne"]))

    assert told == [" Vouliez-vous dire « RÉGION BRETAGNE » ?", " Vouliez-vous dire « Région Bretagne » ?"]


def test_spellings_added_since_are_found() -> None:
    lookup = Lookup()
    lookup.add(pd.Series(["Atout France"]), pd.Series(["af"]))
    assert near([lookup], pd.Series(["Grande Traversé"])) == [""]
    lookup.add(pd.Series(["Grande Traversée"]), pd.Series(["gta"]))
    assert near([lookup], pd.Series(["Grande Traversé"])) == [" Vouliez-vous dire « Grande Traversée » ?"]
