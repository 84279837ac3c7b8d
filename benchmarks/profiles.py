"""The profiles that are kept: what costs most, at sizes where it shows.

Belongs here: which there are, the text of one. Does not belong here: profiling (``measure``).
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.apart import REPOSITORY
from benchmarks.generate import Wanted
from benchmarks.generate import generate as write_sources
from benchmarks.machine import machine
from benchmarks.measure import Measures, measure
from benchmarks.report import number
from benchmarks.steps import WITHOUT_XLSX
from pipelines.publish.formats import FORMATS
from pipelines.text import numbered

FOLDER = REPOSITORY / "benchmarks" / "profils"
FUNCTIONS = 30


@dataclass(frozen=True)
class Profile:
    """Sources, and the formats of the release that is made of them."""

    name: str
    title: str
    wanted: Wanted
    formats: tuple[str, ...] = WITHOUT_XLSX


PROFILES = (
    Profile("travail", "beaucoup d’actions, en CSV et Parquet", Wanted(100, 100_000, file_format="csv")),
    Profile("classeurs", "beaucoup de petits classeurs XLSX", Wanted(1_000, 3_000)),
    Profile("formats", "tous les formats", Wanted(20, 20_000, file_format="csv"), FORMATS),
)


def profiled(wanted: Wanted, functions: int, formats: tuple[str, ...] = WITHOUT_XLSX) -> Measures:
    """The work on sources that are made for it, of which nothing is kept.

    Raises:
        TooLargeError: see `benchmarks.world.make`.
    """
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "sources"
        write_sources(root, wanted)
        return measure(root, Path(temporary) / "outputs", functions, formats)


def text(profile: Profile, found: Measures) -> str:
    """A profile as it is kept."""
    told, wanted, title = machine(), profile.wanted, profile.title[:1].upper() + profile.title[1:]
    lines = [
        f"{title} : {wanted.contracts} contrats, {wanted.actions} actions, graine {wanted.seed}, "
        f"sources en {wanted.file_format}, version en {', '.join(profile.formats)}",
        f"{numbered(found.rows, 'ligne publiée', 'lignes publiées')} ; code {told['Code']}, {told['Date']} ; "
        f"{told['Processeur']}",
        "Durées sous cProfile, qui ralentit surtout ce qui appelle beaucoup de fonctions.",
        "",
        *(f"{number(seconds):>8} s  {title}" for title, seconds in found.seconds.items()),
        "",
        found.functions,
        "",
    ]
    return "\n".join(lines)


def write(profile: Profile, functions: int = FUNCTIONS, folder: Path = FOLDER) -> Path:
    """Makes a profile again."""
    path = folder / f"{profile.name}.txt"
    path.write_text(text(profile, profiled(profile.wanted, functions, profile.formats)), encoding="utf-8")
    return path
