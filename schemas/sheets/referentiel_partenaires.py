"""Reference list « partenaires »: the registry of organisations."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, cell
from schemas.tables.partenaires import TABLE

SHEET = Sheet(
    name="partenaires",
    order=210,
    place="referentiel",
    table="partenaires",
    scoped=False,
    fields=(
        cell(TABLE["partenaire_id"]),
        cell(TABLE["nom"]),
        cell(TABLE["sigle"]),
        cell(TABLE["categorie_code"]),
        cell(TABLE["siren"]),
        cell(TABLE["zone_type_code"]),
        cell(TABLE["zone_code"]),
        cell(TABLE["site_web"]),
        cell(TABLE["est_groupe"]),
        cell(REMARQUE),
    ),
)
