"""Rows a and c: the whole job against its floor, its memory, how it grows.

Belongs here: figures. Does not belong here: the work itself (``steps``), the floor's (``floors``).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure, at_most, exponent, ratio
from benchmarks.report import grouped, number
from benchmarks.shop import Shop
from benchmarks.steps import READING

JOB_TARGET, MEMORY_TARGET, EXPONENT_TARGET = at_most(3), at_most(3), at_most(1.05)
_FLOOR = "plancher : Arrow lit les mêmes entrées, Pandera valide chaque table une fois, Arrow écrit les mêmes tables"
_STAGES = {READING: "lecture par Arrow"}


def job(shop: Shop) -> Iterator[Figure]:
    """The whole job, then stage by stage."""
    size, repeats = shop.sizes.job, shop.sizes.repeats
    ours, floor = shop.job_and_floor(size, repeats)
    yield Figure(
        key="a",
        what=f"travail entier, {grouped(size[1])} actions en CSV → CSV et Parquet",
        ours=ours.seconds,
        reference=floor.seconds,
        against=_FLOOR,
        value=ratio(ours.seconds, floor.seconds),
        target=JOB_TARGET,
        memory=ours.memory,
        rows=ours.found["rows"],
        repeats=repeats,
    )
    for title, seconds in ours.stages.items():
        least = floor.stages.get(title)
        yield Figure(
            key="a",
            what=title,
            ours=seconds,
            reference=least,
            against="" if least is None else _STAGES.get(title, "la même étape du plancher"),
            value=None if least is None else ratio(seconds, least),
            repeats=repeats,
            part=True,
        )


def memory(shop: Shop) -> Iterator[Figure]:
    """What the whole job holds at its peak, over the tables that it publishes."""
    size, repeats = shop.sizes.job, shop.sizes.repeats
    sample = shop.job(size, repeats)
    arrow = sample.found["arrow"]
    yield Figure(
        key="c",
        what=f"mémoire du travail entier, {grouped(size[1])} actions, sur celle des tables publiées en Arrow",
        against=f"{grouped(arrow / 1e6)} Mo en Arrow",
        value=ratio(sample.memory, arrow),
        target=MEMORY_TARGET,
        memory=sample.memory,
        rows=sample.found["rows"],
        repeats=repeats,
        note=f"dont {sample.before / 1e6:.0f} Mo de bibliothèques, avant de commencer",
    )


def growth(shop: Shop) -> Iterator[Figure]:
    """How time and memory go with the number of published rows."""
    points, memories = [], []
    parts = []
    for size in shop.sizes.growth:
        repeats = shop.sizes.repeats if size[1] <= 100_000 else shop.sizes.long
        sample = shop.job(size, repeats)
        rows, arrow = sample.found["rows"], sample.found["arrow"]
        points.append((rows, sample.seconds))
        memories.append(sample.memory)
        parts.append(
            Figure(
                key="c",
                what=f"{grouped(size[1])} actions",
                ours=sample.seconds,
                value=1e6 * sample.seconds / rows,
                unit="µs par ligne",
                memory=sample.memory,
                rows=rows,
                repeats=repeats,
                note=f"{number(sample.memory / arrow)} × l’Arrow des tables",
                part=True,
            )
        )
    yield Figure(
        key="c",
        what="croissance du travail entier avec les lignes publiées, sans XLSX",
        value=exponent(points),
        unit="(exposant)",
        target=EXPONENT_TARGET,
        memory=max(memories),
        rows=round(points[-1][0]),
        repeats=max(part.repeats for part in parts),
        note="moindres carrés sur les tailles ci-dessous",
    )
    yield from parts
