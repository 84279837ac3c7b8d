"""A real portal for tests: udata itself, in an environment of its own, on loopback, gone at the end.

Its program is ``tests/donnees/udata/``; it starts with people, an organisation, licences and zones, and no
dataset. Belongs here: starting it and asking it what a test needs. Does not belong here: our client, nor what the
portal is expected to answer.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.services import ServiceError, free_port, running, wait_until
from tests.slow.environments import interpreter

PROJECT = Path(__file__).parents[1]
SERVER = "tests.donnees.udata.server"
TIMEOUT = 60


@dataclass(frozen=True)
class Udata:
    """A portal that runs; ``key`` is of the organisation's administrator, ``other_key`` of someone outside of it."""

    url: str
    organisation: str
    user: str
    log: Path
    key: str = field(repr=False)
    other_key: str = field(repr=False)
    revoked_key: str = field(repr=False)

    def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> requests.Response:  # noqa: ANN401
        """Any request with the administrator's key or another one (``""``: none): « /api/1/… » or a whole address."""
        used = self.key if key is None else key
        headers = {"X-API-KEY": used} if used else {}
        address = path if path.startswith("http") else f"{self.url}{path}"
        return requests.request(method, address, headers=headers, timeout=TIMEOUT, **options)

    def dataset(self, identifier: str) -> dict[str, Any]:
        """A dataset as its administrator sees it."""
        return self._json("GET", f"/api/1/datasets/{identifier}/")

    def datasets(self) -> list[dict[str, Any]]:
        """Those of the organisation, private ones included, deleted ones left out; the first hundred."""
        query = f"?organization={self.organisation}&deleted=false&page_size=100"
        found: list[dict[str, Any]] = self._json("GET", f"/api/1/datasets/{query}")["data"]
        return found

    def quality(self, identifier: str) -> dict[str, Any]:
        """The quality of a dataset by udata's own code, ``score`` among it."""
        return self._json("GET", f"/essai/quality/{identifier}")

    def harvest(self, url: str) -> dict[str, Any]:
        """Harvests a DCAT catalogue for the organisation: ``status``, ``errors``, ``items``, ``datasets``."""
        return self._json("POST", "/essai/harvest", json={"url": url})

    def reset(self) -> None:
        """Back to no dataset, contact point, source nor file; people, organisation, licences and zones stay."""
        self.call("POST", "/essai/reset", key="").raise_for_status()

    def keep(self) -> None:
        """Remembers all that was published, for ``back``."""
        self.call("POST", "/essai/keep", key="").raise_for_status()

    def back(self) -> None:
        """Back to what ``keep`` remembered."""
        self.call("POST", "/essai/back", key="").raise_for_status()

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        response = self.call(method, path, **options)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found


@contextlib.contextmanager
def udata(folder: Path) -> Iterator[Udata]:
    """A portal that keeps its files and its log in a folder and lives as long as the context.

    Raises:
        ServiceError: it does not start, or libmagic, which it needs, is not installed.
    """
    if not ctypes.util.find_library("magic"):
        raise ServiceError("libmagic est introuvable : installez le paquet libmagic1 (apt install libmagic1).")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "journal"
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "UDATA_FOLDER": str(folder), "UDATA_PORT": str(port)}
    command = [str(interpreter("udata")), "-m", SERVER]
    with running(command, log, stop=signal.SIGTERM, env=env, cwd=PROJECT) as process:
        wait_until(lambda: _answers(url), process, log)
        known = json.loads((folder / "portal.json").read_text(encoding="utf-8"))
        yield Udata(url=url, log=log, **known)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/api/1/datasets/licenses/", timeout=5).ok
    except requests.RequestException:
        return False
