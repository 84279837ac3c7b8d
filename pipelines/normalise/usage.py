"""What is listed and that no row uses: sources, partners, codes.

Belongs here: the entries of reference lists, against the tables. Does not belong here: rows that use what is not
listed (``resolve``, ``children``, ``citations``).
"""

from __future__ import annotations

import pandas as pd
import pyarrow.compute as pc

from pipelines.curation.issues import IssueLog
from pipelines.normalise.keys import among
from pipelines.normalise.rows import Rows, Workspace
from pipelines.texts import as_arrow
from schemas.registry import tables

Tables = dict[str, pd.DataFrame]


def report_unused(workspace: Workspace, built: Tables) -> None:
    """Warns of what no row uses; says nothing while rows are refused, since those may be the ones that use it."""
    if any(rows.typed.refused for rows in workspace.rows.values()) or workspace.log.misses_files():
        return
    citations = built["citations"]
    cited = pd.concat([citations["source_id"], built["corrections"]["source_id"]])
    _unused(workspace.log, workspace.rows["sources"], cited, "source-sans-usage")
    held = citations.loc[citations["table_code"] == "partenaires", "ligne_id"]
    _unused(workspace.log, workspace.rows["partenaires"], held, "partenaire-sans-usage")
    _unused_codes(workspace.log, workspace.rows["nomenclatures"], built)


def _unused(log: IssueLog, rows: Rows, used: pd.Series, code: str) -> None:
    keys = rows.keys["key"]
    unused = keys.index[~among(keys, used)]
    log.add(code, rows.typed.source.cells(unused, rows.typed.sheet.fields[0].label))


def _unused_codes(log: IssueLog, rows: Rows, built: Tables) -> None:
    """Terms of a vocabulary that no column holds: kept on purpose, perhaps, and so no more than a remark."""
    held = {
        (column.vocabulary, code)
        for table in tables().values()
        for column in table.published
        if column.vocabulary is not None
        for code in pc.unique(as_arrow(built[table.name][column.name])).drop_null().to_pylist()
    }
    terms = pd.MultiIndex.from_frame(rows.frame[["nomenclature", "code"]])
    unused = rows.frame.index[~terms.isin(list(held))]
    names = rows.frame.loc[unused, "nomenclature"].tolist()
    log.add("code-sans-usage", rows.typed.source.cells(unused, "Code"), expected=names)
