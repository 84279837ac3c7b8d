"""A reuser's journeys through the download site of the real sheets, served as on a laptop, in a real browser.

Belongs here: what someone does from page to page, by mouse, keyboard, touch, or without JavaScript. Does not belong
here: what one script or one template does (``tests/site``).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import duckdb
import pandas as pd
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from pipelines.job import codes_of, run
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.release import write_release
from pipelines.site.build import build_site
from tests.chromium import Watched, watched_page

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
SOURCES = PROJECT / "sources"
OLD, LAST = (dt.date(2026, 11, day) for day in (8, 15))
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
RICH = "alpes"
CONTRACTS = (RICH, "bordeaux", "caraibe-v1", "grand-ouest-v1", "louvre-lens")
ATOM = "{http://www.w3.org/2005/Atom}"
LISTENING = re.compile(r"http://127\.0\.0\.1:\d+/")


@dataclass(frozen=True)
class Served:
    """The site while it is served: where, from which folder, and the tables that its last release publishes."""

    url: str
    outputs: Path
    tables: dict[str, pd.DataFrame]
    address: str
    """The address that it says to be at."""

    def here(self, address: str) -> str:
        """An address that a page gives, on this machine."""
        assert address.startswith(f"{self.address}/"), address
        return self.url + address.removeprefix(f"{self.address}/")

    def rows(self, table: str, contract: str) -> pd.DataFrame:
        """The rows of a table that are a contract's own."""
        return self.tables[table].loc[lambda frame: frame["contrat_id"] == contract]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    outputs = tmp_path_factory.mktemp("sorties")
    outcome = run(SOURCES)
    assert not outcome.refused
    description = load_description(SOURCES / DESCRIPTION_FILE)
    codes = codes_of(outcome.tables["nomenclatures"])
    contracts = outcome.tables["contrats"]
    older = contracts.assign(remarque=contracts["remarque"].mask(contracts["contrat_id"] == RICH, "À revoir."))
    for day, tables in ((OLD, outcome.tables | {"contrats": older}), (LAST, outcome.tables)):
        write_release(tables, outcome.issues, description, codes, outputs, day, sources_dir=SOURCES)
    build_site(outputs)
    command = [sys.executable, "-m", "pipelines", "serve", "--outputs", str(outputs), "--port", "0"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            said = server.stdout.readline()
            found = LISTENING.search(said)
            assert found is not None, said
            folder = outputs / "latest" / "csv"
            tables = {file.stem: pd.read_csv(file, dtype="str") for file in sorted(folder.glob("*.csv"))}
            canonical = re.search(
                r'rel="canonical" href="([^"]+)/"', (outputs / "site" / "index.html").read_text(encoding="utf-8")
            )
            assert canonical is not None
            yield Served(found[0], outputs, tables, canonical[1])
        finally:
            server.terminate()


@contextmanager
def reader(**options: object) -> Iterator[Page]:
    """Someone's page, which must ask nothing of another host and complain of nothing."""
    with watched_page(reduced_motion="reduce", **options) as watched:
        yield watched.page
        assert_quiet(watched)


def assert_quiet(watched: Watched) -> None:
    assert watched.elsewhere == []
    assert watched.errors == []


@pytest.fixture
def page() -> Iterator[Page]:
    with reader() as found:
        yield found


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310  (the server of this test)
        return bytes(answer.read())


def downloaded(page: Page, act: Callable[[], None]) -> Download:
    with page.expect_download() as waiting:
        act()
    return waiting.value


def plain(text: str) -> str:
    """Text whose spaces are all alike."""
    return " ".join(text.split())


def at(page: Page, path: str) -> None:
    """The page is at a path of the site."""
    expect(page).to_have_url(re.compile(rf"^http://127\.0\.0\.1:\d+/{re.escape(path)}(?:#.*)?$"))


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(selector) => document.activeElement.matches(selector)", selector))


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Presses Tab until an element has the focus, which must show, by its outline or its colour."""
    colour = page.evaluate("(selector) => getComputedStyle(document.querySelector(selector)).fill", selector)
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page, selector):
            page.wait_for_function(
                "(colour) => (({ outlineStyle, fill }) => outlineStyle !== 'none' || fill !== colour)"
                "(getComputedStyle(document.activeElement))",
                arg=colour,
            )
            return
    pytest.fail(f"{most} times Tab does not lead to {selector} on {page.url}")


# --- Downloads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xlsx", "csv", "parquet"])
def test_two_clicks_lead_from_home_to_a_file_of_the_stated_digest(served: Served, page: Page, form: str) -> None:
    page.goto(served.url)
    page.locator("section", has=page.locator("#telecharger")).get_by_role("link", name="Contrats", exact=True).click()
    at(page, "donnees/contrats_a_plat/")
    row = page.get_by_role("row").filter(has=page.locator(f"#somme-{form}"))
    file = downloaded(page, row.get_by_role("link").click)
    assert file.suggested_filename == f"contrats_a_plat.{form}"
    assert digest(file.path()) == row.locator(f"#somme-{form}").inner_text()


@pytest.mark.parametrize("name", ["contrats-de-destination.xlsx", "contrats-de-destination.zip"])
def test_two_clicks_lead_from_home_to_everything_of_the_stated_digest(served: Served, page: Page, name: str) -> None:
    page.goto(served.url)
    page.get_by_role("link", name="À jour au").click()
    at(page, f"versions/{LAST}/")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
    file = downloaded(page, row.get_by_role("link").click)
    assert file.suggested_filename == name
    assert digest(file.path()) == row.locator(".somme").inner_text()


def test_one_click_on_the_home_page_gives_everything(served: Served, page: Page) -> None:
    page.goto(served.url)
    button = page.get_by_role("link", name="Tout télécharger (Excel)")
    expect(button).to_be_in_viewport()
    file = downloaded(page, button.click)
    assert digest(file.path()) == digest(served.outputs / "latest" / file.suggested_filename)


# --- A table ----------------------------------------------------------------------------------------------------------


def test_a_selection_of_a_table_is_what_pandas_selects(served: Served, page: Page) -> None:
    page.goto(f"{served.url}donnees/financements/")
    page.get_by_role("searchbox").fill("Alsace")
    status = page.locator(".apercu-bilan")
    expect(status).to_contain_text("sur 78")
    page.get_by_text("Filtrer par colonne").click()
    page.get_by_role("combobox", name="Nature").select_option(label="Apport")
    expect(page.locator(".apercu-poses")).to_contain_text("Nature")
    page.get_by_role("button", name="Montant (€)").click()
    expect(page.get_by_role("columnheader", name="Montant (€)")).to_have_attribute("aria-sort", "ascending")
    file = downloaded(page, page.get_by_role("button", name="Télécharger la sélection").click)
    found = pd.read_csv(file.path(), dtype="str")
    table = served.tables["financements"]
    said = table.fillna("").agg(" ".join, axis="columns").str.lower()
    expected = table[said.str.contains("alsace") & (table["nature_code"] == "apport")]
    assert len(expected) > 1
    pd.testing.assert_frame_equal(
        found.sort_values("financement_id", ignore_index=True),
        expected.sort_values("financement_id", ignore_index=True),
    )
    amounts = found["montant_eur"].astype("float64").dropna()
    assert amounts.is_monotonic_increasing


def test_copied_snippets_run(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    with reader(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{served.url}donnees/actions/")

        def copied(name: str) -> str:
            page.get_by_text(name, exact=True).click()
            block = page.locator("details", has=page.get_by_text(name, exact=True))
            if not block.evaluate("(block) => block.open"):
                page.get_by_text(name, exact=True).click()
            block.get_by_role("button").click()
            expect(block.get_by_role("status")).to_have_text("Copié")
            text = str(page.evaluate("navigator.clipboard.readText()"))
            assert f"{served.address}/latest/" in text
            return text

        python, sql = copied("Python (pandas)"), copied("SQL (DuckDB)")
    rows = len(served.tables["actions"])

    ran = f"{python.replace(f'{served.address}/', served.url)}\nprint(len(actions), *actions.columns)"
    done = subprocess.run([sys.executable, "-c", ran], check=True, capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.split() == [str(rows), *served.tables["actions"].columns]

    with duckdb.connect() as connection:
        try:
            connection.execute("LOAD httpfs")
            where = served.url
        except duckdb.Error:  # the extension is downloaded, which a test does not do
            where = f"{served.outputs}/"
            sql = sql.replace("INSTALL httpfs;", "").replace("LOAD httpfs;", "")
            with capsys.disabled():
                print("\nDuckDB n’a pas httpfs : son extrait lit le fichier du disque.")
        found = connection.sql(sql.replace(f"{served.address}/", where).replace("INSTALL httpfs;", ""))
        assert found.columns == list(served.tables["actions"].columns)
        assert len(found.fetchall()) == 10


def test_sentences_of_a_table_are_said_to_be_french_on_english_pages(served: Served, page: Page) -> None:
    sentence = max(served.tables["actions"]["intitule"].dropna(), key=len)
    for language, french in (("en/", True), ("", False)):
        with urllib.request.urlopen(f"{served.url}{language}donnees/actions/") as answer:  # noqa: S310  (our own server)
            assert (b'<div class="borne" lang="fr">' in answer.read()) is french
    page.goto(f"{served.url}en/donnees/actions/")
    page.get_by_role("searchbox").fill(sentence[:40])
    cell = page.get_by_role("cell", name=sentence, exact=True)
    expect(cell).to_have_attribute("lang", "fr")


# --- Contracts and partners -------------------------------------------------------------------------------------------


def test_the_language_changes_in_place_and_back(served: Served, page: Page) -> None:
    page.goto(f"{served.url}contrats/{RICH}/")
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("list", name="Langue").get_by_text("EN").click()
    at(page, f"en/contrats/{RICH}/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("heading", name="Partners")).to_be_visible()
    page.get_by_role("list", name="Language").get_by_text("FR").click()
    at(page, f"contrats/{RICH}/")
    expect(page.get_by_role("heading", name="Partenaires")).to_be_visible()


def test_a_partner_leads_from_a_contract_to_another(served: Served, page: Page) -> None:
    page.goto(f"{served.url}contrats/{RICH}/")
    page.locator("#partenaires").get_by_role("link", name="Atout France").click()
    at(page, "partenaires/atout-france/")
    ties = served.tables["contrats_partenaires"]
    theirs = ties.loc[ties["partenaire_id"] == "atout-france", "contrat_id"].dropna()
    other = next(contract for contract in theirs if contract != RICH)
    page.locator(f'#contrats a[href$="/{other}/"]').first.click()
    at(page, f"contrats/{other}/")
    expect(page.locator("#partenaires").get_by_role("link", name="Atout France").first).to_be_visible()


def test_a_note_leads_to_its_source(served: Served, page: Page) -> None:
    page.goto(f"{served.url}contrats/{RICH}/")
    note = page.locator("#identite .notes a").first
    source = (note.get_attribute("href") or "").removeprefix("#sources-")
    number = note.inner_text()
    note.click()
    entry = page.locator(f'[id="sources-{source}"]')
    expect(entry).to_be_in_viewport()
    told = served.tables["sources"].set_index("source_id").loc[source]
    assert plain(str(told["titre"])) in plain(entry.inner_text()).replace("\u202f", " ")
    expect(entry.locator(f'a[href="{told["url"]}"]').first).to_be_visible()
    assert page.locator(".bibliographie > li").nth(int(number) - 1).get_attribute("id") == f"sources-{source}"


def test_what_sources_dispute_stands_side_by_side(served: Served, page: Page) -> None:
    page.goto(f"{served.url}contrats/{RICH}/")
    page.get_by_role("link", name="divergence : date de signature").first.click()
    disputes, versions = served.rows("divergences", RICH), served.tables["divergences_valeurs"]
    assert len(disputes) > 1
    expect(page.locator(".divergence")).to_have_count(len(disputes))
    for key in disputes["divergence_id"]:
        article = page.locator(f'.divergence[id$="{key}"]')
        cells = article.locator("tbody tr").first.locator("td")
        said = versions.loc[versions["divergence_id"] == key, "valeur_citee"].nunique()
        assert cells.count() == said > 1
        boxes = [one.bounding_box() for one in cells.all()]
        assert len({box["y"] for box in boxes if box}) == 1
        assert len({box["x"] for box in boxes if box}) == said


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_is_read_whole(served: Served, page: Page, contract: str) -> None:
    page.goto(f"{served.url}contrats/{contract}/")
    read = plain(page.locator("main").inner_text())
    said = {
        "contrats": ["nom", "objectif", "marque", "remarque"],
        "actions": ["intitule", "remarque"],
        "financements": ["libelle", "remarque"],
        "gouvernance": ["description"],
        "indicateurs": ["libelle"],
        "outils": ["intitule"],
        "evenements": ["intitule", "lieu"],
        "contrats_territoires": ["libelle"],
        "contrats_denominations": ["denomination"],
        "divergences": ["sujet", "lecture"],
    }
    missing = [
        (table, column, text)
        for table, columns in said.items()
        for column in columns
        for text in served.rows(table, contract)[column].dropna()
        if plain(text) not in read
    ]
    assert missing == []
    partners = served.tables["partenaires"].set_index("partenaire_id")["nom"]
    assert [
        one for one in served.rows("contrats_partenaires", contract)["partenaire_id"] if partners[one] not in read
    ] == []


def test_a_printed_contract_has_its_facts_and_no_navigation(served: Served, page: Page, tmp_path: Path) -> None:
    page.goto(f"{served.url}contrats/{RICH}/")
    page.emulate_media(media="print")
    for unwanted in ("nav", ".langues", ".evitement"):
        for one in page.locator(unwanted).all():
            expect(one).to_be_hidden()
    printed = tmp_path / "contrat.pdf"
    page.pdf(path=printed, format="A4")
    content = printed.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) > 1
    if shutil.which("pdftotext") is None:
        return
    text = subprocess.run(["pdftotext", str(printed), "-"], check=True, capture_output=True).stdout.decode()
    assert "Voyage dans les Alpes" in text
    assert "Grande Traversée des Alpes" in text
    assert "Accueil" not in text


# --- Map, network, charts ---------------------------------------------------------------------------------------------


def test_the_map_leads_to_a_contract_by_keyboard(served: Served, page: Page) -> None:
    page.goto(served.url)
    tab_to(page, '.carte-dessin a[data-departement="33"]', 250)
    expect(page.locator("[data-carte-lecture]")).to_contain_text("Gironde")
    page.keyboard.press("Enter")
    expect(page.locator("#departement-33")).to_be_in_viewport()
    expect(page.locator("#departement-75")).to_be_hidden()
    tab_to(page, "#departement-33 a", 10)
    address = str(page.evaluate("document.activeElement.href"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    contract = urlsplit(address).path.split("/")[-2]
    assert contract in set(served.tables["contrats"]["contrat_id"])


def test_the_network_leads_to_a_partner(served: Served, page: Page) -> None:
    page.goto(f"{served.url}reseau/")
    expect(page.locator("#reseau[data-pret]")).to_be_visible()
    every = page.locator("#reseau-liste-partenaires li").count()
    page.get_by_label("Catégorie de partenaire").select_option(label="Collectivité")
    partners = page.locator("#reseau-liste-partenaires button")
    names = partners.all_inner_texts()
    assert 0 < len(names) < every
    known = served.tables["partenaires"].set_index("nom")["categorie_code"]
    assert {known[name] for name in names} == {"collectivite"}
    partners.first.click()
    card = page.locator("#reseau-fiche")
    expect(card.get_by_role("heading")).to_have_text(names[0])
    card.get_by_role("link", name="Voir sa page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(names[0])


def test_the_files_of_charts_are_the_tables_that_they_show(served: Served, page: Page) -> None:
    page.goto(f"{served.url}graphiques/")
    charts = page.locator("section.graphique")
    assert charts.count() > 5

    def value(text: str) -> str | float:
        bare = re.sub(r"[\s\u00a0\u202f]", "", text)
        try:
            return float(bare.replace(",", "."))
        except ValueError:
            return bare

    for chart in charts.all():
        chart.locator("summary").click()
        shown = [
            [value(cell) for cell in row.locator("td").all_inner_texts()]
            for row in chart.locator("details tbody tr").all()
        ]
        file = downloaded(page, chart.get_by_role("link", name="Télécharger ces données").click)
        rows = list(csv.reader(io.StringIO(file.path().read_text(encoding="utf-8"))))[1:]
        assert len(rows) == len(shown) > 0
        for cells, row in zip(shown, rows, strict=True):
            assert set(cells) <= {value(cell) for cell in row}


# --- Releases and feed ------------------------------------------------------------------------------------------------


def test_the_feed_reads_and_its_links_lead_somewhere(served: Served) -> None:
    feed = ET.fromstring(get(f"{served.url}flux.xml"))  # noqa: S314  (our own)
    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == [f"Version {LAST}", f"Version {OLD}"]
    for one in [feed, *entries]:
        for name in ("id", "title", "updated"):
            assert one.findtext(f"{ATOM}{name}")
        dt.datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "")
        links = [link.attrib["href"] for link in one.findall(f"{ATOM}link")]
        assert links
        for link in links:
            assert get(served.here(link))


def test_an_old_release_keeps_its_bytes_at_its_address(served: Served, page: Page) -> None:
    page.goto(f"{served.url}versions/")
    page.get_by_role("row").get_by_role("link", name=str(OLD)).click()
    at(page, f"versions/{OLD}/")
    permanent = page.locator("#adresse-permanente").inner_text()
    expect(page.get_by_text("Une version plus récente existe")).to_be_visible()
    links = [urljoin(page.url, one.get_attribute("href") or "") for one in page.locator("#fichiers ~ details a").all()]
    folder = served.outputs / "releases" / str(OLD)
    base = served.here(permanent)
    assert len(links) > 100
    for link in links:
        assert link.startswith(base)
        assert get(link) == (folder / unquote(link.removeprefix(base))).read_bytes()


def test_an_address_that_leads_nowhere_says_so_and_leads_back(served: Served) -> None:
    with watched_page() as watched:
        page = watched.page
        answer = page.goto(f"{served.url}contrats/rien/du-tout/")
        assert answer is not None
        assert answer.status == 404
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.entete')).backgroundColor") != "rgba(0, 0, 0, 0)"
        )
        page.get_by_role("link", name="Voir les données").click()
        page.wait_for_url(re.compile(r"/donnees/(?:#.*)?$"))  # under the path of the site's address
        assert page.locator("h1").inner_text() == "Les données"
        assert [one for one in watched.errors if "404" not in one] == []


# --- Otherwise than by mouse on a large screen ------------------------------------------------------------------------


def test_a_journey_by_keyboard_alone(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.keyboard.press("Tab")
    assert focused(page, ".evitement")
    page.keyboard.press("Enter")
    assert focused(page, "main")
    page.keyboard.press("Shift+Tab")
    page.goto(served.url)
    tab_to(page, '.menu a[href$="contrats/"]')
    page.keyboard.press("Enter")
    at(page, "contrats/")
    tab_to(page, "#filtre-texte")
    page.keyboard.type("alpes")
    expect(page.locator(".filtre-compte")).to_have_text(re.compile(r"^1\scontrat$"))
    tab_to(page, f'a[href$="/{RICH}/"]', 10)
    page.keyboard.press("Enter")
    at(page, f"contrats/{RICH}/")
    tab_to(page, '.parties a[href="#partenaires"]')
    page.keyboard.press("Enter")
    expect(page.locator("#partenaires")).to_be_in_viewport()
    tab_to(page, '#partenaires a[href$="/atout-france/"]')
    page.keyboard.press("Enter")
    at(page, "partenaires/atout-france/")
    page.goto(f"{served.url}donnees/financements/")
    expect(page.locator(".apercu-bilan")).to_contain_text("78")
    tab_to(page, ".apercu-recherche input")
    page.keyboard.type("budget")
    expect(page.locator(".apercu-bilan")).to_contain_text("sur 78")
    tab_to(page, ".apercu-cadre")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.apercu-cadre').scrollLeft > 0")
    tab_to(page, ".apercu-principal")
    file = downloaded(page, lambda: page.keyboard.press("Enter"))
    assert file.suggested_filename == "financements-selection.csv"


def test_the_same_journey_by_touch_on_a_phone(served: Served) -> None:
    with reader(**PHONE) as page:
        page.goto(served.url)
        no_sideways_scroll(page)
        page.locator(".menu").get_by_role("link", name="Contrats").tap()
        at(page, "contrats/")
        no_sideways_scroll(page)
        page.locator("#filtre-texte").tap()
        page.keyboard.type("alpes")
        expect(page.locator(".filtre-compte")).to_have_text(re.compile(r"^1\scontrat$"))
        page.get_by_role("link", name="Voyage dans les Alpes").tap()
        at(page, f"contrats/{RICH}/")
        no_sideways_scroll(page)
        page.locator('.parties a[href="#partenaires"]').tap()
        page.locator("#partenaires").get_by_role("link", name="Atout France").tap()
        at(page, "partenaires/atout-france/")
        no_sideways_scroll(page)
        page.locator(".menu").get_by_role("link", name="Données").tap()
        page.get_by_role("link", name="Financements", exact=True).tap()
        at(page, "donnees/financements/")
        no_sideways_scroll(page)
        page.locator(".apercu-recherche input").fill("budget")
        expect(page.locator(".apercu-bilan")).to_contain_text("sur 78")
        file = downloaded(page, page.locator(".apercu-principal").tap)
        assert file.suggested_filename == "financements-selection.csv"


def test_without_javascript_a_table_is_read_and_downloaded(served: Served) -> None:
    with reader(java_script_enabled=False) as page:
        page.goto(served.url)
        page.get_by_role("link", name="Choisir une table").click()
        page.get_by_role("link", name="Financements", exact=True).click()
        at(page, "donnees/financements/")
        rows = page.locator(".apercu-simple tbody tr")
        table = served.tables["financements"]
        shown = [cells_of(row)[0] for row in rows.all()]
        assert shown == table["financement_id"].head(len(shown)).tolist()
        assert len(shown) >= 10
        for button in page.locator("button").all():
            expect(button).to_be_hidden()
        file = downloaded(page, page.get_by_role("link", name="CSV").first.click)
        assert digest(file.path()) == digest(served.outputs / "latest" / "csv" / "financements.csv")


def cells_of(row: Locator) -> list[str]:
    return row.locator("td").all_inner_texts()
