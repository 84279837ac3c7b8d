"""The commands about releases, as a person types them: what they say, and their exit codes."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.publish.release import write_release
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

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
    assert (gone.exit_code, FIRST in gone.output) == (0, True)
    assert [path.name for path in (outputs / "releases").iterdir()] == [SECOND]
    assert "Rien à retirer" in run(outputs, "releases", "prune", "--keep", "1").output
