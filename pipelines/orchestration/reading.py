"""Assets ``feuilles/*`` and ``referentiels/*``: every kind of sheet, read and typed, from the folder of sources.

The lists are read first, then the workbooks, in lots: one step each, so that several machines can share them, and what
did not change since it was last read comes from the cache. ``feuilles/classeurs`` has a partition for each workbook,
which tells what was read of it; ``feuilles/inventaire`` tells it of all.

Belongs here: stage one of `pipelines.job` as steps. Does not belong here: reading itself.
"""

# No postponed annotations here: Dagster reads those of its steps.
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd

from pipelines import job
from pipelines.curation.cache import LotRead, read_lot
from pipelines.curation.gather import Fallback
from pipelines.curation.lots import split
from pipelines.curation.parse import Typed
from pipelines.curation.units import Unit, reading_order, workbook_units
from pipelines.curation.workbooks import workbook_states
from pipelines.fingerprint import fingerprint
from pipelines.normalise.intake import Lists, read_lists, unite
from pipelines.orchestration.caching import cache, code_of, lots_of_a_run
from pipelines.orchestration.failures import apart
from pipelines.orchestration.metadata import issue_counts, markdown, sheet_schema
from pipelines.orchestration.names import (
    INVENTORY,
    OWNERS,
    READING_ISSUES,
    WORKBOOK,
    sheet_group,
    sheet_key,
    sheet_output,
)
from pipelines.orchestration.resources import Run
from pipelines.orchestration.workbooks import inventory_metadata, keep_partitions, told_of
from pipelines.progress import step
from pipelines.publish.release import SOURCES
from pipelines.publish.versions import read_versions
from schemas.declaration import Sheet
from schemas.registry import sheets, tables

READING_ISSUES_OUTPUT = "feuilles__anomalies"
INVENTORY_OUTPUT = "feuilles__inventaire"

Planned = list[Unit]


def _kinds(sheet: Sheet) -> set[str]:
    return {"excel"} if sheet.place == "classeur" else {"csv"}


def _out(sheet: Sheet) -> dg.AssetOut:
    labels = ", ".join(item.label for item in sheet.fields)
    what = tables()[sheet.table].description.fr
    return dg.AssetOut(
        key=sheet_key(sheet),
        group_name=sheet_group(sheet),
        description=f"Feuille « {sheet.name} », toutes sources réunies. {what}\n\nColonnes : {labels}.",
        kinds=_kinds(sheet),
        owners=OWNERS,
        code_version=code_of("curation"),
    )


def _outs() -> dict[str, dg.AssetOut]:
    outs = {sheet_output(sheet): _out(sheet) for sheet in sheets().values()}
    outs[READING_ISSUES_OUTPUT] = dg.AssetOut(
        key=READING_ISSUES,
        group_name="feuilles",
        description="Ce qui ne va pas dans les fichiers et les cellules, à la lecture.",
        kinds={"pandas"},
        owners=OWNERS,
        code_version=code_of("curation"),
    )
    outs[INVENTORY_OUTPUT] = dg.AssetOut(
        key=INVENTORY,
        group_name="feuilles",
        description="Chaque classeur : son empreinte, ses lignes, s’il a été lu, s’il est repris d’une version "
        "précédente ou laissé de côté, et combien d’anomalies il contient à la lecture.",
        kinds={"pandas"},
        owners=OWNERS,
        code_version=code_of("curation"),
    )
    return outs


@dg.op(
    ins={"classeurs": dg.In(dg.Nothing)},
    out={"listes": dg.Out(object), "lots": dg.DynamicOut(object)},
    description="Lit les listes, et répartit les classeurs en lots.",
)
@apart
def planifier(context: dg.OpExecutionContext, settings: Run) -> Iterator[dg.Output[Lists] | dg.DynamicOutput[Planned]]:
    """The lists, then the lots of workbooks (see `lots_of_a_run`)."""
    root = settings.sources_folder
    with step("Lecture des listes") as reading:
        lists = read_lists(root, partial=settings.partial, fallback=_fallback(settings), cache=cache())
        reading.counted = f"{len(lists.sources.files)} fichiers, {int(lists.sources.files['rows'].sum())} lignes"
    yield dg.Output(lists, "listes")
    units = workbook_units(root)
    keep_partitions(context.instance, units)
    lots = split(units, lots_of_a_run())
    for number, lot in enumerate(lots):
        yield dg.DynamicOutput(lot, mapping_key=f"{number + 1}_sur_{len(lots)}", output_name="lots")


