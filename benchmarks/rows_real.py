"""The real sheets: checking them, and the whole job through Dagster.

Belongs here: figures, and our side. Does not belong here: made-up sources (the other ``rows_*``).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.apart import REPOSITORY, in_turn, measured
from benchmarks.figures import Figure, ratio
from benchmarks.floors import calamine_alone, for_spreadsheets, fresh, openpyxl_reading, write_plainly
from benchmarks.shop import Shop
from benchmarks.steps import DATE, READING, XLSX
from benchmarks.watch import Watch
from pipelines import job
from pipelines.curation.units import list_units, workbook_units
from pipelines.publish.tables_arrow import all_to_arrow
from pipelines.sheets.files import WORKBOOK_SUFFIXES
from schemas.registry import sheets, tables

SOURCES = REPOSITORY / "sources"
DAGSTER = "Dagster"


def check_all(watch: Watch, sources: str) -> dict[str, object]:
    """Checks a folder of sources, once it was checked."""
    from pipelines import checking

    selections = checking.select([Path(sources)])
    checking.check(selections)
    with watch.stage("contrôle"):
        found = checking.check(selections)
    return {"issues": len(found.issues)}


def through_dagster(watch: Watch, sources: str, outputs: str) -> dict[str, object]:
    """The whole job as ``make run`` does it, with its instance of Dagster."""
    os.environ["DAGSTER_HOME"] = str(fresh(Path(outputs)) / "dagster")
    from pipelines.orchestration import launch

    launch.home()
    with watch.stage("travail"):
        result = launch.launch(Path(sources), Path(outputs) / "sorties", DATE.isoformat())
    if result.release is None:
        raise ValueError(f"La publication a échoué : {result.message or 'feuilles refusées'}")
    return {}


def floor_of_real(watch: Watch, sources: str, outputs: str) -> dict[str, object]:
    """Calamine reads the workbooks, the plainest writers write the tables, Dagster runs as many empty assets."""
    import rustpy_xlsxwriter

    from benchmarks.empty_job import empty_job, run_empty_job

    root, target = Path(sources), fresh(Path(outputs))
    os.environ["DAGSTER_HOME"] = str(target / "dagster")
    from pipelines.orchestration import launch

    launch.home()
    arrow = all_to_arrow(job.run(root).tables, tables())
    flat = {name: for_spreadsheets(table) for name, table in arrow.items()}
    nothing = empty_job(len(sheets()), tables().values())
    run_empty_job(nothing)
    calamine_alone(Watch(), [str(_workbooks(root)[0])])
    with watch.stage(READING):
        calamine_alone(Watch(), [str(path) for path in _workbooks(root)])
        for unit in list_units(root):
            with unit.path.open(encoding="utf-8", newline="") as file:
                list(csv.reader(file))
    write_plainly(watch, arrow, target)
    with watch.stage(XLSX):
        for name, table in flat.items():
            rustpy_xlsxwriter.write_worksheet(table, str(target / f"{name}.xlsx"), sheet_name=name)
        rustpy_xlsxwriter.write_worksheets(list(flat.items()), str(target / "tout.xlsx"))
    with watch.stage(DAGSTER):
        run_empty_job(nothing)
    return {"rows": sum(table.num_rows for table in arrow.values())}


def _workbooks(root: Path) -> list[Path]:
    return [unit.path for unit in workbook_units(root) if unit.path.suffix in WORKBOOK_SUFFIXES]


def checking(shop: Shop) -> Iterator[Figure]:
    """The real sheets checked, against openpyxl reading them."""
    repeats, paths = shop.sizes.repeats, [str(path) for path in _workbooks(SOURCES) if path.suffix == ".xlsx"]
    ours, reading = in_turn(
        repeats, lambda: measured(check_all, sources=SOURCES), lambda: measured(openpyxl_reading, paths=paths)
    )
    yield Figure(
        key="controle",
        what=f"contrôler les {len(paths)} classeurs réels et les listes",
        ours=ours.seconds,
        reference=reading.seconds,
        against="openpyxl lit ces classeurs",
        value=ratio(ours.seconds, reading.seconds),
        memory=ours.memory,
        repeats=repeats,
    )


def dagster(shop: Shop) -> Iterator[Figure]:
    """The real sheets published through Dagster, in every format."""
    repeats = shop.sizes.long
    ours, floor = in_turn(
        repeats,
        lambda: measured(through_dagster, sources=SOURCES, outputs=shop.folder / "dagster"),
        lambda: measured(floor_of_real, sources=SOURCES, outputs=shop.folder / "dagster-plancher"),
    )
    yield Figure(
        key="dagster",
        what="publier les feuilles réelles par Dagster, tous formats, site compris",
        ours=ours.seconds,
        reference=floor.seconds,
        against="plancher : calamine, écritures les plus simples, autant d’étapes vides de Dagster",
        value=ratio(ours.seconds, floor.seconds),
        memory=ours.memory,
        rows=floor.found["rows"],
        repeats=repeats,
    )
    for title, seconds in floor.stages.items():
        yield Figure(key="dagster", what=f"plancher : {title}", reference=seconds, repeats=repeats, part=True)
