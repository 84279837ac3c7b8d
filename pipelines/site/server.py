"""The site over HTTP: an ASGI application over its folder, and the server that runs it.

Belongs here: methods, conditions, parts, compression, headers (RFC 9110). Does not belong here: finding a file
(``server_tree``), reading ``Range`` (``server_ranges``), what is said of a file by its path (``server_kinds``), the
command (``pipelines.cli_site``).

Starlette's responses and uvicorn do the sending. Its ``StaticFiles`` and ``FileResponse`` are not used, for the reasons
given in those modules; nor is its ``GZipMiddleware``, which gives one strong tag to two representations.
"""

from __future__ import annotations

import gzip
import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

import anyio
import anyio.to_thread
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from pipelines.site import server_kinds as kinds
from pipelines.site.server_ranges import UnsatisfiableError, ranges
from pipelines.site.server_tree import Moved, NoSiteError, OpenFile, find

ALLOWED = "GET, HEAD, OPTIONS"
_WHOLE = 1 << 18
"""Up to here a body is read at once."""
_LEAST_GZIP, _MOST_GZIP = 256, 1 << 25
_GZIP_MEMORY = 1 << 26
_DIGESTS = 50_000
_REPLACING, _EVERY = 3.0, 0.02
"""How long a site is waited for while it is being replaced, in seconds."""

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_SHARED = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": (
        "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Last-Modified"
    ),
    "cross-origin-resource-policy": "cross-origin",
}
_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "Range, If-Range, If-Match, If-None-Match, If-Modified-Since",
    "access-control-max-age": "86400",
}
_TAG = re.compile(r'(?:W/)?"[^"]*"')
_ROOT = re.compile(rb'<html[^>]* data-racine="([^"]+)"')
"""Where the page that says that nothing is there tells what its links start with."""

_LOG = logging.getLogger(__name__)

V = TypeVar("V")


