"""Every answer of a portal that a publication can meet: what it becomes, what is said of it, what is left untouched."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelines.curation.issues import IssueLog
from pipelines.portal import plan_text, uploads
from pipelines.portal.applying import Publication
from pipelines.portal.client import Patience
from pipelines.portal.drift import compare, served
from pipelines.portal.errors import PortalError, PortalRefusedError, PortalUnreachable
from pipelines.portal.held import owner_of
from pipelines.portal.model import DATASET_KEY, MAIN, RESOURCE_KEY, VERSION, Wanted, WantedResource
from pipelines.publish.release import write_release
from tests.portal import front as fronts
from tests.portal.front import Fault, Front
from tests.portal.publications import (
    FIRST,
    Clock,
    assert_shown,
    datasets,
    first,
    following,
    links,
    publication,
    shown,
)
from tests.publish.publish_dataset import CODES, DATE, DECLARED, description, frames
from tests.slow.environments import PROJECT
from tests.udata import Udata

pytestmark = pytest.mark.slow

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
AGAIN = "Relancez la même commande plus tard : elle reprend où elle en est."
NO_UDATA = "ne répond pas comme un portail udata"


@pytest.fixture(scope="module")
def listening(udata: Udata) -> Iterator[Front]:
    with fronts.front(udata.url) as found:
        yield found


@pytest.fixture
def front(listening: Front, udata: Udata) -> Front:
    """What stands before the portal, which holds nothing."""
    udata.reset()
    listening.fail(None)
    return listening


@pytest.fixture
def published(front: Front, udata: Udata, tmp_path: Path) -> Wanted:
    """The first release, on the portal, since more than the second by which it names files."""
    wanted = first(tmp_path)
    publication(udata, wanted, front.url).apply()
    front.fail(None)
    time.sleep(uploads.APART)
    return wanted


def answer(
    status: int, body: bytes = b"", at: int = 0, ever: bool = False, said: Mapping[str, str] | None = None
) -> Fault:
    return Fault("answer", at=at, ever=ever, status=status, headers={**JSON, **(said or {})}, body=body)


def refusal(made: Publication) -> PortalError:
    with pytest.raises(PortalError) as caught:
        made.apply()
    assert_reads_well(str(caught.value))
    return caught.value


def assert_reads_well(message: str) -> None:
    """A sentence at least, which ends, with French typography, and no word of the program's."""
    assert message.endswith("."), message
    ours = re.sub(r"« .*? »", "", message)
    assert not re.search(r"\.\.|'|Traceback|Error|Exception|None|object at", ours), message


# --- Statuses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 1, 9], ids=["reading", "contact", "resource"])
@pytest.mark.parametrize(
    ("status", "kind", "words", "advice"),
    [
        (400, PortalRefusedError, "il n’accepte pas ce qui lui est envoyé", "Corrigez ce qu’il nomme"),
        (401, PortalError, "la clé est absente, fausse ou périmée", "Vérifiez DATAGOUV_API_KEY"),
        (403, PortalError, "cette clé n’a pas le droit", "demandez à en être membre"),
        (404, PortalError, "n’existe pas, ou plus", "Recommencez"),
        (410, PortalError, "y a été supprimé", "Restaurez-le"),
        (413, PortalRefusedError, "trop gros", "Demandez-lui sa limite"),
        (415, PortalRefusedError, "ce genre de fichier", "formats admis"),
        (418, PortalError, "sa réponse est inattendue", "signalez-le"),
        (423, PortalUnreachable, "en lecture seule", AGAIN),
        (429, PortalUnreachable, "il demande d’attendre 17 minutes", AGAIN),
        (500, PortalUnreachable, "le portail a répondu 500", AGAIN),
        (502, PortalUnreachable, "le portail a répondu 502", AGAIN),
        (503, PortalUnreachable, "le portail a répondu 503", AGAIN),
        (504, PortalUnreachable, "le portail a répondu 504", AGAIN),
        (302, PortalError, "renvoie ailleurs (302)", "l’adresse définitive du portail"),
    ],
)
def test_a_status_says_what_to_do(
    udata: Udata,
    front: Front,
    tmp_path: Path,
    status: int,
    kind: type[PortalError],
    words: str,
    advice: str,
    at: int,
) -> None:
    more = {"Retry-After": "1000"} if status == 429 else {}
    front.fail(answer(status, b'{"message": "mots du portail"}', at=at, ever=True, said=more))
    clock = Clock()
    error = refusal(publication(udata, first(tmp_path), front.url, clock=clock))
    assert type(error) is kind or (status == 404 and type(error).__mro__[1] is kind)
    assert words in str(error)
    assert advice in str(error)
    assert front.url in str(error)
    assert ("mots du portail" in str(error)) == (status not in (302, 404))
    assert len(front.headers) < 30
    passing = status >= 500
    assert bool(clock.waits) == passing, "what will not pass is not waited for"
    if kind is PortalRefusedError and at == 9:
        assert str(error).startswith("journal.md : ")
    front.fail(None)
    publication(udata, first(tmp_path), front.url).apply()
    assert_shown(udata, first(tmp_path))


