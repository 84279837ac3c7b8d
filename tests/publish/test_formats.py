"""A release without workbooks or archive says so wherever it lists files; one that loses a format is another."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.publish.datapackage import ARCHIVE, WORKBOOK
from pipelines.publish.diff.breaking import BreakingReleaseError
from pipelines.publish.diff.compare import diff
from pipelines.publish.diff.properties import FORMATS as PROPERTY
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.formats import FORMATS, chosen
from pipelines.publish.release import Release, write_release
from pipelines.publish.verify.release import verify
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, digests, frames, issues

BARE = ("csv", "parquet")


def released(outputs: Path, formats: tuple[str, ...], date: dt.date = DATE) -> Release:
    about = replace(description(), formats=formats)
    return write_release(frames(), issues(), about, CODES, outputs, date, declared=DECLARED)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("outputs"), BARE).path


def test_a_release_without_workbooks_nor_archive_has_none_and_verifies(bare: Path) -> None:
    assert {path.suffix for path in bare.rglob("*")}.isdisjoint({".xlsx", ".zip"})
    assert not (bare / "xlsx").exists()
    assert verify(bare).text().endswith("tout concorde.")


@pytest.mark.parametrize("name", ["datapackage.json", "croissant.json", "catalog.jsonld", "catalog.ttl"])
def test_nothing_that_describes_it_speaks_of_them(bare: Path, name: str) -> None:
    said = (bare / name).read_text(encoding="utf-8")
    assert ".xlsx" not in said.replace("contrats/a.xlsx", "")
    assert ".zip" not in said


@pytest.mark.parametrize(
    ("formats", "there"), [(("csv", "parquet", "zip"), [ARCHIVE]), (("csv", "parquet", "xlsx"), [WORKBOOK])]
)
def test_each_can_be_left_out_alone(tmp_path: Path, formats: tuple[str, ...], there: list[str]) -> None:
    made = released(tmp_path, formats)
    assert [name for name in (WORKBOOK, ARCHIVE) if name in digests(made.path)] == there
    assert verify(made.path).sound


def test_a_file_of_a_format_that_is_not_described_is_found(bare: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copie"
    shutil.copytree(bare, copy, copy_function=shutil.copyfile)
    copy.chmod(0o755)
    (copy / "xlsx").mkdir()
    (copy / "xlsx" / "organismes.xlsx").write_bytes(b"PK")
    assert "fichier-non-decrit" in {one.code for one in verify(copy).findings}


def test_the_number_of_threads_changes_no_byte_and_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = [], []
    for threads in ("1", "4"):
        monkeypatch.setenv("CONTRATS_PROCESSUS", threads)
        release = released(tmp_path / threads, BARE).path
        made.append(digests(release))
        copy = tmp_path / f"copie-{threads}"
        shutil.copytree(release, copy, copy_function=shutil.copyfile)
        for table in sorted((copy / "csv").iterdir()):
            header, *rows = table.read_bytes().splitlines(keepends=True)
            table.write_bytes(b"".join([header, *rows, *rows[:1]]))
        told.append(verify(copy).findings)
    assert made[0] == made[1]
    assert told[0] == told[1]
    assert len({one.table for one in told[0]}) > 3


def test_a_format_that_goes_is_told_once_and_breaks(tmp_path: Path) -> None:
    old = released(tmp_path / "one", FORMATS)
    new = released(tmp_path / "two", BARE)
    found = diff(ReleaseFolder.open(old.path), ReleaseFolder.open(new.path))
    assert [one.code for one in found.constats] == ["fichier-retire"]
    assert [(one.propriete, one.avant, one.apres) for one in found.proprietes] == [
        (PROPERTY, "csv ; parquet ; xlsx ; zip", "csv ; parquet")
    ]
    back = diff(ReleaseFolder.open(new.path), ReleaseFolder.open(old.path))
    assert [one.code for one in back.constats] == ["fichier-ajoute"]
    with pytest.raises(BreakingReleaseError, match="Formats : csv ; parquet ; xlsx ; zip → csv ; parquet"):
        released(tmp_path / "one", BARE, DATE + dt.timedelta(1))


def test_the_same_tables_in_more_formats_are_another_release(tmp_path: Path) -> None:
    first = released(tmp_path, BARE)
    assert not released(tmp_path, BARE, DATE + dt.timedelta(1)).new
    second = released(tmp_path, FORMATS, DATE + dt.timedelta(1))
    assert second.new
    assert second.content_sha256 != first.content_sha256
    assert json.loads((second.path / "diff.json").read_text())["statut"] == "differentes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("csv,parquet", BARE), (" Parquet , CSV ", BARE), ("zip,xlsx,parquet,csv", FORMATS)],
)
def test_formats_are_named_in_any_order(text: str, expected: tuple[str, ...]) -> None:
    assert chosen(text) == expected


@pytest.mark.parametrize("text", ["", "csv", "parquet,xlsx", "csv,parquet,ods", "csv,parquet,csv", "csv;parquet"])
def test_a_choice_that_nothing_can_be_made_of_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="avec au moins « csv » et « parquet »"):
        chosen(text)
