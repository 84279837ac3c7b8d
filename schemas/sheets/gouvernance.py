"""Sheet « Gouvernance »: bodies and rules."""

from __future__ import annotations

from schemas.columns import GROUPE_CODE, REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.gouvernance import TABLE

SHEET = Sheet(
    name="Gouvernance",
    order=70,
    place="classeur",
    table="gouvernance",
    fields=(
        cell(TABLE["gouvernance_id"]),
        cell(TABLE["instance_code"]),
        cell(TABLE["presidence_code"]),
        cell(TABLE["regle_vote_code"]),
        cell(TABLE["date_creation"]),
        cell(TABLE["description"]),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
