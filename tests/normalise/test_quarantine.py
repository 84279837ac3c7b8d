"""What is refused is set aside with all that depends on it, and told; what is published stands on its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines import job
from pipelines.curation.issues import blocking
from pipelines.job import Outcome
from schemas.registry import tables
from tests.conftest import SmallSources

Spoil = Callable[[SmallSources], object]


def partial(sources: SmallSources) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The tables and the issues of a partial build; whatever was spoiled, what is published must be sound."""
    reading = job.read(sources.root, partial=True)
    built, issues = job.build(reading.sheets, reading.issues)
    failed = pd.concat(job.check(built).values())
    assert failed.empty, failed.to_string()
    assert traces_lead_nowhere(built).empty
    placed = built["provenance"][["fichier", "feuille", "ligne"]].set_axis(["file", "sheet", "row"], axis="columns")
    named = pd.concat([placed, issues[["file", "sheet", "row"]]]).astype({"row": "int64"})
    for typed in reading.sheets.values():
        silent = ~pd.MultiIndex.from_frame(typed.source.origin[["file", "sheet", "row"]]).isin(
            pd.MultiIndex.from_frame(named)
        )
        assert not silent.any(), typed.source.origin[silent]
    return built, issues


def traces_lead_nowhere(built: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The traces, divergences included, about a row that is not published, and the facts that nothing vouches for."""
    keys = [pd.DataFrame({"table_code": name, "ligne_id": built[name][table.key]}) for name, table in tables().items()]
    standing = pd.MultiIndex.from_frame(pd.concat(keys))
    parts = []
    for name in ("citations", "provenance", "divergences"):
        traced = built[name][["table_code", "ligne_id"]].dropna()
        parts.append(traced[~pd.MultiIndex.from_frame(traced).isin(standing)])
    cited = pd.MultiIndex.from_frame(built["citations"][["table_code", "ligne_id"]])
    for frame in keys:
        owing = frame["table_code"].isin(
            ["contrats", "actions", "financements", "indicateurs", "contrats_thematiques", "divergences"]
        )
        parts.append(frame[owing & ~pd.MultiIndex.from_frame(frame).isin(cited)])
    return pd.concat(parts, ignore_index=True)


def put(sheet: str, label: str, value: str, row: int = 2) -> Spoil:
    return lambda sources: sources.put(sheet, label, value, row)


def a_national_divergence_about_a_refused_contract(sources: SmallSources) -> None:
    row = {"Identifiant": "nat", "Sujet": "Début", "Feuille": "Actions", "Ligne visée": "alpes-fiches"}
    row |= {"Colonne visée": "Début", "Valeur A": "a", "Sources A": "ALP3", "Valeur B": "b", "Sources B": "BRE1"}
    sources.add("national/Divergences", row)
    sources.put("contrats/alpes/Contrat", "Génération", "vague_9")


def a_divergence_about_a_row_refused_late(sources: SmallSources) -> None:
    sources.put("contrats/alpes/Financements", "Identifiant", "alpes-part", 3)
    sources.put("contrats/alpes/Financements", "Sources", "", 3)
    for label, value in {"Feuille": "Financements", "Ligne visée": "alpes-part", "Colonne visée": "Part (%)"}.items():
        sources.put("contrats/alpes/Divergences", label, value)


def rows_with_several_mistakes(sources: SmallSources) -> None:
    for label, value in {"Axe": "zz", "Marchés cibles": "US ; Mars", "Outil": "perdu", "Sources": ""}.items():
        sources.put("contrats/alpes/Actions", label, value)
    for label, value in {"Sujet": "", "Ligne visée": "alpes-perdue", "Sources A": "ALP3 ; ALP99"}.items():
        sources.put("contrats/alpes/Divergences", label, value)
    sources.put("contrats/alpes/Partenaires", "Nom", "GTAA", 3)
    sources.put("contrats/alpes/Partenaires", "Rôle", "zz", 3)


def a_correction(**changes: str) -> Spoil:
    said = {"Fichier": "contrats/alpes", "Feuille": "Actions", "Ligne visée": "alpes-fiches"}
    said |= {"Colonne visée": "Montant (€)", "Valeur attendue": "75 k€", "Valeur corrigée": "76000", "Motif": "Essai"}
    return lambda sources: sources.add("corrections", said | {"Source": "ALP3"} | changes)


SPOILED: dict[str, Spoil] = {
    "the contract’s identifier": put("contrats/alpes/Contrat", "Identifiant", "§§"),
    "no identifier": put("contrats/alpes/Contrat", "Identifiant", ""),
    "no sheet Contrat": lambda sources: sources.path("contrats/alpes/Contrat").unlink(),
    "an action by its number": put("contrats/alpes/Actions", "Axe", "zz"),
    "a tool, its action, its financings": put("contrats/alpes/Outils", "Type", "zz"),
    "a source": put("referentiels/sources", "Fiabilité", "zz"),
    "a zone": put("referentiels/zones", "SIREN", "zz"),
    "an unknown zone": put("contrats/alpes/Territoires", "Code", "99"),
    "a partner": put("referentiels/partenaires", "Catégorie", "zz", 3),
    "a national divergence": a_national_divergence_about_a_refused_contract,
    "a divergence": a_divergence_about_a_row_refused_late,
    "several mistakes of a row": rows_with_several_mistakes,
    "a header": lambda sources: sources.change("contrats/alpes/Actions", "J1", "Total"),
    "a correction’s source": a_correction(Source="ZZZ"),
    "a corrected row": a_correction(**{"Valeur corrigée": "beaucoup"}),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_what_is_published_stands_and_what_is_not_is_told(spoil: Spoil, small_sources: SmallSources) -> None:
    spoil(small_sources)
    _, issues = partial(small_sources)
    assert (issues["severity"] == "error").any()
    assert blocking(issues, partial=True).empty


def test_rows_of_a_sheet_without_one_of_its_columns_are_set_aside(small_sources: SmallSources) -> None:
    small_sources.change("contrats/alpes/Actions", "J1", "Total")
    built, issues = partial(small_sources)
    assert built["actions"]["action_id"].tolist() == ["national-appui-en-ingenierie"]
    assert "ligne-inconnue" not in set(issues["code"])  # the financing names an action that is there, though refused


def test_a_wrong_zone_is_told_at_its_cell(small_sources: SmallSources) -> None:
    cell = small_sources.put("contrats/alpes/Territoires", "Code", "99")
    issues = small_sources.run().issues
    wrong = issues[issues["severity"] == "error"]
    assert wrong[["code", "sheet", "cell", "value"]].to_numpy().tolist() == [
        ["cle-etrangere", "Territoires", cell, "99"]
    ]


def test_a_correction_and_its_row_are_published_together_or_not_at_all(small_sources: SmallSources) -> None:
    a_correction(Source="ZZZ")(small_sources)
    built, _ = partial(small_sources)
    assert "alpes-fiches" not in set(built["actions"]["action_id"])
    assert built["corrections"].empty


@pytest.mark.parametrize("copy", ["aaa-copie", "zzz-copie"])
def test_a_copied_workbook_takes_nothing_from_the_contract_whose_name_it_still_bears(
    copy: str, small_sources: SmallSources, sound: Outcome
) -> None:
    shutil.copytree(small_sources.root / "contrats" / "alpes", small_sources.root / "contrats" / copy)
    small_sources.add(f"contrats/{copy}/Partenaires", {"Nom": "Atout France", "Rôle": "signataire", "Sources": "ALP3"})
    built, issues = partial(small_sources)
    for name in ("contrats", "contrats_partenaires", "actions", "financements", "divergences"):
        pd.testing.assert_frame_equal(built[name], sound.tables[name])
    wrong = issues[issues["severity"] == "error"]
    assert set(wrong["file"]) == {f"contrats/{copy}"}


# --- Identifiers that vanish ----------------------------------------------------------------------------------------


@pytest.fixture
def registered(small_sources: SmallSources) -> SmallSources:
    contracts = [{"Table": "contrats", "Clé naturelle": name, "Identifiant": name} for name in ("alpes", "bretagne")]
    for row in contracts:
        small_sources.add("referentiels/identifiants", row)
    return small_sources


def gone(sources: SmallSources) -> list[str]:
    reading = job.read(sources.root, partial=True)
    _, issues = job.build(reading.sheets, reading.issues)
    return issues.loc[issues["code"] == "identifiant-disparu", "value"].tolist()


def test_a_deleted_workbook_is_missed_whatever_else_is_wrong(registered: SmallSources) -> None:
    shutil.rmtree(registered.root / "contrats" / "alpes")
    (registered.root / "contrats" / "bretagne" / "Partenaires.csv").write_bytes(b"\x00\x81\xff")
    assert gone(registered) == ["alpes"]


@pytest.mark.parametrize("break_it", [Path.unlink, lambda path: path.write_text("rien\n")], ids=["absent", "header"])
def test_a_workbook_in_which_something_is_wrong_did_not_vanish(
    break_it: Callable[[Path], object], registered: SmallSources
) -> None:
    break_it(registered.path("contrats/bretagne/Contrat"))
    assert gone(registered) == []
