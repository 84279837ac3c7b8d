"""The story of a published row, from its cell to its value: real rows, whose stories are known."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from pipelines import job
from pipelines.explain import NoSuchRowError, explain, told
from pipelines.publish.description import load_description
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.release import write_release
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES


@pytest.fixture(scope="module")
def opened(release: Path) -> ReleaseFolder:
    return ReleaseFolder.open(release)


def test_a_contract_has_its_cells_sources_and_divergences(opened: ReleaseFolder) -> None:
    story = explain(opened, "contrats", "alpes")
    (place,) = story.places
    typed = {cell.cell: cell for cell in place.cells}
    assert (place.file, place.sheet, place.row, place.trouble) == ("contrats/alpes.xlsx", "Contrat", 2, "")
    book = openpyxl.load_workbook(SOURCES / place.file)["Contrat"]
    assert {cell.cell: cell.text for cell in place.cells if cell.cell == "B2"} == {"B2": book["B2"].value}
    assert typed["D2"].columns == ("date_signature",)
    assert ("objectif", "jdc2016") in {(column, source["source_id"]) for column, source in story.citations}
    assert {divergence["colonne"] for divergence, _ in story.divergences} == {"date_signature", "nom"}
    assert {table: count for table, count, _ in story.referred_by}["actions"] == 4
    text = told(story, opened.version)
    assert "D2    Date de signature : « 2014-12-16 » → date_signature" in text
    assert "version 2 : « début septembre 2015, à Passy » (alp1)" in text
    assert "None" not in text


def test_every_row_typed_in_a_workbook_is_found_in_its_cell(opened: ReleaseFolder) -> None:
    """Where the identifier was typed, the story shows that very cell, whatever the format of the workbook."""
    told_of = {
        (row["fichier"], row["table_code"], row["ligne_id"])
        for row in opened.parquet("provenance").to_pylist()
        if row["fichier"] in ("contrats/corse.ods", "contrats/provence.xlsx") and row["table_code"] == "actions"
    }
    assert len(told_of) > 5
    for file, table, key in sorted(told_of):
        cells = [cell for place in explain(opened, table, key).places for cell in place.cells]
        assert any(cell.text == key and cell.columns == ("action_id",) for cell in cells), (file, key)


def test_a_spelling_is_told_with_the_name_of_the_registry(opened: ReleaseFolder) -> None:
    names = {row["partenaire_id"]: row["nom"] for row in opened.parquet("partenaires").to_pylist()}
    stories = [
        explain(opened, "contrats_partenaires", row["contrat_partenaire_id"])
        for row in opened.parquet("contrats_partenaires").to_pylist()[:60]
    ]
    spelt = [(one, story.row["partenaire_id"]) for story in stories for one in story.spellings]
    assert spelt
    for (where, text, name), partner in spelt:
        assert where.startswith("Partenaires ")
        assert name == names[partner] != text


def test_a_derived_row_leads_to_what_it_comes_from(opened: ReleaseFolder) -> None:
    story = explain(opened, "contrats_a_plat", "alpes")
    assert story.places == ()
    assert ("contrat_id", "contrats", "alpes") in story.refers_to
    assert "n’est saisie nulle part" in told(story, opened.version)


@pytest.mark.parametrize(
    ("table", "key", "said"),
    [("contrat", "alpes", "« contrats »"), ("contrats", "alps", "« alpes »"), ("provenance", "zz", "pas de ligne")],
)
def test_what_is_not_there_is_said_with_the_nearest(opened: ReleaseFolder, table: str, key: str, said: str) -> None:
    with pytest.raises(NoSuchRowError, match=said):
        explain(opened, table, key)


def test_a_sheet_that_is_no_longer_the_one_read_is_not_shown(release: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release, tmp_path / "copie"))
    for path in (copy / "sources" / "contrats", copy / "sources" / "contrats" / "alpes.xlsx"):
        path.chmod(0o755)
    (copy / "sources" / "contrats" / "alpes.xlsx").write_bytes(b"autre chose")
    story = explain(ReleaseFolder.open(copy), "contrats", "alpes")
    assert "son empreinte diffère" in story.places[0].trouble
    (copy / "sources" / "contrats" / "alpes.xlsx").unlink()
    assert "ne garde pas ce fichier" in explain(ReleaseFolder.open(copy), "contrats", "alpes").places[0].trouble


def test_a_correction_is_told_with_its_reason(small_sources: SmallSources, tmp_path: Path) -> None:
    small_sources.write_rows(
        "corrections",
        [
            {
                "Identifiant": "alpes-objectif",
                "Fichier": "contrats/alpes",
                "Feuille": "Contrat",
                "Ligne visée": "alpes",
                "Colonne visée": "Objectif",
                "Valeur attendue": "Allonger la saison",
                "Valeur corrigée": "Allonger les saisons",
                "Motif": "Le singulier est une coquille",
                "Source": "ALP3",
            }
        ],
    )
    outcome = small_sources.run()
    assert not outcome.refused, outcome.issues.to_string()
    made = write_release(
        outcome.tables,
        outcome.issues,
        load_description(SOURCES / "jeu_de_donnees.toml"),
        job.codes_of(outcome.tables["nomenclatures"]),
        tmp_path / "sorties",
        dt.date(2026, 11, 22),
        small_sources.root,
    )
    text = told(explain(ReleaseFolder.open(made.path), "contrats", "alpes"), made.version)
    assert "« Allonger la saison »" in text
    assert "est lu « Allonger les saisons » ; motif : Le singulier est une coquille (source : alp3)" in text
