from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pipelines.site.charts import Chart, all_charts
from pipelines.site.charts.categories import actions_by_status, actions_by_strand
from pipelines.site.charts.citations import sources_by_row
from pipelines.site.charts.contracts import actions_by_contract, signatures
from pipelines.site.charts.figures import aims_and_results
from pipelines.site.charts.financing import amounts_by_nature
from pipelines.site.model import LANGUAGES, SiteData
from pipelines.site.timeline import timeline, words
from tests.site.small_tables import small_tables

HOSTILE = "<script>alert('x')</script>\" onload=\"a"


def link(path: str) -> str:
    return f"../{path}"


def contract(id_: str, **cells: object) -> dict[str, object]:
    return {"contrat_id": id_, "nom": id_.title(), "est_parmi_les_20": False, **cells}


def signed(id_: str, day: dt.date, precision: str = "jour", **cells: object) -> dict[str, object]:
    return contract(id_, date_signature=day, date_signature_precision=precision) | cells


def amount(id_: str, value: object, **cells: object) -> dict[str, object]:
    usual = {"nature_code": "budget", "forme_code": "numeraire", "qualificatif_code": "exact"}
    usual |= {"base_code": "total", "perimetre_code": "contrat"}
    return {"financement_id": id_, "libelle": id_, "montant_eur": value} | usual | cells


def counts(chart: Chart, key: str) -> dict[object, int]:
    return dict(zip(chart.table[key], chart.table["nombre"], strict=True))


def test_every_action_is_counted_once_and_those_without_a_status_are_not_dropped() -> None:
    actions = [
        {"action_id": "a", "contrat_id": "alpes", "axe_code": "offre", "statut_code": "prevue"},
        {"action_id": "b", "contrat_id": "alpes", "axe_code": "offre"},
        {"action_id": "c", "axe_code": "promotion", "statut_code": "inconnu_ici"},
    ]
    tables = small_tables(actions=actions, contrats=[contract("alpes"), contract("jura")])
    by_status = actions_by_status(tables)
    assert counts(actions_by_strand(tables), "axe_code") == {"offre": 2, "promotion": 1, "tous": 0}
    assert counts(by_status, "statut_code") == {"inconnu_ici": 1, "prevue": 1, "realisee": 0, "": 1}
    assert by_status.table["statut"].tolist()[-1] == "Non précisé"
    assert by_status.table["statut_en"].tolist()[-1] == "Not stated"
    grid = actions_by_contract(tables, link)
    assert grid.table.groupby("contrat_id")["nombre"].sum().to_dict() == {"": 1, "alpes": 2, "jura": 0}
    assert "National" in grid.svg["fr"]
    assert ">Jura</a></th><td" in grid.svg["fr"]


def test_each_contract_is_signed_once_and_a_year_without_any_shows() -> None:
    tables = small_tables(
        contrats=[
            signed("a", dt.date(2012, 3, 1), "mois", generation_code="v1"),
            signed("b", dt.date(2014, 12, 16), generation_code="posterieur"),
            signed("c", dt.date(2014, 1, 2), generation_code="v1"),
            contract("d"),
        ]
    )
    chart = signatures(tables)
    by_year = chart.table.groupby("annee", sort=False)["nombre"].sum().to_dict()
    assert by_year == {"2012": 1, "2013": 0, "2014": 2, "": 1}
    assert chart.title.en == "Date of signature known: 3 contracts of 4; year with the most: 2014, with 2"
    assert "Signature non datée" in chart.svg["fr"]
    assert "No date of signature" in chart.svg["en"]
    assert "Generation not stated" in chart.svg["en"]


def test_only_comparable_amounts_are_summed_and_each_row_is_counted_in_or_out() -> None:
    rows = [
        amount("tout", 1000),
        amount("partie", 400, inclus_dans_id="tout"),
        amount("autre", 500, forme_code=None, qualificatif_code="environ"),
        amount("par-an", 70, base_code="par_an"),
        amount("sans-base", 71, base_code=None),
        amount("plafond", 72, qualificatif_code="plafond"),
        amount("bas", 73, qualificatif_code="fourchette_basse"),
        amount("regle", 74, nature_code="plafond"),
        amount("hors", 75, perimetre_code="hors_contrat"),
        amount("ou", 76, perimetre_code=None),
        amount("rien", None),
        amount("dotation", 30, nature_code="apport", forme_code="non_precise"),
    ]
    chart = amounts_by_nature(small_tables(financements=rows))
    found = chart.table.set_index(["nature_code", "forme_code"])["somme_eur"]
    assert found[found > 0].to_dict() == {
        ("budget", "numeraire"): 1000,
        ("budget", ""): 500,
        ("apport", ""): 30,
    }
    reasons = ["sans_montant", "inclus_dans_un_autre", "plafond_ou_fourchette", "base_non_totale", "hors_contrat"]
    left = chart.table[reasons].sum()
    assert left.tolist() == [1, 1, 3, 2, 2]
    assert chart.table["lignes"].sum() == len(rows) == left.sum() + chart.table["montants_additionnes"].sum()
    assert chart.title.fr.endswith("3 sur 12")
    assert "1\N{NARROW NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in chart.svg["fr"]
    assert "€1,000" in chart.svg["en"]


