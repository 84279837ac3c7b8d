"""Two releases → the codes that each vocabulary gained, lost and relabelled.

Belongs here: reading the terms of a release, and comparing them by vocabulary and code. Does not belong here: where
codes are used, which column has which vocabulary (``schemas``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from pipelines.publish.diff.model import Finding, Term, TermsDiff, finding
from pipelines.publish.diff.schemas import fields
from schemas.vocabularies import TABLES

TERMS_TABLE = "nomenclatures"
_COLUMNS = ["nomenclature", "code", "libelle"]


def terms(schemas: Mapping[str, Mapping[str, Any]], table: pa.Table | None) -> pd.DataFrame:
    """The terms of a release: ``nomenclature``, ``code``, ``libelle``.

    They come from its table of terms; those of a vocabulary that is not in it from the codes that the schemas allow,
    without labels. The names of tables, which are a vocabulary too, are left to the comparison of tables.
    """
    listed = _listed(table)
    allowed = [
        (field["nomenclature"], code)
        for schema in schemas.values()
        for field in fields(schema).values()
        for code in field.get("constraints", {}).get("enum", ())
        if field.get("nomenclature")
    ]
    other = pd.DataFrame(allowed, columns=_COLUMNS[:2], dtype="str").assign(libelle=None).drop_duplicates()
    other = other[~other["nomenclature"].isin(listed["nomenclature"])]
    found = pd.concat([listed, other.astype("str")], ignore_index=True) if len(other) else listed
    return found[found["nomenclature"] != TABLES].drop_duplicates(_COLUMNS[:2])


def compare_terms(old: pd.DataFrame, new: pd.DataFrame) -> tuple[TermsDiff, ...]:
    """The vocabularies that changed, in the order of their names, and the codes that made them change."""
    both = old.merge(new, how="outer", on=_COLUMNS[:2], suffixes=("_avant", "_apres"), indicator="cote")
    labelled = both["libelle_avant"].notna() & both["libelle_apres"].notna()
    moved = (both["cote"] == "both") & labelled & (both["libelle_avant"] != both["libelle_apres"])
    both["sort"] = both["cote"].astype("str").mask(moved, "moved")
    sizes = {side: frame["nomenclature"].value_counts() for side, frame in (("old", old), ("new", new))}
    return tuple(
        TermsDiff(
            nomenclature=str(name),
            codes_avant=int(sizes["old"].get(name, 0)),
            codes_apres=int(sizes["new"].get(name, 0)),
            ajoutes=_terms(part[part["sort"] == "right_only"]),
            retires=_terms(part[part["sort"] == "left_only"]),
            relibelles=_terms(part[part["sort"] == "moved"]),
        )
        for name, part in both[both["sort"] != "both"].sort_values(_COLUMNS[:2]).groupby("nomenclature", sort=True)
    )


def term_findings(changes: TermsDiff) -> Iterator[Finding]:
    """One finding for each code removed, added or relabelled; a removed one names the added one of the same label."""
    vocabulary = changes.nomenclature
    successors = {term.apres: term.code for term in changes.ajoutes if term.apres}
    for term in changes.retires:
        like = successors.get(term.avant) if term.avant else None
        hint = f" ; « {like} », nouveau, a le même libellé" if like else ""
        said = f"Le code « {term.code} » n’est plus dans la nomenclature « {vocabulary} »{hint}."
        yield finding(
            "code-retire", said, table=TERMS_TABLE, objet=f"{vocabulary}/{term.code}", avant=term.code, apres=like
        )
    for term in changes.relibelles:
        said = (
            f"Dans « {vocabulary} », le code « {term.code} » a changé de libellé : « {term.avant} » → « {term.apres} »."
        )
        where = f"{vocabulary}/{term.code}"
        yield finding("code-relibelle", said, table=TERMS_TABLE, objet=where, avant=term.avant, apres=term.apres)
    for term in changes.ajoutes:
        meaning = f" ({term.apres})" if term.apres else ""
        said = f"Le code « {term.code} »{meaning} est nouveau dans la nomenclature « {vocabulary} »."
        yield finding("code-ajoute", said, table=TERMS_TABLE, objet=f"{vocabulary}/{term.code}", apres=term.code)


def _listed(table: pa.Table | None) -> pd.DataFrame:
    if table is None or not set(_COLUMNS) <= set(table.column_names):
        return pd.DataFrame({name: pd.Series(dtype="str") for name in _COLUMNS})
    listed: pd.DataFrame = table.select(_COLUMNS).to_pandas().astype("str")
    return listed


def _terms(part: pd.DataFrame) -> tuple[Term, ...]:
    shown = part[["code", "libelle_avant", "libelle_apres"]].astype(object).where(part.notna(), None)
    return tuple(Term(*values) for values in shown.itertuples(index=False, name=None))
