"""The kinds of failure: data refused and bugs are not tried again, what may pass is, and each says what it is."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import job
from pipelines.definitions import defs
from pipelines.orchestration import failures
from pipelines.orchestration.failures import FailureKind, Patience, apart, kind_of
from pipelines.portal.errors import PortalError, PortalRefusedError, PortalUnreachable
from pipelines.publish import release as publishing
from pipelines.publish.description import DescriptionError
from pipelines.publish.errors import OutputsBusy, OutputsError
from pipelines.publish.folder import NotAReleaseError
from pipelines.publish.lock import NAME
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES

REFUSED, PASSING, HINDERED, BUG = FailureKind.REFUSED, FailureKind.PASSING, FailureKind.HINDERED, FailureKind.BUG


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DescriptionError(Path("x.toml"), ["faux"]), REFUSED),
        (OutputsBusy("occupé"), PASSING),
        (OSError(errno.ENOSPC, "plein"), PASSING),
        (caused(OutputsError("le disque est plein"), OSError(errno.ENOSPC, "plein")), PASSING),
        (caused(OutputsError("lecture seule"), OSError(errno.EROFS, "lecture seule")), HINDERED),
        (OutputsError("la dernière version est abîmée"), HINDERED),
        (PermissionError(errno.EACCES, "interdit"), HINDERED),
        (FileNotFoundError(errno.ENOENT, "absent"), HINDERED),
        (ConnectionResetError("coupé"), PASSING),
        (PortalRefusedError("il n’accepte pas ce qui lui est envoyé"), REFUSED),
        (PortalUnreachable("il ne répond pas"), PASSING),
        (PortalError("la clé est fausse"), HINDERED),
        (NotAReleaseError("ce n’est pas une version"), HINDERED),
        (TimeoutError("trop long"), PASSING),
        (ValueError("faux"), BUG),
        (KeyError("x"), BUG),
        (caused(ValueError("faux"), OutputsBusy("occupé")), PASSING),
        (MemoryError(), BUG),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else value.name,
)
def test_exceptions_are_told_apart(error: Exception, kind: FailureKind) -> None:
    assert kind_of(error) is kind


def test_each_attempt_waits_twice_as_long_within_a_tenth() -> None:
    patience = Patience(first=10)
    for attempt, middle in enumerate((10, 20, 40)):
        waits = [patience.wait(attempt) for _ in range(50)]
        assert middle * 0.9 <= min(waits) < max(waits) <= middle * 1.1


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "PATIENCE", Patience(first=0.01))


class Flaky:
    """A step that fails so many times, then works."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def run(self, *, yielding: bool) -> dg.ExecuteInProcessResult:
        def work() -> int:
            self.calls += 1
            if self.calls <= self.times:
                raise self.error
            return 1

        @apart
        def returned() -> int:
            return work()

        @apart
        def yielded() -> Iterator[Any]:
            yield dg.AssetObservation("vu")
            yield dg.Output(work())

        step = dg.op(name="etape", out=dg.Out(int))(yielded if yielding else returned)

        @dg.job(executor_def=dg.in_process_executor)
        def one() -> None:
            step()

        return one.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize("yielding", [False, True])
@pytest.mark.parametrize(
    ("error", "times", "calls", "success"),
    [
        (OutputsBusy("occupé"), 2, 3, True),
        (OutputsBusy("occupé"), 9, 4, False),
        (PermissionError(errno.EACCES, "interdit"), 1, 1, False),
        (DescriptionError(Path("x.toml"), ["faux"]), 1, 1, False),
        (ValueError("faux"), 1, 1, False),
    ],
    ids=["passes", "does not pass", "rights", "refused", "bug"],
)
def test_only_what_may_pass_is_tried_again(
    error: Exception, times: int, calls: int, success: bool, yielding: bool
) -> None:
    flaky = Flaky(error, times)
    result = flaky.run(yielding=yielding)
    assert result.success is success
    assert flaky.calls == calls
    if not success:
        (failed,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
        assert failed.user_failure_data is not None
        kind = kind_of(error)
        assert failed.user_failure_data.metadata[failures.KIND].value == kind.title
        assert kind.advice in str(failed.user_failure_data.description)
        assert failed.error is not None
        assert failed.error.cause is not None
        assert failed.error.cause.cls_name == type(error).__name__


@pytest.fixture
def place(small_sources: SmallSources, tmp_path: Path) -> dict[str, str]:
    """The settings of a run on small sources that can be published."""
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    return {"sources": str(small_sources.root), "outputs": str(tmp_path / "sorties"), "date": "2026-01-01"}


def published(settings: dict[str, str]) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("publier").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"settings": {"config": settings}}},
        raise_on_error=False,
    )


def test_a_publication_waits_for_the_one_at_work(place: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is held by another process, which ends while ours waits."""
    outputs = Path(place["outputs"])
    outputs.mkdir()
    hold = (
        f"import fcntl, sys; lock = open({str(outputs / NAME)!r}, 'w'); fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdout.readline()
        refused = []
        begin = publishing.begin

        def begin_once_free(*args: Any, **more: Any) -> Any:  # noqa: ANN401  (it passes on what it is given)
            try:
                return begin(*args, **more)
            except OutputsBusy as error:
                refused.append(error)
                other.communicate()
                raise

        monkeypatch.setattr(publishing, "begin", begin_once_free)
        assert published(place).success
        assert len(refused) == 1


def test_a_bug_is_said_to_be_one(place: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise ValueError("une règle qui se trompe")

    monkeypatch.setattr(job, "build", wrong)
    result = published(place)
    (failed,) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    assert failed.user_failure_data is not None
    assert str(failed.user_failure_data.description).startswith("Erreur du programme. ValueError : une règle")
