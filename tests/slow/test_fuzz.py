"""Ten thousand mutated files: never a traceback, never a wrong address, never a workbook that spoils another.

Half of the files are damaged blindly; in the other half one known cell is spoiled and the rest laid out at random.
Files are checked in folders of a hundred; the seed of a file is its number.
"""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

import pytest

from pipelines.curation.catalogue import CATALOGUE, Severity
from pipelines.job import Outcome, run
from tests.conftest import write_small_sources
from tests.corpus.clean import clean_book
from tests.corpus.writers import FORMATS, write
from tests.slow.aimed import aimed
from tests.slow.damage import damaged

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("FUZZ_FILES", "10000"))
FOLDER = 100
SECONDS = 120
"""A folder that takes longer has met a file that hangs."""
MEMORY = 3 << 30
WITNESS = "temoin"
"""A clean workbook in every folder: whatever its neighbours are, nothing is said of it."""


class TooLongError(Exception):
    """The time given to a folder is over."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError


def _bounded() -> None:
    """In each process: no more memory than this, and a way to stop."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _stop)


def _run(root: Path) -> Outcome:
    signal.alarm(SECONDS)
    try:
        return run(root)
    finally:
        signal.alarm(0)


def _write_damaged(root: Path, number: int) -> str:
    """Writes the damaged file of this number; returns how it was made."""
    rng = random.Random(number)  # noqa: S311
    name = f"abime-{number}"
    file_format = rng.choice(FORMATS)
    path = write(clean_book(name), root / "contrats", name, file_format)
    target = rng.choice(sorted(path.iterdir())) if path.is_dir() else path
    body, how = damaged(target.read_bytes(), rng, package=file_format != "csv")
    target.write_bytes(body)
    if rng.random() < 0.02 and path.is_file():
        path.rename(path.with_suffix(".ods" if file_format == "xlsx" else ".xlsx"))
    return f"{path.name} {target.name} : {how}"


def _shortcomings(outcome: Outcome) -> list[str]:
    """What no set of files may bring about."""
    issues = outcome.issues
    told = issues[issues["severity"] != Severity.INFO.value]
    found = [f"témoin : {row.code} {row.cell}" for row in told.itertuples() if WITNESS in str(row.file)]
    known = issues["code"].isin(CATALOGUE) & (issues["message"] != "") & (issues["advice"] != "")
    located = issues["cell"].str.fullmatch(r"|[A-Z]{1,3}[1-9][0-9]{0,6}") & (issues["row"] >= 0)
    located |= (issues["code"] == "cellule-lointaine") & issues["cell"].str.fullmatch("[A-Z]+[1-9][0-9]*")
    agree = (issues["cell"] == "") | (issues["cell"].str.extract(r"([0-9]+)$")[0] == issues["row"].astype("str"))
    malformed = issues[~(known & located & agree)]
    return found + [
        f"anomalie mal formée : {row.code} {row.file} {row.cell} {row.row}" for row in malformed.itertuples()
    ]


def _try(root: Path) -> tuple[Outcome | None, list[str]]:
    try:
        outcome = _run(root)
    except BaseException as error:
        return None, [f"{type(error).__name__} : {str(error)[:300]}"]
    return outcome, _shortcomings(outcome)


def _sources(root: Path) -> None:
    write_small_sources(root)
    write(clean_book(WITNESS), root / "contrats", WITNESS, "xlsx")


def check_damaged(first: int) -> list[str]:
    """Checks a folder of damaged files; names each file that brings a failure about."""
    root = Path(tempfile.mkdtemp())
    try:
        _sources(root)
        made = {number: _write_damaged(root, number) for number in range(first, first + FOLDER)}
        _, wrong = _try(root)
        if not wrong:
            return []
        return [f"{first}… ensemble : {said}" for said in wrong] + [
            f"{number} ({how}) : {said}" for number, how in made.items() for said in _alone(number)
        ]
    finally:
        shutil.rmtree(root)


def _alone(number: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        _sources(Path(folder))
        _write_damaged(Path(folder), number)
        return _try(Path(folder))[1]


def check_aimed(first: int) -> list[str]:
    """Checks a folder of workbooks with one spoiled cell each; names those of which anything else is said."""
    root = Path(tempfile.mkdtemp())
    try:
        _sources(root)
        made = {
            number: aimed(root / "contrats", f"vise-{number}", random.Random(number))  # noqa: S311
            for number in range(first, first + FOLDER)
        }
        outcome, wrong = _try(root)
        if outcome is None:
            return [f"{first}… : {said}" for said in wrong]
        told = outcome.issues[outcome.issues["severity"] != Severity.INFO.value]
        by_file = {
            str(file): set(zip(said["code"], said["sheet"], said["cell"], strict=True))
            for file, said in told.groupby("file")
        }
        for number, (file, expected, how) in made.items():
            found = by_file.get(f"contrats/{file}", set())
            if found != expected:
                wrong.append(f"{number} ({how}) : attendu {sorted(expected)}, dit {sorted(found)}")
        return wrong
    finally:
        shutil.rmtree(root)


def _peak(_: int) -> int:
    """The most memory that this process has held, in bytes.

    Not `getrusage`: what it says of a process started by another includes what that other had held before.
    """
    held = re.search(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert held is not None
    return int(held[1]) * 1024


@pytest.mark.parametrize(("check", "first"), [(check_damaged, 0), (check_aimed, FILES)], ids=["damaged", "aimed"])
def test_no_file_brings_a_traceback_or_a_wrong_address(check: Callable[[int], list[str]], first: int) -> None:
    starts = range(first, first + FILES // 2, FOLDER)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), _bounded) as pool:
        wrong = [said for found in pool.map(check, starts) for said in found]
        peaks = list(pool.map(_peak, range(4)))
    assert not wrong, f"{len(wrong)} :\n" + "\n".join(wrong[:40])
    assert max(peaks) < 1 << 30
