from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from benchmarks.generate import Wanted
from benchmarks.measure import Measures, without_paths
from benchmarks.profiles import PROFILES, Profile, text


def test_files_are_told_from_the_folder_of_the_project_or_of_python() -> None:
    root, library = Path(__file__).resolve().parents[2], sysconfig.get_path("purelib")
    listing = f"1 0.1 {root}/pipelines/job.py:76(build)   \n2 0.2 {library}/pandas/core/frame.py:1(x)"
    assert without_paths(listing) == "1 0.1 pipelines/job.py:76(build)\n2 0.2 pandas/core/frame.py:1(x)"


def test_a_profile_says_what_it_was_made_of() -> None:
    said = text(Profile("essai", "un essai", Wanted(2, 30)), Measures(seconds={"lecture": 1.5}, rows=12, functions="…"))
    assert said.startswith("Un essai : 2 contrats, 30 actions, graine 0, sources en xlsx, version en csv, parquet\n")
    assert "12 lignes publiées" in said
    assert "1,50 s  lecture" in said
    assert sys.prefix not in said


def test_each_profile_has_its_file() -> None:
    assert len({profile.name for profile in PROFILES}) == len(PROFILES)
    told = (Path(__file__).resolve().parents[2] / "benchmarks" / "profils" / "LISEZ-MOI.md").read_text(encoding="utf-8")
    assert all(f"`{profile.name}.txt`" in told for profile in PROFILES)
