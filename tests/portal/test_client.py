"""Requests to a portal, one by one, against a server that spoils its answers: what is sent again, and when.

The portal here is a script; what the real one answers is tested with ``udata``.
"""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.portal.answers import asked_wait
from pipelines.portal.client import Client, Patience
from pipelines.portal.errors import PortalError, PortalRefusedError, PortalUnreachable, UncertainError
from pipelines.portal.portals import Portal, portal_at
from tests.portal.scripted import Answer, Scripted, scripted

KEY = "udata_cle.tres_secrete"
NOW = 1_795_717_277.0
IN_NINETY_SECONDS = format_datetime(dt.datetime.fromtimestamp(NOW + 90, dt.UTC), usegmt=True)
LOST = Answer(lost=True)
CUT = Answer(body={"id": "a"}, missing=10)
LATE = Answer(body={"id": "a"}, late=0.3)
IMPATIENT = Patience(connect=1.0, answer=0.1, longest_wait=300.0)

Call = Callable[[Client], object]
get: Call = lambda client: client.get("1/me/")  # noqa: E731
put: Call = lambda client: client.put("1/datasets/a/", {"title": "A"})  # noqa: E731
delete: Call = lambda client: client.delete("1/datasets/a/resources/b/")  # noqa: E731
post: Call = lambda client: client.post("1/datasets/", json={"title": "A"})  # noqa: E731
REPEATED = [pytest.param(get, id="GET"), pytest.param(put, id="PUT"), pytest.param(delete, id="DELETE")]
ALL = [*REPEATED, pytest.param(post, id="POST")]


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(script: Scripted, waits: list[float]) -> Client:
    return Client(portal_at(script.root), KEY, IMPATIENT, sleep=waits.append, now=lambda: NOW, steady=lambda: 7.0)


# --- What is sent again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", REPEATED)
@pytest.mark.parametrize("spoilt", [500, 502, 503, 504, LOST, CUT, LATE], ids=str)
def test_what_gives_the_same_twice_is_sent_again(
    script: Scripted, client: Client, waits: list[float], call: Call, spoilt: Answer | int
) -> None:
    script.will(spoilt, {"id": "a"})
    call(client)
    assert script.calls == [script.calls[0]] * 2
    assert waits == [1.0]


def test_the_waits_grow_and_the_attempts_end(script: Scripted, client: Client, waits: list[float]) -> None:
    script.will(502, LOST, 503, 504)
    with pytest.raises(PortalUnreachable, match=r"\(4 essais\) : le portail a répondu 504\. Relancez"):
        client.get("1/me/")
    assert waits == [1.0, 2.0, 4.0]
    assert len(script.asked) == 4


@pytest.mark.parametrize("spoilt", [500, 502, 503, 504, LOST, CUT, LATE], ids=str)
def test_what_makes_something_is_not(
    script: Scripted, client: Client, waits: list[float], spoilt: Answer | int
) -> None:
    script.will(spoilt, {"id": "a"})
    with pytest.raises(UncertainError):
        post(client)
    assert len(script.asked) == 1
    assert waits == []


@pytest.mark.parametrize("call", ALL)
def test_a_request_too_many_did_nothing_and_is_sent_again(
    script: Scripted, client: Client, waits: list[float], call: Call
) -> None:
    script.will(Answer(429, headers={"Retry-After": "7"}), Answer(429), {"id": "a"})
    call(client)
    assert [one.body for one in script.asked] == [script.asked[0].body] * 3
    assert waits == [7.0, 1.0]


def test_requests_too_many_end(script: Scripted, client: Client, waits: list[float]) -> None:
    script.will(*[429] * 4)
    with pytest.raises(PortalUnreachable, match="demande d’attendre"):
        post(client)
    assert waits == [1.0] * 3


@pytest.mark.parametrize("call", ALL)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 415, 423])
def test_a_clear_refusal_is_not_sent_again(script: Scripted, client: Client, call: Call, status: int) -> None:
    script.will(status)
    if call is delete and status == 404:
        call(client)  # what is not there any more is deleted
    else:
        kind = {423: PortalUnreachable}.get(status, PortalRefusedError if status in (400, 413, 415) else PortalError)
        with pytest.raises(PortalError, match=rf"\({status}\)") as refused:
            call(client)
        assert isinstance(refused.value, kind)
    assert len(script.asked) == 1


