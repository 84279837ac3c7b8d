"""The command line and the launcher in this process: their summaries, refusals and exit codes."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.orchestration.launch import launch
from pipelines.progress import listening
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))


@pytest.fixture
def sources(small_sources: SmallSources) -> SmallSources:
    """Small sources that can be published."""
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    return small_sources


@pytest.fixture
def broken(sources: SmallSources) -> Path:
    """The same, with three mistakes in one workbook."""
    sources.put("contrats/alpes/Contrat", "Date de signature", "31 février 2015")
    sources.put("contrats/alpes/Partenaires", "Nom", "Atout Frnace")
    sources.put("contrats/alpes/Actions", "Axe", "promosion")
    return sources.root


def test_a_refused_build_names_each_cell(tmp_path: Path, broken: Path) -> None:
    outputs = tmp_path / "sorties"
    done = CliRunner().invoke(main, ["build", "--sources", str(broken), "--outputs", str(outputs)])
    assert done.exit_code == 1, done.output
    for cell, code in (("D2", "date-illisible"), ("B2", "partenaire-inconnu"), ("D2", "code-inconnu")):
        assert cell in done.output
        assert code in done.output
    assert "« Atout France »" in done.output
    left = [path for path in outputs.rglob("*") if path.is_file() and not path.name.startswith(".")]
    assert [path.parent.name for path in left] == ["rapports"]


@pytest.mark.slow
def test_outputs_that_cannot_be_written_are_said(sources: SmallSources, tmp_path: Path) -> None:
    (tmp_path / "sorties").mkdir()
    (tmp_path / "sorties" / "releases").write_text("un fichier à la place du dossier", encoding="utf-8")
    result = launch(sources.root, tmp_path / "sorties", "2026-11-22")
    assert result.release is None
    assert result.code == 3
    assert "releases" in result.message


@pytest.mark.slow
def test_a_trial_is_asked_for_at_the_command_line(sources: SmallSources, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    words = ["build", "--trial", "--sources", str(sources.root), "--outputs", str(outputs), "--date", "2026-11-22"]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "publication d’essai" in done.output) == (0, True), done.output
    descriptor = json.loads((outputs / "latest" / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["essai"] is True
    assert ">essai</span>" in (outputs / "site" / "versions" / "index.html").read_text(encoding="utf-8")
    assert ">trial</span>" in (outputs / "site" / "en" / "versions" / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_build_without_workbooks_has_none_and_neither_its_site_nor_its_words_offer_any(
    sources: SmallSources, tmp_path: Path
) -> None:
    outputs = tmp_path / "sorties"
    where = ["--sources", str(sources.root), "--outputs", str(outputs), "--date", "2026-11-22"]
    done = CliRunner().invoke(main, ["build", "--formats", "parquet,csv", *where])
    assert done.exit_code == 0, done.output
    assert "ce format n’est pas de ceux que l’éditeur a choisis" in done.output
    assert "ouvrez csv/contrats_a_plat.csv" in done.output
    assert not (outputs / "latest" / "xlsx").exists()
    pages = list((outputs / "site").rglob("*.html"))
    assert pages
    for page in pages:
        said = page.read_text(encoding="utf-8")
        offered = ("latest/xlsx/", "contrats-de-destination.xlsx", "contrats-de-destination.zip")
        assert [link for link in offered if link in said] == [], page


@pytest.mark.parametrize("formats", ["csv", "xlsx,zip", "csv,parquet,ods"])
def test_formats_without_those_that_all_else_is_made_of_are_a_wrong_use(formats: str, sources: SmallSources) -> None:
    done = CliRunner().invoke(main, ["build", "--formats", formats, "--sources", str(sources.root)])
    assert done.exit_code == 2, done.output
    assert "avec au moins « csv » et « parquet »" in " ".join(done.output.split())


def test_an_interruption_is_no_fault_of_the_program(sources: SmallSources, tmp_path: Path) -> None:
    with listening(lambda _: signal.raise_signal(signal.SIGINT)):
        result = launch(sources.root, tmp_path / "sorties", "2026-11-22")
    assert (result.code, result.message, result.release) == (3, "Interrompu.", None)
    assert not list((tmp_path / "sorties").glob("releases/*"))


@pytest.mark.slow
def test_a_site_that_fails_leaves_the_release_and_says_so(
    sources: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_outputs: Path) -> Path:
        raise ValueError("un gabarit est faux")

    monkeypatch.setattr("pipelines.site.build.build_site", failing)
    result = launch(sources.root, tmp_path / "sorties", "2026-11-22")
    assert (result.code, result.release) == (4, None)
    assert "La version 2026-11-22 est publiée" in result.message and "un gabarit est faux" in result.message
    assert (tmp_path / "sorties" / "latest" / "SHA256SUMS").is_file()


def test_a_description_that_is_wrong_is_said(sources: SmallSources, tmp_path: Path) -> None:
    (sources.root / "jeu_de_donnees.toml").write_text("titre = 3\n", encoding="utf-8")
    result = launch(sources.root, tmp_path / "sorties", "2026-11-22")
    assert result.code == 1
    assert "titre" in result.message


def test_check_in_words_and_as_json(broken: Path) -> None:
    said = CliRunner().invoke(main, ["check", str(broken)])
    assert said.exit_code == 1
    assert "date-illisible" in said.output
    as_json = CliRunner().invoke(main, ["check", str(broken), "--json"])
    assert as_json.exit_code == 1
    wrong = [issue for issue in json.loads(as_json.output)["issues"] if issue["severity"] == "error"]
    assert [(issue["sheet"], issue["cell"]) for issue in wrong] == [
        ("Actions", "D2"),
        ("Contrat", "D2"),
        ("Partenaires", "B2"),
    ]


def test_register_adds_what_is_new_once(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(SOURCES, sources)
    registry = sources / "referentiels" / "identifiants.csv"
    lines = registry.read_text(encoding="utf-8").splitlines(keepends=True)
    registry.write_text("".join(lines[:-3]), encoding="utf-8")
    first = CliRunner().invoke(main, ["register", "--sources", str(sources)])
    assert first.exit_code == 0, first.output
    assert "3 identifiants" in first.output
    assert registry.read_text(encoding="utf-8") == "".join(lines)
    again = CliRunner().invoke(main, ["register", "--sources", str(sources)])
    assert "déjà inscrits" in again.output


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(tmp_path / "absent")])
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("storage: {postgres: {postgres_url: {env: CONTRATS_PG_ABSENTE}}}", "CONTRATS_PG_ABSENTE"),
        ("storage: {inconnu: {}}", "dagster.yaml"),
    ],
)
def test_a_history_that_cannot_be_opened_is_said(
    sources: SmallSources, tmp_path: Path, settings: str, said: str
) -> None:
    (tmp_path / "dagster").mkdir()
    (tmp_path / "dagster" / "dagster.yaml").write_text(settings, encoding="utf-8")
    result = launch(sources.root, tmp_path / "sorties", "2026-11-22")
    assert (result.code, result.release) == (3, None)
    assert said in result.message
