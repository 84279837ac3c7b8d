"""How a file travels: whole or in parts, never twice within a second under one name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from pipelines.portal import uploads
from pipelines.portal.client import Client, Patience
from pipelines.portal.errors import PortalError, PortalRefusedError, UncertainError
from pipelines.portal.portals import portal_at
from pipelines.portal.uploads import APART, Uploads, sha1
from tests.portal.scripted import Answer, Asked, Scripted, scripted

PART, WHOLE = 100, 400
PATH = "1/datasets/jeu/upload/"
TAKEN = {"success": True}
MADE = {"id": "r"}


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted() as started:
        yield started


@pytest.fixture
def script(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    monkeypatch.setattr(uploads, "PART", PART)
    monkeypatch.setattr(uploads, "WHOLE", WHOLE)
    server.answers.clear()
    server.asked.clear()
    return server


class Clock:
    """Time that only waits move."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sender(script: Scripted, clock: Clock) -> Uploads:
    return Uploads(Client(portal_at(script.root), "cle", Patience(), sleep=clock.sleep, steady=lambda: clock.now))


def content(size: int) -> bytes:
    return bytes(rank * 7 % 251 for rank in range(size))


def written(folder: Path, size: int, name: str = "local") -> Path:
    path = folder / name
    path.write_bytes(content(size))
    return path


def fields(asked: Asked) -> dict[str, Message]:
    """The fields of a form, by name."""
    kind = asked.headers["Content-Type"]
    if kind == "application/x-www-form-urlencoded":
        raise AssertionError(asked.body)
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    found = {}
    for part in parts:
        assert isinstance(part, Message)
        found[str(part.get_param("name", header="Content-Disposition"))] = part
    return found


def said(asked: Asked, name: str) -> str:
    return str(fields(asked)[name].get_payload())


def sent(asked: Asked) -> bytes:
    found = fields(asked)["file"].get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


@pytest.mark.parametrize("size", [0, 1, PART, WHOLE])
def test_a_small_file_is_sent_whole(script: Scripted, sender: Uploads, tmp_path: Path, size: int) -> None:
    script.will(Answer(201, MADE))
    assert sender.send(PATH, written(tmp_path, size), "contrats.csv") == MADE
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("POST", f"/api/{PATH}")
    assert sent(asked) == content(size)
    assert fields(asked)["file"].get_filename() == "contrats.csv"
    assert fields(asked)["file"].get_content_type() == "text/csv"


@pytest.mark.parametrize(
    ("size", "parts"), [(WHOLE + 1, 5), (5 * PART, 5), (5 * PART + 1, 6), (6 * PART - 1, 6), (12 * PART, 12)]
)
def test_a_large_file_is_sent_in_parts(
    script: Scripted, sender: Uploads, tmp_path: Path, size: int, parts: int
) -> None:
    script.will(*[TAKEN] * parts, Answer(201, MADE))
    assert sender.send(PATH, written(tmp_path, size), "contrats.zip") == MADE
    *each, last = script.asked
    assert b"".join(map(sent, each)) == content(size)
    assert [int(said(one, "partindex")) for one in each] == list(range(parts))
    assert [int(said(one, "chunksize")) for one in each] == [len(sent(one)) for one in each]
    assert {len(sent(one)) for one in each[:-1]} == {PART}
    assert {said(one, "totalparts") for one in each} == {str(parts)}
    assert len({said(one, "uuid") for one in each}) == 1
    assert last.body.decode() == f"uuid={said(each[0], 'uuid')}&filename=contrats.zip&totalparts={parts}"


