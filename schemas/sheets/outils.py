"""Sheet « Outils »: tools, directories, sites, guides, networks and studies."""

from __future__ import annotations

from schemas.columns import GROUPE_CODE, REMARQUE
from schemas.declaration import Sheet, SourcesCell, cell
from schemas.tables.outils import TABLE

SHEET = Sheet(
    name="Outils",
    order=100,
    place="classeur",
    table="outils",
    fields=(
        cell(TABLE["outil_id"]),
        cell(TABLE["type_code"]),
        cell(TABLE["intitule"]),
        cell(TABLE["exploitant_id"]),
        cell(TABLE["nombre_elements"]),
        cell(TABLE["unite_code"]),
        cell(TABLE["url"]),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
