"""Requests to a portal that runs udata: what is sent, what is tried again, and what each refusal means.

Belongs here: one request and its answer, the key, limits of rate, waits. Does not belong here: what to ask (``held``,
``applying``), large files (``uploads``).

Three kinds of requests are tried again in three ways. What only reads, replaces or deletes (GET, PUT, DELETE) gives the
same when it is repeated: it is, after a wait. What makes something (POST) is repeated only when the portal said that it
did nothing (429); when its answer is lost, `UncertainError` leaves the decision to whoever can look at the portal.

The official client (datagouv-client 0.5.1) is not used here, and can't be a dependency: it repeats every failed call
five times, uploads included, which leaves a resource more each time; it has no setting for another portal than
data.gouv.fr's; and the fork of urllib3 that it installs takes the place of the one that everything else here uses.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, cast

import requests
from requests.auth import AuthBase

from pipelines.portal.errors import AbsentError, PortalError, PortalRefusedError, PortalUnreachable, UncertainError
from pipelines.portal.portals import Portal
from pipelines.text import numbered, printable

Json = dict[str, Any]
KEY_VARIABLE = "DATAGOUV_API_KEY"
_NAME = "contrats-destination"
"""How requests present themselves."""

_PAGE = 50
_MOST_PAGES = 1000
"""Of one list: nobody owns as many datasets; a list that goes on has no end."""
_MOST_BYTES = 64 * 1024 * 1024
"""Of one answer: a dataset with its resources takes some hundred kilobytes."""
_DEPTH = 10
"""Fields within fields whose errors are shown."""
_SHOWN = 300
"""Characters of the portal's own words that are shown."""
_PASSING = frozenset({500, 502, 503, 504})
_AGAIN = "Relancez la même commande plus tard : elle reprend où elle en est."
_RIGHTS = (
    "cette clé n’a pas le droit de faire cela",
    "Vérifiez l’organisation, et demandez à en être membre, comme éditeur ou administrateur.",
)
_REASONS = {
    400: (
        "il n’accepte pas ce qui lui est envoyé",
        "Corrigez ce qu’il nomme, refaites une version et recommencez : ce qui est déjà sur le portail y reste.",
    ),
    401: (
        "la clé est absente, fausse ou périmée",
        f"Vérifiez {KEY_VARIABLE} ; une clé se crée dans le profil, sur ce portail.",
    ),
    403: _RIGHTS,
    404: ("ce qui est demandé n’existe pas, ou plus, sur ce portail", "Recommencez : le portail est d’abord relu."),
    410: (
        "le jeu de données y a été supprimé",
        "Restaurez-le depuis le portail, ou attendez sa purge, dans la journée, puis recommencez.",
    ),
    413: ("l’envoi est trop gros pour lui", "Demandez-lui sa limite : un gros fichier lui arrive déjà par morceaux."),
    415: ("il n’accepte pas ce genre de fichier", "Voyez ses formats admis, ou demandez-lui d’admettre celui-ci."),
    423: ("il est en lecture seule en ce moment", _AGAIN),
    429: ("il demande d’attendre", _AGAIN),
}
"""What a refusal means, and what to do."""
_UNKNOWN = ("sa réponse est inattendue", "Recommencez ; si cela dure, signalez-le à ce portail.")
_REFUSING = frozenset({400, 413, 415})
_LATER = frozenset({423, 429})


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


