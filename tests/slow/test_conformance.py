"""A release of the real sheets, given to the programs that reusers, portals and catalogues check data with."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from frictionless import validate

from pipelines import job
from pipelines.publish.describing.quality import QUALITY
from pipelines.publish.description import DESCRIPTION_FILE, load_description
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.release import write_release
from tests.publish.test_metadata_quality import SCHEMA
from tests.slow.environments import PROJECT, said_by

pytestmark = pytest.mark.slow

SOURCES = PROJECT / "sources"
SHAPES = PROJECT / "tests" / "donnees" / "dcat-ap" / "3.0.1"

VALIDATA = """
import json, pathlib, sys
from validata_core import validate
release = pathlib.Path(sys.argv[1])
said = {}
for path in sorted(release.glob("csv/*.csv")):
    report = validate(str(path), str(release / "schemas" / f"{path.stem}.json"))
    said[path.stem] = {
        "valid": report.valid,
        "rows": report.stats.rows,
        "errors": [error.message for error in report.errors],
        "warnings": [str(warning) for warning in report.warnings],
    }
print(json.dumps(said))
"""
CSV_DETECTIVE = """
import json, pathlib, sys
from csv_detective import routine
said = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("csv/*.csv")):
    try:
        found = routine(str(path), num_rows=-1, output_profile=False, save_results=False)
    except ValueError as error:
        said[path.stem] = str(error)
    else:
        types = {name: column["python_type"] for name, column in found["columns"].items()}
        layout = [found["encoding"], found["separator"], found["header_row_idx"], found["total_lines"]]
        said[path.stem] = {"layout": layout, "types": types}
print(json.dumps(said))
"""
MLCROISSANT = """
import datetime, json, pathlib, sys
import mlcroissant
release = pathlib.Path(sys.argv[1])
written = json.loads((release / "croissant.json").read_text(encoding="utf-8"))
here = {file["@id"]: str(release / file["@id"]) for file in written["distribution"]}
dataset = mlcroissant.Dataset(str(release / "croissant.json"), mapping=here)
def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    return value.date().isoformat() if isinstance(value, datetime.datetime) else value
context = dataset.metadata.ctx
said = {"report": context.issues.report(), "version": context.conforms_to.value, "records": {}}
for records in dataset.metadata.record_sets:
    said["records"][records.id] = [
        {name.partition("/")[2]: plain(value) for name, value in row.items()} for row in dataset.records(records.id)
    ]
print(json.dumps(said))
"""
PYSHACL = """
import json, pathlib, sys
import pyshacl, rdflib
from rdflib.namespace import SH
data = rdflib.Graph().parse(sys.argv[1])
said = {}
for shapes in sorted(pathlib.Path(sys.argv[2]).glob("*.ttl")):
    _, found, _ = pyshacl.validate(data, shacl_graph=str(shapes))
    said[shapes.name] = {"violations": [], "warnings": []}
    for result in found.objects(None, SH.result):  # not the details of one, which have severities of their own
        kind = "violations" if found.value(result, SH.resultSeverity) == SH.Violation else "warnings"
        said[shapes.name][kind].append(f"{found.value(result, SH.focusNode)} {found.value(result, SH.resultPath)}")
