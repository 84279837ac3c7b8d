"""Reference list « identifiants_retires »: identifiers given up and what replaces them."""

from __future__ import annotations

from schemas.declaration import Sheet, cell
from schemas.tables.identifiants_retires import TABLE

SHEET = Sheet(
    name="identifiants_retires",
    order=260,
    place="referentiel",
    table="identifiants_retires",
    scoped=False,
    fields=(
        cell(TABLE["table_code"]),
        cell(TABLE["ligne_id"]),
        cell(TABLE["remplace_par_id"]),
        cell(TABLE["motif"]),
        cell(TABLE["date_retrait"]),
    ),
)