class Kept(Generic[V]):
    """Values that cost something to make: each made once, the least used forgotten beyond a weight."""

    def __init__(self, most: int, weigh: Callable[[V], int]) -> None:
        self._most, self._weigh, self._weight = most, weigh, 0
        self._values: OrderedDict[Hashable, Future[V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made if need be; who asks for it meanwhile waits for it."""
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
            else:
                mine: Future[V] = Future()
                self._values[key] = mine
        if known is not None:
            return known.result()
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                del self._values[key]
            mine.set_exception(error)
            raise
        mine.set_result(value)
        with self._lock:
            self._weight += self._weigh(value)
            for old in [key for key, made in self._values.items() if made.done()]:
                if self._weight <= self._most:
                    break
                self._weight -= self._weigh(self._values.pop(old).result())
        return value


class SiteServer:
    """The ASGI application of one site."""

    def __init__(self, site: Path) -> None:
        self._site = site
        # By content, not by date: a site that is made again has the same bytes at another date, and the tag of a file
        # must neither change then, nor stay when a page is made anew within the same second.
        self._digests: Kept[str] = Kept(_DIGESTS, lambda _: 1)
        self._packed: Kept[bytes] = Kept(_GZIP_MEMORY, len)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        file = None
        try:
            answer, file = await self._answer(scope)
            await answer(scope, receive, send)
        except Exception:  # our bug; uvicorn then answers 500, or cuts the answer short
            _LOG.exception("Erreur du programme, à signaler : %s", scope["raw_path"])
            raise
        finally:
            if file is not None:
                file.close()

    async def _answer(self, scope: Scope) -> tuple[Response, OpenFile | None]:
        method = scope["method"]
        if method == "OPTIONS":
            return _options(scope), None
        if method not in ("GET", "HEAD"):
            return _said(405, "Seule la lecture est possible ici.", allow=ALLOWED), None
        waited = 0.0
        while True:
            try:
                return await anyio.to_thread.run_sync(self._respond, scope)
            except NoSiteError:
                if waited >= _REPLACING:
                    return _said(503, "Le site n’est pas en place : réessayez dans un moment.", retry_after="5"), None
            except OSError:  # such as a table of descriptors that is full
                return _said(503, "Le site ne peut pas être lu : réessayez dans un moment.", retry_after="5"), None
            await anyio.sleep(_EVERY)
            waited += _EVERY

    def _respond(self, scope: Scope) -> tuple[Response, OpenFile | None]:
        """The answer, and the file that it still reads."""
        found = find(self._site, scope["raw_path"])
        if found is None:
            return _said(404, "Cette page n’existe pas."), None
        if isinstance(found, Moved):
            # Relative to the request: right under any base path, and never a way to another host.
            query = scope["query_string"].decode("latin-1")
            location = f"./{quote(found.name, safe='')}/{'?' if query else ''}{query}"
            return _said(301, "Cette page est un dossier.", location=location), None
        try:
            answer = self._of_file(found, scope["method"], scope["raw_path"], Headers(scope=scope))
        except BaseException:
            found.close()
            raise
        if isinstance(answer, StreamingResponse):
            return answer, found
        found.close()
        return answer, None

    def _of_file(self, file: OpenFile, method: str, path: bytes, asked: Headers) -> Response:
        kind = kinds.content_type(file.path)
        said = _ALWAYS | {
            "content-type": kind,
            "content-security-policy": kinds.policy(file.path),
            "cache-control": "no-cache" if file.missing else kinds.caching(file.path),
        }
        if kinds.is_data(file.path) or file.missing:  # a page elsewhere must be able to read that a file is missing
            said |= _SHARED
        if file.missing:
            page = _rooted(b"".join(file.read(0, file.size)), path)
            if kinds.shrinks(kind) and len(page) >= _LEAST_GZIP:
                said["vary"] = "Accept-Encoding"
                if _takes_gzip(asked):
                    page = gzip.compress(page, compresslevel=6, mtime=0)
                    said["content-encoding"] = "gzip"
            return _sent(iter((page,)), len(page), method, 404, said)
        digest = self._digests.get(file.identity, file.digest)
        packable = kinds.shrinks(kind) and _LEAST_GZIP <= file.size <= _MOST_GZIP
        if packable:
            said["vary"] = "Accept-Encoding"
        # Parts are of the plain bytes, and so are the tags that they are asked by: never of the packed ones.
        plain = not (packable and _takes_gzip(asked)) or any(n in asked for n in ("range", "if-range", "if-match"))
        # What is packed has a tag of its own, and a weak one: another zlib may pack the same bytes otherwise.
        tag = f'"{digest}"' if plain else f'W/"{digest}-gzip"'
        # The date of a page tells when the site was made: it says nothing of its bytes. Files of releases keep
        # theirs, but the last one may be withdrawn: the date is compared for being the same, not for being later.
        dated = file.modified if kinds.of_release(file.path) else None
        refused = _condition(asked, tag, dated)
        said |= {"etag": tag} | ({} if dated is None else {"last-modified": formatdate(dated, usegmt=True)})
        if refused is not None:
            del said["content-type"]
            return Response(None, refused, said)
        said["accept-ranges"] = "bytes"
        try:
            parts = _parts(asked, file.size, tag)
        except UnsatisfiableError:
            extra = _SHARED if kinds.is_data(file.path) else {}
            return _said(416, "Ce fichier n’a pas cette partie.", content_range=f"bytes */{file.size}", **extra)
        if parts:
            return _cut(file, parts, method, said)
        if plain:
            return _sent(file.read(0, file.size), file.size, method, 200, said)
        packed = self._packed.get(digest, lambda: _pack(file))
        return _sent(iter((packed,)), len(packed), method, 200, said | {"content-encoding": "gzip"})


def _rooted(page: bytes, path: bytes) -> bytes:
    """The page that says that nothing is there, its links counted from the path asked for, under any base path."""
    root = _ROOT.search(page)
    if root is None:
        return page
    up = b"../" * (path.count(b"/") - 1) or b"./"
    return page.replace(b'="' + root[1], b'="' + up)


def _pack(file: OpenFile) -> bytes:
    return gzip.compress(b"".join(file.read(0, file.size)), compresslevel=6, mtime=0)


def _sent(body: Iterator[bytes], length: int, method: str, status: int, said: dict[str, str]) -> Response:
    """An answer of a known length: at once when it is short or has no body, else piece by piece."""
    said = said | {"content-length": str(length)}
    if method == "HEAD":
        return Response(b"", status, said)
    return Response(b"".join(body), status, said) if length <= _WHOLE else StreamingResponse(body, status, said)


def _cut(file: OpenFile, parts: list[tuple[int, int]], method: str, said: dict[str, str]) -> Response:
    """The parts of a file that are asked for.

    ``HEAD`` gets the headers that ``GET`` would: DuckDB-Wasm opens a file so, and reads it whole if the answer is 200.
    """
    places = [f"bytes {start}-{end - 1}/{file.size}" for start, end in parts]
    if len(parts) == 1:
        ((start, end),) = parts
        return _sent(file.read(start, end), end - start, method, 206, said | {"content-range": places[0]})
    boundary = secrets.token_hex(16)
    heads = [
        f"--{boundary}\r\nContent-Type: {said['content-type']}\r\nContent-Range: {place}\r\n\r\n".encode()
        for place in places
    ]
    last = f"--{boundary}--\r\n".encode()
    length = sum(len(head) + end - start + 2 for head, (start, end) in zip(heads, parts, strict=True)) + len(last)

    def body() -> Iterator[bytes]:
        for head, (start, end) in zip(heads, parts, strict=True):
            yield head
            yield from file.read(start, end)
            yield b"\r\n"
        yield last

    kind = f"multipart/byteranges; boundary={boundary}"
    return _sent(body(), length, method, 206, said | {"content-type": kind})


def _parts(asked: Headers, size: int, tag: str) -> list[tuple[int, int]]:
    """The parts that a request gets; none when it gets the whole file.

    A date in ``If-Range`` never holds: it is a strong validator only under conditions that are not known here.
    """
    headers = asked.getlist("range")
    if len(headers) != 1 or asked.get("if-range", tag).strip() != tag:
        return []
    return ranges(headers[0], size)


def _condition(asked: Headers, tag: str, modified: int | None) -> int | None:
    """The status that the conditions of a request lead to, when they stop it (RFC 9110, section 13.2.2)."""
    if "if-match" in asked:
        if not _listed(asked, "if-match", tag, weakly=False):
            return 412
    elif modified is not None and (limit := _moment(asked.get("if-unmodified-since"))) is not None and modified > limit:
        return 412
    if "if-none-match" in asked:
        return 304 if _listed(asked, "if-none-match", tag, weakly=True) else None
    return 304 if modified is not None and _moment(asked.get("if-modified-since")) == modified else None


def _listed(asked: Headers, name: str, tag: str, *, weakly: bool) -> bool:
    listed = ",".join(asked.getlist(name))
    if listed.strip() == "*":
        return True
    tags = [match[0] for match in _TAG.finditer(listed)]
    return tag.removeprefix("W/") in [one.removeprefix("W/") for one in tags] if weakly else tag in tags


def _moment(date: str | None) -> int | None:
    """The seconds of a date in a header; None when there is none, or none that can be read."""
    try:
        return None if date is None else int(parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return None


def _takes_gzip(asked: Headers) -> bool:
    """Whether who asks takes gzip, and likes it no less than the plain bytes."""
    weights: dict[str, float] = {}
    for one in ",".join(asked.getlist("accept-encoding")).lower().split(","):
        name, *parameters = (word.strip() for word in one.split(";"))
        weights[name] = next((_weight(word[2:]) for word in parameters if word.startswith("q=")), 1.0)
    liked = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return liked > 0 and liked >= weights.get("identity", 0.0)


def _weight(text: str) -> float:
    return float(text) if re.fullmatch(r"[01](\.\d{0,3})?", text, re.ASCII) else 0.0


def _options(scope: Scope) -> Response:
    """What may be done; and whether a page elsewhere may, when its browser asks that (a preflight)."""
    shared = _PREFLIGHT if kinds.is_data(scope["path"].lstrip("/")) else {}
    return Response(None, 204, _ALWAYS | {"allow": ALLOWED} | shared)


def _said(status: int, text: str, **headers: str) -> Response:
    """A short answer that is no file of the site."""
    said = _ALWAYS | {
        "content-type": "text/plain; charset=utf-8",
        "content-security-policy": "default-src 'none'",
        "cache-control": "no-cache",
    }
    return Response(f"{text}\n", status, said | {name.replace("_", "-"): value for name, value in headers.items()})


def server_of(site: Path) -> uvicorn.Server:
    """A server of a site, to run on a socket that listens."""
    return uvicorn.Server(
        uvicorn.Config(
            SiteServer(site),
            http="httptools",
            ws="none",
            lifespan="off",
            log_level="critical",  # a download that is cut by Ctrl-C, or a request that is no HTTP, is no news
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
    )
