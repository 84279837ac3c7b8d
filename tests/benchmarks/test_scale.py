from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.apart import measured
from benchmarks.cli import main
from benchmarks.files import FORMATS, Format
from benchmarks.generate import Wanted, generate, manifest_of
from benchmarks.shop import whole_job
from pipelines import job
from pipelines.curation.issues import errors
from pipelines.memory import needed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_thousand_mistakes_are_found_each_at_its_cell(tmp_path: Path, file_format: Format) -> None:
    folder = tmp_path / "sources"
    generate(folder, Wanted(200, 8_000, 0.02, file_format, seed=7))
    planted = pd.read_csv(manifest_of(folder), dtype="str")
    assert len(planted) > 1_000
    found = errors(job.run(folder).issues)[["file", "sheet", "cell", "code"]]
    assert sorted(found.itertuples(index=False, name=None)) == sorted(planted.itertuples(index=False, name=None))


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_seed_clean_sources_are_accepted(tmp_path: Path, seed: int) -> None:
    generate(tmp_path / "sources", Wanted(150, 1_500, file_format="csv", seed=seed))
    assert errors(job.run(tmp_path / "sources").issues).empty


def test_more_rows_than_the_registry_holds_are_accepted(tmp_path: Path) -> None:
    generate(tmp_path / "sources", Wanted(40, 140_000, file_format="csv"))
    outcome = job.run(tmp_path / "sources")
    assert errors(outcome.issues).empty
    assert len(outcome.tables["actions"]) == 140_000


def test_the_work_takes_no_more_memory_than_is_foretold(tmp_path: Path) -> None:
    root, small = tmp_path / "sources", tmp_path / "peu"
    generate(root, Wanted(30, 30_000, file_format="csv"))
    generate(small, Wanted(2, 6, file_format="csv"))
    taken = measured(whole_job, root=root, outputs=tmp_path / "sorties", small=small).memory
    foretold = needed(job.read(root).sheets)
    assert foretold // 2 < taken < foretold


def test_the_whole_work_is_timed_stage_by_stage() -> None:
    said = CliRunner().invoke(main, ["profile", "--contrats", "3", "--actions", "20", "--fonctions", "5"])
    assert said.exit_code == 0, said.output
    for stage in ("lecture des classeurs", "typage et validation", "normalisation", "écriture csv", "cumtime"):
        assert stage in said.output
