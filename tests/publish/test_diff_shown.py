"""A comparison as it is shown: in a shell, on a page, in the journal. Hostile values stay values."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.journal import MOST_ITEMS, changes_section
from pipelines.publish.diff.model import SAMPLES, Cell, Diff, Topic
from pipelines.publish.diff.page import render
from pipelines.publish.diff.text import MOST_FINDINGS, as_text, lines, print_diff, shortened, verdict
from tests.publish.diff_releases import HOSTILE, Json, both, dataset, retired, write


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    return diff(*both(tmp_path_factory.mktemp("both")))


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Diff:
    """Much of everything, and hostile names where names are free."""
    folder, new = tmp_path_factory.mktemp("wide"), dataset()
    new["contrats"]["rows"] += [{"contrat_id": f"c{rank:03}", "nom": HOSTILE} for rank in range(120)]
    new["actions"]["rows"] = [{"action_id": f"`{HOSTILE}{rank:03}", "contrat_id": HOSTILE} for rank in range(312)]
    new["identifiants_retires"]["rows"] += [retired("actions", "a1", None, HOSTILE)]
    new["nomenclatures"]["rows"] += [
        {"nomenclature_id": f"x{rank}", "nomenclature": HOSTILE, "code": f"{HOSTILE}{rank:03}", "libelle": HOSTILE}
        for rank in range(70)
    ]
    new[HOSTILE.replace("/", "")] = new.pop("sources")
    old = write(folder / "old", "2026-11-25", dataset())
    return diff(old, write(folder / "new", HOSTILE, new, title=HOSTILE))


class Page(HTMLParser):
    """What a browser would see: the elements, their attributes, the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        said = dict(attrs)
        self.ids += [value for value in [said.get("id")] if value]
        self.links += [value for name in ("href", "src") if (value := said.get(name))]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("which", ["found", "wide", "first", "same"])
def test_the_page_is_complete_in_itself_and_runs_nothing(which: str, found: Diff, wide: Diff, tmp_path: Path) -> None:
    release = write(tmp_path, "2026-11-25", dataset())
    shown = {"found": found, "wide": wide, "first": diff(None, release), "same": diff(release, release)}[which]
    page = render(shown)
    seen = Page(page)
    assert not seen.tags & {"script", "img", "iframe", "link", "object", "svg", "form", "base"}
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert all(link.startswith("#") and link[1:] in seen.ids for link in seen.links)
    assert len(seen.ids) == len(set(seen.ids))
    assert "http:" not in page.split("</style>")[0]
    assert "url(" not in page
    assert render(shown) == page
    assert verdict(shown) in seen.text


def test_the_page_shows_hostile_values_as_they_are(found: Diff) -> None:
    seen = Page(render(found))
    assert HOSTILE in seen.text
    assert "2 identifiants de « actions » sont remplacés : a3 → a1, a4 → a1." in seen.text
    assert "table dérivée" in seen.text


def test_caps_are_stated_wherever_examples_are_shown(wide: Diff) -> None:
    for text in (as_text(wide), Page(render(wide)).text):
        assert f"{SAMPLES} montrées sur 312" in text
    assert f"{MOST_FINDINGS} montrés sur" in as_text(wide)
    journal = "\n".join(changes_section(wide))
    codes = len(wide.about(Topic.CODES))
    assert min(wide.contrats.nombre, codes) > MOST_ITEMS
    assert f"{MOST_ITEMS} montrés sur {wide.contrats.nombre}" in journal
    assert f"{MOST_ITEMS} montrés sur {codes}" in journal


def test_nothing_that_a_terminal_obeys_is_printed(wide: Diff, found: Diff) -> None:
    for shown in (wide, found):
        text = as_text(shown)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        stream = io.StringIO()
        print_diff(Console(file=stream, width=80, soft_wrap=True, highlight=False), shown)
        assert stream.getvalue() == text


def test_the_text_says_what_breaks_first_and_what_is_derived_last(found: Diff) -> None:
    text = as_text(found)
    order = ["2026-11-25 → 2026-12-01 : 3 ruptures", "Modèle : 1.0.0 → 1.2.0", "Ruptures", "Points d’attention"]
    order += ["Informations", "lignes ", "\nactions\n", "montant_eur : 1000.00 → 1000.50", "provenance (table dérivée)"]
    order += ["Au plus 20 exemples par liste, 5 pour une table dérivée"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert {style for style, _ in lines(found)} == {"bold", "bold red", "yellow", "cyan", "dim", ""}


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "a", ("(vide)", "a")),
        ("a\n b", "a b", ("a b", "a b")),
        ("x" * 500 + "FIN", "x" * 500 + "fin", ("…" + "x" * 40 + "FIN", "…" + "x" * 40 + "fin")),
        ("début" + "x" * 500, "Début" + "x" * 500, ("début" + "x" * 154 + "…", "Début" + "x" * 154 + "…")),
    ],
)
def test_long_values_are_cut_where_the_difference_is_seen(
    before: str | None, after: str | None, shown: tuple[str, str]
) -> None:
    assert shortened(Cell("c", before, after)) == shown


def test_the_journal_obeys_no_value(wide: Diff) -> None:
    for line in changes_section(wide):
        outside = re.sub(r"`[^`]*`", "", line)  # what stands in code is shown as it is
        assert not re.search(r"(?<!\\)[<>*\[\]|_]", outside.removeprefix("- ")), line
        assert "\x1b" not in line
        assert "\n" not in line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Rien : les deux versions disent la même chose."),
        ({"title": "Autre"}, "Rien de ce qui existait n’a changé de nom"),
    ],
)
def test_the_journal_says_when_scripts_still_work(tmp_path: Path, change: Json, said: str) -> None:
    old = write(tmp_path / "old", "2026-11-25", dataset())
    assert said in "\n".join(changes_section(diff(old, write(tmp_path / "new", "2026-12-01", dataset(), **change))))


def test_what_was_not_compared_is_never_shown_as_the_same(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", "2026-11-25", dataset()), write(tmp_path / "new", "2026-12-01", dataset())
    (new.path / "parquet" / "sources.parquet").unlink()
    shown = diff(old, new)
    journal = "\n".join(changes_section(shown))
    assert "mais tout n’a pas pu l’être" in verdict(shown)
    assert "mais tout n’a pas pu l’être" in journal
    assert "### Ce qui n’a pas été comparé" in journal
    assert "non comparée" in render(shown)
    assert "Les lignes de « sources » ne sont pas comparées" in as_text(shown)
