"""The commands that make the site, and those after which it is made again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.helpers import Helpers
from pipelines.site import writing
from tests.site.conftest import FIRST, LAST


@pytest.fixture
def releases(outputs: Path, tmp_path: Path) -> Path:
    """A copy of the releases, without their site."""
    return Path(shutil.copytree(outputs, tmp_path / "sorties", symlinks=True, ignore=shutil.ignore_patterns("site")))


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def test_the_site_is_made_without_a_release_and_follows_the_one_that_is_withdrawn(releases: Path) -> None:
    where = ("--outputs", str(releases))
    code, said = run("site", *where)
    assert (code, "Site fait" in said) == (0, True), said
    shown = releases / "site" / "versions.json"
    assert json.loads(shown.read_text(encoding="utf-8"))["latest"] == LAST.isoformat()
    code, said = run("releases", "withdraw", LAST.isoformat(), "--apply", *where)
    assert code == 0, said
    assert json.loads(shown.read_text(encoding="utf-8"))["latest"] == FIRST.isoformat()
    assert not (releases / "site" / "releases" / LAST.isoformat()).exists()


def test_there_is_nothing_to_show_yet(tmp_path: Path) -> None:
    code, said = run("site", "--outputs", str(tmp_path))
    assert (code, "aucune version" in said) == (2, True), said


def test_a_withdrawal_whose_site_cannot_follow_says_that_it_is_done(releases: Path) -> None:
    """The disk refuses the site: the release is withdrawn all the same, and it is said that the site still shows it."""
    where = ("--outputs", str(releases))
    assert run("site", *where)[0] == 0
    (releases / ".en-cours").write_text("un fichier à la place d’un dossier", encoding="utf-8")
    code, said = run("releases", "withdraw", LAST.isoformat(), "--apply", *where)
    assert (code, "C’est retiré, mais le site n’a pas pu être refait" in said) == (3, True), said
    assert json.loads((releases / "versions.json").read_text(encoding="utf-8"))["latest"] == FIRST.isoformat()


def test_a_withdrawal_whose_site_loses_a_process_says_that_it_is_done(
    releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(helpers: Helpers, _: object) -> None:
        helpers.running[0].process.kill()
        helpers.running[0].process.wait()

    where = ("--outputs", str(releases))
    assert run("site", *where)[0] == 0
    monkeypatch.setenv("CONTRATS_PROCESSUS", "2")
    monkeypatch.setattr(writing, "START", 0.0)
    monkeypatch.setattr(writing, "_READING_A_ROW", 0.0)
    monkeypatch.setattr(Helpers, "tell", killed)
    code, said = run("site", *where)
    assert (code, "Un processus qui écrit les pages du site s’est arrêté par le signal SIGKILL" in said) == (3, True), (
        said
    )
    code, said = run("releases", "withdraw", LAST.isoformat(), "--apply", *where)
    assert (code, "C’est retiré, mais le site n’a pas pu être refait : Un processus" in said) == (3, True), said
    assert json.loads((releases / "versions.json").read_text(encoding="utf-8"))["latest"] == FIRST.isoformat()


def test_a_wrong_setting_is_told_before_anything_is_done(releases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = ("--outputs", str(releases))
    monkeypatch.setenv("CONTRATS_PROCESSUS", "deux")
    for words in (("site",), ("releases", "withdraw", LAST.isoformat(), "--apply")):
        code, said = run(*words, *where)
        assert (code, "CONTRATS_PROCESSUS vaut « deux »" in said) == (2, True), said
    assert json.loads((releases / "versions.json").read_text(encoding="utf-8"))["latest"] == LAST.isoformat()
