"""A workbook as text: the same in every format, a line for a cell, and only what changed in a diff."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.sheets.ods import write_ods
from pipelines.sheets.stable_text import stable_text
from pipelines.sheets.workbook import write_workbook
from tests.sheets.test_workbook import SHEETS, VOCABULARIES

ROOT = Path(__file__).parents[2]


def test_a_row_is_a_block_of_labelled_cells(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", SHEETS, VOCABULARIES, examples=True)
    text = stable_text(tmp_path / "a.xlsx")
    assert "[Territoires] ligne 4\n  Type de zone: departement\n  Code: 2A\n  Libellé: Corse-du-Sud\n" in text
    assert "  Date de signature: 2014-12-16\n" in text
    assert "  Remarque: une ligne ⏎ une autre\n" in text
    assert "[Lisez-moi]" not in text and "[Listes]" not in text


def test_both_formats_read_the_same(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", SHEETS, VOCABULARIES)
    write_ods(tmp_path / "a.ods", SHEETS, VOCABULARIES)
    assert stable_text(tmp_path / "a.xlsx") == stable_text(tmp_path / "a.ods")


def test_a_folder_is_its_sheets_by_name(tmp_path: Path) -> None:
    (tmp_path / "Outils.csv").write_text("Identifiant;Intitulé\n;Guide\n", encoding="utf-8")
    (tmp_path / "Actions.csv").write_text("Intitulé;Axe\nFiches;offre\n", encoding="utf-8")
    assert stable_text(tmp_path) == (
        "[Actions] ligne 2\n  Intitulé: Fiches\n  Axe: offre\n[Outils] ligne 2\n  Intitulé: Guide\n"
    )


def test_nothing_is_left_unsaid(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "actions"
    page.append(["Mes actions"])
    page.append(["Intitulé", "Mystère", "Identifiant", "Axe"])
    page.append(["Fiches", "perdu ?", "a-1", "off\u200bre"])
    page["E3"] = "=1/0"
    book.create_sheet("Brouillon").append(["", "note"])
    book.create_sheet("Rapport").append(["erreurs"])
    book.save(tmp_path / "a.xlsx")
    assert stable_text(tmp_path / "a.xlsx") == (
        "[actions] ligne 1\n  A: Mes actions\n"
        "[actions] ligne 2\n  B: Mystère\n"
        "[actions] ligne 3\n  Identifiant: a-1\n  Intitulé: Fiches\n  Axe: off\\u200bre\n"
        "  B: perdu ?\n  E: (formule sans résultat)\n"
        "[Brouillon] ligne 1\n  B: note\n"
    )


def test_a_cell_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('x,"\x1b[31mrouge"\n', encoding="utf-8")
    assert stable_text(tmp_path / "a.csv") == "[a] ligne 1\n  A: x\n  B: \\u001b[31mrouge\n"


def test_a_row_put_in_changes_only_itself(tmp_path: Path) -> None:
    rows = [f"a-{number},Action {number}\n" for number in range(5)]
    before, after = tmp_path / "avant", tmp_path / "apres"
    for folder, body in ((before, rows), (after, ["a-neuf,Neuve\n", *rows])):
        folder.mkdir()
        (folder / "Actions.csv").write_text("Identifiant,Intitulé\n" + "".join(body), encoding="utf-8")
    old, new = (stable_text(folder, numbered=False).splitlines() for folder in (before, after))
    assert new == ["[Actions] a-neuf", "  Identifiant: a-neuf", "  Intitulé: Neuve", *old]


def test_no_heavy_library_is_loaded() -> None:
    asked = "import sys, pipelines.cli, pipelines.sheets.stable_text as s; from pathlib import Path\n"
    asked += "assert s.stable_text(Path('sources/contrats/alpes.xlsx')).startswith('[Contrat] ligne 2')\n"
    asked += "print(sorted({'pandas', 'pandera', 'dagster', 'pyarrow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_command_prints_and_refuses(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"rien d'un classeur")
    assert CliRunner().invoke(main, ["text", str(tmp_path / "a.xlsx")]).exit_code == 1
    for_git = CliRunner().invoke(main, ["text", "--revue", str(tmp_path / "a.xlsx")])
    assert for_git.exit_code == 0 and for_git.output.startswith("(illisible : ")
    assert CliRunner().invoke(main, ["text", str(tmp_path / "absent.xlsx")]).exit_code == 2


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of one workbook, wired as `make setup` and .gitattributes do."""
    root = tmp_path / "depot"
    root.mkdir()
    _git(root, "init", "-q")
    driver = f"env PYTHONPATH='{ROOT}' '{sys.executable}' -m pipelines text --revue"
    _git(root, "config", "diff.classeur.textconv", driver)
    _git(root, "config", "diff.classeur.xfuncname", r"^(\[.*)$")
    (root / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    write_workbook(root / "a.xlsx", SHEETS, VOCABULARIES)
    _commit(root, "un")
    return root


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def _commit(root: Path, message: str) -> None:
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=Essai", "-c", "user.email=essai@exemple.fr", "commit", "-q", "-m", message)


def test_git_diff_of_a_workbook_reads_like_a_table(repository: Path) -> None:
    changed = {name: frame.copy() for name, frame in SHEETS.items()}
    changed["Territoires"].loc[1, "Libellé"] = "Corse"
    write_workbook(repository / "a.xlsx", changed, VOCABULARIES)
    lines = _git(repository, "diff").splitlines()
    marked = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert marked == ["-  Libellé: Corse-du-Sud", "+  Libellé: Corse"]
    (repository / "a.xlsx").write_bytes(b"abime")
    assert "+(illisible : " in _git(repository, "diff")
