"""Publications to an object store, cut at each of their requests, and whole runs from a store to a store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fsspec
import openpyxl
import pytest

from pipelines.orchestration.launch import launch
from pipelines.storage.places import StorageError, open_place
from pipelines.storage.releases import bring_release, read_pointer
from tests.publication.conftest import SOURCES
from tests.storage.conftest import Front, cache, front, moto, store
from tests.storage.test_releases import ADDRESS, bytes_of, latest, published

__all__ = ["cache", "front", "moto", "store"]  # fixtures, which pytest finds by their names
pytestmark = pytest.mark.slow


def test_a_machine_that_dies_at_any_request_leaves_the_last_release_and_the_next_build_makes_up(
    front: Front, tmp_path: Path
) -> None:
    published(tmp_path / "travail")
    front.seen.clear()
    published(tmp_path / "essai", 1)
    writes = len(front.seen)
    _forget_second(front)
    for cut in range(1, writes + 1):
        front.seen.clear()
        front.cut = cut
        with pytest.raises(StorageError):
            published(tmp_path / f"mort-{cut}", 1)
        front.cut = 0
        assert latest(tmp_path / f"lecteur-{cut}") == "2026-11-22"
    front.seen.clear()
    made = published(tmp_path / "mort-1", 1)
    assert made.new
    assert latest(tmp_path / "lecteur") == made.version
    assert made.version.startswith("2026-11-23.")  # what died left its name, which nobody takes again


def _forget_second(front: Front) -> None:
    """Puts the store back to where only the first release was published."""
    place = open_place(ADDRESS)
    pointer = read_pointer(place)
    told = {"latest": "2026-11-22", "releases": list(pointer.releases[:1])}
    place.store.pipe_file(place.at("versions.json"), json.dumps(told).encode())
    place.store.rm(place.at("releases/2026-11-23"), recursive=True)
    assert front.seen


@pytest.fixture
def sheets(store: Any) -> Any:  # noqa: ANN401
    """The real sheets, in the store."""
    for path in SOURCES.rglob("*"):
        if path.is_file():
            store.put_file(str(path), f"seau/feuilles/{path.relative_to(SOURCES).as_posix()}")
    return store


def test_a_run_from_a_store_to_a_store_makes_the_same_release(
    sheets: Any,  # noqa: ANN401
    front: Front,
    cache: Path,
    tmp_path: Path,
) -> None:
    here = launch(SOURCES, tmp_path / "sorties", "2026-11-22")
    assert here.release is not None, here.message
    there = launch("s3://seau/feuilles", ADDRESS, "2026-11-22")
    assert there.release is not None, there.message
    copied = bring_release(open_place(ADDRESS), "2026-11-22", tmp_path / "lecteur")
    assert bytes_of(copied) == bytes_of(here.release.path)
    assert sheets.exists("seau/versions/rapports/2026-11-22.html")
    assert list(cache.iterdir())

    again = launch("s3://seau/feuilles", ADDRESS, "2026-11-23")
    assert again.release is not None
    assert not again.release.new

    broken = tmp_path / "provence.xlsx"
    sheets.get_file("seau/feuilles/contrats/provence.xlsx", str(broken))
    book = openpyxl.load_workbook(broken)
    book["Contrat"]["D2"] = "31 février 2015"
    book.save(broken)
    sheets.put_file(str(broken), "seau/feuilles/contrats/provence.xlsx")
    refused = launch("s3://seau/feuilles", ADDRESS, "2026-11-24")
    assert refused.refused
    assert set(refused.issues.loc[refused.issues["severity"] == "error", "file"]) == {"contrats/provence.xlsx"}
    partial = launch("s3://seau/feuilles", ADDRESS, "2026-11-24", partial=True)
    assert partial.release is not None, partial.message
    assert [one["version"] for one in read_pointer(open_place(ADDRESS)).releases] == ["2026-11-22", "2026-11-24"]

    front.refuse = 403
    away = launch("s3://seau/feuilles", ADDRESS, "2026-11-25")
    assert away.code == 3
    assert "l’accès est refusé" in away.message
    assert "secret-du-stockage" not in away.message
    fsspec.filesystem("s3").clear_instance_cache()
