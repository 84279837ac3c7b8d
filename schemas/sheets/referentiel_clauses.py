"""Reference list « clauses »: the elements of contract documents."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.clauses import TABLE

SHEET = Sheet(
    name="clauses",
    order=240,
    place="referentiel",
    table="clauses",
    scoped=False,
    fields=(
        cell(TABLE["clause_id"]),
        cell(TABLE["libelle"]),
        cell(TABLE["definition"]),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
