"""The second way to a portal: the real udata harvests the catalogue of a release of the real sheets.

Everything is served on loopback: the site by our own server, by nginx with the example of ``deploy/``, and by a plain
server of files that announces no character set.
"""

from __future__ import annotations

import datetime as dt
import http.server
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelines import job
from pipelines.publish.describing.catalog import JSONLD_CATALOGUE, TURTLE_CATALOGUE
from pipelines.publish.describing.catalog_codes import AUTHORITY, FORMATS, frequency_code
from pipelines.publish.description import DESCRIPTION_FILE, FREQUENCIES, Body, DatasetDescription, load_description
from pipelines.publish.folder import ReleaseFolder
from pipelines.publish.release import write_release
from pipelines.site.build import build_site
from schemas.registry import tables as declared_tables
from tests.deploy.nginx import DATA, SITE, configured, nginx
from tests.publication.conftest import SOURCES
from tests.services import free_port
from tests.site.serving import serving
from tests.slow.environments import said_by
from tests.udata import Udata

pytestmark = pytest.mark.slow

CATALOGUES = [TURTLE_CATALOGUE, JSONLD_CATALOGUE]
THEMES = {"economie-et-finances", "regions-et-villes"}
POINTS = (
    *("license", "temporal_coverage", "spatial", "update_frequency", "update_fulfilled_in_time"),
    *("dataset_description_quality", "has_resources", "has_open_format", "all_resources_available"),
    "resources_documentation",
)
LEAF = "identifiants_retires"
"""A table that no other one refers to."""

FREQUENCIES_OF_UDATA = """
import json, sys
from rdflib import URIRef
from udata.core.dataset.rdf import frequency_from_rdf
print(json.dumps([frequency_from_rdf(URIRef("AUTHORITYfrequency/" + code)).id for code in sys.argv[1:]]))
""".replace("AUTHORITY", AUTHORITY)


@dataclass(frozen=True)
class Publisher:
    """Who publishes releases of the sheets, and shows their site under one address."""

    folder: Path
    address: str

    @property
    def site(self) -> Path:
        """What is served: a link to the site of the last folder of outputs."""
        return self.folder / "servi"

    def publish(self, date: dt.date, sources: Path = SOURCES, *, without: str = "", outputs: str = "sorties") -> None:
        """Publishes a release, without one of its tables if asked, and shows its site."""
        found = job.run(sources)
        assert not (found.issues["severity"] == "error").any()
        place = self.folder / outputs
        place.mkdir(exist_ok=True)
        write_release(
            {name: table for name, table in found.tables.items() if name != without},
            found.issues,
            self.description(sources),
            job.codes_of(found.tables["nomenclatures"]),
            place,
            date,
            sources,
            {name: table for name, table in declared_tables().items() if name != without},
        )
        site = build_site(place)
        self.site.unlink(missing_ok=True)
        self.site.symlink_to(site)

    def description(self, sources: Path = SOURCES) -> DatasetDescription:
        """What the sheets say of the dataset, at the address where it is served, with a page to write to."""
        written = load_description(sources / DESCRIPTION_FILE)
        contact = Body("Guichet des contrats de destination", f"{self.address}/a-propos/")
        return replace(written, adresse_de_base=self.address, point_de_contact=contact)

    def distributions(self) -> dict[str, dict[str, Any]]:
        """Those of the catalogue, in its order, by address."""
        graph = json.loads((self.site / "latest" / JSONLD_CATALOGUE).read_text(encoding="utf-8"))["@graph"]
        nodes = [node for node in graph if node["@type"] == "dcat:Distribution"]
        return {node["dcat:downloadURL"]: node for node in nodes}


@contextmanager
def publisher(folder: Path) -> Iterator[Publisher]:
    with serving(folder / "servi") as client:
        yield Publisher(folder, f"http://127.0.0.1:{client.port}")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """A first release, which the tests of this module share and leave as it is."""
    with publisher(tmp_path_factory.mktemp("editeur")) as made:
        made.publish(dt.date(2026, 11, 25))
        yield made


