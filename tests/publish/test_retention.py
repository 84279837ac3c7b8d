"""Old releases are named before they go; the last one stays, or is put aside whole when it is withdrawn."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from pipelines.publish import lock
from pipelines.publish.errors import OutputsBusy, OutputsError
from pipelines.publish.release import write_release
from pipelines.publish.retention import listing, prune, removable, withdraw, withdrawable
from pipelines.publish.staging import IN_PROGRESS
from pipelines.publish.verify.release import verify
from pipelines.publish.versions import read_versions, write_versions
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

VERSIONS = [(DATE + dt.timedelta(days=7 * week)).isoformat() for week in range(4)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four releases, a week apart, each of other content (shared: not to be changed)."""
    folder = tmp_path_factory.mktemp("sorties")
    for rank, version in enumerate(VERSIONS):
        changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "rang": rank}])}
        day = dt.date.fromisoformat(version)
        write_release(changed, issues(), description(), CODES, folder, day, declared=DECLARED)
    return folder


@pytest.fixture
def outputs(written: Path, tmp_path: Path) -> Path:
    """The same, of the test's own."""
    return Path(shutil.copytree(written, tmp_path / "sorties", symlinks=True))


def names(outputs: Path, keep: int) -> list[str]:
    return [one.release.version for one in removable(outputs, keep)]


def test_each_release_is_listed_with_its_size(outputs: Path) -> None:
    found = listing(outputs)
    assert [one.release.version for one in found] == VERSIONS
    assert [one.last for one in found] == [False, False, False, True]
    sums = [(one.release.path / "SHA256SUMS").read_text().splitlines() for one in found]
    assert [one.files for one in found] == [len(lines) + 1 for lines in sums]
    assert all(one.size > 10_000 for one in found)


@pytest.mark.parametrize(("keep", "gone"), [(1, 3), (2, 2), (3, 1), (4, 0), (12, 0)])
def test_the_oldest_go(outputs: Path, keep: int, gone: int) -> None:
    assert names(outputs, keep) == VERSIONS[:gone]
    prune(outputs, removable(outputs, keep))
    assert sorted(path.name for path in (outputs / "releases").iterdir()) == VERSIONS[gone:]
    pointer = json.loads((outputs / "versions.json").read_text(encoding="utf-8"))
    assert [each["version"] for each in pointer["releases"]] == VERSIONS[gone:]
    assert pointer["latest"] == VERSIONS[-1]
    assert (outputs / "latest" / "datapackage.json").is_file()
    assert not (outputs / IN_PROGRESS).exists()


def test_none_is_not_a_number_of_releases_to_keep(outputs: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        removable(outputs, 0)


def test_the_last_good_one_stays_even_when_newer_ones_follow(outputs: Path) -> None:
    pointer = json.loads((outputs / "versions.json").read_text(encoding="utf-8"))
    (outputs / "versions.json").write_text(json.dumps(pointer | {"latest": VERSIONS[1]}), encoding="utf-8")
    assert names(outputs, 1) == [VERSIONS[0], VERSIONS[2]]
    with pytest.raises(OutputsBusy, match=VERSIONS[1]):
        prune(outputs, listing(outputs)[:2])
    assert len(read_versions(outputs).releases) == len(VERSIONS)


def test_nothing_goes_while_a_build_is_at_work(outputs: Path) -> None:
    goes = removable(outputs, 1)
    lock.take(outputs)
    try:
        with pytest.raises(OutputsBusy):
            prune(outputs, goes)
    finally:
        lock.free(outputs)
    assert len(listing(outputs)) == len(VERSIONS)


def test_the_last_release_is_put_aside_whole(outputs: Path) -> None:
    before = {path.name: path.read_bytes() for path in (outputs / "latest").iterdir() if path.is_file()}
    assert withdrawable(outputs, VERSIONS[-1]).before.version == VERSIONS[-2]
    assert read_versions(outputs).latest == VERSIONS[-1], "nothing happens before it is asked for"
    done = withdraw(outputs, VERSIONS[-1])
    assert done.target == outputs / "retirees" / VERSIONS[-1]
    assert {path.name: path.read_bytes() for path in done.target.iterdir() if path.is_file()} == before
    assert verify(done.target).sound
    pointer = json.loads((outputs / "versions.json").read_text(encoding="utf-8"))
    assert [each["version"] for each in pointer["releases"]] == VERSIONS[:-1]
    assert pointer["latest"] == VERSIONS[-2]
    assert (outputs / "latest").resolve() == (outputs / "releases" / VERSIONS[-2]).resolve()


def test_what_follows_is_compared_with_the_one_before_and_has_a_name_of_its_own(outputs: Path) -> None:
    withdraw(outputs, VERSIONS[-1])
    changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "rang": 9}])}
    day = dt.date.fromisoformat(VERSIONS[-1])
    made = write_release(changed, issues(), description(), CODES, outputs, day, declared=DECLARED)
    assert made.version == f"{VERSIONS[-1]}.2"
    assert json.loads((made.path / "diff.json").read_text(encoding="utf-8"))["ancienne"]["version"] == VERSIONS[-2]
    same = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "rang": 9}])}
    assert not write_release(same, issues(), description(), CODES, outputs, day, declared=DECLARED).new


@pytest.mark.parametrize(("version", "said"), [(VERSIONS[1], VERSIONS[3]), ("2020-01-01", "n’est pas une version")])
def test_only_the_last_release_is_withdrawn(outputs: Path, version: str, said: str) -> None:
    with pytest.raises(LookupError, match=said):
        withdraw(outputs, version)
    assert [one.release.version for one in listing(outputs)] == VERSIONS


def test_the_only_release_stays(outputs: Path) -> None:
    prune(outputs, removable(outputs, 1))
    with pytest.raises(LookupError, match="la seule version"):
        withdraw(outputs, VERSIONS[-1])


def test_nothing_is_withdrawn_onto_a_damaged_release_nor_while_a_build_is_at_work(outputs: Path) -> None:
    lock.take(outputs)
    try:
        with pytest.raises(OutputsBusy):
            withdraw(outputs, VERSIONS[-1])
    finally:
        lock.free(outputs)
    touched = outputs / "releases" / VERSIONS[-2] / "journal.md"
    touched.chmod(0o644)
    touched.write_text("autre chose", encoding="utf-8")
    with pytest.raises(OutputsError, match=r"journal\.md"):
        withdraw(outputs, VERSIONS[-1])
    assert read_versions(outputs).latest == VERSIONS[-1]


def test_a_withdrawal_that_died_after_the_pointer_moved_did_not_happen(outputs: Path) -> None:
    write_versions(outputs, read_versions(outputs).without(VERSIONS[-1]))
    assert read_versions(outputs).latest == VERSIONS[-1]
    assert withdraw(outputs, VERSIONS[-1]).before.version == VERSIONS[-2]


def test_the_name_of_a_pruned_release_is_not_given_again(outputs: Path) -> None:
    """Two releases of a day: the first is pruned, and a third is made; its name comes after the second’s."""
    day = dt.date.fromisoformat(VERSIONS[-1])
    for rank, named in ((5, f"{VERSIONS[-1]}.2"), (6, f"{VERSIONS[-1]}.3")):
        changed = frames() | {"organismes": frame(ORGANISMES, [FULL | {"parent_id": None, "nom": f"Nom {rank}"}])}
        made = write_release(changed, issues(), description(), CODES, outputs, day, declared=DECLARED)
        assert made.version == named
        prune(outputs, removable(outputs, 1))
        assert [one.release.version for one in listing(outputs)] == [named]
