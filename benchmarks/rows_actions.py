"""Rows a2 and a3: the table of actions alone, against frictionless and against the usual way with pandas.

Ours starts from sheets as people type them (dates and amounts in words). Pandas does the same, row for row; it and
frictionless are also measured from the published file, where all that is settled already. Belongs here: figures, and
our side. Does not belong here: the references (``floors``, ``usual``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from benchmarks.apart import Sample, alternately, measured, typical
from benchmarks.figures import Figure, Target, at_least, ratio
from benchmarks.floors import fresh, frictionless_validate
from benchmarks.report import grouped
from benchmarks.shop import SMALL, Shop
from benchmarks.steps import BUILDING, CHECKING, CSV, PARQUET, READING, kept, warm_up
from benchmarks.usual import pandas_from_sheets, pandas_way
from benchmarks.watch import Watch
from pipelines import job
from pipelines.curation.cache import read_lot
from pipelines.curation.models import table_model
from pipelines.curation.units import workbook_units
from pipelines.normalise.intake import read_lists
from pipelines.publish import csv_files, parquet_files
from pipelines.publish.tables_arrow import to_arrow
from schemas.registry import tables

TABLE = "actions"
SHEETS = ("Actions", "Contrat")
FRICTIONLESS_TARGET, PANDAS_TARGET = at_least(4), at_least(2.5)


def from_sheets(watch: Watch, root: str, lists: str, small: str, tables_file: str, folder: str) -> dict[str, object]:
    """Reads and types the sheets, validates the table, writes it; the lists and normalisation are left out."""
    warm_up(Path(small))
    vocabularies, declared = read_lists(Path(lists)).vocabularies, tables()[TABLE]
    built, _ = kept(Path(tables_file))
    model, target = table_model(declared, job.codes_of(built["nomenclatures"])), fresh(Path(folder))
    with watch.stage(READING):
        lot = read_lot(job.WHOLE, workbook_units(Path(root)), Path(root), vocabularies).lot
    _write(watch, built[TABLE], model, target)
    return {"rows": len(lot.typed["Actions"].frame)}


def from_sheets_to_tables(watch: Watch, root: str, small: str, folder: str) -> dict[str, object]:
    """The same from the lists on, with everything that normalisation makes of actions besides their table."""
    warm_up(Path(small))
    declared, target = tables()[TABLE], fresh(Path(folder))
    with watch.stage(READING):
        reading = job.read(Path(root))
    with watch.stage(BUILDING):
        built, _ = job.build(reading.sheets, reading.issues)
    _write(watch, built[TABLE], table_model(declared, job.codes_of(built["nomenclatures"])), target)
    return {"rows": len(built[TABLE])}


def only_actions(shop: Shop) -> Path:
    """The workbooks of the sources with no sheet but the actions, and the contract that they belong to."""
    root, folder = shop.sources(shop.sizes.job), shop.folder / "actions-seules"
    if folder not in shop.made:
        for path in [path for name in SHEETS for path in root.rglob(f"{name}.csv")]:
            target = folder / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        shop.made[folder] = True
    return folder


def _write(watch: Watch, frame: pd.DataFrame, model: pa.DataFrameSchema, target: Path) -> None:
    declared = tables()[TABLE]
    with watch.stage(CHECKING):
        model.validate(frame, lazy=True)
    with watch.stage(CSV):
        arrow = to_arrow(frame, declared)
        csv_files.write_csv(arrow, declared, target / f"{TABLE}.csv")
    with watch.stage(PARQUET):
        parquet_files.write_parquet(arrow, target / f"{TABLE}.parquet")


def frictionless(shop: Shop) -> Iterator[Figure]:
    """Against frictionless ``validate`` of the published file, which writes nothing."""
    rows = min(shop.sizes.frictionless_rows, shop.sizes.job[1])
    scale = shop.sizes.job[1] / rows
    part = "" if scale == 1 else f", mesuré sur {grouped(rows)} lignes et rapporté à toutes"
    reference = _sides(shop).frictionless.seconds * scale
    yield from _against(shop, "a2", reference, f"frictionless validate de actions.csv{part}", FRICTIONLESS_TARGET)


def usual(shop: Shop) -> Iterator[Figure]:
    """Against pandas, from the same sheets to the same table, then from the published file."""
    sides, end = _sides(shop), "Pandera, to_csv, to_parquet"
    same = f"pandas, mêmes feuilles, même table : read_csv, une fonction par sorte de cellule, {end}"
    typed = f"pandas sur actions.csv, déjà typé : read_csv, {end}"
    yield from _against(shop, "a3", sides.same.seconds, same, PANDAS_TARGET)
    yield from _against(shop, "a3", sides.pandas.seconds, typed, PANDAS_TARGET, parts=False)


class Sides(NamedTuple):
    """What was measured in turn: ours on the sheet alone and by the whole path, the references.

    ``same``: pandas from the same sheets as ours.
    """

    alone: Sample
    whole: Sample
    frictionless: Sample
    same: Sample
    pandas: Sample


def _sides(shop: Shop) -> Sides:
    """All sides, measured once for both rows."""
    if Sides not in shop.made:
        size, folder = shop.sizes.job, shop.folder / "actions"
        root, small, file = shop.sources(size), shop.sources(SMALL), shop.tables(size)[0]
        release, rows = shop.release(size), min(shop.sizes.frictionless_rows, size[1])
        alone = only_actions(shop)
        sides = alternately(
            shop.sizes.repeats,
            lambda: measured(from_sheets, root=alone, lists=root, small=small, tables_file=file, folder=folder),
            lambda: measured(from_sheets_to_tables, root=root, small=small, folder=folder),
            lambda: measured(frictionless_validate, release=release, table=TABLE, rows=rows),
            lambda: measured(pandas_from_sheets, root=root, table=TABLE, tables_file=file, folder=folder),
            lambda: measured(pandas_way, release=release, table=TABLE, tables_file=file, folder=folder),
        )
        shop.made[Sides] = Sides(*map(typical, sides))
    found: Sides = shop.made[Sides]
    return found


def _against(
    shop: Shop, key: str, reference: float, against: str, target: Target, *, parts: bool = True
) -> Iterator[Figure]:
    repeats, sides = shop.sizes.repeats, _sides(shop)
    what = {
        "actions seules : lire, typer, valider, écrire en CSV et Parquet": sides.alone,
        "le même chemin, listes et normalisation comprises": sides.whole,
    }
    for title, ours in what.items():
        yield Figure(
            key=key,
            what=title,
            ours=ours.seconds,
            reference=reference,
            against=against,
            value=ratio(reference, ours.seconds),
            unit="× plus vite",
            target=target,
            memory=ours.memory,
            rows=ours.found["rows"],
            repeats=repeats,
        )
        for stage, seconds in ours.stages.items() if parts else ():
            yield Figure(key=key, what=stage, ours=seconds, repeats=repeats, part=True)
