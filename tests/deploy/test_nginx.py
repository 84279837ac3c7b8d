"""The example for nginx, served for real: who may see the interface, what of the outputs is public, and how."""

from __future__ import annotations

import base64
import http.server
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from pipelines.site.server_kinds import caching, is_data, policy
from tests.deploy.nginx import DATA, INTERFACE, SITE, configured, nginx
from tests.deploy.serving import free_port
from tests.site.serving import CSV, FILES, SCRIPT, write_site

RELEASE = "releases/2026-11-22"


class _Interface(http.server.BaseHTTPRequestHandler):
    """Stands for the interface: says which headers reached it."""

    def do_GET(self) -> None:
        told = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class Served:
    """The address of an nginx, and the certificate that it shows."""

    address: str
    certificate: Path

    def get(self, host: str, path: str, method: str = "GET", **headers: str) -> requests.Response:
        """What it answers for one of its sites; ``_`` in names of headers is ``-``."""
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url, checked = f"{self.address}{path}", str(self.certificate)
        return requests.request(method, url, headers=sent, verify=checked, timeout=10, allow_redirects=False)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return bool(self.get(DATA, "/").status_code)
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of outputs, by its names only, and its site."""
    folder = tmp_path_factory.mktemp("sorties")
    release = folder / "releases" / "2026-11-22"
    for name in ("csv/actions.csv", "parquet/actions.parquet", "xlsx/actions.xlsx", "catalog.ttl", "catalog.jsonld"):
        (release / name).parent.mkdir(parents=True, exist_ok=True)
        (release / name).write_text("é" * 50, encoding="utf-8")
    for name in ("journal.md", "datapackage.json", "SHA256SUMS", "contrats-de-destination.zip", "diff.html"):
        (release / name).write_text("é" * 50, encoding="utf-8")
    (folder / "latest").symlink_to("releases/2026-11-22")
    (folder / "versions.json").write_text("{}", encoding="utf-8")
    for hidden in (".en-cours/a", "retirees/b", "rapports/2026-11-22.html", ".verrou"):
        (folder / hidden).parent.mkdir(exist_ok=True)
        (folder / hidden).write_text("caché", encoding="utf-8")
    write_site(folder / "site", FILES)
    for name in ("parquet/actions.parquet", "catalog.ttl"):
        (folder / "site" / RELEASE / name).parent.mkdir(exist_ok=True)
        (folder / "site" / RELEASE / name).hardlink_to(release / name)
    (folder / "site" / "lien").symlink_to("../retirees")
    return folder


@pytest.fixture(scope="module")
def served(outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An nginx that has the example as it is, but for places, ports and certificates."""
    place = tmp_path_factory.mktemp("nginx")
    key, certificate = place / "cle.pem", place / "certificat.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    (place / "acces").write_text("publie:{PLAIN}mot-de-passe\n", encoding="utf-8")
    behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Interface)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    port = free_port()
    text = configured(
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("127.0.0.1:3000", f"127.0.0.1:{behind.server_address[1]}"),
        ("/etc/nginx/contrats-destination.acces", str(place / "acces")),
        ("/var/lib/contrats-destination/outputs", str(outputs)),
    )
    text = re.sub(r"/etc/ssl/contrats/\w+\.pem", str(certificate), text)
    text = re.sub(r"/etc/ssl/contrats/\w+\.key", str(key), text)
    answering = Served(f"https://127.0.0.1:{port}", certificate)
    try:
        with nginx(text, place, answering.is_up):
            yield answering
    finally:
        behind.shutdown()
        behind.server_close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("csv/actions.csv", "text/csv; charset=utf-8"),
        ("parquet/actions.parquet", "application/vnd.apache.parquet"),
        ("xlsx/actions.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("catalog.ttl", "text/turtle; charset=utf-8"),
        ("catalog.jsonld", "application/ld+json; charset=utf-8"),
        ("datapackage.json", "application/json; charset=utf-8"),
        ("journal.md", "text/markdown; charset=utf-8"),
        ("diff.html", "text/html; charset=utf-8"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
        ("contrats-de-destination.zip", "application/zip"),
    ],
)
@pytest.mark.parametrize("base", ["releases/2026-11-22", "latest"])
def test_each_file_says_what_it_is_and_is_read_in_parts(served: Served, base: str, path: str, kind: str) -> None:
    whole = served.get(DATA, f"/{base}/{path}")
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, kind)
    assert whole.headers["Access-Control-Allow-Origin"] == "*"
    part = served.get(DATA, f"/{base}/{path}", Range="bytes=4-9")
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    assert part.headers["Content-Range"] == "bytes 4-9/100"


def test_the_list_of_versions_is_read_and_not_kept(served: Served) -> None:
    told = served.get(DATA, "/versions.json")
    assert (told.status_code, told.text, told.headers["Cache-Control"]) == (200, "{}", "no-cache")
    assert told.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "2026-11-22" in served.get(DATA, "/releases/").text