@pytest.mark.parametrize("at", [1, 2, 5, 9])
@pytest.mark.parametrize("status", [500, 503])
def test_a_passing_error_is_passed_over(udata: Udata, front: Front, tmp_path: Path, status: int, at: int) -> None:
    front.fail(Fault("answer", at=at, status=status, headers=HTML, body=b"<h1>Oups</h1>"))
    publication(udata, first(tmp_path), front.url).apply()
    assert_shown(udata, first(tmp_path))


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 1.0),
        ({"Retry-After": "bientôt".encode().decode("latin-1")}, 1.0),
        ({"X-RateLimit-Reset": "12"}, 12.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "250"}, 3.0),
        ({}, 1.0),
    ],
)
@pytest.mark.parametrize("at", [1, 4, 7])
def test_a_short_wait_is_honoured(
    udata: Udata, front: Front, tmp_path: Path, said: dict[str, str], waited: float, at: int
) -> None:
    publication(udata, first(tmp_path), front.url).apply()
    usual = len(front.writes)
    udata.reset()
    front.fail(answer(429, b'{"message": "Too many requests"}', at=at, said=said))
    clock = Clock()
    publication(udata, first(tmp_path), front.url, clock=clock).apply()
    assert clock.waits == [waited]
    assert len(front.writes) == usual + 1
    assert front.writes[at - 1] == front.writes[at], "the same again, whatever it is"
    assert_shown(udata, first(tmp_path))


def test_a_wait_until_an_instant_is_honoured(udata: Udata, front: Front, tmp_path: Path) -> None:
    clock = Clock()
    for said in (
        {"Retry-After": formatdate(clock.now() + 60, usegmt=True)},
        {"X-RateLimit-Reset": f"{clock.now() + 60:.0f}"},
    ):
        udata.reset()
        front.fail(answer(429, at=2, said=said))
        clock = Clock()
        publication(udata, first(tmp_path), front.url, clock=clock).apply()
        (waited,) = clock.waits
        assert 40 < waited < 61


@pytest.mark.parametrize("at", [0, 2])
def test_a_portal_that_never_has_time_is_asked_four_times(udata: Udata, front: Front, tmp_path: Path, at: int) -> None:
    front.fail(answer(429, at=at, ever=True, said={"Retry-After": "5"}))
    clock = Clock()
    error = refusal(publication(udata, first(tmp_path), front.url, clock=clock))
    assert clock.waits == [5.0, 5.0, 5.0]
    assert "il demande d’attendre 5 secondes" in str(error)
    assert AGAIN in str(error)


@pytest.mark.parametrize(("reset", "waits"), [("9", True), ("3000", False)])
def test_the_last_request_of_a_quota_is_followed_by_the_wait(
    udata: Udata, front: Front, tmp_path: Path, reset: str, waits: bool
) -> None:
    made = publication(udata, first(tmp_path), front.url, clock=(clock := Clock()))
    front.fail(answer(200, b"[]", said={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}))
    assert made.extensions() == frozenset()
    made.client.get_list("1/datasets/extensions/")
    assert clock.waits == ([9.0] if waits else [])


