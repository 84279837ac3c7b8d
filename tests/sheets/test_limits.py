"""The one setting that raises the limits on sizes, and what is said when it does not say a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.settings import SettingError
from pipelines.sheets.csv_text import read_rows
from pipelines.sheets.files import UnreadableFileError, read_file
from pipelines.sheets.limits import MAX_AREA, MAX_CELLS, MAX_FILE, VARIABLE, _limits, limits
from tests.sheets.hostile import large_csv, xlsx_of


@pytest.mark.parametrize(("said", "times"), [("", 1), ("1", 1), (" 3 ", 3), ("100", 100)])
def test_sizes_are_multiplied(said: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, said)
    assert (limits().file, limits().cells, limits().area) == (MAX_FILE * times, MAX_CELLS * times, MAX_AREA * times)


@pytest.mark.parametrize("said", ["0", "101", "-1", "1.5", "1,5", "deux", "1e2", "²", "٣", "9" * 5_000])
def test_anything_else_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, said)
    with pytest.raises(SettingError, match=f"{VARIABLE} vaut .* : un nombre entier de 1 à 100 est attendu"):
        limits()


@pytest.mark.parametrize("command", [["check"], ["text"]])
def test_a_command_says_so_and_reads_nothing(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "beaucoup")
    path = tmp_path / "Actions.csv"
    path.write_text("Intitulé,Axe\n", encoding="utf-8")
    done = CliRunner().invoke(main, [*command, str(path)])
    assert done.exit_code == 2
    assert "CONTRATS_LIMITES vaut « beaucoup »" in done.output


def test_a_long_file_is_refused_with_the_limit_in_force_and_read_under_a_higher_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, code, _ = large_csv(tmp_path)
    for times, most in (("1", 50), ("2", 100)):
        monkeypatch.setenv(VARIABLE, times)
        with path.open("wb") as stream:
            stream.truncate(limits().file + 1)
        with pytest.raises(UnreadableFileError, match=f"{most} au plus .la variable CONTRATS_LIMITES") as caught:
            read_file(path)
        assert caught.value.code == code
    path.write_bytes(b"a,b\n" * (MAX_FILE // 40))
    assert read_file(path).grids[0].kind.shape == (MAX_FILE // 40, 2)


def test_a_csv_may_have_more_cells_than_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "Actions.csv"
    path.write_bytes(b"a,b,c\n" * (MAX_CELLS // 2))
    assert read_file(path).grids[0].kind.sum() == 3 * (MAX_CELLS // 2)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits that small files reach."""
    _limits.cache_clear()
    monkeypatch.setattr("pipelines.sheets.limits.MAX_AREA", 40)
    monkeypatch.setattr("pipelines.sheets.limits.MAX_CELLS", 10)
    yield
    _limits.cache_clear()


@pytest.mark.usefixtures("small")
def test_too_many_cells_one_after_the_other_are_no_far_cell() -> None:
    with pytest.raises(UnreadableFileError, match="plus de 40 cellules") as caught:
        read_rows(Path("Actions.csv"), b"a,b\n" * 21)
    assert caught.value.code == "fichier-demesure"


@pytest.mark.usefixtures("small")
def test_a_workbook_of_more_cells_is_read_under_a_higher_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    path = xlsx_of(tmp_path / "f.xlsx", b"".join(row % (n, n) for n in range(1, 30)))
    monkeypatch.setenv(VARIABLE, "2")
    with pytest.raises(UnreadableFileError, match="plus de 20 cellules remplies"):
        read_file(path)
    monkeypatch.setenv(VARIABLE, "3")
    assert read_file(path).grids[0].kind.shape == (29, 1)
