"""Many readers at once, readers that leave, and a site that is replaced while it is read."""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import os
import shutil
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.site import server
from tests.site.serving import CSV, PARQUET, TRICKS, Client, content, serving, write_site

BIG = "latest/contrats-de-destination.xlsx"


def test_two_hundred_downloads_at_once(client: Client, served_site: Path) -> None:
    whole = [CSV, PARQUET, BIG, "index.html"]
    together = threading.Barrier(200)

    def one(number: int) -> tuple[int, bool]:
        path, turn = whole[number // 5 % len(whole)], number % 5
        data = content(served_site, path)
        start = number * 7919 % len(data)
        together.wait(20)
        if turn == 0:
            got = client.ask(f"/{path}")
            return turn, (got.status, got.body) == (200, data)
        if turn == 1:
            got = client.ask(f"/{path}", Range=f"bytes={start}-")
            return turn, (got.status, got.body) == (206, data[start:])
        if turn == 2:
            got = client.ask(f"/{path}", Range=f"bytes={len(data)}-")
            return turn, got.status == 416
        if turn == 3:
            return turn, client.ask(TRICKS[number % len(TRICKS)]).status == 404
        got = client.ask(f"/{path}", Accept_Encoding="gzip")
        packed = got.headers.get("content-encoding") == "gzip"
        return turn, (got.status, gzip.decompress(got.body) if packed else got.body) == (200, data)

    with ThreadPoolExecutor(200) as pool:
        done = list(pool.map(one, range(200)))
    assert Counter(turn for turn, _ in done) == dict.fromkeys(range(5), 40)
    assert [pair for pair in done if not pair[1]] == []


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_who_leaves_in_the_middle_costs_nothing(client: Client, served_site: Path) -> None:
    client.ask("/")
    before = open_files()
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", client.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(f"GET /{BIG} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            connection.recv(100)
    end = time.monotonic() + 5
    while open_files() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert open_files() <= before
    assert client.ask(f"/{BIG}").body == content(served_site, BIG)


STATES = [
    {
        "index.html": name * (20_000 + 7_001 * turn),
        "grand.xlsx": name * (900_000 + 70_001 * turn),
        "dossier/index.html": name * 10,
        "404.html": b"absente " + name,
    }
    for turn, name in enumerate((b"a", b"b"))
]
TAGGED = {
    f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"': (path, data)
    for state in STATES
    for path, data in state.items()
}


class Replacing:
    """A site that is replaced by another and back, without end, what was there being removed; and its readers."""

    def __init__(self, folder: Path, way: str) -> None:
        self.folder, self.way = folder, way
        self.site = folder / "site"
        self.over = threading.Event()
        self.times = 0
        write_site(folder / "version-0", STATES[0])
        if way == "link":
            self.site.symlink_to("version-0")
        else:
            (folder / "version-0").rename(self.site)

    def replace(self) -> None:
        while not self.over.is_set():
            self.times += 1
            made, gone = self.folder / f"version-{self.times}", self.folder / f"ancien-{self.times}"
            write_site(made, STATES[self.times % 2])
            if self.way == "gap":
                self.site.rename(gone)
                made.rename(self.site)
            elif self.way == "exchange":
                assert ctypes.CDLL(None).renameat2(-100, os.fsencode(made), -100, os.fsencode(self.site), 2) == 0
                gone = made
            else:
                gone = self.site.resolve()
                (self.folder / "lien").symlink_to(made.name)
                (self.folder / "lien").rename(self.site)
            shutil.rmtree(gone)

    def read(self, client: Client, number: int) -> Counter[str]:
        seen: Counter[str] = Counter()
        while not self.over.is_set():
            number += 1
            if number % 4 == 0:
                assert client.ask("/dossier").status == 301
                seen["301"] += 1
            elif number % 4 == 1:
                got = client.ask("/absente.html")
                assert (got.status, got.body) in [(404, state["404.html"]) for state in STATES]
                seen["404"] += 1
            else:
                asked = ("index.html", "grand.xlsx")[number // 4 % 2]
                part = number % 4 == 2
                got = client.ask(f"/{asked}", **({"Range": "bytes=1000-"} if part else {}))
                path, whole = TAGGED[got.headers["etag"]]
                assert path == asked
                assert (got.status, got.body) == ((206, whole[1000:]) if part else (200, whole))
                seen[f"{path} {whole[:1].decode()}"] += 1
        return seen


@pytest.mark.parametrize("way", ["gap", "exchange", "link"])
def test_a_site_that_is_replaced_is_whole_to_each_reader(tmp_path: Path, way: str) -> None:
    replacing = Replacing(tmp_path, way)
    with serving(replacing.site) as client, ThreadPoolExecutor(7) as pool:
        writer = pool.submit(replacing.replace)
        readers = [pool.submit(replacing.read, client, number) for number in range(6)]
        time.sleep(1.2)
        replacing.over.set()
        writer.result()
        seen = sum((reader.result() for reader in readers), Counter[str]())
    assert replacing.times > 10
    assert seen.keys() == {"301", "404", *(f"{path} {name}" for path in ("index.html", "grand.xlsx") for name in "ab")}


def test_a_site_that_is_gone_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_REPLACING", 0.2)
    site = tmp_path / "site"
    write_site(site, {"index.html": b"x"})
    with serving(site) as client:
        shutil.rmtree(site)
        gone = client.ask("/")
        assert (gone.status, gone.headers["retry-after"]) == (503, "5")
        write_site(site, {"index.html": b"y"})
        assert client.ask("/").body == b"y"
