"""The site over HTTP: what is answered, to whom, under which headers."""

from __future__ import annotations

import gzip
import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

import fsspec
import pyarrow.parquet as pq
import pytest

from pipelines.site.server import Kept
from tests.chromium import watched_page
from tests.site.serving import CSV, DATE, FILES, PARQUET, SCRIPT, TRICKS, Answer, Client, content, serving, write_site

# What a file is


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        (CSV, "text/csv; charset=utf-8"),
        ("latest/catalog.ttl", "text/turtle; charset=utf-8"),
        ("latest/catalog.jsonld", "application/ld+json"),
        ("latest/datapackage.json", "application/json"),
        ("latest/journal.md", "text/markdown; charset=utf-8"),
        ("latest/SHA256SUMS", "text/plain; charset=utf-8"),
        ("latest/contrats-de-destination.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("latest/contrats-de-destination.zip", "application/zip"),
        (PARQUET, "application/vnd.apache.parquet"),
        (SCRIPT, "text/javascript; charset=utf-8"),
        ("actifs/0123456789ab/site.css", "text/css; charset=utf-8"),
        ("actifs/carte-0123456789ab.svg", "image/svg+xml; charset=utf-8"),
        ("actifs/LICENSE", "text/plain; charset=utf-8"),
        ("flux.xml", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("CITATION.cff", "text/yaml; charset=utf-8"),
        ("agenda.ics", "text/calendar; charset=utf-8"),
        ("inconnu.xyz", "application/octet-stream"),
    ],
)
def test_a_file_is_whole_and_says_what_it_is(client: Client, served_site: Path, path: str, kind: str) -> None:
    whole = client.ask(f"/{path}")
    assert (whole.status, whole.headers["content-type"]) == (200, kind)
    assert whole.body == content(served_site, path or "index.html")
    assert whole.headers["content-length"] == str(len(whole.body))
    assert whole.headers["x-content-type-options"] == "nosniff"
    head = client.ask(f"/{path}", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert {**head.headers, "date": ""} == {**whole.headers, "date": ""}


@pytest.mark.parametrize(
    ("path", "lasting"),
    [
        (SCRIPT, True),
        ("actifs/carte-0123456789ab.svg", True),
        (PARQUET, True),
        ("actifs/LICENSE", False),
        (CSV, False),
        ("index.html", False),
        ("flux.xml", False),
    ],
)
def test_only_what_never_changes_is_kept_for_ever(client: Client, path: str, lasting: bool) -> None:
    said = client.ask(f"/{path}").headers["cache-control"]
    assert said == ("public, max-age=31536000, immutable" if lasting else "no-cache")


# Where a path leads


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/contrats/alpes", "/contrats/alpes/"),
        ("/en", "/en/"),
        ("/contrats/alpes?tri=nom&x=//y", "/contrats/alpes/?tri=nom&x=//y"),
        ("/contrats/pays%20basque%20%26%20b%c3%a9arn", "/contrats/pays%20basque%20%26%20b%C3%A9arn/"),
    ],
)
def test_a_folder_without_its_slash_leads_to_it(client: Client, path: str, location: str) -> None:
    moved = client.ask(path)
    assert moved.status == 301
    assert moved.headers["location"].startswith("./")
    assert urljoin(path, moved.headers["location"]) == location
    assert urljoin(f"/base{path}", moved.headers["location"]) == f"/base{location}"
    assert client.ask(location).status == 200


