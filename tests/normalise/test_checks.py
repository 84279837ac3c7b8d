"""What a published table must satisfy: types, obligations, vocabularies, keys, foreign keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest

from pipelines.job import Outcome, codes_of, located
from pipelines.normalise.checks import FAILURE_COLUMNS, check_table
from schemas.registry import tables

Tables = dict[str, pd.DataFrame]


def failed(built: Tables, name: str) -> pd.DataFrame:
    return check_table(tables()[name], built, codes_of(built["nomenclatures"]))


def put(frame: pd.DataFrame, column: str, value: object, row: int = 0) -> pd.DataFrame:
    changed = frame.copy()
    changed[column] = pd.Series([*changed[column][:row], value, *changed[column][row + 1 :]], dtype=frame[column].dtype)
    return changed


@pytest.mark.parametrize("name", list(tables()))
def test_sound_tables_have_no_failure(name: str, sound: Outcome) -> None:
    found = failed(sound.tables, name)
    assert list(found.columns) == list(FAILURE_COLUMNS)
    assert found.empty, found.to_string()


@pytest.mark.parametrize(
    ("name", "column", "value", "code"),
    [
        ("actions", "action_id", None, "valeur-obligatoire"),
        ("actions", "intitule", None, "valeur-obligatoire"),
        ("contrats_partenaires", "partenaire_id", None, "valeur-obligatoire"),
        ("actions", "axe_code", "ofre", "code-inconnu"),
        ("actions", "axe_code", "technique", "code-inconnu"),
        ("actions", "date_debut_precision", "siecle", "code-inconnu"),
        ("citations", "table_code", "acteurs", "code-inconnu"),
        ("actions", "action_id", "Alpes fiches", "format-invalide"),
        ("actions", "action_id", "alpes-fiches\n", "format-invalide"),
        ("outils", "url", "exemple.fr", "format-invalide"),
        ("partenaires", "siren", "12", "format-invalide"),
        ("provenance", "empreinte_sha256", "abc", "format-invalide"),
        ("actions", "montant_eur", Decimal("-1.00"), "hors-bornes"),
        ("financements", "part_pct", Decimal("100.01"), "hors-bornes"),
        ("provenance", "ligne", 0, "hors-bornes"),
        ("actions", "contrat_id", "corse", "cle-etrangere"),
        ("actions", "outil_id", "perdu", "cle-etrangere"),
        ("contrats", "contrat_precedent_id", "corse", "cle-etrangere"),
        ("contrats_partenaires", "partenaire_id", "perdu", "cle-etrangere"),
        ("citations", "source_id", "perdue", "cle-etrangere"),
        ("contrats_territoires", "zone_code", "33", "cle-etrangere"),
        ("contrats_territoires", "zone_type_code", "departement", "cle-etrangere"),
        ("indicateurs", "zone_code", "33", "cle-etrangere"),
    ],
)
def test_one_wrong_cell(name: str, column: str, value: object, code: str, sound: Outcome) -> None:
    frame = sound.tables[name]
    row = int(frame[column].notna().to_numpy().argmax())
    spoiled = {**sound.tables, name: put(frame, column, value, row)}
    found = failed(spoiled, name)
    found = found[found["code"] == code]
    assert len(found) == 1, failed(spoiled, name).to_string()
    shown = "" if value is None else str(value)
    assert found["valeur"].tolist() == [frame["zone_code"][row] if column == "zone_type_code" else shown]
    if column != tables()[name].key:
        assert found["ligne_id"].tolist() == [frame[tables()[name].key][row]]


def test_half_of_a_composite_key_is_not_checked(sound: Outcome) -> None:
    frame = put(sound.tables["contrats_territoires"], "zone_code", None)
    assert failed({**sound.tables, "contrats_territoires": frame}, "contrats_territoires").empty


def test_a_doubled_key_and_a_doubled_natural_key(sound: Outcome) -> None:
    frame = sound.tables["actions"]
    doubled = pd.concat([frame, frame.iloc[[0]]], ignore_index=True)
    found = failed({**sound.tables, "actions": doubled}, "actions")
    assert found["code"].value_counts().to_dict() == {"identifiant-double": 2, "ligne-doublee": 1}
    assert set(found["ligne_id"]) == {frame["action_id"][0]}


def reordered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame.columns[::-1]]


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.drop(columns="intitule"),
        lambda frame: frame.assign(de_trop=1),
        lambda frame: frame.astype({"date_debut": "str"}),
        lambda frame: frame.assign(intitule=1),
        lambda frame: frame.astype({"montant_eur": "float64"}),
        reordered,
    ],
)
def test_other_columns_or_types_than_declared(change: Callable[[pd.DataFrame], pd.DataFrame], sound: Outcome) -> None:
    found = failed({**sound.tables, "actions": change(sound.tables["actions"])}, "actions")
    assert len(found) > 0


def test_an_unknown_table_is_not_checked_against(sound: Outcome) -> None:
    alone = {"actions": sound.tables["actions"], "nomenclatures": sound.tables["nomenclatures"]}
    assert failed(alone, "actions").empty


def test_failures_are_located_where_the_row_was_typed(sound: Outcome) -> None:
    names = sound.tables["actions"]["action_id"].tolist()
    frame = put(sound.tables["actions"], "contrat_id", "corse", names.index("alpes-paniers-de-services"))
    found = located(failed({**sound.tables, "actions": frame}, "actions"), sound.tables["provenance"])
    assert found[["code", "file", "sheet", "row", "column", "value"]].values.tolist() == [
        ["cle-etrangere", "contrats/alpes", "Actions", 3, "contrat_id", "corse"]
    ]
    assert "« corse » n’existe pas dans la table contrats" in found["message"][0]
    made = located(
        failed({**sound.tables, "contrats_a_plat": frame_without_name(sound)}, "contrats_a_plat"), frame_of(sound)
    )
    assert made[["file", "sheet", "row"]].values.tolist() == [["", "contrats_a_plat", 0]]


def frame_without_name(sound: Outcome) -> pd.DataFrame:
    return put(sound.tables["contrats_a_plat"], "nom", None)


def frame_of(sound: Outcome) -> pd.DataFrame:
    return sound.tables["provenance"]


def test_dates_are_dates(sound: Outcome) -> None:
    row = sound.tables["actions"].set_index("action_id").loc["alpes-fiches"]
    assert row["date_debut"] == dt.date(2014, 12, 1)
    assert row["date_debut_precision"] == "mois"
