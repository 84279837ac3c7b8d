"""What the pages of tables, releases, quality and about tell, from the release and from it alone."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pandas as pd
import pytest

from pipelines.curation.catalogue import CATALOGUE, FAMILIES
from pipelines.sheets.files import read_grids
from pipelines.site.changes import changes
from pipelines.site.dictionary import columns
from pipelines.site.model import SiteData
from pipelines.site.pages.about import FAMILY_TITLES
from pipelines.site.pages.tables import FAMILIES as TABLE_FAMILIES
from pipelines.site.snippets import snippets
from schemas.declaration import Family
from tests.site.conftest import FIRST, LAST
from tests.site.reading import read

ADDRESS = "https://example.org/contrats-de-destination"


def snippet(data: SiteData, language: str) -> str:
    found = snippets("actions", ADDRESS, columns(data.last, "actions"))
    return next(one.code for one in found if one.language == language)


def test_texts_are_pandas_texts_and_amounts_stay_exact(data: SiteData) -> None:
    actions = data.last.tables["actions"]
    assert isinstance(actions["intitule"].dtype, pd.StringDtype)
    assert str(actions["montant_eur"].dropna().iloc[0]) == "75000.00"


def test_a_table_shows_each_format_with_its_checksum(site: Path, data: SiteData) -> None:
    page = read(site / "donnees" / "actions" / "index.html")
    for form in ("csv", "parquet", "xlsx"):
        content = (data.last.folder / form / f"actions.{form}").read_bytes()
        assert hashlib.sha256(content).hexdigest() in page.text
        assert f"../../latest/{form}/actions.{form}" in page.targets
    assert "../../latest/schemas/actions.json" in page.targets


def test_the_dictionary_tells_every_column(data: SiteData) -> None:
    for name, frame in data.last.tables.items():
        assert [entry.name for entry in columns(data.last, name)] == list(frame.columns)
    found = {entry.name: entry for entry in columns(data.last, "actions")}
    assert found["action_id"].key and found["action_id"].required
    assert found["contrat_id"].table == "contrats"
    assert found["montant_eur"].share == pytest.approx(1 / 3)
    assert {code for code, _ in found["axe_code"].codes} == {"offre", "promotion"}


@pytest.mark.parametrize(("language", "up"), [("", "../../"), ("en/", "../../../")])
def test_the_preview_is_told_where_the_files_are(site: Path, language: str, up: str) -> None:
    page = read(site / f"{language}donnees/actions/index.html")
    [mount] = [said for said in page.all("div") if "data-apercu" in said]
    assert mount["data-parquet"] == f"{up}latest/parquet/actions.parquet"
    assert mount["data-csv"] == f"{up}latest/csv/actions.csv"


def test_the_python_snippet_runs_on_the_file_of_its_address(data: SiteData, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(data.last.folder)
    known: dict[str, Any] = {}
    exec(snippet(data, "python").replace(ADDRESS, str(tmp_path)), known)  # noqa: S102  (our own text)
    assert len(known["actions"]) == len(data.last.tables["actions"])


def test_the_sql_snippet_runs_on_the_file_of_its_address(data: SiteData) -> None:
    query = snippet(data, "sql").partition("\n\n")[2].replace(f"{ADDRESS}/latest", str(data.last.folder))
    assert len(duckdb.connect().execute(query).fetchall()) == len(data.last.tables["actions"])


def test_other_snippets_type_every_column_that_is_not_a_text(data: SiteData) -> None:
    typed = [entry.name for entry in columns(data.last, "actions") if entry.type not in ("string", "uri")]
    for language in ("r", "m"):
        assert typed and all(name in snippet(data, language) for name in typed)


def test_the_history_of_a_table_follows_its_releases(site: Path, data: SiteData) -> None:
    text = " ".join(read(site / "donnees" / "contrats" / "index.html").text.rpartition("Histoire")[2].split())
    marks = [text.index(mark) for mark in (str(LAST), "1 modifiée", str(FIRST), "première version")]
    assert marks == sorted(marks)
    found = changes(data.current)
    assert found is not None and found.previous == str(FIRST)
    assert {table.table for table in found.touched} >= {"contrats", "divergences"}


def test_a_release_shows_its_journal_and_where_its_files_are(site: Path, data: SiteData) -> None:
    page = read(site / "en" / "versions" / str(LAST) / "index.html")
    assert f"{ADDRESS}/releases/{LAST}/" in page.text
    assert (3, f"Ce qui change depuis la version {FIRST}") in page.headings and page.all("div", lang="fr")
    assert f"../../../releases/{LAST}/diff.html" in page.targets
    assert {f"../../../releases/{LAST}/{quote(file.path)}" for file in data.current.files} <= page.targets
    assert f"../{LAST}/" in read(site / "versions" / str(FIRST) / "index.html").targets


def test_every_family_of_tables_and_rules_has_its_words() -> None:
    assert set(TABLE_FAMILIES) == set(Family)
    assert set(FAMILY_TITLES) == {family.name for family in FAMILIES}


def test_every_rule_can_be_linked_to(site: Path) -> None:
    assert set(CATALOGUE) <= set(read(site / "a-propos" / "regles" / "index.html").ids)


def test_quality_is_that_of_the_release(site: Path, data: SiteData) -> None:
    page = read(site / "qualite" / "index.html")
    found = data.last.quality["constats"]["par_code"]
    assert found and {f"../a-propos/regles/#{one['code']}" for one in found} <= page.targets
    assert str(data.last.quality["divergences"]["points"]) in page.text


def test_the_dataset_can_be_cited(site: Path) -> None:
    page = read(site / "a-propos" / "index.html")
    assert f"Version {LAST}. Licence Ouverte 2.0. {ADDRESS}/releases/{LAST}/" in page.text
    assert "@misc{contrats-de-destination-2026-11-15," in page.text
    lines = (site / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    said = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines)}
    assert (said["type"], said["version"], said["license"]) == ("dataset", str(LAST), "etalab-2.0")


def test_blank_workbooks_are_those_of_the_project(site: Path) -> None:
    for name in ("modele-de-contrat.xlsx", "modele-de-contrat.ods"):
        assert {"Contrat", "Actions"} <= {grid.sheet for grid in read_grids(site / "modeles" / name)}


def test_search_engines_are_told_of_the_dataset_and_of_tables(site: Path) -> None:
    for name in ("index.html", "en/donnees/actions/index.html"):
        page = read(site / name)
        told = [json.loads(text) for said, text in page.scripts if said.get("type") == "application/ld+json"]
        assert (told[1]["@type"], told[1]["version"]) == ("Dataset", str(LAST))
        assert told[0]["url"] == page.all("link", rel="canonical")[0]["href"]
