"""What the site shows of ten times the contracts: bounded pages, whole files, work that goes as the contracts."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.site import bounds, network
from pipelines.site.build import write_files
from pipelines.site.charts import all_charts
from pipelines.site.extras import site_maps
from pipelines.site.map import departments_csv, destinations_map
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.pages import Page, about, contracts, partners
from pipelines.site.pages import network as network_pages
from pipelines.site.places import Index
from pipelines.site.render import Links, Renderer
from pipelines.site.rows import TableRows
from pipelines.site.timeline import timeline
from schemas.registry import tables as declared_tables
from tests.site.made_site import MadePages, made_site, real_site, site_of
from tests.site.many_contracts import many_contracts

COPIES = 10
LIGHT = 120_000
"""Bytes that the map and the line of time, the only parts of the home page that grow, may take together."""

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return many_contracts(real_site().last.tables, COPIES)


@pytest.fixture(scope="module")
def data(tables: Tables) -> SiteData:
    return site_of(tables)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_copies_hold_together(tables: Tables) -> None:
    real = real_site().last.tables
    assert len(tables["contrats"]) == COPIES * len(real["contrats"]) > 400
    keys = {name: set(frame.iloc[:, 0]) for name, frame in tables.items()}
    for name, table in declared_tables().items():
        frame = tables[name]
        assert frame[table.key].is_unique, name
        for column in table.columns:
            if column.references is not None and column.name != table.key:
                assert set(frame[column.name].dropna()) <= keys[column.references], (name, column.name)
    cited = tables["citations"][["table_code", "ligne_id"]].drop_duplicates()
    assert all(key in keys[name] for name, key in cited.itertuples(index=False))
    assert len(tables["citations"]) > 0.8 * COPIES * len(real["citations"])


def test_the_network_shows_the_strongest_and_its_files_hold_all(data: SiteData, tables: Tables, tmp_path: Path) -> None:
    [page] = network_pages.pages(data)
    write_files(page, tmp_path)
    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in page.files}
    graph = json.loads(written["reseau/reseau.json"])
    assert len([one for one in graph["contrats"] if one["id"]]) == bounds.CONTRACTS
    assert {one["contrat"] for one in graph["liens"]} <= {one["id"] for one in graph["contrats"]}
    assert {one["partenaire"] for one in graph["liens"]} == {one["id"] for one in graph["partenaires"]}

    found = network.ties(tables)
    told = rows(written["reseau/liens.csv"])
    assert {(one["contrat_id"], one["partenaire_id"]) for one in told} == set(
        found[["contrat_id", "partenaire_id"]].itertuples(index=False, name=None)
    )
    pairs = rows(written["reseau/contrats-communs.csv"])
    hubs = network.hubs(found)
    assert "atout-france" in hubs
    assert len(pairs) > bounds.PAIRS
    shared = network.pairs(found)["partenaire_id"].value_counts()
    assert len(pairs) <= sum(n * (n - 1) // 2 for n in shared if n <= bounds.HUB)

    for language in LANGUAGES:
        text = Renderer(data, {page.path: page}).render(page, language)
        assert text.count("<tr>") < bounds.PARTNERS + bounds.PAIRS + 40 * bounds.CONTRACTS
        assert text.count("<option") < bounds.CONTRACTS + 100
        assert tables["partenaires"].set_index("partenaire_id")["nom"]["atout-france"] in text
        assert len(text) < 1_500_000


def test_strongest_contracts_are_those_with_the_most_partners() -> None:
    found = pd.DataFrame(
        [("a", "x"), ("a", "y"), ("b", "x"), ("c", "x"), ("c", "y"), ("c", "z"), ("", "x")],
        columns=["contrat_id", "partenaire_id"],
    )
    assert network.strongest_contracts(found, 2) == {"a", "c"}
    assert network.hubs(found, 2) == {"x"}
    assert network.hubs(found, 3) == frozenset()


def test_what_grows_on_the_home_page_stays_light(tables: Tables) -> None:
    real = real_site().last.tables
    for language in LANGUAGES:
        line = timeline(tables, lambda path: path, language)
        drawn = destinations_map(tables, lambda one: f"contrats/{one}/", language, "carte.csv")
        before = destinations_map(real, lambda one: f"contrats/{one}/", language)
        assert "carte.csv" in drawn and "carte.csv" not in before
        assert len(f"{line}".encode()) < 10_000
        assert len(drawn.encode()) - len(before.encode()) + len(f"{line}".encode()) < LIGHT
    whole = departments_csv(tables)
    assert whole is not None and departments_csv(real) is None
    found = {(one["departement_code"], one["contrat_id"]) for one in rows(whole)}
    assert len({contract for _, contract in found}) > bounds.CONTRACTS
    assert Counter(code for code, _ in found).most_common(1)[0][1] > bounds.PLACE


def test_a_bar_a_year_counts_every_contract_once(tables: Tables) -> None:
    drawn = timeline(tables, lambda path: path, "fr")
    counts = [int(text.split("<")[0]) for text in drawn.split('class="barres-valeur">')[1:]]
    assert sum(counts) == len(tables["contrats"])
    assert 'href="contrats/"' in drawn


def test_charts_show_the_first_rows_and_their_files_all(tables: Tables) -> None:
    found = {chart.name: chart for chart in all_charts(tables, lambda path: f"../{path}")}
    grid = found["actions-par-contrat-et-axe"]
    lines = grid.svg["fr"].count("<tr>")
    assert lines <= bounds.CONTRACTS + 2
    assert grid.svg["fr"].startswith(f"<p>Les {bounds.CONTRACTS} contrats")
    assert len(rows(found["frise-des-contrats"].csv)) == len(tables["contrats"])
    assert {one["contrat_id"] for one in rows(grid.csv)} >= set(tables["contrats"]["contrat_id"])
    for chart in found.values():
        assert len(chart.rows("fr")) <= bounds.ROWS, chart.name
        assert len(chart.svg["fr"]) < 200_000, chart.name


def test_a_contract_of_a_large_group_names_some_of_the_others() -> None:
    keys = [f"c{n:03d}" for n in range(bounds.MEMBERS + 20)]
    site = made_site(
        {
            "contrats": [{"contrat_id": key, "nom": f"Contrat {key}"} for key in keys],
            "contrats_groupes": [{"contrat_groupe_id": key, "contrat_id": key, "groupe_code": "huit"} for key in keys],
        }
    )
    page = MadePages.of(site).read("contrats/c007/")
    named = {href for href, text in page.links if text.startswith("Contrat c")}
    assert bounds.MEMBERS <= len(named) <= bounds.MEMBERS + 1
    assert any(
        href.endswith("latest/csv/contrats_groupes.csv") for href, text in page.links if text.startswith("contrats_g")
    )


def test_a_contract_of_many_actions_shows_the_first_and_leads_to_all() -> None:
    many = bounds.FACTS + 1_234
    actions = [
        {"action_id": f"a{n:04d}", "contrat_id": "alpes", "intitule": f"Action {n}", "outil_id": "carte"}
        for n in range(many)
    ]
    site = made_site(
        {
            "contrats": [{"contrat_id": "alpes", "nom": "Alpes"}],
            "actions": actions,
            "outils": [{"outil_id": "carte", "contrat_id": "alpes", "intitule": "Carte"}],
            "partenaires": [{"partenaire_id": "tous", "nom": "Partenaire de toutes"}],
            "actions_partenaires": [
                {"action_partenaire_id": f"p{n:04d}", "action_id": f"a{n:04d}", "partenaire_id": "tous"}
                for n in range(many)
            ],
        }
    )
    made = MadePages.of(site)
    for path, table in (("contrats/alpes/", "actions"), ("partenaires/tous/", "actions_partenaires")):
        for language in LANGUAGES:
            text = Renderer(site, made.pages).render(made.pages[path], language)
            assert text.count(f'id="{table}-') == bounds.FACTS
            assert f'Actions <span class="compte">{many}</span>' in text
            assert f'href="{"../" * (2 + (language == "en"))}latest/csv/{table}.csv">{table}.csv</a>' in text
            assert ("(1\u202f234)" if language == "fr" else "(1,234)") in text
    contract = Renderer(site, made.pages).render(made.pages["contrats/alpes/"], "fr")
    assert "et 1\u202f484 autres" in contract, "actions beside their tool"


def test_a_partner_s_page_leads_to_where_an_action_is_shown() -> None:
    last = bounds.FACTS - 1
    actions = [{"action_id": f"a{n:04d}", "contrat_id": "alpes", "intitule": f"Action {n}"} for n in range(last + 2)]
    named = (last, last + 1)
    site = made_site(
        {
            "contrats": [{"contrat_id": "alpes", "nom": "Alpes"}],
            "actions": actions,
            "partenaires": [{"partenaire_id": "un", "nom": "Un partenaire"}],
            "actions_partenaires": [
                {"action_partenaire_id": f"p{n}", "action_id": f"a{n:04d}", "partenaire_id": "un"} for n in named
            ],
        }
    )
    made = MadePages.of(site)
    text = Renderer(site, made.pages).render(made.pages["partenaires/un/"], "fr")
    assert f'<a href="../../contrats/alpes/#actions-a{last:04d}">Action {last}</a>' in text
    assert f'<a href="../../donnees/actions/#apercu&amp;f.action_id=a{last + 1:04d}">Action {last + 1}</a>' in text


def test_a_partner_of_many_contracts_shows_the_first_and_counts_all(data: SiteData, tables: Tables) -> None:
    roles = tables["contrats_partenaires"]
    held = roles[roles["partenaire_id"] == "atout-france"]
    assert len(held) > bounds.FACTS
    page = next(page for page in partners.pages(data) if page.path == "partenaires/atout-france/")
    text = Renderer(data, {page.path: page}).render(page, "fr")
    assert text.count('id="contrats_partenaires-') == bounds.FACTS
    places = held[["contrat_id", "groupe_code"]].drop_duplicates()
    assert f'Contrats et rôles <span class="compte">{len(places)}</span>' in text
    assert len(text) < 1_000_000


def test_a_site_map_beyond_the_limit_is_an_index_of_several() -> None:
    site = made_site({})
    paths = [f"contrats/c{n}/" for n in range(5)]
    [(alone, whole)] = site_maps(site, paths, 5)
    assert alone == "sitemap.xml"
    several = dict(site_maps(site, paths, 2))
    assert list(several) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    assert several["sitemap.xml"].count("<loc>") == 3
    assert "https://example.org/contrats/sitemap-3.xml" in several["sitemap.xml"]
    assert sum(text.count("<url>") for text in several.values()) == whole.count("<url>") == 10
    assert dict(site_maps(site, [], 2))["sitemap.xml"].endswith("</urlset>\n")


def test_the_plan_of_the_site_lists_no_part_too_large(data: SiteData) -> None:
    plan = next(page for page in about.pages(real_with_templates(data)) if page.path == "plan/")
    listed = [Page(path=f"contrats/c{n}/", template="", title=plan.title, description=plan.title) for n in range(501)]
    head = Page(path="contrats/", template="", title=plan.title, description=plan.title)
    pages = {page.path: page for page in (head, *listed, plan)}
    text = Renderer(data, pages).render(plan, "fr")
    assert "501 pages" in text
    assert text.count("contrats/c") == 0
    del pages["contrats/c7/"]
    assert Renderer(data, pages).render(plan, "fr").count("contrats/c") == 500


def real_with_templates(data: SiteData) -> SiteData:
    """The data with no blank workbook, which takes the sources of a release."""
    data.last.__dict__["templates"] = {}
    return data


def test_work_goes_as_the_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the contracts, twice the links, and no table is read again: counted, not timed."""
    counts: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            counts[name] += 1
            return real(*given, **named)

        return counted

    monkeypatch.setattr(Links, "_relative", counting("links", Links._relative))
    monkeypatch.setattr(TableRows, "__init__", counting("tables", TableRows.__init__))
    monkeypatch.setattr(Index, "__init__", counting("columns", Index.__init__))
    monkeypatch.setattr(Renderer, "render", counting("pages", Renderer.render))

    def work(copies: int) -> tuple[Counter[str], int]:
        counts.clear()
        site = site_of(many_contracts(real_site().last.tables, copies))
        pages = {page.path: page for page in some(contracts.pages(site))}
        renderer = Renderer(site, pages)
        size = sum(len(renderer.render(page, "fr")) for page in pages.values())
        return Counter(counts), size

    one, size_of_one = work(2)
    two, size_of_two = work(4)
    assert two["pages"] - 1 == 2 * (one["pages"] - 1)
    assert two["tables"] == one["tables"] <= len(declared_tables())
    assert two["columns"] == one["columns"] <= sum(len(table.published) for table in declared_tables().values())
    assert two["links"] < 2.1 * one["links"]
    assert size_of_two < 2.1 * size_of_one


def some(pages: Iterator[Page]) -> Iterator[Page]:
    """The list, then the pages of the first contract and its copies, which grow with nothing else."""
    yield next(pages)
    yield from (page for page in pages if page.path.startswith("contrats/a"))
