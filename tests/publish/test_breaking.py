"""The version policy: what breaks is refused until the major version of the model says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.publish.diff.breaking import BreakingReleaseError, breaking_changes, require_compatible, warnings
from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.model import Diff
from tests.publish.diff_releases import Json, changed, dataset, retired, write


def compared(folder: Path, new: dict[str, Json], before: str | None, after: str | None) -> Diff:
    old = write(folder / "old", "2026-11-25", dataset(), version_du_modele=before)
    return diff(old, write(folder / "new", "2026-12-01", new, version_du_modele=after))


@pytest.mark.parametrize(
    ("before", "after", "accepted"),
    [
        (None, None, False),
        (None, "1.0.0", False),
        (None, "1.9.9", False),
        (None, "2.0.0", True),
        ("1.2.3", "1.3.0", False),
        ("1.2.3", "2.0.0", True),
        ("9.0.0", "10.0.0", True),
        ("2.0.0", "1.9.9", False),
    ],
)
def test_a_breaking_release_asks_for_a_higher_major(
    tmp_path: Path, before: str | None, after: str | None, accepted: bool
) -> None:
    found = compared(tmp_path, changed(), before, after)
    assert [one.code for one in breaking_changes(found)] == ["type-change", "code-retire", "identifiant-perdu"]
    if accepted:
        require_compatible(found)
    else:
        with pytest.raises(BreakingReleaseError):
            require_compatible(found)


def test_the_refusal_names_each_change_and_what_to_do(tmp_path: Path) -> None:
    found = compared(tmp_path, changed(), None, "1.0.0")
    with pytest.raises(BreakingReleaseError) as refusal:
        require_compatible(found)
    said = str(refusal.value)
    assert all(one.message in said and one.code in said for one in breaking_changes(found))
    assert "MODEL_VERSION à 2.0.0 dans schemas/version.py" in said
    assert "sources/referentiels/identifiants_retires.csv" in said
    assert "2026-11-25" in said


def test_a_lost_identifier_is_accepted_once_it_is_redirected(tmp_path: Path) -> None:
    new = dataset()
    new["sources"]["rows"].pop()
    with pytest.raises(BreakingReleaseError, match="s3"):
        require_compatible(compared(tmp_path / "1", new, "1.0.0", "1.0.0"))
    new["identifiants_retires"]["rows"].append(retired("sources", "s3", None, "Page disparue"))
    found = compared(tmp_path / "2", new, "1.0.0", "1.0.0")
    require_compatible(found)
    assert (breaking_changes(found), warnings(found)) == ([], [])


@pytest.mark.parametrize(("after", "warned"), [("1.2.0", True), ("1.2.9", True), ("1.3.0", False), ("2.0.0", False)])
def test_additions_are_warned_of_until_the_minor_says_so(tmp_path: Path, after: str, warned: bool) -> None:
    new = dataset()
    new["actions"]["schema"]["fields"].append({"name": "statut", "type": "string"})
    found = compared(tmp_path, new, "1.2.0", after)
    require_compatible(found)
    said = warnings(found)
    assert bool(said) is warned
    if warned:
        assert "MODEL_VERSION à 1.3.0" in said[0]
        assert "« statut »" in said[1]


def test_what_was_not_compared_is_warned_of(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", "2026-11-25", dataset()), write(tmp_path / "new", "2026-12-01", dataset())
    (old.path / "parquet" / "actions.parquet").unlink()
    (said,) = warnings(diff(old, new))
    assert said.startswith("Les lignes de « actions » ne sont pas comparées")


def test_the_version_of_the_model_never_goes_back(tmp_path: Path) -> None:
    with pytest.raises(BreakingReleaseError, match=r"recule : 1\.10\.0 dans 2026-11-25, 1\.9\.0"):
        require_compatible(compared(tmp_path, dataset(), "1.10.0", "1.9.0"))


@pytest.mark.parametrize("version", ["2", "1.0", "01.0.0", "1.0.0-rc1", "un"])
def test_a_version_that_is_not_semantic_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(BreakingReleaseError, match="ne s’écrit pas comme"):
        require_compatible(compared(tmp_path, dataset(), "1.0.0", version))


def test_a_first_release_breaks_nothing(tmp_path: Path) -> None:
    found = diff(None, write(tmp_path, "2026-11-25", dataset()))
    require_compatible(found)
    assert (breaking_changes(found), warnings(found)) == ([], [])
