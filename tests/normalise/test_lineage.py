"""The lineage of published columns: whole, and pointing at what exists."""

from __future__ import annotations

import pytest

from pipelines.normalise.flat import FLAT
from pipelines.normalise.lineage import WITHOUT, Origin, origins
from schemas.declaration import Family, Table
from schemas.registry import sheets, tables

TABLES = pytest.mark.parametrize("table", tables().values(), ids=list(tables()))


@TABLES
def test_every_published_column_has_an_origin_or_a_reason(table: Table) -> None:
    found = origins(table)
    without = {column.name for column in table.published if not found.get(column.name)}
    assert without == {column for name, column in WITHOUT if name == table.name}
    assert set(found) <= {column.name for column in table.published}


@TABLES
def test_every_origin_exists(table: Table) -> None:
    for column, own in origins(table).items():
        for origin in own:
            if origin.sheet:
                there = {item.label for item in sheets()[origin.of].fields}
            else:
                there = {one.name for one in tables()[origin.of].published}
                assert tables()[origin.of].family is not Family.FLAT
            assert origin.column in there, (column, origin)


def test_the_vocabulary_of_a_label_is_that_of_its_code() -> None:
    from pipelines.normalise.flat import Labelled, Listed

    for flat in FLAT.values():
        for rule in flat.rules.values():
            if isinstance(rule, Labelled):
                table, column = rule.of or (flat.base, rule.code)
            elif isinstance(rule, Listed) and rule.vocabulary:
                table, column = rule.table, rule.columns[0]
            else:
                continue
            assert tables()[table][column].vocabulary == rule.vocabulary


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        ("contrats", "date_debut_texte", {Origin("Contrat", "Début")}),
        (
            "contrats",
            "est_parmi_les_20",
            {
                Origin("Contrat", "Génération"),
                *(Origin("nomenclatures", name) for name in ("Code", "Libellé", "Autres écritures")),
            },
        ),
        ("contrats_territoires", "zone_code_actuel", {Origin("zones", "Code actuel")}),
        ("financements", "financeur_libelle", {Origin("Financements", "Financeur")}),
        ("evenements_participants", "theme", {Origin("Événements", "Participants")}),
        ("divergences", "ligne_id", {Origin("Divergences", "Ligne visée")}),
        ("divergences_valeurs", "valeur_citee", {Origin("Divergences", f"Valeur {letter}") for letter in "ABC"}),
        ("partenaires", "siren", {Origin("partenaires", "SIREN")}),
        (
            "actions_a_plat",
            "outil",
            {Origin("actions", "outil_id", sheet=False), Origin("outils", "intitule", sheet=False)},
        ),
    ],
)
def test_origins_of_some_columns(table: str, column: str, expected: set[Origin]) -> None:
    assert set(origins(tables()[table])[column]) == expected


def test_a_key_comes_from_its_cell_its_natural_key_and_the_registry() -> None:
    found = set(origins(tables()["contrats_denominations"])["contrat_denomination_id"])
    assert {
        Origin("Dénominations", "Identifiant"),
        Origin("Contrat", "Identifiant"),
        Origin("identifiants", "Identifiant"),
    } <= found


def test_the_rows_of_a_list_belong_to_the_row_of_its_cell() -> None:
    assert Origin("Actions", "Identifiant") in origins(tables()["actions_marches"])["action_id"]
