"""The publisher’s report: its figures, and a page that is whole, escaped and the same each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from pipelines.curation.catalogue import CATALOGUE, SEVERITY_NAMES
from pipelines.curation.issues import IssueLog, place
from pipelines.curation.report import MOST_OF_A_RULE, TEMPLATE, render
from pipelines.orchestration.report import files_read

HOSTILE = '<script>alert("x")</script>'
FILES = pd.DataFrame({"file": ["contrats/alpes.xlsx", "contrats/lyon.xlsx"], "rows": [12, 30]})


def found() -> pd.DataFrame:
    log = IssueLog()
    log.add("date-illisible", place("contrats/alpes.xlsx", "Actions", "H5", 5, "Début", HOSTILE))
    log.add("date-illisible", place("contrats/alpes.xlsx", "Financements", "K2", 2, "Fin", "31 février"))
    log.add("sans-source", place("contrats/alpes.xlsx", "Actions", "O6", 6, "Sources"))
    log.add("feuille-inconnue", place("contrats/alpes.xlsx", "Notes", value="Notes"))
    log.add("fichier-illisible", place("contrats/nice.xlsx", value="nice.xlsx"), expected="abîmé & <vide>")
    return log.frame()


class Page(HTMLParser):
    """The tables of a page, by the identifier of their section; the tags left open, and what is loaded."""

    VOID = frozenset({"meta", "input", "br", "link", "img"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.section = ""
        self.tables: dict[str, list[list[str]]] = {}
        self.loaded: list[str] = []
        self.headers_without_scope = 0
        self.scripts = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.section = given.get("aria-labelledby") or ""
        if tag == "tr":
            self.tables.setdefault(self.section, []).append([])
        if tag in ("td", "th"):
            self.tables[self.section][-1].append("")
            self.headers_without_scope += tag == "th" and "scope" not in given
        self.scripts += tag == "script"
        self.loaded += [name for name in ("src", "action", "background") if name in given]
        self.loaded += [
            given["href"] or "" for _ in (1,) if "href" in given and not (given["href"] or "").startswith("#")
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}>"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open or "th" in self.open:
            self.tables[self.section][-1][-1] += data


@pytest.fixture(scope="module")
def text() -> str:
    return render(found(), FILES)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_is_whole_and_loads_nothing(page: Page, text: str) -> None:
    assert page.open == []
    assert page.loaded == []
    assert not re.search(r"https?://|@import|url\(", text)
    assert page.headers_without_scope == 0
    assert text.count('class="wide" tabindex="0"') == text.count('class="wide"')
    assert '<html lang="fr">' in text


def test_totals(text: str) -> None:
    figures = re.findall(r"<strong>(\d+)</strong> (\w+)", text)
    wanted = [("2", "fichiers"), ("42", "lignes"), ("4", "erreurs"), ("1", "avertissement"), ("0", "information")]
    assert figures == wanted
    assert "À corriger" in text


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [([], "aucun avertissement"), (["feuille-inconnue"], "1 avertissement"), (["sans-source"], "1 erreur.")],
)
def test_verdict(codes: list[str], verdict: str) -> None:
    log = IssueLog()
    for code in codes:
        log.add(code, place("a.xlsx", "Actions"))
    shown = render(log.frame(), FILES)
    assert verdict in shown
    assert ("Toutes les anomalies" in shown) == bool(codes)
    assert Page(shown).open == []


def test_figures_by_sheet_by_rule_and_by_file(page: Page, text: str) -> None:
    assert page.tables["par-feuille"][1:] == [
        ["Actions", "2", "0", "0"],
        ["(fichier)", "1", "0", "0"],
        ["Financements", "1", "0", "0"],
        ["Notes", "0", "1", "0"],
    ]
    assert [(row[0], row[1], row[-1]) for row in page.tables["par-regle"][1:]] == [
        ("date-illisible", "erreur", "2"),
        ("fichier-illisible", "erreur", "1"),
        ("sans-source", "erreur", "1"),
        ("feuille-inconnue", "avertissement", "1"),
    ]
    assert page.tables["par-fichier"][1:] == [
        ["contrats/alpes.xlsx", "12", "3", "1", "0"],
        ["contrats/nice.xlsx", "0", "1", "0", "0"],
        ["Fichier", "Lignes", "Erreurs", "Avertissements", "Informations"],
        ["contrats/lyon.xlsx", "30", "0", "0", "0"],
    ]
    assert "1 fichier sans anomalie" in text


def test_thousands_are_apart() -> None:
    shown = render(found(), FILES.assign(rows=[12_000, 30]))
    assert "<strong>12\u202f030</strong> lignes" in shown


def test_every_issue_with_its_cell_message_and_advice(page: Page) -> None:
    rows = page.tables["toutes"][1:]
    issues = found()
    assert [row[1] for row in rows] == ["H5", "O6", "K2", "", ""]
    for row, issue in zip(rows, issues.to_dict("records"), strict=True):
        assert row[0] == f"{issue['file']} {issue['sheet']}"
        assert row[3] == f"{SEVERITY_NAMES[issue['severity']]}{issue['code']}"
        assert row[4] == issue["value"]
        assert row[5].replace("\N{NO-BREAK SPACE}", " ") == issue["message"] + issue["advice"]
        assert not re.search("« | [»?!;:]", row[5]), "punctuation alone on a line"


def test_a_rule_broken_too_often_is_counted_whole_and_listed_in_part() -> None:
    log = IssueLog()
    broken = MOST_OF_A_RULE + 3
    one = place("contrats/alpes.xlsx", "Actions", column="Début", value="?")
    log.add("date-illisible", one.loc[[0] * broken].assign(row=range(2, broken + 2)).reset_index(drop=True))
    log.add("fichier-illisible", place("contrats/nice.xlsx", value="nice.xlsx"), expected="abîmé")
    text = render(log.frame(), FILES)
    assert len(Page(text).tables["toutes"]) == 1 + MOST_OF_A_RULE + 1
    assert "3 autres ne sont pas montrées ici" in text
    assert f'<td class="number">{broken:,}</td>'.replace(",", "\N{NARROW NO-BREAK SPACE}") in text


def test_what_was_typed_is_never_markup(page: Page, text: str) -> None:
    assert page.scripts == 1, "the page’s own"
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


def test_equal_frames_give_equal_pages(text: str) -> None:
    assert render(found(), FILES) == text


def test_every_kind_has_words_for_the_rule() -> None:
    log = IssueLog()
    for code in CATALOGUE:
        log.add(code, place("a.xlsx", "Actions", "A2", 2, "X", "v"), expected="e", near="n")
    rules = Page(render(log.frame(), FILES)).tables["par-regle"][1:]
    assert {row[0] for row in rules} == set(CATALOGUE)
    assert not [
        row for row in rules if "{v" in row[2] or "{e" in row[2] or re.search(r" \.( |$)", f"{row[2]} {row[3]}")
    ]


def luminance(color: str) -> float:
    digits = color if len(color) == 6 else "".join(digit * 2 for digit in color)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["clair", "sombre"])
def test_colours_have_enough_contrast(scheme: int) -> None:
    """WCAG 2 AA: 4.5 to 1 for text, on the page and on the headers of tables."""
    block = re.findall(r":root \{([^}]*)\}", TEMPLATE.read_text(encoding="utf-8"))[scheme]
    colors = dict(re.findall(r"--(\w+): #([0-9a-f]+)", block))
    for name in ("ink", "soft", "link", "error", "warning", "info", "good"):
        for ground in ("page", "pale"):
            one, other = sorted((luminance(colors[name]), luminance(colors[ground])), reverse=True)
            assert (one + 0.05) / (other + 0.05) >= 4.5, f"{name} on {ground}"


def test_rows_of_a_run_are_counted_once_published_or_not() -> None:
    provenance = pd.DataFrame(
        {
            "fichier": ["a.xlsx", "a.xlsx", "a.xlsx", "b.xlsx"],
            "feuille": ["Actions", "Actions", "Outils", "Actions"],
            "ligne": [2, 2, 2, 4],
        }
    )
    log = IssueLog()
    log.add("sans-source", place("a.xlsx", "Actions", "O3", 3))
    log.add("date-illisible", place("a.xlsx", "Actions", "H3", 3))
    log.add("colonne-inconnue", place("a.xlsx", "Actions", "Q1", 1))
    log.add("fichier-illisible", place("c.xlsx"))
    counted = files_read(provenance, log.frame())
    assert dict(zip(counted["file"], counted["rows"], strict=True)) == {"a.xlsx": 3, "b.xlsx": 1, "c.xlsx": 0}