@pytest.mark.parametrize("path", TRICKS)
def test_nothing_else_is_served(client: Client, path: str) -> None:
    refused = client.ask(path)
    assert refused.status == 404
    assert refused.body == FILES["en/404.html" if path.startswith("/en/") else "404.html"]
    assert refused.headers["content-type"] == "text/html; charset=utf-8"
    assert refused.headers["cache-control"] == "no-cache"
    assert "location" not in refused.headers
    assert "etag" not in refused.headers


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://exemple.fr/index.html", 200),
        (b"/index.html#x", 200),
        (b"/index.html?x", 200),
        (b"/index.html\0", 400),
        (b"index.html", 400),
        (b"/\xff\xfe", 400),
        (b"/" + b"a" * 200_000, 400),
    ],
)
def test_raw_targets(client: Client, target: bytes, status: int) -> None:
    try:
        line = client.raw(b"GET " + target + b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    except ConnectionResetError:
        line = b""  # what is too long is not read to its end
    if status == 200 or line:
        assert line.split()[1:2] == [str(status).encode()]


def test_a_site_without_its_page_of_absence_says_so_in_a_line(tmp_path: Path) -> None:
    write_site(tmp_path, {"index.html": b"x"})
    with serving(tmp_path) as client:
        refused = client.ask("/absente")
    assert (refused.status, refused.body.decode()) == (404, "Cette page n’existe pas.\n")


@pytest.mark.parametrize(("path", "root"), [("/rien", b"./"), ("/rien/", b"../"), ("/un/deux/rien?a=/b/c", b"../../")])
def test_links_of_the_page_of_absence_count_from_the_address_asked_for(tmp_path: Path, path: str, root: bytes) -> None:
    page = b'<html lang="fr" data-racine="/base/"><link href="/base/a.css"><a href="https://exemple.fr/base/">x</a>'
    (tmp_path / "404.html").write_bytes(page)
    (tmp_path / "index.html").write_bytes(b"x")
    with serving(tmp_path) as client:
        body = client.ask(path).body
    assert b'<link href="' + root + b'a.css">' in body
    assert b'"https://exemple.fr/base/"' in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
def test_only_reading_is_allowed(client: Client, method: str) -> None:
    refused = client.ask("/index.html", method, Content_Length="0")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


# Parts


def test_one_part(client: Client, served_site: Path) -> None:
    data = content(served_site, CSV)
    size = len(data)
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=100-1099", 100, 1100),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=-{size * 2}", 0, size),
        ("bytes=0-", 0, size),
        (f"bytes=10-{size * 3}", 10, size),
        (f"bytes=5-9,{size}-", 5, 10),
    ):
        part = client.ask(f"/{CSV}", Range=asked, Accept_Encoding="gzip")
        assert (part.status, part.body) == (206, data[start:end]), asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
        assert part.headers["content-type"] == "text/csv; charset=utf-8"
        assert part.headers["vary"] == "Accept-Encoding"
        assert "content-encoding" not in part.headers


def parts_of(answer: Answer) -> list[tuple[str, bytes]]:
    """The parts of a multipart answer, as ``Content-Range`` and bytes."""
    mark = re.fullmatch(r"multipart/byteranges; boundary=(\w+)", answer.headers["content-type"])
    assert mark is not None
    first, *parts, last = (b"\r\n" + answer.body).split(b"\r\n--" + mark[1].encode())
    assert (first, last) == (b"", b"--\r\n")
    found = []
    for part in parts:
        head, _, body = part.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().strip().split("\r\n"))
        assert fields["Content-Type"] == "text/csv; charset=utf-8"
        found.append((fields["Content-Range"], body))
    return found


def test_several_parts(client: Client, served_site: Path) -> None:
    data = content(served_site, CSV)
    size = len(data)
    answer = client.ask(f"/{CSV}", Range=f"bytes=500000-899999, 0-9, -4, {size}-", Accept_Encoding="gzip")
    assert answer.status == 206
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "content-range" not in answer.headers
    assert parts_of(answer) == [
        (f"bytes 500000-899999/{size}", data[500000:900000]),
        (f"bytes 0-9/{size}", data[:10]),
        (f"bytes {size - 4}-{size - 1}/{size}", data[-4:]),
    ]
    merged = client.ask(f"/{CSV}", Range="bytes=0-9,5-20")
    assert (merged.headers["content-range"], merged.body) == (f"bytes 0-20/{size}", data[:21])


