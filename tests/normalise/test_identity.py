"""Identifiers: typed ones are kept, blank ones found again or minted, lost ones refused."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.job import Outcome
from pipelines.normalise.identity import (
    BLANK,
    SLUG_LIMIT,
    complete_keys,
    likely_successors,
    natural_keys,
    vanished,
)
from pipelines.normalise.register import register
from pipelines.text import slug
from schemas.declaration import SLUG_PATTERN
from schemas.registry import tables
from tests.conftest import SmallSources, write_small_sources

ACTIONS, PARTNERS, ROLES = tables()["actions"], tables()["partenaires"], tables()["contrats_partenaires"]
COLUMNS = ["table_code", "cle_naturelle", "ligne_id"]
NOTHING = pd.DataFrame({name: [] for name in COLUMNS}, dtype="str")


def actions(*rows: tuple[str | None, str | None, str]) -> pd.DataFrame:
    """Actions: identifier, contract, title."""
    frame = pd.DataFrame(rows, columns=["action_id", "contrat_id", "intitule"], dtype="str")
    return frame.assign(groupe_code=pd.Series([None] * len(frame), dtype="str"))


def registry(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def test_natural_keys_keep_blank_parts() -> None:
    frame = actions((None, "alpes", "Fiches"), (None, None, "Fiches"))
    assert natural_keys(frame, ACTIONS).tolist() == [f"alpes | {BLANK} | Fiches", f"{BLANK} | {BLANK} | Fiches"]


def test_natural_keys_write_dates_as_iso() -> None:
    date = pd.Series(["2014-12-16", None], dtype="date32[pyarrow]")
    frame = pd.DataFrame({"contrat_id": ["alpes"] * 2, "partenaire_id": ["gta"] * 2, "date_debut": date})
    assert natural_keys(frame, ROLES).str.endswith("| 2014-12-16").tolist() == [True, False]
    assert "NA" not in natural_keys(frame, ROLES)[1]


def test_typed_identifiers_are_kept() -> None:
    keys = complete_keys(actions(("a-moi", "alpes", "Fiches")), ACTIONS, NOTHING)
    assert keys["key"].tolist() == ["a-moi"]
    assert not keys["minted"].any()


@pytest.mark.parametrize(
    ("contract", "title", "key"),
    [
        ("alpes", "Fiches d’accueil", "alpes-fiches-d-accueil"),
        (None, "Fiches d’accueil", "national-fiches-d-accueil"),
        ("alpes", "A" * 200, "alpes"),
        ("alpes", "mot " * 60, f"alpes{'-mot' * 23}"),
    ],
)
def test_blank_identifiers_are_minted_from_the_natural_key(contract: str | None, title: str, key: str) -> None:
    keys = complete_keys(actions((None, contract, title)), ACTIONS, NOTHING)
    assert keys["key"].tolist() == [key]
    assert len(key) <= SLUG_LIMIT
    assert keys["minted"].all()


def test_blank_identifiers_come_from_the_registry() -> None:
    known = registry(
        ("actions", f"alpes | {BLANK} | Fiches", "alpes-anciennes-fiches"),
        ("outils", f"alpes | {BLANK} | Autre", "outil"),
    )
    keys = complete_keys(actions((None, "alpes", "Fiches"), (None, "alpes", "Autre")), ACTIONS, known)
    assert keys["key"].tolist() == ["alpes-anciennes-fiches", "alpes-autre"]
    assert keys["minted"].tolist() == [False, True]


def test_two_names_with_the_same_slug_are_told_apart() -> None:
    rows = [(None, "alpes", "Été !"), (None, "alpes", "ÉTÉ"), (None, "alpes", "été")]
    found = complete_keys(actions(*rows), ACTIONS, NOTHING)["key"]
    assert sorted(found) == ["alpes-ete", "alpes-ete-2", "alpes-ete-3"]


def test_an_identifier_of_the_registry_is_never_given_again() -> None:
    known = registry(
        ("actions", "alpes | - | Été", "alpes-ete"),
        ("actions", "alpes | - | ÉTÉ", "alpes-ete-2"),
        ("actions", "alpes | - | Hiver", "alpes-hiver"),
    )
    rows = [
        (None, "alpes", "été"),
        ("alpes-ete-3", "alpes", "Typé"),
        (None, "alpes", "hiver"),
        (None, "alpes", "Été 4"),
    ]
    found = complete_keys(actions(*rows), ACTIONS, known)["key"].tolist()
    assert found[1] == "alpes-ete-3"
    assert found[2] == "alpes-hiver-2"
    assert sorted([found[0], found[3]]) == ["alpes-ete-4", "alpes-ete-4-2"]
    assert len(set(found)) == 4


TITLES = st.lists(st.text(alphabet="aAéÉ -'2", min_size=1, max_size=6), min_size=1, max_size=8, unique=True)


@settings(max_examples=40, deadline=None)
@given(TITLES, st.randoms(use_true_random=False))
def test_distinct_names_get_distinct_identifiers_whatever_their_order(titles: list[str], chance: random.Random) -> None:
    first = complete_keys(actions(*((None, "alpes", title) for title in titles)), ACTIONS, NOTHING)
    shuffled = titles[:]
    chance.shuffle(shuffled)
    second = complete_keys(actions(*((None, "alpes", title) for title in shuffled)), ACTIONS, NOTHING)
    assert dict(zip(titles, first["key"], strict=True)) == dict(zip(shuffled, second["key"], strict=True))
    assert first["key"].is_unique
    assert all(re.fullmatch(SLUG_PATTERN, key) for key in first["key"])


WORDS = st.sampled_from(["a", "a 2", "a 2 2", "A-2", "A", "b", "2", "-2", "b 2", "é", "e"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(WORDS, min_size=1, max_size=8), st.lists(st.sampled_from(["a", "a-2", "a-2-2", "b-2", "x"]), max_size=3)
)
def test_a_number_is_the_first_that_nobody_bears(names: list[str], typed: list[str]) -> None:
    rows = pd.DataFrame({"partenaire_id": [*typed, *[None] * len(names)], "nom": [*typed, *names]}, dtype="str")
    found = complete_keys(rows, PARTNERS, NOTHING)["key"].tolist()
    taken, given_names = set(typed), {}
    for slugged, name in sorted({(slug(name), name) for name in names}):
        numbered = (f"{slugged}-{number}" if number > 1 else slugged for number in range(1, 20))
        given_names[name] = next(one for one in numbered if one not in taken)
        taken.add(given_names[name])
    assert found == [*typed, *(given_names[name] for name in names)]


@settings(max_examples=40, deadline=None)
@given(TITLES, TITLES)
def test_once_registered_identifiers_do_not_move(before: list[str], after: list[str]) -> None:
    old = complete_keys(actions(*((None, "alpes", title) for title in before)), ACTIONS, NOTHING)
    known = pd.DataFrame({"table_code": "actions", "cle_naturelle": old["natural"], "ligne_id": old["key"]})
    titles = list(dict.fromkeys([*after, *before]))
    new = complete_keys(actions(*((None, "alpes", title) for title in titles)), ACTIONS, known)
    kept = dict(zip(new["natural"], new["key"], strict=True))
    assert {natural: kept[natural] for natural in old["natural"]} == dict(zip(old["natural"], old["key"], strict=True))
    assert new["key"].is_unique


def test_rows_that_say_the_same_get_the_same_identifier() -> None:
    keys = complete_keys(actions((None, "alpes", "Fiches"), (None, "alpes", "Fiches")), ACTIONS, NOTHING)
    assert keys["key"].nunique() == 1


def test_vanished_identifiers() -> None:
    known = registry(
        ("actions", "n1", "la"),
        ("actions", "n2", "partie"),
        ("actions", "n3", "retiree"),
        ("outils", "n4", "hors-sujet"),
    )
    retired = pd.DataFrame({"table_code": ["actions", "outils"], "ligne_id": ["retiree", "partie"]}, dtype="str")
    keys = {"actions": pd.Series(["la", "nouvelle"], dtype="str")}
    assert vanished(known, retired, keys)["ligne_id"].tolist() == ["partie"]
    assert vanished(known, retired, {}).empty


def test_likely_successors() -> None:
    candidates = pd.DataFrame(
        {"natural": ["alpes | - | Chanter", "alpes | - | Fiches d’acceuil"], "place": ["ici", "là"]}
    )
    lost = pd.Series(["alpes | - | Fiches d’accueil", "tout autre chose, vraiment"])
    assert likely_successors(lost, candidates) == [" La ligne qui lui ressemble le plus : là.", ""]
    assert likely_successors(lost[:1], candidates.iloc[:0]) == [""]


# --- Through time --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> SmallSources:
    """Sources whose identifiers are all in the registry (to be copied)."""
    sources = write_small_sources(tmp_path_factory.mktemp("inscrit") / "sources")
    count, issues = register(sources.root)
    assert count
    assert not (issues["severity"] == "error").any()
    return sources


def keys_of(outcome: Outcome, table: str) -> list[str]:
    return outcome.tables[table][tables()[table].key].tolist()


def test_renaming_keeps_identifiers(registered: SmallSources, sound: Outcome, tmp_path: Path) -> None:
    sources = registered.copy(tmp_path / "sources")
    sources.put("referentiels/partenaires", "Nom", "Grande Traversée des Alpes – Association", 3)
    sources.put("contrats/alpes/Partenaires", "Nom", "Grande Traversée des Alpes – association")
    sources.put("contrats/alpes/Contrat", "Nom", "Alpes, le voyage")
    sources.put("contrats/alpes/Actions", "Intitulé", "Titre tout autre, identifiant typé")
    sources.put("contrats/alpes/Actions", "Intitulé", "Titre changé, identifiant recollé", 3)
    sources.put("contrats/alpes/Actions", "Identifiant", "ALPES-PANIERS-DE-SERVICES", 3)
    outcome = sources.built()
    assert not outcome.refused, outcome.issues.to_string()
    assert not outcome.issues["code"].str.startswith("identifiant").any()
    for table in tables():
        if table not in ("identifiants", "citations", "provenance"):
            assert keys_of(outcome, table) == keys_of(sound, table), table
    partner = outcome.tables["partenaires"].set_index("partenaire_id")["nom"]
    assert partner["grande-traversee"] == "Grande Traversée des Alpes – Association"


def test_lost_found_and_retired_identifiers(registered: SmallSources, tmp_path: Path) -> None:
    sources = registered.copy(tmp_path / "sources")
    sources.put("contrats/alpes/Actions", "Intitulé", "Paniers de service et produits", 3)
    sources.remove("contrats/alpes/Gouvernance", 2)
    sources.remove("contrats/alpes/Indicateurs", 2)
    held = sources.grid("referentiels/identifiants")
    (figure,) = (row for row in held if row[0] == "indicateurs")
    retired = {"Table": "Indicateurs", "Identifiant retiré": figure[2], "Motif": "Chiffre faux"}
    sources.add("referentiels/identifiants_retires", retired)
    (role,) = (
        number for number, row in enumerate(held) if row[0] == "contrats_partenaires" and row[2].startswith("bretagne")
    )
    held[role][2] = "identifiant-d-avant"
    sources.write("referentiels/identifiants", held)
    outcome = sources.built()
    assert "identifiant-d-avant" in keys_of(outcome, "contrats_partenaires")
    lost = outcome.issues[outcome.issues["code"] == "identifiant-disparu"]
    assert lost["value"].tolist() == ["alpes-paniers-de-services", "alpes-comite-pilotage-un-comite"]
    assert lost["file"].unique().tolist() == ["referentiels/identifiants.csv"]
    for cell, value in zip(lost["cell"], lost["value"], strict=True):
        assert cell.startswith("C")
        assert held[int(cell[1:]) - 1][2] == value
    assert "« Actions »" in lost["message"].iloc[0]
    assert "contrats/alpes, Actions, ligne 3." in lost["message"].iloc[0]
    assert "ressemble" not in lost["message"].iloc[1]
    assert lost["advice"].str.contains("Recollez-le").all()
    new = outcome.issues[outcome.issues["code"] == "identifiant-nouveau"]
    assert new["value"].tolist() == ["alpes-paniers-de-service-et-produits"]
    assert new["cell"].tolist() == ["A3"]
    assert outcome.refused
    assert outcome.tables["identifiants_retires"]["table_code"].tolist() == ["indicateurs"]
