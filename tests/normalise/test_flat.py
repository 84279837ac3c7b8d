"""The three flat tables: labels beside codes, lists joined, counts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.job import Outcome
from pipelines.normalise.flat import joined
from schemas.declaration import Family
from schemas.registry import tables


def test_joined_keeps_order_and_drops_blanks_and_doubles() -> None:
    owners, values = (
        np.array([1, 0, 1, 1, 0, -1, 2]),
        pa.array(["2", "1", "1", "2", None, "9", None], pa.large_string()),
    )
    assert joined(owners, values, 4).to_pylist() == ["1", "2 ; 1", None, None]
    assert joined(owners, values, 4, [np.array([1, 1, 0, 1, 1, 1, 1])]).to_pylist() == ["1", "1 ; 2", None, None]
    assert joined(owners[:0], values[:0], 1).to_pylist() == [None]


OWNER, WORD = st.integers(-1, 3), st.sampled_from(["a", "b", "é", "", None])


@given(st.lists(st.tuples(OWNER, WORD, st.integers(0, 2), st.integers(0, 2))))
def test_joined_says_what_it_would_say_row_by_row(rows: list[tuple[int, str | None, int, int]]) -> None:
    held: dict[int, dict[str, None]] = {}
    for owner, value, *_ in sorted(rows, key=lambda row: row[2:]):
        if owner >= 0 and value is not None:
            held.setdefault(owner, {})[value] = None
    owners, first, second = (np.array([row[part] for row in rows], dtype="int64") for part in (0, 2, 3))
    found = joined(owners, pa.array([row[1] for row in rows], pa.large_string()), 4, [first, second])
    assert found.to_pylist() == [" ; ".join(held[owner]) if owner in held else None for owner in range(4)]


@pytest.mark.parametrize("name", [name for name, table in tables().items() if table.family is Family.FLAT])
def test_flat_tables_have_their_columns(name: str, sound: Outcome) -> None:
    frame = sound.tables[name]
    assert list(frame.columns) == [column.name for column in tables()[name].published]
    assert frame[tables()[name].key].is_unique


def test_contracts(sound: Outcome) -> None:
    frame = sound.tables["contrats_a_plat"].set_index("contrat_id")
    alpes, bretagne = frame.loc["alpes"], frame.loc["bretagne"]
    assert alpes["generation"] == "Vague 1 (16 décembre 2014)"
    assert alpes["statut"] == "Signé"
    assert alpes["thematiques"] == "Itinérance ; Montagne en été"
    assert alpes["territoires"] == "Rhône-Alpes"
    assert alpes["zones_codes"] == "region 82"
    assert alpes["chefs_de_file"] == "Grande Traversée des Alpes"
    assert alpes["denominations"] == "Voyages dans les Alpes"
    assert alpes["sources"] == "alp3 ; bre1 ; jdc2016"
    assert (alpes["nombre_partenaires"], alpes["nombre_actions"]) == (2, 2)
    assert (bretagne["nombre_partenaires"], bretagne["nombre_actions"]) == (1, 0)
    assert bool(alpes["est_parmi_les_20"])
    assert not bool(bretagne["est_parmi_les_20"])
    assert bretagne[["statut", "territoires", "thematiques", "chefs_de_file"]].isna().all()


def test_partners(sound: Outcome) -> None:
    frame = sound.tables["partenaires_a_plat"].set_index("partenaire_a_plat_id")
    assert frame.index.tolist() == ["alpes-cci-rhone-alpes", "alpes-grande-traversee", "bretagne-crt-bretagne"]
    one = frame.loc["alpes-cci-rhone-alpes"]
    assert one["contrat_nom"] == "Voyage dans les Alpes"
    assert one["partenaire_nom"] == "Chambre de commerce de Rhône-Alpes"
    assert (one["categorie_code"], one["categorie"]) == ("chambre_consulaire", "Chambre consulaire")
    assert (one["roles_codes"], one["roles"]) == ("technique", "Partenaire technique")
    assert (one["zone_type_code"], one["zone_code"], one["siren"]) == ("region", "82", "187300009")
    assert one["sources"] == "jdc2016"


def test_actions(sound: Outcome) -> None:
    frame = sound.tables["actions_a_plat"].set_index("action_id")
    one = frame.loc["alpes-fiches"]
    assert one["contrat_nom"] == "Voyage dans les Alpes"
    assert sorted(one["marches"].split(" ; ")) == ["Allemagne", "États-Unis"]
    assert one["partenaires"] == "Chambre de commerce de Rhône-Alpes ; Grande Traversée des Alpes"
    assert one["outil"] == "Guide d’accueil"
    assert one["axe"] == "Structuration et qualification de l’offre"
    assert one["statut"] == "Réalisée"
    assert one["sources"] == "alp3 ; bre1 ; jdc2016"
    national = frame.loc["national-appui-en-ingenierie"]
    assert national[["contrat_id", "contrat_nom", "outil", "marches"]].isna().all()
    assert national["partenaires"] == "Atout France"
