"""Carries a plan out, so that it can be stopped anywhere and started again.

Belongs here: the order of the requests, and what is done when one has no clear answer. Does not belong here: what
should change (``plan``), one request (``client``).

Nothing about a publication is remembered here: what the portal holds says what is left to do. A new dataset is a draft
until everything is in it and was read back. A resource gets our key right after its file; if that is cut, it is found
by its file's name. When a request that makes something has no clear answer, the portal is looked at again, and a new
plan is made. The version that the portal shows is written last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from pipelines.portal.answers import Json
from pipelines.portal.client import Client
from pipelines.portal.errors import PortalRefusedError, PortalUnreachable, UncertainError
from pipelines.portal.held import HeldDataset, HeldResource, Owner, find, read
from pipelines.portal.model import DATASET_KEY, RESOURCE_KEY, VERSION, Wanted, WantedResource
from pipelines.portal.plan import (
    VISIBILITY,
    Kind,
    Plan,
    Sending,
    contact_of,
    dataset_fields,
    order,
    plan,
    resource_fields,
)
from pipelines.portal.uploads import APART, Uploads

_TRIES = 5
"""How often the portal is looked at again without anything having moved forward."""
_DOING = {Kind.CREATE: "envoi", Kind.REPLACE: "remplacement", Kind.UPDATE: "mise à jour", Kind.REMOVE: "retrait"}
"""What is told of a resource when its turn comes."""
_DATASET_FORM = (
    *("title", "acronym", "description", "description_short", "license", "frequency", "frequency_date", "tags"),
    *("temporal_coverage", "spatial", "private", "archived", "access_type", "access_audiences"),
    *("authorization_request_url", "access_type_reason_category", "access_type_reason"),
)
"""What a PUT of a dataset sends: all that udata's form reads (17.18.0), but ``extras`` and ``resources``.

