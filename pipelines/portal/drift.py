"""What a portal serves, compared with a release: each file byte by byte, through its permanent link, and what it says.

Belongs here: the comparison and its words. Does not belong here: changing the portal (``applying``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.portal.applying import Publication
from pipelines.portal.client import Client
from pipelines.portal.errors import PortalError, PortalUnreachable
from pipelines.portal.plan import Kind, Sending, resource_fields
from pipelines.text import numbered


@dataclass(frozen=True)
class Drift:
    """One thing that the portal does not serve as the release says; ``what`` is a resource's key, or the dataset."""

    what: str
    why: str


@dataclass(frozen=True)
class Compared:
    """What was compared, and what differs."""

    files: int
    size: int
    drifts: tuple[Drift, ...]
    beside: tuple[str, ...]
    """What the portal has besides, which is nobody's mistake: titles of resources that are not ours, old archives."""

    def told(self, root: str, version: str) -> str:
        """The comparison in French."""
        lines = [f"{one.what} : {one.why}." for one in self.drifts]
        count = numbered(self.files, "fichier relu", "fichiers relus")
        size = f"{self.size / 1e6:.1f} Mo".replace(".", ",")
        lines += [f"À côté, et laissé : {name}." for name in self.beside]
        if self.drifts:
            found = numbered(len(self.drifts), "écart", "écarts")
            lines.append(f"{root} ne sert pas la version {version} : {found} ({count}, {size}).")
            lines.append("« contrats-destination publish » montre ce qui le ramènerait à cette version.")
        else:
            lines.append(f"{root} sert la version {version}, octet pour octet ({count}, {size}).")
        return "\n".join(lines)


def compare(publication: Publication) -> Compared:
    """Reads what the portal serves of a release, as anybody would.

    Raises:
        PortalError: the portal does not let itself be read.
    """
    held, found = publication.look()
    if held is None:
        return Compared(0, 0, (Drift("jeu de données", "n’est pas sur ce portail"),), ())
    drifts: list[Drift] = []
    if held.private:
        drifts.append(Drift("jeu de données", "est privé : personne d’autre ne le voit"))
    if held.version != found.version:
        drifts.append(Drift("jeu de données", f"dit montrer la version {held.version or '(aucune)'}"))
    if found.fields:
        drifts.append(Drift("jeu de données", f"décrit autrement que dans la version ({', '.join(found.fields)})"))
    files = size = 0
    for sending in found.sent:
        if sending.kind is Kind.SKIP:
            continue
        drifts += _said(sending)
        if sending.held is not None and sending.wanted.path is not None:
            why, read = served(publication.client, sending.held.link, sending.wanted.path)
            files, size = files + 1, size + read
            if why or sending.kind is Kind.REPLACE:
                drifts.append(Drift(sending.name, why or sending.why))
    drifts += [Drift(one.name, f"est sur le portail, mais : {one.why}") for one in found.others if one.kind.changes]
    if found.reordered:
        drifts.append(Drift("ressources", "ne sont pas dans l’ordre de la version"))
    beside = tuple(one.name for one in found.others if not one.kind.changes)
    return Compared(files, size, tuple(drifts), beside)


def _said(sending: Sending) -> Iterator[Drift]:
    """What the portal says of a resource, besides its file."""
    if sending.held is None:
        yield Drift(sending.name, "n’est pas sur le portail")
    elif fields := resource_fields(sending.wanted, sending.held):
        yield Drift(sending.name, f"décrit autrement que dans la version ({', '.join(fields)})")


def served(client: Client, link: str, path: Path) -> tuple[str, int]:
    """How what a link gives differs from a file (nothing: it is the same, byte for byte), and the bytes read.

    What is cut on the way is read again: it says nothing of what the portal holds.
    """
    said = ""
    for wait in client.patience.waits():
        if wait:
            client.sleep(wait)
        try:
            return _compared(client, link, path)
        except PortalUnreachable as error:
            said = str(error)
        except PortalError as error:
            return f"ne se télécharge pas : {error}", 0
    return f"ne se télécharge pas ({numbered(client.patience.attempts, 'essai')}) : {said}", 0


def _compared(client: Client, link: str, path: Path) -> tuple[str, int]:
    read = 0
    with path.open("rb") as file:
        for block in client.download(link):
            mine = file.read(len(block))
            if block != mine:
                same = len(os.path.commonprefix([block, mine]))  # noqa: RUF071  (of bytes, not of paths)
                if same == len(mine):
                    return f"est trop long : plus de {read + same} octets servis, sur {read + same}", read + same
                return f"diffère à partir de l’octet {read + same + 1}", read + same
            read += len(block)
        if file.read(1):
            return f"est coupé : {read} octets servis, sur {path.stat().st_size}", read
    return "", read
