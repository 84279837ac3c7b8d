"""What a portal holds: our dataset among those of an organisation, and its resources, as it answers.

Belongs here: finding and reading. Does not belong here: comparing with what is wanted (``plan``), changing anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote, unquote, urlsplit

from pipelines.portal.client import Client, Json
from pipelines.portal.errors import AbsentError, PortalError
from pipelines.portal.model import DATASET_KEY, RESOURCE_KEY, VERSION


@dataclass(frozen=True)
class HeldResource:
    """A resource of the portal. ``key`` is ours, empty for what we did not make; ``name`` is its file's, if any."""

    id: str
    key: str
    name: str
    sha1: str
    link: str
    raw: Json = field(repr=False)

    @classmethod
    def of(cls, client: Client, raw: Json) -> HeldResource:
        """A resource as the portal writes it.

        Raises:
            PortalError: it is none.
        """
        identifier = client.identified(raw)
        checksum = raw.get("checksum") or {}
        return cls(
            id=identifier,
            key=str((raw.get("extras") or {}).get(RESOURCE_KEY) or ""),
            name=_file_name(str(raw.get("url") or "")) if raw.get("filetype") == "file" else "",
            sha1=str(checksum.get("value") or "") if checksum.get("type") == "sha1" else "",
            link=str(raw.get("latest") or ""),
            raw=raw,
        )

    def text(self, name: str) -> str:
        """A text of it, empty when the portal says none."""
        return str(self.raw.get(name) or "")

    @property
    def hosted(self) -> bool:
        """Whether the portal itself keeps the file."""
        return self.raw.get("filetype") == "file"

    @property
    def schema_url(self) -> str:
        """The address of its schema, empty when it has none."""
        return str((self.raw.get("schema") or {}).get("url") or "")


@dataclass(frozen=True)
class HeldDataset:
    """Our dataset, as the portal holds it."""

    id: str
    page: str
    resources: tuple[HeldResource, ...]
    raw: Json = field(repr=False)

    @property
    def version(self) -> str | None:
        """The version that was wholly published; none before the first one was."""
        return cast("dict[str, str]", self.raw.get("extras") or {}).get(VERSION)

    @property
    def private(self) -> bool:
        """Whether only its owners see it."""
        return bool(self.raw.get("private"))

    def links(self) -> dict[str, str]:
        """The permanent addresses of our resources, by key."""
        return {resource.key: resource.link for resource in self.resources if resource.key}


@dataclass(frozen=True)
class Owner:
    """To whom the dataset belongs: an organisation, or the person of the key."""

    kind: str
    id: str
    name: str

    def told(self) -> str:
        """In French; a person is named as one, since leaving the organisation out makes another dataset, of theirs."""
        return self.name if self.kind == "organization" else f"{self.name} (la personne de la clé)"

    def as_json(self) -> Json:
        """As a dataset's form wants it; a person's own datasets name nobody."""
        return {"organization": self.id} if self.kind == "organization" else {}


def owner_of(client: Client, organisation: str | None) -> Owner:
    """The organisation of this identifier (or of this name in the portal's addresses), else who the key belongs to.

    Raises:
        PortalError: there is no such organisation, or the key is refused.
    """
    if organisation is None:
        me = client.get("1/me/")
        name = " ".join(str(me[part]) for part in ("first_name", "last_name") if me.get(part))
        return Owner("owner", client.identified(me), name or client.identified(me))
    try:
        found = client.get(f"1/organizations/{quote(organisation, safe='')}/")
    except AbsentError:
        raise PortalError(
            f"{client.portal.root} : aucune organisation « {organisation} » n’y est connue. Son identifiant est à la "
            "fin de l’adresse de sa page ; celui de la démonstration n’est pas celui de www.data.gouv.fr."
        ) from None
    return Owner("organization", client.identified(found), str(found.get("name") or organisation))


def find(client: Client, owner: Owner, key: str) -> HeldDataset | None:
    """Our dataset among its owner's, by our key; none when there is none.

    Raises:
        PortalError: there are several, or it was deleted and is not purged yet.
    """
    there = _ours(client, owner, key, deleted=False)
    if len(there) > 1:
        pages = ", ".join(str(one.get("page") or one["id"]) for one in there)
        raise PortalError(
            f"{client.portal.root} : plusieurs jeux de données de « {owner.name} » portent la clé « {key} » : {pages}. "
            "Supprimez depuis le portail ceux qui sont de trop."
        )
    if there:
        return read(client, str(there[0]["id"]))
    if _ours(client, owner, key, deleted=True):
        raise PortalError(
            f"{client.portal.root} : le jeu de données « {key} » de « {owner.name} » y a été supprimé, et n’est pas "
            "encore purgé. Restaurez-le depuis le portail pour garder ses liens, ou attendez sa purge, dans la journée."
        )
    return None


def read(client: Client, dataset: str) -> HeldDataset:
    """A dataset, whole.

    Raises:
        PortalError: it can't be read.
    """
    raw = client.get(f"1/datasets/{dataset}/")
    resources = tuple(HeldResource.of(client, each) for each in raw.get("resources") or [])
    return HeldDataset(client.identified(raw), str(raw.get("page") or ""), resources, raw)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _ours(client: Client, owner: Owner, key: str, *, deleted: bool) -> list[Json]:
    asked = {owner.kind: owner.id, "deleted": "true" if deleted else "false"}
    listed = client.pages("1/datasets/", "id,page,extras", **asked)
    return [one for one in listed if (one.get("extras") or {}).get(DATASET_KEY) == key]
