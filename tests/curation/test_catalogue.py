"""The catalogue: every kind has its words and its examples, and each example raises what it says, and only unmended."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import openpyxl
import pandas as pd
import pytest

from pipelines import job
from pipelines.curation.catalogue import CATALOGUE, FAMILIES, WHOLE_FOLDER, Severity
from pipelines.curation.catalogue_page import PAGE, missing, page
from pipelines.curation.examples import EXAMPLES, Example
from pipelines.curation.gather import Fallback
from pipelines.curation.issue_kind import E, kinds
from pipelines.curation.situations import SITUATIONS
from pipelines.job import Outcome
from tests.conftest import SmallSources, cell_of, write_small_sources
from tests.curation.situations import SPOILED, WHOLE, Place, unreadable

PARTIAL = {"version-precedente-reprise", "fichier-laisse-de-cote"}
LISTS = ("referentiels/", "corrections")


def put(sources: SmallSources, example: Example, *, good: bool) -> Place:
    """Adds the rows of an example; the place where its issue is, or would be."""
    number = sources.add(example.sheet, example.beside) if example.beside else 0
    below = sources.add(example.sheet, example.row | (example.good if good else {}))
    number = number if example.at_beside else below
    listed = example.sheet.startswith(LISTS)
    file = f"{example.sheet}.csv" if listed else example.sheet.rpartition("/")[0]
    return file, cell_of(f"x/{example.sheet.rpartition('/')[2]}", example.label, number) if example.label else ""


@dataclass(frozen=True)
class Ran:
    """The issues of a folder that holds every example, and where each is."""

    issues: pd.DataFrame
    places: Mapping[str, Place]


def run(root: Path, builders: Mapping[str, Callable[[SmallSources], Place]]) -> Ran:
    sources = write_small_sources(root / "sources")
    places = {code: build(sources) for code, build in builders.items()}
    return Ran(sources.run().issues, places)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    def builder(example: Example) -> Callable[[SmallSources], Place]:
        return lambda sources: put(sources, example, good=False)

    rows = {code: builder(example) for code, example in EXAMPLES.items()}
    return run(tmp_path_factory.mktemp("fautif"), rows | SPOILED)


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    def builder(example: Example) -> Callable[[SmallSources], Place]:
        return lambda sources: put(sources, example, good=True)

    return run(tmp_path_factory.mktemp("corrige"), {code: builder(example) for code, example in EXAMPLES.items()})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("ensemble"), WHOLE)


def assert_raised(ran: Ran, code: str) -> None:
    file, cell = ran.places[code]
    found = ran.issues[ran.issues["code"] == code]
    at = found[(found["file"] == file) & (found["cell"] == cell)]
    assert len(at) >= 1, f"{code} is not at {file} {cell}: {found[['file', 'cell', 'value']].to_string()}"
    assert set(at["severity"]) == {CATALOGUE[code].severity.value}


def test_every_kind_has_an_example_that_runs() -> None:
    assert missing() == set()
    assert not set(EXAMPLES) & set(SITUATIONS)
    assert set(SITUATIONS) == set(SPOILED) | set(WHOLE) | PARTIAL
    assert set(EXAMPLES) | set(SITUATIONS) == set(CATALOGUE)


@pytest.mark.parametrize("code", sorted({*EXAMPLES, *SPOILED}))
def test_a_bad_example_is_reported_at_its_cell(bad: Ran, code: str) -> None:
    assert_raised(bad, code)


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_a_mended_example_is_not(mended: Ran, code: str) -> None:
    file, _cell = mended.places[code]
    found = mended.issues[(mended.issues["code"] == code) & (mended.issues["file"] == file)]
    assert found.empty, found[["cell", "value", "message"]].to_string()


def test_mended_examples_have_no_error_at_all(mended: Ran) -> None:
    wrong = mended.issues[mended.issues["severity"] == Severity.ERROR.value]
    assert wrong.empty, wrong[["code", "file", "cell", "message"]].to_string()


@pytest.mark.parametrize("code", sorted(WHOLE))
def test_what_only_the_whole_shows_is_reported(whole: Ran, code: str) -> None:
    assert_raised(whole, code)


@pytest.mark.parametrize("code", sorted({*SPOILED, *WHOLE, *PARTIAL} - {"identifiant-nouveau", "code-sans-usage"}))
def test_sound_sources_raise_no_situation(sound: Outcome, code: str) -> None:
    assert code not in set(sound.issues["code"])


@pytest.mark.parametrize("code", sorted(PARTIAL))
def test_partial_mode_says_what_it_did_of_an_unreadable_file(tmp_path: Path, code: str) -> None:
    sources = write_small_sources(tmp_path / "sources")
    file, _ = unreadable(sources)
    kept = sources.copy(tmp_path / "version") if code == "version-precedente-reprise" else None
    if kept is not None:
        openpyxl.Workbook().save(kept.root / file)
    fallback = Fallback(kept.root, "2026-01-01") if kept else None
    issues = job.read(sources.root, partial=True, fallback=fallback).issues
    assert issues.loc[issues["code"] == code, "file"].tolist() == [file]


def test_rules_of_the_whole_are_in_the_catalogue() -> None:
    assert set(CATALOGUE) >= WHOLE_FOLDER


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_words_in_both_languages(code: str) -> None:
    kind = CATALOGUE[code]
    assert re.fullmatch("[a-z]+(-[a-z]+)*", code)
    fields = []
    for text in (kind.message, kind.advice, kind.message_en, kind.advice_en):
        fields.append({name for _, name, _, _ in Formatter().parse(text) if name is not None})
        assert fields[-1] <= {"value", "expected", "near"}
        assert kind.in_general(text)[-1] in ".…"
        assert "'" not in text
    assert fields[0] == fields[2]
    assert fields[1] == fields[3]
    assert kind.message != kind.message_en


def test_every_kind_is_in_one_family() -> None:
    assert [code for family in FAMILIES for code in family.kinds] == list(CATALOGUE)


def test_a_code_declared_twice_is_our_bug() -> None:
    words = ("un.", "deux.", "one.", "two.")
    with pytest.raises(ValueError, match="declared twice"):
        kinds(("code", E, *words), ("code", E, *words))


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m pipelines.curation.catalogue_page"


def test_the_page_holds_every_rule_and_its_links_lead_somewhere() -> None:
    text = page()
    for code in CATALOGUE:
        assert f"### {code}\n" in text
        assert f"(#{code})" in text
