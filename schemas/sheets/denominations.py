"""Sheet « Dénominations »: the spellings of the contract’s name."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.contrats_denominations import TABLE

SHEET = Sheet(
    name="Dénominations",
    order=20,
    place="classeur",
    table="contrats_denominations",
    national=False,
    fields=(
        cell(TABLE["contrat_denomination_id"]),
        cell(TABLE["denomination"]),
        cell(TABLE["type_code"]),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
