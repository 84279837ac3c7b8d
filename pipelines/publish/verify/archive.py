"""The archive of a release: its members are the files beside it, byte for byte.

Belongs here: opening an archive that may be hostile, without writing anything. Does not belong here: making it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable

from pipelines.publish.verify.files import Shelf, Sums
from pipelines.publish.verify.findings import Log
from pipelines.sheets.packages import UNREADABLE


def check_archive(content: bytes, path: str, expected: Iterable[str], shelf: Shelf, sums: Sums, log: Log) -> None:
    """Every member against the file of the same path, then what should be there (``expected``) and is not.

    A member that is not as long as its file is not decompressed.
    """
    missing = dict.fromkeys(expected)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = member.filename
                if name not in missing:
                    log.add("archive-membre-en-trop", path, row=name)
                    continue
                del missing[name]
                if name not in shelf or not sums.sound(shelf, name):
                    continue  # the file beside it is the one at fault, and that is said
                if member.file_size != shelf.size(name):
                    found, size = f"{member.file_size} octets", shelf.size(name)
                    log.add("archive-membre-different", path, row=name, found=found, expected=size)
                elif (digest := _digest(archive, member)) != shelf.digest(name):
                    log.add("archive-membre-different", path, row=name, found=digest, expected=shelf.digest(name))
    except (*UNREADABLE, OSError, ValueError) as error:
        log.add("archive-illisible", path, found=error)
        return
    for name in missing:
        log.add("archive-membre-absent", path, row=name)


def _digest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    with archive.open(member) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
