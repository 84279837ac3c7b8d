"""Reference list « zones »: official geographic codes."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, REMARQUE
from schemas.declaration import Sheet, cell
from schemas.tables.zones import TABLE

SHEET = Sheet(
    name="zones",
    order=250,
    place="referentiel",
    table="zones",
    scoped=False,
    fields=(
        cell(TABLE["zone_type_code"]),
        cell(TABLE["zone_code"]),
        cell(TABLE["libelle"]),
        cell(TABLE["zone_code_actuel"]),
        cell(TABLE["region_code"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        cell(TABLE["siren"]),
        cell(TABLE["reference"]),
        cell(REMARQUE),
    ),
)
