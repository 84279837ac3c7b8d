"""Three kinds of failure, told apart: the data are refused, something is in the way, the program is wrong.

Belongs here: which exception is which, what a run does about it (try again, or not), what the UI and the shell say.
Does not belong here: alerts (``alerts``), the exceptions themselves.

Only what may pass by itself is tried again: another build at work, a full disk, a network that does not answer. Data do
not get better by themselves, nor do rights, nor does a bug.
"""

from __future__ import annotations

import errno
import functools
import inspect
import random
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import ParamSpec, TypeVar, cast

import dagster as dg

P = ParamSpec("P")
T = TypeVar("T")

KIND = "nature"
"""The metadata of a failed step that says which kind it is."""


class FailureKind(Enum):
    """A kind of failure: its name, what is to be done, and the exit code of the shell."""

    REFUSED = ("données refusées", "Corrigez ce que les contrôles nomment, puis relancez.", 1)
    PASSING = (
        "empêchement passager",
        "Une autre publication, un disque plein ou un réseau absent : relancez quand l’obstacle est levé.",
        3,
    )
    HINDERED = ("empêchement de la machine", "Corrigez ce que dit le message (droits, disque, dossier).", 3)
    BUG = (
        "erreur du programme",
        "Signalez-la avec le message et le numéro de l’exécution : relancer n’y change rien.",
        4,
    )

    def __init__(self, title: str, advice: str, code: int) -> None:
        self.title, self.advice, self.code = title, advice, code

    @property
    def retried(self) -> bool:
        """Whether a run tries again by itself."""
        return self is FailureKind.PASSING


_REFUSED = frozenset(
    {"DescriptionError", "BreakingReleaseError", "NotesError", "PortalRefusedError", "DagsterAssetCheckFailedError"}
)
_PASSING = frozenset(
    {
        "OutputsBusy",
        "StorageUnreachable",
        "PortalUnreachable",
        "ConnectionError",
        "TimeoutError",
        "Timeout",
        "ReadTimeout",
        "ConnectTimeout",
    }
    | {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "OperationalError", "BrokenPipeError"}
    | {"ConnectionResetError", "ConnectionRefusedError", "ConnectionAbortedError", "BlockingIOError"}
)
_PASSING_ERRNOS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT, errno.ENETUNREACH}
    | {errno.EHOSTUNREACH, errno.EMFILE, errno.ENFILE}
)
_HINDERED = frozenset(
    {"OutputsError", "StorageError", "PortalError", "NotAReleaseError", "ExchangeError", "OSError", "PermissionError"}
    | {"HelperDiedError", "MemoryShortError", "SettingError"}
    | {
        "FileNotFoundError",
        "FileExistsError",
        "NotADirectoryError",
        "IsADirectoryError",
        "DagsterExecutionInterruptedError",
    }
)
_OURS = frozenset(
    {"OutputsError", "OutputsBusy", "StorageError", "StorageUnreachable", "NotAReleaseError"}
    | {"PortalError", "PortalUnreachable", "HelperDiedError", "MemoryShortError", "SettingError"}
)
SPOKEN = _REFUSED - {"DagsterAssetCheckFailedError"} | _OURS
"""Exceptions that say in French what went wrong and what to do."""


def kind_of(error: BaseException) -> FailureKind:
    """The kind of an exception, from its class, its error number, and those of its causes."""
    chain = list(_causes(error))
    names = {cls.__name__ for one in chain for cls in type(one).__mro__}
    passing = any(isinstance(one, OSError) and one.errno in _PASSING_ERRNOS for one in chain)
    return FailureKind.PASSING if passing and not names & _REFUSED else kind_of_names(names)


def kind_of_names(names: Collection[str]) -> FailureKind:
    """The kind, when nothing is left of an exception but the names of its class and of those of its causes."""
    found = set(names)
    for kind, known in (
        (FailureKind.REFUSED, _REFUSED),
        (FailureKind.PASSING, _PASSING),
        (FailureKind.HINDERED, _HINDERED),
    ):
        if found & known:
            return kind
    return FailureKind.BUG


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


@dataclass(frozen=True)
class Patience:
    """How often a step is tried again, and after how long: ``first`` seconds, then twice as long each time.

    The wait is spread by a tenth, so that several machines do not come back together.
    """

    retries: int = 3
    first: float = 20.0

    def wait(self, attempt: int) -> float:
        """Seconds before the attempt after this one, counted from 0."""
        return self.first * 2.0**attempt * random.uniform(0.9, 1.1)  # noqa: S311  (nothing to guard)


PATIENCE = Patience()
IMPATIENT = "contrats/sans_attendre"
"""The tag of a run that somebody waits for at a shell: it says at once what is in the way."""


@contextmanager
def told_apart() -> Iterator[None]:
    """Around the work of a step: what goes wrong in it is said in French, by its kind, and tried again if it may pass.

    Raises:
        dagster.RetryRequested: what may pass, as long as there are attempts left.
        dagster.Failure: everything else; the exception is its cause.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:
        kind = kind_of(error)
        context = dg.OpExecutionContext.get()
        attempt = context.retry_number
        if kind.retried and IMPATIENT not in context.run_tags and attempt < PATIENCE.retries:
            raise dg.RetryRequested(PATIENCE.retries, PATIENCE.wait(attempt)) from error
        said = str(error) if set(_names(error)) & SPOKEN else f"{type(error).__name__} : {error}"
        raise dg.Failure(
            f"{kind.title.capitalize()}. {said}\n{kind.advice}", metadata={KIND: kind.title}, allow_retries=False
        ) from error


def apart(work: Callable[P, T]) -> Callable[P, T]:
    """The work of a step, or the generator of what it yields, under `told_apart`."""
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def yielding(*args: P.args, **kwargs: P.kwargs) -> Iterator[object]:
            with told_apart():
                yield from work(*args, **kwargs)

        return cast(Callable[P, T], yielding)

    @functools.wraps(work)
    def returning(*args: P.args, **kwargs: P.kwargs) -> T:
        with told_apart():
            return work(*args, **kwargs)

    return returning


def _names(error: BaseException) -> Iterator[str]:
    return (cls.__name__ for cls in type(error).__mro__)
