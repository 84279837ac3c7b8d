"""An object store that speaks S3, on loopback, and what fails in it on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest
import requests
from moto.server import ThreadedMotoServer


class Front:
    """A server before the store that passes on each request, and cuts or refuses those it is told to.

    ``cut``: the number of the writing request (from 1) that fails, and all after it, as when the machine dies;
    ``seen``: the writing requests (method, path).
    """

    def __init__(self, store: str) -> None:
        self.store = store
        self.cut = 0
        self.refuse = 0
        self.seen: list[tuple[str, str]] = []
        self.conditions: list[dict[str, str]] = []
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer, headers then body, waits 40 ms for an acknowledgement

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if front.refuse:
                    self._answer(front.refuse, {}, b"<Error><Code>AccessDenied</Code></Error>")
                    return
                if self.command in ("PUT", "POST", "DELETE"):
                    front.seen.append((self.command, self.path))
                    names = ("if-match", "if-none-match")
                    front.conditions.append({name: self.headers[name] for name in names if name in self.headers})
                    if front.cut and len(front.seen) >= front.cut:
                        self._answer(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
                        return
                answer = requests.request(
                    self.command,
                    front.store + self.path,
                    headers=dict(self.headers.items()),
                    data=body,
                    timeout=30,
                    stream=True,
                )
                content = answer.raw.read()
                self._answer(answer.status_code, dict(answer.headers), content)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass  # noqa: N815

            def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
                self.send_header("Content-Length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def front(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """The store, emptied, behind a server that can fail."""
    requests.post(f"{moto}/moto-api/reset", timeout=10)
    found = Front(moto)
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "cle")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-du-stockage")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    fsspec.filesystem("s3").clear_instance_cache()
    requests.put(f"{moto}/seau", timeout=10)
    yield found
    found.close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTRATS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return tmp_path / "cache"


@pytest.fixture
def store(front: Front) -> Any:  # noqa: ANN401  (the library has no types)
    """The same store, as a person would look into it."""
    return fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True, endpoint_url=front.store)
