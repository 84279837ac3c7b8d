"""Doubts: each is a warning at its cell, and a Remarque answers it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines.job import run
from pipelines.normalise.likeness import lookalikes_reported
from pipelines.normalise.plausibility import report_doubts
from pipelines.normalise.resolve import resolve_rows
from tests.conftest import Row, SmallSources, cell_of, write_small_sources

REAL = Path(__file__).parents[2] / "sources"
ACTIONS, FINANCES, EVENTS = "contrats/alpes/Actions", "contrats/alpes/Financements", "contrats/alpes/Événements"
DOCUMENTS = "referentiels/sources"


def doubts(sources: SmallSources) -> pd.DataFrame:
    """What is said of the resolved rows of a folder."""
    workspace, _ = sources.keyed()
    resolve_rows(workspace)
    with lookalikes_reported(workspace):
        report_doubts(workspace)
    issues = workspace.log.frame()
    assert issues[issues["severity"] == "error"].empty
    return issues


def cells(issues: pd.DataFrame, code: str) -> list[str]:
    """The cells of a code's issues."""
    return issues.loc[issues["code"] == code, "cell"].tolist()


def at(issues: pd.DataFrame, row: int) -> list[tuple[str, str]]:
    """Codes and cells of the issues of one row of a workbook of « alpes »."""
    own = issues[(issues["row"] == row) & issues["file"].str.startswith("contrats/alpes")]
    return [(str(code), str(cell)) for code, cell in own[["code", "cell"]].itertuples(index=False)]


def action(title: str, **others: str) -> Row:
    """An action of the contract « alpes » (2015 to 2017, signed in December 2014)."""
    return {"Intitulé": title, "Axe": "offre", "Origine de l’axe": "source", "Sources": "ALP3"} | others


def financing(label: str, **others: str) -> Row:
    """A financing of the contract « alpes »."""
    return {"Libellé": label, "Nature": "budget", "Base": "total", "Sources": "ALP3"} | others


def add_terms(sources: SmallSources, vocabulary: str, *codes: str) -> None:
    """Adds terms to a vocabulary of the small sources."""
    for code in codes:
        sources.add(
            "referentiels/nomenclatures",
            {
                "Nomenclature": vocabulary,
                "Code": code,
                "Libellé": code,
                "Libellé anglais": code,
                "Définition": "Un terme.",
            },
        )


# --- Dates ---------------------------------------------------------------------------------------------------------

TITLES = (
    "Refuges",
    "Navettes",
    "Belvédères",
    "Musées",
    "Cascades",
    "Glaciers",
    "Bergeries",
    "Fromages",
    "Ponts",
    "Lacs",
)
LIVES = [
    ({"Début": "2016", "Fin": "2017"}, None),
    ({"Début": "2012"}, None),
    ({"Début": "2012", "Fin": "2013"}, None),
    ({"Début": "2010", "Fin": "2016"}, None),
    ({"Début": "12/2011", "Fin": "13/12/2012"}, "Fin"),
    ({"Fin": "2005"}, "Fin"),
    ({"Fin": "2030"}, "Fin"),
    ({"Début": "31/12/2019"}, None),
    ({"Début": "1/1/2020"}, "Début"),
    ({"Début": "2105", "Remarque": "Prolongée par la Région."}, None),
]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, list[int]]:
    """An action for each of `LIVES`: the issues, and their rows."""
    sources = write_small_sources(tmp_path_factory.mktemp("lives"))
    rows = [sources.add(ACTIONS, action(title, **dates)) for title, (dates, _) in zip(TITLES, LIVES, strict=True)]
    return doubts(sources), rows


@pytest.mark.parametrize("number", range(len(LIVES)), ids=[str(dates) for dates, _ in LIVES])
def test_an_action_far_from_its_contracts_life(lived: tuple[pd.DataFrame, list[int]], number: int) -> None:
    issues, rows = lived
    label = LIVES[number][1]
    own = issues[issues["file"].str.contains("Actions") | (issues["sheet"] == "Actions")]

    expected = [] if label is None else [("hors-contrat", cell_of(ACTIONS, label, rows[number]))]
    assert at(own, rows[number]) == expected


