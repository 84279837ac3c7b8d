"""``qualite.json``: what a release holds and what it lacks, in figures that anyone can count again from its files.

Belongs here: the figures, each with what it is out of. Does not belong here: a verdict, a score, what a page shows.

An empty cell counts as empty, whatever the reason: nothing here decides that a column did not apply to a row. A share
of nothing is null. The fields are described in ``docs/qualite.md`` and ``docs/qualite.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.publish.journal import DRAWN_ALONG
from pipelines.publish.table_schema import Json
from pipelines.publish.tables_arrow import Declared
from schemas.declaration import Family, Table
from schemas.version import MODEL_VERSION

QUALITY = "qualite.json"
CITATIONS, DIVERGENCES, PROVENANCE, SOURCES = "citations", "divergences", "provenance", "sources"
VERSIONS_OF_A_DIVERGENCE = "divergences_valeurs"
ORIGIN_VOCABULARIES = "origine_"
"""How the vocabularies begin whose codes say who filed a row: the source, or a hand here."""

FILED_BY_HAND = ("categorie_code",)
"""The columns whose declaration says that they are always filed by hand."""

Tables = Mapping[str, pa.Table]


def quality(tables: Tables, declared: Declared, issues: pd.DataFrame, release: Mapping[str, str]) -> Json:
    """The figures of a release.

    ``issues`` has the columns of `pipelines.curation.issues.COLUMNS`; ``release`` holds its ``version`` and ``date``.
    """
    return {
        "version": release["version"],
        "date": release["date"],
        "version_du_modele": MODEL_VERSION,
        "completude": {name: _completeness(tables[name], table) for name, table in declared.items()},
        "sources_par_ligne": _sources_per_row(tables, declared),
        "classements": _filings(tables, declared),
        "quarantaine": _quarantine(tables, issues),
        "constats": _issues(issues),
        "divergences": _divergences(tables, declared),
        "sources_sans_citation": _unused_sources(tables),
    }


def _share(count: int, of: int) -> Json:
    return {"nombre": count, "sur": of, "part": round(count / of, 4) if of else None}


def _completeness(rows: pa.Table, table: Table) -> Json:
    filled = {column.name: rows.num_rows - rows[column.name].null_count for column in table.published}
    return {
        "famille": table.family.value,
        "lignes": rows.num_rows,
        "colonnes": {
            column.name: _share(filled[column.name], rows.num_rows) | {"obligatoire": column.required}
            for column in table.published
        },
        "cellules": _share(sum(filled.values()), rows.num_rows * len(filled)),
    }


# --- Sources -------------------------------------------------------------------------------------------------------


def _sources_per_row(tables: Tables, declared: Declared) -> Json:
    """How many sources stand behind each row of the tables of facts, and of the other tables that are cited."""
    by_number = _cited_rows(_rows(tables, CITATIONS, ["table_code", "ligne_id", "source_id"]))
    cited = set(by_number["table_code"])
    found = {
        name: _by_number(by_number[by_number["table_code"] == name], tables[name].num_rows)
        for name, table in declared.items()
        if table.family is Family.FACT or name in cited
    }
    several = int(
        by_number.loc[by_number["table_code"].isin(list(found)) & (by_number["sources"] >= 2), "count_all"].sum()
    )
    return {
        "tables": found,
        "ensemble": _share(several, sum(tables[name].num_rows for name in found)),
    }


def _cited_rows(citations: pa.Table) -> pd.DataFrame:
    """How many rows (``count_all``) of each table (``table_code``) have each number of ``sources``."""
    citations = citations.filter(pc.and_(citations["table_code"].is_valid(), citations["ligne_id"].is_valid()))
    (tables, names), (rows, ids), (sources, known) = map(_coded, citations.columns)
    several = len(known) + 1  # one is for a source that is not named
    pairs = np.sort((tables * len(ids) + rows) * several + sources)  # for citations in order, quicker than hashing
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    cited, counts = np.unique(pairs // several, return_counts=True)
    found = pd.DataFrame({"table": cited // max(len(ids), 1), "sources": counts})
    found = found.value_counts(sort=False).rename("count_all").reset_index()
    return found.assign(table_code=names.take(pa.array(found.pop("table"))).to_pylist())


def _coded(texts: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """A number for each text, which is quicker to compare, and the text of each number; a missing one has the last."""
    encoded = texts.dictionary_encode().unify_dictionaries().combine_chunks()
    return encoded.indices.fill_null(len(encoded.dictionary)).to_numpy().astype(np.int64), encoded.dictionary


def _by_number(counts: pd.DataFrame, rows: int) -> Json:
    """``counts``: how many rows (``count_all``) have each number of sources (``sources``)."""
    single = counts["sources"] == 1
    one, more = (int(counts.loc[which, "count_all"].sum()) for which in (single, ~single))
    return {
        "lignes": rows,
        "sans_source": rows - one - more,
        "une_source": one,
        "deux_sources_ou_plus": _share(more, rows),
    }


def _unused_sources(tables: Tables) -> Json:
    listed = unnamed = _rows(tables, SOURCES, ["source_id"])["source_id"]
    for name in (CITATIONS, VERSIONS_OF_A_DIVERGENCE):
        named = pc.unique(_rows(tables, name, ["source_id"])["source_id"])
        unnamed = unnamed.filter(pc.invert(pc.is_in(unnamed, value_set=named)))
    unused = sorted(unnamed.to_pylist())
    return _share(len(unused), len(listed)) | {"identifiants": unused}


# --- Filing by hand ------------------------------------------------------------------------------------------------


def _filings(tables: Tables, declared: Declared) -> Json:
    """Column by column, how many rows were filed by each: the source, or a hand here."""
    return {
        f"{table.name}.{column.name}": _codes(tables[table.name], column.name)
        if (column.vocabulary or "").startswith(ORIGIN_VOCABULARIES)
        else {"classement": _share(_filled(tables[table.name], column.name), tables[table.name].num_rows)}
        for table in _typed(declared.values())
        for column in table.columns
        if (column.vocabulary or "").startswith(ORIGIN_VOCABULARIES) or column.name in FILED_BY_HAND
    }


def _typed(tables: Iterable[Table]) -> list[Table]:
    """The tables that are not derived from others, in which the same filing would be counted again."""
    return [table for table in tables if table.family is not Family.FLAT]


def _codes(rows: pa.Table, column: str) -> Json:
    counts = rows[column].to_pandas().value_counts().sort_index()
    return {str(code): _share(int(count), rows.num_rows) for code, count in counts.items()}


def _filled(rows: pa.Table, column: str) -> int:
    return int(rows.num_rows - rows[column].null_count)


# --- What went wrong -----------------------------------------------------------------------------------------------


def _quarantine(tables: Tables, issues: pd.DataFrame) -> Json:
    """The rows of sheets that were refused, and those that went with them, out of all rows read of sheets."""
    where = ["file", "sheet", "row"]
    refused = issues.loc[(issues["severity"] == "error") & (issues["row"] > 0), where].drop_duplicates()
    along = issues.loc[(issues["code"] == DRAWN_ALONG) & (issues["row"] > 0), where].drop_duplicates()
    along = along[~pd.MultiIndex.from_frame(along).isin(pd.MultiIndex.from_frame(refused))]
    typed = ["fichier", "feuille", "ligne"]
    published = _rows(tables, PROVENANCE, typed).group_by(typed).aggregate([])
    read = pd.concat([published.to_pandas().set_axis(where, axis=1), refused, along])
    read = read.drop_duplicates() if len(read) > len(published) else read
    whole = issues.loc[(issues["severity"] == "error") & (issues["row"] == 0), ["file", "sheet"]].drop_duplicates()
    return {
        "lignes_refusees": _share(len(refused), len(read)),
        "lignes_entrainees": _share(len(along), len(read)),
        "feuilles_ou_fichiers_refuses": len(whole),
    }


def _issues(issues: pd.DataFrame) -> Json:
    severities = {name: int((issues["severity"] == name).sum()) for name in ("error", "warning", "info")}
    counts = issues.groupby(["code", "severity"], sort=True).size()
    return {
        "nombre": len(issues),
        "par_gravite": severities,
        "par_code": [
            {"code": code, "gravite": severity, "nombre": number}
            for code, severity, number in counts.reset_index().itertuples(index=False, name=None)
        ],
    }


def _divergences(tables: Tables, declared: Declared) -> Json:
    """The points on which sources differ, and the rows that they are about, table by table."""
    points = _frame(tables, DIVERGENCES, ["table_code", "ligne_id", "valeur_retenue"])
    aimed = points.dropna(subset=["table_code"])
    return {
        "points": len(points),
        "tranches": _share(int(points["valeur_retenue"].notna().sum()), len(points)),
        "sans_table": int(points["table_code"].isna().sum()),
        "tables": {
            name: {
                "points": int((aimed["table_code"] == name).sum()),
                "lignes": _share(
                    aimed.loc[aimed["table_code"] == name, "ligne_id"].dropna().nunique(), tables[name].num_rows
                ),
            }
            for name in declared
            if (aimed["table_code"] == name).any()
        },
    }


def _frame(tables: Tables, name: str, columns: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = _rows(tables, name, columns).to_pandas()
    return frame


def _rows(tables: Tables, name: str, columns: list[str]) -> pa.Table:
    """Columns of a table; none of its rows when a dataset is declared without it."""
    if name not in tables:
        return pa.schema([(column, pa.string()) for column in columns]).empty_table()
    return tables[name].select(columns)
