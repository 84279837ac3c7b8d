"""The registry of identifiers: which key each row received, by its natural key."""

from __future__ import annotations

from schemas.columns import LIGNE_ID, TABLE_CODE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="identifiants",
    order=255,
    family=Family.TRACE,
    title=Bilingual("Identifiants", "Identifiers"),
    description=Bilingual(
        "Le registre des identifiants, tel qu’enregistré avec les feuilles : la clé qu’a reçue chaque ligne saisie, par sa "
        "clé naturelle. Une ligne nouvelle y entre quand elle est enregistrée ; une ligne retirée y reste.",
        "Registry of identifiers, as recorded with the sheets: the key that each typed row received, by its natural key. "
        "A new row enters it once recorded; a withdrawn one stays.",
    ),
    key="identifiant_id",
    natural_key=("table_code", "ligne_id"),
    columns=(
        key("identifiant_id", ("de l’inscription", "Entry"), "actions-alpes-fiches-clientele-itinerante"),
        TABLE_CODE,
        LIGNE_ID.but(label="Identifiant"),
        column(
            Kind.TEXT,
            "cle_naturelle",
            ("Clé naturelle", "Natural key"),
            (
                "Ce qui distingue la ligne dans sa feuille, par quoi l’identifiant est retrouvé quand la cellule est vide.",
                "What tells the row apart in its sheet, by which the identifier is found again when the cell is blank.",
            ),
            "alpes | Fiches pratiques d’accueil de la clientèle itinérante",
            required=True,
        ),
    ),
)
