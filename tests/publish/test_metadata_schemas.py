"""Table Schemas, Data Package, archive, Croissant and schema.org: what each says, and that none contradicts another."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from frictionless import Package, Schema, validate

from pipelines import job
from pipelines.publish.datapackage import MEDIA_TYPES, Files, datapackage
from pipelines.publish.describing.archive import ARCHIVE, archive_members, write_archive
from pipelines.publish.describing.croissant import DATA_TYPES, croissant
from pipelines.publish.describing.jsonld import Language, dataset_jsonld, table_jsonld
from pipelines.publish.description import DESCRIPTION_FILE, DescriptionError, load_description
from pipelines.publish.dictionary import markdown
from pipelines.publish.table_schema import PROFILE, published_schema
from schemas.declaration import Kind
from schemas.version import MODEL_VERSION
from tests.publish.metadata_folder import PROJECT, RELEASE, dataset

Said = dict[str, Any]

BASE = dataset().adresse_de_base


@pytest.fixture(scope="module")
def codes(files: Files) -> dict[str, frozenset[str]]:
    return job.codes_of(files.tables["nomenclatures"].to_pandas())


@pytest.fixture(scope="module")
def descriptor(files: Files, codes: dict[str, frozenset[str]]) -> Said:
    said: Said = json.loads(json.dumps(datapackage(files, dataset(), codes, RELEASE)))
    return said


def test_the_schema_of_a_file_says_whose_it_is(files: Files, codes: dict[str, frozenset[str]]) -> None:
    for name, table in files.declared.items():
        schema: Said = published_schema(table, codes, dataset())
        assert (schema["$schema"], schema["name"], schema["version"]) == (PROFILE, name, MODEL_VERSION)
        assert schema["path"] == f"{BASE}/latest/schemas/{name}.json"
        assert [licence["name"] for licence in schema["licenses"]] == ["etalab-2.0"]
        assert [body["role"] for body in schema["contributors"]] == ["publisher"]
        assert schema["resources"][0]["path"] == f"{BASE}/latest/csv/{name}.csv"
        assert "foreignKeys" not in schema
        assert all(schema[said] for said in ("title", "titre_en", "description", "description_en", "homepage"))
        assert RELEASE["version"] not in json.dumps(schema), "a schema changes with the model, not with the data"
        assert Schema.from_descriptor(schema).to_descriptor()["fields"] == schema["fields"]


def test_every_field_is_described_in_both_languages_with_an_example_that_holds(
    files: Files, codes: dict[str, frozenset[str]]
) -> None:
    for table in files.declared.values():
        schema: Said = published_schema(table, codes, dataset())
        for field in schema["fields"]:
            assert all(field[said] for said in ("title", "titre_en", "description", "description_en", "example")), field
            constraints = field.get("constraints", {})
            place = f"{table.name}.{field['name']}"
            assert re.search(constraints.get("pattern", ""), field["example"]), place
            if {"minimum", "maximum"} & set(constraints):
                least, most = constraints.get("minimum", float("-inf")), constraints.get("maximum", float("inf"))
                assert least <= float(field["example"]) <= most, place


def test_the_package_lists_every_file_once(files: Files, descriptor: Said) -> None:
    said = [resource["path"] for resource in descriptor["resources"]]
    said += [other["path"] for resource in descriptor["resources"] for other in resource["autres_formats"]]
    said += [other["path"] for other in descriptor["autres_fichiers"]]
    there = [path.relative_to(files.directory).as_posix() for path in files.directory.rglob("*") if path.is_file()]
    assert sorted(said) == sorted(there)
    for other in descriptor["autres_fichiers"]:
        content = (files.directory / other["path"]).read_bytes()
        assert (other["bytes"], other["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
        assert other["mediatype"] in MEDIA_TYPES.values()


def test_the_package_says_what_it_covers(files: Files, descriptor: Said) -> None:
    assert descriptor["version_du_modele"] == MODEL_VERSION
    assert descriptor["emprise"][3] == {"nom": "Guyane", "ouest": -54.7, "sud": 2.1, "est": -51.6, "nord": 5.8}
    path = files.directory / "datapackage.json"
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    try:
        assert validate(str(path)).valid
        assert [resource.name for resource in Package(str(path)).resources] == list(files.declared)
    finally:
        path.unlink()


def test_the_archive_holds_the_csv_files_the_schemas_and_the_dictionary(files: Files) -> None:
    with ZipFile(files.directory / ARCHIVE) as archive:
        assert archive.namelist() == archive_members(files.declared, "dictionnaire.md")
        assert archive.testzip() is None
        for entry in archive.infolist():
            assert archive.read(entry) == (files.directory / entry.filename).read_bytes()
            assert (entry.date_time, entry.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
    again = files.directory.parent / "encore.zip"
    write_archive(files.directory, archive_members(files.declared, "dictionnaire.md"), again)
    assert again.read_bytes() == (files.directory / ARCHIVE).read_bytes()


def test_croissant_describes_the_files_of_this_release(files: Files) -> None:
    assert set(DATA_TYPES) == set(Kind)
    said: Said = croissant(files, dataset(), RELEASE)
    assert said["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert said["version"] == f"{MODEL_VERSION}+2026-11-22.2"
    for file in said["distribution"]:
        content = (files.directory / file["@id"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["contentUrl"] == f"{BASE}/releases/2026-11-22.2/{file['@id']}"
    assert {records["@id"] for records in said["recordSet"]} == set(files.declared)
    for records in said["recordSet"]:
        table = files.declared[records["@id"]]
        assert records["key"] == {"@id": f"{table.name}/{table.key}"}
        assert [field["name"] for field in records["field"]] == files.tables[table.name].column_names
        assert all(set(field["description"]) == {"fr", "en"} for field in records["field"])
    assert len(ids := [node["@id"] for node in _named(said)]) == len(set(ids))


def _named(said: Said) -> list[Said]:
    fields = [field for records in said["recordSet"] for field in records["field"]]
    return [*said["distribution"], *said["recordSet"], *fields]


@pytest.mark.parametrize(("language", "title"), [("fr", "Contrats de destination touristiques"), ("en", "French ")])
def test_pages_say_the_dataset_in_their_language(
    files: Files, descriptor: Said, language: Language, title: str
) -> None:
    said = dataset_jsonld(descriptor, language)
    assert said["name"].startswith(title)
    assert 50 <= len(said["description"]) <= 5000
    assert said["temporalCoverage"] == "2011-01-01/2027-12-31"
    assert {"@type": "GeoShape", "box": "2.1 -54.7 5.8 -51.6"} in said["spatialCoverage"]["geo"]
    assert len(said["distribution"]) == 3 * len(files.declared) + 2
    assert all(file["contentUrl"].startswith(f"{BASE}/releases/2026-11-22.2/") for file in said["distribution"])
    page = table_jsonld(descriptor, "financements", f"{BASE}/tables/financements/", language)
    assert [file["name"].rpartition(".")[2] for file in page["distribution"]] == ["csv", "parquet", "xlsx"]
    units = {variable["name"]: variable.get("unitText") for variable in page["variableMeasured"]}
    assert (units["montant_eur"], units["libelle"]) == ("EUR", None)
    assert page["isPartOf"]["@id"] == said["@id"]


def test_the_dictionary_describes_each_column_in_both_languages(files: Files) -> None:
    content = markdown(files.declared, "Essai")
    assert f"Version du modèle : {MODEL_VERSION}." in content
    for table in files.declared.values():
        for column in table.published:
            assert f"{column.description.fr} *{column.description.en}*".replace("|", "\\|") in content


@pytest.mark.parametrize(
    ("line", "wrong", "said"),
    [
        ("Mayotte = [45.0, -13.1, 45.4, -12.6]", "Mayotte = [45.4, -13.1, 45.0, -12.6]", "emprise"),
        ("Mayotte = [45.0, -13.1, 45.4, -12.6]", 'Mayotte = "océan Indien"', "emprise"),
        ("Mayotte = [45.0, -13.1, 45.4, -12.6]", "Mayotte = [45.0, -13.1, 45.4]", "emprise"),
        ("Mayotte = [45.0, -13.1, 45.4, -12.6]", "Mayotte = [true, -13.1, 45.4, -12.6]", "emprise"),
        ('themes = ["ECON", "REGI"]', 'themes = ["TOURISME"]', "themes"),
        ('themes = ["ECON", "REGI"]', "themes = []", "themes"),
        ("country/FRA", "pays avec espaces", "couverture_spatiale_adresse"),
        ('["country:fr"]', '"country:fr"', "couverture_spatiale_portail"),
        ('["country:fr"]', "[]", "couverture_spatiale_portail"),
        ('["country:fr"]', '["country:fr", "France"]', "couverture_spatiale_portail"),
        ('["country:fr"]', '["fr:region:"]', "couverture_spatiale_portail"),
    ],
)
def test_a_wrong_coverage_or_theme_is_named(tmp_path: Path, line: str, wrong: str, said: str) -> None:
    good = (PROJECT / "sources" / DESCRIPTION_FILE).read_text(encoding="utf-8")
    assert line in good
    path = tmp_path / DESCRIPTION_FILE
    path.write_text(good.replace(line, wrong), encoding="utf-8")
    with pytest.raises(DescriptionError, match=rf"clé « {said} » : attendu"):
        load_description(path)
