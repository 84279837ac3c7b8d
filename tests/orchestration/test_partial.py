"""``--partial``: what is refused is quarantined and named, the rest is published; the guards still decide."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.orchestration.launch import Result, launch
from tests.publication.conftest import SOURCES

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the real sources, and a Dagster home of its own."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    shutil.copytree(SOURCES, tmp_path / "sources")
    return tmp_path


def published(place: Path, day: int, *, partial: bool = True) -> Result:
    return launch(place / "sources", place / "sorties", dt.date(2026, 1, day).isoformat(), partial=partial)


def release_of(result: Result) -> Path:
    assert result.release is not None, result.message or result.issues
    return result.release.path


def break_cell(place: Path, name: str, sheet: str, cell: str, value: str) -> None:
    path = place / "sources" / "contrats" / name
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def test_a_refused_row_is_set_aside_with_what_depends_on_it(place: Path) -> None:
    break_cell(place, "provence.xlsx", "Contrat", "D2", "31 février 2015")
    strict = published(place, 1, partial=False)
    assert strict.refused
    assert not (place / "sorties" / "releases").exists() or not list((place / "sorties" / "releases").iterdir())
    release = release_of(published(place, 1))
    contracts = pd.read_csv(release / "csv" / "contrats.csv")
    assert len(contracts) == 41
    for name in ("actions", "contrats_partenaires", "indicateurs"):
        frame = pd.read_csv(release / "csv" / f"{name}.csv")
        assert "provence" not in set(frame["contrat_id"]), name
    issues = pd.read_csv(release / "issues.csv")
    wrong = issues[issues["severity"] == "error"]
    assert wrong[["code", "file", "cell"]].to_numpy().tolist() == [
        ["date-illisible", "contrats/provence.xlsx", "D2"],
    ]
    assert (issues["code"] == "ligne-entrainee").sum() > 50
    journal = (release / "journal.md").read_text(encoding="utf-8")
    assert "contrats/provence.xlsx, Contrat D2" in journal
    assert "Lignes écartées avec elles" in journal


def test_an_unreadable_workbook_is_taken_from_the_last_release_again_and_again(place: Path) -> None:
    first = release_of(published(place, 1))
    path = place / "sources" / "contrats" / "lyon.xlsx"
    path.write_bytes(path.read_bytes()[:1000])
    break_cell(place, "alpes.xlsx", "Contrat", "O2", "Une remarque nouvelle")
    for day, before in ((2, "2026-01-01"), (3, "2026-01-02")):
        if day == 3:
            break_cell(place, "alpes.xlsx", "Contrat", "O2", "Une remarque plus nouvelle encore")
        release = release_of(published(place, day))
        assert release.name == f"2026-01-0{day}"
        assert len(pd.read_csv(release / "csv" / "contrats.csv")) == 42
        kept = (release / "sources" / "contrats" / "lyon.xlsx").read_bytes()
        assert kept == (first / "sources" / "contrats" / "lyon.xlsx").read_bytes()
        journal = (release / "journal.md").read_text(encoding="utf-8")
        assert "Classeurs repris de la version précédente" in journal
        assert f"la copie gardée dans la version {before}" in journal


def test_an_unreadable_reference_list_refuses_even_a_partial_release(place: Path) -> None:
    (place / "sources" / "referentiels" / "zones.csv").unlink()
    result = published(place, 1)
    assert result.release is None
    assert result.refused
