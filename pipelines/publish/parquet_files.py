"""Arrow tables → Parquet files.

Belongs here: the options that make the bytes depend on the table and on the pinned pyarrow only. Does not belong
here: types or metadata (``tables_arrow``).
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_SIZE = 100_000


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes one published table: zstd, fixed row groups, from combined chunks."""
    with path.open("wb") as file:
        pq.write_table(
            table.combine_chunks(),
            file,
            version="2.6",
            compression="zstd",
            compression_level=3,
            row_group_size=ROW_GROUP_SIZE,
            use_dictionary=True,
            write_statistics=True,
            store_schema=True,
        )
