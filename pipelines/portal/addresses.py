"""Whether an address leads somewhere: some names are set apart for examples, and this machine is nobody else's.

Belongs here: that rule, which depends on the address alone. Does not belong here: what is done about it, any request.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_EXAMPLES = (
    *("test", "example", "invalid", "localhost"),
    *("example.com", "example.net", "example.org"),
)
"""The names that RFC 2606 sets apart, with all that ends in them."""


def is_example(address: str) -> bool:
    """Whether an address is that of an example, of this machine, or of no host at all: a reader cannot follow it."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return not host or any(host == name or host.endswith(f".{name}") for name in _EXAMPLES)
    return number.is_loopback or number.is_unspecified
