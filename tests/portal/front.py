"""A server before the portal of the tests: passes on each request, counts those that write, and fails on demand.

Belongs here: how a portal, or the way to it, can fail. Does not belong here: what is sent to it, what is expected then.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

How = Literal["before", "middle", "after", "half", "short", "late", "answer"]
_HOPS = frozenset({"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"})
_TIMEOUT = 60


@dataclass(frozen=True)
class Fault:
    """What befalls the writing request number ``at`` (from 1), and each ``every`` after it; 0: all, reading ones too.

    ``how``: the connection is cut *before* the portal gets it, in the *middle* of its body, or *after* it was carried
    out; its answer is cut at *half* of what it announces, or *short* and announced so; it comes *late*, after
    ``seconds``; or it is this *answer*, without the portal. ``ever``: from then on, nothing passes any more (an
    *answer*: it is given to all that follows).
    """

    how: How
    at: int = 0
    every: int = 0
    ever: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0


_CUT = Fault("before")


class Front:
    """The server. ``writes``: the writing requests (method, path); ``carried``: how many of them the portal answered.

    ``headers``: those of every request.
    """

    def __init__(self, portal: str) -> None:
        self._portal = urlsplit(portal).netloc
        self.fault: Fault | None = None
        self.writes: list[tuple[str, str]] = []
        self.carried = 0
        self.headers: list[dict[str, str]] = []
        self._gone = False
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def _pass(self) -> None:
                front._pass(self)

            do_GET = do_PUT = do_POST = do_DELETE = _pass  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, fault: Fault | None) -> None:
        """Counts from nothing again, and fails so (nothing: passes everything)."""
        self.fault, self._gone = fault, False
        self.writes, self.headers, self.carried = [], [], 0

    def close(self) -> None:
        """Stops."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # --- One request ------------------------------------------------------------------------------------------------

    def _pass(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.headers.append(dict(request.headers.items()))
        if request.command != "GET":
            self.writes.append((request.command, request.path))
        fault = self._befalls(request.command != "GET")
        how = fault.how if fault else None
        if how == "answer" and fault:
            _answer(request, fault.status, fault.headers, fault.body)
            return
        if how == "before":
            _cut(request)
            return
        if how == "middle":
            self._begin(request, body[: len(body) // 2], len(body)).close()
            _cut(request)
            return
        connection = self._begin(request, body, len(body))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.carried += request.command != "GET"
        if how == "after":
            _cut(request)
            return
        if how == "late" and fault:
            time.sleep(fault.seconds)
        announced = len(content)
        if how in ("half", "short"):
            content = content[: len(content) // 2]
        _answer(request, answer.status, dict(answer.headers), content, announced if how == "half" else None)

    def _befalls(self, writing: bool) -> Fault | None:
        fault = self.fault
        if fault is None or not fault.at:
            return fault
        if self._gone:
            return fault if fault.how == "answer" else _CUT
        if not writing or not self._due(fault):
            return None
        self._gone = fault.ever
        return fault

    def _due(self, fault: Fault) -> bool:
        since = len(self.writes) - fault.at
        return since == 0 or (fault.every > 0 and since > 0 and since % fault.every == 0)

    def _begin(self, request: BaseHTTPRequestHandler, body: bytes, announced: int) -> http.client.HTTPConnection:
        # The portal writes its own addresses as it was called: it gets its own name, not that of this server.
        connection = http.client.HTTPConnection(self._portal, timeout=_TIMEOUT)
        connection.putrequest(request.command, request.path, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name.lower() not in _HOPS:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(announced))
        connection.endheaders(body)
        return connection


def _answer(
    request: BaseHTTPRequestHandler,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    announced: int | None = None,
) -> None:
    request.send_response(status)
    for name, value in headers.items():
        if name.lower() not in _HOPS:
            request.send_header(name, value)
    if status != http.client.NO_CONTENT:
        request.send_header("Content-Length", str(len(content) if announced is None else announced))
    request.end_headers()
    request.wfile.write(content)
    with suppress(ConnectionError):  # who asked may have left
        request.wfile.flush()
    if announced is not None and announced != len(content):
        _cut(request)


def _cut(request: BaseHTTPRequestHandler) -> None:
    request.wfile.flush()
    request.close_connection = True
    with suppress(OSError):
        request.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def front(portal: str) -> Iterator[Front]:
    """A server before a portal, as long as the context."""
    found = Front(portal)
    try:
        yield found
    finally:
        found.close()
