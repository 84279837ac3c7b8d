"""Sheets are reviewed like code: what ``git diff`` and the CI show of a changed workbook."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

PROJECT = Path(__file__).resolve().parents[1]
SCRIPT = ".ci/diff-sources"


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def git(root: Path, *arguments: str) -> None:
    done = run(root, "git", "-c", "user.name=essai", "-c", "user.email=essai@exemple.fr", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of which the last commit changes one cell of a workbook, and puts a row in."""
    root = tmp_path_factory.mktemp("depot")
    for name in (".gitattributes", SCRIPT):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, root / name)
    (root / ".venv").symlink_to(sys.prefix)
    path = root / "sources" / "contrats" / "alpes.xlsx"
    path.parent.mkdir(parents=True)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Actions"
    for row in (["Identifiant", "Intitulé", "Axe"], ["alpes-a", "Fiches", "offre"], ["alpes-b", "Relais", "offre"]):
        sheet.append(row)
    book.save(path)
    git(root, "init", "-q")
    git(root, "add", ".gitattributes", ".ci", "sources")
    git(root, "commit", "-qm", "avant")
    sheet["C3"] = "marque"
    sheet.insert_rows(3)
    for place, text in {"A3": "alpes-c", "B3": "Navettes"}.items():
        sheet[place] = text
    book.save(path)
    git(root, "commit", "-qam", "après")
    return root


def test_a_changed_workbook_reads_like_a_table(reviewed: Path) -> None:
    done = run(reviewed, SCRIPT, "HEAD~1", "HEAD", "texte.txt")
    assert done.returncode == 0, done.stderr
    assert "fichiers : 1" in done.stdout
    text = (reviewed / "texte.txt").read_text(encoding="utf-8")
    changed = [line for line in text.splitlines() if re.match(r"[+-](?![+-])", line)]
    assert changed == [
        "+[Actions] alpes-c",
        "+  Identifiant: alpes-c",
        "+  Intitulé: Navettes",
        "-  Axe: offre",
        "+  Axe: marque",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [((), 2, "usage"), (("absente",), 2, "Révision inconnue : absente"), (("HEAD",), 0, "Rien ne change")],
)
def test_what_is_not_a_change(reviewed: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = run(reviewed, SCRIPT, *arguments)
    assert done.returncode == code
    assert said in done.stdout + done.stderr


def test_setup_wires_what_the_ci_runs() -> None:
    """One text, for the developer's ``git diff`` and for the file of the CI."""
    script, makefile = ((PROJECT / name).read_text(encoding="utf-8") for name in (SCRIPT, "Makefile"))
    command = re.findall(r"diff\.classeur\.textconv='(.*)'", script)
    assert [wired.replace("$(BIN)", ".venv/bin") for wired in re.findall(r"textconv '(.*)'", makefile)] == command
    attributes = (PROJECT / ".gitattributes").read_text(encoding="utf-8")
    assert set(re.findall(r"^\*(\.\w+) .*diff=classeur$", attributes, re.MULTILINE)) == {".xlsx", ".ods"}
