"""Sheet « Divergences »: points on which sources differ."""

from __future__ import annotations

from schemas.columns import REMARQUE
from schemas.declaration import Sheet, TargetCell, VersionCell, cell
from schemas.tables.divergences import TABLE

SHEET = Sheet(
    name="Divergences",
    order=110,
    place="classeur",
    table="divergences",
    fields=(
        cell(TABLE["divergence_id"]),
        cell(TABLE["sujet"]),
        TargetCell(label="Feuille", part="sheet"),
        TargetCell(label="Ligne visée", part="row"),
        TargetCell(label="Colonne visée", part="column"),
        VersionCell(label="Valeur A", rank=1, part="value", required=True),
        VersionCell(label="Sources A", rank=1, part="sources", required=True),
        VersionCell(label="Valeur B", rank=2, part="value", required=True),
        VersionCell(label="Sources B", rank=2, part="sources", required=True),
        VersionCell(label="Valeur C", rank=3, part="value"),
        VersionCell(label="Sources C", rank=3, part="sources"),
        cell(TABLE["lecture"]),
        cell(TABLE["valeur_retenue"]),
        cell(REMARQUE, optional=True),
    ),
)
