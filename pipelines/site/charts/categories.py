"""One bar for each code of a vocabulary: actions, partners and figures by what they are.

Belongs here: charts that count the codes of one column. Does not belong here: those that cross several.
"""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import Chart, Tables, counted, counted_bar, in_each_language, said_in
from pipelines.site.drawing import bars
from pipelines.site.model import Language
from pipelines.site.render import NARROW, WIDE, number
from schemas.declaration import Bilingual

_CODE = Bilingual("Code", "Code")


def actions_by_strand(tables: Tables) -> Chart:
    """Actions by strand."""
    found = counted(tables["actions"]["axe_code"], "axe", tables)
    return _categories(
        "actions-par-axe",
        found,
        Bilingual("Axe le plus fréquent", "Most frequent strand"),
        (Bilingual("actions", "actions"), Bilingual("Aucune action publiée", "No published action")),
        Bilingual("Axe", "Strand"),
        "axe",
    )


def actions_by_status(tables: Tables) -> Chart:
    """Actions by status."""
    found = counted(tables["actions"]["statut_code"], "statut_action", tables)
    return _categories(
        "actions-par-statut",
        found,
        Bilingual("Statut d’action le plus fréquent", "Most frequent status of actions"),
        (Bilingual("actions", "actions"), Bilingual("Aucune action publiée", "No published action")),
        Bilingual("Statut", "Status"),
        "statut",
    )


def partners(tables: Tables) -> Chart:
    """Partners by category."""
    found = counted(tables["partenaires"]["categorie_code"], "categorie_partenaire", tables)
    return _categories(
        "partenaires-par-categorie",
        found,
        Bilingual("Catégorie de partenaires la plus fréquente", "Most frequent category of partners"),
        (Bilingual("partenaires", "partners"), Bilingual("Aucun partenaire publié", "No published partner")),
        Bilingual("Catégorie", "Category"),
        "categorie",
    )


def figures_by_nature(tables: Tables) -> Chart:
    """Figures by nature: what was aimed at, what was measured."""
    found = counted(tables["indicateurs"]["nature_code"], "nature_indicateur", tables)
    return _categories(
        "indicateurs-par-nature",
        found,
        Bilingual("Nature d’indicateur la plus fréquente", "Most frequent kind of figure"),
        (Bilingual("indicateurs", "figures"), Bilingual("Aucun indicateur publié", "No published figure")),
        Bilingual("Nature", "Kind"),
        "nature",
    )


def _categories(
    name: str,
    found: pd.DataFrame,
    best: Bilingual,
    things: tuple[Bilingual, Bilingual],
    title: Bilingual,
    column: str,
) -> Chart:
    """One bar per code of a vocabulary."""
    total = int(found["nombre"].sum())
    unknown = int(found.loc[found["code"] == "", "nombre"].sum())
    known = found[(found["code"] != "") & (found["nombre"] > 0)]
    top = known[known["nombre"] == known["nombre"].max()] if len(known) else known

    def say(language: Language) -> str:
        many, none = (said_in(thing, language) for thing in things)
        french = language == "fr"
        if not total:
            return none
        if top.empty:
            return f"{many.capitalize()}{WIDE if french else ''}: {number(total, language)}"
        names = (" et " if french else " and ").join(top["libelle" if french else "libelle_en"])
        count = number(int(top["nombre"].iloc[0]), language)
        of = f"{'sur' if french else 'of'} {number(total, language)}"
        said = f"{said_in(best, language)}{WIDE if french else ''}: {names}, {count} {many} {of}"
        if unknown:
            said += f"{NARROW}; non précisé pour {unknown}" if french else f"; not stated for {unknown}"
        return said

    def draw(language: Language) -> Markup:
        label = "libelle" if language == "fr" else "libelle_en"
        return bars(
            [
                counted_bar(str(row[label]), int(row["nombre"]), total, language, unknown=row["code"] == "")
                for row in found.to_dict("records")
            ]
        )

    table_ = found.set_axis([f"{column}_code", column, f"{column}_en", "nombre"], axis=1)
    plural = things[0]
    return Chart(
        name,
        Bilingual(say("fr"), say("en")),
        CAPTIONS[name],
        in_each_language(draw),
        table_,
        {f"{column}_code": _CODE, column: title, "nombre": Bilingual(plural.fr.capitalize(), plural.en.capitalize())},
    )
