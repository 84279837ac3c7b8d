"""A table that a sheet cannot hold has several workbooks: every file says so, and they are verified together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipelines.publish.datapackage import WORKBOOK
from pipelines.publish.release import begin, finish, write_csv, write_metadata, write_parquet, write_xlsx
from pipelines.publish.verify.release import verify
from pipelines.publish.xlsx_parts import MAXIMUM_ROWS, SHEET_ROWS, parts, parts_in
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames, issues
from tests.publish.verify_folder import DESCRIPTOR, Json, read_json, sealed_again, write_json

FIRST, SECOND, FOURTH = "xlsx/organismes.xlsx", "xlsx/organismes-2.xlsx", "xlsx/organismes_a_plat-4.xlsx"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose sheets hold two rows (shared: not to be changed)."""
    tables = frames()
    with begin(tmp_path_factory.mktemp("parts") / "outputs", DATE, DECLARED) as staging:
        write_csv(staging, tables)
        write_parquet(staging, tables)
        assert write_xlsx(staging, tables, description(), sheet_rows=2) == 10
        return finish(staging, write_metadata(staging, tables, issues(), description(), CODES)).path


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """A copy of its own, writable."""
    copy = Path(shutil.copytree(published, tmp_path / "copie"))
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755)
    return copy


@given(rows=st.integers(0, 300), most=st.integers(1, 300))
def test_parts_are_even_and_together_the_whole(rows: int, most: int) -> None:
    found = parts(rows, most)
    assert [part.start for part in found] + [rows] == [0, *accumulate(part.rows for part in found)]
    assert all(part.rows <= most for part in found)
    assert found == parts_in(rows, len(found))
    assert len(found) == 1 or min(part.rows for part in found) > 0


@pytest.mark.parametrize(("rows", "count"), [(0, 1), (SHEET_ROWS, 1), (MAXIMUM_ROWS, 2), (5_000_000, 5)])
def test_only_what_a_sheet_cannot_hold_is_shared_out(rows: int, count: int) -> None:
    assert len(parts(rows)) == count


def test_each_workbook_is_whole_and_says_which_rows_it_has(published: Path) -> None:
    one, other = load_workbook(published / FIRST), load_workbook(published / SECOND)
    for book, keys in ((one, ["a-1", "a-2"]), (other, ["a-3", "a-4"])):
        assert book.sheetnames == ["organismes", "Dictionnaire"]
        sheet = book["organismes"]
        assert [cell.value for cell in sheet["A"]] == ["organisme_id", *keys]
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:P3")
    assert other["Dictionnaire"].cell(19, 1).value == (
        f"Classeur 2 sur 2 de la table « organismes » : lignes 3 à 4 sur 4. Les autres : {FIRST}."
    )


def test_the_workbook_of_everything_has_a_sheet_for_each_part(published: Path) -> None:
    book = load_workbook(published / WORKBOOK)
    assert book.sheetnames[1:8] == [
        "organismes_a_plat",
        *(f"organismes_a_plat-{rank}" for rank in (2, 3, 4)),
        "organismes",
        "organismes-2",
        "lieux",
    ]
    readme = {row[0]: row[1:3] for row in book["Lisez-moi"].iter_rows(values_only=True)}
    assert readme["organismes-2"] == ("Les organismes (lignes 3 à 4 sur 4)", 2)
    assert readme["lieux"] == ("Les lieux", 2)


def test_every_description_names_every_part(published: Path) -> None:
    descriptor = read_json(published / DESCRIPTOR)
    said = {other["path"]: other for one in descriptor["resources"] for other in one["autres_formats"]}
    assert (said[SECOND]["premiere_ligne"], said[SECOND]["derniere_ligne"]) == (3, 4)
    assert "premiere_ligne" not in said["xlsx/lieux.xlsx"]
    for name in ("catalog.jsonld", "catalog.ttl", "croissant.json", "datapackage.json"):
        content = (published / name).read_text(encoding="utf-8")
        assert all(f'"{path}"' in content for path in (FIRST, SECOND, FOURTH)), name
    titles = {
        one.get("dct:identifier"): one for one in json.loads((published / "catalog.jsonld").read_text())["@graph"]
    }
    assert titles[SECOND]["dct:title"] == {
        "fr": "Les organismes – XLSX, lignes 3 à 4 sur 4",
        "en": "The organismes – XLSX, rows 3 to 4 of 4",
    }
    assert f"réparties sur 2 classeurs, de `{FIRST}` à `{SECOND}`" in (published / "journal.md").read_text()


def test_it_verifies(published: Path) -> None:
    assert verify(published).findings == ()


def _unlisted(folder: Path) -> None:
    descriptor = read_json(folder / DESCRIPTOR)
    for resource in descriptor["resources"]:
        resource["autres_formats"] = [one for one in resource["autres_formats"] if one["path"] != SECOND]
    write_json(folder / DESCRIPTOR, descriptor)
    (folder / SECOND).unlink()


def _swapped(folder: Path) -> None:
    one, other = (folder / FIRST).read_bytes(), (folder / SECOND).read_bytes()
    (folder / FIRST).write_bytes(other)
    (folder / SECOND).write_bytes(one)


def _said_otherwise(folder: Path) -> None:
    descriptor: Json = read_json(folder / DESCRIPTOR)
    [said] = [one for table in descriptor["resources"] for one in table["autres_formats"] if one["path"] == SECOND]
    said["premiere_ligne"] = 2
    write_json(folder / DESCRIPTOR, descriptor)


@pytest.mark.parametrize(
    ("spoil", "code", "file"),
    [
        (lambda folder: (folder / SECOND).unlink(), "fichier-decrit-absent", SECOND),
        (_unlisted, "classeur-lignes", FIRST),
        (_swapped, "classeur-cellule", FIRST),
        (_swapped, "classeur-cellule", SECOND),
        (_said_otherwise, "metadonnees-differentes", DESCRIPTOR),
        (
            lambda folder: shutil.copyfile(folder / FIRST, folder / "xlsx/organismes-3.xlsx"),
            "fichier-non-decrit",
            "xlsx/organismes-3.xlsx",
        ),
    ],
)
def test_a_part_that_lacks_or_is_not_in_its_place_is_found(
    folder: Path, spoil: Callable[[Path], object], code: str, file: str
) -> None:
    spoil(folder)
    sealed_again(folder)
    assert (code, file) in {(one.code, one.file) for one in verify(folder).findings}
