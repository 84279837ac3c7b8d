"""The sensor of sheets: each change seen once, when it has settled, and never by a clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration import sensors
from pipelines.orchestration.names import WORKBOOKS
from pipelines.orchestration.resources import Run
from pipelines.orchestration.sensors import WHAT_CHANGED, changed_sheets
from tests.conftest import SmallSources

Act = Callable[[SmallSources], object]


class Looks:
    """The sensor as the daemon evaluates it, look after look, with the cursor of the last one."""

    def __init__(self) -> None:
        self.instance = dg.DagsterInstance.ephemeral()
        self.cursor: str | None = None
        self.keys: list[str] = []

    def look(self, *, crash: bool = False) -> dg.RunRequest | str:
        """The run asked for, or why there is none; a ``crash`` loses the cursor after the run was asked for."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        answer = changed_sheets(context)
        if isinstance(answer, dg.SkipReason):
            self.cursor = context.cursor
            return str(answer.skip_message)
        assert isinstance(answer, dg.SensorResult)
        (request,) = answer.run_requests or []
        assert request.run_key
        self.keys.append(request.run_key)
        if not crash:
            self.cursor = answer.cursor
            for asked in answer.dynamic_partitions_requests or []:
                if isinstance(asked, dg.AddDynamicPartitionsRequest):
                    self.instance.add_dynamic_partitions(asked.partitions_def_name, list(asked.partition_keys))
                else:
                    for key in asked.partition_keys:
                        self.instance.delete_dynamic_partition(asked.partitions_def_name, key)
        return request

    def settled(self) -> dg.RunRequest | str:
        """Two looks at what does not move."""
        self.look()
        return self.look()


@pytest.fixture
def sources(small_sources: SmallSources, monkeypatch: pytest.MonkeyPatch) -> SmallSources:
    monkeypatch.setattr(sensors, "Run", lambda: Run(sources=str(small_sources.root)))
    return small_sources


@pytest.fixture
def looks(sources: SmallSources) -> Looks:
    """After the first run, which a new instance asks for."""
    found = Looks()
    assert "changent" in str(found.look()), sources
    first = found.look()
    assert isinstance(first, dg.RunRequest)
    assert found.look() == "Aucune feuille n’a changé."
    return found


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda s: s.put("contrats/alpes/Contrat", "Objectif", "X"), "modifié : contrats/alpes/Contrat.csv"),
        (lambda s: s.path("contrats/alpes/Outils").unlink(), "retiré : contrats/alpes/Outils.csv"),
        (lambda s: s.write("contrats/alpes/Notes", [["x"]]), "ajouté : contrats/alpes/Notes.csv"),
        (
            lambda s: s.path("contrats/alpes/Outils").rename(s.root / "contrats/alpes/Autre.csv"),
            "renommé : contrats/alpes/Outils.csv → contrats/alpes/Autre.csv",
        ),
        (lambda s: s.put("referentiels/zones", "Libellé", "X"), "modifié : referentiels/zones.csv"),
        (lambda s: (s.root / "jeu_de_donnees.toml").write_text("x"), "ajouté : jeu_de_donnees.toml"),
    ],
    ids=["edited", "removed", "added", "renamed", "a list", "the description"],
)
def test_each_change_is_seen_once(looks: Looks, sources: SmallSources, act: Act, told: str) -> None:
    act(sources)
    assert told in str(looks.look())  # it waits for the next look
    request = looks.look()
    assert isinstance(request, dg.RunRequest)
    assert request.tags[WHAT_CHANGED] == told
    assert [looks.look() for _ in range(3)] == ["Aucune feuille n’a changé."] * 3


def test_what_is_being_saved_waits(looks: Looks, sources: SmallSources) -> None:
    for text in ("un", "deux", "trois"):
        sources.put("contrats/alpes/Contrat", "Objectif", text)
        assert "changent" in str(looks.look())
    assert isinstance(looks.look(), dg.RunRequest)


def test_what_comes_back_before_it_settled_is_no_change(looks: Looks, sources: SmallSources) -> None:
    before = sources.path("contrats/alpes/Contrat").read_bytes()
    sources.put("contrats/alpes/Contrat", "Objectif", "X")
    looks.look()
    sources.path("contrats/alpes/Contrat").write_bytes(before)
    assert looks.look() == "Aucune feuille n’a changé."
    sources.put("contrats/alpes/Contrat", "Objectif", "X")
    assert "changent" in str(looks.look())


def test_content_that_comes_back_is_a_change_with_a_key_of_its_own(looks: Looks, sources: SmallSources) -> None:
    before = sources.path("contrats/alpes/Contrat").read_bytes()
    for content in (b"x", before, b"x", before):
        sources.path("contrats/alpes/Contrat").write_bytes(content)
        assert isinstance(looks.settled(), dg.RunRequest)
    assert len(set(looks.keys)) == len(looks.keys) == 5


def test_a_daemon_that_dies_before_it_remembers_asks_for_the_same_run(looks: Looks, sources: SmallSources) -> None:
    sources.put("contrats/alpes/Contrat", "Objectif", "X")
    looks.look()
    looks.look(crash=True)
    looks.look()
    assert looks.keys[-1] == looks.keys[-2]


def test_the_partitions_follow_the_workbooks(looks: Looks, sources: SmallSources) -> None:
    name = str(WORKBOOKS.name)
    assert set(looks.instance.get_dynamic_partitions(name)) == {"alpes", "bretagne", "national"}
    (sources.root / "contrats" / "bretagne").rename(sources.root / "contrats" / "breizh")
    assert isinstance(looks.settled(), dg.RunRequest)
    assert set(looks.instance.get_dynamic_partitions(name)) == {"alpes", "breizh", "national"}


def test_a_folder_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sensors, "Run", lambda: Run(sources=str(tmp_path / "absent")))
    assert "n’existe pas" in str(Looks().look())
