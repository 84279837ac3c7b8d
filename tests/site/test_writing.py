"""Pages written by several processes: the same site, and the one that was there when a process dies."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.helpers import HelperDiedError, Helpers
from pipelines.publish.staging import IN_PROGRESS
from pipelines.site import writing
from pipelines.site.build import build_site
from pipelines.site.writing import write
from tests.sharing import leave_to_helpers, living


@pytest.fixture
def folder(outputs: Path, tmp_path: Path) -> Path:
    """Outputs without a site."""
    found = tmp_path / "sorties"
    shutil.copytree(outputs, found, symlinks=True, ignore=shutil.ignore_patterns("site"))
    return found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A helper is worth its start, however few pages there are."""
    monkeypatch.setattr(writing, "START", 0.0)
    monkeypatch.setattr(writing, "_READING_A_ROW", 0.0)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("count", [2, 3])
def test_the_number_of_processes_changes_no_byte(folder: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", "1")
    alone = contents(build_site(folder))
    here: list[str] = []

    def noted(path: Path, content: bytes) -> None:
        here.append(path.name)
        write(path, content)

    monkeypatch.setattr(writing, "write", noted)
    started = leave_to_helpers(monkeypatch, count)
    assert contents(build_site(folder)) == alone
    assert 0 < len(here) < sum(name.endswith(".html") for name in alone)
    assert len(started) == count - 1
    assert not any(map(living, started))


def test_a_helper_for_few_pages_is_not_worth_its_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", "8")
    monkeypatch.setattr(Helpers, "start", lambda *_: pytest.fail("a helper for a few hundred pages"))
    build_site(folder)


@pytest.mark.usefixtures("at_once")
def test_when_a_helper_is_killed_the_site_stays_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(helpers: Helpers, _: object) -> None:
        helpers.running[0].process.send_signal(signal.SIGKILL)
        helpers.running[0].process.wait()

    (build_site(folder) / "temoin.html").write_text("d’avant", encoding="utf-8")
    before = contents(folder / "site")
    monkeypatch.setenv("CONTRATS_PROCESSUS", "2")
    monkeypatch.setattr(Helpers, "tell", killed)
    with pytest.raises(HelperDiedError, match=r"qui écrit les pages du site s’est arrêté par le signal SIGKILL.*comme"):
        build_site(folder)
    assert contents(folder / "site") == before
    assert not (folder / IN_PROGRESS).exists()


@pytest.mark.usefixtures("at_once")
def test_what_goes_wrong_in_a_helper_goes_wrong_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Helpers.start
    monkeypatch.setattr(
        Helpers, "start", lambda self, count, task: start(self, count, replace(task, version="2000-01-01"))
    )
    leave_to_helpers(monkeypatch, 2)
    with pytest.raises(RuntimeError, match="is not 2000-01-01"):
        build_site(folder)
