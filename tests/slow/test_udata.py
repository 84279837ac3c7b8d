"""What our client of the portal relies on, shown on the real one: an upgrade of udata that changes it fails here.

Belongs here: one short test a fact, in plain requests. Does not belong here: our client (``tests/portal``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import udata as portals
from tests.services import ServiceError
from tests.udata import Udata

pytestmark = pytest.mark.slow

Json = dict[str, Any]
COVERAGE = {"start": "2014-01-01", "end": "2020-12-31"}
SCHEMA = {"url": "https://exemple.fr/schema.json", "name": "exemple/contrats", "version": "1.0.0"}
METADATA: Json = {
    "title": "Les contrats",
    "description": "Un contrat par ligne.",
    "type": "documentation",
    "extras": {"contrats:cle": "contrats.csv"},
    "schema": SCHEMA,
}
PARTS = (b"a;b\n" * 500, b"1;2\n" * 10)


def body(portal: Udata, **changed: Any) -> Json:  # noqa: ANN401
    """A dataset that has all that we send."""
    return {
        "title": "Contrats de destination",
        "description": "Ce que disent les contrats. " * 5,
        "description_short": "Ce que disent les contrats.",
        "organization": portal.organisation,
        "license": "lov2",
        "frequency": "annual",
        "private": False,
        "tags": ["contrats-de-destination", "tourisme"],
        "temporal_coverage": COVERAGE,
        "spatial": {"zones": ["country:fr"], "granularity": "fr:region"},
        "extras": {"contrats:jeu": "contrats"},
    } | changed


def create(portal: Udata, **changed: Any) -> Json:  # noqa: ANN401
    return answer(portal.call("POST", "/api/1/datasets/", json=body(portal, **changed)), 201)


def answer(response: requests.Response, code: int = 200) -> Json:
    assert response.status_code == code, response.text
    found: Json = response.json()
    return found


def place(dataset: Json, *further: str, api: int = 1) -> str:
    """The path of a dataset, or of what is under it."""
    return "/".join((f"/api/{api}/datasets", dataset["id"], *further, ""))


def upload(portal: Udata, path: str, name: str = "contrats.csv", content: bytes = b"a;b\n1;2\n") -> requests.Response:
    return portal.call("POST", path, files={"file": (name, content)})


def add(portal: Udata, dataset: Json, name: str = "contrats.csv", content: bytes = b"a;b\n1;2\n") -> Json:
    return answer(upload(portal, place(dataset, "upload"), name, content), 201)


def described(portal: Udata, dataset: Json) -> Json:
    """A hosted resource whose metadata are all given."""
    path = place(dataset, "resources", add(portal, dataset)["id"])
    return answer(portal.call("PUT", path, json=METADATA))


def next_second() -> None:
    """Waits for the clock to be at the beginning of a second: the portal dates its folders so."""
    time.sleep(1.02 - time.time() % 1)


# The service of tests itself


def test_says_from_its_log_why_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(portals, "free_port", lambda: taken.getsockname()[1])
        with pytest.raises(ServiceError, match="Address already in use"), portals.udata(tmp_path):
            pass


def test_shows_no_key_and_keeps_them_from_other_users(udata: Udata) -> None:
    answer(udata.call("GET", "/api/1/me/"))
    shown = repr(udata) + udata.log.read_text(encoding="utf-8")
    assert not any(key in shown for key in (udata.key, udata.other_key, udata.revoked_key))
    assert (udata.log.parent / "portal.json").stat().st_mode & 0o077 == 0


def test_takes_large_files_and_gives_them_back_at_the_same_time(portal: Udata) -> None:
    def publish(number: int) -> None:
        dataset = create(portal, title=f"Jeu {number}")
        for index in range(3):
            content = os.urandom(5_000_000)
            made = add(portal, dataset, f"{number}-{index}.csv", content)
            assert made["checksum"] == {"type": "sha1", "value": hashlib.sha1(content).hexdigest()}  # noqa: S324
            assert portal.call("GET", made["latest"], key="").content == content
            portal.datasets()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(publish, range(4)))
    assert [len(dataset["resources"]) for dataset in portal.datasets()] == [3] * 4


def test_forgets_what_was_published_and_keeps_who_publishes(portal: Udata) -> None:
    made = add(portal, create(portal))
    portal.reset()
    assert portal.datasets() == []
    assert portal.call("GET", made["url"]).status_code == 404
    assert create(portal)["organization"]["id"] == portal.organisation


# Datasets


def test_a_new_dataset_takes_all_that_we_send(portal: Udata) -> None:
    contact = {"name": "L’équipe", "email": "a@example.org", "role": "contact", "organization": portal.organisation}
    point = answer(portal.call("POST", "/api/1/contacts/", json=contact), 201)
    sent = body(portal, private=True, contact_points=[point["id"]])
    made = create(portal, **sent)
    assert made.pop("organization")["id"] == sent.pop("organization")
    assert [each["id"] for each in made.pop("contact_points")] == sent.pop("contact_points")
    assert made.pop("spatial") == sent.pop("spatial") | {"geom": None}
    assert {name: made[name] for name in sent} == sent


def test_the_same_contact_point_twice_is_one(portal: Udata) -> None:
    contact = {"name": "L’équipe", "email": "a@example.org", "role": "contact", "organization": portal.organisation}
    first = answer(portal.call("POST", "/api/1/contacts/", json=contact), 201)
    assert answer(portal.call("POST", "/api/1/contacts/", json=contact), 200)["id"] == first["id"]
    other = answer(portal.call("POST", "/api/1/contacts/", json=contact | {"email": "b@example.org"}), 201)
    assert other["id"] != first["id"]


def test_a_partial_change_wipes_the_tags_and_the_period_alone(portal: Udata) -> None:
    made = create(portal, private=True)
    changed = answer(portal.call("PUT", place(made), json={"title": "Autre titre"}))
    assert (changed["tags"], changed["temporal_coverage"]) == ([], None)
    kept = ("description", "description_short", "license", "frequency", "spatial", "extras", "private", "organization")
    assert {name: changed[name] for name in kept} == {name: made[name] for name in kept}
    assert portal.quality(made["id"])["score"] == pytest.approx(made["quality"]["score"] - 1 / 9)


def test_a_change_with_resources_deletes_the_others(portal: Udata) -> None:
    made = create(portal)
    kept, _ = add(portal, made), add(portal, made, "actions.csv")
    assert len(answer(portal.call("PUT", place(made), json=body(portal)))["resources"]) == 2
    changed = answer(portal.call("PUT", place(made), json=body(portal, resources=[{"id": kept["id"], "title": "a"}])))
    assert [resource["id"] for resource in changed["resources"]] == [kept["id"]]


def test_an_unknown_licence_is_taken_for_none(portal: Udata) -> None:
    assert create(portal, license="etalab-2.0")["license"] == "notspecified"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 351}, "title"),
        ({"description_short": "x" * 201}, "description_short"),
        ({"tags": ["ab"]}, "tags"),
        ({"spatial": {"zones": ["fr:region:999"]}}, "spatial"),
        ({"contact_points": ["0" * 24]}, "contact_points"),
        ({"extras": {"contrats:jeu": None}}, "extras"),
    ],
)
def test_a_refusal_names_the_field(portal: Udata, wrong: Json, field: str) -> None:
    refused = answer(portal.call("POST", "/api/1/datasets/", json=body(portal, **wrong)), 400)
    assert list(refused["errors"]) == [field]


def test_an_unknown_frequency_is_refused_without_a_field(portal: Udata) -> None:
    refused = answer(portal.call("POST", "/api/1/datasets/", json=body(portal, frequency="yearly")), 400)
    assert "errors" not in refused
    assert "yearly" in refused["message"]


def test_a_year_is_not_its_first_day(portal: Udata) -> None:
    before = dt.datetime.now(dt.UTC).date()
    start = create(portal, temporal_coverage={"start": "2015"})["temporal_coverage"]["start"]
    days = {f"2015-{day:%m-%d}" for day in (before, dt.datetime.now(dt.UTC).date())}
    # The 28th where today is a 29 February.
    assert start in days | {"2015-02-28"}


def test_reserved_extras_are_dropped_and_the_first_interface_replaces_the_others(portal: Udata) -> None:
    made = create(portal, extras={"a": 1, "dcat": {"x": 1}, "recommendations": "x", "transport:x": "x"})
    assert made["extras"] == {"a": 1}
    assert answer(portal.call("PUT", place(made), json=body(portal, extras={"b": 2})))["extras"] == {"b": 2}
    merged = answer(portal.call("PUT", place(made, "extras", api=2), json={"c": 3}))
    assert merged == {"b": 2, "c": 3}
    assert answer(portal.call("PUT", place(made, "extras", api=2), json={"b": None})) == {"c": 3}


def test_the_slug_follows_the_title_and_the_old_one_leads_to_it(portal: Udata) -> None:
    made = create(portal)
    changed = answer(portal.call("PUT", place(made), json=body(portal, title="Un autre titre")))
    assert (made["slug"], changed["slug"]) == ("contrats-de-destination", "un-autre-titre")
    old = portal.call("GET", f"/api/1/datasets/{made['slug']}/", key="", allow_redirects=False)
    assert (old.status_code, old.headers["Location"]) == (308, "/api/1/datasets/un-autre-titre/")


def test_a_deleted_dataset_is_seen_by_its_owner_and_restored_by_saying_so(portal: Udata) -> None:
    made = create(portal)
    assert portal.call("DELETE", place(made)).status_code == 204
    assert answer(portal.call("GET", place(made)))["deleted"]
    assert portal.call("GET", place(made), key="").status_code == 410
    assert portal.call("PUT", place(made), json=body(portal)).status_code == 410
    assert answer(portal.call("PUT", place(made), json=body(portal, deleted=None)))["deleted"] is None


def test_the_list_shows_private_and_deleted_ones_to_their_owner(portal: Udata) -> None:
    made = {name: create(portal, title=name, private=name == "private") for name in ("public", "private", "deleted")}
    portal.call("DELETE", place(made["deleted"])).raise_for_status()

    def listed(query: str, key: str | None = None) -> set[str]:
        path = f"/api/1/datasets/?organization={portal.organisation}{query}"
        return {dataset["title"] for dataset in answer(portal.call("GET", path, key=key))["data"]}

    assert listed("") == {"public", "private", "deleted"}
    assert listed("&deleted=true") == {"deleted"}
    assert listed("&deleted=false") == {"public", "private"}
    assert listed("", key="") == {"public"}
    assert listed("", key=portal.other_key) == {"public"}
    anonymous = portal.call("GET", f"/api/1/datasets/?organization={portal.organisation}&deleted=true", key="")
    assert anonymous.status_code == 401


def test_the_list_is_read_page_by_page(portal: Udata) -> None:
    made = [create(portal, title=f"Jeu {number}")["id"] for number in range(3)]
    path: str | None = f"/api/1/datasets/?organization={portal.organisation}&page_size=2"
    found = []
    while path:
        page = answer(portal.call("GET", path))
        found += [dataset["id"] for dataset in page["data"]]
        path = page["next_page"]
    assert sorted(found) == sorted(made)


# Resources


def test_a_hosted_file_is_named_by_its_file_and_comes_first(portal: Udata) -> None:
    made = create(portal)
    add(portal, made)
    last = add(portal, made, "Été_2014.csv")
    assert (last["title"], last["type"], last["format"]) == ("ete-2014.csv", "main", "csv")
    assert portal.dataset(made["id"])["resources"][0]["id"] == last["id"]


def test_replacing_a_file_resets_the_title_alone(portal: Udata) -> None:
    made = create(portal)
    before = described(portal, made)
    next_second()
    after = answer(upload(portal, place(made, "resources", before["id"], "upload"), "nouveau.csv", b"a\n"))
    moved = {"title", "url", "checksum", "filesize", "last_modified", "internal"}
    assert {name for name in before if before[name] != after[name]} == moved
    assert after["title"] == "nouveau.csv"
    assert portal.call("GET", before["url"]).status_code == 404
    assert portal.call("GET", before["latest"], key="").content == b"a\n"


def test_a_file_name_twice_in_a_second_is_an_error(portal: Udata) -> None:
    made = create(portal)
    next_second()
    codes = [upload(portal, place(made, "upload")).status_code for _ in range(2)]
    assert codes == [201, 500]


@pytest.mark.parametrize("left_out", sorted(METADATA))
def test_a_partial_change_of_a_resource_keeps_what_it_leaves_out(portal: Udata, left_out: str) -> None:
    made = create(portal)
    before = described(portal, made)
    sent = {name: value for name, value in METADATA.items() if name != left_out}
    after = answer(portal.call("PUT", place(made, "resources", before["id"]), json=sent))
    assert {name: after[name] for name in METADATA} == METADATA
    assert after["last_modified"] > before["last_modified"]


def test_what_describes_a_hosted_file_is_not_ours_to_say(portal: Udata) -> None:
    made = create(portal)
    before = described(portal, made)
    wrong = {"url": "https://exemple.fr/x", "checksum": {"type": "sha1", "value": "0"}, "filesize": 1, "format": "zip"}
    after = answer(portal.call("PUT", place(made, "resources", before["id"]), json=METADATA | wrong))
    assert {name: after[name] for name in wrong} == {name: before[name] for name in wrong}


def test_reserved_extras_of_a_resource_are_dropped(portal: Udata) -> None:
    made = create(portal)
    path = place(made, "resources", add(portal, made)["id"])
    extras = {"a": 1, "analysis:x": 1, "check:x": 1, "validation-report:x": 1, "dcat": {"x": 1}}
    assert answer(portal.call("PUT", path, json=METADATA | {"extras": extras}))["extras"] == {"a": 1}
    assert answer(portal.call("PUT", path, json=METADATA | {"extras": {"b": 2}}))["extras"] == {"b": 2}
    second = place(made, "resources", path.split("/")[-2], "extras", api=2)
    assert answer(portal.call("PUT", second, json={"c": 3})) == {"b": 2, "c": 3}


def test_a_schema_is_merged_with_the_one_before_until_it_is_taken_out(portal: Udata) -> None:
    made = create(portal)
    path = place(made, "resources", described(portal, made)["id"])

    def given(schema: Json | None) -> Json | None:
        found: Json | None = answer(portal.call("PUT", path, json=METADATA | {"schema": schema}))["schema"]
        return found

    assert given({"version": "2.0.0"}) == SCHEMA | {"version": "2.0.0"}
    assert given(None) is None
    assert given({"url": SCHEMA["url"]}) == {"url": SCHEMA["url"], "name": None, "version": None}
    wrong = answer(portal.call("PUT", path, json=METADATA | {"schema": {"url": "schema.json"}}), 400)
    assert list(wrong["errors"]["schema"]) == ["url"]


def test_identifiers_are_enough_to_order_resources(portal: Udata) -> None:
    made = create(portal)
    first, second = described(portal, made), add(portal, made, "actions.csv")
    before = portal.dataset(made["id"])["resources"]
    assert [resource["id"] for resource in before] == [second["id"], first["id"]]
    path = place(made, "resources")
    assert portal.call("PUT", path, json=[{"id": first["id"]}, {"id": second["id"]}]).status_code == 200
    assert portal.dataset(made["id"])["resources"] == before[::-1]
    refused = answer(portal.call("PUT", path, json=[{"id": first["id"]}]), 400)
    assert "1 out of 2" in refused["message"]


def test_a_page_must_be_elsewhere(portal: Udata) -> None:
    made = create(portal)
    assert upload(portal, place(made, "upload"), "page.html", b"<html>").status_code == 415
    assert upload(portal, place(made, "upload"), "page.exe").status_code == 400
    assert portal.dataset(made["id"])["resources"] == []
    remote = {"title": "La page", "filetype": "remote", "url": "https://exemple.fr/page.html", "format": "html"}
    found = answer(portal.call("POST", place(made, "resources"), json=remote), 201)
    assert (found["type"], found["url"], found["checksum"]) == ("other", remote["url"], None)
    remote |= {"type": "documentation"}
    assert answer(portal.call("POST", place(made, "resources"), json=remote), 201)["type"] == "documentation"


def test_the_file_of_a_private_dataset_is_open_to_whoever_knows_its_address(portal: Udata) -> None:
    made = create(portal, private=True)
    added = add(portal, made)
    assert portal.call("GET", place(made), key="").status_code == 404
    redirected = portal.call("GET", f"/api/1/datasets/r/{added['id']}", key="", allow_redirects=False)
    assert (redirected.status_code, redirected.headers["Location"]) == (302, added["url"])
    assert portal.call("GET", added["url"], key="").content == b"a;b\n1;2\n"


# Files in parts


@dataclass
class Parts:
    """A file sent in two parts to a path."""

    portal: Udata
    path: str
    identifier: str

    def send(self, index: int, size: int | None = None) -> requests.Response:
        form = {"partindex": index, "chunksize": len(PARTS[index]) if size is None else size}
        return self._call(form, files={"file": ("part", PARTS[index])})

    def end(self) -> requests.Response:
        next_second()
        return self._call({})

    def _call(self, form: Json, **files: Any) -> requests.Response:  # noqa: ANN401
        common = {"uuid": self.identifier, "filename": "gros.csv", "totalparts": len(PARTS)}
        return self.portal.call("POST", self.path, data=common | form, **files)


def in_parts(portal: Udata, path: str) -> Parts:
    return Parts(portal, path, str(uuid.uuid4()))


def test_a_file_in_parts_is_made_by_a_last_request(portal: Udata) -> None:
    made = create(portal)
    parts = in_parts(portal, place(made, "upload"))
    assert [answer(parts.send(index))["success"] for index in (1, 0)] == [True, True]
    whole = answer(parts.end(), 201)
    digest = hashlib.sha1(b"".join(PARTS)).hexdigest()  # noqa: S324  (the portal's own)
    assert (whole["title"], whole["checksum"]["value"]) == ("gros.csv", digest)
    assert parts.end().status_code == 500
    assert len(portal.dataset(made["id"])["resources"]) == 1


def test_a_file_in_parts_replaces_another(portal: Udata) -> None:
    made = create(portal)
    before = described(portal, made)
    parts = in_parts(portal, place(made, "resources", before["id"], "upload"))
    for index in range(2):
        answer(parts.send(index))
    after = answer(parts.end())
    assert (after["id"], after["filesize"]) == (before["id"], sum(map(len, PARTS)))


def test_a_part_is_refused_for_its_size_and_fails_a_second_time(portal: Udata) -> None:
    made = create(portal)
    parts = in_parts(portal, place(made, "upload"))
    assert answer(parts.send(0, size=3), 400)["error"] == "Chunk size mismatch"
    answer(parts.send(0))
    assert parts.send(0).status_code == 500
    assert parts.end().status_code == 500, "a part is missing"
    assert portal.dataset(made["id"])["resources"] == []
    answer(parts.send(1))
    answer(parts.end(), 201)


# Rights


def test_a_key_without_rights_is_told_so(portal: Udata) -> None:
    made = create(portal)
    for method, path in (("PUT", place(made)), ("DELETE", place(made)), ("POST", place(made, "upload"))):
        answered = portal.call(method, path, key=portal.other_key, json=body(portal) if method == "PUT" else None)
        assert answered.status_code == 403, path
    refused = answer(portal.call("POST", "/api/1/datasets/", key=portal.other_key, json=body(portal)), 400)
    assert list(refused["errors"]) == ["organization"]


def test_a_key_that_is_not_valid_is_refused_even_to_read(portal: Udata) -> None:
    made = create(portal)
    revoked = portal.call("GET", place(made), key=portal.revoked_key)
    assert answer(revoked, 401)["message"] == "Revoked API token"
    assert answer(portal.call("GET", place(made), key="udata_fausse"), 401)["message"] == "Invalid API token"
    assert portal.call("POST", "/api/1/datasets/", key="", json=body(portal)).status_code == 401


# Harvest


@dataclass
class Catalogue:
    """A catalogue on loopback; ``content`` and ``kind``, its media type, may change."""

    url: str
    content: str = ""
    kind: str = "text/turtle; charset=utf-8"

    def of(self, *, distribution: str = "", file: str = "contrats.csv", **changed: str) -> None:
        """One dataset that scores full marks, but for what is changed or added."""
        lines = {
            "identifier": 'dct:identifier "contrats"',
            "title": 'dct:title "Contrats d’été"',
            "description": f'dct:description "{"Ce que disent les contrats. " * 5}"',
            "keyword": 'dcat:keyword "été"',
            "license": "dct:license <https://www.etalab.gouv.fr/licence-ouverte-open-licence>",
            "frequency": "dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/ANNUAL>",
            "spatial": f'dct:spatial [ a dct:Location ; dcat:bbox "{BOX}"^^geo:wktLiteral ]',
            "temporal": 'dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2014-01-01"^^xsd:date ;'
            ' dcat:endDate "2020-12-31"^^xsd:date ]',
        } | changed
        self.content = (
            f"{PREFIXES}<#c> a dcat:Catalog ; dcat:dataset <#d> .\n<#d> a dcat:Dataset ;\n"
            + "".join(f"{line} ;\n" for line in lines.values() if line)
            + f"dcat:distribution <#f> .\n<#f> a dcat:Distribution ; {distribution}"
            ' dct:title "CSV" ; dct:description "Un contrat par ligne." ;'
            " dct:format <http://publications.europa.eu/resource/authority/file-type/CSV> ;"
            f" dcat:accessURL <https://exemple.fr/{file}> ; dcat:downloadURL <https://exemple.fr/{file}> .\n"
        )


BOX = "POLYGON((-5 41, 10 41, 10 51, -5 51, -5 41))"
PREFIXES = "@base <https://exemple.fr/> .\n" + "".join(
    f"@prefix {name}: <{address}> .\n"
    for name, address in {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "spdx": "http://spdx.org/rdf/terms#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", served.kind)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(served.content.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Catalogue(f"http://127.0.0.1:{server.server_address[1]}/catalogue.ttl")
    served.of()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_full_dataset_is_harvested_with_full_marks(portal: Udata, catalogue: Catalogue) -> None:
    found = portal.harvest(catalogue.url)
    assert (found["status"], found["errors"]) == ("done", [])
    (dataset,) = found["datasets"]
    assert (dataset["title"], dataset["licence"], dataset["tags"]) == ("Contrats d’été", "lov2", ["ete"])
    assert dataset["quality"]["score"] == 1
    assert portal.harvest(catalogue.url)["datasets"] == [dataset], "the same identifiers again"


def test_a_file_harvested_elsewhere_is_a_new_one_beside_the_old(portal: Udata, catalogue: Catalogue) -> None:
    before = portal.harvest(catalogue.url)["datasets"][0]
    catalogue.of(file="nouveau.csv")
    after = portal.harvest(catalogue.url)["datasets"][0]
    assert after["id"] == before["id"]
    assert after["resources"][0] == before["resources"][0]
    assert [resource["url"].rpartition("/")[2] for resource in after["resources"]] == ["contrats.csv", "nouveau.csv"]


CHECKSUM = "spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha1 ; spdx:checksumValue {} ] ;"


@pytest.mark.parametrize(
    ("distribution", "said"),
    [
        (CHECKSUM.format('"00ff"^^xsd:hexBinary'), "StringField only accepts string values"),
        ('dcat:byteSize "inconnu" ;', "could not be converted to int"),
    ],
)
def test_a_line_of_a_file_fails_its_dataset(portal: Udata, catalogue: Catalogue, distribution: str, said: str) -> None:
    catalogue.of(distribution=distribution)
    found = portal.harvest(catalogue.url)
    assert (found["status"], found["datasets"]) == ("done-errors", [])
    assert said in found["items"][0]["errors"][0]


def test_a_checksum_as_plain_text_is_taken(portal: Udata, catalogue: Catalogue) -> None:
    catalogue.of(distribution=CHECKSUM.format('"00ff"'))
    (dataset,) = portal.harvest(catalogue.url)["datasets"]
    assert portal.dataset(dataset["id"])["resources"][0]["checksum"] == {"type": "sha1", "value": "00ff"}


def test_turtle_without_its_charset_is_misread(portal: Udata, catalogue: Catalogue) -> None:
    catalogue.kind = "text/turtle"
    assert portal.harvest(catalogue.url)["datasets"][0]["title"] == "Contrats d’été".encode().decode("iso-8859-1")


def test_a_country_by_its_address_is_no_place(portal: Udata, catalogue: Catalogue) -> None:
    catalogue.of(spatial="dct:spatial <http://publications.europa.eu/resource/authority/country/FRA>")
    quality = portal.harvest(catalogue.url)["datasets"][0]["quality"]
    assert (quality["spatial"], quality["score"]) == (False, pytest.approx(8 / 9))


@pytest.mark.parametrize(
    ("licence", "taken"),
    [
        ('"lov2"', "lov2"),
        ('"etalab-2.0"', "lov2"),
        ('"Licence Ouverte 2.0"', "lov2"),
        ("<http://publications.europa.eu/resource/authority/licence/ETALAB_2_0>", "notspecified"),
        ("<https://spdx.org/licenses/etalab-2.0>", "notspecified"),
    ],
)
def test_licences_are_known_by_few_names(portal: Udata, catalogue: Catalogue, licence: str, taken: str) -> None:
    catalogue.of(license=f"dct:license {licence}")
    assert portal.harvest(catalogue.url)["datasets"][0]["licence"] == taken


def test_a_dataset_without_identifier_is_skipped(portal: Udata, catalogue: Catalogue) -> None:
    catalogue.of(identifier="")
    found = portal.harvest(catalogue.url)
    assert (found["status"], found["datasets"]) == ("done", [])
    assert [(item["status"], item["errors"]) for item in found["items"]] == [("skipped", ["missing identifier"])]