@pytest.mark.parametrize("at", [0, 1, 2, 5, 9])
def test_a_slow_portal_is_waited_for_then_left(udata: Udata, front: Front, tmp_path: Path, at: int) -> None:
    """Answers that come after the delay; a publication recovers from one, and ends when none comes in time."""
    front.fail(Fault("late", at=at, seconds=0.8))
    hasty = Patience(connect=2, answer=0.5, attempts=2)
    made = publication(udata, first(tmp_path), front.url, patience=hasty)
    if at:
        made.apply()
        assert_shown(udata, first(tmp_path))
        return
    error = refusal(made)
    assert isinstance(error, PortalUnreachable)
    assert "la réponse n’est pas venue dans le délai" in str(error)
    assert AGAIN in str(error)


# --- Other servers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 1, 2, 7])
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<!DOCTYPE html><h1>Site en travaux</h1>", HTML),
        (b"", HTML),
        (b"{}", JSON),
        (b"[]", JSON),
        (b'{"data": 3}', JSON),
        (b'{"data": [3], "id": 3}', JSON),
        (b'"text"', JSON),
    ],
)
def test_what_is_no_portal_is_told(
    udata: Udata, front: Front, tmp_path: Path, body: bytes, headers: Mapping[str, str], at: int
) -> None:
    front.fail(Fault("answer", at=at, status=200, headers=headers, body=body))
    made = publication(udata, first(tmp_path), front.url)
    error = refusal(made)
    assert NO_UDATA in str(error)
    assert "Vérifiez l’adresse donnée à --portal" in str(error)
    for organisation in (udata.organisation, None):
        front.fail(Fault("answer", status=200, headers=headers, body=body))
        with pytest.raises(PortalError, match=NO_UDATA):
            owner_of(made.client, organisation)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_the_key_follows_no_redirection(udata: Udata, front: Front, tmp_path: Path, status: int, at: int) -> None:
    with fronts.front(udata.url) as elsewhere:
        elsewhere.fail(answer(200, b"{}"))
        front.fail(answer(status, at=at, ever=True, said={"Location": f"{elsewhere.url}/api/1/me/"}))
        assert "renvoie ailleurs" in str(refusal(publication(udata, first(tmp_path), front.url)))
        assert elsewhere.headers == []


def test_no_key_goes_where_a_link_leads(udata: Udata, front: Front, published: Wanted) -> None:
    """Permanent links are the portal's word: what they lead to gets no key, whatever host it is."""
    with fronts.front(udata.url) as elsewhere:
        elsewhere.fail(answer(200, b"autre chose"))
        made = publication(udata, published)
        dataset = shown(udata)
        front.fail(answer(302, said={"Location": f"{elsewhere.url}/fichier"}))
        assert dataset["resources"]
        assert b"".join(made.client.download(f"{front.url}/r/1")) == b"autre chose"
        seen = [name.lower() for headers in (*front.headers, *elsewhere.headers) for name in headers]
        assert len(elsewhere.headers) == 1
        assert not {"x-api-key", "authorization", "cookie"} & set(seen)


