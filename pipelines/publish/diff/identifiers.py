"""Identifiers that left their table → where their redirections lead, if they have one.

Belongs here: reading the redirections of a release (``identifiants_retires``), following them, and telling apart what
is replaced, given up with a reason, and lost. Does not belong here: which identifiers left (``rows``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.diff.model import SAMPLES, Dropped, DroppedDiff, Finding, Sample, figure, finding, listed

RETIRED_TABLE = "identifiants_retires"
_COLUMNS = ["table_code", "ligne_id", "remplace_par_id", "motif"]
_MOST_STEPS = 100
"""A chain of redirections longer than that goes round in circles."""
LOST, SUSPENDED = "identifiant-perdu", "identifiant-suspendu"
_SAID = {
    LOST: (
        "Un identifiant de « {table} » a disparu sans redirection",
        "{count} identifiants de « {table} » ont disparu sans redirection",
    ),
    "redirection-sans-cible": (
        "Un identifiant de « {table} » est redirigé vers un identifiant introuvable",
        "{count} identifiants de « {table} » sont redirigés vers des identifiants introuvables",
    ),
    SUSPENDED: (
        "Un identifiant de « {table} » manque à cette publication partielle",
        "{count} identifiants de « {table} » manquent à cette publication partielle",
    ),
    "identifiant-remplace": (
        "Un identifiant de « {table} » est remplacé",
        "{count} identifiants de « {table} » sont remplacés",
    ),
    "identifiant-abandonne": (
        "Un identifiant de « {table} » est abandonné, avec son motif",
        "{count} identifiants de « {table} » sont abandonnés, avec leur motif",
    ),
}


def redirections(table: pa.Table | None) -> pd.DataFrame:
    """The redirections of a release, columns ``table_code``, ``ligne_id``, ``remplace_par_id``, ``motif``."""
    if table is None or not set(_COLUMNS) <= set(table.column_names):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _COLUMNS})
    found: pd.DataFrame = table.select(_COLUMNS).to_pandas().astype("str")
    return found


def fates(
    table: str, dropped: pa.ChunkedArray, standing: pa.ChunkedArray, retired: pd.DataFrame, *, partial: bool
) -> list[DroppedDiff]:
    """What became of the identifiers that left a table, whose present keys are ``standing``; the gravest first.

    What leads nowhere in a ``partial`` release may be among the rows kept out of it: it is suspended, not lost.
    """
    if not len(dropped):
        return []
    own = retired[retired["table_code"] == table].drop_duplicates("ligne_id").set_index("ligne_id")
    gone = pd.DataFrame({"identifiant": dropped.to_pandas().astype("str")})
    gone["connu"] = gone["identifiant"].isin(own.index)
    gone["motif"] = gone["identifiant"].map(own["motif"])
    gone["remplace_par"] = _followed(gone["identifiant"].map(own["remplace_par_id"]), standing, own)
    found = _stands(gone["remplace_par"], standing)
    gone["sort"] = np.select(
        [~gone["connu"], found, gone["remplace_par"].isna()],
        [LOST, "identifiant-remplace", "identifiant-abandonne"],
        "redirection-sans-cible",
    )
    if partial:
        gone["sort"] = gone["sort"].replace([LOST, "redirection-sans-cible"], SUSPENDED)
    gone = gone.sort_values("identifiant")
    return [DroppedDiff(table, fate, _sample(part)) for fate in _SAID if len(part := gone[gone["sort"] == fate])]


def fate_finding(fate: DroppedDiff) -> Finding:
    """The finding about identifiers that share one fate."""
    sample = fate.identifiants
    said = _SAID[fate.sort][sample.nombre > 1].format(count=figure(sample.nombre), table=fate.table)
    names = tuple(_name(one, fate.sort) for one in sample.exemples)
    return finding(
        fate.sort,
        f"{said} : {listed(names, sample.nombre)}.",
        table=fate.table,
        nombre=sample.nombre,
        exemples=names,
    )


def lost_redirections(
    table: str, before: pd.DataFrame, after: pd.DataFrame, standing: pa.ChunkedArray, *, partial: bool
) -> Iterator[Finding]:
    """Redirections of the old release that the new one no longer has, though the identifier did not come back."""
    own = before.loc[before["table_code"] == table, "ligne_id"]
    lost = own[~own.isin(after.loc[after["table_code"] == table, "ligne_id"])]
    lost = lost[~_stands(lost, standing)].sort_values()
    if len(lost):
        names = tuple(str(name) for name in lost.head(SAMPLES))
        said = f"Des identifiants retirés de « {table} » ne sont plus redirigés : {listed(names, len(lost))}."
        yield finding(
            SUSPENDED if partial else "redirection-perdue", said, table=table, nombre=len(lost), exemples=names
        )


def reused(table: str, added: pa.ChunkedArray, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Finding]:
    """Identifiers given up that new rows bear again."""
    retired = pd.concat([before, after])
    own = retired.loc[retired["table_code"] == table, "ligne_id"].drop_duplicates()
    back = own[_stands(own, added)].sort_values()
    if len(back):
        names = tuple(str(name) for name in back.head(SAMPLES))
        said = f"Des identifiants retirés de « {table} » servent de nouveau : {listed(names, len(back))}."
        yield finding("identifiant-remis", said, table=table, nombre=len(back), exemples=names)


def _followed(target: pd.Series[str], standing: pa.ChunkedArray, own: pd.DataFrame) -> pd.Series[str]:
    """The end of each chain of redirections: a key that stands, nothing (given up), or one that is nowhere."""
    for _ in range(_MOST_STEPS):
        onward = target.isin(own.index) & ~_stands(target, standing)
        if not onward.any():
            break
        target = target.mask(onward, target.map(own["remplace_par_id"]))
    return target


def _stands(names: pd.Series[str], keys: pa.ChunkedArray) -> pd.Series[bool]:
    """Which names are among the keys: names are few and keys are many, so the keys are looked up among the names."""
    asked = names.dropna().unique()
    if not len(asked):
        return pd.Series(False, index=names.index, dtype=bool)
    texts = keys.cast(pa.string())
    found = texts.filter(pc.is_in(texts, value_set=pa.array(asked, type=pa.string(), from_pandas=True)))
    return names.isin(found.to_pylist())


def _sample(part: pd.DataFrame) -> Sample[Dropped]:
    head = part.head(SAMPLES)[["identifiant", "remplace_par", "motif"]]
    shown = head.astype(object).where(head.notna(), None)
    return Sample.of(len(part), [Dropped(*values) for values in shown.itertuples(index=False, name=None)])


def _name(one: Dropped, fate: str) -> str:
    if fate == "identifiant-abandonne":
        return f"{one.identifiant} ({one.motif})" if one.motif else one.identifiant
    return f"{one.identifiant} → {one.remplace_par}" if one.remplace_par else one.identifiant