def harvested(portal: Udata, address: str) -> dict[str, Any]:
    """The one dataset that a harvest makes, or makes again, without any error."""
    found = portal.harvest(address)
    assert (found["status"], found["errors"]) == ("done", [])
    assert [(item["status"], item["errors"]) for item in found["items"]] == [("done", [])]
    assert [dataset["id"] for dataset in found["datasets"]] == [found["items"][0]["dataset"]]
    return portal.dataset(found["items"][0]["dataset"])


def identifiers(dataset: dict[str, Any]) -> dict[str, str]:
    """The portal's identifier of each resource, by address; no address stands twice."""
    found = {resource["url"]: resource["id"] for resource in dataset["resources"]}
    assert len(found) == len(dataset["resources"])
    return found


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_portal_takes_the_whole_dataset(published: Publisher, portal: Udata, catalogue: str) -> None:
    said = published.description()
    found = harvested(portal, f"{published.address}/latest/{catalogue}")
    assert (found["title"], found["description"]) == (said.titre, said.description.strip())
    assert set(found["tags"]) == {*said.mots_cles, *THEMES}
    assert (found["license"], found["frequency"]) == (said.licence.identifiant_portail, said.frequence)
    period = said.couverture_temporelle
    assert found["temporal_coverage"] == {"start": period.debut.isoformat(), "end": period.fin.isoformat()}
    boxes = found["spatial"]["geom"]["coordinates"]
    assert {(*ring[0], *ring[2]) for (ring,) in boxes} == {(a.ouest, a.sud, a.est, a.nord) for a in said.emprise}
    contacts = {point["role"]: (point["name"], point["contact_form"]) for point in found["contact_points"]}
    assert contacts == {
        "contact": (said.point_de_contact.nom, said.point_de_contact.adresse),
        "publisher": (said.editeur.nom, None),
    }
    assert found["organization"]["id"] == portal.organisation
    assert found["harvest"]["remote_url"] == f"{published.address}/"
    assert (found["private"], found["last_update"][:10]) == (False, "2026-11-25")
    assert portal.quality(found["id"]) == {"score": 1.0, **dict.fromkeys(POINTS, True)}


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_portal_takes_every_distribution(published: Publisher, portal: Udata, catalogue: str) -> None:
    expected = published.distributions()
    found = {r["url"]: r for r in harvested(portal, f"{published.address}/latest/{catalogue}")["resources"]}
    # Turtle has its distributions in the order of their addresses, JSON-LD in that of the dictionary.
    order = list(expected) if catalogue == JSONLD_CATALOGUE else sorted(expected)
    assert list(found) == order
    release = ReleaseFolder.open(published.site / "latest")
    for address, node in expected.items():
        taken, path = found[address], address.removeprefix(f"{published.address}/latest/")
        mediatype, code, _ = FORMATS[path.rpartition(".")[2]]
        assert (taken["title"], taken["description"]) == (node["dct:title"]["fr"], node["dct:description"]["fr"])
        assert (taken["format"], taken["mime"]) == (code.lower(), mediatype)
        assert (taken["type"], taken["filetype"], taken["checksum"]) == ("main", "remote", None)
        schema = published.description().latest(f"schemas/{path[4:-4]}.json") if path.startswith("csv/") else None
        assert (taken["schema"] or {}).get("url") == schema
        given = requests.get(address, headers={"Accept-Encoding": "identity"}, timeout=20)
        assert (given.status_code, len(given.content)) == (200, taken["filesize"])
        assert given.content == (release.path / path).read_bytes()


def test_a_harvest_done_again_changes_nothing(published: Publisher, portal: Udata) -> None:
    first = harvested(portal, f"{published.address}/latest/{TURTLE_CATALOGUE}")
    # The other catalogue of the same host is the same dataset: the portal knows it by its identifier.
    for catalogue in (TURTLE_CATALOGUE, JSONLD_CATALOGUE):
        again = portal.harvest(f"{published.address}/latest/{catalogue}")
        assert [item["dataset"] for item in again["items"]] == [first["id"]]
        now = portal.dataset(first["id"])
        assert identifiers(now) == identifiers(first)
        assert [r["title"] for r in now["resources"]] == [r["title"] for r in first["resources"]]
        assert {k: now[k] for k in ("title", "tags", "slug")} == {k: first[k] for k in ("title", "tags", "slug")}
        assert len(now["contact_points"]) == 2
    assert [dataset["id"] for dataset in portal.datasets()] == [first["id"]]


