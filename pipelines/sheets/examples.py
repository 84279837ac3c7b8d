"""The greyed example row of a blank workbook: what it says, and how a reader knows it.

Belongs here: its mark, its words, telling it from rows of data. Does not belong here: its looks (``workbook``,
``ods``), what is said of it to the curator (``pipelines.curation``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipelines.sheets.cells import LabelledRows
from pipelines.sheets.columns import listed
from pipelines.sheets.hints import hint
from pipelines.text import clean
from schemas.declaration import (
    Cell,
    Field,
    PartnerOrGroupCell,
    RegistryCell,
    Sheet,
    SourcesCell,
    TargetCell,
    VersionCell,
)

if TYPE_CHECKING:
    from pipelines.sheets.columns import Texts

EXAMPLE_MARK = "(exemple)"
"""What the first cell of an example row holds; its parentheses keep it from being an identifier."""

_LEFT_BLANK = frozenset({"remarque", "groupe_code", "contrat_precedent_id", "inclus_dans_id", "marque"})
_VERSIONS = {1: "Signé le 16 décembre 2014", 2: "Signé le 25 juin 2015"}
_TARGETS = {"sheet": "Contrat", "row": "bordeaux", "column": "Date de signature"}


def example(sheet: Sheet) -> dict[str, str]:
    """The text of each cell of a sheet's example row, by label."""
    return {
        field.label: EXAMPLE_MARK if position == 0 else _example(field, sheet)
        for position, field in enumerate(sheet.fields)
    }


def _example(field: Field, sheet: Sheet) -> str:
    if isinstance(field, RegistryCell) or (isinstance(field, Cell) and field.column.name in _LEFT_BLANK):
        return ""
    if isinstance(field, TargetCell):
        return _TARGETS[field.part]
    if isinstance(field, VersionCell):
        return _VERSIONS.get(field.rank, "") if field.part == "value" else _source(field.rank)
    if isinstance(field, SourcesCell):
        return "ALP3 ; ALP4"
    if isinstance(field, PartnerOrGroupCell):
        return "Atout France"
    return hint(field, sheet).example


def _source(rank: int) -> str:
    return f"BDX{rank}" if rank in _VERSIONS else ""


def is_example(first_cell: str) -> bool:
    """Whether a row whose first labelled cell holds this text is an example, and no data."""
    return "(" in first_cell and clean(first_cell).lower() == EXAMPLE_MARK


def split_examples(rows: LabelledRows, sheet: Sheet) -> tuple[LabelledRows, pd.DataFrame | None]:
    """The rows without the examples, and the texts of the examples (by row number) if there are any."""
    first = sheet.fields[0].label
    if first not in rows.labels:
        return rows, None
    marked = _examples(rows.columns[rows.labels.index(first)])
    if not marked.any():
        return rows, None
    return rows.where(~marked), rows.where(marked).text


def _examples(cells: Texts) -> np.ndarray:
    if not isinstance(cells, list):
        import pyarrow.compute as pc

        close: np.ndarray = pc.match_substring(cells, "(").to_numpy(zero_copy_only=False)
        if not close.any():
            return close
    return np.fromiter(map(is_example, listed(cells)), dtype=bool, count=len(cells))


def altered(examples: pd.DataFrame, sheet: Sheet) -> pd.Index:
    """The example rows that no longer say what the workbook was given with: someone may have typed data there."""
    texts = examples.drop(columns=sheet.fields[0].label, errors="ignore").map(clean)
    given = pd.Series(example(sheet)).reindex(texts.columns).map(clean)
    return examples.index[texts.ne(given, axis="columns").any(axis="columns")]
