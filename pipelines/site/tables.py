"""The tables of a release for pages, each read when one asks for it.

Belongs here: reading a table from its Parquet file, and how long it is held. Does not belong here: what is made of it.

A page that counts takes a whole table, and few of them do; a small table is kept, a large one for as long as somebody
holds it. The flat tables, which repeat the others, are only read for their first rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from weakref import WeakValueDictionary

import pandas as pd
import pyarrow as pa

from pipelines.publish.folder import ReleaseFolder

_SMALL = 50_000
"""Rows of a table that is kept once read."""


class ReleaseTables(Mapping[str, pd.DataFrame]):
    """The tables of a release by name, in published order.

    Texts are pandas’ ``str`` (missing as NaN), everything else has its Arrow type.
    """

    def __init__(self, release: ReleaseFolder) -> None:
        self._release = release
        self._names = tuple(release.resources)
        self._kept: dict[str, pd.DataFrame] = {}
        self._held: WeakValueDictionary[str, pd.DataFrame] = WeakValueDictionary()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table.

        Raises:
            KeyError: the release has no such table.
            NotAReleaseError: its file cannot be read.
        """
        if name not in self._names:
            raise KeyError(name)
        frame = self._held.get(name)
        if frame is None:
            frame = self._held[name] = _frame(self._release.parquet(name))
            if len(frame) <= _SMALL:
                self._kept[name] = frame
        return frame


def _frame(table: pa.Table) -> pd.DataFrame:
    text = pd.StringDtype(na_value=float("nan"))
    frame: pd.DataFrame = table.to_pandas(
        types_mapper=lambda arrow: text if pa.types.is_string(arrow) else pd.ArrowDtype(arrow)
    )
    return frame
