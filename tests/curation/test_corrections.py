"""A correction replaces the value that it expects at the cell that it names, and is refused otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.curation.corrections import apply_corrections
from pipelines.curation.gather import Sources, read_sources
from pipelines.normalise.intake import intake
from pipelines.sheets.cells import CellKind
from tests.conftest import SmallSources, cell_of

REAL = Path(__file__).parents[2] / "sources"
OBJECTIVE = {
    "Fichier": "contrats/alpes",
    "Feuille": "Contrat",
    "Ligne visée": "alpes",
    "Colonne visée": "Objectif",
    "Valeur attendue": "Allonger la saison",
    "Valeur corrigée": "Allonger la saison d’été",
    "Motif": "Mot oublié à la saisie.",
    "Source": "ALP3",
}


def corrected(sources: SmallSources, *corrections: dict[str, str]) -> Sources:
    """The sheets as read, once these corrections are applied."""
    sources.write_rows("corrections", [OBJECTIVE | one for one in corrections])
    read = read_sources(sources.root)
    apply_corrections(read.sheets, read.issues)
    return read


def said_of(issues: pd.DataFrame, code: str) -> list[tuple[str, str, str, str]]:
    """The places of a code's issues: file, sheet, cell, value."""
    places = issues.loc[issues["code"] == code, ["file", "sheet", "cell", "value"]]
    return [(str(a), str(b), str(c), str(d)) for a, b, c, d in places.itertuples(index=False)]


def codes(issues: pd.DataFrame) -> list[str]:
    """The codes of the errors."""
    return sorted(issues.loc[issues["severity"] == "error", "code"])


def objective(sources: Sources) -> str:
    """The objective of the contract « alpes », as the sheet says it by now."""
    text = sources.sheets["Contrat"].text
    return str(text.loc[text["Identifiant"] == "alpes", "Objectif"].iloc[0])


def test_a_correction_changes_what_is_published_and_is_published_with_its_reason(small_sources: SmallSources) -> None:
    small_sources.write_rows("corrections", [OBJECTIVE])

    outcome = small_sources.run()

    assert codes(outcome.issues) == []
    assert outcome.tables["contrats"].set_index("contrat_id").loc["alpes", "objectif"] == "Allonger la saison d’été"
    assert outcome.tables["corrections"].to_dict("records") == [
        {
            "correction_id": "contrats-alpes-contrat-alpes-objectif",
            "fichier": "contrats/alpes",
            "feuille": "Contrat",
            "ligne_id": "alpes",
            "colonne": "Objectif",
            "valeur_attendue": "Allonger la saison",
            "valeur_corrigee": "Allonger la saison d’été",
            "motif": "Mot oublié à la saisie.",
            "source_id": "alp3",
        }
    ]
    traced = outcome.tables["provenance"].query("table_code == 'corrections'")
    assert traced[["fichier", "ligne"]].to_numpy().tolist() == [["corrections.csv", 2]]


def test_without_the_file_nothing_is_corrected_and_nothing_is_said(small_sources: SmallSources) -> None:
    read = read_sources(small_sources.root)
    apply_corrections(read.sheets, read.issues)

    assert objective(read) == "Allonger la saison"
    assert read.issues.frame().empty


@pytest.mark.parametrize(
    "locator",
    [
        {"Fichier": "contrats/alpes.xlsx"},
        {"Fichier": "sources\\contrats\\alpes"},
        {"Feuille": "CONTRAT"},
        {"Colonne visée": "objectif"},
        {"Ligne visée": "2"},
        {"Ligne visée": "ALPES"},
        {"Valeur attendue": "Allonger\u00a0la  saison "},
    ],
    ids=str,
)
def test_a_locator_is_understood_as_people_write_it(small_sources: SmallSources, locator: dict[str, str]) -> None:
    read = corrected(small_sources, locator)

    assert read.issues.frame().empty
    assert objective(read) == "Allonger la saison d’été"
    canonical = read.sheets["corrections"].text[["Fichier", "Feuille", "Colonne visée"]].to_numpy().tolist()
    assert canonical == [["contrats/alpes", "Contrat", "Objectif"]]


