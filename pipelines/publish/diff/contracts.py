"""Rows that changed → how many for each contract: what a reuser of one contract wants to know.

Belongs here: counting by contract. Does not belong here: which rows changed (``rows``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.diff.model import CONTRACTS, ContractDiff, ContractTable, Sample
from pipelines.publish.diff.rows import RowDiff

CONTRACTS_TABLE = "contrats"
_CONTRACT, _NAME = "contrat_id", "nom"
_COUNTS = ["ajoutees", "retirees", "changees"]


def by_contract(table: str, compared: RowDiff) -> Iterator[pd.DataFrame]:
    """How many rows came, went and changed for each contract, when the table says whose its rows are."""
    if not all(_CONTRACT in side.column_names for side in (compared.old, compared.new)):
        return
    touched = (compared.added_values, compared.removed_values, compared.changed_values)
    for count, values in zip(_COUNTS, touched, strict=True):
        found = values(_CONTRACT).drop_null().cast(pa.string()).value_counts()
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
