"""Cells of several values → rows of link tables."""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.job import Outcome
from pipelines.normalise.children import all_children, split_items
from tests.conftest import SmallSources


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("", []),
        (" ; ", []),
        ("a", [("a", "", "")]),
        ("a ; b;c ", [("a", "", ""), ("b", "", ""), ("c", "", "")]),
        ("a ;; b ;", [("a", "", ""), ("b", "", "")]),
        ("DGE = organisateur", [("DGE", "organisateur", "")]),
        ("DGE=organisateur:accueil", [("DGE", "organisateur", "accueil")]),
        ("DGE = organisateur : accueil du 5 : suite", [("DGE", "organisateur", "accueil du 5 : suite")]),
        ("DGE = : accueil", [("DGE", "", "accueil")]),
        ("Office : Lyon", [("Office : Lyon", "", "")]),
        ("a = b ; c", [("a", "b", ""), ("c", "", "")]),
    ],
)
def test_split_items(cell: str, items: list[tuple[str, str, str]]) -> None:
    parts = split_items(pd.Series([cell], index=[7], dtype="str"))
    assert list(parts[["value", "qualifier", "detail"]].itertuples(index=False, name=None)) == items
    assert parts["row"].tolist() == [7] * len(items)


def test_link_rows(sound: Outcome) -> None:
    tables = sound.tables
    markets = tables["actions_marches"]
    assert markets[["action_marche_id", "action_id", "marche_code"]].values.tolist() == [
        ["alpes-fiches-de", "alpes-fiches", "DE"],
        ["alpes-fiches-us", "alpes-fiches", "US"],
    ]
    parts = tables["actions_partenaires"][["action_id", "partenaire_id", "role_code"]].fillna("")
    assert parts.values.tolist() == [
        ["alpes-fiches", "cci-rhone-alpes", "technique"],
        ["alpes-fiches", "grande-traversee", ""],
        ["national-appui-en-ingenierie", "atout-france", ""],
    ]
    themes = tables["contrats_thematiques"][["contrat_id", "thematique_code"]]
    assert themes.values.tolist() == [["alpes", "itinerance"], ["alpes", "montagne_ete"]]
    assert tables["contrats_groupes"][["contrat_id", "groupe_code"]].values.tolist() == [["alpes", "occitanie_2022"]]


def test_a_participant_is_a_contract_or_a_partner(sound: Outcome) -> None:
    columns = ["evenement_id", "contrat_id", "partenaire_id", "role_code", "theme"]
    found = sound.tables["evenements_participants"][columns].fillna("")
    national = "national-journee-journee-des-contrats-2016-07-05"
    assert sorted(found.values.tolist()) == [
        ["alpes-journee", "", "cci-rhone-alpes", "participant", "accueil"],
        ["alpes-journee", "bretagne", "", "", ""],
        [national, "", "atout-france", "organisateur", ""],
        [national, "alpes", "", "", ""],
    ]


def test_a_partner_twice_with_another_role_or_another_theme(small_sources: SmallSources) -> None:
    parts = "GTA = technique ; GTA ; Grande Traversée des Alpes = signataire"
    small_sources.put("contrats/alpes/Actions", "Partenaires", parts)
    cell = small_sources.put(
        "contrats/alpes/Événements", "Participants", "GTA = participant : a ; GTA = participant : b"
    )
    workspace, known = small_sources.keyed()
    children = {child.table.name: child.frame for child in all_children(workspace, known)}
    issues = workspace.log.frame()
    assert issues[["code", "sheet", "cell", "value"]].values.tolist() == [["ligne-doublee", "Événements", cell, "GTA"]]
    found = children["actions_partenaires"]
    roles = found.loc[found["action_id"] == "alpes-fiches", "role_code"].fillna("").tolist()
    assert roles == ["technique", "", "signataire"]
    assert "alpes-journee" not in children["evenements_participants"]["evenement_id"].tolist()
