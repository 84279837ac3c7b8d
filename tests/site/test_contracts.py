"""The pages of contracts: nothing is left out, sources are numbered, differences stand side by side."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

import schemas.tables
from pipelines.site.model import LANGUAGES
from schemas import registry
from tests.chromium import watched_page
from tests.site.made_site import MadePages, Rows, facts_about, made_site, real_site

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)> & "quoted" ’</title>'
ASSETS = Path(__file__).resolve().parents[2] / "pipelines/site/assets"
ALPES: Rows = {
    "contrats": [
        {
            "contrat_id": "alpes",
            "nom": "Voyage dans les Alpes",
            "statut_code": "signe",
            "generation_code": "vague_1",
            "date_signature": "2014-12-01",
            "date_signature_precision": "mois",
            "date_signature_texte": "fin 2014",
            "objectif": "Itinérance",
        },
        {"contrat_id": "alpes-2", "nom": "Alpes, suite", "contrat_precedent_id": "alpes"},
    ],
    "contrats_denominations": [
        {"contrat_denomination_id": "alpes-alpes", "contrat_id": "alpes", "denomination": "Alpes"}
    ],
    "partenaires": [
        {"partenaire_id": "gta", "nom": "Grande Traversée des Alpes", "sigle": "GTA"},
        {"partenaire_id": "etat", "nom": "État", "categorie_code": "etat"},
    ],
    "contrats_partenaires": [
        {"contrat_partenaire_id": "a-etat", "contrat_id": "alpes", "partenaire_id": "etat", "role_code": "signataire"},
        {
            "contrat_partenaire_id": "a-gta",
            "contrat_id": "alpes",
            "partenaire_id": "gta",
            "role_code": "chef_de_file",
            "role_source": "pilote du contrat",
        },
    ],
    "actions": [
        {"action_id": "a2", "contrat_id": "alpes", "numero": "2.10", "intitule": "Dixième", "axe_code": "promotion"},
        {"action_id": "a1", "contrat_id": "alpes", "numero": "2.9", "intitule": "Neuvième", "axe_code": "promotion"},
        {
            "action_id": "a0",
            "contrat_id": "alpes",
            "intitule": "Marque",
            "axe_code": "marque",
            "montant_eur": "1500.50",
        },
    ],
    "actions_partenaires": [{"action_partenaire_id": "a2-gta", "action_id": "a2", "partenaire_id": "gta"}],
    "financements": [
        {
            "financement_id": "part",
            "contrat_id": "alpes",
            "libelle": "Une part",
            "inclus_dans_id": "tout",
            "part_pct": 30,
        },
        {"financement_id": "tout", "contrat_id": "alpes", "libelle": "Le tout", "montant_eur": 1000000},
    ],
    "indicateurs": [
        {
            "indicateur_id": "i1",
            "contrat_id": "alpes",
            "libelle": "Communes",
            "nature_code": "objectif",
            "valeur": 1200,
            "unite_code": "communes",
            "qualificatif_code": "plus_de",
            "base_code": "par_an",
        },
        {"indicateur_id": "i2", "contrat_id": "alpes", "libelle": "Visites", "nature_code": "resultat", "valeur": 3},
    ],
    "evenements": [
        {"evenement_id": "apres", "contrat_id": "alpes", "intitule": "Après", "date_debut": "2016-05-01"},
        {"evenement_id": "sans-date", "contrat_id": "alpes", "intitule": "Sans date"},
        {"evenement_id": "journee", "intitule": "Journée nationale", "date_debut": "2015-05-01"},
    ],
    "evenements_participants": [
        {
            "evenement_participant_id": "journee-alpes",
            "evenement_id": "journee",
            "contrat_id": "alpes",
            "theme": "la marche",
        }
    ],
    "clauses": [
        {"clause_id": "duree", "libelle": "Durée", "definition": "Trois ans"},
        {"clause_id": "autre", "libelle": "Autre", "definition": "Dans un article"},
    ],
    "sources": [
        {"source_id": "s1", "titre": "Premier", "editeur": "Éditeur un", "url": "https://example.org/un"},
        {"source_id": "s2", "titre": "Second", "url": "javascript:alert(1)"},
        {"source_id": "s3", "titre": "Texte", "type_code": "texte_contrat"},
    ],
    "citations": [
        {"citation_id": str(n), "table_code": table, "ligne_id": key, "colonne": column, "source_id": source}
        for n, (table, key, column, source) in enumerate(
            [
                ("contrats", "alpes", None, "s2"),
                ("contrats", "alpes", "date_signature", "s1"),
                ("contrats_denominations", "alpes-alpes", None, "s1"),
                ("actions", "a2", None, "s2"),
                ("actions_partenaires", "a2-gta", None, "s2"),
                ("clauses", "duree", None, "s3"),
                ("clauses", "autre", None, "s1"),
                ("contrats_partenaires", "a-gta", None, "s3"),
            ]
        )
    ],
    "divergences": [
        {
            "divergence_id": "d1",
            "sujet": "Date de signature",
            "contrat_id": "alpes",
            "table_code": "contrats",
            "ligne_id": "alpes",
            "colonne": "date_signature",
            "lecture": "Deux cérémonies",
            "valeur_retenue": "2014-12-16",
        },
        {
            "divergence_id": "d2",
            "sujet": "Communes",
            "table_code": "indicateurs",
            "ligne_id": "i1",
            "colonne": "valeur",
        },
        {"divergence_id": "d3", "sujet": "Nom", "contrat_id": "alpes", "valeur_retenue": "Art’s", "colonne": "nom"},
    ],
    "divergences_valeurs": [
        {"divergence_valeur_id": f"{d}-{rang}-{s}", "divergence_id": d, "rang": rang, "valeur_citee": v, "source_id": s}
        for d, rang, v, s in [
            ("d1", 2, "septembre 2015", "s1"),
            ("d1", 1, "16 décembre 2014", "s2"),
            ("d1", 2, "septembre 2015", "s3"),
            ("d2", 1, "1 200", "s1"),
            ("d2", 2, "900", "s2"),
            ("d3", 1, "Art’S", "s1"),
        ]
    ],
    "provenance": [
        {
            "provenance_id": "p1",
            "table_code": "actions",
            "ligne_id": "a2",
            "fichier": "contrats/alpes.xlsx",
            "feuille": "Actions",
            "ligne": 7,
            "empreinte_sha256": "a" * 64,
        }
    ],
    "corrections": [
        {
            "correction_id": "c1",
            "fichier": "contrats/alpes.xlsx",
            "feuille": "Actions",
            "ligne_id": "7",
            "colonne": "Intitulé",
            "valeur_attendue": "Disième",
            "valeur_corrigee": "Dixième",
            "motif": "Coquille",
            "source_id": "s2",
        },
        {
            "correction_id": "c2",
            "fichier": "contrats/alpes.xlsx",
            "feuille": "Actions",
            "ligne_id": "8",
            "colonne": "x",
        },
    ],
}


@pytest.fixture(scope="module")
def alpes() -> MadePages:
    return MadePages.of(made_site(ALPES))


@pytest.fixture(scope="module")
def real() -> MadePages:
    return MadePages.of(real_site())


def test_every_row_about_a_contract_is_on_its_page(real: MadePages) -> None:
    """Of every declared table that names a contract; in both languages, with no id twice and no dead link inside."""
    about = facts_about(real.data, "contrat_id")
    contracts = set(real.data.last.tables["contrats"]["contrat_id"])
    assert set(about) <= contracts
    for contract in contracts:
        for language in LANGUAGES:
            ids = set(real.read(f"contrats/{contract}/", language).ids)
            for table, keys in about.get(contract, {}).items():
                assert {f"{table}-{key}" for key in keys} <= ids, (contract, table)


def test_rows_of_rows_are_on_the_page_too(real: MadePages) -> None:
    """Markets and partners of actions, participants of events, versions of divergences: by what they hang on."""
    tables = real.data.last.tables
    for table, column, above in (
        ("actions_marches", "action_id", "actions"),
        ("actions_partenaires", "action_id", "actions"),
        ("evenements_participants", "evenement_id", "evenements"),
        ("divergences_valeurs", "divergence_id", "divergences"),
    ):
        owner = tables[above].dropna(subset="contrat_id").set_index(registry.tables()[above].key)["contrat_id"]
        parts = tables[table][tables[table][column].isin(owner.index)]
        for contract, part in parts.groupby(parts[column].map(owner)):
            keys = {f"{table}-{key}" for key in part[registry.tables()[table].key]}
            assert keys <= set(real.read(f"contrats/{contract}/").ids), (contract, table)


def test_every_source_cited_of_a_row_is_numbered_beside_it(real: MadePages) -> None:
    citations = real.data.last.tables["citations"]
    for contract in ("provence", "impressionnisme", "occ-canal-midi"):
        page = real.read(f"contrats/{contract}/")
        cited = citations[(citations["table_code"] + "-" + citations["ligne_id"]).isin(page.ids)]
        listed = {name.removeprefix("sources-") for name in page.ids if name.startswith("sources-")}
        assert set(cited["source_id"]) <= listed
        numbers = {href: text for href, text in page.links if href.startswith("#sources-") and text.isdecimal()}
        order = [f"#{name}" for name in page.ids if name.startswith("sources-")]
        assert [numbers.get(href, str(n)) for n, href in enumerate(order, 1)] == [
            str(n) for n in range(1, len(order) + 1)
        ]


def test_no_page_says_none_or_holds_an_empty_section(real: MadePages) -> None:
    for path in real.pages:
        if path.startswith("contrats/"):
            html = real.html(path, "en")
            text = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
            assert not re.search(r"\b(None|nan|NaT|undefined)\b", text), path
            assert not re.search(r"<(ul|ol|dl|dd|tbody|section)[^>]*>\s*</\1>", html), path


def test_a_source_has_one_number_and_a_column_shows_its_own(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert [name for name in page.ids if name.startswith("sources-")] == ["sources-s2", "sources-s1", "sources-s3"]
    assert page.in_section("contrats_denominations-alpes-alpes") == "Alpes 2"
    assert "décembre 2014 « fin 2014 » 2 divergence : date de signature" in page.in_section("identite")
    assert "Sources du contrat 1 #" in page.in_section("identite")


def test_a_part_says_its_sources_only_when_they_are_not_those_of_its_row(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert page.in_section("actions_partenaires-a2-gta") == "Grande Traversée des Alpes"
    assert page.in_section("actions-a2").endswith("1 #")


def test_only_an_address_of_the_web_is_linked(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert ("https://example.org/un", "Premier") in page.links
    assert not [href for href, _ in page.links if href.startswith("javascript")]
    assert "Second" in page.in_section("sources-s2")


def test_actions_go_by_axis_then_by_number(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert [name for name in page.ids if re.fullmatch(r"actions-a\d|axe_\w+", name)] == [
        *("axe_marque", "actions-a0"),
        *("axe_promotion", "actions-a1", "actions-a2"),
    ]
    assert "1\u202f500,50\xa0€" in page.texts["actions-a0"]


def test_a_part_of_an_amount_follows_the_whole(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert page.ids.index("financements-tout") < page.ids.index("financements-part")
    assert page.in_section("financements-part").startswith("dont Une part 30 %")


def test_parts_of_one_another_are_not_lost() -> None:
    rows = [
        {"financement_id": one, "contrat_id": "c", "libelle": one, "inclus_dans_id": other}
        for one, other in (("a", "b"), ("b", "a"), ("c", "c"))
    ]
    pages = MadePages.of(made_site({"contrats": [{"contrat_id": "c", "nom": "C"}], "financements": rows}))
    assert {"financements-a", "financements-b", "financements-c"} <= set(pages.read("contrats/c/").ids)


def test_a_figure_says_how_to_read_it(alpes: MadePages) -> None:
    assert "plus de 1 200 communes par an" in alpes.read("contrats/alpes/").in_section("indicateurs-i1")
    assert "more than 1,200 municipalities per year" in alpes.read("contrats/alpes/", "en").in_section("indicateurs-i1")


def test_aims_stand_before_results(alpes: MadePages) -> None:
    text = alpes.read("contrats/alpes/").in_section("indicateurs")
    assert text.index("Objectifs et estimations") < text.index("Communes") < text.index("Résultats et constats")


def test_leaders_come_first_among_partners(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert page.ids.index("contrats_partenaires-a-gta") < page.ids.index("contrats_partenaires-a-etat")
    assert page.in_section("contrats_partenaires-a-gta") == "Chef de file pilote du contrat 3 #"


def test_events_go_by_time_and_those_in_which_the_contract_took_part_are_there(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    events = [name for name in page.ids if name.startswith("evenements-")]
    assert events == ["evenements-journee", "evenements-apres", "evenements-sans-date"]
    assert "le contrat y prend part : la marche" in page.in_section("evenements-journee")


def test_versions_of_a_divergence_stand_side_by_side(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    said = page.in_section("divergences-d1")
    assert "Version 1 retenue Version 2" in said
    assert "Ce qui est dit 16 décembre 2014 septembre 2015" in said
    assert "Pourquoi Deux cérémonies" in said
    assert {"divergences_valeurs-d1-1-s2", "divergences_valeurs-d1-2-s1", "divergences_valeurs-d1-2-s3"} <= set(
        page.ids
    )
    assert ("#contrats-alpes", "Contrats, date de signature") in page.links


def test_a_divergence_of_no_contract_is_on_the_page_that_shows_its_row(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert "Valeur retenue aucune" in page.in_section("divergences-d2")
    assert ("#divergences-d2", "divergence : valeur") in [(href, text) for href, text in page.links]


def test_the_kept_value_is_a_version_only_to_the_letter(alpes: MadePages) -> None:
    said = alpes.read("contrats/alpes/").in_section("divergences-d3")
    assert "retenue Version" not in said
    assert "Valeur retenue Art’s" in said


def test_clauses_are_those_of_texts_of_this_contract(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert "clauses-duree" in page.ids
    assert "clauses-autre" not in page.ids


def test_provenance_and_corrections_lead_to_the_cell(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/")
    assert "Actions » ligne 7 : actions-a2" in page.in_section("provenance")
    assert "Disième Dixième – Coquille 1" in page.in_section("corrections-c1")
    assert "corrections-c2" not in page.ids


def test_codes_are_said_in_the_language_of_the_page_and_data_are_said_to_be_french(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes/", "en")
    assert "Lead body pilote du contrat" in page.in_section("contrats_partenaires-a-gta")
    assert page.language("Lead body") == {"en"}
    for text in (
        "pilote du contrat",
        "Itinérance",
        "Deux cérémonies",
        "Neuvième",
        "Premier",
        "« fin 2014 »",
        "la marche",
    ):
        assert page.language(text) == {"fr"}, text
    assert "December 2014" in page.in_section("identite")


def test_contracts_that_follow_one_another_lead_to_one_another(alpes: MadePages) -> None:
    assert ("../../contrats/alpes-2/", "Alpes, suite") in alpes.read("contrats/alpes/").links
    assert ("../../contrats/alpes/", "Voyage dans les Alpes") in alpes.read("contrats/alpes-2/").links


def test_a_poor_contract_has_no_empty_part(alpes: MadePages) -> None:
    page = alpes.read("contrats/alpes-2/")
    assert [name for tag, given in page.tags if tag == "section" and (name := given.get("id"))] == [
        "identite",
        "fichiers",
    ]


def test_rows_of_a_group_are_on_the_pages_of_its_contracts_and_say_so() -> None:
    rows: Rows = {
        "contrats": [{"contrat_id": one, "nom": one.upper()} for one in ("a", "b", "c")],
        "contrats_groupes": [
            {"contrat_groupe_id": f"{one}-huit", "contrat_id": one, "groupe_code": "huit"} for one in ("a", "b")
        ],
        "financements": [{"financement_id": "f", "groupe_code": "huit", "libelle": "Budget commun"}],
    }
    pages = MadePages.of(made_site(rows))
    assert pages.read("contrats/a/").in_section("financements-f").startswith("Budget commun Huit contrats")
    assert ("../../contrats/b/", "B") in pages.read("contrats/a/").links
    assert "financements-f" not in pages.read("contrats/c/").ids


def test_the_list_and_the_page_count_the_same(real: MadePages) -> None:
    """Partners and actions, those of groups counted in both; an organisation without a role in neither."""
    whole = real.html("contrats/")
    for contract in real.data.last.tables["contrats"]["contrat_id"]:
        row = re.findall(rf'id="contrats-{contract}".*?</tr>', whole, flags=re.DOTALL)[0]
        counts = [int(found or 0) for found in re.findall(r'data-titre="[^"]+">(\d*)</td>', row)]
        page = dict(real.read(f"contrats/{contract}/").links)
        said = [int((page.get(f"#{part}") or "0").split()[-1]) for part in ("partenaires", "actions")]
        assert counts == said, contract


def test_hostile_text_stays_text() -> None:
    hostile: Rows = {
        "contrats": [{"contrat_id": "c", "nom": HOSTILE, "objectif": HOSTILE, "remarque": HOSTILE}],
        "contrats_denominations": [
            {"contrat_denomination_id": "d", "contrat_id": "c", "denomination": HOSTILE, "remarque": HOSTILE}
        ],
        "actions": [{"action_id": "a", "contrat_id": "c", "intitule": HOSTILE}],
        "sources": [{"source_id": "s", "titre": HOSTILE, "editeur": HOSTILE, "url": f"https://x/{HOSTILE}"}],
        "citations": [{"citation_id": "1", "table_code": "actions", "ligne_id": "a", "source_id": "s"}],
        "outils": [{"outil_id": "o", "contrat_id": "c", "intitule": HOSTILE, "url": "JAVASCRIPT:alert(1)"}],
        "nomenclatures": [],
    }
    pages = MadePages.of(made_site(hostile))
    for path in ("contrats/", "contrats/c/"):
        for language in LANGUAGES:
            html = pages.html(path, language)
            page = pages.read(path, language)
            assert "alert(" in html
            assert not [tag for tag, _ in page.tags if tag == "img"]
            assert not [href for href, _ in page.links if href.lower().startswith("javascript")]
            scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, flags=re.DOTALL)
            assert not [script for script in scripts if script.strip() and not json.loads(script)]


def test_json_ld_says_what_the_contract_is(alpes: MadePages) -> None:
    html = alpes.html("contrats/alpes/", "en")
    found = [json.loads(each) for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]
    project = next(each for each in found if each["@type"] == "Project")
    assert project["name"] == "Voyage dans les Alpes"
    assert project["alternateName"] == ["Alpes"]
    assert project["foundingDate"] == "2014-12"
    assert project["member"][0]["@id"].endswith("/en/partenaires/gta/#fiche")
    assert "dissolutionDate" not in project


def test_the_list_says_what_a_reader_chooses_by(real: MadePages) -> None:
    page = real.read("contrats/")
    rows = [name for name in page.ids if name.startswith("contrats-")]
    assert len(rows) == len(real.data.last.tables["contrats"])
    provence = page.in_section("contrats-provence")
    for text in ("Les Art’s de vivre en Provence", "Vague 2", "Renouvelé", "Arts de vivre"):
        assert text in provence


@pytest.fixture
def opinions(tmp_path: Path) -> Iterator[None]:
    """A table that no page knows: opinions given on a contract by a partner."""
    (tmp_path / "avis.py").write_text(
        '"""Opinions."""\n'
        "from schemas.columns import CONTRAT_ID_REQUIS, DATE_DEBUT, PARTENAIRE_ID, column, key\n"
        "from schemas.declaration import Bilingual, Family, Kind, Table\n"
        'TABLE = Table(name="avis", order=175, family=Family.FACT, title=Bilingual("Avis", "Opinions"),\n'
        '    description=Bilingual("Les avis.", "Opinions."), key="avis_id", columns=(\n'
        '    key("avis_id", ("de l’avis", "Opinion"), "a"), CONTRAT_ID_REQUIS, PARTENAIRE_ID, DATE_DEBUT,\n'
        '    column(Kind.TEXT, "texte", ("Ce qui est dit", "What is said"), ("x", "x"), "x"),\n'
        '    column(Kind.BOOLEAN, "est_public", ("Public", "Public"), ("x", "x"), "true")))\n',
        encoding="utf-8",
    )
    schemas.tables.__path__.append(str(tmp_path))
    registry.forget()
    yield
    schemas.tables.__path__.remove(str(tmp_path))
    sys.modules.pop("schemas.tables.avis", None)
    registry.forget()


@pytest.mark.usefixtures("opinions")
def test_a_table_that_no_page_knows_is_shown_from_its_declaration() -> None:
    rows: Rows = {
        "contrats": [{"contrat_id": "c", "nom": "C"}],
        "partenaires": [{"partenaire_id": "p", "nom": "P"}],
        "avis": [
            {
                "avis_id": "x",
                "contrat_id": "c",
                "partenaire_id": "p",
                "texte": "Favorable",
                "est_public": True,
                "date_debut": "2020-02-01",
                "date_debut_precision": "mois",
            }
        ],
        "sources": [{"source_id": "s", "titre": "Titre"}],
        "citations": [{"citation_id": "1", "table_code": "avis", "ligne_id": "x", "source_id": "s"}],
    }
    pages = MadePages.of(made_site(rows))
    page = pages.read("contrats/c/", "en")
    assert "What is said" in page.in_section("avis")
    assert page.in_section("avis-x") == "p February 2020 Favorable yes 1 #"
    assert page.language("Favorable") == {"fr"}
    assert ("#avis", "Opinions 1") in page.links
    assert "avis-x" in pages.read("partenaires/p/").ids


def test_the_pages_of_many_contracts_cost_what_their_rows_cost() -> None:
    """Four times the contracts, about four times the time: no table is read again for each page."""

    def seconds(contracts: int) -> float:
        keys = [f"c{n}" for n in range(contracts)]
        rows: Rows = {
            "contrats": [{"contrat_id": key, "nom": key} for key in keys],
            "actions": [
                {"action_id": f"{key}-{n}", "contrat_id": key, "intitule": "x"} for key in keys for n in range(5)
            ],
            "citations": [
                {"citation_id": f"{key}-{n}", "table_code": "actions", "ligne_id": f"{key}-{n}", "source_id": "s"}
                for key in keys
                for n in range(5)
            ],
            "sources": [{"source_id": "s", "titre": "S"}],
        }
        data = made_site(rows)
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            MadePages.of(data)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(800) < 10 * seconds(200)


def test_in_a_browser_the_filter_narrows_the_list_and_no_page_scrolls_sideways(real: MadePages) -> None:
    """By text whatever the accents, by choice, kept in the address."""

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/")
        if path.startswith("actifs/"):
            route.fulfill(path=ASSETS / path.removeprefix("actifs/"))
        else:
            route.fulfill(body=real.html(path), content_type="text/html; charset=utf-8")

    with watched_page() as watched:
        page = watched.page
        page.route("http://localhost/**", serve)
        page.goto("http://localhost/contrats/")
        shown = page.locator("tr[data-entree]:visible")
        page.locator(".filtre-compte", has_text=re.compile(r"\d")).wait_for()
        whole = shown.count()
        page.get_by_label("Chercher un contrat").fill("PROVENCE")
        assert shown.count() == 1
        assert page.get_by_role("status").text_content() == "1 contrat"
        page.reload()
        page.locator(".filtre-compte", has_text="1 contrat").wait_for()
        assert shown.count() == 1
        page.get_by_label("Chercher un contrat").fill("")
        page.get_by_label("Génération").select_option("vague_2")
        assert 1 < shown.count() < whole
        page.get_by_label("Chercher un contrat").fill("zzz")
        assert page.get_by_role("status").text_content() == "Aucun contrat ne répond à ces critères."
        page.goto("http://localhost/partenaires/")
        page.get_by_label("Chercher une organisation").fill("etat")
        assert 0 < page.locator("section[data-groupe]:visible").count() < page.locator("section[data-groupe]").count()
        page.set_viewport_size({"width": 320, "height": 700})
        for path in ("contrats/", "contrats/provence/", "contrats/impressionnisme/", "partenaires/atout-france/"):
            page.goto(f"http://localhost/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert not watched.elsewhere
        assert not watched.errors