print(json.dumps(said))
"""

GUESSED = {"date": {"date"}, "boolean": {"bool"}, "integer": {"int"}, "number": {"float", "int"}, "string": {"string"}}
"""What a guess from the cells alone may say of a column of each type."""

NUMERALS = {("actions", "numero"), ("actions_a_plat", "numero")}
"""Texts that only look like numbers, so far (« 2.1 »): their schema says that they are texts."""

EMPTY = "Table seems to be empty"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseFolder:
    outcome = job.run(SOURCES)
    made = write_release(
        outcome.tables,
        outcome.issues,
        load_description(SOURCES / DESCRIPTION_FILE),
        job.codes_of(outcome.tables["nomenclatures"]),
        tmp_path_factory.mktemp("sorties"),
        dt.date(2026, 11, 25),
        SOURCES,
    )
    return ReleaseFolder.open(made.path)


def test_frictionless_accepts_the_package_and_each_schema(release: ReleaseFolder) -> None:
    report = validate(str(release.path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == len(release.resources)
    for name in release.resources:
        alone = validate(str(release.path / "schemas" / f"{name}.json"), type="schema")
        assert alone.valid, alone.flatten(["type", "note"])


def test_validata_accepts_each_csv_file(release: ReleaseFolder) -> None:
    said = said_by("validata-table", VALIDATA, release.path)
    rows = {name: resource["rows"] for name, resource in release.resources.items()}
    assert {name: found["rows"] for name, found in said.items()} == rows
    assert {name: found for name, found in said.items() if not found["valid"] or found["warnings"]} == {}


def test_csv_detective_guesses_what_the_schema_says(release: ReleaseFolder) -> None:
    said = said_by("csv-detective", CSV_DETECTIVE, release.path)
    for name, resource in release.resources.items():
        found: Any = said[name]
        if resource["rows"] == 0:  # it has nothing to say of a header alone, and nothing is made up to please it
            assert found == EMPTY
            continue
        assert found["layout"] == ["utf-8", ",", 0, resource["rows"]], name
        fields = resource["schema"]["fields"]
        wrong = {
            field["name"]: found["types"][field["name"]]
            for field in fields
            if found["types"][field["name"]] not in GUESSED[field["type"]]
        }
        assert {(name, column) for column in wrong} <= NUMERALS, wrong


def test_mlcroissant_reads_every_record(release: ReleaseFolder) -> None:
    said = said_by("mlcroissant", MLCROISSANT, release.path)
    assert (said["report"], said["version"]) == ("", "http://mlcommons.org/croissant/1.1")
    assert list(said["records"]) == [records["@id"] for records in _read(release, "croissant.json")["recordSet"]]
    for name, records in said["records"].items():
        assert records == [_plain(row) for row in release.parquet(name).to_pylist()], name


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as Croissant's types give it back: decimals as floats, days as text."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value if _is_plain(value) else float(value)
        for name, value in row.items()
    }


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bool | int)


@pytest.mark.parametrize("file", ["catalog.ttl", "catalog.jsonld"])
def test_no_shape_of_dcat_ap_is_violated(release: ReleaseFolder, file: str) -> None:
    said = said_by("pyshacl", PYSHACL, release.path / file, SHAPES)
    assert set(said) == {path.name for path in SHAPES.glob("*.ttl")}
    assert {name: found["violations"] for name, found in said.items() if found["violations"]} == {}
    recommended = {name for name, found in said.items() if found["warnings"]}
    assert recommended <= {"shapes_recommended.ttl", "mdr-vocabularies.shape.ttl"}


def test_the_shapes_would_see_a_violation(release: ReleaseFolder, tmp_path: Path) -> None:
    written = (release.path / "catalog.ttl").read_text(encoding="utf-8")
    broken = tmp_path / "catalog.ttl"
    broken.write_text(written.replace("dcat:accessURL", "dcat:adresse").replace("a dct:Frequency ;", ""), "utf-8")
    said = said_by("pyshacl", PYSHACL, broken, SHAPES)
    assert any(path.endswith("#accessURL") for path in said["shapes.ttl"]["violations"])
    assert any(path.endswith("/accrualPeriodicity") for path in said["range.ttl"]["violations"])


def test_csv_parquet_and_schema_hold_the_same_columns_and_values(release: ReleaseFolder) -> None:
    types = {
        "string": pa.types.is_string,
        "date": pa.types.is_date32,
        "boolean": pa.types.is_boolean,
        "integer": pa.types.is_int64,
        "number": pa.types.is_decimal128,
    }
    for name in release.resources:
        parquet = release.parquet(name)
        fields = release.schema(name)["fields"]
        assert [field["name"] for field in fields] == parquet.column_names
        assert all(types[field["type"]](parquet.schema.field(field["name"]).type) for field in fields), name
        assert release.csv(name, parquet.schema).to_pylist() == parquet.to_pylist(), name


def test_the_quality_report_holds_to_its_schema_and_to_the_files(release: ReleaseFolder) -> None:
    said = _read(release, QUALITY)
    SCHEMA.validate(said)
    assert {name: found["lignes"] for name, found in said["completude"].items()} == {
        name: resource["rows"] for name, resource in release.resources.items()
    }


def _read(release: ReleaseFolder, name: str) -> Any:  # noqa: ANN401  (a JSON file of the release)
    return json.loads((release.path / name).read_text(encoding="utf-8"))
