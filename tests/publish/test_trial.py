"""A trial release is marked as one everywhere that it is told; any other says nothing of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.publish.release import Release, begin, finish, write_csv, write_metadata, write_parquet, write_xlsx
from pipelines.publish.verify.release import verify
from pipelines.publish.versions import read_versions
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, digests, frames, issues

WORDS = "Publication d’essai"


def released(outputs: Path, date: dt.date = DATE, *, trial: bool) -> Release:
    with begin(outputs, date, DECLARED, trial=trial) as staging:
        write_csv(staging, frames())
        write_parquet(staging, frames())
        write_xlsx(staging, frames(), description())
        return finish(staging, write_metadata(staging, frames(), issues(), description(), CODES))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, then a trial of the same, then the same again."""
    folder = tmp_path_factory.mktemp("sorties")
    for days, trial in enumerate([False, True, False]):
        released(folder, DATE + dt.timedelta(days=days), trial=trial)
    return folder


def test_a_trial_is_another_release_than_the_real_one(outputs: Path) -> None:
    versions = read_versions(outputs)
    assert [release.trial for release in versions.releases] == [False, True, False]
    first, trial, again = (release.content_sha256 for release in versions.releases)
    assert first == again != trial
    assert not released(outputs, DATE + dt.timedelta(days=3), trial=False).new


def test_the_mark_is_in_the_files_of_the_trial_alone(outputs: Path) -> None:
    for release in read_versions(outputs).releases:
        descriptor = json.loads((release.path / "datapackage.json").read_text(encoding="utf-8"))
        journal = (release.path / "journal.md").read_text(encoding="utf-8").splitlines()
        marks = [line for line in journal if line.startswith(WORDS) and "→" not in line]
        assert (descriptor.get("essai"), len(marks)) == ((True, 1) if release.trial else (None, 0))
        assert verify(release.path).sound
    listed = json.loads((outputs / "versions.json").read_text(encoding="utf-8"))["releases"]
    assert [one.get("essai") for one in listed] == [None, True, None]


def test_the_comparison_says_it_in_words(outputs: Path) -> None:
    _, trial, again = read_versions(outputs).releases
    assert f"{WORDS} : (rien) → oui." in (trial.path / "diff.json").read_text(encoding="utf-8")
    assert f"{WORDS} : oui → (rien)." in (again.path / "diff.json").read_text(encoding="utf-8")


def test_the_list_of_releases_shows_it(outputs: Path) -> None:
    lines = CliRunner().invoke(main, ["releases", "list", "--outputs", str(outputs)]).output.splitlines()
    assert ["essai" in line for line in lines] == [False, True, False]
    assert lines[2].endswith("← la dernière")


@pytest.mark.parametrize("mark", [True, "oui", 1, None])
def test_a_mark_that_is_not_understood_is_one(outputs: Path, tmp_path: Path, mark: object) -> None:
    content = digests(read_versions(outputs).releases[0].path)
    folder = tmp_path / "releases" / DATE.isoformat()
    folder.mkdir(parents=True)
    descriptor = json.loads(content["datapackage.json"]) | {"essai": mark}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    (folder / "SHA256SUMS").write_bytes(content["SHA256SUMS"])
    assert [release.trial for release in read_versions(tmp_path).releases] == [True]
