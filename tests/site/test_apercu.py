"""The preview of tables, in a browser: what it shows is what is published, whatever is asked of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from playwright.sync_api import Locator, Page, expect

from pipelines import job
from pipelines.job import Outcome
from pipelines.publish.csv_files import write_csv
from pipelines.publish.parquet_files import write_parquet
from pipelines.publish.tables_arrow import all_to_arrow
from schemas.registry import tables as declared_tables
from tests.chromium import Watched, watched_page
from tests.site.preview_page import ASSETS, Described, Served, described, served

SOURCES = Path(__file__).parents[2] / "sources"
BUNDLE = ASSETS.parent / "bundle"
ROWS_PER_PAGE = 50
Labels = dict[str, dict[str, str]]
slow = pytest.mark.slow

HOSTILE = '<img src="x" onerror="document.title = \'pris\'">'
FORMULA = '=HYPERLINK("https://exemple.fr")'
SAMPLE = pa.table(
    {
        "ligne_id": ["a", "b", "c", "d", "e", "f", "g"],
        "nom": ["Étang", "écluse, haute", None, "zone", HOSTILE, "Ain", "œnotourisme à l’Âne"],
        "statut_code": ["prevu", "engage", None, "prevu", "realise", "inconnu", "prevu"],
        "date_debut": pa.array(
            [dt.date(2015, 6, 25), None, dt.date(1985, 1, 1), dt.date(2016, 7, 5), None, dt.date(2015, 6, 24), None],
            pa.date32(),
        ),
        "montant_eur": pa.array(
            [Decimal(one) if one else None for one in ("1200.50", "-0.05", None, "9999999999999999.99")]
            + [Decimal("9999999999999999.98"), Decimal("75000.00"), Decimal("0.00")],
            pa.decimal128(18, 2),
        ),
        "etp": pa.array(
            [Decimal("1.5"), None, Decimal("100"), None, Decimal("0.0625"), None, None], pa.decimal128(20, 4)
        ),
        "rang": pa.array([2**53 + 1, 2**53, 2**62, -5, None, 10, 9], pa.int64()),
        "est_groupe": pa.array([True, False, None, True, False, None, True]),
        "remarque": [FORMULA, "-1", '+33 « guillemet " »', "deux\nlignes", "@a", None, None],
    }
)
SAMPLE_CSV = """ligne_id,nom,statut_code,date_debut,montant_eur,etp,rang,est_groupe,remarque
a,Étang,prevu,2015-06-25,1200.50,1.5,9007199254740993,true,"=HYPERLINK(""https://exemple.fr"")"
b,"écluse, haute",engage,,-0.05,,9007199254740992,false,-1
c,,,1985-01-01,,100,4611686018427387904,,"+33 « guillemet "" »"
d,zone,prevu,2016-07-05,9999999999999999.99,,-5,true,"deux
lignes"
e,"<img src=""x"" onerror=""document.title = 'pris'"">",realise,,9999999999999999.98,0.0625,,false,@a
f,Ain,inconnu,2015-06-24,75000.00,,10,,
g,œnotourisme à l’Âne,prevu,,0.00,,9,true,
"""
TITLES = {
    "ligne_id": "Identifiant",
    "nom": "Nom",
    "statut_code": "Statut",
    "date_debut": "Début",
    "montant_eur": "Montant (€)",
    "etp": "ETP",
    "rang": "Rang",
    "est_groupe": "Groupe",
    "remarque": f"Remarque {HOSTILE}",
}
VOCABULARY = {"prevu": "Prévu", "engage": "Engagé", "realise": "À l’œuvre"}
SAMPLE_COLUMNS: list[Described] = [
    {
        "name": name,
        "title": title,
        "type": "string",
        "vocabulary": VOCABULARY if name == "statut_code" else None,
        "numeric": name in ("montant_eur", "etp", "rang"),
    }
    for name, title in TITLES.items()
]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as given:
        yield given


@pytest.fixture(scope="module")
def browser() -> Iterator[Watched]:
    with watched_page() as watched:
        yield watched


@pytest.fixture
def page(browser: Watched) -> Iterator[Page]:
    """The page, wide, new; no test of this file may leave an error or ask another host for anything."""
    browser.page.set_viewport_size({"width": 1280, "height": 900})
    browser.page.goto("about:blank")
    browser.errors.clear()
    yield browser.page
    assert browser.errors == []
    assert browser.elsewhere == []


@pytest.fixture(scope="module")
def sample(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The address of the made table's page in a language."""
    file = tmp_path_factory.mktemp("made") / "sample.parquet"
    write_parquet(SAMPLE, file)
    rows = pd.read_csv(io.StringIO(SAMPLE_CSV), dtype="str", keep_default_na=False)
    addresses = {one: server.add_page("sample", file, SAMPLE_COLUMNS, rows, language=one) for one in ("fr", "en")}
    return addresses.__getitem__


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".apercu-table tbody tr").first).to_be_visible()
    return page


