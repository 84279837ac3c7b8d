"""How much a publication takes is told, and bounded, before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import job, memory
from pipelines.cli import main
from pipelines.memory import GIB, LIBRARIES, PUBLICATION, VARIABLE, MemoryShortError, allowed, needed, require
from pipelines.settings import SettingError
from tests.conftest import SmallSources


@pytest.mark.parametrize(
    ("said", "bytes_"), [("4", 4 * GIB), ("1.5", 3 * GIB // 2), ("0,25", GIB // 4), (" 12 ", 12 * GIB)]
)
def test_the_limit_is_said_in_gibibytes(said: str, bytes_: int) -> None:
    assert allowed({VARIABLE: said}) == bytes_


@pytest.mark.parametrize("said", ["0", "0,0", "-4", "4 Gio", "beaucoup", "1e3", "4.", ",5", "٤", "9" * 6])
def test_anything_else_is_refused(said: str) -> None:
    with pytest.raises(SettingError, match=f"{VARIABLE} vaut .* : un nombre de Gio est attendu"):
        allowed({VARIABLE: said})


def test_unless_it_is_said_the_machine_is_the_limit() -> None:
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert GIB // 4 < allowed({}) <= machine
    assert allowed({VARIABLE: ""}) == allowed({})


@pytest.mark.parametrize(("content", "limit"), [("1073741824\n", GIB), ("max\n", None), ("9" * 19, None), ("", None)])
def test_what_a_container_has_is_less_than_its_machine(
    content: str, limit: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text(content, encoding="ascii")
    monkeypatch.setattr(memory, "_OF_CONTAINER", (tmp_path / "memory.max", tmp_path / "absent"))
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert allowed({}) == (limit or machine)


def test_more_rows_take_more_and_are_refused_beyond_the_limit(
    small_sources: SmallSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = job.read(small_sources.root).sheets
    wanted = needed(sheets)
    assert LIBRARIES < wanted < needed(sheets, PUBLICATION) < 2 * LIBRARIES
    assert needed({"une": sheets["sources"]}) < wanted
    monkeypatch.setenv(VARIABLE, "1")
    require(sheets)
    monkeypatch.setenv(VARIABLE, "0.25")
    with pytest.raises(MemoryShortError, match=r"lignes de feuilles demanderait environ 0,4 Gio .* 0,2 Gio au plus"):
        require(sheets)


@pytest.mark.parametrize(
    ("said", "code", "words"), [("0.1", 3, "relevez CONTRATS_MEMOIRE"), ("peu", 2, "CONTRATS_MEMOIRE vaut « peu »")]
)
def test_a_build_says_so_and_publishes_nothing(
    said: str, code: int, words: str, small_sources: SmallSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, said)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    (small_sources.root / "jeu_de_donnees.toml").write_bytes(Path("sources/jeu_de_donnees.toml").read_bytes())
    outputs = tmp_path / "sorties"
    done = CliRunner().invoke(main, ["build", "--sources", str(small_sources.root), "--outputs", str(outputs)])
    assert done.exit_code == code, done.output
    assert words in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert not (outputs / "latest").exists()
