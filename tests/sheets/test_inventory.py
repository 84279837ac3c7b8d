"""The inventory of a folder of sources: its content and nothing else, and what happened between two."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sheets.inventory import Changes, changes, digest_of, inventory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "sources"
    for name in ("contrats/a.xlsx", "contrats/b/Contrat.csv", "contrats/b/Actions.csv", "referentiels/zones.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, encoding="utf-8")
    (root / "jeu_de_donnees.toml").write_text("titre", encoding="utf-8")
    return root


def _link_out(root: Path) -> None:
    (root.parent / "dehors.xlsx").write_text("dehors", encoding="utf-8")
    (root / "contrats" / "dehors.xlsx").symlink_to(root.parent / "dehors.xlsx")


def _dates(root: Path) -> None:
    for path in root.rglob("*.*"):
        os.utime(path, (0, 0))


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda root: (root / "contrats/a.xlsx").write_text("x"), Changes(edited=("contrats/a.xlsx",))),
        (lambda root: (root / "contrats/b/Actions.csv").write_text("x"), Changes(edited=("contrats/b/Actions.csv",))),
        (lambda root: (root / "jeu_de_donnees.toml").write_text("x"), Changes(edited=("jeu_de_donnees.toml",))),
        (lambda root: (root / "contrats/c.ods").write_text("x"), Changes(added=("contrats/c.ods",))),
        (lambda root: (root / "contrats/a.xlsx").unlink(), Changes(removed=("contrats/a.xlsx",))),
        (
            lambda root: (root / "contrats/a.xlsx").rename(root / "contrats/z.xlsx"),
            Changes(renamed=(("contrats/a.xlsx", "contrats/z.xlsx"),)),
        ),
        (_dates, Changes()),
        (lambda root: (root / "contrats/~$a.xlsx").write_text("verrou"), Changes()),
        (lambda root: (root / "contrats/.~lock.a.xlsx#").write_text("verrou"), Changes()),
        (lambda root: (root / "contrats/.a.xlsx.swp.xlsx").write_text("caché"), Changes()),
        (lambda root: (root / "contrats/a.pdf").write_text("autre chose"), Changes()),
        (_link_out, Changes()),
    ],
    ids=[
        "edited", "a sheet of a folder", "the description", "added", "removed", "renamed", "touched", "lock of Excel",
        "lock of LibreOffice", "hidden", "no sheet", "a link that leads out",
    ],
)  # fmt: skip
def test_what_happens_to_a_file_is_told(folder: Path, happens: Callable[[Path], object], told: Changes) -> None:
    before = inventory(folder)
    happens(folder)
    after = inventory(folder)
    assert changes(before, after) == told
    assert (digest_of(before) == digest_of(after)) is not bool(told)


NAMES = st.sampled_from([f"contrats/{letter}.xlsx" for letter in "abcdef"])
FILES = st.dictionaries(NAMES, st.sampled_from(["1", "2", "3"]))


@given(FILES, FILES)
def test_nothing_is_forgotten_nor_told_twice(before: dict[str, str], after: dict[str, str]) -> None:
    found = changes(before, after)
    rebuilt = {name: digest for name, digest in before.items() if name not in found.removed}
    for old, new in found.renamed:
        rebuilt[new] = rebuilt.pop(old)
    rebuilt |= {name: after[name] for name in (*found.edited, *found.added)}
    assert rebuilt == after
    named = [*found.added, *found.removed, *found.edited, *(name for pair in found.renamed for name in pair)]
    assert len(named) == len(set(named))
    assert bool(found) is (digest_of(before) != digest_of(after))


def test_a_long_list_is_cut_and_says_so() -> None:
    said = Changes(added=tuple(f"contrats/{number}.xlsx" for number in range(9))).told(most=2)
    assert said == ["ajouté : contrats/0.xlsx", "ajouté : contrats/1.xlsx", "et 7 autres"]
