"""``contrats-de-destination.zip``: the CSV files, their schemas and the dictionary, in one download.

Belongs here: what the archive holds, and the form of its entries. Does not belong here: the files put in it.

Same files: same bytes. Entries are in order, without the date, owner or rights that the files have on this machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipelines.publish.datapackage import ARCHIVE

__all__ = ["ARCHIVE", "ZIP_TYPE", "archive_members", "write_archive"]
ZIP_TYPE = "application/zip"

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE_RIGHTS = 0o100644 << 16


def archive_members(tables: Iterable[str], *documents: str) -> list[str]:
    """The paths of the files to put in the archive: the documents, then each table’s CSV file and schema."""
    names = list(tables)
    return [*documents, *(f"csv/{name}.csv" for name in names), *(f"schemas/{name}.json" for name in names)]


def write_archive(directory: Path, members: Iterable[str], path: Path) -> None:
    """Writes an archive of files of ``directory``, under the paths that they have there."""
    with ZipFile(path, "w") as archive:
        for member in members:
            entry = ZipInfo(member, _NO_DATE)
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _FILE_RIGHTS, ZIP_DEFLATED
            entry.file_size = (directory / member).stat().st_size
            with (directory / member).open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target)