@pytest.mark.parametrize("fault", [Fault("before"), Fault("half"), answer(502), Fault("short"), answer(404)])
def test_a_download_that_is_cut_is_made_again(udata: Udata, front: Front, published: Wanted, fault: Fault) -> None:
    """A portal that passes for a moment is no difference; a file that is not there, or not whole, is one."""
    held = shown(udata)["resources"][0]
    path = published.resources[0].path
    assert path is not None
    link = held["url"].replace(udata.url, front.url)
    size = path.stat().st_size
    made = publication(udata, published, front.url)
    made.client.sleep = lambda _: front.fail(None)
    front.fail(fault)
    lasting = {"short": ("est coupé : ", size // 2), "answer": ("ne se télécharge pas : le lien répond 404", 0)}
    expected = ("", size) if fault.status == 502 else lasting.get(fault.how, ("", size))
    said, read = served(made.client, link, path)
    assert (said.startswith(expected[0]), bool(said), read) == (True, bool(expected[0]), expected[1])
    front.fail(Fault("before"))
    made.client.sleep = lambda _: None
    assert served(made.client, link, path)[0].startswith("ne se télécharge pas (4 essais) : le lien ne répond pas")


# --- Rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("front")
def test_keys_without_the_right(udata: Udata, tmp_path: Path) -> None:
    wanted = first(tmp_path)
    error = refusal(publication(udata, wanted, key=udata.other_key))
    assert "cette clé n’a pas le droit" in str(error)
    for key in (udata.revoked_key, "fausse", ""):
        error = refusal(publication(udata, wanted, key=key))
        assert "la clé est absente, fausse ou périmée" in str(error)
        assert type(error) is PortalError
    assert udata.datasets() == []
    publication(udata, wanted).apply()
    error = refusal(publication(udata, following(tmp_path), key=udata.other_key))
    assert "cette clé n’a pas le droit" in str(error)
    assert_shown(udata, wanted)


@pytest.mark.parametrize("organisation", ["inconnue", "../datasets", "a/b?c=d#e", "à côté"])
def test_an_organisation_that_is_not_there(udata: Udata, tmp_path: Path, organisation: str) -> None:
    with pytest.raises(PortalError, match=f"aucune organisation « {re.escape(organisation)} »") as caught:
        owner_of(publication(udata, first(tmp_path)).client, organisation)
    assert_reads_well(str(caught.value))


@pytest.mark.usefixtures("published")
def test_a_dataset_deleted_by_hand_is_not_made_again(udata: Udata, tmp_path: Path) -> None:
    place = f"/api/1/datasets/{shown(udata)['id']}/"
    assert udata.call("DELETE", place).status_code == 204
    error = refusal(publication(udata, following(tmp_path)))
    assert "y a été supprimé, et n’est pas encore purgé. Restaurez-le" in str(error)
    assert udata.datasets() == []
    assert udata.call("PUT", place, json={"deleted": None}).status_code == 200
    publication(udata, following(tmp_path)).apply()
    assert_shown(udata, following(tmp_path), (FIRST,))


@pytest.mark.usefixtures("published")
def test_a_dataset_deleted_during_the_publication(udata: Udata, tmp_path: Path) -> None:
    made = publication(udata, following(tmp_path))
    place = f"/api/1/datasets/{shown(udata)['id']}/"

    def tell(said: str) -> None:
        if "retrait" in said:
            udata.call("DELETE", place).raise_for_status()

    made.tell = tell
    error = refusal(made)
    assert "refuse (410) : le jeu de données y a été supprimé" in str(error)


# --- What the portal does not take as it is --------------------------------------------------------------------------


@pytest.mark.usefixtures("front")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"licence": "etalab-2.0"}, "n’a pas gardé ce qui lui a été envoyé : jeu de données : licence"),
        ({"tags": ("Été 2026",)}, "n’a pas gardé ce qui lui a été envoyé : jeu de données : mots-clés"),
        ({"tags": ("a" * 120,)}, "le portail dit : « tags : "),
        ({"tags": ("ab",)}, "le portail dit : « tags : "),
        ({"zones": ("country:xx",)}, "le portail dit : « spatial.zones : "),
        ({"short": "x" * 300}, "le portail dit : « description_short : "),
        ({"title": ""}, "le portail dit : « title : "),
        ({"frequency": "souvent"}, "souvent"),
        ({"contact_form": "contact"}, "le portail dit : « contact_form : "),
    ],
)
def test_a_refused_value_of_the_dataset_is_named(
    udata: Udata, tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    wanted = first(tmp_path)
    error = refusal(publication(udata, replace(wanted, dataset=replace(wanted.dataset, **change))))
    assert isinstance(error, PortalRefusedError)
    assert named in str(error)
    assert all(one["private"] and VERSION not in one["extras"] for one in datasets(udata)), "nobody sees it"
    publication(udata, wanted).apply()
    assert_shown(udata, wanted)


@pytest.mark.usefixtures("front")
@pytest.mark.parametrize(
    ("place", "change", "named"),
    [
        (0, {"title": ""}, "« title : "),
        (0, {"title": "a" * 400}, "« title : "),
        (0, {"schema_url": "ailleurs"}, "« schema.url : "),
        (0, {"type": "inconnu"}, "« type : "),
        (0, {"name": "actions.html"}, "refuse (4"),
        (0, {"name": "Actions été.csv"}, "le fichier s’appelle actions-ete.csv sur le portail"),
        (4, {"url": "ailleurs"}, "« url : "),
        (4, {"format": "HTML"}, "format"),
    ],
)
def test_a_refused_value_of_a_resource_is_named(
    udata: Udata, tmp_path: Path, place: int, change: dict[str, Any], named: str
) -> None:
    wanted = first(tmp_path)
    resources = list(wanted.resources)
    if "html" in change.get("name", ""):
        page = tmp_path / "actions.html"
        page.write_text("<!DOCTYPE html><html><body><p>Actions</p></body></html>", encoding="utf-8")
        change = {**change, "path": page}
    resources[place] = replace(resources[place], **change)
    error = refusal(publication(udata, replace(wanted, resources=tuple(resources))))
    assert isinstance(error, PortalRefusedError)
    assert resources[place].key in str(error)
    assert named in str(error)
    (dataset,) = datasets(udata)
    assert dataset["private"]
    assert VERSION not in dataset["extras"]


# --- What is not ours -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("published")
def test_what_is_of_others_is_left(udata: Udata, tmp_path: Path) -> None:
    dataset = shown(udata)
    place = f"/api/1/datasets/{dataset['id']}"
    file = ("note.csv", b"a,b\n1,2\n", "text/csv")
    theirs = udata.call("POST", f"{place}/upload/", files={"file": file}).json()
    remote = {"title": "Une carte", "type": "other", "filetype": "remote", "url": "https://exemple.fr/carte"}
    assert udata.call("POST", f"{place}/resources/", json=remote).status_code == 201
    ours = dataset["resources"][0]
    extras = {"producteur:note": "à garder", "producteur:lignes": {"vues": 3}}
    more = f"/api/2/datasets/{dataset['id']}"
    assert udata.call("PUT", f"{more}/extras/", json={"suivi": {"par": "quelqu’un"}}).status_code == 200
    assert udata.call("PUT", f"{more}/resources/{ours['id']}/extras/", json=extras).status_code == 200
    before = {each["id"]: each for each in shown(udata)["resources"]}

    publication(udata, following(tmp_path)).apply()
    after = shown(udata)
    found = {each["id"]: each for each in after["resources"]}
    assert [each["title"] for each in after["resources"]][-2:] == ["Une carte", "note.csv"]
    left = [name for name, each in before.items() if RESOURCE_KEY not in each["extras"]]
    assert len(left) == 2
    assert {name: found[name] for name in left} == {name: before[name] for name in left}
    assert requests.get(theirs["latest"], timeout=10).content == file[1]
    assert after["extras"]["suivi"] == {"par": "quelqu’un"}
    kept = {name: value for name, value in before[ours["id"]]["extras"].items() if name != RESOURCE_KEY}
    assert extras.items() <= kept.items()
    assert kept.items() <= found[ours["id"]]["extras"].items()
    told = compare(publication(udata, following(tmp_path)))
    assert told.drifts == ()
    assert set(told.beside) == {"Une carte", "note.csv", f"archive/{FIRST}"}


def _title(udata: Udata, place: str, resource: dict[str, Any]) -> None:
    udata.call("PUT", f"{place}resources/{resource['id']}/", json={"title": "Mon titre"}).raise_for_status()


def _file(udata: Udata, place: str, resource: dict[str, Any]) -> None:
    file = {"file": ("actions.csv", b"autre\n", "text/csv")}
    udata.call("POST", f"{place}resources/{resource['id']}/upload/", files=file).raise_for_status()


def _renamed(udata: Udata, place: str, resource: dict[str, Any]) -> None:
    file = {"file": ("copie de actions.csv", b"action,axe\na1,offre\n", "text/csv")}
    udata.call("POST", f"{place}resources/{resource['id']}/upload/", files=file).raise_for_status()


def _deleted(udata: Udata, place: str, resource: dict[str, Any]) -> None:
    udata.call("DELETE", f"{place}resources/{resource['id']}/").raise_for_status()


def _unkeyed(udata: Udata, place: str, resource: dict[str, Any]) -> None:
    where = place.replace("/api/1/", "/api/2/")
    udata.call("PUT", f"{where}resources/{resource['id']}/extras/", json={RESOURCE_KEY: None}).raise_for_status()


def _order(udata: Udata, place: str, _: dict[str, Any]) -> None:
    there = udata.call("GET", place).json()["resources"]
    udata.call("PUT", f"{place}resources/", json=[{"id": each["id"]} for each in reversed(there)]).raise_for_status()


def _dataset(udata: Udata, place: str, _: dict[str, Any]) -> None:
    there = udata.call("GET", place).json()
    told = {name: value for name, value in there.items() if name not in ("resources", "extras")}
    udata.call("PUT", place, json=told | {"title": "Autre titre", "tags": ["autre"]}).raise_for_status()


def _licence(udata: Udata, place: str, _: dict[str, Any]) -> None:
    there = udata.call("GET", place).json()
    told = {name: value for name, value in there.items() if name not in ("resources", "extras")}
    udata.call("PUT", place, json=told | {"license": "odc-odbl", "description_short": "Autre"}).raise_for_status()


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (_title, "csv/actions.csv : décrit autrement que dans la version (titre)."),
        (_file, "csv/actions.csv : diffère à partir de l’octet 2."),
        (_renamed, "csv/actions.csv : décrit autrement que dans la version (titre)."),
        (_deleted, "csv/actions.csv : n’est pas sur le portail."),
        (_unkeyed, "csv/actions.csv : décrit autrement que dans la version (clé)."),
        (_order, "ressources : ne sont pas dans l’ordre de la version."),
        (_dataset, "jeu de données : décrit autrement que dans la version (titre, mots-clés)."),
        (_licence, "jeu de données : décrit autrement que dans la version (résumé, licence)."),
    ],
)
def test_an_edit_by_hand_is_reported_then_undone(
    udata: Udata,
    front: Front,
    published: Wanted,
    edit: Callable[[Udata, str, dict[str, Any]], None],
    told: str,
) -> None:
    before = shown(udata)
    edit(udata, f"/api/1/datasets/{before['id']}/", before["resources"][0])
    made = publication(udata, published, front.url)
    found = compare(made)
    assert told in found.told(front.url, FIRST).splitlines()
    assert not made.look()[1].nothing
    time.sleep(uploads.APART)
    made.apply()
    after = assert_shown(udata, published)
    assert after["id"] == before["id"], "also under another title and another address"
    kept = {key: link for key, link in links(after).items() if edit is not _deleted or key != "csv/actions.csv"}
    assert kept.items() <= links(before).items()
    front.fail(None)
    publication(udata, published, front.url).apply()
    assert front.writes == []


