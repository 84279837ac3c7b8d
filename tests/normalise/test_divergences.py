"""Divergences: what they point at, and their versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.job import Outcome
from pipelines.normalise.divergences import VERSIONS_TABLE, resolve_targets, versions
from pipelines.normalise.resolve import References
from pipelines.normalise.rows import Workspace
from tests.conftest import Row, cell_of, write_small_sources

SHEET = "contrats/alpes/Divergences"
LABELS = ("Feuille", "Ligne visée", "Colonne visée")


VERSIONS = {"Valeur A": "x", "Sources A": "ALP3 ; JDC2016", "Valeur B": "y", "Sources B": "BRE1"}
TARGETS = {
    ("Contrat", "alpes", "Nom"): ["contrats", "alpes", "nom"],
    ("CONTRAT", "ALPES", "nom"): ["contrats", "alpes", "nom"],
    ("Actions", "alpes-fiches", ""): ["actions", "alpes-fiches", ""],
    ("Actions", "alpes-fiches", "Montant"): ["actions", "alpes-fiches", "montant_eur"],
    ("actions", "alpes-fiches", "Marchés cibles"): ["actions", "alpes-fiches", "marche_code"],
    ("Evenements", "alpes-journee", "Début"): ["evenements", "alpes-journee", "date_debut"],
    ("Financements", "alpes-budget", "Financeur"): ["financements", "alpes-budget", "partenaire_id"],
    ("Actions", "", ""): ["actions", "", ""],
    ("", "", ""): ["", "", ""],
}
UNKNOWN_TARGETS = {
    ("Contrats passés", "alpes", "Nom"): ("ligne-inconnue", "Feuille", "« Contrat »"),
    ("Contrat", "alpe", "Nom"): ("ligne-inconnue", "Ligne visée", "contrats"),
    ("Contrat", "alpes-fiches", "Nom"): ("ligne-inconnue", "Ligne visée", "contrats"),
    ("Contrat", "alpes", "Prénom"): ("colonne-citee-inconnue", "Colonne visée", "Prénom"),
    ("Contrat", "alpes", "Montant"): ("colonne-citee-inconnue", "Colonne visée", "Montant"),
}
PARTS: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({}, []),
    ({"Valeur C": "Alpes", "Sources C": "ALP3"}, []),
    ({"Sources A": "ALP3 ; JDC2016 ; alp3"}, []),
    ({"Valeur C": "Alpes"}, [("sans-source", "Sources C")]),
    ({"Sources C": "ALP3"}, [("valeur-obligatoire", "Valeur C")]),
    ({"Sources C": "ALP9", "Valeur C": "x"}, [("source-inconnue", "Sources C")]),
]


def ready(root: Path, rows: list[Row]) -> tuple[Workspace, References]:
    """The state of a normalisation whose rows have their keys, with these divergences."""
    sources = write_small_sources(root)
    sources.write_rows(SHEET, [{"Sujet": f"Sujet {number}", **VERSIONS, **row} for number, row in enumerate(rows)])
    return sources.keyed()


@pytest.fixture(scope="module")
def aimed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    rows = [dict(zip(LABELS, aim, strict=True)) for aim in (*TARGETS, *UNKNOWN_TARGETS)]
    workspace, _ = ready(tmp_path_factory.mktemp("vise") / "sources", rows)
    resolve_targets(workspace)
    return workspace


@pytest.mark.parametrize("typed", TARGETS)
def test_targets(typed: tuple[str, str, str], aimed: Workspace) -> None:
    row = [*TARGETS].index(typed)
    found = aimed.rows["Divergences"].frame[["table_code", "ligne_id", "colonne"]].fillna("")
    assert found.loc[[row]].values.tolist() == [TARGETS[typed]]
    assert not (aimed.log.frame()["row"] == row + 2).any()


@pytest.mark.parametrize("typed", UNKNOWN_TARGETS)
def test_unknown_targets(typed: tuple[str, str, str], aimed: Workspace) -> None:
    row = [*TARGETS, *UNKNOWN_TARGETS].index(typed)
    code, label, words = UNKNOWN_TARGETS[typed]
    issues = aimed.log.frame()
    issues = issues[(issues["row"] == row + 2) & (issues["code"] == code)]
    assert issues["cell"].tolist() == [cell_of(SHEET, label, row + 2)]
    assert words in issues["message"].iloc[0]
    assert row not in aimed.rows["Divergences"].frame.index


def test_versions_by_rank_and_source(sound: Outcome) -> None:
    found = sound.tables[VERSIONS_TABLE]
    columns = ["divergence_valeur_id", "divergence_id", "rang", "valeur_citee", "source_id"]
    assert found[columns].values.tolist() == [
        ["alpes-nom-1-alp3", "alpes-nom", 1, "Voyage dans les Alpes", "alp3"],
        ["alpes-nom-1-jdc2016", "alpes-nom", 1, "Voyage dans les Alpes", "jdc2016"],
        ["alpes-nom-2-bre1", "alpes-nom", 2, "Voyages dans les Alpes", "bre1"],
    ]
    one = sound.tables["divergences"].iloc[0]
    assert (one["table_code"], one["ligne_id"], one["colonne"]) == ("contrats", "alpes", "nom")
    citations = sound.tables["citations"]
    assert set(citations.loc[citations["ligne_id"] == "alpes-nom", "source_id"]) == {"alp3", "jdc2016", "bre1"}
    assert citations.loc[citations["ligne_id"] == "alpes-nom-2-bre1", "source_id"].tolist() == ["bre1"]


def test_versions_are_whole(tmp_path: Path) -> None:
    workspace, known = ready(tmp_path / "sources", [cells for cells, _ in PARTS])
    (found,), citations = versions(workspace, known)
    issues = workspace.log.frame()
    for row, (cells, said) in enumerate(PARTS):
        here = issues[issues["row"] == row + 2]
        assert list(zip(here["code"], here["column"], strict=True)) == said, cells
        expected = [1, 1, 2, 3] if "Valeur C" in cells else [1, 1, 2]
        assert sorted(found.frame.loc[found.parent == row, "rang"]) == ([] if said else expected), cells
        assert (row in workspace.rows["Divergences"].frame.index) == (not said)
    assert found.frame[found.table.key].is_unique
    assert len(citations) == 2 * len(found.frame)