@pytest.fixture
def changed_sources(tmp_path: Path) -> Path:
    """The sheets, with another title of the dataset and of a source."""
    sources = tmp_path / "feuilles"
    shutil.copytree(SOURCES, sources)
    for name, old, new in (
        (DESCRIPTION_FILE, 'titre = "Contrats de destination', 'titre = "Été – œuvres des contrats de destination'),
        ("referentiels/sources.csv", "Compte rendu de la journée", "Compte rendu (relu) de la journée"),
    ):
        written = (sources / name).read_bytes()
        assert old.encode() in written
        (sources / name).write_bytes(written.replace(old.encode(), new.encode(), 1))
    return sources


def test_the_next_release_keeps_every_identifier(portal: Udata, tmp_path: Path, changed_sources: Path) -> None:
    with publisher(tmp_path) as made:
        address = f"{made.address}/latest/{JSONLD_CATALOGUE}"
        made.publish(dt.date(2026, 11, 24))
        first = harvested(portal, address)
        made.publish(dt.date(2026, 11, 25), changed_sources)
        second = harvested(portal, address)
        assert (second["id"], identifiers(second)) == (first["id"], identifiers(first))
        assert second["title"] == "Été – œuvres des contrats de destination touristiques"
        sizes = [{r["url"]: r["filesize"] for r in dataset["resources"]} for dataset in (first, second)]
        changed = f"{made.address}/latest/csv/sources.csv"
        assert sizes[1][changed] == sizes[0][changed] + len(" (relu)")
        assert {r["last_modified"][:10] for r in second["resources"]} == {"2026-11-25"}
        assert portal.quality(second["id"])["score"] == 1.0

        # The portal takes what comes and removes nothing: what a release no longer has is removed there by hand.
        made.publish(dt.date(2026, 11, 26), changed_sources, without=LEAF, outputs="sans-une-table")
        third = harvested(portal, address)
        assert identifiers(third) == identifiers(first)
        gone = {url: id_ for url, id_ in identifiers(third).items() if url not in made.distributions()}
        assert {requests.get(url, timeout=20).status_code for url in gone} == {404}
        assert len(gone) == 3
        for id_ in gone.values():
            portal.call("DELETE", f"/api/1/datasets/{third['id']}/resources/{id_}/").raise_for_status()
        left = harvested(portal, address)
        kept = {url: id_ for url, id_ in identifiers(first).items() if url not in gone}
        assert (left["id"], identifiers(left)) == (first["id"], kept)
        assert portal.quality(left["id"])["score"] == 1.0


def test_a_word_changed_by_hand_is_changed_back_and_a_resource_added_stays(published: Publisher, portal: Udata) -> None:
    address = f"{published.address}/latest/{JSONLD_CATALOGUE}"
    first = harvested(portal, address)
    path = f"/api/1/datasets/{first['id']}/"
    page = {"title": "Dictionnaire", "type": "documentation", "filetype": "remote", "format": "html"}
    page["url"] = f"{published.address}/dictionnaire/"
    portal.call("POST", f"{path}resources/", json=page).raise_for_status()
    words = {"title": "Un autre titre", "description": "Une autre description.", "tags": ["un-autre-mot"]}
    portal.call("PUT", path, json=words).raise_for_status()
    assert portal.dataset(first["id"])["title"] == words["title"]
    again = harvested(portal, address)
    assert {name: again[name] for name in words} == {name: first[name] for name in words}
    assert identifiers(first).items() <= identifiers(again).items()
    (added,) = [r for r in again["resources"] if r["url"] == page["url"]]
    assert (added["title"], added["type"]) == ("Dictionnaire", "documentation")