def test_two_datasets_of_our_key_are_refused(udata: Udata, front: Front, published: Wanted) -> None:
    there = shown(udata)
    other = {"title": "Copie", "description": "Une copie.", "organization": udata.organisation}
    made = udata.call("POST", "/api/1/datasets/", json=other | {"extras": {DATASET_KEY: published.dataset.key}})
    assert made.status_code == 201
    error = refusal(publication(udata, published, front.url))
    assert "plusieurs jeux de données" in str(error)
    assert there["id"] in str(error)
    assert front.writes == []


@pytest.mark.usefixtures("published")
def test_what_somebody_hid_stays_hidden(udata: Udata, tmp_path: Path) -> None:
    there = shown(udata)
    told = {name: value for name, value in there.items() if name not in ("resources", "extras")}
    udata.call("PUT", f"/api/1/datasets/{there['id']}/", json=told | {"private": True}).raise_for_status()
    publication(udata, following(tmp_path)).apply()
    after = shown(udata)
    assert (after["private"], after["extras"][VERSION]) == (True, following(tmp_path).dataset.version)
    said = compare(publication(udata, following(tmp_path))).told("le portail", "2026-12-03")
    assert "jeu de données : est privé : personne d’autre ne le voit." in said


# --- Large files ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("front")
def test_a_large_file_goes_in_parts_and_little_memory(udata: Udata, tmp_path: Path) -> None:
    size = 60_000_000
    path = tmp_path / "grande.csv"
    with path.open("wb") as file:
        for number in range(60):
            file.write(bytes([65 + number % 26]) * 999_999 + b"\n")
    resource = WantedResource("csv/grande.csv", "Grande", "Une grande table.", MAIN, "grande.csv", path)
    wanted = replace(first(tmp_path), resources=(resource,))
    tracemalloc.start()
    publication(udata, wanted).apply()
    found = compare(publication(udata, wanted))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.drifts, found.size) == ((), size)
    assert peak < 6 * uploads.PART
    (held,) = shown(udata)["resources"]
    assert held["filesize"] == size
    with path.open("rb") as file:
        assert held["checksum"]["value"] == hashlib.file_digest(file, "sha1").hexdigest()


