"""How large a file of sheets may be: far above what anyone types, far below what a machine cannot bear.

Belongs here: the numbers. Does not belong here: how they are enforced (``guard``, ``xlsx_marks``, ``ods_marks``,
``csv_text``).
"""

from __future__ import annotations

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
"""Rows of a CSV file, as many as a sheet can have."""
MAX_COLUMNS = 1_000
MAX_AREA = 4_000_000
"""Rows times columns up to the last filled cell of a sheet."""
MAX_CELLS = 400_000
"""Filled cells of a sheet."""
MAX_TEXT = 64 * MIB
"""Bytes of all texts of a sheet, repeated ones counted each time."""
MAX_PARSED = 32 * MIB
"""Bytes of XML that may be followed element by element: any part but the sheets and the shared texts of an XLSX, and
those of its sheets that are written unusually."""
