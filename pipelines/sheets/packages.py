"""Writes the zip package that an office file is, with the same bytes for the same parts.

Belongs here: the zip. Does not belong here: what the parts say.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_package(path: Path, parts: Iterable[tuple[str, bytes]]) -> None:
    """Writes the parts in order, with one fixed date; the part named ``mimetype`` is stored as it is."""
    with zipfile.ZipFile(path, "w") as package:
        for name, body in parts:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system = 0
            package.writestr(entry, body)