@dataclass(frozen=True)
class _Answer:
    """An answer, read to its end."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def said(self) -> Any:  # noqa: ANN401  (what JSON holds)
        """What it says in JSON.

        Raises:
            ValueError: it is no JSON, or has no end of nesting.
        """
        try:
            return json.loads(self.content)
        except RecursionError:
            raise ValueError from None


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
            raise UncertainError(_unheard(error)) from None
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
            raise PortalUnreachable(f"le lien ne répond pas : {_unheard(error)}") from None

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
                cause, asked = _unheard(error), 0.0
                continue
            if answer.status_code in gone:
                return {}
            cause = self._unclear(answer)
            if not cause:
                return self._read(answer)
            asked = _asked_wait(answer.headers, self.now())
        raise PortalUnreachable(
            f"{self.portal.root} ne répond pas comme attendu ({numbered(tried, 'essai')}) : {cause}. {_AGAIN}"
        )

    def _send(self, method: str, path: str, **more: Any) -> _Answer:  # noqa: ANN401  (what requests takes)
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
            asked = _asked_wait(answer.headers, self.now())
            if asked <= self.patience.longest_wait:
                self._not_before = self.steady() + max(asked, self.patience.first_wait)
        return answer

    def _asked(self, method: str, url: str, **more: Any) -> _Answer:  # noqa: ANN401
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
            return _Answer(answer.status_code, answer.headers, bytes(content))

    def _unclear(self, answer: _Answer) -> str:
        """Why an answer does not say whether the request was carried out; nothing when it does."""
        if answer.status_code in _PASSING:
            return f"le portail a répondu {answer.status_code}{self._words(answer)}"
        # Another page than JSON is another server's, which the next attempt would meet again.
        if answer.status_code < 400 and answer.content and "json" in answer.headers.get("Content-Type", ""):
            return "la réponse du portail est coupée" if _json_of(answer) is None else ""
        return ""

    def _read(self, answer: _Answer) -> Any:  # noqa: ANN401  (what JSON holds)
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
        why, advice = _REASONS.get(status, _UNKNOWN)
        kind = PortalRefusedError if status in _REFUSING else PortalUnreachable if status in _LATER else PortalError
        if status == 404:
            raise AbsentError(f"{self.portal.root} : {why} ({status}). {advice}")
        if status == 400 and "organization" in _fields(answer):  # of someone who is not in it
            kind, (why, advice) = PortalError, _RIGHTS
        if status == 429 and (asked := _asked_wait(answer.headers, self.now())) > 0:
            why += f" {_told_wait(asked)}"
        raise kind(f"{self.portal.root} refuse ({status}) : {why}{self._words(answer)}. {advice}")

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

    def _words(self, answer: _Answer) -> str:
        """What the portal says of it, cut, and without the key should it repeat it."""
        said = _json_of(answer)
        told = said.get("errors") or said.get("message") or said.get("error") if isinstance(said, dict) else None
        if not told:
            return ""
        text = " ; ".join(_told(told))
        if self.key:
            text = text.replace(self.key, "…")
        return f" (le portail dit : « {printable(text, _SHOWN)} »)"

    # --- Waits ------------------------------------------------------------------------------------------------------

    def _may_wait(self, answer: _Answer) -> bool:
        """Waits as the portal asks; false when that is too long."""
        asked = _asked_wait(answer.headers, self.now())
        if asked > self.patience.longest_wait:
            return False
        self.sleep(max(asked, self.patience.first_wait))
        return True


def _asked_wait(headers: Mapping[str, str], now: float) -> float:
    """The seconds that the portal asks to wait: ``Retry-After``, else ``X-RateLimit-Reset``, else none said.

    Both are a number of seconds, or an instant: a date of HTTP (RFC 9110), or seconds since 1970.
    """
    for name in ("Retry-After", "X-RateLimit-Reset"):
        said = headers.get(name, "").strip()
        if _NUMBER.fullmatch(said):
            seconds = min(float(said), 1e12)
            return seconds - now if seconds > _INSTANT else seconds
        if said:
            try:
                return parsedate_to_datetime(said).timestamp() - now
            except (ValueError, OverflowError):
                continue
    return 0.0


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?")

_INSTANT = 1e9
"""From here on, a number of seconds is an instant (September 2001), not a wait (32 years)."""


def _unheard(error: requests.RequestException) -> str:
    """What happened to a request that got no answer; the library's own words hold the address and more."""
    if isinstance(error, requests.ConnectTimeout):
        return "le portail ne se laisse pas joindre dans le délai"
    if isinstance(error, requests.Timeout):
        return "la réponse n’est pas venue dans le délai"
    if isinstance(error, requests.exceptions.SSLError):
        return "le certificat du portail ne convient pas"
    if isinstance(error, requests.exceptions.ProxyError):
        return "le mandataire (proxy) ne répond pas"
    if isinstance(error, requests.TooManyRedirects):
        return "il renvoie sans fin d’une adresse à l’autre"
    if isinstance(error, ValueError):  # requests.exceptions.InvalidURL, MissingSchema and the like
        return "l’adresse n’en est pas une"
    return "la connexion a été refusée ou coupée"


def _json_of(answer: _Answer) -> object:
    try:
        found: object = answer.said
    except ValueError:
        return None
    return found


def _fields(answer: _Answer) -> Collection[str]:
    """The fields that a refusal is about."""
    said = _json_of(answer)
    errors = said.get("errors") if isinstance(said, dict) else None
    return errors if isinstance(errors, dict) else ()


def _told(value: object, name: str = "", depth: int = _DEPTH) -> Iterator[str]:
    """The texts in what a portal says of errors: one for each field, whose own may be nested."""
    if isinstance(value, dict) and depth:
        for inner, each in value.items():
            yield from _told(each, f"{name}.{inner}" if name else str(inner), depth - 1)
    elif isinstance(value, list) and depth:
        for each in value:
            yield from _told(each, name, depth - 1)
    elif isinstance(value, dict | list):
        return
    else:
        yield f"{name} : {value}" if name else str(value)


def _told_wait(seconds: float) -> str:
    if seconds < 120:
        return f"{math.ceil(seconds)} secondes"
    return f"{math.ceil(seconds / 60)} minutes" if seconds < 7200 else f"{math.ceil(seconds / 3600)} heures"
