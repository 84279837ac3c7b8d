"""Sheet « Territoires »: the territories of the contract."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.contrats_territoires import TABLE

SHEET = Sheet(
    name="Territoires",
    order=30,
    place="classeur",
    table="contrats_territoires",
    national=False,
    fields=(
        cell(TABLE["contrat_territoire_id"]),
        cell(TABLE["zone_type_code"]),
        cell(TABLE["zone_code"]),
        cell(TABLE["libelle"]),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
