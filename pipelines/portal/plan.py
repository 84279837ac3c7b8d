"""The plan: what takes a portal from what it holds to what a release wants, each step with its reason.

Belongs here: comparing the two, purely. Does not belong here: asking the portal (``held``), carrying it out
(``applying``), its words on a screen (``plan_text``).

A resource is found by our key. One without a key that bears the name of a file of ours is taken for ours: it is what an
interrupted upload leaves, or what a person sent before. Everything else without our key belongs to somebody, and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from pipelines.portal.held import HeldDataset, HeldResource
from pipelines.portal.model import Wanted, WantedResource
from pipelines.portal.uploads import sha1
from pipelines.text import printable

VISIBILITY = "visibilité"
"""The field of the dataset that differs as long as a publication left it a draft."""
_LINK_LOST = "son lien permanent cessera de répondre"
_REMADE = "un fichier envoyé et un lien ne se changent pas l’un en l’autre"


class Kind(Enum):
    """What is done of a resource, or of the dataset."""

    CREATE = "créer"
    REPLACE = "remplacer"
    UPDATE = "mettre à jour"
    KEEP = "garder"
    REMOVE = "retirer"
    LEAVE = "laisser"
    SKIP = "écarter"

    @property
    def changes(self) -> bool:
        """Whether the portal is changed by it."""
        return self in (Kind.CREATE, Kind.REPLACE, Kind.UPDATE, Kind.REMOVE)


@dataclass(frozen=True)
class Sending:
    """What is done of a resource that the release wants, and why; ``held``: the one that the portal has of it."""

    kind: Kind
    why: str
    wanted: WantedResource
    held: HeldResource | None = None

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.wanted.key


@dataclass(frozen=True)
class Other:
    """What is done of a resource of the portal that the release does not want, and why."""

    kind: Kind
    why: str
    held: HeldResource

    @property
    def name(self) -> str:
        """What a person knows it by: our key, or its title when it is not ours."""
        return printable(self.held.key or self.held.text("title") or self.held.id)


@dataclass(frozen=True)
class Plan:
    """What is to be done. ``dataset``: of the dataset itself; ``fields``: what differs of it, in French."""

    dataset: Kind
    fields: tuple[str, ...]
    sent: tuple[Sending, ...]
    others: tuple[Other, ...]
    reordered: bool
    shown: str | None
    version: str
    remarks: tuple[str, ...] = ()

    @property
    def resources(self) -> tuple[Sending | Other, ...]:
        """What is done of every resource."""
        return (*self.sent, *self.others)

    @property
    def nothing(self) -> bool:
        """Whether the portal is already in the state of the release."""
        return self.changes == 0

    @property
    def changes(self) -> int:
        """How many things change."""
        own = int(self.dataset.changes) + int(self.reordered) + int(self.shown != self.version)
        return own + sum(one.kind.changes for one in self.resources)


def plan(wanted: Wanted, held: HeldDataset | None, extensions: Collection[str]) -> Plan:
    """What makes a portal show what a release wants; ``held``: our dataset there; ``extensions``: those it takes.

    Files are read for their digest; nothing else is.
    """
    sent, others = _resources(wanted, held.resources if held else (), extensions)
    settled = all(one.kind is not Kind.CREATE for one in sent)
    fields = dataset_fields(wanted, held, _links(sent, others)) if held else ()
    return Plan(
        dataset=Kind.CREATE if held is None else Kind.UPDATE if fields else Kind.KEEP,
        fields=fields,
        sent=sent,
        others=others,
        reordered=held is not None and settled and order(wanted, held, sent, others) is not None,
        shown=held.version if held else None,
        version=wanted.dataset.version,
        remarks=wanted.remarks,
    )


# --- The dataset ---------------------------------------------------------------------------------------------------


def dataset_fields(wanted: Wanted, held: HeldDataset, links: Mapping[str, str]) -> tuple[str, ...]:
    """The fields of the dataset that differ, in French."""
    said, asked = held.raw, wanted.dataset
    coverage = said.get("temporal_coverage") or {}
    differs = {
        "titre": _plain(said.get("title")) != _plain(asked.title),
        "description": _plain(said.get("description")) != _plain(asked.described(links)),
        "résumé": _plain(said.get("description_short")) != _plain(asked.short),
        "licence": said.get("license") != asked.licence,
        "fréquence": said.get("frequency") != asked.frequency,
        "mots-clés": set(said.get("tags") or []) != set(asked.tags),
        "période": (_day(coverage.get("start")), _day(coverage.get("end")))
        != (asked.start.isoformat(), asked.end.isoformat()),
        "territoire": set((said.get("spatial") or {}).get("zones") or []) != set(asked.zones),
        "contact": bool(asked.contact_form) and contact_of(wanted, held) is None,
        VISIBILITY: held.private and held.version is None,  # afterwards, hiding it is somebody's decision
    }
    return tuple(name for name, wrong in differs.items() if wrong)


def contact_of(wanted: Wanted, held: HeldDataset) -> str | None:
    """The identifier of the contact point that is wanted, if the dataset has it and no other."""
    asked = wanted.dataset
    points = held.raw.get("contact_points") or []
    same = [
        one for one in points if (one.get("name"), one.get("contact_form")) == (asked.contact_name, asked.contact_form)
    ]
    return str(same[0]["id"]) if len(points) == 1 and same else None


def _links(sent: tuple[Sending, ...], others: tuple[Other, ...]) -> dict[str, str]:
    """The permanent addresses that there will be, by key; of one to come, only that it will be."""
    kept = {one.held.key: one.held.link for one in others if one.kind is Kind.KEEP}
    there = [one for one in sent if one.kind is not Kind.SKIP]
    return kept | {one.wanted.key: one.held.link if one.held else "à venir" for one in there}


def _plain(text: object) -> str:
    """A text without what a portal or a form may change of it by itself: ends of lines, blanks around."""
    return str(text or "").replace("\r\n", "\n").strip()


def _day(value: object) -> str:
    return str(value or "")[:10]


# --- The resources -------------------------------------------------------------------------------------------------


def _resources(
    wanted: Wanted, held: tuple[HeldResource, ...], extensions: Collection[str]
) -> tuple[tuple[Sending, ...], tuple[Other, ...]]:
    ours, others = _paired(wanted, held, extensions)
    sent = []
    for resource in wanted.resources:
        there = ours.get(resource.key)
        if not _accepted(resource, extensions) and not (there is not None and _has_file(there, resource)):
            sent.append(Sending(Kind.SKIP, _not_taken(resource), resource))
            if there is not None:
                others.append(Other(Kind.REMOVE, f"{_not_taken(resource)} ; {_LINK_LOST}", ours.pop(resource.key)))
            continue
        remade = there is not None and there.hosted != (resource.path is not None)
        if there is not None and remade:
            others.append(Other(Kind.REMOVE, _REMADE, there))
        sent.append(_sending(resource, None if remade else there))
    known = {resource.key for resource in wanted.resources}
    left = {key: one for key, one in ours.items() if key not in known}
    archives = _archives_kept(wanted, list(left))
    for key, one in left.items():
        if key in archives:
            others.append(Other(Kind.KEEP, "archive d’une version", one))
        elif key.startswith(wanted.archive_prefix):
            why = f"archive au-delà des {wanted.archives_kept} plus récentes ; {_LINK_LOST}"
            others.append(Other(Kind.REMOVE, why, one))
        else:
            others.append(Other(Kind.REMOVE, f"n’est plus dans cette version ; {_LINK_LOST}", one))
    return tuple(sent), tuple(others)


def _paired(
    wanted: Wanted, held: tuple[HeldResource, ...], extensions: Collection[str]
) -> tuple[dict[str, HeldResource], list[Other]]:
    """Our resources by key, and what is done of the others.

    Of several under one key, the oldest is ours: its link is the one that people know. But a link that becomes a file,
    or the reverse, must be made anew: the new one is ours, should the old one still be there.
    """
    hosted = {resource.key: resource.path is not None for resource in wanted.resources}

    def rank(one: HeldResource) -> tuple[bool, str, str]:
        return one.hosted != hosted.get(one.key, one.hosted), *_age(one)

    by_key: dict[str, list[HeldResource]] = defaultdict(list)
    for resource in held:
        if resource.key:
            by_key[resource.key].append(resource)
    ours = {key: min(found, key=rank) for key, found in by_key.items()}
    others = [
        Other(Kind.REMOVE, "en double", one) for key, found in by_key.items() for one in found if one is not ours[key]
    ]
    names = {
        resource.name: resource for resource in wanted.resources if resource.path and _accepted(resource, extensions)
    }
    for resource in sorted((one for one in held if not one.key), key=_age):
        asked = names.get(resource.name) if resource.hosted else None
        if asked is None:
            others.append(Other(Kind.LEAVE, "n’est pas de nous", resource))
        elif asked.key not in ours:
            ours[asked.key] = resource
        elif not ours[asked.key].hosted:
            others.append(Other(Kind.REMOVE, _REMADE, ours[asked.key]))
            ours[asked.key] = resource
        elif resource.sha1 and resource.sha1 in (ours[asked.key].sha1, _sha1(asked)):
            others.append(Other(Kind.REMOVE, f"copie de trop de {asked.key}", resource))
        else:
            others.append(Other(Kind.LEAVE, f"a le nom de {asked.key}, mais n’est pas de nous", resource))
    return ours, others


def _sending(resource: WantedResource, held: HeldResource | None) -> Sending:
    if held is None:
        return Sending(Kind.CREATE, "absent du portail", resource)
    if resource.path is not None and not _has_file(held, resource):
        return Sending(Kind.REPLACE, _other_file(held, resource), resource, held)
    fields = resource_fields(resource, held)
    if fields:
        return Sending(Kind.UPDATE, ", ".join(fields), resource, held)
    return Sending(Kind.KEEP, "rien n’a changé", resource, held)


def _has_file(held: HeldResource, resource: WantedResource) -> bool:
    return held.hosted and (held.sha1, held.name) == (_sha1(resource), resource.name)


def _other_file(held: HeldResource, resource: WantedResource) -> str:
    if held.name != resource.name:
        return f"le fichier s’appelle {printable(held.name)} sur le portail"
    return "le fichier a changé" if held.sha1 else "le portail ne dit pas le condensé (sha1) du fichier"


def resource_fields(resource: WantedResource, held: HeldResource) -> tuple[str, ...]:
    """The fields of a resource that differ, its file apart, in French."""
    remote = resource.path is None
    differs = {
        "clé": held.key != resource.key,
        "titre": _plain(held.text("title")) != _plain(resource.title),
        "description": _plain(held.text("description")) != _plain(resource.description),
        "type": held.raw.get("type") != resource.type,
        "schéma": held.schema_url != resource.schema_url,
        "adresse": remote and held.raw.get("url") != resource.url,
        "format": remote and held.raw.get("format") != resource.format,
    }
    return tuple(name for name, wrong in differs.items() if wrong)


def order(wanted: Wanted, held: HeldDataset, sent: tuple[Sending, ...], others: tuple[Other, ...]) -> list[str] | None:
    """The identifiers of the resources in the order that is wanted; none when they are in it.

    Ours come first, then the archives kept from the newest, then what is not ours, as it stands. What is about to be
    removed has no place.
    """
    gone = {one.held.id for one in others if one.kind is Kind.REMOVE}
    first = [one.held.id for one in sent if one.held is not None]
    old = [one for one in held.resources if one.key.startswith(wanted.archive_prefix) and one.id not in {*first, *gone}]
    old.sort(key=lambda one: _rank(wanted, one.key), reverse=True)
    placed = {*first, *(one.id for one in old)}
    last = [one.id for one in held.resources if one.id not in placed and one.id not in gone]
    asked = [*first, *(one.id for one in old), *last]
    return asked if asked != [one.id for one in held.resources if one.id not in gone] else None


def _archives_kept(wanted: Wanted, keys: list[str]) -> set[str]:
    """The archives that stay, beside that of this version: the newest, so that there are ``archives_kept`` in all."""
    found = [key for key in keys if key.startswith(wanted.archive_prefix)]
    own = sum(resource.key.startswith(wanted.archive_prefix) for resource in wanted.resources)
    newest = sorted(found, key=lambda key: _rank(wanted, key), reverse=True)
    return set(newest[: max(0, wanted.archives_kept - own)])


def _rank(wanted: Wanted, key: str) -> tuple[str, int]:
    """The place of an archive among the others: that of its version, by date, then by number within the day."""
    date, _, number = key.removeprefix(wanted.archive_prefix).partition(".")
    return date, int(number) if number.isascii() and number.isdigit() else 1


def _accepted(resource: WantedResource, extensions: Collection[str]) -> bool:
    return resource.path is None or resource.name.rpartition(".")[2] in extensions


def _not_taken(resource: WantedResource) -> str:
    return f"le portail ne prend pas les fichiers .{resource.name.rpartition('.')[2]}"


def _sha1(resource: WantedResource) -> str:
    return sha1(resource.path) if resource.path is not None else ""


def _age(resource: HeldResource) -> tuple[str, str]:
    return resource.text("created_at"), resource.id
