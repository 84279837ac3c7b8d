"""Requests to a portal that runs udata: what is sent, and what is tried again.

Belongs here: one request and its answer, the key, limits of rate. Does not belong here: what an answer means
(``answers``), what to ask (``held``, ``applying``), large files (``uploads``).

Three kinds of requests are tried again in three ways. What only reads, replaces or deletes (GET, PUT, DELETE) gives the
same when it is repeated: it is, after a wait. What makes something (POST) is repeated only when the portal said that it
did nothing (429); when its answer is lost, `UncertainError` leaves the decision to whoever can look at the portal.

The official client (datagouv-client 0.5.1) is not used here, and can't be a dependency: it repeats every failed call
five times, uploads included, which leaves a resource more each time; it has no setting for another portal than
data.gouv.fr's; and the fork of urllib3 that it installs takes the place of the one that everything else here uses.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import requests
from requests.auth import AuthBase

from pipelines.portal.answers import AGAIN, Answer, Json, asked_wait, refusal, unheard
from pipelines.portal.errors import PortalError, PortalUnreachable, UncertainError
from pipelines.portal.portals import Portal
from pipelines.text import numbered

_NAME = "contrats-destination"
"""How requests present themselves."""

_PAGE = 50
_MOST_PAGES = 1000
"""Of one list: nobody owns as many datasets; a list that goes on has no end."""
_MOST_BYTES = 64 * 1024 * 1024
"""Of one answer: a dataset with its resources takes some hundred kilobytes."""
_PASSING = frozenset({500, 502, 503, 504})


class _NoOther(AuthBase):
    """No other credentials than the key: requests would else add those of a ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Anybody(requests.Session):
    """Without credentials, wherever it is led: requests would else look into a ``.netrc`` at each redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["User-Agent"] = _NAME
        self.auth = _NoOther()

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Adds none."""


@dataclass(frozen=True)
class Patience:
    """How long a portal is waited for: seconds, and attempts of a request that may be repeated."""

    connect: float = 10.0
    answer: float = 120.0
    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 300.0
    """Above this, a wait that the portal asks for ends the command instead."""

    def waits(self) -> Iterator[float]:
        """What to wait before each attempt: nothing before the first, then twice as long each time."""
        yield 0.0
        yield from (self.first_wait * 2**number for number in range(self.attempts - 1))


