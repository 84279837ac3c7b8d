"""How large a file of sheets may be: far above what anyone types, far below what a machine cannot bear.

Belongs here: the numbers, and the one setting that raises them. Does not belong here: how they are enforced
(``guard``, ``xlsx_marks``, ``ods_marks``, ``csv_text``).
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.settings import SettingError

VARIABLE = "CONTRATS_LIMITES"
"""By how much the limits on sizes are multiplied, 1 by default: what a machine with more memory may read."""
_TIMES = re.compile("100|[1-9][0-9]?")

MIB = 1 << 20
MAX_FILE = 50 * MIB
"""Bytes of a file as it stands on the disk."""
MAX_ENTRIES = 5_000
"""Parts of a package."""
MAX_TOTAL = 768 * MIB
"""Bytes of a package once decompressed, rows of formatted, empty cells included, which are not kept."""
MAX_KEPT = 64 * MIB
"""Bytes of the XML of a package once decompressed, without those rows."""
MAX_RATIO = 200
"""How many times larger a part may become once decompressed, when it is larger than `RATIO_FROM`."""
RATIO_FROM = MIB
MAX_SHEETS = 256
MAX_LINKS = 20
"""Links to other files that are named one by one."""
MAX_ROWS = 1_048_576
"""Rows of a CSV file: as many as a sheet can have."""
MAX_COLUMNS = 1_000
MAX_AREA = 4_000_000
"""Rows times columns up to the last filled cell of a sheet."""
MAX_CELLS = 400_000
"""Filled cells of a sheet of a workbook; those of a CSV file are bounded by its bytes, which cannot expand."""
MAX_TEXT = 64 * MIB
"""Bytes of all texts of a sheet of a workbook, repeated ones counted each time."""
MAX_PARSED = 32 * MIB
"""Bytes of XML that may be followed element by element: any part but the sheets and the shared texts of an XLSX, and
those of its sheets that are written unusually."""
LONGEST_FIELD = MIB
"""Characters of a cell of a CSV file."""


class Limits(NamedTuple):
    """The limits on sizes that are in force: each of those above that has this name, as many times as is asked."""

    file: int
    total: int
    kept: int
    rows: int
    area: int
    cells: int
    text: int
    parsed: int


def limits() -> Limits:
    """The limits in force.

    Raises:
        SettingError: the variable is no whole number from 1 to 100.
    """
    return _limits(os.environ.get(VARIABLE, ""))


@lru_cache(maxsize=8)
def _limits(said: str) -> Limits:
    if not _TIMES.fullmatch(said.strip() or "1"):
        raise SettingError(f"{VARIABLE} vaut « {said} » : un nombre entier de 1 à 100 est attendu.")
    sizes = (MAX_FILE, MAX_TOTAL, MAX_KEPT, MAX_ROWS, MAX_AREA, MAX_CELLS, MAX_TEXT, MAX_PARSED)
    return Limits._make(size * int(said.strip() or "1") for size in sizes)
