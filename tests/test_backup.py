"""What is saved, and when a copy is refused rather than put back; the real services are in the slow tests."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.backup import BackupError, backup, restore
from pipelines.cli import main
from pipelines.publish.release import write_release
from pipelines.publish.versions import read_versions
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

FIRST, SECOND = DATE.isoformat(), (DATE + dt.timedelta(days=7)).isoformat()


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases."""
    folder = tmp_path_factory.mktemp("sorties")
    write_release(frames(), issues(), description(), CODES, folder, DATE, declared=DECLARED)
    changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "rang": 3}])}
    day = dt.date.fromisoformat(SECOND)
    write_release(changed, issues(), description(), CODES, folder, day, declared=DECLARED)
    (folder / ".en-cours").mkdir(exist_ok=True)
    (folder / ".en-cours" / "reste").write_text("d’une publication tuée", encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of Dagster by its names: two databases, settings, and what the next run makes again."""
    folder = tmp_path / "dagster"
    for name in ("history/runs.db", "history/runs/1.db", "storage/valeurs.db"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / name)) as base, base:
            base.execute("CREATE TABLE runs (run TEXT)")
            base.execute("INSERT INTO runs VALUES (?)", [name])
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return folder


def rows(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as base:
        return list(base.execute("SELECT run FROM runs ORDER BY rowid"))


def test_everything_comes_back(outputs: Path, home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "history" / "runs.db")) as used:
        used.execute("PRAGMA journal_mode=WAL")
        used.execute("INSERT INTO runs VALUES ('en mémoire vive')")
        used.commit()  # in the write-ahead log, not yet in the file
        saved = backup(outputs, home, tmp_path / "copie")
    assert (saved.releases, saved.databases) == (2, 2)
    assert (tmp_path / "copie").stat().st_mode & 0o077 == 0
    back, again = tmp_path / "sorties", tmp_path / "ailleurs"
    restore(tmp_path / "copie", back, again)
    assert rows(again / "history" / "runs.db") == [("history/runs.db",), ("en mémoire vive",)]
    assert (again / "dagster.yaml").is_file()
    assert not (again / "storage").exists()
    for path in outputs.rglob("*"):
        copy = back / path.relative_to(outputs)
        if not {".en-cours", ".verrou"} & set(path.relative_to(outputs).parts) and path.is_file():
            assert copy.read_bytes() == path.read_bytes()
            assert copy.stat().st_mode == path.stat().st_mode or path.name == "versions.json"
    assert read_versions(back).latest == SECOND
    assert (back / "latest").readlink() == (outputs / "latest").readlink()
    assert not (back / ".en-cours").exists()


def test_a_copy_goes_into_a_new_folder(outputs: Path, home: Path, tmp_path: Path) -> None:
    (tmp_path / "copie").mkdir()
    (tmp_path / "copie" / "notes").write_text("à garder", encoding="utf-8")
    with pytest.raises(BackupError, match="n’est pas vide"):
        backup(outputs, home, tmp_path / "copie")


def test_a_folder_without_a_release_is_a_mistake_unless_history_alone_is_asked_for(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="Aucune version"):
        backup(tmp_path / "mauvais-dossier", home, tmp_path / "copie")
    assert backup(None, home, tmp_path / "copie").databases == 2
    restore(tmp_path / "copie", tmp_path / "sorties", tmp_path / "ailleurs")
    assert (tmp_path / "ailleurs" / "history" / "runs.db").is_file()
    assert not (tmp_path / "sorties").exists()


@pytest.mark.parametrize("harm", ["interrupted", "changed", "lost", "added"])
def test_a_copy_that_is_not_whole_is_not_put_back(outputs: Path, home: Path, tmp_path: Path, harm: str) -> None:
    backup(outputs, home, tmp_path / "copie")
    base = tmp_path / "copie" / "dagster" / "history" / "runs.db"
    match harm:
        case "interrupted":
            (tmp_path / "copie" / "SHA256SUMS").unlink()
        case "changed":
            base.write_bytes(base.read_bytes()[:-1])
        case "lost":
            base.unlink()
        case _:
            base.with_name("autre.db").write_bytes(b"")
    with pytest.raises(BackupError, match=r"abîmée|achevée"):
        restore(tmp_path / "copie", tmp_path / "sorties", tmp_path / "ailleurs")
    assert not (tmp_path / "sorties").exists()


def test_nothing_that_is_there_is_replaced(outputs: Path, home: Path, tmp_path: Path) -> None:
    backup(outputs, home, tmp_path / "copie")
    with pytest.raises(BackupError, match="ne remplace rien"):
        restore(tmp_path / "copie", outputs, tmp_path / "ailleurs")
    with pytest.raises(BackupError, match="ne remplace rien"):
        restore(tmp_path / "copie", tmp_path / "sorties", home)
    assert not (tmp_path / "sorties").exists()


def test_postgresql_is_told_by_its_own_words_without_the_password(outputs: Path, home: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"pg_dump") as refused:
        backup(outputs, home, tmp_path / "copie", "postgresql://contrats:tres%20secret@127.0.0.1:1/dagster")
    assert "secret" not in str(refused.value)


def test_the_folder_of_the_environment_is_the_one_that_is_saved(
    outputs: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every command takes it: else a service’s backup would be of another folder."""
    monkeypatch.setenv("CONTRATS_OUTPUTS", str(outputs))
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["backup", str(tmp_path / "copie")])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "copie" / "outputs" / "versions.json").is_file()
