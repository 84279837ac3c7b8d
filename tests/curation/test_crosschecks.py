"""Keys of official numbers, unused codes, and the bounds that guard a release."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.curation.assertions import read_assertions
from pipelines.curation.issues import IssueLog, blocking
from pipelines.curation.siren import is_siret, key_holds
from pipelines.job import Outcome, read, run
from pipelines.normalise.checks import check_bounds
from schemas.registry import tables
from tests.conftest import SmallSources, cell_of

SOURCES = Path(__file__).parents[2] / "sources"


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        ("732829320", True),
        ("732829321", False),
        ("723829320", False),
        ("000000000", True),
        ("73282932000074", True),
        ("73282932000075", False),
        ("356000000", True),
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
        ("73282932049837", False),
        ("7328293", True),
        ("73282932A", True),
        ("", True),
        (None, True),
    ],
)
def test_the_key_of_a_siren_or_siret(number: str | None, holds: bool) -> None:
    assert key_holds(pd.Series([number], dtype="str")).tolist() == [holds]


def test_keys_are_told_row_by_row_whatever_the_index() -> None:
    numbers = pd.Series(["732829321", None, "732829320", "35600000049838"], index=[7, 3, 5, 1], dtype="str")

    held = key_holds(numbers)

    assert held.index.tolist() == [7, 3, 5, 1]
    assert held.tolist() == [False, True, True, False]
    assert is_siret(numbers).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("732829320", None),
        ("732829321", "cle-siren"),
        ("73282932000074", "siret-pour-siren"),
        ("35600000049837", "siret-pour-siren"),
        ("7328293", "format-invalide"),
    ],
)
def test_a_wrong_siren_is_one_issue_at_its_cell(small_sources: SmallSources, typed: str, code: str | None) -> None:
    sheet = "referentiels/partenaires"
    row = small_sources.add(
        sheet, {"Identifiant": "office", "Nom": "Office", "Catégorie": "association", "SIREN": typed}
    )

    issues = small_sources.read().issues

    expected = [] if code is None else [(code, cell_of(sheet, "SIREN", row))]
    assert [(issue.code, issue.cell) for issue in issues.itertuples()] == expected


def test_a_code_that_no_row_uses_is_a_remark_once_every_row_is_sound(small_sources: SmallSources) -> None:
    sheet = "referentiels/nomenclatures"
    term = {"Nomenclature": "axe", "Code": "rien", "Libellé": "Rien", "Libellé anglais": "None", "Définition": "Rien."}
    row = small_sources.add(sheet, term)

    issues = small_sources.built().issues

    told = issues[issues["code"] == "code-sans-usage"].set_index("value")
    assert told.loc["rien", "cell"] == cell_of(sheet, "Code", row)
    assert set(told["severity"]) == {"info"}
    assert "offre" not in told.index

    small_sources.put("contrats/alpes/Actions", "Début", "un jour", row=3)
    assert "code-sans-usage" not in small_sources.built().issues["code"].tolist()


def test_a_source_that_only_a_correction_cites_is_used(small_sources: SmallSources) -> None:
    small_sources.add(
        "referentiels/sources",
        {"Identifiant": "ERR1", "Titre": "Erratum", "Type": "presse", "Fiabilité": "primaire"},
    )
    unused = small_sources.built().issues.query("code == 'source-sans-usage'")
    assert unused["value"].tolist() == ["ERR1"]

    correction = {
        "Fichier": "contrats/alpes",
        "Feuille": "Contrat",
        "Ligne visée": "alpes",
        "Colonne visée": "Durée (mois)",
        "Valeur attendue": "36",
        "Valeur corrigée": "37",
        "Motif": "Erratum.",
        "Source": "ERR1",
    }
    small_sources.write_rows("corrections", [correction])
    assert "source-sans-usage" not in small_sources.built().issues["code"].tolist()


# --- Bounds --------------------------------------------------------------------------------------------------------


def bounds(sources: SmallSources, *rows: tuple[str, str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bounds read from these rows, and what is wrong with them."""
    sources.write("assertions", [["Table", "Minimum", "Maximum"], *map(list, rows)])
    log = IssueLog()
    return read_assertions(sources.root, log), log.frame()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("contrats", "2", "2"), []),
        (("contrats", "", ""), []),
        (("corrections", "0", "0"), []),
        (("contrats", "3", ""), [("2", "au moins 3 attendues")]),
        (("contrats", "", "1"), [("2", "au plus 1 attendues")]),
        (("corrections", "1", ""), [("0", "au moins 1 attendues")]),
    ],
)
def test_a_table_is_counted_against_its_bounds(
    small_sources: SmallSources, sound: Outcome, row: tuple[str, str, str], expected: list[tuple[str, str]]
) -> None:
    asserted, issues = bounds(small_sources, row)

    failed = check_bounds(tables()[row[0]], sound.tables, asserted)

    assert issues.empty
    assert [(case.valeur, case.attendu) for case in failed.itertuples()] == expected
    assert check_bounds(tables()["actions"], sound.tables, asserted).empty


