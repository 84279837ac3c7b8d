"""One table of two releases → its rows compared, counted and sampled, in figures and in words.

Belongs here: choosing the columns to compare, saying which are not, and what is told of the rows. Does not belong here:
aligning and comparing (``rows``), the model (``schemas``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.publish.diff import schemas
from pipelines.publish.diff.model import (
    DERIVED_SAMPLES,
    SAMPLES,
    SHRUNK_PCT,
    SOURCES_TABLE,
    Cell,
    ChangedRow,
    Finding,
    Nature,
    Row,
    Sample,
    Skipped,
    TableDiff,
    TableState,
    figure,
    finding,
    listed,
)
from pipelines.publish.diff.reading import NEW, OLD, announced, read, written
from pipelines.publish.diff.rows import NotComparableError, RowDiff, common_type, compare_rows
from pipelines.publish.folder import ReleaseFolder
from pipelines.text import numbered

Json = Mapping[str, Any]
_CHANGED = ("ligne changée, sur {compared}", "lignes changées, sur {compared}")
_ROW_CODES = {
    "lignes-ajoutees": ("ligne nouvelle", "lignes nouvelles"),
    "lignes-retirees": ("ligne de moins, sur {before}", "lignes de moins, sur {before}"),
    "lignes-changees": _CHANGED,
}
_SOURCE_CODES = {
    "source-ajoutee": ("document de plus", "documents de plus"),
    "source-retiree": ("document de moins, sur {before}", "documents de moins, sur {before}"),
    "lignes-changees": _CHANGED,
}


def aligned(old: ReleaseFolder, new: ReleaseFolder, name: str) -> tuple[RowDiff, list[Finding], list[Skipped]]:
    """The rows of a table of both releases, compared; what of its types changed; its columns that are not compared.

    Raises:
        NotComparableError: no row can be compared; the reason is in French.
    """
    before, after = old.schema(name), new.schema(name)
    key = schemas.primary_key(after)
    if schemas.primary_key(before) != key:
        raise NotComparableError("la clé a changé")
    if len(key) != 1 or key[0] not in schemas.fields(before).keys() & schemas.fields(after).keys():
        raise NotComparableError("la table n’a pas de clé d’une seule colonne")
    was, now = read(old, name, OLD), read(new, name, NEW)
    columns, findings, skipped = [], [], []
    for column in [column for column in now.column_names if column in was.column_names]:
        types = was.schema.field(column).type, now.schema.field(column).type
        declared = [schemas.fields(side)[column].get("type") for side in (before, after)]
        if types[0] != types[1] and declared[0] == declared[1]:
            findings.append(_parquet_finding(name, column, *types))
        if common_type(*types) is None:
            skipped.append(Skipped(name, column, f"leur type a changé ({types[0]} → {types[1]})"))
        elif column != key[0]:
            columns.append(column)
    return compare_rows(was, now, key[0], columns), findings, skipped


def renamed(before: Json, after: Json, compared: RowDiff | None = None) -> dict[str, str]:
    """Removed columns, with the added one that looks like them: by title and type, else by all their values."""
    held, holds = schemas.fields(before), schemas.fields(after)
    removed = {name: one for name, one in held.items() if name not in holds}
    added = {name: one for name, one in holds.items() if name not in held}
    pairs = schemas.alike(removed, added)
    if compared is None:
        return pairs
    for gone in removed:
        for come in added:
            if gone not in pairs and come not in pairs.values() and compared.same_values(gone, come):
                pairs[gone] = come
    return pairs


def counted(old: ReleaseFolder | None, new: ReleaseFolder, name: str) -> TableDiff:
    """A table whose rows were not compared: its announced numbers of rows."""
    there = old is not None and name in old.resources, name in new.resources
    resource = new.resources[name] if there[1] or old is None else old.resources[name]
    state = {(True, True): TableState.KEPT, (False, True): TableState.ADDED}.get(there, TableState.REMOVED)
    return TableDiff(
        table=name,
        titre=str(resource.get("title", name)),
        nature=schemas.nature(name, resource["schema"]),
        etat=state,
        comparee=False,
        lignes_avant=announced(old, name) if old is not None else 0,
        lignes_apres=announced(new, name),
    )


def described(old: ReleaseFolder, new: ReleaseFolder, name: str, compared: RowDiff, skipped: int) -> TableDiff:
    """A table whose rows were compared, but for ``skipped`` of its columns."""
    before, after = schemas.fields(old.schema(name)), schemas.fields(new.schema(name))
    part = schemas.nature(name, new.schema(name))
    most = DERIVED_SAMPLES if part is Nature.DERIVED else SAMPLES
    touched = compared.changed_rows
    return TableDiff(
        table=name,
        titre=str(new.resources[name].get("title", name)),
        nature=part,
        etat=TableState.KEPT,
        comparee=True,
        lignes_avant=compared.old.num_rows,
        lignes_apres=compared.new.num_rows,
        lignes_comparees=compared.compared,
        part_changee_pct=round(100 * len(touched) / compared.compared, 2) if compared.compared else None,
        colonnes_comparees=len(before.keys() & after.keys()) - skipped,
        cellules_changees=sum(len(places) for places in compared.changed.values()),
        changees_par_colonne={column: len(places) for column, places in compared.changed.items()},
        ajoutees=Sample.of(int(compared.added.sum()), _whole(compared.added_rows(most), compared.key, after)),
        retirees=Sample.of(int(compared.removed.sum()), _whole(compared.removed_rows(most), compared.key, before)),
        changees=Sample.of(len(touched), _changed(compared, touched[:most], before, after)),
    )


def row_findings(table: TableDiff) -> Iterator[Finding]:
    """What is told of the rows of a table, with the keys of some; of derived tables, the numbers only."""
    name, place = table.table, f"« {table.table} »" + (", table dérivée" if table.derived else "")
    before, lost = table.lignes_avant, table.lignes_avant - table.lignes_apres
    if lost > 0 and not table.derived and 100 * lost >= SHRUNK_PCT * before:
        said = f"{place} a perdu {figure(lost)} de ses {numbered(before, 'ligne')}."
        yield finding("table-retrecie", said, table=name, avant=str(before), apres=str(table.lignes_apres))
    samples: tuple[Sample[Row] | Sample[ChangedRow], ...] = (table.ajoutees, table.retirees, table.changees)
    codes = _SOURCE_CODES if name == SOURCES_TABLE else _ROW_CODES
    for (code, words), sample in zip(codes.items(), samples, strict=True):
        if sample.nombre:
            keys = tuple(one.cle for one in sample.exemples)
            said = numbered(sample.nombre, *words).format(
                before=figure(before), compared=figure(table.lignes_comparees)
            )
            which = "" if table.derived else f" : {listed(keys, sample.nombre)}"
            yield finding(code, f"{place} : {said}{which}.", table=name, nombre=sample.nombre, exemples=keys)


def _parquet_finding(table: str, column: str, old: pa.DataType, new: pa.DataType) -> Finding:
    said = f"Dans parquet/{table}.parquet, « {column} » a changé de type : {old} → {new}."
    return finding("type-parquet-change", said, table=table, colonne=column, avant=str(old), apres=str(new))


def _whole(rows: pa.Table, key: str, columns: Mapping[str, Json]) -> list[Row]:
    found = [{name: written(value, columns[name]) for name, value in row.items()} for row in rows.to_pylist()]
    return [
        Row(str(values[key]), {name: text for name, text in values.items() if text is not None}) for values in found
    ]


def _changed(
    compared: RowDiff, places: np.ndarray, old_columns: Mapping[str, Json], new_columns: Mapping[str, Json]
) -> list[ChangedRow]:
    before, after = compared.common(places)
    end = places[-1] if len(places) else -1
    marks = {
        name: set(where[: np.searchsorted(where, end, side="right")].tolist())
        for name, where in compared.changed.items()
    }
    return [
        ChangedRow(
            str(now[compared.key]),
            tuple(
                Cell(name, written(was[name], old_columns[name]), written(now[name], new_columns[name]))
                for name, marked in marks.items()
                if place in marked
            ),
        )
        for place, was, now in zip(places.tolist(), before.to_pylist(), after.to_pylist(), strict=True)
    ]
