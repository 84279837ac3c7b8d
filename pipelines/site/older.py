"""What a release made by an older model lacks, for pages that read tables by name.

Belongs here: telling such a release, and leaving out of its site what needs more than it holds. Does not belong here:
pages, which rows they show (``facts``, which takes what is not there as not stated).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pandas as pd

from schemas.registry import tables as declared_tables

T = TypeVar("T")


def lacks(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a release has not every table and column that is declared today."""
    return any(
        name not in tables or not {column.name for column in table.published} <= set(tables[name].columns)
        for name, table in declared_tables().items()
    )


def unless_lacking(tables: Mapping[str, pd.DataFrame], make: Callable[[], T]) -> T | None:
    """What ``make`` makes of the tables; None when it reads a table or a column that an older model did not have.

    A drawing is left out rather than made of less than it says. Of a release of today, nothing is ever missing: there,
    what ``make`` does not find is its own mistake.
    """
    try:
        return make()
    except KeyError:
        if not lacks(tables):
            raise
        return None
