"""Published tables of many contracts, from those of a few: copies under other names, tied to the same large partners.

Belongs here: repeating rows so that identifiers, references, citations and provenance hold together. Does not belong
here: measuring (``benchmarks``), tests.

What belongs to a contract is copied with it, and so is a partner of one contract alone; partners of several, what is
national and the lists of codes stand once, as they would in a larger dataset. Sources are copied with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from schemas.declaration import Table
from schemas.registry import tables as declared_tables

Frames = Mapping[str, pd.DataFrame]
_NAMING = {"table_code", "ligne_id"}
_NAMED = {"contrats": "nom", "partenaires": "nom"}


def many_contracts(tables: Frames, copies: int) -> dict[str, pd.DataFrame]:
    """The tables with every contract ``copies`` times: the first as it is, the n-th with ``-cn`` after its keys."""
    copied = _copied(tables)
    keys = {name: set(tables[name].loc[chosen, declared_tables()[name].key]) for name, chosen in copied.items()}
    found = {}
    for name, frame in tables.items():
        again = frame[copied[name]]
        if again.empty or copies == 1:
            found[name] = frame
            continue
        marks = [f"-c{number}" for number in range(2, copies + 1) for _ in range(len(again))]
        again = pd.concat([again] * (copies - 1), ignore_index=True)
        made = _renamed(again, declared_tables()[name], keys, pd.Series(marks, dtype="str"))
        found[name] = pd.concat([frame, made.astype(frame.dtypes)], ignore_index=True)
    return found


def _copied(tables: Frames) -> dict[str, pd.Series]:
    """Which rows of each table are copied."""
    declared = declared_tables()
    copied = {name: pd.Series(data=False, index=frame.index) for name, frame in tables.items()}
    copied["contrats"][:] = True
    copied["sources"][:] = True
    roles = tables["contrats_partenaires"].dropna(subset=["contrat_id"])
    several = roles.groupby("partenaire_id")["contrat_id"].nunique()
    copied["partenaires"] = ~tables["partenaires"]["partenaire_id"].isin(several.index[several > 1])
    changing = True
    while changing:
        changing = False
        keys = {name: set(tables[name].loc[chosen, declared[name].key]) for name, chosen in copied.items()}
        for name, frame in tables.items():
            if name in ("contrats", "partenaires", "sources"):
                continue
            chosen = _named_rows(frame, keys) if set(frame) >= _NAMING else copied[name]
            for column in declared[name].columns:
                if column.references not in (None, "sources"):
                    chosen = chosen | frame[column.name].isin(keys[str(column.references)])
            changing |= bool((chosen != copied[name]).any())
            copied[name] = chosen
    return copied


def _named_rows(frame: pd.DataFrame, keys: Mapping[str, set[str]]) -> pd.Series:
    """The rows that name, by table and key, one of these keys."""
    pairs = pd.MultiIndex.from_frame(frame[sorted(_NAMING, reverse=True)])
    wanted = pd.MultiIndex.from_tuples([(name, key) for name, found in keys.items() for key in found] or [("", "")])
    return pd.Series(pairs.isin(wanted), index=frame.index)


def _renamed(rows: pd.DataFrame, table: Table, keys: Mapping[str, set[str]], marks: pd.Series) -> pd.DataFrame:
    """Copies of rows, their keys and what they refer to under the names of their copy."""
    found = rows.copy()
    found[table.key] = found[table.key] + marks
    for column in table.columns:
        if column.references is not None and column.name != table.key:
            known = found[column.name].isin(keys[column.references])
            found[column.name] = found[column.name].where(~known, found[column.name] + marks)
    if set(found) >= _NAMING:
        named = _named_rows(rows, keys)
        found["ligne_id"] = found["ligne_id"].where(~named, found["ligne_id"] + marks)
    if "fichier" in found:
        name = found["fichier"].str.rpartition(".")
        found["fichier"] = name[0] + marks + "." + name[2]
    if table.name in _NAMED:
        found[_NAMED[table.name]] = found[_NAMED[table.name]] + marks.str.replace("-c", " ")
    return found