def test_what_could_change_something_is_counted(script: Scripted, client: Client) -> None:
    script.will({}, {}, 502, {}, Answer(204), LOST)
    get(client)
    put(client)
    put(client)
    delete(client)
    with pytest.raises(UncertainError):
        post(client)
    assert client.writes == 5


def test_nobody_listens(waits: list[float]) -> None:
    with scripted() as gone:
        root = gone.root
    client = Client(Portal(root, production=False), KEY, IMPATIENT, sleep=waits.append)
    with pytest.raises(PortalUnreachable, match="connexion a été refusée"):
        client.get("1/me/")
    with pytest.raises(UncertainError, match="connexion a été refusée"):
        post(client)


# --- How long a wait is ---------------------------------------------------------------------------------------------

WAITS = [
    ({"Retry-After": "7"}, 7),
    ({"Retry-After": " 12.5 "}, 12.5),
    ({"Retry-After": IN_NINETY_SECONDS}, 90),
    ({"Retry-After": f"{NOW + 30:.0f}"}, 30),
    ({"X-RateLimit-Reset": "45"}, 45),
    ({"X-RateLimit-Reset": f"{NOW + 60:.0f}"}, 60),
    ({"X-RateLimit-Reset": f"{NOW + 60:.3f}"}, 60),
    ({"Retry-After": "3", "X-RateLimit-Reset": "45"}, 3),
    ({"Retry-After": "bientôt".encode().decode("latin-1"), "X-RateLimit-Reset": "45"}, 45),
    ({"Retry-After": "-5"}, 1),
    ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 1),
    ({"Retry-After": ""}, 1),
    ({}, 1),
]


@pytest.mark.parametrize(("headers", "seconds"), WAITS)
def test_a_wait_is_as_long_as_it_is_asked(
    script: Scripted, client: Client, waits: list[float], headers: dict[str, str], seconds: float
) -> None:
    script.will(Answer(429, headers=headers), {"id": "a"})
    client.get("1/me/")
    assert waits == [pytest.approx(seconds)]


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "301"}, {"X-RateLimit-Reset": f"{NOW + 4000:.0f}"}, {"Retry-After": "9" * 400}],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_too_long_ends_it(
    script: Scripted, client: Client, waits: list[float], status: int, headers: dict[str, str]
) -> None:
    script.will(Answer(status, headers=headers))
    with pytest.raises(PortalUnreachable, match="plus tard"):
        client.get("1/me/")
    assert waits == []
    assert len(script.asked) == 1


def test_a_portal_in_maintenance_is_waited_for_as_it_asks(script: Scripted, client: Client, waits: list[float]) -> None:
    script.will(Answer(503, headers={"Retry-After": "20"}), LOST, {"id": "a"})
    client.get("1/me/")
    assert waits == [20.0, 2.0]


def test_after_the_last_request_that_is_allowed_the_next_one_waits_and_nothing_else_does(
    script: Scripted, client: Client, waits: list[float]
) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
    script.will(Answer(body={"id": "a"}, headers=spent), Answer(body={}, headers={"X-RateLimit-Remaining": "3"}))
    assert post(client) == {"id": "a"}
    assert waits == [], "there may be no next one"
    assert get(client) == {}
    assert waits == [30.0]
    script.will({})
    get(client)
    assert waits == [30.0]


@given(
    st.sampled_from(["Retry-After", "X-RateLimit-Reset"]), st.text(alphabet="0123456789.-+:, GMTJanThu", max_size=40)
)
def test_no_header_is_a_fault(name: str, said: str) -> None:
    assert isinstance(asked_wait({name: said}, NOW), float)


# --- The key, and where requests go ---------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ALL)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(script: Scripted, client: Client, call: Call, status: int) -> None:
    script.will(Answer(status, headers={"Location": f"{script.root}/ailleurs"}))
    with pytest.raises(PortalError, match=rf"renvoie ailleurs \({status}\)"):
        call(client)
    assert len(script.asked) == 1
    assert script.asked[0].headers["X-API-KEY"] == KEY


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login moi password autre-secret\ndefault login moi password autre-secret\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))


