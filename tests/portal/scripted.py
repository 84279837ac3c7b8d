"""A server on loopback that answers what a test wrote down, one after the other, and remembers what it was asked.

Belongs here: how an answer is spoilt (cut, late, elsewhere). Does not belong here: what a portal would answer
(``tests/udata.py`` is the real one).
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOT_EXPECTED = 418
"""What a request gets that the test did not write an answer for."""


@dataclass(frozen=True)
class Answer:
    """One answer. ``lost``: the connection is closed instead; ``missing``: bytes announced, never sent."""

    status: int = 200
    body: bytes | object = b""
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    missing: int = 0
    late: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """The server: ``answers`` are used up in their order."""

    root: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def will(self, *answers: Answer | int | object) -> None:
        """Writes down what comes next: an answer, a status, or what a 200 says in JSON."""
        for one in answers:
            if isinstance(one, Answer):
                self.answers.append(one)
            else:
                self.answers.append(Answer(one) if isinstance(one, int) else Answer(body=one))

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(one.method, one.path) for one in self.asked]


@contextlib.contextmanager
def scripted() -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # headers and body in one packet: two would wait for each other

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
            answer = script.answers.pop(0) if script.answers else Answer(NOT_EXPECTED)
            time.sleep(answer.late)
            if answer.lost:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.content) + answer.missing))
            self.end_headers()
            self.wfile.write(answer.content)
            self.close_connection = self.close_connection or bool(answer.missing)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  (names of the standard library)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # the client left before a late answer
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script = Scripted(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
    serving.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
