"""The comparison with the last release as Dagster shows it: an asset, and a check that stops what would break."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.orchestration.launch import launch
from pipelines.orchestration.publication import ADDITIONS, COMPATIBLE, DIFF
from pipelines.publish.versions import read_versions
from tests.conftest import SmallSources
from tests.publication.conftest import SOURCES

FIRST, SECOND = "2026-11-22", "2026-11-29"


@pytest.fixture
def sources(small_sources: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallSources:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    shutil.copyfile(SOURCES / "jeu_de_donnees.toml", small_sources.root / "jeu_de_donnees.toml")
    return small_sources


def run(sources: SmallSources, outputs: Path, date: str) -> dg.ExecuteInProcessResult:
    settings = {"sources": str(sources.root), "outputs": str(outputs), "date": date}
    return defs.resolve_job_def("publier").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        run_config={"resources": {"settings": {"config": settings}}},
        raise_on_error=False,
    )


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations() if one.asset_key == DIFF}


@pytest.mark.slow
def test_what_changes_is_shown_and_what_breaks_is_refused(sources: SmallSources, tmp_path: Path) -> None:
    outputs = tmp_path / "sorties"
    assert checks(run(sources, outputs, FIRST)) == {COMPATIBLE: True, ADDITIONS: True}
    sources.put("contrats/alpes/Contrat", "Objectif", "Tout autre chose")
    changed = run(sources, outputs, SECOND)
    assert changed.success
    (shown,) = (
        event.materialization.metadata
        for event in changed.get_asset_materialization_events()
        if event.asset_key == DIFF
    )
    assert f"depuis la version {FIRST}" in str(shown["résumé"].value)
    assert Path(str(shown["diff.html"].value)).is_file()

    for sheet in ("contrats/alpes/Outils", "contrats/alpes/Actions"):
        grid = sources.grid(sheet)
        sources.write(sheet, [[text.replace("alpes-guide", "alpes-livret") for text in row] for row in grid])
    refused = run(sources, outputs, "2026-12-06")
    assert not refused.success
    assert checks(refused)[COMPATIBLE] is False
    last = read_versions(outputs).current()
    assert last is not None and last.version == SECOND
    assert not list((outputs / ".en-cours").glob("*"))
    said = launch(sources.root, outputs, "2026-12-06")
    assert (said.code, said.release) == (1, None)
    assert "alpes-guide" in said.message and "identifiants_retires.csv" in said.message