@pytest.mark.parametrize("call", ALL)
def test_a_proxy_is_not_told_the_key_of_a_portal_of_this_machine(
    script: Scripted, waits: list[float], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with scripted() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.root)
        script.will({})
        call(Client(portal_at(script.root), KEY, IMPATIENT, sleep=waits.append))
    assert proxy.asked == []


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("call", ALL)
def test_no_credentials_but_the_key(script: Scripted, client: Client, call: Call) -> None:
    script.will({})
    call(client)
    assert "Authorization" not in script.asked[0].headers


@pytest.mark.usefixtures("netrc")
def test_a_file_is_downloaded_as_anybody_would(script: Scripted, client: Client) -> None:
    script.will(Answer(302, headers={"Location": f"{script.root}/fichier"}), Answer(body=b"a,b\n"))
    assert b"".join(client.download(f"{script.root}/r/1")) == b"a,b\n"
    assert script.calls == [("GET", "/r/1"), ("GET", "/fichier")]
    for asked in script.asked:
        assert {"X-API-KEY", "Authorization"}.isdisjoint(asked.headers)
        assert KEY not in str(asked.headers)


@pytest.mark.parametrize(
    ("answers", "kind", "why"),
    [
        ([404], PortalError, "le lien répond 404"),
        ([LOST], PortalUnreachable, "refusée ou coupée"),
        ([Answer(body=b"a,b", missing=4)], PortalUnreachable, "refusée ou coupée"),
        ([LATE], PortalUnreachable, "délai"),
        ([Answer(302, headers={"Location": "/r/1"})] * 40, PortalUnreachable, "renvoie sans fin"),
    ],
)
def test_a_file_can_not_be_downloaded(
    script: Scripted, client: Client, answers: list[object], kind: type[PortalError], why: str
) -> None:
    script.will(*answers)
    with pytest.raises(kind, match=why):
        list(client.download(f"{script.root}/r/1"))


@pytest.mark.parametrize("link", ["", "/datasets/r/1", "https://", "http://[::1"])
def test_a_link_may_be_none(client: Client, link: str) -> None:
    with pytest.raises(PortalUnreachable, match="l’adresse n’en est pas une"):
        list(client.download(link))


def test_without_a_key_none_is_sent(script: Scripted) -> None:
    script.will({})
    Client(portal_at(script.root), "").get("1/datasets/")
    assert "X-API-KEY" not in script.asked[0].headers


@pytest.mark.parametrize("call", [get, post])
@pytest.mark.parametrize(
    "said",
    [
        {"message": f"Invalid {KEY}"},
        {"errors": {"cle": [f"inconnue : {KEY}"]}},
        {"error": {"deep": KEY}},
        ["liste", KEY],
        KEY,
        f"<html>{KEY}</html>".encode(),
    ],
)
@pytest.mark.parametrize("status", [400, 404, 500])
def test_no_message_holds_the_key(script: Scripted, client: Client, call: Call, status: int, said: object) -> None:
    script.will(*[Answer(status, said)] * 4)
    try:
        call(client)
    except (PortalError, UncertainError) as error:
        assert KEY not in f"{error} {error!r} {error.__cause__!r}"
    assert KEY not in repr(client)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"message": "Non\nmerci"}, "« Non merci »"),
        ({"message": "rouge\x1b[31m"}, "« rouge\N{REPLACEMENT CHARACTER}[31m »"),
        ({"message": "a" * 400}, f"« {'a' * 299}… »"),
        ({"errors": {}, "message": "Au moins un e-mail"}, "« Au moins un e-mail »"),
    ],
)
def test_the_words_of_the_portal_are_shown(script: Scripted, client: Client, said: object, shown: str) -> None:
    script.will(Answer(400, said))
    with pytest.raises(PortalRefusedError) as refused:
        get(client)
    assert f"(le portail dit : {shown})" in str(refused.value)


