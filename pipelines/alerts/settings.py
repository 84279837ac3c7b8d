"""The channels by which alerts go out, from the environment and from nowhere else.

Belongs here: which variables there are, and what is wrong with them. Does not belong here: sending (``sending``). What
is secret is never shown: neither in a representation nor in a message.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import urlsplit

HOST, PORT, SECURITY = "CONTRATS_SMTP_HOTE", "CONTRATS_SMTP_PORT", "CONTRATS_SMTP_SECURITE"
USER, PASSWORD = "CONTRATS_SMTP_UTILISATEUR", "CONTRATS_SMTP_MOT_DE_PASSE"
SENDER, RECIPIENTS = "CONTRATS_ALERTES_DE", "CONTRATS_ALERTES_A"
WEBHOOK, SECRET = "CONTRATS_WEBHOOK_URL", "CONTRATS_WEBHOOK_SECRET"
PORTS = {"starttls": 587, "tls": 465, "aucune": 25}
"""The ways to speak to a mail server, with the usual port of each (RFC 8314, RFC 6409)."""


class AlertSettingsError(Exception):
    """A variable is missing or wrong; the reason is in French, for the administrator, and shows no secret."""


@dataclass(frozen=True)
class Mail:
    """A mail server, who writes and who is written to."""

    host: str
    port: int
    security: str
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What the channel is called in messages."""
        return f"courriel ({self.host})"


@dataclass(frozen=True)
class Webhook:
    """An address that takes JSON; its path and its query may hold a key."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What the channel is called in messages: the host, and nothing that may be secret."""
        return f"webhook ({urlsplit(self.url).hostname})"


Channel = Mail | Webhook


def channels(environment: Mapping[str, str] = os.environ) -> list[Channel]:
    """The channels that are set up; none when nothing is.

    Raises:
        AlertSettingsError: one is set up by halves, or wrongly.
    """
    found: list[Channel] = []
    if any(environment.get(name) for name in (HOST, PORT, SECURITY, USER, PASSWORD, SENDER, RECIPIENTS)):
        found.append(_mail(environment))
    if environment.get(WEBHOOK) or environment.get(SECRET):
        found.append(_webhook(environment))
    return found


def _mail(environment: Mapping[str, str]) -> Mail:
    for name in (HOST, SENDER, RECIPIENTS):
        if not environment.get(name):
            raise AlertSettingsError(
                f"{name} manque : les alertes par courriel demandent {HOST}, {SENDER}, {RECIPIENTS}."
            )
    security = environment.get(SECURITY) or "starttls"
    if security not in PORTS:
        raise AlertSettingsError(f"{SECURITY} vaut « {security} » : {', '.join(PORTS)} sont attendus.")
    port = environment.get(PORT) or str(PORTS[security])
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise AlertSettingsError(f"{PORT} vaut « {port} » : un nombre de 1 à 65535 est attendu.")
    user, password = environment.get(USER, ""), environment.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise AlertSettingsError(f"{USER} et {PASSWORD} vont ensemble : l’un des deux manque.")
    if user and security == "aucune" and environment[HOST] not in ("127.0.0.1", "localhost", "::1"):
        raise AlertSettingsError(
            f"{SECURITY} vaut « aucune » : le mot de passe passerait en clair ; mettez starttls ou tls."
        )
    recipients = tuple(_address(RECIPIENTS, one) for one in environment[RECIPIENTS].split(",") if one.strip())
    return Mail(
        environment[HOST], int(port), security, _address(SENDER, environment[SENDER]), recipients, user, password
    )


def _address(variable: str, text: str) -> str:
    name, address = parseaddr(text)
    local, at, domain = address.partition("@")
    if name or not (local and at and domain) or any(character.isspace() for character in text.strip()):
        raise AlertSettingsError(f"{variable} : « {text.strip()} » n’est pas une adresse, comme donnees@exemple.fr.")
    return address


def _webhook(environment: Mapping[str, str]) -> Webhook:
    url = environment.get(WEBHOOK, "")
    if not url:
        raise AlertSettingsError(f"{SECRET} est là sans {WEBHOOK} : l’adresse à appeler manque.")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        sound = False
    if not sound:
        raise AlertSettingsError(
            f"{WEBHOOK} n’est pas une adresse http(s) sans identifiants ; elle n’est pas montrée ici."
        )
    return Webhook(url, environment.get(SECRET, ""))
