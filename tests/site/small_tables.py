"""Published tables with a few rows, typed as a release gives them back.

Belongs here: making them. Does not belong here: any fact of a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.dtypes import typed
from schemas.registry import tables

VOCABULARY = (
    ("axe", "offre", "Offre", "Offer"),
    ("axe", "promotion", "Promotion", "Promotion and sales"),
    ("axe", "tous", "Tous les axes", "All strands"),
    ("statut_action", "prevue", "Prévue", "Planned"),
    ("statut_action", "realisee", "Réalisée", "Done"),
    ("generation", "posterieur", "Postérieur", "Later"),
    ("generation", "v1", "V1", "V1"),
    ("nature_financement", "apport", "Apport", "Contribution"),
    ("nature_financement", "budget", "Budget", "Budget"),
    ("nature_financement", "plafond", "Plafond", "Ceiling"),
    ("forme_apport", "non_precise", "Non précisé", "Not stated"),
    ("forme_apport", "numeraire", "Numéraire", "Cash"),
    ("nature_indicateur", "objectif", "Objectif", "Aim"),
    ("nature_indicateur", "resultat", "Résultat", "Result"),
    ("unite", "pct", "%", "%"),
    ("unite", "nuitees", "nuitées", "overnight stays"),
    ("qualificatif", "exact", "Exact", "Exact"),
    ("qualificatif", "environ", "Environ", "About"),
    ("base", "evolution", "Évolution", "Change"),
    ("categorie_partenaire", "crt", "CRT", "Regional tourism committee"),
    ("role", "signataire", "Signataire", "Signatory"),
    ("role", "financeur", "Financeur", "Funder"),
)


def small_tables(**rows: Sequence[Mapping[str, object]]) -> dict[str, pd.DataFrame]:
    """Every published table: those named with these rows, the vocabularies with `VOCABULARY`, the others empty."""
    rows.setdefault(
        "nomenclatures",
        [
            {"nomenclature_id": f"{name}-{code}", "nomenclature": name, "code": code, "libelle": fr, "libelle_en": en}
            for name, code, fr, en in VOCABULARY
        ],
    )
    assert set(rows) <= set(tables())
    made = {}
    for name, table in tables().items():
        given = pd.DataFrame(list(rows.get(name, [])), dtype="object")
        assert set(given) <= {column.name for column in table.published}, (name, list(given))
        made[name] = pd.DataFrame(
            {
                column.name: typed(given.get(column.name, pd.Series([None] * len(given), dtype="object")), column)
                for column in table.published
            }
        )
    return made
