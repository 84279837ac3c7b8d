"""Every dirty workbook of the corpus, in every format, gets exactly the issues that it should, at their cells."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path, PurePath

import pandas as pd
import pytest

from pipelines.curation.catalogue import Severity
from pipelines.job import Outcome, run
from schemas.registry import tables
from tests.conftest import write_small_sources
from tests.corpus import cases_cells, cases_layout, cases_rows, cases_sound
from tests.corpus.case import Case, Found
from tests.corpus.clean import clean_book
from tests.corpus.writers import FORMATS, write

CASES: list[Case] = [*cases_cells.CASES, *cases_rows.CASES, *cases_layout.CASES, *cases_sound.CASES]
EVERY = [pytest.param(case, one, id=f"{case.name}-{one}") for case in CASES for one in case.formats]
UNCHANGED = [pytest.param(case, one, id=f"{case.name}-{one}") for case in CASES if case.same for one in case.formats]


@dataclass(frozen=True)
class Checked:
    """A folder of workbooks as checked: the errors and warnings of each file, and the rows published of it as text."""

    found: dict[str, set[Found]]
    published: dict[str, dict[str, str]]


def check(root: Path, file_format: str, clean: bool) -> Checked:
    """Writes the cases among small sources (or clean workbooks under their names), and checks them all together."""
    write_small_sources(root)
    for case in CASES:
        if case.same if clean else file_format in case.formats:
            write(clean_book(case.name) if clean else case.book(), root / "contrats", case.name, file_format)
    outcome = run(root)
    issues = outcome.issues[outcome.issues["severity"] != Severity.INFO.value]
    return Checked({_name(file): set(_addresses(said)) for file, said in issues.groupby("file")}, _published(outcome))


def _name(file: object) -> str:
    return PurePath(str(file)).stem


def _addresses(said: pd.DataFrame) -> Iterable[Found]:
    return zip(said["code"].astype("str"), said["sheet"].astype("str"), said["cell"].astype("str"), strict=True)


def _published(outcome: Outcome) -> dict[str, dict[str, str]]:
    """The rows that each unchanged workbook gives, by table."""
    names = {case.name for case in CASES if case.same}
    found: dict[str, dict[str, str]] = {}
    for (file, table), rows in outcome.tables["provenance"].groupby(["fichier", "table_code"]):
        if _name(file) in names:
            frame = outcome.tables[str(table)]
            own = frame[frame[tables()[str(table)].key].isin(rows["ligne_id"])]
            found.setdefault(_name(file), {})[str(table)] = own.to_csv(index=False)
    return found


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checked]:
    """All dirty workbooks by format, and under « clean » the clean ones: four folders, two at a time."""
    root = tmp_path_factory.mktemp("corpus")
    folders = {one: (root / one, one, False) for one in FORMATS} | {"clean": (root / "clean", "xlsx", True)}
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        jobs = {name: pool.submit(check, *folder) for name, folder in folders.items()}
        return {name: job.result() for name, job in jobs.items()}


def test_the_corpus_is_as_large_as_promised() -> None:
    dirty = [case for case in CASES if case.expected]
    assert len(dirty) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(case.formats == FORMATS for case in dirty) >= 100


@pytest.mark.parametrize(("case", "file_format"), EVERY)
def test_every_issue_is_at_its_cell_and_no_other_is_said(
    case: Case, file_format: str, corpus: dict[str, Checked]
) -> None:
    assert corpus[file_format].found.get(case.name, set()) == case.found()


@pytest.mark.parametrize(("case", "file_format"), UNCHANGED)
def test_what_is_understood_is_published_as_if_it_were_clean(
    case: Case, file_format: str, corpus: dict[str, Checked]
) -> None:
    clean = corpus["clean"].published[case.name]
    assert {"contrats", "actions", "financements"} <= set(clean)
    assert corpus[file_format].published[case.name] == clean
