"""Numbers, sizes, amounts, dates and Markdown as each language writes them; links from every depth."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from pipelines.site.model import Language, SiteData
from pipelines.site.pages import all_pages
from pipelines.site.render import (
    Links,
    Renderer,
    environment,
    euros,
    french,
    long_date,
    markdown,
    number,
    safe_json,
    share,
    short_markdown,
    size,
)

NARROW, WIDE = "\u202f", "\xa0"


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0", "0"),
        (1234567, f"1{NARROW}234{NARROW}567", "1,234,567"),
        (Decimal("1200.50"), f"1{NARROW}200,5", "1,200.5"),
        (-3.25, "−3,25", "−3.25"),
        (100, "100", "100"),
        (None, "", ""),
        (float("nan"), "", ""),
    ],
)
def test_numbers(value: object, french: str, english: str) -> None:
    assert (number(value, "fr"), number(value, "en")) == (french, english)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, f"0{WIDE}octet", f"0{WIDE}bytes"),
        (1, f"1{WIDE}octet", f"1{WIDE}byte"),
        (999, f"999{WIDE}octets", f"999{WIDE}bytes"),
        (1000, f"1,0{WIDE}ko", f"1.0{WIDE}kB"),
        (19489, f"19{WIDE}ko", f"19{WIDE}kB"),
        (999_999, f"1,0{WIDE}Mo", f"1.0{WIDE}MB"),
        (1_234_567, f"1,2{WIDE}Mo", f"1.2{WIDE}MB"),
    ],
)
def test_sizes(value: int, french: str, english: str) -> None:
    assert (size(value, "fr"), size(value, "en")) == (french, english)


def test_amounts_show_cents_only_where_there_are_some() -> None:
    assert euros(Decimal("75000.00"), "fr") == f"75{NARROW}000{WIDE}€"
    assert euros(Decimal("1200.50"), "en") == "€1,200.50"
    assert euros(None, "fr") == ""


def test_a_part_is_not_rounded_to_all_or_nothing() -> None:
    assert (share(0.9999, "fr"), share(0.0001, "en")) == (f"99{WIDE}%", "1%")
    assert (share(1.0, "en"), share(0.0, "en")) == ("100%", "0%")


@pytest.mark.parametrize(
    ("value", "precision", "french", "english"),
    [
        (dt.date(2014, 12, 16), "jour", "16 décembre 2014", "16 December 2014"),
        ("2015-03-01", "jour", "1er mars 2015", "1 March 2015"),
        (dt.date(2015, 3, 1), "mois", "mars 2015", "March 2015"),
        (dt.date(2015, 1, 1), "annee", "2015", "2015"),
        (None, "jour", "", ""),
    ],
)
def test_dates(value: object, precision: str, french: str, english: str) -> None:
    assert long_date(value, "fr", precision).replace(WIDE, " ") == french
    assert long_date(value, "en", precision).replace(WIDE, " ") == english


def test_markdown_aligns_figures_without_a_style_in_the_page() -> None:
    table = markdown("| a | b |\n| --- | ---: |\n| x | 1 |")
    assert '<td class="droite">1</td>' in table
    assert "style" not in table


def test_markdown_is_set_lower_and_obeys_no_html() -> None:
    assert markdown("# Un\n\n## Deux") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    shown = markdown("<script>alert(1)</script> [x](javascript:alert(1)) <b>y</b>")
    assert "<script" not in shown and "href" not in shown and "<b>" not in shown
    assert "<table>" in markdown("| a |\n| --- |\n| b |")
    aligned = markdown("| a | b | c | d |\n| --: | :-: | :-- | --- |\n| 1 | 2 | 3 | 4 |")
    assert "style=" not in aligned
    assert '<td class="droite">1</td>\n<td class="centre">2</td>\n<td>3</td>\n<td>4</td>' in aligned
    assert short_markdown("`a` <i>") == "<code>a</code> &lt;i&gt;"


def test_french_punctuation_stays_with_its_words() -> None:
    assert french("Quoi ? « Ici » : 40 %, oui ; non !") == (
        f"Quoi{NARROW}? «{WIDE}Ici{WIDE}»{WIDE}: 40{WIDE}%, oui{NARROW}; non{NARROW}!"
    )
    assert french("https://exemple.fr/?a:b") == "https://exemple.fr/?a:b"
    assert markdown("Là : `a : b`") == f"<p>Là{WIDE}: <code>a : b</code></p>\n"


def test_json_cannot_leave_its_element() -> None:
    value = {"x": "</script><!-- \u2028 &"}
    text = safe_json(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("page", "language", "to", "link"),
    [
        ("", "fr", "", "./"),
        ("", "fr", "donnees/actions/", "donnees/actions/"),
        ("", "en", "donnees/#fact", "donnees/#fact"),
        ("donnees/actions/", "fr", "", "../../"),
        ("donnees/actions/", "en", "donnees/actions/#lire", "./#lire"),
        ("donnees/actions/", "en", "donnees/", "../"),
        ("404.html", "en", "donnees/", "/contrats-de-destination/en/donnees/"),
    ],
)
def test_links_keep_the_language(data: SiteData, page: str, language: Language, to: str, link: str) -> None:
    pages = all_pages(data)
    assert Links(pages[page], language, Renderer(data, pages)).page(to) == link


@pytest.mark.parametrize(
    ("page", "language", "other", "link"),
    [
        ("", "fr", "en", "en/"),
        ("donnees/actions/", "fr", "en", "../../en/donnees/actions/"),
        ("donnees/actions/", "en", "fr", "../../../donnees/actions/"),
    ],
)
def test_links_to_the_other_language(data: SiteData, page: str, language: Language, other: Language, link: str) -> None:
    pages = all_pages(data)
    assert Links(pages[page], language, Renderer(data, pages)).page(page, other) == link


def test_links_to_files_know_no_language(data: SiteData) -> None:
    pages = all_pages(data)
    links = Links(pages["donnees/"], "en", Renderer(data, pages, {"site.css": "abc/site.css"}))
    assert links.file("latest/csv/été 1.csv") == "../../latest/csv/%C3%A9t%C3%A9%201.csv"
    assert links.file("actifs/site.css") == "../../actifs/abc/site.css"


@pytest.mark.parametrize(
    ("file", "language", "expected"),
    [
        ({"format": "xlsx"}, "fr", "Excel"),
        ({"format": "csv"}, "en", "CSV"),
        (
            {"format": "xlsx", "premiere_ligne": 1, "derniere_ligne": 1_048_575},
            "fr",
            f"Excel (lignes 1 à 1{NARROW}048{NARROW}575)",
        ),
        ({"format": "xlsx", "premiere_ligne": 3, "derniere_ligne": 4}, "en", "Excel (rows 3 to 4)"),
    ],
)
def test_the_file_of_a_part_of_a_table_says_its_rows(
    file: dict[str, object], language: Language, expected: str
) -> None:
    page = environment().from_string('{% import "macros.html.j2" as m with context %}{{ m.format_dit(un) }}')
    told = page.render(un=file, langue=language, t=lambda *words: words[language == "en"])
    assert told.strip() == expected
