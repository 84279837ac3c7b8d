"""Sheet « Financements »: amounts, shares, staff time and rules."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, GROUPE_CODE, REMARQUE
from schemas.declaration import PartnerOrGroupCell, Sheet, SourcesCell, cell
from schemas.tables.financements import TABLE

SHEET = Sheet(
    name="Financements",
    order=60,
    place="classeur",
    table="financements",
    fields=(
        cell(TABLE["financement_id"]),
        cell(TABLE["libelle"]),
        cell(TABLE["nature_code"]),
        PartnerOrGroupCell(label="Financeur", partner="partenaire_id", group="financeur_libelle"),
        cell(TABLE["forme_code"]),
        cell(TABLE["montant_eur"]),
        cell(TABLE["etp"]),
        cell(TABLE["part_pct"]),
        cell(TABLE["qualificatif_code"]),
        cell(TABLE["base_code"]),
        cell(TABLE["perimetre_code"]),
        cell(TABLE["inclus_dans_id"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        cell(TABLE["statut_code"]),
        cell(TABLE["action_id"]),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