# --- The key --------------------------------------------------------------------------------------------------------

PLANTED = "plante-portail-3e60ac-d4f1"


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 410, 415, 418, 423, 429, 500, 502])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_the_key_is_told_to_nobody(
    udata: Udata, front: Front, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int, at: int
) -> None:
    """Even when the portal repeats it, in what it says, in what it redirects to."""
    said: list[str] = []
    caplog.set_level(logging.DEBUG)
    body = f'{{"message": "bad key {PLANTED}", "errors": {{"key": ["{PLANTED}"]}}}}'.encode()
    front.fail(answer(status, body, at=at, ever=True, said={"Location": f"/?key={PLANTED}", "Retry-After": "2000"}))
    made = publication(udata, first(tmp_path), front.url, key=PLANTED if not at else None)
    made.tell = said.append
    key = made.client.key
    assert key
    try:
        made.apply()
    except PortalError as error:
        said += [str(error), repr(error), *traceback.format_exception(error)]
        said += [repr(error.__cause__), repr(error.__context__)] if at else []
    said += [repr(made), str(made), repr(made.client), repr(made._uploads), caplog.text]
    front.fail(None)
    told = publication(udata, first(tmp_path), key=udata.key)
    said += [plan_text.told(told.look()[1], told.client.portal, told.owner.name, "")]
    assert not [text for text in said if key in text]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release, and its sheets in a repository."""
    folder = tmp_path_factory.mktemp("editeur")
    sheets = folder / "sources" / "contrats"
    sheets.mkdir(parents=True)
    (sheets / "alpes.csv").write_text("Identifiant\n", encoding="utf-8")
    shutil.copy(PROJECT / "sources" / "jeu_de_donnees.toml", folder / "sources")
    outputs = folder / "outputs"
    write_release(frames(), IssueLog().frame(), description(), CODES, outputs, DATE, folder / "sources", DECLARED)
    return folder


def command(folder: Path, key: str, *words: str) -> tuple[int, str]:
    settings = {"DATAGOUV_API_KEY": key, "CONTRATS_TRACE": "1", "PYTHONPATH": str(PROJECT), "DAGSTER_HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *words],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (answer(400, b'{"message": "bad key %s"}' % PLANTED.encode()), 1),
        (answer(401, b'{"message": "bad key %s"}' % PLANTED.encode()), 3),
        (answer(200, b'{"id": "1", "data": [{"id": "%s"}], "name": 3}' % PLANTED.encode()), 3),
        (Fault("before"), 3),
        (Fault("short"), 3),
    ],
)
def test_the_commands_tell_no_key_and_no_traceback(front: Front, release: Path, fault: Fault, code: int) -> None:
    for name in ("publish", "portal-check"):
        front.fail(fault)
        words = (name, "latest", "--portal", front.url, "--organisation", "organisme-des-tests")
        found, said = command(release, PLANTED, *words)
        assert found == code, said
        assert PLANTED not in said
        assert "Traceback" not in said
