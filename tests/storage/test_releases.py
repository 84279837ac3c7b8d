"""Releases in a store: the same bytes as in a folder, the pointer last, and nothing half-written for its readers."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish.errors import OutputsBusy
from pipelines.publish.release import write_release
from pipelines.publish.verify.release import verify
from pipelines.publish.versions import Release
from pipelines.storage import releases
from pipelines.storage.places import StorageError, open_place
from pipelines.storage.releases import bring, bring_release, read_pointer, send
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames, issues
from tests.storage.conftest import Front

ADDRESS = "s3://seau/versions"
several = pytest.mark.slow
"""Tests that publish several releases, at seconds each."""


def built(outputs: Path, day: int = 0, rank: int | None = None) -> Release:
    """A release of a small dataset, another one each day, or for another ``rank`` in it."""
    tables = frames()
    tables["organismes"].loc[0, "rang"] = day if rank is None else rank
    date = DATE + dt.timedelta(days=day)
    return write_release(tables, issues(), description(), CODES, outputs, date, declared=DECLARED)


def published(outputs: Path, day: int = 0) -> Release:
    place = open_place(ADDRESS)
    pointer = bring(place, outputs)
    release = built(outputs, day)
    if release.new:
        send(place, release, pointer)
    return release


def latest(folder: Path) -> str | None:
    """What a reader of the store finds by its pointer, once it is verified."""
    place = open_place(ADDRESS)
    pointer = read_pointer(place)
    if pointer.latest is not None:
        found = verify(bring_release(place, pointer.latest, folder))
        assert found.sound, found.text()
    return pointer.latest


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_store_holds_the_same_bytes_with_their_types(front: Front, store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    release = published(tmp_path / "travail")
    there = bring_release(open_place(ADDRESS), release.version, tmp_path / "lecteur")
    assert bytes_of(there) == bytes_of(built(tmp_path / "dossier").path)
    types = {
        path.rpartition("/")[2]: store.info(path)["ContentType"]
        for path in store.find(f"seau/versions/releases/{release.version}")
    }
    assert types["catalog.ttl"] == "text/turtle; charset=utf-8"
    assert types["datapackage.json"] == "application/json"
    assert types["SHA256SUMS"].startswith("text/plain")
    writes = [path for _, path in front.seen]
    assert writes[-1].endswith("/versions.json")
    assert writes[-2].endswith("/SHA256SUMS")
    assert front.conditions[-1] == {"if-none-match": "*"}


@several
def test_releases_follow_one_another_from_a_machine_that_has_none(front: Front, tmp_path: Path) -> None:
    for day in range(3):
        published(tmp_path / f"machine-{day}", day)
    assert "if-match" in front.conditions[-1]
    pointer = read_pointer(open_place(ADDRESS))
    assert [one["version"] for one in pointer.releases] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    assert latest(tmp_path / "lecteur") == "2026-11-24"
    before = len(front.seen)
    assert not published(tmp_path / "machine-neuve", 2).new
    assert len(front.seen) == before  # nothing new, nothing written


@several
def test_a_second_release_of_a_day_has_its_own_name(front: Front, tmp_path: Path) -> None:
    published(tmp_path / "une")
    place = open_place(ADDRESS)
    pointer = bring(place, tmp_path / "autre")
    send(place, built(tmp_path / "autre", rank=9), pointer)
    assert latest(tmp_path / "lecteur") == "2026-11-22.2"
    assert front.seen


@several
def test_of_two_publications_at_once_one_wins_and_the_other_is_told(front: Front, tmp_path: Path) -> None:
    published(tmp_path / "avant")
    place = open_place(ADDRESS)
    prepared = []
    for day in (1, 2):
        pointer = bring(place, tmp_path / f"machine-{day}")
        prepared.append((built(tmp_path / f"machine-{day}", day), pointer))
    outcomes: list[str] = []

    def publish(release: Release, pointer: releases.Pointer) -> None:
        try:
            send(open_place(ADDRESS), release, pointer)
            outcomes.append(release.version)
        except OutputsBusy as error:
            assert "entre-temps" in str(error)
            outcomes.append("")

    threads = [threading.Thread(target=publish, args=one) for one in prepared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [version for version in outcomes if version]
    assert latest(tmp_path / "lecteur") == won
    assert len(front.conditions) == len(front.seen)
    lost = next(day for day in (1, 2) if f"2026-11-{22 + day}" != won)
    published(tmp_path / f"machine-{lost}", lost)
    assert str(latest(tmp_path / "lecteur")).startswith(f"2026-11-{22 + lost}")


@several
def test_of_two_publications_of_a_day_the_second_takes_nothing_from_the_first(front: Front, tmp_path: Path) -> None:
    """Both were given the same name: the first to write under it has it."""
    place = open_place(ADDRESS)
    pointers = [bring(place, tmp_path / name) for name in ("une", "autre")]
    won, lost = built(tmp_path / "une", rank=1), built(tmp_path / "autre", rank=2)
    assert won.version == lost.version
    send(place, won, pointers[0])
    with pytest.raises(OutputsBusy, match="est déjà dans"):
        send(place, lost, pointers[1])
    there = bring_release(place, won.version, tmp_path / "lecteur")
    assert bytes_of(there) == bytes_of(won.path)
    again = bring(place, tmp_path / "autre")  # which forgets what it could not publish
    send(place, built(tmp_path / "autre", rank=2), again)
    assert latest(tmp_path / "lecteur") == f"{won.version}.2"
    assert front.seen


@several
def test_a_name_that_was_taken_back_is_not_given_again(front: Front, store: Any, tmp_path: Path) -> None:  # noqa: ANN401
    published(tmp_path / "travail")
    before = store.cat_file("seau/versions/versions.json")
    published(tmp_path / "travail", 1)
    withdrawn = {path: store.cat_file(path) for path in store.find("seau/versions/releases/2026-11-23")}
    store.pipe_file("seau/versions/versions.json", before)
    place = open_place(ADDRESS)
    pointer = bring(place, tmp_path / "machine-neuve")
    made = built(tmp_path / "machine-neuve", 1, rank=7)
    send(place, made, pointer)
    assert made.version == "2026-11-23.2"
    assert {path: store.cat_file(path) for path in withdrawn} == withdrawn
    assert front.seen


@several
def test_what_a_machine_kept_under_a_name_does_not_stand_for_the_store(
    front: Front,
    store: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    """A release that was built here and never published, and another machine's of the same name."""
    place = open_place(ADDRESS)
    bring(place, tmp_path / "une")
    built(tmp_path / "une", rank=1)
    published(tmp_path / "autre")
    bring(place, tmp_path / "une")
    release = tmp_path / "une" / "releases" / "2026-11-22"
    assert bytes_of(release) == bytes_of(bring_release(place, release.name, tmp_path / "lecteur"))
    assert store.exists(f"seau/versions/releases/{release.name}")
    assert front.seen


