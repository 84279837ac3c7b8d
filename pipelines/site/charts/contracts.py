"""The contracts: when they were signed, how long they last, which actions each has.

Belongs here: charts with a place for each contract, or each year of them. Does not belong here: sums of money
(``financing``).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.chart_words import CAPTIONS
from pipelines.site.charts.chart import CONTRACT, NATIONAL, Chart, Tables, counted, in_each_language, said_in
from pipelines.site.drawing import Bar, bars, heat
from pipelines.site.model import Language
from pipelines.site.render import NARROW, WIDE, number
from pipelines.site.timeline import dated_contracts, generations, timeline, words
from schemas.declaration import Bilingual


def signatures(tables: Tables) -> Chart:
    """Contracts signed each year, by generation."""
    contracts, known = tables["contrats"], generations(tables)
    years = pd.to_datetime(contracts["date_signature"]).dt.year.astype("Int64")
    span = range(int(years.min()), int(years.max()) + 1) if years.notna().any() else range(0)
    grid = pd.crosstab(years.astype("str").fillna("").replace("<NA>", ""), contracts["generation_code"].fillna(""))
    rows = [*map(str, span), *([""] if years.isna().any() else [])]
    grid = grid.reindex(index=pd.Index(rows, name="annee"), columns=known["generation_code"], fill_value=0)
    long = grid.reset_index().melt(id_vars="annee", value_name="nombre").merge(known, on="generation_code")
    long = long.sort_values(["annee", "rang"], key=lambda key: key.replace("", "9999"), ignore_index=True)
    totals = grid.sum(axis=1)
    dated = totals.drop("", errors="ignore")

    def draw(language: Language) -> Markup:
        names = known["generation" if language == "fr" else "generation_en"].tolist()

        def bar(year: str) -> Bar:
            counts = grid.loc[[year]].to_numpy()[0].tolist()
            shown = [(name, count) for name, count in zip(names, counts, strict=True) if count]
            said = ", ".join(f"{count} {name}" if len(shown) > 1 else name for name, count in shown)
            value = f"{totals[year]} – {said}" if said else "0"
            parts = tuple((rank, float(count)) for rank, count in enumerate(counts, start=1))
            return Bar(
                year or said_in(Bilingual("Signature non datée", "No date of signature"), language),
                value,
                parts,
                unknown=not year,
            )

        return bars([bar(year) for year in rows], legend=list(enumerate(names, start=1)))

    best = dated[dated == dated.max()].index.tolist() if len(dated) else []
    total, unknown = len(contracts), int(years.isna().sum())
    return Chart(
        "contrats-signes",
        Bilingual(
            f"Date de signature connue{WIDE}: {total - unknown} contrats sur {total}"
            + (f"{NARROW}; année qui en compte le plus{WIDE}: {' et '.join(best)}, avec {dated.max()}" if best else ""),
            f"Date of signature known: {total - unknown} contracts of {total}"
            + (f"; year with the most: {' and '.join(best)}, with {dated.max()}" if best else ""),
        ),
        CAPTIONS["contrats-signes"],
        in_each_language(draw),
        long[["annee", "generation_code", "generation", "generation_en", "nombre"]],
        {
            "annee": Bilingual("Année (vide : non précisée)", "Year (empty: not stated)"),
            "generation": Bilingual("Génération", "Generation"),
            "nombre": Bilingual("Contrats", "Contracts"),
        },
    )


def lines_of_time(tables: Tables, address: Callable[[str], str]) -> Chart:
    """The contracts one by one on a line of time."""
    contracts = dated_contracts(tables)
    both = int((contracts["date_debut"].notna() & contracts["date_fin"].notna()).sum())
    records = contracts.to_dict("records")
    frame = contracts[["contrat_id", "nom", "generation_code", "generation", "generation_en"]].copy()
    for name in ("date_signature", "date_debut", "date_fin"):
        frame[name] = contracts[name].dt.strftime("%Y-%m-%d").fillna("")
        frame[f"{name}_precision"] = contracts[f"{name}_precision"].fillna("")
    frame["duree_mois"] = contracts["duree_mois"]
    frame["dates"] = [words(row, "fr") for row in records]
    frame["dates_en"] = [words(row, "en") for row in records]
    return Chart(
        "frise-des-contrats",
        Bilingual(
            f"Contrats dont le début et la fin sont connus{WIDE}: {both} sur {len(contracts)}",
            f"Contracts whose start and end are known: {both} of {len(contracts)}",
        ),
        CAPTIONS["frise-des-contrats"],
        in_each_language(lambda language: timeline(tables, address, language)),
        frame,
        {
            "nom": CONTRACT,
            "generation": Bilingual("Génération", "Generation"),
            "dates": Bilingual("Dates", "Dates"),
        },
    )


def actions_by_contract(tables: Tables, address: Callable[[str], str]) -> Chart:
    """Actions by contract and strand."""
    actions, contracts = tables["actions"], dated_contracts(tables)
    strands = counted(actions["axe_code"], "axe", tables)
    grid = pd.crosstab(actions["contrat_id"].fillna(""), actions["axe_code"].fillna(""))
    rows = [*contracts["contrat_id"], *sorted(grid.index.difference(pd.Index(contracts["contrat_id"])))]
    grid = grid.reindex(
        index=pd.Index(rows, name="contrat_id"), columns=pd.Index(strands["code"], name="axe_code"), fill_value=0
    )
    names = contracts.set_index("contrat_id")["nom"].reindex(rows)
    titles = strands[["code", "libelle", "libelle_en"]].set_axis(["axe_code", "axe", "axe_en"], axis=1)
    long = grid.reset_index().melt(id_vars="contrat_id", value_name="nombre").merge(titles, on="axe_code")
    order = pd.Series(range(len(rows)), index=rows)
    long["_ordre"] = long["contrat_id"].map(order)
    long = long.sort_values("_ordre", kind="stable", ignore_index=True)
    long["contrat"] = long["contrat_id"].map(names).fillna(NATIONAL.fr)
    long["contrat_en"] = long["contrat_id"].map(names).fillna(NATIONAL.en)
    totals = grid.drop("", errors="ignore").sum(axis=1)
    without = int((totals == 0).sum())
    most = totals.sort_values(ascending=False, kind="stable").index[: bounds.CONTRACTS]
    drawn = grid[grid.index.isin([*most, ""])]

    def draw(language: Language) -> Markup:
        table_ = heat(
            said_in(Bilingual("Actions par contrat et par axe", "Actions by contract and strand"), language),
            said_in(CONTRACT, language),
            strands["libelle" if language == "fr" else "libelle_en"].tolist(),
            [
                (
                    str(names[one]) if one else said_in(NATIONAL, language),
                    address(f"contrats/{one}/") if one else "",
                    [int(count) for count in counts],
                )
                for one, counts in zip(drawn.index, drawn.to_numpy().tolist(), strict=True)
            ],
            said_in(Bilingual("Total", "Total"), language),
        )
        return _first_of(len(most), len(contracts), language) + table_

    return Chart(
        "actions-par-contrat-et-axe",
        Bilingual(
            f"Contrats dont une action au moins est publiée{WIDE}: {len(contracts) - without} sur {len(contracts)}",
            f"Contracts with at least one published action: {len(contracts) - without} of {len(contracts)}",
        ),
        CAPTIONS["actions-par-contrat-et-axe"],
        in_each_language(draw),
        long[["contrat_id", "contrat", "contrat_en", "axe_code", "axe", "axe_en", "nombre"]],
        {"contrat": CONTRACT, "axe": Bilingual("Axe", "Strand"), "nombre": Bilingual("Actions", "Actions")},
    )


def _first_of(shown: int, whole: int, language: Language) -> Markup:
    """That a chart draws the contracts with the most actions only, when it does."""
    if shown == whole:
        return Markup("")
    said = Bilingual(
        f"Les {shown} contrats qui ont le plus d’actions, sur {number(whole, 'fr')}{NARROW}; "
        "le fichier les donne tous.",
        f"The {shown} contracts with the most actions, of {number(whole, 'en')}; the file gives them all.",
    )
    return Markup("<p>{}</p>").format(said_in(said, language))
