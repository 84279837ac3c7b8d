"""Rows made when they are asked for: the same as if all were held, found by what they hold and what is about them."""

from __future__ import annotations

import gc
import shutil
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publish.folder import NotAReleaseError, ReleaseFolder
from pipelines.site import tables as site_tables
from pipelines.site.model import SiteData
from pipelines.site.places import About, Groups, Index, numbered
from pipelines.site.rows import Rows, values_of
from pipelines.site.tables import ReleaseTables, SiteTables
from tests.site.made_site import made_site

TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "é", ""])), max_size=12)
KEYS = ("x", "y", "z")


def texts(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


@settings(deadline=None)
@given(TEXTS)
def test_an_index_finds_every_row_of_a_value_in_order(values: list[str | None]) -> None:
    index = Index(texts(values))
    for value in ("a", "b", "é", "", "jamais"):
        assert list(index[value]) == [place for place, held in enumerate(values) if held == value]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*KEYS, None, "perdu"]), max_size=12))
def test_an_index_of_keys_is_the_same_even_when_one_is_lost(values: list[str | None]) -> None:
    known = {key: place for place, key in enumerate(KEYS)}
    index = Index(texts(values), texts(list(KEYS)), known)
    for value in (*KEYS, "perdu", "jamais"):
        assert list(index[value]) == [place for place, held in enumerate(values) if held == value]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["t", "u", "inconnue", None]), st.sampled_from([*KEYS, "perdu", None]))))
def test_what_is_about_a_row_is_found_by_its_table_and_its_place(named: list[tuple[str | None, str | None]]) -> None:
    tables, keys = texts([table for table, _ in named]), texts([key for _, key in named])
    about = About(tables, keys, lambda name: texts(list(KEYS)) if name in ("t", "u") else None)
    for table in ("t", "u", "inconnue"):
        for place, key in enumerate(KEYS):
            wanted = [here for here, name in enumerate(named) if name == (table, key) and table != "inconnue"]
            assert list(about.of(table, place)) == wanted
        there, here = about.pairs(table)
        assert [named[place] for place in here] == [(table, KEYS[place]) for place in there]


@settings(deadline=None)
@given(st.lists(st.integers(-1, 3)))
def test_groups_hold_the_places_they_are_given(numbers: list[int]) -> None:
    places = np.arange(len(numbers))[::-1]
    groups = Groups(np.array(numbers, dtype=np.int32), 4, places)
    assert [list(groups[number]) for number in range(4)] == [
        [int(places[row]) for row, held in enumerate(numbers) if held == number] for number in range(4)
    ]


@pytest.mark.parametrize(
    "values",
    [texts(["a", "b", None, "c"]), texts(["a", None, "a", "a"]), pa.array([1, None, 1, 1]), pa.array([True, None])],
    ids=["distinct", "repeated", "numbers", "booleans"],
)
def test_a_value_is_found_by_its_place_and_said_unless_it_is_missing(values: pa.Array) -> None:
    plain, said = values_of(values), values_of(values, lambda value: f"<{value}>")
    for place, value in enumerate(values.to_pylist()):
        assert plain(place) == value
        assert said(place) == (None if value is None else f"<{value}>")


def test_missing_numbers_are_told_apart() -> None:
    assert numbered(pa.array([2, None, 0])).tolist() == [2, -1, 0]


@pytest.fixture(scope="module")
def data() -> SiteData:
    return made_site(
        {
            "contrats": [{"contrat_id": f"c{n}", "nom": f"Contrat {n}", "statut_code": "signe"} for n in range(5)],
            "actions": [
                {"action_id": f"a{n}", "contrat_id": f"c{n % 2}", "intitule": f"Action {n}", "date_debut": "2016-05-04"}
                for n in range(6)
            ],
        }
    )


def test_rows_are_a_sequence(data: SiteData) -> None:
    rows = data.last.facts.of("actions", "contrat_id", "c1")
    assert len(rows) == 3
    assert [row.key for row in rows] == ["a1", "a3", "a5"]
    assert rows[0] in rows
    assert rows[0] not in rows[1:]
    assert data.last.facts.rows("contrats")[1] not in rows  # of another table, though at the same place
    assert isinstance(rows[1:], Rows)
    assert rows[-1].key == "a5"
    assert rows[1:].anchors == ["actions-a3", "actions-a5"] == [row.anchor for row in rows[1:]]
    assert list(rows.values("intitule")) == [row["intitule"] for row in rows]
    assert list(rows.values("colonne_de_demain")) == [None, None, None]
    with pytest.raises(IndexError):
        rows[3]


