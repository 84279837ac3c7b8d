"""One object in one file, whose columns are mapped into memory when it is loaded: what is not looked at costs nothing.

The file is a pickle whose buffers (the columns of frames) stand after it, as they are in memory. The pickle is checked
by its SHA-256, the buffers by the sums of their words: the one must not be a stranger's by accident, the others may be
gigabytes and are only guarded against a disk that lost or turned some bytes.

Whoever can write the file can run code: see the module of the cache.

Belongs here: that one form. Does not belong here: what is stored, and where.
"""

from __future__ import annotations

import hashlib
import mmap
import pickle
import struct
from itertools import accumulate
from pathlib import Path

import numpy as np

_HEAD = struct.Struct("<32sQ")
_ALIGNED = 64
_SUMMED = 1 << 20


class DamagedError(Exception):
    """The file is not what was stored there."""


def store(path: Path, kept: object) -> None:
    """Writes an object; a file of that name is written over."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(kept, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    index = pickle.dumps((pickled, [raw.nbytes for raw in raws], [_sums(raw) for raw in raws]), protocol=5)
    with path.open("wb") as file:
        file.write(_HEAD.pack(hashlib.sha256(index).digest(), len(index)) + index)
        for raw in raws:
            file.write(bytes(-file.tell() % _ALIGNED))
            file.write(raw)


def load(path: Path) -> object:
    """The object, whose columns stay in the file until they are used; writing into them leaves the file as it is.

    The file may be replaced or removed meanwhile, but not written over.

    Raises:
        DamagedError: the file is not what was stored.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
            digest, size = _HEAD.unpack_from(content)
        except (ValueError, struct.error) as error:
            raise DamagedError from error
    first = _HEAD.size + size
    if hashlib.sha256(content[_HEAD.size : first]).digest() != digest:
        raise DamagedError
    pickled, sizes, sums = pickle.loads(content[_HEAD.size : first])  # noqa: S301  (see the module)
    ends = list(accumulate(sizes, lambda end, more: end + -end % _ALIGNED + more, initial=first))[1:]
    if len(content) != (ends[-1] if ends else first):
        raise DamagedError
    raws = [content[end - more : end] for end, more in zip(ends, sizes, strict=True)]
    if [_sums(raw) for raw in raws] != sums:
        raise DamagedError
    return pickle.loads(pickled, buffers=raws)  # noqa: S301  (see the module)


def _sums(raw: memoryview) -> bytes:
    """The sum of the words of each mebibyte, then the bytes after the last word."""
    whole = raw.nbytes // 8 * 8
    words = np.frombuffer(raw[:whole], dtype="<u8")
    sums = np.add.reduceat(words, np.arange(0, len(words), _SUMMED // 8)) if len(words) else words
    return sums.tobytes() + bytes(raw[whole:])
