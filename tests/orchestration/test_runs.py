"""Runs of the job: the same release from the shell, from Dagster’s own launcher and from a test; wrong data refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import openpyxl
import pytest

from pipelines.definitions import defs
from pipelines.orchestration.names import RELEASE_FILES
from pipelines.orchestration.publication import DIFF
from tests.conftest import SmallSources
from tests.publication.conftest import PROJECT, SOURCES

DATE = "2026-11-22"


def run(*command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """A command of the project, as a person would type it, with a Dagster home of its own."""
    environment = os.environ | {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1", "PYTHONPATH": str(PROJECT)}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def build(sources: Path, outputs: Path, home: Path) -> subprocess.CompletedProcess[str]:
    where = ("--sources", str(sources), "--outputs", str(outputs), "--date", DATE)
    return run(sys.executable, "-m", "pipelines", "build", *where, home=home)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def from_shell(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    root = tmp_path_factory.mktemp("shell")
    done = build(SOURCES, root / "sorties", root / "dagster")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Warning" not in done.stderr
    return root, done.stdout


def test_the_shell_says_what_goes_on_and_what_was_made(from_shell: tuple[Path, str]) -> None:
    _, said = from_shell
    assert "Lecture des classeurs" in said
    assert "Version 2026-11-22 publiée" in said
    assert "contrats-de-destination.xlsx" in said
    assert "0 erreur" in said
    assert "Le site de téléchargement est à jour" in said
    assert "\x1b[" not in said


def test_the_release_has_its_site(from_shell: tuple[Path, str]) -> None:
    site = from_shell[0] / "sorties" / "site"
    assert "2026-11-22" in (site / "index.html").read_text(encoding="utf-8")
    file = Path("csv") / "contrats.csv"
    assert (site / "latest" / file).read_bytes() == (from_shell[0] / "sorties" / "latest" / file).read_bytes()
    assert (site / "contrats" / "provence" / "index.html").is_file()


def test_a_test_makes_the_same_release(from_shell: tuple[Path, str], tmp_path: Path) -> None:
    settings = {"sources": str(SOURCES), "outputs": str(tmp_path), "date": DATE}
    result = defs.resolve_job_def("publier").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(), run_config={"resources": {"settings": {"config": settings}}}
    )
    assert result.success
    assert bytes_of(tmp_path / "releases" / DATE) == bytes_of(from_shell[0] / "sorties" / "releases" / DATE)
    version = next(
        event for event in result.get_asset_materialization_events() if event.asset_key == RELEASE_FILES["version"]
    )
    assert version.materialization.metadata["version"].value == DATE
    report = tmp_path / "rapports" / f"{DATE}.html"
    assert version.materialization.metadata["rapport"].value == str(report)
    checks = {
        str(one.metadata["rapport"].value) for one in result.get_asset_check_evaluations() if "rapport" in one.metadata
    }
    assert checks == {str(report)}
    assert report.read_bytes() == (from_shell[0] / "sorties" / "rapports" / f"{DATE}.html").read_bytes()


@pytest.mark.slow
def test_dagsters_launcher_makes_the_same_release(from_shell: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copyfile(PROJECT / "pipelines" / "orchestration" / "dagster.yaml", home / "dagster.yaml")
    settings = {"sources": str(SOURCES), "outputs": str(tmp_path / "sorties"), "date": DATE}
    config = tmp_path / "run.json"
    config.write_text(json.dumps({"resources": {"settings": {"config": settings}}}), encoding="utf-8")
    launched = (
        sys.executable,
        "-m",
        "dagster",
        "job",
        "execute",
        "-m",
        "pipelines.definitions",
        "-j",
        "publier",
        "-c",
        str(config),
    )
    done = run(*launched, home=home)
    assert done.returncode == 0, done.stderr[-2000:]
    assert bytes_of(tmp_path / "sorties" / "releases" / DATE) == bytes_of(from_shell[0] / "sorties" / "releases" / DATE)


@pytest.mark.slow
def test_the_same_sheets_make_no_second_release(from_shell: tuple[Path, str]) -> None:
    root, _ = from_shell
    done = build(SOURCES, root / "sorties", root / "dagster")
    assert done.returncode == 0, done.stderr
    assert "Rien de nouveau" in done.stdout
    assert [path.name for path in (root / "sorties" / "releases").iterdir()] == [DATE]


def test_wrong_data_is_named_by_its_cell_and_leaves_the_release_alone(
    from_shell: tuple[Path, str], tmp_path: Path
) -> None:
    root, _ = from_shell
    before = bytes_of(root / "sorties")
    broken = tmp_path / "sources"
    shutil.copytree(SOURCES, broken)
    path = broken / "contrats" / "provence.xlsx"
    book = openpyxl.load_workbook(path)
    book["Contrat"]["D2"] = "31 février 2015"
    book["Partenaires"]["B2"] = "Atout Frnace"
    book.save(path)
    done = build(broken, root / "sorties", root / "dagster")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "D2" in done.stdout
    assert "date-illisible" in done.stdout
    assert "« Atout Frnace »" in done.stdout
    assert "« Atout France »" in done.stdout
    assert "Publication refusée" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    report = root / "sorties" / "rapports" / f"{DATE}.html"
    assert f"rapports/{DATE}.html" in done.stdout
    assert "Atout Frnace" in report.read_text(encoding="utf-8")
    after = bytes_of(root / "sorties")
    aside = (".", "rapports/")
    assert {name: content for name, content in after.items() if not name.startswith(aside)} == {
        name: content for name, content in before.items() if not name.startswith(aside)
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("build", "--sources", "absent"), 2, "n’existe pas"),
        (("build", "--date", "22/11/2026"), 2, "AAAA-MM-JJ"),
        (("build", "--outputs", "/dev/null/x"), 3, ""),
        (("inconnu",), 2, ""),
    ],
)
def test_wrong_usage_and_a_hostile_environment_have_their_codes(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = run(sys.executable, "-m", "pipelines", *arguments, home=tmp_path / "dagster")
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_a_build_imports_nothing_that_it_does_not_use(small_sources: SmallSources, tmp_path: Path) -> None:
    """Libraries of tests and templates stay out of a build; rapidfuzz is in it, to compare rows that look alike."""
    program = (
        "import sys; from pipelines.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "unused = {'openpyxl', 'frictionless', 'duckdb', 'pytest', 'dagster_webserver'}\n"
        "print('imported:', sorted(unused & set(sys.modules)), code)"
    )
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    where = ("--sources", str(small_sources.root), "--outputs", str(tmp_path / "sorties"), "--date", DATE)
    done = run(sys.executable, "-c", program, "build", *where, home=tmp_path / "dagster")
    assert "imported: [] 0" in done.stdout, done.stdout[-500:] + done.stderr[-2000:]


def test_check_as_json_has_the_agreed_shape(tmp_path: Path) -> None:
    broken = tmp_path / "sources"
    shutil.copytree(SOURCES, broken)
    (broken / "contrats" / "lyon.xlsx").write_bytes(b"ceci n'est pas un classeur")
    done = run(sys.executable, "-m", "pipelines", "check", str(broken), "--json", home=tmp_path / "dagster")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert set(said) == {"files", "rows", "errors", "warnings", "issues"}
    unreadable = [issue for issue in said["issues"] if issue["code"] == "fichier-illisible"]
    assert [issue["file"] for issue in unreadable] == ["contrats/lyon.xlsx"]
    assert set(unreadable[0]) == {
        "code", "severity", "file", "sheet", "cell", "row", "column", "value", "message", "advice",
    }  # fmt: skip


def test_a_run_may_check_everything_and_publish_nothing(small_sources: SmallSources, tmp_path: Path) -> None:
    settings = {"sources": str(small_sources.root), "outputs": str(tmp_path / "sorties"), "date": DATE}
    result = defs.resolve_job_def("publier").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"settings": {"config": settings | {"publish": False}}}},
    )
    assert result.success
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert not made & set(RELEASE_FILES.values())
    compared = [one for one in result.get_asset_check_evaluations() if one.asset_key == DIFF]
    assert {(one.passed, one.severity) for one in compared} == {(False, dg.AssetCheckSeverity.WARN)}
    assert (tmp_path / "sorties" / "rapports" / f"{DATE}.html").is_file()
    assert not (tmp_path / "sorties" / "releases").exists()
