"""« Sources » cells → citations of the row, of a column, of the rows that a cell makes."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from pipelines.job import Outcome
from pipelines.normalise import traces
from pipelines.normalise.children import all_children
from pipelines.normalise.citations import STATED, all_citations, column_of, of_partners, places_of, stated
from pipelines.normalise.rows import Workspace
from schemas.declaration import SourcesCell
from schemas.registry import sheets, tables
from tests.conftest import SmallSources, cell_of, write_small_sources


def cited(outcome: Outcome, table: str, row: str) -> set[tuple[str, str]]:
    """Column and source of every citation of a row."""
    found = outcome.tables["citations"]
    found = found[(found["table_code"] == table) & (found["ligne_id"] == row)]
    return set(zip(found["colonne"].fillna(""), found["source_id"], strict=True))


GRAMMAR: dict[str, list[tuple[str, str]]] = {
    "ALP3": [("", "alp3")],
    "alp3 ; Jdc2016": [("", "alp3"), ("", "jdc2016")],
    "ALP3;JDC2016;": [("", "alp3"), ("", "jdc2016")],
    "ALP3, JDC2016": [("", "alp3"), ("", "jdc2016")],
    "Début = ALP3": [("Début", "alp3")],
    "début=ALP3 ; BRE1": [("Début", "alp3"), ("", "bre1")],
    "ALP3 ; DEBUT = JDC2016, BRE1": [("", "alp3"), ("Début", "jdc2016"), ("Début", "bre1")],
    "Montant (€) = ALP3": [("Montant (€)", "alp3")],
    "Montant = ALP3 ; N° = BRE1": [("Montant (€)", "alp3"), ("Numéro", "bre1")],
    "Origine de l'axe = ALP3": [("Origine de l’axe", "alp3")],
    "Partenaires = ALP3": [("Partenaires", "alp3")],
    "Début =": [],
    " ; , ;": [],
    "": [],
}
MISTAKES = {
    "ALP3 ; ALP4": ("source-inconnue", "ALP4"),
    "Début = ALP4": ("source-inconnue", "ALP4"),
    "ALP3 JDC2016": ("source-inconnue", "ALP3 JDC2016"),
    "Debut de l’action = ALP3": ("colonne-citee-inconnue", "Debut de l’action"),
    "action_id = ALP3": ("colonne-citee-inconnue", "action_id"),
    "? = ALP3": ("colonne-citee-inconnue", "?"),
}
CELLS = [*GRAMMAR, *MISTAKES]


@dataclass(frozen=True)
class Heard:
    """What one sheet with all these cells states, the issues, the rows refused."""

    said: pd.DataFrame
    issues: pd.DataFrame
    refused: set[int]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    sources = write_small_sources(tmp_path_factory.mktemp("cite") / "sources")
    action = {"Axe": "offre", "Origine de l’axe": "source"}
    rows = [{**action, "Intitulé": f"Action {number}", "Sources": cell} for number, cell in enumerate(CELLS)]
    sources.write_rows("contrats/alpes/Actions", rows)
    workspace, known = sources.workspace()
    assert workspace.log.frame().empty
    item = sheets()["Actions"].field("Sources")
    assert isinstance(item, SourcesCell)
    said, _ = stated(workspace, workspace.rows["Actions"], item, known)
    return Heard(said, workspace.log.frame(), workspace.rows["Actions"].typed.refused)


@pytest.mark.parametrize("cell", GRAMMAR)
def test_grammar(cell: str, heard: Heard) -> None:
    row = CELLS.index(cell)
    assert list(heard.said.columns) == list(STATED)
    found = heard.said.loc[heard.said["row"] == row, ["label", "source_id"]]
    assert found.values.tolist() == [list(one) for one in GRAMMAR[cell]]
    assert row not in heard.refused
    assert not (heard.issues["row"] == row + 2).any()


@pytest.mark.parametrize("cell", MISTAKES)
def test_what_cannot_be_read(cell: str, heard: Heard) -> None:
    row = CELLS.index(cell)
    found = heard.issues[heard.issues["row"] == row + 2]
    at = cell_of("x/Actions", "Sources", row + 2)
    assert found[["code", "cell", "value"]].values.tolist() == [[MISTAKES[cell][0], at, MISTAKES[cell][1]]]
    assert row in heard.refused


def test_a_row_and_a_column_of_it(sound: Outcome) -> None:
    assert cited(sound, "actions", "alpes-fiches") == {
        ("", "jdc2016"),
        ("montant_eur", "alp3"),
        ("montant_eur", "bre1"),
    }
    assert ("objectif", "jdc2016") in cited(sound, "contrats", "alpes")
    assert cited(sound, "clauses", "duree") == {("", "alp3")}


def test_the_rows_of_a_cell_inherit(sound: Outcome) -> None:
    assert cited(sound, "actions_marches", "alpes-fiches-us") == {("", "jdc2016")}
    assert cited(sound, "actions_partenaires", "alpes-fiches-grande-traversee") == {("", "jdc2016")}
    assert cited(sound, "contrats_groupes", "alpes-occitanie-2022") == {("", "alp3")}


def test_the_rows_of_a_cell_have_their_own_sources(sound: Outcome) -> None:
    assert cited(sound, "contrats_thematiques", "alpes-itinerance") == {("", "bre1")}
    assert cited(sound, "contrats_thematiques", "alpes-montagne-ete") == {("", "bre1")}


def test_the_rows_of_a_cell_fall_back_on_the_sources_of_columns(small_sources: SmallSources) -> None:
    small_sources.put("contrats/alpes/Actions", "Sources", "Début = ALP3 ; Partenaires = BRE1")
    workspace, known = small_sources.keyed()
    found = all_citations(workspace, all_children(workspace, known), known)
    said: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for table, row, column, source in found.itertuples(index=False):
        said.setdefault((str(table), str(row)), set()).add((str(column), str(source)))
    assert said["actions_marches", "alpes-fiches-us"] == {("", "alp3"), ("", "bre1")}
    assert said["actions_partenaires", "alpes-fiches-grande-traversee"] == {("", "bre1")}
    assert said["actions", "alpes-fiches"] == {("date_debut", "alp3"), ("", "bre1")}
    assert workspace.log.frame().empty


def test_a_partner_is_cited_by_what_cites_it(sound: Outcome) -> None:
    assert cited(sound, "partenaires", "crt-bretagne") == {("", "bre1")}
    assert cited(sound, "partenaires", "atout-france") == {("", "jdc2016")}
    assert ("", "alp3") in cited(sound, "partenaires", "grande-traversee")


def test_operators_cite_partners_too() -> None:
    citations = pd.DataFrame(
        {"table_code": ["outils"], "ligne_id": ["guide"], "colonne": [""], "source_id": ["alp3"]}, dtype="str"
    )
    frames = {
        "outils": pd.DataFrame(
            {"outil_id": ["guide", "autre"], "exploitant_id": ["grande-traversee", None]}, dtype="str"
        )
    }
    found = of_partners(citations, places_of(citations, frames), frames)
    assert found[["table_code", "ligne_id", "source_id"]].values.tolist() == [
        ["partenaires", "grande-traversee", "alp3"]
    ]


def test_a_citation_is_kept_once_if_its_row_and_its_source_stand() -> None:
    rows = [
        ("actions", "a", "", "s"),
        ("actions", "a", "date_debut", "s"),
        ("actions", "a", "", "s"),
        ("actions", "perdue", "", "s"),
        ("actions", "a", "", "perdue"),
        ("outils", "a", "", "s"),
    ]
    said = pd.DataFrame(rows, columns=["table_code", "ligne_id", "colonne", "source_id"], dtype="str")
    standing = {"actions": ["a"], "outils": ["a"], "sources": ["s"]}
    built = {name: pd.DataFrame({tables()[name].key: keys}, dtype="str") for name, keys in standing.items()}
    found = traces.cited(said, built)
    assert found["citation_id"].tolist() == ["actions-a-date-debut-s", "actions-a-s", "outils-a-s"]
    assert found["colonne"].fillna("").tolist() == ["date_debut", "", ""]


def test_the_places_of_a_row_are_ranked_by_file_and_line() -> None:
    origin = pd.DataFrame({"file": list("bbaa"), "sheet": "S", "row": [10, 9, 3, 4], "sha256": list("2211")})
    keys = pd.DataFrame({"key": ["x", "x", "x", "x-2"]}, dtype="str")
    rows = SimpleNamespace(
        typed=SimpleNamespace(source=SimpleNamespace(origin=origin)), table=tables()["outils"], frame=keys, keys=keys
    )
    found = traces.provenance(cast("Workspace", SimpleNamespace(rows={"Outils": rows})), [])
    assert found[["provenance_id", "fichier", "ligne", "empreinte_sha256"]].values.tolist() == [
        ["outils-x-1", "a", 3, "1"],
        ["outils-x-2", "b", 9, "2"],
        ["outils-x-2-1", "a", 4, "1"],
        ["outils-x-3", "b", 10, "2"],
    ]


def test_every_fact_and_name_is_cited(sound: Outcome) -> None:
    citations = sound.tables["citations"]
    for name, table in tables().items():
        if table.family.value == "fact" or name in ("partenaires", "partenaires_denominations"):
            lines = set(citations.loc[citations["table_code"] == name, "ligne_id"])
            assert lines == set(sound.tables[name][table.key]), name


def test_every_row_that_is_typed_has_its_place(sound: Outcome) -> None:
    places = sound.tables["provenance"]
    for name, table in tables().items():
        if table.family.value in ("fact", "reference") and name != "nomenclatures":
            assert set(places.loc[places["table_code"] == name, "ligne_id"]) == set(sound.tables[name][table.key]), name
    one = places[places["ligne_id"] == "alpes-fiches-us"].iloc[0]
    assert (one["fichier"], one["feuille"], one["ligne"]) == ("contrats/alpes", "Actions", 2)
    assert len(one["empreinte_sha256"]) == 64


@pytest.mark.parametrize(
    ("sheet", "label", "column"),
    [
        ("Actions", "Montant (€)", "montant_eur"),
        ("Actions", "Marchés cibles", ""),
        ("Financements", "Financeur", "partenaire_id"),
        ("Indicateurs", "Zone", "zone_code"),
        ("Partenaires", "Nom", "partenaire_id"),
        ("Partenaires", "Sigle", ""),
        ("Contrat", "Inconnu", ""),
    ],
)
def test_the_column_that_a_label_stands_for(sheet: str, label: str, column: str) -> None:
    assert column_of(sheets()[sheet], label) == column