@pytest.mark.parametrize(
    ("locator", "code", "label"),
    [
        ({"Fichier": "contrats/alpe"}, "correction-sans-objet", "Fichier"),
        ({"Fichier": "contrats/bretagne", "Feuille": "Actions"}, "correction-sans-objet", "Fichier"),
        ({"Feuille": "Contrats signés"}, "correction-sans-objet", "Feuille"),
        ({"Feuille": "corrections"}, "correction-sans-objet", "Feuille"),
        ({"Ligne visée": "savoie"}, "correction-sans-objet", "Ligne visée"),
        ({"Ligne visée": "3"}, "correction-sans-objet", "Ligne visée"),
        ({"Colonne visée": "But"}, "correction-sans-objet", "Colonne visée"),
        ({"Valeur attendue": "allonger la saison"}, "correction-perimee", "Valeur attendue"),
        ({"Valeur attendue": ""}, "correction-perimee", "Valeur attendue"),
        ({"Valeur corrigée": "Allonger la saison"}, "correction-sans-usage", "Valeur corrigée"),
    ],
    ids=str,
)
def test_a_correction_that_does_not_hold_is_refused_at_its_own_cell(
    small_sources: SmallSources, locator: dict[str, str], code: str, label: str
) -> None:
    read = corrected(small_sources, locator)
    issues = read.issues.frame()

    value = (OBJECTIVE | locator)[label]
    assert said_of(issues, code) == [("corrections.csv", "corrections", cell_of("corrections", label), value)]
    assert codes(issues) == [code]
    assert objective(read) == "Allonger la saison"
    assert intake(read)["corrections"].accepted().empty


@pytest.mark.parametrize(
    ("change", "code", "label"),
    [({"Motif": ""}, "valeur-obligatoire", "Motif"), ({"Source": "ALP99"}, "source-inconnue", "Source")],
    ids=str,
)
def test_a_correction_owes_a_reason_and_a_known_source(
    small_sources: SmallSources, change: dict[str, str], code: str, label: str
) -> None:
    small_sources.write_rows("corrections", [OBJECTIVE | change])

    outcome = small_sources.run()

    (place,) = said_of(outcome.issues, code)
    assert place[:3] == ("corrections.csv", "corrections", cell_of("corrections", label))
    assert outcome.tables["corrections"].empty


def test_the_source_that_says_the_new_value_by_now_makes_the_correction_useless(small_sources: SmallSources) -> None:
    small_sources.put("contrats/alpes/Contrat", "Objectif", "Allonger la saison d’été")

    assert codes(corrected(small_sources, {}).issues.frame()) == ["correction-sans-usage"]


def test_a_correction_that_no_longer_holds_says_what_the_sheet_says(small_sources: SmallSources) -> None:
    small_sources.put("contrats/alpes/Contrat", "Objectif", "Raccourcir la saison")

    (message,) = corrected(small_sources, {}).issues.frame()["message"]

    assert "elle dit « Raccourcir la saison »" in message


def test_an_unknown_locator_comes_with_its_nearest(small_sources: SmallSources) -> None:
    issues = corrected(small_sources, {"Colonne visée": "Objectifs du contrat"}, {"Feuille": "Contrats"}).issues.frame()

    assert issues["message"].str.contains("Vouliez-vous dire « ").tolist() == [True, True]


def test_a_cell_is_corrected_once(small_sources: SmallSources) -> None:
    read = corrected(small_sources, {}, {"Ligne visée": "2", "Valeur corrigée": "Autre chose"})

    (place,) = said_of(read.issues.frame(), "ligne-doublee")
    assert place[:3] == ("corrections.csv", "corrections", cell_of("corrections", "Ligne visée", 3))
    assert objective(read) == "Allonger la saison d’été"


def test_cells_are_filled_and_emptied(small_sources: SmallSources) -> None:
    read = corrected(
        small_sources,
        {"Colonne visée": "Statut", "Valeur attendue": "Signé", "Valeur corrigée": ""},
        {"Colonne visée": "Marque", "Valeur attendue": "", "Valeur corrigée": "Alpes ensemble"},
    )

    assert read.issues.frame().empty
    contract = read.sheets["Contrat"]
    assert contract.text.loc[:0, ["Statut", "Marque"]].to_numpy().tolist() == [["", "Alpes ensemble"]]
    assert contract.kind.loc[:0, ["Statut", "Marque"]].to_numpy().tolist() == [[CellKind.EMPTY, CellKind.TEXT]]


