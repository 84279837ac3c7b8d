"""Reference list « nomenclatures »: the terms of every vocabulary."""

from __future__ import annotations

from schemas.declaration import Sheet, cell
from schemas.tables.nomenclatures import TABLE

SHEET = Sheet(
    name="nomenclatures",
    order=200,
    place="referentiel",
    table="nomenclatures",
    scoped=False,
    fields=(
        cell(TABLE["nomenclature"]),
        cell(TABLE["code"]),
        cell(TABLE["libelle"]),
        cell(TABLE["libelle_en"]),
        cell(TABLE["definition"]),
        cell(TABLE["autres_ecritures"]),
    ),
)
