"""Sheet « Indicateurs »: the figures."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, GROUPE_CODE, REMARQUE
from schemas.declaration import Sheet, SourcesCell, ZoneCell, cell
from schemas.tables.indicateurs import TABLE

SHEET = Sheet(
    name="Indicateurs",
    order=80,
    place="classeur",
    table="indicateurs",
    fields=(
        cell(TABLE["indicateur_id"]),
        cell(TABLE["libelle"]),
        cell(TABLE["nature_code"]),
        cell(TABLE["valeur"]),
        cell(TABLE["unite_code"]),
        cell(TABLE["qualificatif_code"]),
        cell(TABLE["base_code"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        ZoneCell(label="Zone", type_column="zone_type_code", code_column="zone_code"),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
