"""A chart: its title, what stands under it, its drawing and its table; and what all of them share.

Belongs here: counting the codes of a column, and the words that several charts use. Does not belong here: one chart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.chart_words import SUBJECTS
from pipelines.site.drawing import Bar
from pipelines.site.model import LANGUAGES, Language
from pipelines.site.render import number, share
from schemas.declaration import Bilingual

Tables = Mapping[str, pd.DataFrame]
UNKNOWN = Bilingual("Non précisé", "Not stated")
NATIONAL = Bilingual("National ou groupe de contrats", "National, or a group of contracts")
CONTRACT = Bilingual("Contrat", "Contract")


@dataclass(frozen=True)
class Chart:
    """One chart. ``columns`` titles the columns of its table; of ``x`` and ``x_en``, a page shows its language’s."""

    name: str
    title: Bilingual
    caption: Bilingual
    svg: Mapping[Language, Markup] = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    columns: Mapping[str, Bilingual] = field(repr=False)

    @property
    def subject(self) -> Bilingual:
        """What it is about; the title says what was found."""
        return SUBJECTS[self.name]

    @property
    def csv(self) -> str:
        """The table as CSV."""
        return self.table.to_csv(index=False, lineterminator="\n")

    def heads(self, language: Language) -> list[str]:
        """The titles of the columns that a page shows."""
        return [said_in(title, language) for title in self.columns.values()]

    def numeric(self, language: Language) -> list[bool]:
        """Which of the columns shown hold figures."""
        return [pd.api.types.is_numeric_dtype(self.table[name]) for name in self._shown(language)]

    def rows(self, language: Language) -> list[list[str]]:
        """The first rows of the table, as the page writes them; ``csv`` holds all."""
        shown, figures = self.table[self._shown(language)].head(bounds.ROWS).astype("object"), self.numeric(language)
        return [
            [number(cell, language) if figure else str(cell) for cell, figure in zip(row, figures, strict=True)]
            for row in shown.itertuples(index=False)
        ]

    def _shown(self, language: Language) -> list[str]:
        return [f"{name}_en" if language == "en" and f"{name}_en" in self.table else name for name in self.columns]


def counted(values: pd.Series, vocabulary: str, tables: Tables) -> pd.DataFrame:
    """How often each code of a vocabulary stands in a column: ``code``, ``libelle``, ``libelle_en``, ``nombre``.

    Most frequent first; codes that no row has count 0; cells without a code come last, as not stated.
    """
    terms = labels(vocabulary, tables)
    counts = values.fillna("").value_counts()
    codes = pd.Index([*terms.index, *sorted(counts.index.difference(terms.index))], dtype="str", name="code")
    found = terms.reindex(codes)
    found["nombre"] = counts.reindex(codes).fillna(0).astype("int64")
    found = found.reset_index()
    french = found["libelle"].fillna(found["code"])
    found["libelle"] = french.mask(found["code"] == "", UNKNOWN.fr)
    found["libelle_en"] = found["libelle_en"].fillna(french).mask(found["code"] == "", UNKNOWN.en)
    found["_inconnu"] = found["code"] == ""
    found = found.sort_values(["_inconnu", "nombre"], ascending=[True, False], kind="stable", ignore_index=True)
    return found.drop(columns="_inconnu")


def labels(vocabulary: str, tables: Tables) -> pd.DataFrame:
    """``libelle`` and ``libelle_en`` by code of a vocabulary, in published order."""
    terms = tables["nomenclatures"]
    return terms.loc[terms["nomenclature"] == vocabulary].set_index("code")[["libelle", "libelle_en"]]


def counted_bar(label: str, count: int, total: int, language: Language, *, unknown: bool = False) -> Bar:
    """A bar of a count, with its share of the total."""
    part = f" ({share(count / total, language)})" if total else ""
    return Bar(label, f"{number(count, language)}{part}", ((1, float(count)),), unknown=unknown)


def several(count: int, one: str, many: str, language: Language = "fr") -> str:
    """A count and the word that goes with it: French says « 0 montant », English “0 amounts”."""
    alone = count < 2 if language == "fr" else count == 1
    return f"{number(count, language)} {one if alone else many}"


def in_each_language(draw: Callable[[Language], Markup]) -> dict[Language, Markup]:
    """A drawing in each language of the site."""
    return {language: draw(language) for language in LANGUAGES}


def said_in(text: Bilingual, language: Language) -> str:
    """A text in one of its languages."""
    return text.fr if language == "fr" else text.en