@dg.op(
    ins={"listes": dg.In(object), "lot": dg.In(object)},
    out=dg.Out(object),
    description="Lit et type les classeurs d’un lot ; ceux qui n’ont pas changé viennent du cache.",
)
@apart
def lire_un_lot(context: dg.OpExecutionContext, settings: Run, listes: Lists, lot: Planned) -> LotRead:
    """The workbooks of a lot, read and typed."""
    name, root = context.get_mapping_key() or job.WHOLE, settings.sources_folder
    with step("Lecture des classeurs") as reading:
        found = read_lot(
            f"lot_{name}",
            [_here(unit, root) for unit in lot],
            root,
            listes.vocabularies,
            cache(),
            partial=settings.partial,
            fallback=_fallback(settings),
        )
        rows = int(found.lot.files["rows"].sum())
        reading.counted = f"{len(found.lot.files)} fichiers, {rows} lignes, {len(found.read)} relus"
    states = workbook_states(found.lot.files, found.lot.issues(), found.read)
    for event in told_of(states[states["relu"]]):
        context.log_event(event)
    return found


def _here(unit: Unit, root: Path) -> Unit:
    """The same file where this machine has it."""
    return Unit(unit.name, root / unit.name, unit.listed)


@dg.op(
    ins={"listes": dg.In(object), "lots": dg.In(list)},
    out={name: dg.Out(object) for name in _outs()},
    description="Réunit les lots, applique les corrections, et rend chaque feuille, toutes sources réunies.",
)
@apart
def reunir(settings: Run, listes: Lists, lots: list[LotRead]) -> Iterator[dg.Output[Typed] | dg.Output[pd.DataFrame]]:
    """Every kind of sheet, the issues of reading, the inventory of the workbooks."""
    root = settings.sources_folder
    order = reading_order(name for one in lots for name in one.lot.files["file"])
    united = unite(listes, [one.lot for one in lots], order, partial=settings.partial)
    reading = job.reading_of(united, root)
    for sheet in sheets().values():
        typed = reading.sheets[sheet.name]
        version = dg.DataVersion(fingerprint(typed.source.origin, typed.source.text))
        yield dg.Output(typed, sheet_output(sheet), metadata=_metadata(typed), data_version=version)
    yield dg.Output(reading.issues, READING_ISSUES_OUTPUT, metadata=issue_counts(reading.issues))
    states = workbook_states(reading.files, reading.issues, {name for one in lots for name in one.read})
    yield dg.Output(states, INVENTORY_OUTPUT, metadata=inventory_metadata(states))


def _fallback(settings: Run) -> Fallback | None:
    return last_sheets(settings.outputs_folder) if settings.partial else None


def last_sheets(outputs: Path) -> Fallback | None:
    """The sheets that the last release keeps."""
    last = read_versions(outputs).current() if outputs.is_dir() else None
    return None if last is None else Fallback(last.path / SOURCES, last.version)


def _metadata(typed: Typed) -> dict[str, dg.MetadataValue]:
    origin = typed.source.origin
    return {
        "dagster/row_count": dg.MetadataValue.int(len(typed.frame)),
        "dagster/column_schema": dg.MetadataValue.table_schema(sheet_schema(typed.sheet)),
        "fichiers": dg.MetadataValue.int(int(origin["file"].nunique())),
        "lignes refusées": dg.MetadataValue.int(len(typed.refused)),
        "aperçu": dg.MetadataValue.md(markdown(typed.source.text, 5)),
    }


def make_reading() -> dg.AssetsDefinition:
    """The steps that read and type every sheet."""

    @dg.graph_multi_asset(
        name="lire_et_typer",
        outs=_outs(),
        ins={"classeurs": dg.AssetIn(key=WORKBOOK, dagster_type=dg.Nothing)},
    )
    def lire_et_typer(classeurs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  (a composition, not a step)
        listes, lots = planifier(classeurs)
        read = lots.map(lambda lot: lire_un_lot(listes, lot))
        return reunir(listes, read.collect())._asdict()

    # The assets of a graph take one group and all its inputs: each is given its own here.
    (grouped,) = dg.map_asset_specs(_in_its_group, [lire_et_typer])
    return grouped


def _in_its_group(spec: dg.AssetSpec) -> dg.AssetSpec:
    group = spec.key.path[0]
    return spec.replace_attributes(group_name=group, deps=spec.deps if group == WORKBOOK.path[0] else [])
