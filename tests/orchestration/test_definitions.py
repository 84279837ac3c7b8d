"""The definitions: their shape, what they carry for the UI, and that nothing below them knows Dagster."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pipelines.definitions import defs
from pipelines.orchestration.metadata import column_lineage
from pipelines.orchestration.names import table_key
from schemas.declaration import Table
from schemas.registry import sheets, tables
from tests.orchestration.snapshot import SNAPSHOT, text

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("sheets", "curation", "normalise", "publish")


def test_the_shape_is_the_recorded_one() -> None:
    assert text() == SNAPSHOT.read_text(encoding="utf-8"), "run: python -m tests.orchestration.snapshot"


def test_every_sheet_and_table_is_an_asset_with_a_description_and_an_owner() -> None:
    graph = defs.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    assert len(keys) == len(sheets()) + 3 + len(tables()) + 1 + 6
    for key in keys:
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


@pytest.mark.parametrize("table", tables().values(), ids=list(tables()))
def test_every_table_has_a_blocking_check_and_one_that_only_warns(table: object) -> None:
    from pipelines.orchestration.tables import check_specs

    specs = check_specs(table)  # type: ignore[arg-type]
    assert [(spec.name, spec.blocking) for spec in specs] == [("conforme", True), ("avertissements", False)]


@pytest.mark.parametrize("table", tables().values(), ids=list(tables()))
def test_the_lineage_of_a_table_names_assets_it_is_made_of(table: Table) -> None:
    made_of = defs.resolve_asset_graph().get(table_key(table)).parent_keys
    found = column_lineage(table).deps_by_column
    assert found
    assert {dep.asset_key for deps in found.values() for dep in deps} <= made_of


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_import_downwards_only(room: str) -> None:
    above = ROOMS[ROOMS.index(room) + 1 :]
    edges = ("dagster", "pipelines.orchestration", "pipelines.cli", "pipelines.definitions")
    forbidden = (*edges, *(f"pipelines.{name}" for name in above))
    for path in (PROJECT / "pipelines" / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert not name.startswith(forbidden), f"{path.name} imports {name}"
