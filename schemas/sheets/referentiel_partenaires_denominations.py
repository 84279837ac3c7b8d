"""Reference list « partenaires_denominations »: every spelling met of a partner’s name."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.partenaires_denominations import TABLE

SHEET = Sheet(
    name="partenaires_denominations",
    order=220,
    place="referentiel",
    table="partenaires_denominations",
    scoped=False,
    fields=(
        cell(TABLE["partenaire_id"]),
        cell(TABLE["denomination"]),
        cell(TABLE["contrat_id"]),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