def test_a_date_far_from_a_contract_is_told_with_the_contracts_life(lived: tuple[pd.DataFrame, list[int]]) -> None:
    told = lived[0][lived[0]["code"] == "hors-contrat"]

    assert set(told["severity"]) == {"warning"}
    assert told["message"].str.contains("du 16/12/2014 au 31/12/2017", regex=False).all()


def test_an_event_lasts_a_day_and_a_founding_may_be_old(small_sources: SmallSources) -> None:
    add_terms(small_sources, "type_evenement", "creation")
    for kind, date in (("journee", "1985"), ("creation", "1986"), ("journee", "2013"), ("journee", "2026")):
        small_sources.add(EVENTS, {"Type": kind, "Intitulé": f"Fête {date}", "Début": date, "Sources": "ALP3"})

    assert cells(doubts(small_sources), "hors-contrat") == [cell_of(EVENTS, "Début", row) for row in (3, 6)]


def test_a_contract_without_dates_raises_no_doubt(small_sources: SmallSources) -> None:
    small_sources.write_rows("contrats/bretagne/Actions", [action("Phares", Début="1920", Fin="1930")])

    assert cells(doubts(small_sources), "hors-contrat") == []


def test_a_document_is_published_before_it_is_read_as_far_as_dates_tell(small_sources: SmallSources) -> None:
    read = {"11/03/2016": True, "12/03/2016": False, "03/2016": False, "2016": False, "02/2016": True, "2015": True}
    document = {"Titre": "Note", "Type": "presse", "Fiabilité": "primaire", "Date de publication": "12/03/2016"}
    rows = [
        small_sources.add(DOCUMENTS, document | {"Identifiant": f"NOTE{number}", "Date de consultation": date})
        for number, date in enumerate([*read, ""])
    ]

    late = [cell_of(DOCUMENTS, "Date de publication", row) for row, doubtful in zip(rows, read.values()) if doubtful]  # noqa: B905
    assert cells(doubts(small_sources), "dates-en-desordre") == late


def test_a_contract_is_signed_before_it_ends(small_sources: SmallSources) -> None:
    cell = small_sources.put("contrats/alpes/Contrat", "Date de signature", "16/12/2018")

    assert cells(doubts(small_sources), "dates-en-desordre") == [cell]


# --- Amounts -------------------------------------------------------------------------------------------------------


def test_an_amount_out_of_proportion_with_its_like(small_sources: SmallSources) -> None:
    small_sources.put(ACTIONS, "Montant (€)", "")
    amounts = ["40 000", "40 000", "40 000", "40 000", "40 000", "3,9 M€", "4,1 M€", "41", "39", "0", "2 Md€"]
    rows = [
        small_sources.add(ACTIONS, action(f"Sentier {number}", **{"Montant (€)": amount}))
        for number, amount in enumerate(amounts)
    ]

    issues = doubts(small_sources)

    far = [cell_of(ACTIONS, "Montant (€)", rows[amounts.index(amount)]) for amount in ("4,1 M€", "39", "2 Md€")]
    assert cells(issues, "montant-disproportionne") == sorted(far)
    said = issues.loc[issues["code"] == "montant-disproportionne", "message"]
    assert "la médiane des montants de même nature (40\u00a0000 €)" in said.iloc[0]


def test_few_amounts_have_no_median_and_natures_are_not_mixed(small_sources: SmallSources) -> None:
    small_sources.put(FINANCES, "Montant (€)", "30 k€")
    small_sources.add(ACTIONS, action("Refuge", **{"Montant (€)": "990 M€"}))
    for number in range(6):
        small_sources.add(FINANCES, financing(f"Fonds {number}", **{"Montant (€)": "30 k€"}))
    small_sources.add(FINANCES, financing("Don", Nature="apport", **{"Montant (€)": "9 M€"}))

    assert cells(doubts(small_sources), "montant-disproportionne") == []


