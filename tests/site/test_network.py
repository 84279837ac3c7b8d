from __future__ import annotations

import csv
import functools
import io
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.site import network
from pipelines.site.model import SiteData
from tests.chromium import watched_page
from tests.site.small_tables import small_tables

HOSTILE = "</script><script>alert('x')</script><!--"
CONTRACTS = ("alpes", "corse", "jura")
PARTNERS = ("a", "b", "c", "seul")


def tables(**rows: list[dict[str, object]]) -> dict[str, pd.DataFrame]:
    contracts = [
        {"contrat_id": id_, "nom": id_.title(), "est_parmi_les_20": False} for id_ in ("alpes", "corse", "jura")
    ]
    partners = [{"partenaire_id": id_, "nom": f"Partenaire {id_}", "est_groupe": False} for id_ in PARTNERS]
    usual: dict[str, list[dict[str, object]]] = {
        "contrats": [dict(one) for one in contracts],
        "partenaires": [dict(one) for one in partners],
    }
    return small_tables(**(usual | rows))


def role(partner: str, contract: str | None, code: str | None = "signataire", **cells: object) -> dict[str, object]:
    key = f"{contract}-{partner}-{code}"
    found = {"contrat_partenaire_id": key, "contrat_id": contract, "partenaire_id": partner, "role_code": code}
    return {**found, **cells}


