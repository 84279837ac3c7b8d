"""Zip archives with members too large for the memory: deflated block by block, or copied as another holds them.

Belongs here: bytes of an archive. Does not belong here: what its members say.

Blocks are made and deflated by a few threads, each block on its own, and written in order: the bytes depend neither on
the number of threads nor on which one is first. ``zipfile`` deflates on one thread, and cannot copy a member without
inflating it and deflating it again; it writes the rest.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, cast
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa

LEVEL = 5
"""Of deflation: 3 % more bytes than the usual 6 for a sheet, in four fifths of the time."""
_MOST_THREADS = 4
_COPIED = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NAMES_AT, _HEADER = 26, 30
"""Where a local header says how long the name and the extra field after it are, and its own length."""

Block = Callable[[], bytes]


def add_member(archive: ZipFile, name: str, content: bytes) -> None:
    """A small member."""
    archive.writestr(_entry(name), content, ZIP_DEFLATED, LEVEL)


def add_blocks(archive: ZipFile, name: str, blocks: Iterable[Block], *, large: bool = False) -> None:
    """A member made of blocks, of which a few are in memory at a time; ``large``: it may go beyond 2 GiB."""
    entry, file = _entry(name), cast("IO[bytes]", archive.fp)
    entry.header_offset = file.tell()
    file.write(entry.FileHeader(large))
    start = file.tell()
    for block, deflated in _in_order(blocks):
        entry.CRC = zlib.crc32(block, entry.CRC)
        entry.file_size += len(block)
        file.write(deflated)
    file.write(_compressor().flush())
    end = file.tell()
    entry.compress_size = end - start
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(large))
    file.seek(end)
    _list(archive, entry)


def copy_member(source: Path, member: str, archive: ZipFile, name: str) -> None:
    """A member of another archive, under another name, its compressed bytes as they stand."""
    with ZipFile(source) as held:
        found, there = held.getinfo(member), cast("IO[bytes]", held.fp)
        there.seek(found.header_offset)
        lengths = struct.unpack_from("<HH", there.read(_HEADER), _NAMES_AT)
        there.seek(sum(lengths), 1)
        entry, file = _entry(name), cast("IO[bytes]", archive.fp)
        entry.CRC, entry.file_size, entry.compress_size = found.CRC, found.file_size, found.compress_size
        entry.header_offset = file.tell()
        file.write(entry.FileHeader(max(found.file_size, found.compress_size) > ZIP64_LIMIT))
        for copied in range(0, found.compress_size, _COPIED):
            file.write(there.read(min(_COPIED, found.compress_size - copied)))
    _list(archive, entry)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.CRC = 0
    return entry


def _list(archive: ZipFile, entry: ZipInfo) -> None:
    """Tells an archive of a member that was written past it."""
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry
    archive.start_dir = cast("IO[bytes]", archive.fp).tell()


def _in_order(blocks: Iterable[Block]) -> Iterator[tuple[bytes, bytes]]:
    """Each block with its deflated bytes, a few made ahead."""
    threads = min(pa.cpu_count(), _MOST_THREADS)
    waiting: deque[Future[tuple[bytes, bytes]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for block in blocks:
            waiting.append(pool.submit(_deflated, block))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _deflated(block: Block) -> tuple[bytes, bytes]:
    content, compressor = block(), _compressor()
    return content, compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)


def _compressor() -> zlib._Compress:
    return zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