A PUT without tags or period empties them; one with resources deletes those that it does not name; one with extras
replaces them all, those of others too.
"""
_RESOURCE_FORM = ("title", "description", "type", "filetype", "url", "format", "mime", "filesize", "checksum", "schema")
"""The same for a resource, ``extras`` apart."""


@dataclass
class Publication:
    """A publication: a portal, its owner there, what a release wants, and who is told of each step."""

    client: Client
    owner: Owner
    wanted: Wanted
    tell: Callable[[str], None] = lambda _: None
    _extensions: frozenset[str] = frozenset()
    _uploads: Uploads = field(init=False)

    def __post_init__(self) -> None:
        self._uploads = Uploads(self.client)

    def look(self) -> tuple[HeldDataset | None, Plan]:
        """What the portal holds, and the plan; nothing is changed.

        Raises:
            PortalError: the portal does not let itself be read.
        """
        held = find(self.client, self.owner, self.wanted.dataset.key)
        return held, plan(self.wanted, held, self.extensions())

    def extensions(self) -> Collection[str]:
        """The extensions of the files that the portal takes (they are its settings, asked for once)."""
        if not self._extensions:
            self._extensions = frozenset(map(str, self.client.get_list("1/datasets/extensions/")))
        return self._extensions

    def apply(self) -> HeldDataset:
        """Takes the portal to what is wanted; returns what it then holds.

        Raises:
            PortalUnreachable: it stopped on the way; the same again goes on.
            PortalRefusedError: the portal refuses something, or does not give back what it was given.
            PortalError: it can't be used.
        """
        tries, left = _TRIES, math.inf
        while True:
            held, found = self.look()
            if found.nothing and held is not None:
                return held
            if found.changes < left:  # closer than ever: a portal that undoes what is done is not asked for ever
                tries, left = _TRIES, found.changes
            try:
                self._carry_out(found, held)
                return self._settled()
            except UncertainError as error:
                tries -= 1
                if not tries:
                    raise PortalUnreachable(
                        f"{self.client.portal.root} : {error.cause}. Le portail a été relu {_TRIES} fois sans que rien "
                        "n’avance. Relancez la même commande plus tard : elle reprend où elle en est."
                    ) from None
                self.tell(f"Sans réponse claire ({error.cause}) : le portail est relu avant de continuer.")
                self.client.sleep(APART * (_TRIES - tries))

    # --- One pass ---------------------------------------------------------------------------------------------------

    def _carry_out(self, found: Plan, held: HeldDataset | None) -> None:
        if held is None:
            self.tell("Création du jeu de données, en brouillon")
            held = read(self.client, self.client.identified(self.client.post("1/datasets/", json=self._new_dataset())))
            found = plan(self.wanted, held, self.extensions())
        # What is sent first is the last of the list: udata puts each new resource before the others.
        changing = [sending for sending in reversed(found.sent) if sending.kind.changes]
        for number, sending in enumerate(changing, start=1):
            self.tell(f"{number}/{len(changing)}  {sending.name} : {_DOING[sending.kind]}")
            try:
                self._make(held.id, sending)
            except PortalRefusedError as error:
                raise PortalRefusedError(f"{sending.name} : {error}") from None
        for other in found.others:
            if other.kind is Kind.REMOVE:
                self.tell(f"{other.name} : {_DOING[Kind.REMOVE]}")
                self.client.delete(f"1/datasets/{held.id}/resources/{other.held.id}/")
        self._put_in_order(held.id)
        self._put_dataset(held.id)

    def _make(self, dataset: str, sending: Sending) -> None:
        resource, held = sending.wanted, sending.held
        if resource.path is not None and (held is None or sending.kind is Kind.REPLACE):
            where = f"resources/{held.id}/upload/" if held else "upload/"
            held = HeldResource.of(
                self.client, self._uploads.send(f"1/datasets/{dataset}/{where}", resource.path, resource.name)
            )
        elif held is None:
            body = {**_remote(resource), "extras": {RESOURCE_KEY: resource.key}}
            held = HeldResource.of(self.client, self.client.post(f"1/datasets/{dataset}/resources/", json=body))
        if held.key != resource.key:
            self.client.put(f"2/datasets/{dataset}/resources/{held.id}/extras/", {RESOURCE_KEY: resource.key})
        if set(resource_fields(resource, held)) - {"clé"}:
            self.client.put(f"1/datasets/{dataset}/resources/{held.id}/", _resource_form(resource, held))

    def _put_in_order(self, dataset: str) -> None:
        held = read(self.client, dataset)
        found = plan(self.wanted, held, self.extensions())
        wanted = order(self.wanted, held, found.sent, found.others)
        if wanted is not None:
            self.tell("Ordre des ressources")
            self.client.put(f"1/datasets/{dataset}/resources/", [{"id": each} for each in wanted])

    def _put_dataset(self, dataset: str) -> None:
        held = read(self.client, dataset)
        fields = [name for name in dataset_fields(self.wanted, held, held.links()) if name != VISIBILITY]
        if fields:
            self.tell(f"Jeu de données : {', '.join(fields)}")
            self.client.put(f"1/datasets/{dataset}/", self._dataset_form(held))

    def _settled(self) -> HeldDataset:
        """Reads everything back, then shows a draft to everybody, and writes which version is shown.

        Raises:
            PortalRefusedError: something is not as it was sent.
        """
        held = self._read_back(draft=True)
        if held.version is None and held.private:
            self.tell("Jeu de données : rendu public")
            self.client.put(f"1/datasets/{held.id}/", {**self._dataset_form(held), "private": False})
            held = self._read_back()
        if held.version != self.wanted.dataset.version:
            self.client.put(f"2/datasets/{held.id}/extras/", {VERSION: self.wanted.dataset.version})
            held = read(self.client, held.id)
        return held

    def _read_back(self, *, draft: bool = False) -> HeldDataset:
        """What the portal holds, once it is what was sent; ``draft``: it may still be one."""
        held, found = self.look()
        fields = [name for name in found.fields if not (draft and name == VISIBILITY)]
        wrong = [f"jeu de données : {', '.join(fields)}"] if fields else []
        wrong += [f"{one.name} : {one.why}" for one in found.resources if one.kind.changes]
        wrong += ["ordre des ressources"] if found.reordered else []
        if held is None or wrong:
            raise PortalRefusedError(
                f"{self.client.portal.root} n’a pas gardé ce qui lui a été envoyé : {' ; '.join(wrong)}. "
                "Comparez avec sa page : une valeur n’est sans doute pas admise par ce portail."
            )
        return held

    # --- What is sent -----------------------------------------------------------------------------------------------

    def _new_dataset(self) -> Json:
        asked = self.wanted.dataset
        contact = {"contact_points": [self._contact()]} if asked.contact_form else {}
        extras = {"extras": {DATASET_KEY: asked.key}}
        return {**self._asked({}), **contact, **self.owner.as_json(), "private": True, **extras}

    def _dataset_form(self, held: HeldDataset) -> Json:
        """The whole dataset as it is, with what we say of it."""
        kept = {name: held.raw[name] for name in _DATASET_FORM if name in held.raw}
        points = [str(each["id"]) for each in held.raw.get("contact_points") or []]
        if self.wanted.dataset.contact_form and contact_of(self.wanted, held) is None:
            points = [self._contact()]
        said = {**self._asked(held.links()), **_owner_form(held), "contact_points": points}
        return {**kept, **said, "private": held.private}

    def _asked(self, links: dict[str, str]) -> Json:
        asked = self.wanted.dataset
        return {
            "title": asked.title,
            "description": asked.described(links),
            "description_short": asked.short,
            "license": asked.licence,
            "frequency": asked.frequency,
            "tags": list(asked.tags),
            "temporal_coverage": {"start": asked.start.isoformat(), "end": asked.end.isoformat()},
            "spatial": {"zones": list(asked.zones)},
        }

    def _contact(self) -> str:
        """The contact point; the portal gives the same one for the same words, so that asking twice makes one."""
        asked = self.wanted.dataset
        body = {"name": asked.contact_name, "contact_form": asked.contact_form, "role": "contact"}
        return self.client.identified(self.client.post("1/contacts/", json={**body, **self.owner.as_json()}))


def _owner_form(held: HeldDataset) -> Json:
    organisation = held.raw.get("organization")
    return {"organization": str(organisation["id"])} if organisation else {}


def _remote(resource: WantedResource) -> Json:
    return {
        "title": resource.title,
        "description": resource.description,
        "type": resource.type,
        "filetype": "remote",
        "url": resource.url,
        "format": resource.format,
    }


def _resource_form(resource: WantedResource, held: HeldResource) -> Json:
    """The whole resource as the portal has it now, with what we say of it; what the portal itself says, it ignores."""
    kept = {name: held.raw[name] for name in _RESOURCE_FORM if name in held.raw}
    said = {"title": resource.title, "description": resource.description, "type": resource.type}
    remote = _remote(resource) if resource.path is None else {}
    schema = {"url": resource.schema_url} if resource.schema_url else None
    return {**kept, **said, **remote, "schema": schema}