def tied(found: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(found.itertuples(index=False, name=None))


def test_a_tie_comes_from_a_contract_a_group_an_action_or_the_nation() -> None:
    found = network.ties(
        tables(
            contrats_partenaires=[
                role("a", "alpes"),
                role("a", "alpes", "financeur"),
                role("b", None, groupe_code="paire"),
                role("c", None, None),
            ],
            contrats_groupes=[
                {"contrat_groupe_id": id_, "contrat_id": id_, "groupe_code": "paire"} for id_ in ("corse", "jura")
            ],
            actions=[{"action_id": "x", "contrat_id": "alpes"}, {"action_id": "y", "contrat_id": "alpes"}],
            actions_partenaires=[
                {"action_partenaire_id": id_, "action_id": id_, "partenaire_id": "b", "role_code": "financeur"}
                for id_ in ("x", "y")
            ],
        )
    )
    assert tied(found) == {
        ("alpes", "a", "signataire", "contrat", 1),
        ("alpes", "a", "financeur", "contrat", 1),
        ("alpes", "b", "financeur", "action", 2),
        ("corse", "b", "signataire", "groupe", 1),
        ("jura", "b", "signataire", "groupe", 1),
        ("", "c", "", "contrat", 1),
    }


def test_a_partner_counts_its_contracts_once_whatever_its_roles() -> None:
    small = tables(
        contrats_partenaires=[role("a", "alpes"), role("a", "alpes", "financeur"), role("a", "jura"), role("b", None)]
    )
    found = network.by_partner(small, network.ties(small)).set_index("partenaire_id")
    assert found["contrats"].to_dict() == {"a": 2, "b": 0, "c": 0, "seul": 0}
    assert found["est_national"].to_dict() == {"a": False, "b": True, "c": False, "seul": False}


def test_pairs_of_contracts_share_each_partner_once_and_never_through_the_nation() -> None:
    small = tables(
        contrats_partenaires=[
            *(role(partner, contract) for partner in "ab" for contract in ("jura", "alpes")),
            role("a", "alpes", "financeur"),
            role("a", "corse"),
            role("a", None),
            role("c", None),
        ]
    )
    found = network.by_pair_of_contracts(small, network.ties(small))
    assert tied(found) == {
        ("alpes", "jura", 2, "Partenaire a ; Partenaire b"),
        ("alpes", "corse", 1, "Partenaire a"),
        ("corse", "jura", 1, "Partenaire a"),
    }


@settings(deadline=None)
@given(
    held=st.frozensets(st.tuples(st.sampled_from("abc"), st.sampled_from(CONTRACTS))),
    most=st.integers(1, 3),
)
def test_pairs_are_every_two_contracts_of_every_partner_that_is_no_hub(
    held: frozenset[tuple[str, str]], most: int
) -> None:
    small = tables(contrats_partenaires=[role(partner, contract) for partner, contract in sorted(held)])
    of = {partner: {contract for other, contract in held if other == partner} for partner in "abc"}
    shared = {
        (one, other): [name for name in "abc" if {one, other} <= of[name] and len(of[name]) <= most]
        for one, other in combinations(CONTRACTS, 2)
    }
    assert tied(network.by_pair_of_contracts(small, network.ties(small), most)) == {
        (*pair, len(names), " ; ".join(f"Partenaire {name}" for name in names))
        for pair, names in shared.items()
        if names
    }


def test_the_graph_has_every_tie_once_and_words_in_both_languages() -> None:
    small = tables(contrats_partenaires=[role("a", "alpes"), role("a", "alpes", "inconnu"), role("b", None, None)])
    found = network.graph(small)
    assert [one["id"] for one in found["contrats"]] == ["alpes", "corse", "jura", ""]
    assert {one["id"]: one["contrats"] for one in found["partenaires"]} == {"a": 1, "b": 0}
    assert found["liens"] == [
        {"contrat": "", "partenaire": "b", "roles": [["", "contrat", 1]]},
        {"contrat": "alpes", "partenaire": "a", "roles": [["inconnu", "contrat", 1], ["signataire", "contrat", 1]]},
    ]
    assert found["roles"] == [
        ["signataire", "Signataire", "Signatory"],
        ["", "Rôle non précisé", "Role not stated"],
        ["inconnu", "inconnu", "inconnu"],
    ]
    assert found["categories"] == [["", "Catégorie non précisée", "Category not stated"]]


def test_empty_tables_make_an_empty_graph() -> None:
    small = small_tables(nomenclatures=[])
    assert json.loads(network.graph_json(network.graph(small))) == {
        "contrats": [],
        "partenaires": [],
        "liens": [],
        "roles": [],
        "categories": [],
    }
    assert network.by_pair_of_contracts(small, network.ties(small)).empty
    assert network.named_ties(small, network.ties(small)).empty


def test_hostile_names_end_no_script_and_come_back_whole() -> None:
    small = tables(
        contrats_partenaires=[role("a", "alpes")],
        partenaires=[{"partenaire_id": "a", "nom": HOSTILE, "est_groupe": False}],
    )
    text = network.graph_json(network.graph(small))
    assert "<" not in text
    assert json.loads(text)["partenaires"][0]["nom"] == HOSTILE


def test_the_graph_is_the_same_whatever_the_order_of_rows(data: SiteData) -> None:
    shuffled = {name: table.iloc[::-1].reset_index(drop=True) for name, table in data.last.tables.items()}
    shuffled["nomenclatures"] = data.last.tables["nomenclatures"]
    one, other = shuffled, data.last.tables
    assert network.graph_json(network.graph(one)) == network.graph_json(network.graph(other))
    pd.testing.assert_frame_equal(
        network.named_ties(one, network.ties(one)), network.named_ties(other, network.ties(other))
    )


def test_the_page_tells_every_tie_without_a_script(site: Path, data: SiteData) -> None:
    tables_ = data.last.tables
    found = network.ties(tables_)
    pairs = found[["contrat_id", "partenaire_id"]].drop_duplicates()
    page = (site / "reseau" / "index.html").read_text(encoding="utf-8")
    by_contract = page.split('id="par-contrat"')[1].split("</section>")[0]
    assert by_contract.count("/partenaires/") == len(pairs)
    by_partner = page.split('id="par-partenaire"')[1].split("</section>")[0]
    assert by_partner.count("/partenaires/") == len(tables_["partenaires"])
    rows = list(csv.DictReader(io.StringIO((site / "reseau" / "liens.csv").read_text(encoding="utf-8"))))
    assert len(rows) == len(found)
    written = json.loads((site / "reseau" / "reseau.json").read_text(encoding="utf-8"))
    assert len(written["liens"]) == len(pairs)
    assert "cytoscape" not in (site / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_the_graph_is_filtered_and_read_by_keyboard(served: str, data: SiteData) -> None:
    partners = network.by_partner(data.last.tables, network.ties(data.last.tables))
    name = str(partners["nom"].iloc[0])
    with watched_page() as watched:
        page = watched.page
        page.goto(f"{served}/en/reseau/")
        page.wait_for_selector("#reseau[data-pret]")
        page.focus("#reseau-plusieurs")
        page.keyboard.press("Space")
        everything = page.locator("#reseau-liste-partenaires button").count()
        assert everything == int(
            (partners["contrats"] > 0).sum() + ((partners["contrats"] == 0) & partners["est_national"]).sum()
        )
        page.focus("#reseau-recherche")
        page.keyboard.type(name.upper())
        assert 0 < page.locator("#reseau-liste-partenaires button").count() <= everything
        page.locator("#reseau-liste-partenaires button", has_text=name).first.focus()
        page.keyboard.press("Enter")
        assert page.inner_text("#reseau-fiche-titre").startswith(name)
        assert page.evaluate("document.activeElement.id") == "reseau-fiche-titre"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.href") == (
            f"{served}/en/partenaires/{partners['partenaire_id'].iloc[0]}/"
        )
        page.keyboard.press("Escape")
        assert page.is_hidden("#reseau-fiche")
        assert page.evaluate("document.activeElement.textContent").startswith(name)
        page.fill("#reseau-recherche", "zzzz")
        assert page.inner_text("#reseau-etat").startswith("Nothing matches")
        assert page.locator("#reseau-liste-contrats button").count() == 0
        assert not watched.elsewhere
        assert not watched.errors


@pytest.mark.slow
def test_the_page_says_when_the_graph_cannot_be_had(served: str) -> None:
    with watched_page() as watched:
        page = watched.page
        page.route("**/reseau.json", lambda route: route.fulfill(status=500))
        page.goto(f"{served}/reseau/")
        page.wait_for_function("document.getElementById('reseau-etat').textContent !== ''")
        assert "Les tables qui suivent" in page.inner_text("#reseau-etat")
        assert page.is_hidden("#reseau-toile")
        assert page.is_visible("#par-contrat")