@dataclass
class Client:
    """A portal and a key. ``sleep``, ``now`` (since 1970) and ``steady`` (never set back) are the only clock."""

    portal: Portal
    key: str = field(repr=False)
    patience: Patience = Patience()
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    writes: int = 0
    """Requests that could change something, as far as they were sent."""
    _session: requests.Session = field(default_factory=requests.Session, repr=False)
    _not_before: float = field(default=-math.inf, repr=False)
    """When the next request may be sent, by ``steady``."""

    def __post_init__(self) -> None:
        self._session.headers.update({"User-Agent": _NAME, "Accept": "application/json"})
        self._session.auth = _NoOther()
        if self.key:
            self._session.headers["X-API-KEY"] = self.key
        if self.portal.root.startswith("http:"):  # this machine: a proxy of the environment would be told the key
            self._session.trust_env = False

    def get(self, path: str, **parameters: str) -> Json:
        """What a call answers; ``path`` is ``1/datasets/…``.

        Raises:
            PortalError: it can't be had.
        """
        return self._object(self._repeated("GET", path, params=parameters))

    def get_list(self, path: str) -> list[Any]:
        """What a call that answers a list answers.

        Raises:
            PortalError: it can't be had.
        """
        found = self._repeated("GET", path)
        if not isinstance(found, list):
            raise self.not_udata("une liste était attendue")
        return found

    def pages(self, path: str, fields: str, **parameters: str) -> Iterator[Json]:
        """Every element of a paginated list, with these fields only.

        Raises:
            PortalError: it can't be had.
        """
        page, more = 1, True
        while more:
            if page > _MOST_PAGES:
                raise self.not_udata("une liste y est sans fin")
            # The address of the next page is not followed: it is the portal's word, and the key goes with the request.
            asked = {**parameters, "page": str(page), "page_size": str(_PAGE)}
            headers = {"X-Fields": f"data{{{fields}}},next_page"}
            found = self._repeated("GET", path, params=asked, headers=headers)
            data = found.get("data") if isinstance(found, dict) else None
            if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
                raise self.not_udata("une liste en pages était attendue")
            yield from data
            page, more = page + 1, bool(data and found.get("next_page"))

    def put(self, path: str, body: object) -> Json:
        """Replaces something; the same request twice gives the same.

        Raises:
            PortalError: it was not carried out.
        """
        return cast(Json, self._repeated("PUT", path, json=body))

    def delete(self, path: str) -> None:
        """Deletes something; what is not there any more is deleted.

        Raises:
            PortalError: it was not carried out.
        """
        self._repeated("DELETE", path, gone=frozenset({404}))

    def post(self, path: str, **more: object) -> Json:
        """Makes something, at most once; ``more``: its ``json``, or its ``data`` and ``files``, as requests takes them.

        Raises:
            UncertainError: no clear answer.
            PortalError: it was not carried out.
        """
        try:
            answer = self._send("POST", path, **more)
        except requests.RequestException as error:
            raise UncertainError(unheard(error)) from None
        if cause := self._unclear(answer):
            raise UncertainError(cause)
        return self._object(self._read(answer))

    def download(self, url: str) -> Iterator[bytes]:
        """The content at an address, as anybody gets it: without the key, wherever it leads.

        Raises:
            PortalUnreachable: not now, or not to its end.
            PortalError: it can't be had.
        """
        try:
            with _Anybody() as session, session.get(url, timeout=self._timeout, stream=True) as answer:
                if answer.status_code != 200:
                    kind = PortalUnreachable if answer.status_code in _PASSING else PortalError
                    raise kind(f"le lien répond {answer.status_code}")
                yield from answer.iter_content(1 << 20)
        except requests.RequestException as error:
            raise PortalUnreachable(f"le lien ne répond pas : {unheard(error)}") from None

    def identified(self, answer: object) -> str:
        """The identifier of what was read or made.

        Raises:
            PortalError: the answer has none.
        """
        if isinstance(answer, dict) and isinstance(answer.get("id"), str):
            return str(answer["id"])
        raise self.not_udata("sa réponse n’a pas d’identifiant")

    # --- One request ------------------------------------------------------------------------------------------------

    @property
    def _timeout(self) -> tuple[float, float]:
        return self.patience.connect, self.patience.answer

    def _repeated(self, method: str, path: str, gone: frozenset[int] = frozenset(), **more: object) -> Any:  # noqa: ANN401
        cause, asked, tried = "", 0.0, 0
        while tried < self.patience.attempts and asked <= self.patience.longest_wait:
            if tried:
                self.sleep(max(asked, self.patience.first_wait * 2 ** (tried - 1)))
            tried += 1
            try:
                answer = self._send(method, path, **more)
            except requests.RequestException as error:
                cause, asked = unheard(error), 0.0
                continue
            if answer.status_code in gone:
                return {}
            cause = self._unclear(answer)
            if not cause:
                return self._read(answer)
            asked = asked_wait(answer.headers, self.now())
        raise PortalUnreachable(
            f"{self.portal.root} ne répond pas comme attendu ({numbered(tried, 'essai')}) : {cause}. {AGAIN}"
        )

    def _send(self, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401  (what requests takes)
        """One request. A 429 says that nothing was done: the request is sent again, whatever it is, after the wait."""
        for left in reversed(range(self.patience.attempts)):
            if method != "GET":
                self.writes += 1
            if (early := self._not_before - self.steady()) > 0:
                self.sleep(early)
            self._not_before = -math.inf
            answer = self._asked(method, self.portal.api(path), **more)
            if answer.status_code != 429 or not left or not self._may_wait(answer):
                break
        if answer.status_code != 429 and answer.headers.get("X-RateLimit-Remaining", "").strip() == "0":
            asked = asked_wait(answer.headers, self.now())
            if asked <= self.patience.longest_wait:
                self._not_before = self.steady() + max(asked, self.patience.first_wait)
        return answer

    def _asked(self, method: str, url: str, **more: Any) -> Answer:  # noqa: ANN401
        """The answer to a request, whole.

        Raises:
            PortalError: it has no end.
            requests.RequestException: it was not heard to its end.
        """
        options: dict[str, Any] = {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        with self._session.request(method, url, **options, **more) as answer:
            content = bytearray()
            for block in answer.iter_content(1 << 16):
                content += block
                if len(content) > _MOST_BYTES:
                    raise self.not_udata(f"une réponse dépasse {_MOST_BYTES >> 20} Mo")
            return Answer(answer.status_code, answer.headers, bytes(content))

    def _unclear(self, answer: Answer) -> str:
        """Why an answer does not say whether the request was carried out; nothing when it does."""
        if answer.status_code in _PASSING:
            return f"le portail a répondu {answer.status_code}{answer.words(self.key)}"
        # Another page than JSON is another server's, which the next attempt would meet again.
        if answer.status_code < 400 and answer.content and "json" in answer.headers.get("Content-Type", ""):
            return "la réponse du portail est coupée" if answer.json() is None else ""
        return ""

    def _read(self, answer: Answer) -> Any:  # noqa: ANN401  (what JSON holds)
        status = answer.status_code
        if status == 204:
            return {}
        if 200 <= status < 300:
            try:
                return answer.said
            except ValueError:
                raise self.not_udata("sa réponse n’est pas du JSON") from None
        if 300 <= status < 400:
            raise PortalError(
                f"{self.portal.root} renvoie ailleurs ({status}) : donnez à --portal l’adresse définitive du portail."
            )
        raise refusal(self.portal.root, answer, self.key, self.now())

    def _object(self, answer: object) -> Json:
        if not isinstance(answer, dict):
            raise self.not_udata("un objet JSON était attendu")
        return answer

    def not_udata(self, why: str) -> PortalError:
        """What to raise of an answer that no portal gives."""
        return PortalError(
            f"{self.portal.root} ne répond pas comme un portail udata : {why}. "
            "Vérifiez l’adresse donnée à --portal ; si c’est bien elle, le portail est peut-être en travaux."
        )

    # --- Waits ------------------------------------------------------------------------------------------------------

    def _may_wait(self, answer: Answer) -> bool:
        """Waits as the portal asks; false when that is too long."""
        asked = asked_wait(answer.headers, self.now())
        if asked > self.patience.longest_wait:
            return False
        self.sleep(max(asked, self.patience.first_wait))
        return True
