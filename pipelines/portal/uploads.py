"""Files sent to a portal: whole when they are small, in parts when they are large; never twice within a second.

Belongs here: how a file travels. Does not belong here: which file, where to, and what follows.

Two uploads of one file name to one dataset within a second end in an error 500 (udata keeps a file under the second of
its arrival: udata#3024). Parts are kept by the portal for a day under a name that we choose; what an interrupted upload
leaves of them is never seen. Parts are small enough to be held in memory, one at a time.
"""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.portal.answers import Json
from pipelines.portal.client import Client
from pipelines.portal.errors import UncertainError
from pipelines.publish.datapackage import MEDIA_TYPES

PART = 2 * 1024 * 1024
"""Bytes of a part: those of the portal's own pages (udata's front end)."""
WHOLE = 4 * PART
"""The largest file that is sent in one request."""
APART = 1.1
"""Seconds between two uploads of a same name."""
_TRIES = 3


@dataclass
class Uploads:
    """Sends files with a client, and remembers when each name was last sent."""

    client: Client
    _sent: dict[str, float] = field(default_factory=dict)

    def send(self, path: str, file: Path, name: str) -> Json:
        """Sends a file to the call ``path`` under a name; returns the resource, as the portal answers.

        Raises:
            UncertainError: no clear answer to the request that makes the resource, or replaces its file.
            PortalError: the portal refuses the file.
        """
        self._wait_for(name)
        try:
            if file.stat().st_size <= WHOLE:
                return self.client.post(path, files={"file": (name, file.read_bytes(), _media_type(name))})
            return self._in_parts(path, file, name)
        finally:
            self._sent[name] = self.client.steady()

    def _in_parts(self, path: str, file: Path, name: str) -> Json:
        """Each part, then a request without a file, which alone makes the resource.

        A part that got no clear answer can't be sent again under its number: all of them are, under another name.
        """
        for left in reversed(range(_TRIES)):
            upload = {"uuid": str(uuid.uuid4()), "filename": name}
            try:
                for number, (part, total) in enumerate(_parts(file)):
                    told = {"partindex": number, "totalparts": total, "chunksize": len(part)}
                    files = {"file": (name, part, _media_type(name))}
                    self.client.post(path, data={**upload, **told}, files=files)
            except UncertainError:
                if not left:
                    raise
                self.client.sleep(APART)
                continue
            break
        return self.client.post(path, data={**upload, "totalparts": total})

    def _wait_for(self, name: str) -> None:
        last = self._sent.get(name)
        if last is not None:
            self.client.sleep(max(0.0, last + APART - self.client.steady()))


def sha1(path: Path) -> str:
    """The digest that udata states of a file that it holds; read once as long as the file stays what it is."""
    found = path.stat()
    return _sha1(path, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=1024)
def _sha1(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()


def _parts(file: Path) -> Iterator[tuple[bytes, int]]:
    total = -(-file.stat().st_size // PART)
    with file.open("rb") as opened:
        while part := opened.read(PART):
            yield part, total


def _media_type(name: str) -> str:
    return MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