@pytest.mark.parametrize("asked", ["bytes=a-b", "bytes=9-3", "lines=0-1", "bytes=", "bytes=0-1,x", "0-1"])
def test_a_malformed_range_is_ignored(client: Client, served_site: Path, asked: str) -> None:
    whole = client.ask(f"/{CSV}", Range=asked)
    assert (whole.status, whole.body) == (200, content(served_site, CSV))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=99999999-,88888888-99999999"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_range_past_the_end_is_refused(client: Client, served_site: Path, asked: str, method: str) -> None:
    refused = client.ask(f"/{CSV}", method, Range=asked)
    assert refused.status == 416
    assert refused.headers["content-range"] == f"bytes */{len(content(served_site, CSV))}"
    assert refused.headers["access-control-allow-origin"] == "*"
    assert client.ask("/latest/vide.csv", Range="bytes=0-").headers["content-range"] == "bytes */0"


def test_head_says_that_parts_can_be_had(client: Client, served_site: Path) -> None:
    """As DuckDB-Wasm asks before it opens a file."""
    head = client.ask(f"/{PARQUET}", "HEAD", Range="bytes=0-")
    size = len(content(served_site, PARQUET))
    assert (head.status, head.body) == (206, b"")
    assert head.headers["content-length"] == str(size)
    assert head.headers["content-range"] == f"bytes 0-{size - 1}/{size}"


def test_parquet_is_read_in_parts(client: Client) -> None:
    read: list[int] = []
    files = fsspec.filesystem("http", block_size=1 << 14, skip_instance_cache=True)
    with files.open(f"http://127.0.0.1:{client.port}/{PARQUET}", cache_type="none") as file:
        fetch = file.cache.fetcher

        def noted(start: int, end: int) -> bytes:
            read.append(end - start)
            return bytes(fetch(start, end))

        file.cache.fetcher = noted
        found = pq.ParquetFile(file).read_row_group(3, columns=["n"])
        whole = file.size
    assert found["n"].to_pylist() == list(range(15_000, 20_000))
    assert 0 < sum(read) < whole / 4


# Conditions and tags


def test_a_tag_is_of_the_content_alone(client: Client, tmp_path: Path) -> None:
    tag = client.ask("/").headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    write_site(tmp_path, {"index.html": FILES["index.html"]})
    os.utime(tmp_path / "index.html", (1, 1))
    with serving(tmp_path) as other:
        assert other.ask("/").headers["etag"] == tag
        (tmp_path / "index.html").write_bytes(FILES["index.html"].replace(b"A", b"B"))
        os.utime(tmp_path / "index.html", (1, 1))
        changed = other.ask("/", If_None_Match=tag)
    assert (changed.status, changed.body[:30]) == (200, FILES["index.html"].replace(b"A", b"B")[:30])
    assert changed.headers["etag"] != tag


def test_what_is_known_is_not_sent_again(client: Client) -> None:
    tag = client.ask(f"/{CSV}").headers["etag"]
    packed = client.ask(f"/{CSV}", Accept_Encoding="gzip").headers["etag"]
    for known in (tag, f"W/{tag}", "*", f'"a", {tag}', f'"a,b" ,W/{tag}'):
        same = client.ask(f"/{CSV}", If_None_Match=known)
        assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
        assert same.headers["vary"] == "Accept-Encoding"
        assert same.headers["cache-control"] == "no-cache"
        assert same.headers["access-control-allow-origin"] == "*"
        assert not {"content-type", "content-length", "content-encoding"} & same.headers.keys()
    assert client.ask(f"/{CSV}", If_None_Match=packed, Accept_Encoding="gzip").status == 304
    assert client.ask(f"/{CSV}", "HEAD", If_None_Match=tag).status == 304
    for other in ('"a"', packed, tag.strip('"'), "W/", ""):
        assert client.ask(f"/{CSV}", If_None_Match=other).status == 200
    # A part that is asked for does not come before the condition; a date does not count beside a tag.
    assert client.ask(f"/{CSV}", If_None_Match=tag, Range="bytes=0-1").status == 304
    assert client.ask(f"/{CSV}", If_None_Match='"a"', If_Modified_Since=DATE).status == 200


