"""`contrats-destination serve`: what it prints, how it ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.publication.conftest import PROJECT
from tests.site.serving import CSV, Client


def command(outputs: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", "serve", "--outputs", str(outputs), *words],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("host", "warned"),
    [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)],  # noqa: S104
)
def test_the_command_serves_until_it_is_interrupted(served_site: Path, host: str, warned: bool) -> None:
    serve = command(served_site.parent, "--port", "0", "--host", host)
    assert serve.stdout is not None
    said = serve.stdout.readline()
    address = r"http://(127\.0\.0\.1|\[::1\]):(\d+)/"
    found = re.fullmatch(rf"Site de téléchargement : {address} \(Ctrl-C pour arrêter\)\n", said)
    assert found is not None, said
    if found[1] == "127.0.0.1":
        assert Client(int(found[2])).ask(f"/{CSV}").status == 200
        with socket.create_connection(("127.0.0.1", int(found[2]))) as reading:  # slowly, which keeps nothing alive
            reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reading.sendall(b"GET /latest/gros.zip HTTP/1.1\r\nHost: h\r\n\r\n")
            reading.recv(10)
            serve.send_signal(signal.SIGINT)
            serve.wait(10)
    else:
        serve.send_signal(signal.SIGINT)
    _, errors = serve.communicate(timeout=10)
    assert serve.returncode == 0
    assert errors.startswith("Attention : le site est servi à toute machine") is warned
    assert errors.count("\n") == warned


def test_the_command_says_what_hinders_it(served_site: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        started = [
            (command(served_site.parent, "--port", port), 3, f"Le port {port} est déjà pris sur 127.0.0.1"),
            (command(tmp_path), 2, "Il n’y a pas encore de site dans "),
            (command(served_site.parent, "--port", "http"), 2, "--port : un port est un nombre"),
            (command(served_site.parent, "--port", "70000"), 2, "--port : un port est un nombre"),
            (command(served_site.parent, "--host", "192.0.2.1"), 3, "192.0.2.1 n’est pas une adresse de cette"),
            (command(served_site.parent, "--host", "a..b"), 2, "« a..b » n’est pas une adresse connue"),
        ]
        for serve, code, sentence in started:
            said, errors = serve.communicate(timeout=20)
            assert (serve.returncode, said) == (code, ""), errors
            assert sentence in errors
            assert "Traceback" not in errors


def test_help_imports_no_server() -> None:
    program = (
        "import sys; from pipelines.cli import main\n"
        "try: main(['serve', '--help'])\n"
        "except SystemExit: print(sorted({'uvicorn', 'starlette', 'anyio', 'asyncio', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
