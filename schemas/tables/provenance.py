"""Where each published row was typed."""

from __future__ import annotations

from schemas.columns import FEUILLE, FICHIER, LIGNE_ID, TABLE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="provenance",
    order=240,
    family=Family.TRACE,
    title=Bilingual("Provenance", "Provenance"),
    description=Bilingual(
        "L’endroit où chaque ligne publiée a été saisie.",
        "Where each published row was typed.",
    ),
    key="provenance_id",
    natural_key=(
        "table_code",
        "ligne_id",
        "fichier",
        "feuille",
        "ligne",
    ),
    columns=(
        key("provenance_id", ("de la provenance", "Provenance"), "actions-alpes-fiches-clientele-itinerante-1"),
        TABLE_CODE,
        LIGNE_ID,
        FICHIER,
        FEUILLE,
        column(
            Kind.INTEGER,
            "ligne",
            ("Ligne de la feuille", "Row of the sheet"),
            (
                "Numéro de la ligne dans la feuille, tel que le tableur l’affiche.",
                "Number of the row in the sheet, as the spreadsheet shows it.",
            ),
            "5",
            required=True,
            minimum=1,
        ),
        column(
            Kind.SHA256,
            "empreinte_sha256",
            ("Empreinte du fichier", "Digest of the file"),
            ("SHA-256 du fichier source.", "SHA-256 of the source file."),
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            required=True,
        ),
    ),
)
