from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.machine import LIBRARIES, machine
from benchmarks.report import COLUMNS, FAILED, cells, grid, number, page, verdict
from benchmarks.run import KEYS, write
from benchmarks.shop import FULL, QUICK, TINY, Shop

HELD = Figure(
    key="a",
    what="travail entier",
    ours=12.345,
    reference=5.0,
    against="plancher",
    value=2.469,
    target=at_most(3),
    memory=1_234_567_890,
    rows=1_059_000,
    repeats=3,
)
MISSED = Figure(key="b", what="écrire", ours=2.0, reference=10.0, value=5.0, unit="× plus vite", target=at_least(8))
PART = Figure(key="a", what="lecture", ours=0.5, part=True)
BROKEN = Figure(key="d", what="deux cœurs", failed="le processus a été tué | mémoire\népuisée")


def _cells(figure: Figure) -> dict[str, str]:
    return dict(zip(COLUMNS, cells(figure), strict=True))


def test_a_line_says_both_sides_the_ratio_and_the_verdict() -> None:
    found = _cells(HELD)
    assert (found["nous (s)"], found["référence (s)"]) == ("12,3", "5,00")
    assert (found["rapport"], found["cible"], found["tenue"]) == ("2,47 ×", "≤ 3 ×", "oui")
    assert (found["mémoire (Mo)"], found["lignes"], found["fois"]) == ("1\u202f235", "1\u202f059\u202f000", "3")


def test_a_target_that_is_missed_is_said() -> None:
    found = _cells(MISSED)
    assert (found["rapport"], found["cible"], found["tenue"]) == ("5,00 × plus vite", "≥ 8 × plus vite", "non")


def test_a_verdict_in_a_few_words() -> None:
    assert (verdict(HELD), verdict(MISSED), verdict(BROKEN)) == (
        "2,47 × (≤ 3 ×, tenue)",
        "5,00 × plus vite (≥ 8 × plus vite, pas tenue)",
        "",
    )


def test_a_detail_stands_under_its_line() -> None:
    assert (_cells(PART)["rang"], _cells(PART)["mesure"], _cells(PART)["tenue"]) == ("", "– lecture", "")


def test_a_row_that_failed_is_said_in_its_place() -> None:
    text = page([HELD, BROKEN, MISSED], {}, {"Commande": "make bench"})
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(lines) == 2 + 3
    assert f"{FAILED} : le processus a été tué \\| mémoire épuisée" in lines[3]
    assert "écrire" in lines[4]


@pytest.mark.parametrize(
    ("value", "said"), [(0.0123, "0,01"), (1.0, "1,00"), (12.34, "12,3"), (123.4, "123"), (12_345.6, "12\u202f346")]
)
def test_numbers_as_french_readers_write_them(value: float, said: str) -> None:
    assert number(value) == said


def test_the_terminal_shows_every_line() -> None:
    console = Console(width=220, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(grid([HELD, PART, BROKEN]))
    assert all(word in capture.get() for word in ("travail entier", "– lecture", FAILED))


def test_the_page_says_the_machine_and_no_path_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("benchmarks.run.PAGES", tmp_path)
    assert write([HELD], KEYS, QUICK, machine()) == [tmp_path / "results.md"]
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert all(f"{name} " in text for name in LIBRARIES)
    assert {"Processeur", "Mémoire", "Noyau", "Python", "Bibliothèques", "Code", "Date"} <= set(machine())
    for word in ("graine 0", "100 contrats", "100\u202f000 actions", "make bench"):
        assert word in text
    assert str(Path.cwd()) not in text
    assert not any(line.startswith(("/", "~")) for line in text.split())


def test_a_long_run_has_a_page_of_its_own() -> None:
    assert len({sizes.page for sizes in (TINY, QUICK, FULL)}) == 3


def test_folders_of_the_machine_are_taken_out_of_what_failed(tmp_path: Path) -> None:
    shop = Shop(tmp_path, TINY)
    assert shop.without_paths(f"{tmp_path}/sources : rien ; {tmp_path}") == "sources : rien ; …"


def test_rows_are_named_as_the_table_names_them() -> None:
    assert KEYS[:3] == ("a", "a2", "a3")
    assert len(KEYS) == len(set(KEYS))