def test_what_no_row_holds_is_no_row(data: SiteData) -> None:
    facts = data.last.facts
    assert not facts.of("actions", "contrat_id", "c4")
    assert not facts.of("actions", "contrat_id", None)
    assert not facts.of("actions", "colonne_de_demain", "c1")
    assert facts.get("actions", "jamais") is None
    assert not facts.citing("actions", frozenset({"s"}))


def test_a_date_is_no_more_precise_than_it_is_known() -> None:
    row = {"action_id": "a", "contrat_id": "c", "date_debut": "2016-05-01", "date_debut_precision": "mois"}
    facts = made_site({"contrats": [{"contrat_id": "c"}], "actions": [row]}).last.facts
    found = facts.get("actions", "a")
    assert found is not None
    assert found["date_debut"] == {
        "fr": "mai\N{NO-BREAK SPACE}2016",
        "en": "May\N{NO-BREAK SPACE}2016",
        "iso": "2016-05",
    }


def test_a_table_without_its_keys_shows_nothing(data: SiteData) -> None:
    """A release of an older model may lack any column."""
    lacking = {"actions": "action_id", "divergences": "divergence_id", "citations": "source_id"}
    held = data.last.tables
    tables = SiteTables({**held, **{name: held[name].drop(columns=column) for name, column in lacking.items()}})
    facts = replace(data.last, tables=tables).facts
    assert not facts.of("actions", "contrat_id", "c1")
    assert facts.get("actions", "a1") is None
    contract = facts.get("contrats", "c1")
    assert contract is not None
    assert not facts.divergent(contract)
    assert facts.citations(contract) == []


def test_a_key_that_comes_twice_is_that_of_the_first() -> None:
    contracts = [{"contrat_id": key, "nom": f"{key} {n}"} for n, key in enumerate("aba")]
    facts = made_site(
        {"contrats": contracts, "actions": [{"action_id": "x", "contrat_id": "a"}, {"action_id": "y"}]}
    ).last.facts
    found = facts.get("contrats", "a")
    assert found is not None
    assert found["nom"] == "a 0"
    assert [row.key for row in facts.of("actions", "contrat_id", "a")] == ["x"]


def test_a_large_table_is_let_go_and_a_small_one_kept(outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [*_, last] = sorted((outputs / "releases").iterdir())
    tables = ReleaseTables(ReleaseFolder.open(last))
    kept = weakref.ref(tables["contrats"])
    monkeypatch.setattr(site_tables, "_SMALL", 0)
    let_go = weakref.ref(tables["actions"])
    gc.collect()
    assert kept() is not None
    assert let_go() is None
    assert len(tables["actions"]) > 0
    assert list(tables) == list(ReleaseFolder.open(last).resources)
    with pytest.raises(KeyError):
        tables["inconnue"]
    with pytest.raises(KeyError):
        tables.column("inconnue", "action_id")
    with pytest.raises(KeyError):
        tables.head("inconnue", 1)


@pytest.mark.parametrize("small", [0, 50_000])
def test_a_part_of_a_table_is_that_of_the_whole(outputs: Path, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(site_tables, "_SMALL", small)
    [*_, last] = sorted((outputs / "releases").iterdir())
    tables = ReleaseTables(ReleaseFolder.open(last))
    for name in tables:
        whole, held = ReleaseTables(ReleaseFolder.open(last))[name], SiteTables({name: tables[name]})
        assert tables.columns(name) == held.columns(name) == list(whole.columns)
        pd.testing.assert_frame_equal(tables.head(name, 2), whole.head(2))
        pd.testing.assert_frame_equal(held.head(name, 2), whole.head(2))
        for column in tables.columns(name):
            pd.testing.assert_series_equal(tables.column(name, column), whole[column])
    assert tables.columns("inconnue") == []


def test_a_part_of_a_table_that_cannot_be_read_is_told(outputs: Path, tmp_path: Path) -> None:
    [*_, last] = sorted((outputs / "releases").iterdir())
    shutil.copytree(last, tmp_path / "version")
    file = tmp_path / "version" / "parquet" / "actions.parquet"
    file.parent.chmod(0o755)
    file.chmod(0o644)
    file.write_bytes(b"rien")
    release = ReleaseFolder.open(tmp_path / "version")
    with pytest.raises(NotAReleaseError, match=r"actions.parquet manque ou ne se lit pas"):
        release.parquet_head("actions", 1)
    with pytest.raises(NotAReleaseError, match=r"actions.parquet manque ou ne se lit pas"):
        release.parquet("actions", ["action_id"])
