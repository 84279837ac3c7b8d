"""The money: sums of the amounts that can be added, and what no sum holds.

A sum adds only amounts of the same nature that can be added; the others are counted by why they are left out. Belongs
here: that rule, and its chart. Does not belong here: other figures (``figures``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import Chart, Tables, counted, in_each_language, said_in, several
from pipelines.site.drawing import Bar, bars
from pipelines.site.model import Language
from pipelines.site.render import WIDE, euros
from schemas.declaration import Bilingual

_LEFT_OUT: dict[str, Bilingual] = {
    "sans_montant": Bilingual("sans montant (parts, règles, temps)", "without an amount (shares, rules, time)"),
    "inclus_dans_un_autre": Bilingual("déjà inclus dans un autre montant", "already part of another amount"),
    "plafond_ou_fourchette": Bilingual("plafond ou borne d’une fourchette", "ceiling or end of a range"),
    "base_non_totale": Bilingual(
        "autre base que le total, ou base non précisée", "basis other than the total, or not stated"
    ),
    "hors_contrat": Bilingual("hors du contrat, ou périmètre non précisé", "outside the contract, or scope not stated"),
}
_SCOPES = ("contrat", "groupe_contrats", "action", "marque")
_BOUNDS = ("plafond", "moins_de", "fourchette_basse", "fourchette_haute")


def why_left_out(rows: pd.DataFrame) -> pd.Series:
    """For each row of ``financements``, the first reason for which its amount is in no sum; "" when it is in one.

    Summed are totals, for a contract, a group of contracts, an action or a brand, that are no part of another amount.
    """
    reasons = np.select(
        [
            rows["montant_eur"].isna(),
            rows["inclus_dans_id"].notna(),
            rows["qualificatif_code"].isin(_BOUNDS) | rows["nature_code"].isin(["plafond", "regle"]),
            rows["base_code"].fillna("") != "total",
            ~rows["perimetre_code"].isin(_SCOPES),
        ],
        list(_LEFT_OUT),
        "",
    )
    return pd.Series(reasons, index=rows.index, dtype="str")


def amounts_by_nature(tables: Tables) -> Chart:
    """Amounts by nature and form; only comparable ones are summed, and each row is counted once, in a sum or out."""
    rows = tables["financements"][
        [
            "nature_code",
            "forme_code",
            "montant_eur",
            "inclus_dans_id",
            "qualificatif_code",
            "base_code",
            "perimetre_code",
        ]
    ].copy()
    rows["nature_code"] = rows["nature_code"].fillna("")
    rows["forme_code"] = rows["forme_code"].fillna("").replace("non_precise", "")
    rows["raison"] = why_left_out(rows)
    rows["cents"] = (rows["montant_eur"].where(rows["raison"] == "").fillna(0) * 100).astype("int64")
    keys = ["nature_code", "forme_code"]
    found = rows.groupby(keys).agg(lignes=("cents", "size"), cents=("cents", "sum"))
    reasons = pd.crosstab([rows[key] for key in keys], rows["raison"]).reindex(columns=["", *_LEFT_OUT], fill_value=0)
    found = found.join(reasons.rename(columns={"": "montants_additionnes"})).reset_index()
    natures, forms = (
        counted(rows["nature_code"], "nature_financement", tables),
        counted(rows["forme_code"], "forme_apport", tables),
    )
    for name, known in (("nature", natures), ("forme", forms)):
        titles = known[["code", "libelle", "libelle_en"]].set_axis([f"{name}_code", name, f"{name}_en"], axis=1)
        found = found.merge(titles, on=f"{name}_code", how="left")
    found["somme_eur"] = found["cents"] / 100
    found = found.sort_values(["cents", "lignes", *keys], ascending=[False, False, True, True], ignore_index=True)
    left = reasons[list(_LEFT_OUT)].sum() if len(rows) else pd.Series(0, index=list(_LEFT_OUT))
    added = len(rows) - int(left.sum())

    def draw(language: Language) -> Markup:
        nature, form = ("nature", "forme") if language == "fr" else ("nature_en", "forme_en")
        shown = found[found["montants_additionnes"] > 0]
        colon = f"{WIDE}:" if language == "fr" else ":"
        unstated = said_in(Bilingual("forme non précisée", "form not stated"), language)
        drawn = bars(
            [
                Bar(
                    f"{row[nature]} – {str(row[form]).lower() if row['forme_code'] else unstated}",
                    f"{euros(row['cents'] / 100, language)} ({_amounts(int(row['montants_additionnes']), language)})",
                    ((1, float(row["cents"])),),
                )
                for row in shown.to_dict("records")
            ]
        )
        items = Markup("").join(
            Markup("<li>{}{} {}</li>").format(said_in(text, language), colon, int(left[name]))
            for name, text in _LEFT_OUT.items()
        )
        head = said_in(
            Bilingual(
                f"Lignes laissées hors des sommes{WIDE}: {len(rows) - added} sur {len(rows)}",
                f"Rows left out of the sums: {len(rows) - added} of {len(rows)}",
            ),
            language,
        )
        return drawn + Markup('<p class="hors-sommes">{}</p><ul>{}</ul>').format(head, items)

    columns = {
        "nature": Bilingual("Nature", "Kind"),
        "forme": Bilingual("Forme", "Form"),
        "lignes": Bilingual("Lignes", "Rows"),
        "montants_additionnes": Bilingual("Montants additionnés", "Amounts added"),
        "somme_eur": Bilingual("Somme (€)", "Sum (€)"),
        **{name: Bilingual(text.fr.capitalize(), text.en.capitalize()) for name, text in _LEFT_OUT.items()},
    }
    return Chart(
        "financements",
        Bilingual(
            f"Lignes de financement dont le montant s’additionne{WIDE}: {added} sur {len(rows)}",
            f"Rows of financing whose amount can be added: {added} of {len(rows)}",
        ),
        CAPTIONS["financements"],
        in_each_language(draw),
        found[
            [
                "nature_code",
                "nature",
                "nature_en",
                "forme_code",
                "forme",
                "forme_en",
                "lignes",
                "montants_additionnes",
                "somme_eur",
                *_LEFT_OUT,
            ]
        ],
        columns,
    )


def _amounts(count: int, language: Language) -> str:
    return several(count, *(("montant", "montants") if language == "fr" else ("amount", "amounts")), language)
