"""An nginx on loopback, with the example of ``deploy/nginx`` once a test has put its own places and ports in it.

Belongs here: starting and stopping it. Does not belong here: what it must answer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.serving import until
from tests.publication.conftest import PROJECT

CONFIGURATION = PROJECT / "deploy" / "nginx" / "contrats-destination.conf"
DATA, INTERFACE, SITE = "donnees.exemple.fr", "interface.exemple.fr", "telechargement.exemple.fr"


def configured(*changes: tuple[str, str]) -> str:
    """The example, with each of these words in place of another, which must be there."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(text: str, place: Path, answers: Callable[[], bool]) -> Iterator[None]:
    """An nginx that has these servers and keeps its own files in a folder, once it answers, while the context lasts."""
    if shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
        pytest.fail("nginx manque : apt install nginx-light.")
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
    temporary += f" uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;"
    whole = f"{user} daemon off; pid {place}/pid; error_log {place}/erreurs; events {{}}\n"
    whole += f"http {{ access_log off; {temporary}\n{text}\n}}\n"
    (place / "nginx.conf").write_text(whole, encoding="utf-8")
    words = ["/usr/sbin/nginx", "-c", str(place / "nginx.conf"), "-e", str(place / "erreurs")]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen(words)
    try:
        until(answers, 20, every=0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)
