"""The fingerprint of frames: the same rows, columns and types give the same text, on any machine.

Belongs here: that one rule. Does not belong here: the fingerprints of files (``sheets.files``) and releases.
"""

from __future__ import annotations

import hashlib

import pandas as pd
import pyarrow as pa
import pyarrow.ipc


class _Digest:
    """A file that keeps nothing of what is written into it but its digest."""

    closed = False

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        return


def fingerprint(*frames: pd.DataFrame) -> str:
    """The SHA-256 of frames as Arrow writes them, in hexadecimal; their index does not count."""
    sink = _Digest()
    for frame in frames:
        # Without the pandas metadata, which holds versions; in one chunk, whatever the frame was put together from.
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata().combine_chunks()
        with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as writer:
            writer.write_table(table)
    return sink.sha256.hexdigest()
