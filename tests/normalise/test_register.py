"""Newly minted identifiers enter the registry when asked, and only then."""

from __future__ import annotations

from pipelines.normalise.register import register
from tests.conftest import SmallSources

REGISTRY = "referentiels/identifiants"


def test_a_registry_is_filled_once_and_extended(small_sources: SmallSources) -> None:
    count, issues = register(small_sources.root)
    lines = small_sources.grid(REGISTRY)
    assert lines[0] == ["Table", "Clé naturelle", "Identifiant"]
    assert len(lines) == count + 1
    assert [(row[0], row[2]) for row in lines[1:]] == sorted((row[0], row[2]) for row in lines[1:])
    assert ["actions", "alpes | - | Paniers de services", "alpes-paniers-de-services"] in lines
    assert ["contrats", "alpes", "alpes"] in lines
    assert not (issues["severity"] == "error").any()
    small_sources.add(
        "contrats/alpes/Dénominations", {"Dénomination": "Les Alpes", "Type": "fautive", "Sources": "ALP3"}
    )
    assert register(small_sources.root)[0] == 1
    extended = small_sources.grid(REGISTRY)
    extended.remove(["contrats_denominations", "alpes | Les Alpes", "alpes-les-alpes"])
    assert extended == lines
    assert sorted(path.name for path in small_sources.path(REGISTRY).parent.iterdir() if "ident" in path.name) == [
        "identifiants.csv",
        "identifiants_retires.csv",
    ]


def test_nothing_is_written_while_something_is_wrong(small_sources: SmallSources) -> None:
    small_sources.put("contrats/alpes/Actions", "Axe", "ofre")
    before = small_sources.path(REGISTRY).read_bytes()
    count, issues = register(small_sources.root)
    assert count == 0
    assert issues["code"].tolist() == ["code-inconnu"]
    assert small_sources.path(REGISTRY).read_bytes() == before
