"""Every fact stands in the published tables, and every published fact comes from one: followed both ways."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines.text import fold
from schemas.registry import tables as declared
from tests.publication.conftest import FACTS

REPRISE = FACTS.parent / "reprise.csv"
FILES = sorted(path.relative_to(FACTS).as_posix() for path in FACTS.rglob("*.csv"))
FACT_TABLES = sorted(
    {
        "actions", "actions_marches", "actions_partenaires", "clauses", "contrats", "contrats_denominations",
        "contrats_groupes", "contrats_partenaires", "contrats_territoires", "contrats_thematiques", "divergences",
        "divergences_valeurs", "evenements", "evenements_participants", "financements", "gouvernance", "indicateurs",
        "outils", "partenaires", "sources",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def reprise() -> pd.DataFrame:
    return pd.read_csv(REPRISE, dtype={"fichier": "str", "table_code": "str", "ligne_id": "str"})


def facts(name: str) -> pd.DataFrame:
    return pd.read_csv(FACTS / name, dtype="str", keep_default_na=False)


def both(name: str) -> pd.DataFrame:
    """The rows of the two collections of one kind of facts."""
    return pd.concat([facts(name), facts(f"complement/{name}")], ignore_index=True)


@pytest.mark.parametrize("name", FILES)
def test_every_fact_has_its_rows(name: str, reprise: pd.DataFrame) -> None:
    mapped = set(reprise.loc[reprise["fichier"] == name, "ligne"])
    assert set(range(1, len(facts(name)) + 1)) == mapped


def test_every_mapped_row_is_published(reprise: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> None:
    for table, lines in reprise.groupby("table_code"):
        frame = tables[str(table)]
        assert set(lines["ligne_id"]) <= set(frame[declared()[str(table)].key]), table


@pytest.mark.parametrize("table", FACT_TABLES)
def test_every_published_fact_comes_from_a_fact(
    table: str, reprise: pd.DataFrame, tables: dict[str, pd.DataFrame]
) -> None:
    reached = set(reprise.loc[reprise["table_code"] == table, "ligne_id"])
    assert set(tables[table][declared()[table].key]) == reached


def test_counts(tables: dict[str, pd.DataFrame]) -> None:
    counts = {name: len(frame) for name, frame in tables.items()}
    assert counts["contrats"] == 42
    assert counts["sources"] == 172
    assert counts["divergences"] == 52
    assert counts["actions"] >= 122
    assert counts["financements"] >= 56
    assert int(tables["contrats"]["est_parmi_les_20"].sum()) == 20


def test_every_contract_partner_pair_of_the_facts(tables: dict[str, pd.DataFrame]) -> None:
    names = tables["partenaires_denominations"]
    known = {
        (fold(name), "" if pd.isna(scope) else scope): partner
        for name, scope, partner in zip(names["denomination"], names["contrat_id"], names["partenaire_id"], strict=True)
    }
    known |= {
        (fold(name), ""): key
        for name, key in zip(*(tables["partenaires"][c] for c in ("nom", "partenaire_id")), strict=True)
    }
    roles = tables["contrats_partenaires"]
    published = set(zip(roles["contrat_id"].fillna(""), roles["partenaire_id"], strict=True))
    absent = []
    for row in both("partenaires.csv").itertuples(index=False):
        contract = "" if row.contrat in ("(tous)", "occitanie-8-contrats") else str(row.contrat)
        name = fold(str(row.partenaire))
        partner = known.get((name, contract)) or known.get((name, ""))
        if (contract, partner) not in published:
            absent.append((row.contrat, row.partenaire))
    assert absent == []


def test_every_amount_of_the_facts_is_published(tables: dict[str, pd.DataFrame]) -> None:
    """Each amount of a financing fact is found on a financing row that the fact maps to, to the cent."""
    reprise = pd.read_csv(REPRISE, dtype={"ligne_id": "str"})
    published = tables["financements"].set_index("financement_id")
    for name in ("financements.csv", "complement/financements.csv"):
        for number, row in enumerate(facts(name).itertuples(index=False), start=1):
            if not row.montant:
                continue
            lines = reprise[(reprise["fichier"] == name) & (reprise["ligne"] == number)]
            keys = lines.loc[lines["table_code"] == "financements", "ligne_id"]
            values = published.loc[keys, ["montant_eur", "part_pct", "etp"]].astype("str").to_numpy().ravel()
            assert float(str(row.montant)) in {float(value) for value in values if value not in ("nan", "<NA>")}, row


def test_every_source_of_a_fact_is_cited_by_a_row_that_it_maps_to(tables: dict[str, pd.DataFrame]) -> None:
    reprise = pd.read_csv(REPRISE, dtype={"ligne_id": "str"})
    citations = tables["citations"]
    cited = citations.groupby(["table_code", "ligne_id"])["source_id"].agg(set).to_dict()
    absent = []
    for name in FILES:
        frame = facts(name)
        if "source_ids" not in frame.columns:
            continue
        lines = reprise[reprise["fichier"] == name]
        for number, stated in enumerate(frame["source_ids"], start=1):
            own = lines[lines["ligne"] == number]
            said = set().union(
                *(cited.get(pair, set()) for pair in zip(own["table_code"], own["ligne_id"], strict=True))
            )
            absent += [(name, number, one) for one in stated.split(";") if one.strip().lower() not in said]
    assert absent == []


def test_the_vendored_facts_name_no_machine() -> None:
    assert not [path for path in FACTS.rglob("*") if Path(path).is_symlink()]