ABOVE, OTHER = "parties-superieures", "total-different"
PARTS: list[tuple[Row, list[Row], str | None]] = [
    ({}, [{"Montant (€)": "60 k€"}, {"Montant (€)": "40 k€"}], None),
    ({}, [{"Montant (€)": "60 k€"}, {"Montant (€)": "30 k€"}], None),
    ({}, [{"Montant (€)": "60 k€"}, {"Montant (€)": "50 k€"}], ABOVE),
    ({}, [{"Montant (€)": "100 900"}], None),
    ({}, [{"Montant (€)": "108 k€"}], ABOVE),
    ({}, [{"Montant (€)": "108 k€", "Qualificatif": "environ"}], None),
    ({"Qualificatif": "environ"}, [{"Montant (€)": "108 k€"}], None),
    ({"Qualificatif": "plus_de"}, [{"Montant (€)": "200 k€"}], None),
    ({}, [{"Montant (€)": "200 k€", "Qualificatif": "plafond"}], None),
    ({}, [{"Montant (€)": "200 k€", "Base": "par_an"}], ABOVE),
    ({}, [{"Montant (€)": "60 k€", "Base": "par_an"}, {"Montant (€)": "60 k€"}], None),
    ({"Base": "par_an"}, [{"Montant (€)": "300 k€"}], None),
    (
        {"Base": "par_an"},
        [
            {"Montant (€)": "90 k€", "Base": "par_an", "Début": "2015"},
            {"Montant (€)": "90 k€", "Base": "par_an", "Début": "2016"},
        ],
        None,
    ),
    ({"Montant (€)": ""}, [{"Montant (€)": "300 k€"}], None),
    ({}, [{"Part (%)": "60"}, {"Part (%)": "40"}], None),
    ({}, [{"Part (%)": "60"}, {"Part (%)": "50"}], ABOVE),
    ({}, [{"Part (%)": "60", "Montant (€)": "60 k€"}, {"Part (%)": "40", "Montant (€)": "30 k€"}], OTHER),
    ({}, [{"Part (%)": "60", "Montant (€)": "60 k€"}, {"Part (%)": "40"}], None),
    ({}, [{"Part (%)": "60", "Montant (€)": "60 k€"}, {"Part (%)": "20", "Montant (€)": "20 k€"}], None),
    ({"Remarque": "La source compte deux fois."}, [{"Montant (€)": "300 k€"}], None),
]


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, list[int]]:
    """A whole and its parts for each of `PARTS`: the issues, and the rows of the wholes."""
    sources = write_small_sources(tmp_path_factory.mktemp("parts"))
    add_terms(sources, "qualificatif", "plus_de", "plafond")
    grid, rows = sources.grid(FINANCES), []
    header = grid[0]
    for number, (whole, parts, _) in enumerate(PARTS):
        rows.append(len(grid) + 1)
        total = financing(f"Budget {number}", Identifiant=f"budget-{number}", **{"Montant (€)": "100 k€"}) | whole
        shares = [
            financing(f"Apport {number} {rank}", Nature="apport", **{"Inclus dans": f"budget-{number}"}) | part
            for rank, part in enumerate(parts)
        ]
        grid += [[row.get(label, "") for label in header] for row in (total, *shares)]
    sources.write(FINANCES, grid)
    return doubts(sources), rows


@pytest.mark.parametrize("number", range(len(PARTS)))
def test_parts_and_their_whole(divided: tuple[pd.DataFrame, list[int]], number: int) -> None:
    issues, rows = divided
    own = issues[(issues["sheet"] == "Financements") & issues["code"].isin([ABOVE, OTHER])]
    code = PARTS[number][2]

    expected = [] if code is None else [(code, cell_of(FINANCES, "Montant (€)", rows[number]))]
    assert at(own, rows[number]) == expected
    assert len(own) == sum(code is not None for *_, code in PARTS)


# --- Likeness ------------------------------------------------------------------------------------------------------

