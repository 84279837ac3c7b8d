"""Which portal is meant: its address, and whether what is published there is seen by everybody.

Belongs here: the two portals of data.gouv.fr, what an address must be, where the key is. Does not belong here: asking
it anything.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

DEMO = "https://demo.data.gouv.fr"
PRODUCTION = "https://www.data.gouv.fr"
KEY_VARIABLE = "DATAGOUV_API_KEY"
"""Where the key is, in the environment and nowhere else."""
_DEMO_HOSTS = frozenset({"demo.data.gouv.fr"})
_NAMES = {"demo": DEMO, "production": PRODUCTION, "www": PRODUCTION}
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]*:[0-9a-f:.]*")
"""A name, or an IPv6 address."""


@dataclass(frozen=True)
class Portal:
    """A portal: the root of its addresses, without a slash at the end.

    ``production``: anything but the demonstration portal and this machine; the guards are stricter there.
    """

    root: str
    production: bool

    def api(self, path: str) -> str:
        """The address of a call, from ``1/datasets/`` and the like."""
        return f"{self.root}/api/{path}"


def portal_at(given: str) -> Portal:
    """The portal of an address, or of ``demo`` or ``production``.

    Raises:
        ValueError: not the root of a portal, or one to which the key would go in clear; the reason is in French.
    """
    given = given.strip()
    try:
        parts = urlsplit(_NAMES.get(given, given))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise ValueError(f"« {given} » n’est pas l’adresse d’un portail ; attendu par exemple {DEMO}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError(
            "L’adresse du portail ne porte ni identifiant, ni clé, ni paramètre : donnez-en la racine seule."
        )
    if parts.path.strip("/"):
        raise ValueError(f"« {given} » : donnez la racine du portail, sans « /{parts.path.strip('/')} ».")
    here = _is_loopback(host)
    if parts.scheme == "http" and not here:
        raise ValueError(f"« {given} » : l’adresse commence par https://, pour que la clé ne circule pas en clair.")
    if host == "data.gouv.fr":  # it redirects, and a request that carries the key follows nothing
        host = "www.data.gouv.fr"
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    return Portal(f"{parts.scheme}://{place}", production=not here and host not in _DEMO_HOSTS)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
