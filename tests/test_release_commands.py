"""The commands about releases, as a person types them: what they say, and their exit codes."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.publish import lock
from pipelines.publish.release import write_release
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

Json = dict[str, Any]
LATER = DATE + dt.timedelta(days=7)
FIRST, SECOND = DATE.isoformat(), LATER.isoformat()


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases that differ by the organisations of the second."""
    folder = tmp_path_factory.mktemp("sorties")
    write_release(frames(), issues(), description(), CODES, folder, DATE, declared=DECLARED)
    other: dict[str, object] = {"organisme_id": "a-2", "nom": "Autre nom", "est_actif": True}
    kept: list[dict[str, object]] = [{"organisme_id": f"a-{rank}", "nom": f"Nom {rank}"} for rank in (3, 4)]
    changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None}, other, *kept])}
    write_release(changed, issues(), description(), CODES, folder, LATER, declared=DECLARED)
    return folder


def run(outputs: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--outputs", str(outputs)])


@pytest.mark.parametrize("named", ["latest", FIRST, "dossier"])
def test_a_sound_release_is_verified(outputs: Path, named: str) -> None:
    done = run(outputs, "verify", str(outputs / "releases" / FIRST) if named == "dossier" else named)
    assert done.exit_code == 0, done.output
    assert "tout concorde" in done.output


def test_a_changed_release_is_not(outputs: Path, tmp_path: Path) -> None:
    copy = tmp_path / "téléchargée"
    copy.mkdir()
    for path in (outputs / "releases" / FIRST).rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(outputs / "releases" / FIRST)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (copy / "csv" / "lieux.csv").write_bytes((copy / "csv" / "lieux.csv").read_bytes().replace(b"2A", b"2B"))
    done = run(outputs, "verify", str(copy))
    assert done.exit_code == 1
    assert "csv/lieux.csv" in done.output


def test_what_differs_is_told(outputs: Path, tmp_path: Path) -> None:
    done = run(outputs, "diff", FIRST, "latest", "--html", str(tmp_path / "page.html"))
    assert done.exit_code == 1, done.output
    assert "organismes" in done.output
    assert "Autre nom" in (tmp_path / "page.html").read_text(encoding="utf-8")
    told = json.loads(run(outputs, "diff", FIRST, SECOND, "--json").output)
    assert told == json.loads((outputs / "latest" / "diff.json").read_text(encoding="utf-8"))
    assert run(outputs, "diff", SECOND, SECOND).exit_code == 0


def test_a_copy_whose_csv_was_altered_is_not_taken_for_equal(outputs: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copie"
    shutil.copytree(outputs / "releases" / SECOND, copy)
    for path in (copy, copy / "csv", copy / "csv" / "lieux.csv"):
        path.chmod(0o755)
    (copy / "csv" / "lieux.csv").write_text("x\n", encoding="utf-8")
    (copy / "csv" / "organismes.csv").unlink()
    done = run(outputs, "diff", SECOND, str(copy))
    assert done.exit_code == 1, done.output
    assert "csv/lieux.csv" in done.output and "csv/organismes.csv" in done.output
    told = json.loads(run(outputs, "diff", SECOND, str(copy), "--json").output)
    assert told["statut"] != "identiques"
    assert sorted(one["table"] for one in told["non_compares"]) == ["lieux", "organismes"]


@pytest.mark.parametrize("words", [("diff", FIRST, SECOND), ("diff", FIRST, SECOND, "--json")])
def test_a_reader_who_leaves_does_not_change_the_exit_code(outputs: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pipelines", *words, "--outputs", str(outputs)]
    read, write = os.pipe()
    os.close(read)  # nobody reads: the first line that is written breaks the pipe
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_the_page_is_not_written_into_a_release(outputs: Path) -> None:
    page = outputs / "latest" / "diff.html"
    before = page.read_bytes()
    done = run(outputs, "diff", FIRST, SECOND, "--html", str(page))
    assert (done.exit_code, "ne change plus" in done.output) == (2, True), done.output
    assert page.read_bytes() == before


def test_a_row_is_explained(outputs: Path) -> None:
    done = run(outputs, "explain", "organismes", "a-2")
    assert done.exit_code == 0, done.output
    assert "Autre nom" in done.output
    assert "=1+1" in run(outputs, "explain", "organismes", "a-2", "--release", FIRST).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "2020-01-01"), FIRST),
        (("diff", FIRST, "nulle-part"), SECOND),
        (("diff", FIRST, SECOND, "--html", "page.txt"), ".html"),
        (("explain", "organisme", "a-2"), "organismes"),
        (("explain", "organismes", "a-22"), "a-2"),
        (("releases", "prune", "--keep", "0"), "--keep"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_said_with_what_there_is(outputs: Path, words: tuple[str, ...], said: str) -> None:
    done = run(outputs, *words)
    assert done.exit_code == 2, done.output
    assert said in done.output


HOSTILE: dict[str, Callable[[Json], object]] = {
    "no key": lambda one: one["schema"].pop("primaryKey"),
    "key": lambda one: one["schema"].update(primaryKey=True),
    "fields": lambda one: one["schema"].update(fields="é"),
    "constraints": lambda one: one["schema"]["fields"][0].update(constraints=[3]),
    "reference": lambda one: one["schema"]["foreignKeys"][0].pop("reference"),
    "target": lambda one: one["schema"]["foreignKeys"][0]["reference"].update(resource=[]),
    "formats": lambda one: one.update(autres_formats=[1e400]),
    "rows": lambda one: one.update(rows="1e9"),
    "path": lambda one: one.update(name="../../organismes"),
    "title": lambda one: one.update(title="\ud800"),
    "twice": lambda one: one.update(name="lieux"),
}


def copied(outputs: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "copie"
    shutil.copytree(outputs / "releases" / FIRST, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755)
    return copy


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_description_is_refused_in_french(outputs: Path, tmp_path: Path, name: str) -> None:
    copy = copied(outputs, tmp_path)
    told = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    HOSTILE[name](told["resources"][0])
    (copy / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    commands = [("verify", str(copy)), ("diff", str(copy), SECOND, "--json"), ("diff", SECOND, str(copy))]
    for words in (*commands, ("explain", "organismes", "a-2", "--release", str(copy))):
        done = run(outputs, *words)
        assert done.exit_code in (1, 2), (words, done.output)
        assert "Erreur du programme" not in done.output


def test_a_description_too_deep_is_refused(outputs: Path, tmp_path: Path) -> None:
    copy = copied(outputs, tmp_path)
    (copy / "datapackage.json").write_text("[" * 100_000, encoding="utf-8")
    assert run(outputs, "diff", str(copy), SECOND).exit_code == 2


@pytest.mark.parametrize("damage", ["absent", "empty", "other columns", "other type"])
def test_a_table_that_cannot_be_read_is_told_by_explain(outputs: Path, tmp_path: Path, damage: str) -> None:
    copy = copied(outputs, tmp_path)
    file = copy / "parquet" / "organismes.parquet"
    table = pq.read_table(file)
    file.unlink()
    if damage == "empty":
        file.touch()
    elif damage == "other columns":
        pq.write_table(table.drop_columns(["siren"]), file)
    elif damage == "other type":
        pq.write_table(table.set_column(0, "organisme_id", pa.array(range(table.num_rows))), file)
    done = run(outputs, "explain", "organismes", "a-2", "--release", str(copy))
    assert done.exit_code == 2, done.output
    assert "ne peut pas être lu : " in done.output


def test_a_prune_that_is_refused_does_not_say_that_it_is_done(outputs: Path) -> None:
    lock.take(outputs)
    try:
        done = run(outputs, "releases", "prune", "--keep", "1", "--apply")
    finally:
        lock.free(outputs)
    assert done.exit_code == 3, done.output
    assert "Une autre publication est en cours" in done.output
    assert "etirée" not in done.output


def test_what_the_disk_refuses_is_not_a_fault_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "versions.json").mkdir()
    for words in (("list",), ("prune",)):
        done = run(tmp_path, "releases", *words)
        assert done.exit_code == 3, done.output
        assert "un dossier occupe la place d’un fichier" in done.output


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    assert "Aucune version" in run(tmp_path, "releases", "list").output
    done = run(tmp_path, "explain", "contrats", "alpes")
    assert done.exit_code == 2
    assert "pas encore de version" in done.output


def test_releases_are_listed_then_pruned_when_asked(outputs: Path) -> None:
    listed = run(outputs, "releases", "list").output.splitlines()
    assert [line.split()[0] for line in listed] == [FIRST, SECOND]
    assert listed[1].endswith("← la dernière")
    named = run(outputs, "releases", "prune", "--keep", "1")
    assert FIRST in named.output and "--apply" in named.output and SECOND not in named.output
    assert (outputs / "releases" / FIRST).is_dir()
    gone = run(outputs, "releases", "prune", "--keep", "1", "--apply")
    assert (gone.exit_code, FIRST in gone.output, "1 version retirée" in gone.output) == (0, True, True)
    assert [path.name for path in (outputs / "releases").iterdir()] == [SECOND]
    assert "Rien à retirer" in run(outputs, "releases", "prune", "--keep", "1").output


def test_a_withdrawal_is_said_before_it_is_done(tmp_path: Path) -> None:
    for rank, day in enumerate((DATE, LATER)):
        changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "rang": rank}])}
        write_release(changed, issues(), description(), CODES, tmp_path, day, declared=DECLARED)
    told = run(tmp_path, "releases", "withdraw", SECOND)
    assert (told.exit_code, "ajoutez --apply" in told.output, FIRST in told.output) == (0, True, True), told.output
    assert (tmp_path / "releases" / SECOND).is_dir()
    refused = run(tmp_path, "releases", "withdraw", FIRST, "--apply")
    assert (refused.exit_code, "n’est pas la dernière" in refused.output) == (2, True), refused.output
    done = run(tmp_path, "releases", "withdraw", SECOND, "--apply")
    assert (done.exit_code, f"{FIRST} est la dernière version" in done.output) == (0, True), done.output
    assert run(tmp_path, "verify", "latest").exit_code == 0
    again = run(tmp_path, "releases", "withdraw", FIRST, "--apply")
    assert (again.exit_code, "la seule version" in again.output) == (2, True), again.output
