"""Reference list « identifiants »: the identifiers given so far."""

from __future__ import annotations

from schemas.declaration import Sheet, cell
from schemas.tables.identifiants import TABLE

SHEET = Sheet(
    name="identifiants",
    order=270,
    place="referentiel",
    table="identifiants",
    scoped=False,
    fields=(cell(TABLE["table_code"]), cell(TABLE["cle_naturelle"]), cell(TABLE["ligne_id"])),
)
