"""Addresses of object stores, and what can go wrong with them, in words.

Belongs here: telling an address from a folder, opening the store that it names, its errors. Does not belong here: what
is fetched (``mirror``) and sent (``releases``).
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_S3 = ("s3", "s3a")
_IMPOSSIBLE = (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST, errno.EINVAL)
_CONNECT, _READ, _ATTEMPTS = 5, 20, 2
"""Seconds to reach a store, seconds that it may stay silent, attempts of each of two layers of libraries."""


class StorageError(Exception):
    """A store refuses, or is not what it should be; the reason is in French, and shows no key."""


class StorageUnreachable(StorageError):  # noqa: N818  (a state of the store more than an error)
    """A store does not answer: it may pass."""


def is_address(place: object) -> bool:
    """Whether a place is the address of a store, and not a folder."""
    return "://" in str(place)


@dataclass(frozen=True)
class Place:
    """A folder of a store: ``address`` as it was given, ``root`` as the store names it."""

    address: str
    store: AbstractFileSystem
    root: str

    @property
    def conditional(self) -> bool:
        """Whether the store can refuse to replace what changed meanwhile (S3: ``If-Match``, ``If-None-Match``)."""
        return urlsplit(self.address).scheme in _S3

    @property
    def key(self) -> str:
        """A name for a folder of this machine, the same for the same address."""
        return hashlib.sha256(self.address.rstrip("/").encode()).hexdigest()[:16]

    def at(self, name: str) -> str:
        """The path of a name in it."""
        return f"{self.root}/{name}"


def open_place(address: str) -> Place:
    """The store of an address. Keys come from the environment (``AWS_ACCESS_KEY_ID``…), never from the address.

    Raises:
        StorageError: it is no address of a store that can be opened here.
    """
    import fsspec

    scheme = address.partition("://")[0]
    if "@" in address or ":" in address.partition("://")[2]:  # a key may hold « / », where an address is cut
        raise StorageError(
            f"L’adresse {scheme}://… contient un identifiant : donnez les clés par AWS_ACCESS_KEY_ID et "
            "AWS_SECRET_ACCESS_KEY."
        )
    parts = urlsplit(address)
    if parts.scheme in _S3 and not parts.netloc:
        raise StorageError(f"L’adresse {address} ne dit pas quel seau : s3://seau/préfixe.")
    limits = {"connect_timeout": _CONNECT, "read_timeout": _READ, "retries": {"max_attempts": _ATTEMPTS}}
    own = {"config_kwargs": limits, "use_listings_cache": False} if parts.scheme in _S3 else {}
    try:
        store, root = fsspec.url_to_fs(address.rstrip("/"), **own)
    except ImportError as error:
        raise StorageError(
            f"Rien ici ne sait lire {parts.scheme}:// ; pour s3://, installez le projet avec l’option s3 : "
            "pip install -e '.[s3]'."
        ) from error
    except ValueError as error:
        raise StorageError(f"{address} n’est pas une adresse que ce programme sait lire.") from error
    except OSError as error:  # some are reached as soon as they are opened
        raise StorageUnreachable(f"{address} ne répond pas, ou mal ({type(error).__name__}).") from error
    if parts.scheme in _S3:
        store.retries = _ATTEMPTS
    return Place(address, store, str(root).rstrip("/"))


@contextmanager
def as_storage_error(place: Place) -> Iterator[None]:
    """Turns what a store raises into a `StorageError`, or a `StorageUnreachable` when it may pass.

    The libraries' words are not repeated: they may hold a signed address.
    """
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        if error.filename is not None and error.errno in _IMPOSSIBLE:
            raise StorageError(f"{place.address} contient un fichier dont le nom n’est pas possible ici.") from error
        if error.filename is not None or error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # a disk of this machine
        raise _said(place, error) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("botocore", "aiobotocore", "aiohttp", "s3fs"):
            raise
        raise _said(place, error) from None


def _said(place: Place, error: Exception) -> StorageError:
    name = type(error).__name__
    if isinstance(error, FileNotFoundError):
        return StorageError(f"{place.address} : ce seau ou ce préfixe n’existe pas, ou n’a pas tous ses fichiers.")
    if "RequestTimeTooSkewed" in f"{error} {error.__cause__}" or "difference between the request time" in str(error):
        return StorageError(f"{place.address} : l’horloge de cette machine n’est pas à l’heure.")
    if isinstance(error, PermissionError):
        return StorageError(
            f"{place.address} : l’accès est refusé. Vérifiez AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY et les droits de "
            "cette clé (docs/stockage.md)."
        )
    if name in ("NoCredentialsError", "PartialCredentialsError"):
        return StorageError(f"{place.address} : aucune clé. Donnez AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY.")
    return StorageUnreachable(f"{place.address} ne répond pas, ou mal ({name}) ; réessayez plus tard.")
