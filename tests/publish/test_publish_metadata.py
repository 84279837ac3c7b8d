"""Schemas, Data Package, dictionary and description, read by the tools that will read them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package, Resource, Schema, validate

from pipelines.publish.description import DESCRIPTION_FILE, DescriptionError, load_description
from pipelines.publish.dictionary import TYPE_LABELS, entries, markdown
from pipelines.publish.formats import FORMATS
from pipelines.publish.release import begin, write_csv, write_metadata, write_parquet, write_release, write_xlsx
from pipelines.publish.table_schema import TYPES, table_schema
from schemas.declaration import Kind
from schemas.registry import tables as real_tables
from schemas.registry import used_vocabularies
from tests.publish.publish_dataset import CODES, DATE, DECLARED, FULL, ORGANISMES, description, frame, frames, issues

PROJECT = Path(__file__).parents[2]


def released(outputs: Path, **changes: pd.DataFrame) -> Path:
    return write_release(frames() | changes, issues(), description(), CODES, outputs, DATE, declared=DECLARED).path


def prepared(outputs: Path, **changes: pd.DataFrame) -> Path:
    """What a release would have been, had it not been refused."""
    tables = frames() | changes
    with pytest.raises(ValueError, match="ne se vérifie pas"):
        released(outputs, **changes)
    with begin(outputs, DATE, DECLARED) as staging:
        write_csv(staging, tables)
        write_parquet(staging, tables)
        write_xlsx(staging, tables, description())
        write_metadata(staging, tables, issues(), description(), CODES)
        return Path(shutil.copytree(staging.directory, outputs / "copie"))


def errors(release: Path) -> set[str]:
    report = validate(str(release / "datapackage.json"))
    return {error.type for task in report.tasks for error in task.errors} | {error.type for error in report.errors}


def test_every_kind_has_a_type_and_a_label() -> None:
    assert set(TYPES) == set(TYPE_LABELS) == set(Kind)


def test_frictionless_accepts_the_schemas_of_the_real_tables() -> None:
    codes = {name: ["jour", "b"] for name in used_vocabularies()}
    for table in real_tables().values():
        made = table_schema(table, codes)
        for field in made["fields"]:  # type: ignore[attr-defined]
            assert field["constraints"] if field["name"] == table.key else True
        assert Schema.from_descriptor(made).to_descriptor()["name"] == table.name
        assert "foreignKeys" not in made


def test_a_schema_says_what_the_declaration_says() -> None:
    schema = table_schema(ORGANISMES, CODES)
    fields = {field["name"]: field for field in schema["fields"]}  # type: ignore[attr-defined]
    assert (schema["primaryKey"], schema["missingValues"], schema["cle_naturelle"]) == ("organisme_id", [""], ["nom"])
    assert fields["organisme_id"]["constraints"] | {"pattern": ""} == {"required": True, "unique": True, "pattern": ""}
    assert fields["zone_type_code"]["constraints"] == {"enum": ["massif", "region"]}
    assert fields["part_pct"]["constraints"] == {"minimum": 0, "maximum": 100}
    assert (fields["etp"]["unite"], fields["zone_type_code"]["nomenclature"]) == ("ETP", "type")
    assert (fields["nom"]["title"], fields["nom"]["titre_en"]) == ("Titre de nom", "Title of nom")
    with pytest.raises(ValueError, match="aucun code de la nomenclature type"):
        table_schema(ORGANISMES, {})


def test_each_csv_holds_to_its_schema_alone(tmp_path: Path) -> None:
    release = released(tmp_path)
    for name in DECLARED:
        schema = Schema.from_descriptor(json.loads((release / "schemas" / f"{name}.json").read_text(encoding="utf-8")))
        report = Resource(path=f"csv/{name}.csv", basepath=str(release), schema=schema).validate()
        assert report.valid, report.flatten(["type", "note"])


def test_the_data_package_is_valid(tmp_path: Path) -> None:
    release = released(tmp_path)
    assert errors(release) == set()
    package = Package(str(release / "datapackage.json"))
    assert [resource.name for resource in package.resources] == list(DECLARED)
    said = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    assert (said["version"], said["created"]) == ("2026-11-22", "2026-11-22T00:00:00Z")
    assert said["sources"] == [{"title": "Compte rendu", "path": "https://exemple.fr/cr"}, {"title": "Sans adresse"}]
    assert said["temporal"] == {"debut": "2011-01-01", "fin": "2027-12-31"}
    keys = said["resources"][0]["schema"]["foreignKeys"]
    assert [(key["fields"], key["reference"]["resource"]) for key in keys] == [
        (["parent_id"], ""),
        (["zone_type_code", "zone_code"], "lieux"),
    ]
    for resource in said["resources"]:
        assert [other["format"] for other in resource["autres_formats"]] == ["parquet", "xlsx"]
        assert all((release / other["path"]).stat().st_size == other["bytes"] for other in resource["autres_formats"])


def test_a_flipped_byte_is_seen(tmp_path: Path) -> None:
    release = released(tmp_path)
    path = release / "csv" / "lieux.csv"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"l-2a", b"l-2b"))
    assert errors(release) == {"hash-count"}


@pytest.mark.parametrize("broken", [{"parent_id": "a-9"}, {"zone_code": "99"}, {"zone_type_code": "massif"}], ids=str)
def test_a_broken_foreign_key_is_seen(tmp_path: Path, broken: dict[str, object]) -> None:
    rows = frame(ORGANISMES, [FULL | {"parent_id": "a-1"} | broken])
    assert errors(prepared(tmp_path, organismes=rows)) == {"foreign-key"}


def test_a_partly_filled_key_is_told_apart(tmp_path: Path) -> None:
    rows = frame(ORGANISMES, [FULL | {"parent_id": None, "zone_type_code": "massif", "zone_code": None}])
    release = released(tmp_path, organismes=rows)
    schema = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))["resources"][0]["schema"]
    assert errors(release) == set()
    assert [key["fields"] for key in schema["cles_etrangeres_partielles"]] == [["zone_type_code", "zone_code"]]
    assert [key["fields"] for key in schema["foreignKeys"]] == [["parent_id"]]


def test_a_value_out_of_bounds_is_seen(tmp_path: Path) -> None:
    rows = frame(ORGANISMES, [FULL | {"parent_id": None, "part_pct": Decimal("100.01")}])
    assert errors(prepared(tmp_path, organismes=rows)) == {"constraint-error"}


def test_the_dictionary_has_every_column() -> None:
    content = markdown(DECLARED, "Essai")
    for table in DECLARED.values():
        assert f"## {table.name}" in content
        assert len(entries(table)) == len(table.published)
    rows = [line for line in content.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {10}
    assert "table dérivée, à plat" in content


def test_the_description_of_the_dataset_is_sound() -> None:
    found = load_description(PROJECT / "sources" / DESCRIPTION_FILE)
    assert len(found.description) > 100
    assert found.licence.identifiant_portail == "lov2"
    assert found.couverture_spatiale_portail == ("country:fr",)
    assert found.as_json()["couverture_temporelle"] == {"debut": "2011-01-01", "fin": "2027-12-31"}
    assert json.loads(json.dumps(found.as_json()))["mots_cles"]
    assert replace(found) == found


def test_errors_of_the_description_name_the_key_and_what_is_expected(tmp_path: Path) -> None:
    path = tmp_path / DESCRIPTION_FILE
    good = (PROJECT / "sources" / DESCRIPTION_FILE).read_text(encoding="utf-8")
    bad = good.replace('frequence = "irregular"', 'frequense = "souvent"').replace('"lov2"', "3")
    path.write_text(bad.replace("debut = 2011-01-01", 'debut = "2011"'), encoding="utf-8")
    with pytest.raises(DescriptionError) as caught:
        load_description(path)
    assert [problem.split(" ; lu")[0] for problem in caught.value.problems] == [
        "clé « frequense » inconnue. Vouliez-vous dire « frequence » ?",
        f"clé « frequence » absente : attendu l’un de : {', '.join(_frequencies())}",
        "clé « licence.identifiant_portail » : attendu un texte",
        "clé « couverture_temporelle.debut » : attendu un jour (2011-01-01)",
    ]
    assert str(path) in str(caught.value)


def _frequencies() -> tuple[str, ...]:
    from pipelines.publish.description import FREQUENCIES

    return FREQUENCIES


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "n’existe pas"), ("titre = ", "pas du TOML"), ("editeur = 3", r"une section \[editeur\]"), ("", "absente")],
)
def test_a_description_that_cannot_be_read_says_why(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / DESCRIPTION_FILE
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DescriptionError, match=said):
        load_description(path)


@pytest.mark.parametrize(
    ("line", "found"),
    [("", FORMATS), ('formats = ["parquet", "csv"]\n', ("csv", "parquet")), ('formats = ["csv", "zip"]\n', None)],
)
def test_formats_may_be_chosen_but_for_those_that_the_rest_is_made_of(
    tmp_path: Path, line: str, found: tuple[str, ...] | None
) -> None:
    path = tmp_path / DESCRIPTION_FILE
    path.write_text(line + (PROJECT / "sources" / DESCRIPTION_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    if found is None:
        with pytest.raises(DescriptionError, match=r"clé « formats » : attendu .* avec au moins"):
            load_description(path)
    else:
        assert load_description(path).formats == found


def test_a_period_must_not_end_before_it_starts(tmp_path: Path) -> None:
    path = tmp_path / DESCRIPTION_FILE
    good = (PROJECT / "sources" / DESCRIPTION_FILE).read_text(encoding="utf-8")
    path.write_text(good.replace("fin = 2027-12-31", "fin = 2001-12-31"), encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"couverture_temporelle\.fin"):
        load_description(path)
