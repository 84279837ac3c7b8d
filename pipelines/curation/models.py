"""Pandera models made from the declarations: one per source sheet (typed cells), one per published table.

Belongs here: turning `Column` into Pandera, and Pandera's failures into (row, column, issue code). Does not belong
here: any rule that needs more than one table. Pandera, which takes longer to load than many files to read, is loaded
when something is validated.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc

from pipelines.curation.siren import is_siret, key_holds
from pipelines.dtypes import DECIMAL_KINDS, pandas_dtype
from pipelines.texts import as_arrow, doubled
from schemas.declaration import Cell, Column, Kind, Sheet, Table

if TYPE_CHECKING:
    import pandera.pandas as pa

_SIREN_OR_SIRET = r"^(?:[0-9]{9}|[0-9]{14})$"
FAILURE_CODES = {"not_nullable": "valeur-obligatoire"}
NO_TYPES: Mapping[str, object] = MappingProxyType({})


def _bound(column: Column, value: float) -> Decimal | int | float:
    return Decimal(str(value)) if column.kind in DECIMAL_KINDS else int(value) if column.kind is Kind.INTEGER else value


def _format(pattern: str) -> pa.Check:
    """That the texts match a pattern, with Arrow where its expressions mean the same as Python's: in less than half."""
    import pandera.pandas as pa

    if "\\" in pattern:  # a class such as \\s
        return pa.Check.str_matches(pattern, error="format-invalide")

    def matches(texts: pd.Series[str]) -> pd.Series[bool]:
        found = pc.match_substring_regex(as_arrow(texts), pattern)
        return pd.Series(found.to_numpy(zero_copy_only=False), index=texts.index, name=texts.name)

    return pa.Check(matches, error="format-invalide")


def _alone(keys: pd.Series[str]) -> pd.Series[bool]:
    """Whether each key is that of no other row."""
    return ~keys.duplicated(keep=False) if doubled(keys) else pd.Series(True, index=keys.index, name=keys.name)


def _checks(column: Column, codes: Mapping[str, frozenset[str]]) -> list[pa.Check]:
    import pandera.pandas as pa

    checks = []
    if column.vocabulary is not None and column.vocabulary in codes:
        checks.append(pa.Check.isin(sorted(codes[column.vocabulary]), error="code-inconnu"))
    elif column.kind is Kind.SIREN:
        checks.append(_format(_SIREN_OR_SIRET))
        checks.append(pa.Check(lambda numbers: ~is_siret(numbers), error="siret-pour-siren"))
        checks.append(pa.Check(key_holds, error="cle-siren"))
    elif column.pattern is not None:
        checks.append(_format(column.pattern))
    if column.minimum is not None:
        checks.append(pa.Check.ge(_bound(column, column.minimum), error="hors-bornes"))
    if column.maximum is not None:
        checks.append(pa.Check.le(_bound(column, column.maximum), error="hors-bornes"))
    return checks


def table_model(
    table: Table, codes: Mapping[str, frozenset[str]], dtypes: Mapping[str, object] = NO_TYPES
) -> pa.DataFrameSchema:
    """The model of a published table: types, obligations, patterns, vocabularies, unique key; no other column.

    ``dtypes``: types that the columns are known to have. Pandera, slow to agree, is asked only about the others.
    """
    import pandera.pandas as pa

    def model(column: Column) -> pa.Column:
        wanted, checks = pandas_dtype(column.kind), _checks(column, codes)
        if column.name == table.key:
            checks.append(pa.Check(_alone, ignore_na=False, error="identifiant-double"))
        return pa.Column(
            None if dtypes.get(column.name) == wanted else wanted,
            checks=checks,
            nullable=not column.required,
            title=column.title.fr,
            description=column.description.fr,
        )

    return pa.DataFrameSchema(
        {column.name: model(column) for column in table.published},
        name=table.name,
        title=table.title.fr,
        description=table.description.fr,
        strict=True,
        ordered=True,
    )


@lru_cache(maxsize=256)
def sheet_model(sheet: Sheet, key: str, blank: frozenset[str] = frozenset()) -> pa.DataFrameSchema:
    """The model of the typed cells of a source sheet; the ``key`` may be blank, it is minted later.

    A reference is still the text typed: only its obligation is checked. Types are what typing has just given; those
    of published tables are checked (`table_model`). A column that may hold anything needs no model, nor one of the
    ``blank`` ones that may be blank.
    """
    import pandera.pandas as pa

    cells = [item.column for item in sheet.fields if isinstance(item, Cell)]
    columns = [one if one.references is None else one.but(kind=Kind.TEXT, pattern=None) for one in cells]
    found = {}
    for column in columns:
        checks, required = _checks(column, {}), column.required and (column.name != key or sheet.single)
        if required or (checks and column.name not in blank):
            found[column.name] = pa.Column(checks=checks, nullable=not required)
    return pa.DataFrameSchema(found, name=sheet.name, strict=False)


def failures(model: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    """Every failing cell of a frame: ``row`` (index label), ``column``, ``code`` (of the catalogue); all at once."""
    from pandera.errors import SchemaErrors

    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        checks = cases["check"].astype("str")
        return pd.DataFrame(
            {
                "row": cases["index"],
                "column": cases["column"].astype("str"),
                "code": checks.map(lambda check: FAILURE_CODES.get(check, check)),
            }
        ).drop_duplicates(ignore_index=True)
    return pd.DataFrame({"row": [], "column": [], "code": []})
