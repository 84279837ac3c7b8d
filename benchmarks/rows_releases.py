"""Row g and its like: what reads releases back. Comparison, verification, site.

Belongs here: figures, and our side. Does not belong here: the references (``floors``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.apart import in_turn, measured, typical
from benchmarks.figures import Figure, at_most, exponent, ratio
from benchmarks.floors import fresh, read_and_hash, read_parquet
from benchmarks.report import grouped, number
from benchmarks.shop import ONE_PROCESS, SMALL, TWO_PROCESSES, Shop, Size
from benchmarks.steps import kept, to_release, to_tables
from benchmarks.watch import Watch
from pipelines.publish.diff.compare import diff
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.verify.release import verify
from pipelines.site.build import build_site

DIFF_TARGET, SITE_TARGET = at_most(5), at_most(1.05)
CHANGED, PASSES, ACTIONS_EACH = 100, 3, 3
"""One row in so many differs between the two releases; passes of digests; actions of a contract of the site."""
OFTEN = 120
"""Contracts of the largest site that is made several times."""


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
    ours, reading = in_turn(
        repeats, lambda: measured(compare, releases=releases), lambda: measured(read_parquet, releases=releases)
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
    ours, floor = in_turn(
        repeats,
        lambda: measured(verify_it, release=release),
        lambda: measured(read_and_hash, release=release, passes=PASSES),
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
        folders = _site_folders(shop, contracts)
        repeats = shop.sizes.repeats if contracts <= OFTEN else shop.sizes.long
        sample = typical([measured(make_site, ONE_PROCESS, **folders) for _ in range(repeats)])
        points.append((float(contracts), sample.computing))
        parts.append(
            Figure(
                key="site",
                what=f"{grouped(contracts)} contrats, {sample.found['pages']} pages",
                ours=sample.seconds,
                value=1e3 * sample.computing / contracts,
                unit="ms de calcul par contrat",
                memory=sample.memory,
                repeats=repeats,
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
        repeats=parts[-1].repeats,
        note="du temps de calcul ; moindres carrés sur les tailles ci-dessous",
    )
    yield from parts


def site_cores(shop: Shop) -> Iterator[Figure]:
    """The site by one process, then by two, which share its pages."""
    contracts = sorted(shop.sizes.site)[len(shop.sizes.site) // 2]
    folders = _site_folders(shop, contracts)
    two, one = in_turn(
        shop.sizes.long,
        lambda: measured(make_site, TWO_PROCESSES, **folders),
        lambda: measured(make_site, ONE_PROCESS, **folders),
    )
    yield Figure(
        key="site",
        what=f"fabriquer le site de {grouped(contracts)} contrats avec CONTRATS_PROCESSUS=2",
        ours=two.seconds,
        reference=one.seconds,
        against="le même site avec CONTRATS_PROCESSUS=1",
        value=ratio(one.seconds, two.seconds),
        unit="× plus vite",
        memory=two.memory,
        repeats=shop.sizes.long,
        note="mémoire de ce processus, sans celle de l’autre",
    )


def _site_folders(shop: Shop, contracts: int) -> dict[str, Path]:
    return {"outputs": _outputs(shop, (contracts, contracts * ACTIONS_EACH)), "small": _outputs(shop, SMALL)}


def partitioned(shop: Shop) -> Iterator[Figure]:
    """One contract read from a dataset cut by contract, against the same from one file."""
    size, repeats = shop.sizes.releases, shop.sizes.repeats
    file, folder = shop.release(size) / "parquet" / "actions.parquet", shop.folder / "parties"
    made = measured(make_partitions, file=file, folder=folder)
    contract, growth = made.found["contract"], ratio(made.found["size"], made.found["whole"])
    ours, whole = in_turn(
        repeats,
        lambda: measured(read_partition, folder=folder, contract=contract),
        lambda: measured(read_partition, folder=file, contract=contract),
    )
    if ours.found["rows"] != whole.found["rows"]:
        raise ValueError(f"{ours.found['rows']} lignes d’un côté, {whole.found['rows']} de l’autre.")
    yield Figure(
        key="parties",
        what="lire les actions d’un contrat dans un jeu Parquet découpé par contrat",
        ours=ours.seconds,
        reference=whole.seconds,
        against="les mêmes, dans le seul fichier publié",
        value=ratio(whole.seconds, ours.seconds),
        unit="× plus vite",
        memory=ours.memory,
        rows=ours.found["rows"],
        repeats=repeats,
        note=f"{made.found['files']} fichiers, {number(growth)} × la taille du seul",
    )


def make_partitions(watch: Watch, file: str, folder: str) -> dict[str, object]:
    """Cuts a published table by contract; what belongs to none has a folder of its own."""
    import pyarrow.dataset as ds

    table = pq.read_table(file)
    parts = ds.partitioning(pa.schema([("contrat_id", pa.string())]), flavor="hive")
    with watch.stage("découpage"):
        ds.write_dataset(
            table,
            fresh(Path(folder)),
            format="parquet",
            partitioning=parts,
            max_partitions=len(pc.unique(table["contrat_id"])) + 1,
            max_open_files=512,
        )
    files = [path.stat().st_size for path in Path(folder).rglob("*.parquet")]
    contract = pc.drop_null(table["contrat_id"])[0].as_py()
    return {"files": len(files), "size": sum(files), "whole": Path(file).stat().st_size, "contract": contract}


def read_partition(watch: Watch, folder: str, contract: str) -> dict[str, object]:
    """The rows of one contract."""
    with watch.stage("lecture"):
        found = pq.read_table(folder, filters=[("contrat_id", "=", contract)])
    return {"rows": found.num_rows}


def _outputs(shop: Shop, size: Size) -> Path:
    outputs = shop.folder / f"site-{size[0]}"
    if outputs not in shop.made:
        shop.made[outputs] = measured(make_outputs, root=shop.sources(size), outputs=outputs)
    return outputs