def test_cents_are_summed_exactly() -> None:
    rows = [amount(f"f{rank}", Decimal("0.10")) for rank in range(3)]
    assert amounts_by_nature(small_tables(financements=rows)).table["somme_eur"].tolist() == [0.3]


def test_an_aim_stands_beside_the_results_of_its_contract_in_its_unit_alone() -> None:
    def figure(id_: str, nature: str, unit: str, value: int, of: str | None = "alpes") -> dict[str, object]:
        words: dict[str, object] = {
            "nature_code": nature,
            "unite_code": unit,
            "qualificatif_code": "environ",
            "base_code": "evolution",
        }
        return words | {"indicateur_id": id_, "contrat_id": of, "libelle": id_, "valeur": value}

    rows = [
        figure("vise", "objectif", "pct", 10),
        figure("obtenu", "resultat", "pct", 12),
        figure("ailleurs", "resultat", "nuitees", 77),
        figure("seul", "objectif", "nuitees", 5, None),
    ]
    chart = aims_and_results(small_tables(indicateurs=rows, contrats=[contract("alpes")]), link)
    assert chart.title.fr == "2 objectifs chiffrés, 2 résultats mesurés"
    assert "12\N{NO-BREAK SPACE}% (évolution, environ)" in chart.svg["fr"]
    assert "12% (change, about)" in chart.svg["en"]
    assert "77" not in chart.svg["fr"]
    assert chart.svg["fr"].count("aucun résultat publié") == 1
    assert len(chart.table) == 4
    assert "National" in chart.svg["en"]


def test_sources_are_counted_per_row_with_those_that_have_none() -> None:
    stated = [("a", "s1", None), ("a", "s2", None), ("a", "s2", "intitule"), ("b", "s1", None)]
    citations = [
        {"citation_id": f"c{rank}", "table_code": "actions", "ligne_id": row, "source_id": source, "colonne": column}
        for rank, (row, source, column) in enumerate(stated)
    ]
    chart = sources_by_row(small_tables(actions=[{"action_id": id_} for id_ in "abc"], citations=citations))
    assert counts(chart, "sources_au_moins") == {0: 1, 1: 1, 2: 1, 3: 0, 4: 0, 5: 0, 10: 0}
    assert chart.title.en == "Rows that cite two sources or more: 1 of 3"


def test_empty_tables_make_charts_that_say_so() -> None:
    found = all_charts(small_tables(nomenclatures=[]), link)
    assert all(chart.svg[language] for chart in found for language in LANGUAGES)
    assert {chart.title.fr for chart in found} >= {"Aucune action publiée", "Aucun partenaire publié"}
    assert all(len(list(csv.reader(io.StringIO(chart.csv)))) == len(chart.table) + 1 for chart in found)


def test_hostile_names_are_text() -> None:
    term = {"nomenclature_id": "n", "nomenclature": "generation", "code": "<b>", "libelle": HOSTILE}
    tables = small_tables(
        contrats=[signed("alpes", dt.date(2014, 1, 1), nom=HOSTILE, generation_code="<b>")],
        actions=[{"action_id": "a", "contrat_id": "alpes", "axe_code": "<i>"}],
        indicateurs=[{"indicateur_id": "i", "contrat_id": "alpes", "libelle": HOSTILE, "nature_code": "objectif"}],
        nomenclatures=[term | {"libelle_en": HOSTILE}],
    )
    for chart in all_charts(tables, link):
        for drawn in chart.svg.values():
            assert not re.search(r"<script|<b>|<i>|\" onload", drawn), chart.name


