"""The definitions: their shape, what they carry for the UI, and that nothing below them knows Dagster."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.curation.catalogue import CELLS, GUARDS, READING, ROWS, RuleFamily
from pipelines.definitions import defs
from pipelines.orchestration.metadata import column_lineage
from pipelines.orchestration.names import feeding_sheets, table_key
from pipelines.orchestration.tables import WARNINGS, check_specs
from schemas.declaration import Table
from schemas.registry import sheets, tables
from tests.conftest import SmallSources
from tests.orchestration.snapshot import SNAPSHOT, text

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("sheets", "curation", "normalise", "publish", "portal", "storage", "alerts")


def test_the_shape_is_the_recorded_one() -> None:
    assert text() == SNAPSHOT.read_text(encoding="utf-8"), "run: python -m tests.orchestration.snapshot"


def test_every_sheet_and_table_is_an_asset_with_a_description_and_an_owner() -> None:
    graph = defs.resolve_asset_graph()
    keys = graph.get_all_asset_keys()
    assert len(keys) == len(sheets()) + 3 + len(tables()) + 1 + 8
    for key in keys:
        node = graph.get(key)
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name == key.path[0]


@pytest.mark.parametrize("table", tables().values(), ids=list(tables()))
def test_every_table_has_a_blocking_check_for_each_family_of_rules_and_one_that_only_warns(table: Table) -> None:
    specs = check_specs(table)
    read = [READING.name] if feeding_sheets(table) else []
    assert [spec.name for spec in specs if spec.blocking] == [*read, CELLS.name, ROWS.name, GUARDS.name]
    assert [spec.name for spec in specs if not spec.blocking] == [WARNINGS]
    assert all(spec.description for spec in specs)


@pytest.mark.parametrize(
    ("spoil", "table", "family"),
    [
        (lambda sources: sources.put("contrats/alpes/Contrat", "Début", "peut-être"), "contrats", CELLS),
        (lambda sources: sources.put("contrats/alpes/Contrat", "Sources", "INCONNUE"), "contrats", ROWS),
        (lambda sources: sources.write("contrats/alpes/Actions", [["Autre"], ["x"]]), "actions", READING),
        (lambda sources: (sources.root / "contrats/lyon.xlsx").write_bytes(b"rien"), "contrats", READING),
        (lambda sources: sources.put("referentiels/partenaires", "SIREN", "123456789"), "partenaires", GUARDS),
    ],
    ids=["a cell", "a row", "a header", "a file", "a key"],
)
def test_an_error_fails_the_check_of_its_family_and_no_other(
    small_sources: SmallSources, spoil: Callable[[SmallSources], object], table: str, family: RuleFamily
) -> None:
    spoil(small_sources)
    settings = {"sources": str(small_sources.root), "outputs": str(small_sources.root.parent / "sorties")}
    result = defs.resolve_job_def("valider").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"settings": {"config": settings | {"date": "2026-01-01"}}}},
        raise_on_error=False,
    )
    assert not result.success
    key = table_key(tables()[table])
    found = {
        one.check_name
        for one in result.get_asset_check_evaluations()
        if one.asset_key == key and not one.passed and one.severity is dg.AssetCheckSeverity.ERROR
    }
    assert found == {family.name}


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
