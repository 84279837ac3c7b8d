"""The quality report: each figure counted on a small dataset, and the form that its documentation promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from pipelines.curation.issues import COLUMNS, IssueLog, place
from pipelines.job import Outcome
from pipelines.publish.describing.quality import quality
from pipelines.publish.tables_arrow import all_to_arrow
from schemas.declaration import Family
from schemas.registry import tables as declared_tables
from tests.conftest import SmallSources
from tests.publish.metadata_folder import RELEASE
from tests.publish.publish_dataset import DECLARED, frames

Said = dict[str, Any]
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = Draft202012Validator(json.loads((DOCS / "qualite.schema.json").read_text(encoding="utf-8")))


def report(tables: dict[str, pd.DataFrame], issues: pd.DataFrame) -> Said:
    declared = declared_tables()
    said: Said = json.loads(json.dumps(quality(all_to_arrow(tables, declared), declared, issues, RELEASE)))
    SCHEMA.validate(said)
    return said


@pytest.fixture(scope="module")
def said(sound: Outcome) -> Said:
    return report(sound.tables, sound.issues)


def test_completeness_counts_every_row_of_every_column(said: Said, sound: Outcome) -> None:
    for name, table in declared_tables().items():
        found, rows = said["completude"][name], sound.tables[name]
        assert (found["lignes"], found["famille"]) == (len(rows), table.family.value)
        assert {column: part["nombre"] for column, part in found["colonnes"].items()} == rows.count().to_dict()
        assert {part["sur"] for part in found["colonnes"].values()} == {len(rows)}
        assert found["cellules"]["sur"] == rows.size
    contracts = said["completude"]["contrats"]["colonnes"]
    assert contracts["objectif"] == {"nombre": 1, "sur": 2, "part": 0.5, "obligatoire": False}
    assert said["completude"]["corrections"]["cellules"] == {"nombre": 0, "sur": 0, "part": None}


def test_sources_are_counted_once_a_row_whatever_the_column(said: Said) -> None:
    counted = said["sources_par_ligne"]["tables"]
    # Alpes: ALP3 for the row, JDC2016 and BRE1 for columns; Bretagne: BRE1.
    assert counted["contrats"] == {
        "lignes": 2,
        "sans_source": 0,
        "une_source": 1,
        "deux_sources_ou_plus": {"nombre": 1, "sur": 2, "part": 0.5},
    }
    facts = {name for name, table in declared_tables().items() if table.family is Family.FACT}
    assert facts <= set(counted) <= facts | {"partenaires", "partenaires_denominations"}
    parts = [table["deux_sources_ou_plus"] for table in counted.values()]
    whole = said["sources_par_ligne"]["ensemble"]
    assert (whole["nombre"], whole["sur"]) == (sum(p["nombre"] for p in parts), sum(p["sur"] for p in parts))


def test_filing_by_hand_is_told_from_filing_by_the_source(said: Said) -> None:
    assert said["classements"] == {
        "actions.axe_origine_code": {
            "classement": {"nombre": 2, "sur": 3, "part": 0.6667},
            "source": {"nombre": 1, "sur": 3, "part": 0.3333},
        },
        "partenaires.categorie_code": {"classement": {"nombre": 4, "sur": 4, "part": 1.0}},
    }


def test_divergences_and_unused_sources(said: Said) -> None:
    assert said["divergences"] == {
        "points": 1,
        "tranches": {"nombre": 1, "sur": 1, "part": 1.0},
        "sans_table": 0,
        "tables": {"contrats": {"points": 1, "lignes": {"nombre": 1, "sur": 2, "part": 0.5}}},
    }
    assert said["sources_sans_citation"] == {"nombre": 0, "sur": 3, "part": 0.0, "identifiants": []}
    assert said["quarantaine"]["lignes_refusees"]["nombre"] == 0


def test_a_source_that_nothing_names_is_named(sound: Outcome) -> None:
    citations, versions = (sound.tables[name] for name in ("citations", "divergences_valeurs"))
    kept = {
        "citations": citations[citations["source_id"] != "bre1"],
        "divergences_valeurs": versions[versions["source_id"] != "bre1"],
    }
    found = report(sound.tables | kept, sound.issues)
    assert found["sources_sans_citation"]["identifiants"] == ["bre1"]
    assert found["sources_par_ligne"]["tables"]["contrats"]["sans_source"] == 1
    only_quoted = report(sound.tables | {"citations": kept["citations"]}, sound.issues)
    assert only_quoted["sources_sans_citation"]["identifiants"] == []


def test_quarantined_rows_are_counted_out_of_the_rows_read(small_sources: SmallSources) -> None:
    before = small_sources.run().tables["provenance"][["fichier", "feuille", "ligne"]].drop_duplicates()
    small_sources.put("contrats/alpes/Outils", "Type", "inconnu")
    outcome = small_sources.run()
    found = report(outcome.tables, outcome.issues)
    read = len(before)
    assert found["quarantaine"] == {
        "lignes_refusees": {"nombre": 1, "sur": read, "part": round(1 / read, 4)},
        "lignes_entrainees": {"nombre": 3, "sur": read, "part": round(3 / read, 4)},
        "feuilles_ou_fichiers_refuses": 0,
    }
    assert {"code": "code-inconnu", "gravite": "error", "nombre": 1} in found["constats"]["par_code"]
    assert found["constats"]["par_gravite"]["error"] == 1


def test_a_refused_file_is_not_counted_as_rows(sound: Outcome) -> None:
    log = IssueLog()
    log.add("fichier-illisible", place("contrats/x.xlsx"))
    log.add("date-illisible", pd.concat([place("contrats/a.xlsx", "Contrat", cell, 3) for cell in ("D3", "E3")]))
    found = report(sound.tables, log.frame())
    assert found["quarantaine"]["feuilles_ou_fichiers_refuses"] == 1
    assert found["quarantaine"]["lignes_refusees"]["nombre"] == 1
    assert found["constats"]["nombre"] == 3


def test_a_dataset_without_citations_or_divergences_has_a_report_all_the_same() -> None:
    issues = pd.DataFrame({column: pd.Series(dtype="int64" if column == "row" else "str") for column in COLUMNS})
    said = quality(all_to_arrow(frames(), DECLARED), DECLARED, issues, RELEASE)
    SCHEMA.validate(said)
    assert said["sources_sans_citation"] == {
        "nombre": 2,
        "sur": 2,
        "part": 1.0,
        "identifiants": ["s-1", "s-2"],
    }


def test_the_order_of_rows_changes_nothing(said: Said, sound: Outcome) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in sound.tables.items()}
    assert report(shuffled, sound.issues.sample(frac=1, random_state=1)) == said


def test_the_schema_refuses_what_it_does_not_describe(said: Said) -> None:
    assert not SCHEMA.is_valid(said | {"note": 18})
    assert not SCHEMA.is_valid({name: part for name, part in said.items() if name != "constats"})
    assert not SCHEMA.is_valid(said | {"sources_sans_citation": {"nombre": 1, "sur": 2, "part": 1.5}})


def test_every_part_is_documented(said: Said) -> None:
    page = (DOCS / "qualite.md").read_text(encoding="utf-8")
    parts = set(said) - {"version", "date", "version_du_modele"}
    assert all(f"(`{part}`)" in page for part in parts)
