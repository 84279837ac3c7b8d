"""The rows at a tiny size, in this process; in processes of their own in the slow tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from benchmarks import apart, rows_exact, run
from benchmarks.cli import main
from benchmarks.expected import promises
from benchmarks.figures import Figure
from benchmarks.generate import Wanted
from benchmarks.rows_names import exhaustive, made_names
from benchmarks.run import Row
from benchmarks.shop import TINY, Shop
from schemas.registry import tables

LONG = {"controle", "dagster", "demarrage"}
"""Rows about the real sheets, or about whole commands."""
SLOW = {"croissance", "nombre de classeurs", "deux cœurs", "un classeur changé", "site", "travail entier"}
"""Rows of several sizes, each of which is the whole work again."""


def _here(probe: Callable[..., Any], arguments: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    """A measure in this process, which has not its own memory."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        return apart.told_by(probe, arguments)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "in_fresh_process", _here)
        found = Shop(tmp_path_factory.mktemp("mesures"), TINY)
        yield found
        found.close()


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row.title, marks=[pytest.mark.slow] * (row.title in SLOW))
        for row in run.ROWS
        if row.key not in LONG
    ],
)
def test_each_row_runs_at_a_tiny_size(shop: Shop, row: Row) -> None:
    figures = run.measured_row(row, shop)
    assert figures
    assert [figure.failed for figure in figures] == [""] * len(figures)
    assert {figure.key for figure in figures} == {row.key}
    assert all(figure.ours or figure.reference or figure.value for figure in figures)


def test_a_row_that_fails_is_said_and_the_others_go_on(shop: Shop) -> None:
    def broken(_shop: Shop) -> Iterator[Figure]:
        yield Figure(key="x", what="la première", value=1.0)
        raise ValueError(f"rien dans {shop.folder}/sources")

    found = run.measured_row(Row("x", "la seconde", broken), shop)
    assert [(figure.what, figure.failed) for figure in found] == [
        ("la première", ""),
        ("la seconde", "ValueError : rien dans sources"),
    ]


def test_what_was_promised_is_what_is_published(shop: Shop) -> None:
    promised = promises(Wanted(*TINY.releases, seed=shop.seed))
    assert promised.rows["actions"] == TINY.releases[1]
    assert sum(promised.sums.values()) > 0
    assert len(promised.contracts) == TINY.releases[0]


@pytest.mark.parametrize("spoil", ["a row less", "another amount", "a key twice", "a reference to nothing"])
def test_what_is_not_exact_is_loud(shop: Shop, tmp_path: Path, spoil: str) -> None:
    release = shop.release(TINY.releases)
    files = {path.stem: path for path in (release / "parquet").iterdir()}
    frame = pq.read_table(files["financements"]).to_pandas()
    amounts = frame["montant_eur"].first_valid_index()
    if spoil == "a row less":
        frame = frame.iloc[:-1]
    elif spoil == "another amount":
        frame.loc[amounts, "montant_eur"] *= 2
    elif spoil == "a key twice":
        frame.loc[0, "financement_id"] = frame.loc[1, "financement_id"]
    else:
        frame.loc[0, "contrat_id"] = "nulle-part"
    frame.to_parquet(tmp_path / "spoiled.parquet")
    spoiled = files | {"financements": tmp_path / "spoiled.parquet"}
    promised = promises(Wanted(*TINY.releases, seed=shop.seed))
    with pytest.raises(rows_exact.NotExactError, match="Table financements"):
        rows_exact.compare_counts(spoiled, promised)
        rows_exact.compare_sums(spoiled, promised)
        rows_exact.check_keys(spoiled, tables()["financements"])


def test_another_row_in_the_release_than_alone_is_loud(shop: Shop, tmp_path: Path) -> None:
    release = shop.release(TINY.releases)
    files = {path.stem: path for path in (release / "parquet").iterdir()}
    table = pq.read_table(files["actions"])
    place = table.column_names.index("intitule")
    pq.write_table(table.set_column(place, table.schema.field(place), [["autre"] * len(table)]), tmp_path / "a.parquet")
    drawn = rows_exact.draw(promises(Wanted(*TINY.releases, seed=shop.seed)), 1, 0)
    with pytest.raises(rows_exact.NotExactError, match="seuls"):
        rows_exact.compare_sample(
            files | {"actions": tmp_path / "a.parquet"}, shop.sources(TINY.releases), tmp_path / "alone", drawn
        )


def test_made_up_names_have_neighbours_to_find() -> None:
    names = made_names(300, 0)
    assert len(set(names)) == len(names) > 290
    assert len(exhaustive(pd.Series(names, dtype="str"))) >= 15


# --- The command -----------------------------------------------------------------------------------------------------


def _run_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failed: str, *words: str) -> tuple[int, str]:
    def rows(_sizes: object, _wanted: object, _told: object) -> list[Figure]:
        return [Figure(key="a", what="travail", value=9.0, failed=failed)]

    monkeypatch.setattr(run, "run", rows)
    monkeypatch.setattr(run, "PAGES", tmp_path)
    said = CliRunner().invoke(main, ["run", *words])
    return said.exit_code, said.output


@pytest.mark.parametrize(("failed", "code"), [("", 0), ("rien", 1)])
def test_only_what_could_not_be_measured_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failed: str, code: int
) -> None:
    assert _run_command(monkeypatch, tmp_path, failed)[0] == code


def test_a_partial_run_leaves_the_page_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said = _run_command(monkeypatch, tmp_path, "", "--only", "a,b")
    assert code == 0
    assert "partielle" in said
    assert list(tmp_path.iterdir()) == []


def test_a_whole_run_writes_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said = _run_command(monkeypatch, tmp_path, "")
    assert code == 0
    assert "partielle" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["results.md"]
    assert "| a | travail |" in (tmp_path / "results.md").read_text(encoding="utf-8")


def test_the_largest_sizes_have_a_page_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said = _run_command(monkeypatch, tmp_path, "", "--full", "--only", "a,f")
    assert code == 0
    assert "partielle" not in said
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "results-full").iterdir()}
    assert sorted(pages) == ["a.md", "f.md"]
    assert "| a | travail |" in pages["a.md"]
    assert "| a |" not in pages["f.md"]
    assert "- Commande : make bench-full ONLY=a\n" in pages["a.md"]
    assert "1\u202f000\u202f000 actions" in pages["a.md"]
    assert "actions" not in pages["f.md"].partition("## Avec quoi")[2]  # it has none of the sizes of other rows


def test_an_unknown_row_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said = _run_command(monkeypatch, tmp_path, "", "--only", "a,zz")
    assert code == 2
    assert "Rang inconnu : zz" in said


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(LONG))
def test_rows_of_real_sheets_and_of_commands(key: str) -> None:
    figures = run.run(TINY, [key])
    assert figures
    assert [figure.failed for figure in figures] == [""] * len(figures)


@pytest.mark.slow
def test_the_whole_job_in_processes_of_its_own() -> None:
    figures = run.run(TINY, ["a", "c", "exactitude"])
    assert [figure.failed for figure in figures] == [""] * len(figures)
    assert all(figure.memory for figure in figures if not figure.part)
