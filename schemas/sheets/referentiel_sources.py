"""Reference list « sources »: the bibliography."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, cell
from schemas.tables.sources import TABLE

SHEET = Sheet(
    name="sources",
    order=230,
    place="referentiel",
    table="sources",
    scoped=False,
    fields=(
        cell(TABLE["source_id"]),
        cell(TABLE["titre"]),
        cell(TABLE["editeur"]),
        cell(TABLE["url"]),
        cell(TABLE["type_code"]),
        cell(TABLE["apport"]),
        cell(TABLE["date_publication"]),
        cell(TABLE["date_consultation"]),
        cell(TABLE["date_reverification"]),
        cell(TABLE["fiabilite_code"]),
        cell(REMARQUE),
    ),
)
