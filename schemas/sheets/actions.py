"""Sheet « Actions »: the actions."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, GROUPE_CODE, REMARQUE
from schemas.declaration import ListCell, Sheet, SourcesCell, cell
from schemas.tables.actions import TABLE

SHEET = Sheet(
    name="Actions",
    order=50,
    place="classeur",
    table="actions",
    fields=(
        cell(TABLE["action_id"]),
        cell(TABLE["numero"]),
        cell(TABLE["intitule"]),
        cell(TABLE["axe_code"]),
        cell(TABLE["axe_origine_code"]),
        cell(TABLE["volet_code"]),
        cell(TABLE["statut_code"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        cell(TABLE["montant_eur"]),
        ListCell(label="Marchés cibles", aliases=("Marché cible",), table="actions_marches", columns=("marche_code",)),
        ListCell(
            label="Partenaires",
            aliases=("Partenaire",),
            table="actions_partenaires",
            columns=("partenaire_id",),
            qualifier="role_code",
        ),
        cell(TABLE["outil_id"]),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
