"""What states the rows: how many sources each one cites.

Belongs here: counts of citations. Does not belong here: the sources themselves, which have their table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import Chart, Tables, counted_bar, in_each_language
from pipelines.site.drawing import bars
from pipelines.site.model import Language
from pipelines.site.render import WIDE, number
from schemas.declaration import Bilingual

_STEPS = (0, 1, 2, 3, 4, 5, 10)


def sources_by_row(tables: Tables) -> Chart:
    """How many sources state each row of the tables that citations are made of."""
    citations = tables["citations"]
    cited = citations.groupby(["table_code", "ligne_id"])["source_id"].nunique()
    names = sorted(set(citations["table_code"].dropna()))
    owing = [
        tables[name].iloc[:, 0].astype("str").to_frame("ligne_id").assign(table_code=name)
        for name in names
        if name in tables
    ]
    every = (
        pd.concat(owing, ignore_index=True) if owing else pd.DataFrame({"table_code": [], "ligne_id": []}, dtype="str")
    )
    number_of = cited.reindex(pd.MultiIndex.from_frame(every[["table_code", "ligne_id"]])).fillna(0).to_numpy()
    steps = pd.Series(np.searchsorted(_STEPS, number_of, side="right") - 1)
    counts = steps.value_counts().reindex(range(len(_STEPS)), fill_value=0)
    frame = pd.DataFrame(
        {
            "sources_au_moins": list(_STEPS),
            "sources_au_plus": pd.array([*(step - 1 for step in _STEPS[1:]), None], dtype="Int64"),
            "nombre": counts.to_list(),
        }
    )
    frame["sources"] = [
        "Aucune source",
        "1 source",
        *(f"{step} sources" for step in _STEPS[2:5]),
        "5 à 9 sources",
        "10 sources ou plus",
    ]
    frame["sources_en"] = [
        "No source",
        "1 source",
        *(f"{step} sources" for step in _STEPS[2:5]),
        "5 to 9 sources",
        "10 sources or more",
    ]
    total, several = len(every), int((number_of >= 2).sum())

    def draw(language: Language) -> Markup:
        label = "sources" if language == "fr" else "sources_en"
        return bars(
            [counted_bar(str(row[label]), int(row["nombre"]), total, language) for row in frame.to_dict("records")]
        )

    return Chart(
        "sources-par-ligne",
        Bilingual(
            f"Lignes qui citent deux sources ou plus{WIDE}: {number(several, 'fr')} sur {number(total, 'fr')}",
            f"Rows that cite two sources or more: {number(several, 'en')} of {number(total, 'en')}",
        ),
        CAPTIONS["sources-par-ligne"],
        in_each_language(draw),
        frame[["sources_au_moins", "sources_au_plus", "sources", "sources_en", "nombre"]],
        {"sources": Bilingual("Sources citées", "Sources cited"), "nombre": Bilingual("Lignes", "Rows")},
    )
