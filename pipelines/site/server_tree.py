"""A file of the site, opened: the path in a request, the walk to the file, all in one state of the site.

Belongs here: what touches the disk. Does not belong here: HTTP, but for how an address writes a path.

Starlette's ``StaticFiles`` resolves a path, asks its size and date, and opens it by its path again later: when the site
is replaced in between, it sends the bytes of one site under the length and the tag of another. It also takes
``a/../b``, and shows hidden files. Here one descriptor is opened, and everything is asked of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

INDEX = "index.html"
NOT_FOUND = "404.html"
ROBOTS = "robots.txt"
_TRIES = 20
_CHUNK = 1 << 18
_OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # O_NONBLOCK: a pipe would be waited for
_ABSENT = {  # links are ELOOP, sockets ENXIO; a full table of descriptors or a failing disk is no absence
    *(errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.EMLINK, errno.ENAMETOOLONG, errno.ENXIO),
}


class NoSiteError(Exception):
    """There is no site now; there may be one in a moment, when it is being replaced."""


@dataclass(frozen=True)
class OpenFile:
    """A file that is open, and what it was when it was opened."""

    descriptor: int
    path: str
    """Where it is in the site."""
    size: int
    modified: int
    """When it was written, in seconds."""
    identity: tuple[int, ...]
    """Another file, or other bytes in this one, have another."""
    missing: bool = False
    """Whether it is the page that says that there is no such file."""

    def close(self) -> None:
        """Gives the descriptor back."""
        os.close(self.descriptor)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` to ``end``, in pieces."""
        while start < end and (piece := os.pread(self.descriptor, min(_CHUNK, end - start), start)):
            start += len(piece)
            yield piece

    def digest(self) -> str:
        """The digest of its bytes."""
        found = hashlib.blake2b(digest_size=16)
        for piece in self.read(0, self.size):
            found.update(piece)
        return found.hexdigest()


@dataclass(frozen=True)
class Moved:
    """A folder that was asked for without its last slash."""

    name: str


def find(site: Path, raw: bytes) -> OpenFile | Moved | None:
    """What the path of a request leads to: a file, a page that says there is none, or nothing at all.

    What is not at the root of the site is looked for under the path of its address too: the page of what is missing,
    which is shown at any address, links from there.

    Raises:
        NoSiteError: there is no site now.
        OSError: the system hinders.
    """
    for _ in range(_TRIES):
        try:
            root = os.open(site, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoSiteError from error
        try:
            found = _find_under(root, raw)
            if isinstance(found, OpenFile) and not found.missing:
                return found
            # A site that was replaced is then removed, file by file: an absence counts only if it is still the site.
            if _is(site, root):
                return found
            if isinstance(found, OpenFile):
                found.close()
        finally:
            os.close(root)
    raise NoSiteError


def _find_under(root: int, raw: bytes) -> OpenFile | Moved | None:
    found = _find_in(root, raw)
    if isinstance(found, Moved) or (found is not None and not found.missing):
        return found
    base = _base_of(root)
    if not base or not f"{raw.decode('latin-1')}/".startswith(f"{base}/"):
        return found
    if found is not None:
        found.close()
    below = raw[len(base) :]
    return _find_in(root, below) if below else Moved(base.rpartition("/")[2])


def _base_of(root: int) -> str:
    """The path of the site's address, as its ``robots.txt`` states it; empty when it has none."""
    robots = _open(root, [ROBOTS])
    if robots is None:
        return ""
    said = b"".join(robots.read(0, robots.size)).decode("latin-1")
    robots.close()
    found = re.search(r"^Sitemap: (\S+)$", said, re.MULTILINE)
    return urlsplit(found[1]).path.rpartition("/")[0] if found else ""


def _find_in(root: int, raw: bytes) -> OpenFile | Moved | None:
    names = _names(raw)
    if names is not None:
        folder = names[-1] == ""
        asked = [*names[:-1], INDEX] if folder else names
        found = _open(root, asked)
        if found is not None:
            return found
        if not folder and (index := _open(root, [*names, INDEX])) is not None:
            index.close()
            return Moved(names[-1])
    said = [["en", NOT_FOUND]] if raw.startswith(b"/en/") else []
    return next(
        (page for name in (*said, [NOT_FOUND]) if (page := _open(root, name, missing=True)) is not None),
        None,
    )


def _names(raw: bytes) -> list[str] | None:
    """The folders and the name of a path, the last empty when it ends with a slash; None when nothing may have it.

    The path is cut before its escapes are read: ``%2f`` is part of a name, which no file has.
    """
    if not raw.startswith(b"/"):
        return None
    names = []
    for piece in raw[1:].split(b"/"):
        try:
            names.append(unquote_to_bytes(piece).decode())
        except UnicodeDecodeError:
            return None
    if "" in names[:-1] or any(name.startswith(".") or set(name) & set("/\\\0") for name in names):
        return None
    return names


def _open(root: int, names: Sequence[str], *, missing: bool = False) -> OpenFile | None:
    """A file of the site, by its folders and its name; no link is followed."""
    here = os.dup(root)
    try:
        for name in names:
            below = os.open(name, _OPENING, dir_fd=here)
            os.close(here)
            here = below
    except OSError as error:
        os.close(here)
        if error.errno in _ABSENT:
            return None
        raise
    now = os.fstat(here)
    if not stat.S_ISREG(now.st_mode):
        os.close(here)
        return None
    identity = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
    return OpenFile(here, "/".join(names), now.st_size, int(now.st_mtime), identity, missing)


def _is(site: Path, root: int) -> bool:
    """Whether the site is still the one that is open."""
    try:
        return os.path.samestat(site.stat(), os.fstat(root))
    except FileNotFoundError:
        return False
