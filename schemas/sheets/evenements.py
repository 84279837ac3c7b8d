"""Sheet « Événements »: the dated events."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, GROUPE_CODE, REMARQUE
from schemas.declaration import ListCell, Sheet, SourcesCell, cell
from schemas.tables.evenements import TABLE

SHEET = Sheet(
    name="Événements",
    order=90,
    place="classeur",
    table="evenements",
    fields=(
        cell(TABLE["evenement_id"]),
        cell(TABLE["type_code"]),
        cell(TABLE["intitule"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        cell(TABLE["lieu"]),
        ListCell(
            label="Participants",
            table="evenements_participants",
            columns=("contrat_id", "partenaire_id"),
            qualifier="role_code",
            detail="theme",
        ),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