# --- What is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [get, post])
@pytest.mark.parametrize("said", [b"", b"<html>", b"\xff{", b"[1]", b"null", b'"a"'])
def test_an_answer_may_be_no_portal_s(script: Scripted, client: Client, call: Call, said: bytes) -> None:
    script.will(Answer(body=said))
    with pytest.raises(PortalError, match="ne répond pas comme un portail udata"):
        call(client)


@pytest.mark.parametrize("said", [b"", b"<html>"])
def test_neither_is_that_of_a_change(script: Scripted, client: Client, said: bytes) -> None:
    script.will(Answer(body=said))
    with pytest.raises(PortalError, match="ne répond pas comme un portail udata"):
        put(client)


def test_a_list_is_a_list(script: Scripted, client: Client) -> None:
    script.will(Answer(body=["csv", "json"]), Answer(body={"message": "?"}))
    assert client.get_list("1/datasets/extensions/") == ["csv", "json"]
    with pytest.raises(PortalError, match="ne répond pas comme un portail udata"):
        client.get_list("1/datasets/extensions/")


def test_a_new_order_is_answered_by_a_list(script: Scripted, client: Client) -> None:
    script.will(Answer(body=[{"id": "b"}, {"id": "a"}]))
    client.put("1/datasets/jeu/resources/", [{"id": "b"}, {"id": "a"}])


def test_pages_are_asked_by_number_and_not_where_the_portal_says(script: Scripted, client: Client) -> None:
    elsewhere = "http://ailleurs.invalid/vol?page=2"
    script.will({"data": [{"id": "a"}], "next_page": elsewhere}, {"data": [{"id": "b"}], "next_page": None})
    assert list(client.pages("1/datasets/", "id,extras", owner="à moi")) == [{"id": "a"}, {"id": "b"}]
    assert [one.path for one in script.asked] == [
        f"/api/1/datasets/?owner=%C3%A0+moi&page={page}&page_size=50" for page in (1, 2)
    ]
    assert {one.headers["X-Fields"] for one in script.asked} == {"data{id,extras},next_page"}


@pytest.mark.parametrize("last", [{"data": []}, {"data": [], "next_page": "http://encore.invalid"}])
def test_pages_end(script: Scripted, client: Client, last: dict[str, object]) -> None:
    script.will({"data": [{"id": "a"}], "next_page": "http://encore.invalid"}, last)
    assert len(list(client.pages("1/datasets/", "id"))) == 1
    assert len(script.asked) == 2


@pytest.mark.parametrize("said", [{}, {"data": None}, {"message": "ok"}])
def test_pages_may_be_no_portal_s(script: Scripted, client: Client, said: dict[str, object]) -> None:
    script.will(said)
    with pytest.raises(PortalError, match="ne répond pas comme un portail udata"):
        list(client.pages("1/datasets/", "id"))


# --- A portal that means harm ---------------------------------------------------------------------------------------


def test_a_list_without_end_is_left(script: Scripted, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.portal.client._MOST_PAGES", 3)
    script.will(*[{"data": [{"id": "a"}], "next_page": "http://encore.invalid"}] * 5)
    with pytest.raises(PortalError, match="sans fin"):
        list(client.pages("1/datasets/", "id"))
    assert len(script.asked) == 3


@pytest.mark.parametrize("call", ALL)
def test_an_answer_without_end_is_left(
    script: Scripted, client: Client, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.portal.client._MOST_BYTES", 1 << 20)
    packed = gzip.compress(b" " * (8 << 20))
    script.will(Answer(body=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}))
    with pytest.raises(PortalError, match="dépasse 1 Mo"):
        call(client)
    assert len(script.asked) == 1


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("call", ALL)
def test_an_answer_nested_without_end_is_no_fault_of_ours(
    script: Scripted, client: Client, call: Call, status: int
) -> None:
    script.will(Answer(status, body=b"[" * 100_000))
    with pytest.raises(PortalError):
        call(client)


def test_errors_within_errors_are_shown_as_far_as_they_are_read(script: Scripted, client: Client) -> None:
    deep = b'{"errors": {"titre": "vide", "autre": ' + b'{"a": ' * 900 + b'"loin"' + b"}" * 902
    script.will(Answer(400, body=deep))
    with pytest.raises(PortalRefusedError, match="titre : vide »"):
        get(client)
