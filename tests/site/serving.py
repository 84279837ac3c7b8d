"""A small site, a real server of it on the loopback, and a client that sends paths as they are."""

from __future__ import annotations

import http.client
import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.site.server import server_of

RANDOM = random.Random(1)  # noqa: S311 (bytes that do not shrink)
CSV = "latest/csv/actions.csv"
PARQUET = "releases/2026-11-22/parquet/actions.parquet"
SCRIPT = "actifs/0123456789ab/site.js"
WRITTEN = 1_795_000_000
DATE = "Wed, 18 Nov 2026 11:06:40 GMT"

FILES = {
    "index.html": ("<!doctype html><title>Accueil</title>" + "<p>é</p>" * 100).encode(),
    "404.html": b"<!doctype html><title>Absente</title>" + b"<p>rien ici</p>" * 100,
    "en/404.html": b"<!doctype html><title>Missing</title>" + b"<p>nothing here</p>" * 100,
    "en/index.html": b"<!doctype html><title>Home</title>",
    "contrats/alpes/index.html": b"<!doctype html><title>Alpes</title>",
    "contrats/pays basque & béarn/index.html": b"<!doctype html><title>Basque</title>",
    "vide/rien.txt": b"x",
    "latest/vide.csv": b"",
    CSV: "".join(f"{n},alpes,« été »\n" for n in range(40_000)).encode(),
    "latest/diff.html": b"<!doctype html><style>p{color:red}</style><p>x",
    "latest/catalog.ttl": b"<a> <b> <c> .\n" * 40,
    "latest/catalog.jsonld": b'{"@id": "a"}' * 40,
    "latest/datapackage.json": b"{}" * 200,
    "latest/journal.md": b"# Journal\n" * 40,
    "latest/SHA256SUMS": b"abc  x\n" * 40,
    "latest/contrats-de-destination.xlsx": RANDOM.randbytes(900_000),
    "latest/contrats-de-destination.zip": RANDOM.randbytes(2_000),
    "releases/2026-11-22/csv/actions.csv": b"a,b\n" * 100,
    SCRIPT: b'document.body.dataset.lu = "oui";\n' * 20,
    "actifs/0123456789ab/site.css": b"body{color:rgb(1, 2, 3)}",
    "actifs/carte-0123456789ab.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "actifs/LICENSE": b"MIT",
    "flux.xml": b"<feed/>",
    "sitemap.xml": b"<urlset/>",
    "robots.txt": b"User-agent: *\n",
    "CITATION.cff": b"cff-version: 1.2.0\n",
    "agenda.ics": b"BEGIN:VCALENDAR\n",
    "inconnu.xyz": b"?",
    ".cache/secret.txt": "caché".encode(),
    ".secret": "caché".encode(),
    "contrats/.htaccess": "caché".encode(),
}


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Client:
    """Asks a server; every path goes as it is."""

    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request on a connection of its own; ``_`` in names of headers is ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, said, answer.read())
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        """The first line of the answer to bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(request)
            return connection.makefile("rb").readline()


def write_site(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (WRITTEN, WRITTEN))


@contextmanager
def serving(site: Path) -> Iterator[Client]:
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        server = server_of(site)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield Client(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(10)


def content(site: Path, path: str) -> bytes:
    """The bytes of a file of a site."""
    return (site / path).read_bytes()


# Paths that lead to nothing.
TRICKS = [
    *("/../secret.txt", "/contrats/../../secret.txt", "/contrats/../index.html", "/./index.html"),
    *("/contrats/alpes/.", "/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt", "/..%2fsecret.txt"),
    *("/contrats%2falpes/", "/contrats%2Findex.html", "/..%5csecret.txt", "/contrats%5calpes/"),
    *("/..\\secret.txt", "/index.html%00", "/index.html%00.txt", "/%00", "//index.html", "//exemple.fr/"),
    *("//exemple.fr", "/contrats//alpes/", "///", "//", "/%2f%2fexemple.fr", "/\\exemple.fr"),
    *("//exemple.fr/contrats/alpes", "/%5c%5cexemple.fr/..", "/%252e%252e/secret.txt"),
    *("/%c0%ae%c0%ae/secret.txt", "/.secret", "/.cache/secret.txt", "/contrats/.htaccess", "/%2esecret", "/..."),
    *("/..", "/%2e%2e", "/%2e/", "/lien.txt", "/dehors/secret.txt", "/dehors/site/index.html", "/dehors"),
    *("/boucle", "/tube.txt", "/%ff", "/%", "/%zz", "/index.html/", "/index.html/x", "/vide", "/vide/"),
    *("/contrats/", "/latest/", "/latest", "/INDEX.HTML", "/absente", "/absente/", "/en/absente", "/etc/passwd"),
    *("/%2fetc%2fpasswd", "/file:///etc/passwd"),
    "/" + "a" * 300,
    "/a" * 900,
]
