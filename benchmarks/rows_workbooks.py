"""Rows d and e: many workbooks, on one core and on two; one that changed among them.

Belongs here: figures, and our side. Does not belong here: how lots are shared out (``pipelines.curation``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.apart import Sample, measured, typical
from benchmarks.figures import Figure, at_least, at_most, exponent, middle, ratio
from benchmarks.report import grouped, number
from benchmarks.shop import ONE_PROCESS, SMALL, TWO_PROCESSES, Shop
from benchmarks.steps import BUILDING, CHECKING, READING, require_sound, to_release, to_tables, warm_up
from benchmarks.watch import Watch
from pipelines import job
from pipelines.codeversion import code_version
from pipelines.curation.cache import Cache
from pipelines.curation.units import CONTRACTS_FOLDER

EXPONENT_TARGET, CORES_TARGET, CHANGED_TARGET = at_most(1.05), at_least(1.7), at_most(2.0)
ACTIONS_EACH = 3
"""As in the real workbooks."""


def read_only(watch: Watch, root: str, small: str) -> dict[str, object]:
    """Reads and types a folder of sources."""
    warm_up(Path(small))
    with watch.stage(READING):
        found = job.read(Path(root))
    return {"rows": int(found.files["rows"].sum())}


def read_and_check(watch: Watch, root: str, small: str) -> dict[str, object]:
    """Reads, builds and checks a folder of sources."""
    warm_up(Path(small))
    built, _ = to_tables(watch, Path(root))
    return {"rows": sum(map(len, built.values()))}


def _folders(shop: Shop, workbooks: int) -> dict[str, Path]:
    """The sources of so many workbooks, and those to begin with."""
    return {"root": shop.sources((workbooks, workbooks * ACTIONS_EACH), "xlsx"), "small": shop.sources(SMALL, "xlsx")}


def _repeats(shop: Shop, workbooks: int) -> int:
    return shop.sizes.repeats if workbooks <= 1_000 else shop.sizes.long


def _in_one_process(shop: Shop, workbooks: int) -> Sample:
    """So many workbooks read, built and checked, which several rows tell of."""
    if ("workbooks", workbooks) not in shop.made:
        samples = [
            measured(read_and_check, ONE_PROCESS, **_folders(shop, workbooks)) for _ in range(_repeats(shop, workbooks))
        ]
        shop.made["workbooks", workbooks] = typical(samples)
    found: Sample = shop.made["workbooks", workbooks]
    return found


def many(shop: Shop) -> Iterator[Figure]:
    """Seconds a workbook, as there are more of them."""
    points, parts = [], []
    for workbooks in shop.sizes.workbooks:
        sample = _in_one_process(shop, workbooks)
        points.append((float(workbooks), sample.seconds))
        parts.append(
            Figure(
                key="d",
                what=f"{grouped(workbooks)} classeurs XLSX",
                ours=sample.seconds,
                value=1e3 * sample.seconds / workbooks,
                unit="ms par classeur",
                memory=sample.memory,
                rows=sample.found["rows"],
                repeats=_repeats(shop, workbooks),
                note=f"dont lecture {number(sample.stages[READING])} s",
                part=True,
            )
        )
    yield Figure(
        key="d",
        what="de la lecture au contrôle, avec le nombre de classeurs XLSX, un processus",
        value=exponent(points),
        unit="(exposant)",
        target=EXPONENT_TARGET,
        memory=parts[-1].memory,
        rows=parts[-1].rows,
        repeats=parts[-1].repeats,
        note="moindres carrés sur les tailles ci-dessous",
    )
    yield from parts


def cores(shop: Shop) -> Iterator[Figure]:
    """Reading in one process, then in two."""
    workbooks = shop.sizes.workbooks[-1]
    repeats = _repeats(shop, workbooks)
    one = _in_one_process(shop, workbooks).stages[READING]
    two = typical([measured(read_only, TWO_PROCESSES, **_folders(shop, workbooks)) for _ in range(repeats)])
    yield Figure(
        key="d",
        what=f"lire {grouped(workbooks)} classeurs XLSX avec CONTRATS_PROCESSUS=2",
        ours=two.seconds,
        reference=one,
        against="la même lecture avec CONTRATS_PROCESSUS=1",
        value=ratio(one, two.seconds),
        unit="× plus vite",
        target=CORES_TARGET,
        memory=two.memory,
        rows=two.found["rows"],
        repeats=repeats,
    )


# --- One that changed ------------------------------------------------------------------------------------------------


def change_one(watch: Watch, root: str, small: str, cache: str, outputs: str, times: int) -> dict[str, object]:
    """Reads everything, then again after each change of one workbook; then what comes after, for all rows."""
    warm_up(Path(small))
    kept = Cache(Path(cache), code_version("schemas", "pipelines"))
    with watch.stage("tous"):
        reading = job.read(Path(root), cache=kept)
    with watch.stage("aucun"):
        job.read(Path(root), cache=kept)
    changed = sorted(path for path in (Path(root) / CONTRACTS_FOLDER).iterdir())[:times]
    for place, path in enumerate(changed):
        _change(path, f"Objectif {place}")
        with watch.stage(f"un {place}"):
            reading = job.read(Path(root), cache=kept)
    with watch.stage(BUILDING):
        built, issues = job.build(reading.sheets, reading.issues)
    with watch.stage(CHECKING):
        failed = job.check(built, job.assertions_of(Path(root)))
    require_sound(issues, failed.values())
    publishing = Watch()
    to_release(publishing, Path(root), Path(outputs), built, issues)
    return {"rows": sum(map(len, built.values())), "publication": sum(publishing.seconds.values())}


def _change(path: Path, objective: str) -> None:
    """Another objective in the workbook of a contract."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book["Contrat"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Objectif")
    sheet.cell(row=2, column=column, value=objective)
    book.save(path)


def changed(shop: Shop) -> Iterator[Figure]:
    """One changed workbook among many, from reading to validated sheets; what follows, for all of them, apart."""
    workbooks, times = shop.sizes.changed, max(1, min(5, shop.sizes.changed))
    root = shop.folder / "changes"
    shutil.rmtree(root, ignore_errors=True)
    folders = _folders(shop, workbooks)
    shutil.copytree(folders["root"], root)
    arguments = {
        "root": root,
        "small": folders["small"],
        "cache": shop.folder / "cache",
        "outputs": shop.folder / "changes-sorties",
    }
    sample = measured(change_one, ONE_PROCESS, times=times, **arguments)
    everything = sample.stages["tous"]
    one = middle([seconds for title, seconds in sample.stages.items() if title.startswith("un ")])
    yield Figure(
        key="e",
        what=f"un classeur changé sur {grouped(workbooks)} : de la lecture aux feuilles validées",
        ours=one,
        reference=everything,
        against="tous lus et validés, sans rien en mémoire d’avant, un processus, une fois",
        value=100 * ratio(one, everything),
        unit="%",
        target=CHANGED_TARGET,
        memory=sample.memory,
        rows=sample.found["rows"],
        repeats=times,
    )
    after = {BUILDING: sample.stages[BUILDING], CHECKING: sample.stages[CHECKING]}
    after |= {"publication, à part": sample.found["publication"], "aucun classeur changé": sample.stages["aucun"]}
    for title, seconds in after.items():
        yield Figure(key="e", what=title, ours=seconds, part=True)
