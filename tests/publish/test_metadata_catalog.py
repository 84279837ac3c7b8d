"""The catalogue: what DCAT-AP asks, and what portals are known to trip over."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS
from rdflib.term import BNode, Node

from pipelines.publish.datapackage import Files
from pipelines.publish.describing.catalog import catalogue, jsonld, turtle
from pipelines.publish.describing.catalog_codes import FORMATS, THEME_LABELS, frequency_code
from pipelines.publish.description import FREQUENCIES, THEMES, Body
from pipelines.publish.table_schema import Json
from tests.publish.metadata_folder import RELEASE, dataset

BASE = dataset().adresse_de_base
DCAT = Namespace("http://www.w3.org/ns/dcat#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
SPDX = "http://spdx.org/rdf/terms#"
VCARD = "http://www.w3.org/2006/vcard/ns#"


@pytest.fixture(scope="module")
def document(files: Files) -> Json:
    return catalogue(files, dataset(), RELEASE)


@pytest.fixture(scope="module")
def graph(document: Json) -> Graph:
    return Graph().parse(data=turtle(document), format="turtle")


def only(graph: Graph, class_: URIRef) -> Node:
    found = list(graph.subjects(RDF.type, class_))
    assert len(found) == 1
    return found[0]


def one(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    found = list(graph.objects(subject, predicate))
    assert len(found) == 1, predicate
    return found[0]


def test_both_files_say_the_same(document: Json, graph: Graph) -> None:
    assert isomorphic(graph, Graph().parse(data=json.dumps(document), format="json-ld"))
    assert isinstance(document["@context"], dict), "a context with an address is fetched"


def test_both_files_are_ascii_and_keep_every_character(files: Files) -> None:
    said = replace(dataset(), titre='Œuvres – l’été, 50 €, 𝄞 \\u00e9 "été"', adresse_de_base="https://example.org/été")
    document = catalogue(files, said, RELEASE)
    for text, form in ((jsonld(document), "json-ld"), (turtle(document), "turtle")):
        assert text.isascii()
        graph = Graph().parse(data=text, format=form)
        assert Literal(said.titre, lang="fr") in set(graph.objects(only(graph, DCAT.Dataset), DCTERMS.title))
        assert URIRef("https://example.org/été/latest/csv/actions.csv") in set(graph.objects(None, DCAT.downloadURL))


def test_there_is_one_dataset_with_its_mandatory_and_recommended_properties(graph: Graph) -> None:
    found, listed = only(graph, DCAT.Dataset), only(graph, DCAT.Catalog)
    assert one(graph, listed, DCAT.dataset) == found == URIRef(f"{BASE}/#jeu-de-donnees")
    assert one(graph, found, DCTERMS.identifier) == Literal("contrats-de-destination")
    assert one(graph, found, DCAT.version) == Literal("2026-11-22.2")
    assert one(graph, found, DCTERMS.modified) == Literal("2026-11-22", datatype=XSD.date)
    assert str(one(graph, found, DCTERMS.license)) == "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
    assert str(one(graph, found, DCTERMS.accrualPeriodicity)).endswith("/frequency/IRREG")
    for subject in (found, listed):
        for predicate in (DCTERMS.title, DCTERMS.description):
            assert {text.language for text in graph.objects(subject, predicate)} == {"fr", "en"}  # type: ignore[attr-defined]
        assert graph.value(one(graph, subject, DCTERMS.publisher), FOAF.name)


def test_the_period_has_no_address_and_the_places_have_shapes(graph: Graph) -> None:
    found = only(graph, DCAT.Dataset)
    period = one(graph, found, DCTERMS.temporal)
    assert isinstance(period, BNode)
    days = [one(graph, period, name) for name in (DCAT.startDate, DCAT.endDate)]
    assert days == [Literal(dt.date(2011, 1, 1)), Literal(dt.date(2027, 12, 31))]
    boxes = {
        str(graph.value(place, SKOS.prefLabel)): graph.value(place, DCAT.bbox)
        for place in graph.objects(found, DCTERMS.spatial)
    }
    assert {"France métropolitaine", "Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"} < set(boxes)
    assert boxes["France métropolitaine"] == Literal(
        "POLYGON ((-5.2 41.3, 9.6 41.3, 9.6 51.1, -5.2 51.1, -5.2 41.3))", datatype=WKT
    )


def test_each_table_in_each_format_is_a_distribution_under_a_permanent_address(files: Files, graph: Graph) -> None:
    found = only(graph, DCAT.Dataset)
    distributions = list(graph.objects(found, DCAT.distribution))
    assert len(distributions) == len(set(graph.subjects(RDF.type, DCAT.Distribution))) == 3 * len(files.declared) + 2
    for distribution in distributions:
        address = one(graph, distribution, DCAT.downloadURL)
        assert address == one(graph, distribution, DCAT.accessURL)
        path = str(address).removeprefix(f"{BASE}/latest/")
        size = one(graph, distribution, DCAT.byteSize)
        assert size == Literal(str((files.directory / path).stat().st_size), datatype=XSD.nonNegativeInteger)
        assert str(distribution) == f"{BASE}/#{path}"
        for predicate in (DCTERMS.title, DCTERMS.description):
            assert {text.language for text in graph.objects(distribution, predicate)} == {"fr", "en"}  # type: ignore[attr-defined]
        followed = graph.value(distribution, DCTERMS.conformsTo)
        schema = path.replace("csv", "schemas", 1).replace(".csv", ".json")
        assert followed == (URIRef(f"{BASE}/latest/{schema}") if path.startswith("csv/") else None)


def test_no_checksum_is_stated(graph: Graph) -> None:
    assert not [part for triple in graph for part in triple if str(part).startswith(SPDX)]


def test_the_class_of_every_code_is_stated(graph: Graph) -> None:
    codes = {
        DCTERMS.accessRights: DCTERMS.RightsStatement,
        DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
        DCTERMS.conformsTo: DCTERMS.Standard,
        DCTERMS.format: DCTERMS.MediaTypeOrExtent,
        DCTERMS.language: DCTERMS.LinguisticSystem,
        DCTERMS.license: DCTERMS.LicenseDocument,
        DCTERMS.spatial: DCTERMS.Location,
        DCAT.landingPage: FOAF.Document,
        DCAT.mediaType: DCTERMS.MediaType,
        DCAT.theme: SKOS.Concept,
    }
    for predicate, class_ in codes.items():
        values = set(graph.objects(None, predicate))
        assert values
        assert all((value, RDF.type, class_) in graph for value in values), predicate
    listed = set(graph.subjects(SKOS.inScheme, None))
    assert all(str(code).startswith("http://publications.europa.eu/resource/authority/") for code in listed)


def test_a_contact_point_is_given_only_when_it_can_be_written_to(files: Files) -> None:
    said = dataset()
    assert said.point_de_contact.adresse == ""
    assert "contactPoint" not in turtle(catalogue(files, said, RELEASE)).replace('dcat:contactPoint":', "")
    asked = replace(said, point_de_contact=Body("Guichet", "https://example.org/contact"))
    graph = Graph().parse(data=turtle(catalogue(files, asked, RELEASE)))
    contact = one(graph, only(graph, DCAT.Dataset), DCAT.contactPoint)
    assert (contact, RDF.type, URIRef(f"{VCARD}Kind")) in graph
    assert str(one(graph, contact, URIRef(f"{VCARD}hasURL"))) == "https://example.org/contact"


def test_addresses_do_not_change_from_release_to_release(files: Files, graph: Graph) -> None:
    later = {"version": "2027-01-04", "date": "2027-01-04", "contenu_sha256": "1" * 64}
    other = Graph().parse(data=turtle(catalogue(files, dataset(), later)))
    assert set(other.subjects()) - set(graph.subjects()) == set(other.subjects(RDF.type, DCTERMS.PeriodOfTime))
    assert "2026-11-22" not in turtle(catalogue(files, dataset(), later))


def test_the_bytes_do_not_depend_on_the_process(document: Json, tmp_path: Path) -> None:
    path = tmp_path / "catalog.jsonld"
    path.write_text(json.dumps(document), encoding="utf-8")
    code = (
        "import json, sys, pipelines.publish.describing.catalog as c;"
        "sys.stdout.buffer.write(c.turtle(json.load(open(sys.argv[1], encoding='utf-8'))).encode())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={"PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }
    assert made == {turtle(document).encode()}


def test_every_frequency_theme_and_format_has_its_code() -> None:
    assert {frequency_code(name) for name in FREQUENCIES} >= {"IRREG", "ANNUAL", "UPDATE_CONT", "NOT_PLANNED"}
    assert set(THEME_LABELS) == set(THEMES)
    assert set(FORMATS) == {"csv", "parquet", "xlsx", "zip"}
