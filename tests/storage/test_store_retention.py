"""Releases of a store listed, withdrawn and pruned from the shell: the pointer first, and never the last one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.publish.errors import OutputsBusy
from pipelines.storage import releases, retention
from pipelines.storage.places import open_place
from tests.storage.conftest import Front
from tests.storage.test_releases import ADDRESS, latest, published


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["releases", *words, "--outputs", ADDRESS])


@pytest.mark.usefixtures("cache", "front")
def test_nothing_is_there_yet() -> None:
    assert "Aucune version" in run("list").output
    done = run("withdraw", "2026-11-22")
    assert done.exit_code == 2 and "n’est pas une version" in done.output, done.output


@pytest.mark.usefixtures("cache", "front")
def test_what_marks_a_folder_is_no_remains_of_a_publication(store: Any) -> None:  # noqa: ANN401
    store.pipe_file("seau/versions/releases/", b"")
    store.pipe_file("seau/versions/releases/2026-11-22/csv/a.csv", b"a")
    assert retention.unlisted(open_place(ADDRESS)) == ["2026-11-22"]


@pytest.mark.usefixtures("cache", "front")
@pytest.mark.parametrize("words", [("list",), ("prune",), ("withdraw", "2026-11-22")])
def test_a_bucket_that_is_not_there_is_no_empty_one(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["releases", *words, "--outputs", "s3://absent/versions"])
    assert (done.exit_code, "ce seau ou ce préfixe n’existe pas" in done.output) == (3, True), done.output


@pytest.mark.usefixtures("cache", "front")
def test_a_pointer_that_names_no_release_empties_no_folder(store: Any) -> None:  # noqa: ANN401
    """An empty name would make of a prune the removal of everything."""
    store.pipe_file("seau/versions/releases/2026-11-22/SHA256SUMS", b"-")
    told = [{"version": name, "date": "2026-11-22"} for name in ("", "2026-11-22")]
    store.pipe_file("seau/versions/versions.json", json.dumps({"latest": "2026-11-22", "releases": told}).encode())
    done = run("prune", "--keep", "1", "--apply")
    assert (done.exit_code, "n’est pas une liste de versions" in done.output) == (3, True), done.output
    assert store.exists("seau/versions/releases/2026-11-22/SHA256SUMS")


@pytest.mark.usefixtures("cache", "front")
def test_a_trial_is_listed_as_one(store: Any) -> None:  # noqa: ANN401
    told = [
        {"version": "2026-11-22", "date": "2026-11-22"},
        {"version": "2026-11-23", "date": "2026-11-23", "essai": True},
    ]
    store.pipe_file("seau/versions/versions.json", json.dumps({"latest": "2026-11-23", "releases": told}).encode())
    assert ["essai" in line for line in run("list").output.splitlines()] == [False, True]


@pytest.mark.slow
@pytest.mark.usefixtures("cache")
def test_releases_are_listed_withdrawn_and_pruned(front: Front, store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    first, second, third = (published(tmp_path / "travail", day).version for day in range(3))
    listed = run("list").output.splitlines()
    assert [line.split()[0] for line in listed] == [first, second, third]
    assert listed[2].endswith("← la dernière")

    said = run("withdraw", third)
    assert said.exit_code == 0 and "ajoutez --apply" in said.output, said.output
    assert latest(tmp_path / "lecteur") == third
    refused = run("withdraw", first, "--apply")
    assert refused.exit_code == 2 and "n’est pas la dernière" in refused.output, refused.output
    done = run("withdraw", third, "--apply")
    assert done.exit_code == 0 and f"{second} est la dernière version" in done.output, done.output
    assert latest(tmp_path / "lecteur") == second
    assert store.exists(f"seau/versions/releases/{third}/SHA256SUMS")
    assert f"Hors de la liste, retirées ou restées d’une publication interrompue : {third}." in run("list").output
    assert published(tmp_path / "travail", 2).version == f"{third}.2", "a withdrawn name was given again"

    named = run("prune", "--keep", "2")
    assert first in named.output and "ajoutez --apply" in named.output, named.output
    before = len(front.seen)
    gone = run("prune", "--keep", "2", "--apply")
    assert gone.exit_code == 0 and "1 version retirée" in gone.output, gone.output
    writes = front.seen[before:]
    assert writes[0] == ("PUT", "/seau/versions/versions.json"), "the files went before the pointer"
    assert {method for method, _ in writes[1:]} <= {"DELETE", "POST"}
    assert not store.exists(f"seau/versions/releases/{first}/SHA256SUMS")
    assert latest(tmp_path / "neuf") == f"{third}.2"


@pytest.mark.slow
@pytest.mark.usefixtures("front")
def test_a_publication_in_between_is_not_undone(
    store: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pointer moves between reading and writing: neither a withdrawal nor a prune touches anything."""
    first, second = (published(tmp_path / "travail", day).version for day in range(2))
    place = open_place(ADDRESS)
    goes = retention.removable(place, 1)
    read = releases.read_pointer

    def read_then_overtaken(place_: Any) -> Any:  # noqa: ANN401
        pointer = read(place_)
        told = json.loads(store.cat_file("seau/versions/versions.json"))
        store.pipe_file(
            "seau/versions/versions.json", json.dumps(told | {"ailleurs": told.get("ailleurs", 0) + 1}).encode()
        )
        return pointer

    monkeypatch.setattr("pipelines.storage.retention.read_pointer", read_then_overtaken)
    with pytest.raises(OutputsBusy, match="entre-temps"):
        retention.withdraw(place, second, tmp_path / "travail")
    with pytest.raises(OutputsBusy, match="entre-temps"):
        retention.prune(place, goes)
    assert [one.release.version for one in goes] == [first]
    assert store.exists(f"seau/versions/releases/{first}/SHA256SUMS")
    assert latest(tmp_path / "lecteur") == second
