"""What sources state: a source behind a row, or behind one column of it."""

from __future__ import annotations

from schemas.columns import COLONNE, LIGNE_ID, SOURCE_ID, TABLE_CODE, key
from schemas.declaration import Bilingual, Family, Table

TABLE = Table(
    name="citations",
    order=190,
    family=Family.TRACE,
    title=Bilingual("Citations", "Citations"),
    description=Bilingual(
        "Ce que les sources énoncent : une source à l’appui d’une ligne, ou d’une colonne de cette ligne.",
        "What sources state: a source behind a row, or behind one column of it.",
    ),
    key="citation_id",
    natural_key=(
        "table_code",
        "ligne_id",
        "colonne",
        "source_id",
    ),
    columns=(
        key("citation_id", ("de la citation", "Citation"), "actions-alpes-fiches-clientele-itinerante-jdc2016"),
        TABLE_CODE,
        LIGNE_ID,
        COLONNE,
        SOURCE_ID,
    ),
)