def shown(page: Page) -> list[list[str]]:
    """The cells of the rows on the page."""
    texts: list[list[str]] = page.locator(".apercu-table tbody tr").evaluate_all(
        "lines => lines.map(line => [...line.cells].map(cell => cell.textContent))"
    )
    return texts


def column(page: Page, name: str) -> list[str]:
    heads = page.locator(".apercu-table th").all_inner_texts()
    at = next(index for index, text in enumerate(heads) if text.split("\n")[-1].strip() == name)
    return [row[at] for row in shown(page)]


def keys(page: Page) -> str:
    return "".join(column(page, "ligne_id"))


def search(page: Page, text: str) -> None:
    page.get_by_label("Rechercher dans toutes les colonnes").fill(text)


def open_panel(page: Page, title: str) -> Locator:
    panel = page.locator("details", has_text=title)
    panel.locator("summary").click()
    return panel


def sort_button(page: Page, name: str) -> Locator:
    return page.locator(".apercu-table th", has=page.locator("code", has_text=re.compile(f"^{name}$"))).locator(
        "button"
    )


def downloaded(page: Page) -> tuple[str, bytes]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger la sélection en CSV").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def status(page: Page) -> Locator:
    return page.locator(".apercu-bilan")


def counts(page: Page, text: str) -> None:
    expect(status(page)).to_have_text(text)


def as_shown(text: str, kind: str) -> str:
    """A published value as the French page shows it, codes instead of labels."""
    if kind == "date" and text:
        return f"{text[8:]}/{text[5:7]}/{text[:4]}"
    if kind == "boolean" and text:
        return "oui" if text == "true" else "non"
    if kind in ("integer", "number") and text:
        whole, point, rest = text.partition(".")
        return f"{int(whole):,}".replace(",", "\u202f") + ("," if point else "") + rest
    return text


def labels_of(frame: pd.DataFrame) -> Labels:
    return {
        str(name): dict(zip(terms["code"], terms["libelle"], strict=True))
        for name, terms in frame.groupby("nomenclature")
    }


def published(outcome: Outcome, name: str, folder: Path) -> tuple[Path, bytes, pd.DataFrame]:
    """A table's Parquet file, its CSV file, and what pandas reads in the latter."""
    declared = declared_tables()
    table = all_to_arrow(outcome.tables, declared)[name]
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    write_parquet(table, parquet)
    write_csv(table, declared[name], csv)
    return parquet, csv.read_bytes(), pd.read_csv(csv, dtype="str", keep_default_na=False)


def opens_as_published(page: Page, server: Served, outcome: Outcome, name: str, folder: Path) -> None:
    parquet, csv, rows = published(outcome, name, folder)
    columns = described(declared_tables()[name], labels_of(outcome.tables["nomenclatures"]))
    opened(page, server.add_page(name, parquet, columns, rows) + "#apercu&codes=1")
    expect(page.locator(".apercu-fixe")).to_have_count(0)
    if len(rows):
        kinds = [str(one["type"]) for one in columns]
        expected = [
            [as_shown(text, kind) for text, kind in zip(row, kinds, strict=True)]
            for row in rows.head(ROWS_PER_PAGE).itertuples(index=False)
        ]
        assert shown(page) == expected
    else:
        assert shown(page) == [["Cette table ne contient aucune ligne."]]
    assert downloaded(page) == (f"{name}.csv", csv)


