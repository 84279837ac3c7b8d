"""File « corrections »: what is read in place of what a sheet says, and why."""

from __future__ import annotations

from schemas.declaration import Sheet, cell
from schemas.tables.corrections import TABLE

SHEET = Sheet(
    name="corrections",
    order=300,
    place="corrections",
    table="corrections",
    scoped=False,
    fields=(
        cell(TABLE["correction_id"], optional=True),
        cell(TABLE["fichier"]),
        cell(TABLE["feuille"]),
        cell(TABLE["ligne_id"]),
        cell(TABLE["colonne"]),
        cell(TABLE["valeur_attendue"]),
        cell(TABLE["valeur_corrigee"]),
        cell(TABLE["motif"]),
        cell(TABLE["source_id"]),
    ),
)
