"""Codes of each vocabulary, with their labels and definitions."""

from __future__ import annotations

from schemas.columns import LIBELLE, column, key
from schemas.declaration import Bilingual, Family, Kind, Table

TABLE = Table(
    name="nomenclatures",
    order=220,
    family=Family.REFERENCE,
    title=Bilingual("Nomenclatures", "Vocabularies"),
    description=Bilingual(
        "Les codes de chaque nomenclature, avec leurs libellés et leurs définitions.",
        "Codes of each vocabulary, with their labels and definitions.",
    ),
    key="nomenclature_id",
    natural_key=(
        "nomenclature",
        "code",
    ),
    columns=(
        key("nomenclature_id", ("du code", "Code"), "role-signataire"),
        column(
            Kind.TEXT,
            "nomenclature",
            ("Nomenclature", "Vocabulary"),
            ("Nom de la nomenclature.", "Name of the vocabulary."),
            "role",
            required=True,
        ),
        column(
            Kind.TEXT,
            "code",
            ("Code", "Code"),
            ("Code, tel que les tables le portent.", "Code, as the tables hold it."),
            "signataire",
            required=True,
            pattern="^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$",
        ),
        LIBELLE.but(example="Signataire", title=Bilingual("Libellé", "French label")),
        column(
            Kind.TEXT,
            "libelle_en",
            ("Libellé anglais", "English label"),
            ("Libellé anglais.", "English label."),
            "Signatory",
            required=True,
        ),
        column(
            Kind.TEXT,
            "definition",
            ("Définition", "Definition"),
            ("Ce que le code veut dire, et quand l’employer.", "What the code means, and when to use it."),
            "Partie qui a signé le contrat ou son renouvellement",
            required=True,
        ),
        column(
            Kind.TEXT,
            "autres_ecritures",
            ("Autres écritures", "Other spellings"),
            (
                "Autres écritures comprises dans les feuilles, séparées par « ; ».",
                "Other spellings understood in sheets, separated by “;”.",
            ),
            "co-signataire",
        ),
    ),
)
