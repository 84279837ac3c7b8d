"""What a portal holds, when the portal is not to be trusted: other shapes, other owners, words that act.

What the real one holds is read with ``udata``.
"""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from pipelines.portal.applying import Publication
from pipelines.portal.client import Client, Patience
from pipelines.portal.errors import PortalError, PortalUnreachable, UncertainError
from pipelines.portal.held import HeldDataset, Owner, find, owner_of
from pipelines.portal.model import DATASET_KEY, VERSION
from pipelines.portal.plan import Plan, plan
from pipelines.portal.portals import portal_at
from tests.portal.scripted import Scripted
from tests.portal.states import EXTENSIONS, Json, file, portal, release

OURS = Owner("organization", "o", "Agence")


def client_of(script: Scripted) -> Client:
    return Client(portal_at(script.root), "cle", Patience(attempts=1), sleep=lambda _: None)


def found(script: Scripted, listed: Json, raw: Json) -> HeldDataset | None:
    script.will({"data": [listed], "next_page": None}, raw)
    return find(client_of(script), OURS, "contrats")


def held(**other: Any) -> Json:  # noqa: ANN401
    return {**portal(release(), []).raw, **other}


LISTED = {"id": "jeu", "extras": {DATASET_KEY: "contrats"}}


@pytest.mark.parametrize("owner", [{"id": "autre"}, None, {}], ids=["another", "a person", "nobody"])
def test_what_is_of_somebody_else_is_never_ours_whatever_key_it_bears(script: Scripted, owner: Json | None) -> None:
    with pytest.raises(PortalError, match="celui de quelqu’un d’autre"):
        found(script, LISTED, held(organization=owner, owner={"id": "o"}))
    assert [one.method for one in script.asked] == ["GET", "GET"]


@pytest.mark.parametrize(
    "other",
    [
        {"extras": ["contrats"]},
        {"resources": {"id": "a"}},
        {"resources": ["a"]},
        {"resources": [{"id": "a", "extras": "x"}]},
        {"resources": [{"id": "a", "checksum": "x"}]},
        {"resources": [{"id": "a", "schema": ["x"]}]},
        {"spatial": "fr"},
        {"temporal_coverage": ["2014"]},
        {"organization": "o"},
        {"quality": [1]},
        {"contact_points": [{"name": "sans identifiant"}]},
        {"contact_points": "x"},
        {"tags": "a,b"},
    ],
    ids=str,
)
def test_an_answer_of_another_shape_is_no_portal_s(script: Scripted, other: Json) -> None:
    with pytest.raises(PortalError, match="ne répond pas comme un portail udata"):
        found(script, LISTED, held(**other))


def test_a_list_may_hold_extras_of_any_shape(script: Scripted) -> None:
    script.will({"data": [{"id": "a", "extras": ["x"]}, {"id": "b", "extras": None}]}, {"data": []})
    assert find(client_of(script), OURS, "contrats") is None


@pytest.mark.parametrize("page", ["javascript:alert(1)", "\x1b]8;;file:///etc\x07", "file:///etc/passwd", None])
def test_a_page_is_an_address_of_the_web_or_none(script: Scripted, page: str | None) -> None:
    there = found(script, LISTED, held(page=page))
    assert there is not None
    assert there.page == ""


def test_its_words_are_shown_without_what_a_terminal_obeys(script: Scripted) -> None:
    acts = "\x1b[2J\nfaux"
    there = found(
        script, LISTED, held(page=f"https://p.fr/{acts}", extras={DATASET_KEY: "contrats", VERSION: f"2026{acts}"})
    )
    script.will({"id": "o", "name": f"Agence{acts}"}, {"id": "m", "first_name": acts, "last_name": "Nom"})
    organisation, person = owner_of(client_of(script), "o"), owner_of(client_of(script), None)
    assert there is not None
    for said in (there.page, there.version or "", organisation.name, person.name):
        assert "faux" in said
        assert not {"\x1b", "\n"} & set(said)


class Wavering(Publication):
    """A publication to a portal that undoes what was done: two states in turn, and never a clear answer."""

    def turn(self, *states: HeldDataset) -> None:
        self.states = cycle(states)

    def look(self) -> tuple[HeldDataset | None, Plan]:
        now = next(self.states)
        return now, plan(self.wanted, now, EXTENSIONS)

    def _carry_out(self, _found: Plan, _held: HeldDataset | None) -> None:
        raise UncertainError("coupé")


def test_a_portal_that_undoes_what_is_done_does_not_hold_it_for_ever(script: Scripted, tmp_path: Path) -> None:
    wanted = release(file(tmp_path))
    publication = Wavering(client_of(script), OURS, wanted)
    publication.turn(portal(wanted, [], title="Autre"), portal(wanted, []))
    with pytest.raises(PortalUnreachable, match="relu 5 fois sans que rien n’avance"):
        publication.apply()
