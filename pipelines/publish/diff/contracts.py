"""Rows that changed → how many for each contract: what a reuser of one contract wants to know.

Belongs here: counting by contract. Does not belong here: which rows changed (``rows``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.diff.model import CONTRACTS, ContractDiff, ContractTable, Sample
from pipelines.publish.diff.rows import RowDiff
from pipelines.publish.diff.schemas import fields
from pipelines.publish.folder import ReleaseFolder

CONTRACTS_TABLE = "contrats"
_CONTRACT, _NAME = "contrat_id", "nom"
_COUNTS = ["ajoutees", "retirees", "changees"]


@dataclass(frozen=True)
class Owner:
    """The table that says whose a row is when the row itself does not: an action, for its partners.

    ``column``: what refers to it; ``old``, ``new``: its key, then the contract of each of its rows.
    """

    column: str
    old: pa.Table
    new: pa.Table


def owner_of(old: ReleaseFolder, new: ReleaseFolder, name: str) -> Owner | None:
    """The first table that a table refers to and that names contracts, other than the contracts themselves.

    Raises:
        NotAReleaseError: its file lacks, or cannot be read.
    """
    for key in new.schema(name).get("foreignKeys", []):
        target, columns = str(key["reference"]["resource"]), [*key["reference"]["fields"], _CONTRACT]
        if target in ("", CONTRACTS_TABLE) or len(key["fields"]) != 1:
            continue
        if all(target in one.resources and set(columns) <= set(fields(one.schema(target))) for one in (old, new)):
            return Owner(str(key["fields"][0]), *(one.parquet(target, columns) for one in (old, new)))
    return None


def by_contract(table: str, compared: RowDiff, owner: Owner | None = None) -> Iterator[pd.DataFrame]:
    """How many rows came, went and changed for each contract, when the table or its ``owner`` says whose they are."""
    touched: tuple[tuple[Callable[[str], pa.ChunkedArray], pa.Table, Callable[[Owner], pa.Table]], ...] = (
        (compared.added_values, compared.new, lambda one: one.new),
        (compared.removed_values, compared.old, lambda one: one.old),
        (compared.changed_values, compared.new, lambda one: one.new),
    )
    for count, (values, side, of_side) in zip(_COUNTS, touched, strict=True):
        said = [values(_CONTRACT).cast(pa.string())] if _CONTRACT in side.column_names else []
        if owner is not None and owner.column in side.column_names:
            owners: pa.Table = of_side(owner)
            known = owners[owners.column_names[0]].cast(pa.string()).combine_chunks()
            places = pc.index_in(values(owner.column).cast(pa.string()), value_set=known)
            said.append(owners[_CONTRACT].cast(pa.string()).take(places))
        if not said:
            continue
        found = pc.coalesce(*said).drop_null().value_counts()
        names, numbers = (found.field(part).to_pandas() for part in ("values", "counts"))
        yield pd.DataFrame({"contrat": names, "table": table, "sort": count, "nombre": numbers})


def contracts(
    counts: Sequence[pd.DataFrame], tables: Sequence[str], registers: Sequence[pa.Table]
) -> Sample[ContractDiff]:
    """The contracts that changed, in the order of their identifiers, their tables in the order of ``tables``.

    ``registers``: the tables of contracts, the one that outranks the others first; they give the names.
    """
    if not counts:
        return Sample()
    summed = (
        pd.concat(counts, ignore_index=True)
        .pivot_table(index=["contrat", "table"], columns="sort", values="nombre", fill_value=0, aggfunc="sum")
        .reindex(columns=_COUNTS, fill_value=0)
        .astype("int64")
        .reset_index()
    )
    every = sorted(summed["contrat"].unique())
    shown = summed[summed["contrat"].isin(every[:CONTRACTS])]
    shown = shown.assign(rank=shown["table"].map({name: rank for rank, name in enumerate(tables)}))
    names = _names(every[:CONTRACTS], registers)
    return Sample.of(
        len(every),
        [
            ContractDiff(
                str(contract),
                names.get(str(contract)),
                tuple(ContractTable(*row) for row in part[["table", *_COUNTS]].itertuples(index=False, name=None)),
            )
            for contract, part in shown.sort_values(["contrat", "rank"]).groupby("contrat", sort=True)
        ],
    )


def _names(wanted: Sequence[str], registers: Sequence[pa.Table]) -> dict[str, str]:
    names: dict[str, str] = {}
    for register in reversed(registers):
        if {_CONTRACT, _NAME} <= set(register.column_names):
            asked = pa.array(wanted, type=register.schema.field(_CONTRACT).type)
            rows = (
                register.filter(pc.is_in(register[_CONTRACT], value_set=asked)).select([_CONTRACT, _NAME]).drop_null()
            )
            names |= dict(zip(rows[_CONTRACT].to_pylist(), rows[_NAME].to_pylist(), strict=True))
    return names
