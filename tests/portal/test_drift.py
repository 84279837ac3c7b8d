"""What a portal serves, compared with the files of a release, byte by byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.portal.applying import Publication
from pipelines.portal.client import Client, Patience
from pipelines.portal.drift import Compared, compare
from pipelines.portal.held import Owner
from pipelines.portal.model import DATASET_KEY, VERSION, Wanted
from pipelines.portal.portals import portal_at
from tests.portal.scripted import Answer, Scripted
from tests.portal.states import EXTENSIONS, file, foreign, portal, release, remote, resource

CONTENT = b"0123456789" * 10
BLOCK = 1 << 20
LARGE = bytes(BLOCK) + b"fin"


def compared(
    script: Scripted,
    wanted: Wanted,
    there: list[dict[str, Any]] | None,
    *files: object,
    **said: Any,  # noqa: ANN401
) -> Compared:
    """What is found of a portal that holds these resources, whose links answer ``files``."""
    if there is None:
        script.will({"data": [], "next_page": None}, {"data": [], "next_page": None})
    else:
        for raw in there:
            raw["latest"] = f"{script.root}/r/{raw['id']}"
        held = portal(wanted, there, **said)
        listed = {"id": held.id, "extras": {DATASET_KEY: wanted.dataset.key}}
        script.will({"data": [listed], "next_page": None}, {**held.raw, "resources": there})
    script.will(Answer(body=sorted(EXTENSIONS)), *files)
    client = Client(portal_at(script.root), "cle", Patience(attempts=1), sleep=lambda _: None)
    return compare(Publication(client, Owner("organization", "o", "Agence"), wanted))


def whys(found: Compared) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in found.drifts]


def test_a_portal_that_serves_the_release(script: Scripted, tmp_path: Path) -> None:
    wanted = release(file(tmp_path, content=CONTENT), file(tmp_path, "csv/vide.csv", b""), remote())
    found = compared(
        script, wanted, [resource(one) for one in wanted.resources] + [foreign()], Answer(body=CONTENT), Answer()
    )
    assert found == Compared(2, 100, (), ("Une carte",))
    assert found.told("https://p.fr", "v1") == (
        "À côté, et laissé : Une carte.\nhttps://p.fr sert la version v1, octet pour octet (2 fichiers relus, 0,0 Mo)."
    )
    assert all("X-API-KEY" not in one.headers for one in script.asked if one.path.startswith("/r/"))


UNHEARD = "le lien ne répond pas : la connexion a été refusée ou coupée"


@pytest.mark.parametrize(
    ("served", "why", "read"),
    [
        (Answer(body=b"X" + CONTENT[1:]), "diffère à partir de l’octet 1", 0),
        (Answer(body=CONTENT[:41] + b"X" + CONTENT[42:]), "diffère à partir de l’octet 42", 41),
        (Answer(body=CONTENT[:-1] + b"X"), "diffère à partir de l’octet 100", 99),
        (Answer(body=CONTENT[:99]), "est coupé : 99 octets servis, sur 100", 99),
        (Answer(), "est coupé : 0 octets servis, sur 100", 0),
        (Answer(body=CONTENT + b"X"), "est trop long : plus de 100 octets servis, sur 100", 100),
        (Answer(body=CONTENT[:50] + b"X" * 90), "diffère à partir de l’octet 51", 50),
        (Answer(404), "ne se télécharge pas : le lien répond 404", 0),
        (Answer(lost=True), f"ne se télécharge pas (1 essai) : {UNHEARD}", 0),
    ],
)
def test_a_file_that_is_not_served_as_it_is(
    script: Scripted, tmp_path: Path, served: Answer, why: str, read: int
) -> None:
    wanted = release(file(tmp_path, content=CONTENT))
    found = compared(script, wanted, [resource(wanted.resources[0])], served)
    assert whys(found) == [("csv/contrats.csv", why)]
    assert (found.files, found.size) == (1, read)
    assert "ne sert pas la version v1 : 1 écart (1 fichier relu, 0,0 Mo)" in found.told("https://p.fr", "v1")


@pytest.mark.parametrize(
    ("served", "why"),
    [
        (LARGE, None),
        (LARGE[:-1] + b"N", f"diffère à partir de l’octet {BLOCK + 3}"),
        (LARGE[:BLOCK], f"est coupé : {BLOCK} octets servis, sur {BLOCK + 3}"),
        (LARGE + b"\n", f"est trop long : plus de {BLOCK + 3} octets servis, sur {BLOCK + 3}"),
    ],
)
def test_a_file_of_several_blocks(script: Scripted, tmp_path: Path, served: bytes, why: str | None) -> None:
    wanted = release(file(tmp_path, content=LARGE))
    found = compared(script, wanted, [resource(wanted.resources[0])], Answer(body=served))
    assert whys(found) == ([("csv/contrats.csv", why)] if why else [])


def test_a_link_that_leads_elsewhere_is_followed(script: Scripted, tmp_path: Path) -> None:
    wanted = release(file(tmp_path, content=CONTENT))
    there = [resource(wanted.resources[0], "a")]
    found = compared(script, wanted, there, Answer(302, headers={"Location": "/fichier"}), Answer(body=CONTENT))
    assert not found.drifts
    assert script.calls[-2:] == [("GET", "/r/a"), ("GET", "/fichier")]


def test_a_dataset_that_is_not_there(script: Scripted, tmp_path: Path) -> None:
    found = compared(script, release(file(tmp_path)), None)
    assert whys(found) == [("jeu de données", "n’est pas sur ce portail")]


def test_what_the_dataset_says(script: Scripted) -> None:
    found = compared(script, release(), [], private=True, tags=[], extras={VERSION: "2026-11-01"})
    assert whys(found) == [
        ("jeu de données", "est privé : personne d’autre ne le voit"),
        ("jeu de données", "dit montrer la version 2026-11-01"),
        ("jeu de données", "décrit autrement que dans la version (mots-clés)"),
    ]


def test_what_resources_say(script: Scripted, tmp_path: Path) -> None:
    a, b = file(tmp_path, "csv/a.csv", CONTENT), file(tmp_path, "csv/b.csv", CONTENT)
    wanted = release(a, b, remote(), file(tmp_path, "csv/absent.csv"), file(tmp_path, "parquet/a.parquet"))
    there = [
        resource(remote(), type="other"),
        resource(a, url="https://static.exemple.fr/r/avant.csv"),
        resource(b, title="B"),
        resource(file(tmp_path, "csv/de-trop.csv")),
        resource(remote("archive/2020-01-01")),
    ]
    found = compared(script, wanted, there, Answer(body=CONTENT), Answer(body=CONTENT))
    assert whys(found)[1:] == [
        ("csv/a.csv", "le fichier s’appelle avant.csv sur le portail"),
        ("csv/b.csv", "décrit autrement que dans la version (titre)"),
        ("lien/site", "décrit autrement que dans la version (type)"),
        ("csv/absent.csv", "n’est pas sur le portail"),
        (
            "csv/de-trop.csv",
            "est sur le portail, mais : n’est plus dans cette version ; son lien permanent cessera de répondre",
        ),
    ]
    assert found.beside == ("archive/2020-01-01",)


def test_the_order_of_resources(script: Scripted) -> None:
    wanted = release(remote("lien/a"), remote("lien/b"))
    found = compared(script, wanted, [resource(one) for one in reversed(wanted.resources)])
    assert whys(found) == [("ressources", "ne sont pas dans l’ordre de la version")]


def test_the_size_is_told_in_french() -> None:
    found = Compared(1200, 12_345_678, (), ())
    assert "(1\N{NARROW NO-BREAK SPACE}200 fichiers relus, 12,3 Mo)" in found.told("https://p.fr", "v1")
