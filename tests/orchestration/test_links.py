"""The links that the UI shows to what a run wrote."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration.metadata import ADDRESS_VARIABLE, link


@pytest.mark.parametrize("address", ["https://exemple.fr/donnees", "https://exemple.fr/donnees/"])
def test_a_served_file_is_linked(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, address)
    found = link(tmp_path, tmp_path / "rapports" / "un jour.html")
    assert found == dg.MetadataValue.url("https://exemple.fr/donnees/rapports/un%20jour.html")
    assert link(tmp_path / "sorties", tmp_path / "ailleurs") == dg.MetadataValue.path(str(tmp_path / "ailleurs"))


def test_a_file_that_is_not_served_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    assert link(tmp_path, tmp_path / "a.html") == dg.MetadataValue.path(str(tmp_path / "a.html"))
