"""What the founding document's systems become: each is found by a query on the published files, with its citation."""

from __future__ import annotations

import duckdb
import pytest

CITED = """EXISTS (SELECT 1 FROM citations c
    WHERE c.table_code = '{table}' AND c.ligne_id = {key} AND c.source_id = 'jdc2016')"""

NAMED_CONTRACTS = {
    "alpes", "bordeaux", "bourgogne", "guyane", "impressionnisme", "lyon", "massif-vosges", "mont-saint-michel",
    "montagnes-jura", "provence", "val-de-loire", "vallee-dordogne",
}  # fmt: skip


def cited(table: str, key: str) -> str:
    return CITED.format(table=table, key=key)


SYSTEMS = {
    "journée du 5 juillet 2016": f"""SELECT count(*) = 1 FROM evenements e
        WHERE type_code = 'journee' AND date_debut = DATE '2016-07-05' AND {cited("evenements", "e.evenement_id")}""",
    "quatre tables rondes": f"""SELECT count(*) = 4 FROM evenements e
        WHERE type_code = 'table_ronde' AND date_debut = DATE '2016-07-05'
        AND {cited("evenements", "e.evenement_id")}""",
    "14 contrats représentés": f"""SELECT count(*) >= 1 FROM indicateurs i WHERE contrat_id IS NULL AND valeur = 14
        AND unite_code = 'contrats' AND date_debut = DATE '2016-07-05' AND {cited("indicateurs", "i.indicateur_id")}""",
    "20 contrats signés": f"""SELECT count(*) >= 1 FROM indicateurs i WHERE contrat_id IS NULL AND valeur = 20
        AND unite_code = 'contrats' AND {cited("indicateurs", "i.indicateur_id")}""",
    "france.fr": f"""SELECT count(*) >= 1 FROM outils o WHERE contrat_id IS NULL AND type_code = 'site_web'
        AND (intitule ILIKE '%france.fr%' OR url ILIKE '%france.fr%') AND {cited("outils", "o.outil_id")}""",
    "quatre appuis d’Atout France": f"""SELECT count(DISTINCT a.action_id) >= 4 FROM actions a
        JOIN actions_partenaires p USING (action_id)
        WHERE a.contrat_id IS NULL AND p.partenaire_id = 'atout-france' AND {cited("actions", "a.action_id")}""",
    "carte de visibilité du Mont-Saint-Michel, action": f"""SELECT count(*) >= 1 FROM actions a
        JOIN actions_partenaires p USING (action_id)
        WHERE contrat_id = 'mont-saint-michel' AND intitule ILIKE '%visibilité%' AND p.partenaire_id = 'so-numerique'
        AND a.outil_id IS NOT NULL AND {cited("actions", "a.action_id")}""",
    "carte de visibilité du Mont-Saint-Michel, outil": f"""SELECT count(*) >= 1 FROM outils o
        WHERE contrat_id = 'mont-saint-michel' AND type_code = 'cartographie' AND {cited("outils", "o.outil_id")}""",
    "présidence tournante et majorité, Jura": f"""SELECT count(*) >= 1 FROM gouvernance g
        WHERE contrat_id = 'montagnes-jura' AND instance_code = 'comite_pilotage' AND presidence_code = 'tournante'
        AND {cited("gouvernance", "g.gouvernance_id")}""",
    "vote à la majorité, Jura": f"""SELECT count(*) >= 1 FROM gouvernance g
        WHERE contrat_id = 'montagnes-jura' AND regle_vote_code = 'majorite_presents'
        AND {cited("gouvernance", "g.gouvernance_id")}""",
    "trois répertoires": f"""SELECT count(*) = 3 FROM outils o
        WHERE contrat_id = 'impressionnisme' AND type_code = 'repertoire' AND {cited("outils", "o.outil_id")}""",
    "150 communes dans l’un": f"""SELECT count(*) = 1 FROM outils o
        WHERE contrat_id = 'impressionnisme' AND type_code = 'repertoire' AND nombre_elements = 150
        AND unite_code = 'communes' AND {cited("outils", "o.outil_id")}""",
    "formation des rédacteurs web": f"""SELECT count(*) >= 1 FROM actions a
        WHERE contrat_id = 'bourgogne' AND intitule ILIKE '%form%' AND {cited("actions", "a.action_id")}""",
    "Flux Vision": f"""SELECT count(*) >= 1 FROM outils o
        WHERE contrat_id = 'provence' AND intitule ILIKE '%flux vision%' AND exploitant_id = 'orange'
        AND {cited("outils", "o.outil_id")}""",
    "23 partenaires équipés": f"""SELECT count(*) >= 1 FROM indicateurs i WHERE contrat_id = 'provence' AND valeur = 23
        AND unite_code = 'partenaires' AND {cited("indicateurs", "i.indicateur_id")}""",
    "fiches pratiques avec la CCI": f"""SELECT count(*) >= 1 FROM actions a JOIN actions_partenaires p USING (action_id)
        WHERE contrat_id = 'alpes' AND intitule ILIKE '%fiches%' AND p.partenaire_id = 'cci-rhone-alpes'
        AND a.outil_id IS NOT NULL AND {cited("actions", "a.action_id")}""",
    "Comité de promotion du massif des Vosges (1985)": f"""SELECT count(*) >= 1 FROM gouvernance g
        WHERE contrat_id = 'massif-vosges' AND instance_code = 'comite_promotion' AND year(date_creation) = 1985
        AND {cited("gouvernance", "g.gouvernance_id")}""",
    "comités de pilotage, technique, groupes": f"""SELECT count(DISTINCT instance_code) = 3 FROM gouvernance g
        WHERE contrat_id IS NULL AND instance_code IN ('comite_pilotage', 'comite_technique', 'groupe_travail')
        AND {cited("gouvernance", "g.gouvernance_id")}""",
    "apports en numéraire, avec ou sans valorisation": f"""SELECT count(*) >= 1 FROM financements f
        WHERE contrat_id IS NULL AND nature_code = 'regle' AND {cited("financements", "f.financement_id")}""",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_system_is_published_and_cited(system: str, database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(SYSTEMS[system]).fetchone()
    assert found == (True,), system


def test_the_twelve_named_contracts_take_part_and_no_other(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """SELECT p.contrat_id FROM evenements_participants p JOIN evenements e USING (evenement_id)
           WHERE e.type_code = 'journee' AND e.date_debut = DATE '2016-07-05' AND p.contrat_id IS NOT NULL"""
    ).fetchall()
    assert {contract for (contract,) in rows} == NAMED_CONTRACTS
    assert len(rows) == 12


def test_every_row_of_every_fact_table_is_cited(database: duckdb.DuckDBPyConnection) -> None:
    from schemas.declaration import Family
    from schemas.registry import tables

    cited_tables = [t for t in tables().values() if t.family is Family.FACT]
    cited_tables += [tables()["partenaires"], tables()["partenaires_denominations"]]
    for table in cited_tables:
        bare = database.execute(
            f"""SELECT {table.key} FROM {table.name} t WHERE NOT EXISTS (
                SELECT 1 FROM citations c JOIN sources s USING (source_id)
                WHERE c.table_code = '{table.name}' AND c.ligne_id = t.{table.key})"""
        ).fetchall()
        assert bare == [], table.name


def test_sums_never_count_an_included_amount_twice(database: duckdb.DuckDBPyConnection) -> None:
    """A part is never larger than the whole that it is included in, when both are totals in euros."""
    wrong = database.execute(
        """SELECT p.financement_id FROM financements p JOIN financements w ON p.inclus_dans_id = w.financement_id
           WHERE p.base_code = 'total' AND w.base_code = 'total' AND p.montant_eur > w.montant_eur"""
    ).fetchall()
    assert wrong == []