def test_dates_are_told_of_files_of_releases_only(client: Client) -> None:
    assert client.ask(f"/{CSV}").headers["last-modified"] == DATE
    assert "last-modified" not in client.ask("/index.html").headers
    assert client.ask("/index.html", If_Modified_Since="Fri, 01 Jan 2100 00:00:00 GMT").status == 200
    assert client.ask(f"/{CSV}", If_Modified_Since=DATE).status == 304
    # The last release can be withdrawn: what was read since is not what is there, though it is later.
    for other in ("Fri, 01 Jan 2100 00:00:00 GMT", "Wed, 18 Nov 2026 11:06:41 GMT", "hier", ""):
        assert client.ask(f"/{CSV}", If_Modified_Since=other).status == 200


def test_what_must_be_the_same_is_refused_when_it_is_not(client: Client) -> None:
    tag = client.ask(f"/{CSV}").headers["etag"]
    for held in (tag, "*", f'"a",{tag}'):
        assert client.ask(f"/{CSV}", If_Match=held, Range="bytes=0-1", Accept_Encoding="gzip").status == 206
    for other in ('"a"', f"W/{tag}"):
        assert client.ask(f"/{CSV}", If_Match=other).status == 412
    assert client.ask(f"/{CSV}", If_Unmodified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 412
    assert client.ask(f"/{CSV}", If_Unmodified_Since=DATE).status == 200
    assert client.ask("/index.html", If_Unmodified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 200


def test_a_part_of_what_is_no_more_is_not_sent(client: Client, served_site: Path) -> None:
    tag = client.ask(f"/{CSV}").headers["etag"]
    packed = client.ask(f"/{CSV}", Accept_Encoding="gzip").headers["etag"]
    assert client.ask(f"/{CSV}", Range="bytes=0-4", If_Range=tag).status == 206
    for other in ('"a"', f"W/{tag}", packed, DATE, ""):
        whole = client.ask(f"/{CSV}", Range="bytes=0-4", If_Range=other, Accept_Encoding="gzip")
        assert (whole.status, whole.body) == (200, content(served_site, CSV))
    past = client.ask(f"/{CSV}", Range="bytes=99999999-", If_Range='"a"')
    assert past.status == 200


# Compression


def test_text_is_packed_under_a_tag_of_its_own(client: Client, served_site: Path) -> None:
    for path in ("index.html", CSV, SCRIPT, "latest/catalog.jsonld", "latest/datapackage.json"):
        plain, packed = client.ask(f"/{path}"), client.ask(f"/{path}", Accept_Encoding="br, gzip")
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == content(served_site, path)
        assert packed.headers["content-length"] == str(len(packed.body))
        assert packed.headers["etag"] == f'W/{plain.headers["etag"][:-1]}-gzip"'
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
        assert packed.body == client.ask(f"/{path}", Accept_Encoding="gzip").body
        head = client.ask(f"/{path}", "HEAD", Accept_Encoding="gzip")
        assert {**head.headers, "date": ""} == {**packed.headers, "date": ""}
    missing = client.ask("/absente", Accept_Encoding="gzip")
    assert (missing.status, gzip.decompress(missing.body)) == (404, FILES["404.html"])


@pytest.mark.parametrize("path", [PARQUET, "latest/contrats-de-destination.xlsx", "latest/contrats-de-destination.zip"])
def test_what_is_packed_already_is_sent_as_it_is(client: Client, served_site: Path, path: str) -> None:
    sent = client.ask(f"/{path}", Accept_Encoding="gzip")
    assert sent.body == content(served_site, path)
    assert not {"content-encoding", "vary"} & sent.headers.keys()


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, br;q=1", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=1.0, identity;q=0.5", True),
        ("gzip; q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;q=0.5, identity", False),
        ("gzip;q=beaucoup", False),
        ("gzipped", False),
        ("br, zstd", False),
        ("", False),
    ],
)
def test_gzip_goes_to_who_takes_it(client: Client, accepted: str, packed: bool) -> None:
    said = client.ask(f"/{CSV}", Accept_Encoding=accepted).headers
    assert said.get("content-encoding") == ("gzip" if packed else None)


