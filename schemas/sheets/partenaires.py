"""Sheet « Partenaires »: the roles of partners, one role a row."""

from __future__ import annotations

from schemas.columns import DATE_DEBUT, DATE_FIN, GROUPE_CODE, REMARQUE
from schemas.declaration import RegistryCell, Sheet, SourcesCell, cell
from schemas.tables.contrats_partenaires import TABLE
from schemas.tables.partenaires import TABLE as PARTENAIRES

SHEET = Sheet(
    name="Partenaires",
    order=40,
    place="classeur",
    table="contrats_partenaires",
    fields=(
        cell(TABLE["contrat_partenaire_id"]),
        cell(TABLE["partenaire_id"], label="Nom"),
        RegistryCell(label=PARTENAIRES["sigle"].header, column=PARTENAIRES["sigle"]),
        RegistryCell(label=PARTENAIRES["categorie_code"].header, column=PARTENAIRES["categorie_code"]),
        RegistryCell(label=PARTENAIRES["siren"].header, column=PARTENAIRES["siren"]),
        cell(TABLE["role_code"]),
        cell(TABLE["role_source"]),
        cell(DATE_DEBUT),
        cell(DATE_FIN),
        RegistryCell(label=PARTENAIRES["site_web"].header, column=PARTENAIRES["site_web"]),
        cell(GROUPE_CODE, optional=True),
        SourcesCell(label="Sources", aliases=("Source",)),
        cell(REMARQUE),
    ),
)
