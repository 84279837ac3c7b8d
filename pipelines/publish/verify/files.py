"""The files of a release folder, read whole or as they pass, against ``SHA256SUMS``.

Belongs here: walking a folder that may be hostile, reading and hashing, reading the sums, telling a damaged file from a
damaged line. Does not belong here: what the files say.

A file is hashed in the very bytes that the other checks then read, and errors of the disk stay ``OSError``: they are no
finding.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

from pipelines.curation.issue_kind import Severity
from pipelines.parallel import processors
from pipelines.publish.verify.findings import Log
from pipelines.publish.verify.kinds import DAMAGED, UNLISTED
from pipelines.publish.versions import SUMS

_LINE = re.compile(rb"([0-9a-f]{64})  ([^\x00-\x1f\x7f]+)")
_ALIKE = 60
"""A digest that differs from another in four of its 64 characters at most was mistyped: chance does not do that."""
_SMALL = 1 << 20
"""Bytes that are hashed faster than a thread is told to."""
_TAIL = 2
"""The last bytes of a file that tell how its last line ends."""
_STRAY = (".DS_Store", "._*", "Thumbs.db", "desktop.ini", "~$*", ".~lock.*#")
"""What a desktop or a spreadsheet program leaves beside the files that it opens."""


@dataclass(frozen=True)
class Line:
    """A line of ``SHA256SUMS``: its number, from 1, and the digest that it gives."""

    number: int
    digest: str


class Stream(AbstractContextManager["Stream"]):
    """A file hashed as it is read from beginning to end, without being held; ``head`` and ``tail`` are its two ends."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._sha256 = hashlib.sha256()
        self.size = 0
        self.ended = False
        self.head = self.tail = b""

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def closed(self) -> bool:
        """Whether it can be read no more, as Arrow asks of a file."""
        return self._file.closed

    def read(self, size: int) -> bytes:
        """The bytes that follow, at most so many of them; none at the end."""
        block = self._file.read(size)
        self._sha256.update(block)
        self.size += len(block)
        self.ended = not block
        self.head, self.tail = self.head or block, (self.tail + block[-_TAIL:])[-_TAIL:]
        return block

    def digest(self) -> str:
        """The SHA-256 of what was read."""
        return self._sha256.hexdigest()


