"""What a portal that runs udata answers, and what it means: its JSON, its own words, refusals, waits.

Belongs here: reading one answer, or why there is none. Does not belong here: sending requests, and again (``client``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from pipelines.portal.errors import AbsentError, PortalError, PortalRefusedError, PortalUnreachable
from pipelines.portal.portals import KEY_VARIABLE
from pipelines.text import printable

Json = dict[str, Any]
AGAIN = "Relancez la même commande plus tard : elle reprend où elle en est."

_DEPTH = 10
"""Fields within fields whose errors are shown."""
_SHOWN = 300
"""Characters of the portal's own words that are shown."""
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
    423: ("il est en lecture seule en ce moment", AGAIN),
    429: ("il demande d’attendre", AGAIN),
}
"""What a refusal means, and what to do."""
_UNKNOWN = ("sa réponse est inattendue", "Recommencez ; si cela dure, signalez-le à ce portail.")
_REFUSING = frozenset({400, 413, 415})
_LATER = frozenset({423, 429})


@dataclass(frozen=True)
class Answer:
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

    def json(self) -> object:
        """What it says in JSON, nothing when it is none."""
        try:
            found: object = self.said
        except ValueError:
            return None
        return found

    def fields(self) -> Collection[str]:
        """The fields that a refusal is about."""
        said = self.json()
        errors = said.get("errors") if isinstance(said, dict) else None
        return errors if isinstance(errors, dict) else ()

    def words(self, key: str) -> str:
        """What the portal says of it, cut, and without the key should it repeat it."""
        said = self.json()
        told = said.get("errors") or said.get("message") or said.get("error") if isinstance(said, dict) else None
        if not told:
            return ""
        text = " ; ".join(_told(told))
        if key:
            text = text.replace(key, "…")
        return f" (le portail dit : « {printable(text, _SHOWN)} »)"


def refusal(root: str, answer: Answer, key: str, now: float) -> PortalError:
    """What to raise of an answer that refuses; ``root``: the portal's address, ``now``: seconds since 1970."""
    status = answer.status_code
    why, advice = _REASONS.get(status, _UNKNOWN)
    if status == 404:
        return AbsentError(f"{root} : {why} ({status}). {advice}")
    kind = PortalRefusedError if status in _REFUSING else PortalUnreachable if status in _LATER else PortalError
    if status == 400 and "organization" in answer.fields():  # of someone who is not in it
        kind, (why, advice) = PortalError, _RIGHTS
    if status == 429 and (asked := asked_wait(answer.headers, now)) > 0:
        why += f" {_told_wait(asked)}"
    return kind(f"{root} refuse ({status}) : {why}{answer.words(key)}. {advice}")


def unheard(error: requests.RequestException) -> str:
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


def asked_wait(headers: Mapping[str, str], now: float) -> float:
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
