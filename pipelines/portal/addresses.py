"""Whether an address leads somewhere: some names are set apart for examples, and a private machine is nobody else's.

Belongs here: that rule, which depends on the address alone. Does not belong here: what is done about it, any request.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_EXAMPLES = re.compile(r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)")
"""The names that RFC 2606 sets apart, with all that ends in them."""


def is_example(address: str) -> bool:
    """Whether an address is that of an example, of a machine that only its own reach, or of no host at all."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return True
    if not host or _EXAMPLES.fullmatch(host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    try:
        return not ipaddress.ip_address(socket.inet_aton(host)).is_global  # « 127.1 », as browsers read it
    except (OSError, ValueError):
        return False