def test_a_lost_answer_to_the_last_write_is_no_failure(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place(ADDRESS)
    pointer = bring(place, tmp_path / "travail")
    release = built(tmp_path / "travail")
    pipe = place.store.pipe_file

    def pipe_twice(path: str, content: bytes, **words: object) -> None:
        pipe(path, content, **words)
        if path.endswith("versions.json"):
            pipe(path, content, **words)  # what a client does when the first answer does not come

    monkeypatch.setattr(place.store, "pipe_file", pipe_twice)
    send(place, release, pointer)
    assert latest(tmp_path / "lecteur") == release.version
    assert front.seen


def test_a_release_that_the_store_gives_back_otherwise_is_not_published(
    front: Front,
    store: Any,  # noqa: ANN401
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = open_place(ADDRESS)
    pointer = bring(place, tmp_path / "travail")
    release = built(tmp_path / "travail")
    put = place.store.put_file

    def put_wrong(path: str, target: str, **words: object) -> None:
        put(path, target, **words)
        if target.endswith("catalog.ttl"):
            store.pipe_file(target, b"autre chose")

    monkeypatch.setattr(place.store, "put_file", put_wrong)
    with pytest.raises(StorageError, match=r"ne rend pas ce qui lui a été donné : .*catalog\.ttl"):
        send(place, release, pointer)
    assert latest(tmp_path / "lecteur") is None
    assert front.seen


@pytest.mark.parametrize(
    "spoiled",
    ["datapackage.json", pytest.param("csv/contrats.csv", marks=several), pytest.param("SHA256SUMS", marks=several)],
)
def test_a_damaged_release_is_not_built_upon(front: Front, store: Any, tmp_path: Path, spoiled: str) -> None:  # noqa: ANN401
    release = published(tmp_path / "travail")
    name = f"seau/versions/releases/{release.version}/{spoiled}"
    if not store.exists(name):
        name = next(path for path in store.find(f"seau/versions/releases/{release.version}/csv"))
    store.pipe_file(name, b"abime")
    with pytest.raises(StorageError, match="abîmée ou incomplète"):
        bring(open_place(ADDRESS), tmp_path / "machine-neuve")
    assert front.seen


@pytest.mark.parametrize(
    "pointer",
    [
        *(b"", b"[]", b'{"latest": "x", "releases": []}', b'{"latest": null, "releases": [{"version": "../x"}]}'),
        b'{"latest": null, "releases": [{"version": "", "date": "2026-11-22"}]}',
        b'{"latest": null, "releases": [{"version": "2026-11-22"}]}',
        b'{"latest": null, "releases": [{"version": "2026-11-22", "date": "hier"}]}',
        b'{"latest": null, "releases": [{"version": "2026-11-22", "date": "2026-11-21"}]}',
    ],
)
def test_a_pointer_that_is_none_is_said(front: Front, store: Any, tmp_path: Path, pointer: bytes) -> None:  # noqa: ANN401
    store.pipe_file("seau/versions/versions.json", pointer)
    with pytest.raises(StorageError, match="n’est pas une liste de versions"):
        bring(open_place(ADDRESS), tmp_path / "travail")
    assert front.url


@several
def test_a_store_without_conditions_keeps_the_order(tmp_path: Path) -> None:
    """``memory://`` cannot refuse to replace what changed: it is read again just before."""
    place = open_place("memory://versions-essai")
    for day in range(2):
        pointer = bring(place, tmp_path / f"machine-{day}")
        send(place, built(tmp_path / f"machine-{day}", day), pointer)
    stale = pointer
    assert read_pointer(place).latest == "2026-11-23"
    with pytest.raises(OutputsBusy):
        send(place, built(tmp_path / "autre", 2), stale)
    assert verify(bring_release(place, "2026-11-23", tmp_path / "lecteur")).sound
