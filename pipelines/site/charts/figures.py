"""The figures that contracts aim at, each beside what was measured.

Belongs here: aims and results, and a figure in words. Does not belong here: amounts of money (``financing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import CONTRACT, NATIONAL, Chart, Tables, in_each_language, labels, said_in, several
from pipelines.site.drawing import linked, table
from pipelines.site.model import LANGUAGES, Language
from pipelines.site.render import NARROW, WIDE, number
from schemas.declaration import Bilingual


def aims_and_results(tables: Tables, address: Callable[[str], str]) -> Chart:
    """Each aim beside the results of the same contract in the same unit."""
    rows = tables["indicateurs"]
    rows = rows[rows["nature_code"].isin(["objectif", "resultat"])].copy()
    for name, vocabulary in (
        ("nature", "nature_indicateur"),
        ("unite", "unite"),
        ("qualificatif", "qualificatif"),
        ("base", "base"),
    ):
        known = labels(vocabulary, tables)
        code = rows[f"{name}_code"]
        rows[name] = code.map(known["libelle"]).astype("str").fillna(code).fillna("")
        rows[f"{name}_en"] = code.map(known["libelle_en"]).astype("str").fillna(rows[name])
    names = tables["contrats"].set_index("contrat_id")["nom"]
    rows["contrat"] = rows["contrat_id"].map(names).fillna(NATIONAL.fr)
    rows["contrat_en"] = rows["contrat_id"].map(names).fillna(NATIONAL.en)
    rows["contrat_id"] = rows["contrat_id"].fillna("")
    for language in LANGUAGES:
        suffix = "" if language == "fr" else "_en"
        rows[f"texte{suffix}"] = [_figure(row, language) for row in rows.to_dict("records")]
    rows = rows.sort_values(["contrat", "contrat_id", "nature_code", "libelle", "indicateur_id"], ignore_index=True)
    aimed, measured = rows[rows["nature_code"] == "objectif"], rows[rows["nature_code"] == "resultat"]

    def draw(language: Language) -> Markup:
        suffix = "" if language == "fr" else "_en"
        none = said_in(Bilingual("aucun résultat publié", "no published result"), language)
        results = measured.groupby(["contrat_id", "unite_code"], dropna=False)[f"texte{suffix}"].agg(f"{NARROW}; ".join)
        return table(
            said_in(Bilingual("Objectifs et résultats", "Aims and results"), language),
            [
                said_in(CONTRACT, language),
                said_in(Bilingual("Objectif", "Aim"), language),
                said_in(Bilingual("Valeur visée", "Value aimed at"), language),
                said_in(Bilingual("Résultat, même contrat et même unité", "Result, same contract and unit"), language),
            ],
            [
                [
                    linked(
                        row[f"contrat{suffix}"], address(f"contrats/{row['contrat_id']}/") if row["contrat_id"] else ""
                    ),
                    Markup('<span lang="fr">{}</span>').format(row["libelle"]),
                    row[f"texte{suffix}"],
                    str(results.get((row["contrat_id"], row["unite_code"]), none)),
                ]
                for row in aimed.head(bounds.ROWS).to_dict("records")
            ],
        )

    return Chart(
        "objectifs-et-resultats",
        Bilingual(
            f"{several(len(aimed), 'objectif chiffré', 'objectifs chiffrés')}, "
            f"{several(len(measured), 'résultat mesuré', 'résultats mesurés')}",
            f"{several(len(aimed), 'quantified aim', 'quantified aims', 'en')}, "
            f"{several(len(measured), 'measured result', 'measured results', 'en')}",
        ),
        CAPTIONS["objectifs-et-resultats"],
        in_each_language(draw),
        rows[
            [
                *(
                    "indicateur_id",
                    "contrat_id",
                    "contrat",
                    "contrat_en",
                    "libelle",
                    "nature_code",
                    "nature",
                    "nature_en",
                ),
                *("valeur", "unite_code", "unite", "unite_en", "qualificatif_code", "base_code", "texte", "texte_en"),
            ]
        ],
        {
            "contrat": CONTRACT,
            "libelle": Bilingual("Libellé (en français)", "Label (in French)"),
            "nature": Bilingual("Nature", "Kind"),
            "texte": Bilingual("Valeur", "Value"),
        },
    )


def _figure(row: Mapping[Any, Any], language: Language) -> str:
    """A figure with its unit, its basis and its reserve, in words."""
    suffix = "" if language == "fr" else "_en"
    unit = str(row[f"unite{suffix}"])
    value = number(row["valeur"], language)
    if row["unite_code"] == "rang":
        text = f"{unit} {value}"
    else:
        text = f"{value}%" if unit == "%" and language == "en" else f"{value}{WIDE}{unit}"
    base = str(row[f"base{suffix}"]).lower()
    reserve = "" if row["qualificatif_code"] == "exact" else str(row[f"qualificatif{suffix}"]).lower()
    said = ", ".join(part for part in (base, reserve) if part)
    return f"{text} ({said})" if said else text