def test_a_published_table_opens_and_its_csv_is_the_published_one(
    page: Page, server: Served, sound: Outcome, tmp_path: Path
) -> None:
    opens_as_published(page, server, sound, "actions", tmp_path)


@pytest.fixture(scope="module")
def real() -> Outcome:
    return job.run(SOURCES)


@slow
@pytest.mark.parametrize("name", declared_tables())
def test_every_published_table_opens(page: Page, server: Served, real: Outcome, name: str, tmp_path: Path) -> None:
    opens_as_published(page, server, real, name, tmp_path)


@slow
def test_every_kind_of_value_is_shown_and_written_exactly(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    assert column(page, "rang")[:3] == [
        "9\u202f007\u202f199\u202f254\u202f740\u202f993",
        "9\u202f007\u202f199\u202f254\u202f740\u202f992",
        "4\u202f611\u202f686\u202f018\u202f427\u202f387\u202f904",
    ]
    assert column(page, "montant_eur")[:4] == [
        "1\u202f200,50",
        "-0,05",
        "",
        "9\u202f999\u202f999\u202f999\u202f999\u202f999,99",
    ]
    assert column(page, "etp")[:5] == ["1,5", "", "100", "", "0,0625"]
    assert column(page, "date_debut")[:3] == ["25/06/2015", "", "01/01/1985"]
    assert column(page, "est_groupe")[:3] == ["oui", "non", ""]
    assert column(page, "statut_code") == ["Prévu", "Engagé", "", "Prévu", "À l’œuvre", "inconnu", "Prévu"]
    assert downloaded(page) == ("sample.csv", SAMPLE_CSV.encode())


@slow
def test_english_writes_its_own_dates_and_numbers(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("en"))
    assert column(page, "date_debut")[0] == "25 Jun 2015"
    assert column(page, "montant_eur")[0] == "1,200.50"
    assert column(page, "est_groupe")[0] == "yes"
    counts(page, "7 rows")
    open_panel(page, "Filter by column")
    page.get_by_role("group", name="Montant (€)").get_by_label("at least").fill("75,000")
    counts(page, "3 rows out of 7")


@slow
def test_hostile_text_is_text(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    assert column(page, "nom")[4] == HOSTILE
    expect(page.locator(".apercu-table th").last).to_contain_text(HOSTILE)
    search(page, HOSTILE)
    counts(page, "1 ligne sur 7")
    assert page.locator("img").count() == 0
    assert page.title() == "sample"
    page.goto(f"{sample('fr')}?1#apercu&q={HOSTILE}&f.nom={HOSTILE}&f.nulle=x&page=-3&tri=__proto__&%E0%A4%A")
    counts(page, "1 ligne sur 7")
    assert page.locator("img").count() == 0


@slow
@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("ETANG", "a"),
        ("ecluse", "b"),
        ("OENOTOURISME a l'ane", "g"),
        ("engagé", "b"),  # a label
        ("engage", "b"),  # its code
        ("prevu zone", "d"),  # words in two columns
        ("1200.50", "a"),
        ("1 200,5", "a"),
        ("05/07/2016", "d"),
        ("2016-07-05", "d"),
        ("deux lignes", "d"),
        (".*", ""),
        ("   ", "abcdefg"),
    ],
)
def test_search_looks_everywhere_but_at_case_and_accents(
    page: Page, sample: Callable[[str], str], sought: str, found: str
) -> None:
    opened(page, sample("fr"))
    search(page, "zzz")
    counts(page, "0 ligne sur 7")
    search(page, sought)
    plural = "lignes" if len(found) > 1 else "ligne"
    counts(page, f"{len(found)} {plural}" + (" sur 7" if len(found) < 7 else ""))
    if found:
        assert keys(page) == found
    else:
        assert shown(page) == [["Aucune ligne ne répond à cette recherche."]]


