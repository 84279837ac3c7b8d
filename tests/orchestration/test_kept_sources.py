"""The sheets that a release keeps: those that were read, never what lies elsewhere; and what makes a release whole."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines.curation.issues import IssueLog, place
from pipelines.orchestration.publication import dataset_description
from pipelines.publish.description import DescriptionError
from pipelines.publish.journal import journal
from pipelines.publish.release import Release, write_release
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames


def issues_of(*found: tuple[str, str, str]) -> pd.DataFrame:
    """Issues by code, file and cell."""
    log = IssueLog()
    for code, file, cell in found:
        row = int(cell.lstrip("ABCDEFGH") or 0)
        log.add(code, place(file, "Contrat" if cell else "", cell, row, value="x"), expected="2026-01-01")
    return log.frame()


def released(place_: Path, *found: tuple[str, str, str]) -> Release:
    sources = place_ / "sources"
    return write_release(
        frames(), issues_of(*found), description(), CODES, place_ / "outputs", DATE, sources, declared=DECLARED
    )


def kept(release: Release) -> dict[str, str]:
    folder = release.path / "sources"
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with sources: a workbook that is a file, another that is a folder; and a secret beside them."""
    (tmp_path / "secret.csv").write_text("secret")
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "ailleurs" / "Contrat.csv").write_text("secret")
    alpes = tmp_path / "sources" / "contrats" / "alpes"
    alpes.mkdir(parents=True)
    (alpes / "Contrat.csv").write_text("alpes")
    (tmp_path / "sources" / "contrats" / "lyon.xlsx").write_text("lyon")
    return tmp_path


GOOD = {"contrats/alpes/Contrat.csv": "alpes", "contrats/lyon.xlsx": "lyon"}


def test_a_link_brings_nothing_from_outside_into_a_release(house: Path) -> None:
    sources = house / "sources"
    (sources / "corrections.csv").symlink_to(house / "secret.csv")
    (sources / "contrats" / "bretagne.xlsx").symlink_to("../../secret.csv")
    (sources / "contrats" / "corse").symlink_to(house / "ailleurs")
    (sources / "contrats" / "alpes" / "Actions.csv").symlink_to(house / "secret.csv")
    (sources / "referentiels").symlink_to(house / "ailleurs")
    (sources / "boucle.csv").symlink_to("boucle.csv")
    (sources / "absent.csv").symlink_to("/nulle/part.csv")
    (sources / "assertions.csv").symlink_to("contrats/lyon.xlsx")
    assert kept(released(house)) == GOOD | {"assertions.csv": "lyon"}


def test_a_release_keeps_sheets_and_nothing_else(house: Path) -> None:
    (house / "sources" / "contrats" / "notes de travail.docx").write_text("brouillon")
    (house / "sources" / ".git").mkdir()
    (house / "sources" / ".git" / "x.csv").write_text("caché")
    assert kept(released(house)) == GOOD


def test_a_workbook_that_is_a_folder_is_taken_back_or_left_out_whole(house: Path) -> None:
    alpes = house / "sources" / "contrats" / "alpes"
    first = released(house)
    (alpes / "Contrat.csv").write_text("abîmé")
    (alpes / "Actions.csv").write_text("nouveau")
    second = released(house, ("version-precedente-reprise", "contrats/alpes", ""))
    (house / "sources" / "contrats" / "lyon.xlsx").write_text("abîmé")
    third = released(
        house, *(("version-precedente-reprise", name, "") for name in ("contrats/alpes", "contrats/lyon.xlsx"))
    )
    assert kept(third) == kept(second) == kept(first) == GOOD
    assert third.version != second.version != first.version
    left = released(house, ("fichier-laisse-de-cote", "contrats/alpes", ""))
    assert kept(left) == {"contrats/lyon.xlsx": "abîmé"}


@pytest.mark.parametrize(
    "lack",
    [
        ("date-illisible", "contrats/alpes", "D2"),
        ("version-precedente-reprise", "contrats/lyon.xlsx", ""),
        ("fichier-laisse-de-cote", "contrats/lyon.xlsx", ""),
    ],
    ids=lambda lack: lack[0],
)
def test_the_same_tables_whole_and_partial_are_two_releases(lack: tuple[str, str, str], house: Path) -> None:
    partial = released(house, lack)
    assert not released(house, lack, ("code-sans-usage", "referentiels/nomenclatures.csv", "B2")).new
    whole = released(house)
    assert whole.new
    assert "Publication partielle" in (partial.path / "journal.md").read_text()
    assert "Toutes les lignes saisies sont publiées." in (whole.path / "journal.md").read_text()
    assert not released(house, ("source-sans-usage", "referentiels/sources.csv", "A2")).new


def test_the_journal_counts_rows_and_names_each_issue_on_one_harmless_line() -> None:
    found = issues_of(
        ("date-illisible", "contrats/alpes", "D2"),
        ("date-illisible", "contrats/alpes", "E2"),
        ("ligne-entrainee", "contrats/alpes", "A3"),
        ("fichier-illisible", "contrats/lyon.xlsx", ""),
        ("version-precedente-reprise", "contrats/lyon.xlsx", ""),
    )
    found.loc[found["cell"] == "D2", "message"] = "lu : <img src=x>\r\n# un titre"
    said = journal("2026-01-01", DATE, frames(), DECLARED, found)
    assert (
        "Classeurs repris : 1 ; laissés de côté : 0. Lignes refusées : 1 ; touchées par le refus d’une autre : 1. "
        "Erreurs d’un fichier ou d’une feuille : 1." in said
    )
    assert "- contrats/alpes, Contrat D2 : lu : &lt;img src=x&gt; # un titre (date-illisible)\n" in said


def test_a_description_that_is_a_link_out_of_the_folder_is_refused(house: Path) -> None:
    (house / "sources" / "jeu_de_donnees.toml").symlink_to(house / "secret.csv")
    with pytest.raises(DescriptionError, match="hors du dossier"):
        dataset_description(house / "sources")