@pytest.mark.parametrize(
    "path", ["/", "/.verrou", "/.en-cours/a", "/retirees/b", "/rapports/2026-11-22.html", "/latest/../retirees/b"]
)
def test_what_is_not_published_is_not_served(served: Served, path: str) -> None:
    assert served.get(DATA, path).status_code == 404


def _basic(who: str) -> str:
    return f"Basic {base64.b64encode(who.encode()).decode()}"


def test_the_interface_asks_who_comes(served: Served) -> None:
    assert served.get(INTERFACE, "/").status_code == 401
    wrong = {"Authorization": _basic("publie:autre")}
    assert served.get(INTERFACE, "/", **wrong).status_code == 401


def test_the_interface_gets_what_a_websocket_needs_and_no_password(served: Served) -> None:
    who = {"Authorization": _basic("publie:mot-de-passe")}
    told = served.get(INTERFACE, "/graphql", **who, Upgrade="websocket", Connection="Upgrade")
    assert told.status_code == 200
    lines = told.text.splitlines()
    assert {"upgrade: websocket", "connection: upgrade", f"host: {INTERFACE}"} <= set(lines)
    assert not [line for line in lines if line.startswith("authorization")]


@pytest.mark.parametrize(
    ("path", "kind", "lasting", "shared"),
    [
        ("", "text/html; charset=utf-8", False, False),
        ("en/", "text/html; charset=utf-8", False, False),
        (CSV, "text/csv; charset=utf-8", False, True),
        (f"{RELEASE}/csv/actions.csv", "text/csv; charset=utf-8", True, True),
        (f"{RELEASE}/parquet/actions.parquet", "application/vnd.apache.parquet", True, True),
        (f"{RELEASE}/catalog.ttl", "text/turtle; charset=utf-8", True, True),
        ("latest/catalog.jsonld", "application/ld+json", False, True),
        ("latest/diff.html", "text/html; charset=utf-8", False, True),
        ("latest/SHA256SUMS", "text/plain; charset=utf-8", False, True),
        (SCRIPT, "text/javascript; charset=utf-8", True, False),
        ("actifs/carte-0123456789ab.svg", "image/svg+xml; charset=utf-8", True, False),
        ("actifs/LICENSE", "application/octet-stream", False, False),
        ("flux.xml", "application/atom+xml; charset=utf-8", False, True),
        ("CITATION.cff", "text/yaml; charset=utf-8", False, True),
    ],
)
def test_the_site_is_served_as_its_own_server_does(
    served: Served, path: str, kind: str, lasting: bool, shared: bool
) -> None:
    whole = served.get(SITE, f"/{path}")
    name = f"{path}index.html" if path in ("", "en/") else path
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, kind)
    assert whole.headers["Cache-Control"] == caching(name)
    assert ("immutable" in whole.headers["Cache-Control"]) is lasting
    assert whole.headers["Content-Security-Policy"] == policy(name)
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers.get("Access-Control-Allow-Origin") == ("*" if shared else None)
    assert is_data(name) is shared


def test_the_site_is_read_in_parts_and_packed_but_not_both(served: Served) -> None:
    packed = served.get(SITE, f"/{CSV}", Accept_Encoding="gzip")
    assert (packed.headers["Content-Encoding"], packed.content) == ("gzip", FILES[CSV])
    assert packed.headers["Vary"] == "Accept-Encoding"
    part = served.get(SITE, f"/{CSV}", Range="bytes=4-9", Accept_Encoding="gzip")
    assert (part.status_code, part.content) == (206, FILES[CSV][4:10])
    assert "Content-Encoding" not in part.headers
    assert served.get(SITE, f"/{CSV}", If_None_Match=packed.headers["ETag"]).status_code == 304
    assert served.get(SITE, f"/{CSV}", Range="bytes=99999999-").status_code == 416


@pytest.mark.parametrize(
    "path", ["absente", "en/absente", "latest/", "contrats/", ".secret", "contrats/.htaccess", "lien/b"]
)
def test_what_is_not_of_the_site_is_its_page_of_absence(served: Served, path: str) -> None:
    missing = served.get(SITE, f"/{path}")
    assert (missing.status_code, missing.content) == (404, FILES["en/404.html" if path[:3] == "en/" else "404.html"])
    assert missing.headers["Cache-Control"] == "no-cache"


def test_a_folder_of_the_site_leads_to_its_page(served: Served) -> None:
    moved = served.get(SITE, "/contrats/alpes")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/contrats/alpes/")
    assert served.get(SITE, "//exemple.fr/..//contrats/alpes").headers["Location"] == "/contrats/alpes/"
    assert served.get(SITE, "/", "POST").status_code == 405
