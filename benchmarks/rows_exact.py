"""Row « exactitude »: what a large release holds is what it should hold.

Belongs here: comparing a release, read back from its own files, with what the generator promises, with the rules of
keys, and with a release of a few contracts alone. Does not belong here: durations.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benchmarks.apart import measured
from benchmarks.expected import Promises, promises
from benchmarks.figures import Figure
from benchmarks.floors import fresh
from benchmarks.generate import Wanted
from benchmarks.report import grouped
from benchmarks.shop import Shop
from benchmarks.steps import to_tables
from benchmarks.watch import Watch
from pipelines.curation.units import CONTRACTS_FOLDER, REFERENCES_FOLDER
from pipelines.publish.tables_arrow import to_arrow
from schemas.declaration import Family, Table
from schemas.registry import sheets, tables

_BETWEEN = "\x1f"
_CONTRACT = "Contrat"
_IDENTIFIERS = "identifiants"


class NotExactError(Exception):
    """Something in the release is not what it should be; the message says what."""


def exactness(shop: Shop) -> Iterator[Figure]:
    """A large release against what it should be.

    Raises:
        MeasureError: it is not, and the message says where.
    """
    contracts, actions = size = shop.sizes.releases
    sample = measured(
        compare_all,
        release=shop.release(size),
        root=shop.sources(size),
        contracts=contracts,
        actions=actions,
        seed=shop.seed,
        sampled=shop.sizes.sampled,
        folder=shop.folder / "echantillon",
    )
    found = sample.found
    yield Figure(
        key="exactitude",
        what="ce que contient la version",
        ours=sample.seconds,
        memory=sample.memory,
        rows=found["rows"],
        note=f"exact : lignes de {found['counted']} tables et {found['sums']} sommes de montants comme promis, "
        f"{found['keys']} clés uniques, {found['references']} clés étrangères, et {grouped(found['alone'])} lignes de "
        f"{found['sampled']} contrats tirés au sort, les mêmes que s’ils sont publiés seuls",
    )


def compare_all(
    watch: Watch, release: str, root: str, contracts: int, actions: int, seed: int, sampled: int, folder: str
) -> dict[str, object]:
    """Compares everything; tells how much was compared.

    Raises:
        NotExactError: something differs.
    """
    files = {name: Path(release) / f"parquet/{name}.parquet" for name in tables()}
    with watch.stage("comptes et sommes"):
        promised = promises(Wanted(contracts, actions, seed=seed))
        compare_counts(files, promised)
        compare_sums(files, promised)
    with watch.stage("clés"):
        references = sum(check_keys(files, table) for table in tables().values())
    drawn = draw(promised, sampled, seed)
    with watch.stage("échantillon"):
        alone = compare_sample(files, Path(root), fresh(Path(folder)), drawn)
    return {
        "rows": sum(pq.read_metadata(path).num_rows for path in files.values()),
        "counted": len(promised.rows),
        "sums": len(promised.sums),
        "keys": len(files),
        "references": references,
        "alone": alone,
        "sampled": len(drawn),
    }


def compare_counts(files: Mapping[str, Path], promised: Promises) -> None:
    """The rows of each table that sheets fill.

    Raises:
        NotExactError: too many, or too few.
    """
    for table, expected in promised.rows.items():
        found = pq.read_metadata(files[table]).num_rows
        if found != expected:
            raise NotExactError(f"Table {table} : {found} lignes, {expected} promises.")


def compare_sums(files: Mapping[str, Path], promised: Promises) -> None:
    """The sums of amounts, to the cent.

    Raises:
        NotExactError: another sum.
    """
    for (table, column), expected in promised.sums.items():
        values = pq.read_table(files[table], columns=[column])[column]
        found = pc.sum(values).as_py() or Decimal(0)
        if found != expected:
            raise NotExactError(f"Table {table}, colonne {column} : somme de {found}, {expected} promis.")


def check_keys(files: Mapping[str, Path], table: Table) -> int:
    """Whether keys are there and unique, and references lead somewhere; returns how many references there are.

    Raises:
        NotExactError: a key or a reference that does not hold.
    """
    keys = _values(files, table.name, (table.key,))
    if keys.null_count or len(pc.unique(keys)) != len(keys):
        raise NotExactError(f"Table {table.name} : clé {table.key} absente ou double.")
    for key in table.foreign_keys:
        target = key.target or (tables()[key.table].key,)
        held = pc.drop_null(_values(files, table.name, key.columns))
        if not pc.all(pc.is_in(held, value_set=_values(files, key.table, target)), min_count=0).as_py():
            raise NotExactError(f"Table {table.name} : {', '.join(key.columns)} ne mène pas toujours à {key.table}.")
    return len(table.foreign_keys)


def _values(files: Mapping[str, Path], table: str, columns: Collection[str]) -> pa.ChunkedArray:
    """The values of some columns of a table as one text, nothing where one of them lacks."""
    read = pq.read_table(files[table], columns=list(columns))
    found: pa.ChunkedArray = pc.binary_join_element_wise(*[read[name].cast(pa.string()) for name in columns], _BETWEEN)
    return found


# --- A few contracts alone -------------------------------------------------------------------------------------------


def draw(promised: Promises, number: int, seed: int) -> list[str]:
    """Some contracts that have actions."""
    there = [name for name, count in zip(promised.contracts, promised.actions, strict=True) if count]
    drawn = np.random.default_rng(seed).choice(len(there), min(number, len(there)), replace=False)
    return [there[place] for place in sorted(drawn.tolist())]


def compare_sample(files: Mapping[str, Path], root: Path, folder: Path, contracts: Collection[str]) -> int:
    """The rows of these contracts, in the release and in what these contracts give alone; returns how many.

    Of the other contracts only the sheet of the contract itself is left, for others refer to it.

    Raises:
        NotExactError: the rows of a table differ.
    """
    own = [f"{CONTRACTS_FOLDER}/{name}" for name in contracts]
    provenance = pq.read_table(files["provenance"])
    _leave_alone(root, folder, set(contracts), provenance)
    built, _ = to_tables(Watch(), folder)
    traces, rows = to_arrow(built["provenance"], tables()["provenance"]), 0
    for table in tables().values():
        if table.family is Family.REFERENCE or table.name == _IDENTIFIERS:
            continue
        there = _of(pq.read_table(files[table.name]), table, own, provenance)
        alone = _of(to_arrow(built[table.name], table), table, own, traces)
        if not there.equals(alone):
            raise NotExactError(
                f"Table {table.name} : les lignes de {', '.join(contracts)} ne sont pas celles que ces contrats "
                f"donnent seuls ({there.num_rows} contre {alone.num_rows})."
            )
        rows += there.num_rows
    return rows


def _of(rows: pa.Table, table: Table, own: list[str], provenance: pa.Table) -> pa.Table:
    """The rows that come from these workbooks."""
    mine = provenance.filter(pc.is_in(provenance["fichier"], value_set=pa.array(own)))
    if table.family is Family.FLAT:
        contracts = pa.array([name.partition("/")[2] for name in own])
        return rows.filter(pc.is_in(rows["contrat_id"], value_set=contracts))
    if "table_code" in rows.column_names:
        return rows.filter(pc.is_in(_named(rows), value_set=_named(mine)))
    keys = mine.filter(pc.equal(mine["table_code"], table.name))["ligne_id"]
    return rows.filter(pc.is_in(rows[table.key], value_set=keys))


def _named(rows: pa.Table) -> pa.ChunkedArray:
    """The row that a row is about: table and key."""
    found: pa.ChunkedArray = pc.binary_join_element_wise(rows["table_code"], rows["ligne_id"], _BETWEEN)
    return found


def _leave_alone(root: Path, folder: Path, contracts: set[str], provenance: pa.Table) -> None:
    """Sources with these contracts whole, the lists, and of the other contracts their first sheet alone."""
    shutil.copytree(root, folder, dirs_exist_ok=True, ignore=lambda at, names: _gone(at, names, root))
    gone = []
    for workbook in sorted((root / CONTRACTS_FOLDER).iterdir()):
        target = folder / CONTRACTS_FOLDER / workbook.name
        if workbook.name in contracts:
            shutil.copytree(workbook, target)
            continue
        gone.append(f"{CONTRACTS_FOLDER}/{workbook.name}")
        target.mkdir()
        for sheet in sorted(workbook.glob("*.csv")):
            if sheet.stem == _CONTRACT:
                shutil.copyfile(sheet, target / sheet.name)
            else:
                (target / sheet.name).write_bytes(sheet.read_bytes().partition(b"\n")[0] + b"\n")
    (folder / "assertions.csv").unlink()
    _forget(folder / REFERENCES_FOLDER / f"{_IDENTIFIERS}.csv", gone, provenance)


def _gone(at: str, names: list[str], root: Path) -> set[str]:
    """What is not copied as it is: the workbooks of contracts."""
    return set(names) if Path(at) == root / CONTRACTS_FOLDER else set()


def _forget(file: Path, gone: list[str], provenance: pa.Table) -> None:
    """Takes the identifiers of rows that are no more out of the registry."""
    labels = [item.label for item in sheets()[_IDENTIFIERS].fields]
    registry = pacsv.read_csv(
        file,
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(labels, pa.string())),
    )
    lost = provenance.filter(pc.is_in(provenance["fichier"], value_set=pa.array(gone, pa.string())))
    lost = lost.filter(pc.not_equal(lost["feuille"], _CONTRACT))
    named = pc.binary_join_element_wise(registry[labels[0]], registry[labels[-1]], _BETWEEN)
    pacsv.write_csv(registry.filter(pc.invert(pc.is_in(named, value_set=_named(lost)))), file)
