"""Rows of two tables are aligned by key and compared: what is found, applied to one, gives the other."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.rows import NotComparableError, RowDiff, common_type, compare_rows
from tests.publish.diff_releases import dataset, write

SCHEMA = pa.schema([("cle", pa.string()), ("texte", pa.string()), ("rang", pa.int64()), ("est", pa.bool_())])
NAMES = ["texte", "rang", "est"]
Values = tuple[str | None, int | None, bool | None]

keys = st.text(st.sampled_from("aéœ𝄞Z-9"), min_size=1, max_size=3)
values = st.tuples(
    st.none() | st.sampled_from(["", "a", "é", "a\nb"]), st.none() | st.integers(-2, 2), st.none() | st.booleans()
)
tables = st.dictionaries(keys, values, max_size=12)


def arrow(content: dict[str, Values]) -> pa.Table:
    """The table in the order given, in two chunks, as files with several row groups are read."""
    made = [dict(zip(SCHEMA.names, (key, *row), strict=True)) for key, row in content.items()]
    half = len(made) // 2
    return pa.concat_tables([pa.Table.from_pylist(part, SCHEMA) for part in (made[:half], made[half:])])


def content(table: pa.Table) -> dict[str, Values]:
    return {row["cle"]: (row["texte"], row["rang"], row["est"]) for row in table.to_pylist()}


def applied(old: dict[str, Values], found: RowDiff) -> dict[str, Values]:
    """The old table, once the changes found were made to it."""
    made = {key: row for key, row in old.items() if key not in content(found.removed_rows())}
    made |= content(found.added_rows())
    for column, places in found.changed.items():
        before, after = found.common(places)
        for was, now in zip(before.to_pylist(), after.to_pylist(), strict=True):
            assert was[column] != now[column]
            row = dict(zip(NAMES, made[now["cle"]], strict=True)) | {column: now[column]}
            made[now["cle"]] = (row["texte"], row["rang"], row["est"])
    return made


@given(tables, tables)
def test_what_is_found_applied_to_the_old_table_gives_the_new_one(
    old: dict[str, Values], new: dict[str, Values]
) -> None:
    there, back = (compare_rows(arrow(one), arrow(other), "cle", NAMES) for one, other in ((old, new), (new, old)))
    assert applied(old, there) == new
    assert applied(new, back) == old
    assert there.compared == back.compared == len(old.keys() & new.keys())
    assert (there.added.sum(), there.removed.sum()) == (back.removed.sum(), back.added.sum())
    assert {name: len(places) for name, places in there.changed.items()} == {
        name: len(places) for name, places in back.changed.items()
    }
    touched = {key for key in old.keys() & new.keys() if old[key] != new[key]}
    assert set(there.common(there.changed_rows)[1]["cle"].to_pylist()) == touched


@given(tables)
def test_a_table_does_not_differ_from_itself_in_any_order(table: dict[str, Values]) -> None:
    found = compare_rows(arrow(table), arrow(dict(reversed(table.items()))), "cle", NAMES)
    assert not found.added.any()
    assert not found.removed.any()
    assert not found.changed
    assert found.compared == len(table)


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(keys, st.none() | st.text(max_size=4), max_size=6))
def test_a_release_does_not_differ_from_itself(titles: dict[str, str | None]) -> None:
    made = dataset()
    made["sources"]["rows"] = [{"source_id": key, "titre": title} for key, title in titles.items()]
    with tempfile.TemporaryDirectory() as folder:
        release = write(Path(folder) / "release", "2026-11-25", made)
        assert diff(release, release).same


@pytest.mark.parametrize(
    ("old", "new", "common"),
    [
        (pa.string(), pa.large_string(), pa.large_string()),
        (pa.int32(), pa.int64(), pa.int64()),
        (pa.decimal128(18, 2), pa.decimal128(20, 4), pa.decimal128(20, 4)),
        (pa.decimal128(38, 0), pa.decimal128(20, 10), pa.decimal256(48, 10)),
        (pa.string(), pa.int64(), None),
        (pa.date32(), pa.string(), None),
        (pa.bool_(), pa.int64(), None),
        (pa.int64(), pa.decimal128(18, 2), None),
    ],
)
def test_types_are_compared_only_when_nothing_is_lost(old: pa.DataType, new: pa.DataType, common: pa.DataType) -> None:
    assert common_type(old, new) == common_type(new, old) == common


def test_equal_numbers_of_other_widths_are_equal() -> None:
    old = pa.table({"cle": pa.array(["a", "b"]), "n": pa.array([1, 2], pa.int32())})
    new = pa.table({"cle": pa.array(["a", "b"], pa.large_string()), "n": pa.array([1, 3], pa.int64())})
    assert {name: places.tolist() for name, places in compare_rows(old, new, "cle", ["n"]).changed.items()} == {
        "n": [1]
    }


@pytest.mark.parametrize(
    ("bad", "reason"),
    [(["a", "a"], "plusieurs lignes"), (["a", None], "vide"), ([1, 2], "changé de type")],
)
def test_rows_that_no_key_tells_apart_are_not_compared(bad: list[object], reason: str) -> None:
    good, wrong = pa.table({"cle": ["a", "b"]}), pa.table({"cle": bad})
    for pair in ((good, wrong), (wrong, good)):
        with pytest.raises(NotComparableError, match=reason):
            compare_rows(*pair, "cle", [])


def test_columns_that_say_the_same_are_told_from_empty_ones() -> None:
    old = pa.table({"cle": ["a", "b", "c"], "x": ["1", None, "3"], "vide": pa.nulls(3, pa.string())})
    new = pa.table({"cle": ["b", "c", "d"], "y": [None, "3", "4"], "vide2": pa.nulls(3, pa.string())})
    found = compare_rows(old, new, "cle", [])
    assert found.same_values("x", "y")
    assert not found.same_values("vide", "vide2")
    assert np.array_equal(found.removed, [True, False, False])