@pytest.mark.parametrize(
    ("cells", "fr", "en"),
    [
        ({}, "aucune date précisée", "no date stated"),
        (
            {"date_signature": "2014-12-16", "date_signature_precision": "jour"},
            "signé le 16 décembre 2014 ; fin non précisée",
            "signed on 16 December 2014; end not stated",
        ),
        (
            {"date_signature": "2012-06-01", "date_signature_precision": "mois", "duree_mois": 36},
            "signé en juin 2012 ; fin non précisée ; durée : 36 mois",
            "signed in June 2012; end not stated; length: 36 months",
        ),
        (
            {"date_signature": "2011-01-01", "date_signature_precision": "annee", "date_signature_texte": "fin 2011"},
            "signé : fin 2011 ; fin non précisée",
            "signed in 2011; end not stated",
        ),
        (
            {"date_debut": "2015-04-01", "date_debut_precision": "mois"}
            | {"date_fin": "2019-07-01", "date_fin_precision": "jour"},
            "d’avril 2015 au 1er juillet 2019",
            "from April 2015 to 1 July 2019",
        ),
        (
            {"date_debut": "2015-01-01", "date_debut_precision": "annee"}
            | {"date_fin": "2018-12-31", "date_fin_precision": "annee"},
            "de 2015 à 2018",
            "from 2015 to 2018",
        ),
    ],
)
def test_dates_are_said_as_precisely_as_they_are_known(cells: dict[str, object], fr: str, en: str) -> None:
    names = ("date_signature", "date_debut", "date_fin")
    row = dict.fromkeys(names) | {f"{name}_{part}": None for name in names for part in ("precision", "texte")}
    said = {language: re.sub(r"[\u00a0\u202f]", " ", words(row | cells, language)) for language in LANGUAGES}
    assert said == {"fr": fr, "en": en}


def test_a_contract_without_dates_still_has_its_line_and_draws_nothing() -> None:
    lasting: dict[str, object] = {"date_debut": dt.date(2015, 1, 1), "date_fin": dt.date(2016, 12, 31)}
    lasting |= {"date_debut_precision": "annee", "date_fin_precision": "annee"}
    tables = small_tables(
        contrats=[
            signed("a", dt.date(2014, 1, 1), generation_code="v1"),
            signed("b", dt.date(2015, 1, 1), generation_code="v1") | lasting,
            contract("c", generation_code="v1"),
        ]
    )
    drawn = timeline(tables, link, "fr")
    lines = re.findall(r'<li><span class="frise-nom">.*?</li>', drawn)
    assert [re.findall(r"contrats/(\w)/", line) for line in lines] == [["a"], ["b"], ["c"]]
    assert ["frise-trait" in line for line in lines] == [False, True, False]
    assert ["frise-point" in line for line in lines] == [True, True, False]
    assert "aucune date précisée" in lines[2]
    assert "style=" not in drawn


def test_charts_are_the_same_twice_and_are_in_both_languages(data: SiteData) -> None:
    one, two = (all_charts(data.last.tables, link) for _ in range(2))
    assert [(each.name, each.svg, each.csv) for each in one] == [(each.name, each.svg, each.csv) for each in two]
    for chart in one:
        for language in LANGUAGES:
            rows = chart.rows(language)
            assert len(rows) == len(chart.table)
            assert all(len(row) == len(chart.heads(language)) for row in rows)
        assert chart.title.fr != chart.title.en
        assert chart.heads("fr") != chart.heads("en")


def test_totals_are_those_of_the_tables(data: SiteData) -> None:
    tables = data.last.tables
    found = {chart.name: chart.table for chart in all_charts(tables, link)}
    assert found["contrats-signes"]["nombre"].sum() == len(tables["contrats"])
    assert len(found["frise-des-contrats"]) == len(tables["contrats"])
    for name in ("actions-par-axe", "actions-par-statut", "actions-par-contrat-et-axe"):
        assert found[name]["nombre"].sum() == len(tables["actions"])
    assert found["financements"]["lignes"].sum() == len(tables["financements"])
    assert found["indicateurs-par-nature"]["nombre"].sum() == len(tables["indicateurs"])
    assert found["partenaires-par-categorie"]["nombre"].sum() == len(tables["partenaires"])


def test_the_page_gives_each_chart_its_table_and_its_data(site: Path, data: SiteData) -> None:
    for language, folder in (("fr", site), ("en", site / "en")):
        page = (folder / "graphiques" / "index.html").read_text(encoding="utf-8")
        for chart in all_charts(data.last.tables, link):
            assert page.count(f'<section class="graphique" id="{chart.name}"') == 1
            prefix = "" if language == "fr" else "../../graphiques/"
            assert f'href="{prefix}{chart.name}.csv"' in page
            written = (site / "graphiques" / f"{chart.name}.csv").read_bytes().decode("utf-8")
            read = pd.read_csv(io.StringIO(written), dtype="str", keep_default_na=False)
            assert list(read) == list(chart.table)
            assert read.iloc[:, 0].tolist() == chart.table.iloc[:, 0].astype("str").tolist()
            assert "\r" not in written
