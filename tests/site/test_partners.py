"""The pages of partners and of retired identifiers: nothing is left out, what is gone says so."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.site.model import LANGUAGES
from tests.site.made_site import MadePages, Rows, facts_about, made_site, real_site

GONE: Rows = {
    "contrats": [{"contrat_id": "neuf", "nom": "Le neuf"}, {"contrat_id": "revenu", "nom": "Revenu"}],
    "partenaires": [{"partenaire_id": "agence", "nom": "Agence"}],
    "identifiants_retires": [
        {
            "identifiant_retire_id": str(n),
            "table_code": table,
            "ligne_id": key,
            "remplace_par_id": heir,
            "motif": reason,
            "date_retrait": "2026-11-01",
            "date_retrait_precision": "mois" if key == "perdu" else "jour",
        }
        for n, (table, key, heir, reason) in enumerate(
            [
                ("contrats", "ancien", "vieux", "Deux lignes <b>disaient</b> la même chose"),
                ("contrats", "vieux", "neuf", "Renommé"),
                ("contrats", "perdu", None, "N’a jamais existé"),
                ("contrats", "tourne", "rond", "x"),
                ("contrats", "rond", "tourne", "x"),
                ("contrats", "revenu", "neuf", "Repris depuis"),
                ("partenaires", "office", "agence", "Fusion"),
                ("actions", "une-action", "autre", "Sans page"),
            ]
        )
    ],
}


@pytest.fixture(scope="module")
def real() -> MadePages:
    return MadePages.of(real_site())


@pytest.fixture(scope="module")
def gone() -> MadePages:
    return MadePages.of(made_site(GONE))


def test_every_row_about_a_partner_is_on_its_page(real: MadePages) -> None:
    roles = facts_about(real.data, "partenaire_id")
    runs = facts_about(real.data, "exploitant_id")
    for partner in real.data.last.tables["partenaires"]["partenaire_id"]:
        ids = set(real.read(f"partenaires/{partner}/").ids)
        for about in (roles.get(partner, {}), runs.get(partner, {})):
            for table, keys in about.items():
                assert {f"{table}-{key}" for key in keys} <= ids, (partner, table)


def test_no_page_says_none_or_holds_an_empty_section(real: MadePages) -> None:
    for path in real.pages:
        if path.startswith("partenaires/"):
            html = real.html(path)
            text = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
            assert not re.search(r"\b(None|nan|NaT|undefined)\b", text), path
            assert not re.search(r"<(ul|ol|dl|dd|tbody|section)[^>]*>\s*</\1>", html), path


def test_a_link_to_a_row_of_a_contract_finds_it(real: MadePages) -> None:
    """From the page of a partner to the anchors of the pages of contracts."""
    seen = 0
    for partner in ("atout-france", "orange", "crt-normandie"):
        for href, _ in real.read(f"partenaires/{partner}/").links:
            path, mark, anchor = href.removeprefix("../../").partition("#")
            if mark and path.startswith("contrats/"):
                assert anchor in real.read(path).ids, href
                seen += 1
    assert seen


def test_a_partner_says_what_it_is_and_where_it_stands() -> None:
    rows: Rows = {
        "contrats": [{"contrat_id": "c", "nom": "Alpes"}],
        "partenaires": [
            {
                "partenaire_id": "gta",
                "nom": "Grande Traversée",
                "sigle": "GTA",
                "categorie_code": "etat",
                "siren": "213300635",
                "site_web": "https://example.org/gta",
                "zone_type_code": "region",
                "zone_code": "84",
            },
            {"partenaire_id": "autre", "nom": "Autre", "site_web": "ftp://example.org"},
        ],
        "partenaires_denominations": [
            {"partenaire_denomination_id": "d", "partenaire_id": "gta", "denomination": "la GTA", "contrat_id": "c"}
        ],
        "zones": [{"zone_id": "z", "zone_type_code": "region", "zone_code": "84", "libelle": "Rhône-Alpes"}],
        "contrats_partenaires": [
            {"contrat_partenaire_id": "1", "contrat_id": "c", "partenaire_id": "gta", "role_code": "chef_de_file"},
            {"contrat_partenaire_id": "2", "partenaire_id": "gta", "role_code": "signataire"},
            {"contrat_partenaire_id": "3", "groupe_code": "huit", "partenaire_id": "gta", "role_code": "signataire"},
        ],
        "financements": [
            {
                "financement_id": "f",
                "contrat_id": "c",
                "partenaire_id": "gta",
                "libelle": "Apport",
                "montant_eur": 75000,
            }
        ],
    }
    pages = MadePages.of(made_site(rows))
    page = pages.read("partenaires/gta/")
    identity = page.in_section("identite")
    for text in ("213300635", "Rhône-Alpes region 84", "la GTA dans Alpes", "https://example.org/gta"):
        assert text in identity, text
    assert "75\u202f000\xa0€" in page.texts["financements-f"]
    order = ["contrats_partenaires-1", "contrats_partenaires-3", "contrats_partenaires-2"]
    assert [name for name in page.ids if name.startswith("contrats_partenaires-")] == order
    english = pages.read("partenaires/gta/", "en")
    assert "National framework Signatory" in english.in_section("contrats")
    assert english.language("Grande Traversée") >= {"fr"}
    assert not [href for href, _ in pages.read("partenaires/autre/").links if href.startswith("ftp")]
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', pages.html("partenaires/gta/"))
    body = next(found for found in map(json.loads, scripts) if found["@type"] == "Organization")
    assert body["identifier"]["value"] == "213300635"
    assert body["alternateName"] == ["GTA", "la GTA"]
    assert body["memberOf"][0]["name"] == "Alpes"


def test_the_list_has_every_partner_once_under_its_category(real: MadePages) -> None:
    page = real.read("partenaires/", "en")
    keys = real.data.last.tables["partenaires"]["partenaire_id"]
    assert sorted(name for name in page.ids if name.startswith("partenaires-")) == sorted(
        f"partenaires-{k}" for k in keys
    )
    assert "Atout France 29 contracts" in page.in_section("atout_france")


@pytest.mark.parametrize(
    ("path", "heir"),
    [("contrats/vieux/", "neuf"), ("contrats/ancien/", "neuf"), ("partenaires/office/", "agence")],
)
def test_a_replaced_identifier_leads_to_what_replaces_it(gone: MadePages, path: str, heir: str) -> None:
    """In one step, even when what replaced it was replaced in turn."""
    folder = path.partition("/")[0]
    for language in LANGUAGES:
        prefix = "" if language == "fr" else "en/"
        html = gone.html(path, language)
        assert f'<meta http-equiv="refresh" content="0; url=../{heir}/">' in html
        canonical = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
        assert canonical == [f"https://example.org/contrats/{prefix}{folder}/{heir}/"]
        assert f"../{heir}/" in [href for href, _ in gone.read(path, language).links]


def test_an_identifier_that_nothing_replaces_says_since_when_and_why(gone: MadePages) -> None:
    html, page = gone.html("contrats/perdu/"), gone.read("contrats/perdu/")
    assert "http-equiv" not in html
    said = page.in_section("contenu")
    assert "perdu a été abandonné en novembre 2026. Motif : N’a jamais existé Rien ne le remplace" in said
    assert "Nothing replaces it" in gone.read("contrats/perdu/", "en").in_section("contenu")
    assert gone.read("contrats/perdu/", "en").language("N’a jamais existé") == {"fr"}
    assert '<meta name="robots" content="noindex">' in html
    assert not gone.pages["contrats/perdu/"].listed


def test_identifiers_that_replace_one_another_lead_nowhere_and_end(gone: MadePages) -> None:
    assert "http-equiv" not in gone.html("contrats/tourne/")


def test_only_what_has_a_page_and_is_gone_has_one_of_the_retired(gone: MadePages) -> None:
    assert "<b>" not in gone.html("contrats/ancien/")
    assert "Revenu" in gone.read("contrats/revenu/").in_section("contenu")
    assert not [path for path in gone.pages if "une-action" in path]
