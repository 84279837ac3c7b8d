"""Row g and its like: what reads releases back. Comparison, verification, site.

Belongs here: figures, and our side. Does not belong here: the references (``floors``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.apart import Sample, alternately, measured, typical
from benchmarks.figures import Figure, at_most, exponent, ratio
from benchmarks.floors import fresh, read_and_hash, read_parquet
from benchmarks.shop import SMALL, Shop, Size
from benchmarks.steps import kept, to_release, to_tables
from benchmarks.watch import Watch
from pipelines.publish.diff.compare import diff
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.verify.release import verify
from pipelines.site.build import build_site

DIFF_TARGET, SITE_TARGET = at_most(5), at_most(1.05)
CHANGED, PASSES, ACTIONS_EACH = 100, 3, 3
"""One row in so many differs between the two releases; passes of digests; actions of a contract of the site."""


def make_other(watch: Watch, root: str, tables_file: str, outputs: str) -> dict[str, object]:
    """The release of the same tables, where some titles are others and some citations are gone."""
    built, issues = kept(Path(tables_file))
    release = to_release(watch, Path(root), fresh(Path(outputs)), altered(built), issues)
    return {"release": str(release)}


def altered(built: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables of which a part of the rows say something else, and of which the last rows of one are gone."""
    actions, citations = built["actions"].copy(), built["citations"]
    changed = np.arange(len(actions)) % CHANGED == 0
    actions["intitule"] = actions["intitule"].where(~changed, actions["intitule"] + " (revu)")
    return built | {"actions": actions, "citations": citations.iloc[: len(citations) - len(citations) // CHANGED]}


def compare(watch: Watch, releases: list[str]) -> dict[str, object]:
    """What changed from one release to the other."""
    old, new = (ReleaseFolder.open(Path(release)) for release in releases)
    with watch.stage("comparaison"):
        found = diff(old, new)
    changed = next(table for table in found.tables if table.table == "actions")
    return {"changed": changed.changees.nombre}


def verify_it(watch: Watch, release: str) -> dict[str, object]:
    """Verifies a release, which is sound."""
    with watch.stage("vérification"):
        found = verify(Path(release))
    if not found.sound:
        raise ValueError(found.text())
    return {}


def make_outputs(watch: Watch, root: str, outputs: str) -> None:
    """The outputs of a folder of sources, as a build leaves them."""
    to_release(watch, Path(root), fresh(Path(outputs)), *to_tables(watch, Path(root)))


def make_site(watch: Watch, outputs: str, small: str) -> dict[str, object]:
    """Builds the site of a folder of outputs, once that of a small one is built."""
    build_site(Path(small))
    with watch.stage("site"):
        site = build_site(Path(outputs))
    return {"pages": sum(1 for _ in site.rglob("*.html"))}


def comparison(shop: Shop) -> Iterator[Figure]:
    """The comparison of two releases, against reading their Parquet files."""
    size, repeats = shop.sizes.releases, shop.sizes.repeats
    one, rows = shop.release(size), sum(shop.tables(size)[1]["rows"].values())
    made = measured(
        make_other, root=shop.sources(size), tables_file=shop.tables(size)[0], outputs=shop.folder / "sorties-autres"
    )
    releases = [str(one), str(made.found["release"])]
    ours, reading = map(
        typical,
        alternately(
            repeats, lambda: measured(compare, releases=releases), lambda: measured(read_parquet, releases=releases)
        ),
    )
    actions = shop.tables(size)[1]["rows"]["actions"]
    expected = -(-actions // CHANGED)
    if ours.found["changed"] != expected:
        raise ValueError(f"{ours.found['changed']} actions modifiées d’après la comparaison, {expected} en vrai.")
    yield Figure(
        key="g",
        what="comparer deux versions, une ligne changée sur cent",
        ours=ours.seconds,
        reference=reading.seconds,
        against="Arrow lit les fichiers Parquet des deux versions",
        value=ratio(ours.seconds, reading.seconds),
        target=DIFF_TARGET,
        memory=ours.memory,
        rows=rows,
        repeats=repeats,
    )


def verification(shop: Shop) -> Iterator[Figure]:
    """The verification of a release, against hashing and reading its files."""
    size, repeats = shop.sizes.releases, shop.sizes.repeats
    release = shop.release(size)
    ours, floor = map(
        typical,
        alternately(
            repeats,
            lambda: measured(verify_it, release=release),
            lambda: measured(read_and_hash, release=release, passes=PASSES),
        ),
    )
    yield Figure(
        key="verification",
        what="vérifier une version, CSV et Parquet",
        ours=ours.seconds,
        reference=floor.seconds,
        against=f"{PASSES} passes de SHA-256 sur ces fichiers, et leur lecture typée par Arrow",
        value=ratio(ours.seconds, floor.seconds),
        memory=ours.memory,
        rows=sum(shop.tables(size)[1]["rows"].values()),
        repeats=repeats,
    )


def site(shop: Shop) -> Iterator[Figure]:
    """The site, as there are more contracts: seconds of the processor, for the disk takes files as it likes."""
    points, parts = [], []
    for contracts in shop.sizes.site:
        sample = _site(shop, contracts)
        points.append((float(contracts), sample.computing))
        parts.append(
            Figure(
                key="site",
                what=f"{contracts} contrats, {sample.found['pages']} pages",
                ours=sample.seconds,
                value=1e3 * sample.computing / contracts,
                unit="ms de calcul par contrat",
                memory=sample.memory,
                repeats=shop.sizes.repeats,
                part=True,
            )
        )
    yield Figure(
        key="site",
        what="fabriquer le site, avec le nombre de contrats",
        value=exponent(points),
        unit="(exposant)",
        target=SITE_TARGET,
        memory=parts[-1].memory,
        repeats=shop.sizes.repeats,
        note="du temps de calcul ; moindres carrés sur les tailles ci-dessous",
    )
    yield from parts


def _site(shop: Shop, contracts: int) -> Sample:
    outputs, small = _outputs(shop, (contracts, contracts * ACTIONS_EACH)), _outputs(shop, SMALL)
    return typical([measured(make_site, outputs=outputs, small=small) for _ in range(shop.sizes.repeats)])


def _outputs(shop: Shop, size: Size) -> Path:
    outputs = shop.folder / f"site-{size[0]}"
    if outputs not in shop.made:
        shop.made[outputs] = measured(make_outputs, root=shop.sources(size), outputs=outputs)
    return outputs