def test_the_corrected_value_is_what_is_checked_and_its_issue_says_so(small_sources: SmallSources) -> None:
    small_sources.put("contrats/alpes/Contrat", "Début", "peut-être")
    read = corrected(
        small_sources, {"Colonne visée": "Fin", "Valeur attendue": "2017", "Valeur corrigée": "31 février 2017"}
    )

    intake(read)

    issues = read.issues.frame()
    said = issues[issues["code"] == "date-illisible"].set_index("cell")["message"]
    corrected_cell, other_cell = (cell_of("contrats/alpes/Contrat", label) for label in ("Fin", "Début"))
    note = "Cette valeur vient d’une correction : corrections.csv, corrections, ligne 2."
    assert said[corrected_cell].endswith(note)
    assert "31 février 2017" in said[corrected_cell]
    assert "correction" not in said[other_cell]


def test_a_reference_list_is_corrected_before_it_serves(small_sources: SmallSources) -> None:
    small_sources.put("referentiels/nomenclatures", "Code", "ofre")
    (before,) = small_sources.grid("referentiels/nomenclatures")[1:2]
    small_sources.write_rows(
        "corrections",
        [
            OBJECTIVE
            | {
                "Fichier": "referentiels/nomenclatures.csv",
                "Feuille": "nomenclatures",
                "Ligne visée": "2",
                "Colonne visée": "Code",
                "Valeur attendue": "ofre",
                "Valeur corrigée": "offre",
            }
        ],
    )
    assert before[0] == "axe"

    read = read_sources(small_sources.root)
    intake(read)

    assert codes(read.issues.frame()) == []


def test_a_row_is_named_by_the_identifier_that_it_gets_when_its_cell_is_blank(small_sources: SmallSources) -> None:
    small_sources.write_rows(
        "corrections",
        [
            OBJECTIVE
            | {
                "Feuille": "Dénominations",
                "Ligne visée": "alpes-voyages-dans-les-alpes",
                "Colonne visée": "Remarque",
                "Valeur attendue": "",
                "Valeur corrigée": "Écrite ainsi une fois.",
            }
        ],
    )
    read = read_sources(small_sources.root)
    typed = intake(read)

    assert codes(read.issues.frame()) == []
    assert typed["Dénominations"].frame["remarque"].tolist() == ["Écrite ainsi une fois."]
    assert len(typed["corrections"].accepted()) == 1


@pytest.mark.parametrize(
    ("label", "native", "expected", "holds"),
    [
        ("Montant (€)", 1200.5, "1 200,50 €", True),
        ("Montant (€)", 1200.5, "1200.5", True),
        ("Montant (€)", 1200.5, "1200,4", False),
        ("Montant (€)", 1200.5, "", False),
        ("Début", pd.Timestamp("2014-12-16").to_pydatetime(), "16/12/2014", True),
        ("Début", pd.Timestamp("2014-12-16").to_pydatetime(), "2014-12-16", True),
        ("Début", pd.Timestamp("2014-12-16").to_pydatetime(), "16/11/2014", False),
        ("Début", pd.Timestamp("2014-12-16").to_pydatetime(), "un jour", False),
        ("Libellé", "2014-12-16", "16/12/2014", False),
    ],
)
def test_a_native_value_is_expected_as_people_read_it(
    small_sources: SmallSources, label: str, native: object, expected: str, holds: bool
) -> None:
    shutil.rmtree(small_sources.root / "contrats" / "bretagne")
    path = shutil.copy(REAL / "contrats" / "lyon.xlsx", small_sources.root / "contrats" / "bretagne.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Financements"]
    headers = {str(sheet.cell(1, column).value): column for column in range(1, sheet.max_column + 1)}
    sheet.cell(2, headers[label]).value = native
    book.save(path)

    read = corrected(
        small_sources,
        {
            "Fichier": "contrats/bretagne",
            "Feuille": "Financements",
            "Ligne visée": "2",
            "Colonne visée": label,
            "Valeur attendue": expected,
            "Valeur corrigée": "2 M€",
        },
    )

    assert codes(read.issues.frame()) == ([] if holds else ["correction-perimee"])