def test_a_table_out_of_its_bounds_refuses_the_release_in_every_mode(small_sources: SmallSources) -> None:
    bounds(small_sources, ("contrats", "3", ""), ("actions", "1", ""))

    outcome = small_sources.run()

    assert outcome.refused
    (issue,) = blocking(outcome.issues, partial=True).to_dict("records")
    assert (issue["code"], issue["sheet"]) == ("table-hors-bornes", "contrats")
    assert issue["message"] == "La table a 2 lignes : au moins 3 attendues."


@pytest.mark.parametrize(
    ("rows", "code", "cell"),
    [
        ([("contrat", "1", "")], "code-inconnu", "A2"),
        ([("contrats", "un", "")], "nombre-non-entier", "B2"),
        ([("contrats", "", "-1")], "nombre-non-entier", "C2"),
        ([("contrats", "2", "1")], "hors-bornes", "C2"),
        ([("contrats", "1", ""), ("contrats", "2", "")], "ligne-doublee", "A3"),
    ],
)
def test_a_mistake_in_the_bounds_is_told_at_its_cell_and_blocks_in_every_mode(
    small_sources: SmallSources, rows: list[tuple[str, str, str]], code: str, cell: str
) -> None:
    _, issues = bounds(small_sources, *rows)

    assert issues[["code", "file", "sheet", "cell"]].to_numpy().tolist() == [
        [code, "assertions.csv", "assertions", cell]
    ]
    assert len(blocking(issues, partial=True)) == 1


@pytest.mark.parametrize("content", ["", "Nom,Nombre\ncontrats,3\n", 'Table,Minimum\n"contrats,3\n'])
def test_bounds_that_cannot_be_read_refuse_the_release(small_sources: SmallSources, content: str) -> None:
    small_sources.path("assertions").write_text(content, encoding="utf-8")
    log = IssueLog()

    assert read_assertions(small_sources.root, log).empty
    assert len(blocking(log.frame(), partial=True)) == 1


def test_a_mistake_in_the_bounds_is_among_the_issues_of_a_reading(small_sources: SmallSources) -> None:
    bounds(small_sources, ("contrat", "3", ""))

    assert "assertions.csv" in read(small_sources.root).issues["file"].tolist()


def test_without_the_file_nothing_is_asserted(small_sources: SmallSources) -> None:
    log = IssueLog()

    assert read_assertions(small_sources.root, log).empty
    assert log.frame().empty


def test_the_real_sources_assert_every_table_of_facts_and_hold() -> None:
    log = IssueLog()
    asserted = read_assertions(SOURCES, log)

    typed = {name for name, table in tables().items() if table.family in ("fact", "reference")}
    optional = {"contrats_groupes"}
    assert typed - optional <= set(asserted["table"])
    assert (asserted["maximum"] > asserted["minimum"]).all()
    assert log.frame().empty


def test_a_release_that_lost_its_workbooks_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "sources"
    shutil.copytree(SOURCES, root)
    asserted = read_assertions(root, IssueLog())
    least = int(asserted.loc[asserted["table"] == "contrats", "minimum"].iloc[0])
    for workbook in sorted((root / "contrats").iterdir())[least - 1 :]:
        workbook.unlink()

    outcome = run(root)

    out = outcome.issues[outcome.issues["code"] == "table-hors-bornes"].set_index("sheet")
    assert outcome.refused
    assert str(out.loc["contrats", "message"]).endswith(f" lignes : au moins {least} attendues.")
    assert set(out["severity"]) == {"error"}


def test_bounds_that_lie_elsewhere_are_not_read(small_sources: SmallSources, tmp_path: Path) -> None:
    (tmp_path / "ailleurs.csv").write_text("Table,Minimum,Maximum\nactions,1,2\n")
    (small_sources.root / "assertions.csv").symlink_to(tmp_path / "ailleurs.csv")
    log = IssueLog()
    assert read_assertions(small_sources.root, log).empty
    assert log.frame()["code"].tolist() == ["lien-hors-dossier"]
