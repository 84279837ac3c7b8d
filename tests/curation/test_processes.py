"""Reading in several processes: nothing differs but the time, nobody waits for the dead, nobody is left behind."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import job
from pipelines.cli import main
from pipelines.curation import processes
from pipelines.curation.parse import Vocabularies
from pipelines.curation.processes import START, Task, _batches, _seconds
from pipelines.curation.units import Unit
from pipelines.helpers import HelperDiedError, Helpers, worth
from pipelines.parallel import processors
from pipelines.progress import following_files
from pipelines.settings import SettingError
from tests.conftest import SmallSources, write_small_sources
from tests.corpus.clean import clean_book
from tests.corpus.writers import write
from tests.curation.test_cache import OBJECTIVE, same
from tests.sharing import leave_to_helpers, living, waiting


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> SmallSources:
    """Workbooks enough to share, one that cannot be read, one without a column, a correction (shared)."""
    small = write_small_sources(tmp_path_factory.mktemp("processus") / "sources")
    for number in range(6):
        write(clean_book(f"essai-{number}"), small.root / "contrats", f"essai-{number}", "xlsx")
    (small.root / "contrats" / "essai-3.xlsx").write_bytes(b"rien")
    small.write("contrats/bretagne/Partenaires", [row[1:] for row in small.grid("contrats/bretagne/Partenaires")])
    small.write_rows("corrections", [OBJECTIVE])
    return small


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Has helpers start at once, and this one leave to its helpers all it can; gives their numbers."""
    monkeypatch.setattr(processes, "START", 0.0)
    return partial(leave_to_helpers, monkeypatch)


def _told_late(helpers: Helpers, vocabularies: Vocabularies) -> None:
    """Tells the vocabularies once the helpers have read for a while."""
    begun = waiting(helpers.tickets)
    while waiting(helpers.tickets) > begun // 2 and all(one.process.poll() is None for one in helpers.running):
        time.sleep(0.01)
    _TELL(helpers, vocabularies)


_TELL = Helpers.tell


@pytest.mark.parametrize(
    ("count", "one_sheet", "long", "tell"),
    [(2, False, 0, _TELL), (2, False, 1, _told_late), (3, True, 1_000, _TELL), (3, True, 1_000, _told_late)],
)
def test_the_number_of_processes_changes_nothing(
    sources: SmallSources,
    sharing: Callable[..., list[int]],
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    one_sheet: bool,
    long: int,
    tell: Callable[[Helpers, Vocabularies], None],
) -> None:
    monkeypatch.setattr(processes, "ROWS_TYPED_APART", long)
    monkeypatch.setattr(Helpers, "tell", tell)
    alone: list[str] = []
    with following_files(alone.append):
        wanted = job.read(sources.root, partial=one_sheet)
    started, told = sharing(count), list[str]()
    with following_files(told.append):
        same(job.read(sources.root, partial=one_sheet), wanted)
    assert len(started) == count - 1
    assert sorted(told) == sorted(alone)
    assert not any(map(living, started))


def test_few_files_are_read_here(sources: SmallSources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", "2")
    monkeypatch.setattr(Helpers, "start", lambda *_: pytest.fail("a helper for nine files"))
    job.read(sources.root)


@pytest.mark.parametrize(
    ("name", "files", "size", "helpers"),
    [("a", 100, 200_000, 0), ("a", 100, 20_000_000, 10), ("a.xlsx", 1_000, 14_000, 1), ("a.ods", 10_000, 14_000, 7)],
)
def test_each_helper_saves_more_than_its_start(name: str, files: int, size: int, helpers: int) -> None:
    alone = files * _seconds(Unit(name, Path(name)), size)
    assert worth(alone, START, 300) == helpers
    assert worth(alone, START, 2) == min(helpers, 2)


def _killed(helpers: Helpers) -> None:
    helpers.running[0].process.send_signal(signal.SIGKILL)


def test_a_helper_that_is_killed_is_told_and_hangs_nobody(
    sources: SmallSources, sharing: Callable[..., list[int]]
) -> None:
    started = sharing(2, _killed)
    with pytest.raises(HelperDiedError, match=r"SIGKILL, sans doute faute de mémoire.*CONTRATS_PROCESSUS=1"):
        job.read(sources.root, partial=True)
    assert len(started) == 1
    assert not any(map(living, started))


def test_the_command_line_says_it_in_french_and_ends_with_3(
    sources: SmallSources, sharing: Callable[..., list[int]]
) -> None:
    sharing(2, _killed)
    result = CliRunner().invoke(main, ["check", str(sources.root)])
    assert result.exit_code == 3, result.output
    assert "Un processus de lecture s’est arrêté" in result.stderr


def test_an_interruption_ends_the_helpers(sources: SmallSources, sharing: Callable[..., list[int]]) -> None:
    def interrupted(_: Helpers) -> None:
        raise KeyboardInterrupt

    started = sharing(3, interrupted)
    with pytest.raises(KeyboardInterrupt):
        job.read(sources.root)
    assert len(started) == 2
    assert not any(map(living, started))


def test_a_helper_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    tickets, given = os.pipe()
    os.write(given, struct.pack("<I", 0))
    os.close(given)
    unit = Unit("contrats/absent.xlsx", tmp_path / "contrats" / "absent.xlsx")
    task = Task([[unit]], tmp_path, partial=False, fallback=None, here=tmp_path, long=0)
    (tmp_path / "travail").write_bytes(pickle.dumps(task))
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines.curation.helper", str(tmp_path), "0", str(tickets)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(tickets,),
    ) as helper:
        assert helper.stdin is not None
        helper.stdin.close()
        assert helper.wait(timeout=60) == 1  # instead of waiting for ever for what it has to know to go on
    os.close(tickets)


@pytest.mark.parametrize("said", ["zéro", "0", "-1", "257", "1.5", "²"])
def test_a_wrong_number_of_processes_is_told_to_the_administrator(
    said: str, sources: SmallSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRATS_PROCESSUS", said)
    with pytest.raises(SettingError, match=f"CONTRATS_PROCESSUS vaut « {said} »"):
        job.read(sources.root)
    result = CliRunner().invoke(main, ["check", str(sources.root)])
    assert result.exit_code == 2
    assert f"CONTRATS_PROCESSUS vaut « {said} » : un nombre de 1 à 256 est attendu." in result.stderr


def test_the_processors_allowed_count_and_one_where_a_pool_shares_them_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTRATS_PROCESSUS", raising=False)
    assert processors() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("CONTRATS_PROCESSUS", "7")
    assert processors() == 7
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    assert processors() == 1


@pytest.mark.parametrize("sizes", [[1], [2, 2, 2], [10] * 1000, [1, 10**9, 1, 1], [10**6] * 5 + [1] * 5000], ids=len)
@pytest.mark.parametrize("count", [2, 64])
def test_batches_hold_each_file_once_and_their_tickets_fit_in_a_pipe(sizes: Sequence[int], count: int) -> None:
    units = [Unit(f"contrats/{number}.xlsx", Path(f"{number}.xlsx")) for number in range(len(sizes))]
    batches = _batches(units, sizes, count)
    assert sorted((unit for batch in batches for unit in batch), key=lambda unit: int(unit.path.stem)) == units
    assert all(batches)
    assert len(batches) * 4 <= 16_384
    if max(sizes) == 10**9:
        assert [unit.path.stem for unit in batches[0]] == ["1"]