class Shelf(AbstractContextManager["Shelf"]):
    """The plain files of a folder by name (``csv/actions.csv``), links and special files left out."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.paths: dict[str, Path] = dict(_walk(folder, "", log))
        self.sizes: dict[str, int] = {}
        self._hashes: dict[str, Future[str]] = {}
        self._pool = ThreadPoolExecutor(processors())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def __contains__(self, name: object) -> bool:
        return name in self.paths

    def take(self, name: str) -> bytes:
        """The bytes of a file, to be asked for once; many of them are hashed while they are looked at."""
        content = self.paths[name].read_bytes()
        self.sizes[name] = len(content)
        if len(content) < _SMALL:
            self._hashes[name] = _known(_digest(content))
        else:
            self._hashes[name] = self._pool.submit(_digest, content)
        return content

    @contextmanager
    def stream(self, name: str) -> Iterator[Stream]:
        """A file to read block by block; its digest is known once it was read to its end."""
        with Stream(self.paths[name]) as stream:
            yield stream
            if stream.ended:
                self._hashes[name], self.sizes[name] = _known(stream.digest()), stream.size

    def digest(self, name: str) -> str:
        """The SHA-256 of a file; one that nobody took is read here, block by block."""
        if name not in self._hashes:
            with self.paths[name].open("rb") as file:
                self._hashes[name] = _known(hashlib.file_digest(file, "sha256").hexdigest())
                self.sizes[name] = file.tell()
        return self._hashes[name].result()

    def size(self, name: str) -> int:
        """The number of bytes that were hashed."""
        self.digest(name)
        return self.sizes[name]


@dataclass
class Sums:
    """What ``SHA256SUMS`` lists.

    ``vouched``: digests that a sound descriptor gives for the same files; it testifies when a line is damaged.
    """

    lines: dict[str, Line] = field(default_factory=dict)
    vouched: dict[str, str] = field(default_factory=dict)

    def sound(self, shelf: Shelf, name: str) -> bool:
        """Whether a file is worth opening: what it holds is what was published, or nothing says the contrary."""
        line = self.lines.get(name)
        return line is None or shelf.digest(name) == line.digest or self._mistyped(line, name, shelf.digest(name))

    def compare(self, shelf: Shelf, log: Log) -> None:
        """Every listed file, then every file that is not listed, if there is a list."""
        if SUMS not in shelf:
            return
        listed = shelf.paths.keys() & self.lines.keys()
        unlisted = {name: shelf.digest(name) for name in shelf.paths if name not in self.lines and name != SUMS}
        renamed = {digest: name for name, digest in unlisted.items()}
        for name, line in self.lines.items():
            if name not in listed:
                other = renamed.get(line.digest)
                if other is not None:
                    del unlisted[other], renamed[line.digest]
                    log.add("sommes-autre-nom", SUMS, line=line.number, found=name, expected=other)
                else:
                    log.add("fichier-manquant", name, expected=f"ligne {line.number} de {SUMS}")
                continue
            digest = shelf.digest(name)
            if self._mistyped(line, name, digest):
                log.add("sommes-ligne-abimee", SUMS, line=line.number, row=name, found=line.digest, expected=digest)
            elif digest != line.digest:
                expected = f"{line.digest} (ligne {line.number} de {SUMS})"
                log.add(DAMAGED, name, found=digest, expected=expected)
        for name in unlisted:
            log.add("fichier-du-poste" if is_stray(name) else UNLISTED, name)

    def _mistyped(self, line: Line, name: str, digest: str) -> bool:
        if digest == line.digest:
            return False
        alike = sum(one == other for one, other in zip(digest, line.digest, strict=True)) >= _ALIKE
        return alike or self.vouched.get(name) == digest


def read_sums(shelf: Shelf, log: Log) -> Sums:
    """Reads ``SHA256SUMS``, stricter than ``sha256sum -c``: one form of line, paths that stay in the folder."""
    sums = Sums()
    if SUMS not in shelf:
        log.add("sommes-absentes", SUMS)
        return sums
    *lines, rest = shelf.take(SUMS).split(b"\n")
    if rest:
        lines.append(rest)
        log.add("sommes-fin-coupee", SUMS, line=len(lines))
    for number, raw in enumerate(lines, start=1):
        found = _LINE.fullmatch(raw)
        path = _decoded(found[2]) if found else None
        if found is None or path is None:
            shown = raw.decode("utf-8", "replace")
            log.add(
                "sommes-ligne-illisible", SUMS, line=number, found=shown, expected="empreinte, deux espaces, chemin"
            )
        elif not _stays_inside(path):
            log.add("sommes-chemin-refuse", SUMS, line=number, found=path)
        elif path in sums.lines:
            log.add("sommes-ligne-doublee", SUMS, line=number, found=path)
        else:
            sums.lines[path] = Line(number, found[1].decode())
    return sums


def damaged(folder: Path) -> list[str]:
    """The files of a release that are not as ``SHA256SUMS`` says; one too many harms nobody, and is left out."""
    log = Log()
    with Shelf(folder, log) as shelf:
        read_sums(shelf, log).compare(shelf, log)
    return sorted({one.file for one in log.findings if one.severity is Severity.ERROR and one.code != UNLISTED})


def _walk(folder: Path, prefix: str, log: Log) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        name = prefix + os.fsencode(entry.name).decode("utf-8", "replace")
        if entry.is_symlink():
            log.add("lien-refuse", name, found=str(Path(entry.path).readlink()))
        elif entry.is_dir():
            yield from _walk(Path(entry.path), f"{name}/", log)
        elif entry.is_file():
            yield name, Path(entry.path)
        else:
            log.add("fichier-special", name)


def _stays_inside(path: str) -> bool:
    return "\\" not in path and path != SUMS and not {"", ".", ".."} & set(path.split("/"))


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_stray(name: str) -> bool:
    """Whether a file is of those that opening a folder or a workbook leaves behind."""
    return any(fnmatchcase(name.rpartition("/")[2], pattern) for pattern in _STRAY)


def _known(digest: str) -> Future[str]:
    future: Future[str] = Future()
    future.set_result(digest)
    return future


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