@pytest.mark.parametrize("spoilt", [500, Answer(lost=True)], ids=["500", "perdue"])
def test_an_unclear_part_starts_again_under_another_name(
    script: Scripted, sender: Uploads, clock: Clock, tmp_path: Path, spoilt: object
) -> None:
    script.will(TAKEN, TAKEN, spoilt, *[TAKEN] * 5, Answer(201, MADE))
    assert sender.send(PATH, written(tmp_path, WHOLE + 1), "contrats.zip") == MADE
    first, second = script.asked[:3], script.asked[3:8]
    assert len({said(one, "uuid") for one in [*first, *second]}) == 2
    assert b"".join(map(sent, second)) == content(WHOLE + 1)
    assert f"uuid={said(second[0], 'uuid')}&" in script.asked[8].body.decode()
    assert clock.waits == [APART]


def test_parts_that_stay_unclear_end(script: Scripted, sender: Uploads, tmp_path: Path) -> None:
    script.will(500, TAKEN, 500, 500)
    with pytest.raises(UncertainError):
        sender.send(PATH, written(tmp_path, WHOLE + 1), "contrats.zip")
    assert len(script.asked) == 4


def test_the_request_that_makes_the_resource_is_not_sent_again(
    script: Scripted, sender: Uploads, tmp_path: Path
) -> None:
    script.will(*[TAKEN] * 5, 500, Answer(201, MADE))
    with pytest.raises(UncertainError):
        sender.send(PATH, written(tmp_path, WHOLE + 1), "contrats.zip")
    assert len(script.asked) == 6


def test_a_refused_part_ends_it(script: Scripted, sender: Uploads, tmp_path: Path) -> None:
    script.will(TAKEN, Answer(400, {"error": "Chunk size mismatch", "message": "", "success": False}))
    with pytest.raises(PortalRefusedError, match="Chunk size mismatch"):
        sender.send(PATH, written(tmp_path, WHOLE + 1), "contrats.zip")
    assert len(script.asked) == 2


def test_two_files_of_one_name_are_apart(script: Scripted, sender: Uploads, clock: Clock, tmp_path: Path) -> None:
    file = written(tmp_path, 3)
    script.will(*[MADE] * 4)
    sender.send(PATH, file, "a.csv")
    sender.send(PATH, file, "b.csv")
    assert clock.waits == []
    clock.now += 0.25
    sender.send(PATH, file, "a.csv")
    assert clock.waits == [0.85]
    clock.now += 10
    sender.send(PATH, file, "a.csv")
    assert sum(clock.waits) == 0.85


@pytest.mark.parametrize("answer", [500, Answer(lost=True), 400])
def test_a_name_that_failed_is_waited_for_too(
    script: Scripted, sender: Uploads, clock: Clock, tmp_path: Path, answer: object
) -> None:
    script.will(answer, MADE)
    with pytest.raises((UncertainError, PortalError)):
        sender.send(PATH, written(tmp_path, 3), "a.csv")
    sender.send(PATH, written(tmp_path, 3), "a.csv")
    assert clock.waits == [APART]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "text/csv"),
        ("a.parquet", "application/octet-stream"),
        ("a.zip", "application/zip"),
        ("a.inconnu", "application/octet-stream"),
        ("sans-extension", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file(script: Scripted, sender: Uploads, tmp_path: Path, name: str, kind: str) -> None:
    script.will(MADE)
    sender.send(PATH, written(tmp_path, 1), name)
    assert fields(script.asked[0])["file"].get_content_type() == kind


def test_the_sizes_are_those_of_the_portal_s_own_pages() -> None:
    assert (uploads.PART, uploads.WHOLE) == (2_097_152, 8_388_608)


def test_a_digest_follows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for stamp, data in enumerate([b"", b"a", b"ab", b"cd"], start=1):  # the last two are of one size
        path.write_bytes(data)
        os.utime(path, ns=(stamp, stamp))
        assert sha1(path) == hashlib.sha1(data).hexdigest()  # noqa: S324  (udata's digest)


def test_a_digest_is_made_once(tmp_path: Path) -> None:
    path = written(tmp_path, 10)
    before = sha1(path)
    stamp = path.stat().st_mtime_ns
    path.write_bytes(b"x" * 10)
    os.utime(path, ns=(stamp, stamp))
    assert sha1(path) == before
