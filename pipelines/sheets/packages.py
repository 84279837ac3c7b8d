"""The zip package that an office file is: written with the same bytes for the same parts, and what a bad one raises.

Belongs here: the zip. Does not belong here: what the parts say.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
"""What `zipfile` raises of an archive that is cut, damaged, encrypted, or packed in a way that it does not know."""


def write_package(path: Path, parts: Iterable[tuple[str, bytes]]) -> None:
    """Writes the parts in order, with one fixed date; the part named ``mimetype`` is stored as it is."""
    with zipfile.ZipFile(path, "w") as package:
        for name, body in parts:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, body)
