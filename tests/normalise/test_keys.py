"""Keys among other keys: found whole columns at a time, as one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.keys import among, found_at, rows_among
from pipelines.texts import doubled

KEYS = st.lists(st.sampled_from(["a", "b", "à", "", None]), max_size=6)
PAIRS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "a", None])), max_size=6)


def column(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype="str", index=range(5, 5 + len(values)))


@settings(deadline=None)
@given(KEYS, KEYS)
def test_keys_are_found_where_they_first_are_and_a_missing_one_nowhere(
    keys: list[str | None], held: list[str | None]
) -> None:
    expected = [held.index(key) if key is not None and key in held else -1 for key in keys]
    assert found_at(column(keys), column(held)).tolist() == expected
    assert among(column(keys), column(held)).tolist() == [place >= 0 for place in expected]
    assert doubled(column(keys)) == (len(set(keys)) < len(keys))


@settings(deadline=None)
@given(PAIRS, PAIRS)
def test_rows_are_found_by_all_their_columns(
    rows: list[tuple[str | None, str | None]], held: list[tuple[str | None, str | None]]
) -> None:
    frame = pd.DataFrame(rows, columns=["one", "two"], dtype="str")
    other = pd.DataFrame(held, columns=["this", "that"], dtype="str")
    expected = [None not in row and row in held for row in rows]
    found = rows_among(frame, other)
    assert found.dtype == np.bool_
    assert found.tolist() == expected
    assert rows_among(frame[["one"]], other[["that"]]).tolist() == among(frame["one"], other["that"]).tolist()
