"""Adding a table takes one file in ``schemas/tables``, and one in ``schemas/sheets`` where it is typed by hand."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import schemas.sheets
import schemas.tables
from pipelines import job
from pipelines.publish.description import load_description
from pipelines.publish.release import write_release
from pipelines.sheets.workbook import write_workbook
from schemas import registry

SOURCES = Path(__file__).resolve().parents[1] / "sources"

TABLE_FILE = '''
"""Opinions given on a contract."""

from schemas.columns import CONTRAT_ID_REQUIS, DATE_DEBUT, PARTENAIRE_ID, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="avis",
    order=175,
    family=Family.FACT,
    title=Bilingual("Avis", "Opinions"),
    description=Bilingual("Les avis rendus sur un contrat.", "Opinions given on a contract."),
    key="avis_id",
    natural_key=("contrat_id", "texte"),
    columns=(
        key("avis_id", ("de l’avis", "Opinion"), "alpes-avis-1"),
        CONTRAT_ID_REQUIS,
        column(Kind.TEXT, "texte", ("Texte", "Text"), ("Ce qu’il dit.", "What it says."), "Favorable", required=True),
        column(Kind.DECIMAL, "note", ("Note", "Mark"), ("Note sur dix.", "Out of ten."), "7.5", minimum=0, maximum=10),
        PARTENAIRE_ID,
        DATE_DEBUT,
        REMARQUE,
    ),
)
'''
SHEET_FILE = '''
"""Sheet « Avis »."""

from schemas.columns import DATE_DEBUT, REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.avis import TABLE

SHEET = Sheet(
    name="Avis",
    order=105,
    place="classeur",
    table="avis",
    national=False,
    fields=(
        cell(TABLE["avis_id"]),
        cell(TABLE["texte"]),
        cell(TABLE["note"]),
        cell(TABLE["partenaire_id"]),
        cell(DATE_DEBUT),
        SourcesCell(label="Sources"),
        cell(REMARQUE),
    ),
)
'''


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two files, in folders that the packages also look into."""
    import sys

    for package, content in ((schemas.tables, TABLE_FILE), (schemas.sheets, SHEET_FILE)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "avis.py").write_text(content, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    registry.forget()
    yield
    monkeypatch.undo()
    for module in ("schemas.tables.avis", "schemas.sheets.avis"):
        sys.modules.pop(module, None)
    registry.forget()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The real reference lists, and one contract typed as CSV sheets, with the new sheet."""
    root = tmp_path / "feuilles"
    shutil.copytree(SOURCES / "referentiels", root / "referentiels")
    (root / "referentiels" / "identifiants.csv").write_text("Table,Clé naturelle,Identifiant\n", encoding="utf-8")
    for name in ("partenaires_denominations.csv",):
        path = root / "referentiels" / name
        frame = pd.read_csv(path, dtype="str", keep_default_na=False)
        frame[frame["Contrat"] == ""].to_csv(path, index=False)
    folder = root / "contrats" / "alpes"
    folder.mkdir(parents=True)
    contract = registry.sheets()["Contrat"]
    values = {"Identifiant": "alpes", "Nom": "Voyage dans les Alpes", "Génération": "vague_1", "Sources": "ALP3"}
    row = {item.label: values.get(item.label, "") for item in contract.fields}
    pd.DataFrame([row]).to_csv(folder / "Contrat.csv", index=False)
    pd.DataFrame(
        {
            "Identifiant": ["", "alpes-avis-2"],
            "Texte": ["Favorable", "Réservé"],
            "Note": ["7,5", "4"],
            "Partenaire": ["Atout France", ""],
            "Début": ["16 décembre 2014", "2015"],
            "Sources": ["ALP3", "ALP3 ; Note = JDC2016"],
            "Remarque": ["", ""],
        }
    ).to_csv(folder / "Avis.csv", index=False)
    return root


@pytest.mark.usefixtures("declared")
def test_a_new_table_goes_all_the_way(sources: Path, tmp_path: Path) -> None:
    outcome = job.run(sources)
    assert not outcome.refused, outcome.issues.head().to_dict("records")
    avis = outcome.tables["avis"]
    assert avis["avis_id"].tolist() == ["alpes-avis-2", "alpes-favorable"]
    assert avis["partenaire_id"].tolist()[1] == "atout-france"
    cited = outcome.tables["citations"].query("table_code == 'avis'")
    assert set(zip(cited["ligne_id"], cited["colonne"].fillna(""), cited["source_id"], strict=True)) == {
        ("alpes-favorable", "", "alp3"),
        ("alpes-avis-2", "", "alp3"),
        ("alpes-avis-2", "note", "jdc2016"),
    }
    assert (outcome.tables["provenance"]["table_code"] == "avis").sum() == 2
    codes = job.codes_of(outcome.tables["nomenclatures"])
    description = load_description(SOURCES / "jeu_de_donnees.toml")
    made = write_release(
        outcome.tables, outcome.issues, description, codes, tmp_path / "sorties", dt.date(2026, 1, 1), sources
    )
    assert (made.path / "csv" / "avis.csv").read_text(encoding="utf-8").count("\n") == 3
    assert len(pd.read_parquet(made.path / "parquet" / "avis.parquet")) == 2
    assert "avis" in openpyxl.load_workbook(made.path / "contrats-de-destination.xlsx", read_only=True).sheetnames
    schema = json.loads((made.path / "schemas" / "avis.json").read_text(encoding="utf-8"))
    assert [field["name"] for field in schema["fields"]][:3] == ["avis_id", "contrat_id", "texte"]
    package = json.loads((made.path / "datapackage.json").read_text(encoding="utf-8"))
    assert "avis" in {resource["name"] for resource in package["resources"]}
    assert "Note sur dix" in (made.path / "dictionnaire.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("declared")
def test_a_new_table_is_in_the_template_and_in_dagster(tmp_path: Path) -> None:
    import dagster as dg

    from pipelines.orchestration.tables import check_specs, make_tables

    write_workbook(tmp_path / "modele.xlsx", {}, {})
    assert "Avis" in openpyxl.load_workbook(tmp_path / "modele.xlsx").sheetnames
    key = dg.AssetKey(["tables", "avis"])
    assert key in make_tables().keys
    assert {spec.blocking for spec in check_specs(registry.tables()["avis"])} == {True, False}


@pytest.mark.usefixtures("declared")
def test_a_mistake_in_a_new_sheet_is_located(sources: Path) -> None:
    path = sources / "contrats" / "alpes" / "Avis.csv"
    path.write_text(path.read_text(encoding="utf-8").replace('"7,5"', "12"), encoding="utf-8")
    issues = job.run(sources).issues
    wrong = issues[issues["severity"] == "error"]
    assert wrong[["code", "sheet", "cell"]].to_numpy().tolist() == [["hors-bornes", "Avis", "C2"]]
