"""What a portal holds: our dataset among those of an organisation, and its resources, as it answers.

Belongs here: finding and reading. Does not belong here: comparing with what is wanted (``plan``), changing anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from pipelines.portal.answers import Json
from pipelines.portal.client import Client
from pipelines.portal.errors import AbsentError, PortalError
from pipelines.portal.model import DATASET_KEY, RESOURCE_KEY, VERSION
from pipelines.text import printable

_DATASET_SHAPE: dict[str, type] = {
    **dict.fromkeys(("extras", "temporal_coverage", "spatial", "organization", "owner", "quality"), dict),
    **dict.fromkeys(("resources", "contact_points", "tags"), list),
}
"""What a field is when it is not null; the others are texts, or only compared."""
_RESOURCE_SHAPE: dict[str, type] = dict.fromkeys(("extras", "checksum", "schema"), dict)


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
        _require_shape(client, raw, _RESOURCE_SHAPE)
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
        found = (self.raw.get("extras") or {}).get(VERSION)
        return None if found is None else printable(found)

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
        name = printable(" ".join(str(me[part]) for part in ("first_name", "last_name") if me.get(part)))
        return Owner("owner", client.identified(me), name or client.identified(me))
    try:
        found = client.get(f"1/organizations/{quote(organisation, safe='')}/")
    except AbsentError:
        raise PortalError(
            f"{client.portal.root} : aucune organisation « {organisation} » n’y est connue. Son identifiant est à la "
            "fin de l’adresse de sa page ; celui de la démonstration n’est pas celui de www.data.gouv.fr."
        ) from None
    return Owner("organization", client.identified(found), printable(found.get("name") or organisation))


def find(client: Client, owner: Owner, key: str) -> HeldDataset | None:
    """Our dataset among its owner's, by our key; none when there is none.

    Raises:
        PortalError: there are several, or it was deleted and is not purged yet.
    """
    there = _ours(client, owner, key, deleted=False)
    if len(there) > 1:
        pages = ", ".join(printable(one.get("page") or one.get("id")) for one in there)
        raise PortalError(
            f"{client.portal.root} : plusieurs jeux de données de « {owner.name} » portent la clé « {key} » : {pages}. "
            "Supprimez depuis le portail ceux qui sont de trop."
        )
    if there:
        held = read(client, client.identified(there[0]))
        if str((held.raw.get(owner.kind) or {}).get("id")) != owner.id:
            raise PortalError(
                f"{client.portal.root} donne, parmi les jeux de données de « {owner.name} », celui de quelqu’un "
                f"d’autre : {held.page or held.id}. Rien n’y est changé ; signalez-le à ce portail."
            )
        return held
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
    raw = client.get(f"1/datasets/{quote(dataset, safe='')}/")
    _require_shape(client, raw, _DATASET_SHAPE)
    for each in raw.get("contact_points") or []:
        client.identified(each)
    resources = tuple(HeldResource.of(client, each) for each in raw.get("resources") or [])
    return HeldDataset(client.identified(raw), _page(raw), resources, raw)


def _page(raw: Json) -> str:
    """The address of its page, which people are shown and click on; empty when it is none."""
    said = printable(raw.get("page") or "")
    return said if said.startswith(("https://", "http://")) else ""


def _require_shape(client: Client, raw: Json, shape: Mapping[str, type]) -> None:
    """Refuses an answer of which a field is not what udata makes it."""
    wrong = [name for name, kind in shape.items() if not isinstance(raw.get(name), kind | None)]
    if wrong:
        raise client.not_udata(f"le champ « {wrong[0]} » n’est pas de la forme attendue")


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _ours(client: Client, owner: Owner, key: str, *, deleted: bool) -> list[Json]:
    asked = {owner.kind: owner.id, "deleted": "true" if deleted else "false"}
    listed = client.pages("1/datasets/", "id,page,extras", **asked)
    return [one for one in listed if isinstance(one.get("extras"), dict) and one["extras"].get(DATASET_KEY) == key]
