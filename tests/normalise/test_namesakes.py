"""Names of organisations that may be the same: the pairs of an exhaustive search, and no others."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipelines.curation.issues import SMALL_WORDS
from pipelines.normalise.namesakes import SAME_WORD, THRESHOLD, likely_pairs, report_namesakes
from pipelines.text import fold
from tests.conftest import Row, SmallSources, cell_of

Pair = tuple[int, int, float]


def exhaustive(names: list[str]) -> list[Pair]:
    """The pairs by their definition, each name against each other one."""
    words = [sorted(word for word in fold(name).split() if word not in SMALL_WORDS) for name in names]
    places: dict[str, int] = {}
    found = []
    for number, own in enumerate(words):
        if own:
            first = places.setdefault(" ".join(own), number)
            found += [(first, number, 100.0)] if first != number else []
    for one, other in itertools.combinations(places.values(), 2):
        score = fuzz.ratio(" ".join(words[one]), " ".join(words[other]))
        if score >= THRESHOLD and matched(words[one], words[other]) and matched(words[other], words[one]):
            found.append((min(one, other), max(one, other), score))
    return sorted(found)


def matched(words: list[str], by: list[str]) -> bool:
    return all(any(counterparts(word, other) for other in by) for word in words)


def counterparts(one: str, other: str) -> bool:
    numbered = any(letter.isdigit() for letter in one + other)
    return one == other or (not numbered and fuzz.ratio(one, other) >= SAME_WORD)


def found(names: list[str]) -> list[Pair]:
    return list(likely_pairs(pd.Series(names, dtype="str")).itertuples(index=False, name=None))


SHORT = st.lists(st.sampled_from(["abcde", "abcdf", "abdce", "aabbc", "de", "la", "a1", "a2", "xyz"]), max_size=4)


@given(st.lists(st.one_of(SHORT.map(" ".join), st.text("abc1 ", max_size=14)), max_size=14))
def test_the_pairs_are_those_of_an_exhaustive_search(names: list[str]) -> None:
    expected: list[object] = [(one, other, pytest.approx(score)) for one, other, score in exhaustive(names)]
    assert found(names) == expected


FORMS = (
    "Office de tourisme de {}", "Comité départemental du tourisme de {}", "Chambre de commerce et d’industrie de {}",
    "Communauté de communes du pays de {}", "Syndicat mixte de {}", "Ville de {}", "{} Tourisme",
)  # fmt: skip
PLACES = (
    "Lyon", "Bordeaux", "Ain", "Aisne", "Loire", "Loiret", "Haute-Loire", "Creuse", "Meuse", "Seine-et-Marne", "Aube",
    "Seine-Maritime", "Alpes-Maritimes", "Hautes-Alpes", "Corse-du-Sud", "Haute-Corse", "L’Alpe d’Huez", "Montauban",
    "Saint-Malo", "Saint-Maclou", "Villers-sur-Mer", "Villars-sur-Mer", "Lot", "Lot-et-Garonne", "Paris 11", "Paris 12",
)  # fmt: skip


def test_the_pairs_of_realistic_names_are_those_of_an_exhaustive_search() -> None:
    names = [form.format(place) for place in PLACES for form in FORMS]
    doubles = [name.replace("tourisme", "tourisne").replace("mm", "m") for name in names[::5]]
    doubles += [" ".join(reversed(name.split())) for name in names[::7]]
    doubles += [name.replace(" de ", " du ").replace("-", " ").upper() for name in names[::3]]

    pairs = found(names + doubles)

    expected: list[object] = [(one, other, pytest.approx(score)) for one, other, score in exhaustive(names + doubles)]
    assert pairs == expected
    assert {other for _, other, _ in pairs} >= set(range(len(names), len(names) + len(doubles)))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Grande Traversée des Alpes", "Grandes traversées des Alpes", True),
        ("Office de tourisme de Lyon", "Lyon – Office du tourisme", True),
        ("Chambre de commerce et d’industrie", "CHAMBRE DE COMERCE ET D’INDUSTRIE", True),
        ("Office de tourisme de Lyon", "Office de tourisme de Bordeaux", False),
        ("Comité départemental du tourisme de la Loire", "Comité départemental du tourisme de la Haute-Loire", False),
        ("Comité départemental du tourisme de Corse-du-Sud", "Comité départemental du tourisme de Corse", False),
        ("Mairie du 11 arrondissement de Paris", "Mairie du 12 arrondissement de Paris", False),
        ("De la", "Des", False),
        ("", "", False),
    ],
)
def test_names_likely_to_be_the_same_organisation_s(one: str, other: str, alike: bool) -> None:
    assert [pair[:2] for pair in found([one, other])] == ([(0, 1)] if alike else [])


def test_pairs_have_the_labels_of_their_index() -> None:
    names = pd.Series(["Ville de Lyon", None, "Lyon, ville"], index=["a", "b", "c"], dtype="str")

    assert likely_pairs(names).to_dict("list") == {"left": ["a"], "right": ["c"], "score": [100.0]}


def test_no_name_makes_no_pair() -> None:
    assert found([]) == []


# --- The warning ---------------------------------------------------------------------------------------------------

REGISTRY = "referentiels/partenaires"
TWIN = {"Identifiant": "traversee", "Nom": "Grandes Traversées des Alpes", "Catégorie": "association"}


def told(sources: SmallSources) -> pd.DataFrame:
    workspace, _ = sources.keyed()
    report_namesakes(workspace)
    issues = workspace.log.frame()
    return issues[issues["code"] == "partenaire-ressemblant"]


def test_a_double_of_the_registry_is_told_with_its_score_and_the_other(small_sources: SmallSources) -> None:
    row = small_sources.add(REGISTRY, TWIN)

    (issue,) = told(small_sources).to_dict("records")

    assert issue["cell"] == cell_of(REGISTRY, "Nom", row)
    where = "referentiels/partenaires.csv, partenaires, ligne 3"
    assert f"« Grande Traversée des Alpes » ({where}, ressemblance 96 %)" in issue["message"]


@pytest.mark.parametrize(
    "cells", [{"Remarque": "Une autre association."}, {"Groupe": "oui"}, {"Nom": "Grande Traversée du Jura"}]
)
def test_what_tells_two_partners_apart(small_sources: SmallSources, cells: Row) -> None:
    small_sources.add(REGISTRY, TWIN | cells)

    assert told(small_sources).empty


def test_a_zone_tells_apart_only_when_both_have_one(small_sources: SmallSources) -> None:
    chamber = {"Nom": "Chambre de commerces de Rhône-Alpes", "Catégorie": "chambre_consulaire"}
    small_sources.add(REGISTRY, chamber | {"Identifiant": "a", "Type de zone": "departement", "Code de zone": "33"})
    row = small_sources.add(REGISTRY, chamber | {"Identifiant": "b", "Nom": "Chambre du commerce de Rhône-Alpes"})

    assert told(small_sources)["row"].tolist() == [row]


def test_a_partner_named_as_another_is_spelled_is_told_but_not_its_own_spellings(small_sources: SmallSources) -> None:
    spelled = {"Sources": "ALP3", "Partenaire": "crt-bretagne"}
    small_sources.add("referentiels/partenaires_denominations", spelled | {"Dénomination": "Bretagne Tourisme"})
    small_sources.add("referentiels/partenaires_denominations", spelled | {"Dénomination": "CRT Bretagne"})
    row = small_sources.add(
        REGISTRY, {"Identifiant": "tourisme-bretagne", "Nom": "Tourisme en Bretagne", "Catégorie": "crt"}
    )

    issues = told(small_sources)

    assert issues["row"].tolist() == [row]
    assert "« Bretagne Tourisme » (referentiels/partenaires.csv, partenaires, ligne 5, " in issues["message"].iloc[0]
