"""Elements that contract documents contain."""

from __future__ import annotations

from schemas.columns import LIBELLE, REMARQUE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="clauses",
    order=130,
    family=Family.FACT,
    title=Bilingual("Clauses", "Clauses"),
    description=Bilingual(
        "Les éléments que contiennent les documents contractuels.",
        "Elements that contract documents contain.",
    ),
    key="clause_id",
    natural_key=("libelle",),
    columns=(
        key("clause_id", ("de la clause", "Clause"), "duree"),
        LIBELLE.but(example="Durée"),
        column(
            Kind.TEXT,
            "definition",
            ("Définition", "Definition"),
            ("Ce que la clause contient, d’après les documents.", "What the clause contains, from the documents."),
            "Trois ou cinq ans selon les contrats",
            required=True,
        ),
        REMARQUE,
    ),
)