def test_values_are_made_once_and_forgotten_beyond_a_weight() -> None:
    made: Counter[str] = Counter()
    kept: Kept[str] = Kept(10, len)

    def make(key: str) -> str:
        made[key] += 1
        time.sleep(0.01)
        return key * 4

    def fail() -> str:
        raise OSError("disque")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: kept.get("a", lambda: make("a")), range(8))) == {"aaaa"}
    assert made["a"] == 1
    for key in ("b", "a", "c", "a", "b"):
        kept.get(key, partial(make, key))
    assert made == {"a": 1, "b": 2, "c": 1}
    with pytest.raises(OSError, match="disque"):
        kept.get("d", fail)
    assert kept.get("d", lambda: "d") == "d"


# Who may read


def test_pages_elsewhere_read_data_and_their_parts(client: Client) -> None:
    for path in (CSV, PARQUET, "flux.xml", "absente.csv"):
        said = client.ask(f"/{path}", Origin="https://exemple.fr", Range="bytes=0-1").headers
        assert said["access-control-allow-origin"] == "*"
        assert {"Content-Range", "ETag", "Accept-Ranges"} <= set(said["access-control-expose-headers"].split(", "))
    for path in ("index.html", SCRIPT):
        assert "access-control-allow-origin" not in client.ask(f"/{path}", Origin="https://exemple.fr").headers
    asked = {"Origin": "https://exemple.fr", "Access_Control_Request_Method": "GET"}
    allowed = client.ask(f"/{PARQUET}", "OPTIONS", **asked, Access_Control_Request_Headers="range")
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (204, "*")
    assert "Range" in allowed.headers["access-control-allow-headers"]
    refused = client.ask(f"/{SCRIPT}", "OPTIONS", **asked)
    assert (refused.status, refused.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "access-control-allow-origin" not in refused.headers


def test_a_browser_runs_what_is_of_the_site_and_nothing_written_in_a_page(tmp_path: Path) -> None:
    page = (
        '<!doctype html><html lang="fr"><title>x</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="actifs/0123456789ab/site.css">'
        '<script type="application/ld+json">{"@context": "https://schema.org"}</script><body>'
        '<script type="module" src="actifs/0123456789ab/site.js"></script>'
    )
    refused = "<script>document.body.dataset.ecrit = 1</script>"
    write_site(tmp_path, FILES | {"index.html": page.encode(), "deux/index.html": f"{page}{refused}".encode()})
    with serving(tmp_path) as client, watched_page() as watched:
        watched.page.goto(f"http://127.0.0.1:{client.port}/")
        assert watched.page.evaluate("document.body.dataset.lu") == "oui"
        assert watched.page.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
        assert watched.errors == []
        watched.page.goto(f"http://127.0.0.1:{client.port}/deux/")
        assert watched.page.evaluate("document.body.dataset.ecrit") is None
        assert any("Content Security Policy" in error for error in watched.errors)
        watched.errors.clear()
        watched.page.goto(f"http://127.0.0.1:{client.port}/latest/diff.html")
        assert watched.page.evaluate("getComputedStyle(document.querySelector('p')).color") == "rgb(255, 0, 0)"
        assert (watched.errors, watched.elsewhere) == ([], [])
