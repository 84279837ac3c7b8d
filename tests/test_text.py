"""The one rule by which two spellings are the same, slugs, and cleaned texts."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text import clean, fold, on_distinct, slug
from schemas.declaration import SLUG_PATTERN

ANY_TEXT = st.text(max_size=60)
FRENCH = st.text(alphabet="abcdeéèêëàâçîïôöùûüÿœæ ABÉÈÀÇŒ'’-–\u00a0\u202f.,;0123456789", max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Œnotourisme", "OENOTOURISME"),
        ("ex æquo", "EX AEQUO"),
        ("Début", "DEBUT"),
        ("Rôle d’après la source", "role d'apres la source"),
        ("Rôle d’après la source", "Rôle d´après la source"),
        ("l’observation", "l observation"),
        ("Haute-Savoie", "Haute\u2011Savoie"),
        ("Auvergne – Rhône", "Auvergne-Rhône"),
        ("Montant\u00a0(€)", "montant  €"),
        ("25\u202f000", "25 000"),
        ("Straße", "STRASSE"),
        ("e\u0301te\u0301", "été"),
        ("dépar\u00adtement", "département"),
        ("\ufeffIdentifiant", "Identifiant"),
        ("№ 5", "no 5"),
        ("CO₂", "co2"),
    ],
)
def test_same_spelling(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saint-Malo", "St-Malo"), ("l’eau", "leau"), ("2.1", "21"), ("a–b", "ab"), ("Alpes", "Alpe"), ("R&D", "RD")],
)
def test_different_spelling(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["", " ", "…", "« »", "\u200b", "—", "%"])
def test_nothing_to_fold(text: str) -> None:
    assert fold(text) == ""


@given(ANY_TEXT)
def test_folded_text_is_plain_and_stays_so(text: str) -> None:
    folded = fold(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


@given(FRENCH)
def test_case_and_spaces_do_not_count(text: str) -> None:
    assert fold(text.upper()) == fold(text) == fold(f"  {text.replace(' ', '   ')} ")
    assert fold(clean(text)) == fold(text)


@given(ANY_TEXT, st.integers(min_value=0, max_value=40))
def test_slug_is_an_identifier_within_its_limit(text: str, limit: int) -> None:
    made = slug(text, limit)
    assert made == "" or re.fullmatch(SLUG_PATTERN, made)
    assert not limit or len(made) <= limit
    assert slug(text).startswith(made)
    assert slug(made, limit) == made


@pytest.mark.parametrize(
    ("text", "limit", "made"),
    [
        ("Fiches d’accueil", 0, "fiches-d-accueil"),
        ("Fiches d’accueil", 9, "fiches-d"),
        ("Fiches d’accueil", 6, "fiches"),
        ("Anticonstitutionnellement", 4, "anti"),
        ("!", 0, ""),
    ],
)
def test_slug(text: str, limit: int, made: str) -> None:
    assert slug(text, limit) == made


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a \u00a0 b\u202fc ", "a b c"),
        ("ligne 1\nligne 2\r\n", "ligne 1 ligne 2"),
        ("e\u0301", "é"),
        ("a\u200bb\ufeff", "ab"),
        ("«\u00a025 signataires\u00a0»", "« 25 signataires »"),
        ("\u200b \t", ""),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(ANY_TEXT)
def test_clean_text_stays_so(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.sampled_from(["", "a", "É", "b  c"]), max_size=12))
def test_on_distinct_gives_what_a_map_gives(values: list[str]) -> None:
    series = pd.Series(values, index=range(5, 5 + len(values)), dtype="str")
    calls: list[str] = []

    def length(text: str) -> int:
        calls.append(text)
        return len(text)

    found = on_distinct(series, length)
    assert found.tolist() == [len(value) for value in values]
    assert found.index.equals(series.index)
    assert len(calls) == len(set(values))
