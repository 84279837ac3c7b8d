"""A workbook made from what is published gives the same tables back; a blank one is no mistake."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.job import Outcome, run
from pipelines.normalise.unbuild import NATIONAL, of_workbook, unbuild
from pipelines.sheets.examples import EXAMPLE_MARK
from pipelines.sheets.ods import write_ods
from pipelines.sheets.workbook import write_workbook
from pipelines.template import read_terms, write_template
from schemas.registry import workbook_sheets
from tests.conftest import SmallSources

SOURCES = Path(__file__).parents[2] / "sources"
BLANK_IS_FINE = {"info"}


def rebuilt(outcome: Outcome, sources: Path, root: Path, *, ods: bool = False) -> Outcome:
    """What the workbooks filled from these tables give, beside the same reference lists."""
    write, suffix = (write_ods, ".ods") if ods else (write_workbook, ".xlsx")
    (root / "contrats").mkdir(parents=True)
    shutil.copytree(sources / "referentiels", root / "referentiels")
    rows, terms = unbuild(outcome.tables), read_terms(sources)
    for contract in outcome.tables["contrats"]["contrat_id"]:
        write(root / "contrats" / f"{contract}{suffix}", of_workbook(rows, contract), terms)
    write(root / f"national{suffix}", of_workbook(rows, NATIONAL), terms, national=True)
    return run(root)


def assert_same(first: Outcome, second: Outcome) -> None:
    """The same tables, but for where each row was typed."""
    wrong = second.issues[second.issues["severity"] == "error"]
    assert wrong.empty, wrong[["code", "file", "cell", "value"]].to_string()
    for name, table in first.tables.items():
        if name != "provenance":
            pd.testing.assert_frame_equal(table, second.tables[name], obj=name)


@pytest.mark.slow
def test_every_real_workbook_comes_back(tmp_path: Path) -> None:
    outcome = run(SOURCES)
    assert len(outcome.tables["contrats"]) == 42
    assert_same(outcome, rebuilt(outcome, SOURCES, tmp_path / "sources"))


@pytest.mark.parametrize("ods", [False, True], ids=["xlsx", "ods"])
def test_small_workbooks_come_back(ods: bool, small_sources: SmallSources, tmp_path: Path) -> None:
    contract, actions = "contrats/alpes/Contrat", "contrats/alpes/Actions"
    small_sources.put(contract, "Début", "2015-03 {printemps 2015}")
    small_sources.put(contract, "Fin", "{trois ans après}")
    small_sources.put(actions, "Montant (€)", "1234,5")
    small_sources.put(actions, "Remarque", "=1+1")
    small_sources.put(
        "contrats/alpes/Événements", "Participants", "bretagne ; GTA = : accueil ; Atout France = participant"
    )
    outcome = small_sources.run()
    assert not outcome.refused
    assert_same(outcome, rebuilt(outcome, small_sources.root, tmp_path / "rebuilt", ods=ods))


STATEMENTS = (
    "ALP3",
    "ALP3 ; Thématiques = BRE1",
    "ALP3 ; BRE1 ; Thématiques = ALP3 ; Groupes = ALP3, BRE1",
    "ALP3 ; Thématiques = BRE1 ; Groupes = JDC2016 ; Début = ALP3, BRE1",
    "Début = ALP3",
    "Début = ALP3 ; Thématiques = BRE1",
    "Sources = JDC2016 ; Nom = ALP3",
    "Thématiques = ALP3 ; Groupes = BRE1",
)


def test_who_inherits_which_source_comes_back(small_sources: SmallSources, tmp_path: Path) -> None:
    for number, said in enumerate(STATEMENTS):
        row = {"Identifiant": f"essai-{number}", "Nom": f"Essai {number}", "Génération": "vague_1", "Début": "2015"}
        row |= {"Thématiques": "itinerance ; montagne", "Groupes": "occitanie_2022", "Sources": said}
        small_sources.write_rows(f"contrats/essai-{number}/Contrat", [row])
    outcome = small_sources.run()
    assert not outcome.refused
    assert_same(outcome, rebuilt(outcome, small_sources.root, tmp_path / "rebuilt"))


def test_rows_read_as_a_curator_types_them(sound: Outcome) -> None:
    rows = of_workbook(unbuild(sound.tables), "alpes")
    assert list(rows) == list(workbook_sheets())
    assert rows["Contrat"]["Sources"].tolist() == [
        "ALP3 ; BRE1 ; Objectif = JDC2016 ; Thématiques = BRE1 ; Groupes = ALP3"
    ]
    assert rows["Contrat"]["Début"].tolist() == ["2015"]
    assert rows["Contrat"]["Fin"].tolist() == ["2017"]
    assert rows["Actions"]["Début"].tolist() == ["2014-12", ""]
    assert rows["Actions"]["Montant (€)"].tolist() == ["75000", ""]
    assert rows["Financements"]["Financeur"].tolist() == ["« 25 signataires »", "Grande Traversée des Alpes"]
    assert rows["Indicateurs"]["Zone"].tolist() == ["region 82"]
    assert rows["Divergences"][["Feuille", "Ligne visée", "Colonne visée"]].to_numpy().tolist() == [
        ["Contrat", "alpes", "Nom"]
    ]
    assert all((frame["Identifiant"] != "").all() for frame in rows.values())


def test_a_name_that_means_someone_else_here_is_not_used(small_sources: SmallSources) -> None:
    small_sources.add(
        "referentiels/partenaires_denominations",
        {"Partenaire": "atout-france", "Dénomination": "CRT de Bretagne", "Contrat": "bretagne", "Sources": "ALP3"},
    )
    outcome = small_sources.run()
    assert not outcome.refused
    rows = of_workbook(unbuild(outcome.tables), "bretagne")
    assert rows["Partenaires"]["Nom"].tolist() == ["GTA"]


def test_the_national_workbook_holds_what_is_of_no_contract(sound: Outcome) -> None:
    rows = of_workbook(unbuild(sound.tables), NATIONAL)
    assert set(rows) == {name for name, sheet in workbook_sheets().items() if sheet.national}
    assert rows["Actions"]["Intitulé"].tolist() == ["Appui en ingénierie"]


# --- Blank ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["modele.xlsx", "modele.ods"])
def test_an_untouched_template_is_no_mistake(name: str, small_sources: SmallSources, sound: Outcome) -> None:
    write_template(small_sources.root / "contrats" / name, small_sources.root)
    after = small_sources.run()
    assert set(after.issues["severity"]) <= BLANK_IS_FINE
    assert after.issues.loc[after.issues["code"] == "modele-vierge", "file"].tolist() == [f"contrats/{name}"]
    assert_same(sound, after)


def test_a_workbook_that_was_emptied_is_a_mistake(small_sources: SmallSources) -> None:
    write_workbook(small_sources.root / "contrats" / "vide.xlsx", {}, read_terms(small_sources.root))
    issues = small_sources.run().issues
    assert issues.loc[issues["file"] == "contrats/vide.xlsx", "code"].tolist() == ["contrat-unique"]


def _typed_in(path: Path, cells: dict[str, str]) -> None:
    book = openpyxl.load_workbook(path)
    for at, value in cells.items():
        sheet, _, cell = at.partition("!")
        book[sheet][cell] = value
    book.save(path)


def test_a_template_that_was_filled_is_built(small_sources: SmallSources) -> None:
    path = small_sources.root / "contrats" / "corse.xlsx"
    write_template(path, small_sources.root)
    contract = {"A": "corse", "B": "Corse", "C": "Postérieur", "N": "ALP3"}
    _typed_in(path, {f"Contrat!{letter}3": value for letter, value in contract.items()})
    outcome = small_sources.run()
    assert not outcome.refused
    assert "modele-vierge" not in set(outcome.issues["code"])
    assert set(outcome.tables["contrats"]["contrat_id"]) == {"alpes", "bretagne", "corse"}
    assert EXAMPLE_MARK not in set(outcome.tables["actions"]["action_id"])
    assert len(outcome.tables["actions"]) == 3


def test_data_typed_over_an_example_are_told(small_sources: SmallSources) -> None:
    path = small_sources.root / "contrats" / "corse.xlsx"
    write_template(path, small_sources.root)
    _typed_in(path, {"Contrat!B2": "Corse"})
    issues = small_sources.run().issues
    found = issues[issues["file"] == "contrats/corse.xlsx"]
    assert dict(zip(found["code"], found["cell"], strict=True)) == {"contrat-unique": "", "exemple-modifie": "A2"}


# --- The command ---------------------------------------------------------------------------------------------------


def test_the_command_fills_or_leaves_blank(small_sources: SmallSources, tmp_path: Path) -> None:
    root = ["--sources", str(small_sources.root)]
    said = CliRunner().invoke(main, ["template", str(tmp_path / "modele.xlsx"), *root])
    assert (said.exit_code, "Modèle vierge" in said.output) == (0, True)
    said = CliRunner().invoke(main, ["template", str(tmp_path / "alpes.ods"), "--contrat", "alpes", *root])
    assert said.exit_code == 0 and "14 lignes" in said.output
    said = CliRunner().invoke(main, ["template", str(tmp_path / "national.xlsx"), "--contrat", "national", *root])
    assert said.exit_code == 0 and "3 lignes" in said.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["deja.xlsx"], 2), (["modele.csv"], 2), (["x.xlsx", "--contrat", "alpe"], 2), (["absent/x.xlsx"], 3)],
)
def test_the_command_says_what_it_cannot_do(
    arguments: list[str], code: int, small_sources: SmallSources, tmp_path: Path
) -> None:
    kept = tmp_path / "deja.xlsx"
    kept.write_bytes(b"mon travail")
    file, *more = arguments
    said = CliRunner().invoke(main, ["template", str(tmp_path / file), *more, "--sources", str(small_sources.root)])
    assert said.exit_code == code, said.output
    assert kept.read_bytes() == b"mon travail"


def test_no_template_is_drawn_from_refused_sheets(small_sources: SmallSources, tmp_path: Path) -> None:
    small_sources.put("contrats/alpes/Contrat", "Génération", "vague_9")
    arguments = ["template", str(tmp_path / "x.xlsx"), "--contrat", "bretagne", "--sources", str(small_sources.root)]
    assert CliRunner().invoke(main, arguments).exit_code == 1
    assert not (tmp_path / "x.xlsx").exists()
