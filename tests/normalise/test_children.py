"""Cells of several values → rows of link tables."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.job import Outcome
from pipelines.normalise.children import all_children, split_items
from pipelines.text import clean
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


ITEM = re.compile(r"^(?P<value>[^=]*?)\s*(?:=\s*(?P<qualifier>[^:]*?)\s*(?::\s*(?P<detail>.*?)\s*)?)?$")


@given(st.lists(st.text(st.sampled_from("aé=:; «\u200b\u00a0"), max_size=12), max_size=5))
def test_split_items_says_what_it_would_say_cell_by_cell(typed: list[str]) -> None:
    cells = [clean(cell) for cell in typed]
    found = split_items(pd.Series(cells, index=range(3, 3 + len(cells)), dtype="str"))
    items = [(row, item.strip()) for row, cell in enumerate(cells, 3) for item in cell.split(";") if item.strip()]
    read = [(row, *(part or "" for part in match.groups())) for row, item in items if (match := ITEM.match(item))]
    assert list(found[["row", "value", "qualifier", "detail"]].itertuples(index=False, name=None)) == read
    assert len(read) == len(items)


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