@slow
@pytest.mark.parametrize(
    ("name", "ascending", "descending"),
    [
        ("nom", "efbagdc", "dgabfec"),  # < Ain écluse Étang œnotourisme zone, blank last
        ("date_debut", "cfadbeg", "dafcbeg"),
        ("montant_eur", "bgafedc", "defagbc"),  # two that are the same float
        ("rang", "dgfbace", "cabfgde"),
        ("statut_code", "ebfadgc", "adgfbec"),  # by label; equals in their own order
    ],
)
def test_sorts_as_people_do_with_blanks_last(
    page: Page, sample: Callable[[str], str], name: str, ascending: str, descending: str
) -> None:
    opened(page, sample("fr"))
    head = sort_button(page, name).locator("..")
    for way, order in (("ascending", ascending), ("descending", descending)):
        sort_button(page, name).click()
        expect(head).to_have_attribute("aria-sort", way)
        assert keys(page) == order
    assert page.locator("[aria-sort]").count() == 1
    sort_button(page, name).click()
    expect(page.locator("[aria-sort]")).to_have_count(0)
    assert keys(page) == "abcdefg"


@slow
def test_numbers_and_dates_stand_at_the_right(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    aligned = page.locator(".apercu-table tbody tr:first-child td").evaluate_all(
        "cells => cells.map(cell => getComputedStyle(cell).textAlign)"
    )
    assert [name for name, side in zip(TITLES, aligned, strict=True) if side == "end"] == [
        "date_debut",
        "montant_eur",
        "etp",
        "rang",
    ]


@slow
def test_filters_of_each_kind(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    open_panel(page, "Filtrer par colonne")
    status_field = page.get_by_role("combobox", name="Statut")
    assert status_field.locator("option").all_inner_texts() == [
        "Tout",
        "À l’œuvre",
        "Engagé",
        "inconnu",
        "Prévu",
        "(vide)",
    ]
    status_field.select_option("Prévu")
    counts(page, "3 lignes sur 7")
    status_field.select_option("(vide)")
    counts(page, "1 ligne sur 7")
    status_field.select_option("Tout")
    amount = page.get_by_role("group", name="Montant (€)")
    amount.get_by_label("au plus").fill("1 200,5")
    counts(page, "3 lignes sur 7")
    assert keys(page) == "abg"
    amount.get_by_label("au moins").fill("0")
    counts(page, "2 lignes sur 7")
    amount.get_by_label("au plus").fill("beaucoup")
    expect(amount.get_by_role("alert")).to_have_text("Ce n’est pas un nombre.")
    expect(amount.get_by_label("au plus")).to_have_attribute("aria-invalid", "true")
    counts(page, "5 lignes sur 7")
    start = page.get_by_role("group", name="Début")
    start.get_by_label("à partir du").fill("2015-06-24")
    start.get_by_label("jusqu’au").fill("2015-12-31")
    counts(page, "2 lignes sur 7")
    assert keys(page) == "af"
    chips = page.get_by_role("list", name="Filtres posés").get_by_role("button")
    expect(chips).to_contain_text(["Montant (€) : au moins 0", "Début : à partir du 24/06/2015, jusqu’au 31/12/2015"])
    chips.first.click()
    expect(amount.get_by_label("au moins")).to_have_value("")
    expect(chips).to_have_count(1)
    expect(chips.first).to_be_focused()
    page.get_by_label("Nom (contient)").fill("etang")
    counts(page, "1 ligne sur 7")
    page.get_by_role("button", name="Réinitialiser").click()
    expect(status(page)).to_contain_text("7 lignes")
    expect(start.get_by_label("jusqu’au")).to_have_value("")


@slow
def test_columns_and_codes_are_chosen(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    panel = open_panel(page, "Choisir les colonnes")
    panel.get_by_role("button", name="La première seulement").click()
    expect(page.locator(".apercu-table th")).to_have_count(1)
    panel.get_by_label("Identifiant").click()  # at least one stays
    expect(panel.get_by_label("Identifiant")).to_be_checked()
    panel.get_by_label("Statut").check()
    assert shown(page)[0] == ["a", "Prévu"]
    page.get_by_label("Afficher les codes").check()
    assert shown(page)[0] == ["a", "prevu"]
    assert sort_button(page, "statut_code").count() == 1
    search(page, "zone")  # also in columns that are not shown
    counts(page, "1 ligne sur 7")
    assert downloaded(page) == ("sample-selection.csv", b"ligne_id,statut_code\nd,prevu\n")
    panel.get_by_role("button", name="Toutes").click()
    expect(page.locator(".apercu-table th")).to_have_count(len(TITLES))


@slow
def test_what_is_saved_is_what_is_kept_in_its_order(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, f"{sample('fr')}#apercu&f.statut_code=prevu&tri=-nom&colonnes=ligne_id,nom,remarque")
    page.get_by_label("Pour Excel").check()
    name, content = downloaded(page)
    assert name == "sample-selection.csv"
    expected = 'ligne_id,nom,remarque\nd,zone,"deux\nlignes"\ng,œnotourisme à l’Âne,\na,Étang,"=HYPERLINK(""https://exemple.fr"")"\n'
    assert content == b"\xef\xbb\xbf" + expected.encode()


@slow
def test_a_view_is_shared_by_its_address(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("fr"))
    open_panel(page, "Filtrer par colonne")
    search(page, "à l’œuvre & 100 % +")
    counts(page, "0 ligne sur 7")
    search(page, "prévu")
    page.get_by_role("combobox", name="Groupe").select_option("oui")
    sort_button(page, "nom").click()
    sort_button(page, "nom").click()
    page.get_by_label("Afficher les codes").check()
    open_panel(page, "Choisir les colonnes").get_by_label("Rang").uncheck()
    counts(page, "3 lignes sur 7")
    address, rows = page.url, shown(page)
    assert "#apercu&" in address
    page.goto("about:blank")
    opened(page, address)
    counts(page, "3 lignes sur 7")
    assert shown(page) == rows
    expect(page.get_by_label("Rechercher dans")).to_have_value("prévu")
    expect(page.locator("[aria-sort=descending] code")).to_have_text("nom")
    page.evaluate("location.hash = '#apercu&q=zone'")  # a link pasted over this one
    counts(page, "1 ligne sur 7")
    page.get_by_role("button", name="Réinitialiser").click()
    expect(page).to_have_url(sample("fr"))
    assert keys(page) == "abcdefg"


@slow
def test_a_link_to_another_part_of_the_page_is_left_alone(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, f"{sample('fr')}#apercu")
    page.evaluate("location.hash = '#citation'")
    counts(page, "7 lignes")
    assert page.url.endswith("#citation")


@pytest.fixture(scope="module")
def long_table(server: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a table of 120 rows, three pages."""
    file = tmp_path_factory.mktemp("long") / "longue.parquet"
    rows = pa.table({"ligne_id": [f"ligne-{at:03d}" for at in range(120)], "texte": ["mot " * 40] * 120})
    write_parquet(rows, file)
    columns: list[Described] = [
        {"name": name, "title": name.title(), "type": "string", "vocabulary": None, "numeric": False}
        for name in rows.column_names
    ]
    return server.add_page("longue", file, columns, rows.to_pandas())


@slow
def test_pages(page: Page, long_table: str) -> None:
    opened(page, long_table)
    counts(page, "120 lignes – page 1 sur 3")
    pages = page.get_by_role("navigation", name="Pages de l’aperçu")
    forward, back = pages.get_by_label("Page suivante"), pages.get_by_label("Page précédente")
    expect(back).to_have_attribute("aria-disabled", "true")
    page.locator(".apercu-cadre").evaluate("frame => frame.scrollTop = 500")
    forward.click()
    counts(page, "120 lignes – page 2 sur 3")
    assert shown(page)[0][0] == "ligne-050"
    assert page.locator(".apercu-cadre").evaluate("frame => frame.scrollTop") == 0
    pages.get_by_label("Dernière page").click()
    assert [row[0] for row in shown(page)] == [f"ligne-{at:03d}" for at in range(100, 120)]
    expect(forward).to_have_attribute("aria-disabled", "true")
    forward.dispatch_event("click")  # it says that it is of no use, and is of none
    counts(page, "120 lignes – page 3 sur 3")
    assert page.url.endswith("#apercu&page=3")
    search(page, "ligne-07")
    counts(page, "10 lignes sur 120")
    expect(pages).to_be_hidden()
    page.goto("about:blank")
    opened(page, f"{long_table}#apercu&page=99")
    counts(page, "120 lignes – page 3 sur 3")


def tab_to(page: Page, wanted: str) -> None:
    """Goes to an element with the tabulation key alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard")


@slow
def test_the_keyboard_is_enough(page: Page, long_table: str) -> None:
    opened(page, long_table)
    tab_to(page, "input[type=search]")
    page.keyboard.type("ligne")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "details input")
    page.keyboard.type("1")
    counts(page, "39 lignes sur 120")
    tab_to(page, "details + details summary")
    page.keyboard.press("Enter")
    tab_to(page, "label:nth-of-type(2) > input[type=checkbox]")
    page.keyboard.press("Space")
    expect(page.locator(".apercu-table th")).to_have_count(1)
    tab_to(page, ".apercu-poses button")
    page.keyboard.press("Enter")
    counts(page, "120 lignes – page 1 sur 3")
    expect(page.get_by_label("Rechercher dans")).to_be_focused()
    tab_to(page, ".apercu-cadre")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert page.locator(".apercu-cadre").evaluate("frame => frame.scrollTop") > 0
    page.keyboard.press("Home")
    tab_to(page, "th button")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-sort=descending]")).to_have_count(1)
    tab_to(page, "[aria-label='Page suivante']")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    counts(page, "120 lignes – page 3 sur 3")
    expect(page.get_by_label("Page suivante")).to_be_focused()
    tab_to(page, ".apercu-principal")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_text("utf-8").startswith("ligne_id\nligne-119\n")


@slow
@pytest.mark.parametrize("width", [320, 360])
def test_a_phone_scrolls_the_table_and_not_the_page(page: Page, sample: Callable[[str], str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    opened(page, f"{sample('fr')}#apercu&f.montant_eur=1..&f.nom={'e' * 60}")
    for title in ("Filtrer par colonne", "Choisir les colonnes"):
        open_panel(page, title)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Réinitialiser").click()
    frame = page.locator(".apercu-cadre")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    expect(page.get_by_role("region", name="Table, à faire défiler")).to_have_attribute("tabindex", "0")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@slow
def test_the_header_stays_in_sight(page: Page, long_table: str) -> None:
    opened(page, long_table)
    frame = page.locator(".apercu-cadre")
    frame.evaluate("frame => frame.scrollTop = 400")
    top = frame.evaluate(
        "frame => frame.querySelector('th').getBoundingClientRect().top - frame.getBoundingClientRect().top"
    )
    assert 0 <= top <= 2


@slow
@pytest.mark.parametrize(
    "content", [None, b"<!doctype html><p>Cette page n'existe pas</p>", b"PAR1" + bytes(40) + b"PAR1"]
)
def test_a_file_that_cannot_be_read_leaves_the_first_rows(
    page: Page, browser: Watched, server: Served, content: bytes | None
) -> None:
    rows = pd.read_csv(io.StringIO(SAMPLE_CSV), dtype="str", keep_default_na=False)
    page.goto(server.add_page("absente", content, SAMPLE_COLUMNS, rows))
    expect(status(page)).to_contain_text("L’aperçu interactif n’a pas pu être chargé.")
    expect(page.locator(".apercu-fixe")).to_be_visible()
    assert page.locator(".apercu-fixe tbody tr").count() == len(rows)
    link = page.get_by_role("link", name="Télécharger toute la table (CSV)")
    expect(link).to_have_attribute("href", "../../latest/csv/absente.csv")
    expect(page.locator("[data-apercu]")).not_to_have_attribute("aria-busy", "true")
    server.contents.pop("/latest/parquet/absente.parquet", None)
    browser.errors[:] = [one for one in browser.errors if "404" not in one]  # the browser's own word of it


@slow
def test_copies_a_text_and_says_so(page: Page, sample: Callable[[str], str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, sample("fr"))
    button = page.get_by_role("button", name="Copier")
    button.click()
    expect(page.locator(".copier-etat[role=status]")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == "Les contrats « d’avance »"


@slow
def test_selects_the_text_where_nothing_may_be_copied(page: Page, sample: Callable[[str], str]) -> None:
    opened(page, sample("en"))
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copier").click()
    expect(page.locator(".copier-etat")).to_have_text("Text selected: copy it with Ctrl+C.")
    assert page.evaluate("getSelection().toString()").strip() == "Les contrats « d’avance »"


MEASURED = """([field, text]) => new Promise(done => {
    const begun = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        requestAnimationFrame(() => done(performance.now() - begun));
    }).observe(document.querySelector(".apercu-table tbody"), { childList: true });
    const target = document.querySelector(field);
    if (text === null) target.click();
    else { target.value = text; target.dispatchEvent(new Event("input")); }
})"""


@slow
def test_a_hundred_thousand_rows_stay_fluid(
    page: Page, server: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 100_000
    texts = ["été", "œnotourisme", "montagne", "forêt", "golf", "Bretagne", "itinérance"]
    rows = pa.table(
        {
            "ligne_id": [f"ligne-{at:06d}" for at in range(count)],
            "intitule": [f"{texts[at % 7]} {texts[at * 3 % 5]} n° {at * 7919 % count}" for at in range(count)],
            "montant_eur": pa.array([Decimal(at * 7919 % count) / 4 for at in range(count)], pa.decimal128(18, 2)),
            "date_debut": pa.array([dt.date(2010, 1, 1) + dt.timedelta(at % 5000) for at in range(count)], pa.date32()),
            **{f"code_{one}": [f"code-{at * one % 300}" for at in range(count)] for one in range(1, 9)},
        }
    )
    file = tmp_path / "grande.parquet"
    write_parquet(rows, file)
    columns: list[Described] = [
        {"name": name, "title": name, "type": "string", "vocabulary": None, "numeric": False}
        for name in rows.column_names
    ]
    opened(page, server.add_page("grande", file, columns, rows.slice(0, 20).to_pandas()))
    times = {"first rows": page.evaluate("performance.now()")}
    times["first search"] = page.evaluate(MEASURED, ["input[type=search]", "oenotourisme"])
    times["search"] = page.evaluate(MEASURED, ["input[type=search]", "foret 99"])
    times["sort"] = page.evaluate(MEASURED, ["th:nth-child(2) button", None])
    with capsys.disabled():
        print("\n100 000 rows:", ", ".join(f"{what} {spent:.0f} ms" for what, spent in times.items()))
    assert times["first rows"] < 10_000
    assert max(times["first search"], times["search"], times["sort"]) < 3_000
    assert page.locator(".apercu-table tbody tr").count() == ROWS_PER_PAGE


def test_vendored_libraries_are_those_of_the_lock_with_their_licences() -> None:
    lock = json.loads((BUNDLE / "package-lock.json").read_text("utf-8"))["packages"]
    vendored = sorted((ASSETS / "vendor").glob("*.js"))
    assert vendored
    for file in vendored:
        head = file.read_text("utf-8").splitlines()[0]
        named = re.findall(r"(@?[\w/-]+) (\d[\w.-]*) \(", head)
        assert named, head
        for name, version in named:
            assert lock[f"node_modules/{name}"]["version"] == version
        licences = file.with_suffix(".LICENCES.txt").read_text("utf-8")
        assert all(f"{name} {version}" in licences for name, version in named)
    assert not any("resolved" in one for one in lock.values())


def test_data_enter_the_page_as_text_only() -> None:
    for file in ASSETS.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", file.read_text("utf-8")
        )
