"""Sheet « Contrat »: the contract itself, one row."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, REMARQUE
from schemas.declaration import ListCell, Sheet, SourcesCell, cell
from schemas.tables.contrats import TABLE

SHEET = Sheet(
    name="Contrat",
    order=10,
    place="classeur",
    table="contrats",
    single=True,
    national=False,
    fields=(
        cell(TABLE["contrat_id"]),
        cell(TABLE["nom"]),
        cell(TABLE["generation_code"]),
        cell(TABLE["date_signature"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        cell(TABLE["duree_mois"], optional=True),
        cell(TABLE["statut_code"]),
        cell(TABLE["marque"]),
        cell(TABLE["objectif"]),
        cell(TABLE["contrat_precedent_id"]),
        ListCell(
            label="Thématiques", aliases=("Thématique",), table="contrats_thematiques", columns=("thematique_code",)
        ),
        ListCell(
            label="Groupes", aliases=("Groupe",), table="contrats_groupes", columns=("groupe_code",), optional=True
        ),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
