"""What states the rows: how many sources each one cites.

Belongs here: counts of citations. Does not belong here: the sources themselves, which have their table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from markupsafe import Markup

from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import Chart, Tables, counted_bar, in_each_language
from pipelines.site.drawing import bars
from pipelines.site.model import Language
from pipelines.site.places import About, arrow_of, numbered
from pipelines.site.render import WIDE, number
from schemas.declaration import Bilingual

_STEPS = (0, 1, 2, 3, 4, 5, 10)


def sources_by_row(tables: Tables) -> Chart:
    """How many sources state each row of the tables that citations are made of."""
    number_of = _sources_cited(tables)
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
    total, several = len(number_of), int((number_of >= 2).sum())

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


def _sources_cited(tables: Tables) -> np.ndarray:
    """How many distinct sources each row cites, of the tables that citations name."""
    citations = tables["citations"]
    names, keys, sources = (arrow_of(citations[name]) for name in ("table_code", "ligne_id", "source_id"))
    source = numbered(sources.dictionary_encode().indices)
    counted = []

    def known(name: str) -> pa.Array | None:
        return arrow_of(tables[name].iloc[:, 0].astype("str")) if name in tables else None

    about = About(names, keys, known)
    for name in sorted(citations["table_code"].dropna().unique()):
        if name in tables:
            rows, cited = about.pairs(name)
            pairs = pd.DataFrame({"row": rows, "source": source[cited]})
            pairs = pairs[pairs["source"] >= 0].drop_duplicates()
            counted.append(np.bincount(pairs["row"], minlength=len(tables[name])))
    return np.concatenate(counted) if counted else np.empty(0, dtype=np.int64)