def test_both_ways_for_one_organisation_make_two_datasets(published: Publisher, portal: Udata) -> None:
    said = published.description()
    sent = {"title": said.titre, "description": said.description, "organization": portal.organisation}
    made = portal.call("POST", "/api/1/datasets/", json=sent)
    made.raise_for_status()
    taken = harvested(portal, f"{published.address}/latest/{JSONLD_CATALOGUE}")
    assert taken["id"] != made.json()["id"]
    assert {dataset["id"] for dataset in portal.datasets()} == {taken["id"], made.json()["id"]}


class _Plain(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, whose types announce no character set; and one address that leads to another."""

    extensions_map = {".ttl": "text/turtle", ".jsonld": "application/ld+json", "": "application/octet-stream"}  # noqa: RUF012

    def do_GET(self) -> None:
        if not self.path.startswith("/ancien/"):
            super().do_GET()
            return
        self.send_response(301)
        self.send_header("Location", self.path.removeprefix("/ancien"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def plain(published: Publisher) -> Iterator[str]:
    """The address of a server of files of the same site that knows nothing of it."""

    def handler(*words: Any) -> _Plain:  # noqa: ANN401
        return _Plain(*words, directory=str(published.site))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_accents_hold_on_a_host_that_announces_no_character_set(
    published: Publisher, plain: str, portal: Udata, catalogue: str
) -> None:
    address = f"{plain}/latest/{catalogue}"
    assert "charset" not in requests.head(address, timeout=20).headers["Content-Type"]
    _same_words(harvested(portal, address), published)


def test_an_address_that_leads_elsewhere_is_not_followed(plain: str, portal: Udata) -> None:
    found = portal.harvest(f"{plain}/ancien/latest/{JSONLD_CATALOGUE}")
    assert (found["status"], found["datasets"]) == ("failed", [])
    assert "301" in found["errors"][0]


def _same_words(found: dict[str, Any], published: Publisher) -> None:
    said = published.description()
    assert (found["title"], found["description"]) == (said.titre, said.description.strip())
    assert set(found["tags"]) == {*said.mots_cles, *THEMES}
    titles = {url: node["dct:title"]["fr"] for url, node in published.distributions().items()}
    assert {r["url"]: r["title"] for r in found["resources"]} == titles
    assert any(not title.isascii() for title in titles.values())


@pytest.fixture(scope="module")
def proxies(published: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the two public sites of the example for nginx, without its certificates."""
    port, place = free_port(), tmp_path_factory.mktemp("nginx")
    text = configured(
        ("listen 443 ssl", f"listen 127.0.0.1:{port}"),
        (f"server_name {DATA}", "server_name localhost"),
        (f"server_name {SITE}", "server_name 127.0.0.1"),
        ("/var/lib/contrats-destination/outputs", str(published.site.resolve().parent)),
    )
    text = re.sub(r"ssl_(certificate|certificate_key|protocols) .*;", "", text)
    addresses = {"data": f"http://localhost:{port}", "site": f"http://127.0.0.1:{port}"}
    with nginx(text, place, lambda: _is_up(addresses["site"])):
        yield addresses


def _is_up(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("catalogue", CATALOGUES)
@pytest.mark.parametrize("which", ["data", "site"])
def test_nginx_serves_it_as_well(
    published: Publisher, proxies: dict[str, str], portal: Udata, which: str, catalogue: str
) -> None:
    found = harvested(portal, f"{proxies[which]}/latest/{catalogue}")
    _same_words(found, published)
    for resource in found["resources"]:
        address = resource["url"].replace(published.address, proxies[which])
        given = requests.head(address, headers={"Accept-Encoding": "identity"}, timeout=20)
        assert (given.status_code, int(given.headers["Content-Length"])) == (200, resource["filesize"])


def test_the_portal_knows_every_frequency_that_a_dataset_may_have() -> None:
    codes = [Path(frequency_code(name)) for name in FREQUENCIES]
    assert said_by("udata", FREQUENCIES_OF_UDATA, *codes) == list(FREQUENCIES)