LIKES: list[tuple[str, str, Row, bool]] = [
    ("Paniers de services aux touristes", "Paniers de service aux touristes", {}, True),
    ("Cartes des sentiers de montagne", "Sentiers de montagne des cartes", {}, True),
    ("Navettes vers les refuges", "navettes vers les REFUGES", {}, True),
    ("Guide des fromages 1", "Guide des fromages 2", {}, False),
    ("Musée des glaciers", "Observatoire des tempêtes", {}, False),
    ("Location de raquettes à neige", "Location de raquette à neige", {"Axe": "promotion"}, False),
    ("Concours de photographie alpine", "Concours de photographies alpines", {"Début": "2016"}, True),
    ("Fête de la transhumance", "Fêtes de la transhumance", {"Remarque": "Deux vallées, deux fêtes."}, False),
]


@pytest.fixture(scope="module")
def likened(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, list[int]]:
    """Two actions for each of `LIKES`: the issues, and the rows of the first ones."""
    sources = write_small_sources(tmp_path_factory.mktemp("likes"))
    rows = []
    for one, other, cells_of_other, _ in LIKES:
        rows.append(sources.add(ACTIONS, action(one)))
        sources.add(ACTIONS, action(other, **cells_of_other))
    return doubts(sources), rows


@pytest.mark.parametrize("number", range(len(LIKES)), ids=[other for _, other, _, _ in LIKES])
def test_a_row_that_looks_like_another_is_told_with_its_score(
    likened: tuple[pd.DataFrame, list[int]], number: int
) -> None:
    issues, rows = likened
    own = issues[(issues["code"] == "ligne-ressemblante") & issues["row"].isin([rows[number], rows[number] + 1])]

    expected = [cell_of(ACTIONS, "Intitulé", rows[number] + 1)] if LIKES[number][3] else []
    assert own["cell"].tolist() == expected
    for message in own["message"]:
        assert f"contrats/alpes, Actions, ligne {rows[number]} (ressemblance " in message


def test_rows_of_two_contracts_and_spellings_are_not_compared(small_sources: SmallSources) -> None:
    small_sources.write_rows("contrats/bretagne/Actions", [action("Paniers de service", Axe="promotion")])
    small_sources.add(
        "contrats/alpes/Dénominations",
        {"Dénomination": "Voyage dans les Alpes", "Type": "officielle", "Sources": "ALP3"},
    )

    assert cells(doubts(small_sources), "ligne-ressemblante") == []


def test_a_crowded_contract_is_compared_by_runs(small_sources: SmallSources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.normalise.likeness.BLOCK", 3)
    titles = ["Abeilles", "Relais de bagages", "Bouquetins", "Chamois", "Relais des bagages", "Zones humides"]
    small_sources.write_rows("contrats/bretagne/Actions", [action(title) for title in titles])

    found = cells(doubts(small_sources), "ligne-ressemblante")

    assert found == [cell_of("contrats/bretagne/Actions", "Intitulé", 6)]


@pytest.mark.parametrize("many", [2, 64])
def test_the_size_of_runs_changes_nothing(
    small_sources: SmallSources, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("pipelines.normalise.likeness.MANY", many)
    titles = ["Abeilles", "Relais de bagages", "Bouquetins", "Chamois", "Relais des bagages", "Bouquetin"]
    small_sources.write_rows("contrats/bretagne/Actions", [action(title) for title in titles])

    found = cells(doubts(small_sources), "ligne-ressemblante")

    assert found == [cell_of("contrats/bretagne/Actions", "Intitulé", row) for row in (6, 7)]


@pytest.mark.parametrize(("number", "told"), [(0, False), (1, False), (2, True)])
def test_a_row_refused_after_the_comparison_is_like_no_other(
    small_sources: SmallSources, number: int, told: bool
) -> None:
    rows = [action(title) for title in ("Relais de bagages", "Relais des bagages", "Abeilles")]
    rows[number] |= {"Marchés cibles": "Atlantide"}
    small_sources.write_rows("contrats/bretagne/Actions", rows)

    issues = run(small_sources.root).issues

    assert "code-inconnu" in set(issues["code"])
    expected = [cell_of("contrats/bretagne/Actions", "Intitulé", 3)] if told else []
    assert cells(issues, "ligne-ressemblante") == expected


def test_the_real_sheets_raise_no_doubt_and_no_error() -> None:
    assert set(run(REAL).issues["severity"]) <= {"info"}
