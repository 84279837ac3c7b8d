"""The charts: what is counted, in which words, with the table of each.

Belongs here: counts and sums made from the published tables, and what each chart says it found. Does not belong here:
how a chart looks (``drawing``, ``timeline``), its page (``pages.charts``).

What no source states is counted too, as « non précisé ». A sum adds only amounts of the same nature that can be added:
`financing` says which, and counts the others by why they are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipelines.site import bounds
from pipelines.site.chart_words import CAPTIONS, SUBJECTS
from pipelines.site.drawing import Bar, bars, heat, linked, table
from pipelines.site.model import LANGUAGES, Language
from pipelines.site.older import unless_lacking
from pipelines.site.render import NARROW, WIDE, euros, number, share
from pipelines.site.timeline import dated_contracts, generations, timeline, words
from schemas.declaration import Bilingual

Tables = Mapping[str, pd.DataFrame]
UNKNOWN = Bilingual("Non précisé", "Not stated")
NATIONAL = Bilingual("National ou groupe de contrats", "National, or a group of contracts")
_CODE, _COUNT = Bilingual("Code", "Code"), Bilingual("Nombre", "Number")
_CONTRACT = Bilingual("Contrat", "Contract")


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
        return [_said(title, language) for title in self.columns.values()]

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


def all_charts(tables: Tables, address: Callable[[str], str]) -> list[Chart]:
    """Every chart that the release can fill, in the order of the page; ``address`` links to a page of the site."""
    makers: tuple[Callable[[], Chart], ...] = (
        lambda: signatures(tables),
        lambda: lines_of_time(tables, address),
        lambda: actions_by_strand(tables),
        lambda: actions_by_contract(tables, address),
        lambda: actions_by_status(tables),
        lambda: financing(tables),
        lambda: figures(tables),
        lambda: aims(tables, address),
        lambda: partners(tables),
        lambda: sources(tables),
    )
    made = (unless_lacking(tables, make) for make in makers)
    return [chart for chart in made if chart is not None]


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
                year or _said(Bilingual("Signature non datée", "No date of signature"), language),
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
        _both(draw),
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
        _both(lambda language: timeline(tables, address, language)),
        frame,
        {
            "nom": _CONTRACT,
            "generation": Bilingual("Génération", "Generation"),
            "dates": Bilingual("Dates", "Dates"),
        },
    )


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


def figures(tables: Tables) -> Chart:
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
            _said(Bilingual("Actions par contrat et par axe", "Actions by contract and strand"), language),
            _said(_CONTRACT, language),
            strands["libelle" if language == "fr" else "libelle_en"].tolist(),
            [
                (
                    str(names[one]) if one else _said(NATIONAL, language),
                    address(f"contrats/{one}/") if one else "",
                    [int(count) for count in counts],
                )
                for one, counts in zip(drawn.index, drawn.to_numpy().tolist(), strict=True)
            ],
            _said(Bilingual("Total", "Total"), language),
        )
        return _first_of(len(most), len(contracts), language) + table_

    return Chart(
        "actions-par-contrat-et-axe",
        Bilingual(
            f"Contrats dont une action au moins est publiée{WIDE}: {len(contracts) - without} sur {len(contracts)}",
            f"Contracts with at least one published action: {len(contracts) - without} of {len(contracts)}",
        ),
        CAPTIONS["actions-par-contrat-et-axe"],
        _both(draw),
        long[["contrat_id", "contrat", "contrat_en", "axe_code", "axe", "axe_en", "nombre"]],
        {"contrat": _CONTRACT, "axe": Bilingual("Axe", "Strand"), "nombre": Bilingual("Actions", "Actions")},
    )


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


def financing(tables: Tables) -> Chart:
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
        unstated = _said(Bilingual("forme non précisée", "form not stated"), language)
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
            Markup("<li>{}{} {}</li>").format(_said(text, language), colon, int(left[name]))
            for name, text in _LEFT_OUT.items()
        )
        head = _said(
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
        _both(draw),
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


def aims(tables: Tables, address: Callable[[str], str]) -> Chart:
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
        none = _said(Bilingual("aucun résultat publié", "no published result"), language)
        results = measured.groupby(["contrat_id", "unite_code"], dropna=False)[f"texte{suffix}"].agg(f"{NARROW}; ".join)
        return table(
            _said(Bilingual("Objectifs et résultats", "Aims and results"), language),
            [
                _said(_CONTRACT, language),
                _said(Bilingual("Objectif", "Aim"), language),
                _said(Bilingual("Valeur visée", "Value aimed at"), language),
                _said(Bilingual("Résultat, même contrat et même unité", "Result, same contract and unit"), language),
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
            f"{_several(len(aimed), 'objectif chiffré', 'objectifs chiffrés')}, "
            f"{_several(len(measured), 'résultat mesuré', 'résultats mesurés')}",
            f"{_several(len(aimed), 'quantified aim', 'quantified aims', 'en')}, "
            f"{_several(len(measured), 'measured result', 'measured results', 'en')}",
        ),
        CAPTIONS["objectifs-et-resultats"],
        _both(draw),
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
            "contrat": _CONTRACT,
            "libelle": Bilingual("Libellé (en français)", "Label (in French)"),
            "nature": Bilingual("Nature", "Kind"),
            "texte": Bilingual("Valeur", "Value"),
        },
    )


_STEPS = (0, 1, 2, 3, 4, 5, 10)


def sources(tables: Tables) -> Chart:
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
            [_counted_bar(str(row[label]), int(row["nombre"]), total, language) for row in frame.to_dict("records")]
        )

    return Chart(
        "sources-par-ligne",
        Bilingual(
            f"Lignes qui citent deux sources ou plus{WIDE}: {number(several, 'fr')} sur {number(total, 'fr')}",
            f"Rows that cite two sources or more: {number(several, 'en')} of {number(total, 'en')}",
        ),
        Bilingual(
            "Nombre de sources différentes citées pour chaque ligne des tables qui en citent.",
            "Number of different sources cited for each row of the tables that cite some.",
        ),
        _both(draw),
        frame[["sources_au_moins", "sources_au_plus", "sources", "sources_en", "nombre"]],
        {"sources": Bilingual("Sources citées", "Sources cited"), "nombre": Bilingual("Lignes", "Rows")},
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
        many, none = (_said(thing, language) for thing in things)
        french = language == "fr"
        if not total:
            return none
        if top.empty:
            return f"{many.capitalize()}{WIDE if french else ''}: {number(total, language)}"
        names = (" et " if french else " and ").join(top["libelle" if french else "libelle_en"])
        count = number(int(top["nombre"].iloc[0]), language)
        of = f"{'sur' if french else 'of'} {number(total, language)}"
        said = f"{_said(best, language)}{WIDE if french else ''}: {names}, {count} {many} {of}"
        if unknown:
            said += f"{NARROW}; non précisé pour {unknown}" if french else f"; not stated for {unknown}"
        return said

    def draw(language: Language) -> Markup:
        label = "libelle" if language == "fr" else "libelle_en"
        return bars(
            [
                _counted_bar(str(row[label]), int(row["nombre"]), total, language, unknown=row["code"] == "")
                for row in found.to_dict("records")
            ]
        )

    table_ = found.set_axis([f"{column}_code", column, f"{column}_en", "nombre"], axis=1)
    plural = things[0]
    return Chart(
        name,
        Bilingual(say("fr"), say("en")),
        CAPTIONS[name],
        _both(draw),
        table_,
        {f"{column}_code": _CODE, column: title, "nombre": Bilingual(plural.fr.capitalize(), plural.en.capitalize())},
    )


def _counted_bar(label: str, count: int, total: int, language: Language, *, unknown: bool = False) -> Bar:
    part = f" ({share(count / total, language)})" if total else ""
    return Bar(label, f"{number(count, language)}{part}", ((1, float(count)),), unknown=unknown)


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


def _amounts(count: int, language: Language) -> str:
    return _several(count, *(("montant", "montants") if language == "fr" else ("amount", "amounts")), language)


def _first_of(shown: int, whole: int, language: Language) -> Markup:
    """That a chart draws the contracts with the most actions only, when it does."""
    if shown == whole:
        return Markup("")
    said = Bilingual(
        f"Les {shown} contrats qui ont le plus d’actions, sur {number(whole, 'fr')}{NARROW}; "
        "le fichier les donne tous.",
        f"The {shown} contracts with the most actions, of {number(whole, 'en')}; the file gives them all.",
    )
    return Markup("<p>{}</p>").format(_said(said, language))


def _several(count: int, one: str, many: str, language: Language = "fr") -> str:
    alone = count < 2 if language == "fr" else count == 1
    return f"{number(count, language)} {one if alone else many}"


def _both(draw: Callable[[Language], Markup]) -> dict[Language, Markup]:
    return {language: draw(language) for language in LANGUAGES}


def _said(text: Bilingual, language: Language) -> str:
    return text.fr if language == "fr" else text.en
