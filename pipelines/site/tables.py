"""The tables of a release for pages, each read when one asks for it.

Belongs here: reading a table, or a part of it, from its Parquet file, and how long it is held. Does not belong here:
what is made of it.

A page that counts takes a whole table, and few of them do; a small table is kept, a large one for as long as somebody
holds it. Of a large one, a column or the first rows are read alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from weakref import WeakValueDictionary

import pandas as pd
import pyarrow as pa

from pipelines.publish.folder import ReleaseFolder

_SMALL = 50_000
"""Rows of a table that is kept once read."""


class SiteTables(Mapping[str, pd.DataFrame]):
    """Tables by name, in published order, all of them held.

    Texts are pandas’ ``str`` (missing as NaN), everything else has its Arrow type.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._kept = dict(frames)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._kept[name]

    def columns(self, name: str) -> Sequence[str]:
        """The columns of a table; none when there is no such table."""
        return list(self._kept[name].columns) if name in self._kept else []

    def column(self, name: str, column: str) -> pd.Series:
        """One column of a table."""
        return self._kept[name][column]

    def head(self, name: str, rows: int) -> pd.DataFrame:
        """The first rows of a table."""
        return self._kept[name].head(rows)


class ReleaseTables(SiteTables):
    """The tables of a release, read as they are asked for.

    Raises, wherever one is: `NotAReleaseError` when its file cannot be read, `KeyError` when there is no such table.
    """

    def __init__(self, release: ReleaseFolder) -> None:
        super().__init__({})
        self._release = release
        self._resources = release.resources
        self._held: WeakValueDictionary[str, pd.DataFrame] = WeakValueDictionary()

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    def __contains__(self, name: object) -> bool:
        return name in self._resources

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame = self._held.get(name)
        if frame is None:
            frame = self._held[name] = _frame(self._release.parquet(self._known(name)))
            if len(frame) <= _SMALL:
                self._kept[name] = frame
        return frame

    def columns(self, name: str) -> Sequence[str]:
        """The columns of a table, without reading it; none when there is no such table."""
        return [str(field["name"]) for field in self._release.schema(name)["fields"]] if name in self else []

    def column(self, name: str, column: str) -> pd.Series:
        """One column of a table; of a large one that nobody holds, it is read alone."""
        if name in self._held or int(self._resources[self._known(name)].get("rows", 0)) <= _SMALL:
            return self[name][column]
        return _frame(self._release.parquet(name, [column]))[column]

    def head(self, name: str, rows: int) -> pd.DataFrame:
        """The first rows of a table, of which a large one is not read to the end."""
        if name in self._held or int(self._resources[self._known(name)].get("rows", 0)) <= _SMALL:
            return self[name].head(rows)
        return _frame(self._release.parquet_head(name, rows))

    def _known(self, name: str) -> str:
        if name not in self._resources:
            raise KeyError(name)
        return name


def _frame(table: pa.Table) -> pd.DataFrame:
    text = pd.StringDtype(na_value=float("nan"))
    frame: pd.DataFrame = table.to_pandas(
        types_mapper=lambda arrow: text if pa.types.is_string(arrow) else pd.ArrowDtype(arrow)
    )
    return frame
