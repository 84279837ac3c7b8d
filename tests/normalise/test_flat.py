"""The three flat tables: labels beside codes, lists joined, counts."""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.job import Outcome
from pipelines.normalise.flat import joined
from schemas.declaration import Family
from schemas.registry import tables


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_joined_keeps_order_and_drops_blanks_and_doubles() -> None:
    found = joined(text("b", "a", "b", "b", "a", None), text("2", "1", "1", "2", None, "9"))
    assert found.to_dict() == {"b": "2 ; 1", "a": "1"}
    assert joined(text(), text()).empty


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
