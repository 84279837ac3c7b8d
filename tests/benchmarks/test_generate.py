from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import schemas.sheets
import schemas.tables
from benchmarks.cli import main
from benchmarks.files import FORMATS, Format
from benchmarks.generate import OccupiedError, Wanted, Written, generate, manifest_of
from benchmarks.world import TooLargeError
from pipelines import job
from pipelines.curation.issues import errors
from pipelines.sheets.cells import CellKind
from schemas import registry
from tests.test_ajout_de_table import SHEET_FILE, TABLE_FILE

CONTRACTS, ACTIONS = 4, 60
PLACES = ["fichier", "feuille", "cellule", "code"]
DEPENDS_ON_FILES = {"provenance"}
NEW_COLUMNS = {
    "confirme": "BOOLEAN",
    "part": "PERCENT",
    "voix": "INTEGER",
    "lien": "URL",
    "numero_siren": "SIREN",
    "cout": "EUROS",
}


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sheet that another test adds, with more columns, in folders that the packages also look into."""
    columns = "".join(
        f'column(Kind.{kind}, "{name}", ("{name}", "{name}"), ("…", "…"), "un exemple"),\n        '
        for name, kind in NEW_COLUMNS.items()
    )
    cells = "".join(f'cell(TABLE["{name}"]),\n        ' for name in NEW_COLUMNS)
    modules = {
        schemas.tables: TABLE_FILE.replace("DATE_DEBUT,\n        REMARQUE", f"DATE_DEBUT,\n        {columns}REMARQUE"),
        schemas.sheets: SHEET_FILE.replace("cell(REMARQUE)", f"{cells}cell(REMARQUE)"),
    }
    for package, content in modules.items():
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "avis.py").write_text(content, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    registry.forget()
    yield
    monkeypatch.undo()
    for module in ("schemas.tables.avis", "schemas.sheets.avis"):
        sys.modules.pop(module, None)
    registry.forget()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("fabrique")
    for file_format in FORMATS:
        generate(folder / file_format, Wanted(CONTRACTS, ACTIONS, file_format=file_format))
    return {str(file_format): folder / file_format for file_format in FORMATS}


@pytest.fixture(scope="module")
def clean(folders: dict[str, Path]) -> dict[str, job.Outcome]:
    return {file_format: job.run(folders[file_format]) for file_format in ("csv", "xlsx")}


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_made_up_sources_are_accepted_as_they_are(clean: dict[str, job.Outcome], file_format: Format) -> None:
    issues = clean[file_format].issues
    assert issues[issues["severity"] != "info"].empty


def test_sizes_are_exact(clean: dict[str, job.Outcome]) -> None:
    tables = clean["csv"].tables
    assert (len(tables["contrats"]), len(tables["actions"])) == (CONTRACTS, ACTIONS)
    assert tables["actions"]["contrat_id"].isna().any()


def test_two_formats_give_the_same_tables(clean: dict[str, job.Outcome]) -> None:
    for name, table in clean["csv"].tables.items():
        if name not in DEPENDS_ON_FILES:
            pd.testing.assert_frame_equal(clean["xlsx"].tables[name], table, obj=name)


@pytest.fixture(scope="module")
def read(folders: dict[str, Path]) -> dict[str, job.Reading]:
    return {file_format: job.read(folder) for file_format, folder in folders.items()}


def test_ods_reads_as_csv_does(read: dict[str, job.Reading]) -> None:
    assert read["ods"].issues.empty
    for name, typed in read["csv"].sheets.items():
        pd.testing.assert_frame_equal(read["ods"].sheets[name].frame, typed.frame, obj=name)


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_spreadsheets_hold_dates_and_numbers_of_their_own(read: dict[str, job.Reading], file_format: Format) -> None:
    kinds = read[file_format].sheets["Actions"].source.kind
    assert (kinds["Début"] == CellKind.DATE).any()
    assert (kinds["Montant (€)"] == CellKind.NUMBER).any()


def test_identifiers_are_those_of_the_registry(clean: dict[str, job.Outcome]) -> None:
    assert "identifiant-nouveau" not in set(clean["csv"].issues["code"])


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


@pytest.mark.parametrize("file_format", FORMATS)
def test_same_seed_same_bytes(tmp_path: Path, file_format: Format) -> None:
    for name, seed in (("un", 3), ("deux", 3), ("autre", 4)):
        generate(tmp_path / name, Wanted(2, 12, 0.01, file_format, seed))
    assert _digest(tmp_path / "un") == _digest(tmp_path / "deux")
    assert manifest_of(tmp_path / "un").read_bytes() == manifest_of(tmp_path / "deux").read_bytes()
    assert _digest(tmp_path / "un") != _digest(tmp_path / "autre")


@pytest.mark.parametrize("file_format", ["xlsx", "ods"])
def test_the_number_of_processes_changes_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: Format
) -> None:
    monkeypatch.setattr("benchmarks.generate.LOT_WORKBOOKS", 2)
    told: dict[str, list[int]] = {}
    for processes in ("1", "2"):
        monkeypatch.setenv("CONTRATS_PROCESSUS", processes)
        told[processes] = []
        generate(tmp_path / processes, Wanted(11, 40, 0.01, file_format), told[processes].append)
    assert _digest(tmp_path / "1") == _digest(tmp_path / "2")
    assert told["1"] == told["2"] == [2, 2, 2, 2, 2, 1, 1]


@pytest.mark.usefixtures("declared")
def test_every_planted_mistake_is_found_at_its_cell_and_nothing_else(tmp_path: Path) -> None:
    """Also in a sheet that this package knows nothing of, with a column of most kinds."""
    folder = tmp_path / "fautes"
    written = generate(folder, Wanted(12, 200, 0.05, "xlsx"))
    planted = pd.read_csv(manifest_of(folder), dtype="str")
    assert written.mistakes == len(planted) > 100
    assert "Avis" in set(planted["feuille"])
    outcome = job.run(folder)
    found = errors(outcome.issues)[["file", "sheet", "cell", "code"]].set_axis(PLACES, axis=1)
    assert sorted(found.itertuples(index=False)) == sorted(planted.itertuples(index=False))
    rows = outcome.tables["avis"]
    assert all(rows[name].notna().any() for name in NEW_COLUMNS)
    assert "identifiant-nouveau" not in set(outcome.issues["code"])


def test_no_mistake_no_manifest(tmp_path: Path) -> None:
    assert generate(tmp_path / "sources", Wanted(1, 3, file_format="csv")).mistakes == 0
    assert not manifest_of(tmp_path / "sources").exists()


def test_a_folder_made_elsewhere_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("à garder", encoding="utf-8")
    with pytest.raises(OccupiedError):
        generate(tmp_path, Wanted(1, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_made_here_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    generate(folder, Wanted(3, 9, 0.2, "csv"))
    generate(folder, Wanted(1, 9, file_format="csv"))
    assert len(list((folder / "contrats").iterdir())) == 1
    assert not manifest_of(folder).exists()


def test_the_folder_may_be_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ici").mkdir()
    monkeypatch.chdir(tmp_path / "ici")
    generate(Path(), Wanted(1, 9, 0.2, "csv"))
    assert (tmp_path / "ici.attendu.csv").is_file()


@pytest.mark.parametrize("wanted", [Wanted(1, 200_000), Wanted(10_000_000, 1)])
def test_more_than_sources_can_hold_is_refused_before_anything_is_written(tmp_path: Path, wanted: Wanted) -> None:
    with pytest.raises(TooLargeError, match="demandez au"):
        generate(tmp_path / "sources", wanted)
    assert not (tmp_path / "sources").exists()


@pytest.mark.parametrize(("contracts", "actions"), [(1, 0), (1, 1), (3, 500)])
def test_small_and_lopsided_sizes(tmp_path: Path, contracts: int, actions: int) -> None:
    assert generate(tmp_path / "s", Wanted(contracts, actions, file_format="csv")) == Written(
        rows=sum(
            len(pd.read_csv(path, dtype="str"))
            for path in [*(tmp_path / "s" / "contrats").rglob("*.csv"), *(tmp_path / "s" / "national").glob("*.csv")]
        ),
        workbooks=contracts + 1,
        mistakes=0,
    )


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        main,
        ["generate", "--contrats", "2", "--actions", "9", "--format", "csv", "--dirty", "1 %", str(tmp_path / "s")],
    )
    assert said.exit_code == 0, said.output
    assert "3 classeurs" in said.output
    assert "attendu.csv" in said.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--contrats", "0", "--actions", "9"], "au moins 1"),
        (["--contrats", "deux", "--actions", "9"], "nombre entier"),
        (["--contrats", "1", "--actions", "9", "--dirty", "120%"], "part"),
        (["--contrats", "1"], "--actions"),
        (["--contrats", "1", "--actions", "900000"], "demandez au moins"),
    ],
)
def test_the_command_refuses_in_french(tmp_path: Path, arguments: list[str], expected: str) -> None:
    said = CliRunner().invoke(main, ["generate", *arguments, str(tmp_path / "s")])
    assert said.exit_code == 2
    assert expected in said.output
    assert "Traceback" not in said.output
